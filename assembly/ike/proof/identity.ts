/**
 * Identities of phase 1 (RFC 2407, 4.6.2): `crypto isakmp identity address | hostname | key-id TEXT | user-fqdn TEXT`
 * says what we send; what a peer sends is compared strictly.
 */
import { get32 } from "../../util/bytes";
import * as id from "../../wire/id";
import { isSignature } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import { MessageWriter } from "../../wire/message_writer";
import { PreSharedKey } from "../settings/keys";
import * as keys from "../settings/keys";
import { Identity, kind, name, nameLen, text, textLen } from "../settings/own_identity";
import { Profile } from "../settings/profile";
import * as profiles from "../settings/profile";
import { IsakmpSa } from "../state/isakmp_sa";
import * as own from "./own_certificate";

/** Writes our ID payload: the profile's `self-identity`, or else the router's. */
export function emit(w: MessageWriter, sa: IsakmpSa): void {
  const profile = profiles.byId(sa.profile);
  if (profile && profile.hasSelf) emitSelf(w, sa, profile);
  else if (kind == Identity.HOSTNAME && nameLen) id.emit(w, IdType.FQDN, 0, 0, name, nameLen);
  else if (kind == Identity.KEY_ID) id.emit(w, IdType.KEY_ID, 0, 0, text, textLen);
  else if (kind == Identity.USER_FQDN) id.emit(w, IdType.USER_FQDN, 0, 0, text, textLen);
  else if (kind == Identity.DN && isSignature(sa.authMethod)) emitDn(w, sa);
  else id.emitAddress(w, sa.localAddress);
}

/** The subject of our certificate; without one, our address. */
function emitDn(w: MessageWriter, sa: IsakmpSa): void {
  const subject = own.subject(sa);
  if (subject) id.emit(w, IdType.DER_ASN1_DN, 0, 0, subject, own.subjectLen);
  else id.emitAddress(w, sa.localAddress);
}

function emitSelf(w: MessageWriter, sa: IsakmpSa, profile: Profile): void {
  const len = <u32>profile.selfLen;
  if (profile.selfKind == <u8>Identity.ADDRESS) id.emitAddress(w, sa.localAddress);
  else if (profile.selfKind == <u8>Identity.KEY_ID) id.emit(w, IdType.KEY_ID, 0, 0, profile.self, len);
  else if (profile.selfKind == <u8>Identity.USER_FQDN) id.emit(w, IdType.USER_FQDN, 0, 0, profile.self, len);
  else id.emit(w, IdType.FQDN, 0, 0, len ? profile.self : name, len ? len : nameLen);
}

/**
 * Whether a peer whose HASH was right is one for its SA's profile, or which profile is for it. In Main Mode a profile is known
 * by the peer's address, or by nothing yet; the name then says which it is, if the key is that one's too.
 */
export function suits(sa: IsakmpSa, body: usize, len: u32, key: PreSharedKey): bool {
  if (id.check(body, len) || !id.phase1PortsOk(body)) return false;
  const present = profiles.byId(sa.profile);
  if (present && profiles.accepts(present, body, len)) return isKeyOf(present, sa, body, len, key) && addressOk(sa, body);
  if (present && (sa.initiator || sa.aggressive)) return !profiles.matchesAny(present) && accepts(sa, body, len, key);
  const named = profiles.byIdentity(body, len, false);
  if (named && isKeyOf(named, sa, body, len, key)) {
    sa.profile = named.id;
    return addressOk(sa, body);
  }
  // A keyring's key is for the profiles that name it.
  return present == null && !key.keyring && accepts(sa, body, len, key);
}

/**
 * Whether the key that was shown makes a peer of this ID one of a profile's. The profile's own does; without one the key that the
 * configuration has for this very name or address, or for the one address that the peer is reached at. A key that a network or everybody
 * shares proves no name.
 */
function isKeyOf(profile: Profile, sa: IsakmpSa, body: usize, len: u32, key: PreSharedKey): bool {
  if (profile.secretLen) return keys.sameSecret(profile.key, key);
  if (profile.keyringLen) return isOfKeyring(profile.keyring, sa, body, len, key);
  const address = id.idType(body) == IdType.IPV4_ADDR;
  const own = address ? keys.byAddress(get32(id.data(body))) : keys.byHostname(id.data(body), id.dataLen(len));
  if (own) return keys.sameSecret(own, key);
  return !address && key.hostnameLen == 0 && key.mask == u32.MAX_VALUE && key.address == sa.configured;
}

/**
 * A profile's keyring is for the profile as its own key is: the key that it has for this very name, or else for the address that the peer is
 * reached at. One for the same address in another keyring is none of it, unless it is the same secret.
 */
function isOfKeyring(ring: u32, sa: IsakmpSa, body: usize, len: u32, key: PreSharedKey): bool {
  const address = id.idType(body) == IdType.IPV4_ADDR;
  let own: PreSharedKey | null = address ? null : keys.byHostname(id.data(body), id.dataLen(len), ring);
  if (!own) own = keys.byAddress(sa.configured, ring);
  return own != null && keys.sameSecret(own, key);
}

/** An address is the one that the peer is reached at, unless a NAT stands before it: it then names its inner one. */
export function addressOk(sa: IsakmpSa, body: usize): bool {
  return id.idType(body) != IdType.IPV4_ADDR || sa.peerNat || get32(id.data(body)) == sa.peerAddress;
}

/**
 * Whether a peer whose HASH was right may call itself this. An address must be the one that it is reached at, unless a
 * NAT stands before it (it then names its inner one, which nobody here can check: the key bound it to the outer one).
 * A name that a key was configured for must belong to the very key that the peer has shown.
 */
export function accepts(sa: IsakmpSa, body: usize, len: u32, key: PreSharedKey): bool {
  if (!id.phase1PortsOk(body)) return false;
  const data = id.data(body);
  const dataLen = id.dataLen(len);
  switch (id.idType(body)) {
    case IdType.IPV4_ADDR:
      return addressOk(sa, body);
    case IdType.FQDN:
    case IdType.USER_FQDN:
    case IdType.KEY_ID: {
      const claimed = keys.byHostname(data, dataLen);
      return claimed == null || keys.sameSecret(claimed, key);
    }
    default:
      return false;
  }
}
