// Camellia (RFC 3713) in CBC mode (RFC 4312), constant time: up to eight blocks at once, bit by bit. Decryption takes eight
// blocks in the time of one; encryption, where each block waits for the one before, takes one.
//
//   plane p of a half:  0      8              56      64
//                       | x1   | x2 |   ...   | x8    |   bit b of octet i is bit p of octet i of block b
//
// A plane's lower 32 bits are the left word of a half, its upper 32 bits the right word.
//
//   context:  0          8                                        280
//             | sixes of | subkeys of 8 octets in the order of their use:
//             | rounds   | kw1 kw2, k1-6, ke1 ke2, k7-12, ..., kw3 kw4
import { BlockCipher, CipherAlg } from "./cipher";
import { turnEight, spreadOctets } from "./camellia_planes";
import { feistel, fl } from "./camellia_rounds";
import { get64, put64 } from "../util/bytes";
import * as ct from "../util/ct";

/** The planes of both halves. */
const left: usize = memory.data(64, 8);
const right: usize = memory.data(64, 8);
/** The planes of every subkey: octets of 0 and 255. */
const planes: usize = memory.data(2176, 8);
/** Ciphertext that the next blocks chain with. */
const kept: usize = memory.data(128, 8);
/** KL, KR, KA and KB (RFC 3713, 2.2), two words each. */
const material: usize = memory.data(64, 8);

// @ts-ignore: decorator
@inline const KEYS: usize = 8;
// @ts-ignore: decorator
@inline const KL: usize = 0;
// @ts-ignore: decorator
@inline const KR: usize = 16;
// @ts-ignore: decorator
@inline const KA: usize = 32;
// @ts-ignore: decorator
@inline const KB: usize = 48;

/** The Sigmas of RFC 3713, 2.2, octet by octet. */
const SIGMA: usize = memory.data<u8>([
  0xa0, 0x9e, 0x66, 0x7f, 0x3b, 0xcc, 0x90, 0x8b, 0xb6, 0x7a, 0xe8, 0x58, 0x4c, 0xaa, 0x73, 0xb2,
  0xc6, 0xef, 0x37, 0x2f, 0xe9, 0x4f, 0x82, 0xbe, 0x54, 0xff, 0x53, 0xa5, 0xf1, 0xd3, 0x6f, 0x1c,
  0x10, 0xe5, 0x27, 0xfa, 0xde, 0x68, 0x2d, 0x1d, 0xb0, 0x56, 0x88, 0xc2, 0xb3, 0xe6, 0xc1, 0xfd,
], 8);

/**
 * Which 64 bits of which rotated value each subkey is, as the value's place and the rotation to the left, 64 more for the right
 * half (RFC 3713, 2.2): for keys of 128 bits, and for longer ones.
 */
const SHORT: usize = memory.data<u8>([
  0, 0, 0, 64,
  32, 0, 32, 64, 0, 15, 0, 79, 32, 15, 32, 79,
  32, 30, 32, 94,
  0, 45, 0, 109, 32, 45, 0, 124, 32, 60, 32, 124,
  0, 77, 0, 141,
  0, 94, 0, 158, 32, 94, 32, 158, 0, 111, 0, 175,
  32, 111, 32, 175,
]);
const LONG: usize = memory.data<u8>([
  0, 0, 0, 64,
  48, 0, 48, 64, 16, 15, 16, 79, 32, 15, 32, 79,
  16, 30, 16, 94,
  48, 30, 48, 94, 0, 45, 0, 109, 32, 45, 32, 109,
  0, 60, 0, 124,
  16, 60, 16, 124, 48, 60, 48, 124, 0, 77, 0, 141,
  32, 77, 32, 141,
  16, 94, 16, 158, 32, 94, 32, 158, 0, 111, 0, 175,
  48, 111, 48, 175,
]);

/** The 64 bits of the 128 at `p` that stand `turn` bits after their first, going round. */
function bitsAt(p: usize, turn: u32): u64 {
  const flip: usize = (turn & 64) >> 3;
  const n = <u64>(turn & 63);
  const high = get64(p + flip);
  const low = get64(p + (flip ^ 8));
  return n ? (high << n) | (low >> (64 - n)) : high;
}

/** Two rounds on the two words at `p` under the Sigmas from `sigma` on. */
function mix(p: usize, sigma: usize): void {
  memory.fill(left, 0, 64);
  memory.fill(right, 0, 64);
  store<u64>(left, load<u64>(p, 0));
  store<u64>(right, load<u64>(p, 8));
  turnEight(left);
  turnEight(right);
  spreadOctets(planes, load<u64>(SIGMA + sigma, 0));
  feistel(right, left, planes);
  spreadOctets(planes, load<u64>(SIGMA + sigma, 8));
  feistel(left, right, planes);
  turnEight(left);
  turnEight(right);
  store<u64>(p, load<u64>(left), 0);
  store<u64>(p, load<u64>(right), 8);
}

function add(to: usize, from: usize): void {
  store<u64>(to, load<u64>(to, 0) ^ load<u64>(from, 0), 0);
  store<u64>(to, load<u64>(to, 8) ^ load<u64>(from, 8), 8);
}

/** The planes of all subkeys, in the order of encryption or of decryption. */
function openKeys(ctx: usize, decrypts: bool): void {
  const sixes = load<u32>(ctx);
  const last = ctx + KEYS + ((sixes << 6) - 8) + 16;
  const count = (sixes << 3) + 2;
  for (let i: u32 = 0; i < count; i++) {
    // Decryption goes the other way, but the whitening keys keep their sides.
    const at = decrypts ? last - ((i < 2 || i >= count - 2 ? i ^ 1 : i) << 3) : ctx + KEYS + (i << 3);
    spreadOctets(planes + (i << 6), load<u64>(at));
  }
}

/** Clears what is left of keys and texts. */
function close(): void {
  ct.wipe(left, 64);
  ct.wipe(right, 64);
  ct.wipe(planes, 2176);
  ct.wipe(kept, 128);
}

function whiten(half: usize, key: usize): void {
  for (let p: usize = 0; p < 64; p += 8) store<u64>(half + p, load<u64>(half + p) ^ load<u64>(key + p));
}

/** `count` blocks (1 to 8) at `data` in place under the keys that openKeys spread. */
function crypt(data: usize, count: u32, sixes: u32): void {
  memory.fill(left, 0, 64);
  memory.fill(right, 0, 64);
  for (let b: usize = 0; b < count; b++) {
    store<u64>(left + (b << 3), load<u64>(data + (b << 4), 0));
    store<u64>(right + (b << 3), load<u64>(data + (b << 4), 8));
  }
  turnEight(left);
  turnEight(right);
  let key = planes;
  whiten(left, key);
  whiten(right, key + 64);
  key += 128;
  for (;;) {
    for (let i = 0; i < 3; i++, key += 128) {
      feistel(right, left, key);
      feistel(left, right, key + 64);
    }
    if (!--sixes) break;
    fl(left, right, key);
    key += 128;
  }
  // The halves change sides at last.
  whiten(right, key);
  whiten(left, key + 64);
  turnEight(left);
  turnEight(right);
  for (let b: usize = 0; b < count; b++) {
    store<u64>(data + (b << 4), load<u64>(right + (b << 3)), 0);
    store<u64>(data + (b << 4), load<u64>(left + (b << 3)), 8);
  }
}

class Camellia extends BlockCipher {
  constructor() {
    super(CipherAlg.CAMELLIA, "camellia", 16, 280);
  }

  keyLengthOk(len: u32): bool {
    return len == 16 || len == 24 || len == 32;
  }

  setKey(ctx: usize, key: usize, keyLen: u32): void {
    memory.fill(material, 0, 64);
    memory.copy(material + KL, key, keyLen);
    if (keyLen == 24) store<u64>(material + KR, ~load<u64>(material + KR), 8);
    add(material + KA, material + KL);
    add(material + KA, material + KR);
    mix(material + KA, 0);
    add(material + KA, material + KL);
    mix(material + KA, 16);
    add(material + KB, material + KA);
    add(material + KB, material + KR);
    mix(material + KB, 32);
    const sixes: u32 = keyLen == 16 ? 3 : 4;
    const list = keyLen == 16 ? SHORT : LONG;
    store<u64>(ctx, <u64>sixes);
    for (let i: u32 = 0; i < (sixes << 3) + 2; i++) {
      put64(ctx + KEYS + (i << 3), bitsAt(material + load<u8>(list + (i << 1)), load<u8>(list + (i << 1), 1)));
    }
    ct.wipe(material, 64);
    close();
  }

  cbcEncrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    openKeys(ctx, false);
    const sixes = load<u32>(ctx);
    let before = iv;
    for (const end = data + len; data < end; data += 16) {
      add(data, before);
      crypt(data, 1, sixes);
      before = data;
    }
    memory.copy(iv, before, 16);
    close();
  }

  cbcDecrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    openKeys(ctx, true);
    const sixes = load<u32>(ctx);
    for (let blocks = len >> 4; blocks; ) {
      const n = min<u32>(blocks, 8);
      memory.copy(kept, data, n << 4);
      crypt(data, n, sixes);
      add(data, iv);
      for (let b: usize = 1; b < n; b++) add(data + (b << 4), kept + ((b - 1) << 4));
      memory.copy(iv, kept + ((n - 1) << 4), 16);
      data += n << 4;
      blocks -= n;
    }
    close();
  }
}

/** Camellia with a key of 16, 24 or 32 bytes. */
export const camellia: BlockCipher = new Camellia();
