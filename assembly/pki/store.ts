/**
 * Keys and certificates of this gateway, and what it knows of its peers' raw keys:
 *
 *      KeyPair      one of ours: `crypto key generate`, `crypto key import`
 *      Trustpoint   a certification authority, our certificate from it, intermediates, CRLs: `crypto pki trustpoint`
 *      PeerKey      a peer's RSA key without a certificate: `crypto key pubkey-chain rsa`
 *
 * Octets lie in the arena (arena.ts), their addresses and lengths in the objects. An address stays good until what it is of is
 * removed or set anew; work in slices calls `hold` first and `letGo` at its end, and what it reads stays until then. Objects
 * themselves are not to be kept from one slice to the next.
 */
import { CRLS, INTERMEDIATES, KEY_PAIRS, NAME_MAX, PEER_KEYS, PEER_ID_MAX, SUBJECT_NAME_MAX, TRUSTPOINTS } from "../limits";
import { Pool } from "../util/pool";
import * as arena from "./arena";

export { hold, letGo } from "./arena";

export const enum PairKind { NONE = 0, RSA = 1, EC_256 = 2, EC_384 = 3, EC_521 = 4 }

/** What a key may be used for. A key for encryption never signs, one for signatures never decrypts (PKI: one key, one use). */
export const enum KeyUse { GENERAL = 0, SIGNATURE = 1, ENCRYPTION = 2 }

@unmanaged
export class KeyPair {
  kind: PairKind;
  use: KeyUse;
  /** Bits of the modulus, or of the curve's field. */
  bits: u32;
  exportable: bool;
  labelLen: u32;
  /** SubjectPublicKeyInfo in DER, its header included. */
  spki: usize;
  spkiLen: u32;
  /** RSA: the private key as number/rsa/key.ts lays it out, which begins with the public one. EC: the secret number, big-endian, 32, 48 or 66 octets. */
  secret: usize;
  secretLen: u32;

  get label(): usize {
    return changetype<usize>(this) + offsetof<KeyPair>();
  }
}

export const enum Revocation { CRL = 0, NONE = 1 }

@unmanaged
export class Trustpoint {
  nameLen: u32;
  /** The authority's certificate in DER: the anchor. 0: not authenticated yet. */
  anchor: usize;
  anchorLen: u32;
  /** Our own certificate; 0: none. */
  own: usize;
  ownLen: u32;
  /** How many CRLs there are, deltas among them: crlAt, crlLenAt. */
  crls: u32;
  /** How many intermediates there are: intermediateAt, intermediateLenAt. */
  intermediates: u32;
  revocation: Revocation;
  /** `time-check none`: without a clock dates are not looked at, and the operator knows. */
  noTimeCheck: bool;
  /** `hash sha1`: SHA-1 in chains below this anchor is taken, with a warning. */
  allowSha1: bool;
  /** `enrollment terminal pem` */
  terminal: bool;
  /** `rsakeypair L`, `eckeypair L`: the key's label; 0 octets: none named. */
  pairLen: u32;
  pairIsEc: bool;
  /** `subject-name`, `fqdn`, `ip-address`: for enrolment. */
  subjectLen: u32;
  fqdnLen: u32;
  address: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<Trustpoint>();
  }
  get pairLabel(): usize {
    return this.name + NAME_MAX;
  }
  get fqdn(): usize {
    return this.pairLabel + NAME_MAX;
  }
  get subject(): usize {
    return this.fqdn + PEER_ID_MAX;
  }
  // Pairs of address and length.
  get links(): usize {
    return (this.subject + SUBJECT_NAME_MAX + 7) & ~7;
  }
  intermediateAt(i: u32): usize {
    return load<usize>(this.links + <usize>(i << 4));
  }
  intermediateLenAt(i: u32): u32 {
    return load<u32>(this.links + <usize>(i << 4), 8);
  }
  crlAt(i: u32): usize {
    return this.intermediateAt(INTERMEDIATES + i);
  }
  crlLenAt(i: u32): u32 {
    return this.intermediateLenAt(INTERMEDIATES + i);
  }
}

@unmanaged
export class PeerKey {
  use: KeyUse;
  /** addressed-key; with a name it is 0. */
  address: u32;
  nameLen: u32;
  /** RSA public key as number/rsa/key.ts lays it out; 0: `key-string` has not come yet. */
  key: usize;
  keyLen: u32;
  /** The certificate that the key was given by, in DER: what HASH(1) of RSA encryption is of. 0: it came alone. */
  certificate: usize;
  certificateLen: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<PeerKey>();
  }
}

let pairs: Pool<KeyPair> = changetype<Pool<KeyPair>>(0);
let points: Pool<Trustpoint> = changetype<Pool<Trustpoint>>(0);
let peers: Pool<PeerKey> = changetype<Pool<PeerKey>>(0);

/** Counts up with every change of what is kept here: whoever has made something of it knows that it is stale. */
export let generation: u32 = 0;

export function init(): void {
  arena.init();
  pairs = new Pool<KeyPair>("crypto key pairs", KEY_PAIRS, NAME_MAX);
  points = new Pool<Trustpoint>("crypto pki trustpoints", TRUSTPOINTS, 2 * NAME_MAX + PEER_ID_MAX + SUBJECT_NAME_MAX + 8 + 16 * (INTERMEDIATES + CRLS));
  peers = new Pool<PeerKey>("crypto peer keys", PEER_KEYS, PEER_ID_MAX);
  generation = 0;
}

// @ts-ignore: decorator
@inline
function same(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  return aLen == bLen && memory.compare(a, b, <usize>aLen) == 0;
}

// Key pairs: walk with pairSlots, pairAt

export function pairSlots(): u32 {
  return pairs.size;
}

export function pairAt(i: u32): KeyPair | null {
  return pairs.at(i);
}

/** The pair of that label and exactly that use; null: there is none. */
export function pairOf(label: usize, len: u32, ec: bool, use: KeyUse): KeyPair | null {
  for (let i: u32 = 0; i < pairs.size; i++) {
    const pair = pairs.at(i);
    if (pair && (pair.kind != PairKind.RSA) == ec && pair.use == use && same(pair.label, pair.labelLen, label, len)) return pair;
  }
  return null;
}

/** The pair of that label that may be used so: one for that use alone before a general one. */
export function pairFor(label: usize, len: u32, ec: bool, use: KeyUse): KeyPair | null {
  const own = pairOf(label, len, ec, use);
  return own || use == KeyUse.GENERAL ? own : pairOf(label, len, ec, KeyUse.GENERAL);
}

/** The RSA pair to sign or decrypt with where no label is given: the first for exactly that use, else the first general one. */
export function firstPair(ec: bool, use: KeyUse): KeyPair | null {
  let general: KeyPair | null = null;
  for (let i: u32 = 0; i < pairs.size; i++) {
    const pair = pairs.at(i);
    if (!pair || (pair.kind != PairKind.RSA) != ec) continue;
    if (pair.use == use) return pair;
    if (!general && pair.use == KeyUse.GENERAL) general = pair;
  }
  return general;
}

/**
 * Keeps copies of a pair's octets, in place of the one of the same label, kind and use. Null: no room, and nothing has changed.
 * @param len of the label, at most NAME_MAX
 */
export function addPair(
  label: usize, len: u32, kind: PairKind, use: KeyUse, bits: u32, exportable: bool, spki: usize, spkiLen: u32, secret: usize, secretLen: u32,
): KeyPair | null {
  const publicCopy = arena.keep(spki, spkiLen);
  const secretCopy = arena.keep(secret, secretLen);
  let pair = publicCopy && secretCopy ? pairOf(label, len, kind != PairKind.RSA, use) : null;
  if (pair) {
    arena.free(pair.spki);
    arena.free(pair.secret);
  } else if (publicCopy && secretCopy) pair = pairs.take();
  if (!pair) {
    arena.free(publicCopy);
    arena.free(secretCopy);
    return null;
  }
  generation++;
  memory.copy(pair.label, label, <usize>len);
  pair.labelLen = len;
  pair.kind = kind;
  pair.use = use;
  pair.bits = bits;
  pair.exportable = exportable;
  pair.spki = publicCopy;
  pair.spkiLen = spkiLen;
  pair.secret = secretCopy;
  pair.secretLen = secretLen;
  return pair;
}

/** Zeroizes it. */
export function removePair(pair: KeyPair): void {
  generation++;
  arena.free(pair.spki);
  arena.free(pair.secret);
  pairs.free(pair);
}

// Trustpoints: walk with trustpointSlots, trustpointAt

export function trustpointSlots(): u32 {
  return points.size;
}

export function trustpointAt(i: u32): Trustpoint | null {
  return points.at(i);
}

export function trustpoint(name: usize, len: u32): Trustpoint | null {
  for (let i: u32 = 0; i < points.size; i++) {
    const point = points.at(i);
    if (point && same(point.name, point.nameLen, name, len)) return point;
  }
  return null;
}

/** Finds one or makes an empty one; null: no room. @param len at most NAME_MAX */
export function addTrustpoint(name: usize, len: u32): Trustpoint | null {
  const known = trustpoint(name, len);
  if (known) return known;
  const point = points.take();
  if (!point) return null;
  generation++;
  memory.copy(point.name, name, <usize>len);
  point.nameLen = len;
  return point;
}

export function removeTrustpoint(point: Trustpoint): void {
  generation++;
  clearCertificates(point);
  points.free(point);
}

/** Forgets all certificates and CRLs of a trustpoint. */
export function clearCertificates(point: Trustpoint): void {
  generation++;
  arena.free(point.anchor);
  arena.free(point.own);
  for (let i: u32 = 0; i < point.crls; i++) arena.free(point.crlAt(i));
  for (let i: u32 = 0; i < point.intermediates; i++) arena.free(point.intermediateAt(i));
  point.anchor = point.own = 0;
  point.anchorLen = point.ownLen = point.crls = point.intermediates = 0;
}

/** A setting of a trustpoint has been changed in place. */
export function changed(): void {
  generation++;
}

/** The label of the pair that a trustpoint's certificate is of. @param len at most NAME_MAX; 0: none named */
export function setPairLabel(point: Trustpoint, label: usize, len: u32, ec: bool): void {
  generation++;
  memory.copy(point.pairLabel, label, <usize>len);
  point.pairLen = len;
  point.pairIsEc = ec;
}

/** Forgets the intermediates from number `from` on. */
export function dropIntermediates(point: Trustpoint, from: u32): void {
  generation++;
  for (let i = from; i < point.intermediates; i++) arena.free(point.intermediateAt(i));
  point.intermediates = min<u32>(point.intermediates, from);
}

/** Which octets of a trustpoint. */
export const enum Piece { ANCHOR, OWN, INTERMEDIATE }

/** Keeps a copy of DER in place of what there was; an intermediate comes behind those there are. False: no room, nothing has changed. */
export function setPiece(point: Trustpoint, piece: Piece, der: usize, len: u32): bool {
  if (piece == Piece.INTERMEDIATE) {
    for (let i: u32 = 0; i < point.intermediates; i++) if (same(point.intermediateAt(i), point.intermediateLenAt(i), der, len)) return true;
    if (point.intermediates == INTERMEDIATES) return false;
  }
  const copy = arena.keep(der, len);
  if (!copy) return false;
  generation++;
  switch (piece) {
    case Piece.ANCHOR: {
      arena.free(point.anchor);
      point.anchor = copy;
      point.anchorLen = len;
      break;
    }
    case Piece.OWN: {
      arena.free(point.own);
      point.own = copy;
      point.ownLen = len;
      break;
    }
    default: setLink(point, point.intermediates++, copy, len);
  }
  return true;
}

/** Keeps a copy of a CRL as number `place`: in place of that one, or behind all. False: no room, nothing has changed. */
export function setCrl(point: Trustpoint, place: u32, der: usize, len: u32): bool {
  const copy = place < CRLS ? arena.keep(der, len) : 0;
  if (!copy) return false;
  generation++;
  if (place < point.crls) arena.free(point.crlAt(place));
  else point.crls = place + 1;
  setLink(point, INTERMEDIATES + place, copy, len);
  return true;
}

function setLink(point: Trustpoint, i: u32, p: usize, len: u32): void {
  const link = point.links + <usize>(i << 4);
  store<usize>(link, p);
  store<u32>(link, len, 8);
}

/**
 * The pair whose certificate a trustpoint has: of the label it names, else of its own name, of either kind; for signatures. Whether the
 * certificate bears that very key was looked at when it was imported.
 */
export function pairOfTrustpoint(point: Trustpoint, use: KeyUse): KeyPair | null {
  if (point.pairLen) return pairFor(point.pairLabel, point.pairLen, point.pairIsEc, use);
  const rsa = pairFor(point.name, point.nameLen, false, use);
  return rsa ? rsa : pairFor(point.name, point.nameLen, true, use);
}

// Peers' raw keys: walk with peerKeySlots, peerKeyAt

export function peerKeySlots(): u32 {
  return peers.size;
}

export function peerKeyAt(i: u32): PeerKey | null {
  return peers.at(i);
}

/** The key of exactly that use by address. */
export function peerKeyByAddress(address: u32, use: KeyUse): PeerKey | null {
  for (let i: u32 = 0; i < peers.size; i++) {
    const key = peers.at(i);
    if (key && !key.nameLen && key.address == address && key.use == use) return key;
  }
  return null;
}

/** The key of exactly that use by name: an FQDN, a mail address, whatever the peer calls itself. */
export function peerKeyByName(name: usize, len: u32, use: KeyUse): PeerKey | null {
  for (let i: u32 = 0; i < peers.size; i++) {
    const key = peers.at(i);
    if (key && len && key.use == use && same(key.name, key.nameLen, name, len)) return key;
  }
  return null;
}

/** Finds one or makes an empty one, by name where `len` is not 0; null: no room. @param len at most PEER_ID_MAX */
export function addPeerKey(address: u32, name: usize, len: u32, use: KeyUse): PeerKey | null {
  const known = len ? peerKeyByName(name, len, use) : peerKeyByAddress(address, use);
  if (known) return known;
  const key = peers.take();
  if (!key) return null;
  generation++;
  key.use = use;
  key.address = len ? 0 : address;
  key.nameLen = len;
  memory.copy(key.name, name, <usize>len);
  return key;
}

/** Keeps a copy of a public key in number/rsa/key.ts's layout, and of the certificate it was given by, 0: none. False: no room, nothing has changed. */
export function setPeerKey(key: PeerKey, octets: usize, len: u32, certificate: usize = 0, certificateLen: u32 = 0): bool {
  const copy = arena.keep(octets, len);
  const second = copy && certificate ? arena.keep(certificate, certificateLen) : 0;
  if (!copy || (certificate && !second)) {
    arena.free(copy);
    return false;
  }
  generation++;
  arena.free(key.key);
  arena.free(key.certificate);
  key.key = copy;
  key.keyLen = len;
  key.certificate = second;
  key.certificateLen = certificateLen;
  return true;
}

export function removePeerKey(key: PeerKey): void {
  generation++;
  arena.free(key.key);
  arena.free(key.certificate);
  peers.free(key);
}
