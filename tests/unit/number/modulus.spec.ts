// Arithmetic modulo odd numbers, against doubling and adding by hand; the limbs that a modulus takes.
import { bitLength } from "../../../assembly/number/bignum";
import { MODULUS_NUMBERS, Modulus } from "../../../assembly/number/modulus";
import { limbsFor } from "../../../assembly/number/montgomery";
import { fromHex, toHex } from "../crypto/bytes";
import { draw, one, plus, read, same, times, zero } from "./by_hand";
import { random } from "./random";

const space: usize = memory.data(4096, 8);
const prime: usize = memory.data(1024, 8);
const base: usize = memory.data(64, 8);
const other: usize = memory.data(64, 8);
const out: usize = memory.data(64, 8);

describe("an odd modulus of many limbs", () => {
  test("products, squares, sums and differences of numbers less than it and not", () => {
    let wrong = 0;
    const m = new Modulus();
    for (let len: u32 = 16; len < 39; len += 5) {
      for (let kind: u32 = 0; kind < 6; kind++) {
        draw(prime, len, kind & 1 ? 0xff : <u8>(<u32>1 << (random() & 7)), kind >> 1);
        const bits = bitLength(prime, len);
        const w: u32 = 28;
        const n = limbsFor(bits + 2 * w + 20, w);
        m.set(space, prime, len, bits, n, w, true);
        const s = m.stride;
        const x = space + <usize>MODULUS_NUMBERS * s;
        const y = x + s;
        const z = y + s;
        const scratch = z + s;
        for (let round = 0; round < 3; round++) {
          for (let i: u32 = 0; i < len; i++) store<u8>(base + i, round == 0 ? 0xff : <u8>random());
          for (let i: u32 = 0; i < len; i++) store<u8>(other + i, round == 1 ? 0xff : <u8>random());
          if (round == 2) memory.copy(base, prime, len);
          m.enter(x, base, len);
          m.enter(y, other, len);
          // What exceeds P goes by doubling and adding as well.
          const X = times(read(base, len), one());
          const Y = times(read(other, len), one());
          m.write(out, len, x, scratch);
          if (!same(out, len, X)) wrong++;
          if (m.isZero(x, scratch) != zero(X) || (round == 2 && !zero(X))) wrong++;
          m.multiply(z, x, y);
          m.write(out, len, z, scratch);
          if (!same(out, len, times(X, Y))) wrong++;
          m.squareOf(z, y);
          m.write(out, len, z, scratch);
          if (!same(out, len, times(Y, Y))) wrong++;
          m.add(z, x, y);
          m.write(out, len, z, scratch);
          const sum = times(X, one());
          plus(sum, Y);
          if (!same(out, len, sum)) wrong++;
          // x - y and y are x again, narrow and wide.
          for (let k = 0; k < 2; k++) {
            if (k) m.subtractWide(z, x, y);
            else m.subtract(z, x, y);
            m.multiply(z, z, m.one);
            m.add(z, z, y);
            m.write(out, len, z, scratch);
            if (!same(out, len, X)) wrong++;
          }
          m.subtract(z, x, x);
          if (!m.isZero(z, scratch)) wrong++;
          m.subtractWide(z, y, y);
          m.write(out, len, z, scratch);
          if (toHex(out, len) != "00".repeat(len)) wrong++;
        }
        m.write(out, len, m.one, scratch);
        if (!same(out, len, one())) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });
});

describe("an odd modulus of a limb or two", () => {
  test("small ones: products, sums, differences", () => {
    const m = new Modulus();
    const PRIMES: StaticArray<string> = ["fffffffb", "80000003", "ffffffff", "deadbeef"];
    for (let i = 0; i < 4; i++) {
      const len = fromHex(prime, PRIMES[i]);
      const p = <u64>bswap<u32>(load<u32>(prime));
      m.set(space, prime, len, 32, 4, 29, true);
      const x = space + MODULUS_NUMBERS * 16;
      let u: u64 = 0x12345678;
      let v: u64 = p - 1;
      for (let round = 0; round < 30; round++) {
        store<u32>(base, bswap<u32>(<u32>(u % p)));
        m.enter(x, base, 4);
        store<u32>(base, bswap<u32>(<u32>(v % p)));
        m.enter(x + 16, base, 4);
        m.multiply(x + 32, x, x + 16);
        m.write(out, 4, x + 32, x + 48);
        expect(bswap<u32>(load<u32>(out))).toBe(<u32>(((u % p) * (v % p)) % p));
        m.subtract(x + 32, x, x + 16);
        m.write(out, 4, x + 32, x + 48);
        expect(bswap<u32>(load<u32>(out))).toBe(<u32>(((u % p) + p - (v % p)) % p));
        m.add(x + 32, x, x + 16);
        m.squareOf(x + 32, x + 32);
        m.write(out, 4, x + 32, x + 48);
        const sum = ((u % p) + (v % p)) % p;
        expect(bswap<u32>(load<u32>(out))).toBe(<u32>((sum * sum) % p));
        m.subtractWide(x + 32, x, x);
        expect(m.isZero(x + 32, x + 48)).toBe(true);
        u = u * 6364136223846793005 + 1;
        v = v * 2862933555777941757 + 3037000493;
        u >>= 1;
        v >>= 1;
      }
    }
  });
});

describe("limbs", () => {
  test("of every size: columns hold them, and what the bounds want is left above", () => {
    const m = new Modulus();
    for (let len: u32 = 16; len <= 1024; len++) {
      for (let kind: u32 = 0; kind < 3; kind++) {
        memory.fill(prime, 0xff, len);
        if (kind == 0) store<u8>(prime, 0x80);
        m.measure(prime, len, kind == 2);
        const spare = m.n * m.w - m.bits;
        expect<bool>(m.bits == len << 3 && m.n != 0 && limbsFor(m.n * m.w, m.w) == m.n && m.stride == <usize>m.n << 2).toBe(true);
        // All ones are of Oakley's form where nobody hides them.
        expect<u32>(m.squareCost).toBe(kind == 1 ? m.n : 2 * m.n * m.n);
        expect<bool>(spare >= (kind == 1 ? 8 : 2 * m.w + 8)).toBe(true);
      }
    }
  });
});
