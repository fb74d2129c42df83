/**
 * Route maps: `route-map NAME permit|deny SEQUENCE`, with lists that `match ip address` names and interfaces that `match interface`
 * names. The first entry that matches decides; behind the last one stands a deny. What a list denies is no match, and the next
 * entry is asked. An entry without a match matches everything. What an entry sets is policy routing's (net/policy_route.ts).
 *
 * Lists are found by name when the configuration has changed. One that is missing or empty matches nothing and everything: whoever
 * asks is told (`Verdict.BROKEN`), and shuts what the map was to decide about.
 */
import { NAME_MAX, ROUTE_MAP_ENTRIES } from "../limits";
import { equal } from "../util/bytes";
import { Pool } from "../util/pool";
import * as lists from "./access_list";
import { AccessList, LineAction } from "./access_list";
import * as match from "./match";
import { Refusal, revision, touch } from "./setting";

export const LISTS_MAX: u32 = 4;
/** Octets of a list's name, its length before it. */
const NAMED: u32 = NAME_MAX + 4;

/** What a route map, or a list, says of a flow. */
export const enum Verdict {
  DENY = 0,
  PERMIT,
  /** a list that it names is missing or empty */
  BROKEN,
}

@unmanaged
export class RouteMapEntry {
  /** By name, then sequence; of the whole table. */
  next: RouteMapEntry | null;
  sequence: u32;
  nameLen: u32;
  listCount: u32;
  /** A bit for each interface; 0: no `match interface`. */
  interfaces: u64;
  /** `lists/setting.revision` that the lists below were found under. */
  seen: u32;
  permit: bool;
  list0: usize;
  list1: usize;
  list2: usize;
  list3: usize;
  /** Of policy routing (net/policy_route.ts): stations, 0: none; interfaces, their number and 1, 0: none. */
  nextHop0: u32;
  nextHop1: u32;
  defaultHop: u32;
  interface0: u8;
  interface1: u8;
  defaultInterface: u8;
  /** What becomes of "don't fragment", and 1; 0: nothing. */
  df: u8;
  /** It looks at what there is not here, by its number and 1 (cli/commands/route_map.ts): whether it fits is not known. 0: it does not. */
  foreign: u8;

  get name(): usize {
    return changetype<usize>(this) + offsetof<RouteMapEntry>();
  }

  /** Name of list `i`, its length in the word before it. */
  listName(i: u32): usize {
    return this.name + NAME_MAX + i * NAMED + 4;
  }

  listNameLen(i: u32): u32 {
    return load<u32>(this.listName(i) - 4);
  }

  /** List `i` as it is now; null: it is missing. */
  list(i: u32): AccessList | null {
    if (this.seen != revision) this.findLists();
    return changetype<AccessList | null>(load<usize>(changetype<usize>(this) + offsetof<RouteMapEntry>("list0") + ((<usize>i) << 2)));
  }

  private findLists(): void {
    for (let i: u32 = 0; i < this.listCount; i++) {
      const found = lists.find(this.listName(i), this.listNameLen(i));
      store<usize>(changetype<usize>(this) + offsetof<RouteMapEntry>("list0") + ((<usize>i) << 2), changetype<usize>(found));
    }
    this.seen = revision;
  }

  isNamed(name: usize, len: u32): bool {
    return this.nameLen == len && equal(this.name, name, len);
  }
}

let pool = changetype<Pool<RouteMapEntry>>(0);
let first: RouteMapEntry | null = null;

export function init(): void {
  pool = new Pool<RouteMapEntry>("route map entries", ROUTE_MAP_ENTRIES, NAME_MAX + LISTS_MAX * NAMED);
  first = null;
}

/** The first entry of all, each map's together and in order; the others by `next`. */
export function entries(): RouteMapEntry | null {
  return first;
}

/** The first entry of a map; null: there is no such map. */
export function find(name: usize, len: u32): RouteMapEntry | null {
  let entry = first;
  while (entry && !entry.isNamed(name, len)) entry = entry.next;
  return entry;
}

/** The entry of a map with that number; null: there is none. */
export function entryOf(name: usize, len: u32, sequence: u32): RouteMapEntry | null {
  let entry = find(name, len);
  while (entry && entry.isNamed(name, len) && entry.sequence != sequence) entry = entry.next;
  return entry && entry.isNamed(name, len) ? entry : null;
}

/** Makes an entry, or gives the one that is there the action. */
export function set(name: usize, len: u32, sequence: u32, permit: bool): Refusal {
  if (len == 0 || len > NAME_MAX) return Refusal.NAME;
  let entry = entryOf(name, len, sequence);
  if (!entry) {
    entry = pool.take();
    if (!entry) return Refusal.FULL;
    entry.nameLen = len;
    entry.sequence = sequence;
    memory.copy(entry.name, name, <usize>len);
    let before: RouteMapEntry | null = null;
    let after = first;
    // Behind the map's entries of lower numbers, or behind all where the map is new.
    let known = false;
    while (after) {
      const own = after.isNamed(name, len);
      if ((known && !own) || (own && after.sequence > sequence)) break;
      known = own;
      before = after;
      after = after.next;
    }
    entry.next = after;
    if (before) before.next = entry;
    else first = entry;
  }
  entry.permit = permit;
  touch();
  return Refusal.NONE;
}

/** Removes an entry. */
export function remove(entry: RouteMapEntry): void {
  let before: RouteMapEntry | null = null;
  let one = first;
  while (one && one != entry) {
    before = one;
    one = one.next;
  }
  if (before) before.next = entry.next;
  else first = entry.next;
  pool.free(entry);
  touch();
}

/** Adds a list to an entry's; one that it names already stays. */
export function addList(entry: RouteMapEntry, name: usize, len: u32): Refusal {
  if (len == 0 || len > NAME_MAX) return Refusal.NAME;
  for (let i: u32 = 0; i < entry.listCount; i++) if (entry.listNameLen(i) == len && equal(entry.listName(i), name, len)) return Refusal.NONE;
  if (entry.listCount == LISTS_MAX) return Refusal.TOO_MANY;
  const at = entry.listName(entry.listCount++);
  store<u32>(at - 4, len);
  memory.copy(at, name, <usize>len);
  entry.seen = 0;
  touch();
  return Refusal.NONE;
}

/** Takes a list from an entry's. */
export function removeList(entry: RouteMapEntry, name: usize, len: u32): Refusal {
  for (let i: u32 = 0; i < entry.listCount; i++) {
    if (entry.listNameLen(i) != len || !equal(entry.listName(i), name, len)) continue;
    const at = entry.listName(i) - 4;
    entry.listCount--;
    memory.copy(at, at + NAMED, <usize>((entry.listCount - i) * NAMED));
    entry.seen = 0;
    touch();
    return Refusal.NONE;
  }
  return Refusal.NOT_FOUND;
}

/** Takes all lists from an entry. */
export function clearLists(entry: RouteMapEntry): void {
  entry.listCount = 0;
  entry.seen = 0;
  touch();
}

/** An interface is removed: no entry leads there. */
export function forgetInterface(port: u32): void {
  const number = <u8>(port + 1);
  let entry = first;
  while (entry) {
    if (entry.interface0 == number) entry.interface0 = 0;
    if (entry.interface1 == number) entry.interface1 = 0;
    if (entry.defaultInterface == number) entry.defaultInterface = 0;
    entry = entry.next;
  }
}

export function setInterfaces(entry: RouteMapEntry, interfaces: u64): void {
  entry.interfaces = interfaces;
  touch();
}

/** What a list says; BROKEN where it is missing or has no line. */
export function judge(list: AccessList | null, protocol: u32, source: u32, destination: u32, sourcePort: u32, destinationPort: u32, flags: u32): Verdict {
  if (!list || !list.first) return Verdict.BROKEN;
  const line = match.find(list, protocol, source, destination, sourcePort, destinationPort, flags);
  if (line) line.hits++;
  return line && line.action == <u8>LineAction.PERMIT ? Verdict.PERMIT : Verdict.DENY;
}

/** The entry that decided the last `decide`; null: none did. */
export let decided: RouteMapEntry | null = null;

/**
 * What a map says of a flow that leaves by `port`.
 * @param map its first entry (`find`)
 */
export function decide(
  map: RouteMapEntry, port: u32, protocol: u32, source: u32, destination: u32, sourcePort: u32, destinationPort: u32, flags: u32,
): Verdict {
  let entry: RouteMapEntry | null = map;
  decided = null;
  while (entry && entry.isNamed(map.name, map.nameLen)) {
    if (entry.foreign) {
      decided = entry;
      return Verdict.BROKEN;
    }
    let fits = entry.interfaces == 0 || ((entry.interfaces >> <u64>port) & 1) != 0;
    if (fits && entry.listCount) {
      let verdict = Verdict.DENY;
      for (let i: u32 = 0; i < entry.listCount && verdict == Verdict.DENY; i++) {
        verdict = judge(entry.list(i), protocol, source, destination, sourcePort, destinationPort, flags);
      }
      if (verdict == Verdict.BROKEN) {
        decided = entry;
        return verdict;
      }
      fits = verdict == Verdict.PERMIT;
    }
    if (fits) {
      decided = entry;
      return entry.permit ? Verdict.PERMIT : Verdict.DENY;
    }
    entry = entry.next;
  }
  return Verdict.DENY;
}
