/**
 * What takes long with a key of ours, in slices, one at a time, on the key at private_key.secret:
 *
 *      generate     RSA of so many bits, or a curve's
 *      check        whether a private key that was read belongs to its public one: an RSA key signs once, which private_power.ts checks;
 *                   of a curve's the point is computed, and compared with the one that came, if one came
 *      sign         octets, with a pair of the store, for a certificate's request
 *
 *     begin...; while (step() == Work.RUNNING) ...     // a slice each; return to the poll between them
 *
 * While another job has the workspace it waits.
 */
import { Hash, HashAlg } from "../crypto/hash";
import { hashById } from "../crypto/registry";
import { Curve, ECP_256, ECP_384, ECP_521 } from "../number/curve/curves";
import { Multiple, ecPrivate } from "../number/curve/ec";
import { EcdsaSign } from "../number/ecdsa/sign";
import { RsaGenerate } from "../number/rsa/generate";
import { borrowOf } from "../number/rsa/key";
import { RsaScheme, RsaSign } from "../number/rsa/signature";
import * as ct from "../util/ct";
import * as arena from "./arena";
import * as key from "./private_key";
import { KeyPair, PairKind } from "./store";

export const enum Work { RUNNING = 0, DONE = 1, FAILED = 2 }
const enum Kind { NONE = 0, CHECK, GENERATE, SIGN }

/** Octets of the longest signature: of 8192 bits. */
export const SIGNATURE_MAX: u32 = 1024;
/** What `sign` has made: of RSA as long as the modulus, of a curve r and s, each as long as the order. */
// @ts-ignore: decorator
@lazy
export const signature: usize = memory.data(1024, 8);
export let signatureLen: u32 = 0;

let signer: RsaSign = changetype<RsaSign>(0);
let curveSigner: EcdsaSign = changetype<EcdsaSign>(0);
let multiple: Multiple = changetype<Multiple>(0);
let generator: RsaGenerate = changetype<RsaGenerate>(0);
let kind: Kind = Kind.NONE;
let started: bool = false;
let bits: u32 = 0;
let secret: usize = 0;
let curve: Curve | null = null;
let hashing: Hash | null = null;
// @ts-ignore: decorator
@lazy
const hash: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);

export function init(): void {
  signer = new RsaSign();
  curveSigner = new EcdsaSign();
  multiple = new Multiple();
  generator = new RsaGenerate();
  kind = Kind.NONE;
  started = false;
}

export function curveFor(k: PairKind): Curve | null {
  switch (k) {
    case PairKind.EC_256: return ECP_256;
    case PairKind.EC_384: return ECP_384;
    case PairKind.EC_521: return ECP_521;
    default: return null;
  }
}

/** Checks the key that private_key.parse has read. */
export function check(): void {
  kind = Kind.CHECK;
  started = false;
  secret = key.secret;
  curve = curveFor(key.kind);
}

/** Makes an RSA key of so many bits, a multiple of 128 from 1024 to 4096. */
export function generateRsa(n: u32): void {
  key.forget();
  kind = Kind.GENERATE;
  started = false;
  bits = n;
  secret = key.secret;
  curve = null;
}

/** Makes a curve's key. False: no entropy. */
export function generateCurve(k: PairKind): bool {
  key.forget();
  const c = curveFor(k);
  if (!c || !ecPrivate(c, key.secret)) return false;
  key.takeCurve(k, false);
  check();
  return true;
}

/** Signs octets with a pair: of RSA PKCS#1 with SHA-256, of a curve with the hash of its length. The arena is held meanwhile. */
export function sign(pair: KeyPair, octets: usize, len: u32): void {
  curve = curveFor(pair.kind);
  hashing = hashById(pair.kind == PairKind.EC_384 ? HashAlg.SHA384 : pair.kind == PairKind.EC_521 ? HashAlg.SHA512 : HashAlg.SHA256);
  hashing!.digest(ctx, octets, len, hash);
  kind = Kind.SIGN;
  started = false;
  secret = pair.secret;
  arena.hold();
}

/** One slice. */
export function step(): Work {
  let state = Work.FAILED;
  switch (kind) {
    case Kind.CHECK: {
      state = curve ? stepCurve() : stepCheck();
      break;
    }
    case Kind.GENERATE: {
      state = stepGenerate();
      break;
    }
    case Kind.SIGN: {
      state = stepSign();
      if (state != Work.RUNNING) arena.letGo();
      break;
    }
  }
  if (state != Work.RUNNING) {
    kind = Kind.NONE;
    started = false;
    if (state == Work.FAILED) key.forget();
  }
  return state;
}

function stepCheck(): Work {
  if (!started) {
    memory.fill(hash, 0, 32);
    started = signer.start(secret, RsaScheme.BARE, <u32>HashAlg.SHA256, hash, 32);
    return Work.RUNNING;
  }
  if (!signer.step()) return Work.RUNNING;
  const good = signer.result(signature) != 0;
  ct.wipe(signature, SIGNATURE_MAX);
  return good ? Work.DONE : Work.FAILED;
}

function stepCurve(): Work {
  const c = curve!;
  if (!started) {
    // 1 to order - 1.
    let some: u32 = 0;
    for (let i: u32 = 0; i < key.secretLen; i++) some |= <u32>load<u8>(secret + i);
    if (!some || !borrowOf(secret, c.order, key.secretLen)) return Work.FAILED;
    started = multiple.start(c, 0, 0, secret, key.secretLen);
    return Work.RUNNING;
  }
  if (!multiple.step()) return Work.RUNNING;
  const n = multiple.result(signature);
  if (!n) return Work.FAILED;
  if (key.pointLen && (key.pointLen != n || memory.compare(signature, key.point, <usize>n) != 0)) return Work.FAILED;
  memory.copy(key.point, signature, <usize>n);
  key.takeCurve(key.kind, true);
  return Work.DONE;
}

function stepGenerate(): Work {
  if (!started) {
    started = generator.start(bits, secret);
    return started ? Work.RUNNING : Work.FAILED;
  }
  if (!generator.step()) return Work.RUNNING;
  if (!generator.result()) return Work.FAILED;
  key.takeRsa();
  return Work.DONE;
}

function stepSign(): Work {
  const c = curve;
  const h = hashing!;
  if (!started) {
    started = c ? curveSigner.start(c, h.id, secret, hash, h.digestLength, false) : signer.start(secret, RsaScheme.PKCS1, h.id, hash, h.digestLength);
    return Work.RUNNING;
  }
  if (!(c ? curveSigner.step() : signer.step())) return Work.RUNNING;
  signatureLen = c ? curveSigner.result(signature) : signer.result(signature);
  return signatureLen ? Work.DONE : Work.FAILED;
}

/** Drops what runs, and wipes the key. */
export function abort(): void {
  if (started) {
    signer.abort();
    curveSigner.abort();
    multiple.abort();
    generator.abort();
  }
  if (kind == Kind.SIGN) arena.letGo();
  kind = Kind.NONE;
  started = false;
  key.forget();
}
