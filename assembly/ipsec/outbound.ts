/** What becomes of a datagram that leaves through an interface (RFC 4301, 5.1). */
import * as acquire from "../sadb/acquire";
import { Work } from "../sadb/acquire";
import * as held from "../sadb/held";
import * as report from "../sadb/report";
import * as sad from "../sadb/sad";
import { SA } from "../sadb/sad";
import * as spd from "../sadb/spd";
import { Action, Policy } from "../sadb/spd";
import * as clock from "../util/clock";
import * as log from "../util/log";
import { Packet } from "../util/packet";
import { Drop, drop } from "../util/status";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import * as espOut from "./esp_out";
import * as flow from "./flow";
import * as pmtu from "./pmtu";
import * as tunnel from "./tunnel";

export const enum Verdict {
  /** no policy: it goes out as it is */
  BYPASS = 0,
  /** it is the outer datagram now; `src` and `dst` are its addresses */
  PROTECTED = 1,
  /** it waits for an SA and is not the caller's any more */
  HELD = 2,
  /** counted; the caller frees it */
  DISCARD = 3,
  /** longer than the tunnel takes: `pmtu.mtu` is the inner MTU. Untouched: report it (DF), or split it and process each piece */
  TOO_BIG = 4,
}

/** IKE is not asked again for the same policy before. It asks for more patience itself after a failure. */
const ACQUIRE_AGAIN: u64 = 5000;

// The datagram that was TOO_BIG last: its pieces have its ports.
let splitAt: u64 = 0;
let splitSrc: u32 = 0;
let splitDst: u32 = 0;
let splitId: u32 = 0;
let splitPorts: u32 = 0;

export function init(): void {
  splitAt = 0;
}

/** @param packet `ptr` at a valid IPv4 header @param port the interface that it leaves by */
export function process(packet: Packet, port: u32): Verdict {
  if (!spd.active(port)) return Verdict.BYPASS;
  const p = packet.ptr;
  flow.read(p, packet.len);
  if (flow.portsUnknown() && splitAt == clock.now() && flow.src == splitSrc && flow.dst == splitDst && ipv4.identification(p) == splitId) {
    flow.setPorts(splitPorts >>> 16, splitPorts & 0xffff);
  }
  const policy = spd.outbound(port, flow.src, flow.dst, flow.protocol, flow.srcPort, flow.dstPort);
  if (!policy) return Verdict.BYPASS;
  if (policy.action != <u8>Action.PROTECT || (flow.portsUnknown() && policy.hasPorts)) {
    drop(Drop.POLICY_DISCARD);
    return Verdict.DISCARD;
  }
  const sa = sad.outboundFor(policy, flow.src, flow.dst, flow.protocol & 0xff, flow.srcPort, flow.dstPort);
  return sa ? protect(sa, packet, port) : wait(policy, packet);
}

function protect(sa: SA, packet: Packet, port: u32): Verdict {
  const p = packet.ptr;
  if (packet.len > pmtu.ofTunnel(sa, port)) {
    splitAt = clock.now();
    splitSrc = flow.src;
    splitDst = flow.dst;
    splitId = ipv4.identification(p);
    splitPorts = (flow.srcPort << 16) | flow.dstPort;
    return Verdict.TOO_BIG;
  }
  const tos = ipv4.tos(p);
  const df = ipv4.dontFragment(p);
  const outer = tunnel.outerLength(sa);
  let reason = Drop.NO_BUFFER;
  if (packet.headroom >= outer + 24) reason = espOut.seal(sa, packet, Protocol.IPIP);
  if (reason != Drop.NONE) {
    sa.errors++;
    drop(reason);
    return Verdict.DISCARD;
  }
  tunnel.wrap(sa, packet, tos, df);
  return Verdict.PROTECTED;
}

/** No SA: asks IKE for one and keeps the packet for it. */
function wait(policy: Policy, packet: Packet): Verdict {
  const now = clock.now();
  if (now >= policy.nextAcquire) {
    const item = acquire.post(Work.ACQUIRE);
    if (item) {
      item.policy = policy.slot;
      policy.nextAcquire = now + ACQUIRE_AGAIN;
      if (log.debugIpsec) report.wanted(policy);
    }
  }
  if (held.hold(policy, packet)) return Verdict.HELD;
  drop(Drop.HELD_FULL);
  return Verdict.DISCARD;
}

/** A packet whose SA has come up, to be processed again from the route on; null: none. */
export function released(): Packet | null {
  return held.released();
}
