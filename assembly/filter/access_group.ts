/**
 * `ip access-group NAME in|out`: which access list each interface has in each direction. A list is named, and found by its name whenever settings
 * change (`follow`); one that is not there, or holds no line, lets nothing pass: IOS lets everything pass, which no one who names a list means.
 */
import { INTERFACES, NAME_MAX } from "../limits";
import * as lists from "../lists/access_list";
import { AccessList } from "../lists/access_list";
import { touch } from "../lists/setting";
import * as interfaces from "../net/interface";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";

export const enum Direction {
  IN = 0,
  OUT = 1,
}

/** What stands at an interface's place for a direction. */
@unmanaged
class Binding {
  /** The list, where it is there and holds a line; null: nothing passes. */
  list: AccessList | null;
  /** 0: no list is applied. */
  len: u32;
  /** It has been told that the list is not there. */
  told: bool;

  get name(): usize {
    return changetype<usize>(this) + offsetof<Binding>();
  }
}

const SIZE: u32 = 12 + NAME_MAX;
const bindings: usize = memory.data(<i32>(INTERFACES * 2 * SIZE), 4);
/** Whoever writes a configuration names a list before or after its lines: what is missing is told a moment later. */
const PATIENCE: u64 = 1000;
let telling: Deadline = changetype<Deadline>(0);

export function init(): void {
  if (offsetof<Binding>() > 12) unreachable();
  memory.fill(bindings, 0, <usize>(INTERFACES * 2 * SIZE));
  telling = new Deadline();
}

function at(port: u32, direction: Direction): Binding {
  return changetype<Binding>(bindings + <usize>((port * 2 + direction) * SIZE));
}

/** Applies a list, which need not be there yet; len 0: none. The name is NAME_MAX octets at most. */
export function set(port: u32, direction: Direction, name: usize, len: u32): void {
  const binding = at(port, direction);
  binding.len = len;
  binding.list = null;
  binding.told = false;
  memory.copy(binding.name, name, <usize>len);
  touch();
}

/** An interface has been removed, or is as it was at the start. */
export function forget(port: u32): void {
  set(port, Direction.IN, 0, 0);
  set(port, Direction.OUT, 0, 0);
}

/** The name of the list of a direction; 0 octets: there is none. */
export function nameOf(port: u32, direction: Direction): usize {
  return at(port, direction).name;
}

// @ts-ignore: decorator
@inline
export function lenOf(port: u32, direction: Direction): u32 {
  return at(port, direction).len;
}

/** The list of a direction whose `lenOf` is not 0; null: it lets nothing pass. */
// @ts-ignore: decorator
@inline
export function listOf(port: u32, direction: Direction): AccessList | null {
  return at(port, direction).list;
}

/** Finds the lists anew: settings have changed. */
export function follow(): void {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    for (let direction: u32 = 0; direction < 2; direction++) {
      const binding = at(port, direction);
      if (!binding.len) continue;
      const list = lists.find(binding.name, binding.len);
      binding.list = list && lists.hasRules(list) ? list : null;
      if (binding.list) binding.told = false;
      else if (!binding.told) telling.arm(clock.now() + PATIENCE);
    }
  }
}

/** Applied lists that are not there, or hold no line: what they were to let pass is stopped. */
export function missing(): u32 {
  let n: u32 = 0;
  for (let port: u32 = 0; port < INTERFACES; port++) {
    for (let direction: u32 = 0; direction < 2; direction++) if (at(port, direction).len && !at(port, direction).list) n++;
  }
  return n;
}

/** Says once of each list that is missing what that means. */
export function poll(): void {
  if (!telling.due()) return;
  telling.reset();
  for (let port: u32 = 0; port < INTERFACES; port++) {
    for (let direction: u32 = 0; direction < 2; direction++) {
      const binding = at(port, direction);
      if (!binding.len || binding.list || binding.told) continue;
      binding.told = true;
      interfaces.name(log.message("SEC-4-NOLIST").put("access list ").ascii(binding.name, binding.len).put(", applied to "), port)
        .put(direction == Direction.IN ? " in" : " out").put(", is not there or has no line: everything of that direction is dropped");
      log.end();
    }
  }
}
