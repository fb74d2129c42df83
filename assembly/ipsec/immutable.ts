/**
 * What AH's ICV covers of the IPv4 header (RFC 4302, 3.3.3.1.1 and appendix A1; RFC 2402 says the same). The mutable fields
 * are zero in the computation: TOS, flags and fragment offset, TTL, checksum, and every option that a router may write
 * into. They are zeroed in the packet itself, and put back afterwards: a MAC then runs over one stretch of octets.
 */
import * as ipv4 from "../wire/ipv4";

/** Room for the longest IPv4 header. */
const saved: usize = memory.data(60, 8);

/** Keeps the header at `p` for `restore`. */
export function save(p: usize): void {
  memory.copy(saved, p, <usize>ipv4.headerLength(p));
}

/** Writes what `save` kept to `p`, wherever the header stands by now. */
export function restore(p: usize): void {
  memory.copy(p, saved, <usize>ipv4.headerLength(saved));
}

/** Zeroes the mutable fields of the header at `p`, whose options `ipv4.check` accepted. */
export function zeroMutable(p: usize): void {
  store<u8>(p, 0, 1);
  store<u16>(p, 0, 6);
  store<u8>(p, 0, 8);
  store<u16>(p, 0, 10);
  const end = p + <usize>ipv4.headerLength(p);
  for (let o = p + ipv4.HEADER_LENGTH; o < end; ) {
    const type = <u32>load<u8>(o);
    // What follows the end of the list is padding and covered as it stands.
    if (type == 0) return;
    const length = ipv4.optionLength(o, end);
    if (length == 0) return;
    if (!covered(type)) memory.fill(o, 0, <usize>length);
    o += length;
  }
}

/**
 * Whether an option never changes on its way: end, no operation, security (130), extended security (133), commercial
 * security (134), router alert (148), sender directed multi-destination delivery (149). All others are zeroed whole, the
 * source routes too; those never get here, since `ipv4.check` refuses them: the destination is what stands in the header.
 */
function covered(type: u32): bool {
  return type == 1 || type == 130 || type == 133 || type == 134 || type == 148 || type == 149;
}
