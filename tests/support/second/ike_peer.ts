/**
 * A second implementation of IKEv1, for tests only: Main Mode and Aggressive Mode with pre-shared keys, Quick Mode and New
 * Group Mode in both roles, on BigInt and Node's crypto, sharing no code with the module. It is built to misbehave: each message is made from a list of payloads
 * which a test may change before HASH and encryption (`payloads`), or after (`raw`), and sending moves no state unless
 * the test says so. RFC 2409's names throughout.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import { oakleyGroup, type OakleyGroup } from "./dh_groups.ts";
import type { Random } from "../world/random.ts";
export { prime } from "./dh_groups.ts";

export const P = { SA: 1, KE: 4, ID: 5, CERT: 6, CERTREQ: 7, HASH: 8, SIG: 9, NONCE: 10, N: 11, D: 12, VID: 13 } as const;
export const EXCHANGE = { MAIN: 2, AGGRESSIVE: 4, INFORMATIONAL: 5, QUICK: 32, NEW_GROUP: 33 } as const;

export interface Payload {
  type: number;
  body: Uint8Array;
  /** What the generic header says instead of the truth: next payload, RESERVED, length. */
  next?: number;
  reserved?: number;
  length?: number;
}

export const concat = (...parts: (Uint8Array | number[])[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

export const u16 = (n: number): number[] => [(n >>> 8) & 255, n & 255];
export const u32 = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

/** Payloads as they stand on the wire, one behind the other (RFC 2408, 3.2). */
export const chain = (payloads: readonly Payload[]): Uint8Array =>
  concat(...payloads.map((p, i) => concat([p.next ?? payloads[i + 1]?.type ?? 0, p.reserved ?? 0], u16(p.length ?? p.body.length + 4), p.body)));

/** An attribute in its basic (TV) form. */
export const tv = (type: number, value: number): number[] => [...u16(0x8000 | type), ...u16(value)];
/** An attribute in its variable (TLV) form, four octets of value. */
export const tlv = (type: number, value: number): number[] => [...u16(type), 0, 4, ...u32(value)];

/** Phase 1 choice of a peer; numbers are the attribute values of RFC 2409, appendix A. */
export interface Suite {
  cipher: 1 | 5 | 7 | 8;
  keyBits?: number;
  hash: 1 | 2 | 4 | 5 | 6;
  group: number;
}

const HASHES: Record<number, string> = { 1: "md5", 2: "sha1", 4: "sha256", 5: "sha384", 6: "sha512" };

export class IkePeer {
  ckyI: Uint8Array = new Uint8Array(8);
  ckyR: Uint8Array = new Uint8Array(8);
  initiator = true;
  // phase 1
  SAi_b: Uint8Array = new Uint8Array();
  Ni_b: Uint8Array = new Uint8Array();
  Nr_b: Uint8Array = new Uint8Array();
  g_xi: Uint8Array = new Uint8Array();
  g_xr: Uint8Array = new Uint8Array();
  SKEYID: Uint8Array = new Uint8Array();
  SKEYID_d: Uint8Array = new Uint8Array();
  SKEYID_a: Uint8Array = new Uint8Array();
  key: Uint8Array = new Uint8Array();
  /** The phase 1 chain's present IV, and the one that phase 2 starts from. */
  iv: Uint8Array = new Uint8Array();
  private private_: Uint8Array = new Uint8Array();
  readonly dh: OakleyGroup;

  constructor(
    public random: Random,
    public psk: string,
    public suite: Suite,
    public address: number,
  ) {
    this.dh = oakleyGroup(suite.group);
  }

  bytes(n: number): Uint8Array {
    return this.random.fill(new Uint8Array(n));
  }

  hash(...parts: Uint8Array[]): Uint8Array {
    return new Uint8Array(createHash(HASHES[this.suite.hash]!).update(concat(...parts)).digest());
  }

  prf(key: Uint8Array, ...parts: (Uint8Array | number[])[]): Uint8Array {
    return new Uint8Array(createHmac(HASHES[this.suite.hash]!, key).update(concat(...parts)).digest());
  }

  get block(): number {
    return this.suite.cipher >= 7 ? 16 : 8;
  }

  protected cipherName(): string {
    return this.suite.cipher >= 7 ? `${this.suite.cipher === 8 ? "camellia" : "aes"}-${this.suite.keyBits ?? 128}-cbc` : "des-ede3-cbc";
  }

  protected get keyLength(): number {
    return this.suite.cipher >= 7 ? (this.suite.keyBits ?? 128) / 8 : this.suite.cipher === 5 ? 24 : 8;
  }

  protected cipherKey(): Uint8Array {
    // DES is EDE with one key thrice: Node's OpenSSL has no single DES by default.
    return this.suite.cipher === 1 ? concat(this.key, this.key, this.key) : this.key;
  }

  encrypt(iv: Uint8Array, plain: Uint8Array): Uint8Array {
    const c = createCipheriv(this.cipherName(), this.cipherKey(), iv).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([c.update(plain), c.final()]));
  }

  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    const c = createDecipheriv(this.cipherName(), this.cipherKey(), iv).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([c.update(data), c.final()]));
  }

  /** A new phase 1: cookies, nonce and exponent afresh. */
  begin(initiator: boolean): void {
    this.initiator = initiator;
    this.ckyI = initiator ? this.bytes(8) : new Uint8Array(8);
    this.ckyR = initiator ? new Uint8Array(8) : this.bytes(8);
    this.private_ = this.bytes(this.dh.privateOctets);
    const own = this.dh.publicOf(this.private_);
    const nonce = this.bytes(20);
    if (initiator) [this.g_xi, this.Ni_b] = [own, nonce];
    else [this.g_xr, this.Nr_b] = [own, nonce];
  }

  /** The shared value of a public value of ours and of theirs. */
  shared(theirs: Uint8Array, exponent: Uint8Array = this.private_): Uint8Array {
    return this.dh.shared(theirs, exponent);
  }

  /** By the method: here of pre-shared keys, SKEYID = prf(pre-shared-key, Ni_b | Nr_b). */
  protected skeyid(_g_xy: Uint8Array): Uint8Array {
    return this.prf(new TextEncoder().encode(this.psk), this.Ni_b, this.Nr_b);
  }

  derive(): void {
    const g_xy = this.shared(this.initiator ? this.g_xr : this.g_xi);
    const tail = concat(this.ckyI, this.ckyR);
    this.SKEYID = this.skeyid(g_xy);
    this.SKEYID_d = this.prf(this.SKEYID, g_xy, tail, [0]);
    this.SKEYID_a = this.prf(this.SKEYID, this.SKEYID_d, g_xy, tail, [1]);
    const SKEYID_e = this.prf(this.SKEYID, this.SKEYID_a, g_xy, tail, [2]);
    let key: Uint8Array = SKEYID_e;
    if (this.keyLength > key.length) {
      let k = this.prf(SKEYID_e, [0]);
      key = k;
      while (key.length < this.keyLength) key = concat(key, (k = this.prf(SKEYID_e, k)));
    }
    this.key = key.slice(0, this.keyLength);
    this.iv = this.hash(this.g_xi, this.g_xr).slice(0, this.block);
  }

  // Messages

  message(exchange: number, flags: number, mid: number, payloads: Payload[], iv?: Uint8Array): Uint8Array {
    let body = chain(payloads);
    if (iv) {
      body = concat(body, new Uint8Array((this.block - (body.length % this.block)) % this.block));
      body = this.encrypt(iv, body);
    }
    return concat(this.ckyI, this.ckyR, [payloads[0]?.type ?? 0, 0x10, exchange, iv ? flags | 1 : flags], u32(mid), u32(28 + body.length), body);
  }

  /** The payloads of a message; an encrypted one needs its IV. */
  static payloads(first: number, body: Uint8Array): Payload[] {
    const out: Payload[] = [];
    for (let at = 0, type = first; type !== 0 && at + 4 <= body.length; ) {
      const length = (body[at + 2]! << 8) | body[at + 3]!;
      if (length < 4 || at + length > body.length) break;
      out.push({ type, body: body.slice(at + 4, at + length) });
      type = body[at]!;
      at += length;
    }
    return out;
  }

  open(message: Uint8Array, iv?: Uint8Array): Payload[] {
    const body = message.subarray(28);
    return IkePeer.payloads(message[16]!, iv ? this.decrypt(iv, body) : body);
  }

  lastBlock(message: Uint8Array): Uint8Array {
    return message.slice(message.length - this.block);
  }

  // Phase 1 payloads

  SA(lifetime = 3600): Payload {
    const s = this.suite;
    const attributes = [...tv(1, s.cipher), ...(s.keyBits ? tv(14, s.keyBits) : []), ...tv(2, s.hash), ...tv(3, this.method), ...tv(4, s.group), ...tv(11, 1), ...tlv(12, lifetime)];
    const transform = concat([0, 0], u16(8 + attributes.length), [1, 1, 0, 0], attributes);
    const proposal = concat([0, 0], u16(8 + transform.length), [1, 1, 0, 1], transform);
    return { type: P.SA, body: concat(u32(1), u32(1), proposal) };
  }

  KE(): Payload {
    return { type: P.KE, body: this.initiator ? this.g_xi : this.g_xr };
  }

  NONCE(): Payload {
    return { type: P.NONCE, body: this.initiator ? this.Ni_b : this.Nr_b };
  }

  /** ID_IPV4_ADDR of our own address. */
  ID(): Payload {
    return { type: P.ID, body: concat([1, 17], u16(500), u32(this.address)) };
  }

  HASH_I(IDii_b: Uint8Array): Uint8Array {
    return this.proofPrf(this.g_xi, this.g_xr, this.ckyI, this.ckyR, this.SAi_b, IDii_b);
  }

  HASH_R(IDir_b: Uint8Array): Uint8Array {
    return this.proofPrf(this.g_xr, this.g_xi, this.ckyR, this.ckyI, this.SAi_b, IDir_b);
  }

  // By the authentication method: here with pre-shared keys.

  get method(): number {
    return 1;
  }

  protected proofPrf(...parts: Uint8Array[]): Uint8Array {
    return this.prf(this.SKEYID, ...parts);
  }

  /** The payloads that stand beside KE. */
  requests(): Payload[] {
    return [];
  }

  /** The payloads that prove who has the ID over which `hash` is, HASH_I or HASH_R. */
  proof(hash: Uint8Array): Payload[] {
    return [{ type: P.HASH, body: hash }];
  }

  /** Throws `name is wrong` unless the payloads prove it. */
  checkProof(payloads: Payload[], hash: Uint8Array, name: string): void {
    if (!Buffer.from(hash).equals(this.take(payloads, P.HASH))) throw new Error(name);
  }

  /** Looks at the payloads of a message that came, whatever its number. */
  heard(_payloads: Payload[]): void {}

  take(payloads: Payload[], type: number): Uint8Array {
    const found = payloads.find((p) => p.type === type);
    if (!found) throw new Error(`no payload ${type} in the message (it has ${payloads.map((p) => p.type)})`);
    return found.body;
  }

  // Phase 2

  phase2Iv(mid: number): Uint8Array {
    return this.hash(this.iv, new Uint8Array(u32(mid))).slice(0, this.block);
  }

  /** SA payload of one ESP proposal. `auth`: RFC 2407 4.5, 0: none; `cipher`: transform id; `group`: of PFS. */
  ESP_SA(spi: Uint8Array, { cipher = 12, auth = 2, keyBits = 128, lifetime = 3600, group }: { cipher?: number; auth?: number; keyBits?: number; lifetime?: number; group?: number | undefined } = {}): Payload {
    const attributes = [...tv(1, 1), ...tlv(2, lifetime), ...(group ? tv(3, group) : []), ...tv(4, 1), ...(auth ? tv(5, auth) : []), ...(cipher >= 12 && keyBits ? tv(6, keyBits) : [])];
    const transform = concat([0, 0], u16(8 + attributes.length), [1, cipher, 0, 0], attributes);
    const proposal = concat([0, 0], u16(8 + 4 + transform.length), [1, 3, 4, 1], spi, transform);
    return { type: P.SA, body: concat(u32(1), u32(1), proposal) };
  }

  /** ID_IPV4_ADDR_SUBNET. */
  SUBNET(address: number, mask: number, protocol = 0, port = 0): Payload {
    return { type: P.ID, body: concat([4, protocol], u16(port), u32(address), u32(mask)) };
  }

  /** Puts HASH(n) before payloads: prf(SKEYID_a, prefix | the payloads as they stand on the wire). */
  hashed(prefix: Uint8Array, payloads: Payload[]): Payload[] {
    return [{ type: P.HASH, body: this.prf(this.SKEYID_a, prefix, chain(payloads)) }, ...payloads];
  }

  KEYMAT(length: number, spi: Uint8Array, Ni_b: Uint8Array, Nr_b: Uint8Array, g_qm_xy: Uint8Array = new Uint8Array()): Uint8Array {
    let k = this.prf(this.SKEYID_d, g_qm_xy, [3], spi, Ni_b, Nr_b);
    let out = k;
    while (out.length < length) out = concat(out, (k = this.prf(this.SKEYID_d, k, g_qm_xy, [3], spi, Ni_b, Nr_b)));
    return out.slice(0, length);
  }
}
