/**
 * base^exponent mod p for the MODP groups: one job at a time, done in slices so that packets keep flowing between them.
 *
 *     if (!modexpStart(group, 0, 0, exponent, exponentLen)) ...   // another job is running
 *     while (!modexpStep()) ...                                   // a slice each; return to the poll between them
 *     modexpResult(out);                                          // group.bytes octets; the workspace is wiped
 *
 * Base and exponent are copied by modexpStart: the caller may wipe his at once. Both are secrets; lengths are public.
 *
 * A power of any base goes by windows of four bits with a table of 16 powers that is read whole each time; a power of the
 * generator 2 needs no table: two squarings, then a shift by the next two bits of the exponent.
 */
import { MODEXP_SLICE } from "../limits";
import { assertThat } from "../util/status";
import { fromBytes, lookup, shiftLeft, subtractIfNotLess, toBytes } from "./bignum";
import { forgetColumns } from "./columns";
import { Group, GROUP_BYTES_MAX } from "../oakley/groups";
import { complement, fold, foldTop, montgomeryMultiply, montgomeryOut, montgomerySquare } from "./montgomery";
import { freeWorkspace, takeWorkspace } from "./workspace";
import * as shared from "./workspace";

// The workspace: numbers of up to 304 limbs, and room for the limb above them.
const NUMBER: u32 = 1232;
const N_AT: u32 = 0;
const C_AT: u32 = NUMBER;
const A_AT: u32 = 2 * NUMBER;
const X_AT: u32 = 3 * NUMBER;
const T_AT: u32 = 4 * NUMBER;
const TABLE_AT: u32 = 6 * NUMBER;
const MASKS_AT: u32 = 22 * NUMBER;
const EXPONENT_AT: u32 = MASKS_AT + 128;
const WORKSPACE: u32 = EXPONENT_AT + GROUP_BYTES_MAX;

const enum Phase {
  IDLE = 0,
  /** X := R^2, limb by limb */
  SQUARE_OF_R,
  /** the base into Montgomery's form */
  BASE,
  TABLE,
  POWER,
  OUT,
  DONE,
}

let workspace: usize = 0;
let group: Group = changetype<Group>(0);
let phase: Phase = Phase.IDLE;
let ofGenerator: bool = false;
/** Where the phase stands: passes or table entries that are left, or bits of the exponent. */
let position: u32 = 0;
/** Bits of the exponent, and squarings due before its next bits. */
let exponentBits: u32 = 0;
let squarings: u32 = 0;

/** Makes the workspace, which curves and other groups share. Called once, before anything else here. */
export function init(): void {
  shared.init(WORKSPACE);
  workspace = 0;
  phase = Phase.IDLE;
}

/** Whether a job is running, or done and its result not taken. */
export function modexpBusy(): bool {
  return phase != Phase.IDLE;
}

/**
 * Begins base^exp mod p. `base` is 0 for the group's generator, else the address of a big-endian number of `baseLen`
 * octets, at most group.bytes, less than p (dhCheckPublic says so); `exp` is a big-endian number of `expLen` octets, 1 to
 * group.bytes. False while another job runs, and for lengths that are none of these.
 */
export function modexpStart(g: Group, base: usize, baseLen: u32, exp: usize, expLen: u32): bool {
  if (phase != Phase.IDLE || !expLen || expLen > g.bytes || (base && baseLen > g.bytes)) return false;
  const block = takeWorkspace();
  if (!block) return false;
  workspace = block;
  group = g;
  const n = g.limbs;
  const w = g.limbBits;
  // The prime's octets pass through the place of T.
  g.prime(block + T_AT);
  fromBytes(block + N_AT, n, w, block + T_AT, g.bytes);
  complement(block + C_AT, block + N_AT, g.bits, n, w);
  memory.copy(block + EXPONENT_AT, exp, <usize>expLen);
  memory.copy(block + X_AT, block + C_AT, <usize>n << 2);
  ofGenerator = base == 0;
  exponentBits = expLen << 3;
  squarings = 0;
  if (ofGenerator) {
    beginPower();
  } else {
    fromBytes(block + A_AT, n, w, base, baseLen);
    position = n;
    phase = Phase.SQUARE_OF_R;
  }
  return true;
}

/**
 * Works for about limits.MODEXP_SLICE multiplications of limbs; at least one modular multiplication is done, which takes
 * up to 2n^2 of them (185,000 in group 18). True when the result is ready.
 */
export function modexpStep(): bool {
  assertThat(phase != Phase.IDLE, 30101);
  const limit: u32 = MODEXP_SLICE;
  let spent: u32 = 0;
  while (phase != Phase.DONE) {
    const cost = nextCost();
    if (spent && spent + cost > limit) return false;
    advance();
    spent += cost;
  }
  return true;
}

/** Multiplications of limbs that the next call of `advance` takes. */
function nextCost(): u32 {
  const n = group.limbs;
  switch (phase) {
    case Phase.SQUARE_OF_R: return n;
    case Phase.BASE:
    case Phase.TABLE: return 2 * n * n;
    case Phase.POWER: return squarings ? (n * n * 3) >> 1 : ofGenerator ? n : 2 * n * n;
    default: return n * n;
  }
}

/** One modular multiplication, or less. */
function advance(): void {
  const ws = workspace;
  const n = group.limbs;
  const w = group.limbBits;
  const N = ws + N_AT;
  const C = ws + C_AT;
  const A = ws + A_AT;
  const X = ws + X_AT;
  const T = ws + T_AT;
  const table = ws + TABLE_AT;
  const bytes = <usize>n << 2;
  switch (phase) {
    case Phase.SQUARE_OF_R:
      // X is R mod p; n steps of 2^w make it R^2.
      fold(X, C, n, w);
      if (--position == 0) {
        foldTop(X, C, n, w);
        phase = Phase.BASE;
      }
      break;
    case Phase.BASE:
      memory.copy(table, C, bytes);
      montgomeryMultiply(table + bytes, A, X, T, N, n, w);
      position = 2;
      phase = Phase.TABLE;
      break;
    case Phase.TABLE: {
      const to = table + <usize>position * bytes;
      montgomeryMultiply(to, to - bytes, table + bytes, T, N, n, w);
      if (++position == 16) beginPower();
      break;
    }
    case Phase.POWER:
      if (squarings) {
        montgomerySquare(A, A, T, N, n, w);
        squarings--;
        break;
      }
      if (position == 0) {
        phase = Phase.OUT;
        break;
      }
      if (ofGenerator) {
        shiftLeft(A, exponentPart(2), n, w);
        squarings = position ? 2 : 0;
      } else {
        lookup(X, table, exponentPart(4), ws + MASKS_AT, n);
        montgomeryMultiply(A, A, X, T, N, n, w);
        squarings = position ? 4 : 0;
      }
      break;
    case Phase.OUT:
      montgomeryOut(X, A, T, N, n, w);
      subtractIfNotLess(X, N, A, n, w);
      phase = Phase.DONE;
      break;
    default:
      break;
  }
}

/** A := 1; the exponent is read from its most significant end. */
function beginPower(): void {
  memory.copy(workspace + A_AT, workspace + C_AT, <usize>group.limbs << 2);
  position = exponentBits;
  phase = Phase.POWER;
}

/** The next `bits` bits of the exponent, 2 or 4. */
function exponentPart(bits: u32): u32 {
  position -= bits;
  const octet = <u32>load<u8>(workspace + EXPONENT_AT + <usize>((exponentBits - 1 - position) >> 3));
  return (octet >>> (position & 7)) & ((1 << bits) - 1);
}

/** Writes the result, big-endian, group.bytes octets, and wipes and frees the workspace. Only after modexpStep said true. */
export function modexpResult(out: usize): void {
  assertThat(phase == Phase.DONE, 30102);
  toBytes(out, group.bytes, workspace + X_AT, group.limbs, group.limbBits);
  modexpAbort();
}

/** Drops the running job, if there is one, and wipes the workspace. */
export function modexpAbort(): void {
  if (phase == Phase.IDLE) return;
  freeWorkspace(workspace);
  forgetColumns();
  workspace = 0;
  phase = Phase.IDLE;
}
