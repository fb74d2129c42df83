// ESP both ways in the module's own buffers, by suite and length of the inner datagram; node:crypto (OpenSSL) does the
// same work beside it: cipher and HMAC one way, HMAC and cipher the other.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { Esp } from "../tests/support/primitives/esp.ts";
import { keymatLength, suites, type Suite } from "../tests/support/second/esp.ts";
import { rate } from "./clock.ts";

const LENGTHS = [64, 512, 1400];
const WANTED = [
  "des/md5", "3des/sha1", "aes-128/sha1", "aes-128/sha256", "aes-192/sha384", "aes-256/sha256", "aes-256/sha512",
  "null/sha256", "aes-128/aes-xcbc", "ctr-128/sha1", "ctr-256/sha256", "gcm-128/16", "gcm-256/8", "gcm-256/16",
];

/** The work of a packet out and in, without its frame: cipher and MAC, MAC and cipher. Undefined: OpenSSL has no such MAC here. */
function withNode(suite: Suite, length: number): ((n: number) => void) | undefined {
  if (suite.hash === "aes-xcbc") return undefined;
  const key = randomBytes(suite.key);
  const secret = suite.transform === 2 ? Buffer.concat([key, key, key]) : key;
  const auth = randomBytes(suite.authKey);
  const text = randomBytes(Math.ceil((length + 2) / suite.block) * suite.block);
  const head = randomBytes(8 + suite.iv);
  const mac = (sealed: Buffer): unknown => suite.auth && createHmac(suite.hash, auth).update(head).update(sealed).digest();
  if (suite.cipher.endsWith("gcm")) {
    const options = { authTagLength: suite.icv };
    return (n) => {
      for (let i = 0; i < n; i++) {
        const nonce = randomBytes(12);
        const out = createCipheriv(suite.cipher as "aes-128-gcm", secret, nonce, options).setAAD(head);
        const sealed = out.update(text);
        out.final();
        const back = createDecipheriv(suite.cipher as "aes-128-gcm", secret, nonce, options).setAAD(head).setAuthTag(out.getAuthTag());
        back.update(sealed);
        back.final();
      }
    };
  }
  return (n) => {
    for (let i = 0; i < n; i++) {
      const iv = randomBytes(suite.salt ? 16 : suite.iv);
      const sealed = suite.cipher ? createCipheriv(suite.cipher, secret, iv).setAutoPadding(false).update(text) : text;
      mac(sealed);
      mac(sealed);
      if (suite.cipher) createDecipheriv(suite.cipher, secret, iv).setAutoPadding(false).update(sealed);
    }
  };
}

/** Runs the table and prints it: megabytes of inner datagrams a second, each sealed and opened. */
export async function benchEsp(seconds = 0.5): Promise<void> {
  const esp = await Esp.load();
  console.log(`${"MB/s, out and in".padEnd(18)}${LENGTHS.map((n) => `${n}`.padStart(9) + "OpenSSL".padStart(9)).join("")}`);
  for (const suite of suites.filter(({ name }) => WANTED.includes(name))) {
    let line = suite.name.padEnd(18);
    for (const length of LENGTHS) {
      esp.key(suite, randomBytes(keymatLength(suite)), 64);
      esp.seal(randomBytes(length));
      const ours = (n: number): void => {
        if (esp.exports.rounds(n, length) === n) return;
        // A 64-bit cipher's SA ends after two gigabytes.
        esp.key(suite, randomBytes(keymatLength(suite)), 64);
      };
      const mine = (rate(ours, seconds) * length) / 1e6;
      const node = withNode(suite, length);
      line += mine.toFixed(1).padStart(9) + (node ? ((rate(node, seconds) * length) / 1e6).toFixed(1) : "-").padStart(9);
    }
    console.log(line);
  }
}
