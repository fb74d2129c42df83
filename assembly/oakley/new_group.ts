/**
 * Whether a MODP group that a peer offers (RFC 2409, 5.6) is to be taken: p a safe prime of bounded size, the generator of
 * large order. One validation at a time, in slices; what is cheap is asked first, so that a poor offer costs little.
 *
 *     fault = newGroupStart(p, pLen, g, gLen, order, orderLen);      // the cheap part; order 0: none was offered
 *     if (fault == NewGroupFault.NONE) while (!newGroupStep()) ...   // a slice each; return to the poll between them
 *     fault = newGroupResult();                                      // ends the validation
 *
 * The proof: q = (p - 1) / 2 passes Miller's and Rabin's test for PRIMALITY_ROUNDS drawn bases, of which a composite passes
 * each with a chance of at most 1/4 whoever chose it. Then 2^q = 1 or -1 mod p makes p prime for certain (Pocklington: q is
 * a prime factor of p - 1 above its root, and 2^2 - 1 = 3 does not divide p). A number other than 1 and -1 modulo a safe prime
 * has the order q or 2q, which g^q tells.
 *
 * All numbers here are public. A power in such a group is modexp.ts's.
 */
import * as drbg from "../crypto/drbg";
import { bitLength } from "../number/bignum";
import { Power } from "../number/modexp";
import { assertThat } from "../util/status";

/** Bits that a prime may have: less is too weak, more too dear. */
export const NEW_GROUP_BITS_MIN: u32 = 1024;
export const NEW_GROUP_BITS_MAX: u32 = 4096;
/** Bases of the test of q: a composite is taken with a chance below 2^-40. */
export const PRIMALITY_ROUNDS: u32 = 20;

/** Why a group is refused. */
export const enum NewGroupFault {
  NONE = 0,
  /** Another validation or power is running: come again. */
  BUSY,
  TOO_SHORT,
  TOO_LONG,
  /** p is even, or has a small factor, or fails a test. */
  NOT_PRIME,
  /** (p - 1) / 2 has a factor or fails a test. */
  NOT_SAFE,
  /** The generator is not between 2 and p - 2. */
  GENERATOR,
  /** The order that was offered is not the generator's. */
  ORDER,
  NO_ENTROPY,
}

/** A fault as people read it. */
export function newGroupFaultName(fault: u32): string {
  switch (fault) {
    case NewGroupFault.NONE: return "good";
    case NewGroupFault.BUSY: return "another group is being examined";
    case NewGroupFault.TOO_SHORT: return "the prime has fewer than 1024 bits";
    case NewGroupFault.TOO_LONG: return "the prime has more than 4096 bits";
    case NewGroupFault.NOT_PRIME: return "the modulus is not prime";
    case NewGroupFault.NOT_SAFE: return "(p - 1) / 2 is not prime";
    case NewGroupFault.GENERATOR: return "the generator is not between 2 and p - 2";
    case NewGroupFault.ORDER: return "the order is not the generator's";
    case NewGroupFault.NO_ENTROPY: return "no entropy";
    default: return "unknown fault";
  }
}

const enum Phase { IDLE = 0, MODULUS, FACTOR, SQUARES, GENERATOR, DONE }

// The offer in work: octets of p, q, the generator and the order, numbers big-endian without leading zeros; the exponent and
// the base of the power in work.
const p: usize = memory.data(512, 8);
const q: usize = memory.data(512, 8);
const g: usize = memory.data(512, 8);
const order: usize = memory.data(512, 8);
const exponent: usize = memory.data(512, 8);
const base: usize = memory.data(512, 8);
const two: usize = memory.data<u8>([2]);
let pLength: u32 = 0;
let qLength: u32 = 0;
let gLength: u32 = 0;
let orderLength: u32 = 0;

const power: Power = new Power();
let phase: Phase = Phase.IDLE;
let fault: NewGroupFault = NewGroupFault.NONE;
let round: u32 = 0;
/** The next power is due, and has not begun: the workspace is free for others meanwhile. */
let pending: bool = false;
/** q - 1 = 2^twos * odd; squarings that are left of a round. */
let twos: u32 = 0;
let squares: u32 = 0;

/** Forgets whatever was in work. Called once, when there is a workspace. */
export function init(): void {
  newGroupAbort();
}

/**
 * Looks at an offer: sizes, small factors, the generator's range; and begins the rest. Numbers are big-endian and may have
 * leading zeros. With a fault nothing is begun. `orderLen` 0: no order was offered.
 */
export function newGroupStart(prime: usize, primeLen: u32, generator: usize, generatorLen: u32, ord: usize, orderLen: u32): NewGroupFault {
  if (phase != Phase.IDLE) return NewGroupFault.BUSY;
  const pZeros = zeros(prime, primeLen);
  pLength = primeLen - pZeros;
  if (pLength < NEW_GROUP_BITS_MIN >> 3) return NewGroupFault.TOO_SHORT;
  if (pLength > NEW_GROUP_BITS_MAX >> 3 || bitLength(prime + pZeros, pLength) > NEW_GROUP_BITS_MAX) return NewGroupFault.TOO_LONG;
  memory.copy(p, prime + pZeros, <usize>pLength);
  if (bitLength(p, pLength) < NEW_GROUP_BITS_MIN) return NewGroupFault.TOO_SHORT;
  const low = <u32>load<u8>(p + pLength - 1);
  if (!(low & 1)) return NewGroupFault.NOT_PRIME;
  if (!(low & 2)) return NewGroupFault.NOT_SAFE;
  const small = smallFactor();
  if (small) return small;

  const gZeros = zeros(generator, generatorLen);
  gLength = generatorLen - gZeros;
  if (!gLength || gLength > pLength) return NewGroupFault.GENERATOR;
  memory.copy(g, generator + gZeros, <usize>gLength);
  if (gLength == 1 && load<u8>(g) < 2) return NewGroupFault.GENERATOR;
  if (gLength == pLength) {
    // p - 1 differs from p in the last bit alone, which both may have as they like: above p - 2 are p - 1, p and more.
    const last = p + pLength - 1;
    store<u8>(last, low - 1);
    const above = memory.compare(g, p, <usize>pLength) >= 0;
    store<u8>(last, low);
    if (above) return NewGroupFault.GENERATOR;
  }
  const oZeros = zeros(ord, orderLen);
  orderLength = orderLen - oZeros;
  if (orderLength > pLength) return NewGroupFault.ORDER;
  if (orderLen && !orderLength) return NewGroupFault.ORDER;
  memory.copy(order, ord + oZeros, <usize>orderLength);

  halve();
  countTwos();
  phase = Phase.MODULUS;
  fault = NewGroupFault.NONE;
  round = 0;
  if (!power.start(p, pLength, two, 1, q, qLength, false)) return drop(NewGroupFault.BUSY);
  return NewGroupFault.NONE;
}

/** One slice. True when the answer is known. */
export function newGroupStep(): bool {
  assertThat(phase != Phase.IDLE, 30401);
  if (phase == Phase.DONE) return true;
  if (pending) {
    pending = phase == Phase.GENERATOR
      ? !power.start(p, pLength, g, gLength, q, qLength, false)
      : !power.start(q, qLength, base, qLength, exponent, qLength, false);
    return false;
  }
  if (phase == Phase.SQUARES) return squareOnce();
  if (!power.step()) return false;
  const sign = power.sign();
  switch (phase) {
    case Phase.MODULUS:
      power.abort();
      return sign ? nextRound() : end(NewGroupFault.NOT_PRIME);
    case Phase.FACTOR:
      if (sign) {
        power.abort();
        return nextRound();
      }
      squares = twos;
      phase = Phase.SQUARES;
      return squareOnce();
    default: {
      power.abort();
      // p is prime by now: Euler's criterion leaves nothing else.
      if (!sign) return end(NewGroupFault.NOT_PRIME);
      return end(orderFits(sign == 1) ? NewGroupFault.NONE : NewGroupFault.ORDER);
    }
  }
}

/** The answer, once newGroupStep said true; ends the validation. */
export function newGroupResult(): NewGroupFault {
  assertThat(phase == Phase.DONE, 30402);
  phase = Phase.IDLE;
  return fault;
}

/** Drops the validation in work, if there is one. */
export function newGroupAbort(): void {
  power.abort();
  phase = Phase.IDLE;
  pending = false;
}

/** Whether it stands between two powers, where another job may come in. */
export function newGroupBetween(): bool {
  return phase == Phase.IDLE || phase == Phase.DONE || pending;
}

/** Whether a validation is in work, or done and its answer not taken. */
export function newGroupBusy(): bool {
  return phase != Phase.IDLE;
}

/**
 * Octets of a private value in a group whose prime has `bits` bits: twice the strength, as groups.ts has it for the known
 * primes of that size.
 */
export function newGroupExponentBytes(bits: u32): u32 {
  return bits <= 2048 ? 32 : bits <= 3072 ? 40 : 44;
}

/** Another base for q, or on to the generator. */
function nextRound(): bool {
  if (round == PRIMALITY_ROUNDS) {
    phase = Phase.GENERATOR;
    pending = true;
    return false;
  }
  round++;
  // Uniform below q: as many bits as q has, again while that is not less. Half of the draws are good or more.
  const mask: u32 = 0xff >>> (clz<u32>(<u32>load<u8>(q)) - 24);
  let draws: u32 = 0;
  do {
    if (draws++ == 64 || !drbg.fill(base, qLength)) return end(NewGroupFault.NO_ENTROPY);
    store<u8>(base, <u32>load<u8>(base) & mask);
  } while (memory.compare(base, q, <usize>qLength) >= 0);
  phase = Phase.FACTOR;
  pending = true;
  return false;
}

/** A strong test's squarings: -1 must come before 1, and before the exponent is q - 1. */
function squareOnce(): bool {
  for (let i = 0; i < 4; i++) {
    if (--squares == 0) {
      power.abort();
      return end(NewGroupFault.NOT_SAFE);
    }
    power.squareResult();
    const sign = power.sign();
    if (sign == -1) {
      power.abort();
      return nextRound();
    }
    if (sign == 1) {
      power.abort();
      return end(NewGroupFault.NOT_SAFE);
    }
  }
  return false;
}

function end(f: NewGroupFault): bool {
  fault = f;
  phase = Phase.DONE;
  return true;
}

function drop(f: NewGroupFault): NewGroupFault {
  phase = Phase.IDLE;
  return f;
}

/** The order that was offered is q where g is a square, else p - 1. */
function orderFits(isSquare: bool): bool {
  if (!orderLength) return true;
  if (isSquare) return orderLength == qLength && memory.compare(order, q, <usize>qLength) == 0;
  if (orderLength != pLength || memory.compare(order, p, <usize>pLength - 1) != 0) return false;
  return load<u8>(order + pLength - 1) == load<u8>(p + pLength - 1) - 1;
}

/** NOT_PRIME or NOT_SAFE where a prime below 1000 divides p or q: where p is 0 or 1 modulo it. */
function smallFactor(): NewGroupFault {
  for (let r: u32 = 3; r < 1000; r += 2) {
    let prime = true;
    for (let d: u32 = 3; d * d <= r; d += 2) {
      if (r % d == 0) {
        prime = false;
        break;
      }
    }
    if (!prime) continue;
    // Two octets at a time: below 1000 * 65536 + 65536.
    let rest: u32 = 0;
    let i: u32 = 0;
    if (pLength & 1) {
      rest = <u32>load<u8>(p) % r;
      i = 1;
    }
    for (; i < pLength; i += 2) rest = ((rest << 16) | <u32>bswap<u16>(load<u16>(p + i))) % r;
    if (rest == 0) return NewGroupFault.NOT_PRIME;
    if (rest == 1) return NewGroupFault.NOT_SAFE;
  }
  return NewGroupFault.NONE;
}

/** q = (p - 1) / 2, without leading zeros. */
function halve(): void {
  let carry: u32 = 0;
  for (let i: u32 = 0; i < pLength; i++) {
    const octet = <u32>load<u8>(p + i);
    store<u8>(q + i, (carry << 7) | (octet >>> 1));
    carry = octet & 1;
  }
  qLength = pLength;
  if (load<u8>(q) == 0) {
    qLength--;
    memory.copy(q, q + 1, <usize>qLength);
  }
}

/** exponent = (q - 1) / 2^twos, odd, of qLength octets. */
function countTwos(): void {
  memory.copy(exponent, q, <usize>qLength);
  const last = exponent + qLength - 1;
  store<u8>(last, load<u8>(last) - 1);
  twos = 0;
  while (!(load<u8>(last) & 1)) {
    twos++;
    let carry: u32 = 0;
    for (let i: u32 = 0; i < qLength; i++) {
      const octet = <u32>load<u8>(exponent + i);
      store<u8>(exponent + i, (carry << 7) | (octet >>> 1));
      carry = octet & 1;
    }
  }
}

function zeros(at: usize, len: u32): u32 {
  let n: u32 = 0;
  while (n < len && !load<u8>(at + n)) n++;
  return n;
}
