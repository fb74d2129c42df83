/**
 * `?` and Tab. What fits at a place is what the matcher's last step holds; the words of explanation come from HELP
 * (help_texts.ts), first under the pair of the word before and the word itself, then under the word alone.
 */
import { FILTER_AT, Item, itemEnd, itemKind, rowChar } from "./grammar";
import { HELP } from "./help_texts";
import * as matcher from "./matcher";
import { Outcome } from "./matcher";
import { nl, out, refuse, say, typed } from "./output";
import { line, lineLen, lower, word, wordCount, wordLen } from "./words";

const ITEMS_MAX: u32 = 96;
const items: usize = memory.data(768, 4); // the item, and the one before it: row << 16 | offset each
let itemCount: u32 = 0;

// @ts-ignore: decorator
@inline
function item(i: u32): u32 {
  return load<u32>(items + <usize>(i << 3));
}

function charOf(it: u32, i: u32): u32 {
  // The filter's sign stands behind all words.
  if ((it & 0xffff) == FILTER_AT) return i == 0 ? 124 : 0;
  const at = (it & 0xffff) + i;
  return at < itemEnd(it >>> 16, it & 0xffff) ? rowChar(it >>> 16, at) : 0;
}

/** <0, 0, >0 as the texts of two items compare. */
function compare(a: u32, b: u32): i32 {
  let i: u32 = 0;
  while (charOf(a, i) == charOf(b, i) && charOf(a, i) != 0) i++;
  return <i32>charOf(a, i) - <i32>charOf(b, i);
}

function begins(it: u32, w: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) if (lower(<u32>load<u8>(w + i)) != lower(charOf(it, i))) return false;
  return true;
}

/** Gathers, sorted and each once, what fits behind the first words; `partial` is the word being written, if any. */
function gather(w: usize, partial: u32): bool {
  itemCount = 0;
  let ends = false;
  for (let i = matcher.firstNext(); i < matcher.lastNext(); i++) {
    const at = matcher.nextAt(i);
    if (at == 0xffff) {
      ends = true;
      continue;
    }
    const it = (matcher.nextRow(i) << 16) | at;
    const keyword = itemKind(it >>> 16, at) == Item.KEYWORD;
    if (partial > 0 && keyword && !begins(it, w, partial)) continue;
    let k: u32 = 0;
    let order = 1;
    while (k < itemCount && (order = compare(item(k), it)) < 0) k++;
    if (order == 0 && k < itemCount) continue;
    if (itemCount == ITEMS_MAX) continue;
    const p = items + <usize>(k << 3);
    memory.copy(p + 8, p, <usize>((itemCount - k) << 3));
    store<u32>(p, it);
    store<u32>(p + 4, matcher.nextBefore(i));
    itemCount++;
  }
  return ends;
}

/** An item as people read it. */
function putItem(it: u32): void {
  switch (itemKind(it >>> 16, it & 0xffff)) {
    case Item.MASK:
      out.put("A.B.C.D");
      break;
    case Item.INTERFACE:
      out.put("INTERFACE");
      break;
    case Item.INTERFACE_NUMBER:
      out.put("N or N/N");
      break;
    default:
      for (let i: u32 = 0, c = charOf(it, 0); c; c = charOf(it, ++i)) out.char(c);
  }
}

/** Whether the text at `p` begins with the item and then `end`; where it goes on, or 0. */
function after(p: usize, it: u32, end: u32): usize {
  let i: u32 = 0;
  for (let c = charOf(it, 0); c; c = charOf(it, ++i)) if (<u32>load<u8>(p + i) != c) return 0;
  return <u32>load<u8>(p + i) == end ? p + i + 1 : 0;
}

const LINE_FEED: u32 = 10;

/** The explanation of an item. */
function putHelp(it: u32, before: u32): void {
  let best: usize = 0;
  for (let p = HELP; load<u8>(p); p++) {
    if (before != 0xffffffff) {
      const second = after(p, before, 32);
      const found = second ? after(second, it, 61) : 0;
      if (found) {
        best = found;
        break;
      }
    }
    if (!best) best = after(p, it, 61);
    while (<u32>load<u8>(p) != LINE_FEED) p++;
  }
  if (!best) return;
  for (let p = best; <u32>load<u8>(p) != LINE_FEED; p++) out.char(<u32>load<u8>(p));
}

/** Whether the last word is still being written. */
function partialLen(text: usize, len: u32): u32 {
  return len > 0 && load<u8>(text + len - 1) != 32 ? wordLen(wordCount() - 1) : 0;
}

/** Leads to where the line ends in the first set of modes that knows the words so far. */
function leadTo(modes: u32, fallback: u32, complete: u32, partial: u32): Outcome {
  let outcome = matcher.lead(modes, complete);
  if (outcome == Outcome.INCOMPLETE && partial > 0) {
    gather(word(complete), partial);
    if (itemCount == 0 && fallback) outcome = Outcome.INVALID;
  }
  if (outcome == Outcome.INVALID && fallback) outcome = matcher.lead(fallback, complete);
  return outcome;
}

/** Answers `?` behind the line in `words` (`text` with its trailing blank, if it has one). */
export function help(modes: u32, fallback: u32, text: usize, len: u32): void {
  const partial = partialLen(text, len);
  const complete = wordCount() - (partial ? 1 : 0);
  const outcome = leadTo(modes, fallback, complete, partial);
  if (outcome == Outcome.AMBIGUOUS) {
    refuse('Ambiguous command:  "');
    typed(line, lineLen).char(34);
    nl();
    return;
  }
  if (outcome == Outcome.MATCH) {
    say("  LINE");
    say("  <cr>");
    return;
  }
  const ends = outcome == Outcome.INCOMPLETE ? gather(word(complete), partial) && !partial : false;
  if (outcome != Outcome.INCOMPLETE || (itemCount == 0 && !ends)) {
    say("% Unrecognized command");
    return;
  }
  let width: u32 = 0;
  for (let i: u32 = 0; i < itemCount; i++) {
    out.clear();
    putItem(item(i));
    if (out.len > width) width = out.len;
  }
  for (let i: u32 = 0; i < itemCount; i++) {
    out.clear().put("  ");
    putItem(item(i));
    out.to(width + 4);
    putHelp(item(i), load<u32>(items + <usize>((i << 3) + 4)));
    nl();
  }
  if (ends) say("  <cr>");
}

/** Tab: puts into `out` what completes the last word of the line; nothing where nothing does. */
export function complete(modes: u32, fallback: u32, text: usize, len: u32): void {
  out.clear();
  const partial = partialLen(text, len);
  if (partial == 0) return;
  const done = wordCount() - 1;
  if (leadTo(modes, fallback, done, partial) != Outcome.INCOMPLETE) return;
  gather(word(done), partial);
  let first: u32 = 0xffffffff;
  let common: u32 = 0;
  let several = false;
  for (let i: u32 = 0; i < itemCount; i++) {
    const it = item(i);
    if (itemKind(it >>> 16, it & 0xffff) != Item.KEYWORD) continue;
    if (first == 0xffffffff) {
      first = it;
      common = itemEnd(it >>> 16, it & 0xffff) - (it & 0xffff);
      continue;
    }
    let same: u32 = 0;
    while (same < common && charOf(it, same) == charOf(first, same)) same++;
    common = same;
    several = true;
  }
  if (first == 0xffffffff) return;
  for (let i = partial; i < common; i++) out.char(charOf(first, i));
  if (!several) out.char(32);
}

/** Words that are named behind a refused line; of more, their number is. */
const NAMED_MAX: u32 = 13;

/** Says what would have been taken in the place of word `k`, behind the words that led somewhere. */
export function alternatives(outcome: Outcome, k: u32): void {
  if (outcome == Outcome.AMBIGUOUS || k == 0 || (outcome == Outcome.INVALID && k == 1 && wordLen(0) == 2 && lower(<u32>load<u8>(word(0))) == 110)) return;
  const ends = gather(0, 0);
  if (!itemCount) return;
  if (itemCount > NAMED_MAX) {
    refuse("").u32(itemCount).put(" words are taken there: `?` lists them.");
    nl();
    return;
  }
  refuse("Taken there: ");
  for (let i: u32 = 0; i < itemCount; i++) {
    if (i) out.put(", ");
    putItem(item(i));
  }
  if (ends) out.put(", or nothing");
  out.char(46);
  nl();
}
