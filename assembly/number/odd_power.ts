/**
 * base^exponent modulo an odd p that is none of the known groups' primes: for groups that New Group Mode brings (RFC 2409,
 * 5.6), and for the tests of their primes. One job at a time, in slices, as modexp.ts has it; it is slower than that by the
 * 56 bits that odd_modulus.ts adds and by what the known primes' form saves.
 *
 *     if (!powerStart(p, pLen, base, baseLen, exponent, exponentLen)) ...
 *     while (!powerStep()) ...
 *     powerResult(out);
 *
 * p is public; base and exponent are secrets, their lengths are public. All are copied.
 */
import { MODEXP_SLICE } from "../limits";
import { assertThat } from "../util/status";
import { fromBytes, lookup } from "./bignum";
import { forgetColumns } from "./columns";
import { MODULUS_NUMBERS, Modulus } from "./odd_modulus";
import { freeWorkspace, takeWorkspace } from "./workspace";
import * as shared from "./workspace";

/** Octets of the longest p. */
export const ODD_BYTES_MAX: u32 = 512;

// Limbs of 28 bits: n * 28 >= 4096 + 2 * 28 + 8 (odd_modulus.ts), and 150 products fit a column (columns.ts).
const LIMB_BITS: u32 = 28;
const NUMBER: u32 = 600;
const A_AT: u32 = MODULUS_NUMBERS * NUMBER;
const X_AT: u32 = A_AT + NUMBER;
const TABLE_AT: u32 = X_AT + NUMBER;
const MASKS_AT: u32 = TABLE_AT + 16 * NUMBER;
const EXPONENT_AT: u32 = MASKS_AT + 128;
const WORKSPACE: u32 = EXPONENT_AT + ODD_BYTES_MAX;

const enum Phase { IDLE = 0, SQUARE, TABLE, POWER, DONE }

let workspace: usize = 0;
const field: Modulus = new Modulus();
let phase: Phase = Phase.IDLE;
let octets: u32 = 0;
let exponentLength: u32 = 0;
/** Entries of the table, then bits of the exponent that are left. */
let position: u32 = 0;
let squarings: u32 = 0;

/** Makes the workspace. Called once, before anything else here. */
export function init(): void {
  shared.init(WORKSPACE);
  workspace = 0;
  phase = Phase.IDLE;
}

/** Whether a job is running, or done and its result not taken. */
export function powerBusy(): bool {
  return phase != Phase.IDLE;
}

/**
 * Begins base^exp mod p. `p` has `pLen` octets, 16 to 512, big-endian, the first not 0, and is odd; `base` at most as many
 * and need not be less than p; `exp` 1 to 512. False while another job runs, and for a p or lengths that are none of these.
 */
export function powerStart(p: usize, pLen: u32, base: usize, baseLen: u32, exp: usize, expLen: u32): bool {
  if (phase != Phase.IDLE || pLen < 16 || pLen > ODD_BYTES_MAX || baseLen > pLen || !expLen || expLen > ODD_BYTES_MAX) return false;
  const first = <u32>load<u8>(p);
  if (!first || !(load<u8>(p + pLen - 1) & 1)) return false;
  const ws = takeWorkspace();
  if (!ws) return false;
  workspace = ws;
  octets = pLen;
  const bits = (pLen << 3) - (<u32>clz<u32>(first) - 24);
  const n = ((bits + 3 * LIMB_BITS - 1 + 8) / LIMB_BITS + 1) & ~1;
  field.begin(ws, p, pLen, bits, n, LIMB_BITS);
  memory.copy(ws + EXPONENT_AT, exp, <usize>expLen);
  exponentLength = expLen;
  memory.copy(ws + TABLE_AT, field.one, field.stride);
  fromBytes(ws + X_AT, n, LIMB_BITS, base, baseLen);
  memory.copy(ws + A_AT, field.one, field.stride);
  squarings = 0;
  phase = Phase.SQUARE;
  return true;
}

/** Works for about limits.MODEXP_SLICE multiplications of limbs, at least one product. True when the result is ready. */
export function powerStep(): bool {
  assertThat(phase != Phase.IDLE, 30301);
  const limit: u32 = MODEXP_SLICE;
  const cost = 2 * field.n * field.n;
  for (let spent: u32 = 0; phase != Phase.DONE; spent += cost) {
    if (spent && spent + cost > limit) return false;
    advance();
  }
  return true;
}

/** One product, or two. */
function advance(): void {
  const ws = workspace;
  const s = field.stride;
  const table = ws + TABLE_AT;
  if (phase == Phase.SQUARE) {
    if (!field.squareStep()) return;
    field.multiply(table + s, ws + X_AT, field.square);
    position = 2;
    phase = Phase.TABLE;
    return;
  }
  if (phase == Phase.TABLE) {
    const entry = table + <usize>position * s;
    field.multiply(entry, entry - s, table + s);
    if (++position == 16) {
      position = exponentLength << 3;
      phase = Phase.POWER;
    }
    return;
  }
  if (squarings) {
    field.squareOf(ws + A_AT, ws + A_AT);
    squarings--;
    return;
  }
  position -= 4;
  const octet = <u32>load<u8>(ws + EXPONENT_AT + <usize>(exponentLength - 1 - (position >> 3)));
  lookup(ws + X_AT, table, (octet >>> (position & 7)) & 15, ws + MASKS_AT, field.n);
  field.multiply(ws + A_AT, ws + A_AT, ws + X_AT);
  if (position) squarings = 4;
  else phase = Phase.DONE;
}

/** Writes the result, big-endian, as many octets as p has, and wipes and frees the workspace. Only after powerStep said true. */
export function powerResult(out: usize): void {
  assertThat(phase == Phase.DONE, 30302);
  field.write(out, octets, workspace + A_AT, workspace + X_AT);
  powerAbort();
}

/**
 * The result's sign: 1 if it is 1, -1 if it is p - 1, 0 if it is neither. For the tests of primes, whose numbers are public.
 * The job stays.
 */
export function powerSign(): i32 {
  assertThat(phase == Phase.DONE, 30303);
  const r = workspace + X_AT;
  field.leave(r, workspace + A_AT);
  let minus = true;
  let one = true;
  for (let i: usize = 0; i < field.stride; i += 4) {
    const limb = load<u32>(r + i);
    // p is odd: p - 1 differs from it in the last bit alone.
    if (limb != (i ? load<u32>(field.p + i) : load<u32>(field.p) - 1)) minus = false;
    if (limb != (i ? <u32>0 : <u32>1)) one = false;
  }
  return one ? 1 : minus ? -1 : 0;
}

/** Squares the result. The job stays. */
export function powerSquare(): void {
  assertThat(phase == Phase.DONE, 30304);
  field.squareOf(workspace + A_AT, workspace + A_AT);
}

/** Drops the running job, if there is one, and wipes the workspace. */
export function powerAbort(): void {
  if (phase == Phase.IDLE) return;
  freeWorkspace(workspace);
  forgetColumns();
  workspace = 0;
  phase = Phase.IDLE;
}
