// Proposals of both phases: RFC 2409, 5 and appendix A; RFC 2407, 4.5; RFC 3947, 5.1; RFC 3602, 5.3.
import { mismatchCount, putMismatch } from "../../../../assembly/ike/offer/mismatch";
import { Phase1Choice, answerPhase1, buildPhase1, checkPhase1, choosePhase1 } from "../../../../assembly/ike/offer/phase1_proposal";
import { answerPhase2, buildPhase2, checkPhase2, choosePhase2 } from "../../../../assembly/ike/offer/phase2_proposal";
import { PHASE2_CHOICE_BYTES, PHASE2_WISH_BYTES, Phase2Choice, Phase2Wish } from "../../../../assembly/ike/offer/phase2_terms";
import { Phase1Policy } from "../../../../assembly/ike/settings/policy";
import * as policies from "../../../../assembly/ike/settings/policy";
import * as lifetime from "../../../../assembly/sadb/settings/lifetime";
import { Mode, TransformSet } from "../../../../assembly/sadb/settings/transform_set";
import * as sets from "../../../../assembly/sadb/settings/transform_set";
import { Text } from "../../../../assembly/util/text";
import { Notify } from "../../../../assembly/wire/ike_numbers";
import { MessageWriter } from "../../../../assembly/wire/message_writer";
import { fromHex, fromText, toHex } from "../../crypto/bytes";

const offer: usize = memory.data(1024, 8);
const answer: usize = memory.data(512, 8);
const name: usize = memory.data(32, 8);
const choice1 = changetype<Phase1Choice>(memory.data(64, 8));
const choice2 = changetype<Phase2Choice>(memory.data(96, 8));
const wish = changetype<Phase2Wish>(memory.data(64, 8));
const w = new MessageWriter();
const text = new Text(256);

function policy(priority: u32, encryption: u32, keyBits: u32, hash: u32, group: u32, lifetime: u32): Phase1Policy {
  const p = policies.add(priority) as Phase1Policy;
  p.encryption = encryption;
  p.keyBits = keyBits;
  p.hash = hash;
  p.group = group;
  p.lifetimeSeconds = lifetime;
  return p;
}

function set(label: string, cipher: u32, keyBits: u32, auth: u32): TransformSet {
  const s = sets.add(name, fromText(name, label)) as TransformSet;
  s.espCipher = <u8>cipher;
  s.keyBits = <u16>keyBits;
  s.espAuth = <u8>auth;
  return s;
}

/** A wish of these sets, and nothing else special. */
function wishOf(first: TransformSet, second: TransformSet | null): void {
  memory.fill(changetype<usize>(wish), 0, 64);
  wish.spi = 0x89abcdef;
  wish.lifetimeSeconds = 3600;
  wish.lifetimeKilobytes = 4608000;
  wish.addSet(first);
  if (second) wish.addSet(second);
}

function mismatch(i: u32): string {
  putMismatch(text.clear(), i);
  return String.UTF8.decodeUnsafe(text.base, text.len);
}

/** The body of the payload that was just written to `at`. */
function bodyLen(at: usize): u32 {
  w.close();
  return <u32>(w.here - at) - 4;
}


/** An SA payload's body with one ISAKMP proposal of one transform with these attributes. */
function phase1(attrs: string): u32 {
  const n = attrs.length / 2;
  const head = "0000000100000001" + "000000" + hex2(n + 16) + "01010001" + "000000" + hex2(n + 8) + "01010000";
  return fromHex(offer, head + attrs);
}

/** An SA payload's body with one ESP proposal of one transform with these attributes. */
function phase2(id: u32, attrs: string): u32 {
  const n = attrs.length / 2;
  const head = "0000000100000001" + "000000" + hex2(n + 20) + "01030401" + "12345678" + "000000" + hex2(n + 8) + "01" + hex2(id) + "0000";
  return fromHex(offer, head + attrs);
}

function hex2(v: i32): string {
  return (v < 16 ? "0" : "") + v.toString(16);
}

beforeAll(() => {
  policies.init();
  sets.init();
});

afterEach(() => {
  for (let i: u32 = 1; i <= policies.PRIORITY_MAX && policies.configured(); i++) policies.remove(i);
});

const AES256_SHA256_14 = "80010007" + "800e0100" + "80020004" + "80030001" + "8004000e" + "800b0001" + "000c000400015180";

describe("policies", () => {
  test("the default stands alone, and gives way to what is configured", () => {
    expect(policies.first() == policies.defaultPolicy()).toBe(true);
    expect(policies.next(policies.first()) == null).toBe(true);
    expect(policies.weakness(policies.defaultPolicy())).toBe("");
    policy(20, 5, 0, 2, 2, 3600);
    policy(10, 7, 256, 4, 14, 86400);
    policy(300, 1, 0, 1, 1, 60);
    const order: StaticArray<u32> = [10, 20, 300];
    let i = 0;
    for (let p = policies.first(); p; p = policies.next(p)) expect(p.priority).toBe(order[i++]);
    expect(i).toBe(3);
    expect(policies.weakness(policies.find(300) as Phase1Policy)).toBe("DES is broken: its keys are found in hours");
    expect(policies.weakness(policies.find(20) as Phase1Policy).length > 0).toBe(true);
    expect(policies.remove(20)).toBe(true);
    expect(policies.remove(20)).toBe(false);
    expect(policies.add(0) == null && policies.add(10001) == null).toBe(true);
    for (let n: u32 = 1; n < 40; n++) policies.add(n + 1000);
    expect(policies.configured()).toBe(24, "the pool is bounded");
  });
});

describe("phase 1", () => {
  test("the offer", () => {
    w.begin(offer, 1024);
    buildPhase1(w);
    const len = bodyLen(offer);
    expect(toHex(offer + 4, len)).toBe("0000000100000001" + "0000003001010001" + "0000002801010000" + AES256_SHA256_14);
  });
  test("both sides agree on every suite", () => {
    const ciphers: StaticArray<u32> = [1, 5, 7, 7, 7, 8, 8, 8];
    const bits: StaticArray<u32> = [0, 0, 128, 192, 256, 128, 192, 256];
    const hashes: StaticArray<u32> = [1, 2, 4, 5, 6];
    for (let c = 0; c < 8; c++) {
      for (let h = 0; h < 5; h++) {
        policy(10, ciphers[c], bits[c], hashes[h], 5, 7200);
        w.begin(offer, 1024);
        buildPhase1(w);
        const len = bodyLen(offer);
        expect(choosePhase1(offer + 4, len, choice1)).toBe(Notify.NONE);
        w.begin(answer, 512);
        answerPhase1(w, choice1);
        expect(checkPhase1(answer + 4, bodyLen(answer), offer + 4, len, choice1)).toBe(Notify.NONE);
        expect(choice1.encryption).toBe(ciphers[c]);
        expect(choice1.keyBits).toBe(bits[c]);
        expect(choice1.hash).toBe(hashes[h]);
        expect(choice1.group).toBe(5);
        expect(choice1.lifetimeSeconds).toBe(7200);
        expect(choice1.policy).toBe(10);
      }
    }
  });
  test("the responder's own order decides", () => {
    policy(10, 5, 0, 2, 2, 3600);
    policy(20, 7, 128, 4, 14, 3600);
    w.begin(offer, 1024);
    buildPhase1(w);
    const len = bodyLen(offer);
    policies.remove(10);
    policy(30, 5, 0, 2, 2, 600);
    expect(choosePhase1(offer + 4, len, choice1)).toBe(Notify.NONE);
    expect(choice1.transformNumber).toBe(2);
    expect(choice1.policy).toBe(20);
    policies.remove(20);
    expect(choosePhase1(offer + 4, len, choice1)).toBe(Notify.NONE);
    expect(choice1.transformNumber).toBe(1);
    expect(choice1.lifetimeSeconds).toBe(600, "the shorter lifetime");
  });
  test("attributes in any order, in either encoding", () => {
    let len = phase1("800b0001" + "800c0e10" + "8004000e" + "800e0100" + "80030001" + "80020004" + "80010007");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NONE);
    expect(choice1.lifetimeSeconds).toBe(3600);
    len = phase1("000100020007" + "000e00020100" + "000200020004" + "0003000400000001" + "000400010e" + "000b00020001" + "000c00080000000000000e10");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NONE);
    expect(choice1.lifetimeSeconds).toBe(3600);
    len = phase1("800b0002" + "000c000400010000" + "800b0001" + "800c0e10" + "80010007800e0100800200048003000180050001" + "8004000e");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NONE, "lifetimes in both units, group type beside group");
    expect(choice1.lifetimeKilobytes).toBe(65536);
    w.begin(answer, 512);
    answerPhase1(w, choice1);
    const answerLen = bodyLen(answer);
    expect(toHex(answer + 4, answerLen)).toBe(toHex(offer, len), "the offer as it came");
    len = phase1("80010007800e010080020004800300018004000e");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NONE, "no lifetime");
    expect(choice1.lifetimeSeconds).toBe(86400);
    len = phase1("80010007800e010080020004800300018004000e" + "800b0001" + "000c0008ffffffffffffffff");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NONE, "a lifetime beyond counting");
    expect(choice1.lifetimeSeconds).toBe(86400);
  });
  test("what is refused, and what is said about it", () => {
    policy(10, 7, 256, 4, 14, 86400);
    let len = phase1("80010007800e008080020004800300018004000e");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatchCount()).toBe(1);
    expect(mismatch(0)).toBe("proposal 1 transform 1: encryption offered AES-128, wanted AES-256 (crypto isakmp policy 10)");
    len = phase1("8001000780020004800300018004000e");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: encryption offered AES without key length, wanted AES-256 (crypto isakmp policy 10)");
    len = phase1("80010005800e00c080020004800300018004000e");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    len = phase1("80010007800e0100800200028003000180040002");
    choosePhase1(offer, len, choice1);
    expect(mismatch(0)).toBe("proposal 1 transform 1: hash offered SHA, wanted SHA-256 (crypto isakmp policy 10)");
    len = phase1("80010007800e0100800200048003000380040002");
    choosePhase1(offer, len, choice1);
    expect(mismatch(0)).toBe("proposal 1 transform 1: authentication offered RSA signatures, wanted pre-shared key (crypto isakmp policy 10)");
    len = phase1("80010007800e0100800200048003000180040002");
    choosePhase1(offer, len, choice1);
    expect(mismatch(0)).toBe("proposal 1 transform 1: group offered group 2 (MODP 1024), wanted group 14 (MODP 2048) (crypto isakmp policy 10)");
    len = phase1("80010007800e010080020004800300018004000e" + "800d0002");
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: attribute 13 (prf) with value 2 is not accepted (crypto isakmp policy 10)");
    const odd: StaticArray<string> = ["800b0001800c0000", "800c0e10", "800b0003800c0e10", "80110001", "80040002", "bfff0001", "00060000", "8004000e"];
    for (let i = 0; i < odd.length; i++) {
      len = phase1("80010007800e010080020004800300018004000e" + odd[i]);
      expect(choosePhase1(offer, len, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN, odd[i]);
    }
    len = phase1("80010007800e010080020004800300018004000e");
    store<u8>(offer + 13, 3);
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1: protocol offered ESP, wanted ISAKMP (crypto isakmp policy 10)");
    store<u8>(offer + 13, 1);
    expect(choosePhase1(offer, len - 1, choice1)).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    expect(choosePhase1(offer, 7, choice1)).toBe(Notify.PAYLOAD_MALFORMED);
    store<u8>(offer + 3, 2);
    expect(choosePhase1(offer, len, choice1)).toBe(Notify.DOI_NOT_SUPPORTED);
  });
  test("an answer that was not offered", () => {
    policy(10, 7, 256, 4, 14, 86400);
    policy(20, 7, 128, 4, 14, 86400);
    w.begin(answer, 512);
    buildPhase1(w);
    const own = bodyLen(answer);
    let len = phase1("80010007800e008080020004800300018004000e" + "800b0001800c0e10");
    expect(checkPhase1(offer, len, answer + 4, own, choice1)).toBe(Notify.NONE);
    expect(choice1.policy).toBe(20);
    expect(choice1.lifetimeSeconds).toBe(3600);
    len = phase1("80010007800e00c080020004800300018004000e");
    expect(checkPhase1(offer, len, answer + 4, own, choice1)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(1)).toBe("proposal 1 transform 1: encryption offered AES-192, wanted AES-128");
    expect(checkPhase1(answer + 4, own, answer + 4, own, choice1)).toBe(Notify.BAD_PROPOSAL_SYNTAX, "two transforms are no choice");
  });
});

describe("phase 2", () => {
  test("the offer", () => {
    wishOf(set("strong", 12, 256, 5), set("old", 3, 0, 2));
    wish.group = 14;
    wish.natt = 1;
    w.begin(offer, 1024);
    buildPhase2(w, wish);
    const common = "80010001" + "80020e10" + "80010002" + "0002000400465000";
    expect(toHex(offer + 4, bodyLen(offer))).toBe(
      "0000000100000001" +
        "02000038" + "01030401" + "89abcdef" + "0000002c" + "010c0000" + "80040003" + common + "80050005" + "80060100" + "8003000e" +
        "00000034" + "02030401" + "89abcdef" + "00000028" + "01030000" + "80040003" + common + "80050002" + "8003000e",
    );
  });
  test("both sides agree on every suite, behind NATs and not", () => {
    const ciphers: StaticArray<u32> = [2, 3, 12, 12, 12];
    const bits: StaticArray<u32> = [0, 0, 128, 192, 256];
    const auths: StaticArray<u32> = [1, 2, 5, 6, 7];
    const modes: StaticArray<u32> = [1, 3, 61443];
    for (let c = 0; c < 5; c++) {
      for (let h = 0; h < 5; h++) {
        for (let natt = 0; natt < 3; natt++) {
          wishOf(set("any", ciphers[c], bits[c], auths[h]), null);
          wish.natt = natt;
          wish.group = c & 1 ? 2 : 0;
          w.begin(offer, 1024);
          buildPhase2(w, wish);
          const len = bodyLen(offer);
          expect(choosePhase2(offer + 4, len, wish, choice2)).toBe(Notify.NONE);
          expect(choice2.spi).toBe(0x89abcdef);
          expect(choice2.shortened).toBe(0);
          w.begin(answer, 512);
          answerPhase2(w, choice2, 0x11223344, 0);
          expect(checkPhase2(answer + 4, bodyLen(answer), offer + 4, len, wish, choice2)).toBe(Notify.NONE);
          expect(choice2.spi).toBe(0x11223344);
          expect(choice2.espCipher).toBe(ciphers[c]);
          expect(choice2.keyBits).toBe(bits[c]);
          expect(choice2.espAuth).toBe(auths[h]);
          expect(choice2.encapsulation).toBe(modes[natt]);
          expect(choice2.mode).toBe(Mode.TUNNEL);
          expect(choice2.group).toBe(wish.group);
          expect(choice2.lifetimeSeconds).toBe(3600);
          expect(choice2.lifetimeKilobytes).toBe(4608000);
        }
      }
    }
  });
  test("KEY_LENGTH without the salt, of ciphers with keys of several lengths alone; no authentication beside what authenticates itself", () => {
    const head = "0000000100000001";
    const common = "80040001" + "80010001" + "80020e10";
    const suites: StaticArray<u32> = [
      11, 0, 5, 13, 192, 2, 18, 128, 0, 19, 192, 0, 20, 256, 0, 12, 128, 9,
      14, 128, 0, 15, 192, 0, 16, 256, 0, 22, 256, 5, 23, 192, 0, 254, 0, 0,
    ];
    const attributes: StaticArray<string> = ["80050005", "80050002800600c0", "80060080", "800600c0", "80060100", "8005000980060080",
      "80060080", "800600c0", "80060100", "8005000580060100", "800600c0", ""];
    for (let esn = 0; esn < 2; esn++) {
      for (let i = 0; i < attributes.length; i++) {
        const s = set("any", suites[i * 3], suites[i * 3 + 1], suites[i * 3 + 2]);
        s.esn = esn != 0;
        wishOf(s, null);
        wish.lifetimeKilobytes = 0;
        wish.postern = 1;
        w.begin(offer, 1024);
        buildPhase2(w, wish);
        const len = bodyLen(offer);
        const tail = common + attributes[i] + (esn ? "800b0001" : "");
        const n = tail.length / 2;
        expect(toHex(offer + 4, len)).toBe(
          head + "000000" + hex2(n + 20) + "01030401" + "89abcdef" + "000000" + hex2(n + 8) + "01" + hex2(suites[i * 3]) + "0000" + tail,
        );
        expect(choosePhase2(offer + 4, len, wish, choice2)).toBe(Notify.NONE);
        w.begin(answer, 512);
        answerPhase2(w, choice2, 0x11223344, 0);
        expect(checkPhase2(answer + 4, bodyLen(answer), offer + 4, len, wish, choice2)).toBe(Notify.NONE);
        expect(choice2.espCipher).toBe(suites[i * 3]);
        expect(choice2.keyBits).toBe(suites[i * 3 + 1]);
        expect(choice2.espAuth).toBe(suites[i * 3 + 2]);
        expect(choice2.esn).toBe(esn);
        s.esn = false;
      }
    }
  });
  test("a transform for private use is neither offered to a stranger nor taken of one (RFC 2408, 3.16)", () => {
    const first = set("first", 254, 0, 0);
    wishOf(first, set("second", 20, 128, 0));
    w.begin(offer, 1024);
    buildPhase2(w, wish);
    expect(load<u8>(offer + 4 + 8 + 12 + 5)).toBe(20, "the second alone");
    expect(load<u8>(offer + 4 + 8 + 4)).toBe(1);
    wishOf(first, null);
    const len = phase2(254, "80040001");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1: ChaCha20-Poly1305 is not taken, since its number is for private use, and the peer has not said that it is a Postern (crypto ipsec transform-set first)");
    wish.postern = 1;
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.espCipher).toBe(254);
  });
  test("extended sequence numbers: both or neither (RFC 4304), and not without a replay window or an ICV", () => {
    const base = "80040001" + "80050005" + "80060100";
    const s = set("any", 12, 256, 5);
    s.esn = true;
    wishOf(s, null);
    expect(choosePhase2(offer, phase2(12, base + "800b0001"), wish, choice2)).toBe(Notify.NONE);
    expect(choice2.esn).toBe(1);
    expect(choosePhase2(offer, phase2(12, base), wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: sequence numbers offered of 32 bits, wanted extended (crypto ipsec transform-set any)");
    expect(choosePhase2(offer, phase2(12, base + "800b0000"), wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN, "0 is reserved");
    lifetime.setWindow(0);
    expect(choosePhase2(offer, phase2(12, base), wish, choice2)).toBe(Notify.NONE, "no window");
    expect(choice2.esn).toBe(0);
    lifetime.setWindow(64);
    s.espAuth = 0;
    expect(choosePhase2(offer, phase2(12, "80040001" + "80060100"), wish, choice2)).toBe(Notify.NONE, "no ICV");
    s.espAuth = 5;
    s.esn = false;
    expect(choosePhase2(offer, phase2(12, base + "800b0001"), wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: sequence numbers offered extended, wanted of 32 bits (crypto ipsec transform-set any)");
  });
  test("the responder's order of sets decides, over proposals and transforms in any order", () => {
    wishOf(set("first", 12, 128, 2), set("second", 3, 0, 1));
    // 3DES-MD5 and AES-128-SHA as two transforms of one proposal, the weaker before.
    const len = fromHex(offer, "0000000100000001" + "00000038" + "05030402" + "00001234" +
      "03000018" + "01030000" + "80050001" + "80010001" + "80020e10" + "80040001" + "00000014" + "070c0000" + "80050002" + "80060080" + "80040001");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.espCipher).toBe(12);
    expect(choice2.transformNumber).toBe(7);
    expect(choice2.proposalNumber).toBe(5);
    expect(choice2.lifetimeSeconds).toBe(3600, "28800 by default, the own one is shorter");
    expect(choice2.shortened).toBe(1);
    wishOf(set("second", 3, 0, 1), set("first", 12, 128, 2));
    wish.lifetimeKilobytes = 0;
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.espCipher).toBe(3);
    expect(choice2.shortened).toBe(0);
  });
  test("lifetimes: both units in any order, the shorter holds", () => {
    wishOf(set("any", 12, 128, 2), null);
    const base = "80040001" + "80050002" + "80060080";
    let len = phase2(12, base + "80010002" + "80021000" + "80010001" + "80020078");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.lifetimeSeconds).toBe(120);
    expect(choice2.lifetimeKilobytes).toBe(4096);
    expect(choice2.shortened).toBe(0);
    len = phase2(12, "80010001" + "00020004000186a0" + base);
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.lifetimeSeconds).toBe(3600);
    expect(choice2.lifetimeKilobytes).toBe(4608000);
    expect(choice2.shortened).toBe(1);
  });
  test("PFS: what is wanted must come; what comes unasked is taken if it is known", () => {
    wishOf(set("any", 12, 128, 2), null);
    const base = "80040001" + "80050002" + "80060080";
    let len = phase2(12, base + "80030005");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.group).toBe(5);
    len = phase2(12, base + "80030016");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    wish.group = 14;
    len = phase2(12, base);
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: PFS offered no group, wanted group 14 (MODP 2048) (crypto ipsec transform-set any)");
  });
  test("what is refused, and what is said about it", () => {
    wishOf(set("any", 12, 256, 5), null);
    let len = phase2(12, "80040001" + "80050005" + "80060080");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: encryption offered ESP-AES-128, wanted ESP-AES-256 (crypto ipsec transform-set any)");
    len = phase2(12, "80040001" + "80050005");
    choosePhase2(offer, len, wish, choice2);
    expect(mismatch(0)).toBe("proposal 1 transform 1: encryption offered ESP-AES without key length, wanted ESP-AES-256 (crypto ipsec transform-set any)");
    len = phase2(12, "80040001" + "80050002" + "80060100");
    choosePhase2(offer, len, wish, choice2);
    expect(mismatch(0)).toBe("proposal 1 transform 1: authentication offered HMAC-SHA, wanted HMAC-SHA2-256 (crypto ipsec transform-set any)");
    len = phase2(12, "80040002" + "80050005" + "80060100");
    choosePhase2(offer, len, wish, choice2);
    expect(mismatch(0)).toBe("proposal 1 transform 1: encapsulation offered transport, wanted tunnel (crypto ipsec transform-set any)");
    len = phase2(12, "80050005" + "80060100");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE, "no mode means this side's");
    len = phase2(12, "80040003" + "80050005" + "80060100");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN, "no NAT is between");
    wish.natt = 2;
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE, "the RFC's number to one who knows the drafts");
    wish.natt = 0;
    const odd: StaticArray<string> = ["800b0001", "800a0001", "8001000180020000", "80020e10", "8001000380020e10", "80060080", "800700ff", "c0010001", "80000001", "8001000180020e108001000180020e11", "8001000280020e108001000280020e0f"];
    for (let i = 0; i < odd.length; i++) {
      len = phase2(12, "80040001" + "80050005" + "80060100" + odd[i]);
      expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN, odd[i]);
    }
    len = phase2(12, "80040001" + "80050005" + "80060100" + "8001000180020e108001000180020e10");
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE, "the same twice is no conflict");
    len = phase2(12, "80040001" + "80050005" + "80060100");
    store<u32>(offer + 16, 0xff000000);
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN, "a reserved SPI");
    expect(mismatch(0)).toBe("proposal 1: SPI offered 0x000000ff, wanted 0x00000100 (crypto ipsec transform-set any)");
  });
  test("a bundle that is not wanted is refused whole, a single proposal beside it is taken", () => {
    wishOf(set("any", 12, 128, 2), null);
    const transform = "00000014" + "010c0000" + "80050002" + "80060080" + "80040001";
    const ah = "00000010" + "01030000" + "80050002" + "80040001";
    const len = fromHex(offer, "0000000100000001" + "0200001c" + "01020401" + "00001111" + ah +
      "02000020" + "01030401" + "00002222" + transform + "00000020" + "02030401" + "00003333" + transform);
    expect(choosePhase2(offer, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.spi).toBe(0x3333);
    expect(mismatch(0)).toBe("proposal 1: protocol offered AH and ESP, wanted ESP (crypto ipsec transform-set any)");
  });
  test("AH and bundles: offered, chosen and checked, every algorithm", () => {
    const auths: StaticArray<u32> = [1, 2, 5, 6, 7];
    const ids: StaticArray<u8> = [2, 3, 5, 6, 7];
    for (let i = 0; i < 5; i++) {
      for (let esp = 0; esp < 2; esp++) {
        for (let mode: u8 = 1; mode <= 2; mode++) {
          const both = set("both", esp ? 12 : 0, esp ? 128 : 0, esp ? 2 : 0);
          both.ahAuth = <u8>auths[i];
          both.mode = mode;
          wishOf(both, set("other", 3, 0, 2));
          wish.ahSpi = 0x01020304;
          wish.hosts = 1;
          w.begin(offer, 1024);
          buildPhase2(w, wish);
          const len = bodyLen(offer);
          expect(load<u8>(offer + 12 + 5)).toBe(2, "AH first");
          expect(load<u8>(offer + 12 + 17)).toBe(ids[i]);
          expect(choosePhase2(offer + 4, len, wish, choice2)).toBe(Notify.NONE);
          expect(choice2.ahAuth).toBe(auths[i]);
          expect(choice2.espCipher).toBe(esp ? 12 : 0);
          expect(choice2.bundle).toBe(esp == 1);
          expect(choice2.spi).toBe(0x89abcdef);
          expect(choice2.ahSpi).toBe(esp ? 0x01020304 : 0);
          expect(choice2.mode).toBe(mode);
          expect(choice2.shortened).toBe(0);
          w.begin(answer, 512);
          answerPhase2(w, choice2, 0x11223344, 0x55667788);
          const answerLen = bodyLen(answer);
          expect(checkPhase2(answer + 4, answerLen, offer + 4, len, wish, choice2)).toBe(Notify.NONE);
          expect(choice2.ahAuth).toBe(auths[i]);
          expect(choice2.espAuth).toBe(esp ? 2 : 0);
          expect(choice2.keyBits).toBe(esp ? 128 : 0);
          expect(choice2.spi).toBe(0x11223344);
          expect(choice2.ahSpi).toBe(esp ? 0x55667788 : 0);
          expect(choice2.mode).toBe(mode);
          // One of the two alone is another number than any that was offered.
          if (!esp) continue;
          const ahLen = <u32>load<u8>(answer + 12 + 3);
          memory.copy(answer + 12, answer + 12 + <usize>ahLen, <usize>(answerLen - 8 - ahLen));
          expect(checkPhase2(answer + 4, answerLen - ahLen, offer + 4, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
        }
      }
    }
    set("both", 12, 128, 2).ahAuth = 0;
  });
  test("alternatives: the responder's order; AH's id and authentication must agree; not behind a NAT", () => {
    const both = set("both", 12, 128, 2);
    both.ahAuth = 5;
    both.mode = <u8>Mode.TUNNEL;
    const plain = set("plain", 12, 128, 2);
    wishOf(plain, both);
    wish.ahSpi = 0x01020304;
    w.begin(offer, 1024);
    buildPhase2(w, wish);
    const len = bodyLen(offer);
    wishOf(both, plain);
    expect(choosePhase2(offer + 4, len, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.proposalNumber).toBe(2);
    expect(choice2.bundle).toBe(true);
    wish.natt = 1;
    expect(choosePhase2(offer + 4, len, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1: AH is not taken, since no NAT lets it through, and there is one between (crypto ipsec transform-set both)");
    wish.natt = 0;
    wishOf(both, null);
    wish.natt = 1;
    w.begin(answer, 512);
    buildPhase2(w, wish);
    expect(bodyLen(answer)).toBe(8, "nothing is offered");
    // AH_SHA2-256 with HMAC-SHA, then AH_SHA with HMAC-SHA2-256
    both.espCipher = 0;
    wishOf(both, null);
    let ah = fromHex(offer, "0000000100000001" + "0000001c" + "01020401" + "00001111" + "00000010" + "01050000" + "80050002" + "80040001");
    expect(choosePhase2(offer, ah, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: authentication offered HMAC-SHA, wanted HMAC-SHA2-256 (crypto ipsec transform-set both)");
    ah = fromHex(offer, "0000000100000001" + "0000001c" + "01020401" + "00001111" + "00000010" + "01030000" + "80050005" + "80040001");
    expect(choosePhase2(offer, ah, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: AH transform offered AH-SHA, wanted AH-SHA2-256 (crypto ipsec transform-set both)");
    // ESP twice under one number; ESP with IPCOMP
    const transform = "00000014" + "010c0000" + "80050002" + "80060080" + "80040001";
    wishOf(plain, null);
    const twice = fromHex(offer, "0000000100000001" + "02000020" + "01030401" + "00002222" + transform + "00000020" + "01030401" + "00003333" + transform);
    expect(choosePhase2(offer, twice, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1: protocol offered ESP, one of them twice, wanted ESP (crypto ipsec transform-set plain)");
    both.ahAuth = 0;
  });
  test("transport mode: for the peers' own flows only; tunnel mode is taken as well", () => {
    const any = set("any", 12, 128, 2);
    any.mode = <u8>Mode.TRANSPORT;
    wishOf(any, null);
    const tunnel = phase2(12, "80040001" + "80050002" + "80060080");
    expect(choosePhase2(offer, tunnel, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.mode).toBe(Mode.TUNNEL, "nets behind the peers");
    wish.hosts = 1;
    expect(choosePhase2(offer, tunnel, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.mode).toBe(Mode.TUNNEL);
    wish.transportOnly = 1;
    expect(choosePhase2(offer, tunnel, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    wish.transportOnly = 0;
    const transport = phase2(12, "80040002" + "80050002" + "80060080");
    expect(choosePhase2(offer, transport, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.mode).toBe(Mode.TRANSPORT);
    wish.hosts = 0;
    expect(choosePhase2(offer, transport, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: encapsulation offered transport, wanted tunnel (crypto ipsec transform-set any)");
    wish.hosts = 1;
    wish.natt = 1;
    const udp = phase2(12, "80040004" + "80050002" + "80060080");
    expect(choosePhase2(offer, udp, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.mode).toBe(Mode.TRANSPORT);
    expect(choice2.encapsulation).toBe(4);
    any.mode = <u8>Mode.TUNNEL;
  });
  test("an answer that was not offered", () => {
    wishOf(set("any", 12, 128, 2), null);
    w.begin(answer, 512);
    buildPhase2(w, wish);
    const own = bodyLen(answer);
    let len = phase2(12, "80040001" + "80050002" + "80060080" + "80010001" + "80020078");
    expect(checkPhase2(offer, len, answer + 4, own, wish, choice2)).toBe(Notify.NONE);
    expect(choice2.lifetimeSeconds).toBe(120, "a shorter lifetime is taken");
    len = phase2(12, "80040001" + "80050001" + "80060080");
    expect(checkPhase2(offer, len, answer + 4, own, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect(mismatch(0)).toBe("proposal 1 transform 1: authentication offered HMAC-MD5, wanted HMAC-SHA");
    len = phase2(12, "80040003" + "80050002" + "80060080");
    expect(checkPhase2(offer, len, answer + 4, own, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    len = phase2(12, "80040001" + "80050002" + "80060080" + "8003000e");
    expect(checkPhase2(offer, len, answer + 4, own, wish, choice2)).toBe(Notify.NO_PROPOSAL_CHOSEN, "PFS that was not offered");
    len = phase2(12, "80040001" + "80050002" + "80060080");
    store<u32>(offer + 16, 0);
    expect(checkPhase2(offer, len, answer + 4, own, wish, choice2)).toBe(Notify.INVALID_SPI);
    expect(PHASE2_WISH_BYTES).toBe(72);
    expect(<u32>offsetof<Phase2Choice>() <= PHASE2_CHOICE_BYTES).toBe(true);
  });
});
