import { REPLAY_OCTETS, extend, fresh, note } from "../../../../assembly/sadb/sas/replay";

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
      let highest: u64 = 0;
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
    let highest: u64 = 0;
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

/** RFC 4303, appendix A2.2 by brute force: of the numbers with that lower half the one in the window, or next above it. */
function nearest(highest: u64, window: u32, low: u32): u64 {
  const span: u64 = 1 << 32;
  let n = (highest & ~(span - 1)) | <u64>low;
  if (n > highest && n >= span && highest + span - n < <u64>window) return n - span;
  if (n <= highest && highest - n >= <u64>window) n += span;
  return n;
}

function differ(highest: u64, window: u32, low: u32): u32 {
  return extend(highest, window, low) == nearest(highest, window, low) ? 0 : 1;
}

describe("extended numbers", () => {
  test("the upper half, around every edge of the window and of the subspace", () => {
    const span: u64 = 1 << 32;
    let wrong: u32 = 0;
    for (let upper: u64 = 0; upper < 3; upper++) {
      for (let window: u32 = 32; window <= 1024; window <<= 1) {
        for (let k: i64 = -1100; k <= 1100; k += 3) {
          if (upper == 0 && k < 0) continue;
          const highest = upper * span + <u64>k;
          for (let d: i32 = -3; d <= 3; d++) {
            wrong += differ(highest, window, <u32>highest + d) + differ(highest, window, <u32>highest - window + d);
          }
          wrong += differ(highest, window, 0) + differ(highest, window, 0xffffffff);
        }
        expect(wrong).toBe(0, "window " + window.toString());
      }
    }
  });

  test("a window over the end of a subspace knows what it has seen on both sides", () => {
    clear();
    const span: u64 = 1 << 32;
    let highest = note(bits, span - 500, 64, span - 40);
    for (let n = span - 39; n < span + 60; n += 2) {
      const sequence = extend(highest, 64, <u32>n);
      expect(sequence).toBe(n);
      expect(fresh(bits, highest, 64, sequence)).toBe(true);
      highest = note(bits, highest, 64, sequence);
    }
    for (let n = highest - 63; n <= highest; n++) {
      const sequence = extend(highest, 64, <u32>n);
      expect(sequence).toBe(n);
      expect(fresh(bits, highest, 64, sequence)).toBe(((highest - n) & 1) != 0);
    }
    // What has fallen out of the window counts as of the subspace above: its ICV will not fit.
    expect(extend(highest, 64, <u32>(highest - 64))).toBe(highest - 64 + span);
  });

  test("the last number of all is followed by none", () => {
    const last: u64 = u64.MAX_VALUE;
    clear();
    const highest = note(bits, last - 5, 64, last);
    expect(highest).toBe(last);
    for (let low: u32 = 0; low < 3; low++) expect(fresh(bits, highest, 64, extend(highest, 64, low))).toBe(false);
    expect(fresh(bits, highest, 64, last)).toBe(false);
    expect(fresh(bits, highest, 64, last - 1)).toBe(true);
  });
});
