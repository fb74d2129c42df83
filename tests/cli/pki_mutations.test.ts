/** Pasted keys, certificates and containers with octets changed, cut and put in: an answer, no trap, and nothing left of it in memory. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Console } from "./console.ts";

const folder = fileURLToPath(new URL("pki/", import.meta.url));
const file = (name: string) => readFileSync(folder + name);
const CASES = Number(process.env.CASES ?? 120);

/** A generator of its own, so that a failure can be had again. */
function generator(seed: number): (n: number) => number {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 0x100000000) * n);
  };
}

const body = (name: string) => Buffer.from(file(name).toString("latin1").replace(/-----[^-]+-----/g, ""), "base64");
const label = (name: string) => /BEGIN ([A-Z0-9 ]+)-/.exec(file(name).toString("latin1"))![1]!;
const lines = (octets: Uint8Array) => Buffer.from(octets).toString("base64").replace(/.{64}/g, "$&\n") + "\n";

function mutated(original: Buffer, below: (n: number) => number): Buffer {
  let der = Buffer.from(original);
  for (let times = 1 + below(3); times > 0 && der.length > 4; times--) {
    // Headers are where it hurts: half of the changes are in the first octets.
    const at = below(2) ? below(Math.min(der.length, 64)) : below(der.length);
    switch (below(6)) {
      case 0:
        der[at]! ^= 1 << below(8);
        break;
      case 1:
        der[at] = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xff, 0x30, 0x02, 0x04, 0x05][below(13)]!;
        break;
      case 2:
        der = der.subarray(0, at + 1);
        break;
      case 3:
        der = Buffer.concat([der.subarray(0, at), der.subarray(Math.min(der.length, at + 1 + below(20)))]);
        break;
      case 4:
        der = Buffer.concat([der.subarray(0, at), Buffer.alloc(1 + below(40), below(256)), der.subarray(at)]);
        break;
      default:
        der = Buffer.concat([der, der.subarray(at)]);
    }
    der = Buffer.from(der);
  }
  return der;
}

class Router extends Console {
  run(typed: string): string {
    const before = this.output.length;
    this.input(typed);
    while (this.exports.poll(this.now) === 0);
    return this.output.slice(before);
  }
}

const pem = (name: string, der: Buffer) => `-----BEGIN ${label(name)}-----\n${lines(der)}-----END ${label(name)}-----\n`;

const TARGETS: [name: string, command: string, armoured: boolean, after: string][] = [
  ["root.crt", "crypto pki authenticate CA2", true, "no\n"],
  ["alpha.crt", "crypto pki import CA certificate", true, ""],
  ["curve.p7b", "crypto pki import CA certificate", true, ""],
  ["root.crl", "crypto pki crl import CA", true, ""],
  ["alpha.key", "crypto key import rsa K pem terminal", true, "crypto key zeroize rsa K\n"],
  ["pkcs1.key", "crypto key import rsa K pem terminal", true, "crypto key zeroize rsa K\n"],
  ["curve.key", "crypto key import ec K pem terminal", true, "crypto key zeroize ec K\n"],
  ["curve521.key", "crypto key import ec K pem terminal", true, "crypto key zeroize ec K\n"],
  ["alpha-aes256.p8", "crypto key import rsa K pem terminal swordfish", true, "crypto key zeroize rsa K\n"],
  ["curve-old.p8", "crypto key import ec K pem terminal swordfish", true, "crypto key zeroize ec K\n"],
  ["curve-aes.p12", "crypto pki import CA2 pkcs12 terminal swordfish", false, "no crypto pki trustpoint CA2\ncrypto pki trustpoint CA2\nexit\ncrypto key zeroize ec CA2\n"],
  ["curve-clear.p12", "crypto pki import CA2 pkcs12 terminal swordfish", false, "no crypto pki trustpoint CA2\ncrypto pki trustpoint CA2\nexit\ncrypto key zeroize ec CA2\n"],
  ["alpha.pub", "crypto key pubkey-chain rsa\nnamed-key b\nkey-string", true, "exit\n"],
];

for (const [name, command, armoured, after] of TARGETS) {
  test(`${name}, ${CASES} times`, () => {
    const c = new Router({ wall: Date.UTC(2030, 0, 1) / 1000, deviceKey: new Uint8Array(32).fill(9) });
    c.run(`configure terminal\ncrypto pki trustpoint CA\nexit\ncrypto pki trustpoint CA2\nexit\ncrypto pki authenticate CA\n${file("root.crt").toString()}quit\nyes\n`);
    if (name === "alpha.crt") c.run(`crypto key import rsa A pem terminal\n${file("alpha.key").toString()}quit\n`);
    const original = armoured ? body(name) : file(name);
    const below = generator(name.length * 7919 + original.length);
    for (let i = 0; i < CASES; i++) {
      const der = mutated(original, below);
      const answer = c.run(`${command}\n${armoured ? pem(name, der) : lines(der)}quit\n`);
      assert.equal(c.halted, undefined);
      assert.ok(answer.length > 0);
      const refusals = answer.split("\n").filter((line) => /^% (The|This|There|What|More|No)/.test(line));
      assert.ok(refusals.length <= 1, answer);
      // Whatever waits for an answer, or was taken, is undone.
      c.run(after);
      assert.match(c.prompt, /^Router\(config/, answer);
    }
    c.input("\x1a");
    assert.equal(c.prompt, "Router#");
  });
}
