/**
 * What the policy list said of the flows that ran last: one entry for each value of a hash, taken by the latest flow. A
 * new list makes all entries old at once.
 */
import { FLOWS } from "../../limits";
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

const table: usize = memory.data(<i32>FLOWS * 32, 8);
let generation: u32 = 1;
/** The entry that `find` looked at, filled with its key: `keep` completes it. */
let place: Flow = changetype<Flow>(table);

/** Whether the last `find` found something; what it found may be null (pass in plain). */
export let hit: bool = false;

export function init(): void {
  memory.fill(table, 0, FLOWS * 32);
  generation = 1;
}

/** Makes all entries old. */
export function forget(): void {
  generation++;
}

export function find(port: u32, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  const ports = (localPort << 16) | remotePort;
  const rest = protocol | (port << 16);
  // Multipliers are odd fractions of 2^32 by the golden ratio and its kin; FLOWS is a power of two, and the top bits mix best.
  const mixed = (local ^ rotl<u32>(remote, 13)) * 0x9e3779b1 ^ (ports ^ rest) * 0x85ebca6b;
  const flow = changetype<Flow>(table + <usize>(((mixed ^ (mixed >>> 15)) & (FLOWS - 1)) << 5));
  hit = flow.local == local && flow.remote == remote && flow.ports == ports && flow.rest == rest && flow.generation == generation;
  if (hit) return flow.policy;
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
