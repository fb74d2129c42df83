/**
 * What is said about a line that the grammar refuses: the caret under the offending word, and one sentence more where a value
 * was given that is not among those allowed.
 */
import { Item, high, itemKind, low, readRange } from "./grammar";
import * as matcher from "./matcher";
import { Outcome } from "./matcher";
import { nl, out, refuse, say, typed } from "./output";
import * as words from "./words";

/** @param column where the line begins on the screen @param badWord the word that leads nowhere */
export function explain(outcome: Outcome, column: u32, badWord: u32): void {
  out.clear();
  if (outcome == Outcome.AMBIGUOUS) {
    refuse('Ambiguous command:  "');
    typed(words.line, words.lineLen).char(34);
    nl();
    return;
  }
  if (outcome == Outcome.INCOMPLETE) {
    say("% Incomplete command.");
    return;
  }
  for (let i = column + words.columns(words.wordStart(badWord)); i > 0; i--) out.char(32);
  out.char(94);
  nl();
  say("% Invalid input detected at '^' marker.");
  value(badWord);
}

/** Names the values allowed when the word has the shape of the value that was wanted there. */
function value(k: u32): void {
  const w = words.word(k);
  const len = words.wordLen(k);
  const number = words.isDigits(w, len);
  let dots: u32 = 0;
  for (let i: u32 = 0; i < len; i++) if (load<u8>(w + i) == 46) dots++;
  for (let i = matcher.firstNext(); i < matcher.lastNext(); i++) {
    const at = matcher.nextAt(i);
    if (at == 0xffff) continue;
    const kind = itemKind(matcher.nextRow(i), at);
    if (number && kind == Item.NUMBER) {
      readRange(matcher.nextRow(i), at);
      refuse("").ascii(w, len).put(" is out of range: ").u32(low).put(" to ").u32(high).put(" is allowed.");
    } else if (dots == 3 && kind == Item.MASK) {
      refuse("").escaped(w, len).put(" is no subnet mask: ones and then zeros are allowed, as in 255.255.255.0.");
    } else if (dots == 3 && kind == Item.ADDRESS) {
      refuse("").escaped(w, len).put(" is no IPv4 address: four numbers from 0 to 255 are allowed, with dots between.");
    } else continue;
    nl();
    return;
  }
}
