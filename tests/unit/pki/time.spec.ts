import { Tag } from "../../../assembly/pki/der";
import * as time from "../../../assembly/pki/time";
import { putString } from "../../../assembly/util/bytes";
import { Text } from "../../../assembly/util/text";

const p: usize = memory.data(64, 8);
const text = new Text(64);

function utc(s: string): u64 {
  return time.parse(Tag.UTC_TIME, p, putString(p, s));
}
function general(s: string): u64 {
  return time.parse(Tag.GENERALIZED_TIME, p, putString(p, s));
}
function written(seconds: u64): string {
  time.write(text.clear(), seconds);
  return String.UTF8.decodeUnsafe(text.base, text.len);
}

describe("dates of certificates", () => {
  test("UTCTime is of 1950 to 2049, GeneralizedTime of every year", () => {
    expect<u64>(utc("700101000000Z")).toBe(0);
    expect<u64>(utc("500101000000Z")).toBe(0);
    expect<u64>(utc("250601123456Z")).toBe(1748781296);
    expect<u64>(utc("491231235959Z")).toBe(2524607999);
    expect<u64>(general("20500101000000Z")).toBe(2524608000);
    expect<u64>(general("99991231235959Z")).toBe(253402300799);
    expect<u64>(general("00010101000000Z")).toBe(0);
  });
  test("days that there are, and those that there are not", () => {
    expect<u64>(general("20240229000000Z")).toBe(1709164800);
    expect<u64>(general("20000229000000Z")).toBe(951782400);
    expect<u64>(general("20250229000000Z")).toBe(time.BAD);
    expect<u64>(general("21000229000000Z")).toBe(time.BAD);
    expect<u64>(utc("250431000000Z")).toBe(time.BAD);
    expect<u64>(utc("250001000000Z")).toBe(time.BAD);
    expect<u64>(utc("251301000000Z")).toBe(time.BAD);
    expect<u64>(utc("250100000000Z")).toBe(time.BAD);
    expect<u64>(utc("250101240000Z")).toBe(time.BAD);
    expect<u64>(utc("250101006000Z")).toBe(time.BAD);
    expect<u64>(utc("250101000060Z")).toBe(time.BAD);
  });
  test("other forms are none", () => {
    expect<u64>(utc("2501010000Z")).toBe(time.BAD);
    expect<u64>(utc("250101000000 ")).toBe(time.BAD);
    expect<u64>(utc("25010100000+Z")).toBe(time.BAD);
    expect<u64>(utc("2501010000000Z")).toBe(time.BAD);
    expect<u64>(general("20250101000000")).toBe(time.BAD);
    expect<u64>(general("250101000000Z")).toBe(time.BAD);
    expect<u64>(time.parse(Tag.INTEGER, p, putString(p, "250101000000Z"))).toBe(time.BAD);
  });
  test("a date is written as it was read", () => {
    expect(written(0)).toBe("1970-01-01 00:00:00 UTC");
    expect(written(1748781296)).toBe("2025-06-01 12:34:56 UTC");
    expect(written(951782400)).toBe("2000-02-29 00:00:00 UTC");
    expect(written(253402300799)).toBe("9999-12-31 23:59:59 UTC");
    for (let day: u64 = 0; day < 60000; day += 331) {
      const s = written(day * 86400 + 3661);
      const digits = s.slice(0, 4) + s.slice(5, 7) + s.slice(8, 10) + s.slice(11, 13) + s.slice(14, 16) + s.slice(17, 19) + "Z";
      expect<u64>(general(digits)).toBe(day * 86400 + 3661);
    }
  });
});
