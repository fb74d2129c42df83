/** `crypto map`, and the map of an interface. */
import { CRYPTO_MAP_ENTRIES, CRYPTO_MAP_TRANSFORM_SETS, DESCRIPTION_MAX, NAME_MAX, INTERFACES } from "../../limits";
import { PRIVATE_MIN, groupWeakness } from "../../ike/settings/policy";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import * as maps from "../../sadb/settings/crypto_map";
import * as localAddress from "../../sadb/settings/local_address";
import { Action, CryptoMapEntry, Reverse } from "../../sadb/settings/crypto_map";
import { Refusal, refusalText } from "../../lists/setting";
import { MAP_PROFILES } from "../../sadb/settings/map_profile";
import * as mapProfiles from "../../sadb/settings/map_profile";
import * as peerNames from "../../sadb/settings/peer_names";
import * as sets from "../../sadb/settings/transform_set";
import { Mode, row } from "../grammar";
import { writeOfMap } from "./filter";
import { iosVersion } from "../ios/ignored";
import * as matcher from "../matcher";
import { portMade } from "../ports";
import { nl, out, refuse, refused, say, tooLong } from "../output";
import * as session from "../session";
import { write as writePeerNames } from "./peer_names";
import * as startup from "../startup";
import * as words from "../words";

/** What matcher.find answers where there is no such word. */
const NOWHERE: u32 = 0xffffffff;

export function rows(): void {
  row("c:crypto map WORD~ <1-65535>~ [ipsec-isakmp [dynamic WORD]|bypass|discard]", enter);
  row("c:crypto dynamic-map WORD~ <1-65535>~", enterTemplate);
  row("c:crypto map WORD local-address~ IF", setLocalAddress);
  row("m:match address~ WORD", matchAddress);
  row("m:set peer A.B.C.D~ [default]", setPeer);
  row("mq:set transform-set~ WORD {WORD}", setTransformSets);
  row("mq:set isakmp-profile~ WORD", setProfile);
  row("mq:set pfs~ [group1|group2|group3|group4|group5|group7|group14|group15|group16|group17|group18|group19|group20|group21|group31|group <32768-65535>] [identities]", setPfs);
  row("mq:set security-association lifetime (seconds~ <30-2592000>|days~ <1-30>|kilobytes~ (<2560-4294967295>|disable))", setLifetime);
  row("mq:set security-association idle-time~ <60-86400> [default]", setIdle);
  row("m:reverse-route~ [static] [remote-peer A.B.C.D] [distance <1-255>] [tag <1-4294967295>]", setReverse);
  row("c:crypto map WORD isakmp-profile~ WORD", setMapProfile);
  row("mq:description~ LINE", describe);
  row("i:crypto map~ WORD", bind);
}

/** Prints why a verb refused, if it did. */
function result(refusal: Refusal): bool {
  return refusal == Refusal.NONE ? true : refused(refusalText(refusal));
}

function noSuchMap(k: u32): bool {
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no crypto map.");
  nl();
  return false;
}

/** No room, no such name, or another action. */
function notAdded(): bool {
  const why = maps.refusal();
  if (why != Refusal.FULL) return result(why);
  refuse("There are ").u32(CRYPTO_MAP_ENTRIES).put(" entries of crypto maps already, which is the most.");
  nl();
  return false;
}

function enterTemplate(no: bool): bool {
  const k = matcher.base + 2;
  if (no) return removeEntries(k, maps.TEMPLATES);
  const sequence = matcher.number(k + 1) + maps.TEMPLATES;
  if (!maps.add(words.word(k), words.wordLen(k), sequence, Action.PROTECT)) return notAdded();
  session.enter(Mode.MAP, sequence, words.word(k), words.wordLen(k));
  return true;
}

function enter(no: bool): bool {
  const k = matcher.base + 2;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (no) return removeEntries(k, 0);
  const sequence = matcher.number(k + 1);
  const known = maps.find(name, len, sequence);
  if (matcher.argCount() == k + 2) {
    if (!known) {
      refuse("").ascii(name, len).char(32).u32(sequence).put(" is new: say what it does, ipsec-isakmp, bypass or discard.");
      nl();
      return false;
    }
  } else {
    const action = matcher.isKeyword(k + 2, "bypass") ? Action.BYPASS : matcher.isKeyword(k + 2, "discard") ? Action.DISCARD : Action.PROTECT;
    const wantsDynamic = matcher.argCount() > k + 3;
    if (known && known.dynamic != wantsDynamic) return result(Refusal.ACTION);
    const entry = maps.add(name, len, sequence, action);
    if (!entry) return notAdded();
    if (wantsDynamic) {
      const refusal = maps.setDynamic(entry, words.word(k + 4), words.wordLen(k + 4));
      if (refusal != Refusal.NONE && !known) maps.remove(entry);
      session.setMode(Mode.CONFIG);
      return result(refusal);
    }
    if (!known && action == Action.PROTECT && !startup.applying) {
      say("% NOTE: This new crypto map will remain disabled until a peer");
      say("        and a valid access list have been configured.");
    }
  }
  session.enter(Mode.MAP, sequence, name, len);
  return true;
}

/** @param kind 0, or TEMPLATES for a dynamic map */
function removeEntries(k: u32, kind: u32): bool {
  const name = words.word(k);
  const len = words.wordLen(k);
  if (matcher.argCount() > k + 1) {
    const entry = maps.find(name, len, matcher.number(k + 1) + kind);
    return entry ? result(maps.remove(entry)) : noSuchMap(k);
  }
  let entry = maps.next(name, len, kind);
  if (!entry) return noSuchMap(k);
  for (let port: u32 = 0; port < INTERFACES && !kind; port++) {
    if (maps.boundLen(port) != len || memory.compare(maps.boundName(port), name, <usize>len) != 0) continue;
    refuse("").ascii(name, len).put(" is the crypto map of ");
    interfaces.name(out, port).char(46);
    nl();
    return false;
  }
  while (entry) {
    maps.remove(entry);
    entry = maps.next(name, len, kind);
  }
  return true;
}

/** The entry that the mode is about; null once it has been removed from elsewhere. */
function current(): CryptoMapEntry | null {
  const entry = maps.find(session.subjectName, session.subjectNameLen, session.subject);
  if (!entry) refused("This entry is gone.");
  else if (entry.dynamic) {
    refused("This entry takes all that it needs from its dynamic map.");
    return null;
  }
  return entry;
}

function matchAddress(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 2;
  return result(no ? maps.setList(entry, 0, 0) : maps.setList(entry, words.word(k), words.wordLen(k)));
}

function setPeer(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const address = matcher.address(matcher.base + 2);
  if (entry.template) return refused("A dynamic map is for peers of any address: it has no `set peer`.");
  if (no) return result(maps.removePeer(entry, address));
  if (matcher.argCount() <= matcher.base + 3) return result(maps.addPeer(entry, address));
  const why = maps.setDefaultPeer(entry, address);
  if (why != Refusal.IN_USE) return result(why);
  refuse("").ip(address).put(" cannot be the default peer: it is the first of an entry, which is ").ip(entry.peer(0)).put(" here.");
  nl();
  return false;
}

function setTransformSets(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const first = matcher.base + 2;
  const end = matcher.argCount();
  // All of them are looked at before one is taken.
  for (let k = first; k < end && !no; k++) {
    if (sets.find(words.word(k), words.wordLen(k))) continue;
    refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no transform set: `crypto ipsec transform-set` makes one.");
    nl();
    return false;
  }
  if (!no && end - first > CRYPTO_MAP_TRANSFORM_SETS) {
    refuse("").u32(end - first).put(" transform sets are too many: ").u32(CRYPTO_MAP_TRANSFORM_SETS).put(" are allowed.");
    nl();
    return false;
  }
  maps.clearTransformSets(entry);
  for (let k = first; k < end && !no; k++) {
    const set = sets.find(words.word(k), words.wordLen(k));
    if (set) maps.addTransformSet(entry, set);
  }
  return true;
}

function setPfs(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 2;
  // Alone it is group 1 in IOS.
  let group: u32 = no ? 0 : iosVersion() ? 1 : 14;
  const last = matcher.argCount() - 1;
  const identities = !no && matcher.isKeyword(last, "identities");
  if (!no && (identities ? last > k : last >= k)) group = matcher.isKeyword(k, "group") ? matcher.number(k + 1) : matcher.keywordValue(k);
  maps.setPfs(entry, group, identities);
  const why = groupWeakness(group);
  if (why.length) {
    refuse("Warning: crypto map ").ascii(entry.name, entry.nameLen).char(32).u32(entry.number).put(": ").put(why).put("; group14 is the least to use.");
    nl();
  }
  return true;
}

function setProfile(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 2;
  return result(maps.setProfile(entry, no ? 0 : words.word(k), no ? 0 : words.wordLen(k)));
}

function setLifetime(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 3;
  if (!no && matcher.isKeyword(k + 1, "disable")) {
    maps.setLifetimeKilobytes(entry, 0);
    entry.noKilobytes = true;
    return true;
  }
  const n: u32 = no ? 0 : matcher.number(k + 1);
  if (matcher.isKeyword(k, "days")) return result(maps.setLifetimeSeconds(entry, n * 86400));
  return result(matcher.isKeyword(k, "seconds") ? maps.setLifetimeSeconds(entry, n) : maps.setLifetimeKilobytes(entry, n));
}

function setIdle(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 3;
  maps.setIdle(entry, no ? 0 : matcher.number(k), !no && matcher.argCount() > k + 1);
  return true;
}

function setReverse(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 1;
  if (no) {
    maps.setReverse(entry, Reverse.NONE, 0, 0, 0);
    return true;
  }
  const always = matcher.find("static", k) != NOWHERE;
  if (always && entry.template) return refused("A dynamic map has routes with its SAs alone: `reverse-route static` needs peers that are configured.");
  const peer = matcher.find("remote-peer", k);
  const distance = matcher.find("distance", k);
  const tag = matcher.find("tag", k);
  const hop: u32 = peer == NOWHERE ? 0 : matcher.address(peer + 1);
  if (peer != NOWHERE && !maps.isStation(hop)) {
    refuse("").ip(hop).put(" can't be a next hop: another station's address is wanted.");
    nl();
    return false;
  }
  maps.setReverse(entry, always ? Reverse.ALWAYS : Reverse.BY_SA, hop, distance == NOWHERE ? 0 : matcher.number(distance + 1), tag == NOWHERE ? 0 : matcher.number(tag + 1));
  return true;
}

function setMapProfile(no: bool): bool {
  const k = matcher.base + 2;
  const len: u32 = no ? 0 : words.wordLen(k + 2);
  if (words.wordLen(k) > NAME_MAX || len > NAME_MAX) return result(Refusal.NAME);
  if (maps.setMapProfile(words.word(k), words.wordLen(k), no ? 0 : words.word(k + 2), len)) return true;
  refuse("There are ").u32(MAP_PROFILES).put(" crypto maps with an isakmp profile already, which is the most.");
  nl();
  return false;
}

function describe(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.restLen(k);
  if (len > DESCRIPTION_MAX) return tooLong("description", DESCRIPTION_MAX);
  maps.setDescription(entry, no ? 0 : words.word(k), len);
  return true;
}

/** The map may be made later, and a loopback too. */
function setLocalAddress(no: bool): bool {
  const k = matcher.base + 2;
  let port: u32 = localAddress.NONE;
  if (!no) {
    port = portMade(k + 2);
    if (port == NO_INTERFACE) return false;
  }
  if (!localAddress.set(words.word(k), words.wordLen(k), port)) return refused("The name is too long, or too many maps have an address of their own.");
  interfaces.settle();
  return true;
}

function bind(no: bool): bool {
  const k = matcher.base + 2;
  if (no) {
    maps.unbind(session.subject);
    return true;
  }
  return maps.bind(session.subject, words.word(k), words.wordLen(k)) == Refusal.NONE ? true : noSuchMap(k);
}

/** An interface's line of the configuration. */
export function writeBinding(port: u32): void {
  if (!maps.boundLen(port)) return;
  out.put(" crypto map ").ascii(maps.boundName(port), maps.boundLen(port));
  nl();
}

/** The entry whose map no slot before it belongs to: each map is then written once. */
export function firstOfMap(i: u32, templates: bool): CryptoMapEntry | null {
  const entry = maps.at(i);
  const family: u32 = templates ? maps.TEMPLATES : 0;
  if (!entry || entry.family != family) return null;
  for (let k: u32 = 0; k < i; k++) {
    const other = maps.at(k);
    if (other && other.family == family && other.nameLen == entry.nameLen && memory.compare(other.name, entry.name, <usize>entry.nameLen) == 0) return null;
  }
  return maps.next(entry.name, <u32>entry.nameLen, family);
}

export function actionKeyword(action: u32): string {
  return action == Action.BYPASS ? "bypass" : action == Action.DISCARD ? "discard" : "ipsec-isakmp";
}

/** Behind the interfaces, whose names are given in the order in which they appear. */
export function writeLocalAddresses(): void {
  for (let i: u32 = 0; i < localAddress.count(); i++) {
    if (localAddress.portAt(i) == localAddress.NONE) continue;
    out.put("crypto map ").ascii(localAddress.nameAt(i), localAddress.nameLenAt(i)).put(" local-address ");
    interfaces.name(out, localAddress.portAt(i));
    nl();
  }
}

/** The lines of the configuration: dynamic maps before those that name them. */
export function write(): void {
  writeMaps(true);
  for (let i: u32 = 0; i < mapProfiles.slots(); i++) {
    const one = mapProfiles.at(i);
    if (!one) continue;
    out.put("crypto map ").ascii(one.name, one.nameLen).put(" isakmp-profile ").ascii(one.profile, one.profileLen);
    nl();
  }
  writeMaps(false);
}

function writeMaps(templates: bool): void {
  for (let i: u32 = 0; i < maps.slots(); i++) {
    let entry = firstOfMap(i, templates);
    while (entry) {
      writeEntry(entry);
      entry = maps.next(entry.name, <u32>entry.nameLen, entry.sequence);
    }
  }
}

/** An entry's lines, or a profile's. */
export function writeEntry(entry: CryptoMapEntry): void {
  if (entry.family == maps.PROFILES) out.put("crypto ipsec profile ").ascii(entry.name, entry.nameLen);
  else writeHead(entry);
  nl();
  writeTerms(entry);
}

function writeHead(entry: CryptoMapEntry): void {
  out.put(entry.template ? "crypto dynamic-map " : "crypto map ").ascii(entry.name, entry.nameLen).char(32).u32(entry.number);
  if (!entry.template) out.char(32).put(actionKeyword(entry.action));
  if (entry.dynamic) out.put(" dynamic ").ascii(entry.list, entry.listLen);
}

function writeTerms(entry: CryptoMapEntry): void {
  if (entry.descriptionLen) {
    out.put(" description ").ascii(entry.description, entry.descriptionLen);
    nl();
  }
  for (let k: u32 = 0; k < <u32>entry.peerCount; k++) {
    if (peerNames.holds(entry, entry.peer(k))) continue;
    out.put(" set peer ").ip(entry.peer(k));
    if (k == 0 && entry.defaultPeer) out.put(" default");
    nl();
  }
  writePeerNames(entry);
  if (entry.profileLen && !entry.dynamic) {
    out.put(" set isakmp-profile ").ascii(entry.profile, entry.profileLen);
    nl();
  }
  if (entry.lifetimeSeconds) {
    out.put(" set security-association lifetime seconds ").u32(entry.lifetimeSeconds);
    nl();
  }
  if (entry.noKilobytes) {
    out.put(" set security-association lifetime kilobytes disable");
    nl();
  } else if (entry.lifetimeKilobytes) {
    out.put(" set security-association lifetime kilobytes ").u32(entry.lifetimeKilobytes);
    nl();
  }
  if (entry.idleSeconds) {
    out.put(" set security-association idle-time ").u32(entry.idleSeconds).put(entry.idleDefault ? " default" : "");
    nl();
  }
  if (entry.reverse) {
    out.put(" reverse-route").put(entry.reverse == <u8>Reverse.ALWAYS ? " static" : "");
    if (entry.reversePeer) out.put(" remote-peer ").ip(entry.reversePeer);
    if (entry.reverseDistance) out.put(" distance ").u32(entry.reverseDistance);
    if (entry.reverseTag) out.put(" tag ").u32(entry.reverseTag);
    nl();
  }
  if (entry.transformSetCount) {
    out.put(" set transform-set");
    for (let k: u32 = 0; k < <u32>entry.transformSetCount; k++) {
      const set = entry.transformSet(k);
      out.char(32).ascii(set.name, set.nameLen);
    }
    nl();
  }
  if (entry.pfsGroup) {
    out.put(entry.pfsGroup >= PRIVATE_MIN ? " set pfs group " : " set pfs group").u32(entry.pfsGroup);
    if (entry.pfsIdentities) out.put(" identities");
    nl();
  }
  writeOfMap(entry);
  if (entry.listLen && !entry.dynamic) {
    out.put(" match address ").ascii(entry.list, entry.listLen);
    nl();
  }
  out.char(33);
  nl();
}
