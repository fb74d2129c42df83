// The store of a board - SD card, flash - as the flasher writes it: host/baremetal/records.h says the form.
import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const HEADER = 512;
const MAGIC = 0x4e545350;
export const CONFIG = 0;
export const SEED = 2;
/** The device key is the third pair. */
const SLOTS = 6;

/** One slot's octets: the header and the text. */
export function record(text, sequence = 1) {
  const bytes = Buffer.from(text);
  const all = Buffer.alloc(HEADER + Math.ceil(bytes.length / HEADER) * HEADER, 0xff);
  [MAGIC, 1, sequence, bytes.length, crc32(bytes)].forEach((word, i) => all.writeUInt32LE(word >>> 0, 4 * i));
  all.writeUInt32LE(crc32(all.subarray(0, 20)), 20);
  bytes.copy(all, HEADER);
  return all;
}

/** The text of a pair of slots in an image file; undefined: neither is good. */
export function readRecord(file, store, first) {
  const fd = openSync(file, "r");
  let best;
  try {
    for (const slot of [first, first + 1]) {
      const at = store.at + slot * store.slot;
      const header = Buffer.alloc(HEADER);
      readSync(fd, header, 0, HEADER, at);
      const length = header.readUInt32LE(12);
      if (header.readUInt32LE(0) !== MAGIC || header.readUInt32LE(20) !== crc32(header.subarray(0, 20)) || length > store.slot - HEADER) continue;
      const text = Buffer.alloc(length);
      readSync(fd, text, 0, length, at + HEADER);
      const sequence = header.readUInt32LE(8);
      if (crc32(text) === header.readUInt32LE(16) && (!best || (sequence - best.sequence) << 0 > 0)) best = { text, sequence };
    }
  } finally {
    closeSync(fd);
  }
  return best;
}

/** Writes a record to the first slot of a pair. */
export function writeRecord(file, store, first, text) {
  const fd = openSync(file, "r+");
  try {
    writeSync(fd, record(text), 0, undefined, store.at + first * store.slot);
    // The other slot of the pair is emptied: its record may be newer.
    writeSync(fd, Buffer.alloc(HEADER, store.erased ?? 0), 0, undefined, store.at + (first + 1) * store.slot);
  } finally {
    closeSync(fd);
  }
}

/** Makes a store's image file where there is none: empty, with a partition table where it is a card, and a seed. */
export function makeStore(file, board, { seed } = {}) {
  const { store, image } = board;
  if (existsSync(file)) return false;
  const fd = openSync(file, "wx", 0o600);
  try {
    ftruncateSync(fd, store.size);
    if (store.erased) for (let slot = 0; slot < SLOTS; slot++) writeSync(fd, Buffer.alloc(store.slot, store.erased), 0, undefined, store.at + slot * store.slot);
    if (image?.sd) writeSync(fd, partitions(store), 0, undefined, 0);
  } finally {
    closeSync(fd);
  }
  if (seed !== null) writeRecord(file, store, SEED, seed ?? randomBytes(64));
  return true;
}

/** Where the firmware begins on a card. */
export const FIRMWARE_AT = 4 << 20;

/** A master boot record: one partition for the store, one for the firmware (type 0xda: no file system). */
function partitions(store) {
  const sector = Buffer.alloc(512);
  const entry = (n, at, size) => {
    const to = 446 + 16 * n;
    sector[to + 4] = 0xda;
    sector.writeUInt32LE(at / 512, to + 8);
    sector.writeUInt32LE(size / 512, to + 12);
  };
  entry(0, store.at, store.slot * SLOTS);
  entry(1, FIRMWARE_AT, store.size - FIRMWARE_AT);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
