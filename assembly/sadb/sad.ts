/**
 * The security association database (RFC 4301, 4.4.2). SAs live in pairs, an inbound one whose SPI we chose and an
 * outbound one whose SPI the peer chose. Our SPIs carry the slot in their low bits, so that a lookup is one comparison.
 *
 *   LARVAL ---installInbound---> INBOUND ---activate---> MATURE ---soft lifetime---> DYING ---hard, or remove---> gone
 *
 * IKE's order: `reserve` (an SPI for the proposal), `installInbound` as soon as the keys are there (the responder does so
 * before its answer leaves), `activate` when the exchange is complete: from then on the policy sends through the pair.
 * A policy may have several pairs; it sends through the newest that is not retired. What is larval belongs to IKE alone.
 *
 * ESP and AH together are a bundle (RFC 4301, 4.4.1.1; RFC 2401, 4.3): the ESP pair is the one that all this is about, the
 * AH pair its `bundle`, made beside it by `reserveSecond`, `installInbound` and `activateSecond` and gone with it. On the
 * wire ESP is inside, AH around it, as everybody does it: IP, AH, ESP.
 */
import { REPLAY_WINDOW_DEFAULT, SAS } from "../limits";
import * as drbg from "../crypto/drbg";
import { BlockCipher } from "../crypto/cipher";
import { CTR_CTX, ctrKey } from "../crypto/ctr";
import { gcmKey } from "../crypto/gcm";
import { Hash } from "../crypto/hash";
import { hmacKey } from "../crypto/hmac";
import { xcbcKey } from "../crypto/xcbc";
import * as clock from "../util/clock";
import { Deadline, NEVER, remaining } from "../util/deadline";
import * as log from "../util/log";
import { Pool } from "../util/pool";
import { assertThat } from "../util/status";
import * as acquire from "./acquire";
import { Work } from "./acquire";
import * as dynamic from "./dynamic";
import * as held from "./held";
import * as lifetime from "./lifetime";
import * as report from "./report";
import { SA, SA_OCTETS, SaParameters, State } from "./sa";
import * as spd from "./spd";
import { Policy } from "./spd";
import * as suite from "./suite";
import { CipherMode, Integrity, Pairing } from "./suite";
export { SA, SaParameters, State } from "./sa";

const ESP: u32 = 50;
const AH: u32 = 51;
const SLOT_MASK: u32 = SAS - 1;
/** Work.REKEY is posted again after so many milliseconds, as long as no newer pair has come. */
const REKEY_AGAIN: u64 = 120000;
/** The ring of work was full: another try so many milliseconds later. */
const RETRY: u64 = 1000;

let pool: Pool = changetype<Pool>(0);
let deadline: Deadline = changetype<Deadline>(0);
const random: usize = memory.data(4, 4);
/** The last SPI of each slot. */
const lastSpi: usize = memory.data(4 * <i32>SAS, 4);

export function init(): void {
  pool = new Pool("security associations", SA_OCTETS, SAS);
  deadline = new Deadline();
  memory.fill(lastSpi, 0, 4 * SAS);
  lifetime.init();
  held.init();
}

/**
 * Octets of key material that one direction of such an SA needs: encryption key, salt, authentication key. 0: algorithms
 * that are unknown, or protect nothing together.
 */
export function keyLength(protocol: u32, cipher: u32, keyBits: u32, auth: u32): u32 {
  if (protocol == AH) return suite.authKeyLength(auth);
  if (protocol != ESP || suite.pairing(cipher, keyBits, auth) != Pairing.OK) return 0;
  return suite.cipherKeyLength(cipher, keyBits) + suite.saltLength(cipher) + suite.authKeyLength(auth);
}

/** A larval inbound SA with a fresh random SPI (never below 256); null when the pool is used up or there is no entropy. */
export function reserve(policy: Policy): SA | null {
  const block = pool.take();
  if (!block) return null;
  const slot = pool.indexOf(block);
  const last = load<u32>(lastSpi + <usize>(slot << 2));
  let spi: u32 = 0;
  for (let i = 0; i < 8 && (spi < 256 || spi == last); i++) {
    if (!drbg.fill(random, 4)) break;
    spi = (load<u32>(random) & ~SLOT_MASK) | slot;
  }
  if (spi < 256 || spi == last) {
    pool.free(block);
    return null;
  }
  store<u32>(lastSpi + <usize>(slot << 2), spi);
  const sa = changetype<SA>(block);
  sa.spi = spi;
  sa.policy = policy;
  sa.inbound = true;
  sa.state = <u8>State.LARVAL;
  return sa;
}

/** A larval AH SA beside a larval ESP SA, for a bundle. Null: no room, or no entropy. */
export function reserveSecond(inbound: SA): SA | null {
  const second = reserve(inbound.policy as Policy);
  if (!second) return null;
  second.second = true;
  second.bundle = inbound;
  inbound.bundle = second;
  return second;
}

/** The larval AH SA is not wanted: no bundle was agreed on. */
export function dropSecond(inbound: SA): void {
  const second = inbound.bundle;
  if (second) pool.free(changetype<usize>(second));
  inbound.bundle = null;
}

/** What both directions have in common, and the keys of this one. */
function install(sa: SA, p: SaParameters, keymat: usize): void {
  assertThat(keyLength(p.protocol, p.cipher, p.keyBits, p.auth) != 0, 301);
  sa.protocol = p.protocol;
  sa.mode = p.mode;
  sa.transform = p.cipher;
  sa.auth = p.auth;
  sa.keyBits = suite.hasKeyLengths(p.cipher) ? <u16>(suite.cipherKeyLength(p.cipher, p.keyBits) << 3) : 0;
  sa.esn = p.esn;
  sa.lastSequence = lifetime.lastSequence(p.cipher, p.esn);
  sa.encapsulated = p.encapsulated;
  sa.checksumDelta = p.checksumDelta;
  sa.localPort = p.localPort;
  sa.peerPort = p.peerPort;
  sa.localAddress = p.localAddress;
  sa.peerAddress = p.peerAddress;
  sa.ike = p.ike;
  sa.pfsGroup = p.pfsGroup;
  sa.lifetimeSeconds = p.lifetimeSeconds;
  sa.lifetimeKilobytes = p.lifetimeKilobytes;
  const s = sa.selector;
  s.localFirst = p.localFirst;
  s.localLast = p.localLast;
  s.remoteFirst = p.remoteFirst;
  s.remoteLast = p.remoteLast;
  s.localPort = p.localPortSelector;
  s.remotePort = p.remotePortSelector;
  s.protocol = p.protocolSelector;
  sa.born = clock.now();
  sa.softBytes = lifetime.softBytes(p.cipher, p.lifetimeKilobytes, p.softPart);
  sa.hardBytes = lifetime.hardBytes(p.cipher, p.lifetimeKilobytes);
  setCipher(sa, keymat);
  setMac(sa, keymat + <usize>(suite.cipherKeyLength(p.cipher, p.keyBits) + suite.saltLength(p.cipher)));
  if (log.keylogAllowed) report.keys(sa, keymat);
}

/** Keys the cipher with the key and the salt at `key`. */
function setCipher(sa: SA, key: usize): void {
  const length = suite.cipherKeyLength(sa.transform, sa.keyBits);
  const mode = suite.cipherMode(sa.transform);
  sa.cipherMode = <u8>mode;
  sa.ivLength = <u8>suite.ivLength(sa.transform);
  sa.align = <u8>suite.alignment(sa.transform);
  if (mode == CipherMode.CBC) {
    const cipher = suite.cipherOf(sa.transform) as BlockCipher;
    sa.cipher = cipher;
    cipher.setKey(sa.cipherCtx, key, length);
  } else if (mode == CipherMode.CTR) ctrKey(sa.cipherCtx, key, length);
  else if (mode == CipherMode.GCM) gcmKey(sa.cipherCtx, key, length);
  if (suite.saltLength(sa.transform)) sa.salt = load<u32>(key + <usize>length);
  sa.macAt = <u16>(mode == CipherMode.CBC ? (sa.cipher as BlockCipher).ctxLength : mode == CipherMode.CTR ? CTR_CTX : 0);
}

/** Keys what computes the ICV. */
function setMac(sa: SA, key: usize): void {
  const integrity = suite.integrityOf(sa.transform, sa.auth);
  sa.integrity = <u8>integrity;
  sa.icvLength = <u8>suite.icvLength(sa.transform, sa.auth);
  if (integrity == Integrity.HMAC) {
    const hash = suite.hashOf(sa.auth) as Hash;
    sa.hash = hash;
    hmacKey(hash, sa.macState, key, suite.authKeyLength(sa.auth));
  } else if (integrity == Integrity.XCBC) xcbcKey(sa.macState, key);
}

/** Keys the inbound SA, which receives from now on. `keymat` is keyLength octets; it is the caller's to wipe. */
export function installInbound(sa: SA, parameters: SaParameters, keymat: usize): void {
  assertThat(sa.inbound && sa.state == <u8>State.LARVAL, 302);
  install(sa, parameters, keymat);
  // Without a window the upper half of extended numbers could not be told; without an ICV anybody could move the window
  // (RFC 4303, 3.4.3).
  sa.window = sa.esn && lifetime.window == 0 ? REPLAY_WINDOW_DEFAULT : sa.integrity == <u8>Integrity.NONE ? 0 : lifetime.window;
  sa.state = <u8>State.INBOUND;
}

/** The AH pair of a bundle: to be called before `activate` of its ESP. False: no room. */
export function activateSecond(second: SA, parameters: SaParameters, keymat: usize): bool {
  assertThat(second.second && second.state == <u8>State.INBOUND, 305);
  const block = pool.take();
  if (!block) return false;
  const sa = changetype<SA>(block);
  sa.spi = parameters.peerSpi;
  sa.policy = second.policy;
  sa.second = true;
  install(sa, parameters, keymat);
  sa.pair = second;
  second.pair = sa;
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
  const block = pool.take();
  if (!block) return false;
  const sa = changetype<SA>(block);
  if (!drbg.fill(sa.nonce, 16)) {
    pool.free(block);
    return false;
  }
  sa.spi = parameters.peerSpi;
  sa.policy = policy;
  install(sa, parameters, keymat);
  sa.pair = inbound;
  inbound.pair = sa;
  sa.whole = inbound.whole = inbound.selector.contains(policy.selector);
  const now = clock.now();
  inbound.born = sa.born;
  inbound.soft = parameters.softMilliseconds ? now + <u64>parameters.softMilliseconds : 0;
  inbound.hard = parameters.lifetimeSeconds ? now + <u64>parameters.lifetimeSeconds * 1000 : 0;
  if (inbound.soft) deadline.arm(inbound.soft);
  if (inbound.hard) deadline.arm(inbound.hard);
  inbound.state = sa.state = <u8>State.MATURE;
  const second = inbound.bundle;
  if (second) {
    const around = second.pair as SA;
    sa.bundle = around;
    around.bundle = sa;
    second.state = around.state = <u8>State.MATURE;
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
  policy.nextAcquire = 0;
  report.event(replaces ? "rekeyed" : "up", inbound, "negotiated");
  held.release(policy, parameters.settleMilliseconds);
  return true;
}

/** The inbound SA of that SPI (in host order), in constant time; null if there is none. */
export function bySpi(spi: u32): SA | null {
  const slot = spi & SLOT_MASK;
  if (!pool.taken(slot)) return null;
  const sa = changetype<SA>(pool.at(slot));
  return sa.inbound && sa.spi == spi ? sa : null;
}

/** The outbound SA to that peer with that SPI, or null. @param protocol 50 or 51: each has SPIs of its own */
export function outboundOf(peer: u32, spi: u32, protocol: u32): SA | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (sa && !sa.inbound && sa.spi == spi && <u32>sa.protocol == protocol && sa.peerAddress == peer) return sa;
  }
  return null;
}

/** Of a bundle's AH its ESP, else the SA itself. */
export function firstOf(sa: SA): SA {
  return sa.second ? (sa.bundle as SA) : sa;
}

/**
 * The SA that a flow of a policy goes out through: the newest that is not retired and whose selectors hold the flow; null:
 * there is none. (A responder may have been offered less than the policy's whole selector.)
 */
export function outboundFor(policy: Policy, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): SA | null {
  const first = policy.outbound;
  if (!first || first.whole) return first;
  for (let sa: SA | null = first; sa; sa = sa.older) {
    if (!sa.retired && (sa.whole || sa.selector.matches(local, remote, protocol, localPort, remotePort))) return sa;
  }
  return null;
}

/** After a change of `retired`, of `deferred` or of the chain: the newest that is neither, else one that is deferred. */
function choose(policy: Policy): void {
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
 * Removes a pair (or a larval SA), wiping its keys; the policy falls back to the newest other pair it has.
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
    pool.free(changetype<usize>(outbound));
  }
  const second = inbound.bundle;
  if (second) {
    const around = second.pair;
    if (around) pool.free(changetype<usize>(around));
    pool.free(changetype<usize>(second));
  }
  const policy = inbound.policy;
  pool.free(changetype<usize>(inbound));
  dynamic.released(policy);
}

/** Whether a policy has SAs, be they larval. */
export function uses(policy: Policy): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (sa && sa.inbound && sa.policy == policy) return true;
  }
  return false;
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

/** How many pairs the phase 1 SA `ike` has; walk all with slots/at. */
export function countOf(ike: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (sa && sa.inbound && !sa.second && sa.pair && sa.ike == ike) count++;
  }
  return count;
}

/** Number of slots; `at(i)` is the SA in slot i (either direction), null where it is empty. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): SA | null {
  return pool.taken(i) ? changetype<SA>(pool.at(i)) : null;
}

/** Both directions of a pair end sooner than agreed; 0: this unit is as before. @param softMilliseconds after its beginning */
export function shorten(inbound: SA, seconds: u32, softMilliseconds: u32, kilobytes: u32): void {
  const outbound = inbound.pair;
  if (!outbound) return;
  if (seconds && seconds < inbound.lifetimeSeconds) {
    inbound.lifetimeSeconds = outbound.lifetimeSeconds = seconds;
    inbound.hard = inbound.born + <u64>seconds * 1000;
    if (!inbound.retired) inbound.soft = inbound.born + <u64>softMilliseconds;
    deadline.arm(inbound.born);
  }
  if (!kilobytes || (inbound.lifetimeKilobytes && kilobytes >= inbound.lifetimeKilobytes)) return;
  inbound.lifetimeKilobytes = outbound.lifetimeKilobytes = kilobytes;
  inbound.softBytes = outbound.softBytes = lifetime.softBytes(<u32>inbound.transform, kilobytes, 0);
  inbound.hardBytes = outbound.hardBytes = lifetime.hardBytes(<u32>inbound.transform, kilobytes);
}

/** Another phase 1 SA looks after the pair from now on. */
export function adopt(inbound: SA, ike: u32): void {
  inbound.ike = ike;
  const outbound = inbound.pair;
  if (outbound) outbound.ike = ike;
  const second = inbound.bundle;
  if (second && !inbound.second) adopt(second, ike);
}

/** Peer's address and port of a pair changed (its NAT mapping moved). */
export function moveMapping(inbound: SA, address: u32, port: u32): void {
  inbound.peerAddress = address;
  inbound.peerPort = <u16>port;
  const outbound = inbound.pair;
  if (!outbound) return;
  outbound.peerAddress = address;
  outbound.peerPort = <u16>port;
}

/** The data path met a soft bound (octets, sequence number) on either direction: Work.REKEY with the next poll. */
export function wantRekey(any: SA): void {
  const sa = firstOf(any);
  const inbound = sa.inbound ? sa : sa.pair;
  if (!inbound || inbound.retired || inbound.state != <u8>State.MATURE) return;
  inbound.soft = clock.now();
  deadline.arm(inbound.soft);
}

/** The data path met a hard bound on either direction: the pair ends with the next poll. */
export function usedUp(any: SA): void {
  const sa = firstOf(any);
  const inbound = sa.inbound ? sa : sa.pair;
  if (!inbound || !inbound.pair) return;
  inbound.hard = clock.now();
  deadline.arm(inbound.hard);
}

/** Reports a pair to IKE as gone and removes it. False, and it stays, when the ring of work is full. */
function expire(inbound: SA, reason: string): bool {
  const item = acquire.post(Work.EXPIRED);
  if (!item) return false;
  const outbound = inbound.pair;
  item.spi = inbound.spi;
  item.peerSpi = outbound ? outbound.spi : 0;
  item.ike = inbound.ike;
  item.address = inbound.peerAddress;
  item.port = inbound.peerPort;
  remove(inbound, reason);
  return true;
}

/** A policy goes away: its pairs are deleted and reported; what is still being negotiated loses its policy. */
export function policyGone(policy: Policy): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (!sa || !sa.inbound || sa.policy != policy) continue;
    if (!sa.pair) sa.policy = null;
    else if (sa.second) continue;
    else if (!expire(sa, "configuration")) remove(sa, "configuration");
  }
  held.abandon(policy);
}

/** A policy's peers changed, or the address of its interface: pairs with others than the present ones end. */
export function checkPeers(policy: Policy, local: u32): void {
  for (let sa: SA | null = policy.newest; sa; ) {
    const next = sa.older;
    const inbound = sa.pair;
    if (inbound && ((!policy.owner && !policy.entry.hasPeer(sa.peerAddress)) || (local != 0 && sa.localAddress != local))) {
      if (!expire(inbound, "configuration")) remove(inbound, "configuration");
    }
    sa = next;
  }
}

function scan(): void {
  deadline.reset();
  const now = clock.now();
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (!sa || !sa.inbound || sa.second) continue;
    const outbound = sa.pair;
    if (!outbound) continue;
    if (sa.hard != 0) {
      if (sa.hard > now) deadline.arm(sa.hard);
      else if (expire(sa, "lifetime")) continue;
      else deadline.arm(now + RETRY);
    }
    if (sa.soft == 0) continue;
    if (sa.soft <= now) {
      const item = acquire.post(Work.REKEY);
      sa.soft = now + (item ? REKEY_AGAIN : RETRY);
      if (item) {
        item.spi = sa.spi;
        item.peerSpi = outbound.spi;
        item.ike = sa.ike;
        item.address = sa.peerAddress;
        sa.state = outbound.state = <u8>State.DYING;
      }
    }
    deadline.arm(sa.soft);
  }
}

/** Lifetimes: posts Work.REKEY and Work.EXPIRED, drops held packets that waited too long. Milliseconds until the next call. */
export function poll(): u32 {
  spd.refresh();
  if (deadline.due()) scan();
  if (held.deadline.due()) spd.expireHeld();
  const at = deadline.at < held.deadline.at ? deadline.at : held.deadline.at;
  return at == NEVER ? remaining(NEVER) : remaining(at);
}
