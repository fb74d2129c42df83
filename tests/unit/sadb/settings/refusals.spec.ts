// What the settings refuse, each clause by itself: the last value that is taken, the first one that is not, and that a
// refused change leaves everything as it was.
import * as limits from "../../../../assembly/limits";
import { Refusal } from "../../../../assembly/lists/setting";
import * as setting from "../../../../assembly/lists/setting";
import { Action, CryptoMapEntry, TEMPLATES } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import * as lifetime from "../../../../assembly/sadb/settings/lifetime";
import { Mode, TransformSet } from "../../../../assembly/sadb/settings/transform_set";
import * as sets from "../../../../assembly/sadb/settings/transform_set";
import { ALPHA, BETA, bind, list, longName, nameAt, put, ref, rooms, set } from "../world";

beforeEach(rooms);

function protect(map: string, sequence: u32): CryptoMapEntry {
  return maps.add(nameAt(), put(map), sequence, Action.PROTECT) as CryptoMapEntry;
}

describe("crypto map entries", () => {
  test("a name has so many letters at most, and none is no name", () => {
    const made = maps.add(longName(), limits.NAME_MAX, 10, Action.PROTECT) as CryptoMapEntry;
    expect(made.nameLen).toBe(<u8>limits.NAME_MAX);
    expect(maps.refusal()).toBe(Refusal.NONE);
    expect(ref(maps.add(longName(), limits.NAME_MAX + 1, 10, Action.PROTECT))).toBe(0);
    expect(maps.refusal()).toBe(Refusal.NAME);
    expect(ref(maps.add(nameAt(), 0, 10, Action.PROTECT))).toBe(0);
    expect(maps.refusal()).toBe(Refusal.NAME);
    expect(ref(maps.add(nameAt(), put("CM"), 1, Action.PROTECT))).not.toBe(0);
    expect(maps.refusal()).toBe(Refusal.NONE, "of the last `add` only");
  });

  test("sequence 0 is no entry's, and takes no place", () => {
    expect(ref(maps.add(nameAt(), put("CM"), 0, Action.PROTECT))).toBe(0);
    expect(maps.refusal()).toBe(Refusal.FULL);
    expect(ref(maps.find(nameAt(), put("CM"), 0))).toBe(0);
    for (let i: u32 = 1; i <= limits.CRYPTO_MAP_ENTRIES; i++) expect(ref(protect("CM", i))).not.toBe(0);
  });

  test("the pool has an end, and says so", () => {
    for (let i: u32 = 1; i <= limits.CRYPTO_MAP_ENTRIES; i++) protect("CM", i);
    expect(ref(maps.add(nameAt(), put("CM"), limits.CRYPTO_MAP_ENTRIES + 1, Action.PROTECT))).toBe(0);
    expect(maps.refusal()).toBe(Refusal.FULL);
    expect(ref(maps.add(longName(), limits.NAME_MAX, 1, Action.PROTECT))).toBe(0);
    expect(maps.refusal()).toBe(Refusal.FULL, "the longest name is no fault");
    expect(ref(maps.add(nameAt(), put("CM"), 1, Action.PROTECT))).not.toBe(0, "one that is there is found");
    expect(maps.refusal()).toBe(Refusal.NONE);
  });

  test("a new entry is empty, has its name, and a serial number that no other had", () => {
    const first = maps.add(nameAt(), put("CM"), 10, Action.DISCARD) as CryptoMapEntry;
    expect(first.action).toBe(<u8>Action.DISCARD);
    expect(first.sequence).toBe(10);
    expect(load<u8>(first.name)).toBe(67);
    expect(first.serial).toBe(1);
    maps.remove(first);
    expect(protect("CM", 10).serial).toBe(2);
  });

  test("names are compared whole", () => {
    protect("CMX", 10);
    expect(ref(maps.find(nameAt(), 2, 10))).toBe(0, "shorter");
    expect(ref(maps.find(nameAt(), put("CMY"), 10))).toBe(0, "as long");
    expect(ref(maps.find(nameAt(), put("CMX"), 9))).toBe(0);
    expect(ref(maps.find(nameAt(), put("CMX"), 11))).toBe(0);
    expect(ref(maps.find(nameAt(), put("CMX"), 10))).not.toBe(0);
  });

  test("entry 65535 is a map's, entry 65537 a dynamic map's first", () => {
    const last = protect("CM", TEMPLATES - 1);
    expect(last.template).toBe(false);
    expect(last.number).toBe(0xffff);
    expect(protect("OTHER", TEMPLATES).template).toBe(true);
    const template = protect("CM", TEMPLATES + 1);
    expect(template.template).toBe(true);
    expect(template.number).toBe(1);
    expect(ref(maps.next(nameAt(), put("CM"), 0))).toBe(ref(last));
    expect(ref(maps.next(nameAt(), put("CM"), TEMPLATES - 1))).toBe(0);
    expect(ref(maps.next(nameAt(), put("CM"), TEMPLATES))).toBe(ref(template));
  });

  test("each change of a map is a new revision, and a refused one is none", () => {
    let before = setting.revision;
    const e = protect("CM", 10);
    expect(setting.revision).toBe(++before);
    protect("CM", 10);
    expect(setting.revision).toBe(before);
    const s = set("TS");
    maps.setList(e, nameAt(), put("VPN"));
    expect(setting.revision).toBe(++before);
    maps.addPeer(e, BETA);
    expect(setting.revision).toBe(++before);
    maps.addPeer(e, BETA);
    maps.removePeer(e, ALPHA);
    expect(setting.revision).toBe(before);
    maps.removePeer(e, BETA);
    expect(setting.revision).toBe(++before);
    maps.addTransformSet(e, s);
    expect(setting.revision).toBe(++before);
    maps.addTransformSet(e, s);
    expect(setting.revision).toBe(before);
    maps.clearTransformSets(e);
    expect(setting.revision).toBe(++before);
    maps.setProfile(e, nameAt(), put("P"));
    expect(setting.revision).toBe(++before);
    bind(1, "CM");
    expect(setting.revision).toBe(++before);
    maps.remove(e);
    expect(setting.revision).toBe(before, "in use");
    maps.unbind(1);
    expect(setting.revision).toBe(++before);
    maps.setDynamic(e, nameAt(), put("D"));
    expect(setting.revision).toBe(++before);
    maps.remove(e);
    expect(setting.revision).toBe(++before);
  });

  test("peers, sets and the profile change the entry's version, a list does not", () => {
    const e = protect("CM", 10);
    const s = set("TS");
    expect(e.version).toBe(0);
    maps.addPeer(e, BETA);
    expect(e.version).toBe(1);
    maps.removePeer(e, BETA);
    expect(e.version).toBe(2);
    maps.addTransformSet(e, s);
    expect(e.version).toBe(3);
    maps.clearTransformSets(e);
    expect(e.version).toBe(4);
    maps.setProfile(e, nameAt(), put("P"));
    expect(e.version).toBe(5);
    maps.setList(e, nameAt(), put("VPN"));
    expect(e.version).toBe(5);
  });

  test("names of lists, dynamic maps and profiles have so many letters at most", () => {
    const e = protect("CM", 10);
    expect(maps.setList(e, longName(), limits.NAME_MAX + 1)).toBe(Refusal.NAME);
    expect(maps.setDynamic(e, longName(), limits.NAME_MAX + 1)).toBe(Refusal.NAME);
    expect(maps.setProfile(e, longName(), limits.NAME_MAX + 1)).toBe(Refusal.NAME);
    expect(e.listLen).toBe(0);
    expect(e.profileLen).toBe(0);
    expect(e.dynamic).toBe(false);
    expect(maps.setList(e, longName(), limits.NAME_MAX)).toBe(Refusal.NONE);
    expect(maps.setProfile(e, longName(), limits.NAME_MAX)).toBe(Refusal.NONE);
    expect(e.isOfProfile(longName(), limits.NAME_MAX)).toBe(true);
    expect(e.isOfProfile(longName(), 31)).toBe(false);
    expect(e.isOfProfile(nameAt(), 0)).toBe(false);
    expect(load<u8>(e.list + 31)).toBe(65);
    put("B");
    expect(e.isOfProfile(nameAt(), limits.NAME_MAX)).toBe(false);
    expect(maps.setDynamic(e, longName(), limits.NAME_MAX)).toBe(Refusal.NONE);
    expect(e.dynamic).toBe(true);
    expect(maps.setProfile(e, nameAt(), 0)).toBe(Refusal.NONE);
    expect(e.isOfProfile(nameAt(), 0)).toBe(true);
  });

  test("a list's name is matched whole, and a dynamic map's is no list's", () => {
    const e = protect("CM", 10);
    maps.setList(e, nameAt(), put("VPN"));
    expect(maps.matchesList(nameAt(), put("VPN"))).toBe(true);
    expect(maps.matchesList(nameAt(), put("VPX"))).toBe(false);
    expect(maps.matchesList(nameAt(), put("VP"))).toBe(false);
    maps.setDynamic(e, nameAt(), put("VPN"));
    expect(maps.matchesList(nameAt(), put("VPN"))).toBe(false);
  });

  test("peers are stations: neither 0/8 nor 127/8 nor 224/3", () => {
    const e = protect("CM", 10);
    expect(maps.addPeer(e, 0x00ffffff)).toBe(Refusal.ADDRESS);
    expect(maps.addPeer(e, 0x7f000001)).toBe(Refusal.ADDRESS);
    expect(maps.addPeer(e, 0xe0000000)).toBe(Refusal.ADDRESS);
    expect(e.peerCount).toBe(0);
    expect(maps.addPeer(e, 0x01000000)).toBe(Refusal.NONE);
    expect(maps.addPeer(e, 0x80000000)).toBe(Refusal.NONE);
    expect(maps.addPeer(e, 0xdfffffff)).toBe(Refusal.NONE);
    expect(e.peerCount).toBe(3);
    expect(e.hasPeer(0xdfffffff)).toBe(true);
    maps.removePeer(e, 0xdfffffff);
    expect(e.hasPeer(0xdfffffff)).toBe(false, "what stands behind the last peer is none");
    expect(e.peer(1)).toBe(0x80000000);
  });

  test("no more transform sets than there is room for", () => {
    const e = protect("CM", 10);
    for (let i: u32 = 0; i < limits.CRYPTO_MAP_TRANSFORM_SETS; i++) {
      store<u8>(nameAt(), <u8>(65 + i));
      expect(maps.addTransformSet(e, sets.add(nameAt(), 1) as TransformSet)).toBe(Refusal.NONE);
    }
    const more = set("MORE");
    expect(maps.addTransformSet(e, more)).toBe(Refusal.TOO_MANY);
    expect(<u32>e.transformSetCount).toBe(limits.CRYPTO_MAP_TRANSFORM_SETS);
    expect(maps.usesTransformSet(more)).toBe(false);
    const used = e.transformSet(limits.CRYPTO_MAP_TRANSFORM_SETS - 1);
    expect(maps.addTransformSet(e, used)).toBe(Refusal.NONE);
    expect(maps.usesTransformSet(used)).toBe(true);
  });

  test("lifetimes to the bound; 0 is the global one; a refused one changes nothing", () => {
    const e = protect("CM", 10);
    expect(maps.setLifetimeSeconds(e, 2592000)).toBe(Refusal.NONE);
    expect(maps.setLifetimeSeconds(e, 2592001)).toBe(Refusal.LIFETIME);
    expect(maps.setLifetimeSeconds(e, 29)).toBe(Refusal.LIFETIME);
    expect(e.lifetimeSeconds).toBe(2592000);
    expect(maps.setLifetimeSeconds(e, 0)).toBe(Refusal.NONE);
    expect(e.lifetimeSeconds).toBe(0);
    expect(maps.setLifetimeKilobytes(e, 2560)).toBe(Refusal.NONE);
    expect(maps.setLifetimeKilobytes(e, 2559)).toBe(Refusal.LIFETIME);
    expect(e.lifetimeKilobytes).toBe(2560);
    expect(maps.setLifetimeKilobytes(e, 0)).toBe(Refusal.NONE);
    expect(e.lifetimeKilobytes).toBe(0);
  });

  test("pfs and descriptions: what is set is there, a long text is cut", () => {
    const e = protect("CM", 10);
    maps.setPfs(e, 14, true);
    expect(e.pfsGroup).toBe(14);
    expect(e.pfsIdentities).toBe(true);
    maps.setPfs(e, 0, false);
    expect(e.pfsGroup).toBe(0);
    expect(e.pfsIdentities).toBe(false);
    maps.setDescription(e, nameAt(), put("to the branch"));
    expect(e.descriptionLen).toBe(13);
    expect(load<u8>(e.description + 12)).toBe(104);
    maps.setDescription(e, nameAt(), limits.DESCRIPTION_MAX + 1);
    expect(<u32>e.descriptionLen).toBe(limits.DESCRIPTION_MAX);
  });

  test("only a map that exists is carried, by a port that exists, and until it is taken off", () => {
    protect("CM", 10);
    protect("D", TEMPLATES + 10);
    expect(maps.bind(limits.INTERFACES, nameAt(), put("CM"))).toBe(Refusal.NOT_FOUND);
    expect(maps.bind(limits.INTERFACES - 1, nameAt(), put("D"))).toBe(Refusal.NOT_FOUND, "a dynamic map is carried by no port");
    expect(maps.boundLen(limits.INTERFACES - 1)).toBe(0);
    expect(maps.bind(limits.INTERFACES - 1, nameAt(), put("CM"))).toBe(Refusal.NONE);
    expect(maps.boundLen(limits.INTERFACES - 1)).toBe(2);
    expect(load<u8>(maps.boundName(limits.INTERFACES - 1) + 1)).toBe(77);
    maps.unbind(limits.INTERFACES - 1);
    expect(maps.boundLen(limits.INTERFACES - 1)).toBe(0);
  });

  test("the last entry stays as long as the last port carries it; dynamic entries and other maps go", () => {
    const e = protect("CM", 10);
    const longer = protect("CMX", 10);
    const other = protect("XM", 10);
    const template = protect("CM", TEMPLATES + 10);
    bind(limits.INTERFACES - 1, "CM");
    expect(maps.remove(template)).toBe(Refusal.NONE);
    expect(maps.remove(longer)).toBe(Refusal.NONE);
    expect(maps.remove(other)).toBe(Refusal.NONE);
    expect(maps.remove(e)).toBe(Refusal.IN_USE);
    const before = protect("CM", 5);
    expect(maps.remove(e)).toBe(Refusal.NONE, "one before it is left");
    expect(maps.remove(before)).toBe(Refusal.IN_USE);
  });
});

describe("complete entries", () => {
  test("bypass wants a list that exists, and no more", () => {
    const e = maps.add(nameAt(), put("CM"), 10, Action.BYPASS) as CryptoMapEntry;
    expect(e.complete).toBe(false);
    maps.setList(e, nameAt(), put("VPN"));
    expect(e.complete).toBe(false);
    list("VPN");
    expect(e.complete).toBe(true);
  });

  test("protect wants a peer and a transform set, a dynamic map's entry the set alone", () => {
    list("VPN");
    const e = protect("CM", 10);
    maps.addTransformSet(e, set("TS"));
    expect(e.complete).toBe(false);
    maps.setList(e, nameAt(), put("VPN"));
    expect(e.complete).toBe(false);
    maps.addPeer(e, BETA);
    expect(e.complete).toBe(true);
    maps.clearTransformSets(e);
    expect(e.complete).toBe(false);
    const template = protect("D", TEMPLATES + 10);
    expect(template.complete).toBe(false);
    maps.addTransformSet(template, set("TS"));
    expect(template.complete).toBe(true, "without a list");
    maps.setList(template, nameAt(), put("NONE"));
    expect(template.complete).toBe(false, "with one that is missing");
    maps.setList(template, nameAt(), put("VPN"));
    expect(template.complete).toBe(true);
  });

  test("the place of a dynamic map wants that map", () => {
    const place = protect("CM", 10);
    maps.setDynamic(place, nameAt(), put("D"));
    expect(place.complete).toBe(false);
    protect("D", 10);
    expect(place.complete).toBe(false, "a static map of that name is another");
    protect("D", TEMPLATES + 10);
    expect(place.complete).toBe(true);
  });
});

describe("settings of every SA", () => {
  test("lifetimes and windows: the bounds are in, what lies beside them is not, and changes nothing", () => {
    expect(lifetime.seconds).toBe(3600);
    expect(lifetime.kilobytes).toBe(4608000);
    expect(lifetime.setSeconds(29)).toBe(Refusal.LIFETIME);
    expect(lifetime.setSeconds(2592001)).toBe(Refusal.LIFETIME);
    expect(lifetime.seconds).toBe(3600);
    expect(lifetime.setSeconds(30)).toBe(Refusal.NONE);
    expect(lifetime.seconds).toBe(30);
    expect(lifetime.setSeconds(2592000)).toBe(Refusal.NONE);
    expect(lifetime.seconds).toBe(2592000);
    expect(lifetime.setKilobytes(2559)).toBe(Refusal.LIFETIME);
    expect(lifetime.kilobytes).toBe(4608000);
    expect(lifetime.setKilobytes(2560)).toBe(Refusal.NONE);
    expect(lifetime.kilobytes).toBe(2560);
    expect(lifetime.setKilobytes(0)).toBe(Refusal.NONE);
    expect(lifetime.kilobytes).toBe(0);
    expect(lifetime.setWindow(32)).toBe(Refusal.NONE);
    expect(lifetime.window).toBe(32);
    expect(lifetime.setWindow(31)).toBe(Refusal.WINDOW);
    expect(lifetime.setWindow(96)).toBe(Refusal.WINDOW);
    expect(lifetime.window).toBe(32);
    expect(lifetime.setWindow(0)).toBe(Refusal.NONE);
    expect(lifetime.window).toBe(0);
  });

  test("octets of a key: a 64-bit block's, a 128-bit block's, what was agreed, and a part of it", () => {
    expect(lifetime.hardBytes(3, 0)).toBe(2 << 30);
    expect(lifetime.softBytes(3, 0, 0)).toBe(1 << 30);
    expect(lifetime.hardBytes(12, 0)).toBe(1 << 53);
    expect(lifetime.softBytes(12, 0, 0)).toBe(1 << 52);
    expect(lifetime.hardBytes(12, 4)).toBe(4096);
    expect(lifetime.softBytes(12, 4, 0)).toBe(3686);
    expect(lifetime.softBytes(12, 4, 2048)).toBe(2048);
  });
});

describe("transform sets", () => {
  test("a new one is for tunnels; names are compared whole; so many and no more", () => {
    const first = sets.add(longName(), limits.NAME_MAX) as TransformSet;
    expect(first.mode).toBe(<u8>Mode.TUNNEL);
    expect(ref(sets.add(longName(), limits.NAME_MAX))).toBe(ref(first));
    expect(ref(sets.add(longName(), limits.NAME_MAX + 1))).toBe(0);
    expect(ref(sets.find(longName(), 31))).toBe(0);
    store<u8>(nameAt(), 66);
    expect(ref(sets.find(nameAt(), limits.NAME_MAX))).toBe(0);
    for (let i: u32 = 1; i < limits.TRANSFORM_SETS; i++) {
      store<u16>(nameAt(), <u16>(0x4141 + i));
      expect(ref(sets.add(nameAt(), 2))).not.toBe(0);
    }
    expect(ref(sets.add(nameAt(), put("MORE")))).toBe(0);
    sets.remove(first);
    expect(ref(sets.find(longName(), limits.NAME_MAX))).toBe(0);
    expect(ref(sets.add(nameAt(), put("MORE")))).not.toBe(0);
  });

  test("extended sequence numbers are wanted with a window and an ICV", () => {
    const s = set("TS");
    expect(s.wantsEsn).toBe(false);
    s.esn = true;
    expect(s.wantsEsn).toBe(true);
    lifetime.setWindow(0);
    expect(s.wantsEsn).toBe(false);
    lifetime.setWindow(64);
    s.espAuth = 0;
    expect(s.bare).toBe(true);
    expect(s.wantsEsn).toBe(false);
    s.espCipher = 0;
    expect(s.bare).toBe(true);
    s.ahAuth = 2;
    expect(s.bare).toBe(false, "AH alone has one");
    s.espCipher = 12;
    expect(s.bare).toBe(true, "the ESP inside of AH has none");
  });
});
