/**
 * Log hosts: each gets the lines of the queue (util/log_store.ts) one datagram a line (RFC 5424, RFC 5426), from a place of its own in it.
 *
 * A log host may be behind a tunnel. A line that finds the tunnel down asks for it once, and from then on the host is `blocked`: what
 * comes waits in the queue, and is tried again without asking for the tunnel. Only a line that says nothing of tunnels may ask again, after
 * a pause: what is said of an attempt that failed never makes the next one.
 */
import { HOSTNAME_MAX, LOG_HOSTS } from "../limits";
import * as interfaces from "../net/interface";
import { NO_INTERFACE } from "../net/interface";
import * as sockets from "../net/sockets";
import { Owner } from "../net/sockets";
import * as clock from "../util/clock";
import * as log from "../util/log";
import { QUEUE_HEAD } from "../util/log_store";
import * as stores from "../util/log_store";
import { QUIET, SMALL_CAPACITY } from "../util/packet";
import { Drop, drop } from "../util/status";
import { Text } from "../util/text";
import * as calendar from "../util/calendar";
import * as datagram from "./datagram";
import * as resolver from "./resolver";
import { State } from "./resolver";

/** RFC 5426, 3.3. */
export const PORT: u32 = 514;
export const FACILITY_DEFAULT: u32 = 23;

/** What a host that is blocked is tried again after, and asks for its tunnel again after. */
const RETRY: u64 = 5000;
const ASK_AGAIN: u64 = 600000;
/**
 * Between two lines to a host: what comes faster would find ARP's room for it taken. After a silence the first goes ahead and has
 * the station found.
 */
const PACE: u64 = 10;
const PACE_FIRST: u64 = 300;
const SILENCE: u64 = 60000;
/** A datagram that nothing was heard of has gone. */
const GONE: u64 = 1000;

export class Host {
  used: bool = false;
  /** 0: it has a name that is not resolved. */
  address: u32 = 0;
  port: u32 = PORT;
  name: usize = heap.alloc(<usize>HOSTNAME_MAX);
  nameLen: u32 = 0;
  /** Where it is in the queue: the octet, and the number of the record. */
  cursor: u32 = 0;
  record: u32 = 0;
  sent: u32 = 0;
  /** Lines that made room for others before it had them. */
  missed: u32 = 0;
  blocked: bool = false;
  /** When it is tried next, and when it may ask for its tunnel again. */
  next: u64 = 0;
  /** When a line was sent last; 0: never. */
  last: u64 = 0;
  askNext: u64 = 0;
  /** Lines that say nothing of tunnels, at the last time it asked. */
  othersThen: u32 = 0;
  /** When the datagram left that nothing was heard of yet; 0: there is none. */
  since: u64 = 0;
  /** Octets of that line in the queue. */
  taken: u32 = 0;
}

let hosts: StaticArray<Host> = changetype<StaticArray<Host>>(0);
let line: Text = changetype<Text>(0);
let hostname: Text = changetype<Text>(0);
export let facility: u32 = FACILITY_DEFAULT;
/** `logging source-interface`. */
export let sourceInterface: u32 = NO_INTERFACE;
let port: u32 = 0;

export function init(): void {
  hosts = new StaticArray<Host>(<i32>LOG_HOSTS);
  for (let i: u32 = 0; i < LOG_HOSTS; i++) unchecked((hosts[i] = new Host()));
  line = new Text(1200);
  hostname = new Text(64);
  hostname.put("Router");
  facility = FACILITY_DEFAULT;
  sourceInterface = NO_INTERFACE;
  port = 0;
}

export function at(i: u32): Host {
  return unchecked(hosts[i]);
}

export function setFacility(number: u32): void {
  facility = number;
}

export function setSourceInterface(number: u32): void {
  sourceInterface = number;
}

/** An interface is removed. */
export function forget(number: u32): void {
  if (sourceInterface == number) sourceInterface = NO_INTERFACE;
}

export function setHostname(p: usize, len: u32): void {
  hostname.clear().ascii(p, len);
}

/** The host with an address or, where that is 0, a name. */
export function find(address: u32, name: usize, nameLen: u32): Host | null {
  for (let i: u32 = 0; i < LOG_HOSTS; i++) {
    const host = at(i);
    if (!host.used || host.nameLen != nameLen) continue;
    if (nameLen ? memory.compare(host.name, name, <usize>nameLen) == 0 : host.address == address) return host;
  }
  return null;
}

/** `logging host`: lines from here on go there. Null: there are LOG_HOSTS already. @param nameLen at most HOSTNAME_MAX */
export function add(address: u32, name: usize, nameLen: u32, to: u32): Host | null {
  let host = find(address, name, nameLen);
  for (let i: u32 = 0; !host && i < LOG_HOSTS; i++) if (!at(i).used) host = at(i);
  if (!host) return null;
  if (!host.used) {
    host.used = true;
    host.address = address;
    memory.copy(host.name, name, <usize>nameLen);
    host.nameLen = nameLen;
    host.cursor = stores.queue.end;
    host.record = stores.queue.records;
    host.sent = host.missed = host.taken = 0;
    host.since = host.next = host.last = host.askNext = 0;
    host.blocked = false;
    log.setHosts(log.hosts + 1);
  }
  host.port = to;
  return host;
}

export function remove(host: Host): void {
  host.used = false;
  log.setHosts(log.hosts - 1);
}

/** Sends what has come into the queue. */
export function poll(): void {
  if (!log.hosts) return;
  stores.due.reset();
  for (let i: u32 = 0; i < LOG_HOSTS; i++) if (at(i).used) serve(at(i), i);
}

function serve(host: Host, slot: u32): void {
  const queue = stores.queue;
  const now = clock.now();
  if (host.since) {
    if (now < host.since + GONE) return stores.due.arm(host.since + GONE);
    advance(host);
  }
  for (; <i32>(queue.gone - host.record) > 0; host.record++) {
    host.missed++;
    drop(Drop.LOG_QUEUE_FULL);
    host.cursor = queue.first;
  }
  if (host.cursor == queue.end) return;
  if (now < host.next) return stores.due.arm(host.next);
  if (host.nameLen) {
    // Asked for each line: the cache answers. Its last address stays in use while nobody says another.
    if (resolver.lookup(host.name, host.nameLen) == State.FOUND) host.address = resolver.address;
    if (!host.address) {
      host.next = now + RETRY;
      return stores.due.arm(host.next);
    }
  }
  let quiet = host.blocked;
  if (quiet && now >= host.askNext && log.others != host.othersThen) quiet = false;
  if (!send(host, slot, quiet)) {
    host.next = now + 20;
    stores.due.arm(host.next);
  }
}

/** Sends the line at a host's place. False: there is no buffer now. */
function send(host: Host, slot: u32, quiet: bool): bool {
  const queue = stores.queue;
  const total = queue.recordLength(host.cursor);
  if (!port) {
    if (!datagram.draw()) return false;
    port = sockets.open(Owner.LOG, 0, 0, <u32>datagram.random);
    if (!port) return false;
  }
  put(host.cursor, total);
  const len = line.len < SMALL_CAPACITY - datagram.FRONT ? line.len : SMALL_CAPACITY - datagram.FRONT;
  const packet = datagram.make(len);
  if (!packet) return false;
  memory.copy(packet.ptr + datagram.FRONT, line.base, <usize>len);
  packet.report = <u8>(slot + 1) | (quiet ? QUIET : 0);
  if (!quiet) {
    host.askNext = clock.now() + ASK_AGAIN;
    host.othersThen = log.others;
  }
  host.since = clock.now();
  host.taken = total;
  let source: u32 = 0;
  if (sourceInterface != NO_INTERFACE && interfaces.at(sourceInterface).usable) source = interfaces.at(sourceInterface).address;
  datagram.send(packet, source, port, host.address, host.port);
  return true;
}

/** Writes the record at `from` as RFC 5424 has it (6): PRI, version, time, host, program, no process, kind of message, no data, text. */
function put(from: u32, total: u32): void {
  const queue = stores.queue;
  let milliseconds: u64 = 0;
  for (let i: u32 = 8; i > 0; i--) milliseconds = (milliseconds << 8) | <u64>queue.octet(from + 1 + i);
  const severity = queue.octet(from + 10);
  line.clear().char(60).u32(8 * facility + severity).put(">1 ");
  if (milliseconds) calendar.putStamp(line, milliseconds);
  else line.char(45);
  line.char(32).ascii(hostname.base, hostname.len).put(" postern - ");
  const text = from + 2 + QUEUE_HEAD;
  const end = from + total;
  if (queue.octet(text) == 37) for (let i = text + 1; i < end && i < text + 33 && queue.octet(i) != 58; i++) line.char(queue.octet(i));
  else line.char(45);
  line.put(" - ");
  for (let i = text; i < end; i++) line.char(queue.octet(i));
}

/** What became of a datagram. @param report its `Packet.report` @param on it is on its way @param kept it waits for a tunnel that has been asked for */
export function went(report: u32, on: bool, kept: bool): void {
  const slot = (report & ~<u32>QUIET) - 1;
  if (slot >= LOG_HOSTS) return;
  const host = at(slot);
  if (!host.used || !host.since) return;
  if (on || kept) advance(host);
  host.since = 0;
  host.blocked = !on;
  const now = clock.now();
  host.next = now + (!on ? RETRY : now > host.last + SILENCE || !host.last ? PACE_FIRST : PACE);
  if (on) host.last = now;
  stores.due.arm(host.next);
}

function advance(host: Host): void {
  // The queue may have let the line go meanwhile.
  if (<i32>(stores.queue.gone - host.record) <= 0) {
    host.cursor += host.taken;
    host.record++;
  }
  host.since = 0;
  host.sent++;
}
