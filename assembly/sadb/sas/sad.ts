/**
 * The security association database (RFC 4301, 4.4.2). SAs live in pairs, an inbound one whose SPI we chose and an
 * outbound one whose SPI the peer chose. Our SPIs carry the slot in their low bits, so that a lookup is one comparison.
 *
 *   LARVAL ---installInbound---> INBOUND ---activate---> MATURE ---soft lifetime---> DYING ---hard, or remove---> gone
 *
 * IKE's order: `reserve` (an SPI for the proposal), `installInbound` as soon as the keys are there (the responder does so
 * before its answer leaves), `activate` when the exchange is complete: from then on the policy sends through the pair.
 * A policy may have several pairs; it sends through the newest that is not retired. What is larval belongs to IKE alone.
 * Keys are made in sa_keys.ts, lifetimes looked at in expiry.ts.
 *
 * ESP and AH together are a bundle (RFC 4301, 4.4.1.1; RFC 2401, 4.3): the ESP pair is the one that all this is about, the
 * AH pair its `outer` one, made beside it by `reserveOuter`, `installInbound` and `activateOuter` and gone with it. On the
 * wire ESP is inside, AH around it, as everybody does it: IP, AH, ESP.
 */
import * as drbg from "../../crypto/drbg";
import { REPLAY_WINDOW_DEFAULT, SAS } from "../../limits";
import { touch } from "../../lists/setting";
import { Alarms } from "../../util/alarms";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { Index, NONE } from "../../util/index";
import { Pool, countTable } from "../../util/pool";
import { assertThat } from "../../util/status";
import * as lifetime from "../settings/lifetime";
import { Integrity } from "../terms/suite";
import * as held from "./held";
import * as report from "./report";
import { SA, SA_OCTETS, SaChain, SaParameters, State } from "./sa";
import { install } from "./sa_keys";

export { SA, SaParameters, State } from "./sa";

/** The bits of an SPI that are its slot: as many as the slots take. */
const SLOT_MASK: u32 = (1 << (32 - clz<u32>(SAS - 1))) - 1;

let pool = changetype<Pool<SA>>(0);
/** When a pair reaches a bound, soft or hard, by the inbound SA's slot: armed here and by expiry.ts, which looks at it. */
export let alarms: Alarms = changetype<Alarms>(0);
/** Inbound SAs and outbound ones by the peer's address, once they are keyed. */
let byPeer: Index = changetype<Index>(0);
/** Inbound SAs whose outbound ones are still to be made. */
let single: u32 = 0;
/** Changes whenever a pair comes up or goes. */
export let generation: u32 = 0;
const random: usize = memory.data(4, 4);
/** The last SPI of each slot. */
const lastSpi: usize = memory.data(4 * <i32>SAS, 4);

export function init(): void {
  pool = new Pool<SA>("security associations", SAS, SA_OCTETS - <u32>offsetof<SA>());
  alarms = new Alarms(SAS);
  byPeer = new Index(SAS);
  single = 0;
  countTable(4 * SAS);
  memory.fill(lastSpi, 0, 4 * SAS);
  lifetime.init();
  held.init();
}

/** Whether there is room for so many more pairs, those that are being made apart. */
export function hasRoom(pairs: u32): bool {
  return pool.left >= single + 2 * pairs;
}

/** A larval inbound SA with a fresh random SPI (never below 256); null when the pool is used up or there is no entropy. */
export function reserve(policy: SaChain): SA | null {
  const sa = pool.take();
  if (!sa) return null;
  const slot = pool.indexOf(sa);
  const last = load<u32>(lastSpi + <usize>(slot << 2));
  let spi: u32 = 0;
  for (let i = 0; i < 8 && (spi < 256 || spi == last); i++) {
    if (!drbg.fill(random, 4)) break;
    spi = (load<u32>(random) & ~SLOT_MASK) | slot;
  }
  if (spi < 256 || spi == last) {
    pool.free(sa);
    return null;
  }
  store<u32>(lastSpi + <usize>(slot << 2), spi);
  sa.spi = spi;
  sa.policy = policy;
  policy.inbounds++;
  single++;
  sa.inbound = true;
  sa.state = <u8>State.LARVAL;
  return sa;
}

/** A larval AH SA beside a larval ESP SA, for a bundle. Null: no room, or no entropy. */
export function reserveOuter(inbound: SA): SA | null {
  const outer = reserve(inbound.policy as SaChain);
  if (!outer) return null;
  outer.inner = inbound;
  inbound.outer = outer;
  return outer;
}

/** The larval AH SA is not wanted: no bundle was agreed on. */
export function dropOuter(inbound: SA): void {
  const outer = inbound.outer;
  if (outer) release(outer);
  inbound.outer = null;
}

/** Wipes an SA and gives its slot back. */
function release(sa: SA): void {
  const slot = pool.indexOf(sa);
  const policy = sa.policy;
  if (policy && sa.inbound) policy.inbounds--;
  if (sa.inbound && !sa.pair) single--;
  byPeer.remove(slot, sa.peerAddress);
  alarms.set(slot, NEVER);
  pool.free(sa);
}

/** Keys an SA, which is found by its peer's address from now on. */
function key(sa: SA, parameters: SaParameters, keymat: usize): void {
  install(sa, parameters, keymat);
  byPeer.add(pool.indexOf(sa), sa.peerAddress);
}

/** Something of a pair is due at `t`, or sooner. */
export function arm(inbound: SA, t: u64): void {
  alarms.arm(pool.indexOf(inbound), t);
}

/** Keys the inbound SA, which receives from now on. `keymat` is keyLength octets; it is the caller's to wipe. */
export function installInbound(sa: SA, parameters: SaParameters, keymat: usize): void {
  assertThat(sa.inbound && sa.state == <u8>State.LARVAL, 302);
  key(sa, parameters, keymat);
  // Without a window the upper half of extended numbers could not be told; without an ICV anybody could move the window
  // (RFC 4303, 3.4.3).
  sa.window = sa.esn && lifetime.window == 0 ? REPLAY_WINDOW_DEFAULT : sa.integrity == <u8>Integrity.NONE ? 0 : lifetime.window;
  sa.state = <u8>State.INBOUND;
}

/** The AH pair of a bundle: to be called before `activate` of its ESP. False: no room. */
export function activateOuter(outer: SA, parameters: SaParameters, keymat: usize): bool {
  assertThat(outer.inner != null && outer.state == <u8>State.INBOUND, 305);
  const sa = pool.take();
  if (!sa) return false;
  sa.spi = parameters.peerSpi;
  sa.policy = outer.policy;
  key(sa, parameters, keymat);
  single--;
  sa.pair = outer;
  outer.pair = sa;
  return true;
}

/**
 * Makes and keys the outbound SA of the pair, and sends the policy's packets through it from now on (held packets go out
 * with the next poll). False when the pool is used up, and when the policy has gone, or its selectors do not hold the
 * negotiated ones any more: the caller then removes the inbound SA.
 */
export function activate(inbound: SA, parameters: SaParameters, keymat: usize): bool {
  assertThat(inbound.inbound && inbound.state == <u8>State.INBOUND, 303);
  const policy = inbound.policy;
  if (!policy || !policy.selector.contains(inbound.selector)) return false;
  const sa = pool.take();
  if (!sa) return false;
  if (!drbg.fill(sa.nonce, 16)) {
    pool.free(sa);
    return false;
  }
  sa.spi = parameters.peerSpi;
  sa.policy = policy;
  key(sa, parameters, keymat);
  single--;
  sa.pair = inbound;
  inbound.pair = sa;
  sa.whole = inbound.whole = inbound.selector.contains(policy.selector);
  const now = clock.now();
  inbound.born = sa.born;
  inbound.soft = parameters.softMilliseconds ? now + <u64>parameters.softMilliseconds : 0;
  inbound.hard = parameters.lifetimeSeconds ? now + <u64>parameters.lifetimeSeconds * 1000 : 0;
  if (inbound.soft) arm(inbound, inbound.soft);
  if (inbound.hard) arm(inbound, inbound.hard);
  if (policy.idle) arm(inbound, now);
  inbound.state = sa.state = <u8>State.MATURE;
  const outer = inbound.outer;
  if (outer) {
    const around = outer.pair as SA;
    sa.outer = around;
    around.inner = sa;
    outer.state = around.state = <u8>State.MATURE;
  }

  let replaces = false;
  let other = policy.newest;
  while (other) {
    if (other.selector.equals(sa.selector)) replaces = true;
    // The path is the same: what was learned of it holds on.
    if (other.peerAddress == sa.peerAddress && sa.pathMtu == 0) {
      sa.pathMtu = other.pathMtu;
      sa.pathMtuUntil = other.pathMtuUntil;
    }
    other = other.older;
  }
  sa.older = policy.newest;
  policy.newest = sa;
  policy.outbound = sa;
  generation++;
  policy.nextAcquire = 0;
  report.event(replaces ? "rekeyed" : "up", inbound, "negotiated");
  held.release(policy, parameters.settleMilliseconds, sa.older == null);
  return true;
}

/** The inbound SA of that SPI (in host order), in constant time; null if there is none. */
export function bySpi(spi: u32): SA | null {
  const slot = spi & SLOT_MASK;
  if (SLOT_MASK != SAS - 1 && slot >= SAS) return null;
  const sa = pool.at(slot);
  return sa && sa.inbound && sa.spi == spi ? sa : null;
}

/** The outbound SA to that peer with that SPI, or null. @param protocol ESP or AH: each has SPIs of its own */
export function outboundOf(peer: u32, spi: u32, protocol: u32): SA | null {
  for (let i = byPeer.first(peer); i != NONE; i = byPeer.next(i)) {
    const sa = at(i);
    if (sa && !sa.inbound && sa.spi == spi && <u32>sa.protocol == protocol && sa.peerAddress == peer) return sa;
  }
  return null;
}

/** Whether an SA ends at that address. */
export function isPeer(address: u32): bool {
  for (let i = byPeer.first(address); i != NONE; i = byPeer.next(i)) {
    const sa = at(i);
    if (sa && sa.peerAddress == address && sa.state >= <u8>State.INBOUND) return true;
  }
  return false;
}

/** Of a bundle's AH its ESP, else the SA itself. */
export function firstOf(sa: SA): SA {
  const inner = sa.inner;
  return inner ? inner : sa;
}

/**
 * The SA that a flow of a policy goes out through: the newest that is not retired and whose selectors hold the flow; null:
 * there is none. (A responder may have been offered less than the policy's whole selector.)
 */
export function outboundFor(policy: SaChain, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): SA | null {
  const first = policy.outbound;
  if (!first || first.whole) return first;
  for (let sa: SA | null = first; sa; sa = sa.older) {
    if (!sa.retired && (sa.whole || sa.selector.matches(local, remote, protocol, localPort, remotePort))) return sa;
  }
  return null;
}

/** After a change of `retired`, of `deferred` or of the chain: the newest that is neither, else one that is deferred. */
function choose(policy: SaChain): void {
  let sa = policy.newest;
  while (sa && (sa.retired || sa.deferred)) sa = sa.older;
  if (!sa) {
    sa = policy.newest;
    while (sa && sa.retired) sa = sa.older;
  }
  policy.outbound = sa;
}

/** A pair that renews another lets the other send on for a while (`on`), then takes over. */
export function defer(inbound: SA, on: bool): void {
  const outbound = inbound.pair;
  if (!outbound) return;
  outbound.deferred = on;
  const policy = outbound.policy;
  if (policy) choose(policy);
}

/**
 * Removes a pair (or a larval SA), wiping its keys; the policy falls back to the newest other pair it has. One that goes
 * with its last SA stays where it is until the list of policies is next made afresh.
 * @param reason one word for the EVENT line
 */
export function remove(inbound: SA, reason: string = "deleted"): void {
  assertThat(inbound.inbound, 304);
  const outbound = inbound.pair;
  if (outbound) {
    report.event("down", inbound, inbound.retired ? "replaced" : reason);
    const policy = outbound.policy;
    if (policy) {
      if (policy.newest == outbound) policy.newest = outbound.older;
      else {
        let sa = policy.newest;
        while (sa && sa.older != outbound) sa = sa.older;
        if (sa) sa.older = outbound.older;
      }
      choose(policy);
    }
    release(outbound);
    generation++;
  }
  const outer = inbound.outer;
  if (outer) {
    const around = outer.pair;
    if (around) release(around);
    release(outer);
  }
  const policy = inbound.policy;
  release(inbound);
  if (policy && policy.passing && !uses(policy)) touch();
}

/** Whether a policy has SAs, be they larval. */
export function uses(policy: SaChain): bool {
  return policy.inbounds != 0;
}

/** The policy of an SA that is being negotiated has gone. */
export function orphan(inbound: SA): void {
  const policy = inbound.policy;
  if (policy) policy.inbounds--;
  inbound.policy = null;
}

/** A pair that has been replaced: receives still, sends no more, and is not rekeyed. */
export function retire(inbound: SA): void {
  inbound.retired = true;
  inbound.soft = 0;
  const outbound = inbound.pair;
  if (!outbound) return;
  inbound.state = outbound.state = <u8>State.DYING;
  outbound.retired = true;
  const policy = outbound.policy;
  if (policy) choose(policy);
}

/** Takes `retire` back. @param softMilliseconds after its beginning it is renewed; 0: never by time */
export function reinstate(inbound: SA, softMilliseconds: u32): void {
  inbound.retired = false;
  const outbound = inbound.pair;
  if (!outbound) return;
  inbound.state = outbound.state = <u8>State.MATURE;
  outbound.retired = outbound.deferred = false;
  inbound.soft = softMilliseconds ? inbound.born + <u64>softMilliseconds : 0;
  if (inbound.soft) arm(inbound, inbound.soft);
  const policy = outbound.policy;
  if (policy) choose(policy);
}

/** Shown counters begin at 0 again. */
export function clearCounters(): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (!sa) continue;
    sa.cleared = <u32>sa.packets;
    sa.errors = sa.replayErrors = sa.icvErrors = 0;
  }
}

/** SAs for which there is room. */
export function left(): u32 {
  return pool.left;
}

/** Number of slots; `at(i)` is the SA in slot i (either direction), null where it is empty. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): SA | null {
  return pool.at(i);
}

/** Another phase 1 SA looks after the pair from now on. */
export function adopt(inbound: SA, ike: u32): void {
  inbound.ike = ike;
  const outbound = inbound.pair;
  if (outbound) outbound.ike = ike;
  const outer = inbound.outer;
  if (outer) adopt(outer, ike);
}

/** Peer's address and port of a pair changed (its NAT mapping moved). Only ESP in UDP has one (RFC 3948). */
export function moveMapping(inbound: SA, address: u32, port: u32): void {
  if (!inbound.encapsulated) return;
  move(inbound, address, port);
  const outbound = inbound.pair;
  if (outbound) move(outbound, address, port);
}

function move(sa: SA, address: u32, port: u32): void {
  const slot = pool.indexOf(sa);
  byPeer.remove(slot, sa.peerAddress);
  sa.peerAddress = address;
  sa.peerPort = <u16>port;
  byPeer.add(slot, address);
}
