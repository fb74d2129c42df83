import * as ntp from "../../../assembly/wire/ntp";
import { Reply } from "../../../assembly/wire/ntp";
import { get64, put32, put64 } from "../../../assembly/util/bytes";

const p: usize = memory.data(64, 8);
const STAMP: u64 = 0x0102030405060708;

/** An answer that says these seconds, of NTP's count. */
function answer(seconds: u32): void {
  memory.fill(p, 0, 48);
  store<u8>(p, 0x24);
  store<u8>(p + 1, 2);
  put64(p + 24, STAMP);
  put32(p + 32, seconds);
  put32(p + 40, seconds);
  put32(p + 44, 0x80000000);
}

describe("NTP", () => {
  test("a request: version 4, a client's, nothing but the stamp", () => {
    memory.fill(p, 0xff, 64);
    ntp.request(p, STAMP);
    expect<u32>(load<u8>(p)).toBe(0x23);
    for (let i: usize = 1; i < 40; i++) expect<u32>(load<u8>(p + i)).toBe(0);
    expect<u64>(get64(p + 40)).toBe(STAMP);
    expect<u32>(load<u8>(p + 48)).toBe(0xff);
  });

  test("times before and behind the turn of 2036", () => {
    answer(0x80000000);
    expect<Reply>(ntp.read(p, 48, STAMP)).toBe(Reply.TIME);
    expect<u64>(ntp.transmitted).toBe((0x80000000 - 2208988800) * 1000 + 500);
    answer(0xffffffff);
    expect<Reply>(ntp.read(p, 48, STAMP)).toBe(Reply.TIME);
    // 7 February 2036, 06:28:15.
    expect<u64>(ntp.transmitted).toBe(2085978495500);
    answer(0);
    expect<Reply>(ntp.read(p, 48, STAMP)).toBe(Reply.TIME);
    expect<u64>(ntp.transmitted).toBe(2085978496500, "a second later");
  });

  test("what is no answer, and what says no time", () => {
    answer(0xee000000);
    expect<Reply>(ntp.read(p, 47, STAMP)).toBe(Reply.MALFORMED);
    expect<Reply>(ntp.read(p, 48, STAMP + 1)).toBe(Reply.MISMATCH);
    for (let first = 0; first < 256; first++) {
      answer(0xee000000);
      store<u8>(p, <u8>first);
      const version = (first >>> 3) & 7;
      const ours = (first & 7) == 4 && version >= 1 && version <= 4;
      expect<Reply>(ntp.read(p, 48, STAMP)).toBe(!ours ? Reply.MISMATCH : first >>> 6 == 3 ? Reply.UNSYNCHRONISED : Reply.TIME, first.toString());
    }
    answer(0xee000000);
    put64(p + 40, 0);
    expect<Reply>(ntp.read(p, 48, STAMP)).toBe(Reply.MALFORMED);
    answer(0xee000000);
    store<u8>(p + 1, 16);
    expect<Reply>(ntp.read(p, 48, STAMP)).toBe(Reply.UNSYNCHRONISED);
  });

  test("kiss of death: letters at stratum 0; INIT and STEP only wait", () => {
    const codes: u32[] = [0x44454e59, 0x52535452, 0x52415445, 0x494e4954, 0x53544550, 0, 0x44454e20];
    for (let i = 0; i < codes.length; i++) {
      answer(0xee000000);
      store<u8>(p + 1, 0);
      put32(p + 12, codes[i]);
      expect<Reply>(ntp.read(p, 48, STAMP)).toBe(i < 3 ? Reply.KISS : Reply.UNSYNCHRONISED, i.toString());
      if (i < 3) expect<bool>(ntp.isRate()).toBe(i == 2);
    }
  });
});
