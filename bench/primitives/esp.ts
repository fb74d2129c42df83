/**
 * ESP in the module's own buffers, by suite and length of the inner datagram: sealed and opened, frame and window check
 * included. OpenSSL does the same ciphers and codes beside it, without a packet around them.
 */
import { Esp, espBinary } from "../../tests/support/primitives/esp.ts";
import { keymatLength, suites } from "../../tests/support/second/esp.ts";
import { octets } from "../inputs.ts";
import { cpu, measure, type Contender } from "../measure.ts";
import { onlyX64, openSsl } from "../peers/openssl.ts";
import type { Task } from "../peers/tasks.ts";
import type { Bench } from "../suite.ts";

const LENGTHS = [64, 512, 1400];
const WANTED = ["3des/sha1", "aes-128/sha1", "aes-128/sha256", "aes-256/sha256", "ctr-128/sha1", "gcm-128/16", "gcm-256/16", "ccm-128/16", "gmac-128/16", "chacha/16", "camellia-128/sha256"];
const BUILDS = { "Postern, SIMD": false, "Postern, scalar": true };

export const esp: Bench = async (effort, done) => {
  const rows = [];
  const modules: [string, Esp][] = [];
  for (const [name, scalar] of Object.entries(BUILDS)) modules.push([name, await Esp.load(undefined, await espBinary(scalar))]);
  for (const suite of suites.filter(({ name }) => (effort.quick ? ["gcm-128/16"] : WANTED).includes(name)))
    for (const length of effort.quick ? [1400] : LENGTHS) {
      const text = octets(length, "data");
      const fresh = (module: Esp): void => module.key(suite, octets(keymatLength(suite), "keymat"), 64);
      const contenders = modules.map(([name, module]): Contender => ({
        name,
        result: () => {
          fresh(module);
          const sealed = module.seal(text);
          return module.open(sealed.data).data;
        },
        run: (n) => {
          const start = cpu();
          // A 64-bit cipher's SA ends after two gigabytes.
          for (let left = n; left > 0; ) {
            left -= module.exports.rounds(left, length);
            if (left > 0) fresh(module);
          }
          return cpu() - start;
        },
      }));
      for (const [, module] of modules) fresh(module);
      const task: Task = { kind: "esp", cipher: suite.cipher, key: suite.key, length, ...(suite.hash && { hash: suite.hash }), ...(suite.name.startsWith("gmac") && { gmac: true }) };
      const theirs = openSsl(task, "OpenSSL", "OpenSSL without AES, PCLMUL, SHA", "OpenSSL without any of them");
      // Theirs give their text, with its padding.
      const whole = (await theirs[0]!.result()).subarray(0, length);
      if (Buffer.compare(whole, text) !== 0) throw new Error(`${suite.name}: OpenSSL does not give the text again`);
      const row = await measure({ group: suite.name, size: length, expected: text, contenders: [...contenders, ...theirs.map((one) => ({ ...one, result: async () => (await one.result()).subarray(0, length) }))] }, effort);
      rows.push(row);
      done(row);
    }
  return {
    name: "esp",
    about: "whole ESP packets, sealed and opened",
    unit: "MB/s",
    axis: "octets of the inner datagram",
    rows,
    missing: onlyX64 ? [onlyX64] : [],
    notes: ["OpenSSL through node:crypto makes new objects for each packet: its figures are lower than those of a program in C on short packets (see path)."],
  };
};
