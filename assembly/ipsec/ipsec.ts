/** The room's making. The way out is outbound.ts, the way in inbound.ts; device tells pmtu.ts the interfaces' MTUs. */
import * as inbound from "./inbound";
import * as outbound from "./outbound";
import * as pmtu from "./pmtu";
import * as tunnel from "./tunnel";

/** @param seed any number */
export function init(seed: u32): void {
  inbound.init();
  outbound.init();
  pmtu.init();
  tunnel.init(seed);
}
