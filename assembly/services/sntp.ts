/**
 * The clock from servers (SNTP, RFC 4330): one is asked at a time, the preferred one first; who is silent, doesn't know the time itself or
 * is refused gives way to the next. The transmit stamp of a request is a number that nobody can guess, which its answer must have; the answer of a
 * server with a key has that key's MAC as well.
 */
import { HOSTNAME_MAX, NTP_SERVERS } from "../limits";
import * as interfaces from "../net/interface";
import { NO_INTERFACE } from "../net/interface";
import * as sockets from "../net/sockets";
import { Owner } from "../net/sockets";
import * as clock from "../util/clock";
import { Source } from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";
import { Drop, drop } from "../util/status";
import { Text } from "../util/text";
import * as wire from "../wire/ntp";
import { Reply } from "../wire/ntp";
import * as datagram from "./datagram";
import * as keys from "./ntp_keys";
import * as resolver from "./resolver";
import { State } from "./resolver";

/** Milliseconds for an answer, and how often a server is asked before it counts as silent. */
const PATIENCE: u64 = 2000;
const TRIES: u32 = 3;
/** How often name servers are waited for. */
const WAITS: u32 = 30;
/** Seconds between requests, as powers of two (RFC 4330, 10: never less than 15 seconds). */
const POLL_MIN: u32 = 6;
const POLL_MAX: u32 = 10;
/** A clock that a server has set steps no further than so many milliseconds: what is beyond that, a person is to look at. */
const PANIC: u64 = 1000000;
/** 1 January 2026: before it no server's time is believed, for this was written then. */
const BUILT: u64 = 1767225600000;

export class Server {
  used: bool = false;
  /** 0: it has a name that is not resolved. */
  address: u32 = 0;
  name: usize = heap.alloc(<usize>HOSTNAME_MAX);
  nameLen: u32 = 0;
  preferred: bool = false;
  sourceInterface: u32 = NO_INTERFACE;
  /** Number of the key that it is to prove itself with; 0: none. */
  key: u32 = 0;
  /** The last eight requests, the newest in the lowest bit: answered or not (RFC 5905, 9.2). */
  reach: u32 = 0;
  stratum: u32 = 16;
  reference: u32 = 0;
  /** Milliseconds, and when it was. */
  delay: u32 = 0;
  offset: i64 = 0;
  heard: u64 = 0;
  rootDelay: u32 = 0;
  rootDispersion: u32 = 0;
  /** It said to stop. */
  denied: bool = false;
  /** Its time was too far off. */
  refused: bool = false;
}

let servers: StaticArray<Server> = changetype<StaticArray<Server>>(0);
let deadline: Deadline = changetype<Deadline>(0);
/** `ntp source`. */
export let sourceInterface: u32 = NO_INTERFACE;
/** The server that is asked, and the one that set the clock; NTP_SERVERS: none. */
let current: u32 = NTP_SERVERS;
export let chosen: u32 = NTP_SERVERS;
let port: u32 = 0;
let stamp: u64 = 0;
let sentAt: u64 = 0;
let tries: u32 = 0;
let waits: u32 = 0;
/** Servers that were tried since one answered. */
let failed: u32 = 0;
export let pollExponent: u32 = POLL_MIN;
/** When the clock was set by a server last, as it was then: milliseconds since 1970. */
export let referenceTime: u64 = 0;
let saidLost: bool = false;
let saidFar: bool = false;

export function init(): void {
  servers = new StaticArray<Server>(<i32>NTP_SERVERS);
  for (let i: u32 = 0; i < NTP_SERVERS; i++) unchecked((servers[i] = new Server()));
  keys.init();
  deadline = new Deadline();
  sourceInterface = NO_INTERFACE;
  current = chosen = NTP_SERVERS;
  port = tries = waits = failed = 0;
  pollExponent = POLL_MIN;
  referenceTime = 0;
  saidLost = saidFar = false;
}

export function at(i: u32): Server {
  return unchecked(servers[i]);
}

export function setSourceInterface(number: u32): void {
  sourceInterface = number;
}

/** An interface is removed. */
export function forget(number: u32): void {
  if (sourceInterface == number) sourceInterface = NO_INTERFACE;
  for (let i: u32 = 0; i < NTP_SERVERS; i++) if (at(i).sourceInterface == number) at(i).sourceInterface = NO_INTERFACE;
}

/** The server with an address or, where that is 0, a name. */
export function find(address: u32, name: usize, nameLen: u32): Server | null {
  for (let i: u32 = 0; i < NTP_SERVERS; i++) {
    const server = at(i);
    if (!server.used || server.nameLen != nameLen) continue;
    if (nameLen ? memory.compare(server.name, name, <usize>nameLen) == 0 : server.address == address) return server;
  }
  return null;
}

/** `ntp server`. Null: there are NTP_SERVERS already. @param nameLen at most HOSTNAME_MAX */
export function add(address: u32, name: usize, nameLen: u32): Server | null {
  let server = find(address, name, nameLen);
  for (let i: u32 = 0; !server && i < NTP_SERVERS; i++) if (!at(i).used) server = at(i);
  if (!server) return null;
  if (!server.used) {
    server.used = true;
    server.address = address;
    memory.copy(server.name, name, <usize>nameLen);
    server.nameLen = nameLen;
    server.reach = server.reference = server.delay = 0;
    server.stratum = 16;
    server.offset = 0;
    server.heard = 0;
  }
  server.denied = server.refused = false;
  restart();
  return server;
}

export function remove(server: Server): void {
  server.used = false;
  server.preferred = false;
  server.sourceInterface = NO_INTERFACE;
  server.key = 0;
  if (chosen < NTP_SERVERS && !at(chosen).used) {
    chosen = NTP_SERVERS;
    clock.setSynchronised(false);
  }
  restart();
}

/** Asks anew, the preferred server first. */
export function restart(): void {
  hangUp();
  current = NTP_SERVERS;
  tries = waits = failed = 0;
  pollExponent = POLL_MIN;
  deadline.reset();
  for (let i: u32 = 0; i < NTP_SERVERS; i++) if (at(i).used) return deadline.arm(clock.now() + 500);
}

function hangUp(): void {
  if (port) sockets.close(port);
  port = 0;
  deadline.reset();
}

/** Whether a server may be asked. */
function usable(i: u32): bool {
  const server = at(i);
  return server.used && !server.denied;
}

/** The server that is asked after `i`: preferred ones first, then in order; NTP_SERVERS: there is none. */
function after(i: u32): u32 {
  let place = i < NTP_SERVERS ? orderOf(i) + 1 : 0;
  for (let n: u32 = 0; n < 2 * NTP_SERVERS; n++, place++) {
    const next = inOrder(place % NTP_SERVERS);
    if (usable(next)) return next;
  }
  return NTP_SERVERS;
}

/** The slot at a place in the order, and back. */
function inOrder(place: u32): u32 {
  let n: u32 = 0;
  for (let preferred = 1; preferred >= 0; preferred--) {
    for (let i: u32 = 0; i < NTP_SERVERS; i++) if (at(i).preferred == (preferred == 1) && n++ == place) return i;
  }
  return 0;
}

function orderOf(slot: u32): u32 {
  for (let place: u32 = 0; place < NTP_SERVERS; place++) if (inOrder(place) == slot) return place;
  return 0;
}

function count(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < NTP_SERVERS; i++) if (usable(i)) n++;
  return n;
}

/** Asks what is due. */
export function poll(): void {
  if (!deadline.due()) return;
  deadline.reset();
  if (port) {
    hangUp();
    at(current).reach = (at(current).reach << 1) & 255;
    if (tries >= TRIES) return fail();
  }
  if (current == NTP_SERVERS) current = after(NTP_SERVERS);
  if (current < NTP_SERVERS) request();
}

function request(): void {
  const server = at(current);
  if (server.key && !keys.usable(server.key)) return fail();
  if (server.nameLen) {
    const state = resolver.lookup(server.name, server.nameLen);
    if (state == State.ASKED && tries++ < 2 * TRIES) return deadline.arm(clock.now() + PATIENCE);
    // Name servers may be still to come, with a lease.
    if (state == State.LOST && resolver.enabled && !resolver.count() && waits++ < WAITS) return deadline.arm(clock.now() + PATIENCE);
    if (state != State.FOUND) return fail();
    server.address = resolver.address;
  }
  tries++;
  deadline.arm(clock.now() + PATIENCE);
  // Two numbers: the stamp that the answer must have, and the port.
  if (!datagram.draw()) return;
  stamp = datagram.random;
  if (!datagram.draw()) return;
  port = sockets.open(Owner.NTP, server.address, wire.PORT, <u32>datagram.random);
  const packet = port ? datagram.make(server.key ? wire.LENGTH + keys.MAC : wire.LENGTH) : null;
  if (!packet) return;
  wire.request(packet.ptr + datagram.FRONT, stamp);
  if (server.key) keys.seal(server.key, packet.ptr + datagram.FRONT, wire.LENGTH);
  sentAt = clock.now();
  const from = server.sourceInterface != NO_INTERFACE ? server.sourceInterface : sourceInterface;
  const source = from != NO_INTERFACE && interfaces.at(from).usable ? interfaces.at(from).address : 0;
  datagram.send(packet, source, port, server.address, wire.PORT);
}

/** The server that was asked is of no use now: the next, or a pause when all have been tried. */
function fail(): void {
  const server = at(current);
  hangUp();
  tries = 0;
  if (current == chosen && !server.denied) {
    server.stratum = 16;
    putName(log.message("NTP-4-PEERUNREACH").put("Peer "), server).put(" is unreachable");
    log.end();
  }
  current = after(current);
  failed++;
  if (current == NTP_SERVERS) return lost();
  if (failed < count()) return deadline.arm(clock.now() + 100);
  lost();
  // The pause doubles, up to that of the longest interval.
  const exponent = min(4 + failed / max(count(), 1), POLL_MAX);
  deadline.arm(clock.now() + (<u64>1000 << <u64>exponent));
}

/** No server tells the time any more: said once. */
function lost(): void {
  clock.setSynchronised(false);
  chosen = NTP_SERVERS;
  if (saidLost) return;
  saidLost = true;
  log.message("NTP-4-UNSYNC").put(clock.source == Source.NTP ? "NTP sync is lost: no server answers with the time, and the clock goes on by itself" : "no server answers with the time");
  log.end();
}

function putName(text: Text, server: Server): Text {
  return server.nameLen ? text.ascii(server.name, server.nameLen) : text.ip(server.address);
}

/** An answer has come to the socket `from`. @param p its data */
export function arrive(from: u32, p: usize, len: u32): void {
  if (from != port || current == NTP_SERVERS) return drop(Drop.NTP_MISMATCH);
  const server = at(current);
  const reply = wire.read(p, len, stamp);
  // A kiss and "not synchronised" are believed no sooner than the time.
  if (server.key && reply != Reply.MISMATCH && !keys.check(server.key, p, wire.LENGTH, len)) return drop(Drop.NTP_MAC);
  switch (reply) {
    case Reply.MISMATCH: return drop(Drop.NTP_MISMATCH);
    case Reply.MALFORMED: return drop(Drop.NTP_MALFORMED);
    case Reply.KISS:
      server.reach = ((server.reach << 1) | 1) & 255;
      server.reference = wire.reference;
      return kissed(server);
    case Reply.UNSYNCHRONISED:
      server.reach = ((server.reach << 1) | 1) & 255;
      server.stratum = 16;
      return fail();
    default: told(server);
  }
}

/** RFC 4330, 8: who says RATE is asked less often, who says anything else no more. */
function kissed(server: Server): void {
  if (wire.isRate()) {
    pollExponent = POLL_MAX;
    hangUp();
    tries = 0;
    return deadline.arm(clock.now() + (<u64>1000 << <u64>POLL_MAX));
  }
  server.denied = true;
  putName(log.message("NTP-4-DENIED").put("Peer "), server).put(" wants to be asked no more: ");
  for (let shift: u32 = 32; shift > 0; shift -= 8) log.current().char((wire.reference >>> (shift - 8)) & 255);
  log.end();
  fail();
}

/** A server has told the time. */
function told(server: Server): void {
  const now = clock.now();
  const spent = now - sentAt;
  const within = wire.transmitted - wire.received;
  if (within > spent + 1000) return drop(Drop.NTP_MALFORMED);
  hangUp();
  const delay = spent > within ? spent - within : 0;
  // Where the way there is as long as the way back.
  const time = wire.transmitted + delay / 2;
  server.reach = ((server.reach << 1) | 1) & 255;
  server.stratum = wire.stratum;
  server.reference = wire.reference;
  server.rootDelay = wire.rootDelay;
  server.rootDispersion = wire.rootDispersion;
  server.delay = <u32>delay;
  server.heard = now;
  server.offset = <i64>(time - clock.wallMilliseconds());
  const distance = <u64>abs(server.offset);
  if (time < BUILT || (clock.source == Source.NTP && distance > PANIC)) return tooFar(server, time, distance);
  server.refused = false;
  const fresh = chosen != current || !clock.synchronised;
  clock.setWallMilliseconds(time, Source.NTP);
  referenceTime = time;
  if (fresh) {
    putName(log.message("NTP-5-PEERSYNC").put("NTP synced to peer "), server);
    log.end();
  }
  chosen = current;
  tries = failed = 0;
  saidLost = saidFar = false;
  pollExponent = fresh ? POLL_MIN : min(pollExponent + 1, POLL_MAX);
  // While another than the preferred one tells the time, that one is tried again.
  const first = after(NTP_SERVERS);
  if (current != first && at(first).preferred && pollExponent > POLL_MIN + 1) current = first;
  deadline.arm(now + (<u64>1000 << <u64>pollExponent));
}

/** What a server says can't be true, or a person is to say so: said once. */
function tooFar(server: Server, time: u64, distance: u64): void {
  server.refused = true;
  if (!saidFar) {
    saidFar = true;
    putName(log.message("NTP-4-PANIC").put("the time of peer "), server);
    if (time < BUILT) log.current().put(" is before this was built, and is not taken");
    else log.current().put(" is ").u64(distance / 1000).put(" seconds from the clock's, and is not taken: `clock set` lets the next answer set it");
    log.end();
  }
  fail();
}
