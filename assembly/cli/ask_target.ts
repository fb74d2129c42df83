/**
 * `ping` and `traceroute` typed alone ask a person for what they are to do, question by question as IOS does, and then run the line that the
 * answers make. On a pipe nobody answers, and the next command would be taken for an answer: there the command is incomplete.
 */
import * as names from "../net/interface_names";
import { Shape } from "../net/interface_names";
import { Text } from "../util/text";
import { row } from "./grammar";
import * as matcher from "./matcher";
import { Outcome } from "./matcher";
import { nl, out, refuse, refused, say } from "./output";
import * as ping from "./ping";
import * as question from "./question";
import * as session from "./session";
import * as traceroute from "./traceroute";
import * as words from "./words";

const enum Kind {
  PROTOCOL,
  TARGET,
  /** a number from `low` to `high`; the usual one where nothing is answered */
  NUMBER,
  /** whether there are more questions */
  MORE,
  SOURCE,
  FLAG,
  PATTERN,
}

class Question {
  constructor(
    public prompt: string,
    public kind: Kind,
    public word: string = "",
    public usual: u32 = 0,
    public low: u32 = 0,
    public high: u32 = 0,
  ) {}
}

const QUESTIONS: StaticArray<Question> = [
  new Question("Protocol [ip]: ", Kind.PROTOCOL),
  new Question("Target IP address: ", Kind.TARGET),
  new Question("Repeat count [5]: ", Kind.NUMBER, "repeat ", 5, 1, 100000),
  new Question("Datagram size [100]: ", Kind.NUMBER, "size ", 100, 36, 9000),
  new Question("Timeout in seconds [2]: ", Kind.NUMBER, "timeout ", 2, 0, 3600),
  new Question("Extended commands [n]: ", Kind.MORE),
  new Question("Source address or interface: ", Kind.SOURCE),
  new Question("Set DF bit in IP header? [no]: ", Kind.FLAG, "df-bit "),
  new Question("Validate reply data? [no]: ", Kind.FLAG, "validate "),
  new Question("Data pattern [0xABCD]: ", Kind.PATTERN),
  // traceroute
  new Question("Protocol [ip]: ", Kind.PROTOCOL),
  new Question("Target IP address: ", Kind.TARGET),
  new Question("Source address or interface: ", Kind.SOURCE),
  new Question("Timeout in seconds [3]: ", Kind.NUMBER, "timeout ", 3, 1, 3600),
  new Question("Probe count [3]: ", Kind.NUMBER, "probe ", 3, 1, 10),
  new Question("Minimum Time to Live [1]: ", Kind.NUMBER, "ttl ", 1, 1, 255),
  new Question("Maximum Time to Live [30]: ", Kind.NUMBER, "", 30, 1, 255),
  new Question("Port Number [33434]: ", Kind.NUMBER, "port ", 33434, 1, 65535),
];
const PING_END: i32 = 10;

/** Somebody sits at the console and answers. */
let person: bool = false;
let at: i32 = 0;
/** The line that the answers make. */
let line: Text = changetype<Text>(0);

export function init(): void {
  person = false;
  line = new Text(256);
}

export function rows(): void {
  row("ue:ping", askPing);
  row("ue:traceroute", askTraceroute);
  row("ue:terminal editing~", editing);
}

/** A host with a line editor says so: who edits lines is a person. */
function editing(no: bool): bool {
  person = !no;
  return true;
}

function askPing(no: bool): bool {
  return begin(0, "ping ");
}

function askTraceroute(no: bool): bool {
  return begin(PING_END, "traceroute ");
}

function begin(first: i32, command: string): bool {
  if (!person) {
    say("% Incomplete command.");
    return false;
  }
  at = first;
  line.clear().put(command);
  ask();
  return true;
}

function ask(): void {
  question.ask(unchecked(QUESTIONS[at]).prompt, false, answer, dropped);
}

function dropped(): void {}

function answer(p: usize, len: u32): bool {
  words.setLine(p, len);
  const w = words.word(0);
  const n: u32 = words.wordCount() ? words.wordLen(0) : 0;
  if (words.wordCount() > 1) return refused("One word is wanted.");
  const asked = unchecked(QUESTIONS[at]);
  switch (asked.kind) {
    case Kind.PROTOCOL: {
      if (n && !(n <= 2 && words.lower(<u32>load<u8>(w)) == 105)) {
        refuse("").escaped(w, n).put(" is no protocol here: ip is.");
        nl();
        return false;
      }
      break;
    }
    case Kind.TARGET: {
      if (!n) return refused("Bad IP address or host name");
      line.ascii(w, n).char(32);
      break;
    }
    case Kind.NUMBER: {
      if (n && (!words.parseNumber(w, n) || words.value < asked.low || words.value > asked.high)) {
        refuse("A decimal number between ").u32(asked.low).put(" and ").u32(asked.high).char(46);
        nl();
        return false;
      }
      line.put(asked.word).u32(n ? words.value : asked.usual).char(32);
      break;
    }
    case Kind.MORE: {
      if (!n || words.lower(<u32>load<u8>(w)) != 121) return run();
      break;
    }
    case Kind.SOURCE: {
      if (n && !words.parseAddress(w, n) && names.read(w, n) == Shape.NONE) return refused("Invalid source address or interface");
      if (n) line.put("source ").ascii(w, n).char(32);
      break;
    }
    case Kind.FLAG: {
      if (n && words.lower(<u32>load<u8>(w)) == 121) line.put(asked.word);
      break;
    }
    default: {
      if (n) line.put("data ").ascii(w, n).char(32);
    }
  }
  at++;
  if (at == PING_END || at == QUESTIONS.length) return run();
  ask();
  return true;
}

/** Runs the line that the answers have made. */
function run(): bool {
  words.setLine(line.base, line.len);
  out.clear();
  if (line.cut || matcher.match(session.mode) != Outcome.MATCH) return refused("Bad IP address or host name");
  return load<u8>(line.base) == 112 ? ping.start(false) : traceroute.start(false);
}
