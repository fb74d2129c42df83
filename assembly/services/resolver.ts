/**
 * Names: those that `ip host` gives, and a stub resolver with a cache (RFC 1035, 5.3.1; RFC 5452 against forgeries: the ID and the port
 * are drawn anew for each question, and the answer is to come from where it was asked). Whoever wants a name asks with `lookup`, again
 * and again until it is there: the cache is the only memory.
 */
import { DNS_NAMES, DNS_QUESTIONS, HOSTNAME_MAX, IP_HOSTS, NAME_SERVERS } from "../limits";
import * as leases from "../net/dhcp/lease";
import * as sockets from "../net/sockets";
import { Owner } from "../net/sockets";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";
import * as packets from "../util/packet";
import { Pool } from "../util/pool";
import { Drop, drop } from "../util/status";
import * as ipv4 from "../wire/ipv4";
import * as wire from "../wire/dns";
import { Answer } from "../wire/dns";
import * as datagram from "./datagram";

/** What is known of a name. */
export const enum State {
  NONE = 0,
  /** a question is under way */
  ASKED,
  FOUND,
  /** there is no such name */
  ABSENT,
  /** nobody said */
  LOST,
}

@unmanaged
export class Name {
  /** of `ip host` */
  permanent: bool;
  state: u8;
  len: u8;
  address: u32;
  /** When what is known is no longer, milliseconds of clock.now. */
  expires: u64;
  /** When it was asked for last. */
  used: u64;
  // Of a question
  port: u32;
  id: u32;
  tries: u32;
  forged: u32;
  /** When the next server is asked. */
  next: u64;

  /** HOSTNAME_MAX octets, in small letters. */
  get text(): usize {
    return changetype<usize>(this) + offsetof<Name>();
  }
}

/** Milliseconds for a server to answer in; how often each is asked. */
const PATIENCE: u64 = 2000;
const ROUNDS: u32 = 2;
/** Bounds of the seconds that an answer is kept for. */
const TTL_MIN: u32 = 10;
const TTL_MAX: u32 = 86400;
const NEGATIVE_MAX: u32 = 300;
/** Seconds that nobody is asked for again after nobody has answered. */
const LOST_FOR: u32 = 15;
/** Answers with a wrong ID after which the question is asked anew, from another port. */
const FORGED_MAX: u32 = 8;

let names = changetype<Pool<Name>>(0);
let deadline: Deadline = changetype<Deadline>(0);
const servers: usize = memory.data(<i32>(NAME_SERVERS * 4), 4);
let serverCount: u32 = 0;
/** Servers that DHCP brought: asked where none is configured. */
const learnt: usize = memory.data(<i32>(NAME_SERVERS * 4), 4);
let learntCount: u32 = 0;
let seenLeases: u32 = 0;
const domainText: usize = memory.data(<i32>HOSTNAME_MAX, 4);
let domainLen: u32 = 0;
/** `ip domain lookup`. */
export let enabled: bool = true;
/** Counts what has been learnt: who waits for a name looks again when it changes. */
export let generation: u32 = 0;
let questions: u32 = 0;
let silent: bool = false;
const full: usize = memory.data(<i32>HOSTNAME_MAX, 4);
let fullLen: u32 = 0;

export function init(): void {
  names = new Pool<Name>("DNS names", DNS_NAMES, HOSTNAME_MAX);
  deadline = new Deadline();
  serverCount = learntCount = domainLen = questions = seenLeases = 0;
  enabled = true;
  silent = false;
  generation = 0;
}

// Settings

export function serversConfigured(): u32 {
  return serverCount;
}

export function serverAt(i: u32): u32 {
  return load<u32>(servers + <usize>(i << 2));
}

/** `ip name-server`. False: there are NAME_SERVERS already. */
export function addServer(address: u32): bool {
  for (let i: u32 = 0; i < serverCount; i++) if (serverAt(i) == address) return true;
  if (serverCount == NAME_SERVERS) return false;
  store<u32>(servers + <usize>(serverCount++ << 2), address);
  forget();
  return true;
}

/** False: it was none. */
export function removeServer(address: u32): bool {
  for (let i: u32 = 0; i < serverCount; i++) {
    if (serverAt(i) != address) continue;
    serverCount--;
    memory.copy(servers + <usize>(i << 2), servers + <usize>((i + 1) << 2), <usize>((serverCount - i) << 2));
    return true;
  }
  return false;
}

/** The servers that DHCP brought, in place of those it brought before. */
function follow(): void {
  if (leases.revision == seenLeases) return;
  seenLeases = leases.revision;
  let n: u32 = 0;
  let changed = false;
  for (let address = leases.nameServer(0); address != 0 && n < NAME_SERVERS; address = leases.nameServer(n)) {
    const place = learnt + <usize>(n++ << 2);
    if (load<u32>(place) != address) changed = true;
    store<u32>(place, address);
  }
  if (n != learntCount) changed = true;
  learntCount = n;
  if (changed && !serverCount) forget();
}

export function setEnabled(is: bool): void {
  enabled = is;
}

/** @param len at most HOSTNAME_MAX; 0: none */
export function setDomain(p: usize, len: u32): void {
  memory.copy(domainText, p, <usize>len);
  domainLen = len;
}

export function domain(): usize {
  return domainText;
}

export function domainLength(): u32 {
  return domainLen;
}

/** Servers that are asked now. */
export function count(): u32 {
  return serverCount ? serverCount : learntCount;
}

/** One of them. */
export function active(i: u32): u32 {
  return load<u32>((serverCount ? servers : learnt) + <usize>(i << 2));
}

/** What nobody could say is asked again: there are other servers. */
function forget(): void {
  silent = false;
  for (let i: u32 = 0; i < DNS_NAMES; i++) {
    const name = names.at(i);
    if (name && !name.permanent && (name.state == <u8>State.LOST || name.state == <u8>State.ABSENT)) name.expires = 0;
  }
  generation++;
}

// Names

/** For walks over what is known. */
export function slots(): u32 {
  return DNS_NAMES;
}

export function at(i: u32): Name | null {
  return names.at(i);
}

/** The name as it is asked for, in small letters: one without a dot is in our domain. */
function complete(p: usize, len: u32): bool {
  if (len > 0 && load<u8>(p + len - 1) == 46) len--;
  if (len == 0 || len > HOSTNAME_MAX) return false;
  let dots: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 46) dots++;
    store<u8>(full + i, <u8>(c - 65 < 26 ? c | 32 : c));
  }
  fullLen = len;
  if (dots || !domainLen || len + 1 + domainLen > HOSTNAME_MAX) return true;
  store<u8>(full + len, 46);
  memory.copy(full + len + 1, domainText, <usize>domainLen);
  fullLen = len + 1 + domainLen;
  return true;
}

function find(p: usize, len: u32): Name | null {
  for (let i: u32 = 0; i < DNS_NAMES; i++) {
    const name = names.at(i);
    if (name && <u32>name.len == len && memory.compare(name.text, p, <usize>len) == 0) return name;
  }
  return null;
}

/** `ip host NAME A`. False: there are IP_HOSTS already. @param len at most HOSTNAME_MAX */
export function addHost(p: usize, len: u32, address: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    store<u8>(full + i, <u8>(c - 65 < 26 ? c | 32 : c));
  }
  let name = find(full, len);
  if (!name || !name.permanent) {
    let permanent: u32 = 0;
    for (let i: u32 = 0; i < DNS_NAMES; i++) {
      const one = names.at(i);
      if (one && one.permanent) permanent++;
    }
    if (permanent == IP_HOSTS) return false;
    if (name) release(name);
    name = room();
    if (!name) return false;
    memory.copy(name.text, full, <usize>len);
    name.len = <u8>len;
    name.permanent = true;
  }
  name.state = <u8>State.FOUND;
  name.address = address;
  generation++;
  return true;
}

/** False: there is none of that name. */
export function removeHost(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len && i < HOSTNAME_MAX; i++) {
    const c = <u32>load<u8>(p + i);
    store<u8>(full + i, <u8>(c - 65 < 26 ? c | 32 : c));
  }
  const name = find(full, len);
  if (!name || !name.permanent) return false;
  release(name);
  return true;
}

/** Forgets what servers said, of one name or (len 0) of all. False: nothing was known of that one. */
export function clear(p: usize, len: u32): bool {
  let found = false;
  if (len && !complete(p, len)) return false;
  for (let i: u32 = 0; i < DNS_NAMES; i++) {
    const name = names.at(i);
    if (!name || name.permanent || (len && (<u32>name.len != fullLen || memory.compare(name.text, full, <usize>fullLen) != 0))) continue;
    release(name);
    found = true;
  }
  silent = false;
  return found || !len;
}

function release(name: Name): void {
  settle(name, State.NONE);
  names.free(name);
}

/** Room for one more name: the one that nobody has asked for the longest gives way. */
function room(): Name | null {
  const free = names.used < names.size ? names.take() : null;
  if (free) return free;
  let oldest: Name | null = null;
  for (let i: u32 = 0; i < DNS_NAMES; i++) {
    const one = names.at(i);
    if (one && !one.permanent && one.state != <u8>State.ASKED && (!oldest || one.used < oldest.used)) oldest = one;
  }
  if (!oldest) return null;
  names.free(oldest);
  return names.take();
}

/** The address that the last lookup found. */
export let address: u32 = 0;

/** What is known of a name. State.ASKED: look again when `generation` has changed. FOUND: `address` is set. */
export function lookup(p: usize, len: u32): State {
  address = 0;
  follow();
  // A name that `ip host` gives is taken as it was written, too.
  if (!complete(p, len)) return State.ABSENT;
  let name = find(full, len);
  if (!name || !name.permanent) name = find(full, fullLen);
  const now = clock.now();
  if (name && !name.permanent && name.state != <u8>State.ASKED && name.expires <= now) {
    if (!enabled || !count()) return State.LOST;
    ask(name);
  }
  if (!name) {
    if (!enabled || !count()) return State.LOST;
    if (questions == DNS_QUESTIONS) return State.ASKED;
    name = room();
    if (!name) return State.LOST;
    memory.copy(name.text, full, <usize>fullLen);
    name.len = <u8>fullLen;
    ask(name);
  }
  name.used = now;
  address = name.address;
  if (name.state == <u8>State.ASKED && name.address) return State.FOUND;
  return <State>name.state;
}

/** Begins to ask. What was known stays in use until there is an answer. */
function ask(name: Name): void {
  if (questions == DNS_QUESTIONS) return;
  questions++;
  name.state = <u8>State.ASKED;
  name.tries = 0;
  send(name);
}

/** Asks the next server, or gives up. */
function send(name: Name): void {
  hangUp(name);
  if (!count() || name.tries >= ROUNDS * count()) return lost(name);
  const server = active(name.tries % count());
  name.tries++;
  name.forged = 0;
  name.next = clock.now() + PATIENCE;
  deadline.arm(name.next);
  if (!datagram.draw()) return;
  name.id = <u32>(datagram.random >> 32) & 0xffff;
  name.port = sockets.open(Owner.DNS, server, wire.PORT, <u32>datagram.random);
  const packet = name.port ? datagram.make(wire.MESSAGE_MAX) : null;
  if (!packet) return;
  const len = wire.question(packet.ptr + datagram.FRONT, name.id, name.text, name.len);
  if (!len) {
    packets.free(packet);
    settle(name, State.ABSENT);
    return keep(name, NEGATIVE_MAX);
  }
  packet.len = datagram.FRONT + len;
  datagram.send(packet, 0, name.port, server, wire.PORT);
}

function hangUp(name: Name): void {
  if (name.port) sockets.close(name.port);
  name.port = 0;
}

/** A question is over. */
function settle(name: Name, state: State): void {
  hangUp(name);
  if (name.state == <u8>State.ASKED) questions--;
  name.state = <u8>state;
  generation++;
  // Whoever waits for the name is to look again.
  deadline.arm(clock.now());
}

function keep(name: Name, seconds: u32): void {
  name.expires = clock.now() + <u64>seconds * 1000;
}

/** Nobody has answered: said once, until somebody does. An address that was known stays for as long. */
function lost(name: Name): void {
  const known = name.address;
  settle(name, known ? State.FOUND : State.LOST);
  keep(name, LOST_FOR);
  if (silent) return;
  silent = true;
  log.message("DNS-4-NO_ANSWER").put("no name server answers for ").escaped(name.text, name.len);
  const text = log.current();
  for (let i: u32 = 0; i < count(); i++) text.put(i ? ", " : " (").ip(active(i));
  if (count()) text.char(41);
  if (known) text.put(": ").ip(known).put(" stays in use");
  log.end();
}

/** An answer has come to the socket `port`. @param p its data */
export function arrive(port: u32, p: usize, len: u32): void {
  for (let i: u32 = 0; i < DNS_NAMES; i++) {
    const name = names.at(i);
    if (name && name.state == <u8>State.ASKED && name.port == port) return answered(name, p, len);
  }
  drop(Drop.DNS_MISMATCH);
}

function answered(name: Name, p: usize, len: u32): void {
  const answer = wire.read(p, len, name.id, name.text, name.len);
  switch (answer) {
    case Answer.MISMATCH:
    case Answer.MALFORMED:
      drop(answer == Answer.MALFORMED ? Drop.DNS_MALFORMED : Drop.DNS_MISMATCH);
      if (++name.forged >= FORGED_MAX) send(name);
      return;
    case Answer.REFUSED: return send(name);
    case Answer.NONE:
      name.address = 0;
      settle(name, State.ABSENT);
      return keep(name, min(max(wire.ttl, TTL_MIN), NEGATIVE_MAX));
    default:
      silent = false;
      if (!ipv4.isUnicast(wire.address)) {
        drop(Drop.DNS_MALFORMED);
        return send(name);
      }
      name.address = wire.address;
      settle(name, State.FOUND);
      keep(name, min(max(wire.ttl, TTL_MIN), TTL_MAX));
  }
}

/** Asks the next servers where one is silent. */
export function poll(): void {
  if (!deadline.due()) return;
  deadline.reset();
  const now = clock.now();
  for (let i: u32 = 0; i < DNS_NAMES; i++) {
    const name = names.at(i);
    if (!name || name.state != <u8>State.ASKED) continue;
    if (name.next <= now) send(name);
    else deadline.arm(name.next);
  }
}
