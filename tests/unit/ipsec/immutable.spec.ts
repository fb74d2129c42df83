// What AH's ICV does not cover of the IPv4 header, octet by octet (RFC 4302, 3.3.3.1.1 and appendix A1).
import * as immutable from "../../../assembly/ipsec/immutable";

const header: usize = memory.data(64, 8);
const wanted: usize = memory.data(64, 8);

/** A header of `words`, no octet of it zero, followed by more of the same. */
function begin(words: u32): void {
  for (let i: u32 = 0; i < 64; i++) store<u8>(header + i, <u8>(i * 3 + 1) | 1);
  store<u8>(header, <u8>(0x40 | words));
}

/** Expects what was in `header` with its fixed fields zeroed, and `zeros` octets from `at` on. */
function expectZeroed(at: u32, zeros: u32): void {
  memory.copy(wanted, header, 64);
  store<u8>(wanted + 1, 0);
  store<u16>(wanted + 6, 0);
  store<u8>(wanted + 8, 0);
  store<u16>(wanted + 10, 0);
  memory.fill(wanted + at, 0, zeros);
  immutable.zeroMutable(header);
  for (let i: u32 = 0; i < 64; i++) expect(load<u8>(header + i)).toBe(load<u8>(wanted + i), "octet " + i.toString());
}

function put(at: u32, octets: StaticArray<u8>): void {
  for (let i = 0; i < octets.length; i++) store<u8>(header + at + i, octets[i]);
}

describe("mutable fields", () => {
  test("TOS, flags and offset, TTL, checksum; no octet behind the header", () => {
    begin(5);
    expectZeroed(20, 0);
  });

  test("of all types of options six go as they stand, the others are zero, type and length too", () => {
    for (let type: u32 = 2; type < 256; type++) {
      const covered = type == 130 || type == 133 || type == 134 || type == 148 || type == 149;
      begin(7);
      put(20, [<u8>type, 5, 0xaa, 0xbb, 0xcc, 1, 1, 1]);
      expectZeroed(20, covered ? 0 : 5);
    }
  });

  test("each option for itself, to the end of the header", () => {
    begin(8);
    put(20, [1, 148, 4, 9, 9, 68, 7, 1, 2, 3, 4, 5]);
    expectZeroed(25, 7);
    begin(8);
    put(20, [68, 5, 1, 2, 3, 148, 4, 9, 9, 1, 1, 1]);
    expectZeroed(20, 5);
  });

  test("what follows the end of the list is covered as it stands", () => {
    begin(8);
    put(20, [7, 3, 4, 0, 4, 9, 9, 68, 4, 8, 8, 8]);
    expectZeroed(20, 3);
  });

  test("an option that does not fit ends it", () => {
    begin(7);
    put(20, [68, 4, 1, 1, 68, 5, 1, 1]);
    expectZeroed(20, 4);
    begin(7);
    put(20, [68, 4, 1, 1, 68, 0, 1, 1]);
    expectZeroed(20, 4);
  });
});

describe("the header is put back", () => {
  test("as long as it was, wherever it stands by now", () => {
    for (let words: u32 = 5; words <= 15; words++) {
      begin(words);
      immutable.save(header);
      memory.fill(header, 0x55, 64);
      memory.fill(wanted, 0x66, 64);
      immutable.restore(wanted);
      begin(words);
      for (let i: u32 = 0; i < 64; i++) expect(load<u8>(wanted + i)).toBe(i < words * 4 ? load<u8>(header + i) : 0x66);
    }
  });
});
