/**
 * Where keys and certificates lie: one run of octets, made at start, of which each takes as many units of 64 as it needs. Nothing
 * moves; what is given back is wiped.
 *
 *      units   | 3 . . | 1 | 0 0 | 2 . | ...       a u16 a unit: at the first of a piece how many it has, 0: free, 0xffff: of the
 *                                                  piece before
 *
 * Work in slices reads keys and certificates in place. While somebody holds the arena (`hold`), what is given back stays as it
 * is, and is wiped when the last one lets go.
 */
import { PKI_OCTETS } from "../limits";
import * as ct from "../util/ct";
import { assertThat } from "../util/status";

const UNIT: u32 = 64;
const UNITS: u32 = PKI_OCTETS / UNIT;
const FOLLOWS: u32 = 0xffff;
/** A piece that was given back while somebody held the arena. */
const DYING: u32 = 0x8000;

let base: usize = 0;
let lengths: usize = 0;
let holders: u32 = 0;
let dying: u32 = 0;

/** Units that are taken. */
let taken: u32 = 0;

export function init(): void {
  base = (heap.alloc(<usize>(PKI_OCTETS + 16)) + 15) & ~15;
  lengths = heap.alloc(<usize>(UNITS * 2));
  memory.fill(base, 0, <usize>PKI_OCTETS);
  memory.fill(lengths, 0, <usize>(UNITS * 2));
  holders = dying = taken = 0;
}

// @ts-ignore: decorator
@inline
function lengthAt(unit: u32): u32 {
  return <u32>load<u16>(lengths + <usize>(unit << 1));
}

// @ts-ignore: decorator
@inline
function setLength(unit: u32, n: u32): void {
  store<u16>(lengths + <usize>(unit << 1), <u16>n);
}

/** Octets that are free, which need not be in one run. */
export function left(): u32 {
  return (UNITS - taken) * UNIT;
}

/** The first place with room for `len` octets, 16-aligned and zeros; 0: there is none. */
export function take(len: u32): usize {
  const need = (len + UNIT - 1) / UNIT;
  if (!len || need > UNITS - taken) return 0;
  let run: u32 = 0;
  for (let unit: u32 = 0; unit < UNITS; unit++) {
    run = lengthAt(unit) ? 0 : run + 1;
    if (run < need) continue;
    const first = unit + 1 - need;
    setLength(first, need);
    for (let i = first + 1; i <= unit; i++) setLength(i, FOLLOWS);
    taken += need;
    return base + <usize>(first * UNIT);
  }
  return 0;
}

/** A copy of `len` octets; 0: no room. */
export function keep(p: usize, len: u32): usize {
  const at = take(len);
  if (at) memory.copy(at, p, <usize>len);
  return at;
}

/** Gives back what `take` gave; 0 is none. */
export function free(p: usize): void {
  if (!p) return;
  const unit = <u32>(p - base) / UNIT;
  assertThat(unit < UNITS && p == base + <usize>(unit * UNIT) && lengthAt(unit) - 1 < DYING - 1, 901);
  if (holders) {
    setLength(unit, lengthAt(unit) | DYING);
    dying++;
  } else release(unit);
}

function release(unit: u32): void {
  const n = lengthAt(unit) & ~DYING;
  ct.wipe(base + <usize>(unit * UNIT), n * UNIT);
  for (let i: u32 = 0; i < n; i++) setLength(unit + i, 0);
  taken -= n;
}

/** What lies here is being worked on, in slices: until as many calls of `letGo` nothing that is given back goes. */
export function hold(): void {
  holders++;
}

export function letGo(): void {
  assertThat(holders > 0, 902);
  if (--holders || !dying) return;
  dying = 0;
  for (let unit: u32 = 0; unit < UNITS; unit++) {
    const n = lengthAt(unit);
    if (n != FOLLOWS && n & DYING) release(unit);
  }
}
