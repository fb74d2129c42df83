import { REPLAY_OCTETS, fresh, note } from "../../../assembly/sadb/replay";

const bits: usize = memory.data(160, 8);
const seen: usize = memory.data(8192, 8);

function clear(): void {
  memory.fill(bits, 0, REPLAY_OCTETS);
}

describe("the replay window", () => {
  test("number 0 is never new; the first packets are", () => {
    clear();
    expect(fresh(bits, 0, 64, 0)).toBe(false);
    expect(fresh(bits, 0, 0, 0)).toBe(false);
    expect(fresh(bits, 0, 64, 1)).toBe(true);
    let highest = note(bits, 0, 64, 1);
    expect(highest).toBe(1);
    expect(fresh(bits, highest, 64, 1)).toBe(false);
    expect(fresh(bits, highest, 64, 2)).toBe(true);
  });

  test("the edges of every size", () => {
    for (let window: u32 = 32; window <= 1024; window <<= 1) {
      clear();
      const highest = note(bits, 0, window, 5000);
      expect(fresh(bits, highest, window, 5000)).toBe(false);
      expect(fresh(bits, highest, window, 5000 - window + 1)).toBe(true, "last inside");
      expect(fresh(bits, highest, window, 5000 - window)).toBe(false, "first outside");
      expect(note(bits, highest, window, 5000 - window + 1)).toBe(5000);
      expect(fresh(bits, highest, window, 5000 - window + 1)).toBe(false, "seen now");
      expect(fresh(bits, highest, window, 0xffffffff)).toBe(true);
    }
  });

  test("random order against a list of all that was seen", () => {
    for (let window: u32 = 32; window <= 1024; window <<= 1) {
      clear();
      memory.fill(seen, 0, 8192);
      let highest: u32 = 0;
      let random: u32 = 12345 + window;
      let wrong = 0;
      for (let i: u32 = 0; i < 12000; i++) {
        random = random * 1664525 + 1013904223;
        const ahead = i >> 1;
        const n: u32 = 1 + ((ahead + (random >>> 16) % (window << 1)) % 8000);
        const old = highest >= n && highest - n >= window;
        const expected = !old && (n > highest || load<u8>(seen + n) == 0);
        if (fresh(bits, highest, window, n) != expected) wrong++;
        if (expected) {
          highest = note(bits, highest, window, n);
          store<u8>(seen + n, 1);
        }
      }
      expect(wrong).toBe(0, "window " + window.toString());
    }
  });

  test("a leap clears what lay in the ring", () => {
    clear();
    let highest: u32 = 0;
    for (let n: u32 = 1; n <= 1088; n++) highest = note(bits, highest, 1024, n);
    highest = note(bits, highest, 1024, 1088 + 1000000);
    for (let n = highest - 1023; n < highest; n++) if (!fresh(bits, highest, 1024, n)) expect(n).toBe(0);
    expect(fresh(bits, highest, 1024, highest)).toBe(false);
  });

  test("disabled: everything but 0 passes", () => {
    clear();
    const highest = note(bits, 0, 0, 9);
    expect(fresh(bits, highest, 0, 9)).toBe(true);
    expect(note(bits, highest, 0, 3)).toBe(9);
  });
});
