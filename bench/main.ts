// `npm run bench [-- NAME ...] [-- --seconds S]`: benchmarks by name, all without one. Every table compares in one run.
import { parseArgs } from "node:util";
import { benchBoard } from "./board.ts";
import { benchCrypto } from "./crypto.ts";
import { benchCurves } from "./curves.ts";
import { benchEsp } from "./esp.ts";
import { benchGuest } from "./guest.ts";
import { benchModexp } from "./modexp.ts";
import { benchSuites } from "./suites.ts";

const benches: Record<string, { what: string; run: (seconds: number) => void | Promise<void> }> = {
  board: { what: "ESP, handshakes and reset to tunnel on the emulated boards, in guest instructions", run: benchBoard },
  crypto: { what: "hashes, HMAC and ciphers on packets, against OpenSSL", run: benchCrypto },
  curves: { what: "Diffie-Hellman on the curves, against OpenSSL", run: benchCurves },
  esp: { what: "whole ESP packets by suite and length, against OpenSSL", run: benchEsp },
  guest: { what: "every primitive compiled ahead of time for ARM, SIMD and scalar, in guest instructions", run: benchGuest },
  modexp: { what: "Diffie-Hellman by group, against OpenSSL and BigInt", run: benchModexp },
  suites: { what: "AES-CTR, AES-GCM and AES-XCBC-MAC on packets, against OpenSSL", run: benchSuites },
};

const { values, positionals } = parseArgs({ options: { seconds: { type: "string", default: "0.5" }, list: { type: "boolean", default: false } }, allowPositionals: true });
const unknown = positionals.filter((name) => !benches[name]);
if (unknown.length > 0 || values.list || !(Number(values.seconds) > 0)) {
  if (unknown.length > 0) console.error(`bench: no benchmark ${unknown.join(", ")}`);
  for (const [name, { what }] of Object.entries(benches)) console.log(`${name.padEnd(10)}${what}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  console.log(`\n${name}: ${benches[name]!.what}`);
  await benches[name]!.run(Number(values.seconds));
}
