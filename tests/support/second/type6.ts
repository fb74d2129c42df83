/** IOS's type 6 written by Node: a salt, AES-128 of the key in counter mode, four octets of HMAC-SHA-1, in letters of base 41. */
import { createCipheriv, createHmac } from "node:crypto";

function block(key: Uint8Array, of: Uint8Array): Buffer {
  return createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(of);
}

/** @param master MD5 of the master key @param salt 8 octets @param wrong an octet of the tag that is to be wrong */
export function sealed6(master: Uint8Array, salt: Uint8Array, plain: Uint8Array, wrong?: number): string {
  const derived = (number: number): Buffer => block(master, Buffer.concat([salt, Buffer.alloc(7), Buffer.of(number)]));
  const key = derived(1), macKey = derived(0);
  const stream = Buffer.concat(Array.from({ length: (plain.length + 15) >> 4 }, (_, i) => block(key, Buffer.of(0, 0, 0, i, ...Buffer.alloc(12)))));
  const hidden = Buffer.from(plain.map((octet, i) => octet ^ stream[i]!));
  const tag = createHmac("sha1", macKey).update(hidden).digest().subarray(0, 4);
  if (wrong !== undefined) tag[wrong]! ^= 1;
  const all = Buffer.concat([salt, hidden, tag]);
  // 00 behind what is odd, 00 01 behind what is even.
  const padded = Buffer.concat([all, all.length % 2 ? Buffer.of(0) : Buffer.of(0, 1)]);
  let out = "";
  for (let i = 0; i < padded.length; i += 2) {
    const v = padded.readUInt16BE(i);
    for (const digit of [Math.floor(v / 1681), Math.floor(v / 41) % 41, v % 41]) out += String.fromCharCode(65 + digit);
  }
  return out;
}
