// The SA payload of phase 1 (RFC 2409, 5 and appendix A): every attribute at its bounds, what is offered, chosen and checked.
import { mismatchCount } from "../../../../assembly/ike/offer/mismatch";
import {
  Phase1Choice, aggressiveGroup, answerPhase1, buildPhase1, checkPhase1, choosePhase1, offeredGroup,
} from "../../../../assembly/ike/offer/phase1_proposal";
import { Phase1Policy } from "../../../../assembly/ike/settings/policy";
import * as policies from "../../../../assembly/ike/settings/policy";
import { Notify } from "../../../../assembly/wire/ike_numbers";
import { MessageWriter } from "../../../../assembly/wire/message_writer";
import { fromHex, toHex } from "../../crypto/bytes";

const offer: usize = memory.data(1024, 8);
const answer: usize = memory.data(1024, 8);
const choice = changetype<Phase1Choice>(memory.data(64, 4));
const w = new MessageWriter();
/** AES-128, SHA-1, pre-shared key, group 2. */
const BASE: string = "80010007" + "800e0080" + "80020002" + "80030001" + "80040002";
let policy: Phase1Policy = changetype<Phase1Policy>(0);

function hex4(v: i32): string {
  let text = v.toString(16);
  while (text.length < 4) text = "0" + text;
  return text;
}

function transform(attributes: string, last: bool = true, number: string = "01", id: string = "01"): string {
  return (last ? "0000" : "0300") + hex4(attributes.length / 2 + 8) + number + id + "0000" + attributes;
}

function proposal(transforms: string, n: i32, last: bool = true, number: string = "01", protocol: string = "01", spi: string = ""): string {
  return (last ? "0000" : "0200") + hex4((transforms.length + spi.length) / 2 + 8) + number + protocol + "0" + (spi.length / 2).toString() + "0" + n.toString() + spi + transforms;
}

function sa(proposals: string): u32 {
  return fromHex(offer, "0000000100000001" + proposals);
}

/** The responder's word on one transform of these attributes. */
function chosen(attributes: string, id: string = "01"): bool {
  memory.fill(changetype<usize>(choice), 0xee, 52);
  const len = sa(proposal(transform(attributes, true, "01", id), 1));
  const notify = choosePhase1(offer, len, choice);
  expect<u32>(notify).toBe(notify ? Notify.NO_PROPOSAL_CHOSEN : Notify.NONE);
  expect<u32>(mismatchCount()).toBe(notify ? 1 : 0, attributes);
  return notify == Notify.NONE;
}

function add(priority: u32): Phase1Policy {
  const p = policies.add(priority)!;
  p.encryption = 7;
  p.keyBits = 128;
  p.hash = 2;
  p.group = 2;
  p.lifetimeSeconds = 3600;
  return p;
}

beforeEach(() => {
  policies.init();
  policy = add(10);
});

describe("attributes", () => {
  it("say one thing each: none twice, none that is unknown, none without its value", () => {
    expect<bool>(chosen(BASE)).toBe(true);
    expect<string>([choice.encryption, choice.keyBits, choice.hash, choice.authMethod, choice.group, choice.policy, choice.proposalNumber, choice.transformNumber].join()).toBe("7,128,2,1,2,10,1,1");
    const good = ["80050001", "800b0001800c0e10", "800b0002800c0e10", "800b0001800c0e10800b0002800c0e10", "800b0002800c0e10800b0001800c0e10"];
    for (let i = 0; i < good.length; i++) expect<bool>(chosen(BASE + good[i])).toBe(true, good[i]);
    const bad = [
      "80010007", "800e0080", "80020002", "80030001", "80040002", "8005000180050001", "80050002", "80050000", "80060001", "80070001", "80080001", "800a0001", "800d0001", "800f0001", "80100001",
      "80110001", "801f0001", "80200001", "bfff0001", "80000001",
      "800c0e10", "800b0003800c0e10", "800b0000800c0e10", "800b0003", "800b0001800c0e10800c0e10", "800b0002800c0e10800c0e10", "800b0001800c0e10800b0001800c0e10", "800b0002800c0e10800b0002800c0e10",
    ];
    for (let i = 0; i < bad.length; i++) expect<bool>(chosen(BASE + bad[i])).toBe(false, bad[i]);
    expect<bool>(chosen(BASE, "02")).toBe(false);
    // A key length of 0 is no key length.
    policy.encryption = 5;
    policy.keyBits = 0;
    const triple = "80010005" + "80020002" + "80030001" + "80040002";
    expect<bool>(chosen(triple)).toBe(true);
    expect<bool>(chosen(triple + "800e0000")).toBe(false);
  });

  it("are each what the policy wants", () => {
    const other = ["80010005", "800e00c0", "80020004", "80030003", "8004000e"];
    for (let i = 0; i < 5; i++) {
      let text = "";
      for (let k = 0; k < 5; k++) text += k == i ? other[k] : BASE.substr(k * 8, 8);
      expect<bool>(chosen(text)).toBe(false, other[i]);
    }
  });

  it("lifetimes are of 5 seconds and 4 kilobytes at least", () => {
    const seconds = "800b0001800c";
    const kilobytes = "800b0002800c";
    expect<bool>(chosen(BASE + seconds + "0005")).toBe(true);
    expect<bool>(chosen(BASE + seconds + "0004")).toBe(false);
    expect<bool>(chosen(BASE + seconds + "0000")).toBe(false);
    expect<bool>(chosen(BASE + kilobytes + "0004")).toBe(true);
    expect<bool>(chosen(BASE + kilobytes + "0003")).toBe(false);
    expect<bool>(chosen(BASE + kilobytes + "0000")).toBe(false);
  });

  it("the shorter lifetime counts, and whether the own one is", () => {
    // Own kilobytes; offered seconds and kilobytes; what is agreed, and whether it is shorter.
    const cases: u32[] = [
      0, 0, 0, 3600, 0, 1, 0, 3600, 0, 3600, 0, 0, 0, 3599, 0, 3599, 0, 0, 0, 3601, 0, 3600, 0, 1, 0, 3600, 900, 3600, 900, 0,
      800, 3600, 0, 3600, 800, 1, 800, 3600, 800, 3600, 800, 0, 800, 3600, 799, 3600, 799, 0, 800, 3600, 801, 3600, 800, 1,
    ];
    for (let i = 0; i < cases.length; i += 6) {
      policy.lifetimeKilobytes = cases[i];
      let text = BASE;
      if (cases[i + 1]) text += "800b0001800c" + hex4(cases[i + 1]);
      if (cases[i + 2]) text += "800b0002800c" + hex4(cases[i + 2]);
      expect<bool>(chosen(text)).toBe(true);
      expect<string>([choice.lifetimeSeconds, choice.lifetimeKilobytes, choice.shortened].join()).toBe([cases[i + 3], cases[i + 4], cases[i + 5]].join(), i.toString());
    }
  });
});

describe("the responder", () => {
  it("looks through all proposals and transforms, passes over other protocols, and ignores SPIs", () => {
    const wrong = transform(BASE.replace("80020002", "80020001"), false, "04");
    const len = sa(
      proposal(transform(BASE), 1, false, "07", "03", "01020304") + proposal(wrong + transform(BASE.replace("80020002", "80020004"), true, "05"), 2, false, "08") +
        proposal(wrong + transform(BASE, true, "09"), 2, true, "0b", "01", "01020304"),
    );
    expect<u32>(choosePhase1(offer, len, choice)).toBe(Notify.NONE);
    expect<u32>(choice.proposalNumber).toBe(11);
    expect<u32>(choice.transformNumber).toBe(9);
    // One for each before it: the protocol, three hashes.
    expect<u32>(mismatchCount()).toBe(4);
    w.begin(answer, 1024);
    answerPhase1(w, choice);
    w.close();
    // The transform as it was offered, under the proposal's number, without an SPI.
    expect<string>(toHex(answer, <u32>(w.here - answer))).toBe("00000030" + "0000000100000001" + proposal(transform(BASE, true, "09"), 1, true, "0b"));
  });

  it("says what is wrong with the payload itself", () => {
    const len = sa(proposal(transform(BASE), 1));
    expect<u32>(choosePhase1(offer, len - 1, choice)).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    store<u8>(offer + 7, 2);
    expect<u32>(choosePhase1(offer, len, choice)).toBe(Notify.SITUATION_NOT_SUPPORTED);
    const two = sa(proposal(transform(BASE.replace("80040002", "80040005"), false) + transform(BASE), 2));
    expect<u32>(offeredGroup(offer, two)).toBe(5);
    expect<u32>(offeredGroup(offer, two - 1)).toBe(0);
    expect<u32>(offeredGroup(offer, 8)).toBe(0);
  });

  it("has no use for a policy whose method it cannot do", () => {
    add(20).group = 5;
    policy.authMethod = 3;
    expect<u32>(aggressiveGroup()).toBe(5);
    expect<bool>(choosePhase1(offer, sa(proposal(transform(BASE.replace("80030001", "80030003")), 1)), choice) == Notify.NONE).toBe(false);
    policies.find(20)!.authMethod = 3;
    expect<u32>(aggressiveGroup()).toBe(0);
  });
});

describe("the initiator", () => {
  it("offers its policies in their order, numbered from one, those of a group alone if so wanted", () => {
    policy.lifetimeKilobytes = 5000;
    const third = add(30);
    third.group = 5;
    third.encryption = 5;
    third.keyBits = 0;
    third.lifetimeSeconds = 86400;
    add(20).authMethod = 3;
    const one = BASE + "800b0001800c0e10" + "800b0002800c1388";
    const two = "80010005" + "80020002" + "80030001" + "80040005" + "800b0001" + "000c000400015180";
    const expected = [
      proposal(transform(one, false) + transform(two, true, "02"), 2),
      proposal(transform(two), 1),
      proposal(transform(one), 1),
    ];
    const groups: u32[] = [0, 5, 2];
    for (let i = 0; i < 3; i++) {
      w.begin(answer, 1024);
      buildPhase1(w, groups[i]);
      w.close();
      // The order of attributes is ours: the key length behind the cipher.
      expect<string>(toHex(answer + 4, <u32>(w.here - answer) - 4)).toBe("0000000100000001" + expected[i]);
    }
  });

  it("takes one proposal with one of its transforms, with a lifetime that may be shorter, and notes whose it is", () => {
    add(20).keyBits = 256;
    policies.find(20)!.lifetimeKilobytes = 700;
    policies.find(20)!.lifetimeSeconds = 1800;
    w.begin(answer, 1024);
    buildPhase1(w);
    w.close();
    const own = answer + 4;
    const ownLen = <u32>(w.here - answer) - 4;
    const strong = BASE.replace("800e0080", "800e0100");
    expect<u32>(checkPhase1(offer, sa(proposal(transform(strong + "800b0001800c0064"), 1)), own, ownLen, choice)).toBe(Notify.NONE);
    expect<string>([choice.policy, choice.keyBits, choice.lifetimeSeconds, choice.lifetimeKilobytes].join()).toBe("20,256,100,700");
    expect<u32>(mismatchCount()).toBe(1);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE, true, "05"), 1, true, "09")), own, ownLen, choice)).toBe(Notify.NONE);
    expect<string>([choice.policy, choice.keyBits, choice.lifetimeSeconds, choice.lifetimeKilobytes, choice.proposalNumber, choice.transformNumber].join()).toBe("10,128,3600,0,9,5");
    expect<u32>(mismatchCount()).toBe(0);
    // The policies have changed meanwhile: it is the default's.
    policies.remove(10);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE), 1)), own, ownLen, choice)).toBe(Notify.NONE);
    expect<u32>(choice.policy).toBe(65535);
    const nearly: u32[] = [5, 128, 2, 1, 2, 7, 192, 2, 1, 2, 7, 128, 4, 1, 2, 7, 128, 2, 3, 2, 7, 128, 2, 1, 5];
    for (let i = 0; i < nearly.length; i += 5) {
      const p = add(40);
      p.encryption = nearly[i];
      p.keyBits = nearly[i + 1];
      p.hash = nearly[i + 2];
      p.authMethod = nearly[i + 3];
      p.group = nearly[i + 4];
      expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE), 1)), own, ownLen, choice)).toBe(Notify.NONE);
      expect<u32>(choice.policy).toBe(65535);
      policies.remove(40);
    }
  });

  it("refuses two transforms or proposals, another protocol, what is malformed, and what it has not offered", () => {
    w.begin(answer, 1024);
    buildPhase1(w);
    w.close();
    const own = answer + 4;
    const ownLen = <u32>(w.here - answer) - 4;
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE, false) + transform(BASE, true, "02"), 2)), own, ownLen, choice)).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE), 1, false) + proposal(transform(BASE), 1, true, "02")), own, ownLen, choice)).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE), 1, true, "01", "03", "01020304")), own, ownLen, choice)).toBe(Notify.INVALID_PROTOCOL_ID);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE), 1)) - 1, own, ownLen, choice)).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE.replace("80020002", "80020004")), 1)), own, ownLen, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect<u32>(checkPhase1(offer, sa(proposal(transform(BASE), 1)), own, ownLen, choice)).toBe(Notify.NONE);
  });
});

describe("a policy", () => {
  it("has a priority of 1 to 10000, and all defaults; the same priority is the same policy", () => {
    policies.init();
    expect<bool>(policies.add(1) != null && policies.add(10000) != null).toBe(true);
    expect<bool>(policies.add(0) == null && policies.add(10001) == null).toBe(true);
    expect<u32>(policies.configured()).toBe(2);
    const one = policies.add(1)!;
    expect<bool>(policies.find(1) === one).toBe(true);
    expect<u32>(policies.configured()).toBe(2);
    const defaults = policies.defaultPolicy();
    for (let i = 0; i < 2; i++) {
      const p = i ? one : defaults;
      expect<string>([p.priority, p.encryption, p.keyBits, p.hash, p.authMethod, p.group, p.lifetimeSeconds, p.lifetimeKilobytes].join()).toBe((i ? "1" : "65535") + ",7,256,4,1,14,86400,0");
    }
    expect<bool>(policies.first() === one).toBe(true);
    expect<u32>(policies.next(one)!.priority).toBe(10000);
    expect<bool>(policies.next(policies.find(10000)) == null && policies.next(null) == null).toBe(true);
    expect<bool>(policies.remove(1) && policies.remove(10000) && !policies.remove(1)).toBe(true);
    expect<bool>(policies.first() === defaults && policies.next(defaults) == null).toBe(true);
  });
});
