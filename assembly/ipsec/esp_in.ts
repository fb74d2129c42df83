/**
 * ESP on the way in (RFC 4303, 3.4): number, ICV, window, decryption, padding, in this order: nothing is decrypted, and
 * the window does not move, before the packet is known to be the peer's.
 */
import { Hash } from "../crypto/hash";
import * as replay from "../sadb/replay";
import * as sad from "../sadb/sad";
import { SA, State } from "../sadb/sad";
import * as clock from "../util/clock";
import * as ct from "../util/ct";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as esp from "../wire/esp";
import { computeIcv } from "./esp_out";

/** Next header of the last packet that `open` accepted. */
export let nextHeader: u32 = 0;
/** Whether its number was the highest so far. */
export let newest: bool = false;

/**
 * Turns the ESP packet at `ptr` into its payload. Drop.NONE, or why it is refused; the packet's octets may then be
 * anything.
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
  const block = sa.blockLength;
  const icv = <u32>sa.icvLength;
  const front = esp.HEADER_LENGTH + block;
  if (packet.len < front + block + icv) return Drop.ESP_TOO_SHORT;
  const length = packet.len - front - icv;
  if ((length & (block - 1)) != 0) return Drop.ESP_LENGTH;
  const p = packet.ptr;
  const sequence = esp.sequence(p);
  if (!replay.fresh(sa.replay, sa.sequence, sa.window, sequence)) return Drop.ESP_REPLAY;
  const hash = sa.hash;
  if (hash) {
    const covered = packet.len - icv;
    if (!ct.equal(computeIcv(sa, hash, p, covered), p + covered, icv)) return Drop.ESP_ICV;
  }
  newest = sequence > sa.sequence;
  sa.sequence = replay.note(sa.replay, sa.sequence, sa.window, sequence);

  if (sa.bytes + <u64>length > sa.hardBytes || (sa.hard != 0 && clock.now() >= sa.hard)) {
    sad.usedUp(sa);
    return Drop.ESP_LIFETIME;
  }
  const text = p + front;
  sa.cipher.cbcDecrypt(sa.cipherCtx, p + esp.HEADER_LENGTH, text, length);
  const payload = esp.payloadLength(text, length);
  if (payload < 0) return Drop.ESP_PADDING;
  nextHeader = esp.nextHeader(text + length);
  packet.ptr = text;
  packet.len = <u32>payload;
  sa.packets++;
  sa.bytes += <u64>payload;
  if (sa.state == <u8>State.MATURE && sa.bytes >= sa.softBytes) sad.wantRekey(sa);
  return Drop.NONE;
}
