/**
 * What tells ISAKMP, ESP and keepalives apart on UDP port 4500 (RFC 3948, 2).
 *
 *      ISAKMP      | 0 0 0 0 | ISAKMP header ...
 *      ESP         | SPI, never 0 | sequence number ...
 *      keepalive   | ff |
 */

/** UDP port of NAT traversal, RFC 3947, 4. */
export const NATT_PORT: u32 = 4500;
export const IKE_PORT: u32 = 500;
/** Octets of the non-ESP marker, all zero. */
export const MARKER_LENGTH: u32 = 4;

export const enum Natt {
  /** shorter than anything that belongs here */
  MALFORMED = 0,
  KEEPALIVE = 1,
  IKE = 2,
  ESP = 3,
}

/** What the `len` octets of a datagram on port 4500 are. */
export function classify(p: usize, len: u32): Natt {
  if (len == 1) return load<u8>(p) == 0xff ? Natt.KEEPALIVE : Natt.MALFORMED;
  if (len < MARKER_LENGTH) return Natt.MALFORMED;
  return load<u32>(p) == 0 ? Natt.IKE : Natt.ESP;
}

/** Writes the marker before an ISAKMP message. */
export function emitMarker(p: usize): void {
  store<u32>(p, 0);
}

/** Writes a keepalive's one octet and returns its length. */
export function emitKeepalive(p: usize): u32 {
  store<u8>(p, 0xff);
  return 1;
}
