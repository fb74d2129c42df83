// Products and reductions by columns against their definitions, a limb at a time, for every number of limbs and every width.
import { fromBytes, toBytes } from "../../../assembly/number/bignum";
import { multiply, reduce, square } from "../../../assembly/number/columns";
import { random } from "./random";

const MOST: u32 = 20;
const a: usize = memory.data(512, 8);
const b: usize = memory.data(512, 8);
const N: usize = memory.data(512, 8);
const t: usize = memory.data(512, 8);
const kept: usize = memory.data(512, 8);
const plain: usize = memory.data(512, 8);
const r: usize = memory.data(512, 8);

function limb(p: usize, i: u32): u64 {
  return <u64>load<u32>(p + (<usize>i << 2));
}

/** `kind` 0: ones, 1: zeros but for the last, 2 and more: drawn. What stands behind is ones. */
function draw(p: usize, n: u32, w: u32, kind: u32): void {
  const mask: u32 = (1 << w) - 1;
  memory.fill(p, 0xff, 512);
  for (let i: u32 = 0; i < n; i++) store<u32>(p + (<usize>i << 2), kind == 0 ? mask : kind == 1 ? (i == n - 1 ? mask : 0) : random() & mask);
}

/** plain = x * y + z, 2n limbs and one for the carry, the way it is done by hand. */
function byHand(x: usize, y: usize, z: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  memory.fill(plain, 0, 512);
  if (z) memory.copy(plain, z, <usize>n << 3);
  for (let i: u32 = 0; i < n; i++) {
    let carry: u64 = 0;
    for (let j: u32 = 0; j <= n; j++) {
      const at = plain + (<usize>(i + j) << 2);
      const v = <u64>load<u32>(at) + (j < n ? limb(x, i) * limb(y, j) : 0) + carry;
      store<u32>(at, <u32>(v & mask));
      carry = v >> <u64>w;
    }
    for (let j = i + n + 1; carry; j++) {
      const at = plain + (<usize>j << 2);
      const v = <u64>load<u32>(at) + carry;
      store<u32>(at, <u32>(v & mask));
      carry = v >> <u64>w;
    }
  }
}

describe("columns", () => {
  test("a product is the sum of all products of limbs; what stands behind it stays", () => {
    let wrong = 0;
    for (let n: u32 = 2; n <= MOST; n += 2) {
      for (let w: u32 = 27; w <= 29; w++) {
        for (let kind: u32 = 0; kind < 16; kind++) {
          draw(a, n, w, kind & 3);
          draw(b, n, w, kind >> 2);
          memory.fill(t, 0xee, 512);
          multiply(t, a, b, n, w);
          byHand(a, b, 0, n, w);
          if (memory.compare(t, plain, <usize>n << 3) != 0 || load<u32>(t + (<usize>n << 3)) != 0xeeeeeeee) wrong++;
        }
      }
    }
    expect(wrong).toBe(0);
  });

  test("a square is a product by itself", () => {
    let wrong = 0;
    for (let n: u32 = 2; n <= MOST; n += 2) {
      for (let w: u32 = 27; w <= 29; w++) {
        for (let kind: u32 = 0; kind < 8; kind++) {
          draw(a, n, w, kind);
          memory.fill(t, 0xee, 512);
          square(t, a, n, w);
          byHand(a, a, 0, n, w);
          if (memory.compare(t, plain, <usize>n << 3) != 0 || load<u32>(t + (<usize>n << 3)) != 0xeeeeeeee) wrong++;
        }
      }
    }
    expect(wrong).toBe(0);
  });

  test("a reduction: t + q * N is r * R, for the q that it leaves", () => {
    let wrong = 0;
    for (let n: u32 = 2; n <= MOST; n += 2) {
      for (let w: u32 = 27; w <= 29; w++) {
        for (let kind: u32 = 0; kind < 16; kind++) {
          const mask: u32 = (1 << w) - 1;
          // A modulus that ends in two limbs of ones, of at most 2w ones less than R, as modulus.ts has them.
          draw(N, n, w, kind & 3);
          store<u32>(N, mask);
          store<u32>(N, mask, 4);
          if (n > 2) store<u32>(N + (<usize>n << 2) - 4, 1 + (random() & 0xff));
          draw(a, n, w, kind >> 2);
          draw(b, n, w, 2 + (kind & 1));
          // The product of two numbers below 2N, so that r has n limbs.
          if (n > 2) {
            store<u32>(a + (<usize>n << 2) - 4, 0);
            store<u32>(b + (<usize>n << 2) - 4, 0);
          }
          byHand(a, b, 0, n, w);
          memory.copy(t, plain, <usize>n << 3);
          memory.copy(kept, plain, <usize>n << 3);
          memory.fill(r, 0xee, 512);
          reduce(r, t, N, n, w);
          byHand(t, N, kept, n, w);
          // The lower half of the sum is zero, the upper one is r; with n = 2 N is R - 1, and r may be one more than R.
          let low: u32 = 0;
          for (let i: u32 = 0; i < n; i++) low |= <u32>limb(plain, i);
          if (low != 0 || memory.compare(r, plain + (<usize>n << 2), <usize>n << 2) != 0) wrong++;
          if (load<u32>(r + (<usize>n << 2)) != 0xeeeeeeee) wrong++;
        }
      }
    }
    expect(wrong).toBe(0);
  });
});

describe("octets and limbs", () => {
  test("limbs above the octets are zero, octets above the limbs too", () => {
    let wrong = 0;
    for (let w: u32 = 27; w <= 29; w++) {
      for (let len: u32 = 1; len < 36; len++) {
        for (let i: u32 = 0; i < len; i++) store<u8>(a + i, 0xff);
        const n: u32 = (8 * len + w - 1) / w + 2;
        memory.fill(b, 0xee, 512);
        fromBytes(b, n, w, a, len);
        let bits: u32 = 0;
        for (let i: u32 = 0; i < n; i++) bits += <u32>popcnt<u64>(limb(b, i));
        if (bits != 8 * len || limb(b, n - 1) != 0 || limb(b, n) != 0xeeeeeeee) wrong++;
        memory.fill(t, 0xee, 512);
        toBytes(t + 4, len + 9, b, n, w);
        for (let i: u32 = 0; i < len + 9; i++) if (<u32>load<u8>(t + 4 + i) != (i < 9 ? 0 : 0xff)) wrong++;
        if (load<u32>(t) != 0xeeeeeeee || load<u8>(t + 4 + len + 9) != 0xee) wrong++;
        toBytes(t + 4, 1, b, n, w);
        if (load<u8>(t + 4) != 0xff || load<u8>(t + 3) != 0xee) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });
});
