/**
 * Whether a private key that was read belongs to its public one, in slices: an RSA key signs once, which private_power.ts checks; of a
 * curve's the point is computed, and compared with the one that came, if one came. Also makes a curve's key.
 */
import { Curve, ECP_256, ECP_384, ECP_521 } from "../number/curve/curves";
import { Multiple, ecPrivate } from "../number/curve/ec";
import { borrowOf } from "../number/rsa/key";
import { RsaScheme, RsaSign } from "../number/rsa/signature";
import { HashAlg } from "../crypto/hash";
import * as ct from "../util/ct";
import * as key from "./private_key";
import { PairKind } from "./store";

export const enum Check { RUNNING = 0, GOOD = 1, BAD = 2 }

let signer: RsaSign = changetype<RsaSign>(0);
let multiple: Multiple = changetype<Multiple>(0);
let started: bool = false;
// @ts-ignore: decorator
@lazy
const out: usize = memory.data(1024, 8);
// @ts-ignore: decorator
@lazy
const any: usize = memory.data(32, 8);

export function init(): void {
  signer = new RsaSign();
  multiple = new Multiple();
  started = false;
}

export function curveFor(kind: PairKind): Curve {
  return kind == PairKind.EC_256 ? ECP_256 : kind == PairKind.EC_384 ? ECP_384 : ECP_521;
}

/** Begins with the key at private_key.secret. */
export function begin(): void {
  started = false;
}

/** Draws a curve's secret number; `step` then finds its point. False: no entropy. */
export function draw(kind: PairKind): bool {
  key.forget();
  if (!ecPrivate(curveFor(kind), key.secret)) return false;
  key.takeCurve(kind, false);
  started = false;
  return true;
}

/** One slice. While another job has the workspace it waits. */
export function step(): Check {
  if (key.kind == PairKind.RSA) {
    if (!started) {
      started = signer.start(key.secret, RsaScheme.BARE, <u32>HashAlg.SHA256, any, 32);
      return Check.RUNNING;
    }
    if (!signer.step()) return Check.RUNNING;
    started = false;
    const good = signer.result(out) != 0;
    ct.wipe(out, 1024);
    return good ? Check.GOOD : Check.BAD;
  }
  const curve = curveFor(key.kind);
  if (!started) {
    // 1 to order - 1.
    let some: u32 = 0;
    for (let i: u32 = 0; i < key.secretLen; i++) some |= <u32>load<u8>(key.secret + i);
    if (!some || !borrowOf(key.secret, curve.order, key.secretLen)) return Check.BAD;
    started = multiple.start(curve, 0, 0, key.secret, key.secretLen);
    return Check.RUNNING;
  }
  if (!multiple.step()) return Check.RUNNING;
  started = false;
  const n = multiple.result(out);
  if (!n) return Check.BAD;
  if (key.pointLen && (key.pointLen != n || memory.compare(out, key.point, <usize>n) != 0)) return Check.BAD;
  memory.copy(key.point, out, <usize>n);
  key.takeCurve(key.kind, true);
  return Check.GOOD;
}

export function abort(): void {
  if (started) {
    signer.abort();
    multiple.abort();
  }
  started = false;
}
