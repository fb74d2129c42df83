/**
 * `crypto isakmp profile NAME`: who is met with which key, under which name of ours, in which mode. A peer is a profile's by
 * what it calls itself (`match identity`); a crypto map entry is it by `set isakmp-profile`. Aggressive Mode is begun and
 * answered only by a profile of `mode aggressive`. What `crypto isakmp peer` says of an address is a profile too: of the entries
 * with that peer that name none.
 *
 * An ISAKMP SA keeps its profile's id (IsakmpSa.profile), which is never used again: an SA whose profile is gone finds none.
 */
import { ISAKMP_PROFILES, ISAKMP_PROFILE_MATCHES, NAME_MAX, PSK_MAX } from "../../limits";
import { Pool } from "../../util/pool";
import { IdRange } from "../../wire/id";
import * as id from "../../wire/id";
import { IdType } from "../../wire/ipsec_doi";
import { PreSharedKey } from "./keys";
import * as keys from "./keys";
import * as keyrings from "./keyring";
import { IDENTITY_MAX, Identity } from "./own_identity";

/** The type of a Match that is a line of `match certificate`: its text is the map's name. No ID has it. */
export const MATCH_CERTIFICATE: u32 = 0x100;

/** What `match identity` looks at: the IdType, with its text; for addresses a network. */
@unmanaged
export class Match {
  profile: u32;
  /** IPV4_ADDR, FQDN, USER_FQDN or KEY_ID; or MATCH_CERTIFICATE */
  type: u32;
  address: u32;
  mask: u32;
  len: u32;

  get text(): usize {
    return changetype<usize>(this) + offsetof<Match>();
  }
}

@unmanaged
export class Profile {
  /** 1 and up; never used again. */
  id: u32;
  aggressive: bool;
  /** `self-identity` stands in it; what it is. */
  hasSelf: bool;
  selfKind: u8;
  selfLen: u8;
  nameLen: u32;
  /** `ca trust-point`: octets of the trustpoint's name; 0: any. */
  pointLen: u32;
  /** `keyring`: octets of its name; 0: the default one. */
  keyringLen: u32;
  /** The address of `crypto isakmp peer`; 0: it has a name of its own. */
  peer: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<Profile>();
  }
  /** Its own key; without a secret `crypto isakmp key` has the key. */
  get key(): PreSharedKey {
    return changetype<PreSharedKey>(this.name + <usize>NAME_MAX);
  }
  get secret(): usize {
    return this.key.secret;
  }
  get secretLen(): u32 {
    return this.key.secretLen;
  }
  /** Text of the own identity; of an FQDN without text the host name counts. */
  get self(): usize {
    return this.secret + <usize>PSK_MAX;
  }
  get point(): usize {
    return this.self + <usize>IDENTITY_MAX;
  }
  get keyringName(): usize {
    return this.point + <usize>NAME_MAX;
  }
  /** The number of the keyring whose keys count under it; 0: the default one, NO_KEYRING: one that is not configured. */
  get keyring(): u32 {
    return this.keyringLen ? keyrings.idOf(this.keyringName, this.keyringLen) : 0;
  }

  named(name: usize, len: u32): bool {
    return this.nameLen == len && memory.compare(this.name, name, <usize>len) == 0;
  }
}

let pool: Pool<Profile> = changetype<Pool<Profile>>(0);
let matches: Pool<Match> = changetype<Pool<Match>>(0);
let lastId: u32 = 0;
/** `crypto isakmp aggressive-mode disable`: nobody begins it, and no profile does. */
export let aggressiveDisabled: bool = false;

export function disableAggressive(on: bool): void {
  aggressiveDisabled = on;
}

let range: IdRange = changetype<IdRange>(0);

export function init(): void {
  pool = new Pool<Profile>("isakmp profiles", ISAKMP_PROFILES, NAME_MAX + <u32>offsetof<PreSharedKey>() + PSK_MAX + IDENTITY_MAX + 2 * NAME_MAX);
  matches = new Pool<Match>("isakmp profile matches", ISAKMP_PROFILE_MATCHES, IDENTITY_MAX);
  range = changetype<IdRange>(heap.alloc(offsetof<IdRange>()));
  lastId = 0;
  aggressiveDisabled = false;
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Profile | null {
  return pool.at(i);
}

/** Lines of `match identity`, of all profiles: walk with matchSlots/matchAt. */
export function matchSlots(): u32 {
  return matches.size;
}

export function matchAt(i: u32): Match | null {
  return matches.at(i);
}

export function find(name: usize, len: u32): Profile | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const profile = at(i);
    if (profile && profile.named(name, len)) return profile;
  }
  return null;
}

/** What `crypto isakmp peer` says of an address; null: nothing. */
export function ofPeer(address: u32): Profile | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const profile = at(i);
    if (profile && profile.peer != 0 && profile.peer == address) return profile;
  }
  return null;
}

/** By an SA's or a match's `profile`; null: none, or it is gone. */
export function byId(profileId: u32): Profile | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const profile = at(i);
    if (profile && profile.id == profileId) return profile;
  }
  return null;
}

/** Finds a profile or makes one. Null: no room, or no name of 1 to NAME_MAX octets. */
export function add(name: usize, len: u32): Profile | null {
  const known = find(name, len);
  if (known) return known;
  if (len == 0 || len > NAME_MAX) return null;
  const profile = pool.take();
  if (!profile) return null;
  profile.id = ++lastId;
  profile.nameLen = len;
  memory.copy(profile.name, name, <usize>len);
  return profile;
}

/** Whether a name has a length that profiles may have. */
export function nameFits(len: u32): bool {
  return len > 0 && len <= NAME_MAX;
}

export function remove(profile: Profile): void {
  for (let i: u32 = 0; i < matches.size; i++) {
    const match = matchAt(i);
    if (match && match.profile == profile.id) matches.free(match);
  }
  pool.free(profile);
}

/** Sets the pre-shared key; len 0 takes it away. False: too long. */
export function setSecret(profile: Profile, secret: usize, len: u32): bool {
  if (len > PSK_MAX) return false;
  keys.setSecret(profile.key, secret, len);
  return true;
}

/** `self-identity`; text of all kinds but ADDRESS. False: too long. */
export function setSelf(profile: Profile, kind: Identity, text: usize, len: u32): bool {
  if (len > IDENTITY_MAX) return false;
  profile.hasSelf = true;
  profile.selfKind = <u8>kind;
  profile.selfLen = <u8>len;
  memory.copy(profile.self, text, <usize>len);
  return true;
}

/** `ca trust-point`; len 0: any. False: too long. */
export function setPoint(profile: Profile, name: usize, len: u32): bool {
  if (len > NAME_MAX) return false;
  profile.pointLen = len;
  memory.copy(profile.point, name, <usize>len);
  return true;
}

/** `keyring`; len 0: the default one. The keyring may be made later. False: too long. */
export function setKeyring(profile: Profile, name: usize, len: u32): bool {
  if (len > NAME_MAX) return false;
  profile.keyringLen = len;
  memory.copy(profile.keyringName, name, <usize>len);
  return true;
}

/** The first profile that names a keyring; null: none does. */
export function ofKeyring(name: usize, len: u32): Profile | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const profile = at(i);
    if (profile && profile.keyringLen == len && len && memory.compare(profile.keyringName, name, <usize>len) == 0) return profile;
  }
  return null;
}

/** The line of `match identity` that reads exactly so. */
function findMatch(profile: Profile, type: u32, address: u32, mask: u32, text: usize, len: u32): Match | null {
  for (let i: u32 = 0; i < matches.size; i++) {
    const m = matchAt(i);
    if (!m || m.profile != profile.id || m.type != type || m.address != address || m.mask != mask || m.len != len) continue;
    if (memory.compare(m.text, text, <usize>len) == 0) return m;
  }
  return null;
}

/** Adds a line of `match identity`: an address and mask, or a text. False: no room, or too long. */
export function addMatch(profile: Profile, type: u32, address: u32, mask: u32, text: usize, len: u32): bool {
  if (len > IDENTITY_MAX) return false;
  if (findMatch(profile, type, address & mask, mask, text, len)) return true;
  const m = matches.take();
  if (!m) return false;
  m.profile = profile.id;
  m.type = type;
  m.address = address & mask;
  m.mask = mask;
  m.len = len;
  memory.copy(m.text, text, <usize>len);
  return true;
}

/** False: there is no such line. */
export function removeMatch(profile: Profile, type: u32, address: u32, mask: u32, text: usize, len: u32): bool {
  const m = findMatch(profile, type, address & mask, mask, text, len);
  if (m) matches.free(m);
  return m != null;
}

/** Whether a profile has lines of `match identity` at all. */
export function matchesAny(profile: Profile): bool {
  for (let i: u32 = 0; i < matches.size; i++) {
    const m = matchAt(i);
    if (m && m.profile == profile.id) return true;
  }
  return false;
}

/**
 * How well an identity of phase 1, the body of an ID payload, fits a line: 0 not at all, more for a longer mask. Names and key
 * ids are compared octet for octet. An address fits its network; a subnet or range (RFC 2407, 4.6.2) fits a network that
 * holds it whole.
 */
function fits(m: Match, body: usize, len: u32): u32 {
  const type = id.idType(body);
  if (m.type != IdType.IPV4_ADDR) {
    const same = type == m.type && id.dataLen(len) == m.len && memory.compare(id.data(body), m.text, <usize>m.len) == 0;
    return same ? 64 : 0;
  }
  if (id.toRange(body, len, range)) return 0;
  const inside = (range.first & m.mask) == m.address && (range.last & m.mask) == m.address;
  return inside ? 1 + popcnt(m.mask) : 0;
}

/** Whether a profile is for who calls himself so: a body that id.check has taken. */
export function accepts(profile: Profile, body: usize, len: u32): bool {
  for (let i: u32 = 0; i < matches.size; i++) {
    const m = matchAt(i);
    if (m && m.profile == profile.id && fits(m, body, len)) return true;
  }
  return false;
}

/** The profile that fits an identity best; with `aggressive` of those alone that answer Aggressive Mode. */
export function byIdentity(body: usize, len: u32, aggressive: bool): Profile | null {
  let best: u32 = 0;
  let found: Profile | null = null;
  for (let i: u32 = 0; i < matches.size; i++) {
    const m = matchAt(i);
    const fit = m ? fits(m, body, len) : 0;
    const profile = fit > best ? byId(m!.profile) : null;
    if (!profile || (aggressive && !profile.aggressive)) continue;
    best = fit;
    found = profile;
  }
  return found;
}

/** Whether a profile has lines of `match certificate`. */
export function matchesCertificates(profile: Profile): bool {
  for (let i: u32 = 0; i < matches.size; i++) {
    const m = matchAt(i);
    if (m && m.profile == profile.id && m.type == MATCH_CERTIFICATE) return true;
  }
  return false;
}

/** In Main Mode the key is needed before a name is known: the profile with a key of its own, or of its keyring, for a peer's address. */
export function byAddress(address: u32): Profile | null {
  let best: u32 = 0;
  let found: Profile | null = null;
  for (let i: u32 = 0; i < matches.size; i++) {
    const m = matchAt(i);
    if (!m || m.type != IdType.IPV4_ADDR || (address & m.mask) != m.address || 1 + popcnt(m.mask) <= best) continue;
    const profile = byId(m.profile);
    if (!profile || !(profile.secretLen != 0 || (profile.keyringLen != 0 && keys.byAddress(address, profile.keyring) != null))) continue;
    best = 1 + popcnt(m.mask);
    found = profile;
  }
  return found;
}

/** Whether any profile lets peers begin Aggressive Mode. */
export function aggressiveAllowed(): bool {
  if (aggressiveDisabled) return false;
  for (let i: u32 = 0; i < pool.size; i++) {
    const profile = at(i);
    if (profile && profile.aggressive && matchesAny(profile)) return true;
  }
  return false;
}
