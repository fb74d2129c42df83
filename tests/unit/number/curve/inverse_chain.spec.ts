// Each chain's exponent is p - 2: the chain is followed on exponents, where a squaring doubles and a product adds.
import { Curve } from "../../../../assembly/number/curve/curves";
import { KEPT, STEP, chainOf, factorOf, keeps, keptAs, squaringsOf } from "../../../../assembly/number/curve/inverse_chain";
import { curveById } from "../../../../assembly/oakley/groups";

const BYTES: usize = 72;
const kept: usize = memory.data(6 * 72, 8);
const t: usize = memory.data(72, 8);

/** x := x + y, little-endian. */
function plus(x: usize, y: usize): void {
  let carry: u32 = 0;
  for (let i: usize = 0; i < BYTES; i++) {
    carry += <u32>load<u8>(x + i) + <u32>load<u8>(y + i);
    store<u8>(x + i, <u8>carry);
    carry >>>= 8;
  }
}

describe("chains of additions", () => {
  test("end at p - 2, and keep as much as there is room for", () => {
    const ids: StaticArray<u32> = [19, 20, 21, 31];
    for (let k = 0; k < 4; k++) {
      const c = curveById(ids[k]) as Curve;
      memory.fill(t, 0, BYTES);
      store<u8>(t, 1);
      memory.copy(kept, t, BYTES);
      let left: u32 = 0;
      for (let step = chainOf(c); squaringsOf(step); step += STEP) {
        for (let i: u32 = 0; i < squaringsOf(step); i++) plus(t, t);
        plus(t, kept + factorOf(step) * BYTES);
        if (keeps(step)) {
          expect(keptAs(step) > 0 && keptAs(step) < KEPT).toBe(true);
          memory.copy(kept + keptAs(step) * BYTES, t, BYTES);
        }
        left++;
      }
      expect(left < 16).toBe(true);
      // Big-endian p, less 2: no prime ends in less.
      let wrong = 0;
      const n = c.fieldBytes;
      for (let i: u32 = 0; i < n; i++) if (<u32>load<u8>(t + i) != <u32>load<u8>(c.p + (n - 1 - i)) - (i ? 0 : 2)) wrong++;
      expect(wrong).toBe(0);
    }
  });
});
