/**
 * Dates of certificates and CRLs (RFC 5280, 4.1.2.5): UTCTime is `YYMMDDHHMMSSZ` of the years 1950 to 2049, GeneralizedTime
 * `YYYYMMDDHHMMSSZ`; seconds are always there, fractions and other zones never. Here they are seconds since 1970; what is
 * before counts as 0, which is as long ago as anybody asks.
 */
import { Text } from "../util/text";
import { Tag } from "./der";

/** What `parse` returns for what is no date. */
export const BAD: u64 = u64.MAX_VALUE;

const DAY: u64 = 86400;

/** Days from 1 March 0000 to a day, in the Gregorian calendar; the year begins in March, so leap days are at its end. */
// @ts-ignore: decorator
@inline
function days(year: u32, month: u32, day: u32): u32 {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

const EPOCH: u32 = 719468;

function lengthOf(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Two digits, or a number above 99. */
function two(p: usize): u32 {
  const tens = <u32>load<u8>(p) - 48;
  const ones = <u32>load<u8>(p + 1) - 48;
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

/** Seconds since 1970 of the content of a UTCTime or a GeneralizedTime, or BAD. */
export function parse(tag: u32, p: usize, len: u32): u64 {
  let year: u32;
  if (tag == Tag.UTC_TIME && len == 13) {
    const y = two(p);
    if (y > 99) return BAD;
    year = y < 50 ? 2000 + y : 1900 + y;
    p += 2;
  } else if (tag == Tag.GENERALIZED_TIME && len == 15) {
    const century = two(p);
    const y = two(p + 2);
    if (century > 99 || y > 99) return BAD;
    year = century * 100 + y;
    p += 4;
  } else return BAD;
  const month = two(p);
  const day = two(p + 2);
  const hour = two(p + 4);
  const minute = two(p + 6);
  const second = two(p + 8);
  if (load<u8>(p + 10) != 0x5a || month - 1 > 11 || hour > 23 || minute > 59 || second > 59) return BAD;
  if (day - 1 >= lengthOf(year, month)) return BAD;
  if (year < 1970) return 0;
  return <u64>(days(year, month, day) - EPOCH) * DAY + <u64>(hour * 3600 + minute * 60 + second);
}

/** `2026-11-29 09:02:44 UTC`. Seconds up to the end of the year 9999. */
export function write(text: Text, seconds: u64): void {
  const z = <u32>(seconds / DAY) + EPOCH;
  const rest = <u32>(seconds % DAY);
  const era = z / 146097;
  const ofEra = z - era * 146097;
  const y = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * y + y / 4 - y / 100);
  const m = (5 * ofYear + 2) / 153;
  const day = ofYear - (153 * m + 2) / 5 + 1;
  const month = m < 10 ? m + 3 : m - 9;
  const year = y + era * 400 + (month <= 2 ? 1 : 0);
  text.padded(year, 4).char(45).padded(month, 2).char(45).padded(day, 2).char(32);
  text.padded(rest / 3600, 2).char(58).padded((rest / 60) % 60, 2).char(58).padded(rest % 60, 2).put(" UTC");
}
