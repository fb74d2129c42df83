/** `clock set`, `clock timezone`, `clock summer-time`, `show clock`. */
import * as calendar from "../../util/calendar";
import * as clock from "../../util/clock";
import { Source } from "../../util/clock";
import { Text } from "../../util/text";
import { Change, ZONE_NAME_MAX } from "../../util/zone";
import * as zone from "../../util/zone";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as words from "../words";

const MONTHS = "(january|february|march|april|may|june|july|august|september|october|november|december)";
const YEAR_MIN: u32 = 1993;

export function rows(): void {
  row("ue:show clock [detail]", show);
  row("e:clock set <0-4294967295>", setSeconds);
  row("e:clock set WORD (<1-31> " + MONTHS + "|" + MONTHS + " <1-31>) <1993-2105>", set);
  row("c:clock timezone~ WORD WORD [<0-59>]", timezone);
  row("c:clock summer-time~ WORD (recurring [LINE]|date LINE)", summerTime);
}

/** A time of day, HH:MM or HH:MM:SS, in seconds of the day to `words.value`. */
function parseTime(p: usize, len: u32, withSeconds: bool): bool {
  let fields: u32 = 0;
  let digits: u32 = 0;
  let n: u32 = 0;
  let total: u32 = 0;
  for (let i: u32 = 0; i <= len; i++) {
    const c = i < len ? <u32>load<u8>(p + i) : 58;
    if (c == 58) {
      if (digits == 0 || fields == 3 || n > <u32>(fields ? 59 : 23)) return false;
      total = total * 60 + n;
      fields++;
      n = digits = 0;
    } else {
      if (c - 48 > 9 || ++digits > 2) return false;
      n = n * 10 + (c - 48);
    }
  }
  timeOfDay = fields == 2 ? total * 60 : total;
  return withSeconds ? fields == 3 : fields == 2;
}
let timeOfDay: u32 = 0;

function setSeconds(no: bool): bool {
  clock.setWall(matcher.number(matcher.base + 2));
  return true;
}

function set(no: bool): bool {
  const k = matcher.base + 2;
  if (!parseTime(words.word(k), words.wordLen(k), true)) {
    refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no time of day: HH:MM:SS is allowed, from 00:00:00 to 23:59:59.");
    nl();
    return false;
  }
  return setDate(k + 1, timeOfDay);
}

/** Whether word `k` is the month of a pair of day and month. */
function monthIsFirst(k: u32): bool {
  return !words.isDigits(words.word(k), words.wordLen(k));
}

function setDate(k: u32, time: u32): bool {
  const first = monthIsFirst(k);
  const m = monthAt(first ? k : k + 1);
  const d = matcher.number(first ? k + 1 : k);
  const y = matcher.number(k + 2);
  if (d > calendar.lengthOf(y, m)) return noSuchDay(d, m, y);
  clock.setWall(zone.utc(calendar.seconds(y, m, d, 0, 0, time)));
  return true;
}

/** The month at word `k`, which may be cut short to what only it begins with. */
function monthAt(k: u32): u32 {
  for (let m: u32 = 1; m <= 12; m++) if (matcher.isKeyword(k, monthName(m))) return m;
  return 1;
}

function monthName(m: u32): string {
  switch (m) {
    case 1: return "january";
    case 2: return "february";
    case 3: return "march";
    case 4: return "april";
    case 5: return "may";
    case 6: return "june";
    case 7: return "july";
    case 8: return "august";
    case 9: return "september";
    case 10: return "october";
    case 11: return "november";
    default: return "december";
  }
}

function noSuchDay(d: u32, m: u32, y: u32): bool {
  calendar.putMonth(refuse(""), m).char(32).u32(d).put(" is no day of ").u32(y).char(46);
  nl();
  return false;
}

function named(k: u32): bool {
  if (words.wordLen(k) <= ZONE_NAME_MAX) return true;
  refuse("").escaped(words.word(k), words.wordLen(k)).put(" is too long for the name of a zone: up to ").u32(ZONE_NAME_MAX).put(" characters are allowed.");
  nl();
  return false;
}

function timezone(no: bool): bool {
  if (no) {
    zone.set(0, 0, 0);
    return true;
  }
  const k = matcher.base + 2;
  if (!named(k)) return false;
  const p = words.word(k + 1);
  const len = words.wordLen(k + 1);
  const west = load<u8>(p) == 45;
  if (!words.parseNumber(p + (west ? 1 : 0), west ? len - 1 : len) || words.value > 23) {
    refuse("").escaped(p, len).put(" is no number of hours: -23 to 23 is allowed.");
    nl();
    return false;
  }
  let minutes = <i32>words.value * 60;
  if (matcher.argCount() > k + 2) minutes += <i32>matcher.number(k + 2);
  zone.set(words.word(k), words.wordLen(k), west ? -minutes : minutes);
  return true;
}

const WRONG = "Summer time is `recurring` (first|last|1-4) DAY MONTH HH:MM (first|last|1-4) DAY MONTH HH:MM [MINUTES], or `date` D MONTH YYYY HH:MM D MONTH YYYY HH:MM [MINUTES].";
/** What has been read, and is in force only when all has been. */
let begins: Change = changetype<Change>(0);
let ends: Change = changetype<Change>(0);

export function init(): void {
  begins = new Change();
  ends = new Change();
}

function readNumber(k: u32): u32 {
  return words.parseNumber(words.word(k), words.wordLen(k)) ? words.value : 0;
}

/** `last Sun Oct 3:00`, from word `k` on. */
function readRecurring(change: Change, k: u32): bool {
  const p = words.word(k);
  const letter = words.lower(<u32>load<u8>(p));
  const week: u32 = letter == 108 ? 5 : letter == 102 ? 1 : readNumber(k);
  const weekday = calendar.weekdayNamed(words.word(k + 1), words.wordLen(k + 1));
  const m = calendar.monthOf(words.word(k + 2), words.wordLen(k + 2));
  if (week < 1 || week > 5 || weekday > 6 || m == 0 || !parseTime(words.word(k + 3), words.wordLen(k + 3), false)) return false;
  change.set(week, weekday, m, timeOfDay / 60);
  return true;
}

/** `29 March 2026 2:00` or `March 29 2026 2:00`, from word `k` on. */
function readDate(change: Change, k: u32): bool {
  const first = monthIsFirst(k);
  const at = first ? k : k + 1;
  const m = calendar.monthOf(words.word(at), words.wordLen(at));
  const d = readNumber(first ? k + 1 : k);
  const y = readNumber(k + 2);
  if (m == 0 || y < YEAR_MIN || y > 2105 || d < 1 || d > calendar.lengthOf(y, m) || !parseTime(words.word(k + 3), words.wordLen(k + 3), false)) return false;
  change.year = y;
  change.month = m;
  change.day = d;
  change.minute = timeOfDay / 60;
  return true;
}

function summerTime(no: bool): bool {
  if (no) {
    zone.setSummer(0, 0, 0);
    return true;
  }
  const k = matcher.base + 2;
  if (!named(k)) return false;
  const recurring = matcher.isKeyword(k + 1, "recurring");
  const count = words.wordCount() - (k + 2);
  let minutes: u32 = 60;
  if (count == 0) {
    // The law of the United States, which is IOS's default.
    begins.set(2, 0, 3, 120);
    ends.set(1, 0, 11, 120);
  } else {
    if (count != 8 && count != 9) return refused(WRONG);
    for (let half: u32 = 0; half < 2; half++) {
      const change = half ? ends : begins;
      if (!(recurring ? readRecurring(change, k + 2 + 4 * half) : readDate(change, k + 2 + 4 * half))) return refused(WRONG);
    }
    if (count == 9) {
      minutes = readNumber(k + 10);
      if (minutes < 1 || minutes > 1440) {
        refuse("").escaped(words.word(k + 10), words.wordLen(k + 10)).put(" is out of range: 1 to 1440 minutes are allowed.");
        nl();
        return false;
      }
    }
  }
  zone.begins.copy(begins);
  zone.ends.copy(ends);
  if (recurring) zone.begins.year = zone.ends.year = 0;
  zone.setSummer(words.word(k), words.wordLen(k), minutes);
  return true;
}

function putChange(change: Change): void {
  if (change.year) calendar.putMonth(out.char(32).u32(change.day).char(32), change.month).char(32).u32(change.year);
  else {
    out.char(32);
    if (change.week == 5) out.put("last");
    else out.u32(change.week);
    calendar.putMonth(calendar.putWeekday(out.char(32), change.weekday).char(32), change.month);
  }
  out.char(32).u32(change.minute / 60).char(58).padded(change.minute % 60, 2);
}

/** The lines of the configuration. */
export function write(): void {
  if (zone.configured()) {
    const minutes = <u32>abs(zone.offset);
    zone.putName(out.put("clock timezone ")).char(32);
    if (zone.offset < 0) out.char(45);
    out.u32(minutes / 60).char(32).u32(minutes % 60);
    nl();
  }
  if (!zone.ahead) return;
  zone.putSummerName(out.put("clock summer-time ")).put(zone.begins.year ? " date" : " recurring");
  putChange(zone.begins);
  putChange(zone.ends);
  if (zone.ahead != 60) out.char(32).u32(zone.ahead);
  nl();
}

/** `12:34:56.789 UTC Tue Feb 3 2026`, in the zone of the clock. @param milliseconds since 1970 */
export function putClock(text: Text, milliseconds: u64): Text {
  const utc = milliseconds / 1000;
  const local = zone.local(utc);
  calendar.split(local);
  calendar.putTime(text).char(46).padded(<u32>(milliseconds % 1000), 3).char(32);
  zone.putNameAt(text, utc).char(32);
  calendar.split(local);
  calendar.putWeekday(text, calendar.weekday).char(32);
  return calendar.putMonth(text, calendar.month).char(32).u32(calendar.day).char(32).u32(calendar.year);
}

function show(no: bool): bool {
  const mark = clock.mark();
  if (mark) out.char(mark);
  putClock(out, clock.shown());
  nl();
  if (matcher.find("detail") == 0xffffffff) return true;
  switch (clock.source) {
    case Source.HOST:
      say("Time source is hardware calendar");
      break;
    case Source.USER:
      say("Time source is user configuration");
      break;
    case Source.NTP:
      say("Time source is NTP");
      break;
    default:
      say("No time source");
  }
  return true;
}
