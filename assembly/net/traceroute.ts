/**
 * The prober behind the console's `traceroute`: UDP datagrams to ports where nobody listens (from 33434 on), so many for each time to live, one
 * under way at a time. A router on the way answers that their time is exceeded, the destination that nobody listens. The console takes the
 * outcomes one by one (`take`).
 */
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as packets from "../util/packet";
import { Drop, drop } from "../util/status";
import { Type, Unreachable } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import * as udp from "../wire/udp";
import * as outgoing from "./outgoing";

/** What became of one probe. */
export const enum Outcome {
  /** nothing new */
  NONE = 0,
  /** answered: by a router on the way, or by the destination (`ended` then) */
  ANSWER,
  TIMEOUT,
  /** `!N`, `!H`, `!P`, `!A`, and any other code */
  NET,
  HOST,
  PROTOCOL,
  PROHIBITED,
  OTHER,
}

/** Octets of data in each probe. */
const DATA: u32 = 20;
const LENGTH: u32 = ipv4.HEADER_LENGTH + udp.HEADER_LENGTH + DATA;
/** Source ports: the upper half of the dynamic ones (RFC 6335, 6). */
const FIRST_SOURCE: u32 = 57344;
/** Outcomes that wait for the console; the next probe waits while they fill it. */
const OUTCOMES: u32 = 8;
/** Each: Outcome, the time to live, milliseconds, who answered. */
const outcomes: usize = memory.data(96, 4);
let head: u32 = 0;
let waitingOutcomes: u32 = 0;

let running: bool = false;
let waiting: bool = false;
let destination: u32 = 0;
let source: u32 = 0;
let each: u32 = 0;
let last: u32 = 0;
let timeout: u32 = 0;
let ttl: u32 = 0;
/** Probes of this time to live, and whether one of them has come to an end of the way. */
let probes: u32 = 0;
let ended: bool = false;
let port: u32 = 0;
let sourcePort: u32 = FIRST_SOURCE;
let sentAt: u64 = 0;
let deadline: Deadline = changetype<Deadline>(0);

/** Of the outcome taken last: the time to live, the round trip, who answered. */
export let hop: u32 = 0;
export let milliseconds: u32 = 0;
export let from: u32 = 0;

export function init(): void {
  running = waiting = false;
  head = waitingOutcomes = 0;
  deadline = new Deadline();
}

/**
 * Begins. False if one is under way.
 * @param src our address to come from, 0: that of the interface it leaves by; @param count probes for each time to live;
 * @param lowest, highest times to live; @param wait milliseconds for each answer; @param firstPort the first probe's destination port
 */
export function start(dst: u32, src: u32, count: u32, lowest: u32, highest: u32, wait: u32, firstPort: u32): bool {
  if (running) return false;
  destination = dst;
  source = src;
  each = count;
  ttl = lowest;
  last = highest;
  timeout = wait;
  port = firstPort - 1;
  sourcePort = FIRST_SOURCE + ((sourcePort + 1) & 8191);
  probes = 0;
  ended = waiting = false;
  head = waitingOutcomes = 0;
  running = true;
  return true;
}

/** Ends it (the operator's break). */
export function stop(): void {
  running = waiting = false;
  waitingOutcomes = 0;
  deadline.reset();
}

/** Whether outcomes wait to be taken. */
export function settled(): bool {
  return waitingOutcomes > 0;
}

export function busy(): bool {
  return running || waitingOutcomes > 0;
}

/** The next Outcome, in order; Outcome.NONE when there is none yet. */
export function take(): Outcome {
  if (waitingOutcomes == 0) return Outcome.NONE;
  const p = outcomes + <usize>(head * 12);
  head = (head + 1) % OUTCOMES;
  waitingOutcomes--;
  hop = <u32>load<u8>(p, 1);
  milliseconds = load<u32>(p, 4);
  from = load<u32>(p, 8);
  return <Outcome>load<u8>(p);
}

function settle(outcome: Outcome, who: u32): void {
  const p = outcomes + <usize>(((head + waitingOutcomes) % OUTCOMES) * 12);
  store<u8>(p, <u8>outcome);
  store<u8>(p, <u8>ttl, 1);
  store<u32>(p, <u32>(clock.now() - sentAt), 4);
  store<u32>(p, who, 8);
  waitingOutcomes++;
  waiting = false;
  deadline.reset();
  if (++probes < each) return;
  probes = 0;
  if (ended || ttl == last) running = false;
  else ttl++;
}

/** Sends what is due. */
export function poll(): void {
  if (running && waiting && deadline.due()) settle(Outcome.TIMEOUT, 0);
  if (running && !waiting && waitingOutcomes < OUTCOMES) probe();
}

function probe(): void {
  sentAt = clock.now();
  waiting = true;
  deadline.arm(sentAt + <u64>timeout);
  port = (port + 1) & 0xffff;
  const packet = packets.alloc();
  if (!packet) {
    drop(Drop.NO_BUFFER);
    return;
  }
  packet.len = LENGTH;
  const message = packet.ptr + ipv4.HEADER_LENGTH;
  memory.fill(message + udp.HEADER_LENGTH, 0, <usize>DATA);
  udp.emit(message, sourcePort, port, udp.HEADER_LENGTH + DATA, source, destination);
  ipv4.emit(packet.ptr, 0, LENGTH, outgoing.nextIdentification(), 0, ttl, Protocol.UDP, source, destination);
  outgoing.push(packet);
}

/** Told of every unreachable or time exceeded to us; `quoted` is the IPv4 header and what follows, `len` octets. */
export function failed(type: u32, code: u32, quoted: usize, len: u32, who: u32): void {
  if (!waiting || len < ipv4.HEADER_LENGTH || ipv4.protocol(quoted) != Protocol.UDP || ipv4.destination(quoted) != destination) return;
  const header = ipv4.headerLength(quoted);
  if (header < ipv4.HEADER_LENGTH || len < header + udp.HEADER_LENGTH || (ipv4.fragmentWord(quoted) & Flag.OFFSET) != 0) return;
  if (!matches(quoted + header)) return;
  if (type == Type.TIME_EXCEEDED) return settle(Outcome.ANSWER, who);
  ended = true;
  settle(meaning(code), who);
}

/** Of a code of "destination unreachable". */
function meaning(code: u32): Outcome {
  switch (code) {
    case Unreachable.PORT: return Outcome.ANSWER;
    case Unreachable.NET: return Outcome.NET;
    case Unreachable.HOST: return Outcome.HOST;
    case Unreachable.PROTOCOL: return Outcome.PROTOCOL;
    case 9:
    case 10:
    case Unreachable.PROHIBITED: return Outcome.PROHIBITED;
    default: return Outcome.OTHER;
  }
}

/** Told when a probe had no way out; `p` at its UDP header. */
export function refused(p: usize): void {
  if (!waiting || !matches(p)) return;
  ended = true;
  settle(Outcome.NET, 0);
}

function matches(p: usize): bool {
  return waiting && udp.sourcePort(p) == sourcePort && udp.destinationPort(p) == port;
}
