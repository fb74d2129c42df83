// GF(2^m) against its definition, a bit at a time: u^m comes back as the modulus's other terms.
import { Curve } from "../../../../assembly/number/curve/curves";
import * as gf2 from "../../../../assembly/number/curve/gf2";
import { BinaryField, ELEMENT } from "../../../../assembly/number/curve/gf2";
import { curveById } from "../../../../assembly/oakley/groups";
import { fromHex, toHex } from "../../crypto/bytes";
import { random64 } from "../random";

const IDS: StaticArray<u32> = [3, 4, 7];
const a: usize = memory.data(64, 8);
const b: usize = memory.data(64, 8);
const r: usize = memory.data(64, 8);
const wanted: usize = memory.data(64, 8);
const shifted: usize = memory.data(64, 8);

function field(i: i32): BinaryField {
  return (curveById(IDS[i]) as Curve).field as BinaryField;
}

function bit(p: usize, i: u32): u64 {
  return (load<u64>(p + ((i >>> 6) << 3)) >> <u64>(i & 63)) & 1;
}

function flip(p: usize, i: u32): void {
  const at = p + <usize>((i >>> 6) << 3);
  store<u64>(at, load<u64>(at) ^ ((<u64>1) << <u64>(i & 63)));
}

/** p := p * u. */
function timesU(f: BinaryField, p: usize): void {
  const top = bit(p, f.m - 1);
  store<u64>(p, (load<u64>(p, 16) << 1) | (load<u64>(p, 8) >> 63), 16);
  store<u64>(p, (load<u64>(p, 8) << 1) | (load<u64>(p) >> 63), 8);
  store<u64>(p, load<u64>(p) << 1);
  if (!top) return;
  flip(p, f.m);
  flip(p, 0);
  if (f.k1) flip(p, f.k1);
  if (f.k2) flip(p, f.k2);
  if (f.k3) flip(p, f.k3);
}

function byHand(f: BinaryField, x: usize, y: usize): void {
  memory.fill(wanted, 0, ELEMENT);
  memory.copy(shifted, x, ELEMENT);
  for (let i: u32 = 0; i < f.m; i++) {
    if (bit(y, i)) gf2.add(wanted, wanted, shifted);
    timesU(f, shifted);
  }
}

/** Ones, one bit of the top, or drawn. */
function draw(f: BinaryField, p: usize, kind: u32): void {
  for (let i: usize = 0; i < 24; i += 8) store<u64>(p + i, kind == 0 ? u64.MAX_VALUE : kind == 1 ? 0 : random64());
  store<u64>(p, load<u64>(p, 16) & (((<u64>1) << <u64>(f.m - 128)) - 1), 16);
  if (kind == 1) flip(p, f.m - 1);
}

describe("fields of characteristic 2", () => {
  test("their moduli: RFC 2409, 6.3 and 6.4; sect163r1's and k1's (group 7)", () => {
    const terms: u32[][] = [[155, 62, 0, 0], [185, 69, 0, 0], [163, 7, 6, 3]];
    for (let i = 0; i < 3; i++) {
      const f = field(i);
      expect(f.m).toBe(terms[i][0]);
      const sum = f.k1 + f.k2 + f.k3;
      expect(sum).toBe(terms[i][1] + terms[i][2] + terms[i][3]);
      expect(f.k1 >= f.k2 && f.k2 >= f.k3).toBe(true);
    }
  });

  test("products and squares", () => {
    let wrong = 0;
    for (let i = 0; i < 3; i++) {
      const f = field(i);
      for (let kind: u32 = 0; kind < 60; kind++) {
        draw(f, a, kind % 5);
        draw(f, b, kind / 5);
        byHand(f, a, b);
        gf2.multiply(f, r, a, b);
        if (memory.compare(r, wanted, ELEMENT) != 0) wrong++;
        byHand(f, a, a);
        gf2.square(f, r, a);
        if (memory.compare(r, wanted, ELEMENT) != 0) wrong++;
        if (!gf2.inField(f, r)) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });

  test("every power of u by every other", () => {
    let wrong = 0;
    for (let i = 0; i < 3; i++) {
      const f = field(i);
      for (let k: u32 = 0; k < f.m; k++) {
        memory.fill(a, 0, ELEMENT);
        flip(a, k);
        // u^(k + j) for j = 0, 1, ...
        memory.copy(wanted, a, ELEMENT);
        for (let j: u32 = 0; j < f.m; j++) {
          memory.fill(b, 0, ELEMENT);
          flip(b, j);
          gf2.multiply(f, r, a, b);
          if (memory.compare(r, wanted, ELEMENT) != 0) wrong++;
          if (j == k) {
            gf2.square(f, r, a);
            if (memory.compare(r, wanted, ELEMENT) != 0) wrong++;
          }
          timesU(f, wanted);
        }
      }
    }
    expect(wrong).toBe(0);
  });

  test("zero has no inverse; every other has one", () => {
    for (let i = 0; i < 3; i++) {
      const f = field(i);
      memory.fill(a, 0, ELEMENT);
      gf2.invert(f, r, a);
      expect(gf2.isZero(r)).toBe(true);
      for (let k: u32 = 0; k < f.m; k += 11) {
        memory.fill(a, 0, ELEMENT);
        flip(a, k);
        gf2.invert(f, b, a);
        gf2.multiply(f, r, a, b);
        flip(r, 0);
        expect(gf2.isZero(r)).toBe(true);
      }
    }
  });

  test("the trace of an element is the sum of its conjugates: linear, and of a square that of its root", () => {
    for (let i = 0; i < 3; i++) {
      const f = field(i);
      for (let k: u32 = 0; k < 8; k++) {
        draw(f, a, 2);
        draw(f, b, 2);
        const x = gf2.trace(f, a, r);
        const y = gf2.trace(f, b, r);
        gf2.add(wanted, a, b);
        expect(gf2.trace(f, wanted, r)).toBe(x ^ y);
        gf2.square(f, wanted, a);
        expect(gf2.trace(f, wanted, r)).toBe(x);
      }
    }
  });

  test("zero, and what lies in the field: each bit", () => {
    for (let k: u32 = 0; k < 192; k++) {
      memory.fill(a, 0, ELEMENT);
      expect(gf2.isZero(a)).toBe(true);
      flip(a, k);
      expect(gf2.isZero(a)).toBe(false);
      for (let i = 0; i < 3; i++) expect(gf2.inField(field(i), a)).toBe(k < field(i).m);
    }
  });

  test("octets, the most significant first", () => {
    fromHex(a, "0102030405060708090a0b0c0d0e0f101112131415161718");
    for (let len: u32 = 1; len <= 24; len++) {
      const x = r + 8;
      memory.fill(r, 0xee, 40);
      gf2.fromOctets(x, a, len);
      expect(load<u8>(x)).toBe(<u8>len);
      expect(load<u8>(x + len - 1)).toBe(1);
      for (let i = len; i < 24; i++) expect(load<u8>(x + i)).toBe(0);
      expect(load<u8>(x - 1)).toBe(0xee);
      expect(load<u8>(x + 24)).toBe(0xee);
      memory.fill(b, 0xee, 40);
      gf2.toOctets(b, len, x);
      expect(toHex(b, len)).toBe(toHex(a, len));
      expect(load<u8>(b + len)).toBe(0xee);
    }
  });
});
