// Budgets: a burst at once, one more for each pause, to the millisecond, and never more than the burst.
import { Budget } from "../../../assembly/util/budget";
import * as clock from "../../../assembly/util/clock";

let at: u32 = 0;

function pass(milliseconds: u32): void {
  clock.set((at += milliseconds));
}

/** How many there are at present; they are spent. */
function all(budget: Budget): u32 {
  let n: u32 = 0;
  while (n < 1000 && budget.take()) n++;
  return n;
}

describe("budgets", () => {
  beforeEach(() => {
    clock.init((at = 5), 0);
  });

  test("the burst is there from the first moment on, and after any rest", () => {
    const budget = new Budget(20, 20);
    expect(all(budget)).toBe(20);
    expect(budget.left()).toBe(false);
    pass(19);
    expect(all(budget)).toBe(0);
    pass(1);
    expect(all(budget)).toBe(1);
    pass(59);
    expect(all(budget)).toBe(2);
    pass(1);
    expect(all(budget)).toBe(1, "what has passed of a pause is not lost");
    pass(399);
    expect(all(budget)).toBe(19);
    pass(1000000);
    expect(all(budget)).toBe(20);
  });

  test("what is looked at is not spent", () => {
    const budget = new Budget(1, 1000);
    expect(budget.left() && budget.left()).toBe(true);
    budget.spend();
    expect(budget.left()).toBe(false);
    pass(999);
    expect(budget.take()).toBe(false);
    pass(1);
    expect(budget.take()).toBe(true);
    expect(budget.take()).toBe(false);
    budget.reset();
    expect(budget.take()).toBe(true);
  });
});
