/** What people ask a router for on the first day, as far as there is something to say. */
import { INTERFACES, PORTS, PROFILE } from "../../limits";
import * as interfaces from "../../net/interface";
import { Kind } from "../../net/interface";
import { VERSION } from "../../util/version";
import { row } from "../grammar";
import { nl, out, say } from "../output";
import { putDrops } from "./system";

export function rows(): void {
  row("ue:show inventory", inventory);
  row("ue:show ip traffic", traffic);
}

/** There is no serial number: the first port's built-in address tells boxes apart. */
function inventory(no: bool): bool {
  out.put('NAME: "Chassis", DESCR: "Postern IPsec gateway, ').u32(PORTS).put(' Ethernet ports"');
  nl();
  out.put("PID: POSTERN-").put(PROFILE).put(", VID: ").put(VERSION).put(", SN: ");
  const mac = interfaces.at(0).builtIn;
  for (let i: u32 = 0; i < 6; i++) out.hex8(load<u8>(mac + i));
  nl();
  return true;
}

function traffic(no: bool): bool {
  let packetsIn: u64 = 0;
  let bytesIn: u64 = 0;
  let packetsOut: u64 = 0;
  let bytesOut: u64 = 0;
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (own.kind != Kind.PORT) continue;
    packetsIn += own.packetsIn;
    bytesIn += own.bytesIn;
    packetsOut += own.packetsOut;
    bytesOut += own.bytesOut;
  }
  say("IP statistics:");
  out.put("  Rcvd:  ").u64(packetsIn).put(" total, ").u64(bytesIn).put(" bytes");
  nl();
  out.put("  Sent:  ").u64(packetsOut).put(" total, ").u64(bytesOut).put(" bytes");
  nl();
  say("  Drop:");
  putDrops(false);
  return true;
}
