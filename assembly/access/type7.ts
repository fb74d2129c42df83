/** IOS's type 7: a password under a key that everybody knows. It is read, so that old configurations can be taken over, and never written. */
import { hexDigit } from "../util/bytes";
import * as ct from "../util/ct";
import { PASSWORD_MAX } from "./secret";

const KEY = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
const OFFSET_MAX: u32 = 15;

/** What was read, PASSWORD_MAX octets at the most. */
export const text: usize = memory.data(64, 4);

/** Reads two digits of offset and two hexadecimal digits an octet. Octets at `text`; 0: it is none, or longer than a password, or not of printable characters. */
export function read(p: usize, len: u32): u32 {
  if (len < 4 || len & 1 || (len - 2) / 2 > PASSWORD_MAX) return 0;
  const tens = <u32>load<u8>(p) - 48;
  const ones = <u32>load<u8>(p + 1) - 48;
  if (tens > 9 || ones > 9 || tens * 10 + ones > OFFSET_MAX) return 0;
  const n = (len - 2) / 2;
  let at = tens * 10 + ones;
  for (let i: u32 = 0; i < n; i++) {
    const high = hexDigit(<u32>load<u8>(p + 2 + 2 * i));
    const low = hexDigit(<u32>load<u8>(p + 3 + 2 * i));
    const c = ((high << 4) | low) ^ <u32>KEY.charCodeAt(at);
    if (high > 15 || low > 15 || c - 33 > 93) return 0;
    store<u8>(text + i, <u8>c);
    if (++at == <u32>KEY.length) at = 0;
  }
  return n;
}

export function wipe(): void {
  ct.wipe(text, PASSWORD_MAX);
}
