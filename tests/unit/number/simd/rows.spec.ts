// Products and squares by rows give the very limbs of those by columns (columns.spec.ts), up to the most limbs of each width, all ones.
import { lookup } from "../../../../assembly/number/bignum";
import { multiply, reduce } from "../../../../assembly/number/columns";
import { forgetRows, rowLimbs, rowsLookup, rowsMultiply, rowsSquare } from "../../../../assembly/number/simd/rows";
import { random } from "../random";

const a: usize = memory.data(1280, 16);
const b: usize = memory.data(1280, 16);
const N: usize = memory.data(1280, 16);
const r: usize = memory.data(1280, 16);
const wanted: usize = memory.data(1280, 16);
const t: usize = memory.data(2560, 16);
const table: usize = memory.data(16 * 48, 16);

/** `kind` 0: ones, 1: zeros but for the last, 2 and more: drawn. What stands behind is ones. */
function draw(p: usize, n: u32, w: u32, kind: u32): void {
  const mask: u32 = (1 << w) - 1;
  memory.fill(p, 0xff, 1280);
  for (let i: u32 = 0; i < n; i++) store<u32>(p + (<usize>i << 2), kind == 0 ? mask : kind == 1 ? (i == n - 1 ? mask : 0) : random() & mask);
}

/** How many of the products of such numbers differ from those by columns. */
function differences(n: u32, w: u32): u32 {
  let wrong: u32 = 0;
  for (let kind: u32 = 0; kind < 27; kind++) {
    draw(a, n, w, kind % 3);
    draw(b, n, w, (kind / 3) % 3);
    draw(N, n, w, kind / 9);
    // N ends in 2w ones.
    store<u32>(N, (1 << w) - 1);
    store<u32>(N, (1 << w) - 1, 4);
    multiply(t, a, b, n, w);
    reduce(wanted, t, N, n, w);
    memory.fill(r, 0xee, 1280);
    rowsMultiply(r, a, b, N, n, w);
    if (memory.compare(r, wanted, <usize>n << 2) != 0 || load<u32>(r + (<usize>n << 2)) != 0xeeeeeeee) wrong++;
    rowsMultiply(b, a, b, N, n, w);
    if (memory.compare(b, wanted, <usize>n << 2) != 0) wrong++;
    multiply(t, a, a, n, w);
    reduce(wanted, t, N, n, w);
    rowsSquare(r, a, N, n, w);
    if (memory.compare(r, wanted, <usize>n << 2) != 0 || load<u32>(r + (<usize>n << 2)) != 0xeeeeeeee) wrong++;
    rowsMultiply(b, a, a, N, n, w);
    if (memory.compare(b, wanted, <usize>n << 2) != 0) wrong++;
    rowsSquare(a, a, N, n, w);
    if (memory.compare(a, wanted, <usize>n << 2) != 0) wrong++;
  }
  return wrong;
}

describe("rows", () => {
  test("of a few limbs, of every width", () => {
    for (let n: u32 = 4; n <= 24; n += 4) for (let w: u32 = 27; w <= 29; w++) expect(differences(n, w)).toBe(0);
  });
  test("of the most limbs of each width: no column overflows", () => {
    expect(rowLimbs(29)).toBe(28);
    expect(rowLimbs(28)).toBe(124);
    expect(rowLimbs(27)).toBe(308);
    for (let w: u32 = 27; w <= 29; w++) expect(differences(rowLimbs(w), w)).toBe(0);
  });
  test("what was forgotten changes nothing", () => {
    forgetRows();
    expect(differences(8, 28)).toBe(0);
  });
  test("the look-up finds what the other finds", () => {
    for (let i: usize = 0; i < 16 * 48; i += 4) store<u32>(table + i, random());
    for (let i: u32 = 0; i < 16; i++) {
      lookup(wanted, table, i, t, 12);
      rowsLookup(r, table, i, t, 12);
      expect(memory.compare(r, wanted, 48)).toBe(0);
    }
  });
});
