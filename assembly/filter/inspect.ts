/**
 * Flows that `ip inspect` follows, and those that this router itself began: their way back is open through lists that would stop it.
 *
 * A flow is opened by what goes out, and by nothing that comes in: TCP by a SYN, UDP by any datagram, ICMP by an echo request. It is kept as it
 * looks on the wire, behind translation of addresses. The table is bounded, and so is what one inside host may have of it: who has his share
 * opens no other flow until one of his has ended.
 */
import { INSPECT_FLOWS, INSPECT_SHARE } from "../limits";
import { LATER_FRAGMENT } from "../lists/match";
import * as flow from "../net/flow";
import { get16, get32 } from "../util/bytes";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import { Index, NONE, mix } from "../util/index";
import { Pool } from "../util/pool";
import { Drop } from "../util/status";
import * as icmp from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import { IDLE, Kind, Rule } from "./inspect_setting";

/** Of TCP: how far the connection has come. Others are OPEN. */
export const enum State {
  SYN_SENT = 0,
  SYN_RECEIVED,
  OPEN,
  CLOSING,
}

@unmanaged
export class Flow {
  /** When it ends unless something comes. */
  expires: u64;
  inside: u32;
  outside: u32;
  insidePort: u16;
  outsidePort: u16;
  protocol: u8;
  /** State */
  state: u8;
  /** Seconds that it may be idle, once it is open. */
  idle: u32;
  /** The next octet that the inside waits for, as its last ACK says. */
  expected: u32;
  packetsOut: u32;
  packetsIn: u32;

  get kind(): Kind {
    return kindOf(this.protocol);
  }
}

const SYN: u32 = 2;
const FIN: u32 = 1;
const RST: u32 = 4;
const ACK: u32 = 16;
/** Seconds: a SYN without answer, a connection that ends, DNS. */
const SYN_WAIT: u32 = 30;
const FIN_WAIT: u32 = 5;
const DNS: u32 = 5;
const DNS_PORT: u32 = 53;
/** How far the outside may be from what the inside waits for: a window that is scaled as far as links of today need. */
const WINDOW: u32 = 1 << 26;
const SWEEP: u64 = 1000;

let pool = changetype<Pool<Flow>>(0);
let flows: Index = changetype<Index>(0);
let hosts: Index = changetype<Index>(0);
let deadline: Deadline = changetype<Deadline>(0);

export function init(): void {
  pool = new Pool<Flow>("inspected flows", INSPECT_FLOWS);
  flows = new Index(INSPECT_FLOWS);
  hosts = new Index(INSPECT_FLOWS);
  deadline = new Deadline();
}

export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Flow | null {
  return pool.at(i);
}

/** Flows there are. */
export function used(): u32 {
  return pool.used;
}

function key(protocol: u32, inside: u32, outside: u32, insidePort: u32, outsidePort: u32): u32 {
  return mix(inside * 0x9e3779b1 + rotl<u32>(outside, 15) + mix((insidePort << 16) ^ outsidePort ^ (protocol << 8)));
}

function find(protocol: u32, inside: u32, outside: u32, insidePort: u32, outsidePort: u32): Flow | null {
  for (let i = flows.first(key(protocol, inside, outside, insidePort, outsidePort)); i != NONE; i = flows.next(i)) {
    const one = pool.at(i);
    if (
      one && one.inside == inside && one.outside == outside && <u32>one.insidePort == insidePort &&
      <u32>one.outsidePort == outsidePort && <u32>one.protocol == protocol && one.expires > clock.now()
    ) return one;
  }
  return null;
}

function free(one: Flow): void {
  const i = pool.indexOf(one);
  flows.remove(i, key(one.protocol, one.inside, one.outside, one.insidePort, one.outsidePort));
  hosts.remove(i, one.inside);
  pool.free(one);
}

/** `clear ip inspect` */
export function clear(): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const one = pool.at(i);
    if (one) free(one);
  }
}

/** What an echo and its reply have in common, in place of ports. */
function identifier(p: usize): u32 {
  return get16(p + ipv4.headerLength(p) + 4);
}

function touch(one: Flow, seconds: u32): void {
  one.expires = clock.now() + <u64>seconds * 1000;
}

function kindOf(protocol: u32): Kind {
  return protocol == Protocol.TCP ? Kind.TCP : protocol == Protocol.UDP ? Kind.UDP : protocol == Protocol.ICMP ? Kind.ICMP : Kind.COUNT;
}

/**
 * The datagram at `p`, which `net/flow` has read, goes out. Drop.NONE: it may.
 * @param rule null: it is our own, and every protocol is followed
 */
export function leave(p: usize, rule: Rule | null): Drop {
  const kind = kindOf(flow.protocol);
  if (kind == Kind.COUNT || (flow.flags & LATER_FRAGMENT) != 0 || (rule && !rule.has(kind))) return Drop.NONE;
  let insidePort = flow.sourcePort;
  let outsidePort = flow.destinationPort;
  if (kind == Kind.ICMP) {
    if (flow.sourcePort != icmp.Type.ECHO) return Drop.NONE;
    insidePort = outsidePort = identifier(p);
  }
  let one = find(flow.protocol, flow.source, flow.destination, insidePort, outsidePort);
  if (!one) {
    // What is the outside's in a flow that stands goes out as answer: the flow is another way round.
    const other = find(flow.protocol, flow.destination, flow.source, outsidePort, insidePort);
    if (other) return Drop.NONE;
    if (kind == Kind.TCP && (flow.flags & (SYN | ACK | RST | FIN)) != SYN) return Drop.NONE;
    const reason = mayOpen();
    if (reason != Drop.NONE) return reason;
    one = pool.take() as Flow;
    one.protocol = <u8>flow.protocol;
    one.inside = flow.source;
    one.outside = flow.destination;
    one.insidePort = <u16>insidePort;
    one.outsidePort = <u16>outsidePort;
    one.state = <u8>(kind == Kind.TCP ? State.SYN_SENT : State.OPEN);
    const i = pool.indexOf(one);
    flows.add(i, key(flow.protocol, flow.source, flow.destination, insidePort, outsidePort));
    hosts.add(i, flow.source);
    deadline.arm(clock.now() + SWEEP);
  }
  one.idle = rule ? rule.idle(kind) : unchecked(IDLE[<i32>kind]);
  if (kind == Kind.UDP && outsidePort == DNS_PORT) one.idle = min(one.idle, DNS);
  one.packetsOut++;
  if (kind != Kind.TCP) touch(one, one.idle);
  else advanceOut(one, p);
  return Drop.NONE;
}

/** Whether the source of a new flow may have another. */
function mayOpen(): Drop {
  let own: u32 = 0;
  for (let i = hosts.first(flow.source); i != NONE; i = hosts.next(i)) {
    const one = pool.at(i);
    if (one && one.inside == flow.source && ++own >= INSPECT_SHARE) return Drop.INSPECT_SHARE;
  }
  return pool.left == 0 ? Drop.INSPECT_FULL : Drop.NONE;
}

function advanceOut(one: Flow, p: usize): void {
  const segment = p + ipv4.headerLength(p);
  if (flow.flags & ACK) one.expected = get32(segment + 8);
  if (flow.flags & (RST | FIN)) one.state = <u8>State.CLOSING;
  else if (one.state == <u8>State.CLOSING && (flow.flags & (SYN | ACK)) == SYN) one.state = <u8>State.SYN_SENT;
  else if (one.state == <u8>State.SYN_RECEIVED && (flow.flags & (SYN | ACK)) == ACK) one.state = <u8>State.OPEN;
  if (one.state == <u8>State.SYN_SENT) one.expected = get32(segment + 4) + 1;
  touch(one, one.state == <u8>State.OPEN ? one.idle : one.state == <u8>State.CLOSING ? FIN_WAIT : SYN_WAIT);
}

/** Whether the datagram of `len` octets at `p`, which `net/flow` has read, is the way back of a flow. */
export function admits(p: usize, len: u32): bool {
  if (pool.used == 0) return false;
  const kind = kindOf(flow.protocol);
  if (kind == Kind.COUNT || (flow.flags & LATER_FRAGMENT) != 0) return false;
  let insidePort = flow.destinationPort;
  let outsidePort = flow.sourcePort;
  if (kind == Kind.ICMP) {
    if (icmp.isError(flow.sourcePort)) return quotes(p, len);
    if (flow.sourcePort != icmp.Type.ECHO_REPLY) return false;
    insidePort = outsidePort = identifier(p);
  }
  const one = find(flow.protocol, flow.destination, flow.source, insidePort, outsidePort);
  if (!one) return false;
  if (kind != Kind.TCP) touch(one, one.idle);
  else if (!advanceIn(one, p)) return false;
  one.packetsIn++;
  return true;
}

/** A segment of the outside: false where the connection can't have one like it. */
function advanceIn(one: Flow, p: usize): bool {
  const segment = p + ipv4.headerLength(p);
  if (one.state == <u8>State.SYN_SENT) {
    // Its answer acknowledges the SYN (RFC 9293, 3.10.7.3).
    if ((flow.flags & ACK) == 0 || get32(segment + 8) != one.expected || (flow.flags & (SYN | RST)) == 0) return false;
    one.state = <u8>(flow.flags & RST ? State.CLOSING : State.SYN_RECEIVED);
    one.expected = get32(segment + 4) + 1;
    touch(one, flow.flags & RST ? FIN_WAIT : SYN_WAIT);
    return true;
  }
  if (get32(segment + 4) - one.expected + WINDOW > 2 * WINDOW) return false;
  if (flow.flags & (RST | FIN)) {
    one.state = <u8>State.CLOSING;
    touch(one, FIN_WAIT);
  } else if (one.state == <u8>State.OPEN) touch(one, one.idle);
  return true;
}

/** Whether an ICMP error is about a datagram of a flow, to who sent it. */
function quotes(p: usize, len: u32): bool {
  const header = ipv4.headerLength(p);
  if (len < header + icmp.HEADER_LENGTH + ipv4.HEADER_LENGTH) return false;
  const quoted = p + header + icmp.HEADER_LENGTH;
  const rest = len - header - icmp.HEADER_LENGTH;
  const own = ipv4.headerLength(quoted);
  if (own < ipv4.HEADER_LENGTH || rest < own + 8 || (ipv4.fragmentWord(quoted) & Flag.OFFSET) != 0) return false;
  if (ipv4.source(quoted) != flow.destination) return false;
  const protocol = ipv4.protocol(quoted);
  const at = quoted + own;
  if (protocol == Protocol.ICMP) {
    if (load<u8>(at) != <u8>icmp.Type.ECHO) return false;
    return find(protocol, flow.destination, ipv4.destination(quoted), get16(at + 4), get16(at + 4)) != null;
  }
  if (protocol != Protocol.TCP && protocol != Protocol.UDP) return false;
  return find(protocol, flow.destination, ipv4.destination(quoted), get16(at), get16(at + 2)) != null;
}

/** Flows that have ended give their places back. */
export function poll(): void {
  if (!deadline.due()) return;
  deadline.reset();
  const now = clock.now();
  for (let i: u32 = 0; i < pool.size; i++) {
    const one = pool.at(i);
    if (one && one.expires <= now) free(one);
  }
  if (pool.used) deadline.arm(now + SWEEP);
}
