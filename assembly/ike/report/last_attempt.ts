/**
 * What is remembered of the last attempt with each peer, for `show crypto isakmp diagnose A.B.C.D`: how often we sent,
 * what came back from that address, whichever it was, and why it came to nothing. Peers of the configuration have a
 * place each, the oldest gives way; everybody else shares a few places, and a flood of forged addresses turns those over
 * no faster than four a second. Nothing of this is ever sent.
 */
import { ATTEMPTS, ATTEMPTS_OF_STRANGERS, ATTEMPT_REASON_MAX } from "../../limits";
import { namesPeer } from "../../sadb/policies/offer";
import { Budget } from "../../util/budget";
import * as clock from "../../util/clock";
import { Text } from "../../util/text";

export const enum Outcome {
  UNDER_WAY = 0,
  /** Phase 1 is there, and Quick Mode has not begun. */
  PHASE1,
  TUNNEL,
  REFUSED_HERE,
  REFUSED_THERE,
  SILENCE,
}

/** What was seen of a peer's address beside answers; bits. */
export const enum Sign {
  /** There is no route to it. */
  NO_ROUTE = 1,
  /** The next hop towards it (detail) does not answer ARP. */
  NO_ARP = 2,
  /** ICMP about our messages: detail is type and code. */
  ICMP = 4,
  /** ESP that we have no SA for, or that was refused. */
  ESP = 8,
  /** UDP to a port of ours where nobody listens: detail is source and destination port. */
  OTHER_PORT = 16,
  /** Any other datagram to us, in plain. */
  OTHER = 32,
}

/** In place of a policy's slot: none is known. */
export const NO_POLICY: u32 = 0xffffffff;
/** Strangers that may take a place: four at once, and four a second. */
const strangers = new Budget(4, 250);

@unmanaged
export class Attempt {
  /** The peer as the configuration knows it; 0: the place is free. */
  peer: u32;
  policy: u32;
  began: u64;
  lastSent: u64;
  lastHeard: u64;
  /** ISAKMP messages since it began: sent by us, and come from that address. */
  sent: u32;
  heard: u32;
  /** Our port of the last one sent. */
  port: u32;
  /** Sign, and their details. */
  signs: u32;
  icmpFrom: u32;
  icmp: u32;
  nextHop: u32;
  ports: u32;
  /** notices.Notice of `reason`, 0: none; with PEER_SAYS the notify. */
  kind: u32;
  notify: u32;
  reasonLen: u32;
  /** exchange.State when it ended. */
  state: u8;
  initiator: bool;
  /** 1 or 2 */
  phase: u8;
  /** Outcome */
  outcome: u8;

  get reason(): usize {
    return changetype<usize>(this) + offsetof<Attempt>();
  }
}

const STRIDE: u32 = (<u32>offsetof<Attempt>() + ATTEMPT_REASON_MAX + 7) & ~7;
let places: usize = 0;
/** Where a reason is written before it is known whether anybody wants it. */
export let text: Text = changetype<Text>(0);

export function init(): void {
  const octets = <usize>(STRIDE * (ATTEMPTS + ATTEMPTS_OF_STRANGERS));
  places = heap.alloc(octets);
  memory.fill(places, 0, octets);
  text = new Text(ATTEMPT_REASON_MAX);
  strangers.reset();
}

// @ts-ignore: decorator
@inline
function at(i: u32): Attempt {
  return changetype<Attempt>(places + <usize>(i * STRIDE));
}

/** Places of attempts; walk with `attempt(i)`. */
export function attempts(): u32 {
  return ATTEMPTS + ATTEMPTS_OF_STRANGERS;
}

export function attempt(i: u32): Attempt | null {
  return at(i).peer ? at(i) : null;
}

/** The attempt with a peer, or null. */
export function find(peer: u32): Attempt | null {
  for (let i: u32 = 0; i < ATTEMPTS + ATTEMPTS_OF_STRANGERS; i++) if (at(i).peer == peer && peer) return at(i);
  return null;
}

/** A place for a peer: its own, a free one, or that of the oldest. Null: strangers come too fast. */
function place(peer: u32): Attempt | null {
  const known = find(peer);
  if (known) return known;
  const stranger = !namesPeer(peer);
  if (stranger) {
    if (!strangers.take()) return null;
  }
  return stranger ? oldest(ATTEMPTS, ATTEMPTS + ATTEMPTS_OF_STRANGERS) : oldest(0, ATTEMPTS);
}

/** The place from `first` to before `end` whose attempt began longest ago, or that is free. */
function oldest(first: u32, end: u32): Attempt {
  let found = at(first);
  for (let i = first + 1; i < end; i++) if (at(i).began < found.began) found = at(i);
  return found;
}

/**
 * An attempt begins: phase 1, or a Quick Mode (`phase` 2) for a policy. What failed for another policy stays to be read
 * while others succeed.
 */
export function began(peer: u32, initiator: bool, phase: u32, policy: u32): void {
  const a = place(peer);
  if (!a) return;
  if (phase == 2 && a.peer == peer && a.phase == 2 && a.policy != policy && a.outcome >= <u8>Outcome.REFUSED_HERE) return;
  memory.fill(changetype<usize>(a), 0, <usize>STRIDE);
  a.peer = peer;
  a.policy = policy;
  a.began = clock.now();
  a.initiator = initiator;
  a.phase = <u8>phase;
  if (initiator) return;
  a.heard = 1;
  a.lastHeard = a.began;
}

export function sent(peer: u32, port: u32): void {
  const a = find(peer);
  if (!a) return;
  a.sent++;
  a.lastSent = clock.now();
  a.port = port;
}

/** An ISAKMP message has come from an address, whatever is in it. */
export function heard(address: u32): void {
  const a = find(address);
  if (!a) return;
  a.heard++;
  a.lastHeard = clock.now();
}

/** Something else was seen of an address. @param detail see Sign @param from who reported it, with ICMP */
export function seen(address: u32, sign: Sign, detail: u32, from: u32): void {
  const a = find(address);
  if (!a) return;
  a.signs |= <u32>sign;
  if (sign == Sign.NO_ARP) a.nextHop = detail;
  else if (sign == Sign.OTHER_PORT) a.ports = detail;
  else if (sign == Sign.ICMP) {
    a.icmp = detail;
    a.icmpFrom = from;
  }
}

/** Whether a reason of this kind is still to be written down for a peer. */
export function wants(peer: u32, kind: u32): bool {
  const a = find(peer);
  return !a || a.kind != kind;
}

/** It came to nothing; why stands in `text`. */
export function failed(peer: u32, kind: u32, outcome: Outcome, notify: u32): void {
  let a = find(peer);
  if (!a) {
    began(peer, false, 1, NO_POLICY);
    a = find(peer);
    if (!a) return;
  }
  a.kind = kind;
  a.notify = notify;
  a.outcome = <u8>outcome;
  a.reasonLen = min(text.len, ATTEMPT_REASON_MAX);
  memory.copy(a.reason, text.base, <usize>a.reasonLen);
}

/** Where the exchange stood that is about to end. */
export function stood(peer: u32, state: u32): void {
  const a = find(peer);
  if (a) a.state = <u8>state;
}

/** A stranger who has proved who it is (a peer of a dynamic map) is moved to the places of peers. */
function promoted(peer: u32): Attempt | null {
  const a = find(peer);
  if (!a || changetype<usize>(a) < places + <usize>(ATTEMPTS * STRIDE)) return a;
  const to = oldest(0, ATTEMPTS);
  memory.copy(changetype<usize>(to), changetype<usize>(a), <usize>STRIDE);
  a.peer = 0;
  a.began = 0;
  return to;
}

/** Phase 1, or a tunnel for a policy, is up: a failure of another policy's stays. */
export function succeeded(peer: u32, outcome: Outcome, policy: u32): void {
  const a = promoted(peer);
  if (!a) return;
  const other = a.phase == 2 && a.policy != policy && a.outcome >= <u8>Outcome.REFUSED_HERE;
  if (outcome == Outcome.TUNNEL && other) return;
  a.outcome = <u8>outcome;
  a.kind = a.reasonLen = 0;
}
