/** What `show crypto isakmp stats` counts; drops are counted by reason elsewhere (util/status.ts). */
import { ExchangeType, Notify, exchangeName, notifyName } from "../../wire/ike_numbers";

/** Kinds of exchange that are counted apart. */
export const KINDS: u32 = 6;

/** What becomes of an exchange. */
export const enum Fate {
  BEGUN = 0,
  COMPLETED = 1,
  /** Refused by one side or the other, or not possible. */
  FAILED = 2,
  /** Given up; counted as failed. */
  UNANSWERED = 3,
}
const OUTCOMES: u32 = 3;

export const enum Stat {
  /** Modular exponentiations done. */
  MODEXP = 0,
  /** A message of ours sent again because nothing came; a duplicate of the peer's answered with the same octets. */
  RETRANSMITTED,
  DUPLICATE_ANSWERED,
  /** First messages answered without state; cookies that came back, that were too old or forged, whose offer was gone. */
  COOKIE_SENT,
  COOKIE_RETURNED,
  COOKIE_REFUSED,
  COOKIE_OFFER_GONE,
  /** First messages refused while too many negotiations were half open. */
  FLOOD_REFUSED,
  /** R-U-THERE of ours, answers to them, peers found dead; R-U-THERE of peers that were answered. */
  DPD_SENT,
  DPD_ACKNOWLEDGED,
  DPD_DEAD,
  DPD_ANSWERED,
  /** Messages of strangers without an event of their own. */
  EVENT_UNSAID,
  /** Messages that came in fragments and became whole; messages of ours that went in fragments. */
  JOINED,
  SPLIT,
  /** Signatures made, and those of peers that were checked. */
  SIGNED,
  CHECKED,
  /** Nonces and identities encrypted by RSA that were decrypted, or found to be none; and those of ours. */
  DECRYPTED,
  ENCRYPTED,
  COUNT,
}

/** Notify types have a place each: errors their number, status types behind them, the last for all others. */
export const NOTIFIES: u32 = 40;
const STATUS: u32 = 32;

const exchanges: usize = memory.data(6 * 2 * 3 * 4, 4);
const singles: usize = memory.data(<i32>Stat.COUNT * 4, 4);
const notifies: usize = memory.data(2 * 40 * 4, 4);

export function init(): void {
  memory.fill(exchanges, 0, <usize>(KINDS * 2 * OUTCOMES * 4));
  memory.fill(singles, 0, <usize>Stat.COUNT * 4);
  memory.fill(notifies, 0, <usize>(2 * NOTIFIES * 4));
}

function kindOf(type: u32): u32 {
  switch (type) {
    case ExchangeType.IDENTITY_PROTECTION: return 0;
    case ExchangeType.AGGRESSIVE: return 1;
    case ExchangeType.QUICK_MODE: return 2;
    case ExchangeType.NEW_GROUP_MODE: return 3;
    case ExchangeType.TRANSACTION: return 4;
    default: return 5;
  }
}

export function kindName(kind: u32): string {
  switch (kind) {
    case 0: return exchangeName(ExchangeType.IDENTITY_PROTECTION);
    case 1: return exchangeName(ExchangeType.AGGRESSIVE);
    case 2: return exchangeName(ExchangeType.QUICK_MODE);
    case 3: return exchangeName(ExchangeType.NEW_GROUP_MODE);
    case 4: return exchangeName(ExchangeType.TRANSACTION);
    default: return exchangeName(ExchangeType.INFORMATIONAL);
  }
}

function exchangeAt(kind: u32, initiator: bool, outcome: u32): usize {
  return exchanges + <usize>(((kind * 2 + <u32>initiator) * OUTCOMES + outcome) << 2);
}

export function exchange(type: u32, initiator: bool, outcome: Fate): void {
  const p = exchangeAt(kindOf(type), initiator, outcome);
  store<u32>(p, load<u32>(p) + 1);
}

export function exchangeCount(kind: u32, initiator: bool, outcome: u32): u32 {
  return load<u32>(exchangeAt(kind, initiator, outcome));
}

export function count(stat: Stat): void {
  const p = singles + <usize>((<u32>stat) << 2);
  store<u32>(p, load<u32>(p) + 1);
}

export function get(stat: Stat): u32 {
  return load<u32>(singles + <usize>((<u32>stat) << 2));
}

function placeOf(type: u32): u32 {
  switch (type) {
    case Notify.CONNECTED: return STATUS;
    case Notify.RESPONDER_LIFETIME: return STATUS + 1;
    case Notify.REPLAY_STATUS: return STATUS + 2;
    case Notify.INITIAL_CONTACT: return STATUS + 3;
    case Notify.R_U_THERE: return STATUS + 4;
    case Notify.R_U_THERE_ACK: return STATUS + 5;
    default: return type < STATUS - 1 ? type : NOTIFIES - 1;
  }
}

/** The name of the type that has a place; the last place is all others'. */
export function notifyAt(place: u32): string {
  return notifyName(typeAt(place));
}

function typeAt(place: u32): u32 {
  switch (place) {
    case STATUS: return Notify.CONNECTED;
    case STATUS + 1: return Notify.RESPONDER_LIFETIME;
    case STATUS + 2: return Notify.REPLAY_STATUS;
    case STATUS + 3: return Notify.INITIAL_CONTACT;
    case STATUS + 4: return Notify.R_U_THERE;
    case STATUS + 5: return Notify.R_U_THERE_ACK;
    default: return place < STATUS - 1 ? place : 0;
  }
}

/** Counts a notify, received or `sent`. */
export function notify(type: u32, sent: bool): void {
  const p = notifies + <usize>(((<u32>sent) * NOTIFIES + placeOf(type)) << 2);
  store<u32>(p, load<u32>(p) + 1);
}

export function notifyCount(place: u32, sent: bool): u32 {
  return load<u32>(notifies + <usize>(((<u32>sent) * NOTIFIES + place) << 2));
}
