/**
 * The ARP cache (RFC 826, RFC 1122 2.3.2). An entry is learned from an answer that we asked for, or from a request for
 * our address; what others announce only changes an entry that is there already.
 *
 * Whoever sends to empty addresses makes entries that nobody answers. When there is no room for another, who has more than his
 * share gives up his own oldest; else the oldest of all does, those that have to do with no tunnel first: there is always one.
 *
 *      INCOMPLETE --answer--> REACHABLE --REACHABLE_FOR, if used--> PROBE --answer--> REACHABLE
 *          |                      | unused                            |
 *          +--RETRIES--> gone     +--> gone                           +--RETRIES--> gone
 */
import { ARP_BUCKETS, ARP_ENTRIES, ARP_INCOMPLETE, ARP_INCOMPLETE_SHARE, ARP_PENDING, ARP_PENDING_PER_ENTRY, ARP_PENDING_SHARE, INTERFACES } from "../limits";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";
import { Packet } from "../util/packet";
import * as packets from "../util/packet";
import { Pool } from "../util/pool";
import { Drop, drop } from "../util/status";
import * as wire from "../wire/arp";
import { Operation } from "../wire/arp";
import * as ethernet from "../wire/ethernet";
import { EtherType } from "../wire/ethernet";
import { Type, Unreachable } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import * as arpProbe from "./arp_probe";
import { discard, transmit } from "./egress";
import * as icmp from "./icmp";
import * as interfaces from "./interface";
import * as nat from "./nat/settings";

export const enum State {
  INCOMPLETE = 1,
  REACHABLE = 2,
  PROBE = 3,
}

const RETRY: u64 = 1000;
const RETRIES: u32 = 3;
/** A station that moved to other hardware without a word is found again after this long. */
const REACHABLE_FOR: u64 = 10 * 60 * 1000;
/** A conflict is reported, and our address defended, once in so long (RFC 5227, 2.4). */
const DEFEND: u64 = 10000;

@unmanaged
export class Entry {
  address: u32;
  port: u32;
  /** When the station last answered. */
  confirmed: u64;
  deadline: u64;
  /** Next entry of the same bucket. */
  chain: Entry | null;
  /** Packets that wait, oldest first, at their IPv4 headers. */
  waiting: Packet | null;
  waitingCount: u32;
  state: u8;
  tries: u8;
  /** A packet went to it since it was confirmed. */
  used: bool;
  /** INCOMPLETE: who wanted it (`originOf`), whether for a tunnel (`ofTunnel`), and how many did before. */
  tunnel: bool;
  origin: u32;
  born: u32;
  mac0: u32;
  mac4: u32;

  get mac(): usize {
    return changetype<usize>(this) + offsetof<Entry>("mac0");
  }
}

const buckets: usize = memory.data(4 * <i32>ARP_BUCKETS, 4);
const broadcast: usize = memory.data(8, 4);
let pool = changetype<Pool<Entry>>(0);
let deadline: Deadline = changetype<Deadline>(0);
let incomplete: u32 = 0;
let pending: u32 = 0;
let births: u32 = 0;
let seen: u32 = 0;
let defended: u64 = 0;

export function init(): void {
  pool = new Pool<Entry>("ARP entries", ARP_ENTRIES);
  deadline = new Deadline();
  memory.fill(buckets, 0, <usize>(ARP_BUCKETS * 4));
  memory.fill(broadcast, 0xff, 6);
  incomplete = pending = seen = births = 0;
  defended = 0;
}

/** Number of slots; `entryAt(i)` is null where one is empty. */
export function slots(): u32 {
  return ARP_ENTRIES;
}

export function entryAt(i: u32): Entry | null {
  return pool.at(i);
}

/** `clear arp`: packets that wait are dropped. */
export function clear(): void {
  for (let i: u32 = 0; i < ARP_ENTRIES; i++) {
    const entry = entryAt(i);
    if (entry) remove(entry);
  }
}

/** Sends a datagram to the station `address` on a port, now or when it has answered; takes the packet over. */
export function send(packet: Packet, port: u32, address: u32): void {
  let entry = find(port, address);
  if (entry && entry.state != <u8>State.INCOMPLETE) {
    entry.used = true;
    transmit(packet, port, entry.mac, EtherType.IPV4);
    return;
  }
  if (!entry) {
    const origin = originOf(packet);
    // Who is not answered takes the places of others like him before those of stations that are.
    if (incomplete == ARP_INCOMPLETE || (pool.left == 0 && incomplete >= ARP_INCOMPLETE_SHARE)) {
      evict(cheapest(origin, ARP_INCOMPLETE_SHARE, false));
    }
    entry = create(port, address);
    if (!entry) return discard(packet, Drop.ARP_QUEUE_FULL);
    entry.state = <u8>State.INCOMPLETE;
    entry.origin = origin;
    entry.tunnel = ofTunnel(packet);
    entry.born = ++births;
    incomplete++;
    ask(entry, 0);
  }
  // RFC 1122, 2.3.2.2: the latest packets are the ones to keep.
  if (entry.waitingCount == ARP_PENDING_PER_ENTRY) discard(takeWaiting(entry), Drop.ARP_QUEUE_FULL);
  else if (pending == ARP_PENDING) discard(takeWaiting(cheapest(originOf(packet), ARP_PENDING_SHARE, true)), Drop.ARP_QUEUE_FULL);
  addWaiting(entry, packet);
}

/** Who a packet is of: the SA that it came through, or its source. */
function originOf(packet: Packet): u32 {
  return packet.spi != 0 ? packet.spi : ipv4.source(packet.ptr);
}

/** Whether a packet came out of a tunnel, or is what goes into one, or IKE's: what we say ourselves, but for answers in ICMP. */
function ofTunnel(packet: Packet): bool {
  return packet.spi != 0 || (interfaces.isOurs(ipv4.source(packet.ptr)) && ipv4.protocol(packet.ptr) != Protocol.ICMP);
}

/**
 * The unanswered entry that gives way (or, `waiting`, a packet of which does): there is one. The oldest of `origin`, if that
 * has `share` of them; else the oldest of all, those that no tunnel wants first.
 */
function cheapest(origin: u32, share: u32, waiting: bool): Entry {
  let own: Entry | null = null;
  let any: Entry | null = null;
  let count: u32 = 0;
  for (let i: u32 = 0; i < ARP_ENTRIES; i++) {
    const entry = entryAt(i);
    if (!entry || entry.state != <u8>State.INCOMPLETE || (waiting && entry.waitingCount == 0)) continue;
    if (!any || (entry.tunnel == any.tunnel ? entry.born < any.born : any.tunnel)) any = entry;
    if (entry.origin != origin) continue;
    count += waiting ? entry.waitingCount : 1;
    if (!own || entry.born < own.born) own = entry;
  }
  return (count >= share ? own : any) as Entry;
}

/** Makes room: nobody is told, for that would be an error for each frame of a scan. */
function evict(entry: Entry): void {
  while (entry.waiting) discard(takeWaiting(entry), Drop.ARP_QUEUE_FULL);
  remove(entry);
}

/** Whether a station has been asked for, and has not answered yet. */
export function unanswered(port: u32, address: u32): bool {
  const entry = find(port, address);
  return entry ? entry.state == <u8>State.INCOMPLETE : false;
}

/** Takes an ARP body that came in by `port`; the buffer stays the caller's. */
export function receive(p: usize, len: u32, port: u32): Drop {
  const own = interfaces.at(port);
  const reason = wire.check(p, len);
  if (reason != Drop.NONE) return reason;
  const mac = wire.senderMac(p);
  const sender = wire.senderAddress(p);
  const target = wire.targetAddress(p);
  const operation = wire.operation(p);
  if (ethernet.isGroup(mac) || ethernet.isZero(mac) || (operation != Operation.REQUEST && operation != Operation.REPLY)) return Drop.ARP_MALFORMED;
  // Our own frame come back.
  if (ethernet.sameMac(mac, own.mac)) return Drop.NONE;
  const listened = arpProbe.heard(port, sender, target, mac);
  if (own.address == 0) return listened ? Drop.NONE : Drop.NO_ADDRESS;
  if (own.has(sender)) {
    reportConflict(port, mac, sender);
    return Drop.NONE;
  }
  // No entry has the address 0, which a probe (RFC 5227, 2.1.1) gives as its own.
  const known = find(port, sender);
  if (known) confirm(known, mac);
  if (operation != Operation.REQUEST) return Drop.NONE;
  if (!own.has(target)) {
    // Addresses that NAT shows to the outside are ours to answer for, and no interface's.
    if (nat.active && nat.side(port) == nat.Side.OUTSIDE && nat.owns(target)) emit(port, mac, Operation.REPLY, target, mac, sender);
    return Drop.NONE;
  }
  // Whoever asks for us is about to talk to us.
  if (!known && own.onLink(sender)) {
    const entry = create(port, sender);
    if (entry) confirm(entry, mac);
  }
  emit(port, mac, Operation.REPLY, target, mac, sender);
  return Drop.NONE;
}

/** Repeats requests, ages entries, announces new addresses. Milliseconds until the next call. */
export function poll(): u32 {
  if (seen != interfaces.generation) follow();
  if (deadline.due()) {
    deadline.reset();
    for (let i: u32 = 0; i < ARP_ENTRIES; i++) {
      const entry = entryAt(i);
      if (!entry) continue;
      if (entry.deadline <= clock.now()) expire(entry);
      else deadline.arm(entry.deadline);
    }
  }
  return deadline.remaining();
}

/** An interface changed: its new address is announced, what is behind one that is down is forgotten. */
function follow(): void {
  seen = interfaces.generation;
  for (let i: u32 = 0; i < ARP_ENTRIES; i++) {
    const entry = entryAt(i);
    if (entry && !interfaces.at(entry.port).usable) remove(entry);
  }
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (own.announce && own.usable) {
      emit(port, broadcast, Operation.REQUEST, own.address, 0, own.address);
      for (let k: u32 = 0; k < own.secondaryCount; k++) emit(port, broadcast, Operation.REQUEST, own.secondary(k), 0, own.secondary(k));
    }
    own.announce = false;
  }
}

function expire(entry: Entry): void {
  if (entry.state == <u8>State.REACHABLE) {
    if (!entry.used) return remove(entry);
    entry.state = <u8>State.PROBE;
    entry.tries = 0;
  } else if (<u32>entry.tries == RETRIES) return remove(entry);
  ask(entry, entry.state == <u8>State.PROBE ? entry.mac : 0);
}

/** Asks for an entry's address: everybody, or only the station at `mac`. */
function ask(entry: Entry, mac: usize): void {
  entry.tries++;
  entry.deadline = clock.now() + RETRY;
  deadline.arm(entry.deadline);
  emit(entry.port, mac ? mac : broadcast, Operation.REQUEST, interfaces.at(entry.port).addressFor(entry.address), mac, entry.address);
}

function confirm(entry: Entry, mac: usize): void {
  if (entry.state == <u8>State.INCOMPLETE) incomplete--;
  entry.state = <u8>State.REACHABLE;
  entry.used = false;
  entry.confirmed = clock.now();
  entry.deadline = entry.confirmed + REACHABLE_FOR;
  deadline.arm(entry.deadline);
  ethernet.copyMac(entry.mac, mac);
  while (entry.waiting) {
    entry.used = true;
    transmit(takeWaiting(entry), entry.port, entry.mac, EtherType.IPV4);
  }
}

function emit(port: u32, to: usize, operation: u32, source: u32, targetMac: usize, target: u32): void {
  const packet = packets.allocReserved();
  if (!packet) return drop(Drop.NO_BUFFER);
  const own = interfaces.at(port);
  packet.len = wire.LENGTH;
  wire.emit(packet.ptr, operation, own.mac, source, targetMac, target);
  transmit(packet, port, to, EtherType.ARP);
}

function reportConflict(port: u32, mac: usize, address: u32): void {
  if (defended != 0 && clock.now() < defended + DEFEND) return;
  defended = clock.now();
  const text = log.message("IP-4-DUPADDR").put("Duplicate address ").ip(address).put(" on ");
  interfaces.name(text, port).put(", sourced by ").mac(mac);
  log.end();
  emit(port, broadcast, Operation.REQUEST, address, 0, address);
}

// @ts-ignore: decorator
@inline
function bucketOf(port: u32, address: u32): usize {
  return buckets + <usize>((((address ^ (address >>> 8) ^ port) & (ARP_BUCKETS - 1)) << 2));
}

function find(port: u32, address: u32): Entry | null {
  let entry = changetype<Entry | null>(load<usize>(bucketOf(port, address)));
  while (entry) {
    if (entry.address == address && entry.port == port) return entry;
    entry = entry.chain;
  }
  return null;
}

/** A new entry; when none is left the one that was confirmed longest ago makes room. */
function create(port: u32, address: u32): Entry | null {
  if (pool.left == 0) {
    let oldest: Entry | null = null;
    for (let i: u32 = 0; i < ARP_ENTRIES; i++) {
      const entry = entryAt(i);
      if (entry && entry.state != <u8>State.INCOMPLETE && (!oldest || entry.confirmed < oldest.confirmed)) oldest = entry;
    }
    if (!oldest) return null;
    remove(oldest);
  }
  const entry = pool.take() as Entry;
  const bucket = bucketOf(port, address);
  entry.port = port;
  entry.address = address;
  entry.chain = changetype<Entry | null>(load<usize>(bucket));
  store<usize>(bucket, changetype<usize>(entry));
  return entry;
}

function remove(entry: Entry): void {
  if (entry.state == <u8>State.INCOMPLETE) incomplete--;
  while (entry.waiting) {
    const packet = takeWaiting(entry);
    icmp.error(packet, Type.UNREACHABLE, Unreachable.HOST, 0, 0);
    discard(packet, Drop.ARP_UNRESOLVED);
  }
  let link = bucketOf(entry.port, entry.address);
  while (load<usize>(link) != changetype<usize>(entry)) link = load<usize>(link) + offsetof<Entry>("chain");
  store<usize>(link, changetype<usize>(entry.chain));
  pool.free(entry);
}

function addWaiting(entry: Entry, packet: Packet): void {
  packet.next = null;
  let last = entry.waiting;
  if (!last) entry.waiting = packet;
  else {
    while (last.next) last = last.next as Packet;
    last.next = packet;
  }
  entry.waitingCount++;
  pending++;
}

function takeWaiting(entry: Entry): Packet {
  const packet = entry.waiting as Packet;
  entry.waiting = packet.next;
  packet.next = null;
  entry.waitingCount--;
  pending--;
  return packet;
}
