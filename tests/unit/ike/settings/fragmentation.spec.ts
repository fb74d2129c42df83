// How a message is cut: to the octet, with the marker of port 4500, and never into more fragments than are sent at once.
import { ISAKMP_FRAGMENTS_SENT, ISAKMP_MESSAGE_MAX } from "../../../../assembly/limits";
import * as fragmentation from "../../../../assembly/ike/settings/fragmentation";

beforeEach(() => fragmentation.init());

describe("a message", () => {
  test("that fits a packet stays whole; one octet more, and it goes in fragments that fill theirs", () => {
    expect(fragmentation.pieceOf(1252, false)).toBe(0);
    expect(fragmentation.pieceOf(1253, false)).toBe(1216);
    expect(fragmentation.pieceOf(1248, true)).toBe(0);
    expect(fragmentation.pieceOf(1249, true)).toBe(1212);
    fragmentation.set(true, 576);
    expect(fragmentation.pieceOf(548, false)).toBe(0);
    expect(fragmentation.pieceOf(549, false)).toBe(512);
  });
  test("is never cut when that is switched off", () => {
    fragmentation.set(false, 576);
    expect(fragmentation.pieceOf(9000, false)).toBe(0);
  });
  test("becomes sixteen fragments at most, none of them longer than must be", () => {
    for (let mtu: u32 = 128; mtu <= 1500; mtu += 61) {
      fragmentation.set(true, mtu);
      for (let len: u32 = mtu; len <= ISAKMP_MESSAGE_MAX; len += 97) {
        const piece = fragmentation.pieceOf(len, true);
        const n = (len + piece - 1) / piece;
        expect(n <= ISAKMP_FRAGMENTS_SENT).toBe(true);
        expect(piece == mtu - 68 || (len + ISAKMP_FRAGMENTS_SENT - 1) / ISAKMP_FRAGMENTS_SENT == piece).toBe(true);
      }
    }
  });
});
