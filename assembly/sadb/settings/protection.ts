/**
 * `crypto ipsec profile` and `tunnel protection ipsec profile`. A profile is an entry without list and peer; a protected tunnel
 * interface has an entry of its own, which takes from the profile what that says, and whose one line is everything between
 * everybody (`tunnel mode ipsec ipv4`), or GRE between both ends. IOS calls that entry's map Tunnel0-head-0, and its number 65536.
 *
 * A profile that is not there, or has no transform set, leaves the tunnel's traffic shut.
 */
import { DESCRIPTION_MAX, INTERFACES, NAME_MAX } from "../../limits";
import { AccessLine } from "../../lists/access_list";
import { Refusal, touch } from "../../lists/setting";
import { Action, CryptoMapEntry, PROFILES, PROTECTIONS } from "./crypto_map";
import * as maps from "./crypto_map";

const GRE: u8 = 47;
/** Octets of a line of ours. */
const LINE: u32 = 128;
const entries: usize = memory.data(4 * <i32>INTERFACES, 4);
const lines: usize = memory.data(<i32>(LINE * INTERFACES), 8);

export function init(): void {
  if (offsetof<AccessLine>() > <usize>LINE) unreachable();
  // The name of the IPsec profile stands in the place of a description.
  if (NAME_MAX > DESCRIPTION_MAX) ERROR("a description is shorter than a name");
  memory.fill(entries, 0, <usize>(4 * INTERFACES));
  memory.fill(lines, 0, <usize>(LINE * INTERFACES));
}

/** The profile of a name, or null. */
export function profileNamed(name: usize, len: u32): CryptoMapEntry | null {
  return maps.find(name, len, PROFILES + 1);
}

/** Finds a profile or makes one; null: see `maps.refusal`. */
export function addProfile(name: usize, len: u32): CryptoMapEntry | null {
  return maps.add(name, len, PROFILES + 1, Action.PROTECT);
}

/** What protects an interface; null: nothing does. */
export function entryOf(port: u32): CryptoMapEntry | null {
  return changetype<CryptoMapEntry | null>(<usize>load<u32>(entries + <usize>(port << 2)));
}

/** The line that its policy is made of. */
export function lineOf(port: u32): AccessLine {
  return changetype<AccessLine>(lines + <usize>(port * LINE));
}

/**
 * `tunnel protection ipsec profile NAME`; the profile may be made later.
 * @param name what IOS calls the map of the interface
 * @param isakmp, isakmpLen the isakmp profile that is named with it; 0 octets: the IPsec profile's
 */
export function protect(port: u32, name: usize, nameLen: u32, profile: usize, profileLen: u32, isakmp: usize, isakmpLen: u32): Refusal {
  let entry = entryOf(port);
  if (!entry) {
    entry = maps.add(name, nameLen, PROTECTIONS + 1, Action.PROTECT);
    if (!entry) return maps.refusal();
    store<u32>(entries + <usize>(port << 2), <u32>changetype<usize>(entry));
    const line = lineOf(port);
    memory.fill(changetype<usize>(line), 0, <usize>LINE);
    line.action = 1;
    line.plain = true;
    line.sourceWildcard = line.destinationWildcard = u32.MAX_VALUE;
  }
  entry.sourceSerial = 0;
  maps.setDescription(entry, profile, profileLen);
  entry.ownProfile = isakmpLen != 0;
  if (isakmpLen) maps.setProfile(entry, isakmp, isakmpLen);
  touch();
  return Refusal.NONE;
}

/** `no tunnel protection`, or the interface goes. */
export function unprotect(port: u32): void {
  const entry = entryOf(port);
  if (!entry) return;
  store<u32>(entries + <usize>(port << 2), 0);
  maps.remove(entry);
}

/** Both ends of the tunnel (0: unknown), and whether GRE is what is protected. */
export function setEnds(port: u32, local: u32, remote: u32, gre: bool): void {
  const entry = entryOf(port);
  if (!entry) return;
  const line = lineOf(port);
  const source: u32 = gre ? local : 0;
  const destination: u32 = gre ? remote : 0;
  const wildcard: u32 = gre ? 0 : u32.MAX_VALUE;
  const protocol: u8 = gre ? GRE : 0;
  const peer: u32 = entry.peerCount ? entry.peer(0) : 0;
  if (line.source == source && line.destination == destination && line.sourceWildcard == wildcard && line.protocol == protocol && peer == remote) return;
  line.source = source;
  line.destination = destination;
  line.sourceWildcard = line.destinationWildcard = wildcard;
  line.protocol = protocol;
  entry.peerCount = 0;
  if (remote) maps.addPeer(entry, remote);
  touch();
}

/** What the profile says by now; called before policies are made of it. */
export function sync(port: u32, entry: CryptoMapEntry): void {
  const profile = profileNamed(entry.description, <u32>entry.descriptionLen);
  const serial = profile ? profile.serial : 0;
  const version = profile ? profile.version : 0;
  if (profile) entry.takeTimes(profile);
  if (serial != 0 && entry.sourceSerial == serial && entry.sourceVersion == version) return;
  if (serial == 0 && entry.sourceSerial == 0 && entry.transformSetCount == 0) return;
  entry.sourceSerial = serial;
  entry.sourceVersion = version;
  entry.takeTerms(profile);
  entry.version++;
}
