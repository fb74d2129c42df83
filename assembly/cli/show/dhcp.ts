/** `show dhcp lease`: what servers gave our interfaces. */
import { INTERFACES } from "../../limits";
import * as client from "../../net/dhcp/client";
import { PORT_OWN, State } from "../../net/dhcp/client";
import * as leases from "../../net/dhcp/lease";
import { Lease } from "../../net/dhcp/lease";
import * as interfaces from "../../net/interface";
import { NEVER, remaining } from "../../util/deadline";
import { row } from "../grammar";
import { nl, out } from "../output";

export function rows(): void {
  row("ue:show dhcp lease", showLease);
}

function stateName(state: State): string {
  switch (state) {
    case State.DOWN: return "Released";
    case State.INIT: return "Initializing";
    case State.SELECTING: return "Selecting";
    case State.REQUESTING: return "Requesting";
    case State.PROBING: return "Checking";
    case State.RENEWING: return "Renewing";
    case State.REBINDING: return "Rebinding";
    default: return "Bound";
  }
}

function showLease(no: bool): bool {
  for (let port: u32 = 0; port < INTERFACES; port++) if (client.at(port).state != State.OFF) show(port);
  return true;
}

/** As IOS has it, and scripts read it: what goes beyond that is one word a line. */
function show(port: u32): void {
  const own = client.at(port);
  const lease = leases.at(port);
  const held = lease.bound || own.state == State.REQUESTING || own.state == State.PROBING;
  out.put("Temp IP addr: ").ip(held ? lease.address : 0).put("  for peer on Interface: ");
  interfaces.name(out, port);
  nl();
  out.put("Temp  sub net mask: ").ip(held ? lease.mask : 0);
  nl();
  out.put("   DHCP Lease server: ").ip(held ? lease.server : 0).put(", state: ").u32(<u32>own.state - 1).char(32).put(stateName(own.state));
  nl();
  out.put("   DHCP transaction id: ").hex32(own.xid);
  nl();
  out.put("   Lease: ").u32(lease.seconds).put(" secs,  Renewal: ").u32(lease.renewal).put(" secs,  Rebind: ").u32(lease.rebinding).put(" secs");
  nl();
  if (lease.bound) more(lease);
  if (own.due != NEVER) {
    const seconds = remaining(own.due) / 1000;
    out.put("   Next timer fires after: ").padded(seconds / 3600, 2).char(58).padded((seconds / 60) % 60, 2).char(58).padded(seconds % 60, 2);
    nl();
  }
  const mac = interfaces.at(own.identity == PORT_OWN ? port : own.identity).mac;
  out.put("   Retry count: ").u32(own.tries).put("   Client-ID: 01");
  for (let i: usize = 0; i < 6; i++) {
    if (i & 1) out.char(46);
    out.hex8(load<u8>(mac + i));
  }
  nl();
  out.put("   Hostname: ");
  client.putHostName(out, own);
  nl();
}

function more(lease: Lease): void {
  if (lease.router) {
    out.put("Temp default-gateway addr: ").ip(lease.router);
    nl();
  }
  for (let i: u32 = 0; i < lease.routes; i++) {
    out.put("   Route:").ip(lease.routePrefix(i)).char(47).u32(popcnt<u32>(lease.routeMask(i)));
    if (lease.routeGateway(i)) out.put("=").ip(lease.routeGateway(i));
    nl();
  }
  for (let i: u32 = 0; i < lease.nameServers; i++) {
    out.put("   DNS:").ip(lease.nameServer(i));
    nl();
  }
  for (let i: u32 = 0; i < lease.timeServers; i++) {
    out.put("   NTP:").ip(lease.timeServer(i));
    nl();
  }
  if (lease.domainLen) {
    out.put("   Domain:").ascii(lease.domain, lease.domainLen);
    nl();
  }
}
