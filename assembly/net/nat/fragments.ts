/**
 * Later fragments show no ports. They get the address that their datagram's first one got, which a short table remembers; one that comes
 * before the first, or whose first one was forgotten, is dropped (`Drop.NAT_FRAGMENT`). No host has more than its share of the table.
 */
import { NAT_FRAGMENTS, NAT_FRAGMENTS_SHARE } from "../../limits";
import * as clock from "../../util/clock";
import { countTable } from "../../util/pool";

/** As long as a receiver waits for them (net/fragment.ts). */
const KEPT: u32 = 30000;

@unmanaged
class Memory {
  /** As the fragment came. */
  source: u32;
  destination: u32;
  /** identification, protocol and direction */
  rest: u32;
  /** What its address becomes; 0: it stays what it is. */
  address: u32;
  since: u32;
  used: bool;
}

const SIZE: usize = 24;
const table: usize = memory.data(<i32>NAT_FRAGMENTS * 24, 4);
let last: u32 = 0;

export function init(): void {
  if (offsetof<Memory>() > SIZE) unreachable();
  countTable(NAT_FRAGMENTS * <u32>SIZE);
  memory.fill(table, 0, <usize>NAT_FRAGMENTS * SIZE);
}

// @ts-ignore: decorator
@inline
function at(i: u32): Memory {
  return changetype<Memory>(table + <usize>i * SIZE);
}

function restOf(identification: u32, protocol: u32, inward: bool): u32 {
  return (identification << 16) | (protocol << 8) | (inward ? 1 : 0);
}

function over(m: Memory): bool {
  return !m.used || <u32>clock.now() - m.since > KEPT;
}

/** Remembers what became of a first fragment's address. */
export function keep(source: u32, destination: u32, identification: u32, protocol: u32, inward: bool, address: u32): void {
  const rest = restOf(identification, protocol, inward);
  let free: u32 = NAT_FRAGMENTS;
  let oldest: u32 = NAT_FRAGMENTS;
  let oldestOwn: u32 = NAT_FRAGMENTS;
  let own: u32 = 0;
  for (let i: u32 = 0; i < NAT_FRAGMENTS; i++) {
    const m = at(i);
    if (over(m)) {
      free = i;
      continue;
    }
    if (m.source == source) {
      if (m.destination == destination && m.rest == rest) {
        free = i;
        own = 0;
        break;
      }
      own++;
      if (oldestOwn == NAT_FRAGMENTS || older(m, at(oldestOwn))) oldestOwn = i;
    }
    if (oldest == NAT_FRAGMENTS || older(m, at(oldest))) oldest = i;
  }
  last = own >= NAT_FRAGMENTS_SHARE ? oldestOwn : free < NAT_FRAGMENTS ? free : oldest;
  const m = at(last);
  m.source = source;
  m.destination = destination;
  m.rest = rest;
  m.address = address;
  m.since = <u32>clock.now();
  m.used = true;
}

function older(a: Memory, b: Memory): bool {
  return <i32>(a.since - b.since) < 0;
}

/** The datagram that was kept last is not to go out: neither are its other fragments. */
export function forgetLast(): void {
  at(last).used = false;
}

/** What `find` found. */
export let address: u32 = 0;

/** Whether the first fragment of a later one's datagram is known. */
export function find(source: u32, destination: u32, identification: u32, protocol: u32, inward: bool): bool {
  const rest = restOf(identification, protocol, inward);
  for (let i: u32 = 0; i < NAT_FRAGMENTS; i++) {
    const m = at(i);
    if (m.source == source && m.destination == destination && m.rest == rest && !over(m)) {
      address = m.address;
      return true;
    }
  }
  return false;
}
