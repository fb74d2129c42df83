/**
 * The security association database (RFC 4301, 4.4.2). SAs live in pairs, an inbound one whose SPI we chose and an
 * outbound one whose SPI the peer chose. Our SPIs carry the slot in their low bits, so that a lookup is one comparison.
 *
 *   LARVAL ---installInbound---> INBOUND ---activate---> MATURE ---soft lifetime---> DYING ---hard, or remove---> gone
 *
 * IKE's order: `reserve` (an SPI for the proposal), `installInbound` as soon as the keys are there (the responder does so
 * before its answer leaves), `activate` when the exchange is complete: from then on the policy sends through the pair.
 */
import { Policy } from "./spd";
import { Selector } from "./selector";

export const enum State {
  LARVAL = 1,
  INBOUND = 2,
  MATURE = 3,
  DYING = 4,
}

/** What IKE negotiated, for both directions. Numbers are RFC 2407's (see transform_set.ts). */
@unmanaged
export class SaParameters {
  /** 50 ESP, 51 AH */
  protocol: u8;
  /** transform_set.Mode */
  mode: u8;
  /** ESP transform id (2 DES, 3 3DES, 12 AES); 0 none */
  cipher: u8;
  /** authentication algorithm attribute (1 MD5, 2 SHA, 5, 6, 7 SHA2) */
  auth: u8;
  keyBits: u16;
  /** ESP in UDP (RFC 3948) between these two ports */
  encapsulated: bool;
  localPort: u16;
  peerPort: u16;
  localAddress: u32;
  peerAddress: u32;
  /** SPI that the peer chose: the outbound SA's. */
  peerSpi: u32;
  /** Number of the phase 1 SA that made it. */
  ike: u32;
  /** Hard lifetime; 0: none. */
  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  /** Milliseconds after activation at which Work.REKEY is posted; 0: never (the caller has put the jitter in). */
  softMilliseconds: u32;
  /** Negotiated selectors. */
  localFirst: u32;
  localLast: u32;
  remoteFirst: u32;
  remoteLast: u32;
  localPortSelector: u16;
  remotePortSelector: u16;
  protocolSelector: u8;
  /** Group of the PFS exchange, 0 without; shown only. */
  pfsGroup: u8;
}

/**
 * One direction. The sadb builder adds what the data path needs (contexts, replay window, counters); the fields here are
 * what other rooms may read.
 */
@unmanaged
export class SA {
  spi: u32;
  /** The other direction; null while LARVAL (only inbound exists). */
  pair: SA | null;
  policy: Policy | null;
  state: u8;
  inbound: bool;
}

export function init(): void {
  unreachable();
}

/** Octets of key material that one direction of such an SA needs: encryption key, then authentication key. 0: unknown algorithms. */
export function keyLength(protocol: u32, cipher: u32, keyBits: u32, auth: u32): u32 {
  return unreachable();
}

/** A larval inbound SA with a fresh random SPI (never below 256); null when the pool is used up or there is no entropy. */
export function reserve(policy: Policy): SA | null {
  return unreachable();
}

/** Keys the inbound SA, which receives from now on. `keymat` is keyLength octets; it is the caller's to wipe. */
export function installInbound(sa: SA, parameters: SaParameters, keymat: usize): void {
  unreachable();
}

/**
 * Makes and keys the outbound SA of the pair, and sends the policy's packets through it from now on (held packets go out
 * with the next poll). False when the pool is used up.
 */
export function activate(inbound: SA, parameters: SaParameters, keymat: usize): bool {
  return unreachable();
}

/** The inbound SA of that SPI (in host order), in constant time; null if there is none. */
export function bySpi(spi: u32): SA | null {
  return unreachable();
}

/** The inbound SA of the pair whose outbound SPI and peer are these (a peer's DELETE names its own inbound SPI: our outbound one). */
export function byPeerSpi(peer: u32, spi: u32): SA | null {
  return unreachable();
}

/** Removes a pair (or a larval SA), wiping its keys; the policy falls back to the newest other pair it has. */
export function remove(inbound: SA): void {
  unreachable();
}

/** A pair that has been replaced: receives still, sends no more, and is not rekeyed. */
export function retire(inbound: SA): void {
  unreachable();
}

/** How many pairs the phase 1 SA `ike` has; walk all with slots/at. */
export function countOf(ike: u32): u32 {
  return unreachable();
}

/** Number of slots; `at(i)` is the SA in slot i (either direction), null where it is empty. */
export function slots(): u32 {
  return unreachable();
}

export function at(i: u32): SA | null {
  return unreachable();
}

/** Peer, phase 1, ports of a pair changed (NAT mapping moved, or phase 1 renegotiated). */
export function moveMapping(inbound: SA, address: u32, port: u32): void {
  unreachable();
}

/** Lifetimes: posts Work.REKEY and Work.EXPIRED, drops held packets that waited too long. Milliseconds until the next call. */
export function poll(): u32 {
  return unreachable();
}
