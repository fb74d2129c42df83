/**
 * Checks Ed25519 signatures (RFC 8032, 5.1.7), for certificates (RFC 8410), in slices (sliced.ts). Everything here is public.
 *
 *     if (!verify.start(key, message, len, sig)) ...    // another job runs, or the signature can't be good
 *     while (!verify.step()) ...
 *     good = verify.result();
 *
 *     key  32 octets: y little-endian, the sign of x in the highest bit        sig  64 octets: R as a key, S little-endian
 *
 * S * B - k * A is made and written, k = SHA-512(R | A | message): its octets are R's, or the signature is bad. There is no second
 * form of y or S that would pass. The message is hashed at once, in `start`.
 *
 * Points of -x^2 + y^2 = 1 + d x^2 y^2 are (X : Y : Z : T), T = XY / Z; one formula adds any two (H. Hisil, K. Wong, G. Carter,
 * E. Dawson, 2008; RFC 8032, 5.1.4). Bounds as modulus.ts counts them are noted where a sum is more than 2N.
 */
import { sha512 } from "../crypto/sha2_64";
import { assertThat } from "../util/status";
import { C25519_P } from "./curve/curve_constants";
import { Modulus } from "./modulus";
import { Sliced } from "./sliced";

export const ED25519_KEY_BYTES: u32 = 32;
export const ED25519_SIGNATURE_BYTES: u32 = 64;

const LIMBS: u32 = 12;
const LIMB_BITS: u32 = 28;

// Big-endian: d, a root of -1, the base point, the order, the exponents (p - 5) / 8 and p - 2.
// @ts-ignore: decorator
@lazy
const D: usize = memory.data<u8>([
  0x52, 0x03, 0x6c, 0xee, 0x2b, 0x6f, 0xfe, 0x73, 0x8c, 0xc7, 0x40, 0x79, 0x77, 0x79, 0xe8, 0x98, 0x00, 0x70, 0x0a, 0x4d, 0x41, 0x41,
  0xd8, 0xab, 0x75, 0xeb, 0x4d, 0xca, 0x13, 0x59, 0x78, 0xa3,
]);
// @ts-ignore: decorator
@lazy
const ROOT: usize = memory.data<u8>([
  0x2b, 0x83, 0x24, 0x80, 0x4f, 0xc1, 0xdf, 0x0b, 0x2b, 0x4d, 0x00, 0x99, 0x3d, 0xfb, 0xd7, 0xa7, 0x2f, 0x43, 0x18, 0x06, 0xad, 0x2f,
  0xe4, 0x78, 0xc4, 0xee, 0x1b, 0x27, 0x4a, 0x0e, 0xa0, 0xb0,
]);
// @ts-ignore: decorator
@lazy
const B_X: usize = memory.data<u8>([
  0x21, 0x69, 0x36, 0xd3, 0xcd, 0x6e, 0x53, 0xfe, 0xc0, 0xa4, 0xe2, 0x31, 0xfd, 0xd6, 0xdc, 0x5c, 0x69, 0x2c, 0xc7, 0x60, 0x95, 0x25,
  0xa7, 0xb2, 0xc9, 0x56, 0x2d, 0x60, 0x8f, 0x25, 0xd5, 0x1a,
]);
// @ts-ignore: decorator
@lazy
const B_Y: usize = memory.data<u8>([
  0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
  0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x58,
]);
// @ts-ignore: decorator
@lazy
const ORDER: usize = memory.data<u8>([
  0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7,
  0x9c, 0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
]);
// @ts-ignore: decorator
@lazy
const ROOT_EXPONENT: usize = memory.data<u8>([
  0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd,
]);
// @ts-ignore: decorator
@lazy
const INVERSE_EXPONENT: usize = memory.data<u8>([
  0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xeb,
]);

// The workspace: numbers of 12 limbs; then octets: S, k, R, A's y, scratch; a hash's context.
const NUMBER: usize = 48;
const TWO_D: usize = 9;
const U: usize = 11;
const V: usize = 12;
const POWER_OF: usize = 13;
const POWER: usize = 14;
const POINT: usize = 15;
const SUM: usize = 19;
const SCRATCH: usize = 23;
const TABLE: usize = 32;
const S_AT: usize = 96 * NUMBER;
const K_AT: usize = S_AT + 32;
const R_AT: usize = K_AT + 32;
const Y_AT: usize = R_AT + 32;
const HASH_AT: usize = Y_AT + 32;
const CONTEXT_AT: usize = HASH_AT + 72;
const NEEDED: u32 = <u32>CONTEXT_AT + 216;

const enum Phase { ROOT = 0, POINT, TABLE, SUM, INVERSE, OUT }

function reversed(to: usize, from: usize): void {
  for (let i: usize = 0; i < 32; i++) store<u8>(to + i, load<u8>(from + 31 - i));
}

export class Ed25519Verify extends Sliced {
  private readonly modulus: Modulus = new Modulus();
  private phase: Phase = Phase.ROOT;
  private sign: u32 = 0;
  private entries: usize = 0;
  private windowsLeft: u32 = 0;
  private doublings: u32 = 0;
  private good: bool = false;

  /** Begins. False: another job runs, S is not less than the order, or the key's y not less than p. */
  start(key: usize, message: usize, len: u32, sig: usize): bool {
    if (this.busy || !this.take(NEEDED)) return false;
    const ws = this.space;
    reversed(ws + S_AT, sig + 32);
    reversed(ws + R_AT, sig);
    reversed(ws + Y_AT, key);
    this.sign = <u32>load<u8>(ws + Y_AT) >>> 7;
    store<u8>(ws + Y_AT, <u32>load<u8>(ws + Y_AT) & 0x7f);
    if (memory.compare(ws + S_AT, ORDER, 32) >= 0 || memory.compare(ws + Y_AT, C25519_P, 32) >= 0) {
      this.abort();
      return false;
    }
    const context = ws + CONTEXT_AT;
    sha512.init(context);
    sha512.update(context, sig, 32);
    sha512.update(context, key, 32);
    sha512.update(context, message, len);
    sha512.final(context, ws + HASH_AT);
    this.reduceHash();
    this.begin();
    return true;
  }

  /** k modulo the order: the hash is a little-endian number of 64 octets. */
  private reduceHash(): void {
    const ws = this.space;
    const m = this.modulus;
    m.measure(ORDER, 32, false);
    m.begin(ws, ORDER, 32);
    while (!m.squareStep()) {}
    const low = ws + 8 * m.stride;
    const high = low + m.stride;
    const unit = high + m.stride;
    reversed(ws + K_AT, ws + HASH_AT + 32);
    m.enter(high, ws + K_AT, 32);
    reversed(ws + K_AT, ws + HASH_AT);
    m.enter(low, ws + K_AT, 32);
    // 2^256.
    memory.fill(ws + HASH_AT, 0, 64);
    store<u8>(ws + HASH_AT, 1);
    m.enter(unit, ws + HASH_AT, 33);
    m.multiply(high, high, unit);
    m.add(low, low, high);
    m.write(ws + K_AT, 32, low, high);
  }

  private begin(): void {
    const ws = this.space;
    const m = this.modulus;
    m.set(ws, C25519_P, 32, 255, LIMBS, LIMB_BITS, true);
    const t = this.at(SCRATCH);
    // u = y^2 - 1, v = d y^2 + 1; x^2 = u / v, x = u v^3 (u v^7)^((p - 5) / 8).
    m.enter(t, D, 32);
    m.add(this.at(TWO_D), t, t);
    m.enter(this.at(POINT + 1), ws + Y_AT, 32);
    m.squareOf(this.at(U), this.at(POINT + 1));
    m.multiply(this.at(V), this.at(U), t);
    m.subtract(this.at(U), this.at(U), m.one); // 18
    m.add(this.at(V), this.at(V), m.one); // 3
    m.squareOf(t, this.at(V));
    m.multiply(t, t, this.at(V));
    m.multiply(this.at(POINT), t, this.at(U));
    m.squareOf(t, t);
    m.multiply(t, t, this.at(V));
    m.multiply(this.at(POWER_OF), t, this.at(U));
    this.raise(ROOT_EXPONENT);
    this.good = false;
    this.phase = Phase.ROOT;
  }

  private raise(exponent: usize): void {
    memory.copy(this.at(POWER), this.modulus.one, NUMBER);
    this.read(exponent, 32);
  }

  // @ts-ignore: decorator
  @inline
  private at(number: usize): usize {
    return this.space + number * NUMBER;
  }

  protected cost(): u32 {
    return (this.phase == Phase.ROOT || this.phase == Phase.INVERSE ? 4 : 20) * LIMBS * LIMBS;
  }

  protected advance(): void {
    const m = this.modulus;
    switch (this.phase) {
      case Phase.ROOT:
      case Phase.INVERSE:
        m.squareOf(this.at(POWER), this.at(POWER));
        if (this.digit(1)) m.multiply(this.at(POWER), this.at(POWER), this.at(POWER_OF));
        if (!this.bitsLeft) this.phase = this.phase == Phase.ROOT ? Phase.POINT : Phase.OUT;
        break;
      case Phase.POINT:
        if (this.decode()) this.phase = Phase.TABLE;
        else this.done = true;
        break;
      case Phase.TABLE: {
        const i = this.entries;
        const entry = this.at(TABLE + 4 * i);
        if (i & 3) this.sumOf(entry, entry - 4 * NUMBER, this.at(POINT));
        else if (i > 4) this.sumOf(entry, entry - 16 * NUMBER, this.at(TABLE + 16));
        if (++this.entries == 16) this.phase = Phase.SUM;
        break;
      }
      case Phase.SUM:
        this.advanceSum();
        break;
      default:
        this.compare();
        this.done = true;
        break;
    }
  }

  /** The point -A, and the table's first entries: infinity in 0, B in 4. False: the key is no point. */
  private decode(): bool {
    const ws = this.space;
    const m = this.modulus;
    const t = this.at(SCRATCH);
    const x = this.at(POINT);
    m.multiply(x, x, this.at(POWER));
    m.squareOf(t, x);
    m.multiply(t, t, this.at(V));
    m.subtractWide(t + NUMBER, t, this.at(U)); // u: 18
    if (!m.isZero(t + NUMBER, t + 2 * NUMBER)) {
      m.add(t, t, this.at(U)); // 20
      if (!m.isZero(t, t + 2 * NUMBER)) return false;
      m.enter(t, ROOT, 32);
      m.multiply(x, x, t);
    }
    m.write(ws + HASH_AT, 32, x, t);
    const odd = <u32>load<u8>(ws + HASH_AT + 31) & 1;
    if (this.sign && m.isZero(x, t)) return false;
    // -A has the other x.
    if (odd == this.sign) {
      memory.fill(t, 0, NUMBER);
      m.subtract(x, t, x); // 16
    }
    memory.copy(this.at(POINT + 2), m.one, NUMBER);
    m.multiply(this.at(POINT + 3), x, this.at(POINT + 1));
    const none = this.at(TABLE);
    memory.fill(none, 0, 4 * NUMBER);
    memory.copy(none + NUMBER, m.one, NUMBER);
    memory.copy(none + 2 * NUMBER, m.one, NUMBER);
    memory.copy(this.at(SUM), none, 4 * NUMBER);
    const base = this.at(TABLE + 16);
    m.enter(base, B_X, 32);
    m.enter(base + NUMBER, B_Y, 32);
    memory.copy(base + 2 * NUMBER, m.one, NUMBER);
    m.multiply(base + 3 * NUMBER, base, base + NUMBER);
    this.entries = 1;
    this.windowsLeft = 128;
    this.doublings = 0;
    return true;
  }

  private advanceSum(): void {
    const sum = this.at(SUM);
    if (this.doublings) {
      this.sumOf(sum, sum, sum);
      this.doublings--;
      return;
    }
    const left = --this.windowsLeft;
    const octet = this.space + <usize>(31 - (left >> 2));
    const shift = (left & 3) << 1;
    const i = (((<usize>load<u8>(octet, S_AT) >>> shift) & 3) << 2) | ((<usize>load<u8>(octet, K_AT) >>> shift) & 3);
    if (i) this.sumOf(sum, sum, this.at(TABLE + 4 * i));
    if (left) {
      this.doublings = 2;
      return;
    }
    memory.copy(this.at(POWER_OF), sum + 2 * NUMBER, NUMBER);
    this.raise(INVERSE_EXPONENT);
    this.phase = Phase.INVERSE;
  }

  /** r = p + q; all may be the same. Coordinates are below 2N, X of -A below 16N. */
  private sumOf(r: usize, p: usize, q: usize): void {
    const m = this.modulus;
    const a = this.at(SCRATCH);
    const b = a + NUMBER, c = b + NUMBER, d = c + NUMBER, e = d + NUMBER, f = e + NUMBER;
    m.subtract(a, p + NUMBER, p); // 18
    m.subtract(e, q + NUMBER, q);
    m.multiply(a, a, e);
    m.add(b, p + NUMBER, p); // 18
    m.add(e, q + NUMBER, q);
    m.multiply(b, b, e);
    m.multiply(c, p + 3 * NUMBER, q + 3 * NUMBER);
    m.multiply(c, c, this.at(TWO_D));
    m.multiply(d, p + 2 * NUMBER, q + 2 * NUMBER);
    m.add(d, d, d); // 4
    m.subtract(e, b, a); // 18
    m.subtract(f, d, c); // 20
    m.add(d, d, c); // 6
    m.add(b, b, a); // 4
    m.multiply(r, e, f);
    m.multiply(r + NUMBER, d, b);
    m.multiply(r + 2 * NUMBER, f, d);
    m.multiply(r + 3 * NUMBER, e, b);
  }

  /** Whether the sum, written as RFC 8032 has it, is R. */
  private compare(): void {
    const ws = this.space;
    const m = this.modulus;
    const t = this.at(SCRATCH);
    m.multiply(t, this.at(SUM), this.at(POWER));
    m.write(ws + HASH_AT, 32, t, t + NUMBER);
    const sign = (<u32>load<u8>(ws + HASH_AT + 31) & 1) << 7;
    m.multiply(t, this.at(SUM + 1), this.at(POWER));
    m.write(ws + HASH_AT, 32, t, t + NUMBER);
    store<u8>(ws + HASH_AT, <u32>load<u8>(ws + HASH_AT) | sign);
    this.good = memory.compare(ws + HASH_AT, ws + R_AT, 32) == 0;
  }

  /** Whether the signature is good. Only after `step` said true. */
  result(): bool {
    assertThat(this.done, 30561);
    const good = this.good;
    this.abort();
    return good;
  }
}
