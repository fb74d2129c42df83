// Alarms: whoever is due first comes first, whatever was set, moved and taken back before.
import { Alarms } from "../../../assembly/util/alarms";
import * as clock from "../../../assembly/util/clock";
import { NEVER } from "../../../assembly/util/deadline";

const SIZE: u32 = 200;
const times = new StaticArray<u64>(<i32>SIZE);
let alarms: Alarms = changetype<Alarms>(0);
let state: u32 = 1;

function random(): u32 {
  state = state * 1664525 + 1013904223;
  return state >>> 8;
}

/** The slot that is due first by a look at all; -1: none is. */
function first(): i32 {
  let best = -1;
  for (let i = 0; i < <i32>SIZE; i++) if (times[i] != NEVER && (best < 0 || times[i] < times[best])) best = i;
  return best;
}

beforeEach(() => {
  clock.init(0, 0);
  alarms = new Alarms(SIZE);
  for (let i = 0; i < <i32>SIZE; i++) times[i] = NEVER;
});

describe("alarms", () => {
  test("none is due where there is none", () => {
    expect(alarms.next()).toBe(-1);
    expect(alarms.deadline.at).toBe(NEVER);
    expect(alarms.timeOf(3)).toBe(NEVER);
  });

  test("arming again moves one forward only; setting moves it anywhere", () => {
    alarms.arm(5, 100);
    alarms.arm(5, 200);
    expect(alarms.timeOf(5)).toBe(100);
    alarms.arm(5, 50);
    expect(alarms.deadline.at).toBe(50);
    alarms.set(5, 300);
    expect(alarms.deadline.at).toBe(300);
    alarms.set(5, NEVER);
    alarms.set(5, NEVER);
    expect(alarms.deadline.at).toBe(NEVER);
  });

  test("of equals the lowest slot comes first, each once", () => {
    for (let slot: u32 = 9; slot > 0; slot--) alarms.arm(slot, 0);
    for (let slot = 1; slot < 10; slot++) expect(alarms.next()).toBe(slot);
    expect(alarms.next()).toBe(-1);
  });

  test("not before its time", () => {
    const start = clock.now();
    alarms.arm(1, start + 10);
    clock.set(9);
    expect(alarms.next()).toBe(-1);
    clock.set(10);
    expect(alarms.next()).toBe(1);
  });

  test("the earliest is the one that a look at all finds, whatever was done before", () => {
    clock.set(100000);
    let wrong = 0;
    for (let n = 0; n < 30000; n++) {
      const slot = random() % SIZE;
      const what = random() % 8;
      if (what == 0) {
        const due = first();
        if (alarms.next() != due) wrong++;
        if (due >= 0) times[due] = NEVER;
      } else if (what == 1) {
        alarms.set(slot, NEVER);
        times[slot] = NEVER;
      } else if (what < 5) {
        const t = <u64>(random() % 1000);
        alarms.arm(slot, t);
        if (t < times[slot]) times[slot] = t;
      } else {
        times[slot] = <u64>(random() % 1000);
        alarms.set(slot, times[slot]);
      }
      const due = first();
      if (alarms.deadline.at != (due < 0 ? NEVER : times[due]) || alarms.timeOf(slot) != times[slot]) wrong++;
    }
    expect(wrong).toBe(0);
  });
});
