// HMAC of up to four messages at once, of different keys and different lengths, as ESP packets that arrive together have
// them. With SIMD, SHA-1 and SHA-256 take one compression for four blocks; the other hashes, and the scalar build, take one
// message after the other.
//
// A message ends where it is that long: its lane then follows another's address and its chaining value is taken out before.
// Which lane works on what depends on lengths alone, and they are public.
import { Hash, HashAlg } from "./hash";
import { hmacFinal, hmacStart, hmacUpdate } from "./hmac";
import { lanes as lanesOfSha1, compressFour as foldSha1 } from "./simd/sha1_four";
import { lanes as lanesOfSha256, compressFour as foldSha256 } from "./simd/sha2_32_four";
import { wipeRing } from "./simd/sha_lanes";
import * as ct from "../util/ct";

/** One message and its key. */
@unmanaged
export class MacJob {
  /** The key's state (hmacKey). */
  state: usize;
  data: usize;
  /** Bytes at `data`. */
  len: u32;
  /** What follows `data` in the message without standing there: the upper half of an extended sequence number. */
  more: usize;
  /** Bytes at `more`, 0 to 8. */
  moreLen: u32;
  /** Where the code goes, digestLength bytes. */
  out: usize;
}

/** Messages that are worked on at once. */
export const MAC_JOBS: u32 = 4;

/** The ends of the messages with their padding, two blocks each; then the outer messages, one block each. */
// @ts-ignore: decorator
@lazy const ends: usize = memory.data(512, 16);
/** Where each lane reads next. */
// @ts-ignore: decorator
@lazy const at: usize = memory.data(16, 4);
/** Whole blocks that each lane finds there. */
// @ts-ignore: decorator
@lazy const run: usize = memory.data(16, 4);
/** Blocks at each lane's end that are still to come. */
// @ts-ignore: decorator
@lazy const last: usize = memory.data(16, 4);
const context: usize = memory.data(200, 8);

/** Whether this hash takes four messages in the time of fewer. */
export function fastInFours(hash: Hash): bool {
  if (ASC_FEATURE_SIMD) return hash.id == HashAlg.SHA1 || hash.id == HashAlg.SHA256;
  return false;
}

/** The codes of `count` messages, 1 to 4, of the MacJobs at `jobs`, one after the other. No two may write to one place. */
export function hmacFour(hash: Hash, jobs: usize, count: u32): void {
  if (ASC_FEATURE_SIMD) {
    if (count > 1 && fastInFours(hash)) {
      together(hash, jobs, count);
      return;
    }
  }
  for (let i: u32 = 0; i < count; i++) {
    const job = jobAt(jobs, i);
    hmacStart(hash, job.state, context);
    hmacUpdate(hash, context, job.data, job.len);
    hmacUpdate(hash, context, job.more, job.moreLen);
    hmacFinal(hash, job.state, context, job.out);
  }
}

// @ts-ignore: decorator
@inline
function jobAt(jobs: usize, i: u32): MacJob {
  return changetype<MacJob>(jobs + i * offsetof<MacJob>());
}

function together(hash: Hash, jobs: usize, count: u32): void {
  const sha1 = hash.id == HashAlg.SHA1;
  const lanes = sha1 ? lanesOfSha1() : lanesOfSha256();
  const digest = hash.digestLength;
  for (let i: u32 = 0; i < count; i++) {
    const job = jobAt(jobs, i);
    putWords(lanes, i, job.state, digest);
    begin(job, i);
  }

  // As long as all of them find whole blocks where they are.
  let active: u32 = (1 << count) - 1;
  while (active) {
    let blocks: u32 = 0xffffffff;
    let some: usize = 0;
    for (let i: u32 = 0; i < count; i++) {
      if (!((active >> i) & 1)) continue;
      some = load<u32>(at + (i << 2));
      blocks = min(blocks, load<u32>(run + (i << 2)));
    }
    for (let i: u32 = 0; i < 4; i++) if (!((active >> i) & 1)) store<u32>(at + (i << 2), some);
    fold(sha1, blocks);
    for (let i: u32 = 0; i < count; i++) {
      if (!((active >> i) & 1)) continue;
      store<u32>(at + (i << 2), load<u32>(at + (i << 2)) + (blocks << 6));
      const left = load<u32>(run + (i << 2)) - blocks;
      store<u32>(run + (i << 2), left);
      if (left || toEnd(i)) continue;
      // The inner digest begins the outer message.
      getWords(lanes, i, ends + (i << 7), digest);
      active ^= 1 << i;
    }
  }

  for (let i: u32 = 0; i < 4; i++) {
    const from: u32 = i < count ? i : 0;
    store<usize>(at + (i << 2), ends + (from << 7));
  }
  for (let i: u32 = 0; i < count; i++) {
    putWords(lanes, i, jobAt(jobs, i).state + hash.chainLength, digest);
    close(ends + (i << 7), digest, 64, 64 + digest);
  }
  fold(sha1, 1);
  for (let i: u32 = 0; i < count; i++) getWords(lanes, i, jobAt(jobs, i).out, digest);
  ct.wipe(ends, 512);
  ct.wipe(lanes, digest << 2);
  wipeRing();
}

function fold(sha1: bool, blocks: u32): void {
  if (sha1) foldSha1(load<u32>(at, 0), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12), blocks);
  else foldSha256(load<u32>(at, 0), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12), blocks);
}

/** Writes the end of lane i's message and lets the lane begin. */
function begin(job: MacJob, i: u32): void {
  const end = ends + (i << 7);
  const whole = job.len & ~63;
  const rest = job.len & 63;
  memory.copy(end, job.data + whole, rest);
  memory.copy(end + rest, job.more, job.moreLen);
  const have = rest + job.moreLen;
  const size: u32 = have + 9 <= 64 ? 64 : 128;
  close(end, have, size, 64 + job.len + job.moreLen);
  store<u32>(at + (i << 2), job.data);
  store<u32>(run + (i << 2), whole >> 6);
  store<u32>(last + (i << 2), size >> 6);
  if (!whole) toEnd(i);
}

/** Pads `have` bytes at `end` to `size` bytes with the length of the whole message, `len` bytes (FIPS 180-4, 5.1.1). */
function close(end: usize, have: u32, size: u32, len: u32): void {
  memory.fill(end + have, 0, size - have);
  store<u8>(end + have, 0x80);
  store<u64>(end + size - 8, bswap<u64>(<u64>len << 3));
}

/** Sends lane i to its end; false when it has been there. */
function toEnd(i: u32): bool {
  const blocks = load<u32>(last + (i << 2));
  if (!blocks) return false;
  store<u32>(at + (i << 2), ends + (i << 7));
  store<u32>(run + (i << 2), blocks);
  store<u32>(last + (i << 2), 0);
  return true;
}

function putWords(lanes: usize, i: u32, chain: usize, len: u32): void {
  for (let j: u32 = 0; j < len; j += 4) store<u32>(lanes + (j << 2) + (i << 2), load<u32>(chain + j));
}

/** Writes lane i's chaining value as octets. */
function getWords(lanes: usize, i: u32, out: usize, len: u32): void {
  for (let j: u32 = 0; j < len; j += 4) store<u32>(out + j, bswap<u32>(load<u32>(lanes + (j << 2) + (i << 2))));
}
