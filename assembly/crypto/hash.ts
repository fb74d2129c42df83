// The abstract shape of a hash function, and the part that all Merkle-Damgard hashes share: buffering and padding.
// A Hash is a stateless singleton; the caller owns the context, `ctxLength` bytes aligned to 8, and may copy it to
// clone a computation mid-stream. Numbers are IKE's phase 1 attribute values (RFC 2409, appendix A; RFC 4868, 2.1.1).
//
//   context:  0        8              8 + chainLength            ctxLength
//             | count  | chaining     | pending block             |
//             | u64    | value        | blockLength bytes         |

import * as ct from "../util/ct";

/** Hash algorithms by their value in IKE's Hash Algorithm attribute. */
export const enum HashAlg { MD5 = 1, SHA1 = 2, SHA256 = 4, SHA384 = 5, SHA512 = 6 }

/** Bytes that hold the context of any hash. */
export const HASH_CTX_MAX: u32 = 200;
/** Bytes of the longest digest. */
export const DIGEST_MAX: u32 = 64;
/** Bytes of the longest chaining value. */
export const CHAIN_MAX: u32 = 64;
/** Bytes of the longest block. */
export const HASH_BLOCK_MAX: u32 = 128;

// @ts-ignore: decorator
@inline const CHAIN: usize = 8;

// Of messages whose length is a secret: the block under way, one with the length, a digest.
// @ts-ignore: decorator
@lazy const hiddenBlock: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy const lengthBlock: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy const hiddenDigest: usize = memory.data(64, 8);

/** A hash function. All lengths are in bytes and public. */
export abstract class Hash {
  constructor(
    /** Value of the Hash Algorithm attribute (HashAlg). */
    readonly id: u32,
    /** Name as people write it: "md5", "sha", "sha256"... (IOS's words). */
    readonly name: string,
    readonly digestLength: u32,
    readonly blockLength: u32,
    /** Bytes of the chaining value: more than the digest where that is truncated (SHA-384). */
    readonly chainLength: u32,
    /** Bytes of a context. */
    readonly ctxLength: u32,
  ) {}

  /** Writes the initial chaining value. */
  protected abstract start(chain: usize): void;
  /** Folds `blocks` whole blocks at `data` into the chaining value. */
  protected abstract compress(chain: usize, data: usize, blocks: u32): void;
  /** Writes the length of a message of `count` bytes, in bits, into the last bytes of a block. */
  protected abstract putLength(blockEnd: usize, count: u64): void;
  /** Writes the digest from the chaining value. */
  protected abstract emit(chain: usize, out: usize): void;
  /** Clears what compress leaves behind in its scratch. */
  abstract wipeScratch(): void;

  /** Begins a message in `ctx` (ctxLength bytes, aligned to 8). */
  init(ctx: usize): void {
    store<u64>(ctx, 0);
    this.start(ctx + CHAIN);
  }

  /** Begins in `ctx` as if one whole block had been hashed with the chaining value `chain` as its outcome. */
  resume(ctx: usize, chain: usize): void {
    store<u64>(ctx, <u64>this.blockLength);
    this.copyChain(ctx + CHAIN, chain);
  }

  /** Copies the chaining value out; meaningful only after whole blocks. */
  saveChain(ctx: usize, chain: usize): void {
    this.copyChain(chain, ctx + CHAIN);
  }

  /** A chaining value is whole words of 8 bytes; a call of memory.copy costs more than they do. */
  private copyChain(to: usize, from: usize): void {
    for (const end = from + this.chainLength; from < end; from += 8, to += 8) store<u64>(to, load<u64>(from));
  }

  /** Adds `len` bytes at `data`. */
  update(ctx: usize, data: usize, len: u32): void {
    const block = this.blockLength;
    const chain = ctx + CHAIN;
    const pending = chain + this.chainLength;
    const count = load<u64>(ctx);
    const have = <u32>count & (block - 1);
    store<u64>(ctx, count + <u64>len);
    if (have) {
      const room = block - have;
      if (len < room) {
        memory.copy(pending + have, data, len);
        return;
      }
      memory.copy(pending + have, data, room);
      this.compress(chain, pending, 1);
      data += room;
      len -= room;
    }
    const whole = len & ~(block - 1);
    if (whole) {
      this.compress(chain, data, whole / block);
      data += whole;
      len -= whole;
    }
    if (len) memory.copy(pending, data, len);
  }

  /** Ends a message of `count` bytes, of which `have` are pending, and folds its last blocks. */
  private close(chain: usize, have: u32, count: u64): void {
    const block = this.blockLength;
    const pending = chain + this.chainLength;
    // One 1 bit, zeros, and the length: an eighth of a block (FIPS 180-4, 5.1; RFC 1321, 3.1).
    store<u8>(pending + have, 0x80);
    have++;
    if (have > block - (block >> 3)) {
      memory.fill(pending + have, 0, block - have);
      this.compress(chain, pending, 1);
      have = 0;
    }
    memory.fill(pending + have, 0, block - have);
    this.putLength(pending + block, count);
    this.compress(chain, pending, 1);
  }

  /** Writes the digest (digestLength bytes) to `out` and wipes the context. */
  final(ctx: usize, out: usize): void {
    const count = load<u64>(ctx);
    this.close(ctx + CHAIN, <u32>count & (this.blockLength - 1), count);
    this.emit(ctx + CHAIN, out);
    ct.wipe(ctx, this.ctxLength);
    this.wipeScratch();
  }

  /**
   * As final, behind `len` octets more at `tail` of which nobody may learn how many they are: `len` is a secret, at most `max`, up to which zeros
   * stand behind them; path and addresses are the same for all. The context is left as after `final`.
   */
  finalHidden(ctx: usize, tail: usize, len: u32, max: u32, out: usize): void {
    const block = this.blockLength;
    const chain = ctx + CHAIN;
    const pending = chain + this.chainLength;
    const count = load<u64>(ctx);
    const have = <u32>count & (block - 1);
    const closing = 1 + (block >> 3);
    const digest = this.digestLength;
    const shift = ctz<u32>(block);
    // The last block, from 0 on: where what is there, the 1 bit and the length end.
    const last = (have + len + closing - 1) >>> shift;
    const blocks = (have + max + closing + block - 1) >>> shift;
    memory.fill(lengthBlock, 0, <usize>block);
    this.putLength(lengthBlock + block, count + <u64>len);
    memory.fill(out, 0, <usize>digest);
    for (let b: u32 = 0; b < blocks; b++) {
      const isLast = ct.maskEqual(b, last);
      for (let j: u32 = 0; j < block; j++) {
        const i = (b << shift) + j - have;
        const octet: u32 = <i32>i < 0 ? <u32>load<u8>(pending + j) : (i < max ? <u32>load<u8>(tail + i) : 0) | (0x80 & ct.maskEqual(i, len));
        store<u8>(hiddenBlock + j, <u8>(octet | (<u32>load<u8>(lengthBlock + j) & isLast)));
      }
      this.compress(chain, hiddenBlock, 1);
      // What emit leaves is not read again: the chaining value stays.
      this.emit(chain, hiddenDigest);
      for (let j: u32 = 0; j < digest; j++) store<u8>(out + j, load<u8>(out + j) | <u8>(<u32>load<u8>(hiddenDigest + j) & isLast));
    }
    ct.wipe(hiddenBlock, HASH_BLOCK_MAX);
    ct.wipe(lengthBlock, HASH_BLOCK_MAX);
    ct.wipe(hiddenDigest, DIGEST_MAX);
    ct.wipe(ctx, this.ctxLength);
    this.wipeScratch();
  }

  /** As final, for the digest of this digest, as if one block with the outcome `outer` came before it (RFC 2104, 2). */
  finalOuter(ctx: usize, outer: usize, out: usize): void {
    const count = load<u64>(ctx);
    const chain = ctx + CHAIN;
    const digest = this.digestLength;
    this.close(chain, <u32>count & (this.blockLength - 1), count);
    // The inner digest is the pending part of the outer message at once.
    this.emit(chain, chain + this.chainLength);
    this.copyChain(chain, outer);
    this.close(chain, digest, <u64>(this.blockLength + digest));
    this.emit(chain, out);
    ct.wipe(ctx, this.ctxLength);
    this.wipeScratch();
  }

  /** The digest of one message: `ctx` is working space as for init. */
  digest(ctx: usize, data: usize, len: u32, out: usize): void {
    this.init(ctx);
    this.update(ctx, data, len);
    this.final(ctx, out);
  }
}
