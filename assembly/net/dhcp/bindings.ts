/**
 * Who has which address of the DHCP server:
 *
 *   CHECKING --nobody answers--> OFFERED --REQUEST--> BOUND --end, RELEASE--> EXPIRED (kept, for the same client, while there is room)
 *       |somebody has it            |not asked for                |DECLINE
 *       +-------> CONFLICT <--------)-----------------------------+
 *                    |after a while +--> gone
 *                    +--> gone
 *
 * Anybody can write any hardware address: an offer keeps an address for a moment only, and a station whose frames show so many clients
 * has a share and no more.
 */
import { DHCP_BINDINGS } from "../../limits";
import { Alarms } from "../../util/alarms";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { Index, NONE, keyOf } from "../../util/index";
import { Pool } from "../../util/pool";
import * as ethernet from "../../wire/ethernet";
import * as arpProbe from "../arp_probe";
import { NO_PROBE } from "../arp_probe";
import { ID_MAX } from "./pools";

export const enum State {
  CHECKING = 1,
  OFFERED,
  BOUND,
  EXPIRED,
  CONFLICT,
}

/** Bindings that frames of one station may make. */
export const SHARE: u32 = 8;
/** Offers at once: in all. */
const OFFERS: u32 = DHCP_BINDINGS / 4;

@unmanaged
export class Binding {
  address: u32;
  port: u32;
  /** Slot of the pool it is of. */
  pool: u32;
  /** Seconds; wire.FOREVER. */
  seconds: u32;
  ends: u64;
  /** When it began to be what it is. */
  since: u64;
  xid: u32;
  /** Of all octets of the client's identifier, of which ID_MAX are kept. */
  key: u32;
  idLen: u32;
  flags: u16;
  probe: u16;
  state: u8;
  tries: u8;
  manual: bool;
  /** CONFLICT: the client declined it. */
  declined: bool;
  mac0: u32;
  mac4: u32;
  source0: u32;
  source4: u32;

  /** Its hardware address, as its messages have it. */
  get mac(): usize {
    return changetype<usize>(this) + offsetof<Binding>("mac0");
  }
  /** The station whose frames they came in. */
  get source(): usize {
    return changetype<usize>(this) + offsetof<Binding>("source0");
  }
  get id(): usize {
    return changetype<usize>(this) + offsetof<Binding>();
  }
  /** How many octets of the identifier are kept. */
  get idKept(): u32 {
    return min(this.idLen, ID_MAX);
  }
  /** Whether the address is kept for this client. */
  get active(): bool {
    return this.state <= <u8>State.BOUND;
  }
}

let pool = changetype<Pool<Binding>>(0);
let byAddress: Index = changetype<Index>(0);
let byClient: Index = changetype<Index>(0);
let alarms: Alarms = changetype<Alarms>(0);
let offers: u32 = 0;

export function init(): void {
  pool = new Pool<Binding>("DHCP bindings", DHCP_BINDINGS, ID_MAX);
  byAddress = new Index(DHCP_BINDINGS);
  byClient = new Index(DHCP_BINDINGS);
  alarms = new Alarms(DHCP_BINDINGS);
  offers = 0;
}

export function slots(): u32 {
  return DHCP_BINDINGS;
}

export function at(i: u32): Binding | null {
  return pool.at(i);
}

export function atAddress(address: u32): Binding | null {
  for (let i = byAddress.first(address); i != NONE; i = byAddress.next(i)) {
    const one = pool.at(i);
    if (one && one.address == address) return one;
  }
  return null;
}

/** The binding of a client on a port, of whatever state but CONFLICT. */
export function ofClient(port: u32, id: usize, len: u32): Binding | null {
  const key = keyOf(id, len);
  for (let i = byClient.first(key); i != NONE; i = byClient.next(i)) {
    const one = pool.at(i);
    if (one && one.key == key && one.port == port && one.state != <u8>State.CONFLICT && one.idLen == len && memory.compare(one.id, id, <usize>one.idKept) == 0) return one;
  }
  return null;
}

/** Sets what a binding is, and when that ends (NEVER: not by itself). */
export function set(one: Binding, state: State, ends: u64): void {
  const pending = one.state == <u8>State.CHECKING || one.state == <u8>State.OFFERED;
  const will = state == State.CHECKING || state == State.OFFERED;
  if (will && !pending) offers++;
  if (!will && pending) offers--;
  if (state != State.CHECKING) unprobe(one);
  one.state = <u8>state;
  one.since = clock.now();
  one.ends = ends;
  alarms.set(pool.indexOf(one), ends);
}

/** When the next look at a CHECKING one is due. */
export function wake(one: Binding, t: u64): void {
  alarms.set(pool.indexOf(one), t);
}

function unprobe(one: Binding): void {
  if (one.probe == 0) return;
  arpProbe.forget(<u32>one.probe - 1);
  one.probe = 0;
}

/** The number of a binding's probe; NO_PROBE: it has none. */
export function probeOf(one: Binding): u32 {
  return one.probe ? <u32>one.probe - 1 : NO_PROBE;
}

export function setProbe(one: Binding, probe: u32): void {
  one.probe = probe == NO_PROBE ? 0 : <u16>(probe + 1);
}

/** The binding whose time has come; null: none's has. */
export function due(): Binding | null {
  const slot = alarms.next();
  return slot < 0 ? null : pool.at(<u32>slot);
}

export function remove(one: Binding): void {
  set(one, State.EXPIRED, NEVER);
  const slot = pool.indexOf(one);
  byAddress.remove(slot, one.address);
  byClient.remove(slot, one.key);
  pool.free(one);
}

/** What became of asking for room. */
export const enum Room {
  OK,
  /** the station has its share */
  SHARE,
  /** all places are taken by leases that stand */
  FULL,
}

/** Why `create` gave null. */
export let room: Room = Room.OK;

/** Makes a binding of a free address for a client; null: see `room`. */
export function create(address: u32, port: u32, slot: u32, id: usize, len: u32, mac: usize, source: usize): Binding | null {
  room = Room.OK;
  let own: Binding | null = null;
  let oldest: Binding | null = null;
  let expired: Binding | null = null;
  let count: u32 = 0;
  for (let i: u32 = 0; i < DHCP_BINDINGS; i++) {
    const other = pool.at(i);
    if (!other) continue;
    if (other.state == <u8>State.EXPIRED && (!expired || other.since < expired.since)) expired = other;
    const pending = other.state == <u8>State.CHECKING || other.state == <u8>State.OFFERED;
    if (pending && (!oldest || other.since < oldest.since)) oldest = other;
    if (!other.active || !ethernet.sameMac(other.source, source)) continue;
    count++;
    if (pending && (!own || other.since < own.since)) own = other;
  }
  if (count >= SHARE) {
    if (!own) {
      room = Room.SHARE;
      return null;
    }
    remove(own);
  } else if (offers >= OFFERS && oldest) remove(oldest);
  else if (pool.left == 0) {
    const goes = expired ? expired : oldest;
    if (!goes) {
      room = Room.FULL;
      return null;
    }
    remove(goes);
  }
  const one = pool.take() as Binding;
  one.address = address;
  one.port = port;
  one.pool = slot;
  one.idLen = len;
  one.key = keyOf(id, len);
  memory.copy(one.id, id, <usize>min(len, ID_MAX));
  ethernet.copyMac(one.mac, mac);
  ethernet.copyMac(one.source, source);
  one.state = <u8>State.EXPIRED;
  byAddress.add(pool.indexOf(one), address);
  byClient.add(pool.indexOf(one), one.key);
  return one;
}

/** The EXPIRED binding of a pool that ended first; null: there is none. */
export function oldestExpired(slot: u32): Binding | null {
  let best: Binding | null = null;
  for (let i: u32 = 0; i < DHCP_BINDINGS; i++) {
    const one = pool.at(i);
    if (one && one.state == <u8>State.EXPIRED && one.pool == slot && (!best || one.since < best.since)) best = one;
  }
  return best;
}

/** The offer of a pool that has waited longest, `patience` milliseconds at least; null: there is none. */
export function oldestOffer(slot: u32, patience: u64): Binding | null {
  let best: Binding | null = null;
  for (let i: u32 = 0; i < DHCP_BINDINGS; i++) {
    const one = pool.at(i);
    if (one && one.state == <u8>State.OFFERED && one.pool == slot && one.since + patience <= clock.now() && (!best || one.since < best.since)) best = one;
  }
  return best;
}
