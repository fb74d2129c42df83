/**
 * What the verbs of this room answer, and the one number that says that the configuration has changed: whoever compiled
 * something from it compares `revision` with the one it saw.
 */

/** Why a setting was refused. */
export const enum Refusal {
  NONE = 0,
  /** longer than NAME_MAX, or empty */
  NAME,
  NOT_FOUND,
  /** a pool is used up */
  FULL,
  /** a wildcard mask that is not zeros, then ones, in a list that a crypto map matches */
  WILDCARD,
  /** a port with a protocol that has none, or port 0 */
  PORT,
  /** a range of addresses that ends before it begins */
  RANGE,
  DUPLICATE_SEQUENCE,
  DUPLICATE_LINE,
  /** a peer that no station can be */
  ADDRESS,
  TOO_MANY,
  IN_USE,
  LIFETIME,
  WINDOW,
  /** the entry exists with another action */
  ACTION,
  /** what no selector says, in a list that a crypto map matches: other ports than one, what lies behind ports, a group of several entries */
  SELECTOR_PORTS,
  SELECTOR,
  SELECTOR_GROUP,
  /** a standard list, for a crypto map */
  STANDARD,
  /** a range of ports that ends before it begins */
  PORT_RANGE,
  /** beyond the highest sequence number */
  SEQUENCE,
}

/** One sentence for people. */
export function refusalText(refusal: Refusal): string {
  switch (refusal) {
    case Refusal.NAME: return "The name is too long: at most 48 characters are allowed.";
    case Refusal.NOT_FOUND: return "There is nothing of that name or number.";
    case Refusal.FULL: return "There is no room left for another one.";
    case Refusal.WILDCARD: return "A crypto map can only match wildcard masks that are zeros followed by ones.";
    case Refusal.PORT: return "A port from 1 to 65535 is allowed with tcp and udp only.";
    case Refusal.RANGE: return "The second address of a range is the higher one.";
    case Refusal.DUPLICATE_SEQUENCE: return "There is a line with that sequence number already.";
    case Refusal.DUPLICATE_LINE: return "The list has that line already.";
    case Refusal.ADDRESS: return "No station can have that address.";
    case Refusal.TOO_MANY: return "There are too many of them.";
    case Refusal.IN_USE: return "It is in use.";
    case Refusal.LIFETIME: return "A lifetime is 30 to 2592000 seconds, or 2560 to 4294967295 kilobytes.";
    case Refusal.WINDOW: return "The window is 32, 64, 128, 256, 512 or 1024 packets.";
    case Refusal.ACTION: return "The entry exists with another action.";
    case Refusal.SELECTOR_PORTS: return "A crypto map can only match any port or one, `eq PORT`, on each side: write a line for each port.";
    case Refusal.SELECTOR: return "A crypto map can match neither `established` nor `fragments` nor types of ICMP.";
    case Refusal.SELECTOR_GROUP: return "A crypto map can only match an object group of one entry: write a line for each.";
    case Refusal.STANDARD: return "A crypto map matches extended access lists only: a standard one says nothing of destinations.";
    case Refusal.PORT_RANGE: return "The second port of a range is the higher one.";
    case Refusal.SEQUENCE: return "A sequence number is 2147483647 at the most.";
    default: return "";
  }
}

/** Changes with every change of access lists, crypto maps or bindings. Starts at 1. */
export let revision: u32 = 1;

export function touch(): void {
  revision++;
}
