/** The flow of the datagram that an ICMP error quotes (RFC 792): its header and eight octets at least. */
import { get16 } from "../../util/bytes";
import * as icmp from "../../wire/icmp";
import { Type } from "../../wire/icmp";
import * as ipv4 from "../../wire/ipv4";
import { Flag, Protocol } from "../../wire/ipv4";
import { IDENTIFIER } from "./rewrite";

export let protocol: u32 = 0;
export let source: u32 = 0;
export let destination: u32 = 0;
/** Of a query of ICMP the identifier stands where its sender's port would, and 0 at the other place: as translations have it. */
export let sourcePort: u32 = 0;
export let destinationPort: u32 = 0;

/** @param message at the ICMP header. False: it quotes too little to be told whose it is. */
export function read(message: usize, len: u32): bool {
  if (len < icmp.HEADER_LENGTH + ipv4.HEADER_LENGTH) return false;
  const p = message + icmp.HEADER_LENGTH;
  const there = len - icmp.HEADER_LENGTH;
  const header = ipv4.headerLength(p);
  if (load<u8>(p) >>> 4 != 4 || header < ipv4.HEADER_LENGTH || there < header + 8) return false;
  if ((ipv4.fragmentWord(p) & Flag.OFFSET) != 0) return false;
  protocol = ipv4.protocol(p);
  source = ipv4.source(p);
  destination = ipv4.destination(p);
  sourcePort = destinationPort = 0;
  const q = p + header;
  if (protocol == Protocol.TCP || protocol == Protocol.UDP) {
    sourcePort = get16(q);
    destinationPort = get16(q + 2);
  } else if (protocol == Protocol.ICMP) {
    const type = icmp.type(q);
    // What is quoted is a query that went the way of the quote, or an answer that went the other way.
    if (type == Type.ECHO || type == Type.TIMESTAMP) sourcePort = get16(q + IDENTIFIER);
    else if (type == Type.ECHO_REPLY || type == Type.TIMESTAMP_REPLY) destinationPort = get16(q + IDENTIFIER);
  }
  return true;
}

/** Where the port of the quoted flow lies that is at `otherwise` with TCP and UDP. */
export function portAt(otherwise: u32): u32 {
  return protocol == Protocol.ICMP ? IDENTIFIER : otherwise;
}
