/** What becomes of a datagram that leaves through an interface (RFC 4301, 5.1). */
import { Policy } from "../sadb/policies/policy";
import * as policies from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import * as held from "../sadb/sas/held";
import { SA } from "../sadb/sas/sa";
import * as sad from "../sadb/sas/sad";
import { Action } from "../sadb/settings/crypto_map";
import { Mode } from "../sadb/settings/transform_set";
import { Work } from "../sadb/work";
import * as acquire from "../sadb/work";
import * as clock from "../util/clock";
import * as log from "../util/log";
import { Packet, QUIET, Sealing } from "../util/packet";
import { Drop, drop } from "../util/status";
import { Protocol } from "../wire/ipv4";
import * as ipv4 from "../wire/ipv4";
import * as ahOut from "./ah_out";
import { BATCH_OCTETS, Batch } from "./burst";
import * as espOut from "./esp_out";
import * as flow from "./flow";
import * as pmtu from "./pmtu";
import * as transport from "./transport";
import { Cut, Df } from "./tunnel";
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
  /** longer than the tunnel takes: `mtu` is the inner MTU. Untouched: report it (DF), or split it and process each piece */
  TOO_BIG = 4,
  /** it came out of an SA and nothing protects it here, where a crypto map is: untouched, the caller reports and drops it */
  UNPROTECTED = 5,
}

const batch = new Batch(memory.data(BATCH_OCTETS, 8));

export function init(): void {
  batch.count = 0;
}

/** IKE is not asked again for the same policy before. It asks for more patience itself after a failure. */
const ACQUIRE_AGAIN: u64 = 5000;

/** @param packet `ptr` at a valid IPv4 header @param port the interface that it leaves by */
export function process(packet: Packet, port: u32): Verdict {
  if (packet.answers != 0) return back(packet, port);
  if (!spd.active(port)) return Verdict.BYPASS;
  if (!packet.cut) flow.read(packet);
  const policy = spd.outbound(port, packet.src, packet.dst, packet.protocol, packet.srcPort, packet.dstPort);
  if (!policy) return unmatched(packet, port);
  if (policy.action != <u8>Action.PROTECT || (flow.portsUnknown(packet) && policy.hasPorts)) {
    drop(Drop.POLICY_DISCARD);
    return Verdict.DISCARD;
  }
  const sa = sad.outboundFor(policy, packet.src, packet.dst, packet.protocol & 0xff, packet.srcPort, packet.dstPort);
  if (!sa) return wait(policy, packet);
  return policy.settles != 0 && held.follow(policy, packet) ? Verdict.HELD : protect(sa, packet, port);
}

/**
 * An answer of ours to what came through an SA goes back through that, whatever selectors say: it quotes what was protected
 * (RFC 4301, 6.2). When the SA has been replaced, through the newest of its policy; when it is gone, nowhere.
 */
function back(packet: Packet, port: u32): Verdict {
  const inbound = sad.bySpi(packet.answers);
  const policy = inbound ? inbound.policy : null;
  if (inbound && policy) {
    let sa = sad.firstOf(inbound).pair;
    if (!sa || sa.retired) sa = policy.outbound;
    if (sa) return protect(sa, packet, port);
    // Its peer sends already, and its exchange is about to end.
    if (held.hold(policy, packet)) return Verdict.HELD;
  }
  drop(Drop.POLICY_UNPROTECTED);
  return Verdict.DISCARD;
}

/**
 * No policy has a word for the packet on an interface that carries a crypto map. An ICMP error, whoever makes it, goes with
 * what is said of the flow that it quotes: the way back of that is its own (RFC 4301, 6.2). What came out of an SA never
 * leaves there in plain.
 */
function unmatched(packet: Packet, port: u32): Verdict {
  if (spd.isWalled(port)) {
    drop(Drop.POLICY_DISCARD);
    return Verdict.DISCARD;
  }
  if (packet.protocol == <u16>Protocol.ICMP && flow.readQuoted(packet.ptr, packet.len)) {
    const policy = spd.outbound(port, flow.local, flow.remote, flow.protocol, flow.localPort, flow.remotePort);
    if (policy && policy.action == <u8>Action.PROTECT) {
      const sa = sad.outboundFor(policy, flow.local, flow.remote, flow.protocol & 0xff, flow.localPort, flow.remotePort);
      if (sa) return protect(sa, packet, port);
    }
    // RFC 4301, 6.2: no SA is made for it.
    if (policy) {
      drop(Drop.POLICY_UNPROTECTED);
      return Verdict.DISCARD;
    }
  }
  return packet.spi == 0 ? Verdict.BYPASS : Verdict.UNPROTECTED;
}

function protect(sa: SA, packet: Packet, port: u32): Verdict {
  const p = packet.ptr;
  const whole = sa.mode == <u8>Mode.TRANSPORT;
  const df = ipv4.dontFragment(p);
  const outer = tunnel.dfOn(port);
  // Transport mode protects whole datagrams and leaves the cutting to what comes after it (RFC 4303, 3.3.4); so does tunnel
  // mode with a datagram that may not be cut, where its outer header may; and where the interface is told to cut what is protected.
  const uncut = whole ? !df : df && outer == Df.CLEAR;
  const mtu = pmtu.ofSa(sa, port);
  if (packet.len > mtu && !uncut && (df || outer == Df.SET || tunnel.cutOn(port) != Cut.AFTER)) {
    packet.mtu = <u16>mtu;
    return Verdict.TOO_BIG;
  }
  let reason = Drop.NO_BUFFER;
  if (packet.headroom >= sa.front) reason = whole ? inTransport(sa, packet) : inTunnel(sa, packet, ipv4.tos(p), outer == Df.COPY ? df : outer == Df.SET);
  if (reason != Drop.NONE) {
    sa.errors++;
    drop(reason);
    return Verdict.DISCARD;
  }
  return Verdict.PROTECTED;
}

function inTunnel(sa: SA, packet: Packet, tos: u32, df: bool): Drop {
  let protocol: u32 = Protocol.IPIP;
  if (sa.protocol == <u8>Protocol.ESP) {
    const reason = seal(sa, packet, protocol);
    if (reason != Drop.NONE) return reason;
    protocol = Protocol.ESP;
  }
  tunnel.wrap(sa, packet, protocol, tos, df);
  return around(sa, packet);
}

function inTransport(sa: SA, packet: Packet): Drop {
  if (ipv4.isFragment(packet.ptr)) return Drop.POLICY_DISCARD;
  if (sa.protocol == <u8>Protocol.ESP) {
    const reason = seal(sa, packet, transport.takeHeader(packet));
    if (reason != Drop.NONE) return reason;
    transport.putHeader(packet, tunnel.encapsulate(sa, packet, Protocol.ESP), sa.peerAddress);
  }
  packet.src = sa.localAddress;
  packet.dst = sa.peerAddress;
  return around(sa, packet);
}

/** ESP: at once, or with others that come (burst.ts). AH covers what ESP has made. */
function seal(sa: SA, packet: Packet, nextHeader: u32): Drop {
  if (!sa.together || sa.outer) return espOut.seal(sa, packet, nextHeader);
  if (!batch.takes(sa)) finish();
  const reason = espOut.prepare(sa, packet, nextHeader);
  if (reason != Drop.NONE) return reason;
  batch.add(sa, packet, packet.len - <u32>sa.icvLength, sa.sequence);
  return Drop.NONE;
}

/** Seals the packets that wait for company. Called before a packet's octets are cut or shown, and when nothing more comes. */
export function finish(): void {
  espOut.encryptAll(batch);
  batch.authenticate();
  let n: u32 = 0;
  for (let i: u32 = 0; i < batch.count; i++) {
    const job = batch.job(i);
    if (!batch.waits(job)) continue;
    job.packet.unsealed = <u8>(batch.alive(job) ? Sealing.DONE : Sealing.LOST);
    if (batch.alive(job)) memory.copy(job.at + job.covered, batch.code(n++), <usize>job.sa.icvLength);
  }
  batch.count = 0;
}

/** Packets that wait for company. */
export function waiting(): u32 {
  return batch.count;
}

/** AH around the datagram, alone or over the ESP of its bundle. */
function around(sa: SA, packet: Packet): Drop {
  const ah = sa.protocol == <u8>Protocol.AH ? sa : sa.outer;
  return ah ? ahOut.seal(ah, packet) : Drop.NONE;
}

/** No SA: asks IKE for one and keeps the packet for it. */
function wait(policy: Policy, packet: Packet): Verdict {
  // A line of the log that has asked already: what is said of that attempt must not make the next.
  if (packet.report & QUIET) return Verdict.DISCARD;
  const now = clock.now();
  if (now >= policy.nextAcquire) {
    const item = acquire.post(Work.ACQUIRE);
    if (item) {
      item.policy = policy.slot;
      policy.nextAcquire = now + ACQUIRE_AGAIN;
      if (log.debugIpsec) policies.wanted(policy);
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
