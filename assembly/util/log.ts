/**
 * The two ways in which the module speaks of what happens: EVENT lines for machines (host/abi.md lists every event and
 * its keys) and console lines for people (messages in IOS's `%FACILITY-SEVERITY-MNEMONIC:` form, debug output).
 * A line is begun, filled through the Text that `begin` returns, and ended; lines never nest. Console lines go where the settings below
 * say: the console, the buffer of `show logging`, the queue of those that log hosts get (RFC 5424; services/syslog.ts sends them).
 */
import * as calendar from "./calendar";
import * as clock from "./clock";
import { Stream, write } from "./host";
import { QUEUE_HEAD } from "./log_store";
import * as stores from "./log_store";
import { Text } from "./text";
import * as zone from "./zone";

let line: Text = changetype<Text>(0);
let eventLine: Text = changetype<Text>(0);
/** `debug crypto isakmp`, `debug crypto ipsec`. */
export let debugIsakmp: bool = false;
export let debugIpsec: bool = false;
/** `debug crypto engine` */
export let debugEngine: bool = false;
/** `debug crypto condition peer ipv4 A`: the only peer that IKE's debug output is about; 0: all. */
export let debugPeer: u32 = 0;
/** `debug crypto isakmp`, whoever it is about. */
let isakmpWanted: bool = false;

/** Severities (RFC 5424, 6.2.1), and that nothing is wanted. */
export const DEBUGGING: u32 = 7;
export const INFORMATIONAL: u32 = 6;
export const NOTHING: i32 = -1;
/** How lines are stamped: `service timestamps log|debug`. */
export const enum Stamp {
  NONE = 0,
  UPTIME = 1,
  DATETIME = 2,
  MILLISECONDS = 4,
  LOCAL = 8,
  ZONE = 16,
  YEAR = 32,
}
const STAMP_DEFAULT: u32 = Stamp.DATETIME | Stamp.MILLISECONDS;

/** A way that lines take: which of them, and how many have. */
export class Way {
  /** The least severe that goes this way; NOTHING: none does. */
  level: i32 = 7;
  count: u32 = 0;
}
export let console: Way = changetype<Way>(0);
export let buffered: Way = changetype<Way>(0);
export let trap: Way = changetype<Way>(0);
/** `logging on`: off, the console alone has lines. */
export let on: bool = true;
/** `service sequence-numbers`, and the number of the last line. */
export let sequenceNumbers: bool = false;
export let stampLog: u32 = STAMP_DEFAULT;
export let stampDebug: u32 = STAMP_DEFAULT;
/** Octets that the buffer was asked to have. */
export let bufferWanted: u32 = 4096;
/** Log hosts there are: without any, nothing is queued. */
export let hosts: u32 = 0;
/** A datagram with a line of the log is being sent: what is said of it goes to no log host. */
export let sending: bool = false;
/** Lines queued that say nothing of tunnels. */
export let others: u32 = 0;
let sequence: u32 = 0;
let ofTunnels: bool = false;
/** Where the text begins behind the stamp, and the severity of the line that has been begun. */
let textAt: u32 = 0;
let severity: u32 = 0;
const head: usize = memory.data(16, 8);

export function init(): void {
  isakmpWanted = debugEngine = false;
  debugPeer = 0;
  line = new Text(768);
  eventLine = new Text(768);
  zone.init();
  stores.init();
  console = new Way();
  buffered = new Way();
  trap = new Way();
  trap.level = <i32>INFORMATIONAL;
  on = true;
  sequenceNumbers = sending = false;
  stampLog = stampDebug = STAMP_DEFAULT;
  bufferWanted = 4096;
  hosts = sequence = others = 0;
  debugIsakmp = false;
  debugIpsec = false;
}

/** Whether the host asked for keys at start (InitFlags.KEYLOG_ALLOWED). */
export let keylogAllowed: bool = false;

export function setKeylog(allowed: bool): void {
  keylogAllowed = allowed;
}

/** Begins a KEYLOG line (host/abi.md); ask `keylogAllowed` first. */
export function keylog(): Text {
  return eventLine.clear();
}

/** Ends it, and wipes the buffer: the line holds a key. */
export function keylogEnd(): void {
  eventLine.nl();
  write(Stream.KEYLOG, eventLine.base, eventLine.len);
  memory.fill(eventLine.base, 0, <usize>eventLine.capacity);
  eventLine.clear();
}

export function setDebug(isakmp: bool, ipsec: bool): void {
  isakmpWanted = debugIsakmp = isakmp;
  debugIpsec = ipsec;
}

export function setDebugEngine(on: bool): void {
  debugEngine = on;
}

/** @param peer 0: everybody */
export function setDebugPeer(peer: u32): void {
  debugPeer = peer;
  debugIsakmp = isakmpWanted;
}

/** Whether `debug crypto isakmp` is on. */
export function debugsIsakmp(): bool {
  return isakmpWanted;
}

/** What IKE does next is about this peer. */
export function about(peer: u32): void {
  if (debugPeer) debugIsakmp = isakmpWanted && peer == debugPeer;
}

/** Begins an EVENT line: `event=NAME t=MILLISECONDS`. Follow with `.put(" key=")...`, end with `eventEnd`. */
export function event(name: string): Text {
  return eventLine.clear().put("event=").put(name).put(" t=").u64(clock.uptime());
}

export function eventEnd(): void {
  if (eventLine.cut) eventLine.len = eventLine.capacity - 1;
  eventLine.cut = false;
  eventLine.nl();
  write(Stream.EVENT, eventLine.base, eventLine.len);
}

/** Begins a debug line, `*Mar  1 00:01:02.345: ISAKMP:(1001): ...`; ask `debugIsakmp` or `debugIpsec` first. */
export function debug(prefix: string): Text {
  severity = DEBUGGING;
  ofTunnels = true;
  return begin(stampDebug).put(prefix);
}

/**
 * Begins a message, `*Mar  1 00:01:02.345: %CRYPTO-4-RECVD_PKT_INV_SPI: ...`.
 * @param tag FACILITY-SEVERITY-MNEMONIC
 */
export function message(tag: string): Text {
  severity = severityOf(tag);
  ofTunnels = tag.startsWith("CRYPTO-");
  return begin(stampLog).char(37).put(tag).put(": ");
}

/** The digit between two hyphens; a tag without one counts as a notification. */
function severityOf(tag: string): u32 {
  for (let i = 1; i + 1 < tag.length; i++) {
    const digit = <u32>tag.charCodeAt(i) - 48;
    if (digit < 8 && tag.charCodeAt(i - 1) == 45 && tag.charCodeAt(i + 1) == 45) return digit;
  }
  return 5;
}

/** The console line that has been begun. */
export function current(): Text {
  return line;
}

export function end(): void {
  if (line.cut) line.len = line.capacity - 1;
  line.cut = false;
  if (on && takes(buffered) && stores.buffer.append(0, 0, line.base, line.len)) buffered.count++;
  if (on && hosts && !sending && takes(trap)) {
    store<u64>(head, clock.wallMilliseconds());
    store<u8>(head + 8, <u8>severity);
    if (stores.queue.append(head, QUEUE_HEAD, line.base + textAt, line.len - textAt)) {
      trap.count++;
      stores.due.arm(clock.now());
      if (!ofTunnels) others++;
    }
  }
  if (!takes(console)) return;
  console.count++;
  line.nl();
  write(Stream.CONSOLE, line.base, line.len);
}

function takes(way: Way): bool {
  return <i32>severity <= way.level;
}

/** Begins a line with its number and its stamp. */
function begin(format: u32): Text {
  line.clear();
  sequence++;
  if (sequenceNumbers) line.padded(sequence, 6).put(": ");
  if (format & Stamp.UPTIME) putUptime(line).put(": ");
  else if (format & Stamp.DATETIME) putDatetime(line, format).put(": ");
  textAt = line.len;
  return line;
}

/** `00:02:11`, from a day on `1d02h`, from a week on `1w2d`. */
export function putUptime(text: Text): Text {
  const seconds = clock.uptime() / 1000;
  const days = seconds / 86400;
  if (days >= 7) return text.u64(days / 7).char(119).u64(days % 7).char(100);
  if (days) return text.u64(days).char(100).padded(<u32>((seconds / 3600) % 24), 2).char(104);
  return text.padded(<u32>(seconds / 3600), 2).char(58).padded(<u32>((seconds / 60) % 60), 2).char(58).padded(<u32>(seconds % 60), 2);
}

function putDatetime(text: Text, format: u32): Text {
  const shown = clock.shown();
  const utc = shown / 1000;
  const mark = clock.mark();
  if (mark) text.char(mark);
  const local = (format & Stamp.LOCAL) != 0;
  calendar.split(local ? zone.local(utc) : utc);
  calendar.putMonth(text, calendar.month).char(32);
  if (calendar.day < 10) text.char(32);
  text.u32(calendar.day).char(32);
  if (format & Stamp.YEAR) text.u32(calendar.year).char(32);
  calendar.putTime(text);
  if (format & Stamp.MILLISECONDS) text.char(46).padded(<u32>(shown % 1000), 3);
  if (!(format & Stamp.ZONE)) return text;
  return local ? zone.putNameAt(text.char(32), utc) : text.put(" UTC");
}

/** `service timestamps`. @param format a sum of Stamp */
export function setStamp(debugging: bool, format: u32): void {
  if (debugging) stampDebug = format;
  else stampLog = format;
}

/** Whether a kind of lines is stamped as it is when nobody has said otherwise. */
export function stampIsDefault(debugging: bool): bool {
  return (debugging ? stampDebug : stampLog) == STAMP_DEFAULT;
}

export function resetStamp(debugging: bool): void {
  setStamp(debugging, STAMP_DEFAULT);
}

export function setSequenceNumbers(are: bool): void {
  sequenceNumbers = are;
}

export function setOn(is: bool): void {
  on = is;
}

/** `logging buffered`: the octets asked for, of which the ring's are the most. */
export function setBuffer(octets: u32): void {
  bufferWanted = octets;
  const ring = stores.buffer;
  ring.size = octets < ring.capacity ? octets : ring.capacity;
  ring.fit(0);
}

export function setHosts(n: u32): void {
  hosts = n;
}

export function setSending(is: bool): void {
  sending = is;
}
