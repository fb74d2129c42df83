/**
 * RSA keys of our own with e = 65537 (FIPS 186-5, A.1.3: probable primes), in slices:
 *
 *     if (!generate.start(2048, key)) ...       // another number of bits, no entropy; key: room for rsaPrivateLength octets
 *     while (!generate.step()) ...
 *     good = generate.result();                 // false: no entropy on the way, or a fault; the key is wiped
 *
 * Candidates are drawn anew each time, with their two highest bits set, so that the product has all its bits, and their two lowest:
 * p = 3 mod 4, for which a round of Miller's and Rabin's test is one power, b^((p - 1) / 2) = 1 or -1. ROUNDS rounds with drawn
 * bases follow division by all primes below 2048. What time tells is how often a candidate was refused, and by which prime; of
 * those that are kept, it tells nothing.
 *
 * Asked besides: p - 1 no multiple of e; |p - q| > 2^(bits / 2 - 96), the standard has -100; d > 2^(bits / 2); and the key decrypts
 * what it has encrypted. Between powers the workspace is free for others.
 */
import * as drbg from "../../crypto/drbg";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { Power } from "../modexp";
import { Task } from "../sliced";
import { moduloF4, rsaDeriveExponents, rsaMultiply, rsaPrivateExponent } from "./derive";
import { RsaPart, borrowOf, rsaHalf, rsaModulus, rsaPart, rsaPartsFit, rsaPrivateLength } from "./key";
import { PrivatePower } from "./private_power";

/** Bits of a key that can be made: multiples of 128. */
export const RSA_MADE_BITS_MIN: u32 = 1024;
export const RSA_MADE_BITS_MAX: u32 = 4096;

/** FIPS 186-5, table B.1: 5 for primes of 1024 bits, 4 for longer ones. */
const ROUNDS: u32 = 5;
/** Candidates of a step. */
const DRAWS: u32 = 4;
/** Candidates before it is given up: some 360 are needed on the average for a prime of 1024 bits. */
const CANDIDATES_MAX: u32 = 40000;

const BYTES: usize = 256;

const enum Stage { IDLE = 0, DRAW, TEST, INVERSE, CHECK, DONE, FAILED }

// The odd primes below 2048.
const PRIMES: u32 = 308;
// @ts-ignore: decorator
@lazy
const primes: usize = memory.data(616, 2);

function findPrimes(): void {
  if (load<u16>(primes)) return;
  let have: usize = 0;
  for (let n: u32 = 3; n < 2048; n += 2) {
    let i: usize = 0;
    while (i < have && n % <u32>load<u16>(primes + (i << 1))) i++;
    if (i == have) store<u16>(primes + (have++ << 1), <u16>n);
  }
  assertThat(have == <usize>PRIMES, 30551);
}

/**
 * Whether a small prime divides a number of `len` octets, a secret, len even. Remainders are taken by multiplication: for v < s *
 * 2^16 and s < 2^11, m = ceil(2^44 / s) gives floor(v / s) = floor(v * m / 2^44), since v / 2^44 < 1 / s.
 */
function hasSmallFactor(x: usize, len: u32): bool {
  for (let i: usize = 0; i < <usize>PRIMES; i++) {
    const s = <u64>load<u16>(primes + (i << 1));
    const m = (((<u64>1 << 44) - 1) / s) + 1;
    let r: u64 = 0;
    for (let j: u32 = 0; j < len; j += 2) {
      const v = (r << 16) | <u64>bswap<u16>(load<u16>(x + j));
      r = v - ((v * m) >> 44) * s;
    }
    if (!r) return true;
  }
  return false;
}

export class RsaGenerate extends Task {
  private readonly power: Power = new Power();
  private readonly check: PrivatePower = new PrivatePower();
  private stage: Stage = Stage.IDLE;
  private key: usize = 0;
  private half: u32 = 0;
  /** The prime that is looked for: P, then Q. */
  private part: RsaPart = RsaPart.P;
  private candidates: u32 = 0;
  private rounds: u32 = 0;
  /** A power is to begin, and has not: another job has the workspace. */
  private pending: bool = false;
  // A base, an exponent; both together a result or a block.
  private readonly work: usize = heap.alloc(2 * BYTES);

  get busy(): bool {
    return this.stage != Stage.IDLE;
  }

  /** Begins. The key stays the caller's, who leaves it alone until the job ends. */
  start(bits: u32, key: usize): bool {
    if (this.busy || bits < RSA_MADE_BITS_MIN || bits > RSA_MADE_BITS_MAX || bits & 127 || !drbg.ready()) return false;
    findPrimes();
    store<u16>(key, <u16>(bits >> 3));
    store<u16>(key, 3, 2);
    store<u64>(key, 0x010001, 4);
    this.key = key;
    this.half = rsaHalf(key);
    this.part = RsaPart.P;
    this.candidates = 0;
    this.stage = Stage.DRAW;
    return true;
  }

  /** One slice; true when it is over. */
  step(): bool {
    assertThat(this.stage != Stage.IDLE, 30552);
    switch (this.stage) {
      case Stage.DRAW:
        this.draw();
        break;
      case Stage.TEST:
        if (this.pending) this.beginRound();
        else if (this.power.step()) this.endRound();
        break;
      case Stage.INVERSE:
        if (this.pending) {
          this.beginInverse();
        } else if (this.power.step()) {
          this.power.result(rsaPart(this.key, RsaPart.QINV));
          this.stage = Stage.CHECK;
          this.pending = true;
        }
        break;
      case Stage.CHECK:
        if (this.pending) {
          this.beginCheck();
        } else if (this.check.step()) {
          this.stage = this.check.result(this.work) ? Stage.DONE : Stage.FAILED;
        }
        break;
      default:
        return true;
    }
    return this.stage == Stage.DONE || this.stage == Stage.FAILED;
  }

  /** Draws candidates until one has no small factor, a few at a time. */
  private draw(): void {
    const half = this.half;
    const at = rsaPart(this.key, this.part);
    for (let i: u32 = 0; i < DRAWS; i++) {
      if (++this.candidates > CANDIDATES_MAX || !drbg.fill(at, half)) {
        this.stage = Stage.FAILED;
        return;
      }
      store<u8>(at, <u32>load<u8>(at) | 0xc0);
      store<u8>(at + half - 1, <u32>load<u8>(at + half - 1) | 3);
      if (moduloF4(at, half) == 1 || hasSmallFactor(at, half)) continue;
      this.rounds = 0;
      this.stage = Stage.TEST;
      this.pending = true;
      return;
    }
  }

  private beginRound(): void {
    const half = this.half;
    const at = rsaPart(this.key, this.part);
    const base = this.work;
    const exponent = base + BYTES;
    if (!drbg.fill(base, half)) {
      this.stage = Stage.FAILED;
      return;
    }
    // (p - 1) / 2.
    let above: u32 = 0;
    for (let i: usize = 0; i < <usize>half; i++) {
      const octet = <u32>load<u8>(at + i);
      store<u8>(exponent + i, <u8>((above << 7) | (octet >>> 1)));
      above = octet;
    }
    if (this.power.start(at, half, base, half, exponent, half, true)) this.pending = false;
  }

  private endRound(): void {
    const half = this.half;
    const at = rsaPart(this.key, this.part);
    const result = this.work;
    this.power.result(result);
    // 1, or p - 1, which differs from p in the last bit alone.
    let one: u32 = 0;
    let minus: u32 = 0;
    const last = <usize>half - 1;
    for (let i: usize = 0; i < last; i++) {
      const octet = <u32>load<u8>(result + i);
      one |= octet;
      minus |= octet ^ <u32>load<u8>(at + i);
    }
    one |= <u32>load<u8>(result + last) ^ 1;
    minus |= <u32>load<u8>(result + last) ^ <u32>load<u8>(at + last) ^ 1;
    if (ct.maskNonZero(one) & ct.maskNonZero(minus)) {
      this.stage = Stage.DRAW;
      return;
    }
    this.pending = true;
    if (++this.rounds < ROUNDS) return;
    if (this.part == RsaPart.P) {
      this.part = RsaPart.Q;
      this.stage = Stage.DRAW;
    } else if (this.order()) {
      rsaMultiply(this.key);
      this.stage = rsaDeriveExponents(this.key) && this.exponentIsLong() ? Stage.INVERSE : Stage.FAILED;
    } else {
      this.stage = Stage.DRAW;
    }
  }

  /** Makes p the larger one. False: they are too near to each other. */
  private order(): bool {
    const half = this.half;
    const p = rsaPart(this.key, RsaPart.P);
    const q = rsaPart(this.key, RsaPart.Q);
    const less = <u32>0 - borrowOf(p, q, half);
    let borrow: u32 = 0;
    let high: u32 = 0;
    for (let i = half; i > 0; i--) {
      const a = <u32>load<u8>(p + i - 1);
      const b = <u32>load<u8>(q + i - 1);
      const x = ct.select(less, b, a);
      const y = ct.select(less, a, b);
      store<u8>(p + i - 1, <u8>x);
      store<u8>(q + i - 1, <u8>y);
      const d = x - y - borrow;
      borrow = d >>> 31;
      if (i <= 12) high |= d & 255;
    }
    return ct.maskNonZero(high) != 0;
  }

  /** Whether d has more than half of n's bits. */
  private exponentIsLong(): bool {
    const half = this.half;
    const d = this.work;
    if (!rsaPrivateExponent(this.key, d)) return false;
    let high: u32 = 0;
    for (let i: usize = 0; i < <usize>half; i++) high |= <u32>load<u8>(d + i);
    ct.wipe(d, 2 * half);
    return ct.maskNonZero(high) != 0;
  }

  /** qInv = q^(p - 2) mod p. */
  private beginInverse(): void {
    const half = this.half;
    const p = rsaPart(this.key, RsaPart.P);
    const exponent = this.work;
    memory.copy(exponent, p, <usize>half);
    store<u8>(exponent + half - 1, load<u8>(p + half - 1) - 2);
    if (this.power.start(p, half, rsaPart(this.key, RsaPart.Q), half, exponent, half, true)) this.pending = false;
  }

  private beginCheck(): void {
    const bytes = 2 * this.half;
    const block = this.work;
    // Any number below n that is neither 0 nor 1: n without its highest bit.
    memory.copy(block, rsaModulus(this.key), <usize>bytes);
    store<u8>(block, load<u8>(block) & 0x7f);
    if (this.check.start(this.key, block)) this.pending = false;
    else if (!drbg.ready() || !rsaPartsFit(this.key)) this.stage = Stage.FAILED;
  }

  /** Whether the key is there. Only after `step` said true. */
  result(): bool {
    assertThat(this.stage == Stage.DONE || this.stage == Stage.FAILED, 30553);
    const good = this.stage == Stage.DONE;
    if (good) this.stage = Stage.IDLE;
    this.abort();
    return good;
  }

  /** Drops it, if it is running, and wipes the key. */
  abort(): void {
    this.power.abort();
    this.check.abort();
    ct.wipe(this.work, 2 * <u32>BYTES);
    if (this.stage != Stage.IDLE) ct.wipe(this.key, rsaPrivateLength(this.key));
    this.stage = Stage.IDLE;
  }
}
