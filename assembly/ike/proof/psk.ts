/**
 * Pre-shared keys (RFC 2409, 5.4): whose key counts, and SKEYID = prf(pre-shared-key, Ni_b | Nr_b).
 */
import { skeyidPsk } from "../../oakley/skeyid";
import * as spd from "../../sadb/policies/spd";
import { get32 } from "../../util/bytes";
import { AuthMethod } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import { PreSharedKey } from "../settings/keys";
import * as keyrings from "../settings/keyring";
import * as keys from "../settings/keys";
import * as profiles from "../settings/profile";
import { Exchange } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import * as identity from "./identity";
import { Method } from "./method";

const PSK: u32 = 1 << AuthMethod.PRE_SHARED_KEY;

/**
 * The key to authenticate a peer with, null: there is none; the method is negotiated later. A profile's own key comes first.
 * Aggressive Mode knows what the peer calls itself, or as initiator what its profile expects; Main Mode knows an address.
 */
export function keyFor(sa: IsakmpSa): PreSharedKey | null {
  const profile = profiles.byId(sa.profile);
  if (sa.profile && !profile) return null;
  if (profile && profile.secretLen) return profile.key;
  if (!profile && !sa.initiator && !sa.aggressive) return ofAny(sa.configured, sa.localAddress);
  const ring = profile ? profile.keyring : 0;
  if (!serves(ring, sa.localAddress)) return null;
  let key: PreSharedKey | null = null;
  if (sa.aggressive && sa.peerIdLen) {
    const address = sa.peerIdType == IdType.IPV4_ADDR;
    key = address ? keys.byAddress(get32(sa.peerId), ring) : keys.byHostname(sa.peerId, sa.peerIdLen, ring);
  } else if (sa.aggressive && profile) key = expected(profile.id, ring);
  return key ? key : keys.byAddress(sa.configured, ring);
}

/** Whether a keyring's keys may be used at an address of ours; 0: whichever it is. One that is not configured has none. */
function serves(keyring: u32, local: u32): bool {
  if (!keyring) return true;
  const ring = keyrings.byId(keyring);
  if (!ring) return false;
  const only = ring.localPort == keyrings.ANY_PORT ? ring.localAddress : spd.addressOf(ring.localPort);
  if (!only && ring.localPort == keyrings.ANY_PORT) return true;
  return !local || only == local;
}

/**
 * What a responder in Main Mode takes before it knows who asks: of all keyrings that a profile names, and the default one, the key with the
 * longest mask for the peer's address; of equal masks a keyring's, and the first keyring's. The profile comes with the name.
 */
function ofAny(peer: u32, local: u32): PreSharedKey | null {
  let best: PreSharedKey | null = null;
  for (let i: u32 = 0; i < keyrings.slots(); i++) {
    const ring = keyrings.at(i);
    if (!ring || !profiles.ofKeyring(ring.name, ring.nameLen) || !serves(ring.id, local)) continue;
    const key = keys.byAddress(peer, ring.id);
    if (key && (!best || key.mask > best.mask)) best = key;
  }
  const key = keys.byAddress(peer);
  return key && (!best || key.mask > best.mask) ? key : best;
}

/** The key of the first name that a profile expects. */
function expected(profile: u32, keyring: u32): PreSharedKey | null {
  for (let i: u32 = 0; i < profiles.matchSlots(); i++) {
    const match = profiles.matchAt(i);
    const key = match && match.profile == profile ? keys.byHostname(match.text, match.len, keyring) : null;
    if (key) return key;
  }
  return null;
}

class Psk extends Method {
  methods(sa: IsakmpSa): u32 {
    return keyFor(sa) ? PSK : 0;
  }

  methodsFor(peer: u32): u32 {
    return profiles.byAddress(peer) != null || ofAny(peer, 0) != null ? PSK : 0;
  }

  /** It takes no more than the secret and both nonces. */
  skeyid(ex: Exchange): bool {
    const key = keyFor(ex.sa);
    if (!key) return false;
    skeyidPsk(ex.sa.hash, key.secret, key.secretLen, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen, ex.SKEYID);
    return true;
  }

  suits(sa: IsakmpSa, body: usize, len: u32): bool {
    const key = keyFor(sa);
    return key != null && identity.suits(sa, body, len, key);
  }

  /**
   * One number for each line of the configuration that has a key; under a profile, whose key several names may share, for each name.
   */
  keyOf(sa: IsakmpSa): u32 {
    const key = keyFor(sa);
    if (!key) return 0;
    let mark = <u32>changetype<usize>(key);
    // FNV-1a: names are those that the configuration has, so that nobody can look for two that meet.
    for (let i: u32 = 0; sa.profile != 0 && i < sa.peerIdLen; i++) mark = (mark ^ <u32>load<u8>(sa.peerId + i)) * 16777619;
    return mark;
  }

  /**
   * Only then may the peer have the flows of an entry that names this address. A profile's key, and a name's, are not of an address: there
   * the profile says who it is.
   */
  isOfAddress(sa: IsakmpSa): bool {
    const key = keyFor(sa);
    if (!key) return false;
    const profile = profiles.byId(sa.profile);
    if ((profile && (profile.secretLen || profile.keyringLen)) || key.hostnameLen) return true;
    const own = keys.byAddress(sa.configured);
    return own != null && keys.sameSecret(own, key);
  }
}

export const psk: Method = new Psk();
