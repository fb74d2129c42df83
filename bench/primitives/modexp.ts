/** Diffie-Hellman in the MODP groups: the power of a peer's value, and of the generator. */
import { init } from "gmp-wasm";
import { octets } from "../inputs.ts";
import { local, measure, type Contender } from "../measure.ts";
import { ours } from "../ours.ts";
import { onlyX64, openSsl, type Processor } from "../peers/openssl.ts";
import type { Bench } from "../suite.ts";
import { power } from "./power.ts";

/** Group, bits of the prime, octets of the private value. */
const GROUPS = [[1, 768, 32], [2, 1024, 32], [5, 1536, 32], [14, 2048, 32], [15, 3072, 40], [16, 4096, 44], [17, 6144, 50], [18, 8192, 56]] as const;
const PROCESSORS: Processor[] = ["OpenSSL", "OpenSSL without AVX"];

const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const padded = (value: bigint, length: number): Buffer => Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");

/** GMP in WebAssembly: mpz_powm_sec, its power for secrets. */
async function gmp(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Promise<Contender> {
  const { binding } = await init();
  const made = (bytes: Uint8Array): number => {
    const z = binding.mpz_t();
    binding.mpz_init_set_string(z, Buffer.from(bytes).toString("hex"), 16);
    return z;
  };
  const [b, e, m] = [made(base), made(exponent), made(modulus)];
  const out = binding.mpz_t();
  binding.mpz_init(out);
  const call = (): void => binding.mpz_powm_sec(out, b, e, m);
  return local("gmp-wasm", call, () => (call(), padded(BigInt(`0x${binding.mpz_to_string(out, 16)}`), modulus.length)));
}

export const modexp: Bench = async (effort, done) => {
  const rows = [];
  let prime: Uint8Array = new Uint8Array();
  for (const [group, bits, length] of GROUPS) {
    if (effort.quick && bits > 2048) continue;
    const exponent = octets(length, "exponent");
    await ours((core) => {
      prime = core.prime(group);
      return undefined;
    });
    const modulus = number(prime);
    const value = padded(power(2n, number(octets(length, "peer")), modulus), bits / 8);
    for (const kind of ["y^x", "2^x"] as const) {
      const base = kind === "y^x" ? value : Buffer.of(2);
      const mine = await ours((core) => {
        const [at, x, out] = [core.lay("data", base), core.lay("key", exponent), core.at("out")];
        const run = core.fn("modexpAll");
        const call = kind === "y^x" ? () => void run(group, at, base.length, x, length, out) : () => void run(group, 0, 0, x, length, out);
        return { call, result: () => (call(), core.take("out", bits / 8)) };
      });
      const [y, x] = [number(base), number(exponent)];
      const expected = padded(power(y, x, modulus), bits / 8);
      const row = await measure(
        {
          group: kind,
          size: bits,
          expected,
          contenders: [
            ...mine,
            ...(kind === "y^x" ? openSsl({ kind: "modp", prime: Buffer.from(prime).toString("hex"), exponent: length }, ...PROCESSORS) : []),
            await gmp(base, exponent, prime),
            local("BigInt", () => void power(y, x, modulus), () => padded(power(y, x, modulus), bits / 8)),
          ],
        },
        effort,
      );
      rows.push(row);
      done(row);
    }
  }
  return {
    name: "modexp",
    about: "powers in the MODP groups, exponents of twice the group's strength (256 bits at 2048)",
    unit: "ms",
    axis: "bits of the prime",
    rows,
    missing: onlyX64 ? [onlyX64] : [],
    notes: ["y^x is a shared secret, 2^x a public value. gmp-wasm: mpz_powm_sec. BigInt's power is not constant in time."],
  };
};
