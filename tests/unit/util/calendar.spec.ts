// Dates: seconds to fields and back over two centuries, months' lengths, days of the week; zones with summer time north and south.
import * as calendar from "../../../assembly/util/calendar";
import { Change } from "../../../assembly/util/zone";
import * as zone from "../../../assembly/util/zone";

const name: usize = memory.data(4, 4);

describe("dates", () => {
  test("there and back, every 12 hours and 7 seconds of 150 years", () => {
    let bad: u32 = 0;
    for (let t: u64 = 0; t < 4733510400; t += 43207) {
      calendar.split(t);
      if (calendar.seconds(calendar.year, calendar.month, calendar.day, calendar.hour, calendar.minute, calendar.second) != t) bad++;
      if (calendar.day > calendar.lengthOf(calendar.year, calendar.month)) bad++;
    }
    expect(bad).toBe(0);
  });

  test("leap days and the days of the week", () => {
    expect(calendar.lengthOf(2000, 2)).toBe(29);
    expect(calendar.lengthOf(2100, 2)).toBe(28);
    expect(calendar.lengthOf(2028, 2)).toBe(29);
    calendar.split(1014940800);
    expect(calendar.year).toBe(2002);
    expect(calendar.month).toBe(3);
    expect(calendar.day).toBe(1);
    expect(calendar.weekday).toBe(5);
  });
});

describe("zones", () => {
  beforeEach(() => {
    zone.init();
  });

  test("summer in the south begins in one year and ends in the next", () => {
    zone.set(name, 3, 600);
    zone.begins.set(1, 0, 10, 120);
    zone.ends.set(1, 0, 4, 180);
    zone.setSummer(name, 3, 60);
    expect(zone.isSummer(calendar.seconds(2026, 1, 15, 0, 0, 0))).toBe(true);
    expect(zone.isSummer(calendar.seconds(2026, 7, 15, 0, 0, 0))).toBe(false);
    // 5 April 2026, 3:00 of summer time, which is 16:00 UTC of the day before.
    expect(zone.isSummer(calendar.seconds(2026, 4, 4, 15, 59, 59))).toBe(true);
    expect(zone.isSummer(calendar.seconds(2026, 4, 4, 16, 0, 0))).toBe(false);
  });

  test("what clocks show and what it is in UTC, there and back through a year", () => {
    zone.set(name, 3, -210);
    zone.begins.set(2, 0, 3, 120);
    zone.ends.set(1, 0, 11, 120);
    zone.setSummer(name, 3, 60);
    let bad: u32 = 0;
    for (let t: u64 = 1767225600; t < 1798761600; t += 1801) {
      const back = zone.utc(zone.local(t));
      // Of the hour that comes twice, the first is meant.
      if (back != t && back != t - 3600) bad++;
    }
    expect(bad).toBe(0);
  });

  test("a week that a month does not have is its last", () => {
    const change = new Change();
    change.set(5, 0, 3, 0);
    expect(change.at(2026)).toBe(calendar.seconds(2026, 3, 29, 0, 0, 0));
    change.set(5, 1, 3, 0);
    expect(change.at(2026)).toBe(calendar.seconds(2026, 3, 30, 0, 0, 0));
  });
});
