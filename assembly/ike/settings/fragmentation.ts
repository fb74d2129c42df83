/**
 * `crypto isakmp fragmentation [mtu N]`: messages that are too long for a datagram go in fragments to a peer that has said that it
 * takes them, and are taken so. On where nothing is said; `no crypto isakmp fragmentation` switches it off.
 */
import { ISAKMP_FRAGMENTS_SENT } from "../../limits";
import { MARKER_LENGTH } from "../../wire/natt";
import { FRAGMENT_OVERHEAD } from "../../wire/fragment";
import { HEADER_LENGTH as IP_HEADER } from "../../wire/ipv4";
import { HEADER_LENGTH as UDP_HEADER } from "../../wire/udp";

/** Octets of the IP packet that a fragment is: what every path of IPv6 carries, and nearly all of IPv4's. */
export const MTU_DEFAULT: u32 = 1280;

export let enabled: bool = true;

export let mtu: u32 = MTU_DEFAULT;

export function init(): void {
  enabled = true;
  mtu = MTU_DEFAULT;
}

export function set(on: bool, octets: u32): void {
  enabled = on;
  mtu = octets;
}

/**
 * Octets of a message of `len` octets that each of its fragments has; 0: it fits a datagram. No message becomes more than
 * ISAKMP_FRAGMENTS_SENT of them: of the longest each is longer than a small `mtu` allows.
 */
export function pieceOf(len: u32, marker: bool): u32 {
  const room = mtu - IP_HEADER - UDP_HEADER - (marker ? MARKER_LENGTH : 0);
  if (!enabled || len <= room) return 0;
  return max(room - FRAGMENT_OVERHEAD, (len + ISAKMP_FRAGMENTS_SENT - 1) / ISAKMP_FRAGMENTS_SENT);
}
