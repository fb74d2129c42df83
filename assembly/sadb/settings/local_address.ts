/**
 * `crypto map NAME local-address INTERFACE`: the address of that interface is our end of the map's tunnels, whichever
 * interface they leave by. The map may be made later.
 */
import { INTERFACES, NAME_MAX } from "../../limits";
import { touch } from "../../lists/setting";

/** Maps that have one: as many as interfaces carry. */
const ROWS: u32 = INTERFACES;
/** Octets of a row: the name's length, the interface plus one (0: the row is empty), the name. */
const ROW: u32 = 8 + NAME_MAX;
const rows: usize = memory.data(<i32>(ROWS * ROW), 4);
/** In place of an interface. */
export const NONE: u32 = 0xffffffff;

export function init(): void {
  memory.fill(rows, 0, <usize>(ROWS * ROW));
}

// @ts-ignore: decorator
@inline
function row(i: u32): usize {
  return rows + <usize>(i * ROW);
}

export function count(): u32 {
  return ROWS;
}

/** The interface of row `i`, NONE where it is empty; and the name of its map. */
export function portAt(i: u32): u32 {
  return load<u32>(row(i), 4) - 1;
}

export function nameAt(i: u32): usize {
  return row(i) + 8;
}

export function nameLenAt(i: u32): u32 {
  return load<u32>(row(i));
}

function find(name: usize, len: u32): u32 {
  for (let i: u32 = 0; i < ROWS; i++) {
    if (portAt(i) != NONE && nameLenAt(i) == len && memory.compare(nameAt(i), name, <usize>len) == 0) return i;
  }
  return ROWS;
}

/** The interface whose address a map's tunnels end at; NONE: the one that carries the map. */
export function ofMap(name: usize, len: u32): u32 {
  if (len == 0) return NONE;
  const i = find(name, len);
  return i < ROWS ? portAt(i) : NONE;
}

/** @param port NONE: as without it. False: no room, or the name is too long. */
export function set(name: usize, len: u32, port: u32): bool {
  if (len > NAME_MAX) return false;
  let i = find(name, len);
  if (i == ROWS) {
    if (port == NONE) return true;
    for (i = 0; i < ROWS && portAt(i) != NONE; ) i++;
    if (i == ROWS) return false;
  }
  store<u32>(row(i), len);
  store<u32>(row(i), port + 1, 4);
  memory.copy(nameAt(i), name, <usize>len);
  touch();
  return true;
}

/** The interface is removed. */
export function removeInterface(port: u32): void {
  for (let i: u32 = 0; i < ROWS; i++) if (portAt(i) == port) store<u32>(row(i), 0, 4);
  touch();
}
