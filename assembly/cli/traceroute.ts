/** `traceroute`: starts net's prober and shows a line for each router on the way. */
import * as client from "../net/traceroute";
import { Outcome } from "../net/traceroute";
import { row } from "./grammar";
import * as matcher from "./matcher";
import { flush, nl, out, refuse, say } from "./output";
import * as target from "./target";
import * as words from "./words";

let running: bool = false;
/** The line under way: probes shown on it of how many, and who has answered last. */
let shown: u32 = 0;
let each: u32 = 0;
let answered: u32 = 0;
let timeout: u32 = 0;
let lowest: u32 = 0;
let highest: u32 = 0;
let port: u32 = 0;

export function init(): void {
  running = false;
}

export function rows(): void {
  row("ue:traceroute [ip] (A.B.C.D|NAME) {source (A.B.C.D|IF)|probe <1-10>|ttl <1-255> <1-255>|timeout <1-3600>|port <1-65535>|numeric}", start);
}

/** Begins with the line that was matched. */
export function start(no: bool): bool {
  const k = target.place();
  if (words.is(k, "ip")) {
    say("% Incomplete command.");
    return false;
  }
  if (!target.readSource(k)) return false;
  each = target.option("probe", 3);
  timeout = target.option("timeout", 3);
  port = target.option("port", 33434);
  const at = matcher.find("ttl", k);
  lowest = at == 0xffffffff ? 1 : matcher.number(at + 1);
  highest = at == 0xffffffff ? 30 : matcher.number(at + 2);
  if (lowest > highest) {
    refuse("The first time to live, ").u32(lowest).put(", is above the last, ").u32(highest).char(46);
    nl();
    return false;
  }
  return target.reach(k, send);
}

function send(destination: u32): bool {
  if (!client.start(destination, target.source, each, lowest, highest, timeout * 1000, port)) {
    refuse("A traceroute is under way already.");
    nl();
    return false;
  }
  running = true;
  shown = 0;
  say("Type escape sequence to abort.");
  out.put("Tracing the route to ");
  if (target.nameLen) out.escaped(target.name, target.nameLen).put(" (").ip(destination).char(41);
  else out.ip(destination);
  nl();
  nl();
  return true;
}

export function busy(): bool {
  return running;
}

function sign(outcome: Outcome): string {
  switch (outcome) {
    case Outcome.TIMEOUT: return " *";
    case Outcome.NET: return " !N";
    case Outcome.HOST: return " !H";
    case Outcome.PROTOCOL: return " !P";
    case Outcome.PROHIBITED: return " !A";
    default: return " ?";
  }
}

/** Shows what has become of the probes since the last call. */
export function progress(): void {
  out.clear();
  for (let outcome = client.take(); outcome != Outcome.NONE; outcome = client.take()) {
    if (shown == 0) {
      answered = 0;
      out.u64Wide(client.hop, 3);
    }
    if (client.from && client.from != answered) {
      // Another one answers for the same step.
      if (answered) out.put("\n   ");
      answered = client.from;
      out.char(32).ip(answered);
    }
    if (outcome == Outcome.ANSWER) out.char(32).u32(client.milliseconds).put(" msec");
    else out.put(sign(outcome));
    if (++shown < each) continue;
    shown = 0;
    out.char(10);
  }
  if (out.len) flush();
  if (!client.busy()) running = false;
}

/** The operator's break. */
export function abort(): void {
  if (!running) return;
  client.stop();
  running = false;
  out.clear();
  if (shown) nl();
}
