/** Real time for the host: milliseconds since it started, seconds since 1970, and entropy of the operating system. */
import { randomFillSync } from "node:crypto";

const origin = performance.now();

/** Whole milliseconds since the host started; never goes back. */
export const now = (): number => Math.floor(performance.now() - origin);

/** Seconds since 1970. */
export const wall = (): number => Math.floor(Date.now() / 1000);

/** Nanoseconds since 1970, for captures; as even as the monotonic clock. */
export const wallNanoseconds = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;

/** Fills with the operating system's entropy. Returns the bytes written; 0 when there is none. */
export function entropy(into: Uint8Array): number {
  try {
    randomFillSync(into);
    return into.length;
  } catch {
    return 0;
  }
}
