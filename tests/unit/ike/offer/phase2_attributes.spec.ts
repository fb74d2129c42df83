// Attributes of a phase 2 transform as they are read (RFC 2407, 4.5), and what the answer may be (RFC 2408, 4.2).
import { checkPhase2, choosePhase2 } from "../../../../assembly/ike/offer/phase2_proposal";
import { Phase2Choice, Phase2Wish } from "../../../../assembly/ike/offer/phase2_terms";
import { Offer, encapsulationOf, encapsulationOk, modeOf, read } from "../../../../assembly/ike/offer/phase2_transform";
import { Mode } from "../../../../assembly/sadb/settings/transform_set";
import { Notify } from "../../../../assembly/wire/ike_numbers";
import { SaCursor } from "../../../../assembly/wire/sa";
import { fromHex } from "../../crypto/bytes";
import { set } from "../../sadb/world";
import { begin } from "../by_hand/world";

const body: usize = memory.data(512, 8);
const own: usize = memory.data(512, 8);
const o = changetype<Offer>(memory.data(36, 4));
const cursor = new SaCursor();
const wish = changetype<Phase2Wish>(memory.data(64, 8));
const choice = changetype<Phase2Choice>(memory.data(96, 8));

beforeEach(() => {
  begin();
});

function hex2(v: u32): string {
  let text = "";
  for (let k = 3; k >= 0; k--) text += "0123456789abcdef".charAt(<i32>((v >>> (k << 2)) & 15));
  return text;
}

function transform(attributes: string, id: string = "0c", more: bool = false): string {
  return (more ? "0300" : "0000") + hex2(<u32>attributes.length / 2 + 8) + "01" + id + "0000" + attributes;
}

/** A proposal of ready transforms. */
function proposal(transforms: string, n: string = "01", number: string = "01", protocol: string = "03", spi: string = "11223344", more: bool = false): string {
  return (more ? "0200" : "0000") + hex2(<u32>(transforms.length + spi.length) / 2 + 8) + number + protocol + "0" + (spi.length / 2).toString() + n + spi + transforms;
}

/** Reads a transform of these attributes: the fields, in order, and the attribute that is wrong with its value. */
function fields(attributes: string): string {
  const n = fromHex(body, "0000000100000001" + proposal(transform(attributes)));
  expect<u32>(cursor.begin(body, n)).toBe(0, attributes);
  cursor.nextProposal();
  cursor.nextTransform();
  memory.fill(changetype<usize>(o), 0xff, 36);
  read(cursor, o);
  return `${o.keyBits} ${o.auth} ${o.esn} ${o.encapsulation} ${o.group} ${o.seconds} ${o.kilobytes} ${o.odd ? (o.odd - 1).toString() : "-"} ${o.oddValue}`;
}

describe("a transform", () => {
  test("has its attributes in any order and both encodings", () => {
    expect<string>(fields("")).toBe("0 0 0 0 0 0 0 - 0");
    expect<string>(fields("80060080" + "80050002" + "80040001" + "8003000e" + "800b0001")).toBe("128 2 1 1 14 0 0 - 0");
    expect<string>(fields("800b0001" + "8003000e" + "0004000400000003" + "00050002000c" + "80060100")).toBe("256 12 1 3 14 0 0 - 0");
  });

  test("has two lifetimes, a type before each duration", () => {
    expect<string>(fields("8001000180020e10" + "80010002" + "0002000400465000")).toBe("0 0 0 0 0 3600 4608000 - 0");
    expect<string>(fields("8001000280020e10" + "800100018002003c")).toBe("0 0 0 0 0 60 3600 - 0");
    expect<string>(fields("8001000180020e10" + "800100018002003c")).toBe("0 0 0 0 0 60 0 2 60", "two that differ");
    expect<string>(fields("800100018002003c" + "800100018002003c")).toBe("0 0 0 0 0 60 0 - 0", "two that do not");
    expect<string>(fields("8001000280021000" + "8001000280021001")).toBe("0 0 0 0 0 0 4097 2 4097");
    expect<string>(fields("80010001")).toBe("0 0 0 0 0 0 0 - 0", "a type alone says nothing");
    // A duration without a type of its own, a lifetime of nothing, a type of no kind.
    expect<string>(fields("80020e10")).toBe("0 0 0 0 0 0 3600 2 3600");
    expect<string>(fields("8001000180020e10" + "8002003c")).toBe("0 0 0 0 0 3600 60 2 60");
    expect<string>(fields("8001000180020000")).toBe("0 0 0 0 0 0 0 2 0");
    expect<string>(fields("80010003" + "80020e10")).toBe("0 0 0 0 0 0 3600 1 3");
    expect<string>(fields("80010000" + "80020e10")).toBe("0 0 0 0 0 0 3600 1 0");
  });

  test("has every other attribute once, and none that is unknown; the first that is wrong is named", () => {
    expect<string>(fields("80050002" + "80050005")).toBe("0 5 0 0 0 0 0 5 5");
    expect<string>(fields("80040001" + "80040001")).toBe("0 0 0 1 0 0 0 4 1");
    expect<string>(fields("8003000e" + "8003000e")).toBe("0 0 0 0 14 0 0 3 14");
    expect<string>(fields("80060080" + "80060080")).toBe("128 0 0 0 0 0 0 6 128");
    expect<string>(fields("800b0001" + "800b0001")).toBe("0 0 1 0 0 0 0 11 1");
    expect<string>(fields("800b0002")).toBe("0 0 1 0 0 0 0 11 2");
    expect<string>(fields("80060000")).toBe("0 0 0 0 0 0 0 6 0");
    expect<string>(fields("80070007")).toBe("0 0 0 0 0 0 0 7 7");
    expect<string>(fields("80000009" + "80070007")).toBe("0 0 0 0 0 0 0 0 9");
    // 33 and 37 are not 1 and 5 again.
    expect<string>(fields("80250009" + "80050002")).toBe("0 2 0 0 0 0 0 37 9");
    expect<string>(fields("80200009" + "80060080")).toBe("128 0 0 0 0 0 0 32 9");
    expect<string>(fields("80070007" + "80080008")).toBe("0 0 0 0 0 0 0 7 7");
  });
});

describe("an encapsulation", () => {
  test("is one of six, by mode and NAT traversal", () => {
    expect<u32>(encapsulationOf(Mode.TUNNEL, 0)).toBe(1);
    expect<u32>(encapsulationOf(Mode.TRANSPORT, 0)).toBe(2);
    expect<u32>(encapsulationOf(Mode.TUNNEL, 1)).toBe(3);
    expect<u32>(encapsulationOf(Mode.TRANSPORT, 1)).toBe(4);
    expect<u32>(encapsulationOf(Mode.TUNNEL, 2)).toBe(61443);
    expect<u32>(encapsulationOf(Mode.TRANSPORT, 2)).toBe(61444);
    const tunnels: StaticArray<u32> = [1, 3, 61443];
    const transports: StaticArray<u32> = [2, 4, 61444];
    for (let i = 0; i < 3; i++) {
      expect<u32>(modeOf(tunnels[i])).toBe(Mode.TUNNEL);
      expect<u32>(modeOf(transports[i])).toBe(Mode.TRANSPORT);
    }
    expect<u32>(modeOf(61445)).toBe(Mode.TUNNEL);
  });

  test("fits its mode, without one where there is no NAT; the drafts' and the RFC's say the same", () => {
    const all: StaticArray<u32> = [0, 1, 2, 3, 4, 5, 61443, 61444, 61445];
    let text = "";
    for (let natt: u32 = 0; natt < 3; natt++) for (let mode = 1; mode <= 2; mode++) {
      for (let i = 0; i < all.length; i++) if (encapsulationOk(all[i], mode == 1 ? Mode.TUNNEL : Mode.TRANSPORT, natt)) text += " " + all[i].toString();
      text += ";";
    }
    expect<string>(text).toBe(" 0 1; 0 2; 3 61443; 4 61444; 3 61443; 4 61444;");
  });
});

const AES: string = "80040001" + "8001000180020e10" + "80050002" + "80060080";

/** What an answer of these proposals is to the offer of ESP-AES-128 with SHA under number 1. */
function check(answer: string, offer: string = proposal(transform(AES))): u32 {
  const n = fromHex(own, "0000000100000001" + offer);
  const m = fromHex(body, "0000000100000001" + answer);
  return checkPhase2(body, m, own, n, wish, choice);
}

describe("an answer", () => {
  test("is one transform of one proposal, with an SPI of four octets from 256 on", () => {
    expect<u32>(check(proposal(transform(AES)))).toBe(Notify.NONE);
    expect<u32>(check(proposal(transform(AES), "01", "01", "03", "00000100"))).toBe(Notify.NONE);
    expect<u32>(check(proposal(transform(AES), "01", "01", "03", "000000ff"))).toBe(Notify.INVALID_SPI);
    expect<u32>(check(proposal(transform(AES), "01", "01", "03", "0000112233445566"))).toBe(Notify.INVALID_SPI);
    expect<u32>(check(proposal(transform(AES, "0c", true) + transform(AES), "02"))).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    expect<u32>(check(proposal(transform(AES), "01", "01", "03", "11223344", true) + proposal(transform(AES), "01", "02"))).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    expect<u32>(check(proposal(transform(AES), "01", "01", "03", "11223344", true) + proposal(transform(AES)))).toBe(Notify.BAD_PROPOSAL_SYNTAX, "ESP twice");
    expect<u32>(check(proposal(transform(AES), "01", "01", "04"))).toBe(Notify.INVALID_PROTOCOL_ID);
    expect<u32>(check(proposal(transform(AES), "01", "01", "02"))).toBe(Notify.INVALID_PROTOCOL_ID, "AH alone was not offered");
  });

  test("is of what was offered: cipher, key, ICV, mode, group, extended numbers", () => {
    const answers: StaticArray<string> = [
      "80040001" + "8001000180020e10" + "80050005" + "80060080", "80040001" + "8001000180020e10" + "80050002" + "80060100",
      "80040002" + "8001000180020e10" + "80050002" + "80060080", AES + "8003000e", AES + "800b0001", AES + "80070001", AES + "80060080",
    ];
    for (let i = 0; i < answers.length; i++) expect<u32>(check(proposal(transform(answers[i])))).toBe(Notify.NO_PROPOSAL_CHOSEN, answers[i]);
    expect<u32>(check(proposal(transform(AES, "03")))).toBe(Notify.NO_PROPOSAL_CHOSEN);
  });

  test("may be of any offer, under whichever number; the lifetimes are the shorter ones", () => {
    const LONG = "80040001" + "8001000180027080" + "80050005" + "80060080";
    const two = proposal(transform(AES), "01", "01", "03", "11223344", true) + proposal(transform(AES, "03", true) + transform(LONG), "02", "02");
    expect<u32>(check(proposal(transform(LONG), "01", "02"), two)).toBe(Notify.NONE);
    expect<u32>(choice.lifetimeSeconds).toBe(28800);
    expect<u32>(check(proposal(transform(LONG), "01", "01"), two)).toBe(Notify.NONE);
    expect<u32>(check(proposal(transform("80040001" + "800100018002003c" + "80050005" + "80060080"), "01", "02"), two)).toBe(Notify.NONE);
    expect<u32>(choice.lifetimeSeconds).toBe(60);
    expect<u32>(choice.espAuth).toBe(5);
  });
});

describe("a set", () => {
  test("is matched by its own cipher and key, under any proposal number, 0 too", () => {
    memory.fill(changetype<usize>(wish), 0, 64);
    wish.lifetimeSeconds = 3600;
    wish.addSet(set("TS"));
    const numbers: StaticArray<string> = ["00", "01", "ff"];
    for (let i = 0; i < 3; i++) {
      const offer = proposal(transform(AES), "01", numbers[i]);
      expect<u32>(choosePhase2(body, fromHex(body, "0000000100000001" + offer), wish, choice)).toBe(Notify.NONE);
      expect<u32>(choice.proposalNumber).toBe(i == 2 ? 255 : i);
      expect<u32>(check(offer, offer)).toBe(Notify.NONE);
    }
    // AES-CTR with a key as long.
    const other = fromHex(body, "0000000100000001" + proposal(transform(AES, "0d")));
    expect<u32>(choosePhase2(body, other, wish, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
  });

  test("of transport mode takes tunnel mode after all sets have been tried as they are", () => {
    const transport = set("TRANSPORT");
    transport.mode = <u8>Mode.TRANSPORT;
    const tunnel = set("TUNNEL");
    tunnel.espAuth = 5;
    memory.fill(changetype<usize>(wish), 0, 64);
    wish.lifetimeSeconds = 3600;
    wish.hosts = 1;
    wish.addSet(transport);
    wish.addSet(tunnel);
    const SHA256 = "80040001" + "8001000180020e10" + "80050005" + "80060080";
    const n = fromHex(body, "0000000100000001" + proposal(transform(AES, "0c", true) + transform(SHA256), "02"));
    expect<u32>(choosePhase2(body, n, wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.espAuth).toBe(5);
    expect<u32>(choice.mode).toBe(Mode.TUNNEL);
    const m = fromHex(body, "0000000100000001" + proposal(transform(AES)));
    expect<u32>(choosePhase2(body, m, wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.espAuth).toBe(2);
    expect<u32>(choice.mode).toBe(Mode.TUNNEL);
    wish.transportOnly = 1;
    expect<u32>(choosePhase2(body, m, wish, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    const t = fromHex(body, "0000000100000001" + proposal(transform("80040002" + "8001000180020e10" + "80050002" + "80060080")));
    expect<u32>(choosePhase2(body, t, wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.mode).toBe(Mode.TRANSPORT);
  });
});
