/**
 * Why proposals were refused: for each transform that was looked at, the first attribute that differed, kept until the
 * next choice so that `debug crypto isakmp` can say it in words.
 */
import { CipherAlg } from "../../crypto/cipher";
import { groupName } from "../../oakley/dh_group";
import { CryptoMapEntry } from "../../sadb/settings/crypto_map";
import { TransformSet } from "../../sadb/settings/transform_set";
import { hasKeyLengths } from "../../sadb/terms/suite";
import { Text } from "../../util/text";
import { authMethodName, encryptionName, hashName, oakleyAttributeName } from "../../wire/ike_numbers";
import { ahTransformName, authAlgName, encapsulationName, espTransformName, ipsecAttributeName, protocolName } from "../../wire/ipsec_doi";
import { MANY } from "../../wire/sa";

/** What differed, in the order in which it is compared. */
export const enum Part {
  PROTOCOL,
  /** phase 2: the protocols under one proposal number, which are wanted together; sets of bits (SaCursor.protocols) */
  PROTOCOLS,
  /** AH, which a NAT breaks */
  AH_NAT,
  /** a transform for private use, with a peer that is none of ours */
  PRIVATE,
  /** what follows is about one transform */
  SPI,
  TRANSFORM_ID,
  ENCRYPTION,
  HASH,
  AUTH_METHOD,
  GROUP,
  LIFETIME,
  LIFETIME_KILOBYTES,
  ESP_CIPHER,
  ESP_AUTH,
  AH_TRANSFORM,
  AH_AUTH,
  /** extended sequence numbers: 0 or 1 */
  ESN,
  ENCAPSULATION,
  PFS_GROUP,
  /** an attribute of phase 1, or of phase 2, that this side has no use for, or that came twice */
  OAKLEY_ATTRIBUTE,
  IPSEC_ATTRIBUTE,
}

/** Records kept; further mismatches of the same choice are not. */
export const MISMATCHES: u32 = 48;

@unmanaged
export class Mismatch {
  proposal: u32;
  transform: u32;
  part: u32;
  offered: u32;
  offeredBits: u32;
  wanted: u32;
  wantedBits: u32;
  /** Priority of the isakmp policy that wanted it; 0: see `set`. */
  policy: u32;
  /** The transform set that wanted it, or 0: the own offer. */
  set: usize;
}

const records: usize = memory.data(48 * 36, 4);
let count: u32 = 0;

export function clearMismatches(): void {
  count = 0;
}

/** Mismatches of the last choose or check, at most MISMATCHES. */
export function mismatchCount(): u32 {
  return count;
}

/** Record `i`, less than mismatchCount. */
export function mismatchAt(i: u32): Mismatch {
  return changetype<Mismatch>(records + <usize>(i * 36));
}

export function note(
  proposal: u32, transform: u32, part: Part, offered: u32, offeredBits: u32, wanted: u32, wantedBits: u32,
  policy: u32, set: usize,
): void {
  if (count == MISMATCHES) return;
  const m = mismatchAt(count++);
  m.proposal = proposal;
  m.transform = transform;
  m.part = part;
  m.offered = offered;
  m.offeredBits = offeredBits;
  m.wanted = wanted;
  m.wantedBits = wantedBits;
  m.policy = policy;
  m.set = set;
}

/** Transforms that fit into one sentence. */
const SAID: u32 = 3;
/** The crypto map entry that the next choice of phase 2 is for: its `set pfs` may decide. */
let entry: CryptoMapEntry | null = null;

export function decidedBy(e: CryptoMapEntry): void {
  entry = e;
}

/** `crypto map CM 10` */
export function putEntry(text: Text, e: CryptoMapEntry): Text {
  return text.put(e.template ? "crypto dynamic-map " : "crypto map ").ascii(e.name, e.nameLen).char(32).u32(e.number);
}

/** Whether it is about one transform, and not about its whole proposal. */
function ofTransform(m: Mismatch): bool {
  return m.part > <u32>Part.SPI;
}

/** Where it stands in the offer, from 1 on: proposals and transforms are numbered from 0 by some (RFC 2408, 3.5 and 3.6, say no first number). */
function placeOf(m: Mismatch): u32 {
  return (m.proposal << 9) + (ofTransform(m) ? m.transform + 2 : 1);
}

/** Whether no other mismatch of the same transform came further: attributes are compared in the order of Part. */
function nearest(i: u32): bool {
  const m = mismatchAt(i);
  for (let k: u32 = 0; k < count; k++) {
    const other = mismatchAt(k);
    if (placeOf(other) != placeOf(m)) continue;
    if (other.part > m.part || (other.part == m.part && k < i)) return false;
  }
  return true;
}

/** ": ", and for each transform offered, in their order, what kept it from what is configured here and comes nearest to it. */
export function putNearest(text: Text): void {
  let n: u32 = 0;
  let last: u32 = 0;
  for (;;) {
    let first = MISMATCHES;
    let lowest: u32 = u32.MAX_VALUE;
    for (let i: u32 = 0; i < count; i++) {
      const m = mismatchAt(i);
      const place = placeOf(m);
      if (place <= last || place >= lowest || !nearest(i)) continue;
      lowest = place;
      first = i;
    }
    if (first == MISMATCHES) break;
    last = lowest;
    if (n++ < SAID) putMismatch(text.put(n > 1 ? "; " : ": "), first);
  }
  if (n > SAID) text.put("; and ").u32(n - SAID).put(" more (debug crypto isakmp)");
}

/** "proposal 1 transform 2: encryption offered AES-128, wanted AES-256 (crypto isakmp policy 10)" */
export function putMismatch(text: Text, i: u32): Text {
  const m = mismatchAt(i);
  text.put("proposal ").u32(m.proposal);
  if (ofTransform(m)) text.put(" transform ").u32(m.transform);
  text.put(": ");
  if (m.part == Part.OAKLEY_ATTRIBUTE || m.part == Part.IPSEC_ATTRIBUTE) {
    text.put("attribute ").u32(m.offered).put(" (");
    text.put(m.part == Part.OAKLEY_ATTRIBUTE ? oakleyAttributeName(m.offered) : ipsecAttributeName(m.offered));
    text.put(") with value ").u32(m.offeredBits).put(" is not accepted");
  } else if (m.part == Part.AH_NAT) {
    text.put("AH is not taken, since no NAT lets it through, and there is one between");
  } else if (m.part == Part.PRIVATE) {
    text.put("ChaCha20-Poly1305 is not taken, since its number is for private use, and the peer has not said that it is a Postern");
  } else {
    text.put(partName(m.part)).put(" offered ");
    putValue(text, m.part, m.offered, m.offeredBits).put(", wanted ");
    putValue(text, m.part, m.wanted, m.wantedBits);
  }
  const e = entry;
  if (m.policy) text.put(" (crypto isakmp policy ").u32(m.policy).char(41);
  else if (m.part == Part.PFS_GROUP && e) putEntry(text.put(" (set pfs of "), e).char(41);
  else if (m.set) {
    const set = changetype<TransformSet>(m.set);
    text.put(" (crypto ipsec transform-set ").ascii(set.name, set.nameLen).char(41);
  }
  return text;
}

function partName(part: u32): string {
  switch (part) {
    case Part.PROTOCOL:
    case Part.PROTOCOLS: return "protocol";
    case Part.SPI: return "SPI";
    case Part.TRANSFORM_ID: return "transform id";
    case Part.ENCRYPTION:
    case Part.ESP_CIPHER: return "encryption";
    case Part.HASH: return "hash";
    case Part.AUTH_METHOD:
    case Part.ESP_AUTH:
    case Part.AH_AUTH: return "authentication";
    case Part.AH_TRANSFORM: return "AH transform";
    case Part.ESN: return "sequence numbers";
    case Part.GROUP: return "group";
    case Part.PFS_GROUP: return "PFS";
    case Part.LIFETIME: return "lifetime in seconds";
    case Part.LIFETIME_KILOBYTES: return "lifetime in kilobytes";
    case Part.ENCAPSULATION: return "encapsulation";
    default: return "attribute";
  }
}

function putValue(text: Text, part: u32, value: u32, bits: u32): Text {
  switch (part) {
    case Part.PROTOCOL: return text.put(protocolName(value));
    case Part.PROTOCOLS: return putProtocols(text, value);
    case Part.AH_TRANSFORM: return text.put(ahTransformName(value));
    case Part.ENCRYPTION:
      text.put(encryptionName(value));
      return putBits(text, value == CipherAlg.AES || value == CipherAlg.CAMELLIA, bits);
    case Part.ESP_CIPHER:
      text.put(espTransformName(value));
      return putBits(text, hasKeyLengths(value), bits);
    case Part.HASH: return text.put(hashName(value));
    case Part.AUTH_METHOD: return text.put(authMethodName(value));
    case Part.GROUP:
    case Part.PFS_GROUP:
      return value ? text.put(groupName(value)) : text.put("no group");
    case Part.ESP_AUTH:
    case Part.AH_AUTH: return text.put(authAlgName(value));
    case Part.ESN: return text.put(value ? "extended" : "of 32 bits");
    case Part.ENCAPSULATION: return value ? text.put(encapsulationName(value)) : text.put("no mode");
    case Part.SPI: return text.put("0x").hex32(value);
    default: return text.u32(value);
  }
}

/** "AH and ESP" */
function putProtocols(text: Text, set: u32): Text {
  for (let p: u32 = 0, n = 0; p < 31; p++) {
    if ((set & (<u32>1 << p)) != 0) text.put(n++ ? " and " : "").put(protocolName(p));
  }
  return set & MANY ? text.put(", one of them twice") : text;
}

function putBits(text: Text, needed: bool, bits: u32): Text {
  if (bits) return text.char(45).u32(bits);
  return needed ? text.put(" without key length") : text;
}
