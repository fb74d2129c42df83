/** `banner motd ^C text ^C`: text of several lines between two of its delimiters. It has no effect here; it is kept as it was given. */
import { nl, out } from "../output";
import { line as typed, lineLen, wordCount, word, wordStart } from "../words";
import * as ignored from "./ignored";

/** What the types begin with: motd, login, exec, incoming, prompt-timeout, slip-ppp. */
const TYPES = "mleips";

let delimiter: u32 = 0;
let taken: u32 = 0;
/** All of it is kept so far. */
let whole: bool = false;
/** Lines of a banner that nobody ends. */
const LINES_MAX: u32 = 100;

export function init(): void {
  delimiter = 0;
}

export function active(): bool {
  return delimiter != 0;
}

/** Where the delimiter is in text; its length there where it is not. `^C` is two characters that stand for one. */
function find(p: usize, from: u32, len: u32): u32 {
  for (let i = from; i < len; i++) {
    if (delimiter < 256 ? <u32>load<u8>(p + i) == delimiter : i + 1 < len && <u32>load<u16>(p + i) == delimiter) return i;
  }
  return len;
}

/** Takes the line in `words`; more follow until the delimiter comes again. */
export function begin(): bool {
  // banner TYPE DELIMITER..., or banner DELIMITER...
  let k: u32 = 1;
  const second = <u32>load<u8>(word(1)) | 32;
  if (wordCount() > 2) for (let i = 0; i < TYPES.length; i++) if (<u32>TYPES.charCodeAt(i) == second) k = 2;
  const at = wordStart(k);
  const c = <u32>load<u8>(typed + at);
  delimiter = c == 94 && at + 1 < lineLen ? <u32>load<u16>(typed + at) : c;
  ignored.dropBanner(k);
  ignored.open(0xffff);
  taken = 0;
  whole = true;
  if (find(typed, at + (delimiter < 256 ? 1 : 2), lineLen) < lineLen) delimiter = 0;
  return true;
}

/** Takes a line of the text. */
export function line(p: usize, len: u32): bool {
  const ends = find(p, 0, len) < len;
  if (!ignored.text(p, len, false)) whole = false;
  if (ends) {
    delimiter = 0;
    // Without its end, it would swallow what follows it.
    if (!whole) ignored.dropOpened();
  } else if (++taken == LINES_MAX) return !cancel();
  return true;
}

/** The text ends with what holds it. True: it had not ended. */
export function cancel(): bool {
  const open = delimiter != 0;
  delimiter = 0;
  if (open) {
    ignored.dropOpened();
    out.clear().put("% The banner has no end: its delimiter did not come again.");
    nl();
  }
  return open;
}
