/** The zone that times are shown in: `clock timezone` and `clock summer-time`. Everything is kept and compared in UTC. */
import * as calendar from "./calendar";
import { Text } from "./text";

export const ZONE_NAME_MAX: u32 = 7;

/** When summer time begins or ends. */
export class Change {
  /** Of a date; 0: every year. */
  year: u32 = 0;
  month: u32 = 0;
  /** Of a date. */
  day: u32 = 0;
  /** Of every year: which one in the month, 1 to 4; 5: the last. */
  week: u32 = 0;
  weekday: u32 = 0;
  /** Minutes of the day, in the time that is in force before. */
  minute: u32 = 0;

  set(week: u32, weekday: u32, month: u32, minute: u32): void {
    this.year = this.day = 0;
    this.week = week;
    this.weekday = weekday;
    this.month = month;
    this.minute = minute;
  }

  copy(from: Change): void {
    this.set(from.week, from.weekday, from.month, from.minute);
    this.year = from.year;
    this.day = from.day;
  }

  /** Seconds since 1970 of it in year `y`, in the time that is in force before. */
  at(y: u32): u64 {
    if (this.year) return calendar.seconds(this.year, this.month, this.day, 0, this.minute, 0);
    const first = calendar.daysOf(y, this.month, 1);
    let d: u32 = 1 + ((7 + this.weekday - calendar.weekdayOf(first)) % 7) + 7 * (this.week - 1);
    while (d > calendar.lengthOf(y, this.month)) d -= 7;
    return calendar.seconds(y, this.month, d, 0, this.minute, 0);
  }
}

const name: usize = memory.data(<i32>ZONE_NAME_MAX, 4);
let nameLen: u32 = 0;
const summerName: usize = memory.data(<i32>ZONE_NAME_MAX, 4);
let summerNameLen: u32 = 0;
/** Minutes east of Greenwich. */
export let offset: i32 = 0;
/** Minutes that summer time is ahead; 0: there is none. */
export let ahead: u32 = 0;
export let begins: Change = changetype<Change>(0);
export let ends: Change = changetype<Change>(0);

export function init(): void {
  nameLen = summerNameLen = 0;
  offset = 0;
  ahead = 0;
  begins = new Change();
  ends = new Change();
}

/** `clock timezone`. @param len at most ZONE_NAME_MAX; 0: UTC again */
export function set(p: usize, len: u32, minutes: i32): void {
  memory.copy(name, p, <usize>len);
  nameLen = len;
  offset = minutes;
}

/** `clock summer-time`, when `begins` and `ends` have been set. @param minutes 0: there is none */
export function setSummer(p: usize, len: u32, minutes: u32): void {
  memory.copy(summerName, p, <usize>len);
  summerNameLen = len;
  ahead = minutes;
}

export function configured(): bool {
  return nameLen != 0;
}

export function putName(text: Text): Text {
  return nameLen ? text.ascii(name, nameLen) : text.put("UTC");
}

export function putSummerName(text: Text): Text {
  return text.ascii(summerName, summerNameLen);
}

/** Whether summer time is in force at a moment, seconds since 1970 in UTC. */
export function isSummer(utc: u64): bool {
  if (!ahead) return false;
  const standard = utc + <u64>(<i64>offset * 60);
  calendar.split(standard);
  const y = calendar.year;
  const from = begins.at(y);
  // Its end is told in summer time.
  const until = ends.at(y) - <u64>(ahead * 60);
  return from < until ? standard >= from && standard < until : standard >= from || standard < until;
}

/** What clocks here show at a moment, as seconds. */
export function local(utc: u64): u64 {
  return utc + <u64>(<i64>offset * 60) + (isSummer(utc) ? <u64>(ahead * 60) : 0);
}

/** The moment at which clocks here show something; of the hour that comes twice, the first. */
export function utc(local: u64): u64 {
  const standard = local - <u64>(<i64>offset * 60);
  const summer = standard - <u64>(ahead * 60);
  return ahead && isSummer(summer) ? summer : standard;
}

/** The name of the time that is in force at a moment. */
export function putNameAt(text: Text, utc: u64): Text {
  return isSummer(utc) ? putSummerName(text) : putName(text);
}
