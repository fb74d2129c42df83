/**
 * Words of IOS that this router knows by their beginning only: lines without effect, lines that are missing here, lines that open a mode. A pattern is
 * words apart by blanks; `a|b` is either; a `*` at the end stands for whatever follows, a `+` for something; a `%` is one word, whatever it is; `a*` is a word that begins so.
 */
import { lower, word, wordCount, wordLen } from "../words";

/** Letters that an abbreviation has at least: less would fit too much that is not meant. */
const LEAST: u32 = 3;

/** Whether the first `n` characters of word `k` are those of the pattern at `from`. */
function same(pattern: string, from: i32, k: u32, n: u32): bool {
  for (let i: u32 = 0; i < n; i++) if (lower(<u32>load<u8>(word(k) + i)) != lower(<u32>pattern.charCodeAt(from + <i32>i))) return false;
  return true;
}

/** Whether word `k` is `[from, to)` of the pattern, or - where that is enough - begins it. */
function begins(pattern: string, from: i32, to: i32, k: u32, whole: bool): bool {
  const n = wordLen(k);
  const open = to > from + 1 && pattern.charCodeAt(to - 1) == 42;
  const length = <u32>(to - from) - <u32>open;
  if (open) {
    if (n < length) return false;
    return same(pattern, from, k, length);
  }
  if (n > length || (n < length && (whole || n < LEAST))) return false;
  return same(pattern, from, k, n);
}

/** Whether the line's words from `k` on are the pattern's from `from` on. @param whole words are written out */
export function fits(pattern: string, from: i32, k: u32, whole: bool = false): bool {
  let at = from;
  while (at < pattern.length) {
    const c = pattern.charCodeAt(at);
    if (c == 42) return true;
    if (k >= wordCount()) return false;
    if (c == 43) return true;
    if (c == 37) {
      at += 2;
      k++;
      continue;
    }
    let found = false;
    let end = at;
    for (; ; end++) {
      const d = end < pattern.length ? pattern.charCodeAt(end) : 32;
      if (d != 124 && d != 32) continue;
      found = found || begins(pattern, at, end, k, whole);
      at = end + 1;
      if (d == 32) break;
    }
    if (!found) return false;
    k++;
  }
  return k >= wordCount();
}
