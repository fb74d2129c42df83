/** The Gregorian calendar: seconds since 1970 to a date and back, and how dates are written. */
import { Text } from "./text";

const DAY: u64 = 86400;
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const WEEKDAYS = "SunMonTueWedThuFriSat";

/** What `split` found. The month is 1 to 12, the day of the week 0 (Sunday) to 6. */
export let year: u32 = 0;
export let month: u32 = 0;
export let day: u32 = 0;
export let weekday: u32 = 0;
export let hour: u32 = 0;
export let minute: u32 = 0;
export let second: u32 = 0;

/** Days since 1970 of a date; the year is counted from March, so that leap days are at its end. */
export function daysOf(y: u32, m: u32, d: u32): u64 {
  if (m <= 2) y--;
  const march = m > 2 ? m - 3 : m + 9;
  return <u64>(y * 365 + y / 4 - y / 100 + y / 400 + (153 * march + 2) / 5 + d - 1) - 719468;
}

/** Days that a month has. */
export function lengthOf(y: u32, m: u32): u32 {
  if (m == 2) return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : 28;
  return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

/** The day of the week of a day since 1970, which was a Thursday. */
export function weekdayOf(days: u64): u32 {
  return <u32>((days + 4) % 7);
}

/** Splits seconds since 1970 into the fields above. */
export function split(seconds: u64): void {
  const days = seconds / DAY;
  const z = days + 719468;
  const era = z / 146097;
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const m = (5 * dayOfYear + 2) / 153;
  day = <u32>(dayOfYear - (153 * m + 2) / 5 + 1);
  month = <u32>(m < 10 ? m + 3 : m - 9);
  year = <u32>(yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
  weekday = weekdayOf(days);
  hour = <u32>((seconds / 3600) % 24);
  minute = <u32>((seconds / 60) % 60);
  second = <u32>(seconds % 60);
}

/** Seconds since 1970 of a date and a time of day. */
export function seconds(y: u32, m: u32, d: u32, h: u32, min: u32, s: u32): u64 {
  return daysOf(y, m, d) * DAY + <u64>(h * 3600 + min * 60 + s);
}

function three(text: Text, names: string, n: u32): Text {
  for (let i: u32 = 0; i < 3; i++) text.char(<u32>names.charCodeAt(3 * n + i));
  return text;
}

/** `Jan`. */
export function putMonth(text: Text, m: u32): Text {
  return three(text, MONTHS, m - 1);
}

/** `Mon`. */
export function putWeekday(text: Text, n: u32): Text {
  return three(text, WEEKDAYS, n);
}

function named(names: string, count: u32, p: usize, len: u32): u32 {
  if (len < 3) return 0xffffffff;
  for (let n: u32 = 0; n < count; n++) {
    let i: u32 = 0;
    while (i < 3 && (<u32>load<u8>(p + i) | 32) == (<u32>names.charCodeAt(3 * n + i) | 32)) i++;
    if (i == 3) return n;
  }
  return 0xffffffff;
}

/** The month (1 to 12) that a word begins with three letters of; 0: none. */
export function monthOf(p: usize, len: u32): u32 {
  return named(MONTHS, 12, p, len) + 1;
}

/** The day of the week (0 to 6) that a word begins with three letters of; above: none. */
export function weekdayNamed(p: usize, len: u32): u32 {
  return named(WEEKDAYS, 7, p, len);
}

/** `12:34:56`. */
export function putTime(text: Text): Text {
  return text.padded(hour, 2).char(58).padded(minute, 2).char(58).padded(second, 2);
}

/** `2026-01-31T12:34:56.789Z` (RFC 3339). */
export function putStamp(text: Text, milliseconds: u64): Text {
  split(milliseconds / 1000);
  text.padded(year, 4).char(45).padded(month, 2).char(45).padded(day, 2).char(84);
  return putTime(text).char(46).padded(<u32>(milliseconds % 1000), 3).char(90);
}
