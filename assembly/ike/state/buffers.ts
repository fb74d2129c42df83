/**
 * Octets whose number the negotiation decides: public values, nonces, SA bodies, the last message sent. Four sizes of
 * block, so that a group of 768 bits does not pay for one of 8192, nor a key for certificates, and a flood of one size leaves the others.
 */
import { ISAKMP_MESSAGE_MAX, PIECES_LARGE, PIECES_MEDIUM, PIECES_SMALL, PIECES_WHOLE } from "../../limits";
import { Blocks } from "../../util/pool";

const SMALL: u32 = 256;
const MEDIUM: u32 = 1024;
const LARGE: u32 = 3072;

let small: Blocks = changetype<Blocks>(0);
let medium: Blocks = changetype<Blocks>(0);
let large: Blocks = changetype<Blocks>(0);
let whole: Blocks = changetype<Blocks>(0);

export function init(): void {
  small = new Blocks("isakmp octets (256)", SMALL, PIECES_SMALL);
  medium = new Blocks("isakmp octets (1024)", MEDIUM, PIECES_MEDIUM);
  large = new Blocks("isakmp octets (3072)", LARGE, PIECES_LARGE);
  whole = new Blocks("isakmp octets (9216)", ISAKMP_MESSAGE_MAX, PIECES_WHOLE);
}

/** A block of zeros for `len` octets: of the smallest size that has one left. 0: there is none. */
export function hold(len: u32): usize {
  if (len <= SMALL && small.left) return small.take();
  if (len <= MEDIUM && medium.left) return medium.take();
  if (len <= LARGE && large.left) return large.take();
  return len <= ISAKMP_MESSAGE_MAX ? whole.take() : 0;
}

/** A copy of `len` octets; 0: no block is left. */
export function holdCopy(p: usize, len: u32): usize {
  const block = hold(len);
  if (block) memory.copy(block, p, <usize>len);
  return block;
}

/** Wipes and gives back a block; 0 is let pass. */
export function letGo(block: usize): void {
  if (!block) return;
  if (block >= small.base && block < small.at(small.size)) small.free(block);
  else if (block >= medium.base && block < medium.at(medium.size)) medium.free(block);
  else if (block >= large.base && block < large.at(large.size)) large.free(block);
  else whole.free(block);
}
