/** `ping`: starts net's echo client and shows its progress mark by mark. */
import * as client from "../net/ping";
import { Outcome } from "../net/ping";
import { row } from "./grammar";
import * as matcher from "./matcher";
import { flush, nl, out, refuse, say } from "./output";
import * as target from "./target";
import * as words from "./words";

/** Marks on a line. */
const WIDTH: u32 = 70;
const PATTERN: u32 = 0xabcd;

let running: bool = false;
let marks: u32 = 0;
let count: u32 = 0;
let size: u32 = 0;
let timeout: u32 = 0;
let df: bool = false;
let pattern: u32 = PATTERN;
let validate: bool = false;

export function init(): void {
  running = false;
}

export function rows(): void {
  row("ue:ping [ip] (A.B.C.D|NAME) {source (A.B.C.D|IF)|repeat <1-100000>|size <36-9000>|timeout <0-3600>|df-bit|data WORD|validate}", start);
}

/** Begins with the line that was matched. */
export function start(no: bool): bool {
  const k = target.place();
  if (words.is(k, "ip")) {
    say("% Incomplete command.");
    return false;
  }
  if (!target.readSource(k) || !readPattern(k)) return false;
  count = target.option("repeat", 5);
  size = target.option("size", 100);
  timeout = target.option("timeout", 2);
  df = matcher.find("df-bit", k) != 0xffffffff;
  validate = matcher.find("validate", k) != 0xffffffff;
  return target.reach(k, send);
}

/** Reads `data FFFF`. */
function readPattern(k: u32): bool {
  pattern = PATTERN;
  const at = matcher.find("data", k);
  if (at == 0xffffffff) return true;
  const w = words.word(at + 1);
  const n = words.wordLen(at + 1);
  let i: u32 = n > 2 && load<u8>(w) == 48 && (load<u8>(w, 1) | 32) == 120 ? 2 : 0;
  pattern = 0;
  if (n - i <= 4) {
    for (; i < n; i++) {
      const c = words.lower(<u32>load<u8>(w + i));
      const digit = c - 48 <= 9 ? c - 48 : c - 97 <= 5 ? c - 87 : 16;
      if (digit > 15) break;
      pattern = (pattern << 4) | digit;
    }
    if (i == n) return true;
  }
  refuse("").escaped(w, n).put(" is no pattern: up to four hexadecimal digits are allowed, as in ABCD.");
  nl();
  return false;
}

function send(destination: u32): bool {
  if (!client.start(destination, target.source, count, size, timeout * 1000, df, pattern, validate)) {
    refuse("A ping is under way already.");
    nl();
    return false;
  }
  running = true;
  marks = 0;
  say("Type escape sequence to abort.");
  out.put("Sending ").u32(count).put(", ").u32(size).put("-byte ICMP Echos to ").ip(destination).put(", timeout is ").u32(timeout).put(" seconds:");
  nl();
  if (target.source) {
    out.put("Packet sent with a source address of ").ip(target.source);
    nl();
  }
  if (df) say("Packet sent with the DF bit set");
  if (pattern != PATTERN) {
    out.put("Packet has data pattern 0x").hex16(pattern);
    nl();
  }
  if (validate) say("Reply data will be validated");
  return true;
}

export function busy(): bool {
  return running;
}

function mark(outcome: Outcome): u32 {
  switch (outcome) {
    case Outcome.REPLY: return 33;
    case Outcome.TIMEOUT: return 46;
    case Outcome.TOO_BIG: return 77;
    case Outcome.NET: return 78;
    case Outcome.PROTOCOL: return 80;
    case Outcome.QUENCH: return 81;
    case Outcome.PROHIBITED: return 65;
    case Outcome.EXCEEDED: return 38;
    case Outcome.OTHER: return 63;
    default: return 85;
  }
}

/** Shows what has become of the requests since the last call. */
export function progress(): void {
  out.clear();
  for (let outcome = client.take(); outcome != Outcome.NONE; outcome = client.take()) {
    out.char(mark(outcome));
    if (++marks % WIDTH == 0) out.char(10);
  }
  if (out.len) flush();
  if (!client.busy()) finish();
}

/** The operator's break. */
export function abort(): void {
  if (!running) return;
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
