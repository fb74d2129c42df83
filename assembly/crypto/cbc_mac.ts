// CBC-MAC under AES as XCBC (RFC 3566) and CMAC (RFC 4493) use it: the last block is masked by one of two further keys, so
// that messages of any length are safe. A message may come in parts.
//
//   message:  0            8         24         40
//             | pending    | chain   | block    |
import { aesMac } from "./aes";
import * as ct from "../util/ct";

/** Bytes of a message's context, aligned to 8. */
export const MAC_MESSAGE: u32 = 40;
/** Octets of the code. */
export const MAC_LENGTH: u32 = 16;

/** Begins a message. */
export function macStart(message: usize): void {
  memory.fill(message, 0, MAC_MESSAGE);
}

/** Adds `len` bytes at `data`. One block is always kept back, since the last is treated by itself. */
export function macUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  if (!len) return;
  const have = load<u32>(message);
  const block = message + 24;
  const room: u32 = 16 - have;
  if (len <= room) {
    memory.copy(block + have, data, len);
    store<u32>(message, have + len);
    return;
  }
  memory.copy(block + have, data, room);
  data += room;
  len -= room;
  aesMac(ctx, message + 8, block, 16);
  // 1 to 16 octets stay.
  const whole = (len - 1) & ~15;
  aesMac(ctx, message + 8, data, whole);
  data += whole;
  len -= whole;
  memory.copy(block, data, len);
  store<u32>(message, len);
}

/**
 * Writes the code and wipes the message's context. At `keys` is what masks a last block that is whole, and behind it what
 * masks one that is filled up with a one and zeros.
 */
export function macFinal(ctx: usize, keys: usize, message: usize, out: usize): void {
  const have = load<u32>(message);
  const block = message + 24;
  if (have < 16) {
    store<u8>(block + have, 0x80);
    memory.fill(block + have + 1, 0, 15 - have);
    keys += 16;
  }
  store<u64>(block, load<u64>(block, 0) ^ load<u64>(keys, 0), 0);
  store<u64>(block, load<u64>(block, 8) ^ load<u64>(keys, 8), 8);
  aesMac(ctx, message + 8, block, 16);
  memory.copy(out, message + 8, 16);
  ct.wipe(message, MAC_MESSAGE);
}
