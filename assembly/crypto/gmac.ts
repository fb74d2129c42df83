// AES-GMAC (SP 800-38D; RFC 4543): GCM with an empty text over what is to be authenticated, which may come in parts. The
// context of a key is that of gcm.ts; as there, a nonce comes once under a key.
//
//   message:  0         8         16     32        48              64
//             | pending | length  | sum  | block   | counter block |
import { aesMac } from "./aes";
import { GCM_NONCE, H_AT } from "./gcm";
import { ghash, ghashClose, ghashOpen } from "./ghash";
import { put32, put64 } from "../util/bytes";
import * as ct from "../util/ct";

/** Bytes of a message's context, aligned to 8. */
export const GMAC_MESSAGE: u32 = 64;
/** Octets of the code: ESP and AH send all of it (RFC 4543, 3 and 4). */
export const GMAC_LENGTH: u32 = 16;

/** Begins a message under a nonce of 12 octets: four of salt, eight of IV. */
export function gmacStart(message: usize, nonce: usize): void {
  memory.fill(message, 0, GMAC_MESSAGE);
  memory.copy(message + 48, nonce, GCM_NONCE);
  put32(message + 60, 1);
}

/** Adds `len` bytes at `data`. */
export function gmacUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  const have = load<u32>(message);
  const block = message + 32;
  store<u64>(message, load<u64>(message, 8) + len, 8);
  if (have + len < 16) {
    memory.copy(block + have, data, len);
    store<u32>(message, have + len);
    return;
  }
  ghashOpen(ctx + H_AT, len);
  if (have) {
    const n = 16 - have;
    memory.copy(block + have, data, n);
    ghash(message + 16, block, 16);
    data += n;
    len -= n;
  }
  const whole = len & ~15;
  ghash(message + 16, data, whole);
  ghashClose();
  memory.copy(block, data + whole, len - whole);
  store<u32>(message, len - whole);
}

/** Writes the code, 16 octets, and wipes the message's context. */
export function gmacFinal(ctx: usize, message: usize, out: usize): void {
  const sum = message + 16;
  const block = message + 32;
  const mask = message + 48;
  ghashOpen(ctx + H_AT, 16);
  ghash(sum, block, load<u32>(message));
  put64(block, load<u64>(message, 8) << 3);
  put64(block + 8, 0);
  ghash(sum, block, 16);
  ghashClose();
  // The counter block, encrypted: a CBC-MAC of itself that begins with zeros.
  memory.fill(block, 0, 16);
  aesMac(ctx, block, mask, 16);
  store<u64>(out, load<u64>(sum, 0) ^ load<u64>(block, 0), 0);
  store<u64>(out, load<u64>(sum, 8) ^ load<u64>(block, 8), 8);
  ct.wipe(message, GMAC_MESSAGE);
}
