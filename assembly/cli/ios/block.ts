/**
 * What stands below a line that was not acted upon goes the way of that line: lines that are indented further, and - where the line would have opened
 * a mode - those that only its mode could have. None of them reaches what was open before.
 */
import { Mode } from "../grammar";
import { out, nl } from "../output";
import * as session from "../session";
import * as words from "../words";
import { fits } from "./pattern";

/** Lines that open a mode. */
const HEADS: StaticArray<string> = [
  "interface +",
  "line +",
  "router +",
  "crypto map +",
  "crypto dynamic-map +",
  "crypto isakmp policy|profile|client +",
  "crypto ipsec transform-set|profile +",
  "crypto keyring|ca|gdoi|ikev2|call|identity +",
  "crypto pki trustpoint|server|certificate +",
  "crypto key pubkey-chain +",
  "ip access-list|sla|vrf|explicit-path|ips|as-path +",
  "ip dhcp pool|class +",
  "ipv6 access-list|dhcp|router +",
  "class-map|policy-map|route-map|object-group|parameter-map|map-class +",
  "vrf|vlan|key|zone|zone-pair|track|flow|template|controller +",
  "dial-peer|ephone|ephone-dn|voice|voice-port|voice-card +",
  "vpdn-group|bba-group|pseudowire-class|l2tp-class|rtr|time-range|webvpn +",
  "event manager applet +",
  "aaa group +",
  "radius|tacacs|ldap server +",
  "archive|telephony-service",
];

const enum Open {
  NONE,
  TAKEN,
  REFUSED,
}

let open: u32 = Open.NONE;
/** The line that it began with would have opened a mode. */
let head: bool = false;
/** It is a routing protocol's, and no line below it was indented further. */
let flat: bool = false;
let depth: u32 = 0;
/** It is an interface that is absent here (absent.ts). */
let absent: bool = false;
/** Number of the line in a startup configuration, 0: it was typed; its first words. */
let number: u32 = 0;
const first: usize = memory.data(48, 4);
let firstLen: u32 = 0;

/** Where the head of the submode stands, and whether lines of it were indented further. */
let headDepth: u32 = 0;
let indented: bool = false;

export function end(): void {
  open = Open.NONE;
}

export function init(): void {
  end();
  headDepth = 0;
  indented = false;
}

/** What becomes of a line that is indented so far: nothing of its own where it stands below another. */
export function belongs(at: u32): bool {
  if (open != <u32>Open.NONE && at < depth) end();
  if (open == <u32>Open.NONE || at <= depth) return false;
  flat = false;
  return true;
}

/** Whether a line whose first word nothing knows stands below a routing protocol, in a configuration without indentation. */
export function follows(at: u32): bool {
  return open == <u32>Open.REFUSED && flat && at == depth;
}

export function isTaken(): bool {
  return open == <u32>Open.TAKEN;
}

/** Whether what stands below is an absent interface's. */
export function isAbsent(): bool {
  return open == <u32>Open.TAKEN && absent;
}

/** Whether the line only closes what was not acted upon. */
export function closes(): bool {
  if (open == <u32>Open.NONE || !head || words.wordCount() != 1 || !words.is(0, "exit")) return false;
  end();
  return true;
}

/** A line that was carried out: what was open before it no longer is. @param before the mode that it found */
export function carriedOut(at: u32, before: Mode): void {
  end();
  if (session.mode != before) {
    headDepth = at;
    indented = false;
  } else if (at > headDepth && session.mode > Mode.CONFIG) indented = true;
}

/** A line without effect that opens a mode. */
export function taken(at: u32, ofInterface: bool = false): void {
  absent = ofInterface;
  open = Open.TAKEN;
  head = true;
  flat = false;
  depth = at;
}

/** Whether the line in `words` would open a mode. */
export function opens(): bool {
  const count = words.wordCount();
  // `crypto map NAME`, `ip vrf forwarding` and `key` stand below others.
  if (session.mode == Mode.INTERFACE && fits("crypto map +", 0, 0) && count < 4) return false;
  if (fits("ip vrf forwarding *", 0, 0) || fits("vrf forwarding *", 0, 0)) return false;
  for (let i = 0; i < HEADS.length; i++) if (fits(unchecked(HEADS[i]), 0, 0)) return true;
  return false;
}

/** A line was refused. True: the mode that was open is closed. @param line its number in a startup configuration, or 0 */
export function refused(at: u32, line: u32): bool {
  // Among lines that are indented below their heads, one that is not would have opened a mode of its own.
  const inside = session.mode > Mode.CONFIG && at > headDepth && fits("ip|ipv6|track|vrf|voice|voice-port|flow|key|template *", 0, 0);
  const closing = (!inside && opens()) || (session.mode > Mode.CONFIG && indented && at <= headDepth);
  if (open != <u32>Open.REFUSED || !head || closing || at != depth) {
    open = Open.REFUSED;
    head = closing;
    flat = fits("router +", 0, 0);
    depth = at;
    number = line;
    const n = words.wordCount() > 1 ? words.wordStart(1) + words.wordLen(1) - words.wordStart(0) : words.wordLen(0);
    firstLen = min<u32>(n, 48);
    memory.copy(first, words.word(0), <usize>firstLen);
  }
  if (closing) session.setMode(Mode.CONFIG);
  return closing;
}

/** Says which refused line this one stands below. */
export function explain(): void {
  out.clear().put("% It stands below ");
  if (number) out.put("line ").u32(number).put(", ");
  out.char(96).ascii(first, firstLen).put("`, which was refused.");
  nl();
}
