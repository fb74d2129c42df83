/**
 * What a gateway does with a nonce and an identity that were encrypted by its RSA key takes as many instructions of the boards' code, at the same places,
 * with the same addresses, whatever is wrong with them: 200 attempts of each kind without the RSA power, and some whole ones
 * (ORACLE_ATTEMPTS says how many). tests/ct/encryption.test.ts looks at the whole gateway, tests/exchange/oracle.test.ts at what is seen of it.
 */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Primitives } from "../support/primitives/primitives.ts";
import { rawEncrypt } from "../support/second/encrypted_peer.ts";
import { concat } from "../support/second/ike_peer.ts";
import { Random } from "../support/world/random.ts";
import { simdSkipReason } from "./machine/board_needs.ts";
import { Caller, type Watched } from "./machine/caller.ts";

const wasm = readFileSync(fileURLToPath(new URL("../../build/primitives.simd.wasm", import.meta.url)));
const { base } = await Primitives.load(undefined, wasm);
const [KEY, ID, NONCE, PUBLIC, SEED, PART, OUT] = [0, 4096, 5120, 6144, 8192, 9216, 10240].map((offset) => base + offset) as [number, number, number, number, number, number, number];
const BYTES = 128;
const WHOLE = Number(process.env.ORACLE_ATTEMPTS ?? 2);
const SHA256 = 4;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 8 * BYTES });
const publicKey = createPublicKey(privateKey);
const random = new Random(13);
/** Octets of padding: none is 0. */
const padding = (n: number): Uint8Array => random.fill(new Uint8Array(n)).map((octet) => octet || 1);
const block = (message: Uint8Array): Uint8Array => concat([0, 2], padding(BYTES - 3 - message.length), [0], message);
const some = (n: number): Uint8Array => random.fill(new Uint8Array(n));
const set = (b: Uint8Array, at: number, octet: number): Uint8Array => b.map((old, i) => (i === at ? octet : old));
const between = (from: number, to: number): number => from + (random.u32() % (to - from + 1));

/** Ways in which a block of either is wrong; the first is a message that is none the gateway waits for, and well padded. */
const kinds: [string, () => Uint8Array][] = [
  ["well padded", () => block(some(20))],
  ["well padded, of any length", () => block(some(between(8, 117)))],
  ["the first octet is not 0", () => set(block(some(20)), 0, between(1, 0x3f))],
  ["the type is wrong", () => set(block(some(20)), 1, 3 + between(0, 200))],
  ["a 0 in the first eight octets of padding", () => set(block(some(20)), between(2, 9), 0)],
  ["no 0 at all", () => concat([0, 2], padding(BYTES - 2))],
  ["too short a message", () => block(some(between(0, 4)))],
  ["noise", () => set(some(BYTES), 0, 0)],
];

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const octetsOf = (text: string | undefined): Uint8Array => new Uint8Array(Buffer.from(text ?? "", "base64url"));

function keyLines(): string[] {
  const { n, e, p, q, dp, dq, qi } = privateKey.export({ format: "jwk" });
  const parts = [p, q, dp, dq, qi].map(octetsOf).flatMap((part, i) => [`octets ${PART} ${hex(part)}`, `rsaSetPart ${KEY} ${i} ${PART} ${part.length}`]);
  return [`octets ${OUT} ${hex(octetsOf(n))}`, `octets ${PART} ${hex(octetsOf(e))}`, `rsaPublicKey ${KEY} ${OUT} ${BYTES} ${PART} ${octetsOf(e).length}`, ...parts, `fill ${SEED} 48 7`, `fill ${PUBLIC} 600 9`, `fill ${PUBLIC + 80} 192 0`];
}
/** Calls among those lines. */
const KEY_CALLS = 6;

/** An attempt, after the same entropy. */
const attempt = (blocks: boolean, id: Uint8Array, nonce: Uint8Array): string[] => [
  `drbgInstantiate ${SEED} 48`, `octets ${ID} ${hex(id)}`, `octets ${NONCE} ${hex(nonce)}`, `encryptionAttempt ${SHA256} ${KEY} ${blocks ? 1 : 0} ${ID} ${BYTES} ${NONCE} ${BYTES} ${PUBLIC} ${OUT}`,
];

const skip = simdSkipReason("thumbv7");
describe("attempts by RSA encryption on the boards' processor", skip === undefined ? {} : { skip }, () => {
  let caller: Caller;
  let file = "";
  before(() => {
    caller = new Caller("thumbv7");
    file = caller.compile("primitives", wasm);
  });
  after(() => caller?.close());

  function run(blocks: boolean, times: number): Map<string, Watched[]> {
    const cases = kinds.flatMap(([name, make]) => Array.from({ length: times }, (_, i) => ({ name, make, ofNonce: (i & 1) === 0 })));
    const sealed = (b: Uint8Array) => (blocks ? b : rawEncrypt(publicKey, b));
    const good = () => block(some(8));
    // Once before: what is done on a first call alone is no secret.
    const lines = [...keyLines(), ...attempt(blocks, sealed(good()), sealed(good())), ...cases.flatMap(({ make, ofNonce }) => attempt(blocks, sealed(ofNonce ? good() : make()), sealed(ofNonce ? make() : good())))];
    const watched = caller.watch(file, lines).slice(KEY_CALLS + 2).filter((_, i) => i % 2 === 1);
    assert.equal(watched.length, cases.length);
    const byName = new Map<string, Watched[]>();
    watched.forEach((one, i) => byName.set(cases[i]!.name, [...(byName.get(cases[i]!.name) ?? []), one]));
    return byName;
  }

  function alike(byName: Map<string, Watched[]>, times: number): Watched {
    const model = byName.get(kinds[0]![0])![0]!;
    for (const [name, watched] of byName) {
      assert.equal(watched.length, times, name);
      for (const one of watched) assert.deepEqual(one, model, name);
    }
    assert.ok(model.instructions > 10_000);
    return model;
  }

  it("200 attempts of each kind, from the block of PKCS#1 on", (t) => t.diagnostic(`${alike(run(true, 200), 200).instructions} instructions each`));

  it(`${WHOLE} whole attempts of each kind, RSA's private power and all`, (t) => t.diagnostic(`${alike(run(false, WHOLE), WHOLE).instructions} instructions each`));
});
