// The part of the crypto core that is IKE's groups on curves (number/curve/ec), and the groups that New Group Mode brings
// (oakley/new_group). Groups are named by their Group Description. A function that returns u32 returns 0 for an unknown
// group, and has then done nothing.
import * as ec from "../number/curve/ec";
import { Power } from "../number/modexp";
import * as workspace from "../number/workspace";
import { publicInRange } from "../oakley/dh";
import { curveById } from "../oakley/groups";
import * as offer from "../oakley/new_group";

workspace.init();
const multiple = new ec.Multiple();

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
  return c && multiple.start(c, base, baseLen, scalar, scalarLen) ? 1 : 0;
}

/** One slice; 1 when the result is ready. */
export function ecStep(): u32 {
  return multiple.step() ? 1 : 0;
}

/** Writes the result and returns its length, 0 for one that is not to be used. */
export function ecResult(out: usize): u32 {
  return multiple.result(out);
}

export function ecAbort(): void {
  multiple.abort();
}

/** scalar * base at once; returns the length of the result. */
export function ecAll(group: u32, base: usize, baseLen: u32, scalar: usize, scalarLen: u32, out: usize): u32 {
  const c = curveById(group);
  if (!c || !multiple.start(c, base, baseLen, scalar, scalarLen)) return 0;
  while (!multiple.step()) {}
  return multiple.result(out);
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

// Groups of a peer's making (oakley/new_group), and powers modulo odd numbers at large (number/modexp)

offer.init();
const power = new Power();

/** base^exp modulo an odd p, `secret` 1: which is a secret, at once; returns the length of the result, that of p. */
export function oddPowerAll(
  p: usize, pLen: u32, base: usize, baseLen: u32, exp: usize, expLen: u32, secret: u32, out: usize,
): u32 {
  if (!power.start(p, pLen, base, baseLen, exp, expLen, secret != 0)) return 0;
  while (!power.step()) {}
  power.result(out);
  return pLen;
}

export function oddPowerAbort(): void {
  power.abort();
}

/** The cheap part of a validation; returns a NewGroupFault. */
export function newGroupStart(p: usize, pLen: u32, g: usize, gLen: u32, order: usize, orderLen: u32): u32 {
  return offer.newGroupStart(p, pLen, g, gLen, order, orderLen);
}

/** One slice; 1 when the answer is known. */
export function newGroupStep(): u32 {
  return offer.newGroupStep() ? 1 : 0;
}

/** The answer, a NewGroupFault. */
export function newGroupResult(): u32 {
  return offer.newGroupResult();
}

export function newGroupAbort(): void {
  offer.newGroupAbort();
}

/** 1 when a peer's public value in such a group is to be used. */
export function newGroupCheckPublic(p: usize, pLen: u32, y: usize, len: u32): u32 {
  return publicInRange(p, pLen, y, len) ? 1 : 0;
}
