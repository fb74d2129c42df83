/**
 * Packets that wait for their policy's first SA: a few of each policy, bounded in all. When an SA comes up they are
 * released, to be processed again from the start, and with them what comes until then; when none comes in time they are dropped.
 */
import { HELD_MILLISECONDS, HELD_PACKETS, HELD_PACKETS_PER_POLICY } from "../../limits";
import * as clock from "../../util/clock";
import { Deadline } from "../../util/deadline";
import { Packet, PacketQueue } from "../../util/packet";
import * as packets from "../../util/packet";
import { Drop, drop } from "../../util/status";
import { SaChain } from "./sa";

let total: u32 = 0;
let ready: PacketQueue = changetype<PacketQueue>(0);
/** When the oldest packet has waited long enough. */
export let deadline: Deadline = changetype<Deadline>(0);

export function init(): void {
  total = 0;
  ready = new PacketQueue();
  deadline = new Deadline();
}

/** Takes the packet over if there is room. */
export function hold(chain: SaChain, packet: Packet): bool {
  if (<u32>chain.heldCount == HELD_PACKETS_PER_POLICY || total == HELD_PACKETS) return false;
  packet.next = null;
  packet.since = clock.now();
  let last: Packet | null = null;
  let other = chain.held;
  while (other) {
    last = other;
    other = other.next;
  }
  if (last) last.next = packet;
  else chain.held = packet;
  chain.heldCount++;
  total++;
  deadline.arm(packet.since + <u64>HELD_MILLISECONDS);
  return true;
}

/**
 * An SA came up: what waits for the policy goes out with `released`, once `settle` milliseconds have passed.
 * @param first no other SA carries what comes meanwhile: it stands in line behind (`follow`)
 */
export function release(chain: SaChain, settle: u32, first: bool): void {
  const due = clock.now() + <u64>settle;
  chain.settles = first && settle != 0 ? due : 0;
  let packet = chain.held;
  while (packet) {
    const next = packet.next;
    packet.since = due;
    ready.push(packet);
    packet = next;
  }
  total -= <u32>chain.heldCount;
  chain.held = null;
  chain.heldCount = 0;
  armReleased();
}

/**
 * Takes a packet over that came while its policy's first SA settles: the peer may drop what comes so early, and those that
 * waited longer go first. False: it may go, or there is no room.
 */
export function follow(chain: SaChain, packet: Packet): bool {
  if (clock.now() >= chain.settles) {
    chain.settles = 0;
    return false;
  }
  if (ready.length >= HELD_PACKETS) return false;
  packet.since = chain.settles;
  ready.push(packet);
  armReleased();
  return true;
}

/** The next packet to be processed again, or null. */
export function released(): Packet | null {
  const packet = ready.head;
  return packet && packet.since <= clock.now() ? ready.pop() : null;
}

/** Arms the deadline for the packets that are released and still settle. */
export function armReleased(): void {
  const packet = ready.head;
  if (packet) deadline.arm(packet.since);
}

/** Drops what a policy holds that is going away. */
export function abandon(chain: SaChain): void {
  expire(chain, u64.MAX_VALUE);
}

/** Drops the packets of a policy that began to wait at `before` or earlier; they stand in the order of their coming. */
export function expire(chain: SaChain, before: u64): void {
  let packet = chain.held;
  while (packet) {
    if (packet.since > before) {
      deadline.arm(packet.since + <u64>HELD_MILLISECONDS);
      break;
    }
    const next = packet.next;
    drop(Drop.HELD_TIMEOUT);
    packets.free(packet);
    chain.heldCount--;
    total--;
    packet = next;
  }
  chain.held = packet;
}

/** Packets that wait, in all. */
export function waiting(): u32 {
  return total;
}
