// Whose key, whose profile, which vendor, which row of the table: at the bounds of each question.
import * as row from "../../../../assembly/ike/modes/row";
import * as table from "../../../../assembly/ike/modes/table";
import * as identity from "../../../../assembly/ike/proof/identity";
import { PreSharedKey } from "../../../../assembly/ike/settings/keys";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Identity } from "../../../../assembly/ike/settings/own_identity";
import * as ownIdentity from "../../../../assembly/ike/settings/own_identity";
import { Profile } from "../../../../assembly/ike/settings/profile";
import * as profiles from "../../../../assembly/ike/settings/profile";
import { State } from "../../../../assembly/ike/state/exchange";
import { ISAKMP_PROFILE_MATCHES, PSK_MAX } from "../../../../assembly/limits";
import { put32, putString } from "../../../../assembly/util/bytes";
import { ExchangeType, Payload } from "../../../../assembly/wire/ike_numbers";
import { IdType } from "../../../../assembly/wire/ipsec_doi";
import { MessageWriter } from "../../../../assembly/wire/message_writer";
import { Vendor, emit, recognise } from "../../../../assembly/wire/vendor";
import { ref } from "../../sadb/world";
import { begin, established } from "../by_hand/world";

const text: usize = memory.data(256);
const name: usize = memory.data(256);
const body: usize = memory.data(256);
const out: usize = memory.data(512, 8);
const w = new MessageWriter();
const HOST: u32 = 0xffffffff;
const PEER: u32 = 0x0a010203;
const proven = changetype<PreSharedKey>(memory.data(256, 8));

beforeEach(() => {
  begin();
});

function address(its: u32, mask: u32, secret: string): bool {
  return keys.addAddress(its, mask, text, putString(text, secret));
}

function hostname(its: string, secret: string): bool {
  const n = putString(name, its);
  return keys.addHostname(name, n, text, putString(text, secret));
}

function named(its: string): PreSharedKey | null {
  return keys.byHostname(name, putString(name, its));
}

/** A key whose secret are the first octets of `text`. */
function shown(len: u32): PreSharedKey {
  keys.setSecret(proven, text, len);
  return proven;
}

/** Whether a key has this secret, and nothing of another behind it. */
function has(key: PreSharedKey | null, secret: string): bool {
  const n = putString(text, secret);
  if (!key || key.secretLen != n || memory.compare(key.secret, text, n) != 0) return false;
  for (let i = n; i < PSK_MAX; i++) if (load<u8>(key.secret + i)) return false;
  return true;
}

describe("a key", () => {
  test("of the same network and another mask is another one", () => {
    address(0x0a000000, 0xff000000, "eight");
    address(0x0a000000, 0xffff0000, "sixteen");
    address(0x0a000000, 0xffffff00, "twenty-four");
    expect<bool>(has(keys.byAddress(0x0a000001), "twenty-four")).toBe(true);
    expect<bool>(has(keys.byAddress(0x0a000101), "sixteen")).toBe(true);
    expect<bool>(has(keys.byAddress(0x0a010101), "eight")).toBe(true);
    expect<bool>(keys.removeAddress(0x0a000000, 0xffff0000)).toBe(true);
    expect<bool>(has(keys.byAddress(0x0a000101), "eight")).toBe(true);
  });

  test("of everybody is not that of a name, and no name is empty", () => {
    hostname("one.example", "of-one");
    address(0, 0, "of-all");
    expect<bool>(has(named("one.example"), "of-one")).toBe(true);
    expect<bool>(has(keys.byAddress(PEER), "of-all")).toBe(true);
    expect<usize>(ref(named(""))).toBe(0);
    expect<bool>(keys.removeHostname(name, 0)).toBe(false);
    expect<bool>(keys.removeAddress(0, 0)).toBe(true);
    expect<usize>(ref(keys.byAddress(PEER))).toBe(0, "a name's key is no address's");
  });

  test("of a name is that name's alone, of as many octets", () => {
    hostname("one.example", "of-one");
    hostname("two.example", "of-two");
    expect<bool>(has(named("one.example"), "of-one") && has(named("two.example"), "of-two")).toBe(true);
    expect<usize>(ref(named("six.example"))).toBe(0);
    expect<usize>(ref(named("one.exampl"))).toBe(0);
  });

  test("has as many octets as there may be, and nothing of the one before", () => {
    for (let i: u32 = 0; i <= PSK_MAX; i++) store<u8>(text + i, 65);
    expect<bool>(keys.addHostname(name, putString(name, "n"), text, PSK_MAX)).toBe(true);
    expect<bool>(keys.addHostname(name, 1, text, PSK_MAX + 1)).toBe(false);
    hostname("n", "short");
    expect<bool>(has(named("n"), "short")).toBe(true);
  });

  test("is the same as another if both have the same octets, all of them", () => {
    address(1, HOST, "secret");
    address(2, HOST, "secret");
    address(3, HOST, "secreT");
    address(4, HOST, "secret1");
    const one = keys.byAddress(1) as PreSharedKey;
    expect<bool>(keys.sameSecret(one, keys.byAddress(2) as PreSharedKey)).toBe(true);
    expect<bool>(keys.sameSecret(one, keys.byAddress(3) as PreSharedKey)).toBe(false);
    expect<bool>(keys.sameSecret(one, keys.byAddress(4) as PreSharedKey)).toBe(false);
    expect<bool>(keys.sameSecret(keys.byAddress(4) as PreSharedKey, one)).toBe(false);
  });
});

function add(its: string, secret: string = ""): Profile {
  const profile = profiles.add(text, putString(text, its))!;
  if (secret.length) profiles.setSecret(profile, text, putString(text, secret));
  return profile;
}

function net(profile: Profile, its: u32, mask: u32): bool {
  return profiles.addMatch(profile, IdType.IPV4_ADDR, its, mask, 0, 0);
}

function fqdn(profile: Profile, its: string): bool {
  return profiles.addMatch(profile, IdType.FQDN, 0, 0, text, putString(text, its));
}

function idAddress(its: u32): u32 {
  put32(body, (<u32>IdType.IPV4_ADDR << 24) | 0x001101f4);
  put32(body + 4, its);
  return 8;
}

function idName(its: string): u32 {
  put32(body, <u32>IdType.FQDN << 24);
  return 4 + putString(body + 4, its);
}

describe("a profile", () => {
  test("is found by the longest of its networks' masks, in whichever order they were said", () => {
    const masks: StaticArray<u32> = [0xff000000, 0xffffff00, 0, 0xffff0000, HOST];
    for (let turn = 0; turn < 2; turn++) {
      begin();
      for (let i = 0; i < 5; i++) net(add(i.toString(), "key"), PEER, masks[turn ? 4 - i : i]);
      const peers: StaticArray<u32> = [PEER, PEER ^ 1, PEER ^ 0x100, PEER ^ 0x10000, PEER ^ 0x1000000];
      const found: StaticArray<u32> = [HOST, 0xffffff00, 0xffff0000, 0xff000000, 0];
      for (let i = 0; i < 5; i++) {
        const index = masks.indexOf(found[i]);
        const want = (turn ? 4 - index : index).toString();
        const n = putString(text, want);
        expect<bool>(profiles.byIdentity(body, idAddress(peers[i]), false)!.named(text, n)).toBe(true);
        expect<bool>(profiles.byAddress(peers[i])!.named(text, n)).toBe(true);
      }
    }
  });

  test("of two that fit alike the first one counts", () => {
    const one = add("one", "key");
    const two = add("two", "key");
    net(one, PEER, 0xffff0000);
    net(two, PEER, 0xffff0000);
    expect<usize>(ref(profiles.byAddress(PEER))).toBe(ref(one));
    expect<usize>(ref(profiles.byIdentity(body, idAddress(PEER), false))).toBe(ref(one));
  });

  test("of a name is no address's, not even as a mask of nothing", () => {
    fqdn(add("named", "key"), "x.example");
    expect<usize>(ref(profiles.byAddress(PEER))).toBe(0);
    expect<usize>(ref(profiles.byIdentity(body, idAddress(PEER), false))).toBe(0);
    expect<usize>(ref(profiles.byIdentity(body, idName("x.example"), false))).not.toBe(0);
  });

  test("gives its lines back, one by one and with itself", () => {
    const one = add("one");
    const other = add("other");
    for (let round = 0; round < 2; round++) {
      const low: u32 = round + 2;
      for (let i: u32 = 0; i < ISAKMP_PROFILE_MATCHES; i++) expect<bool>(net(one, (i << 8) | low, HOST)).toBe(true);
      expect<bool>(net(other, 1, HOST)).toBe(false);
      for (let i: u32 = 0; i < ISAKMP_PROFILE_MATCHES; i++) expect<bool>(profiles.removeMatch(one, IdType.IPV4_ADDR, (i << 8) | low, HOST, 0, 0)).toBe(true);
    }
    for (let i: u32 = 0; i < ISAKMP_PROFILE_MATCHES; i++) net(one, i << 8, HOST);
    profiles.remove(one);
    for (let i: u32 = 0; i < ISAKMP_PROFILE_MATCHES; i++) expect<bool>(net(other, i << 8, HOST)).toBe(true);
  });
});

describe("an identity", () => {
  test("that is an address must be the peer's, in either mode", () => {
    const profile = add("one", "key");
    net(profile, PEER, 0xffff0000);
    const sa = established(false);
    sa.profile = profile.id;
    sa.peerAddress = PEER;
    for (let aggressive = 0; aggressive < 2; aggressive++) {
      sa.aggressive = aggressive == 1;
      expect<bool>(identity.suits(sa, body, idAddress(PEER), shown(3))).toBe(true);
      expect<bool>(identity.suits(sa, body, idAddress(PEER ^ 1), shown(3))).toBe(false);
    }
  });

  test("of another profile with the same key changes the profile in Main Mode, for who answers; else it is refused", () => {
    const one = add("one", "key");
    const other = add("other", "key");
    net(one, PEER, 0xffff0000);
    fqdn(other, "x.example");
    const sa = established(false);
    sa.peerAddress = PEER;
    for (let k = 0; k < 3; k++) {
      sa.profile = one.id;
      sa.initiator = k == 1;
      sa.aggressive = k == 2;
      const n = putString(text, "key");
      expect<bool>(identity.suits(sa, body, idName("x.example"), shown(n))).toBe(k == 0);
      expect<u32>(sa.profile).toBe(k == 0 ? other.id : one.id);
    }
  });

  test("of no profile is a name whose key was shown, or one without a key", () => {
    const sa = established(false);
    sa.configured = PEER;
    address(PEER, HOST, "shown");
    hostname("good.example", "shown");
    hostname("bad.example", "other");
    putString(text, "shown");
    expect<bool>(identity.suits(sa, body, idName("good.example"), shown(5))).toBe(true);
    expect<bool>(identity.suits(sa, body, idName("free.example"), shown(5))).toBe(true);
    expect<bool>(identity.suits(sa, body, idName("bad.example"), shown(5))).toBe(false);
  });

  test("of ours has neither protocol nor port, each kind its type, of the router and of a profile", () => {
    const sa = established(true);
    const types: StaticArray<u32> = [IdType.FQDN, IdType.USER_FQDN, IdType.KEY_ID];
    const kinds: StaticArray<Identity> = [Identity.HOSTNAME, Identity.USER_FQDN, Identity.KEY_ID];
    const profile = add("self", "key");
    for (let i = 0; i < 6; i++) {
      sa.profile = i < 3 ? profile.id : 0;
      const n = putString(text, "a@b");
      if (i < 3) profiles.setSelf(profile, kinds[i], text, n);
      else {
        ownIdentity.setHostname(text, n);
        ownIdentity.set(kinds[i - 3], text, n);
      }
      w.begin(out, 512);
      w.header(sa.CKY_I, sa.CKY_R, 5, 0, 0);
      identity.emit(w, sa);
      w.close();
      expect<u32>(bswap(load<u32>(w.body))).toBe(11);
      expect<u32>(bswap(load<u32>(w.body, 4))).toBe(types[i % 3] << 24);
      expect<i32>(memory.compare(w.body + 8, text, 3)).toBe(0);
    }
  });
});

describe("a vendor ID", () => {
  test("that we write is a payload of its own, and recognised as what it is", () => {
    for (let v: u32 = 0; v <= <u32>Vendor.COUNT; v++) {
      w.begin(out, 512);
      w.header(out + 256, out + 264, 2, 0, 0);
      const at = w.here;
      emit(w, <Vendor>v);
      w.close();
      if (v == 0 || v == <u32>Vendor.COUNT) {
        expect<usize>(w.here).toBe(at, "none");
        continue;
      }
      expect<u32>(load<u8>(out, 16)).toBe(Payload.VENDOR_ID);
      const len = <u32>bswap<u16>(load<u16>(at, 2));
      expect<u32>(<u32>(w.here - at)).toBe(len);
      expect<u32>(recognise(at + 4, len - 4)).toBe(v);
    }
  });
});

describe("the table", () => {
  test("has a bit for each payload type, the drafts' their RFC's, all unknown ones the last", () => {
    for (let type: u32 = 0; type < 32; type++) expect<u32>(row.bit(type)).toBe(1 << type);
    expect<u32>(row.bit(32)).toBe(0x80000000);
    expect<u32>(row.bit(33)).toBe(0x80000000);
    expect<u32>(row.bit(255)).toBe(0x80000000);
    expect<u32>(row.bit(Payload.NAT_D_DRAFT)).toBe(1 << Payload.NAT_D);
    expect<u32>(row.bit(Payload.NAT_OA_DRAFT)).toBe(1 << Payload.NAT_OA);
  });

  test("has no row for a state that there is not, nor for another exchange; each row knows its place", () => {
    expect<bool>(table.rowFor(State.COUNT, ExchangeType.QUICK_MODE) == null).toBe(true);
    expect<bool>(table.rowFor(State.QUICK_I1, ExchangeType.IDENTITY_PROTECTION) == null).toBe(true);
    expect<bool>(table.rowFor(State.QUICK_I1, ExchangeType.QUICK_MODE) != null).toBe(true);
    expect<bool>(table.rowFor(State.QUICK_I0, ExchangeType.QUICK_MODE) == null).toBe(true, "nothing comes there");
    const row = table.rowFor(State.QUICK_R1, ExchangeType.QUICK_MODE)!;
    expect<bool>(table.rowAt(row.index) === row).toBe(true);
  });
});
