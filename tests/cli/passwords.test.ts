/** Private keys under passwords of many rounds: derived in slices, bounded, and nothing stays of what was given up. */
import assert from "node:assert/strict";
import { createCipheriv, createPrivateKey, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { der, integer, octetString, oid, sequence } from "../support/pki/issuer.ts";
import { Pair } from "../support/world/pair.ts";
import { Console } from "./console.ts";

const plain = createPrivateKey(readFileSync(fileURLToPath(new URL("pki/curve.key", import.meta.url)), "utf8")).export({ type: "pkcs8", format: "der" });
const PASSWORD = "swordfish";

/** EncryptedPrivateKeyInfo of PBES2 (RFC 8018), AES-256-CBC, in PEM. @param said what is written for the rounds, if it is not the truth */
function sealed(rounds: number, hash: "sha1" | "sha256" | "sha512" = "sha256", said: bigint | number = rounds): string {
  const salt = Buffer.alloc(16, 5), iv = Buffer.alloc(16, 6);
  const cipher = createCipheriv("aes-256-cbc", pbkdf2Sync(PASSWORD, salt, rounds, 32, hash), iv);
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const prf = sequence(oid(`1.2.840.113549.2.${{ sha1: 7, sha256: 9, sha512: 11 }[hash]}`), der(5));
  const derivation = sequence(oid("1.2.840.113549.1.5.12"), sequence(octetString(salt), integer(said), prf));
  const encryption = sequence(oid("2.16.840.1.101.3.4.1.42"), octetString(iv));
  const info = sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, encryption)), octetString(data));
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${info.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ENCRYPTED PRIVATE KEY-----\nquit\n`;
}

const WORDS = `crypto key import ec K pem terminal ${PASSWORD}\n`;
function configuring(): Console {
  const c = new Console({ wall: 1_900_000_000 });
  c.input("configure terminal\n");
  return c;
}

/** Lets what runs on come to its end; how many polls that took. */
function finish(c: Console): number {
  let polls = 0;
  while (c.exports.poll(c.now) === 0) polls++;
  return polls;
}

for (const [hash, perSlice] of [["sha1", 64], ["sha256", 64], ["sha512", 32]] as const) {
  test(`PBKDF2 with ${hash}: no slice has more than ${perSlice} rounds, the console says that it works, and the key is right`, () => {
    const c = configuring();
    c.input(WORDS + sealed(30_000, hash));
    assert.match(c.output, /% Deriving the key from the password, in 30000 rounds \.\.\.\n$/);
    assert.ok(finish(c) >= 30_000 / perSlice);
    assert.match(c.output, /% Key pair import succeeded\./);
  });
}

test("few rounds are not talked about", () => {
  const c = configuring();
  c.input(WORDS + sealed(2048));
  assert.ok(finish(c) >= 2048 / 64);
  assert.match(c.output, /% Key pair import succeeded\./);
  assert.doesNotMatch(c.output, /Deriving/);
});

test("rounds are bounded: more than a million, and numbers of any length, are refused at once in one sentence", () => {
  for (const said of [1_000_001, 0x7fffffff, 0x80000000, 1n << 64n, 1n << 500n]) {
    const c = configuring();
    c.input(WORDS + sealed(10, "sha256", said));
    assert.match(c.output, /^% The private key can't be used: its password is derived in more than 1000000 rounds\.$/m, String(said));
    assert.notEqual(c.exports.poll(c.now), 0);
  }
  for (const said of [0, -5]) {
    const c = configuring();
    c.input(WORDS + withRounds(said));
    assert.match(c.output, /^% The private key can't be used: its encryption is not described as it must be\.$/m, String(said));
  }
});

/** As `sealed`, with an INTEGER that is no number of rounds. */
function withRounds(said: number): string {
  const body = Buffer.from(sealed(10, "sha256", 77).replace(/-----[^-]+-----|quit|\n/g, ""), "base64");
  const at = body.indexOf(Buffer.from([2, 1, 77]));
  body[at + 2] = said & 0xff;
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${body.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ENCRYPTED PRIVATE KEY-----\nquit\n`;
}

test("Ctrl-C in the midst of it: nothing of password, key and text stays", () => {
  const c = configuring();
  const text = sealed(500_000);
  c.input(WORDS + text);
  for (let i = 0; i < 50; i++) assert.equal(c.exports.poll(c.now), 0);
  c.input("\x03");
  assert.notEqual(c.exports.poll(c.now), 0);
  assert.doesNotMatch(c.output, /succeeded/);
  const memory = Buffer.from(c.exports.memory.buffer);
  for (const secret of [PASSWORD, [...PASSWORD].map((x) => `\0${x}`).join(""), plain.subarray(-40), text.slice(100, 140)]) assert.equal(memory.indexOf(secret), -1, String(secret));
  // And the next one is read as if there had been none.
  c.input(WORDS + sealed(2048));
  finish(c);
  assert.match(c.output, /% Key pair import succeeded\./);
});

test("packets flow meanwhile", () => {
  const pair = new Pair({ both: { group: 2 } });
  assert.ok(pair.ping());
  pair.alpha.input(`configure terminal\n${WORDS}${sealed(600_000)}`);
  let polls = 0;
  const poll = pair.alpha.poll.bind(pair.alpha);
  pair.alpha.poll = () => {
    polls++;
    poll();
    // A slice takes its time.
    if (pair.alpha.due <= pair.world.now) pair.alpha.due = pair.world.now + 1;
  };
  for (let k = 0; k < 5; k++) assert.ok(pair.ping(100), "a ping in the midst of it");
  assert.doesNotMatch(pair.alpha.output, /import succeeded/);
  assert.ok(pair.world.run(60_000, () => /import succeeded/.test(pair.alpha.output)));
  assert.ok(polls > 9000);
});
