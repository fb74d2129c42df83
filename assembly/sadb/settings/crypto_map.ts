/**
 * Crypto maps: `crypto map NAME SEQUENCE ipsec-isakmp|bypass|discard`, and which map each interface carries. A map is the
 * entries of one name. `crypto dynamic-map NAME SEQUENCE` makes entries without a peer, of names of their own (their numbers
 * have TEMPLATES added); an entry `ipsec-isakmp dynamic NAME` stands for all of them. An entry names its access list (which
 * may come later); a transform set has to exist.
 */
import { CRYPTO_MAP_ENTRIES, CRYPTO_MAP_FILTERS, CRYPTO_MAP_PEERS, CRYPTO_MAP_TRANSFORM_SETS, DESCRIPTION_MAX, NAME_MAX, INTERFACES } from "../../limits";
import * as lists from "../../lists/access_list";
import { ObjectGroup } from "../../lists/object_group";
import { Refusal, touch } from "../../lists/setting";
import { Blocks, Pool, countTable } from "../../util/pool";
import { KILOBYTES_MIN, SECONDS_MAX, SECONDS_MIN } from "./lifetime";
import * as mapProfiles from "./map_profile";
import { TransformSet } from "./transform_set";

/** What becomes of the packets of a policy. An entry has one of the first three, a line of its list may make it another. */
export const enum Action {
  PROTECT = 1,
  BYPASS = 2,
  DISCARD = 3,
  /** a deny line: the next entry is asked */
  NEXT = 4,
  /** a line of a dynamic map: peers make policies of it, and what matches it without one is dropped (policies/dynamic.ts) */
  TEMPLATE = 5,
}

/** What an entry may lack. */
export const enum Lack {
  NOTHING = 0,
  LIST_NAME,
  LIST,
  PEER,
  TRANSFORM_SET,
  DYNAMIC_MAP,
}

/** When the destinations of an entry have routes of their own (`reverse-route`). */
export const enum Reverse {
  NONE = 0,
  /** while there is an SA */
  BY_SA = 1,
  /** `static`: while an interface carries the map */
  ALWAYS = 2,
}

/** Added to the numbers of dynamic maps' entries. */
export const TEMPLATES: u32 = 0x10000;

/** Likewise to those of `crypto ipsec profile`, and of what protects a tunnel interface (protection.ts). */
export const PROFILES: u32 = 0x20000;
export const PROTECTIONS: u32 = 0x30000;

/** An entry of a crypto map: `crypto map NAME SEQ ipsec-isakmp`, or of a dynamic one, or a profile, or a protected tunnel's. */
@unmanaged
export class CryptoMapEntry {
  sequence: u32;
  /** Action */
  action: u8;
  /** Group of `set pfs`; 0: none. */
  pfsGroup: u16;
  /** `set pfs ... identities`: each phase 1 serves one Quick Mode (RFC 2409, 8). */
  pfsIdentities: bool;
  peerCount: u8;
  transformSetCount: u8;
  /** `set security-association lifetime seconds|kilobytes`, 0: the global one applies. */
  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  /** Unlike that of any entry before it: a block that is used again is another entry. */
  serial: u32;
  /** Changes with peers and transform sets. */
  version: u32;
  nameLen: u8;
  listLen: u8;
  descriptionLen: u8;
  /** `list` names a dynamic map, whose entries stand in the place of this one. */
  dynamic: bool;
  profileLen: u8;
  /** Names of the lists of `set ip access-group`, a block of `filterPool`; 0: there are none. */
  filterBlock: usize;
  /** Lack that the console has been told of, while what the entry matches is discarded for it. */
  told: u8;
  /** A protected tunnel's: the profile that it has taken its terms from, and which version of that. */
  sourceSerial: u32;
  sourceVersion: u32;
  /** `set peer ... default`: after a loss the first peer is the next again. */
  defaultPeer: bool;
  /** `set security-association lifetime kilobytes disable` */
  noKilobytes: bool;
  /** `set security-association idle-time SECONDS [default]`; 0: the global one applies. */
  idleDefault: bool;
  idleSeconds: u32;
  /** `reverse-route`: Reverse; its next hop, 0: the peer; its distance and tag. */
  reverse: u8;
  reverseDistance: u8;
  /** A protected tunnel's: `profile` stands in the line of its protection, and is none of the IPsec profile's. */
  ownProfile: bool;
  reversePeer: u32;
  reverseTag: u32;

  // Behind the fields: peers, transform sets, name, name of the access list, description, name of the isakmp profile.
  private get peers(): usize {
    return changetype<usize>(this) + offsetof<CryptoMapEntry>();
  }
  private get sets(): usize {
    return this.peers + <usize>(CRYPTO_MAP_PEERS * 4);
  }
  get name(): usize {
    return this.sets + <usize>(CRYPTO_MAP_TRANSFORM_SETS * 4);
  }
  /** Name of the list of `match address`; listLen 0: none. */
  get list(): usize {
    return this.name + <usize>NAME_MAX;
  }
  get description(): usize {
    return this.list + <usize>NAME_MAX;
  }

  /** Name of the profile of `set isakmp-profile`; profileLen 0: none. */
  get profile(): usize {
    return this.description + <usize>DESCRIPTION_MAX;
  }

  /** The list that what it protects has to pass before it (`out`) or behind it; 0 octets: there is none. */
  filterLen(out: bool): u32 {
    return this.filterBlock ? load<u32>(filterOf(this.filterBlock, out)) : 0;
  }
  filterName(out: bool): usize {
    return filterOf(this.filterBlock, out) + 4;
  }

  /** Whether it is for SAs of the profile of this name (len 0: of none). */
  isOfProfile(name: usize, len: u32): bool {
    return <u32>this.profileLen == len && memory.compare(this.profile, name, <usize>len) == 0;
  }

  /** Address of peer number k, in order of preference. */
  peer(k: u32): u32 {
    return load<u32>(this.peers + <usize>(k << 2));
  }
  setPeer(k: u32, address: u32): void {
    store<u32>(this.peers + <usize>(k << 2), address);
  }
  transformSet(k: u32): TransformSet {
    return changetype<TransformSet>(<usize>load<u32>(this.sets + <usize>(k << 2)));
  }
  setTransformSet(k: u32, set: TransformSet): void {
    store<u32>(this.sets + <usize>(k << 2), <u32>changetype<usize>(set));
  }

  /** Of a dynamic map: any peer may make policies of it. */
  get template(): bool {
    return this.family == TEMPLATES;
  }
  /** 0 an ordinary map's, else TEMPLATES, PROFILES or PROTECTIONS. */
  get family(): u32 {
    return this.sequence & ~(TEMPLATES - 1);
  }
  /** Its number as it was configured; a protected tunnel's is IOS's. */
  get number(): u32 {
    return this.family == PROTECTIONS ? TEMPLATES : this.sequence & (TEMPLATES - 1);
  }

  /** Takes what a profile says that peers and policies need not be looked at again for. */
  takeTimes(profile: CryptoMapEntry): void {
    this.pfsGroup = profile.pfsGroup;
    this.pfsIdentities = profile.pfsIdentities;
    this.lifetimeSeconds = profile.lifetimeSeconds;
    this.lifetimeKilobytes = profile.lifetimeKilobytes;
    this.noKilobytes = profile.noKilobytes;
    this.idleDefault = profile.idleDefault;
    this.idleSeconds = profile.idleSeconds;
  }

  /** Takes a profile's transform sets and, unless it has one of its own, the name of its isakmp profile; null: it has neither. */
  takeTerms(profile: CryptoMapEntry | null): void {
    this.transformSetCount = 0;
    if (!this.ownProfile) this.profileLen = 0;
    if (!profile) return;
    this.transformSetCount = profile.transformSetCount;
    for (let k: u32 = 0; k < <u32>profile.transformSetCount; k++) this.setTransformSet(k, profile.transformSet(k));
    if (this.ownProfile) return;
    this.profileLen = profile.profileLen;
    memory.copy(this.profile, profile.profile, <usize>profile.profileLen);
  }

  hasPeer(address: u32): bool {
    for (let k: u32 = 0; k < <u32>this.peerCount; k++) if (this.peer(k) == address) return true;
    return false;
  }

  /** What it lacks to do what it says: a list that exists and, to protect, a peer and a transform set. */
  get lack(): Lack {
    if (this.dynamic) return next(this.list, <u32>this.listLen, TEMPLATES) ? Lack.NOTHING : Lack.DYNAMIC_MAP;
    if (this.listLen == 0) {
      if (this.family == 0) return Lack.LIST_NAME;
    } else if (!lists.find(this.list, <u32>this.listLen)) return Lack.LIST;
    if (this.action != <u8>Action.PROTECT) return Lack.NOTHING;
    if (this.peerCount == 0 && !this.template) return Lack.PEER;
    return this.transformSetCount == 0 ? Lack.TRANSFORM_SET : Lack.NOTHING;
  }

  get complete(): bool {
    return this.lack == Lack.NOTHING;
  }
}

let pool = changetype<Pool<CryptoMapEntry>>(0);
/** The slots of all entries, those of a name together, by sequence number. */
let order: usize = 0; // u16 each
let count: u32 = 0;
/** For each port the length of its map's name, and the name. */
let bindings: usize = 0;
const BINDING: u32 = NAME_MAX + 4;
let serial: u32 = 0;
/** Two names a block, each behind its length. */
let filterPool: Blocks = changetype<Blocks>(0);

function filterOf(block: usize, out: bool): usize {
  return out ? block + <usize>BINDING : block;
}

/** Entries that have lists of `set ip access-group`. */
export function filters(): u32 {
  return filterPool.used;
}

/** `set ip access-group NAME in|out`; len 0 removes it. The list may be made later. */
export function setFilter(entry: CryptoMapEntry, out: bool, name: usize, len: u32): Refusal {
  if (len > NAME_MAX) return Refusal.NAME;
  if (!entry.filterBlock) {
    if (!len) return Refusal.NONE;
    entry.filterBlock = filterPool.take();
    if (!entry.filterBlock) return Refusal.FULL;
  }
  const p = filterOf(entry.filterBlock, out);
  store<u32>(p, len);
  memory.copy(p + 4, name, <usize>len);
  if (!entry.filterLen(false) && !entry.filterLen(true)) {
    filterPool.free(entry.filterBlock);
    entry.filterBlock = 0;
  }
  touch();
  return Refusal.NONE;
}

export function init(): void {
  mapProfiles.init();
  const tail = CRYPTO_MAP_PEERS * 4 + CRYPTO_MAP_TRANSFORM_SETS * 4 + 3 * NAME_MAX + DESCRIPTION_MAX;
  pool = new Pool<CryptoMapEntry>("crypto map entries", CRYPTO_MAP_ENTRIES, tail);
  filterPool = new Blocks("crypto map access groups", 2 * BINDING, CRYPTO_MAP_FILTERS);
  countTable(CRYPTO_MAP_ENTRIES << 1);
  order = heap.alloc(<usize>(CRYPTO_MAP_ENTRIES << 1));
  count = 0;
  bindings = heap.alloc(<usize>(INTERFACES * BINDING));
  memory.fill(bindings, 0, <usize>(INTERFACES * BINDING));
  serial = 0;
}

/** Number of slots; walk with `at(i)`, null where one is empty. In order: `next`. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): CryptoMapEntry | null {
  return pool.at(i);
}

function named(entry: CryptoMapEntry, name: usize, len: u32): bool {
  return <u32>entry.nameLen == len && memory.compare(entry.name, name, <usize>len) == 0;
}

/** The entry of a map with the lowest sequence number above `after` (0: the first; of a dynamic map, TEMPLATES), or null. */
export function next(name: usize, len: u32, after: u32): CryptoMapEntry | null {
  const place = placeBehind(name, len, after);
  if (place == count) return null;
  const entry = inOrder(place);
  return (entry.sequence ^ after) < TEMPLATES && named(entry, name, len) ? entry : null;
}

function inOrder(place: u32): CryptoMapEntry {
  return pool.at(<u32>load<u16>(order + <usize>(place << 1))) as CryptoMapEntry;
}

/** The place of the first entry that comes behind number `after` of a name. */
function placeBehind(name: usize, len: u32, after: u32): u32 {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = inOrder(middle);
    let order = <i32>entry.nameLen - <i32>len;
    if (order == 0) order = memory.compare(entry.name, name, <usize>len);
    if (order < 0 || (order == 0 && entry.sequence <= after)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function find(name: usize, len: u32, sequence: u32): CryptoMapEntry | null {
  const entry = sequence ? next(name, len, sequence - 1) : null;
  return entry && entry.sequence == sequence ? entry : null;
}

let refused: Refusal = Refusal.NONE;
/** Why the last `add` gave null. */
export function refusal(): Refusal {
  return refused;
}

/** Finds an entry or makes an empty one; null: see `refusal`. @param sequence 1 and up */
export function add(name: usize, len: u32, sequence: u32, action: Action): CryptoMapEntry | null {
  refused = Refusal.NONE;
  const known = find(name, len, sequence);
  if (known) {
    if (known.action == <u8>action) return known;
    refused = Refusal.ACTION;
    return null;
  }
  const badName = len == 0 || len > NAME_MAX;
  let entry: CryptoMapEntry | null = null;
  if (!badName && sequence != 0) entry = pool.take();
  if (!entry) {
    refused = badName ? Refusal.NAME : Refusal.FULL;
    return null;
  }
  entry.sequence = sequence;
  entry.action = <u8>action;
  entry.serial = ++serial;
  entry.nameLen = <u8>len;
  memory.copy(entry.name, name, <usize>len);
  const general = mapProfiles.find(name, len);
  if (general && !entry.template) setProfile(entry, general.profile, general.profileLen);
  const p = order + <usize>(placeBehind(name, len, sequence) << 1);
  memory.copy(p + 2, p, order + <usize>(count++ << 1) - p);
  store<u16>(p, <u16>pool.indexOf(entry));
  touch();
  return entry;
}

/** Removes an entry; IN_USE: it is the last one of a map that an interface carries. */
export function remove(entry: CryptoMapEntry): Refusal {
  if (next(entry.name, <u32>entry.nameLen, 0) == entry && !next(entry.name, <u32>entry.nameLen, entry.sequence)) {
    for (let port: u32 = 0; port < INTERFACES; port++) {
      if (named(entry, boundName(port), boundLen(port))) return Refusal.IN_USE;
    }
  }
  const p = order + <usize>((placeBehind(entry.name, <u32>entry.nameLen, entry.sequence) - 1) << 1);
  memory.copy(p, p + 2, order + <usize>(--count << 1) - p);
  if (entry.filterBlock) filterPool.free(entry.filterBlock);
  pool.free(entry);
  touch();
  return Refusal.NONE;
}

/** `match address NAME`; len 0 removes it. The list may be made later. */
export function setList(entry: CryptoMapEntry, name: usize, len: u32): Refusal {
  if (len > NAME_MAX) return Refusal.NAME;
  if (len) {
    const list = lists.find(name, len);
    const why = list ? lists.selects(list) : Refusal.NONE;
    if (why != Refusal.NONE) return why;
  }
  entry.listLen = <u8>len;
  memory.copy(entry.list, name, <usize>len);
  touch();
  return Refusal.NONE;
}

/** `ipsec-isakmp dynamic NAME`; the dynamic map may be made later. */
export function setDynamic(entry: CryptoMapEntry, name: usize, len: u32): Refusal {
  if (len > NAME_MAX) return Refusal.NAME;
  entry.dynamic = true;
  entry.listLen = <u8>len;
  memory.copy(entry.list, name, <usize>len);
  touch();
  return Refusal.NONE;
}

/** Whether an entry of any map matches the list of that name. */
export function matchesList(name: usize, len: u32): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const entry = at(i);
    if (entry && !entry.dynamic && <u32>entry.listLen == len && memory.compare(entry.list, name, <usize>len) == 0) return true;
  }
  return false;
}

/** Whether a station can have that address. */
export function isStation(address: u32): bool {
  const octet = address >>> 24;
  return octet != 0 && octet != 127 && octet <= 223;
}

/** Whether a list with a line that names the object group is matched by an entry of any map. */
export function matchesGroup(group: ObjectGroup): bool {
  for (let i: u32 = 0; i < lists.slots(); i++) {
    const list = lists.at(i);
    if (list && lists.names(list, group) && matchesList(list.name, list.nameLen)) return true;
  }
  return false;
}

/** `set peer A.B.C.D`: added behind those there are; one that is there already stays where it is. */
export function addPeer(entry: CryptoMapEntry, address: u32): Refusal {
  if (!isStation(address)) return Refusal.ADDRESS;
  if (entry.hasPeer(address)) return Refusal.NONE;
  if (<u32>entry.peerCount == CRYPTO_MAP_PEERS) return Refusal.TOO_MANY;
  entry.setPeer(<u32>entry.peerCount, address);
  entry.peerCount++;
  entry.version++;
  touch();
  return Refusal.NONE;
}

export function removePeer(entry: CryptoMapEntry, address: u32): Refusal {
  for (let k: u32 = 0; k < <u32>entry.peerCount; k++) {
    if (entry.peer(k) != address) continue;
    if (k == 0) entry.defaultPeer = false;
    entry.peerCount--;
    for (; k < <u32>entry.peerCount; k++) entry.setPeer(k, entry.peer(k + 1));
    entry.version++;
    touch();
    return Refusal.NONE;
  }
  return Refusal.NOT_FOUND;
}

/** `set transform-set A B ...` replaces those there are: clear, then add in order. */
export function clearTransformSets(entry: CryptoMapEntry): void {
  entry.transformSetCount = 0;
  entry.version++;
  touch();
}

export function addTransformSet(entry: CryptoMapEntry, set: TransformSet): Refusal {
  for (let k: u32 = 0; k < <u32>entry.transformSetCount; k++) if (entry.transformSet(k) == set) return Refusal.NONE;
  if (<u32>entry.transformSetCount == CRYPTO_MAP_TRANSFORM_SETS) return Refusal.TOO_MANY;
  entry.setTransformSet(<u32>entry.transformSetCount, set);
  entry.transformSetCount++;
  entry.version++;
  touch();
  return Refusal.NONE;
}

/** Whether a crypto map uses the set: it cannot be removed then. */
export function usesTransformSet(set: TransformSet): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const entry = at(i);
    if (!entry) continue;
    for (let k: u32 = 0; k < <u32>entry.transformSetCount; k++) if (entry.transformSet(k) == set) return true;
  }
  return false;
}

/** `set pfs groupN`; 0: none. The caller knows the groups. */
export function setPfs(entry: CryptoMapEntry, group: u32, identities: bool): void {
  entry.pfsGroup = <u16>group;
  entry.pfsIdentities = identities;
}

/** 0: the global lifetime applies. */
export function setLifetimeSeconds(entry: CryptoMapEntry, seconds: u32): Refusal {
  if (seconds != 0 && (seconds < SECONDS_MIN || seconds > SECONDS_MAX)) return Refusal.LIFETIME;
  entry.lifetimeSeconds = seconds;
  return Refusal.NONE;
}

/** `set peer A default`: it is the first one, or becomes it where there is none yet; IN_USE: another one is the first. */
export function setDefaultPeer(entry: CryptoMapEntry, address: u32): Refusal {
  if (entry.peerCount && entry.peer(0) != address) return Refusal.IN_USE;
  const refusal = addPeer(entry, address);
  if (refusal == Refusal.NONE) entry.defaultPeer = true;
  return refusal;
}

/** `set security-association idle-time`; 0: the global one applies. @param fallBack after it the default peer is the next */
export function setIdle(entry: CryptoMapEntry, seconds: u32, fallBack: bool): void {
  entry.idleSeconds = seconds;
  entry.idleDefault = fallBack;
  touch();
}

/** `reverse-route`. @param peer the next hop, 0: whoever the SA is with */
export function setReverse(entry: CryptoMapEntry, reverse: Reverse, peer: u32, distance: u32, tag: u32): void {
  entry.reverse = <u8>reverse;
  entry.reversePeer = peer;
  entry.reverseDistance = <u8>distance;
  entry.reverseTag = tag;
  touch();
}

/** `crypto map NAME isakmp-profile`: for the map's entries that name none, those of now and those to come; len 0: for none to come. False: no room. */
export function setMapProfile(name: usize, len: u32, profile: usize, profileLen: u32): bool {
  if (!profileLen) {
    mapProfiles.remove(name, len);
    return true;
  }
  if (!mapProfiles.set(name, len, profile, profileLen)) return false;
  let entry = next(name, len, 0);
  while (entry) {
    if (!entry.profileLen) setProfile(entry, profile, profileLen);
    entry = next(name, len, entry.sequence);
  }
  return true;
}

export function setLifetimeKilobytes(entry: CryptoMapEntry, kilobytes: u32): Refusal {
  if (kilobytes != 0 && kilobytes < KILOBYTES_MIN) return Refusal.LIFETIME;
  entry.lifetimeKilobytes = kilobytes;
  entry.noKilobytes = false;
  return Refusal.NONE;
}

/** Cut at DESCRIPTION_MAX; an empty one removes it. */
export function setDescription(entry: CryptoMapEntry, text: usize, len: u32): void {
  entry.descriptionLen = <u8>(len < DESCRIPTION_MAX ? len : DESCRIPTION_MAX);
  memory.copy(entry.description, text, <usize>entry.descriptionLen);
}

/** `set isakmp-profile NAME`; len 0 removes it. The profile may be made later. */
export function setProfile(entry: CryptoMapEntry, name: usize, len: u32): Refusal {
  if (len > NAME_MAX) return Refusal.NAME;
  entry.profileLen = <u8>len;
  memory.copy(entry.profile, name, <usize>len);
  entry.version++;
  touch();
  return Refusal.NONE;
}

/** `interface ... crypto map NAME`; the map must exist. */
export function bind(port: u32, name: usize, len: u32): Refusal {
  if (port >= INTERFACES || !next(name, len, 0)) return Refusal.NOT_FOUND;
  const p = bindings + <usize>(port * BINDING);
  store<u32>(p, len);
  memory.copy(p + 4, name, <usize>len);
  touch();
  return Refusal.NONE;
}

export function unbind(port: u32): void {
  store<u32>(bindings + <usize>(port * BINDING), 0);
  touch();
}

/** Entries of maps that no port carries discard nothing, whatever they lack. */
export function forgetUnbound(): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const entry = at(i);
    if (!entry || entry.told == <u8>Lack.NOTHING || entry.family != 0) continue;
    let carried = false;
    for (let port: u32 = 0; port < INTERFACES; port++) carried = carried || named(entry, boundName(port), boundLen(port));
    if (!carried) entry.told = <u8>Lack.NOTHING;
  }
}

/** Octets of the name of the map that a port carries; 0: none. */
export function boundLen(port: u32): u32 {
  return load<u32>(bindings + <usize>(port * BINDING));
}

export function boundName(port: u32): usize {
  return bindings + <usize>(port * BINDING) + 4;
}
