/**
 * A row of the transition table: one arrow of RFC 2409's notation.
 */
import { ExchangeType, Payload, isEncryption, isSignature } from "../../wire/ike_numbers";
import { HashKind } from "../message/message";
import { Exchange, State, Timeout } from "../state/exchange";

/** Flags of a row. */
export const enum Is {
  NONE = 0,
  /** The message that comes in is encrypted, the one that goes out is. */
  ENCRYPTED_IN = 1,
  ENCRYPTED_OUT = 2,
  /** A message goes out. */
  REPLIES = 4,
  /** We begin: no message comes in. */
  STARTS = 8,
  /** Taking the message proves that it is the peer's: its HASH, or its HASH_I or HASH_R, was right. */
  AUTHENTIC = 16,
  /** The exchange is complete. */
  COMPLETES = 32,
  /** With ENCRYPTED_IN: the message may come in plain as well (RFC 2409, 5: Aggressive Mode's third). */
  PLAIN_IN = 64,
  /** With signatures: it stands in the place of the row of the same state without this flag. */
  SIGNED = 128,
  /** With RSA encryption: likewise. */
  SEALED = 256,
  /** It is authentic only when its second half has found it so: of every row of signatures, and of one that brings HASH_R with the nonce. */
  LATE = 512,
  /** HASH is its first payload, and is looked at before anything else in it: what is wrong with it is one thing, and looks like it. */
  HASH_FIRST = 1024,
}

/** The columns of the table, by how the method proves who one is. */
export const enum Column {
  HASHED = 0,
  SIGNED = 1,
  SEALED = 2,
}

/** The column of an AuthMethod. */
export function columnOf(method: u32): Column {
  return isSignature(method) ? Column.SIGNED : isEncryption(method) ? Column.SEALED : Column.HASHED;
}

export class Row {
  index: u32 = 0;
  constructor(
    public state: State,
    public next: State,
    public exchange: u32,
    public flags: u32,
    /** Payloads that must be there, and that may: bits of `bit`. Vendor IDs always may. */
    public required: u32,
    public optional: u32,
    public hashIn: HashKind,
    public hashOut: HashKind,
    /** Takes the message, or begins. */
    public handler: (ex: Exchange) => u32,
    /** Writes the reply when the jobs are done; null: the handler has. */
    public continued: ((ex: Exchange) => u32) | null,
    /** Jobs behind the reply's back, and what follows them. */
    public laterJobs: u32,
    public after: ((ex: Exchange) => u32) | null,
    public timeout: Timeout,
    /** Numbers of the messages in their exchange. */
    public numberIn: u32,
    public numberOut: u32,
  ) {}

  /** Whether it is of an exchange that makes an ISAKMP SA. */
  get phase1(): bool {
    return this.exchange == ExchangeType.IDENTITY_PROTECTION || this.exchange == ExchangeType.AGGRESSIVE;
  }

  has(flag: Is): bool {
    return (this.flags & flag) != 0;
  }
}

/** The bit of a payload type in a row's masks; types of the drafts share their RFC's. */
export function bit(type: u32): u32 {
  if (type == Payload.NAT_D_DRAFT) return 1 << Payload.NAT_D;
  if (type == Payload.NAT_OA_DRAFT) return 1 << Payload.NAT_OA;
  return type < 32 ? 1 << type : 1 << 31;
}
