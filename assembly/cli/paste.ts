/**
 * Text of several lines: certificates, keys, CRLs, hexadecimal digits; and answers to questions. While it is gathered, lines are no commands.
 * It ends with `quit`, and where that is said with a blank line behind something, but not within a block of PEM.
 */
import { PASTE_MAX } from "../limits";
import * as ct from "../util/ct";
import { flush, nl, out, refuse } from "./output";

/** What is done with it: `text` to `end`. False: refused, and it has said why. */
type Done = () => bool;
/** What else is forgotten where gathering ends without it. */
type Forget = () => void;

let box: usize = 0;
/** Where the text that is being gathered begins; what is before it was gathered earlier. */
export let text: usize = 0;
export let end: usize = 0;
let done: Done | null = null;
let forget: Forget | null = null;
let blankEnds: bool = false;
let overlong: bool = false;
/** Within a block of PEM, which may have blank lines. */
let within: bool = false;
/** The answer to a question is awaited. */
let question: string = "";

export function init(): void {
  box = heap.alloc(<usize>PASTE_MAX);
  text = end = box;
  done = null;
}

export function active(): bool {
  return done != null;
}

/** Gathers lines from here on. @param more what was gathered before stays */
export function begin(then: Done, blank: bool, more: bool = false): void {
  if (!more) wipe();
  text = end;
  done = then;
  blankEnds = blank;
  overlong = within = false;
  question = "";
}

/** Asks; `then` is called where the answer is yes. What was gathered stays. */
export function ask(s: string, then: Done): void {
  question = s;
  done = then;
  out.put(s);
  flush();
}

/** Takes a line. False: that was the end, and it was refused. */
export function line(p: usize, len: u32): bool {
  while (len && (load<u8>(p) == 32 || load<u8>(p) == 9)) {
    p++;
    len--;
  }
  while (len && load<u8>(p + len - 1) == 32) len--;
  if (question.length) return answer(p, len);
  const quits = len == 4 && load<u32>(p) == 0x74697571;
  if (quits || (blankEnds && len == 0 && end != text && !within)) return finish();
  if (len == 0) return true;
  if (len > 10 && load<u64>(p) == 0x4745422d2d2d2d2d) within = true;
  else if (len > 8 && load<u64>(p) == 0x444e452d2d2d2d2d) within = false;
  if (end - box + len + 1 > PASTE_MAX) overlong = true;
  else {
    memory.copy(end, p, <usize>len);
    store<u8>(end + len, 10);
    end += len + 1;
  }
  return true;
}

function finish(): bool {
  const then = done;
  done = null;
  if (overlong) {
    refuse("What was pasted is longer than ").u32(PASTE_MAX).put(" octets; nothing was stored.");
    nl();
    wipe();
    return false;
  }
  return then ? then() : true;
}

function answer(p: usize, len: u32): bool {
  const first = len ? <u32>load<u8>(p) | 32 : 0;
  if (first != 121 && first != 110) {
    out.put("% Please answer 'yes' or 'no'.");
    nl();
    out.put(question);
    flush();
    return true;
  }
  const then = done;
  done = null;
  question = "";
  if (first == 121) return then ? then() : true;
  out.put("% Not accepted; nothing was stored.");
  nl();
  wipe();
  return true;
}

/** Ends gathering; nothing is done with what came. */
export function cancel(): void {
  if (!done) return;
  done = null;
  question = "";
  const also = forget;
  if (also) also();
  wipe();
}

/** Names what goes with what was gathered: a password that was given for it. */
export function forgetWith(f: Forget): void {
  forget = f;
}

/** PASTE_MAX octets for somebody to work in while nothing is gathered. */
export function borrow(): usize {
  wipe();
  return box;
}

/** Forgets all that was gathered. */
export function wipe(): void {
  ct.wipe(box, PASTE_MAX);
  text = end = box;
}
