/**
 * `ip tcp adjust-mss`: the MSS that SYNs announce (RFC 9293, 3.7.1) is lowered to what fits the way, never raised. The
 * checksum is mended for the words that change (RFC 1624).
 */
import { get16, put16 } from "../util/bytes";
import { updated } from "../wire/checksum";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";

const HEADER_LENGTH: u32 = 20;
const CHECKSUM: usize = 16;
const OFFSET: usize = 12;
const FLAGS: usize = 13;
const SYN: u32 = 2;

const enum Option {
  END = 0,
  NOP = 1,
  MSS = 2,
}

/** Lowers the MSS of a TCP segment that opens a connection. @param p at a valid IPv4 header @param len octets of the datagram */
export function adjust(p: usize, len: u32, mss: u32): void {
  if (ipv4.protocol(p) != Protocol.TCP || (ipv4.fragmentWord(p) & Flag.OFFSET) != 0) return;
  const header = ipv4.headerLength(p);
  if (len < header + HEADER_LENGTH) return;
  const segment = p + <usize>header;
  if ((<u32>load<u8>(segment + FLAGS) & SYN) == 0) return;
  const length = <u32>(load<u8>(segment + OFFSET) >>> 4) << 2;
  if (length < HEADER_LENGTH || len < header + length) return;
  const end = segment + <usize>length;
  for (let at = segment + <usize>HEADER_LENGTH; at < end; ) {
    const kind = <u32>load<u8>(at);
    if (kind == Option.END) return;
    if (kind == Option.NOP) {
      at++;
      continue;
    }
    if (end - at < 2) return;
    const octets = <u32>load<u8>(at, 1);
    if (octets < 2 || <usize>octets > end - at) return;
    if (kind == Option.MSS && octets == 4) lower(segment, at + 2, mss);
    at += <usize>octets;
  }
}

function lower(segment: usize, at: usize, mss: u32): void {
  const before = get16(at);
  if (before <= mss) return;
  put16(at, mss);
  // Where the option stands at an odd place, its octets count in the other halves of two words: the sum minds their order alone.
  const odd = ((at - segment) & 1) != 0;
  const was = odd ? swapped(before) : before;
  const is = odd ? swapped(mss) : mss;
  put16(segment + CHECKSUM, updated(get16(segment + CHECKSUM), was, is));
}

function swapped(word: u32): u32 {
  return ((word & 0xff) << 8) | (word >>> 8);
}
