/**
 * What we prove ourselves with: which trustpoint's certificate, or a key without one; and which trustpoints may vouch for a peer. A profile that names
 * a trustpoint (`ca trust-point`) has both of it, and only who may vouch where that has no certificate of ours; else the peer's certificate requests
 * choose ours, and any trustpoint vouches.
 */
import { Certificate, Part } from "../../pki/certificate";
import * as certificates from "../../pki/certificate";
import * as chain from "../../pki/chain";
import * as names from "../../pki/name";
import * as store from "../../pki/store";
import { KeyPair, KeyUse, PairKind, Trustpoint } from "../../pki/store";
import * as x509 from "../../pki/x509";
import { AuthMethod } from "../../wire/ike_numbers";
import { Profile } from "../settings/profile";
import * as profiles from "../settings/profile";
import { IsakmpSa } from "../state/isakmp_sa";

let own: Certificate = changetype<Certificate>(0);

export function init(): void {
  own = changetype<Certificate>(heap.alloc(certificates.size()));
}

/** The AuthMethod by which a kind of pair signs; 0: none. */
export function methodOfKind(kind: PairKind): u32 {
  switch (kind) {
    case PairKind.RSA: return AuthMethod.RSA_SIGNATURES;
    case PairKind.EC_256: return AuthMethod.ECDSA_256;
    case PairKind.EC_384: return AuthMethod.ECDSA_384;
    case PairKind.EC_521: return AuthMethod.ECDSA_521;
    default: return 0;
  }
}

/** The method of a trustpoint's own certificate; 0: it has none, or no key to it. */
function methodOfPoint(point: Trustpoint): u32 {
  const pair = point.own ? store.pairOfTrustpoint(point, KeyUse.SIGNATURE) : null;
  return pair ? methodOfKind(pair.kind) : 0;
}

/** The trustpoint that a profile names and that has a certificate of ours, to be shown whatever is asked for; null: there is none. */
function namedOwn(profileId: u32): Trustpoint | null {
  const profile = profiles.byId(profileId);
  const point = profile && profile.pointLen ? store.trustpoint(profile.point, profile.pointLen) : null;
  return point && methodOfPoint(point) ? point : null;
}

/** The methods of our certificates, as a set; of the profile's trustpoint alone where that has one. */
export function methods(profileId: u32): u32 {
  if (!trustpoints(profileId)) return 0;
  const named = namedOwn(profileId);
  let set: u32 = 0;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    const method = point ? methodOfPoint(point) : 0;
    if (method && (!named || point == named)) set |= 1 << method;
  }
  return set;
}

function isNamed(profile: Profile, point: Trustpoint): bool {
  return profile.pointLen == point.nameLen && memory.compare(profile.point, point.name, <usize>point.nameLen) == 0;
}

/** The trustpoints that may vouch for a profile's peers, as a set of slots. */
export function trustpoints(profileId: u32): u32 {
  const all = chain.trustpointsWithAnchor();
  const profile = profiles.byId(profileId);
  if (!profile || !profile.pointLen) return all;
  let set: u32 = 0;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (point && isNamed(profile, point)) set |= 1 << i;
  }
  return all & set;
}

/** The trustpoint whose certificate is shown to an SA's peer; null: there is none of the method that was agreed on. */
export function point(sa: IsakmpSa): Trustpoint | null {
  const named = namedOwn(sa.profile);
  if (named) return methodOfPoint(named) == sa.authMethod ? named : null;
  const asked = sa.askedPoint ? store.trustpointAt(sa.askedPoint - 1) : null;
  if (asked && methodOfPoint(asked) == sa.authMethod) return asked;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const one = store.trustpointAt(i);
    if (one && methodOfPoint(one) == sa.authMethod) return one;
  }
  return null;
}

/** A key of ours that signs without a certificate. */
export function rawPair(): KeyPair | null {
  return store.firstPair(false, KeyUse.SIGNATURE);
}

/** A peer has asked for a certificate of this authority, by its name in DER: it gets one if there is one, unless another was asked for before. */
export function asked(sa: IsakmpSa, name: usize, len: u32): void {
  if (sa.askedPoint || !len || !names.check(name, len)) return;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const one = store.trustpointAt(i);
    if (!one || methodOfPoint(one) != sa.authMethod || !isUnder(one, name, len)) continue;
    sa.askedPoint = i + 1;
    return;
  }
}

/** Whether our certificate, or an intermediate above it, was issued by an authority of this name. */
function isUnder(point: Trustpoint, name: usize, len: u32): bool {
  if (issuedBy(point.own, point.ownLen, name, len)) return true;
  for (let i: u32 = 0; i < point.intermediates; i++) if (issuedBy(point.intermediateAt(i), point.intermediateLenAt(i), name, len)) return true;
  return false;
}

function issuedBy(p: usize, pLen: u32, name: usize, len: u32): bool {
  return x509.parse(own, p, pLen) == Part.NONE && names.equal(own.issuer, own.issuerLen, name, len);
}

/** The subject of our certificate for an SA's peer, in DER: `subjectLen` octets. 0: there is no certificate. */
export function subject(sa: IsakmpSa): usize {
  const one = point(sa);
  if (!one || x509.parse(own, one.own, one.ownLen) != Part.NONE) return 0;
  subjectLen = own.subjectLen;
  return own.subject;
}
export let subjectLen: u32 = 0;

/** The subject of a trustpoint's authority, in DER: `subjectLen` octets. 0: it has none. */
export function authority(point: Trustpoint): usize {
  if (!point.anchor || x509.parse(own, point.anchor, point.anchorLen) != Part.NONE) return 0;
  subjectLen = own.subjectLen;
  return own.subject;
}
