// Selectors, each bound and each field by itself: one octet, one port, one address beside it makes the difference.
import { Selector } from "../../../../assembly/sadb/terms/selector";

const wide: Selector = changetype<Selector>(memory.data(32, 8));
const other: Selector = changetype<Selector>(memory.data(32, 8));

/** Local 100 to 199, remote 300 to 399. */
function reset(s: Selector, protocol: u32, localPort: u32, remotePort: u32): void {
  s.localFirst = 100;
  s.localLast = 199;
  s.remoteFirst = 300;
  s.remoteLast = 399;
  s.protocol = <u8>protocol;
  s.localPort = <u16>localPort;
  s.remotePort = <u16>remotePort;
}

beforeEach(() => {
  reset(wide, 17, 500, 600);
  reset(other, 17, 500, 600);
});

describe("selectors", () => {
  test("a flow matches up to the bounds and not beyond them", () => {
    expect(wide.matches(100, 300, 17, 500, 600)).toBe(true);
    expect(wide.matches(199, 399, 17, 500, 600)).toBe(true);
    expect(wide.matches(99, 300, 17, 500, 600)).toBe(false);
    expect(wide.matches(200, 300, 17, 500, 600)).toBe(false);
    expect(wide.matches(100, 299, 17, 500, 600)).toBe(false);
    expect(wide.matches(100, 400, 17, 500, 600)).toBe(false);
    expect(wide.matches(100, 300, 6, 500, 600)).toBe(false);
    expect(wide.matches(100, 300, 17, 501, 600)).toBe(false);
    expect(wide.matches(100, 300, 17, 500, 601)).toBe(false);
  });

  test("0 stands for any protocol, any local port, any remote port, each alone", () => {
    reset(wide, 0, 500, 600);
    expect(wide.matches(100, 300, 6, 500, 600)).toBe(true);
    reset(wide, 17, 0, 600);
    expect(wide.matches(100, 300, 17, 9, 600)).toBe(true);
    expect(wide.matches(100, 300, 17, 9, 9)).toBe(false);
    reset(wide, 17, 500, 0);
    expect(wide.matches(100, 300, 17, 500, 9)).toBe(true);
    expect(wide.matches(100, 300, 17, 9, 9)).toBe(false);
  });

  test("equal in all seven fields or not at all", () => {
    expect(wide.equals(other)).toBe(true);
    other.localFirst++;
    expect(wide.equals(other)).toBe(false);
    reset(other, 17, 500, 600);
    other.localLast++;
    expect(wide.equals(other)).toBe(false);
    reset(other, 17, 500, 600);
    other.remoteFirst++;
    expect(wide.equals(other)).toBe(false);
    reset(other, 17, 500, 600);
    other.remoteLast++;
    expect(wide.equals(other)).toBe(false);
    reset(other, 6, 500, 600);
    expect(wide.equals(other)).toBe(false);
    reset(other, 17, 501, 600);
    expect(wide.equals(other)).toBe(false);
    reset(other, 17, 500, 601);
    expect(wide.equals(other)).toBe(false);
  });

  test("contains what is as wide, and nothing wider on any side", () => {
    expect(wide.contains(other)).toBe(true);
    other.localFirst = 99;
    expect(wide.contains(other)).toBe(false);
    reset(other, 17, 500, 600);
    other.localLast = 200;
    expect(wide.contains(other)).toBe(false);
    reset(other, 17, 500, 600);
    other.remoteFirst = 299;
    expect(wide.contains(other)).toBe(false);
    reset(other, 17, 500, 600);
    other.remoteLast = 400;
    expect(wide.contains(other)).toBe(false);
  });

  test("any protocol or port contains each; one of them contains neither any nor another", () => {
    for (let k: u32 = 0; k < 3; k++) {
      reset(wide, k == 0 ? 0 : 17, k == 1 ? 0 : 500, k == 2 ? 0 : 600);
      reset(other, 17, 500, 600);
      expect(wide.contains(other)).toBe(true);
      expect(other.contains(wide)).toBe(false);
      reset(wide, k == 0 ? 6 : 17, k == 1 ? 501 : 500, k == 2 ? 601 : 600);
      expect(wide.contains(other)).toBe(false);
    }
  });

  test("overlap in one address is an overlap; neighbours have none", () => {
    other.localFirst = other.localLast = 199;
    other.remoteFirst = other.remoteLast = 399;
    expect(wide.overlaps(other)).toBe(true);
    other.localFirst = other.localLast = 200;
    expect(wide.overlaps(other)).toBe(false);
    other.localFirst = other.localLast = 100;
    other.remoteFirst = other.remoteLast = 300;
    expect(wide.overlaps(other)).toBe(true);
    other.localFirst = other.localLast = 99;
    expect(wide.overlaps(other)).toBe(false);
    other.localFirst = other.localLast = 100;
    other.remoteFirst = other.remoteLast = 299;
    expect(wide.overlaps(other)).toBe(false);
    other.remoteFirst = other.remoteLast = 400;
    expect(wide.overlaps(other)).toBe(false);
  });

  test("any overlaps with each from either side; two of them do not", () => {
    for (let k: u32 = 0; k < 3; k++) {
      reset(wide, k == 0 ? 0 : 17, k == 1 ? 0 : 500, k == 2 ? 0 : 600);
      reset(other, 17, 500, 600);
      expect(wide.overlaps(other)).toBe(true);
      expect(other.overlaps(wide)).toBe(true);
      reset(wide, k == 0 ? 6 : 17, k == 1 ? 501 : 500, k == 2 ? 601 : 600);
      expect(wide.overlaps(other)).toBe(false);
    }
  });
});
