// Deadlines: the answer of a poll is the first of all that are armed, whoever armed them, and in whatever order.
import { Deadline, NO_DEADLINE, nearest, remaining } from "../../../assembly/util/deadline";
import * as clock from "../../../assembly/util/clock";

const one = new Deadline();
const two = new Deadline();
const three = new Deadline();

describe("deadlines", () => {
  beforeEach(() => {
    clock.init(1000, 0);
    one.reset();
    two.reset();
    three.reset();
  });

  test("none: never", () => {
    expect(nearest()).toBe(NO_DEADLINE);
  });

  test("the first of all, whichever it is, and whichever was armed first", () => {
    const now = clock.now();
    for (let k: u64 = 0; k < 3; k++) {
      one.at = now + 20 + ((k + 0) % 3);
      two.at = now + 20 + ((k + 1) % 3);
      three.at = now + 20 + ((k + 2) % 3);
      expect(nearest()).toBe(20);
    }
    three.reset();
    one.reset();
    two.arm(now + 7);
    two.arm(now + 9);
    expect(nearest()).toBe(7);
    expect(two.remaining()).toBe(7);
  });

  test("one that is due, or was: at once", () => {
    two.arm(clock.now());
    one.arm(clock.now() + 1);
    expect(nearest()).toBe(0);
    clock.set(1005);
    two.reset();
    expect(one.due()).toBe(true);
    expect(nearest()).toBe(0);
  });

  test("a year hence is not never", () => {
    one.arm(clock.now() + 0x100000000);
    expect(nearest()).toBe(0x7fffffff);
    expect(remaining(clock.now() + 0x7fffffff)).toBe(0x7fffffff);
  });
});
