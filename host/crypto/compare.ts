/** The comparison of secrets. */
import { octets } from "./check.ts";
import { within } from "./core.ts";

/** Octets of what is compared at most. */
const MOST = 65536;

/** Whether two secrets are equal: the time tells nothing about where they differ. Their lengths are public; at most 65536 octets. */
export function ctEqual(a: Uint8Array, b: Uint8Array): boolean {
  octets("the first secret", a, 0, MOST);
  octets("the second secret", b, 0, MOST);
  return a.length === b.length && within((room) => room.call("ctEqual", room.put(a), room.put(b), a.length)) === 1;
}
