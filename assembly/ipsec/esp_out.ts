/** ESP on the way out (RFC 4303, 3.3): number, IV, padding, encryption, ICV, all in the packet's own buffer. */
import { CIPHER_BLOCK_MAX } from "../crypto/cipher";
import { Hash } from "../crypto/hash";
import { hmacFinal, hmacStart, hmacUpdate } from "../crypto/hmac";
import { SEQUENCE_LAST, SEQUENCE_SOFT } from "../sadb/lifetime";
import * as sad from "../sadb/sad";
import { SA, State } from "../sadb/sad";
import * as clock from "../util/clock";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as esp from "../wire/esp";

const hashCtx: usize = memory.data(200, 8);
const digest: usize = memory.data(64, 8);
const chain: usize = memory.data(<i32>CIPHER_BLOCK_MAX, 8);

/**
 * Makes an ESP packet of the payload at `ptr`. Drop.NONE, or why the packet cannot be sent: it is then as it was.
 *
 * CBC wants IVs that nobody can foretell (RFC 3602, 2). The IV is the encryption, under the SA's own key, of a block that
 * occurs once: sixteen random octets of the SA with the sequence number XORed in (SP 800-38A, appendix C, first method).
 * That block stands where the IV goes and is encrypted with the rest, chained to zeros: the IV costs one block of the
 * cipher and no call of the DRBG.
 */
export function seal(sa: SA, packet: Packet, nextHeader: u32): Drop {
  const block = sa.blockLength;
  const icv = <u32>sa.icvLength;
  const payload = packet.len;
  const pad = esp.padLength(payload, block);
  const front = esp.HEADER_LENGTH + block;
  if (packet.headroom < front || packet.tailroom < pad + esp.TRAILER_LENGTH + icv) return Drop.NO_BUFFER;
  const reason = mayUse(sa, sa.pair as SA, payload);
  if (reason != Drop.NONE) return reason;
  const sequence = ++sa.sequence;

  esp.emitTrailer(packet.ptr + payload, pad, nextHeader);
  packet.push(front);
  const p = packet.ptr;
  esp.emitHeader(p, sa.spi, sequence);
  const iv = p + esp.HEADER_LENGTH;
  memory.copy(iv, sa.nonce, block);
  store<u32>(iv + block - 4, load<u32>(iv + block - 4) ^ sequence);
  memory.fill(chain, 0, CIPHER_BLOCK_MAX);
  const covered = payload + pad + esp.TRAILER_LENGTH;
  sa.cipher.cbcEncrypt(sa.cipherCtx, chain, iv, block + covered);

  packet.len = front + covered;
  const hash = sa.hash;
  if (hash) {
    computeIcv(sa, hash, p, packet.len);
    memory.copy(p + packet.len, digest, icv);
    packet.len += icv;
  }
  sa.packets++;
  sa.bytes += <u64>payload;
  if (sa.state == <u8>State.MATURE && (sa.bytes >= sa.softBytes || sequence >= SEQUENCE_SOFT)) sad.wantRekey(sa);
  return Drop.NONE;
}

/** Whether an SA's lifetime still holds `payload` octets more; if not, the pair ends with the next poll. */
function mayUse(sa: SA, inbound: SA, payload: u32): Drop {
  let reason = Drop.NONE;
  if (sa.sequence == SEQUENCE_LAST) reason = Drop.ESP_SEQUENCE_END;
  else if (sa.bytes + <u64>payload > sa.hardBytes || (inbound.hard != 0 && clock.now() >= inbound.hard)) reason = Drop.ESP_LIFETIME;
  if (reason != Drop.NONE) sad.usedUp(sa);
  return reason;
}

/** The whole digest of `len` octets under the SA's key; returns where it is. */
export function computeIcv(sa: SA, hash: Hash, p: usize, len: u32): usize {
  hmacStart(hash, sa.hmacState, hashCtx);
  hmacUpdate(hash, hashCtx, p, len);
  hmacFinal(hash, sa.hmacState, hashCtx, digest);
  return digest;
}
