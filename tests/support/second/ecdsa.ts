/**
 * ECDSA of the second implementation (RFC 4754): the hash is signed as it is, and a signature is r and s, each as long as the order. Node's crypto
 * hashes what it signs with a curve, so this is BigInt; points of the own key come of Node's ECDH.
 */
import { createECDH, type KeyObject } from "node:crypto";

export interface Curve {
  node: string;
  jwk: string;
  octets: number;
  /** Authentication method and hash of RFC 4754. */
  method: 9 | 10 | 11;
  hash: "sha256" | "sha384" | "sha512";
  p: bigint;
  n: bigint;
}

export const curves: Curve[] = [
  { node: "prime256v1", jwk: "P-256", octets: 32, method: 9, hash: "sha256", p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n, n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  { node: "secp384r1", jwk: "P-384", octets: 48, method: 10, hash: "sha384", p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n, n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n },
  { node: "secp521r1", jwk: "P-521", octets: 66, method: 11, hash: "sha512", p: 2n ** 521n - 1n, n: BigInt(`0x1${"f".repeat(65)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`) },
];

type Point = [x: bigint, y: bigint] | undefined;

const number = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString("hex") || "0"}`);
const octets = (n: bigint, length: number): Uint8Array => new Uint8Array(Buffer.from(n.toString(16).padStart(length * 2, "0"), "hex"));
const mod = (a: bigint, n: bigint): bigint => ((a % n) + n) % n;

function inverse(a: bigint, n: bigint): bigint {
  let [r, s, t, u] = [mod(a, n), n, 1n, 0n];
  while (s) [r, s, t, u] = [s, r % s, u, t - (r / s) * u];
  return mod(t, n);
}

function add(p: bigint, a: Point, b: Point): Point {
  if (!a) return b;
  if (!b) return a;
  if (a[0] === b[0] && mod(a[1] + b[1], p) === 0n) return undefined;
  // The curves of FIPS 186 have the coefficient -3.
  const slope = a[0] === b[0] ? mod(3n * (a[0] * a[0] - 1n) * inverse(2n * a[1], p), p) : mod((b[1] - a[1]) * inverse(b[0] - a[0], p), p);
  const x = mod(slope * slope - a[0] - b[0], p);
  return [x, mod(slope * (a[0] - x) - a[1], p)];
}

function times(p: bigint, k: bigint, point: Point): Point {
  let sum: Point;
  for (let doubled = point; k > 0n; k >>= 1n, doubled = add(p, doubled, doubled)) if (k & 1n) sum = add(p, sum, doubled);
  return sum;
}

function timesBase(curve: Curve, k: bigint): Point {
  const ecdh = createECDH(curve.node);
  ecdh.setPrivateKey(octets(k, curve.octets));
  const point = ecdh.getPublicKey();
  return [number(point.subarray(1, 1 + curve.octets)), number(point.subarray(1 + curve.octets))];
}

export function curveOf(key: KeyObject): Curve {
  const found = curves.find(({ node }) => node === key.asymmetricKeyDetails?.namedCurve);
  if (!found) throw new Error("no curve of RFC 4754");
  return found;
}

const field = (value: string | undefined): bigint => number(Buffer.from(value ?? "", "base64url"));

/** @param random so many octets, as k is made of */
export function sign(key: KeyObject, hash: Uint8Array, random: (n: number) => Uint8Array): Uint8Array {
  const curve = curveOf(key);
  const d = field(key.export({ format: "jwk" }).d);
  const k = mod(number(random(curve.octets + 8)), curve.n - 1n) + 1n;
  const r = mod(timesBase(curve, k)![0], curve.n);
  const s = mod(inverse(k, curve.n) * (number(hash) + r * d), curve.n);
  return new Uint8Array(Buffer.concat([octets(r, curve.octets), octets(s, curve.octets)]));
}

export function verify(key: KeyObject, hash: Uint8Array, signature: Uint8Array): boolean {
  const curve = curveOf(key);
  const { x, y } = key.export({ format: "jwk" });
  if (signature.length !== 2 * curve.octets) return false;
  const [r, s] = [number(signature.subarray(0, curve.octets)), number(signature.subarray(curve.octets))];
  if (r < 1n || r >= curve.n || s < 1n || s >= curve.n) return false;
  const w = inverse(s, curve.n);
  const point = add(curve.p, timesBase(curve, mod(number(hash) * w, curve.n)), times(curve.p, mod(r * w, curve.n), [field(x), field(y)]));
  return point !== undefined && mod(point[0], curve.n) === r;
}
