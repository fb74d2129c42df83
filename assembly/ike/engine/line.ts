/**
 * Messages that have come and wait for `poll`, in the order in which they came. A message costs as much as many packets of a tunnel's
 * do: a burst of them, dealt with at once, would let whatever came behind it wait for all. The line keeps the buffers themselves.
 *
 * Room is shared by source: it may have as many in the line as are free for others, so that one alone takes half of it, two a third
 * each. What has the cookies of an ISAKMP SA is a peer's, and nobody's who has not seen them: places of all others' messages count as free
 * for it, and the newest of those goes if there is no room. So whoever sends first messages, from as many addresses as he likes, takes
 * nothing from an SA's peer; nor do they stay where buffers are scarce.
 */
import { ISAKMP_LINE } from "../../limits";
import { Packet } from "../../util/packet";
import * as packets from "../../util/packet";
import * as isakmp from "../../wire/isakmp";

let first: Packet | null = null;
let last: Packet | null = null;
/** Messages that wait. */
export let length: u32 = 0;

export function init(): void {
  first = last = null;
  length = 0;
}

/**
 * Takes over a message, whose `src` and `ofSa` are set. Null: it waits. Else it, or the one that it has driven out, is the caller's
 * again, for there is no room.
 */
export function put(packet: Packet): Packet | null {
  let own: u32 = 0;
  let others: u32 = 0;
  // The newest message of no SA, and the one before it.
  let newest: Packet | null = null;
  let before: Packet | null = null;
  let previous: Packet | null = null;
  let other = first;
  while (other) {
    if (other.ofSa == packet.ofSa && other.src == packet.src) own++;
    if (!other.ofSa) {
      others++;
      newest = other;
      before = previous;
    }
    previous = other;
    other = other.next;
  }
  const free = ISAKMP_LINE - length;
  if (own >= (packet.ofSa ? free + others : free)) return packet;
  const scarce = length != 0 && packets.scarce(packet);
  if (!packet.ofSa && scarce) return packet;
  let driven: Packet | null = null;
  if (newest && packet.ofSa && (free == 0 || scarce)) {
    if (before) before.next = newest.next;
    else first = newest.next;
    if (last === newest) last = before;
    newest.next = null;
    length--;
    driven = newest;
  }
  packet.next = null;
  const tail = last;
  if (tail) tail.next = packet;
  else first = packet;
  last = packet;
  length++;
  return driven;
}

/** Whether a message with these two cookies, one behind the other, waits. */
export function holdsOf(cookies: usize): bool {
  let other = first;
  while (other) {
    if (other.ofSa && memory.compare(isakmp.CKY_I(other.ptr), cookies, 2 * isakmp.COOKIE_LENGTH) == 0) return true;
    other = other.next;
  }
  return false;
}

/** The oldest one, which is the caller's; null: none waits. */
export function next(): Packet | null {
  const packet = first;
  if (!packet) return null;
  first = packet.next;
  if (!first) last = null;
  packet.next = null;
  length--;
  return packet;
}
