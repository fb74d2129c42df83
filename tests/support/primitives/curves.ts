/** The groups on curves (build/primitives.wasm). */
import { Oakley } from "./oakley.ts";
import { Primitives } from "./primitives.ts";

export class Curves extends Oakley {
  static override async load(): Promise<Curves> {
    return new Curves((await Primitives.load()).exports);
  }

  /** The public value of a scalar; undefined where there is none. */
  publicValue(group: number, scalar: Uint8Array): Buffer | undefined {
    const made = this.derive("ecAll", group, 0, 0, scalar, scalar.length);
    return made.length ? made : undefined;
  }

  /** The shared secret with a peer's public value; undefined where that is refused, or the secret is. */
  shared(group: number, value: Uint8Array, scalar: Uint8Array): Buffer | undefined {
    const made = this.derive("ecAll", group, value, value.length, scalar, scalar.length);
    return made.length ? made : undefined;
  }

  good(group: number, value: Uint8Array): boolean {
    return this.run("ecCheckPublic", group, value, value.length) === 1;
  }
}
