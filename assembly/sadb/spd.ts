/**
 * The security policy database (RFC 4301, 4.4.1) and the configuration that it is compiled from: access lists, crypto
 * maps, and the map that each interface carries.
 *
 * Configuration is changed through verbs; `compile` then makes the ordered list of policies afresh: for each interface
 * with a map, for each entry of the map by sequence number, for each line of its access list. A policy whose entry and
 * selector are unchanged keeps its slot and its SAs; SAs of policies that are gone are deleted and reported to IKE.
 */
import { Selector } from "./selector";
import { SA } from "./sad";
import { TransformSet } from "./transform_set";

export const enum Action {
  PROTECT = 1,
  BYPASS = 2,
  DISCARD = 3,
}

/** An entry of a crypto map: `crypto map NAME SEQ ipsec-isakmp`. */
@unmanaged
export class CryptoMapEntry {
  sequence: u32;
  action: u8;
  /** MODP group of `set pfs groupN`; 0: none. */
  pfsGroup: u8;
  peerCount: u8;
  transformSetCount: u8;
  /** `set security-association lifetime seconds|kilobytes`, 0: the global one applies. */
  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  // the sadb builder adds names, peers, sets

  /** Address of peer number k, in order of preference. */
  peer(k: u32): u32 {
    return unreachable();
  }
  transformSet(k: u32): TransformSet {
    return unreachable();
  }
}

/** One compiled policy; its slot number is its identity for IKE (`slot`). */
@unmanaged
export class Policy {
  slot: u32;
  interface: u32;
  action: u8;
  /** Which of the entry's peers is tried (moves on when one does not answer). */
  peerIndex: u8;
  entry: CryptoMapEntry;
  /** The SA that packets go out through; null: none yet. */
  outbound: SA | null;
  /** No new Work.ACQUIRE before this time (milliseconds). IKE pushes it on after a failure. */
  nextAcquire: u64;

  get selector(): Selector {
    return unreachable();
  }
}

export function init(): void {
  unreachable();
}

/** The policy in a slot, or null. */
export function policyAt(slot: u32): Policy | null {
  return unreachable();
}

export function policySlots(): u32 {
  return unreachable();
}

/** Address of this gateway on a policy's interface (set by `setInterfaceAddress`), 0 if it has none. */
export function localAddress(policy: Policy): u32 {
  return unreachable();
}

/** Told by device whenever an interface's address changes. */
export function setInterfaceAddress(port: u32, address: u32): void {
  unreachable();
}

/** Whether `peer` is a peer of any entry in use: a responder answers nobody else. */
export function knowsPeer(peer: u32): bool {
  return unreachable();
}

/**
 * For a responder: the first PROTECT policy with that peer whose selector equals `offered` (or, failing that, contains
 * it); null if none does.
 */
export function forOffer(peer: u32, offered: Selector): Policy | null {
  return unreachable();
}

/** Lifetime in seconds (kilobytes) that a policy asks for: the entry's own or the global one. */
export function lifetimeSeconds(policy: Policy): u32 {
  return unreachable();
}

export function lifetimeKilobytes(policy: Policy): u32 {
  return unreachable();
}
