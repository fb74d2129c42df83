/** Ciphers, by the length of a packet. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { cbc, ctr, gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { AES, DES3 } from "../../tests/support/primitives/primitives.ts";
import { octets } from "../inputs.ts";
import { local, measure, type Contender } from "../measure.ts";
import { AT, ours, type Core, type Work } from "../ours.ts";
import { onlyX64, openSsl, type Processor } from "../peers/openssl.ts";
import { AAD, NONCE, work, type Task } from "../peers/tasks.ts";
import type { Bench } from "../suite.ts";

const LENGTHS = (process.env.L ?? "1408").split(",").map(Number);
const AES_PROCESSORS: Processor[] = ["OpenSSL", "OpenSSL without AES, PCLMUL, SHA", "OpenSSL without any of them"];

interface Subject {
  group: string;
  task(length: number): Task;
  ours(core: Core, length: number): Work | undefined;
  noble?(length: number): () => Uint8Array;
  processors: Processor[];
}

function block(group: string, kind: "encrypt" | "decrypt", algorithm: string, id: number, key: number, iv: number): Subject {
  const secret = octets(key, "key");
  const vector = octets(iv, "iv");
  return {
    group,
    task: (length) => ({ kind, algorithm, key, iv, length }),
    ours: (core, length) => {
      const ctx = core.at("ctx");
      core.fn("cipherSetKey")(id, ctx, core.lay("key", secret), key);
      const [chain, at] = [core.lay("iv", vector), core.lay("data", octets(length, "data"))];
      const run = core.fn(kind === "encrypt" ? "cbcEncrypt" : "cbcDecrypt");
      const call = (): void => void run(id, ctx, chain, at, length);
      return { call, result: () => (call(), core.take("data", length)) };
    },
    ...(id === AES && {
      noble: (length: number) => {
        const data = octets(length, "data");
        return () => cbc(secret, vector, { disablePadding: true })[kind](data);
      },
    }),
    processors: id === AES ? AES_PROCESSORS : ["OpenSSL"],
  };
}

function counter(bits: number): Subject {
  const secret = octets(bits / 8, "key");
  const vector = octets(16, "iv");
  return {
    group: `aes-${bits}-ctr`,
    task: (length) => ({ kind: "encrypt", algorithm: `aes-${bits}-ctr`, key: bits / 8, iv: 16, length }),
    ours: (core, length) => {
      const ctx = core.at("ctx");
      core.fn("ctrKey")(ctx, core.lay("key", secret), secret.length);
      const [from, at] = [core.lay("iv", vector), core.lay("data", octets(length, "data"))];
      const run = core.fn("ctrXor");
      const call = (): void => void run(ctx, from, at, length);
      return { call, result: () => (call(), core.take("data", length)) };
    },
    noble: (length) => {
      const data = octets(length, "data");
      return () => ctr(secret, vector).encrypt(data);
    },
    processors: AES_PROCESSORS,
  };
}

function galois(bits: number, kind: "seal" | "open"): Subject {
  const secret = octets(bits / 8, "key");
  const algorithm = `aes-${bits}-gcm`;
  const sealed = (length: number): Buffer => Buffer.from(work({ kind: "seal", algorithm, key: bits / 8, length }).result());
  return {
    group: `${algorithm} ${kind}`,
    task: (length) => ({ kind, algorithm, key: bits / 8, length }),
    ours: (core, length) => {
      const ctx = core.at("ctx");
      core.fn("gcmKey")(ctx, core.lay("key", secret), secret.length);
      const [nonce, aad, at, icv] = [core.lay("iv", NONCE), core.lay("aad", AAD), core.lay("data", octets(length, "data")), core.at("icv")];
      const [seal, open] = [core.fn("gcmSeal"), core.fn("gcmOpen")];
      if (kind === "seal") {
        const call = (): void => void seal(ctx, nonce, aad, AAD.length, at, length, icv, 16);
        return { call, result: () => (call(), Buffer.concat([core.take("data", length), core.take("icv", 16)])) };
      }
      // Opened in place: each time the sealed octets are copied to their place first.
      const message = sealed(length);
      const from = core.put(AT.data + 65536, message.subarray(0, length));
      core.lay("icv", message.subarray(length));
      const memory = new Uint8Array(core.exports.memory.buffer);
      const call = (): number => {
        memory.copyWithin(at, from, from + length);
        return open(ctx, nonce, aad, AAD.length, at, length, icv, 16);
      };
      return { call, result: () => (call() === 1 ? core.take("data", length) : new Uint8Array()) };
    },
    noble: (length) => {
      const data = kind === "seal" ? octets(length, "data") : sealed(length);
      return kind === "seal" ? () => gcm(secret, NONCE, AAD).encrypt(data) : () => gcm(secret, NONCE, AAD).decrypt(data);
    },
    processors: AES_PROCESSORS,
  };
}

/** Four packets of one SA's or of several: a record for each of schedule, IV, data and length. They are alike, and so must the results be. */
function four(bits: number): Subject {
  const one = block(`aes-${bits}-cbc encrypt`, "encrypt", `aes-${bits}-cbc`, AES, bits / 8, 16);
  const [secret, vector] = [octets(bits / 8, "key"), octets(16, "iv")];
  return {
    ...one,
    group: `${one.group}, four packets at once`,
    ours: (core, length) => {
      if (!core.has("aesEncryptMany")) return undefined;
      const [ctx, texts] = [core.at("ctx"), core.at("aad")];
      core.fn("cipherSetKey")(AES, ctx, core.lay("key", secret), secret.length);
      const words = new Uint32Array(16);
      for (let i = 0; i < 4; i++) words.set([ctx, core.put(AT.iv + 16 * i, vector), core.put(AT.data + i * length, octets(length, "data")), length], 4 * i);
      const records = new Uint8Array(words.buffer);
      const memory = new Uint8Array(core.exports.memory.buffer);
      const run = core.fn("aesEncryptMany");
      // The records are used up.
      const call = (): void => {
        memory.set(records, texts);
        run(texts, 4);
      };
      const result = (): Uint8Array => {
        call();
        const made = [0, 1, 2, 3].map((i) => core.get(AT.data + i * length, length));
        return made.every((text) => text.equals(made[0]!)) ? made[0]! : Buffer.concat(made);
      };
      return { call, result, batch: 4 };
    },
  };
}

function chacha(): Subject {
  const secret = octets(32, "key");
  return {
    group: "chacha20-poly1305 seal",
    task: (length) => ({ kind: "seal", algorithm: "chacha20-poly1305", key: 32, length }),
    ours: (core, length) => {
      if (!core.has("chachaPolyKey")) return undefined;
      const ctx = core.at("ctx");
      core.fn("chachaPolyKey")(ctx, core.lay("key", secret), 32);
      const [nonce, aad, at, icv] = [core.lay("iv", NONCE), core.lay("aad", AAD), core.lay("data", octets(length, "data")), core.at("icv")];
      const seal = core.fn("chachaPolySeal");
      const call = (): void => void seal(ctx, nonce, aad, AAD.length, at, length, icv);
      return { call, result: () => (call(), Buffer.concat([core.take("data", length), core.take("icv", 16)])) };
    },
    noble: (length) => {
      const data = octets(length, "data");
      return () => chacha20poly1305(secret, NONCE, AAD).encrypt(data);
    },
    processors: ["OpenSSL", "OpenSSL without AVX"],
  };
}

const SUBJECTS: Subject[] = [
  ...[128, 256].flatMap((bits) => [
    counter(bits),
    block(`aes-${bits}-cbc encrypt`, "encrypt", `aes-${bits}-cbc`, AES, bits / 8, 16),
    block(`aes-${bits}-cbc decrypt`, "decrypt", `aes-${bits}-cbc`, AES, bits / 8, 16),
    galois(bits, "seal"),
    galois(bits, "open"),
  ]),
  four(128),
  chacha(),
  block("3des-cbc encrypt", "encrypt", "des-ede3-cbc", DES3, 24, 8),
  block("3des-cbc decrypt", "decrypt", "des-ede3-cbc", DES3, 24, 8),
];

/** The right result, by this process's OpenSSL. */
function expected(task: Task, length: number): Uint8Array {
  if (task.kind === "open") return octets(length, "data");
  if (task.kind === "encrypt" || task.kind === "decrypt") {
    const make = task.kind === "encrypt" ? createCipheriv : createDecipheriv;
    return make(task.algorithm, octets(task.key, "key"), octets(task.iv, "iv")).setAutoPadding(false).update(octets(length, "data"));
  }
  return work(task).result();
}

export const cipher: Bench = async (effort, done) => {
  const rows = [];
  for (const subject of SUBJECTS.filter((s) => new RegExp(process.env.S ?? ".").test(s.group)))
    for (const length of effort.quick ? [1408] : LENGTHS) {
      const task = subject.task(length);
      const mine = await ours((core) => subject.ours(core, length));
      if (mine.length === 0) continue;
      const contenders: Contender[] = [...mine, ...openSsl(task, ...subject.processors)];
      const pure = subject.noble?.(length);
      if (pure) contenders.push(local("@noble/ciphers", () => void pure(), pure));
      const row = await measure({ group: subject.group, size: length, expected: expected(task, length), contenders }, effort);
      rows.push(row);
      done(row);
    }
  return {
    name: "cipher",
    about: "ciphers on one packet",
    unit: "MB/s",
    axis: "octets of a packet",
    rows,
    missing: onlyX64 ? [onlyX64] : [],
    notes: [
      "Keys are set up beforehand, but by @noble/ciphers. OpenSSL's CBC and counter mode are one stream that never ends; for GCM node:crypto makes a new object a packet, which is part of its figure: a program in C that keeps its contexts is faster on short packets.",
    ],
  };
};
