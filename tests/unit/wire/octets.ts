/** Hexadecimal text to and from octets, for the specs of this folder. */
const DIGITS = "0123456789abcdef";

/** Writes the octets that `text` names (blanks are skipped) and returns how many. */
export function fromHex(p: usize, text: string): u32 {
  let n: u32 = 0;
  let high = -1;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS.indexOf(text.charAt(i));
    if (digit < 0) continue;
    if (high < 0) high = digit;
    else {
      store<u8>(p + n++, <u8>((high << 4) | digit));
      high = -1;
    }
  }
  return n;
}

export function toHex(p: usize, len: u32): string {
  let text = "";
  for (let i: u32 = 0; i < len; i++) {
    const c = <i32>load<u8>(p + i);
    text += DIGITS.charAt(c >>> 4) + DIGITS.charAt(c & 15);
  }
  return text;
}
