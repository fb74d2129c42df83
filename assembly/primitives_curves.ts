// The part of the crypto core that is IKE's groups on curves: oakley/ec. Groups are named by their Group Description. A
// function that returns u32 returns 0 for an unknown group, and has then done nothing.
import { curveById } from "./oakley/curves";
import * as ec from "./oakley/ec";

ec.init();

/** Octets of a public value. */
export function curvePublicBytes(group: u32): u32 {
  const c = curveById(group);
  return c ? c.publicBytes : 0;
}

/** Octets of a shared secret. */
export function curveSecretBytes(group: u32): u32 {
  const c = curveById(group);
  return c ? c.secretBytes : 0;
}

/** Begins scalar * base; base 0 is the generator. Returns 1. */
export function ecStart(group: u32, base: usize, baseLen: u32, scalar: usize, scalarLen: u32): u32 {
  const c = curveById(group);
  return c && ec.ecStart(c, base, baseLen, scalar, scalarLen) ? 1 : 0;
}

/** One slice; 1 when the result is ready. */
export function ecStep(): u32 {
  return ec.ecStep() ? 1 : 0;
}

/** Writes the result and returns its length, 0 for one that is not to be used. */
export function ecResult(out: usize): u32 {
  return ec.ecResult(out);
}

export function ecAbort(): void {
  ec.ecAbort();
}

/** scalar * base at once; returns the length of the result. */
export function ecAll(group: u32, base: usize, baseLen: u32, scalar: usize, scalarLen: u32, out: usize): u32 {
  const c = curveById(group);
  if (!c || !ec.ecStart(c, base, baseLen, scalar, scalarLen)) return 0;
  while (!ec.ecStep()) {}
  return ec.ecResult(out);
}

/** 1 when a peer's public value is to be used. */
export function ecCheckPublic(group: u32, value: usize, len: u32): u32 {
  const c = curveById(group);
  return c && ec.ecCheckPublic(c, value, len) ? 1 : 0;
}

/** Draws a private value; returns its length. */
export function ecPrivate(group: u32, out: usize): u32 {
  const c = curveById(group);
  return c && ec.ecPrivate(c, out) ? c.scalarBytes : 0;
}
