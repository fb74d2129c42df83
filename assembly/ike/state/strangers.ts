/**
 * What those cost who have not proved who they are, and what of it is theirs to have (docs/DESIGN.md, "Floods").
 *
 *   a common power   under load, responders of one group share one exponent and its public value for ten seconds (as RFC 7296,
 *                    2.12, says that one may; public values are checked, nonces are each exchange's own). Answering costs no
 *                    power then, whoever asks; only the secret does, and only when a message has come that proves something
 *   a budget         of those secrets, in powers: one for addresses that have cost little of late, a small one for others
 *   what one costs   by address, in a sketch of fixed size under a key: who has cost most gives way first, and an address that
 *                    has shown that it receives can't be charged by another
 */
import * as drbg from "../../crypto/drbg";
import { sha256 } from "../../crypto/sha2_32";
import { KNOWN_ADDRESSES as HERE } from "../../limits";
import { Budget } from "../../util/budget";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";

/** Rows of the sketch, and cells of a row: what a thousand addresses cost is taken for another's with a probability of 2 %. */
const ROWS: u32 = 4;
const CELLS: u32 = 2048;
/** All costs are halved this often. */
const HALVING: u64 = 16000;
/** From so much on, an address has cost more than an honest peer does whose messages get lost. */
export const WORN: u32 = 8;

/** What one costs: a place taken with a cookie that came back, a power, a proof that was none. */
export const COST_PLACE: u32 = 1;
export const COST_POWER: u32 = 2;
export const COST_FALSE: u32 = 6;

const sketch: usize = memory.data(4 * 2048, 8);
const key: usize = memory.data(32, 8);
let keyed: bool = false;
let halvedAt: u64 = 0;
const digest: usize = memory.data(32, 8);
const block: usize = memory.data(8, 4);
const digestCtx: usize = memory.data(200, 8);

/** Powers for strangers: sixteen at once, ten a second; for those that have cost much: four at once, one a second. */
const fresh = new Budget(16, 100);
const worn = new Budget(4, 1000);

/** Who goes before whom for a place, when none is left. */
export const enum Standing {
  NONE = 0,
  /** Its first message came a second time before there was room: who forges many addresses seldom waits. */
  PATIENT = 1,
  /** Its address is that of a peer that has proved who it is, now or lately. */
  KNOWN = 2,
}

/** Addresses that peers proved who they are from, the last of them. */
const here: usize = memory.data(<i32>HERE * 4, 4);
let nextHere: u32 = 0;

/** First messages that found no room: two filters of bits, the newer one and the one before. */
const KNOCKS: u32 = 4096;
const KNOCKS_LIFE: u64 = 4000;
const knocks: usize = memory.data(2 * 4096, 8);
let knocksAt: u64 = 0;
let generation: u32 = 0;

/** A power that is common: u32 group, u64 until when, exponent, public value. Groups of private use have none. */
const COMMON: u32 = 3;
const COMMON_LIFE: u64 = 10000;
const EXPONENT_BYTES: u32 = 80;
const PUBLIC_BYTES: u32 = 1024;
const ENTRY: u32 = 16 + EXPONENT_BYTES + PUBLIC_BYTES;
let common: usize = 0;

export function init(): void {
  memory.fill(sketch, 0, <usize>(ROWS * CELLS));
  memory.fill(knocks, 0, <usize>(2 * KNOCKS));
  keyed = false;
  halvedAt = knocksAt = 0;
  memory.fill(here, 0, <usize>(HERE * 4));
  nextHere = 0;
  fresh.reset();
  worn.reset();
  if (!common) common = heap.alloc(<usize>(COMMON * ENTRY));
  memory.fill(common, 0, <usize>(COMMON * ENTRY));
}

/** Leaves the place of an address in each row in `digest`. */
function places(address: u32): void {
  if (!keyed) keyed = drbg.fill(key, 32);
  store<u32>(block, address);
  sha256.init(digestCtx);
  sha256.update(digestCtx, key, 32);
  sha256.update(digestCtx, block, 4);
  sha256.final(digestCtx, digest);
}

function cell(row: u32): usize {
  return sketch + <usize>(row * CELLS + (load<u32>(digest + <usize>(row << 2)) & (CELLS - 1)));
}

function age(): void {
  const now = clock.now();
  let halvings = (now - halvedAt) / HALVING;
  if (!halvings) return;
  halvedAt += halvings * HALVING;
  const mask: u64 = halvings > 7 ? 0 : <u64>(0xff >>> <u32>halvings) * 0x0101010101010101;
  halvings = min<u64>(halvings, 7);
  for (let i: u32 = 0; i < ROWS * CELLS; i += 8) store<u64>(sketch + i, (load<u64>(sketch + i) >>> halvings) & mask);
}

/** What an address has cost of late. */
export function cost(address: u32): u32 {
  age();
  places(address);
  let least: u32 = 255;
  for (let row: u32 = 0; row < ROWS; row++) least = min<u32>(least, <u32>load<u8>(cell(row)));
  return least;
}

/** An address that receives what is sent to it has cost something. */
export function charge(address: u32, much: u32): void {
  const now = min<u32>(cost(address) + much, 255);
  for (let row: u32 = 0; row < ROWS; row++) if (<u32>load<u8>(cell(row)) < now) store<u8>(cell(row), <u8>now);
}

/** Whether a power is spent on what an address has sent; it is charged for it. */
export function mayCompute(address: u32): bool {
  if (!(cost(address) < WORN ? fresh : worn).take()) return false;
  charge(address, COST_POWER);
  return true;
}

/**
 * Whether something is decrypted by our RSA key for an address (RFC 2409, 5.2), proved or not; it is charged for it. Eight times at once, and once
 * in four seconds for as long as it goes on; and as other powers for strangers.
 */
export function mayTry(address: u32, known: bool): bool {
  if (cost(address) >= 8 * COST_FALSE || !(known || (cost(address) < WORN ? fresh : worn).take())) return false;
  charge(address, COST_FALSE);
  return true;
}

/** A peer that has begun has proved who it is. */
export function remember(address: u32): void {
  if (wasHere(address)) return;
  store<u32>(here + <usize>(nextHere << 2), address);
  nextHere = (nextHere + 1) % HERE;
}

export function wasHere(address: u32): bool {
  for (let i: u32 = 0; i < HERE; i++) if (load<u32>(here + <usize>(i << 2)) == address) return true;
  return false;
}

/**
 * Whether a first message has come before, some four to eight seconds back; it is noted. @param CKY_I the initiator's cookie, which is the
 * same in every repetition
 */
export function knocked(address: u32, CKY_I: usize): bool {
  const now = clock.now();
  if (now - knocksAt >= KNOCKS_LIFE) {
    const old = knocks + <usize>((++generation & 1) * KNOCKS);
    memory.fill(now - knocksAt >= 2 * KNOCKS_LIFE ? knocks : old, 0, <usize>(now - knocksAt >= 2 * KNOCKS_LIFE ? 2 * KNOCKS : KNOCKS));
    knocksAt = now;
  }
  if (!keyed) keyed = drbg.fill(key, 32);
  sha256.init(digestCtx);
  sha256.update(digestCtx, key, 32);
  store<u32>(block, address);
  sha256.update(digestCtx, block, 4);
  sha256.update(digestCtx, CKY_I, 8);
  sha256.final(digestCtx, digest);
  let before: u32 = 3;
  for (let i: u32 = 0; i < 3; i++) {
    const place = load<u32>(digest + <usize>(i << 2)) & (8 * KNOCKS - 1);
    const bit: u32 = 1 << (place & 7);
    for (let g: u32 = 0; g < 2; g++) if (!(<u32>load<u8>(knocks + <usize>(g * KNOCKS + (place >>> 3))) & bit)) before &= ~(1 << g);
    const p = knocks + <usize>((generation & 1) * KNOCKS + (place >>> 3));
    store<u8>(p, load<u8>(p) | <u8>bit);
  }
  return before != 0;
}

function commonAt(i: u32): usize {
  return common + <usize>(i * ENTRY);
}

/** Writes the common exponent of a group, and its public value. False: there is none. */
export function lend(group: u32, exponent: usize, exponentLen: u32, value: usize, valueLen: u32): bool {
  for (let i: u32 = 0; i < COMMON; i++) {
    const p = commonAt(i);
    if (load<u32>(p) != group || load<u64>(p, 8) <= clock.now()) continue;
    memory.copy(exponent, p + 16, <usize>exponentLen);
    memory.copy(value, p + 16 + EXPONENT_BYTES, <usize>valueLen);
    return true;
  }
  return false;
}

/** What has been computed under load is common for a while. */
export function keepCommon(group: u32, exponent: usize, exponentLen: u32, value: usize, valueLen: u32): void {
  if (exponentLen > EXPONENT_BYTES || valueLen > PUBLIC_BYTES) return;
  let oldest = commonAt(0);
  for (let i: u32 = 0; i < COMMON; i++) {
    const p = commonAt(i);
    if (load<u32>(p) == group && load<u64>(p, 8) > clock.now()) return;
    if (load<u64>(p, 8) < load<u64>(oldest, 8)) oldest = p;
  }
  memory.fill(oldest, 0, <usize>ENTRY);
  store<u32>(oldest, group);
  store<u64>(oldest, clock.now() + COMMON_LIFE, 8);
  memory.copy(oldest + 16, exponent, <usize>exponentLen);
  memory.copy(oldest + 16 + EXPONENT_BYTES, value, <usize>valueLen);
}

/** Wipes common exponents whose time is over. When the next one's is: NEVER, there is none. */
export function wipeOld(): u64 {
  let next = NEVER;
  for (let i: u32 = 0; i < COMMON; i++) {
    const p = commonAt(i);
    const until = load<u64>(p, 8);
    if (!until) continue;
    if (until <= clock.now()) memory.fill(p, 0, <usize>ENTRY);
    else next = min(next, until);
  }
  return next;
}
