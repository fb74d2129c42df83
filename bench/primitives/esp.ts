/**
 * ESP in the module's own buffers, by suite and length of the inner datagram: sealed and opened, frame and window check
 * included. OpenSSL does the same ciphers and codes beside it, without a packet around them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Esp } from "../../tests/support/primitives/esp.ts";
import { keymatLength, suites } from "../../tests/support/second/esp.ts";
import { octets } from "../inputs.ts";
import { cpu, measure, type Contender } from "../measure.ts";
import { onlyX64, openSsl } from "../peers/openssl.ts";
import type { Task } from "../peers/tasks.ts";
import type { Bench } from "../suite.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const LENGTHS = [64, 512, 1400];
const WANTED = ["3des/sha1", "aes-128/sha1", "aes-128/sha256", "aes-256/sha256", "ctr-128/sha1", "gcm-128/16", "gcm-256/16"];
const BUILDS = { "Postern, SIMD": ["--enable", "simd"], "Postern, scalar": [] };

const newest = (folder: string): number => Math.max(...readdirSync(folder, { withFileTypes: true }).map((e) => (e.isDirectory() ? newest(join(folder, e.name)) : statSync(join(folder, e.name)).mtimeMs)));

/** The module's ESP by itself, compiled when a source is newer. */
function binary(features: string[]): Uint8Array {
  const out = join(root, "build/bench", features.length > 0 ? "esp.simd.wasm" : "esp.wasm");
  if (!existsSync(out) || statSync(out).mtimeMs < Math.max(newest(join(root, "assembly")), newest(join(root, "tests/unit/ipsec")), newest(join(root, "tests/unit/sadb")))) {
    mkdirSync(join(root, "build/bench"), { recursive: true });
    const args = ["node_modules/assemblyscript/bin/asc.js", "tests/unit/ipsec/esp_entry.ts", "--config", "asconfig.json", "--target", "release", ...features, "--outFile", out];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`the module's ESP does not compile: ${stderr}`);
  }
  return readFileSync(out);
}

export const esp: Bench = async (effort, done) => {
  const rows = [];
  const modules: [string, Esp][] = [];
  for (const [name, features] of Object.entries(BUILDS)) modules.push([name, await Esp.load(undefined, binary(features))]);
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
      const task: Task = { kind: "esp", cipher: suite.cipher, key: suite.key, length, ...(suite.hash && { hash: suite.hash }) };
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
