// Throughput of AES-CTR, AES-GCM and AES-XCBC-MAC on packets of 1408 octets, against node:crypto (OpenSSL) in the same run;
// a cipher object of OpenSSL's is made for each packet of AES-GCM, as its nonce demands.
//   npm run bench -- suites [--seconds S]
import { createCipheriv, randomBytes } from "node:crypto";
import { Suites } from "../tests/support/primitives/suites.ts";
import { rate, times } from "./clock.ts";

const LENGTH = 1408;

/** Runs the table and prints it. */
export async function benchSuites(seconds = 0.4): Promise<void> {
  const p = await Suites.load();
  const e = p.exports as unknown as Record<string, (...args: number[]) => number>;
  const [nonce, icv, message, data] = [1024, 2048, 3072, 8192].map((offset) => p.base + offset) as [number, number, number, number];
  const buffer = randomBytes(LENGTH);
  const vector = randomBytes(16);
  let ctx = p.base + 32768;
  const print = (name: string, ours: () => void, theirs?: () => void): void => {
    const mine = (rate(times(ours), seconds) * LENGTH) / 1e6;
    const other = theirs && (rate(times(theirs), seconds) * LENGTH) / 1e6;
    console.log(`${name.padEnd(20)}${mine.toFixed(1).padStart(8)}${(other?.toFixed(1) ?? "-").padStart(9)}${(other ? (mine / other).toFixed(2) : "-").padStart(7)}`);
  };
  console.log(`${"".padEnd(20)}${"MB/s".padStart(8)}${"OpenSSL".padStart(9)}${"ratio".padStart(7)}`);
  for (const bits of [128, 256]) {
    const key = randomBytes(bits / 8);
    const stream = createCipheriv(`aes-${bits}-ctr`, key, vector);
    const mine = (ctx += 512);
    e.ctrKey!(mine, p.put(512, key), key.length);
    print(`aes-${bits}-ctr`, () => void e.ctrEsp!(mine, nonce, nonce + 4, data, LENGTH), () => void stream.update(buffer));
  }
  for (const bits of [128, 256]) {
    const key = randomBytes(bits / 8);
    const mine = (ctx += 512);
    e.gcmKey!(mine, p.put(512, key), key.length);
    const theirs = (): void => {
      const cipher = createCipheriv(`aes-${bits}-gcm` as "aes-128-gcm", key, vector.subarray(0, 12)).setAAD(vector.subarray(0, 8));
      cipher.update(buffer);
      cipher.final();
      cipher.getAuthTag();
    };
    print(`aes-${bits}-gcm seal`, () => void e.gcmSeal!(mine, nonce, nonce + 16, 8, data, LENGTH, icv, 16), theirs);
  }
  const mine = (ctx += 512);
  e.xcbcKey!(mine, p.put(512, randomBytes(16)));
  // OpenSSL has no XCBC here: its CBC is what the code costs there at least.
  const chain = createCipheriv("aes-128-cbc", randomBytes(16), vector).setAutoPadding(false);
  print(
    "aes-xcbc (cbc)",
    () => {
      e.xcbcStart!(message);
      e.xcbcUpdate!(mine, message, data, LENGTH);
      e.xcbcFinal!(mine, message, icv);
    },
    () => void chain.update(buffer),
  );
}
