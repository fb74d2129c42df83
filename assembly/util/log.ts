/**
 * The two ways in which the module speaks of what happens: EVENT lines for machines (host/abi.md lists every event and
 * its keys) and console lines for people (messages in IOS's `%FACILITY-SEVERITY-MNEMONIC:` form, debug output).
 * A line is begun, filled through the Text that `begin` returns, and ended; lines never nest.
 */
import * as clock from "./clock";
import { Stream, write } from "./host";
import { Text } from "./text";

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

export function init(): void {
  isakmpWanted = debugEngine = false;
  debugPeer = 0;
  line = new Text(768);
  eventLine = new Text(768);
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

/** Begins a debug line, `*00:01:02.345: ISAKMP:(1001): ...`; ask `debugIsakmp` or `debugIpsec` first. */
export function debug(prefix: string): Text {
  return stamp().put(prefix);
}

/** Begins a message that is printed always: `*00:01:02.345: %CRYPTO-4-RECVD_PKT_INV_SPI: ...` */
export function message(tag: string): Text {
  return stamp().char(37).put(tag).put(": ");
}

/** The console line that has been begun. */
export function current(): Text {
  return line;
}

export function end(): void {
  if (line.cut) line.len = line.capacity - 1;
  line.cut = false;
  line.nl();
  write(Stream.CONSOLE, line.base, line.len);
}

function stamp(): Text {
  const t = clock.uptime();
  line.clear().char(42);
  return line
    .padded(<u32>(t / 3600000), 2)
    .char(58)
    .padded(<u32>((t / 60000) % 60), 2)
    .char(58)
    .padded(<u32>((t / 1000) % 60), 2)
    .char(46)
    .padded(<u32>(t % 1000), 3)
    .put(": ");
}
