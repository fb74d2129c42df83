/**
 * Natural numbers as limbs of `w` bits (27 to 29), least significant first, a u32 each. Numbers of limbs and widths are
 * public, values are secret: no step depends on one.
 */

/** Reads a big-endian number of `len` octets into `n` limbs, n * w >= 8 * len. */
export function fromBytes(out: usize, n: u32, w: u32, p: usize, len: u32): void {
  const mask: u32 = (1 << w) - 1;
  let bits: u64 = 0;
  let have: u32 = 0;
  let at = p + <usize>len;
  for (let i: u32 = 0; i < n; i++) {
    while (have < w && at > p) {
      at -= 1;
      bits |= <u64>load<u8>(at) << <u64>have;
      have += 8;
    }
    store<u32>(out + (<usize>i << 2), <u32>bits & mask);
    bits >>= <u64>w;
    have = have > w ? have - w : 0;
  }
}

/** Bits of a big-endian number of `len` octets whose first is not 0: a public length. */
export function bitLength(p: usize, len: u32): u32 {
  return (len << 3) - (<u32>clz<u32>(<u32>load<u8>(p)) - 24);
}

/** Writes the lowest `len` octets of a number of `n` limbs, big-endian. */
export function toBytes(out: usize, len: u32, p: usize, n: u32, w: u32): void {
  let bits: u64 = 0;
  let have: u32 = 0;
  let i: u32 = 0;
  let at = out + <usize>len;
  while (at > out) {
    if (have < 8 && i < n) {
      bits |= <u64>load<u32>(p + (<usize>i << 2)) << <u64>have;
      have += w;
      i++;
    }
    at -= 1;
    store<u8>(at, <u8>bits);
    bits >>= 8;
    have = have > 8 ? have - 8 : 0;
  }
}

/** a - b if a >= b, else a, without a branch on either. `scratch` has n limbs. */
export function subtractIfNotLess(a: usize, b: usize, scratch: usize, n: u32, w: u32): void {
  const mask: u32 = (1 << w) - 1;
  let borrow: u32 = 0;
  for (let i: u32 = 0; i < n << 2; i += 4) {
    const d = load<u32>(a + i) - load<u32>(b + i) - borrow;
    store<u32>(scratch + i, d & mask);
    borrow = d >>> 31;
  }
  // borrow 1: a was less, and stays.
  const keep: u32 = 0 - borrow;
  for (let i: u32 = 0; i < n << 2; i += 4) {
    const d = load<u32>(scratch + i);
    store<u32>(a + i, d ^ (keep & (d ^ load<u32>(a + i))));
  }
}

/** a * 2^bits for bits 0 to 3, a secret; the result fits n limbs. */
export function shiftLeft(a: usize, bits: u32, n: u32, w: u32): void {
  const mask: u32 = (1 << w) - 1;
  let carry: u32 = 0;
  for (let i: u32 = 0; i < n << 2; i += 4) {
    const v = (load<u32>(a + i) << bits) | carry;
    store<u32>(a + i, v & mask);
    carry = v >>> w;
  }
}

/** out = a * 2^bits, bits public; the result fits n limbs. */
export function shifted(out: usize, a: usize, bits: u32, n: u32, w: u32): void {
  const mask: u32 = (1 << w) - 1;
  const limbs = bits / w;
  const shift = bits % w;
  let below: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let v: u32 = 0;
    if (i >= limbs) {
      const limb = load<u32>(a + (<usize>(i - limbs) << 2));
      v = ((limb << shift) | below) & mask;
      below = shift ? limb >>> (w - shift) : 0;
    }
    store<u32>(out + (<usize>i << 2), v);
  }
}

/**
 * Copies entry `index` (a secret, 0 to 15) of a table of 16 numbers of n limbs, n even, reading every entry.
 * `masks` is scratch of 128 octets, aligned to 8.
 */
export function lookup(out: usize, table: usize, index: u32, masks: usize, n: u32): void {
  for (let i: u32 = 0; i < 16; i++) {
    // All ones where i is the index: (i ^ index) - 1 borrows only from 0.
    const equal = <u64>(<i64>(<u64>(i ^ index) - 1) >> 63);
    store<u64>(masks + (<usize>i << 3), equal);
  }
  const stride = <usize>n << 2;
  for (let j: usize = 0; j < stride; j += 8) {
    let v: u64 = 0;
    let p = table + j;
    for (let i: usize = 0; i < 128; i += 32) {
      v |= load<u64>(p) & load<u64>(masks + i);
      p += stride;
      v |= load<u64>(p) & load<u64>(masks + i, 8);
      p += stride;
      v |= load<u64>(p) & load<u64>(masks + i, 16);
      p += stride;
      v |= load<u64>(p) & load<u64>(masks + i, 24);
      p += stride;
    }
    store<u64>(out + j, v);
  }
}
