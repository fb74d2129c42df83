/** Which of our services a UDP datagram is for. IKE listens here, and our own clients hear answers. */
import { Drop } from "../util/status";
import { IKE_PORT, NATT_PORT, Natt, classify } from "../wire/natt";
import * as udp from "../wire/udp";
import * as sockets from "./sockets";

export const enum Service {
  /** nobody listens there: port unreachable */
  NONE = 0,
  /** dropped for `reason` */
  DROP,
  /** an ISAKMP message; `skip` octets go before it */
  IKE,
  /** ESP in UDP; `skip` octets go before it */
  ESP,
  /** a NAT keepalive (RFC 3948, 4) */
  KEEPALIVE,
  /** an answer to a client of ours (net/sockets.ts) from the station that it asked; `skip` octets go before it */
  ANSWER,
}

export let skip: u32 = 0;
export let reason: Drop = Drop.NONE;

/**
 * Sorts a datagram, `p` at its UDP header with `len` octets there. ISAKMP's checksum is verified; that of ESP need not be
 * (RFC 3948, 2.1): its ICV says more.
 */
export function sort(p: usize, len: u32, src: u32, dst: u32): Service {
  reason = udp.check(p, len);
  if (reason != Drop.NONE) return Service.DROP;
  const port = udp.destinationPort(p);
  skip = udp.HEADER_LENGTH;
  let service = Service.NONE;
  if (port == IKE_PORT) service = Service.IKE;
  else if (port == NATT_PORT) {
    const kind = classify(p + udp.HEADER_LENGTH, udp.length(p) - udp.HEADER_LENGTH);
    if (kind == Natt.ESP) return Service.ESP;
    if (kind == Natt.KEEPALIVE) return Service.KEEPALIVE;
    if (kind == Natt.IKE) {
      skip = udp.HEADER_LENGTH + 4;
      service = Service.IKE;
    } else {
      reason = Drop.UDP_MALFORMED;
      return Service.DROP;
    }
  }
  if (service == Service.NONE && sockets.isOwnPort(port)) {
    if (!sockets.expects(port, src, udp.sourcePort(p))) {
      reason = Drop.SERVICE_SOURCE;
      return Service.DROP;
    }
    service = Service.ANSWER;
  }
  if (!udp.checksumOk(p, src, dst)) {
    reason = Drop.UDP_MALFORMED;
    return Service.DROP;
  }
  return service;
}
