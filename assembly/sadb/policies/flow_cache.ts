/**
 * What the policy list said of the flows that ran last: sets of WAYS entries by a hash, each set its latest flows. A new list makes all
 * entries old at once.
 *
 * Flows as many as a quarter of the entries nearly all find room, whatever their addresses have in common: of as many flows as there are
 * sets, one in fifty is in a set that has more than four.
 */
import { FLOWS } from "../../limits";
import { countTable } from "../../util/pool";
import { Policy } from "./policy";

@unmanaged
class Flow {
  local: u32;
  remote: u32;
  ports: u32;
  /** protocol, with policy.NO_PORTS; the interface above it */
  rest: u32;
  generation: u32;
  policy: Policy | null;
}

const WAYS: u32 = 4;
const ENTRY: u32 = 24;
const SET: u32 = WAYS * ENTRY;
/** The set is the top bits of the hash: they mix best. */
const SHIFT: u32 = 32 - ctz<u32>(FLOWS / WAYS);
const table: usize = memory.data(<i32>FLOWS * 24, 8);
/** Changes with every new list. */
export let generation: u32 = 1;
/** The entry that `find` has made room for, filled with its key: `keep` completes it. */
let place: Flow = changetype<Flow>(table);

/** Whether the last `find` found something; what it found may be null (pass in plain). */
export let hit: bool = false;

export function init(): void {
  if (offsetof<Flow>() != ENTRY) unreachable();
  countTable(FLOWS * ENTRY);
  memory.fill(table, 0, FLOWS * ENTRY);
  generation = 1;
}

/** Makes all entries old. */
export function forget(): void {
  generation++;
}

export function find(port: u32, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  const ports = (localPort << 16) | remotePort;
  const rest = protocol | (port << 16);
  // Odd fractions of 2^32 by the golden ratio and its kin. A product's low bits know only its factors' low bits: they are turned up.
  let mixed: u32 = (local * 0x9e3779b1) ^ rotl<u32>(remote * 0x85ebca6b, 15);
  mixed = ((mixed ^ (mixed >>> 15)) + ports + rotl<u32>(rest, 8)) * 0xc2b2ae35;
  mixed = (mixed ^ rotl<u32>(mixed, 16)) * 0x27d4eb2f;
  const set = table + <usize>((SHIFT == 32 ? 0 : mixed >>> SHIFT) * SET);
  for (let entry = set; entry < set + SET; entry += ENTRY) {
    const flow = changetype<Flow>(entry);
    if (flow.local == local && flow.remote == remote && flow.ports == ports && flow.rest == rest && flow.generation == generation) {
      hit = true;
      return flow.policy;
    }
  }
  hit = false;
  memory.copy(set + ENTRY, set, SET - ENTRY);
  const flow = changetype<Flow>(set);
  flow.local = local;
  flow.remote = remote;
  flow.ports = ports;
  flow.rest = rest;
  flow.generation = 0;
  place = flow;
  return null;
}

/** Completes the entry of the last `find`. */
export function keep(policy: Policy | null): void {
  place.policy = policy;
  place.generation = generation;
}
