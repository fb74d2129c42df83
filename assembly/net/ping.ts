/**
 * The echo client behind the console's `ping`: one request under way at a time, the next as soon as it is answered or
 * its time is over. The console takes the outcomes one by one (`take`) and the figures at the end.
 */
import { PING_SIZE_MAX, PING_SIZE_MIN } from "../limits";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as packets from "../util/packet";
import { Drop, drop } from "../util/status";
import * as wire from "../wire/icmp";
import { Type, Unreachable } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import { OWN_IDENTIFIERS } from "./nat/ports";
import * as outgoing from "./outgoing";

/** What became of one request. */
export const enum Outcome {
  /** nothing new */
  NONE = 0,
  /** `!` */
  REPLY,
  /** `.` */
  TIMEOUT,
  /** `U`: a destination unreachable came back, or there is no route */
  UNREACHABLE,
  /** `M`: it had to be fragmented and must not */
  TOO_BIG,
  /** `N`: the network is unreachable */
  NET,
  /** `P`: the destination does not speak ICMP */
  PROTOCOL,
  /** `Q`: somebody is to be spared (RFC 792; nobody sends that any more, RFC 6633) */
  QUENCH,
  /** `A`: a filter on the way */
  PROHIBITED,
  /** `&`: its time is exceeded */
  EXCEEDED,
  /** `?`: an error of another type, or a reply with other data than were sent */
  OTHER,
}

const TTL: u32 = 255;
/** Outcomes that wait for the console; the next request waits while they fill it. */
const OUTCOMES: u32 = 32;
const outcomes: usize = memory.data(32, 4);
let outcomesHead: u32 = 0;
let outcomesCount: u32 = 0;

let running: bool = false;
let waiting: bool = false;
let destination: u32 = 0;
let source: u32 = 0;
let total: u32 = 0;
let size: u32 = 0;
let timeout: u32 = 0;
let df: bool = false;
/** Two octets that are repeated, and whether a reply must have them. */
let pattern: u32 = 0;
let validates: bool = false;
let identifier: u32 = 0;
let sentAt: u64 = 0;
/** When the request under way has waited long enough. */
let deadline: Deadline = changetype<Deadline>(0);

/** Figures of the run under way or of the last one; round trips in milliseconds. */
export let sent: u32 = 0;
export let received: u32 = 0;
export let shortest: u32 = 0;
export let longest: u32 = 0;
export let sum: u64 = 0;
/** Round trip of the last reply. */
export let last: u32 = 0;

export function init(): void {
  running = false;
  outcomesHead = outcomesCount = 0;
  deadline = new Deadline();
}

/**
 * Begins a run. False if one is running or the size is outside PING_SIZE_MIN ... PING_SIZE_MAX.
 * @param dst where to; @param src our address to come from, 0: that of the interface it leaves by; @param count requests;
 * @param length octets of each datagram; @param milliseconds for each answer; @param dontFragment sets DF;
 * @param data two octets that are repeated; @param validate whether a reply is one only with the same
 */
export function start(dst: u32, src: u32, count: u32, length: u32, milliseconds: u32, dontFragment: bool, data: u32 = 0xabcd, validate: bool = false): bool {
  if (running || length < PING_SIZE_MIN || length > PING_SIZE_MAX) return false;
  destination = dst;
  source = src;
  total = count;
  size = length;
  timeout = milliseconds;
  df = dontFragment;
  pattern = data;
  validates = validate;
  // Of those that NAT gives to nobody.
  identifier = OWN_IDENTIFIERS | ((identifier + 1) & 0xff);
  sent = received = shortest = longest = last = 0;
  sum = 0;
  outcomesHead = outcomesCount = 0;
  waiting = false;
  running = count > 0;
  return true;
}

/** Ends the run (the operator's break). */
export function stop(): void {
  running = false;
  waiting = false;
  outcomesCount = 0;
  deadline.reset();
}

/** Whether outcomes wait to be taken. */
export function settled(): bool {
  return outcomesCount > 0;
}

/** Whether requests are still to be sent or answered, or outcomes to be taken. */
export function busy(): bool {
  return running || outcomesCount > 0;
}

/** The next Outcome, in order; Outcome.NONE when there is none yet. */
export function take(): Outcome {
  if (outcomesCount == 0) return Outcome.NONE;
  const outcome = <Outcome>load<u8>(outcomes + outcomesHead);
  outcomesHead = (outcomesHead + 1) % OUTCOMES;
  outcomesCount--;
  return outcome;
}

function settle(outcome: Outcome): void {
  store<u8>(outcomes + ((outcomesHead + outcomesCount) % OUTCOMES), <u8>outcome);
  outcomesCount++;
  waiting = false;
  deadline.reset();
  if (sent == total) running = false;
}

/** Sends what is due. Milliseconds until the next call. */
export function poll(): u32 {
  if (running && waiting && deadline.due()) settle(Outcome.TIMEOUT);
  if (running && !waiting && outcomesCount < OUTCOMES) request();
  return deadline.remaining();
}

function request(): void {
  sent++;
  sentAt = clock.now();
  waiting = true;
  deadline.arm(sentAt + <u64>timeout);
  const packet = size > packets.SMALL_CAPACITY ? packets.allocLarge() : packets.alloc();
  if (!packet) {
    drop(Drop.NO_BUFFER);
    return;
  }
  packet.len = size;
  const message = packet.ptr + ipv4.HEADER_LENGTH;
  const len = size - ipv4.HEADER_LENGTH;
  for (let i = wire.HEADER_LENGTH; i < len; i++) store<u8>(message + i, dataAt(i));
  wire.emit(message, Type.ECHO, 0, identifier, sent & 0xffff, len);
  ipv4.emit(packet.ptr, 0, size, outgoing.nextIdentification(), df ? Flag.DF : 0, TTL, Protocol.ICMP, source, destination);
  outgoing.push(packet);
}

/** Octet `i` of a message. */
// @ts-ignore: decorator
@inline
function dataAt(i: u32): u8 {
  return <u8>(i & 1 ? pattern : pattern >>> 8);
}

/** Whether a reply has the data that were sent. @param len octets from the ICMP header on */
function isWhole(p: usize, len: u32): bool {
  if (len != size - ipv4.HEADER_LENGTH) return false;
  for (let i = wire.HEADER_LENGTH; i < len; i++) if (load<u8>(p + i) != dataAt(i)) return false;
  return true;
}

/** Told of every echo reply to us; `p` at the ICMP header, `len` octets. */
export function replied(p: usize, len: u32): void {
  if (!matches(p)) return;
  if (validates && !isWhole(p, len)) return settle(Outcome.OTHER);
  last = <u32>(clock.now() - sentAt);
  sum += <u64>last;
  if (received == 0 || last < shortest) shortest = last;
  if (last > longest) longest = last;
  received++;
  settle(Outcome.REPLY);
}

/** Told of every error to us; `quoted` is the IPv4 header and what follows, `len` octets. */
export function failed(type: u32, code: u32, quoted: usize, len: u32): void {
  if (len < ipv4.HEADER_LENGTH || ipv4.protocol(quoted) != Protocol.ICMP || ipv4.destination(quoted) != destination) return;
  const header = ipv4.headerLength(quoted);
  if (header < ipv4.HEADER_LENGTH || len < header + wire.HEADER_LENGTH || (ipv4.fragmentWord(quoted) & Flag.OFFSET) != 0) return;
  if (wire.type(quoted + header) != Type.ECHO || !matches(quoted + header)) return;
  settle(meaning(type, code));
}

/** Of an error's type and code. */
function meaning(type: u32, code: u32): Outcome {
  if (type == Type.TIME_EXCEEDED) return Outcome.EXCEEDED;
  if (type == Type.SOURCE_QUENCH) return Outcome.QUENCH;
  if (type != Type.UNREACHABLE) return Outcome.OTHER;
  switch (code) {
    case Unreachable.NET: return Outcome.NET;
    case Unreachable.PROTOCOL: return Outcome.PROTOCOL;
    case Unreachable.FRAGMENTATION_NEEDED: return Outcome.TOO_BIG;
    case 9:
    case 10:
    case Unreachable.PROHIBITED: return Outcome.PROHIBITED;
    default: return Outcome.UNREACHABLE;
  }
}

/** Told when a request could not leave; `p` at its ICMP header. */
export function refused(p: usize, outcome: Outcome): void {
  if (wire.type(p) == Type.ECHO && matches(p)) settle(outcome);
}

function matches(p: usize): bool {
  return running && waiting && wire.identifier(p) == identifier && wire.sequence(p) == (sent & 0xffff);
}
