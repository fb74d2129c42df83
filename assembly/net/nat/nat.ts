/**
 * NAT (RFC 3022, in IOS's order): what goes from an inside interface out of an outside one gets an address of ours before the crypto map
 * is asked; what comes in by an outside one, after it was decrypted, gets its host's address back before it is routed. What nothing
 * translates goes on as it is, both ways: routes and filters decide about it.
 *
 *      out: static ---> flow known? ---> rules: list or route map ---> address and port ---> new translation
 *      in:  flow known? ---> static ---> ICMP error about one of them ---> an address of NAT's alone: dropped
 *
 * TCP, UDP and ICMP's queries share an address (`overload`). Other protocols have nothing to be told apart by and pass through a static
 * translation or a pool without overload only. Errors of ICMP get what the flow that they quote has, inside the quote too
 * (RFC 5508, 4).
 */
import * as setting from "../../lists/setting";
import * as routeMaps from "../../lists/route_map";
import { Verdict } from "../../lists/route_map";
import * as clock from "../../util/clock";
import { Deadline } from "../../util/deadline";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import { Drop, drop } from "../../util/status";
import { get16 } from "../../util/bytes";
import { NONE, mix } from "../../util/index";
import * as icmp from "../../wire/icmp";
import { Type } from "../../wire/icmp";
import * as ipv4 from "../../wire/ipv4";
import { Flag, Protocol } from "../../wire/ipv4";
import * as flow from "../flow";
import * as interfaces from "../interface";
import * as fragments from "./fragments";
import * as ports from "./ports";
import * as quoted from "./quoted";
import * as rewrite from "./rewrite";
import { DESTINATION, DESTINATION_PORT, IDENTIFIER, SAME_PORT, SOURCE, SOURCE_PORT } from "./rewrite";
import { NO_PORT, Rule, Side, Static } from "./settings";
import * as settings from "./settings";
import * as table from "./table";
import * as timeouts from "./timeouts";
import { State, Translation } from "./translation";

export const enum Outcome {
  /** nothing changed */
  SAME = 0,
  /** translated, as others of its flow before */
  TRANSLATED,
  /** translated, and nobody has looked yet whether a crypto map meant it as it was: `was...` say how that was */
  FRESH,
  /** counted; the caller frees it */
  DROP,
}

/** `Packet.translated` */
export const enum Translated {
  NO = 0,
  SOURCE = 1,
  DESTINATION = 2,
}

/** TCP's flags. */
const FIN: u32 = 1;
const SYN: u32 = 2;
const RST: u32 = 4;
const ACK: u32 = 16;

const SWEEP_EVERY: u64 = 1000;
const SWEEP_SLOTS: u32 = 1024;
let deadline: Deadline = changetype<Deadline>(0);
let swept: u32 = 0;

/** What the last outgoing packet had before it was translated. */
export let wasSource: u32 = 0;
export let wasPort: u32 = 0;
/** What the last one that came in had: 0 for a port that it does not show. */
export let wasDestination: u32 = 0;
export let wasDestinationPort: u32 = 0;
/** The rule that the last one was translated by; null: a static. */
export let byRule: Rule | null = null;
/** Its translation; null: a static's, or a later fragment's. */
let last: Translation | null = null;
let lastIsFragment: bool = false;

/** @param random any number that nobody outside knows */
export function init(random: u32): void {
  routeMaps.init();
  settings.init();
  timeouts.init();
  table.init(random);
  ports.init(mix(random));
  fragments.init();
  deadline = new Deadline();
  swept = 0;
  last = null;
}

/** Ends what nobody used for too long. */
export function poll(): void {
  if (!deadline.due()) return;
  deadline.reset();
  table.sweep(swept, SWEEP_SLOTS);
  swept += SWEEP_SLOTS;
  if (swept >= table.slots()) swept = 0;
  if (table.used()) deadline.arm(clock.now() + SWEEP_EVERY);
}

function refuse(reason: Drop): Outcome {
  drop(reason);
  return Outcome.DROP;
}

/**
 * A datagram on its way out, before the crypto map is asked.
 * @param from interface that it came in by, or that has the address of what we say ourselves; NO_PORT: none
 * @param port interface that it leaves by
 * @param epoch changes whenever the crypto maps' policies do
 */
export function out(packet: Packet, from: u32, port: u32, epoch: u32): Outcome {
  if (from == NO_PORT || settings.side(from) != Side.INSIDE || settings.side(port) != Side.OUTSIDE) return Outcome.SAME;
  const p = packet.ptr;
  last = null;
  byRule = null;
  lastIsFragment = false;
  if (!flow.read(p, packet.len)) return refuse(Drop.NAT_MALFORMED);
  wasSource = flow.source;
  wasPort = flow.sourcePort;
  const word = ipv4.fragmentWord(p);
  if ((word & Flag.OFFSET) != 0) return later(packet, false);
  const first = (word & Flag.MF) != 0;
  let protocol = flow.protocol;
  let portAt = SOURCE_PORT;
  let sourcePort = flow.sourcePort;
  let outsidePort = flow.destinationPort;
  let shared = protocol == Protocol.TCP || protocol == Protocol.UDP;
  if (protocol == Protocol.ICMP) {
    wasPort = outsidePort = 0;
    if (icmp.isError(flow.sourcePort)) return errorOut(packet, port);
    portAt = IDENTIFIER;
    shared = flow.sourcePort == Type.ECHO || flow.sourcePort == Type.TIMESTAMP;
    sourcePort = shared ? get16(p + ipv4.headerLength(p) + IDENTIFIER) : 0;
  }
  if (settings.staticCount) {
    const fixed = settings.staticOut(protocol, flow.source, flow.sourcePort, flow.destination, flow.destinationPort, port);
    if (fixed) return staticOut(packet, fixed, first);
    if (settings.staticBroken) return refuse(Drop.NAT_NO_LIST);
  }
  const stamp = setting.revision + epoch;
  if (table.simple) {
    const whole = table.findOut(0, flow.source, 0, 0, 0);
    if (whole && stillMeant(whole, port, stamp)) return apply(packet, whole, SOURCE_PORT, SAME_PORT, first, stamp);
  }
  if (shared) {
    const known = table.findOut(protocol, flow.source, sourcePort, flow.destination, outsidePort);
    if (known && stillMeant(known, port, stamp)) return apply(packet, known, portAt, <u32>known.globalPort, first, stamp);
  }
  return begin(packet, port, shared, sourcePort, outsidePort, portAt, first, stamp);
}

/** Whether the configuration wants a translation still; ends it where it does not. */
function stillMeant(t: Translation, port: u32, stamp: u32): bool {
  if (t.seen == stamp) return true;
  const rule = settings.ruleAt(<u32>t.rule);
  if (rule && ruleFor(port) == rule && !broken) return true;
  table.remove(t);
  return false;
}

/** A list or a map that the last `ruleFor` came upon is missing. */
let broken: bool = false;

/** The first rule that has the flow in it; null: it is not translated. */
function ruleFor(port: u32): Rule | null {
  broken = false;
  for (let i = settings.firstRuleAt(); i != NONE; ) {
    const rule = settings.ruleAt(i) as Rule;
    const verdict = rule.judge(port);
    broken = verdict == Verdict.BROKEN;
    if (verdict != Verdict.DENY) return rule;
    i = rule.order;
  }
  return null;
}

/** The first packet of a flow. */
function begin(packet: Packet, port: u32, shared: bool, sourcePort: u32, outsidePort: u32, portAt: u32, first: bool, stamp: u32): Outcome {
  const rule = ruleFor(port);
  if (!rule) {
    if (first) fragments.keep(flow.source, flow.destination, ipv4.identification(packet.ptr), flow.protocol, false, 0);
    return Outcome.SAME;
  }
  table.countMiss();
  if (broken) {
    tellMissing(rule);
    return refuse(Drop.NAT_NO_LIST);
  }
  let added: Translation | null = null;
  let global: u32 = 0;
  if (rule.overload) {
    if (!shared) return refuse(Drop.NAT_PROTOCOL);
    let chosen = ports.NONE;
    const pool = rule.pool;
    if (rule.port != NO_PORT) {
      global = interfaces.at(rule.port).address;
      if (global == 0) return refuse(Drop.NAT_NO_ADDRESS);
      chosen = ports.choose(flow.protocol, global, flow.source, sourcePort);
    } else if (pool) {
      // A host keeps its address while that has ports (RFC 4787, REQ-2).
      const size = pool.last - pool.first + 1;
      const start = mix(flow.source) % size;
      for (let i: u32 = 0; i < min<u32>(size, 4) && chosen == ports.NONE; i++) {
        global = pool.first + ((start + i) % size);
        chosen = ports.choose(flow.protocol, global, flow.source, sourcePort);
      }
    } else return refuse(Drop.NAT_NO_ADDRESS);
    if (chosen == ports.NONE) return refuse(Drop.NAT_NO_PORT);
    added = table.add(
      flow.protocol, flow.source, sourcePort, global, chosen, flow.destination, outsidePort, settings.entriesMax, settings.shareOf(flow.source),
    );
  } else {
    global = freeAddress(rule);
    if (global == 0) return refuse(Drop.NAT_NO_ADDRESS);
    added = table.add(0, flow.source, 0, global, 0, 0, 0, settings.entriesMax, settings.shareOf(flow.source));
  }
  if (!added) return refuse(table.reason);
  added.rule = <u8>settings.ruleNumber(rule);
  deadline.arm(clock.now() + SWEEP_EVERY);
  return apply(packet, added, portAt, added.protocol ? <u32>added.globalPort : SAME_PORT, first, stamp);
}

/** An address of a rule's pool that nobody has; 0: there is none. */
function freeAddress(rule: Rule): u32 {
  const pool = rule.pool;
  if (!pool) return 0;
  for (let address = pool.first; address <= pool.last; address++) {
    if (!table.mappingOf(0, address, 0) && !settings.isStaticPort(0, address, 0)) return address;
  }
  return 0;
}

/** Gives a packet what its translation says. */
function apply(packet: Packet, t: Translation, portAt: u32, port: u32, first: bool, stamp: u32): Outcome {
  const p = packet.ptr;
  table.countHit();
  t.used = <u32>clock.now();
  if (t.protocol == <u8>Protocol.TCP) followOut(t, flow.flags);
  if (first) remember(p, false, t.global);
  rewrite.change(p, packet.len, SOURCE, t.global, portAt, port);
  packet.translated = <u8>Translated.SOURCE;
  last = t;
  byRule = settings.ruleAt(<u32>t.rule);
  if (t.seen == stamp && t.protocol != 0) return Outcome.TRANSLATED;
  t.seen = stamp;
  return Outcome.FRESH;
}

function followOut(t: Translation, flags: u32): void {
  if ((flags & (SYN | ACK | RST)) == SYN) {
    // The same ports again, after the end of what had them.
    if ((<u32>t.state & (State.RESET | State.FIN_IN | State.FIN_OUT)) != 0) t.state = 0;
  } else if ((flags & RST) != 0) t.state |= <u8>State.RESET;
  else if ((flags & FIN) != 0) t.state |= <u8>State.FIN_OUT;
}

function staticOut(packet: Packet, fixed: Static, first: bool): Outcome {
  const global = fixed.globalOf(flow.source);
  if (global == 0) return refuse(Drop.NAT_NO_ADDRESS);
  const p = packet.ptr;
  if (first) remember(p, false, global);
  rewrite.change(p, packet.len, SOURCE, global, SOURCE_PORT, fixed.protocol ? <u32>fixed.outsidePort : SAME_PORT);
  packet.translated = <u8>Translated.SOURCE;
  return Outcome.FRESH;
}

function remember(p: usize, inward: bool, address: u32): void {
  fragments.keep(flow.source, flow.destination, ipv4.identification(p), flow.protocol, inward, address);
  lastIsFragment = true;
}

/** A later fragment gets what its first one got. */
function later(packet: Packet, inward: bool): Outcome {
  const p = packet.ptr;
  if (!fragments.find(flow.source, flow.destination, ipv4.identification(p), flow.protocol, inward)) {
    // Where ports have no say the addresses are enough.
    const whole = inward ? wholeIn(packet.port) : wholeOut();
    if (whole == 0) return inward ? Outcome.SAME : refuse(Drop.NAT_FRAGMENT);
    rewrite.change(p, packet.len, inward ? DESTINATION : SOURCE, whole, 0, SAME_PORT);
    return Outcome.TRANSLATED;
  }
  if (fragments.address == 0) return Outcome.SAME;
  rewrite.change(p, packet.len, inward ? DESTINATION : SOURCE, fragments.address, 0, SAME_PORT);
  return Outcome.TRANSLATED;
}

function wholeOut(): u32 {
  const t = table.simple ? table.findOut(0, flow.source, 0, 0, 0) : null;
  return t ? t.global : 0;
}

function wholeIn(port: u32): u32 {
  const t = table.simple ? table.findIn(0, flow.destination, 0, 0, 0) : null;
  return t ? t.inside : 0;
}

/** The last packet that went out translated is not to go, and its flow is to be looked at again. */
export function forgetLast(): void {
  const t = last;
  if (t) table.remove(t);
  last = null;
  if (lastIsFragment) fragments.forgetLast();
}

/** A datagram that came in by an outside interface, plain or decrypted, before it is routed. */
export function into(packet: Packet): Outcome {
  if (settings.side(packet.port) != Side.OUTSIDE) return Outcome.SAME;
  const p = packet.ptr;
  const to = ipv4.destination(p);
  if (!flow.read(p, packet.len)) return settings.owns(to) ? refuse(Drop.NAT_MALFORMED) : Outcome.SAME;
  wasDestination = to;
  wasDestinationPort = flow.protocol == Protocol.ICMP ? 0 : flow.destinationPort;
  const word = ipv4.fragmentWord(p);
  if ((word & Flag.OFFSET) != 0) return later(packet, true);
  const first = (word & Flag.MF) != 0;
  const protocol = flow.protocol;
  let t: Translation | null = null;
  let portAt = DESTINATION_PORT;
  if (protocol == Protocol.TCP || protocol == Protocol.UDP) {
    t = table.findIn(protocol, to, flow.destinationPort, flow.source, flow.sourcePort);
  } else if (protocol == Protocol.ICMP) {
    if (icmp.isError(flow.sourcePort)) return errorIn(packet);
    if (flow.sourcePort == Type.ECHO_REPLY || flow.sourcePort == Type.TIMESTAMP_REPLY) {
      portAt = IDENTIFIER;
      t = table.findIn(protocol, to, get16(p + ipv4.headerLength(p) + IDENTIFIER), flow.source, 0);
    }
  }
  if (t) {
    table.countHit();
    t.used = <u32>clock.now();
    followIn(t);
    return arrived(packet, t.inside, portAt, <u32>t.insidePort, first);
  }
  if (settings.staticCount) {
    const fixed = settings.staticIn(protocol, to, flow.destinationPort, flow.source, flow.sourcePort, packet.port);
    // What is the gateway's own stays so, whatever address it has got since.
    const ours = interfaces.isOurs(to) && (!fixed || fixed.protocol == 0 || ports.isOurs(protocol, flow.destinationPort));
    if (fixed && !ours) return arrived(packet, fixed.insideOf(to), DESTINATION_PORT, fixed.protocol ? <u32>fixed.insidePort : SAME_PORT, first);
  }
  if (table.simple) {
    const whole = table.findIn(0, to, 0, 0, 0);
    if (whole) {
      whole.used = <u32>clock.now();
      return arrived(packet, whole.inside, DESTINATION_PORT, SAME_PORT, first);
    }
  }
  return settings.owns(to) && !interfaces.isOurs(to) ? refuse(Drop.NAT_NO_TRANSLATION) : Outcome.SAME;
}

function followIn(t: Translation): void {
  t.state |= <u8>State.ANSWERED;
  if (t.protocol != <u8>Protocol.TCP) return;
  if ((flow.flags & RST) != 0) t.state |= <u8>State.RESET;
  else if ((flow.flags & FIN) != 0) t.state |= <u8>State.FIN_IN;
}

function arrived(packet: Packet, inside: u32, portAt: u32, port: u32, first: bool): Outcome {
  if (first) remember(packet.ptr, true, inside);
  rewrite.change(packet.ptr, packet.len, DESTINATION, inside, portAt, port);
  packet.translated = <u8>Translated.DESTINATION;
  return Outcome.TRANSLATED;
}

/**
 * An error from inside about what came from outside: its quote shows the inside address as the destination. One about a flow that
 * no translation has, and that the rules would translate, would tell inside addresses to the outside: it is dropped.
 */
function errorOut(packet: Packet, port: u32): Outcome {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const message = p + header;
  const len = packet.len - header;
  if (ipv4.isFragment(p) || !quoted.read(message, len)) return refuse(Drop.NAT_MALFORMED);
  let global: u32 = 0;
  let globalPort = SAME_PORT;
  const t = table.findOut(quoted.protocol, quoted.destination, quoted.destinationPort, quoted.source, quoted.sourcePort);
  const whole = table.simple ? table.findOut(0, quoted.destination, 0, 0, 0) : null;
  const fixed = settings.staticCount
    ? settings.staticOut(quoted.protocol, quoted.destination, quoted.destinationPort, quoted.source, quoted.sourcePort, port) : null;
  if (fixed) {
    global = fixed.globalOf(quoted.destination);
    if (fixed.protocol) globalPort = <u32>fixed.outsidePort;
  } else if (t) {
    global = t.global;
    globalPort = <u32>t.globalPort;
  } else if (whole) global = whole.global;
  if (global == 0) {
    if (!ruleFor(port)) return Outcome.SAME;
    return refuse(Drop.NAT_ERROR);
  }
  if (icmp.check(message, len) != Drop.NONE) return refuse(Drop.ICMP_MALFORMED);
  rewrite.changeQuoted(message, len, DESTINATION, global, quoted.portAt(DESTINATION_PORT), globalPort);
  rewrite.change(p, packet.len, SOURCE, global, 0, SAME_PORT);
  packet.translated = <u8>Translated.SOURCE;
  return Outcome.FRESH;
}

/** An error from outside about what we sent there: its quote shows our address as the source. */
function errorIn(packet: Packet): Outcome {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const message = p + header;
  const len = packet.len - header;
  if (ipv4.isFragment(p) || !quoted.read(message, len) || quoted.source != ipv4.destination(p)) return Outcome.SAME;
  let inside: u32 = 0;
  let insidePort = SAME_PORT;
  const t = table.findIn(quoted.protocol, quoted.source, quoted.sourcePort, quoted.destination, quoted.destinationPort);
  const whole = table.simple ? table.findIn(0, quoted.source, 0, 0, 0) : null;
  const fixed = settings.staticCount
    ? settings.staticIn(quoted.protocol, quoted.source, quoted.sourcePort, quoted.destination, quoted.destinationPort, packet.port) : null;
  if (t) {
    inside = t.inside;
    insidePort = <u32>t.insidePort;
  } else if (fixed) {
    inside = fixed.insideOf(quoted.source);
    if (fixed.protocol) insidePort = <u32>fixed.insidePort;
  } else if (whole) inside = whole.inside;
  if (inside == 0) return settings.owns(quoted.source) ? refuse(Drop.NAT_NO_TRANSLATION) : Outcome.SAME;
  if (icmp.check(message, len) != Drop.NONE) return refuse(Drop.ICMP_MALFORMED);
  rewrite.changeQuoted(message, len, SOURCE, inside, quoted.portAt(SOURCE_PORT), insidePort);
  rewrite.change(p, packet.len, DESTINATION, inside, 0, SAME_PORT);
  packet.translated = <u8>Translated.DESTINATION;
  return Outcome.TRANSLATED;
}

/**
 * Takes back what a packet was given, so that an error about it goes to who sent it, and quotes what that sent (RFC 5508, 4.2).
 * The packet is at the point of being dropped.
 */
export function restore(packet: Packet): void {
  const p = packet.ptr;
  const way = <u32>packet.translated;
  packet.translated = <u8>Translated.NO;
  if (!flow.read(p, packet.len) || (ipv4.fragmentWord(p) & Flag.OFFSET) != 0) return;
  const query = flow.protocol == Protocol.ICMP;
  const id = query ? get16(p + ipv4.headerLength(p) + IDENTIFIER) : 0;
  if (way == Translated.SOURCE) {
    const port = query ? id : flow.sourcePort;
    const t = table.findIn(flow.protocol, flow.source, port, flow.destination, query ? 0 : flow.destinationPort);
    if (t) return rewrite.change(p, packet.len, SOURCE, t.inside, query ? IDENTIFIER : SOURCE_PORT, <u32>t.insidePort);
    const fixed = settings.staticIn(flow.protocol, flow.source, flow.sourcePort, flow.destination, flow.destinationPort, packet.port);
    if (fixed) return rewrite.change(p, packet.len, SOURCE, fixed.insideOf(flow.source), SOURCE_PORT, fixed.protocol ? <u32>fixed.insidePort : SAME_PORT);
    const whole = table.findIn(0, flow.source, 0, 0, 0);
    if (whole) rewrite.change(p, packet.len, SOURCE, whole.inside, 0, SAME_PORT);
    return;
  }
  const port = query ? id : flow.destinationPort;
  const t = table.findOut(flow.protocol, flow.destination, port, flow.source, query ? 0 : flow.sourcePort);
  if (t) return rewrite.change(p, packet.len, DESTINATION, t.global, query ? IDENTIFIER : DESTINATION_PORT, <u32>t.globalPort);
  const fixed = settings.staticOut(flow.protocol, flow.destination, flow.destinationPort, flow.source, flow.sourcePort, packet.port);
  if (fixed) return rewrite.change(p, packet.len, DESTINATION, fixed.globalOf(flow.destination), DESTINATION_PORT, fixed.protocol ? <u32>fixed.outsidePort : SAME_PORT);
  const whole = table.findOut(0, flow.destination, 0, 0, 0);
  if (whole) rewrite.change(p, packet.len, DESTINATION, whole.global, 0, SAME_PORT);
}

/** Ends the translations that a condition holds for: all where `inside` and `global` are 0. How many it were. */
export function clear(protocol: u32, global: u32, globalPort: u32, inside: u32, insidePort: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < table.slots(); i++) {
    const t = table.at(i);
    if (!t) continue;
    if (inside != 0 && (t.inside != inside || t.global != global)) continue;
    if (protocol != 0 && (<u32>t.protocol != protocol || <u32>t.globalPort != globalPort || <u32>t.insidePort != insidePort)) continue;
    table.remove(t);
    count++;
  }
  return count;
}

/** Ends the translations of a rule. */
export function clearRule(number: u32): void {
  for (let i: u32 = 0; i < table.slots(); i++) {
    const t = table.at(i);
    if (t && <u32>t.rule == number) table.remove(t);
  }
}

/** Addresses have changed: what has an address that its interface no longer has is over. */
export function followAddresses(): void {
  if (!table.used()) return;
  for (let i: u32 = 0; i < table.slots(); i++) {
    const t = table.at(i);
    if (!t) continue;
    const rule = settings.ruleAt(<u32>t.rule);
    if (!rule || (rule.port != NO_PORT && interfaces.at(rule.port).address != t.global)) table.remove(t);
  }
}

/** An interface goes, and with it what is translated to its address. */
export function removeInterface(port: u32): void {
  settings.forget(port);
  followAddresses();
}

/** Says once what is missing. */
function tellMissing(rule: Rule): void {
  if (rule.told) return;
  rule.told = true;
  log.message("NAT-4-NO_LIST").put("ip nat inside source ").put(rule.byMap ? "route-map " : "list ").ascii(rule.name, rule.nameLen)
    .put(": ").put(rule.byMap ? "it, or a list that it names, is missing or empty" : "there is no such list, or it is empty")
    .put(": what it was to decide about is dropped");
  log.end();
}
