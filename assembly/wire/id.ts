/**
 * The Identification payload (RFC 2407, 4.6.2): who a peer is in phase 1, which flows an SA protects in phase 2.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |    ID type    |  Protocol ID  |             Port              |
 *   4  |                     Identification data                       |
 *
 * The body is IDii_b, IDir_b, IDci_b or IDcr_b. Accessors take a body that `check` accepted.
 */
import { get16, get32 } from "../util/bytes";
import { Payload } from "./ike_numbers";
import { IdType } from "./ipsec_doi";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";

// Where the fields lie.
const TYPE: usize = 0;
const PROTOCOL: usize = 1;
const PORT: usize = 2;
const DATA: usize = 4;
/** The second address of a range, the mask of a subnet. */
const SECOND: usize = 8;

const FIXED: u32 = 4;

/** Checks the length of the data by type; types without a fixed length need one octet. Returns a Malformed. */
export function check(body: usize, len: u32): u32 {
  if (len < FIXED) return Malformed.TOO_SHORT;
  const n = len - FIXED;
  let want: u32;
  switch (idType(body)) {
    case IdType.IPV4_ADDR: want = 4; break;
    case IdType.IPV4_ADDR_SUBNET:
    case IdType.IPV4_ADDR_RANGE: want = 8; break;
    case IdType.IPV6_ADDR: want = 16; break;
    case IdType.IPV6_ADDR_SUBNET:
    case IdType.IPV6_ADDR_RANGE: want = 32; break;
    default: return n == 0 ? Malformed.ID : Malformed.NONE;
  }
  return n == want ? Malformed.NONE : Malformed.ID;
}

/** IdType */
export function idType(body: usize): u32 {
  return <u32>load<u8>(body + TYPE);
}

/** IP protocol, 0: any. In phase 1 it is 0, or 17 with port 0 or 500 (RFC 2407, 4.6.2). */
export function protocol(body: usize): u32 {
  return <u32>load<u8>(body + PROTOCOL);
}

/** 0: any */
export function port(body: usize): u32 {
  return get16(body + PORT);
}

export function data(body: usize): usize {
  return body + FIXED;
}

/** @param len octets of the whole body */
export function dataLen(len: u32): u32 {
  return len - FIXED;
}

/** RFC 2407, 4.6.2: in phase 1 protocol and port are both 0, or UDP and 500; NAT-T's 4500 and UDP with 0 are met too. */
export function phase1PortsOk(body: usize): bool {
  const p = port(body);
  if (protocol(body) == 17) return p == 0 || p == 500 || p == 4500;
  return protocol(body) == 0 && p == 0;
}

/** An identity of phase 2 as a range of addresses; numbers have the address's first octet on top. */
@unmanaged
export class IdRange {
  first: u32;
  last: u32;
  protocol: u32;
  port: u32;
}

/**
 * Reads an IPv4 address, subnet or range into `out`. Returns a Malformed: ID for other types, for a mask with holes and
 * for a range whose end lies before its beginning. Host bits of a subnet's address are dropped.
 */
export function toRange(body: usize, len: u32, out: IdRange): u32 {
  const bad = check(body, len);
  if (bad) return bad;
  const a = get32(body + DATA);
  out.protocol = protocol(body);
  out.port = port(body);
  switch (idType(body)) {
    case IdType.IPV4_ADDR:
      out.first = a;
      out.last = a;
      return Malformed.NONE;
    case IdType.IPV4_ADDR_SUBNET: {
      const mask = get32(body + SECOND);
      const host = ~mask;
      if (host & (host + 1)) return Malformed.ID;
      out.first = a & mask;
      out.last = a | host;
      return Malformed.NONE;
    }
    case IdType.IPV4_ADDR_RANGE: {
      const last = get32(body + SECOND);
      if (last < a) return Malformed.ID;
      out.first = a;
      out.last = last;
      return Malformed.NONE;
    }
    default:
      return Malformed.ID;
  }
}

/** Writes a whole payload of any type. */
export function emit(w: MessageWriter, type: u32, protocol: u32, port: u32, data: usize, dataLen: u32): void {
  begin(w, type, protocol, port);
  w.bytes(data, dataLen);
}

/** Phase 1's ID_IPV4_ADDR with protocol and port 0. */
export function emitAddress(w: MessageWriter, address: u32): void {
  begin(w, IdType.IPV4_ADDR, 0, 0);
  w.u32(address);
}

/**
 * NAT-OA, the original address of RFC 3947, 5.2: laid out like an ID. @param type of the payload, the RFC's or the drafts'
 */
export function emitOriginal(w: MessageWriter, type: u32, address: u32): void {
  w.payload(type);
  w.u32(IdType.IPV4_ADDR << 24);
  w.u32(address);
}

/** The address of a NAT-OA payload; 0 for one that has none of IPv4. */
export function original(body: usize, len: u32): u32 {
  return len == 8 && idType(body) == IdType.IPV4_ADDR ? get32(body + DATA) : 0;
}

/** A range as phase 2's ID payload: an address, a subnet where the range is one, a range otherwise. */
export function emitRange(w: MessageWriter, first: u32, last: u32, protocol: u32, port: u32): void {
  if (first == last) {
    begin(w, IdType.IPV4_ADDR, protocol, port);
    w.u32(first);
    return;
  }
  const host = first ^ last;
  const subnet = (host & (host + 1)) == 0 && (first & host) == 0;
  begin(w, subnet ? IdType.IPV4_ADDR_SUBNET : IdType.IPV4_ADDR_RANGE, protocol, port);
  w.u32(first);
  w.u32(subnet ? ~host : last);
}

function begin(w: MessageWriter, type: u32, protocol: u32, port: u32): void {
  w.payload(Payload.ID);
  w.u8(type);
  w.u8(protocol);
  w.u16(port);
}
