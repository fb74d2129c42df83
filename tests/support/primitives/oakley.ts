/** IKE's own primitives (build/primitives.wasm): arguments are laid out in the arena one after the other. */
import { Primitives } from "./primitives.ts";

const ARGUMENTS = 8192;
const OUT = 4096;

type Argument = number | Uint8Array;

export class Oakley extends Primitives {
  static override async load(): Promise<Oakley> {
    return new Oakley((await Primitives.load()).exports);
  }

  /** Calls with octets laid out and their addresses in their places. Lengths are arguments of their own. */
  run(name: string, ...args: Argument[]): number {
    let at = ARGUMENTS;
    const numbers = args.map((arg) => {
      if (typeof arg === "number") return arg;
      const address = this.put(at, arg);
      at += (arg.length + 15) & ~15;
      return address;
    });
    return this.call(name, ...numbers);
  }

  /** The same with the place of the result behind the arguments; what the function returns is its length. */
  derive(name: string, ...args: Argument[]): Buffer {
    return this.get(OUT, this.run(name, ...args, this.base + OUT));
  }

  modexp(group: number, base: Uint8Array | undefined, exponent: Uint8Array): Buffer {
    return this.derive("modexpAll", group, base ?? 0, base?.length ?? 0, exponent, exponent.length);
  }

  /** SKEYID_d, SKEYID_a, SKEYID_e. */
  skeyids(alg: number, skeyid: Uint8Array, g_xy: Uint8Array, CKY_I: Uint8Array, CKY_R: Uint8Array): Buffer[] {
    const n = this.run("deriveSkeyid", alg, skeyid, g_xy, g_xy.length, CKY_I, CKY_R, this.base + OUT);
    const all = this.get(OUT, 3 * n);
    return [0, 1, 2].map((i) => all.subarray(i * n, (i + 1) * n));
  }

  keymat(alg: number, SKEYID_d: Uint8Array, g_xy: Uint8Array, protocol: number, spi: number, Ni: Uint8Array, Nr: Uint8Array, length: number): Buffer {
    this.run("keymat", alg, SKEYID_d, g_xy, g_xy.length, protocol, spi, Ni, Ni.length, Nr, Nr.length, this.base + OUT, length);
    return this.get(OUT, length);
  }

  prime(group: number): Buffer {
    return this.derive("groupPrime", group);
  }
}
