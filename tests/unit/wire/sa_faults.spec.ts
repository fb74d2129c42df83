// An SA payload with one octet wrong, or two: the exact reason, and what is let pass with a RESERVED octet set.
import { Malformed } from "../../../assembly/wire/malformed";
import * as sa from "../../../assembly/wire/sa";
import { SaCursor } from "../../../assembly/wire/sa";
import { fromHex } from "../crypto/bytes";

const buffer: usize = memory.data(512, 8);
const cursor = new SaCursor();

// DOI and situation 0; proposal 8, its transform 20; proposal 40, its transforms 52 and 80.
const BODY =
  "00000001" + "00000001" +
  "02000020" + "01030401" + "89abcdef" + "00000014" + "01030000" + "80040001" + "80050002" + "80010001" +
  "00000038" + "02030402" + "00000100" +
  "0300001c" + "010c0000" + "80060100" + "80050005" + "80010001" + "0002000400015180" +
  "00000010" + "020c0000" + "80060080" + "80050002";

function reason(at: u32, value: u32, at2: u32 = 0, value2: u32 = 0): u32 {
  const len = fromHex(buffer, BODY);
  memory.fill(buffer + len, 0, 64);
  store<u8>(buffer + at, <u8>value);
  if (at2) store<u8>(buffer + at2, <u8>value2);
  const found = sa.check(buffer, len);
  const good = found == Malformed.NONE || found == Malformed.RESERVED;
  expect(cursor.begin(buffer, len)).toBe(good ? Malformed.NONE : found);
  expect(cursor.nextProposal()).toBe(good);
  return found;
}

describe("one octet of an SA payload", () => {
  test("Next Payload: 2 before a proposal, 3 before a transform, 0 before nothing", () => {
    const fields: u32[][] = [[8, 2], [20, 0], [40, 0], [52, 3], [80, 0]];
    for (let i = 0; i < fields.length; i++) {
      for (let next: u32 = 0; next < 256; next++) {
        const found = reason(fields[i][0], next);
        if (found != (next == fields[i][1] ? Malformed.NONE : Malformed.PROPOSAL)) expect(next).toBe(256, "at " + fields[i][0].toString());
      }
    }
    expect(reason(80, 0)).toBe(Malformed.NONE);
  });

  test("lengths: less than a header, or more than there is", () => {
    const fields: u32[][] = [[11, 88], [23, 20], [43, 56], [55, 44], [83, 16]];
    for (let i = 0; i < fields.length; i++) {
      for (let length: u32 = 0; length < 8; length++) expect(reason(fields[i][0], length)).toBe(Malformed.PROPOSAL);
      for (let length: u32 = fields[i][1] + 1; length < 256; length += 7) expect(reason(fields[i][0], length)).toBe(Malformed.PROPOSAL);
      expect(reason(fields[i][0] - 1, 1)).toBe(Malformed.PROPOSAL, "the upper octet");
    }
  });

  test("a transform that is too long is told before what is behind it is read", () => {
    // Its next is one of the transforms, so that its length alone is wrong.
    expect(reason(55, 45)).toBe(Malformed.PROPOSAL);
    expect(reason(55, 46)).toBe(Malformed.PROPOSAL);
    expect(reason(20, 3, 23, 21)).toBe(Malformed.PROPOSAL);
    expect(reason(20, 3, 23, 22)).toBe(Malformed.PROPOSAL);
  });

  test("attributes fill their transform", () => {
    expect(reason(55, 24)).toBe(Malformed.ATTRIBUTE, "the last is cut");
    expect(reason(55, 26)).toBe(Malformed.ATTRIBUTE);
    expect(reason(92, 0)).toBe(Malformed.ATTRIBUTE, "of the last transform");
    expect(reason(28, 0)).toBe(Malformed.ATTRIBUTE, "of the first");
    expect(reason(75, 5)).toBe(Malformed.ATTRIBUTE);
    expect(reason(75, 3)).toBe(Malformed.ATTRIBUTE);
  });

  test("the number of transforms", () => {
    for (let n: u32 = 0; n < 6; n++) {
      expect(reason(15, n)).toBe(n == 1 ? Malformed.NONE : Malformed.PROPOSAL);
      expect(reason(47, n)).toBe(n == 2 ? Malformed.NONE : Malformed.PROPOSAL);
    }
  });

  test("an SPI within its proposal", () => {
    expect(reason(14, 24)).toBe(Malformed.PROPOSAL, "no transform is left");
    expect(reason(14, 25)).toBe(Malformed.SPI);
    expect(reason(14, 255)).toBe(Malformed.SPI);
    expect(reason(46, 48)).toBe(Malformed.PROPOSAL);
    expect(reason(46, 49)).toBe(Malformed.SPI);
  });

  test("DOI and situation: each octet", () => {
    for (let at: u32 = 0; at < 8; at++) expect(reason(at, 2)).toBe(at < 4 ? Malformed.DOI : Malformed.SITUATION);
  });
});

describe("a RESERVED octet", () => {
  test("wherever it is, is told", () => {
    const fields: StaticArray<u32> = [9, 21, 26, 27, 41, 53, 58, 59, 81, 86, 87];
    for (let i = 0; i < fields.length; i++) {
      expect(reason(fields[i], 1)).toBe(Malformed.RESERVED);
      expect(reason(fields[i], 0x80)).toBe(Malformed.RESERVED);
    }
  });

  test("covers no other fault, before it or behind it", () => {
    const reserved: StaticArray<u32> = [9, 21, 26, 41, 53, 87];
    for (let i = 0; i < reserved.length; i++) {
      const at = reserved[i];
      expect(reason(at, 1, 80, 3)).toBe(Malformed.PROPOSAL);
      expect(reason(at, 1, 47, 3)).toBe(Malformed.PROPOSAL);
      expect(reason(at, 1, 92, 0)).toBe(Malformed.ATTRIBUTE);
      expect(reason(at, 1, 46, 49)).toBe(Malformed.SPI);
      expect(reason(at, 1, 20, 3)).toBe(Malformed.PROPOSAL);
      expect(reason(at, 1, 28, 0)).toBe(Malformed.ATTRIBUTE);
    }
  });
});

/** Stands at the first attribute of the first of the second proposal's transforms. */
function walk(): u32 {
  const len = fromHex(buffer, BODY);
  cursor.begin(buffer, len);
  cursor.nextProposal();
  cursor.nextProposal();
  cursor.nextTransform();
  expect(cursor.nextAttribute()).toBe(true);
  return len;
}

describe("a walk that is broken off", () => {
  test("leaves nothing behind, whatever comes next", () => {
    let len = walk();
    expect(cursor.begin(buffer, len)).toBe(Malformed.NONE);
    expect(cursor.nextAttribute()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.proposalNumber).toBe(1);

    len = walk();
    expect(cursor.begin(buffer, len - 1)).not.toBe(Malformed.NONE);
    expect(cursor.nextAttribute()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextProposal()).toBe(false);

    walk();
    cursor.rewind();
    expect(cursor.nextAttribute()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.proposalNumber).toBe(1);

    walk();
    expect(cursor.nextProposal()).toBe(false);
    expect(cursor.nextAttribute()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);

    walk();
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.nextAttribute()).toBe(true);
    expect(cursor.value).toBe(128, "of the new one");
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextAttribute()).toBe(false);
  });

  test("protocols of large numbers are one bit, and twice is not what they are", () => {
    const numbers: StaticArray<u32> = [29, 30, 31, 255];
    for (let i = 0; i < 4; i++) {
      const len = fromHex(buffer, BODY);
      store<u8>(buffer + 13, <u8>numbers[i]);
      expect(cursor.begin(buffer, len)).toBe(Malformed.NONE);
      expect(cursor.protocols(1)).toBe(i ? 1 << 30 : 1 << 29);
      store<u8>(buffer + 44, 1);
      expect(cursor.protocols(1)).toBe((i ? 1 << 30 : 1 << 29) | (1 << 3));
      store<u8>(buffer + 45, <u8>numbers[i]);
      expect(cursor.protocols(1)).toBe((i ? 1 << 30 : 1 << 29) | sa.MANY);
    }
  });
});
