// The way out to its end: what waits for company is sealed.
import * as outbound from "../../../assembly/ipsec/outbound";
import { Packet } from "../../../assembly/util/packet";

export function process(packet: Packet, port: u32): outbound.Verdict {
  const verdict = outbound.process(packet, port);
  outbound.finish();
  return verdict;
}
