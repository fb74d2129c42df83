/**
 * Waiting for what has to come. The bound is patience, not a measure: it is reached only by what never comes, however busy the
 * machine is.
 */
import { setImmediate, setTimeout } from "node:timers/promises";

/** Waits until `check` answers something true, and returns that; throws with `what` after `ms`. */
export async function until<T>(what: string, check: () => T | undefined | false | Promise<T | undefined | false>, ms = 120_000): Promise<T> {
  for (const end = Date.now() + ms; ; await setTimeout(10)) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
  }
}

/** Lets everything that is due in this process have its turn, some turns long: for what must not come. */
export async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}
