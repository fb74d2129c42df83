// Authentication of phase 1: whose key counts, what is made of it, and what is left of that in memory: nothing.
import { cipherById, hashById } from "../../../../assembly/crypto/registry";
import { Phase1Choice } from "../../../../assembly/ike/offer/phase1_proposal";
import * as authenticate from "../../../../assembly/ike/proof/authenticate";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Profile } from "../../../../assembly/ike/settings/profile";
import * as profiles from "../../../../assembly/ike/settings/profile";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { dhGroupById } from "../../../../assembly/oakley/dh_group";
import { HASH_I, HASH_R } from "../../../../assembly/oakley/hashes";
import { phase1Iv } from "../../../../assembly/oakley/iv";
import { deriveSkeyid, encryptionKey, skeyidPsk } from "../../../../assembly/oakley/skeyid";
import { put32 } from "../../../../assembly/util/bytes";
import { fromText, toHex } from "../../crypto/bytes";
import { BETA } from "../../sadb/world";
import { begin, exchangeOf, negotiating } from "../by_hand/world";

const HOST: u32 = 0xffffffff;
const text: usize = memory.data(64, 8);
const expected: usize = memory.data(256, 8);
const ctx: usize = memory.data(384, 8);
const choice = changetype<Phase1Choice>(memory.data(64, 4));
let sa: IsakmpSa = changetype<IsakmpSa>(0);

function profile(name: string): Profile {
  return profiles.add(text, fromText(text, name)) as Profile;
}

function addressKey(address: u32, secret: string): void {
  keys.addAddress(address, HOST, text, fromText(text, secret));
}

function nameKey(name: string, secret: string): void {
  const n = fromText(text, name);
  keys.addHostname(text, n, text + 32, fromText(text + 32, secret));
}

function calls(type: u32, name: string): void {
  sa.peerIdType = type;
  sa.peerIdLen = fromText(sa.peerId, name);
}

/** The secret that counts; empty: none. */
function secret(): string {
  const key = authenticate.keyFor(sa);
  expect<bool>(authenticate.possible(sa)).toBe(key != null);
  return key ? String.UTF8.decodeUnsafe(key.secret, key.secretLen) : "";
}

beforeEach(() => {
  begin();
  sa = negotiating(true);
});

describe("whose key counts", () => {
  it("in Main Mode the address's, whatever the peer calls itself", () => {
    expect<string>(secret()).toBe("");
    addressKey(BETA, "ofaddress");
    nameKey("beta", "ofname");
    expect<string>(secret()).toBe("ofaddress");
    calls(2, "beta");
    expect<string>(secret()).toBe("ofaddress");
  });

  it("in Aggressive Mode that of its name, or of the address that it names, before that of where it is", () => {
    sa.aggressive = true;
    addressKey(BETA, "ofaddress");
    addressKey(BETA + 1, "ofanother");
    nameKey("beta", "ofname");
    expect<string>(secret()).toBe("ofaddress");
    calls(2, "beta");
    expect<string>(secret()).toBe("ofname");
    calls(2, "gamma");
    expect<string>(secret()).toBe("ofaddress");
    sa.peerIdType = 1;
    sa.peerIdLen = 4;
    put32(sa.peerId, BETA + 1);
    expect<string>(secret()).toBe("ofanother");
  });

  it("a profile's own before all; of one that is gone none", () => {
    const road = profile("ROAD");
    profiles.setSecret(road, text, fromText(text, "ofprofile"));
    addressKey(BETA, "ofaddress");
    sa.profile = road.id;
    expect<string>(secret()).toBe("ofprofile");
    profiles.setSecret(road, text, 0);
    expect<string>(secret()).toBe("ofaddress");
    profiles.remove(road);
    expect<string>(secret()).toBe("");
  });

  it("as initiator of Aggressive Mode that of the first name that the profile expects, of no other profile's", () => {
    const other = profile("OTHER");
    profiles.addMatch(other, 2, 0, 0, text, fromText(text, "gamma"));
    const road = profile("ROAD");
    profiles.addMatch(road, 2, 0, 0, text, fromText(text, "nokey"));
    profiles.addMatch(road, 2, 0, 0, text, fromText(text, "beta"));
    addressKey(BETA, "ofaddress");
    nameKey("gamma", "ofgamma");
    nameKey("beta", "ofbeta");
    sa.profile = road.id;
    expect<string>(secret()).toBe("ofaddress");
    sa.aggressive = true;
    expect<string>(secret()).toBe("ofbeta");
    sa.profile = other.id;
    expect<string>(secret()).toBe("ofgamma");
  });

  it("by address: the profile that has a key and names it, or any key; before there is an SA as well", () => {
    expect<bool>(authenticate.methodsFor(BETA) != 0).toBe(false);
    addressKey(BETA, "ofaddress");
    expect<bool>(authenticate.methodsFor(BETA) != 0).toBe(true);
    expect<bool>(authenticate.methodsFor(BETA + 1) != 0).toBe(false);
    const road = profile("ROAD");
    profiles.setSecret(road, text, fromText(text, "ofprofile"));
    profiles.addMatch(road, 1, BETA + 1, HOST, 0, 0);
    expect<bool>(authenticate.methodsFor(BETA + 1) != 0).toBe(true);
    expect<bool>(authenticate.methodsByAddress(sa) != 0).toBe(true);
    expect<u32>(sa.profile).toBe(0);
    sa.configured = BETA + 1;
    expect<bool>(authenticate.methodsByAddress(sa) != 0).toBe(true);
    expect<u32>(sa.profile).toBe(road.id);
    expect<string>(secret()).toBe("ofprofile");
  });
});

describe("who has shown what key", () => {
  it("is one number for a key, under a profile one for each name; none without a key", () => {
    expect<u32>(authenticate.keyOf(sa)).toBe(0);
    addressKey(BETA, "ofaddress");
    addressKey(BETA + 1, "ofaddress");
    const one = authenticate.keyOf(sa);
    expect<u32>(one).not.toBe(0);
    calls(2, "anything");
    expect<u32>(authenticate.keyOf(sa)).toBe(one);
    sa.configured = BETA + 1;
    expect<u32>(authenticate.keyOf(sa)).not.toBe(one, "another line");
    const road = profile("ROAD");
    profiles.setSecret(road, text, fromText(text, "ofprofile"));
    sa.profile = road.id;
    const names = ["a", "b", "ab", "ba", "aa", ""];
    const marks: u32[] = [];
    for (let i = 0; i < names.length; i++) {
      calls(2, names[i]);
      // What stood behind a shorter name counts for nothing.
      store<u8>(sa.peerId + <usize>sa.peerIdLen, <u8>(i + 1));
      const mark = authenticate.keyOf(sa);
      for (let k = 0; k < i; k++) expect<u32>(mark).not.toBe(marks[k]);
      marks.push(mark);
      store<u8>(sa.peerId + <usize>sa.peerIdLen, 0x77);
      expect<u32>(authenticate.keyOf(sa)).toBe(mark);
    }
    // FNV-1a over the name, begun with where the key lies.
    expect<u32>(marks[0]).toBe((<u32>changetype<usize>(road.key) ^ 97) * 16777619);
    expect<u32>(marks[2]).toBe((marks[0] ^ 98) * 16777619);
  });
});

describe("what was agreed on", () => {
  it("is taken over; a responder says that it has shortened, an initiator has nothing to say", () => {
    choice.encryption = 7;
    choice.keyBits = 192;
    choice.hash = 4;
    choice.authMethod = 1;
    choice.group = 14;
    choice.lifetimeSeconds = 77;
    choice.lifetimeKilobytes = 88;
    choice.policy = 99;
    for (let k: u32 = 0; k < 4; k++) {
      choice.shortened = k & 1;
      sa.initiator = (k & 2) != 0;
      expect<bool>(authenticate.agree(sa, choice)).toBe(true);
      expect<bool>(sa.lifetimeShortened).toBe(k == 1);
    }
    expect<bool>(sa.hash === hashById(4) && sa.cipher === cipherById(7)).toBe(true);
    expect<string>([sa.encryption, sa.keyBits, sa.hashId, sa.authMethod, sa.group, sa.lifetimeSeconds, sa.lifetimeKilobytes, sa.priority].join()).toBe("7,192,4,1,14,77,88,99");
    for (let method: u32 = 3; method < 6; method++) {
      choice.authMethod = method;
      expect<bool>(authenticate.agree(sa, choice)).toBe(true);
    }
    choice.authMethod = 2;
    expect<bool>(authenticate.agree(sa, choice)).toBe(false);
    choice.authMethod = 1;
    choice.hash = 3;
    expect<bool>(authenticate.agree(sa, choice)).toBe(false);
    choice.hash = 2;
    choice.encryption = 2;
    expect<bool>(authenticate.agree(sa, choice)).toBe(false);
  });
});

/** An exchange with all that keys are made of. */
function made(): Exchange {
  const ex = exchangeOf(sa, 2, State.MAIN_R2, sa.initiator, 0);
  ex.group = dhGroupById(1);
  ex.exponent = buffers.hold(72);
  ex.g_xi = buffers.hold(96);
  ex.g_xr = buffers.hold(96);
  ex.g_xy = buffers.hold(96);
  ex.Ni_b = buffers.hold(32);
  ex.Nr_b = buffers.hold(32);
  ex.SA_b = buffers.hold(40);
  ex.NiLen = 20;
  ex.NrLen = 30;
  ex.SA_bLen = 40;
  memory.fill(ex.exponent, 0x11, 72);
  memory.fill(ex.g_xi, 0x22, 96);
  memory.fill(ex.g_xr, 0x33, 96);
  memory.fill(ex.g_xy, 0x44, 96);
  memory.fill(ex.Ni_b, 0x55, 20);
  memory.fill(ex.Nr_b, 0x66, 30);
  memory.fill(ex.SA_b, 0x77, 40);
  store<u64>(sa.CKY_R, 0x0102030405060708);
  return ex;
}

/** Where in memory what lies masked at `p` lies bare, `but` from there on `length` octets: how often. */
function found(p: usize, len: i32, but: usize, length: usize): i32 {
  let n = 0;
  const end = (<usize>memory.size() << 16) - <usize>len;
  const first = load<u8>(p) ^ 0x5a;
  for (let at: usize = 0; at < end; at++) {
    if (load<u8>(at) != first || (at >= but && at < but + length)) continue;
    let same = true;
    for (let i = 0; same && i < len; i++) same = load<u8>(at + <usize>i) == (load<u8>(p + <usize>i) ^ 0x5a);
    if (same) n++;
  }
  return n;
}

function mask(p: usize, len: i32): void {
  for (let i = 0; i < len; i++) store<u8>(p + <usize>i, load<u8>(p + <usize>i) ^ 0x5a);
}

describe("the keys of phase 1", () => {
  it("are those of RFC 2409, 5 and appendix B, for each cipher; nothing that they are made of is left", () => {
    const ciphers: u32[] = [7, 7, 7, 5, 1];
    const bits: u32[] = [128, 192, 256, 0, 0];
    const lengths: u32[] = [16, 24, 32, 24, 8];
    for (let k = 0; k < 5; k++) {
      begin();
      sa = negotiating(false);
      addressKey(BETA, "ofaddress");
      sa.encryption = ciphers[k];
      sa.keyBits = bits[k];
      sa.cipher = cipherById(ciphers[k])!;
      sa.keyed = false;
      const ex = made();
      // Another key each time: the schedules of those before still lie in rooms that are no more.
      memory.fill(ex.Ni_b, <u8>(0x50 + k), 20);
      const hash = sa.hash;
      const SKEYID = expected;
      const SKEYID_d = expected + 20;
      const SKEYID_a = expected + 40;
      const SKEYID_e = expected + 60;
      const key = expected + 96;
      skeyidPsk(hash, text, fromText(text, "ofaddress"), ex.Ni_b, 20, ex.Nr_b, 30, SKEYID);
      deriveSkeyid(hash, SKEYID, ex.g_xy, 96, sa.CKY_I, sa.CKY_R, SKEYID_d, SKEYID_a, SKEYID_e);
      encryptionKey(hash, SKEYID_e, lengths[k], key);
      sa.cipher.setKey(ctx, key, lengths[k]);
      phase1Iv(hash, ex.g_xi, ex.g_xr, 96, sa.cipher.blockLength, expected + 128);
      mask(SKEYID_e, 20);
      mask(key, 32);
      expect<bool>(authenticate.deriveKeys(ex)).toBe(true);
      expect<bool>(sa.keyed).toBe(true);
      expect<string>(toHex(ex.SKEYID, 20)).toBe(toHex(SKEYID, 20));
      expect<string>(toHex(sa.SKEYID_d, 20)).toBe(toHex(SKEYID_d, 20));
      expect<string>(toHex(sa.SKEYID_a, 20)).toBe(toHex(SKEYID_a, 20));
      expect<string>(toHex(sa.cipherCtx, sa.cipher.ctxLength)).toBe(toHex(ctx, sa.cipher.ctxLength));
      expect<string>(toHex(ex.iv, sa.cipher.blockLength)).toBe(toHex(expected + 128, sa.cipher.blockLength));
      expect<u64>(load<u64>(ex.exponent) | load<u64>(ex.exponent, 64)).toBe(0);
      expect<u64>(load<u64>(ex.g_xy) | load<u64>(ex.g_xy, 88)).toBe(0);
      // The schedule is what is kept of the key.
      memory.fill(ctx, 0, 384);
      expect<i32>(found(SKEYID_e, 20, 0, 0)).toBe(0);
      expect<i32>(found(key, <i32>lengths[k], sa.cipherCtx, 384)).toBe(0);
    }
  });

  it("are none when the key has gone meanwhile", () => {
    const ex = made();
    sa.keyed = false;
    expect<bool>(authenticate.deriveKeys(ex)).toBe(false);
    expect<bool>(authenticate.makeSkeyid(ex)).toBe(false);
    expect<bool>(sa.keyed).toBe(false);
  });

  it("a proof that was wrong leaves nothing of the right one behind, and is the other side's", () => {
    for (let role = 0; role < 2; role++) {
      begin();
      sa = negotiating(role == 1);
      const ex = made();
      memory.fill(ex.SKEYID, 0x42, 20);
      memory.fill(text, 0x99, 12);
      if (role) HASH_R(sa.hash, ex.SKEYID, ex.g_xi, ex.g_xr, 96, sa.CKY_I, sa.CKY_R, ex.SA_b, 40, text, 12, expected);
      else HASH_I(sa.hash, ex.SKEYID, ex.g_xi, ex.g_xr, 96, sa.CKY_I, sa.CKY_R, ex.SA_b, 40, text, 12, expected);
      expect<bool>(authenticate.proofIsRight(ex, text, 12, expected, 20)).toBe(true);
      expect<bool>(authenticate.proofIsRight(ex, text, 12, expected, 19)).toBe(false);
      mask(expected, 20);
      expect<bool>(authenticate.proofIsRight(ex, text, 12, expected, 20)).toBe(false);
      expect<i32>(found(expected, 20, 0, 0)).toBe(0);
    }
  });
});
