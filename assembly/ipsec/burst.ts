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
import { MAC_JOBS, MacJob, hmacFour } from "../crypto/hmac_four";
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
  /** 1 to MAC_JOBS */
  place: u8;
}

const JOB: i32 = 40;
/** Octets of a code, whole. */
const CODE: i32 = 64;
/** What a Batch is made of. */
export const BATCH_OCTETS: i32 = <i32>MAC_JOBS * (JOB + CODE);

/** The messages of a hash. */
const messages: usize = memory.data(96, 8);
/** The upper halves of extended numbers. */
const uppers: usize = memory.data(16, 4);

/** Up to MAC_JOBS packets of one direction, whose ICVs are of one hash. */
export class Batch {
  count: u32 = 0;
  /** That of all jobs. */
  private hash: Hash | null = null;

  /** @param space BATCH_OCTETS, aligned to 8: jobs, codes */
  constructor(private readonly space: usize) {
    if (<usize>offsetof<Job>() > <usize>JOB || offsetof<MacJob>() > 24) unreachable();
  }

  job(i: u32): Job {
    return changetype<Job>(this.space + <usize>i * <usize>JOB);
  }

  /** The code of the n-th job; meaningful after `authenticate`, which counts only those that are alive. */
  code(n: u32): usize {
    return this.space + <usize>MAC_JOBS * <usize>JOB + <usize>n * <usize>CODE;
  }

  /** Whether a packet of that SA may join those that are here. */
  takes(sa: SA): bool {
    return this.count == 0 || (this.count < MAC_JOBS && this.hash == sa.hash);
  }

  /** Gives a packet, `ptr` at its ESP header, a place: `takes` said yes. */
  add(sa: SA, packet: Packet, covered: u32, sequence: u64): void {
    if (this.count == 0) this.hash = sa.hash;
    const job = this.job(this.count++);
    job.packet = packet;
    job.sa = sa;
    job.spi = sa.spi;
    job.at = packet.ptr;
    job.covered = covered;
    job.sequence = sequence;
    packet.unsealed = job.place = <u8>this.count;
  }

  /** Whether a job's packet still waits for it. */
  waits(job: Job): bool {
    return job.packet.unsealed == job.place;
  }

  /** Whether its SA is still the one that it was. */
  alive(job: Job): bool {
    return job.sa.spi == job.spi;
  }

  /** Computes the codes of the jobs that wait and are alive, with the upper half of an extended number (RFC 4303, 2.2.1). */
  authenticate(): void {
    const hash = this.hash;
    let n: u32 = 0;
    for (let i: u32 = 0; i < this.count; i++) {
      const job = this.job(i);
      if (!this.waits(job) || !this.alive(job)) continue;
      const sa = job.sa;
      const message = changetype<MacJob>(messages + <usize>n * offsetof<MacJob>());
      message.state = sa.macState;
      message.data = job.at;
      message.len = job.covered;
      message.more = uppers + <usize>(n << 2);
      message.moreLen = sa.esn ? 4 : 0;
      put32(message.more, <u32>(job.sequence >>> 32));
      message.out = this.code(n++);
    }
    if (hash && n) hmacFour(hash, messages, n);
  }
}
