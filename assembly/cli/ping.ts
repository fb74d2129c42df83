/** `ping`: starts net's echo client and shows its progress mark by mark. */
import * as interfaces from "../net/interface";
import { NO_INTERFACE } from "../net/interface";
import * as client from "../net/ping";
import { Outcome } from "../net/ping";
import { noSuchPort } from "./commands/interface";
import { Item, row } from "./grammar";
import * as matcher from "./matcher";
import { flush, nl, out, refuse, say } from "./output";

/** Marks on a line. */
const WIDTH: u32 = 70;

let running: bool = false;
let marks: u32 = 0;

export function init(): void {
  running = false;
}

export function rows(): void {
  row("ue:ping [ip] A.B.C.D {source (A.B.C.D|IF)|repeat <1-100000>|size <36-9000>|timeout <0-3600>|df-bit}", start);
}

function option(name: string, otherwise: u32): u32 {
  const k = matcher.find(name, matcher.base + 2);
  return k == 0xffffffff ? otherwise : matcher.number(k + 1);
}

function start(no: bool): bool {
  const k = matcher.base + (matcher.isKeyword(matcher.base + 1, "ip") ? 2 : 1);
  const destination = matcher.address(k);
  let source: u32 = 0;
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
  const count = option("repeat", 5);
  const size = option("size", 100);
  const timeout = option("timeout", 2);
  const df = matcher.find("df-bit", k) != 0xffffffff;
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
