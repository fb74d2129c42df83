// `crypto isakmp profile`: whom a profile is for, whose key counts, and what may be configured.
import * as drbg from "../../../../assembly/crypto/drbg";
import * as identity from "../../../../assembly/ike/proof/identity";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Identity } from "../../../../assembly/ike/settings/own_identity";
import * as ownIdentity from "../../../../assembly/ike/settings/own_identity";
import { Profile } from "../../../../assembly/ike/settings/profile";
import * as profiles from "../../../../assembly/ike/settings/profile";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { ISAKMP_PROFILES, ISAKMP_PROFILE_MATCHES, NAME_MAX } from "../../../../assembly/limits";
import { get32, put32, putString } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { IdType } from "../../../../assembly/wire/ipsec_doi";
import { MessageWriter } from "../../../../assembly/wire/message_writer";

const text: usize = memory.data(256);
const body: usize = memory.data(256);
const out: usize = memory.data(512, 8);
const shown = changetype<keys.PreSharedKey>(memory.data(256, 8));
const w = new MessageWriter();
const HOST: u32 = 0xffffffff;

let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeAll(() => {
  clock.init(0, 0);
  drbg.seed();
  isakmpSa.init();
  sa = isakmpSa.take(false)!;
});

beforeEach(() => {
  keys.init();
  ownIdentity.init();
  profiles.init();
  sa.configured = sa.peerAddress = 0xc0000202;
  sa.localAddress = 0xc0000201;
  sa.profile = 0;
  sa.initiator = sa.aggressive = sa.peerNat = false;
});

function add(name: string, secret: string = ""): Profile {
  const profile = profiles.add(text, putString(text, name))!;
  if (secret.length) profiles.setSecret(profile, text, putString(text, secret));
  return profile;
}

function matchName(profile: Profile, name: string, type: u32 = IdType.FQDN): bool {
  return profiles.addMatch(profile, type, 0, 0, text, putString(text, name));
}

function matchNet(profile: Profile, address: u32, mask: u32): bool {
  return profiles.addMatch(profile, IdType.IPV4_ADDR, address, mask, 0, 0);
}

function idName(name: string, type: u32 = IdType.FQDN): u32 {
  put32(body, type << 24);
  return 4 + putString(body + 4, name);
}

function idAddress(address: u32): u32 {
  put32(body, (<u32>IdType.IPV4_ADDR << 24) | 0x001101f4);
  put32(body + 4, address);
  return 8;
}

function idTwo(type: u32, first: u32, second: u32): u32 {
  put32(body, type << 24);
  put32(body + 4, first);
  put32(body + 8, second);
  return 12;
}

/** Whether the profile that fits an identity best is this one. */
function best(len: u32, aggressive: bool, profile: Profile | null): bool {
  return profiles.byIdentity(body, len, aggressive) === profile;
}

function suits(len: u32, secret: string): bool {
  shown.secretLen = putString(shown.secret, secret);
  return identity.suits(sa, body, len, shown);
}

describe("profiles", () => {
  test("are made once a name, found by it whole, and numbered anew for ever", () => {
    const a = add("P");
    expect(a.id).toBe(1);
    expect(add("P") === a).toBe(true);
    expect(profiles.find(text, putString(text, "PP")) == null).toBe(true);
    expect(profiles.find(text, putString(text, "Q")) == null).toBe(true);
    expect(profiles.byId(1) === a && profiles.byId(2) == null).toBe(true);
    profiles.remove(a);
    expect(profiles.byId(1) == null).toBe(true);
    expect(add("P").id).toBe(2);
  });

  test("have names of 1 octet to the longest", () => {
    expect(profiles.add(text, 0) == null).toBe(true);
    expect(profiles.add(text, NAME_MAX + 1) == null).toBe(true);
    expect(profiles.add(text, NAME_MAX) != null).toBe(true);
    expect(profiles.nameFits(0) || profiles.nameFits(NAME_MAX + 1)).toBe(false);
    expect(profiles.nameFits(1) && profiles.nameFits(NAME_MAX)).toBe(true);
  });

  test("end, and so do their lines", () => {
    for (let i: u32 = 0; i < ISAKMP_PROFILES; i++) expect(profiles.add(text, i + 1) != null).toBe(true);
    expect(profiles.add(text, ISAKMP_PROFILES + 1) == null).toBe(true);
    const p = profiles.add(text, 1)!;
    for (let i: u32 = 0; i < ISAKMP_PROFILE_MATCHES; i++) expect(matchNet(p, i, HOST)).toBe(true);
    expect(matchNet(p, 99, HOST)).toBe(false);
    expect(matchNet(p, 0, HOST)).toBe(true, "the same line once more takes no room");
  });

  test("take texts as long as they may be and not one octet more; a shorter secret leaves nothing of the longer one", () => {
    const p = add("P");
    memory.fill(text, 0x61, 200);
    expect(profiles.setSecret(p, text, 128) && profiles.setSelf(p, Identity.HOSTNAME, text, 128)).toBe(true);
    expect(profiles.setSecret(p, text, 129) || profiles.setSelf(p, Identity.HOSTNAME, text, 129)).toBe(false);
    expect(profiles.addMatch(p, IdType.FQDN, 0, 0, text, 128)).toBe(true);
    expect(profiles.addMatch(p, IdType.FQDN, 0, 0, text, 129)).toBe(false);
    expect(p.secretLen).toBe(128);
    expect(profiles.setSecret(p, text, 1)).toBe(true);
    expect(p.secretLen).toBe(1);
    expect(load<u8>(p.secret, 1) | load<u8>(p.secret, 127)).toBe(0);
  });

  test("lose the line that reads exactly so, and all of theirs with themselves", () => {
    const p = add("P");
    const q = add("Q");
    matchNet(p, 0x0a010203, 0xffff0000);
    matchName(p, "a.example");
    matchName(q, "a.example");
    expect(profiles.removeMatch(p, IdType.IPV4_ADDR, 0x0a020000, 0xffff0000, 0, 0)).toBe(false);
    expect(profiles.removeMatch(p, IdType.IPV4_ADDR, 0x0a010000, 0xffffff00, 0, 0)).toBe(false);
    expect(profiles.removeMatch(p, IdType.USER_FQDN, 0, 0, text, putString(text, "a.example"))).toBe(false);
    expect(profiles.removeMatch(p, IdType.FQDN, 0, 0, text, putString(text, "b.example"))).toBe(false);
    expect(profiles.removeMatch(p, IdType.FQDN, 0, 0, text, putString(text, "a.exampl"))).toBe(false);
    expect(profiles.removeMatch(p, IdType.IPV4_ADDR, 0x0a01ffff, 0xffff0000, 0, 0)).toBe(true, "host bits do not count");
    expect(profiles.matchesAny(p) && profiles.matchesAny(q)).toBe(true);
    profiles.remove(p);
    expect(profiles.matchesAny(q)).toBe(true);
    expect(profiles.matchesAny(add("R"))).toBe(false);
  });

  test("names are told by type and octets, addresses by the longest mask", () => {
    const wide = add("WIDE");
    const narrow = add("NARROW");
    matchNet(wide, 0, 0);
    matchNet(narrow, 0x0a010000, 0xffff0000);
    matchName(narrow, "a.example");
    expect(best(idAddress(0x0a010001), false, narrow)).toBe(true);
    expect(best(idAddress(0x0a020001), false, wide)).toBe(true);
    expect(best(idName("a.example"), false, narrow)).toBe(true);
    expect(best(idName("a.example", IdType.KEY_ID), false, null)).toBe(true);
    expect(best(idName("b.example"), false, null)).toBe(true);
    expect(best(idName("a.example.org"), false, null)).toBe(true);
    expect(profiles.accepts(wide, body, idName("a.example"))).toBe(false);
    expect(profiles.accepts(narrow, body, idName("a.example"))).toBe(true);
  });

  test("a subnet or a range must lie in the line's network whole", () => {
    const p = add("P");
    matchNet(p, 0x0a010000, 0xffff0000);
    expect(profiles.accepts(p, body, idTwo(IdType.IPV4_ADDR_SUBNET, 0x0a010000, 0xffff0000))).toBe(true);
    expect(profiles.accepts(p, body, idTwo(IdType.IPV4_ADDR_SUBNET, 0x0a010000, 0xfffe0000))).toBe(false);
    expect(profiles.accepts(p, body, idTwo(IdType.IPV4_ADDR_RANGE, 0x0a010000, 0x0a01ffff))).toBe(true);
    expect(profiles.accepts(p, body, idTwo(IdType.IPV4_ADDR_RANGE, 0x0a010000, 0x0a020000))).toBe(false);
    expect(profiles.accepts(p, body, idTwo(IdType.IPV4_ADDR_RANGE, 0x0a00ffff, 0x0a01ffff))).toBe(false);
  });

  test("Aggressive Mode is answered by those alone that say so and have a line", () => {
    const p = add("P");
    const q = add("Q");
    matchNet(p, 0x0a010000, 0xffff0000);
    q.aggressive = true;
    expect(profiles.aggressiveAllowed()).toBe(false);
    expect(best(idAddress(0x0a010001), true, null)).toBe(true);
    matchNet(q, 0, 0);
    expect(profiles.aggressiveAllowed()).toBe(true);
    expect(best(idAddress(0x0a010001), true, q)).toBe(true);
    expect(best(idAddress(0x0a010001), false, p)).toBe(true);
  });

  test("by an address alone: the longest mask of those that have a key", () => {
    const p = add("P", "secret");
    const q = add("Q", "other");
    const keyless = add("R");
    matchNet(p, 0x0a010000, 0xffff0000);
    matchNet(q, 0x0a000000, 0xff000000);
    matchNet(keyless, 0x0a010001, HOST);
    matchName(keyless, "a.example");
    expect(profiles.byAddress(0x0a010001) === p).toBe(true);
    expect(profiles.byAddress(0x0a020001) === q).toBe(true);
    expect(profiles.byAddress(0x0b000001) == null).toBe(true);
  });
});

describe("who has shown a key", () => {
  test("is the SA's profile's, and at the address that it names", () => {
    const p = add("P", "secret");
    matchNet(p, 0xc0000200, 0xffffff00);
    sa.profile = p.id;
    expect(suits(idAddress(0xc0000202), "secret")).toBe(true);
    expect(suits(idAddress(0xc0000203), "secret")).toBe(false);
    sa.peerNat = true;
    expect(suits(idAddress(0xc0000203), "secret")).toBe(true, "behind a NAT it names its inner address");
    sa.peerNat = false;
    // In Aggressive Mode too an address is its own.
    sa.aggressive = true;
    expect(suits(idAddress(0xc0000202), "secret")).toBe(true);
    expect(suits(idAddress(0xc0000203), "secret")).toBe(false);
    expect(suits(idAddress(0xc0000303), "secret")).toBe(false);
  });

  test("must be of the profile that we have begun with, if that names anybody", () => {
    const p = add("P", "secret");
    sa.profile = p.id;
    sa.initiator = true;
    expect(suits(idAddress(0xc0000202), "secret")).toBe(true);
    expect(suits(idAddress(0xc0000203), "secret")).toBe(false);
    matchName(p, "a.example");
    expect(suits(idAddress(0xc0000202), "secret")).toBe(false);
    expect(suits(idName("a.example"), "secret")).toBe(true);
  });

  test("is another profile's by its name, if the key is that one's too", () => {
    const p = add("P", "secret");
    matchName(p, "a.example");
    expect(suits(idName("a.example"), "secre")).toBe(true, "known by a key alone, under no profile");
    expect(sa.profile).toBe(0);
    expect(suits(idName("a.example"), "secret")).toBe(true);
    expect(sa.profile).toBe(p.id);
    // From one profile to the other, as responder of Main Mode.
    const q = add("Q", "other");
    matchName(q, "b.example");
    expect(suits(idName("b.example"), "secret")).toBe(false);
    expect(sa.profile).toBe(p.id);
    expect(suits(idName("b.example"), "other")).toBe(true);
    expect(sa.profile).toBe(q.id);
    expect(suits(idName("c.example"), "other")).toBe(false, "nobody's name under a profile");
  });

  test("of a profile without one is the name's own, or that of the one address; none that many share", () => {
    const p = add("P");
    matchName(p, "a.example");
    shown.address = sa.configured;
    shown.mask = HOST;
    expect(suits(idName("a.example"), "whatever")).toBe(true);
    expect(sa.profile).toBe(p.id);
    sa.profile = 0;
    shown.mask = 0xffffff00;
    suits(idName("a.example"), "whatever");
    expect(sa.profile).toBe(0);
    shown.mask = HOST;
    keys.addHostname(text, putString(text, "a.example"), text + 32, putString(text + 32, "its own"));
    expect(suits(idName("a.example"), "whatever")).toBe(false);
    expect(sa.profile).toBe(0);
    expect(suits(idName("a.example"), "its own")).toBe(true);
    expect(sa.profile).toBe(p.id);
    keys.removeHostname(text, putString(text, "a.example"));
  });

  test("malformed identities and other ports are nobody's", () => {
    matchNet(add("P"), 0, 0);
    expect(suits(idAddress(0xc0000202) - 1, "x")).toBe(false);
    const len = idAddress(0xc0000202);
    store<u8>(body + 3, 0xf5);
    expect(suits(len, "x")).toBe(false);
  });
});

/** Type and data of the ID payload that we send. */
function sent(): string {
  w.begin(out, 512);
  identity.emit(w, sa);
  w.close();
  const len = <u32>(w.here - out) - 8;
  const type = load<u8>(out, 4);
  return type.toString() + ":" + (type == <u8>IdType.IPV4_ADDR ? get32(out + 8).toString(16) : String.UTF8.decodeUnsafe(out + 8, len));
}

describe("what we call ourselves", () => {
  test("as the router is told", () => {
    expect(sent()).toBe("1:c0000201");
    ownIdentity.set(Identity.HOSTNAME, 0, 0);
    expect(sent()).toBe("1:c0000201", "a router without a name");
    ownIdentity.setHostname(text, putString(text, "gate.example"));
    expect(sent()).toBe("2:gate.example");
    ownIdentity.set(Identity.KEY_ID, text, putString(text, "key"));
    expect(sent()).toBe("11:key");
    ownIdentity.set(Identity.USER_FQDN, text, putString(text, "me@example"));
    expect(sent()).toBe("3:me@example");
    ownIdentity.set(Identity.ADDRESS, 0, 0);
    expect(sent()).toBe("1:c0000201");
  });

  test("as the profile says, before that", () => {
    ownIdentity.setHostname(text, putString(text, "gate.example"));
    ownIdentity.set(Identity.KEY_ID, text, putString(text, "key"));
    const p = add("P");
    sa.profile = p.id;
    expect(sent()).toBe("11:key");
    profiles.setSelf(p, Identity.ADDRESS, 0, 0);
    expect(sent()).toBe("1:c0000201");
    profiles.setSelf(p, Identity.KEY_ID, text, putString(text, "own"));
    expect(sent()).toBe("11:own");
    profiles.setSelf(p, Identity.USER_FQDN, text, putString(text, "own@example"));
    expect(sent()).toBe("3:own@example");
    profiles.setSelf(p, Identity.HOSTNAME, text, putString(text, "own.example"));
    expect(sent()).toBe("2:own.example");
    profiles.setSelf(p, Identity.HOSTNAME, 0, 0);
    expect(sent()).toBe("2:gate.example", "without a text the router's name");
  });

  test("texts of 1 to 128 octets", () => {
    memory.fill(text, 0x61, 200);
    expect(ownIdentity.set(Identity.KEY_ID, text, 128) && ownIdentity.set(Identity.USER_FQDN, text, 1)).toBe(true);
    expect(ownIdentity.set(Identity.KEY_ID, text, 129) || ownIdentity.set(Identity.USER_FQDN, text, 0)).toBe(false);
    ownIdentity.setHostname(text, 129);
    ownIdentity.set(Identity.HOSTNAME, 0, 0);
    expect(sent().length).toBe(2 + 128);
  });

  test("a peer's name is kept up to 128 octets", () => {
    memory.fill(body, 0x61, 256);
    isakmpSa.keep(sa, body, 4 + 129);
    expect(sa.peerIdLen).toBe(128);
    expect(sa.peerIdType).toBe(0x61);
    isakmpSa.keep(sa, body, idName("a"));
    expect(sa.peerIdLen).toBe(1);
    expect(load<u8>(sa.peerId)).toBe(0x61);
  });
});
