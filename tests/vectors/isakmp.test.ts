// Whole files of ISAKMP messages: captures, ten of them malformed, none of which may trap; encrypted messages with their keys.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { datagrams, type Datagram } from "../support/primitives/captures.ts";
import { Oakley } from "../support/primitives/oakley.ts";
import { AES, DES, DES3 } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { hex, vectorFiles, vectorsDir, vectorTest } from "../support/primitives/vectors.ts";

const p = await Oakley.load();

/** 256: header and payloads are good; above: a payload is not; below: the header is not. */
const GOOD = 256;

/** Parses octets that end where memory ends, so that reading one too many would trap. */
function parse(name: "parseMessage" | "parseChain", bytes: Uint8Array, first = 0): number {
  const memory = new Uint8Array(p.exports.memory.buffer);
  const at = memory.length - bytes.length;
  memory.set(bytes, at);
  return name === "parseMessage" ? p.call(name, at, bytes.length) : p.call(name, first, at, bytes.length, 1);
}

/** ISAKMP out of a datagram: port 500 as it is, port 4500 behind the marker. */
function isakmp({ ports, payload }: Datagram): Uint8Array | undefined {
  if (ports.includes(500)) return payload;
  if (ports.includes(4500) && payload.length >= 4 && Buffer.from(payload.subarray(0, 4)).equals(Buffer.alloc(4))) return payload.subarray(4);
  return undefined;
}

const captures = [...vectorFiles("pcap/tcpdump", /\.pcap(ng)?$/), ...vectorFiles("pcap/zeek-spicy-ipsec", /\.pcap$/)];
if (captures.length === 0) vectorTest("pcap", () => 0);

const sound = /ISAKMP_sa_setup|isakmp4500|main-mode|aggressive-mode/;

for (const path of captures) {
  vectorTest(path, () => {
    const all = datagrams(readFileSync(join(vectorsDir, path)));
    for (const { payload, frame } of all) {
      // Whatever it is, it may stand where ISAKMP is expected, whole and cut at any place.
      for (const bytes of [payload, payload.subarray(4), frame]) {
        for (let length = 0; length <= bytes.length; length++) parse("parseMessage", bytes.subarray(0, length));
        for (const type of [1, 5, 11, 12]) for (let from = 0; from < bytes.length; from++) parse("parseChain", bytes.subarray(from), type);
      }
    }
    const messages = all.map(isakmp).filter((bytes) => bytes !== undefined);
    const results = messages.map((bytes) => parse("parseMessage", bytes));
    if (sound.test(path)) {
      assert.ok(messages.length > 0);
      assert.deepEqual(results, results.map(() => GOOD));
    }
    return all.length;
  });
}

interface Encrypted { kind?: string; alg?: string; enc?: string; message: string; key: string; iv: string; plaintext: string; plaintext_with_padding?: string }

const HEADER = 28;

function decrypts(cipher: number, c: Encrypted): void {
  const message = hex(c.message);
  assert.equal(parse("parseMessage", message), GOOD);
  const body = message.subarray(HEADER);
  const { data } = p.cbc("decrypt", cipher, hex(c.key), hex(c.iv), body);
  assert.equal(data.toString("hex"), c.plaintext_with_padding ?? c.plaintext);
  assert.equal(parse("parseChain", data, message[16]), 0, "the chain of payloads");
}

vectorTest("ike-kats/openswan_mm_decrypt.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: Encrypted[] };
  for (const c of tests) decrypts(/^Triple|3DES/i.test(c.alg!) ? DES3 : /^DES/i.test(c.alg!) ? DES : AES, c);
  return tests.length;
});

vectorTest("ike-kats/isakmp_messages_rubnds.json", (text) => {
  const tests = (JSON.parse(text) as { tests: Encrypted[] }).tests.filter((c) => c.message !== undefined);
  for (const c of tests) {
    if (c.key) decrypts(AES, c);
    else if (/^two concatenated/.test(c.kind!)) {
      // A datagram has one message (RFC 2408, 5.1); taken apart both are good.
      const both = hex(c.message);
      assert.ok(parse("parseMessage", both) < GOOD);
      const first = both.readUInt32BE(24);
      assert.equal(parse("parseMessage", both.subarray(0, first)), GOOD);
      assert.equal(parse("parseMessage", both.subarray(first)), GOOD);
    } else assert.equal(parse("parseMessage", hex(c.message)), GOOD, c.kind);
  }
  return tests.length;
});

test("drawn and damaged messages never trap", () => {
  const random = new Random(2408);
  const seeds: Uint8Array[] = [];
  for (const path of captures) seeds.push(...datagrams(readFileSync(join(vectorsDir, path))).map(isakmp).filter((bytes) => bytes !== undefined));
  // One of our own where there are no captures: an SA with one proposal of one transform, then a notify.
  const attributes = "80010007" + "800e0100" + "80020004" + "80030001" + "8004000e" + "800b0001" + "000c000400015180";
  const sa = "0b00003c" + "0000000100000001" + "0000003001010001" + "0000002801010000" + attributes;
  const own = hex("0102030405060708" + "0000000000000000" + "01100200" + "00000000" + "0000006c" + sa + "00000014" + "0000000101000018" + "1122334455667788");
  assert.equal(parse("parseMessage", own), GOOD);
  seeds.push(own);
  for (let n = 0; n < 40000; n++) {
    const bytes = Uint8Array.from(random.pick(seeds)).subarray(0, 2048);
    for (let edits = 1 + random.below(4); edits > 0; edits--) bytes[random.below(bytes.length)] = random.chance(0.3) ? random.pick([0, 1, 3, 4, 8, 255]) : random.below(256);
    let cut = bytes.subarray(0, random.chance(0.5) ? bytes.length : random.below(bytes.length + 1));
    if (cut.length >= HEADER) {
      // The header's length is mended, so that what lies behind it is looked at.
      cut = Uint8Array.from(cut);
      new DataView(cut.buffer).setUint32(24, cut.length);
      cut[17] = 0x10;
      cut[19]! &= 6;
    }
    parse("parseMessage", cut);
    if (cut.length > HEADER) parse("parseChain", cut.subarray(HEADER), random.pick([1, 4, 5, 8, 10, 11, 12, 13]));
  }
});
