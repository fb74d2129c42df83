// net/nat/fragments: what later fragments get, for how long, and what one host can take of the table.
import { NAT_FRAGMENTS, NAT_FRAGMENTS_SHARE } from "../../../../assembly/limits";
import * as fragments from "../../../../assembly/net/nat/fragments";
import * as clock from "../../../../assembly/util/clock";
import * as pools from "../../../../assembly/util/pool";

const A: u32 = 0x0a01000a;
const OUT: u32 = 0xc6336409;
const OURS: u32 = 0xc0000201;

describe("later fragments", () => {
  beforeEach(() => {
    pools.forgetPools();
    clock.init(0, 0);
    fragments.init();
  });

  test("get what their first one got: by source, destination, identification, protocol and direction", () => {
    fragments.keep(A, OUT, 7, 17, false, OURS);
    expect(fragments.find(A, OUT, 7, 17, false)).toBe(true);
    expect(fragments.address).toBe(OURS);
    expect(fragments.find(A + 1, OUT, 7, 17, false)).toBe(false);
    expect(fragments.find(A, OUT + 1, 7, 17, false)).toBe(false);
    expect(fragments.find(A, OUT, 8, 17, false)).toBe(false);
    expect(fragments.find(A, OUT, 7, 6, false)).toBe(false);
    expect(fragments.find(A, OUT, 7, 17, true)).toBe(false);
  });

  test("one that says otherwise takes the place of the one before", () => {
    fragments.keep(A, OUT, 7, 17, false, OURS);
    fragments.keep(A, OUT, 7, 17, false, 0);
    expect(fragments.find(A, OUT, 7, 17, false)).toBe(true);
    expect(fragments.address).toBe(0);
    fragments.forgetLast();
    expect(fragments.find(A, OUT, 7, 17, false)).toBe(false);
  });

  test("for thirty seconds", () => {
    fragments.keep(A, OUT, 7, 17, false, OURS);
    clock.set(30000);
    expect(fragments.find(A, OUT, 7, 17, false)).toBe(true);
    clock.set(30001);
    expect(fragments.find(A, OUT, 7, 17, false)).toBe(false);
  });

  test("one host's take its own places, the oldest first, and leave others'", () => {
    fragments.keep(A + 1, OUT, 1, 17, false, OURS);
    for (let id: u32 = 0; id < 4 * NAT_FRAGMENTS; id++) {
      clock.set(1 + id);
      fragments.keep(A, OUT, id, 17, false, OURS);
    }
    expect(fragments.find(A + 1, OUT, 1, 17, false)).toBe(true);
    let kept: u32 = 0;
    for (let id: u32 = 0; id < 4 * NAT_FRAGMENTS; id++) if (fragments.find(A, OUT, id, 17, false)) kept++;
    expect(kept).toBe(NAT_FRAGMENTS_SHARE);
    for (let id: u32 = 4 * NAT_FRAGMENTS - NAT_FRAGMENTS_SHARE; id < 4 * NAT_FRAGMENTS; id++) expect(fragments.find(A, OUT, id, 17, false)).toBe(true);
  });

  test("from many hosts: bounded, the oldest goes", () => {
    for (let i: u32 = 0; i <= NAT_FRAGMENTS; i++) {
      clock.set(i);
      fragments.keep(A + i, OUT, 1, 17, false, OURS);
    }
    expect(fragments.find(A, OUT, 1, 17, false)).toBe(false);
    for (let i: u32 = 1; i <= NAT_FRAGMENTS; i++) expect(fragments.find(A + i, OUT, 1, 17, false)).toBe(true);
  });
});
