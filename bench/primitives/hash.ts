/** Hashes and HMAC, by the length of a message. */
import { createHash, createHmac } from "node:crypto";
import { hmac as nobleHmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { createHMAC, createMD5, createSHA1, createSHA256, createSHA384, createSHA512, type IHasher } from "hash-wasm";
import { hashes } from "../../tests/support/primitives/primitives.ts";
import { octets } from "../inputs.ts";
import { local, measure } from "../measure.ts";
import { AT, ours, type Core, type Work } from "../ours.ts";
import { onlyX64, openSsl, type Processor } from "../peers/openssl.ts";
import type { Bench } from "../suite.ts";

const LENGTHS = [64, 256, 1400, 8192];
const noble = { md5, sha1, sha256, sha384, sha512 };
const wasm: Record<keyof typeof noble, () => Promise<IHasher>> = { md5: createMD5, sha1: createSHA1, sha256: createSHA256, sha384: createSHA384, sha512: createSHA512 };
const PROCESSORS: Processor[] = ["OpenSSL", "OpenSSL without AES, PCLMUL, SHA", "OpenSSL without any of them"];

/** Four messages, each with a record of its own: state, data, length, no more data, out. They are alike, and so must the codes be. */
function fourAtOnce(core: Core, id: number, data: Uint8Array): Work | undefined {
  if (!core.has("hmacFour")) return undefined;
  const [state, jobs, out, digest] = [core.at("state"), core.at("aad"), core.at("out"), core.fn("digestLength")(id)];
  const stride = (data.length + 15) & ~15;
  const words = new Uint32Array(24);
  for (let i = 0; i < 4; i++) words.set([state, core.put(AT.data + i * stride, data), data.length, 0, 0, out + 64 * i], 6 * i);
  core.lay("aad", new Uint8Array(words.buffer));
  const run = core.fn("hmacFour");
  const call = (): void => void run(id, jobs, 4);
  const result = (): Uint8Array => {
    call();
    const codes = [0, 1, 2, 3].map((i) => core.get(AT.out + 64 * i, digest));
    return codes.every((code) => code.equals(codes[0]!)) ? codes[0]! : Buffer.concat(codes);
  };
  return { call, result, batch: 4 };
}

export const hash: Bench = async (effort, done) => {
  const rows = [];
  for (const { id, name } of hashes)
    for (const kind of ["hash", "hmac", ...(name === "sha1" || name === "sha256" ? (["four"] as const) : [])] as const)
      for (const length of effort.quick ? [1400] : LENGTHS) {
        const [key, data] = [octets(20, "key"), octets(length, "data")];
        const mine = await ours((core) => {
          const [ctx, state, out] = [core.at("ctx"), core.at("state"), core.at("out")];
          const at = core.lay("data", data);
          const [init, update, final, start, end] = [core.fn("hashInit"), core.fn("hashUpdate"), core.fn("hashFinal"), core.fn("hmacStart"), core.fn("hmacFinal")];
          if (kind !== "hash") core.fn("hmacKey")(id, state, core.lay("key", key), key.length);
          if (kind === "four") return fourAtOnce(core, id, data);
          const call =
            kind === "hash"
              ? () => {
                  init(id, ctx);
                  update(id, ctx, at, length);
                  final(id, ctx, out);
                }
              : () => {
                  start(id, state, ctx);
                  update(id, ctx, at, length);
                  end(id, state, ctx, out);
                };
          return { call, result: () => (call(), core.take("out", core.fn("digestLength")(id))) };
        });
        if (mine.length === 0) continue;
        const theirs = noble[name];
        const hasher = kind === "hash" ? await wasm[name]() : await createHMAC(wasm[name](), key);
        const digest = (): Uint8Array => hasher.init().update(data).digest("binary");
        const pure = kind === "hash" ? () => theirs(data) : () => nobleHmac(theirs, key, data);
        const row = await measure(
          {
            group: kind === "hash" ? name : `hmac-${name}${kind === "four" ? ", four messages at once" : ""}`,
            size: length,
            expected: (kind === "hash" ? createHash(name) : createHmac(name, key)).update(data).digest(),
            contenders: [
              ...mine,
              ...openSsl({ kind: kind === "hash" ? "hash" : "hmac", algorithm: name, length }, ...PROCESSORS),
              local("hash-wasm", () => void digest(), digest),
              local("@noble/hashes", () => void pure(), pure),
            ],
          },
          effort,
        );
        rows.push(row);
        done(row);
      }
  return {
    name: "hash",
    about: "hashes and HMAC of one message",
    unit: "MB/s",
    axis: "octets of a message",
    rows,
    missing: onlyX64 ? [onlyX64] : [],
    notes: ["HMAC: our states of a key are kept, as an SA keeps them, and so are hash-wasm's; node:crypto and @noble/hashes begin with the key each time. Every call from JavaScript is part of its figure."],
  };
};
