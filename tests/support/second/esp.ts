/** ESP by node:crypto, to compare with: the suites there are, and a packet sealed and opened (RFC 4303, RFC 4106, RFC 4309, RFC 4543, RFC 7634). */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual, type CipherGCMTypes } from "node:crypto";

export interface Suite {
  name: string;
  /** RFC 2407's ESP transform, key bits where it has several, authentication algorithm */
  transform: number;
  bits: number;
  auth: number;
  /** node:crypto's cipher, "" with NULL; octets of key, salt, IV, of what the text is a multiple of */
  cipher: string;
  key: number;
  salt: number;
  iv: number;
  block: number;
  /** node:crypto's hash, "aes-xcbc", or "" without; octets of its key and of the ICV */
  hash: string;
  authKey: number;
  icv: number;
}

const ciphers = [
  // Three times the same key: node's OpenSSL has no DES of its own.
  { name: "des", transform: 2, bits: 0, cipher: "des-ede3-cbc", key: 8, salt: 0, iv: 8, block: 8 },
  { name: "3des", transform: 3, bits: 0, cipher: "des-ede3-cbc", key: 24, salt: 0, iv: 8, block: 8 },
  ...[128, 192, 256].map((bits) => ({ name: `aes-${bits}`, transform: 12, bits, cipher: `aes-${bits}-cbc`, key: bits / 8, salt: 0, iv: 16, block: 16 })),
  { name: "null", transform: 11, bits: 0, cipher: "", key: 0, salt: 0, iv: 0, block: 4 },
  ...[128, 192, 256].map((bits) => ({ name: `camellia-${bits}`, transform: 22, bits, cipher: `camellia-${bits}-cbc`, key: bits / 8, salt: 0, iv: 16, block: 16 })),
  ...[128, 192, 256].map((bits) => ({ name: `ctr-${bits}`, transform: 13, bits, cipher: `aes-${bits}-ctr`, key: bits / 8, salt: 4, iv: 8, block: 4 })),
];

const hashes = [
  { auth: 1, hash: "md5", authKey: 16, icv: 12 },
  { auth: 2, hash: "sha1", authKey: 20, icv: 12 },
  { auth: 5, hash: "sha256", authKey: 32, icv: 16 },
  { auth: 6, hash: "sha384", authKey: 48, icv: 24 },
  { auth: 7, hash: "sha512", authKey: 64, icv: 32 },
  { auth: 9, hash: "aes-xcbc", authKey: 16, icv: 12 },
];

/** What encrypts and authenticates at once, or authenticates by a cipher. */
const combined = { block: 4, iv: 8, auth: 0, hash: "", authKey: 0 };

/** Every cipher with every authentication algorithm that goes with it, and the combined modes with each of their ICVs. */
export const suites: Suite[] = [
  ...ciphers.flatMap((c) => hashes.filter((h) => h.auth !== 9 || c.block !== 8).map((h) => ({ ...c, ...h, name: `${c.name}/${h.hash}` }))),
  ...[128, 192, 256].flatMap((bits) => [
    ...[8, 12, 16].map((icv) => ({ ...combined, name: `gcm-${bits}/${icv}`, transform: 16 + icv / 4, bits, cipher: `aes-${bits}-gcm`, key: bits / 8, salt: 4, icv })),
    ...[8, 12, 16].map((icv) => ({ ...combined, name: `ccm-${bits}/${icv}`, transform: 12 + icv / 4, bits, cipher: `aes-${bits}-ccm`, key: bits / 8, salt: 3, icv })),
    { ...combined, name: `gmac-${bits}/16`, transform: 23, bits, cipher: `aes-${bits}-gcm`, key: bits / 8, salt: 4, icv: 16 },
  ]),
  { ...combined, name: "chacha/16", transform: 254, bits: 0, cipher: "chacha20-poly1305", key: 32, salt: 4, icv: 16 },
];

/** Octets of a suite's key material. */
export const keymatLength = (s: Suite): number => s.key + s.salt + s.authKey;

/** A suite's cipher without authentication. */
export const bare = (name: string): Suite => ({ ...suites.find((s) => s.name.startsWith(`${name}/`))!, auth: 0, hash: "", authKey: 0, icv: 0 });

const keyOf = (suite: Suite, keymat: Uint8Array): Buffer => {
  const key = Buffer.from(keymat.subarray(0, suite.key));
  return suite.transform === 2 ? Buffer.concat([key, key, key]) : key;
};

/** AES-XCBC-MAC (RFC 3566, 4) out of single AES blocks. */
function xcbc(key: Buffer, message: Uint8Array): Buffer {
  const block = (k: Uint8Array, x: Uint8Array): Buffer => createCipheriv("aes-128-ecb", k, null).setAutoPadding(false).update(x);
  const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((x, i) => x ^ b[i]!));
  const [k1, k2, k3] = [1, 2, 3].map((n) => block(key, Buffer.alloc(16, n)));
  let chain = Buffer.alloc(16);
  let at = 0;
  for (; message.length - at > 16; at += 16) chain = block(k1!, xor(chain, message.subarray(at, at + 16))) as Buffer<ArrayBuffer>;
  const rest = message.subarray(at);
  const last = rest.length === 16 ? xor(rest, k2!) : xor(Buffer.concat([rest, Buffer.from([0x80]), Buffer.alloc(15 - rest.length)]), k3!);
  return block(k1!, xor(chain, last));
}

/** Number of a packet as it is: 32 bits, or 64 (RFC 4303, 2.2.1). */
export interface Numbering { sequence: number | bigint; esn?: boolean }

const upperOf = ({ sequence, esn }: Numbering): Buffer => {
  const octets = Buffer.alloc(esn ? 4 : 0);
  if (esn) octets.writeUInt32BE(Number(BigInt(sequence) >> 32n));
  return octets;
};

/** The ICV of some octets; without a cipher in the suite it is AH's. */
export function icvOf(suite: Suite, keymat: Uint8Array, covered: Uint8Array, numbering: Numbering): Buffer {
  if (suite.auth === 0) return Buffer.alloc(0);
  const at = suite.key + suite.salt;
  const key = Buffer.from(keymat.subarray(at, at + suite.authKey));
  const whole = Buffer.concat([covered, upperOf(numbering)]);
  return (suite.auth === 9 ? xcbc(key, whole) : createHmac(suite.hash, key).update(whole).digest()).subarray(0, suite.icv);
}

const counterBlock = (suite: Suite, keymat: Uint8Array, iv: Uint8Array, rest: number[]): Buffer =>
  Buffer.concat([keymat.subarray(suite.key, suite.key + suite.salt), iv, Buffer.from(rest)]);

/** RFC 4106, 5. */
const aadOf = (head: Buffer, numbering: Numbering): Buffer => Buffer.concat([head.subarray(0, 4), upperOf(numbering), head.subarray(4, 8)]);

/** The cipher that turns the text of a packet around, both ways (`way`), all but the combined modes. */
function turn(suite: Suite, keymat: Uint8Array, iv: Uint8Array, text: Uint8Array, way: "seal" | "open"): Buffer {
  if (suite.cipher === "") return Buffer.from(text);
  const start = suite.salt ? counterBlock(suite, keymat, iv, [0, 0, 0, 1]) : iv;
  const make = way === "seal" ? createCipheriv : createDecipheriv;
  return make(suite.cipher, keyOf(suite, keymat), start).setAutoPadding(false).update(text);
}

const isCombined = (suite: Suite): boolean => suite.auth === 0 && suite.icv > 0;

/**
 * A combined mode turns the text around; with the ICV it opens, or throws. What GMAC covers it leaves as it is: the IV belongs to
 * that (RFC 4543, 3.3).
 */
function turnCombined(suite: Suite, keymat: Uint8Array, aad: Buffer, iv: Uint8Array, text: Uint8Array, icv?: Uint8Array): { text: Buffer; icv: Buffer } {
  const gmac = suite.transform === 23;
  const [name, key, nonce, options] = [suite.cipher as CipherGCMTypes, keyOf(suite, keymat), counterBlock(suite, keymat, iv, []), { authTagLength: suite.icv }];
  const covered = gmac ? Buffer.concat([aad, iv, text]) : aad;
  const turned = gmac ? Buffer.alloc(0) : text;
  if (icv) {
    const cipher = createDecipheriv(name, key, nonce, options).setAuthTag(Buffer.from(icv)).setAAD(covered, { plaintextLength: turned.length });
    const out = cipher.update(turned);
    cipher.final();
    return { text: gmac ? Buffer.from(text) : out, icv: Buffer.from(icv) };
  }
  const cipher = createCipheriv(name, key, nonce, options).setAAD(covered, { plaintextLength: turned.length });
  const out = cipher.update(turned);
  cipher.final();
  return { text: gmac ? Buffer.from(text) : out, icv: cipher.getAuthTag() };
}

/** ESP as node:crypto makes it (RFC 4303, 3.3). `blocks`: whole blocks of padding more than needed. */
export function sealWithNode(suite: Suite, keymat: Uint8Array, spi: number, number: number | Numbering, payload: Uint8Array, nextHeader = 4, blocks = 0): Buffer {
  const pad = ((suite.block - ((payload.length + 2) % suite.block)) % suite.block) + blocks * suite.block;
  const text = Buffer.concat([payload, Buffer.from(Array.from({ length: pad }, (_, i) => i + 1)), Buffer.from([pad, nextHeader])]);
  return sealText(suite, keymat, spi, number, text, randomBytes(suite.iv));
}

/** The same of a whole text, trailer included, whatever it holds; its length is a multiple of the cipher's block. */
export function sealText(suite: Suite, keymat: Uint8Array, spi: number, number: number | Numbering, text: Uint8Array, iv: Uint8Array): Buffer {
  const numbering = typeof number === "number" ? { sequence: number } : number;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(spi, 0);
  head.writeUInt32BE(Number(BigInt(numbering.sequence) & 0xffffffffn), 4);
  if (isCombined(suite)) {
    const sealed = turnCombined(suite, keymat, aadOf(head, numbering), iv, text);
    return Buffer.concat([head, iv, sealed.text, sealed.icv]);
  }
  const covered = Buffer.concat([head, iv, turn(suite, keymat, iv, text, "seal")]);
  return Buffer.concat([covered, icvOf(suite, keymat, covered, numbering)]);
}

/** And as it opens it; throws where anything is wrong. `number`: what the packet should have, where it is extended. */
export function openWithNode(suite: Suite, keymat: Uint8Array, packet: Buffer, number?: bigint): { spi: number; sequence: number; payload: Buffer; nextHeader: number; iv: Buffer } {
  const numbering = number === undefined ? { sequence: 0 } : { sequence: number, esn: true };
  const covered = packet.subarray(0, packet.length - suite.icv);
  const icv = packet.subarray(covered.length);
  const iv = covered.subarray(8, 8 + suite.iv);
  let text: Buffer;
  if (isCombined(suite)) text = turnCombined(suite, keymat, aadOf(packet, numbering), iv, covered.subarray(8 + suite.iv), icv).text;
  else {
    if (suite.auth && !timingSafeEqual(icvOf(suite, keymat, covered, numbering), icv)) throw new Error("ICV");
    text = turn(suite, keymat, iv, covered.subarray(8 + suite.iv), "open");
  }
  const pad = text[text.length - 2]!;
  const payload = text.subarray(0, text.length - 2 - pad);
  for (let i = 0; i < pad; i++) if (text[payload.length + i] !== i + 1) throw new Error("padding");
  return { spi: packet.readUInt32BE(0), sequence: packet.readUInt32BE(4), payload, nextHeader: text[text.length - 1]!, iv };
}
