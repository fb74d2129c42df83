/** ESP on the way out (RFC 4303, 3.3): number, IV, padding, encryption, ICV, all in the packet's own buffer. */
import { aesEncryptMany } from "../crypto/aes";
import { BlockCipher, CIPHER_BLOCK_MAX } from "../crypto/cipher";
import * as expiry from "../sadb/sas/expiry";
import { SA, State } from "../sadb/sas/sa";
import { SEQUENCE_RESERVE } from "../sadb/settings/lifetime";
import { CipherMode, Integrity, Transform } from "../sadb/terms/suite";
import * as clock from "../util/clock";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as esp from "../wire/esp";
import { Batch } from "./burst";
import * as counterModes from "./counter_modes";
import * as integrity from "./integrity";

const chain: usize = memory.data(<i32>CIPHER_BLOCK_MAX, 8);
/** The texts of a batch (crypto/aes.ts), and what they are chained to. */
const texts: usize = memory.data(64, 8);
const chains: usize = memory.data(64, 16);

/** Makes an ESP packet of the payload at `ptr`. Drop.NONE, or why the packet cannot be sent: it is then as it was. */
export function seal(sa: SA, packet: Packet, nextHeader: u32): Drop {
  const reason = prepare(sa, packet, nextHeader);
  if (reason != Drop.NONE) return reason;
  const p = packet.ptr;
  const covered = packet.len - <u32>sa.icvLength;
  encrypt(sa, p, covered, sa.sequence);
  if (sa.integrity != <u8>Integrity.NONE && sa.integrity != <u8>Integrity.COMBINED) {
    memory.copy(p + covered, integrity.compute(sa, p, covered, sa.sequence), <usize>sa.icvLength);
  }
  return Drop.NONE;
}

/**
 * Makes all of an ESP packet but what keys make of it: header, padding, number, the SA's counters. `encrypt` and the ICV remain to be
 * done, with the SA's number as it is then.
 */
export function prepare(sa: SA, packet: Packet, nextHeader: u32): Drop {
  const icv = <u32>sa.icvLength;
  const payload = packet.len;
  const pad = esp.padLength(payload, <u32>sa.align);
  const front = esp.HEADER_LENGTH + <u32>sa.ivLength;
  if (packet.headroom < front || packet.tailroom < pad + esp.TRAILER_LENGTH + icv) return Drop.NO_BUFFER;
  const reason = mayUse(sa, sa.pair as SA, payload);
  if (reason != Drop.NONE) return reason;
  const sequence = ++sa.sequence;

  esp.emitTrailer(packet.ptr + payload, pad, nextHeader);
  packet.push(front);
  esp.emitHeader(packet.ptr, sa.spi, <u32>sequence);
  packet.len = front + payload + pad + esp.TRAILER_LENGTH + icv;
  sa.packets++;
  sa.bytes += <u64>payload;
  const used = sa.bytes >= sa.softBytes || sequence >= sa.lastSequence - SEQUENCE_RESERVE;
  if (used && sa.state == <u8>State.MATURE) expiry.wantRekey(sa);
  return Drop.NONE;
}

/** Writes the IV of the packet at `p` and encrypts what is behind it, `covered` octets with the header; a combined mode also writes the ICV. */
export function encrypt(sa: SA, p: usize, covered: u32, sequence: u64): void {
  const iv = p + esp.HEADER_LENGTH;
  const len = covered - esp.HEADER_LENGTH - <u32>sa.ivLength;
  switch (sa.cipherMode) {
    case <u8>CipherMode.CBC: return cbc(sa, iv, len, sequence);
    case <u8>CipherMode.CTR:
      counterModes.emitIv(iv, sequence);
      return counterModes.ctr(sa, p, len);
    case <u8>CipherMode.NULL: return;
    default:
      counterModes.emitIv(iv, sequence);
      return counterModes.seal(sa, p, len, sequence);
  }
}

/**
 * CBC wants IVs that nobody can foretell (RFC 3602, 2). The IV is the encryption, under the SA's own key, of a block that
 * occurs once: sixteen random octets of the SA with the sequence number XORed in (SP 800-38A, appendix C, first method).
 * That block stands where the IV goes and is encrypted with the rest, chained to zeros: the IV costs one block of the
 * cipher and no call of the DRBG.
 */
function cbc(sa: SA, iv: usize, len: u32, sequence: u64): void {
  emitUnique(sa, iv, sequence);
  memory.fill(chain, 0, CIPHER_BLOCK_MAX);
  (sa.cipher as BlockCipher).cbcEncrypt(sa.cipherCtx, chain, iv, <u32>sa.ivLength + len);
}

/** Writes the block that an IV is the encryption of. */
function emitUnique(sa: SA, iv: usize, sequence: u64): void {
  const block = <u32>sa.ivLength;
  memory.copy(iv, sa.nonce, block);
  const number = iv + block - 8;
  // Bit for bit the number with its halves exchanged: it needs to be unique, not in order.
  store<u64>(number, load<u64>(number) ^ rotl<u64>(sequence, 32));
}

/** Encrypts the packets of a batch that wait and whose SA is alive: those of AES in CBC mode together. */
export function encryptAll(batch: Batch): void {
  let n: usize = 0;
  for (let i: u32 = 0; i < batch.count; i++) {
    const job = batch.job(i);
    if (!batch.waits(job) || !batch.alive(job)) continue;
    const sa = job.sa;
    if (sa.transform != <u8>Transform.AES) {
      encrypt(sa, job.at, job.covered, job.sequence);
      continue;
    }
    const iv = job.at + esp.HEADER_LENGTH;
    emitUnique(sa, iv, job.sequence);
    store<u32>(texts + n, <u32>sa.cipherCtx, 0);
    store<u32>(texts + n, <u32>(chains + n), 4);
    store<u32>(texts + n, <u32>iv, 8);
    store<u32>(texts + n, job.covered - esp.HEADER_LENGTH, 12);
    n += 16;
  }
  memory.fill(chains, 0, n);
  if (n) aesEncryptMany(texts, <u32>n >> 4);
}

/** Whether an SA's lifetime still holds `payload` octets more; if not, the pair ends with the next poll. */
export function mayUse(sa: SA, inbound: SA, payload: u32): Drop {
  let reason = Drop.NONE;
  if (sa.sequence == sa.lastSequence) reason = Drop.ESP_SEQUENCE_END;
  else if (sa.bytes + <u64>payload > sa.hardBytes || (inbound.hard != 0 && clock.now() >= inbound.hard)) reason = Drop.ESP_LIFETIME;
  if (reason != Drop.NONE) expiry.usedUp(sa);
  return reason;
}
