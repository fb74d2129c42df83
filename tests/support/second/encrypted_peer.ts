/**
 * Phase 1 by RSA encryption (RFC 2409, 5.2) and its revised way (5.3) of the second implementation: RSA and ciphers are Node's, the blocks of PKCS#1 v1.5
 * are put together and taken apart here. It is built to misbehave: what is encrypted may be anything.
 */
import { constants, createPublicKey, privateDecrypt, publicEncrypt, type KeyObject } from "node:crypto";
import { IkePeer, P, concat, type Payload } from "./ike_peer.ts";

export const sizeOf = (key: KeyObject): number => (key.asymmetricKeyDetails!.modulusLength! + 7) >> 3;

/** m^e mod n of a whole block. */
export const rawEncrypt = (key: KeyObject, block: Uint8Array): Uint8Array => new Uint8Array(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));

/** SubjectPublicKeyInfo in DER. */
export const spkiOf = (key: KeyObject): Uint8Array => new Uint8Array((key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" }));

/** One key for all payloads behind a nonce, and the IV from one to the next. */
export class Chained {
  private iv: Uint8Array;
  constructor(private readonly peer: EncryptedPeer, private readonly key: Uint8Array) {
    this.iv = new Uint8Array(peer.block);
  }

  /** Zeros and their number behind the body, whole blocks. */
  pad(body: Uint8Array): Uint8Array {
    const n = this.peer.block - 1 - (body.length % this.peer.block);
    return concat(body, new Uint8Array(n), [n]);
  }

  sealPadded(padded: Uint8Array): Uint8Array {
    const out = this.peer.under(this.key, () => this.peer.encrypt(this.iv, padded));
    this.iv = out.slice(out.length - this.peer.block);
    return out;
  }

  seal(body: Uint8Array): Uint8Array {
    return this.sealPadded(this.pad(body));
  }

  open(body: Uint8Array): Uint8Array {
    if (!body.length || body.length % this.peer.block) throw new Error(`a body of ${body.length} octets is none of whole blocks`);
    const plain = this.peer.under(this.key, () => this.peer.decrypt(this.iv, body));
    this.iv = body.slice(body.length - this.peer.block);
    const n = plain[plain.length - 1]!;
    if (n >= this.peer.block || plain.slice(plain.length - 1 - n, -1).some((octet) => octet !== 0)) throw new Error("padding behind a payload is wrong");
    return plain.slice(0, plain.length - 1 - n);
  }
}

export class EncryptedPeer extends IkePeer {
  /** Our key, and the peer's public one. */
  own: KeyObject | undefined;
  theirs: KeyObject | undefined;
  revised = false;
  /** SKEYID of the nonces themselves, as Cisco reads the RFC. */
  cisco = false;
  /** What HASH(1) is of: a certificate or SubjectPublicKeyInfo; undefined: none is sent. */
  hashedKey: Uint8Array | undefined;
  nonceLength = 20;
  /** Body of our ID payload where it is no address; the peer's. */
  identity: Uint8Array | undefined;
  theirIdentity: Uint8Array = new Uint8Array();
  /** Sent as [ <Cert-I_b>Ke_i ] in the revised way. */
  certificate: Uint8Array | undefined;
  /** Vendor IDs behind everything, in plain. */
  vendors: Uint8Array[] = [];
  /** Changes what is to be encrypted: by RSA the block with its padding, in the revised way the padded body. */
  twistRsa: (what: "ID" | "NONCE", block: Uint8Array) => Uint8Array = (_, block) => block;
  twistBody: (what: "KE" | "ID", body: Uint8Array) => Uint8Array = (_, body) => body;

  override get method(): number {
    return this.revised ? 5 : 4;
  }

  override begin(initiator: boolean): void {
    super.begin(initiator);
    const nonce = this.bytes(this.nonceLength);
    if (initiator) this.Ni_b = nonce;
    else this.Nr_b = nonce;
  }

  override ID(): Payload {
    return this.identity ? { type: P.ID, body: this.identity } : super.ID();
  }

  /** SKEYID = prf(hash(Ni_b | Nr_b), CKY-I | CKY-R) */
  protected override skeyid(_g_xy: Uint8Array): Uint8Array {
    const key = this.cisco ? concat(this.Ni_b, this.Nr_b) : this.hash(this.Ni_b, this.Nr_b);
    return this.prf(key, this.ckyI, this.ckyR);
  }

  under<T>(key: Uint8Array, run: () => T): T {
    const kept = this.key;
    this.key = key;
    try {
      return run();
    } finally {
      this.key = kept;
    }
  }

  /** A block of type 2 around a message. */
  block2(message: Uint8Array, size = sizeOf(this.theirs!)): Uint8Array {
    const padding = this.bytes(size - 3 - message.length).map((octet) => octet || 1);
    return concat([0, 2], padding, [0], message);
  }

  sealRsa(what: "ID" | "NONCE", message: Uint8Array): Uint8Array {
    return rawEncrypt(this.theirs!, this.twistRsa(what, this.block2(message)));
  }

  openRsa(body: Uint8Array): Uint8Array {
    const key = this.own!;
    if (body.length !== sizeOf(key)) throw new Error(`what is encrypted has ${body.length} octets`);
    const block = new Uint8Array(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, body));
    const end = block.indexOf(0, 2);
    if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new Error("what is encrypted has no padding of type 2");
    return block.slice(end + 1);
  }

  /** Ke_i or Ke_r: of Ne = prf(N_b, CKY), as long as the cipher wants. */
  chained(initiators: boolean): Chained {
    const Ne = initiators ? this.prf(this.Ni_b, this.ckyI) : this.prf(this.Nr_b, this.ckyR);
    let key: Uint8Array = Ne;
    if (this.keyLength > key.length) {
      let k = this.prf(Ne, [0]);
      key = k;
      while (key.length < this.keyLength) key = concat(key, (k = this.prf(Ne, k)));
    }
    return new Chained(this, key.slice(0, this.keyLength));
  }

  /** The payloads beside SA of the message with KE. */
  sealed(): Payload[] {
    const HASH_1 = this.hashedKey && this.initiator ? [{ type: P.HASH, body: this.hash(this.hashedKey) }] : [];
    const NONCE = { type: P.NONCE, body: this.sealRsa("NONCE", this.NONCE().body) };
    const ID_b = this.ID().body;
    const VIDs = this.vendors.map((body) => ({ type: P.VID, body }));
    if (!this.revised) return [this.KE(), ...HASH_1, { type: P.ID, body: this.sealRsa("ID", ID_b) }, NONCE, ...VIDs];
    const chained = this.chained(this.initiator);
    const KE = { type: P.KE, body: chained.sealPadded(this.twistBody("KE", chained.pad(this.KE().body))) };
    const ID = { type: P.ID, body: chained.sealPadded(this.twistBody("ID", chained.pad(ID_b))) };
    const CERT = this.certificate ? [{ type: P.CERT, body: chained.seal(concat([4], this.certificate)) }] : [];
    return [...HASH_1, NONCE, KE, ID, ...CERT, ...VIDs];
  }

  /** Takes those of the peer's. */
  takeSealed(payloads: Payload[]): void {
    const nonce = this.openRsa(this.take(payloads, P.NONCE));
    let KE = this.take(payloads, P.KE);
    if (this.initiator) this.Nr_b = nonce;
    else this.Ni_b = nonce;
    if (this.revised) {
      const order = payloads.filter(({ type }) => type === P.NONCE || type === P.KE || type === P.ID).map(({ type }) => type);
      if (order[0] !== P.NONCE) throw new Error(`the nonce is not the first of ${order}`);
      const chained = this.chained(!this.initiator);
      // In the order in which they stand; a known vendor ID or HASH_R is in plain.
      for (const one of payloads.slice(payloads.findIndex(({ type }) => type === P.NONCE) + 1)) {
        if (one.type === P.KE) KE = chained.open(one.body);
        else if (one.type === P.ID) this.theirIdentity = chained.open(one.body);
      }
    } else this.theirIdentity = this.openRsa(this.take(payloads, P.ID));
    if (this.initiator) this.g_xr = KE;
    else this.g_xi = KE;
  }
}
