// What the specs of this folder share: hexadecimal to memory and back.

/** Writes the octets of a hexadecimal string to `p` and returns how many there were. */
export function fromHex(p: usize, text: string): u32 {
  const n = <u32>text.length >> 1;
  for (let i: u32 = 0; i < n; i++) store<u8>(p + i, <u8>((digit(text.charCodeAt(i << 1)) << 4) | digit(text.charCodeAt((i << 1) + 1))));
  return n;
}

function digit(c: i32): u32 {
  return <u32>(c <= 57 ? c - 48 : c - 87);
}

/** The octets at `p` in hexadecimal. */
export function toHex(p: usize, len: u32): string {
  let text = "";
  for (let i: u32 = 0; i < len; i++) {
    const octet = <i32>load<u8>(p + i);
    text += "0123456789abcdef".charAt(octet >> 4) + "0123456789abcdef".charAt(octet & 15);
  }
  return text;
}

/** Writes the characters of an ASCII string to `p` and returns how many there were. */
export function fromText(p: usize, text: string): u32 {
  for (let i = 0; i < text.length; i++) store<u8>(p + i, <u8>text.charCodeAt(i));
  return <u32>text.length;
}
