/** The checks of what a caller gives: a TypeError or RangeError whose sentence has the value and what is allowed. */

const kind = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "an array" : typeof value === "object" ? `a ${value.constructor?.name ?? "object"}` : `of type ${typeof value}`);

/** Octets of any number between two bounds. */
export function octets(name: string, value: unknown, least = 0, most = Infinity): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} is ${kind(value)}; allowed is a Uint8Array`);
  const { length } = value;
  if (length >= least && length <= most) return;
  throw new RangeError(`${name} has ${length} octets; allowed are ${most === Infinity ? `at least ${least}` : least === most ? `exactly ${most}` : `${least} to ${most}`}`);
}

/** Octets of one of a few numbers. */
export function oneOf(name: string, value: unknown, ...lengths: number[]): asserts value is Uint8Array {
  octets(name, value);
  if (lengths.includes(value.length)) return;
  const last = lengths.at(-1);
  throw new RangeError(`${name} has ${value.length} octets; allowed ${lengths.length === 1 ? `are exactly ${last}` : `are ${lengths.slice(0, -1).join(", ")} or ${last}`}`);
}

/** Octets in whole blocks. */
export function blocks(name: string, value: unknown, block: number): asserts value is Uint8Array {
  octets(name, value);
  if (value.length % block !== 0) throw new RangeError(`${name} has ${value.length} octets; allowed are multiples of ${block}`);
}
