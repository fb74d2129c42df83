/**
 * Pre-shared keys as lines have them: in plain, of IOS's types 6 and 7, or sealed (access/sealed.ts); and as they are shown: whole to whoever may
 * change them, and hidden from everybody else.
 */
import * as master from "../access/master";
import * as sealed from "../access/sealed";
import * as type6 from "../access/type6";
import * as type7 from "../access/type7";
import { PSK_SHORT } from "../ike/settings/keys";
import { hexDigit } from "../util/bytes";
import * as login from "./login";
import * as matcher from "./matcher";
import { nl, out, refuse, refused } from "./output";
import * as words from "./words";

/** What may stand before a key in a row: `[0|6|7|sealed|hex] WORD`. */
export let at: usize = 0;
export let len: u32 = 0;

/** Octets of pairs of hexadecimal digits, put where the digits were; 0: it is no such text. */
function hexOctets(p: usize, n: u32): u32 {
  // As strongSwan writes it, 0x may stand before.
  const from: u32 = n > 2 && load<u16>(p) == 0x7830 ? 2 : 0;
  if ((n - from) & 1) return 0;
  for (let i: u32 = from; i < n; i++) if (hexDigit(load<u8>(p + i)) > 15) return 0;
  for (let i: u32 = from; i < n; i += 2) store<u8>(p + ((i - from) >>> 1), <u8>((hexDigit(load<u8>(p + i)) << 4) | hexDigit(load<u8>(p + i + 1))));
  return (n - from) >>> 1;
}

/** Whether a key can be written as a word of a line. */
function isWord(p: usize, n: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(p + i);
    if (c <= 32 || c >= 127) return false;
  }
  return true;
}

/** Takes the key at word `k`, of the type in the word before it, or 7 for other reasons. False: refused, and it has said why. */
export function take(k: u32, seven: bool = false): bool {
  at = words.word(k);
  len = words.wordLen(k);
  const six = matcher.isKeyword(k - 1, "6");
  if (six || matcher.isKeyword(k - 1, "sealed")) {
    if (!master.known) return refused("This key is encrypted: it can be read once `key config-key password-encrypt` has given the master key.");
    len = six ? type6.read(master.md5Of(), at, len) : sealed.open(master.root(), at, len);
    at = six ? type6.text : sealed.text;
    return len ? true : refused("This key is not encrypted under the master key that was given, or it is damaged.");
  }
  if (matcher.isKeyword(k - 1, "hex")) {
    len = hexOctets(at, len);
    return len ? true : refused("The key is not made of pairs of hexadecimal digits.");
  }
  if (!seven && !matcher.isKeyword(k - 1, "7")) return true;
  len = type7.read(at, len);
  at = type7.text;
  if (!len) return refused("That is no key of type 7: two digits from 00 to 15, and two hexadecimal digits for each character.");
  refuse("Warning: a key of type 7 can be read by anybody.");
  nl();
  return true;
}

/** A key that reads like a type needs one before it. */
function looksLikeType(p: usize, n: u32): bool {
  if (n == 1) return load<u8>(p) == 48 || load<u8>(p) == 54 || load<u8>(p) == 55;
  if (n == 3) return load<u8>(p) == 104 && load<u16>(p + 1) == 0x7865;
  return n == 6 && load<u32>(p) == 0x6c616573 && load<u16>(p + 4) == 0x6465;
}

/** A key as it is: letters, or the digits of octets that no line can have. What was encrypted may have been anything. */
export function putWhole(p: usize, n: u32): void {
  if (isWord(p, n)) out.ascii(p, n);
  else out.put("hex ").hexBytes(p, n);
}

/** Writes a key as a row takes it again, unless it is hidden. */
export function put(p: usize, n: u32): void {
  if (login.hides()) out.put("<hidden>");
  else if (master.wanted && master.known) {
    const letters = sealed.seal(master.root(), p, n);
    out.put("sealed ").ascii(sealed.text, letters);
    sealed.wipe();
  } else {
    if (looksLikeType(p, n)) out.put("0 ");
    putWhole(p, n);
  }
}

/** Names a key that is too short to be safe. */
export function warnShort(octets: u32): void {
  if (octets >= PSK_SHORT) return;
  refuse("Warning: a key of ").u32(octets).put(" characters is soon guessed; use ").u32(PSK_SHORT).put(" or more.");
  nl();
}

/** What was taken stays nowhere but where it was taken to. */
export function wipe(): void {
  type6.wipe();
  type7.wipe();
  sealed.wipe();
}
