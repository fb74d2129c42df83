/**
 * Pre-shared keys as lines have them: in plain, of IOS's types 6 and 7, or sealed (access/sealed.ts); and as they are shown: whole to whoever may
 * change them, and hidden from everybody else.
 */
import * as master from "../access/master";
import * as sealed from "../access/sealed";
import * as type6 from "../access/type6";
import * as type7 from "../access/type7";
import { PSK_SHORT } from "../ike/settings/keys";
import * as login from "./login";
import * as matcher from "./matcher";
import { nl, out, refuse, refused } from "./output";
import * as words from "./words";

/** What may stand before a key in a row: `[0|6|7|sealed] WORD`. */
export let at: usize = 0;
export let len: u32 = 0;

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
  return n == 6 && load<u32>(p) == 0x6c616573 && load<u16>(p + 4) == 0x6465;
}

/** Whether a key is shown in another form than its own. */
export function covered(): bool {
  return login.hides() || (master.wanted && master.known);
}

/** Writes a key as a row takes it again, unless it is hidden. */
export function put(p: usize, n: u32): void {
  if (login.hides()) out.put("<hidden>");
  else if (master.wanted && master.known) {
    const letters = sealed.seal(master.root(), p, n);
    out.put("sealed ").ascii(sealed.text, letters);
    sealed.wipe();
  } else out.put(looksLikeType(p, n) ? "0 " : "").ascii(p, n);
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
