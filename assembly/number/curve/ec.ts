/**
 * Diffie-Hellman on the curves: one job at a time, in slices, as modexp.ts has it.
 *
 *     if (!ecStart(curve, 0, 0, scalar, scalarLen)) ...   // another job runs, or the point is none
 *     while (!ecStep()) ...                               // a slice each; return to the poll between them
 *     n = ecResult(out);                                  // octets; 0: the result is no point to be used
 *
 * Base 0 is the generator and gives the public value as the KE payload has it; any other base is a peer's public value, which
 * is checked, and gives the shared secret. Base and scalar are copied. The scalar is a secret; lengths and points are public.
 */
import * as drbg from "../../crypto/drbg";
import { MODEXP_SLICE } from "../../limits";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { lookup } from "../bignum";
import { forgetColumns } from "../columns";
import { Curve, CurveKind } from "./curves";
import { goodPoint, ladderBegin, ladderBit } from "./ec2n";
import { onCurve, pointAdd, pointDouble } from "./ecp";
import * as gf2 from "./gf2";
import { BinaryField, ELEMENT } from "./gf2";
import { MODULUS_NUMBERS, Modulus } from "../odd_modulus";
import { exchange, ladderStep } from "./x25519";
import { freeWorkspace, takeWorkspace } from "../workspace";
import * as shared from "../workspace";

// The workspace: numbers of up to 20 limbs. MODULUS, the curve's b or a24, the point (three coordinates), the sum under
// way (up to four), what the table yields, scratch, the table of 16 points.
const NUMBER: u32 = 80;
const MODULUS_AT: u32 = 0;
const B_AT: u32 = MODULUS_NUMBERS * NUMBER;
const POINT_AT: u32 = B_AT + NUMBER;
const SUM_AT: u32 = POINT_AT + 3 * NUMBER;
const ENTRY_AT: u32 = SUM_AT + 4 * NUMBER;
const SCRATCH_AT: u32 = ENTRY_AT + 3 * NUMBER;
const TABLE_AT: u32 = SCRATCH_AT + 8 * NUMBER;
const MASKS_AT: u32 = TABLE_AT + 48 * NUMBER;
const SCALAR_AT: u32 = MASKS_AT + 128;
const EXPONENT_AT: u32 = SCALAR_AT + 72;
const WORKSPACE: u32 = EXPONENT_AT + 72;

/** Octets that a scalar may have: two more than drawn ones, for one times a cofactor. */
const SCALAR_MAX: u32 = 68;

const enum Phase { IDLE = 0, TABLE, POWER, INVERT, OUT, DONE }

let workspace: usize = 0;
let curve: Curve = changetype<Curve>(0);
const field: Modulus = new Modulus();
const checked: Modulus = new Modulus();
let phase: Phase = Phase.IDLE;
let ofGenerator: bool = false;
let scalarLength: u32 = 0;
/** Bits of the scalar, then of the exponent of the inversion, that are left. */
let position: u32 = 0;
/** ECP: entries of the table that exist; doublings due before the next window. */
let tableLength: u32 = 0;
let doublings: u32 = 0;
/** Whether the result is a point. */
let good: bool = false;
/** The ladders' last bit. */
let lastBit: u32 = 0;

/** Space of a check, which may come while a job runs. */
const checkSpace: usize = memory.data(1280, 8);

/** Makes the workspace. Called once, before anything else here. */
export function init(): void {
  shared.init(WORKSPACE);
  workspace = 0;
  phase = Phase.IDLE;
}

/** Whether a job is running, or done and its result not taken. */
export function ecBusy(): bool {
  return phase != Phase.IDLE;
}

/**
 * Draws a private value of curve.scalarBytes octets, not 0 and for ECP less than the order. False, and nothing but zeros
 * written, without entropy.
 */
export function ecPrivate(c: Curve, out: usize): bool {
  const n = c.scalarBytes;
  for (let attempt = 0; attempt < 16; attempt++) {
    if (!drbg.fill(out, n)) break;
    const spare = (n << 3) - c.scalarBits;
    store<u8>(out, <u32>load<u8>(out) & (0xff >>> spare));
    let any: u32 = 0;
    let borrow: u32 = 1;
    for (let i = n; i > 0; i--) {
      const octet = <u32>load<u8>(out + i - 1);
      any |= octet;
      if (c.order) borrow = (octet - <u32>load<u8>(c.order + i - 1) - (i == n ? 0 : borrow)) >>> 31;
    }
    // That one was refused is no secret: it is forgotten.
    if (any && borrow) return true;
  }
  ct.wipe(out, n);
  return false;
}

/**
 * Whether a peer's public value is to be used: the right length, a point of the curve (RFC 5903, 6: both coordinates less
 * than p), not of small order. For X25519 every value of 32 octets is taken: a bad one shows in the result (RFC 7748, 6.1).
 */
export function ecCheckPublic(c: Curve, value: usize, len: u32): bool {
  if (len != c.publicBytes) return false;
  if (c.kind == CurveKind.X25519) return true;
  const bytes = c.fieldBytes;
  if (c.kind == CurveKind.EC2N) {
    const f = c.field as BinaryField;
    const x = checkSpace;
    const b = x + ELEMENT;
    gf2.fromOctets(x, value, bytes);
    gf2.fromOctets(b, c.b, bytes);
    return gf2.inField(f, x) && goodPoint(f, x, c.a, b, c.cofactor, b + ELEMENT);
  }
  if (memory.compare(value, c.p, <usize>bytes) >= 0 || memory.compare(value + bytes, c.p, <usize>bytes) >= 0) return false;
  const n = c.limbs;
  checked.set(checkSpace, c.p, bytes, c.bits, n, c.limbBits, true);
  const s = checked.stride;
  const x = checkSpace + <usize>MODULUS_NUMBERS * s;
  checked.enter(x, value, bytes);
  checked.enter(x + s, value + bytes, bytes);
  checked.enter(x + 2 * s, c.b, bytes);
  return onCurve(checked, x, x + s, x + 2 * s, x + 3 * s);
}

/**
 * Begins scalar * base. `base` is 0 for the generator, else the address of a public value of `baseLen` octets; `scalar` has
 * `scalarLen` octets, big-endian, 1 to 68; for X25519 32, little-endian, whose bits are set and cleared as RFC 7748, 5 says.
 * False while another job runs, for other lengths, and for a base that ecCheckPublic refuses.
 */
export function ecStart(c: Curve, base: usize, baseLen: u32, scalar: usize, scalarLen: u32): bool {
  if (phase != Phase.IDLE || !scalarLen || scalarLen > SCALAR_MAX) return false;
  if (c.kind == CurveKind.X25519 && scalarLen != 32) return false;
  if (base && !ecCheckPublic(c, base, baseLen)) return false;
  const ws = takeWorkspace();
  if (!ws) return false;
  workspace = ws;
  curve = c;
  ofGenerator = base == 0;
  const from = base ? base : c.G;
  const bytes = c.fieldBytes;
  memory.copy(ws + SCALAR_AT, scalar, <usize>scalarLen);
  scalarLength = scalarLen;
  position = scalarLen << 3;
  good = false;
  lastBit = 0;
  doublings = 0;
  phase = Phase.POWER;
  if (c.kind == CurveKind.EC2N) {
    gf2.fromOctets(ws + POINT_AT, from, bytes);
    gf2.fromOctets(ws + B_AT, c.b, bytes);
    ladderBegin(ws + SUM_AT, ws + POINT_AT);
    return true;
  }
  field.set(ws + MODULUS_AT, c.p, bytes, c.bits, c.limbs, c.limbBits, true);
  const s = field.stride;
  const point = ws + POINT_AT;
  const sum = ws + SUM_AT;
  // p - 2: the primes end in more than 2, nothing is borrowed.
  memory.copy(ws + EXPONENT_AT, c.p, <usize>bytes);
  store<u8>(ws + EXPONENT_AT + bytes - 1, load<u8>(ws + EXPONENT_AT + bytes - 1) - 2);
  if (c.kind == CurveKind.X25519) {
    reversed(ws + MASKS_AT, from);
    store<u8>(ws + MASKS_AT, load<u8>(ws + MASKS_AT) & 127);
    field.enter(point, ws + MASKS_AT, 32);
    // 121665, big-endian.
    store<u32>(ws + MASKS_AT, 0x41db0100);
    field.enter(ws + B_AT, ws + MASKS_AT, 4);
    reversed(ws + SCALAR_AT, scalar);
    store<u8>(ws + SCALAR_AT, (load<u8>(ws + SCALAR_AT) & 127) | 64);
    store<u8>(ws + SCALAR_AT + 31, load<u8>(ws + SCALAR_AT + 31) & 248);
    memory.copy(sum, field.one, s);
    memory.copy(sum + 2 * s, point, s);
    memory.copy(sum + 3 * s, field.one, s);
    return true;
  }
  field.enter(point, from, bytes);
  field.enter(point + s, from + bytes, bytes);
  memory.copy(point + 2 * s, field.one, s);
  field.enter(ws + B_AT, c.b, bytes);
  memory.copy(sum + s, field.one, s);
  memory.copy(ws + TABLE_AT, sum, 3 * s);
  memory.copy(ws + TABLE_AT + 3 * s, point, 3 * s);
  tableLength = 2;
  phase = Phase.TABLE;
  return true;
}

function reversed(to: usize, from: usize): void {
  for (let i: usize = 0; i < 32; i++) store<u8>(to + i, load<u8>(from + 31 - i));
}

/** Works for about limits.MODEXP_SLICE multiplications of limbs. True when the result is ready. */
export function ecStep(): bool {
  assertThat(phase != Phase.IDLE, 30201);
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
  const n2 = curve.limbs * curve.limbs;
  // A product in GF(2^m) is 192 integer multiplications, and as much again around them.
  if (curve.kind == CurveKind.EC2N) return phase == Phase.POWER ? 2600 : 90000;
  switch (phase) {
    case Phase.INVERT: return 4 * n2;
    case Phase.POWER: return curve.kind == CurveKind.X25519 ? 20 * n2 : 28 * n2;
    case Phase.OUT: return 12 * n2 + 180 * curve.limbs;
    default: return 28 * n2;
  }
}

/** One operation on points, or one bit of an inversion. */
function advance(): void {
  if (curve.kind == CurveKind.EC2N) advanceBinary();
  else if (phase == Phase.INVERT) advanceInversion();
  else if (phase == Phase.OUT) advanceOut();
  else if (curve.kind == CurveKind.X25519) advanceLadder();
  else advanceWindow();
}

/** The scalar's next `bits` bits, 1 or 4, from its most significant end. */
function scalarPart(bits: u32): u32 {
  position -= bits;
  const octet = <u32>load<u8>(workspace + SCALAR_AT + <usize>(scalarLength - 1 - (position >> 3)));
  return (octet >>> (position & 7)) & ((1 << bits) - 1);
}

/** ECP: windows of four bits, each a scan of the whole table and a complete addition, whatever the bits are. */
function advanceWindow(): void {
  const ws = workspace;
  const s = field.stride;
  const sum = ws + SUM_AT;
  const b = ws + B_AT;
  if (phase == Phase.TABLE) {
    const entry = ws + TABLE_AT + <usize>tableLength * 3 * s;
    memory.copy(entry, entry - 3 * s, 3 * s);
    pointAdd(field, entry, ws + POINT_AT, b, ws + SCRATCH_AT);
    if (++tableLength == 16) phase = Phase.POWER;
  } else if (doublings) {
    pointDouble(field, sum, b, ws + SCRATCH_AT);
    doublings--;
  } else {
    lookup(ws + ENTRY_AT, ws + TABLE_AT, scalarPart(4), ws + MASKS_AT, 3 * field.n);
    pointAdd(field, sum, ws + ENTRY_AT, b, ws + SCRATCH_AT);
    if (position) doublings = 4;
    else beginInversion();
  }
}

function advanceLadder(): void {
  const ws = workspace;
  const bit = scalarPart(1);
  ladderStep(field, ws + SUM_AT, ws + POINT_AT, ws + B_AT, 0 - (bit ^ lastBit), ws + SCRATCH_AT);
  lastBit = bit;
  if (position) return;
  exchange(ws + SUM_AT, ws + SUM_AT + 2 * field.stride, 0 - lastBit, 2 * field.stride);
  beginInversion();
}

function advanceBinary(): void {
  const ws = workspace;
  const f = curve.field as BinaryField;
  const sum = ws + SUM_AT;
  if (phase == Phase.POWER) {
    const bit = scalarPart(1);
    ladderBit(f, sum, ws + POINT_AT, ws + B_AT, 0 - (bit ^ lastBit), ws + SCRATCH_AT);
    lastBit = bit;
    if (position == 0) phase = Phase.OUT;
    return;
  }
  exchange(sum, sum + 2 * ELEMENT, 0 - lastBit, 2 * ELEMENT);
  good = !gf2.isZero(sum + ELEMENT);
  gf2.invert(f, ws + ENTRY_AT, sum + ELEMENT);
  gf2.multiply(f, ws + ENTRY_AT, ws + ENTRY_AT, sum);
  phase = Phase.DONE;
}

/** The inverse of Z is Z^(p - 2). */
function beginInversion(): void {
  memory.copy(workspace + ENTRY_AT, field.one, field.stride);
  position = curve.fieldBytes << 3;
  phase = Phase.INVERT;
}

/** Where Z stands in the sum. */
function denominator(): usize {
  return workspace + SUM_AT + (curve.kind == CurveKind.ECP ? 2 : 1) * field.stride;
}

/** One bit of the exponent, which is public. */
function advanceInversion(): void {
  const inverse = workspace + ENTRY_AT;
  position--;
  const octet = <u32>load<u8>(workspace + EXPONENT_AT + <usize>(curve.fieldBytes - 1 - (position >> 3)));
  field.squareOf(inverse, inverse);
  if ((octet >>> (position & 7)) & 1) field.multiply(inverse, inverse, denominator());
  if (position == 0) phase = Phase.OUT;
}

/** Back to x and y. That the result is no point is no secret: the exchange ends there. */
function advanceOut(): void {
  const ws = workspace;
  const s = field.stride;
  const inverse = ws + ENTRY_AT;
  good = !field.isZero(denominator(), ws + SCRATCH_AT);
  field.multiply(inverse + s, ws + SUM_AT, inverse);
  if (curve.kind == CurveKind.ECP) field.multiply(inverse + 2 * s, ws + SUM_AT + s, inverse);
  else if (good) good = !field.isZero(inverse + s, ws + SCRATCH_AT);
  phase = Phase.DONE;
}

/**
 * Writes the result, curve.publicBytes octets for the generator and curve.secretBytes for another base, returns their number,
 * and wipes and frees the workspace. 0, and nothing written: the result is the point at infinity, or for X25519 all zeros
 * (RFC 7748, 6.1; RFC 8031, 2), and the exchange is to be given up. Only after ecStep said true.
 */
export function ecResult(out: usize): u32 {
  assertThat(phase == Phase.DONE, 30202);
  const ws = workspace;
  const bytes = curve.fieldBytes;
  let n: u32 = 0;
  if (good) {
    n = ofGenerator ? curve.publicBytes : curve.secretBytes;
    if (curve.kind == CurveKind.EC2N) {
      gf2.toOctets(out, bytes, ws + ENTRY_AT);
    } else {
      const x = ws + ENTRY_AT + field.stride;
      if (curve.kind == CurveKind.X25519) {
        field.write(ws + MASKS_AT, bytes, x, ws + SCRATCH_AT);
        reversed(out, ws + MASKS_AT);
      } else {
        field.write(out, bytes, x, ws + SCRATCH_AT);
        if (ofGenerator) field.write(out + bytes, bytes, x + field.stride, ws + SCRATCH_AT);
      }
    }
  }
  ecAbort();
  return n;
}

/** Drops the running job, if there is one, and wipes the workspace. */
export function ecAbort(): void {
  if (phase == Phase.IDLE) return;
  freeWorkspace(workspace);
  forgetColumns();
  gf2.forgetProduct();
  workspace = 0;
  lastBit = 0;
  phase = Phase.IDLE;
}
