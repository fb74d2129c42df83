// Throughput of every primitive on packets of 1408 octets, against node:crypto (OpenSSL) in the same run.
//   npm run bench -- crypto [--seconds S]
// A key is set up beforehand, but for node:crypto's HMAC, which cannot; the calls from JavaScript are part of the figures.
// OPENSSL_ia32cap=~0x200000200000000:~0x20000000 shows OpenSSL without its AES, PCLMUL and SHA instructions.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { AES, DES, DES3, Primitives, hashes } from "../tests/support/primitives/primitives.ts";
import { rate, times } from "./clock.ts";

const LENGTH = 1408;

interface Row {
  name: string;
  ours: () => void;
  theirs?: () => void;
}

function rows(p: Primitives): Row[] {
  const [ctx, iv, state, out, data] = [0, 1024, 2048, 4096, 8192].map((offset) => p.base + offset) as [number, number, number, number, number];
  const buffer = randomBytes(LENGTH);
  const e = p.exports as unknown as Record<string, (...args: number[]) => number>;
  const table: Row[] = [];
  for (const { id, name } of hashes) {
    table.push({
      name,
      ours: () => {
        e.hashInit!(id, ctx);
        e.hashUpdate!(id, ctx, data, LENGTH);
        e.hashFinal!(id, ctx, out);
      },
      theirs: () => void createHash(name).update(buffer).digest(),
    });
  }
  for (const { id, name } of hashes) {
    const key = randomBytes(20);
    // Each its own state: p.put copies into the arena.
    const mine = state + id * 128;
    p.put(512, key);
    e.hmacKey!(id, mine, p.base + 512, key.length);
    table.push({
      name: `hmac-${name}`,
      ours: () => {
        e.hmacStart!(id, mine, ctx);
        e.hashUpdate!(id, ctx, data, LENGTH);
        e.hmacFinal!(id, mine, ctx, out);
      },
      theirs: () => void createHmac(name, key).update(buffer).digest(),
    });
  }
  let schedule = p.base + 32768;
  for (const { id, key, name, reference } of [
    { id: AES, key: 16, name: "aes-128-cbc", reference: "aes-128-cbc" },
    { id: AES, key: 24, name: "aes-192-cbc", reference: "aes-192-cbc" },
    { id: AES, key: 32, name: "aes-256-cbc", reference: "aes-256-cbc" },
    { id: DES3, key: 24, name: "3des-cbc", reference: "des-ede3-cbc" },
    { id: DES, key: 8, name: "des-cbc", reference: undefined },
  ]) {
    const secret = randomBytes(key);
    const mine = (schedule += 512);
    e.cipherSetKey!(id, mine, p.put(512, secret), key);
    const vector = randomBytes(reference?.startsWith("aes") ? 16 : 8);
    const encryptor = reference && createCipheriv(reference, secret, vector).setAutoPadding(false);
    const decryptor = reference && createDecipheriv(reference, secret, vector).setAutoPadding(false);
    table.push({ name: `${name} encrypt`, ours: () => void e.cbcEncrypt!(id, mine, iv, data, LENGTH), ...(encryptor ? { theirs: () => void encryptor.update(buffer) } : {}) });
    table.push({ name: `${name} decrypt`, ours: () => void e.cbcDecrypt!(id, mine, iv, data, LENGTH), ...(decryptor ? { theirs: () => void decryptor.update(buffer) } : {}) });
  }
  table.push({ name: "drbg", ours: () => void e.drbgFill!(out, LENGTH), theirs: () => void randomBytes(LENGTH) });
  return table;
}

/** Runs the table and prints it. */
export async function benchCrypto(seconds = 0.4): Promise<void> {
  const p = await Primitives.load((bytes) => (bytes.set(randomBytes(bytes.length)), bytes.length));
  p.call("drbgSeed");
  console.log(`${"".padEnd(20)}${"MB/s".padStart(8)}${"OpenSSL".padStart(9)}${"ratio".padStart(7)}`);
  for (const { name, ours, theirs } of rows(p)) {
    const mine = (rate(times(ours), seconds) * LENGTH) / 1e6;
    const other = theirs && (rate(times(theirs), seconds) * LENGTH) / 1e6;
    console.log(`${name.padEnd(20)}${mine.toFixed(1).padStart(8)}${(other?.toFixed(1) ?? "-").padStart(9)}${(other ? (mine / other).toFixed(2) : "-").padStart(7)}`);
  }
}
