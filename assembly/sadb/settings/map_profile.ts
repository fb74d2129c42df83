/** `crypto map NAME isakmp-profile PROFILE`: the profile of those entries of a map that name none themselves. */
import { NAME_MAX } from "../../limits";
import { Pool } from "../../util/pool";

/** Maps that may have one. */
export const MAP_PROFILES: u32 = 8;

@unmanaged
export class MapProfile {
  nameLen: u32;
  profileLen: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<MapProfile>();
  }
  get profile(): usize {
    return this.name + <usize>NAME_MAX;
  }
}

let pool = changetype<Pool<MapProfile>>(0);

export function init(): void {
  pool = new Pool<MapProfile>("crypto map profiles", MAP_PROFILES, 2 * NAME_MAX);
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): MapProfile | null {
  return pool.at(i);
}

export function find(name: usize, len: u32): MapProfile | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const one = at(i);
    if (one && one.nameLen == len && memory.compare(one.name, name, <usize>len) == 0) return one;
  }
  return null;
}

/** False: no room, or a name that is too long. */
export function set(name: usize, len: u32, profile: usize, profileLen: u32): bool {
  if (len == 0 || len > NAME_MAX || profileLen > NAME_MAX) return false;
  const known = find(name, len);
  const one = known ? known : pool.take();
  if (!one) return false;
  one.nameLen = len;
  memory.copy(one.name, name, <usize>len);
  one.profileLen = profileLen;
  memory.copy(one.profile, profile, <usize>profileLen);
  return true;
}

export function remove(name: usize, len: u32): void {
  const one = find(name, len);
  if (one) pool.free(one);
}
