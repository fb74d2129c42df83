/**
 * Object groups, `object-group network NAME`: hosts, subnets and ranges of addresses under one name, which lines of access lists take in place
 * of an address. A group that a line names stays as long as the line does.
 */
import { NAME_MAX, OBJECT_GROUPS, OBJECT_GROUP_MEMBERS } from "../limits";
import { Pool } from "../util/pool";
import { Refusal, touch } from "./setting";

/** How a member was written. */
export const enum Kind {
  HOST = 0,
  SUBNET,
  RANGE,
}

@unmanaged
export class GroupMember {
  next: GroupMember | null;
  first: u32;
  last: u32;
  /** Kind */
  kind: u8;
}

@unmanaged
export class ObjectGroup {
  /** Members in the order they were given. */
  members: GroupMember | null;
  nameLen: u32;
  /** Lines that name it: an address of each side counts. */
  uses: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<ObjectGroup>();
  }

  /** Whether it is one range of addresses. */
  get single(): bool {
    const only = this.members;
    return only != null && only.next == null;
  }

  /** Bounds of all that it holds; where it holds nothing, of everything: what is kept from it is kept from all. */
  get lowest(): u32 {
    let least = this.members ? u32.MAX_VALUE : 0;
    let member = this.members;
    while (member) {
      least = min(least, member.first);
      member = member.next;
    }
    return least;
  }
  get highest(): u32 {
    let most = this.members ? 0 : u32.MAX_VALUE;
    let member = this.members;
    while (member) {
      most = max(most, member.last);
      member = member.next;
    }
    return most;
  }

  has(address: u32): bool {
    let member = this.members;
    while (member) {
      if (address >= member.first && address <= member.last) return true;
      member = member.next;
    }
    return false;
  }
}

let groupPool = changetype<Pool<ObjectGroup>>(0);
let memberPool = changetype<Pool<GroupMember>>(0);

export function init(): void {
  groupPool = new Pool<ObjectGroup>("object groups", OBJECT_GROUPS, NAME_MAX);
  memberPool = new Pool<GroupMember>("object group members", OBJECT_GROUP_MEMBERS);
}

/** Number of slots; walk with `at(i)`, null where one is empty. */
export function slots(): u32 {
  return groupPool.size;
}

export function at(i: u32): ObjectGroup | null {
  return groupPool.at(i);
}

export function find(name: usize, len: u32): ObjectGroup | null {
  for (let i: u32 = 0; i < groupPool.size; i++) {
    const group = groupPool.at(i);
    if (group && group.nameLen == len && memory.compare(group.name, name, <usize>len) == 0) return group;
  }
  return null;
}

/** Finds the group of that name or makes an empty one; null when the name is too long or the pool used up. */
export function add(name: usize, len: u32): ObjectGroup | null {
  const known = find(name, len);
  if (known) return known;
  if (len == 0 || len > NAME_MAX) return null;
  const group = groupPool.take();
  if (!group) return null;
  group.nameLen = len;
  memory.copy(group.name, name, <usize>len);
  return group;
}

/** Removes a group; IN_USE: a line names it. */
export function remove(group: ObjectGroup): Refusal {
  if (group.uses) return Refusal.IN_USE;
  let member = group.members;
  while (member) {
    const next = member.next;
    memberPool.free(member);
    member = next;
  }
  groupPool.free(group);
  return Refusal.NONE;
}

/** A line names the group, or does no more. */
export function hold(group: ObjectGroup | null): void {
  if (group) group.uses++;
}

export function release(group: ObjectGroup | null): void {
  if (group) group.uses--;
}

/** Adds addresses; those that are there stay where they are. */
export function addMember(group: ObjectGroup, kind: Kind, first: u32, last: u32): Refusal {
  if (last < first) return Refusal.RANGE;
  let behind: GroupMember | null = null;
  let member = group.members;
  while (member) {
    if (member.first == first && member.last == last) return Refusal.NONE;
    behind = member;
    member = member.next;
  }
  const added = memberPool.take();
  if (!added) return Refusal.FULL;
  added.kind = <u8>kind;
  added.first = first;
  added.last = last;
  if (behind) behind.next = added;
  else group.members = added;
  touch();
  return Refusal.NONE;
}

export function removeMember(group: ObjectGroup, first: u32, last: u32): Refusal {
  let before: GroupMember | null = null;
  let member = group.members;
  while (member) {
    if (member.first == first && member.last == last) {
      if (before) before.next = member.next;
      else group.members = member.next;
      memberPool.free(member);
      touch();
      return Refusal.NONE;
    }
    before = member;
    member = member.next;
  }
  return Refusal.NOT_FOUND;
}
