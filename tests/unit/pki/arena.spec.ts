// The arena: pieces that don't move, are wiped when they go, and stay while somebody holds them.
import { PKI_OCTETS } from "../../../assembly/limits";
import * as arena from "../../../assembly/pki/arena";

const text: usize = memory.data(256, 8);

function zeros(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) if (load<u8>(p + i)) return false;
  return true;
}

describe("the arena", () => {
  test("gives what it has, in whole units, and no more", () => {
    arena.init();
    expect(arena.take(0)).toBe(0);
    expect(arena.take(PKI_OCTETS + 1)).toBe(0);
    const all = arena.take(PKI_OCTETS);
    expect(all != 0).toBe(true);
    expect(arena.left()).toBe(0);
    expect(arena.take(1)).toBe(0);
    arena.free(all);
    expect(arena.left()).toBe(PKI_OCTETS);
  });
  test("what is given back is wiped, and used again", () => {
    arena.init();
    memory.fill(text, 7, 200);
    const a = arena.keep(text, 200);
    const b = arena.keep(text, 64);
    const c = arena.keep(text, 65);
    expect(a & 15).toBe(0);
    expect(b).toBe(a + 256);
    expect(c).toBe(b + 64);
    arena.free(b);
    expect(zeros(b, 64)).toBe(true);
    expect(load<u8>(a + 199)).toBe(7);
    expect(load<u8>(c)).toBe(7);
    // Too long for the gap; then one that fits.
    expect(arena.keep(text, 100)).toBe(c + 128);
    expect(arena.keep(text, 10)).toBe(b);
    arena.free(0);
  });
  test("while somebody holds it nothing goes", () => {
    arena.init();
    memory.fill(text, 9, 200);
    const a = arena.keep(text, 100);
    const b = arena.keep(text, 100);
    arena.hold();
    arena.hold();
    arena.free(a);
    expect(load<u8>(a + 99)).toBe(9);
    expect(arena.keep(text, 100)).toBe(b + 128);
    arena.letGo();
    expect(load<u8>(a + 99)).toBe(9);
    arena.letGo();
    expect(zeros(a, 128)).toBe(true);
    expect(load<u8>(b)).toBe(9);
    expect(arena.keep(text, 100)).toBe(a);
  });
});
