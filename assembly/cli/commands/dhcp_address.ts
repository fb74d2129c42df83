/** The line `ip address dhcp` of an interface's configuration. */
import * as client from "../../net/dhcp/client";
import { PORT_OWN, State } from "../../net/dhcp/client";
import * as interfaces from "../../net/interface";
import { nl, out } from "../output";

/** Writes it; false: the interface has an address of its own, or none. */
export function writeAddress(port: u32): bool {
  const own = client.at(port);
  if (own.state == State.OFF) return false;
  out.put(" ip address dhcp");
  if (own.identity != PORT_OWN) interfaces.name(out.put(" client-id "), own.identity);
  if (own.hostNameLen) out.put(" hostname ").ascii(own.hostName, own.hostNameLen);
  nl();
  return true;
}
