/**
 * Writes an ISAKMP message into a caller's buffer: header, payloads one after another, lengths and Next Payload fields
 * set as the chain grows. What does not fit sets `overflow` and writes nothing more.
 *
 *     w.begin(buffer, capacity);
 *     w.header(CKY_I, CKY_R, ExchangeType.QUICK_MODE, Flag.ENCRYPTION, M_ID);
 *     w.payload(Payload.HASH);
 *     const HASH_1 = w.reserve(hash.digestLength);
 *     w.close();
 *     const from = w.here;              // HASH(1) covers what follows, headers included (RFC 2409, 5.5)
 *     w.payload(Payload.NONCE); w.bytes(Ni_b, len);
 *     w.close();
 *     hashes.HASH_1(hash, SKEYID_a, M_ID, from, <u32>(w.here - from), HASH_1);
 *     w.pad(cipher.blockLength);        // encrypt from w.body, w.bodyLength octets
 *     const length = w.end();
 */
import { put16, put32 } from "../util/bytes";
import * as isakmp from "./isakmp";
import { GENERIC_HEADER, PAYLOAD_LENGTH } from "./payloads";

export class MessageWriter {
  /** First octet of the message. */
  base: usize = 0;
  /** Where the next octet goes. */
  here: usize = 0;
  /** Something did not fit: the message is not to be sent. */
  overflow: bool = false;
  private limit: usize = 0;
  /** Header of the open payload, 0: none is open. */
  private open: usize = 0;
  /** Next Payload field that the next payload sets. */
  private link: usize = 0;

  begin(buffer: usize, capacity: u32): void {
    this.base = buffer;
    this.here = buffer;
    this.limit = buffer + <usize>capacity;
    this.overflow = false;
    this.open = 0;
    this.link = 0;
  }

  /** Whether `n` more octets fit; if not, `overflow` is set. */
  room(n: u32): bool {
    if (this.overflow || <u32>(this.limit - this.here) < n) {
      this.overflow = true;
      return false;
    }
    return true;
  }

  header(CKY_I: usize, CKY_R: usize, exchange: u32, flags: u32, M_ID: u32): void {
    if (!this.room(isakmp.HEADER_LENGTH)) return;
    isakmp.emitHeader(this.here, CKY_I, CKY_R, exchange, flags, M_ID);
    this.link = this.here + isakmp.NEXT_PAYLOAD;
    this.here += isakmp.HEADER_LENGTH;
  }

  /** Closes the open payload and begins one of this type. */
  payload(type: u32): void {
    this.close();
    if (!this.room(GENERIC_HEADER)) return;
    if (this.link) store<u8>(this.link, <u8>type);
    const p = this.here;
    store<u32>(p, 0);
    this.open = p;
    this.link = p;
    this.here = p + GENERIC_HEADER;
  }

  /** Sets the length of the open payload. */
  close(): void {
    if (this.open) put16(this.open + PAYLOAD_LENGTH, <u32>(this.here - this.open));
    this.open = 0;
  }

  u8(v: u32): void {
    if (!this.room(1)) return;
    store<u8>(this.here, <u8>v);
    this.here += 1;
  }

  u16(v: u32): void {
    if (!this.room(2)) return;
    put16(this.here, v);
    this.here += 2;
  }

  u32(v: u32): void {
    if (!this.room(4)) return;
    put32(this.here, v);
    this.here += 4;
  }

  bytes(p: usize, len: u32): void {
    if (!this.room(len)) return;
    memory.copy(this.here, p, <usize>len);
    this.here += <usize>len;
  }

  /** A place of `len` zeros to be filled later; 0 if it does not fit. */
  reserve(len: u32): usize {
    if (!this.room(len)) return 0;
    const p = this.here;
    memory.fill(p, 0, <usize>len);
    this.here += <usize>len;
    return p;
  }

  /** Where the payloads begin: the part of a message that is encrypted. */
  get body(): usize {
    return this.base + <usize>isakmp.HEADER_LENGTH;
  }

  get bodyLength(): u32 {
    return <u32>(this.here - this.body);
  }

  /** Closes the open payload and adds zeros until the body is a multiple of `block` octets (RFC 2409, appendix B). */
  pad(block: u32): void {
    this.close();
    const over = this.bodyLength % block;
    if (over) this.reserve(block - over);
  }

  /** Closes, writes the message's length into the header and returns it; 0 after an overflow. */
  end(): u32 {
    this.close();
    if (this.overflow) return 0;
    const length = <u32>(this.here - this.base);
    isakmp.setMessageLength(this.base, length);
    return length;
  }
}
