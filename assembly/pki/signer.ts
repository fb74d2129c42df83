/**
 * The one signature of phase 1 that is being made or checked, in slices (number/sliced.ts): a hash signed as it is, by RSA (RFC 2409, 5.1: PKCS#1 type
 * 1 around the bare hash) or ECDSA (RFC 4754).
 *
 *     const begun = sign(pair, hash, hashLen);       // BUSY: another job has the workspace; later, then
 *     while (!step()) ...
 *     len = signature(out);
 */
import { RsaScheme, RsaSign, RsaVerify } from "../number/rsa/signature";
import { freeWorkspace, takeWorkspace } from "../number/workspace";
import * as store from "./store";
import { KeyPair, PairKind } from "./store";

/** Octets of the longest signature. */
export const SIGNATURE_MAX: u32 = 1024;

export const enum Begun {
  RUNNING = 0,
  /** Another job has the workspace. */
  BUSY = 1,
  /** Such a signature can't be made, or is never right. */
  IMPOSSIBLE = 2,
}

const enum Running { NONE = 0, RSA_SIGN = 1, RSA_VERIFY = 2 }

const rsaSign: RsaSign = new RsaSign();
const rsaVerify: RsaVerify = new RsaVerify();
let running: Running = Running.NONE;

/** Whether a job could have the workspace now. */
function free(): bool {
  if (running) return false;
  const space = takeWorkspace();
  if (space) freeWorkspace(space);
  return space != 0;
}

/** Begins a signature by a pair of ours; until its end nothing of the store moves. */
export function sign(pair: KeyPair, hash: usize, hashLen: u32): Begun {
  if (!free()) return Begun.BUSY;
  if (pair.kind != PairKind.RSA || !rsaSign.start(pair.secret, RsaScheme.BARE, 0, hash, hashLen)) return Begun.IMPOSSIBLE;
  running = Running.RSA_SIGN;
  store.hold();
  return Begun.RUNNING;
}

/** Begins to check a signature. @param key as number/rsa/key.ts lays it out; it stays in place until the end */
export function verifyRsa(key: usize, hash: usize, hashLen: u32, sig: usize, sigLen: u32): Begun {
  if (!free()) return Begun.BUSY;
  if (!rsaVerify.start(key, RsaScheme.BARE, 0, 0, 0, hash, hashLen, sig, sigLen)) return Begun.IMPOSSIBLE;
  running = Running.RSA_VERIFY;
  return Begun.RUNNING;
}

/** One slice; true when the result is ready. */
export function step(): bool {
  return running == Running.RSA_SIGN ? rsaSign.step() : rsaVerify.step();
}

/** Writes the signature that was made, at most SIGNATURE_MAX octets. Returns its length; 0: it was not made. */
export function signature(out: usize): u32 {
  running = Running.NONE;
  store.letGo();
  return rsaSign.result(out);
}

/** Whether the signature is right. */
export function right(): bool {
  running = Running.NONE;
  return rsaVerify.result();
}

/** Drops what is running, if something is. */
export function abort(): void {
  if (running == Running.RSA_SIGN) {
    rsaSign.abort();
    store.letGo();
  } else if (running) rsaVerify.abort();
  running = Running.NONE;
}
