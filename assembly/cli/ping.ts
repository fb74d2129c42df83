/** `ping`: starts net's echo client and shows its progress mark by mark. */
import * as interfaces from "../net/interface";
import { NO_INTERFACE } from "../net/interface";
import * as client from "../net/ping";
import { Outcome } from "../net/ping";
import { noSuchPort } from "./ports";
import { HOSTNAME_MAX } from "../limits";
import * as resolver from "../services/resolver";
import { State } from "../services/resolver";
import * as words from "./words";
import { Item, row } from "./grammar";
import * as matcher from "./matcher";
import { flush, nl, out, refuse, refused, say } from "./output";

/** Marks on a line. */
const WIDTH: u32 = 70;

let running: bool = false;
let marks: u32 = 0;
/** What has been asked for, while its name is looked up and after. */
let resolving: bool = false;
const name: usize = memory.data(<i32>HOSTNAME_MAX, 4);
let nameLen: u32 = 0;
let source: u32 = 0;
let count: u32 = 0;
let size: u32 = 0;
let timeout: u32 = 0;
let df: bool = false;

export function init(): void {
  running = resolving = false;
}

export function rows(): void {
  row("ue:ping [ip] (A.B.C.D|NAME) {source (A.B.C.D|IF)|repeat <1-100000>|size <36-9000>|timeout <0-3600>|df-bit}", start);
}

function option(name: string, otherwise: u32): u32 {
  const k = matcher.find(name, matcher.base + 2);
  return k == 0xffffffff ? otherwise : matcher.number(k + 1);
}

function start(no: bool): bool {
  const k = matcher.base + (matcher.isKeyword(matcher.base + 1, "ip") ? 2 : 1);
  source = 0;
  const from = matcher.find("source", k);
  if (from != 0xffffffff) {
    if (matcher.kindOf(from + 1) == Item.ADDRESS) {
      source = matcher.address(from + 1);
      if (!interfaces.isOurs(source)) {
        refuse("").ip(source).put(" is no address of this router's interfaces that are up.");
        nl();
        return false;
      }
    } else {
      const port = matcher.port(from + 1);
      if (port == NO_INTERFACE) return noSuchPort(port);
      source = interfaces.at(port).address;
      if (!interfaces.at(port).usable) {
        interfaces.name(refuse(""), port).put(" is down or has no address.");
        nl();
        return false;
      }
    }
  }
  count = option("repeat", 5);
  size = option("size", 100);
  timeout = option("timeout", 2);
  df = matcher.find("df-bit", k) != 0xffffffff;
  if (matcher.kindOf(k) == Item.ADDRESS) return send(matcher.address(k));
  if (words.is(k, "ip")) {
    say("% Incomplete command.");
    return false;
  }
  return resolve(words.word(k), words.wordLen(k));
}

/** Looks a name up, and sends when it is known. */
function resolve(p: usize, len: u32): bool {
  if (len > HOSTNAME_MAX) return unknown();
  const state = resolver.lookup(p, len);
  if (state == State.FOUND) return send(resolver.address);
  if (state != State.ASKED) return unknown();
  memory.copy(name, p, <usize>len);
  nameLen = len;
  running = resolving = true;
  out.put('Translating "').escaped(p, len).put('"...domain server');
  for (let i: u32 = 0; i < resolver.count(); i++) out.put(i ? ", " : " (").ip(resolver.active(i));
  out.char(41);
  nl();
  return true;
}

/** Whether the name is still being looked up. */
function stillResolving(): bool {
  const state = resolver.lookup(name, nameLen);
  if (state == State.ASKED) return true;
  resolving = running = false;
  out.clear();
  if (state == State.FOUND) send(resolver.address);
  else unknown();
  return !running;
}

function unknown(): bool {
  return refused("Unrecognized host or address, or protocol not running.");
}

function send(destination: u32): bool {
  if (!client.start(destination, source, count, size, timeout * 1000, df)) {
    refuse("A ping is under way already.");
    nl();
    return false;
  }
  running = true;
  marks = 0;
  say("Type escape sequence to abort.");
  out.put("Sending ").u32(count).put(", ").u32(size).put("-byte ICMP Echos to ").ip(destination).put(", timeout is ").u32(timeout).put(" seconds:");
  nl();
  if (source) {
    out.put("Packet sent with a source address of ").ip(source);
    nl();
  }
  if (df) say("Packet sent with the DF bit set");
  return true;
}

export function busy(): bool {
  return running;
}

/** Shows what has become of the requests since the last call. */
export function progress(): void {
  if (resolving && stillResolving()) return;
  out.clear();
  for (let outcome = client.take(); outcome != Outcome.NONE; outcome = client.take()) {
    out.char(outcome == Outcome.REPLY ? 33 : outcome == Outcome.UNREACHABLE ? 85 : outcome == Outcome.TOO_BIG ? 77 : 46);
    if (++marks % WIDTH == 0) out.char(10);
  }
  if (out.len) flush();
  if (!client.busy()) finish();
}

/** The operator's break. */
export function abort(): void {
  if (!running) return;
  if (resolving) {
    resolving = running = false;
    return;
  }
  client.stop();
  progress();
}

function finish(): void {
  if (!running) return;
  running = false;
  out.clear();
  if (marks % WIDTH != 0 || marks == 0) out.char(10);
  const sent = client.sent;
  const received = client.received;
  out.put("Success rate is ").u32(sent ? (received * 100) / sent : 0).put(" percent (").u32(received).char(47).u32(sent).char(41);
  if (received) out.put(", round-trip min/avg/max = ").u32(client.shortest).char(47).u64(client.sum / <u64>received).char(47).u32(client.longest).put(" ms");
  nl();
}
