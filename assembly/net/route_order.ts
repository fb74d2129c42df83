/**
 * The routes in use in the order that people read them in: by prefix, the shorter before the longer one of the same prefix, each with its best
 * route alone, and the addresses of our own among them as routes of 32 bits.
 */
import { INTERFACES } from "../limits";
import * as interfaces from "./interface";
import * as route from "./route";
import { Route } from "./route";

/** Where each length of prefix has been walked to, and the copy that `mark` made. */
const walked: usize = memory.data(132, 4);
const marked: usize = memory.data(132, 4);
/** The address of our own that comes next, NOTHING behind the last; and the same in the copy. */
const NOTHING: u64 = 0x100000000;
let local: u64 = 0;
let markedLocal: u64 = 0;
let lengths: u32 = 0;

/** What `next` has found: a route, or an address of our own (`entry` null) and whose. */
export let prefix: u32 = 0;
export let mask: u32 = 0;
export let entry: Route | null = null;
export let port: u32 = 0;

export function begin(): void {
  lengths = route.lengthsInUse();
  memory.fill(walked, 0, 132);
  local = localFrom(0);
}

let markedPrefix: u32 = 0;
let markedMask: u32 = 0;
let markedEntry: Route | null = null;
let markedPort: u32 = 0;

/** Remembers the place, for `back`. */
export function mark(): void {
  memory.copy(marked, walked, 132);
  markedLocal = local;
  markedPrefix = prefix;
  markedMask = mask;
  markedEntry = entry;
  markedPort = port;
}

export function back(): void {
  memory.copy(walked, marked, 132);
  local = markedLocal;
  prefix = markedPrefix;
  mask = markedMask;
  entry = markedEntry;
  port = markedPort;
}

/** The lowest address of our own from `from` on that a connected network has. */
function localFrom(from: u64): u64 {
  let best = NOTHING;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (!own.usable || own.lender != interfaces.NO_INTERFACE) continue;
    if (own.mask != 0xffffffff) best = nearer(best, own.address, from);
    for (let k: u32 = 0; k < own.secondaryCount; k++) if (own.secondaryMask(k) != 0xffffffff) best = nearer(best, own.secondary(k), from);
  }
  return best;
}

function nearer(best: u64, address: u32, from: u64): u64 {
  return <u64>address >= from && <u64>address < best ? <u64>address : best;
}

/** The interface that has an address. */
function holder(address: u32): u32 {
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.usable && own.lender == interfaces.NO_INTERFACE && own.has(address)) return i;
  }
  return 0;
}

/** Goes to the next route. False: there is none. */
export function next(): bool {
  let best: Route | null = null;
  let from: u32 = 0;
  for (let n: u32 = 0; n < lengths; n++) {
    const at = load<u32>(walked + <usize>(n << 2));
    if (at == route.countOf(n)) continue;
    const one = route.sortedAt(route.firstOf(n) + at);
    if (best && (one.prefix > best.prefix || (one.prefix == best.prefix && one.mask > best.mask))) continue;
    best = one;
    from = n;
  }
  if (local < NOTHING && (!best || local < <u64>best.prefix)) {
    prefix = <u32>local;
    mask = 0xffffffff;
    entry = null;
    port = holder(prefix);
    local = localFrom(local + 1);
    return true;
  }
  if (!best) return false;
  prefix = best.prefix;
  mask = best.mask;
  entry = best;
  port = best.port;
  // Those of the same prefix that are behind it are not in use.
  let at = load<u32>(walked + <usize>(from << 2));
  do at++;
  while (at < route.countOf(from) && route.sortedAt(route.firstOf(from) + at).prefix == prefix);
  store<u32>(walked + <usize>(from << 2), at);
  return true;
}
