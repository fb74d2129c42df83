/**
 * Packets that an exchange held while it computed, and that are to be taken now: ike.ts does, behind what has been marked meanwhile.
 * No more than exchanges may hold.
 */
import { PACKETS_HELD_MAX } from "../../limits";
import { Packet } from "../../util/packet";
import { assertThat } from "../../util/status";
import { unheld } from "../state/exchange";

const waiting = new StaticArray<Packet | null>(<i32>PACKETS_HELD_MAX);
let count: u32 = 0;

export function init(): void {
  count = 0;
}

/** Takes over a packet that an exchange has held. */
export function put(packet: Packet): void {
  assertThat(count < PACKETS_HELD_MAX, 40202);
  unchecked((waiting[count++] = packet));
}

/** The oldest one, which is the caller's; null: there is none. */
export function next(): Packet | null {
  if (!count) return null;
  const packet = unchecked(waiting[0]);
  count--;
  for (let i: u32 = 0; i < count; i++) unchecked((waiting[i] = waiting[i + 1]));
  unheld();
  return packet;
}
