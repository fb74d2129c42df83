// What leaves at the top comes back as C: limbs crafted such that each carry runs to the very end.
import { complement, fold, foldTop } from "../../../assembly/number/montgomery";

const x: usize = memory.data(32, 8);
const C: usize = memory.data(32, 8);
const W: u32 = 28;
const ONES: u32 = 0x0fffffff;

function put(p: usize, a: u32, b: u32, c: u32, d: u32, above: u32): void {
  store<u32>(p, a);
  store<u32>(p, b, 4);
  store<u32>(p, c, 8);
  store<u32>(p, d, 12);
  store<u32>(p, above, 16);
  store<u32>(p, 0xeeeeeeee, 20);
}

function expectLimbs(p: usize, a: u32, b: u32, c: u32, d: u32, above: u32): void {
  expect(load<u32>(p)).toBe(a);
  expect(load<u32>(p, 4)).toBe(b);
  expect(load<u32>(p, 8)).toBe(c);
  expect(load<u32>(p, 12)).toBe(d);
  expect(load<u32>(p, 16)).toBe(above);
  expect(load<u32>(p, 20)).toBe(0xeeeeeeee, "what stands behind");
}

describe("fold", () => {
  test("moves the limbs up; the top one comes back times C", () => {
    put(C, 5, 7, 0, 0, 0);
    put(x, 1, 2, 3, 4, 0);
    fold(x, C, 4, W);
    expectLimbs(x, 20, 1 + 28, 2, 3, 0);
  });
  test("what exceeds R is part of the top", () => {
    put(C, 3, 0, 0, 0, 0);
    put(x, 0, 0, 0, 0, 1);
    fold(x, C, 4, W);
    // 2^28 * 3: a limb of nothing, and 3 carried.
    expectLimbs(x, 0, 3, 0, 0, 0);
  });
  test("limbs of ones carry over R, and the carry is kept", () => {
    put(C, 1, 0, 0, 0, 0);
    put(x, ONES, ONES, ONES, 1, 0);
    fold(x, C, 4, W);
    expectLimbs(x, 1, ONES, ONES, ONES, 0);
    put(C, 0, 1, 0, 0, 0);
    put(x, ONES, ONES, ONES, 1, 0);
    fold(x, C, 4, W);
    // 2^28 comes to a number of 2^112 - 2^28.
    expectLimbs(x, 0, 0, 0, 0, 1);
  });
  test("the carry over R takes the place of what was there", () => {
    put(C, 0, 0, 0, 0, 0);
    put(x, 1, 2, 3, 4, 1);
    fold(x, C, 4, W);
    expectLimbs(x, 0, 1, 2, 3, 0);
  });
  test("a product of ones by ones", () => {
    put(C, ONES, 0, 0, 0, 0);
    put(x, ONES, 0, 0, ONES, 0);
    fold(x, C, 4, W);
    // (2^28 - 1)^2 = 2^56 - 2^29 + 1, and the first limb moved up: 2^28 * (2^28 - 2 + 2^28 - 1) + 1.
    expectLimbs(x, 1, ONES - 2, 1, 0, 0);
  });
});

describe("foldTop", () => {
  test("R comes back as C, its carries run through, and nothing is left above", () => {
    put(C, 2, 0, 0, 0, 0);
    put(x, ONES, ONES, 0, 9, 1);
    foldTop(x, C, 4, W);
    expectLimbs(x, 1, 0, 1, 9, 0);
  });
  test("below R nothing changes", () => {
    put(C, 2, 3, 4, 5, 0);
    put(x, ONES, ONES, 7, ONES, 0);
    foldTop(x, C, 4, W);
    expectLimbs(x, ONES, ONES, 7, ONES, 0);
  });
});

describe("the complement of p", () => {
  test("R - 2^e p, with e of less than a limb, of a limb, and of more", () => {
    // p = 2^(bits) - 1: R - 2^e p = 2^e.
    put(x, ONES, ONES, ONES, ONES >>> 8, 0);
    put(C, 0, 0, 0, 0, 0);
    complement(C, x, 104, 4, W);
    expectLimbs(C, 256, 0, 0, 0, 0);
    put(x, ONES, ONES, ONES, 0, 0);
    complement(C, x, 84, 4, W);
    expectLimbs(C, 0, 1, 0, 0, 0);
    put(x, ONES, ONES, ONES >>> 4, 0, 0);
    complement(C, x, 80, 4, W);
    expectLimbs(C, 0, 16, 0, 0, 0);
    // p = 2^104 - 3: R - 2^8 p = 3 * 2^8.
    put(x, ONES - 2, ONES, ONES, ONES >>> 8, 0);
    complement(C, x, 104, 4, W);
    expectLimbs(C, 768, 0, 0, 0, 0);
  });
});
