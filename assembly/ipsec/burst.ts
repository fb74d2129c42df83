/**
 * Packets that come together are worked on together. What a keyed hash or a chained cipher does to one packet is a chain of steps
 * that wait for each other; four packets are four chains, which fill the lanes of a vector.
 *
 *      outbound.ts: prepared ---+                                              +---> sealed
 *                               +---> a place in a Batch ---> full, or poll ---+
 *      inbound.ts:  checked ----+                                              +---> opened
 *
 * Nobody waits for company: what is there when the host polls, or when an IKE message comes, is finished. Builds without vectors have
 * the same batches and work on one packet after the other: every build sends the same frames in the same order.
 *
 * A packet that has a place says so (`Packet.unsealed`). One that has left its place is not touched; one whose SA has gone is not
 * worked on.
 */
import { Hash } from "../crypto/hash";
import { LANES, hmacLanes } from "../crypto/hmac_lanes";
import { SA } from "../sadb/sas/sa";
import { put32 } from "../util/bytes";
import { Packet } from "../util/packet";

/** One packet of a batch. */
@unmanaged
export class Job {
  sequence: u64;
  packet: Packet;
  sa: SA;
  /** The SA's, by which it is known again. */
  spi: u32;
  /** The packet's ESP header, and the octets that the ICV covers from there on. */
  at: usize;
  covered: u32;
  /** 1 to LANES */
  place: u8;
}

const JOB: usize = 40;
/** Octets of a code, whole. */
const CODE: usize = 64;
const ICV: usize = 32;
const PER_JOB: i32 = 40 + 64 + 32;
/** What a Batch is made of. */
export const BATCH_OCTETS: i32 = 4 * PER_JOB;

// The messages of a hash: states, octets, lengths.
const states: usize = memory.data(16, 4);
const octets: usize = memory.data(16, 4);
const lengths: usize = memory.data(16, 4);

/** Up to LANES packets of one direction, whose ICVs are of one hash. */
export class Batch {
  count: u32 = 0;

  /** @param space BATCH_OCTETS, aligned to 8: jobs, codes, ICVs */
  constructor(private readonly space: usize) {
    if (<usize>offsetof<Job>() > JOB) unreachable();
  }

  job(i: u32): Job {
    return changetype<Job>(this.space + <usize>i * JOB);
  }

  /** The code of the n-th job; meaningful after `authenticate`, which counts only those that are alive. */
  code(n: u32): usize {
    return this.space + <usize>LANES * JOB + <usize>n * CODE;
  }

  /** The ICV that a job's packet came with. */
  icv(i: u32): usize {
    return this.space + <usize>LANES * (JOB + CODE) + <usize>i * ICV;
  }

  /** Whether a packet of that SA may join those that are here. */
  takes(sa: SA): bool {
    return this.count == 0 || (this.count < LANES && this.job(0).sa.hash == sa.hash);
  }

  /** Gives a packet, `ptr` at its ESP header, a place: `takes` said yes. */
  add(sa: SA, packet: Packet, covered: u32, sequence: u64): void {
    const i = this.count++;
    const job = this.job(i);
    job.packet = packet;
    job.sa = sa;
    job.spi = sa.spi;
    job.at = packet.ptr;
    job.covered = covered;
    job.sequence = sequence;
    packet.unsealed = job.place = <u8>this.count;
    if (sa.inbound) memory.copy(this.icv(i), job.at + covered, <usize>sa.icvLength);
  }

  /** Whether a job's packet still waits for it. */
  waits(job: Job): bool {
    return job.packet.unsealed == job.place;
  }

  /** Whether its SA is still the one that it was. */
  alive(job: Job): bool {
    return job.sa.spi == job.spi;
  }

  /**
   * Computes the codes of the jobs that wait and are alive. An extended number's upper half is laid behind the packet for that
   * (RFC 4303, 2.2.1), where its ICV has its place.
   */
  authenticate(): void {
    let hash: Hash | null = null;
    let n: usize = 0;
    for (let i: u32 = 0; i < this.count; i++) {
      const job = this.job(i);
      if (!this.waits(job) || !this.alive(job)) continue;
      const sa = job.sa;
      let length = job.covered;
      if (sa.esn) {
        put32(job.at + length, <u32>(job.sequence >>> 32));
        length += 4;
      }
      hash = sa.hash;
      store<u32>(states + n, <u32>sa.macState);
      store<u32>(octets + n, <u32>job.at);
      store<u32>(lengths + n, length);
      n += 4;
    }
    if (hash) hmacLanes(hash, <u32>n >> 2, states, octets, lengths, this.code(0), CODE);
  }
}
