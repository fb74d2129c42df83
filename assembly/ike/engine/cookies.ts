/**
 * Responder cookies that are state by themselves (RFC 2408, 2.5.3): of a secret of ours, the addresses, the ports and the
 * initiator's cookie, so that nothing need be kept of a first message but its offer (SAi_b, which HASH_I and HASH_R want
 * octet for octet). A cookie is two words of 32 bits, the first under a mask made of the second:
 *
 *      | where the offer lies 10 | which secret 1 | what the vendor IDs said 4 | of the offer's digest 17 |
 *      |                    SHA-256(secret | the word above | the parties): 32 bits                       |
 *
 * Offers lie in a store that is written over without a question. Where one lies is a keyed hash of itself: the same offer
 * from ten thousand addresses takes one place, and who sends ever new ones destroys another's with a probability of some
 * 1 in 200 each time, in the moment between a peer's first message and its third. The cookie then still says that the
 * peer is where it says it is: it is remembered (`remember`), told to begin again, and the next first message is kept with
 * state. Short and long offers have stores of their own, so that long ones do not wear the short ones out. Offers of peers
 * that have proved who they are stay (`pin`): those peers, and all configured like them, get through at once.
 */
import * as drbg from "../../crypto/drbg";
import { sha256 } from "../../crypto/sha2_32";
import { OFFERS_LONG, OFFERS_SHORT, OFFER_MAX, OFFER_SHORT_MAX } from "../../limits";
import { put16, put32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import * as ct from "../../util/ct";

/** A secret makes cookies for so long, and is good for as long again. */
const SECRET_LIFE: u64 = 60000;
/** Offers lie at multiples of this. */
const GRANULE: u32 = 32;
/** Offers of authenticated peers that stay; the first of these is for a long one. */
const PINS: u32 = 4;

let offers: usize = 0;
// Two secrets of 32 octets, then the key of places.
const secrets: usize = memory.data(96, 8);
let epoch: u32 = 0;
let epochAt: u64 = 0;
const digestCtx: usize = memory.data(200, 8);
const digest: usize = memory.data(32, 8);
const block: usize = memory.data(128, 8);
const expected: usize = memory.data(32, 8);
// A pin: u16 place, u16 length.
const pins: usize = memory.data(4 * 4, 4);
let nextPin: u32 = 1;
/** Peers that are remembered, and how long. An entry: CKY-I, u64 until when, u32 address. */
const KNOWN: u32 = 16;
const KNOWN_LIFE: u64 = 30000;
const known: usize = memory.data(16 * 24, 8);
let nextKnown: u32 = 0;

/** What `redeem` found: the offer, and the flags that `issue` was given. */
export let offer: usize = 0;
export let offerLen: u32 = 0;
export let flags: u32 = 0;

export function init(): void {
  offers = heap.alloc(<usize>(OFFERS_SHORT + OFFERS_LONG));
  memory.fill(offers, 0, <usize>(OFFERS_SHORT + OFFERS_LONG));
  memory.fill(secrets, 0, 96);
  memory.fill(pins, 0, <usize>(PINS * 4));
  epoch = 0;
  epochAt = 0;
  nextPin = 1;
  memory.fill(known, 0, <usize>(KNOWN * 24));
  nextKnown = 0;
}

/** Draws the secrets that are due. False: no entropy. */
function ready(): bool {
  const now = clock.now();
  const age = now - epochAt;
  if (epochAt && age < SECRET_LIFE) return true;
  if (!epochAt && !drbg.fill(secrets + 64, 32)) return false;
  // After a long time without floods the older one is too old as well.
  if (!epochAt || age >= 2 * SECRET_LIFE) if (!drbg.fill(secrets + <usize>((epoch & 1) << 5), 32)) return false;
  epoch++;
  epochAt = now;
  return drbg.fill(secrets + <usize>((epoch & 1) << 5), 32);
}

/** SHA-256 of a secret of 32 octets and `len` octets of `block`, to `expected`. */
function keyed(secret: usize, len: u32): void {
  sha256.init(digestCtx);
  sha256.update(digestCtx, secret, 32);
  sha256.update(digestCtx, block, len);
  sha256.final(digestCtx, expected);
}

/** 32 bits for the first word of a cookie, between these. */
function authenticate(word: u32, secret: usize, CKY_I: usize, peer: u32, local: u32, peerPort: u32, localPort: u32): u32 {
  put32(block, word);
  memory.copy(block + 4, CKY_I, 8);
  put32(block + 12, peer);
  put32(block + 16, local);
  put16(block + 20, peerPort);
  put16(block + 22, localPort);
  keyed(secret, 24);
  return load<u32>(expected);
}

/** 32 bits that hide the first word: where another's offer lies is nobody's business. */
function mask(mac: u32, CKY_I: usize): u32 {
  put32(block, mac);
  memory.copy(block + 4, CKY_I, 8);
  keyed(secrets + 64, 12);
  return load<u32>(expected);
}

/** Where an offer lies, in granules; the digest of it is in `digest` afterwards. 0xffffffff: it finds no place. */
function place(body: usize, len: u32): u32 {
  sha256.digest(digestCtx, body, len, digest);
  for (let i: u32 = 0; i < PINS; i++) {
    const pin = pins + <usize>(i << 2);
    const at = <u32>load<u16>(pin);
    if (<u32>load<u16>(pin, 2) == len && memory.compare(offers + <usize>(at * GRANULE) + 2, body, <usize>len) == 0) return at;
  }
  memory.copy(block, digest, 32);
  keyed(secrets + 64, 32);
  const long = len > OFFER_SHORT_MAX;
  const granules = granulesOf(len);
  const room = (long ? OFFERS_LONG : OFFERS_SHORT) / GRANULE - granules + 1;
  // A second place for those whose first one is pinned.
  for (let i: u32 = 0; i < 8; i += 4) {
    const at = (long ? OFFERS_SHORT / GRANULE : 0) + load<u32>(expected + <usize>i) % room;
    if (!pinned(at, granules)) return at;
  }
  return 0xffffffff;
}

/** Two octets of length stand before an offer. */
function granulesOf(len: u32): u32 {
  return (len + 2 + GRANULE - 1) / GRANULE;
}

function pinned(at: u32, granules: u32): bool {
  for (let i: u32 = 0; i < PINS; i++) {
    const len = <u32>load<u16>(pins + <usize>(i << 2), 2);
    const from = <u32>load<u16>(pins + <usize>(i << 2));
    if (len && at < from + granulesOf(len) && from < at + granules) return true;
  }
  return false;
}

/**
 * Makes the cookie, 8 octets at `out`, that brings this offer and these flags (4 bits) back. False: the offer is too long,
 * has no place, or there is no entropy.
 */
export function issue(CKY_I: usize, peer: u32, local: u32, peerPort: u32, localPort: u32, body: usize, len: u32, bits: u32, out: usize): bool {
  if (len == 0 || len > OFFER_MAX || !ready()) return false;
  const at = place(body, len);
  if (at == 0xffffffff) return false;
  put(at, body, len);
  const which = epoch & 1;
  const word = at | (which << 10) | (bits << 11) | (check() << 15);
  const mac = authenticate(word, secrets + <usize>(which << 5), CKY_I, peer, local, peerPort, localPort);
  store<u32>(out, word ^ mask(mac, CKY_I));
  store<u32>(out, mac, 4);
  return true;
}

/** 17 bits of the digest of the offer that `place` or `find` looked at. */
function check(): u32 {
  return load<u32>(digest) & 0x1ffff;
}

function put(at: u32, body: usize, len: u32): void {
  const p = offers + <usize>(at * GRANULE);
  store<u16>(p, <u16>len);
  memory.copy(p + 2, body, <usize>len);
}

/** What a cookie is: one of ours for these parties and not too old, or not; then whether its offer is still there. */
export const enum Redeemed {
  NOT_OURS = 0,
  OFFER_GONE = 1,
  GOOD = 2,
}

/** Looks at a cookie that came back; a GOOD one leaves `offer`, `offerLen` and `flags`. */
export function redeem(CKY_R: usize, CKY_I: usize, peer: u32, local: u32, peerPort: u32, localPort: u32): Redeemed {
  if (!epochAt || (clock.now() - epochAt >= SECRET_LIFE && !ready())) return Redeemed.NOT_OURS;
  const mac = load<u32>(CKY_R, 4);
  const word = load<u32>(CKY_R) ^ mask(mac, CKY_I);
  const at = word & 0x3ff;
  authenticate(word, secrets + <usize>(((word >>> 10) & 1) << 5), CKY_I, peer, local, peerPort, localPort);
  if (!ct.equal(expected, CKY_R + 4, 4)) return Redeemed.NOT_OURS;
  offer = offers + <usize>(at * GRANULE) + 2;
  offerLen = <u32>load<u16>(offer - 2);
  flags = (word >>> 11) & 15;
  if (offerLen == 0 || offerLen > OFFER_MAX || at * GRANULE + 2 + offerLen > OFFERS_SHORT + OFFERS_LONG) return Redeemed.OFFER_GONE;
  sha256.digest(digestCtx, offer, offerLen, digest);
  return word >>> 15 == check() ? Redeemed.GOOD : Redeemed.OFFER_GONE;
}

/** A peer whose cookie came back and whose offer is gone: it is at that address, and will begin again. */
export function remember(peer: u32, CKY_I: usize): void {
  const p = known + <usize>(nextKnown * 24);
  store<u64>(p, load<u64>(CKY_I));
  store<u64>(p, clock.now() + KNOWN_LIFE, 8);
  store<u32>(p, peer, 16);
  nextKnown = (nextKnown + 1) % KNOWN;
}

/** Whether a peer that begins is one of those. @param CKY_I its cookie must be the same; 0: the address is enough */
export function remembers(peer: u32, CKY_I: usize): bool {
  for (let i: u32 = 0; i < KNOWN; i++) {
    const p = known + <usize>(i * 24);
    if (load<u32>(p, 16) != peer || load<u64>(p, 8) < clock.now()) continue;
    if (!CKY_I || load<u64>(p) == load<u64>(CKY_I)) return true;
  }
  return false;
}

/** The offer of a peer that has proved who it is stays; one of those that stayed so far gives way. */
export function pin(body: usize, len: u32): void {
  if (len == 0 || len > OFFER_MAX || !ready()) return;
  const at = place(body, len);
  if (at == 0xffffffff) return;
  for (let i: u32 = 0; i < PINS; i++) if (<u32>load<u16>(pins + <usize>(i << 2), 2) == len && <u32>load<u16>(pins + <usize>(i << 2)) == at) return;
  put(at, body, len);
  let which: u32 = 0;
  if (len <= OFFER_SHORT_MAX) {
    which = nextPin;
    nextPin = nextPin + 1 < PINS ? nextPin + 1 : 1;
  }
  store<u16>(pins + <usize>(which << 2), <u16>at);
  store<u16>(pins + <usize>(which << 2), <u16>len, 2);
}
