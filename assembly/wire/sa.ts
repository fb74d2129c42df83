/**
 * The Security Association payload (RFC 2408, 3.4 to 3.6) in the IPsec DOI (RFC 2407, 4.6.1): DOI, situation, proposals;
 * in each proposal transforms; in each transform attributes.
 *
 *      body of the SA     | DOI (4) | Situation (4) | proposal ... |
 *      proposal           | Next: 2 or 0 | RESERVED | length (2) | number | protocol | SPI size | transforms | SPI | transform ... |
 *      transform          | Next: 3 or 0 | RESERVED | length (2) | number | id | RESERVED2 (2) | attribute ... |
 *
 * `begin` checks every length at once; the steps after it cannot fail.
 */
import { get16, get32, put16 } from "../util/bytes";
import * as attribute from "./attribute";
import { Payload } from "./ike_numbers";
import { IPSEC_DOI, Situation } from "./ipsec_doi";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";

// Where the fields lie: of the payload's body, and of proposals and transforms.
const DOI: usize = 0;
const SITUATION: usize = 4;
const NEXT: usize = 0;
const RESERVED: usize = 1;
const LENGTH: usize = 2;
const NUMBER: usize = 4;
const PROTOCOL: usize = 5;
const SPI_SIZE: usize = 6;
const TRANSFORMS: usize = 7;
const TRANSFORM_ID: usize = 5;
const RESERVED2: usize = 6;

const FIXED: u32 = 8;
const PROPOSAL_FIXED: u32 = 8;
const TRANSFORM_FIXED: u32 = 8;
/** A protocol comes twice under one number. */
export const MANY: u32 = 0x80000000;

/**
 * Checks the whole of an SA payload's body: lengths, Next Payload fields, the number of transforms, SPIs within their
 * proposal, attributes within their transform. DOI and situation must be IPsec's, since they rule the layout.
 * Returns a Malformed.
 */
export function check(body: usize, len: u32): u32 {
  if (len < FIXED) return Malformed.TOO_SHORT;
  if (get32(body + DOI) != IPSEC_DOI) return Malformed.DOI;
  if (get32(body + SITUATION) != Situation.IDENTITY_ONLY) return Malformed.SITUATION;
  let p = body + FIXED;
  let left = len - FIXED;
  if (!left) return Malformed.PROPOSAL;
  let reserved: u32 = 0;
  while (left) {
    if (left < PROPOSAL_FIXED) return Malformed.PROPOSAL;
    const length = get16(p + LENGTH);
    const next = <u32>load<u8>(p + NEXT);
    if (length < PROPOSAL_FIXED || length > left) return Malformed.PROPOSAL;
    if (next != (length == left ? Payload.NONE : Payload.PROPOSAL)) return Malformed.PROPOSAL;
    reserved |= <u32>load<u8>(p + RESERVED);
    const spiLen = <u32>load<u8>(p + SPI_SIZE);
    if (spiLen > length - PROPOSAL_FIXED) return Malformed.SPI;
    const bad = checkTransforms(
      p + PROPOSAL_FIXED + spiLen,
      length - PROPOSAL_FIXED - spiLen,
      <u32>load<u8>(p + TRANSFORMS),
    );
    if (bad == Malformed.RESERVED) reserved = 1;
    else if (bad) return bad;
    p += <usize>length;
    left -= length;
  }
  return reserved ? Malformed.RESERVED : Malformed.NONE;
}

function checkTransforms(p: usize, left: u32, count: u32): u32 {
  let reserved: u32 = 0;
  if (!count) return Malformed.PROPOSAL;
  while (left) {
    if (left < TRANSFORM_FIXED || !count) return Malformed.PROPOSAL;
    const length = get16(p + LENGTH);
    if (length < TRANSFORM_FIXED || length > left) return Malformed.PROPOSAL;
    if (<u32>load<u8>(p + NEXT) != (length == left ? Payload.NONE : Payload.TRANSFORM)) return Malformed.PROPOSAL;
    reserved |= <u32>load<u8>(p + RESERVED) | get16(p + RESERVED2);
    const bad = attribute.check(p + TRANSFORM_FIXED, length - TRANSFORM_FIXED);
    if (bad) return bad;
    count--;
    p += <usize>length;
    left -= length;
  }
  if (count) return Malformed.PROPOSAL;
  return reserved ? Malformed.RESERVED : Malformed.NONE;
}

/** Walks an SA payload: proposals, the transforms of the present proposal, the attributes of the present transform. */
export class SaCursor {
  /** Number, protocol and SPI of the present proposal. */
  proposalNumber: u32 = 0;
  protocol: u32 = 0;
  spi: usize = 0;
  spiLen: u32 = 0;
  /** Number and id of the present transform; its address and length with its header. */
  transformNumber: u32 = 0;
  transformId: u32 = 0;
  transform: usize = 0;
  transformLen: u32 = 0;
  /** Type and value of the present attribute (attribute.value), and where it lies. */
  attributeType: u32 = 0;
  value: u32 = 0;
  attribute: usize = 0;

  private proposalsBegin: usize = 0;
  private proposalNext: usize = 0;
  private proposalsEnd: usize = 0;
  private transformNext: usize = 0;
  private transformsEnd: usize = 0;
  private attributeNext: usize = 0;
  private attributesEnd: usize = 0;

  /** Checks the body and stands before its first proposal. Returns a Malformed; a set RESERVED octet is let pass. */
  begin(body: usize, len: u32): u32 {
    const bad = check(body, len);
    const good = bad == Malformed.NONE || bad == Malformed.RESERVED;
    this.proposalsBegin = this.proposalNext = body + FIXED;
    this.proposalsEnd = good ? body + <usize>len : this.proposalNext;
    this.transformNext = this.transformsEnd = 0;
    this.attributeNext = this.attributesEnd = 0;
    return good ? Malformed.NONE : bad;
  }

  /** Stands before the first proposal again. */
  rewind(): void {
    this.proposalNext = this.proposalsBegin;
    this.transformNext = this.transformsEnd = 0;
    this.attributeNext = this.attributesEnd = 0;
  }

  /** Goes to the first proposal with that number and protocol; false: there is none. */
  seek(number: u32, protocol: u32): bool {
    this.rewind();
    while (this.nextProposal()) if (this.proposalNumber == number && this.protocol == protocol) return true;
    return false;
  }

  /**
   * The protocols that belong together under a proposal number (RFC 2408, 4.2), a bit each, numbered as the DOI's: MANY
   * beside them where one comes twice.
   */
  protocols(number: u32): u32 {
    let set: u32 = 0;
    this.rewind();
    while (this.nextProposal()) {
      if (this.proposalNumber != number) continue;
      const bit = <u32>1 << min<u32>(this.protocol, 30);
      set |= (set & bit) != 0 ? MANY : bit;
    }
    return set;
  }

  nextProposal(): bool {
    const p = this.proposalNext;
    this.transformNext = this.transformsEnd;
    this.attributeNext = this.attributesEnd;
    if (p >= this.proposalsEnd) return false;
    const length = get16(p + LENGTH);
    this.proposalNumber = <u32>load<u8>(p + NUMBER);
    this.protocol = <u32>load<u8>(p + PROTOCOL);
    this.spiLen = <u32>load<u8>(p + SPI_SIZE);
    this.spi = p + PROPOSAL_FIXED;
    this.proposalNext = p + <usize>length;
    this.transformNext = this.spi + <usize>this.spiLen;
    this.transformsEnd = this.proposalNext;
    this.attributeNext = this.attributesEnd = 0;
    return true;
  }

  nextTransform(): bool {
    const p = this.transformNext;
    this.attributeNext = this.attributesEnd;
    if (p >= this.transformsEnd) return false;
    this.transform = p;
    this.transformLen = get16(p + LENGTH);
    this.transformNumber = <u32>load<u8>(p + NUMBER);
    this.transformId = <u32>load<u8>(p + TRANSFORM_ID);
    this.transformNext = p + <usize>this.transformLen;
    this.attributeNext = p + TRANSFORM_FIXED;
    this.attributesEnd = this.transformNext;
    return true;
  }

  nextAttribute(): bool {
    const p = this.attributeNext;
    if (p >= this.attributesEnd) return false;
    this.attribute = p;
    this.attributeType = attribute.attributeType(p);
    this.value = attribute.value(p);
    this.attributeNext = p + <usize>attribute.length(p);
    return true;
  }
}

/**
 * Writes an SA payload into a MessageWriter: begin, then for each proposal `proposal`, for each of its transforms
 * `transform` and `attribute.emit`; `end`. The payload itself stays open.
 */
export class SaWriter {
  private w: MessageWriter = changetype<MessageWriter>(0);
  private proposalAt: usize = 0;
  private transformAt: usize = 0;

  /** Opens the payload and writes DOI and situation. */
  begin(w: MessageWriter): void {
    this.w = w;
    this.proposalAt = this.transformAt = 0;
    w.payload(Payload.SA);
    w.u32(IPSEC_DOI);
    w.u32(Situation.IDENTITY_ONLY);
  }

  /** @param spi address of the SPI as it goes over the wire; spiLen 0 in phase 1 */
  proposal(number: u32, protocol: u32, spi: usize, spiLen: u32): void {
    this.endTransform();
    this.endProposal();
    const w = this.w;
    if (!w.room(PROPOSAL_FIXED + spiLen)) return;
    const p = w.here;
    if (this.proposalAt) store<u8>(this.proposalAt + NEXT, <u8>Payload.PROPOSAL);
    this.proposalAt = p;
    this.transformAt = 0;
    w.u32(0);
    w.u8(number);
    w.u8(protocol);
    w.u8(spiLen);
    w.u8(0);
    w.bytes(spi, spiLen);
  }

  transform(number: u32, id: u32): void {
    const p = this.linkTransform();
    const w = this.w;
    if (!w.room(TRANSFORM_FIXED)) return;
    this.transformAt = p;
    w.u32(0);
    w.u8(number);
    w.u8(id);
    w.u16(0);
  }

  /** A copy of a peer's transform, header included, attributes and their encodings untouched (RFC 2409, 5). */
  copyTransform(p: usize, len: u32): void {
    const at = this.linkTransform();
    const w = this.w;
    if (!w.room(len)) return;
    this.transformAt = at;
    w.bytes(p, len);
    store<u16>(at + NEXT, 0);
  }

  end(): void {
    this.endTransform();
    this.endProposal();
  }

  private linkTransform(): usize {
    this.endTransform();
    const w = this.w;
    if (w.room(TRANSFORM_FIXED)) {
      if (this.transformAt) store<u8>(this.transformAt + NEXT, <u8>Payload.TRANSFORM);
      if (this.proposalAt) store<u8>(this.proposalAt + TRANSFORMS, load<u8>(this.proposalAt + TRANSFORMS) + 1);
    }
    return w.here;
  }

  private endTransform(): void {
    if (this.transformAt) put16(this.transformAt + LENGTH, <u32>(this.w.here - this.transformAt));
  }

  private endProposal(): void {
    if (this.proposalAt) put16(this.proposalAt + LENGTH, <u32>(this.w.here - this.proposalAt));
  }
}
