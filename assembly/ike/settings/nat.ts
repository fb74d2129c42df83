/**
 * `crypto ipsec nat-transparency udp-encapsulation` and `crypto isakmp nat keepalive SECONDS`: whether both sides look for NATs between
 * them at all (RFC 3947), and how often who is behind one keeps its mapping alive (RFC 3948, 4).
 */

/** The default of RFC 3948, 4. */
export const KEEPALIVE_DEFAULT: u32 = 20;

/** False: no vendor ID of NAT traversal is said or heard. */
export let traversal: bool = true;
/** Seconds. */
export let keepalive: u32 = KEEPALIVE_DEFAULT;

export function init(): void {
  traversal = true;
  keepalive = KEEPALIVE_DEFAULT;
}

export function setTraversal(on: bool): void {
  traversal = on;
}

export function setKeepalive(seconds: u32): void {
  keepalive = seconds;
}
