/**
 * The internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.
 *
 * Sums are kept in the byte order of memory (RFC 1071, 2(B): the sum does not mind), 32 bits at a time in 64: a datagram
 * of 64 KiB adds 2^14 words below 2^32, which stays below 2^46. Only `fold` swaps, into the number that put16 writes.
 */

/** Partial sum of `len` octets. Parts before the last have an even length. */
export function add(p: usize, len: u32): u64 {
  let sum: u64 = 0;
  const end = p + <usize>len;
  for (; p + 16 <= end; p += 16) {
    sum += <u64>load<u32>(p) + <u64>load<u32>(p, 4) + <u64>load<u32>(p, 8) + <u64>load<u32>(p, 12);
  }
  for (; p + 2 <= end; p += 2) sum += <u64>load<u16>(p);
  if (p < end) sum += <u64>load<u8>(p);
  return sum;
}

/** Partial sum of the pseudo header of UDP (RFC 768): addresses, protocol, length of header and data. */
export function pseudo(src: u32, dst: u32, protocol: u32, len: u32): u64 {
  return <u64>bswap<u32>(src) + <u64>bswap<u32>(dst) + <u64>(protocol << 8) + <u64>bswap<u16>(<u16>len);
}

/** The checksum field that belongs to a sum over the octets with that field 0; 0 for octets whose field is right. */
export function fold(sum: u64): u32 {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return <u32>bswap<u16>(<u16>~sum);
}

/** The checksum of `len` octets; 0 if they hold a right one. */
export function compute(p: usize, len: u32): u32 {
  return fold(add(p, len));
}

/** A checksum after a 16-bit word under it changed (RFC 1624, equation 3). */
export function updated(checksum: u32, before: u32, after: u32): u32 {
  let sum = (~checksum & 0xffff) + (~before & 0xffff) + after;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/**
 * What is added to a checksum over two addresses that were `srcWas` and `dstWas` and are others now (RFC 3948, 3.1.2;
 * RFC 1624): a checksum is the complement of a sum, so what was is added and what is is taken away. 0: nothing changes.
 */
export function delta(srcWas: u32, dstWas: u32, src: u32, dst: u32): u32 {
  let sum = (srcWas >>> 16) + (srcWas & 0xffff) + (dstWas >>> 16) + (dstWas & 0xffff);
  sum += (~src >>> 16) + (~src & 0xffff) + (~dst >>> 16) + (~dst & 0xffff);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return sum == 0xffff ? 0 : sum;
}
