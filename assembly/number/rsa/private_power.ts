/**
 * RSA's private operation, c^d mod n, by the Chinese remainder theorem (RFC 8017, 5.1.2, second form), in slices (sliced.ts):
 *
 *     if (!power.start(key, c)) ...       // another job runs, no entropy, c not less than n, or no private key
 *     while (!power.step()) ...
 *     good = power.result(out);                 // nLen octets
 *
 * The key stays the caller's, in place and unchanged until the job ends; c is copied. Everything but n, e and lengths is a
 * secret.
 *
 * The base is blinded. For each prime a fresh r is drawn, and
 *
 *     c^dP = (c * r)^dP * r^(p - 1 - dP) mod p        since r^(p - 1) = 1
 *
 * is one power of two bases: each step squares twice and multiplies by an entry of a table of 16, (c * r)^i * r^j for i and j
 * from 0 to 3. Nothing that the multiplications see is known or chosen by whoever chose c; no inverse is needed, and nothing
 * is kept from one operation to the next. It costs a quarter more than a power that is not blinded.
 *
 * A fault in one half would give the primes away (D. Boneh, R. DeMillo, R. Lipton, 1997): the result is raised to e, and
 * leaves only if c comes back. `rsaFaults` counts those that did not.
 */
import * as drbg from "../../crypto/drbg";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { fromBytes, lookup, toBytes } from "../bignum";
import { forgetColumns, multiply } from "../columns";
import { Modulus } from "../modulus";
import { rowsLookup } from "../simd/rows";
import { Sliced } from "../sliced";
import { WORKSPACE } from "../workspace";
import {
  RsaPart, borrowOf, rsaBits, rsaBytes, rsaExponent, rsaExponentBytes, rsaHalf, rsaModulus, rsaPart, rsaPartsFit,
} from "./key";
import { PublicSteps } from "../public_power";

// The workspace: octets of c, the result, the two exponents, two times r, the power modulo q, 2^(8 * half); a look-up's masks.
const C_AT: usize = 0;
const RESULT_AT: usize = 1024;
const X_AT: usize = 2048;
const Y_AT: usize = 2560;
const R_AT: usize = 3072;
const M2_AT: usize = 4096;
const UNIT_AT: usize = 4608;
const MASKS_AT: usize = 5136;
const NUMBERS_AT: usize = 5392;
// Numbers of a prime's limbs: what the modulus keeps, whose last is 1 and the table's first; the table's rest; sums.
const TABLE: usize = 5;
const A: usize = 21;
const V: usize = 22;
const U: usize = 23;
const NUMBERS: u32 = 24;

const enum Phase { SQUARE = 0, BASE, TABLE, POWER, JOIN, CHECK }

/** Results that did not stand the check, and were kept back. */
export let rsaFaults: u32 = 0;

export class PrivatePower extends Sliced {
  private readonly modulus: Modulus = new Modulus();
  private readonly check: PublicSteps = new PublicSteps();
  private phase: Phase = Phase.SQUARE;
  private key: usize = 0;
  private half: u32 = 0;
  /** The half under way is p's, the second. */
  private ofP: bool = false;
  private entries: u32 = 0;
  private windowsLeft: u32 = 0;
  private squarings: u32 = 0;
  private good: bool = false;

  /** Begins c^d; c has as many octets as n. False: another job runs, no entropy, c is not less than n, the key's parts don't fit. */
  start(key: usize, c: usize): bool {
    const bytes = rsaBytes(key);
    if (this.busy || !borrowOf(c, rsaModulus(key), bytes) || !rsaPartsFit(key) || !drbg.ready()) return false;
    if (!this.take(WORKSPACE)) return false;
    const space = this.space;
    const half = rsaHalf(key);
    if (!drbg.fill(space + R_AT, 2 * half)) {
      this.abort();
      return false;
    }
    this.key = key;
    this.half = half;
    memory.copy(space + C_AT, c, <usize>bytes);
    this.ofP = false;
    this.good = false;
    this.beginHalf();
    return true;
  }

  // @ts-ignore: decorator
  @inline
  private at(number: usize): usize {
    return this.space + NUMBERS_AT + number * this.modulus.stride;
  }

  private beginHalf(): void {
    const space = this.space;
    const half = this.half;
    const m = this.modulus;
    const prime = rsaPart(this.key, this.ofP ? RsaPart.P : RsaPart.Q);
    const exponent = rsaPart(this.key, this.ofP ? RsaPart.DP : RsaPart.DQ);
    // Lengths are public. c and r may have 15 bits more than p then: 2w + 8 are what R has more.
    const zero: u32 = load<u8>(prime) ? 0 : 1;
    m.measure(prime + zero, half - zero, true);
    assertThat(<u32>NUMBERS_AT + NUMBERS * <u32>m.stride <= WORKSPACE, 30511);
    m.begin(space + NUMBERS_AT, prime + zero, half - zero);
    memory.copy(space + X_AT, exponent, <usize>half);
    // p - 1 - dP; p is odd.
    let borrow: u32 = 1;
    for (let i = half; i > 0; i--) {
      const d = <u32>load<u8>(prime + i - 1) - <u32>load<u8>(exponent + i - 1) - borrow;
      store<u8>(space + Y_AT + i - 1, <u8>d);
      borrow = d >>> 31;
    }
    this.squarings = 0;
    this.windowsLeft = half << 2;
    this.phase = Phase.SQUARE;
  }

  protected cost(): u32 {
    const n = this.modulus.n;
    switch (this.phase) {
      case Phase.SQUARE: return this.modulus.squareCost;
      case Phase.BASE: return 10 * n * n;
      case Phase.TABLE: return 2 * n * n;
      case Phase.POWER: return this.squarings ? (n * n * 3) >> 1 : 2 * n * n;
      case Phase.JOIN: return 14 * n * n;
      default: return this.check.cost;
    }
  }

  protected advance(): void {
    const m = this.modulus;
    const a = this.at(A);
    switch (this.phase) {
      case Phase.SQUARE:
        if (m.squareStep()) this.phase = Phase.BASE;
        break;
      case Phase.BASE:
        this.blind();
        break;
      case Phase.TABLE: {
        const i = this.entries;
        const entry = this.at(TABLE + i);
        if (i == 1) memory.copy(entry, this.at(V), m.stride);
        else if (i == 4) memory.copy(entry, a, m.stride);
        else if (i & 3) m.multiply(entry, entry - m.stride, this.at(V));
        else m.multiply(entry, entry - 4 * m.stride, a);
        if (++this.entries < 16) break;
        memory.copy(a, m.one, m.stride);
        this.phase = Phase.POWER;
        break;
      }
      case Phase.POWER:
        if (this.squarings) {
          m.squareOf(a, a);
          this.squarings--;
          break;
        }
        if (ASC_FEATURE_SIMD) rowsLookup(this.at(U), this.at(TABLE), this.window(), this.space + MASKS_AT, m.n);
        else lookup(this.at(U), this.at(TABLE), this.window(), this.space + MASKS_AT, m.n);
        m.multiply(a, a, this.at(U));
        this.squarings = 2;
        if (this.windowsLeft) break;
        this.phase = Phase.JOIN;
        break;
      case Phase.JOIN:
        if (this.ofP) {
          this.join();
        } else {
          m.write(this.space + M2_AT, this.half, a, this.at(U));
          this.ofP = true;
          this.beginHalf();
        }
        break;
      default:
        if (!this.check.advance()) break;
        this.check.write(this.space + X_AT, rsaBytes(this.key));
        this.good = ct.equal(this.space + X_AT, this.space + C_AT, rsaBytes(this.key));
        this.done = true;
        break;
    }
  }

  /** Two bits of either exponent, from the top. */
  private window(): u32 {
    const left = --this.windowsLeft;
    const octet = this.space + <usize>(this.half - 1 - (left >> 2));
    const shift = (left & 3) << 1;
    return (((<u32>load<u8>(octet, X_AT) >>> shift) & 3) << 2) | ((<u32>load<u8>(octet, Y_AT) >>> shift) & 3);
  }

  /** c modulo the prime, from c's two halves, times r. */
  private blind(): void {
    const m = this.modulus;
    const space = this.space;
    const half = this.half;
    const bytes = rsaBytes(this.key);
    const a = this.at(A);
    store<u8>(space + UNIT_AT, 1);
    m.enter(this.at(U), space + UNIT_AT, half + 1);
    m.enter(a, space + C_AT, bytes - half);
    m.multiply(a, a, this.at(U));
    m.enter(this.at(V), space + C_AT + <usize>(bytes - half), half);
    // Each below 1.3 N.
    m.add(a, a, this.at(V));
    m.enter(this.at(V), space + R_AT + (this.ofP ? <usize>half : 0), half);
    m.multiply(a, a, this.at(V));
    this.entries = 1;
    this.phase = Phase.TABLE;
  }

  /** h = (m1 - m2) * qInv mod p; the result is m2 + h * q, less than n. */
  private join(): void {
    const m = this.modulus;
    const space = this.space;
    const half = this.half;
    const n = m.n;
    const w = m.w;
    const mask: u32 = (1 << w) - 1;
    const a = this.at(A);
    const u = this.at(U);
    const v = this.at(V);
    m.enter(u, rsaPart(this.key, RsaPart.QINV), half);
    m.multiply(a, a, u);
    m.enter(v, space + M2_AT, half);
    m.multiply(v, v, u);
    m.leave(u, a);
    m.leave(a, v);
    let borrow: u32 = 0;
    for (let i: usize = 0; i < m.stride; i += 4) {
      const d = load<u32>(u + i) - load<u32>(a + i) - borrow;
      store<u32>(u + i, d & mask);
      borrow = d >>> 31;
    }
    const add = 0 - borrow;
    let carry: u32 = 0;
    for (let i: usize = 0; i < m.stride; i += 4) {
      const d = load<u32>(u + i) + (load<u32>(m.p + i) & add) + carry;
      store<u32>(u + i, d & mask);
      carry = d >>> w;
    }
    fromBytes(v, n, w, rsaPart(this.key, RsaPart.Q), half);
    fromBytes(a, n, w, space + M2_AT, half);
    const product = this.at(TABLE + 1);
    multiply(product, u, v, n, w);
    forgetColumns();
    carry = 0;
    for (let i: usize = 0; i < 2 * m.stride; i += 4) {
      const d = load<u32>(product + i) + (i < m.stride ? load<u32>(a + i) : 0) + carry;
      store<u32>(product + i, d & mask);
      carry = d >>> w;
    }
    const key = this.key;
    const bytes = rsaBytes(key);
    toBytes(space + RESULT_AT, bytes, product, 2 * n, w);
    const eLen = rsaExponentBytes(key);
    assertThat(<u32>NUMBERS_AT + this.check.measure(rsaModulus(key), bytes, eLen) <= WORKSPACE, 30512);
    this.check.begin(space + NUMBERS_AT, rsaModulus(key), bytes, space + RESULT_AT, bytes, rsaExponent(key), eLen);
    this.phase = Phase.CHECK;
  }

  /**
   * Writes the result, as many octets as n has, and wipes and frees the workspace. False, counted, and nothing but zeros
   * written: it did not stand the check. Only after `step` said true.
   */
  result(out: usize): bool {
    assertThat(this.done, 30513);
    const good = this.good;
    const bytes = <usize>rsaBytes(this.key);
    if (good) {
      memory.copy(out, this.space + RESULT_AT, bytes);
    } else {
      memory.fill(out, 0, bytes);
      rsaFaults++;
    }
    this.abort();
    return good;
  }

  abort(): void {
    this.good = false;
    super.abort();
  }
}
