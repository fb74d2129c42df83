/**
 * ESP on the way in (RFC 4303, 3.4): number, ICV, window, decryption, padding, in this order: nothing is decrypted, and
 * the window does not move, before the packet is known to be the peer's.
 */
import { BlockCipher } from "../crypto/cipher";
import * as expiry from "../sadb/sas/expiry";
import * as replay from "../sadb/sas/replay";
import { SA, State } from "../sadb/sas/sa";
import { CipherMode, Integrity } from "../sadb/terms/suite";
import * as clock from "../util/clock";
import * as ct from "../util/ct";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as esp from "../wire/esp";
import * as counterModes from "./counter_modes";
import * as integrity from "./integrity";

/**
 * Turns the ESP packet at `ptr` into its payload; `nextHeader` says what that is, `newest` whether it came in order.
 * Drop.NONE, or why it is refused; the packet's octets may then be anything.
 */
export function open(sa: SA, packet: Packet): Drop {
  const sequence = number(sa, packet);
  const reason = check(sa, packet, sequence);
  if (reason != Drop.NONE) return reason;
  return conclude(sa, packet, sequence, authentic(sa, packet, sequence));
}

/** The first part of `open`, before keys are used: whether the packet of that number may be one of the SA's. */
export function check(sa: SA, packet: Packet, sequence: u64): Drop {
  const align = <u32>sa.align;
  const icv = <u32>sa.icvLength;
  const front = esp.HEADER_LENGTH + <u32>sa.ivLength;
  if (packet.len < front + align + icv) return refuse(sa, Drop.ESP_TOO_SHORT);
  if (((packet.len - front - icv) & (align - 1)) != 0) return refuse(sa, Drop.ESP_LENGTH);
  return replay.fresh(sa.replay, sa.sequence, sa.window, sequence) ? Drop.NONE : refuse(sa, Drop.ESP_REPLAY);
}

/** The number of a packet that has a header, its upper half as the window has it where numbers are extended. */
export function number(sa: SA, packet: Packet): u64 {
  const lower = esp.sequence(packet.ptr);
  return sa.esn ? replay.extend(sa.sequence, sa.window, lower) : <u64>lower;
}

/** The second part: the packet of that number, checked, is found authentic or not. */
export function conclude(sa: SA, packet: Packet, sequence: u64, good: bool): Drop {
  if (!good) return refuse(sa, Drop.ESP_ICV);
  packet.newest = sequence > sa.sequence;
  sa.sequence = replay.note(sa.replay, sa.sequence, sa.window, sequence);

  const p = packet.ptr;
  const front = esp.HEADER_LENGTH + <u32>sa.ivLength;
  const length = packet.len - front - <u32>sa.icvLength;
  if (sa.bytes + <u64>length > sa.hardBytes || (sa.hard != 0 && clock.now() >= sa.hard)) {
    expiry.usedUp(sa);
    return refuse(sa, Drop.ESP_LIFETIME);
  }
  const text = p + front;
  if (sa.cipherMode == <u8>CipherMode.CBC) (sa.cipher as BlockCipher).cbcDecrypt(sa.cipherCtx, p + esp.HEADER_LENGTH, text, length);
  else if (sa.cipherMode == <u8>CipherMode.CTR) counterModes.ctr(sa, p, length);
  const payload = esp.payloadLength(text, length);
  if (payload < 0) return refuse(sa, Drop.ESP_PADDING);
  packet.nextHeader = <u8>esp.nextHeader(text + length);
  packet.ptr = text;
  packet.len = <u32>payload;
  sa.packets++;
  sa.bytes += <u64>payload;
  if (sa.state == <u8>State.MATURE && sa.bytes >= sa.softBytes) expiry.wantRekey(sa);
  return Drop.NONE;
}

/** Counts a refusal with its SA. */
export function refuse(sa: SA, reason: Drop): Drop {
  sa.errors++;
  if (reason == Drop.ESP_REPLAY) sa.replayErrors++;
  else if (reason == Drop.ESP_ICV) sa.icvErrors++;
  return reason;
}

/** Whether the packet's ICV is right. A combined mode decrypts what it has found authentic. */
function authentic(sa: SA, packet: Packet, sequence: u64): bool {
  if (sa.integrity == <u8>Integrity.NONE) return true;
  const p = packet.ptr;
  const covered = packet.len - <u32>sa.icvLength;
  if (sa.integrity == <u8>Integrity.COMBINED) return counterModes.open(sa, p, covered - esp.HEADER_LENGTH - <u32>sa.ivLength, sequence);
  return ct.equal(integrity.compute(sa, p, covered, sequence), p + covered, <u32>sa.icvLength);
}
