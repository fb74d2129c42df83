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
  const reason = verify(sa, packet);
  if (reason != Drop.NONE) {
    sa.errors++;
    if (reason == Drop.ESP_REPLAY) sa.replayErrors++;
    else if (reason == Drop.ESP_ICV) sa.icvErrors++;
  }
  return reason;
}

function verify(sa: SA, packet: Packet): Drop {
  const align = <u32>sa.align;
  const icv = <u32>sa.icvLength;
  const front = esp.HEADER_LENGTH + <u32>sa.ivLength;
  if (packet.len < front + align + icv) return Drop.ESP_TOO_SHORT;
  const length = packet.len - front - icv;
  if ((length & (align - 1)) != 0) return Drop.ESP_LENGTH;
  const p = packet.ptr;
  const lower = esp.sequence(p);
  const sequence = sa.esn ? replay.extend(sa.sequence, sa.window, lower) : <u64>lower;
  if (!replay.fresh(sa.replay, sa.sequence, sa.window, sequence)) return Drop.ESP_REPLAY;
  if (!authentic(sa, p, front, length, sequence)) return Drop.ESP_ICV;
  packet.newest = sequence > sa.sequence;
  sa.sequence = replay.note(sa.replay, sa.sequence, sa.window, sequence);

  if (sa.bytes + <u64>length > sa.hardBytes || (sa.hard != 0 && clock.now() >= sa.hard)) {
    expiry.usedUp(sa);
    return Drop.ESP_LIFETIME;
  }
  const text = p + front;
  if (sa.cipherMode == <u8>CipherMode.CBC) (sa.cipher as BlockCipher).cbcDecrypt(sa.cipherCtx, p + esp.HEADER_LENGTH, text, length);
  else if (sa.cipherMode == <u8>CipherMode.CTR) counterModes.ctr(sa, p, length);
  const payload = esp.payloadLength(text, length);
  if (payload < 0) return Drop.ESP_PADDING;
  packet.nextHeader = <u8>esp.nextHeader(text + length);
  packet.ptr = text;
  packet.len = <u32>payload;
  sa.packets++;
  sa.bytes += <u64>payload;
  if (sa.state == <u8>State.MATURE && sa.bytes >= sa.softBytes) expiry.wantRekey(sa);
  return Drop.NONE;
}

/** Whether the ICV behind the `length` octets of text is right. GCM decrypts what it has found authentic. */
function authentic(sa: SA, p: usize, front: u32, length: u32, sequence: u64): bool {
  if (sa.integrity == <u8>Integrity.NONE) return true;
  if (sa.integrity == <u8>Integrity.GCM) return counterModes.open(sa, p, length, sequence);
  const covered = front + length;
  return ct.equal(integrity.compute(sa, p, covered, sequence), p + covered, <u32>sa.icvLength);
}
