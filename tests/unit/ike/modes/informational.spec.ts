// The Informational Exchange: whom a notify or a Delete is about, and how often a stranger is answered.
import * as message from "../../../../assembly/ike/message/message";
import * as responderLifetime from "../../../../assembly/ike/message/responder_lifetime";
import * as tell from "../../../../assembly/ike/message/tell";
import * as informational from "../../../../assembly/ike/modes/informational";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import { SA } from "../../../../assembly/sadb/sas/sa";
import { put32 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { ExchangeType, Notify, Payload } from "../../../../assembly/wire/ike_numbers";
import { Protocol } from "../../../../assembly/wire/ipsec_doi";
import * as isakmp from "../../../../assembly/wire/isakmp";
import { fromHex } from "../../crypto/bytes";
import { ALPHA, BETA, pass } from "../../sadb/world";
import {
  GAMMA, begin, bodyWord, deletedCount, deletedSpi, established, exchangeOf, negotiating, notified, other, policy, sent, up,
} from "../by_hand/world";

const body: usize = memory.data(256, 8);
const RUBBISH: Notify = Notify.NO_PROPOSAL_CHOSEN;

/** Attributes of 60 seconds. */
const SIXTY: string = "80010001" + "8002003c";

beforeEach(() => {
  begin();
});

/** A protected message of one payload under an SA. */
function take(sa: IsakmpSa, type: u32, len: u32): void {
  message.payloads.clear();
  message.payloads.add(type, body, len);
  informational.informational_in(tell.exchangeFor(sa, 99));
  upkeep.look();
}

/** A notify with an SPI of four octets (0: none) and no data. */
function notice(sa: IsakmpSa, type: u32, protocol: u32, spi: u32, data: string = ""): void {
  put32(body, 1);
  put32(body + 4, (protocol << 24) | ((spi ? 4 : 0) << 16) | type);
  put32(body + 8, spi);
  const at: usize = spi ? 12 : 8;
  take(sa, Payload.NOTIFY, <u32>at + fromHex(body + at, data));
}

/** A Delete of ISAKMP SAs: those of these two. */
function deletes(sa: IsakmpSa, one: IsakmpSa, two: IsakmpSa): void {
  put32(body, 1);
  put32(body + 4, (1 << 24) | (16 << 16) | 2);
  memory.copy(body + 8, one.CKY_I, 16);
  memory.copy(body + 24, two.CKY_I, 16);
  take(sa, Payload.DELETE, 40);
}

function there(number: u32): bool {
  return isakmpSa.byNumber(number) != null;
}

function quick(sa: IsakmpSa, spi: u32, slot: u32): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true, spi);
  ex.spi = spi;
  ex.policySlot = slot;
  return ex;
}

/** A message of so many octets from a peer to us. */
function plain(len: u32, src: u32 = BETA, exchange: u32 = ExchangeType.IDENTITY_PROTECTION, type: u32 = RUBBISH): u32 {
  const packet = packets.alloc() as Packet;
  packet.len = len;
  packet.src = src;
  packet.dst = ALPHA;
  memory.fill(packet.ptr, 1, 28);
  isakmp.emitHeader(packet.ptr, packet.ptr, packet.ptr + 8, exchange, 0, 0);
  tell.refusePlain(packet, packet.ptr, type);
  packets.free(packet);
  return sent();
}

describe("an error notify", () => {
  test("ends the Quick Mode of its SPI, whose policy rests; the others go on", () => {
    const sa = established(true);
    quick(sa, 500, policy.slot);
    quick(sa, 600, other.slot);
    notice(sa, RUBBISH, Protocol.ESP, 600);
    expect<bool>(db.quickForSpi(sa, 600) == null && db.quickForSpi(sa, 500) != null).toBe(true);
    expect<u64>(other.nextAcquire).toBe(clock.now() + 10000);
    expect<u64>(policy.nextAcquire).toBe(0);
  });

  test("of an SPI that is none of ours, or without one, ends the oldest", () => {
    for (let spi: u32 = 0; spi < 2; spi++) {
      begin();
      const sa = established(true);
      quick(sa, 500, policy.slot);
      pass(1);
      quick(sa, 600, other.slot);
      notice(sa, RUBBISH, Protocol.ESP, spi * 700);
      expect<bool>(db.quickForSpi(sa, 500) == null && db.quickForSpi(sa, 600) != null).toBe(true);
    }
  });

  test("about attributes ends New Group Mode if it runs, and no Quick Mode beside it; any other does not", () => {
    const sa = established(true);
    quick(sa, 500, policy.slot);
    const group = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_I1, true, 5);
    group.policySlot = other.slot;
    notice(sa, Notify.ATTRIBUTES_NOT_SUPPORTED, Protocol.ISAKMP, 0);
    expect<bool>(db.newGroupUnder(sa) == null && db.quickForSpi(sa, 500) != null).toBe(true);
    expect<u64>(other.nextAcquire).toBe(clock.now() + 10000);
    exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_I1, true, 5);
    notice(sa, RUBBISH, Protocol.ISAKMP, 0);
    expect<bool>(db.newGroupUnder(sa) != null && db.quickForSpi(sa, 500) == null).toBe(true);
  });

  test("is what is below 16384: a status ends nothing", () => {
    const sa = established(true);
    quick(sa, 500, policy.slot);
    notice(sa, 16384 + 9, Protocol.ESP, 500);
    expect<bool>(db.quickForSpi(sa, 500) != null).toBe(true);
  });

  test("before phase 1 is complete ends phase 1, if our last message was out", () => {
    const sa = negotiating(true);
    const number = sa.number;
    sa.exchange = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I3, true, 0);
    notice(sa, RUBBISH, Protocol.ISAKMP, 0);
    expect<bool>(there(number)).toBe(false);
  });
});

describe("INITIAL-CONTACT", () => {
  test("is believed for a minute after phase 1, not a millisecond longer", () => {
    for (let late: u32 = 0; late < 2; late++) {
      begin();
      const old = established(true).number;
      pass(100);
      const sa = established(false);
      sa.createdAt = sa.establishedAt;
      pass(59999 + late);
      notice(sa, Notify.INITIAL_CONTACT, Protocol.ISAKMP, 0);
      expect<bool>(there(old)).toBe(late == 1);
    }
  });
});

describe("RESPONDER-LIFETIME", () => {
  test("about ISAKMP is for who initiated; about ESP for the pair of its SPI", () => {
    const theirs = established(false);
    notice(theirs, Notify.RESPONDER_LIFETIME, Protocol.ISAKMP, 0, SIXTY);
    expect<u32>(theirs.lifetimeSeconds).toBe(3600);
    const ours = established(true);
    const pair = up(ours, true);
    notice(ours, Notify.RESPONDER_LIFETIME, Protocol.ISAKMP, 0, SIXTY);
    expect<u32>(ours.lifetimeSeconds).toBe(60);
    expect<u32>(pair.lifetimeSeconds).toBe(3600);
    ours.lifetimeSeconds = 3600;
    notice(ours, Notify.RESPONDER_LIFETIME, Protocol.ESP, (pair.pair as SA).spi, SIXTY);
    expect<u32>(ours.lifetimeSeconds).toBe(3600);
    expect<u32>(pair.lifetimeSeconds).toBe(60);
  });

  test("has a type before each duration; the last of each kind holds, other attributes say nothing", () => {
    const n = fromHex(body, "00000001" + "01006000" + "80020011" + "80010001" + "80020020" + "80010002" + "000200040000ffff" + "80010003" + "80020044" + "80050055");
    expect<bool>(responderLifetime.read(body, n)).toBe(true);
    expect<u32>(responderLifetime.seconds).toBe(0x20);
    expect<u32>(responderLifetime.kilobytes).toBe(0xffff);
    const none = fromHex(body, "00000001" + "01006000");
    expect<bool>(responderLifetime.read(body, none)).toBe(true);
    expect<u32>(responderLifetime.seconds + responderLifetime.kilobytes).toBe(0, "nothing stays of the one before");
    expect<bool>(responderLifetime.read(body, fromHex(body, "00000001" + "01006001" + SIXTY))).toBe(false, "another notify");
    expect<bool>(responderLifetime.read(body, fromHex(body, "00000001" + "01006000" + "8001000100"))).toBe(false, "cut short");
  });
});

describe("a Delete of ISAKMP SAs", () => {
  test("takes the named ones of that peer, the one that protects it last; no other's, none that runs", () => {
    const foreign = established(true, GAMMA);
    const one = established(true);
    const sa = established(true);
    store<u64>(foreign.CKY_R, 1);
    store<u64>(one.CKY_R, 2);
    store<u64>(sa.CKY_R, 3);
    const numbers: StaticArray<u32> = [foreign.number, one.number, sa.number];
    deletes(sa, foreign, one);
    expect<bool>(there(numbers[0]) && !there(numbers[1]) && there(numbers[2])).toBe(true);
    const running = negotiating(true);
    store<u64>(running.CKY_R, 4);
    const number = running.number;
    deletes(sa, running, sa);
    expect<bool>(there(number) && !there(numbers[2])).toBe(true);
    expect<u32>(sent()).toBe(0);
  });

  test("that begins with its own SA ends there", () => {
    const sa = established(true);
    const one = established(true);
    store<u64>(sa.CKY_R, 3);
    store<u64>(one.CKY_R, 4);
    const numbers: StaticArray<u32> = [sa.number, one.number];
    deletes(sa, sa, one);
    expect<bool>(!there(numbers[0]) && there(numbers[1])).toBe(true);
  });

  test("is followed by nothing of the same message", () => {
    const sa = established(true);
    quick(sa, 500, policy.slot);
    put32(body, 1);
    put32(body + 4, (1 << 24) | (16 << 16) | 1);
    memory.copy(body + 8, sa.CKY_I, 16);
    put32(body + 64, 1);
    put32(body + 68, 1 << 24);
    message.payloads.clear();
    message.payloads.add(Payload.DELETE, body, 24);
    message.payloads.add(Payload.NOTIFY, body + 64, 3);
    informational.informational_in(tell.exchangeFor(sa, 99));
  upkeep.look();
    expect<u32>(dropCount(Drop.IKE_PAYLOAD)).toBe(0);
  });
});

describe("what we send", () => {
  test("a notify names its SPI and protocol, or both cookies", () => {
    const sa = established(true);
    tell.sendNotify(sa, Notify.INVALID_SPI, 0x01020304, Protocol.ESP);
    expect<u32>(sent()).toBe(1);
    expect<u32>(notified()).toBe(Notify.INVALID_SPI);
    expect<u32>(bodyWord(4) >>> 16).toBe((3 << 8) | 4);
    expect<u32>(bodyWord(8)).toBe(0x01020304);
    tell.sendNotify(sa, Notify.INVALID_SPI, 0, Protocol.ESP);
    expect<u32>(sent()).toBe(1);
    expect<u32>(bodyWord(4) >>> 16).toBe((1 << 8) | 16);
    expect<u32>(bodyWord(8)).toBe(bswap(load<u32>(sa.CKY_I)));
    sa.keyed = false;
    tell.sendNotify(sa, Notify.INVALID_SPI, 0, Protocol.ESP);
    tell.sendDeleteIsakmp(sa);
    expect<u32>(sent()).toBe(0, "nothing without keys");
  });

  test("CONNECTED names the SPI under the Quick Mode's own message ID", () => {
    const sa = established(true);
    tell.sendConnected(sa, 0x0badcafe, 0x01020304);
    expect<u32>(sent()).toBe(1);
    expect<u32>(notified()).toBe(Notify.CONNECTED);
    expect<u32>(bodyWord(4) >>> 16).toBe((3 << 8) | 4);
    expect<u32>(bodyWord(8)).toBe(0x01020304);
  });

  test("a Delete has 64 SPIs and no more", () => {
    const sa = established(true);
    for (let i: u32 = 0; i < 66; i++) {
      expect<bool>(tell.deleteHasRoom()).toBe(i <= 62);
      tell.listDelete(Protocol.ESP, 1000 + i);
    }
    tell.sendDelete(sa);
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedCount()).toBe(64);
    expect<u32>(deletedSpi(63)).toBe(1063);
    tell.sendDelete(sa);
    expect<u32>(sent()).toBe(0, "what has been said is not said again");
    tell.listDelete(Protocol.ESP, 1);
    tell.sendDelete(null);
    tell.sendDelete(sa);
    expect<u32>(sent()).toBe(0, "what could not be said is forgotten");
  });
});

describe("a refusal in plain", () => {
  test("goes to peers that the configuration names, five in a second", () => {
    pass(5000);
    expect<u32>(plain(100, GAMMA)).toBe(0);
    for (let i = 0; i < 5; i++) expect<u32>(plain(100)).toBe(1);
    expect<u32>(plain(100)).toBe(0);
    expect<u32>(dropCount(Drop.IKE_RATE_LIMIT)).toBe(1);
    pass(199);
    expect<u32>(plain(100)).toBe(0);
    pass(1);
    expect<u32>(plain(100)).toBe(1);
    expect<u32>(plain(100)).toBe(0);
    pass(1000);
    for (let i = 0; i < 5; i++) expect<u32>(plain(100)).toBe(1);
    expect<u32>(plain(100)).toBe(0);
    expect<u32>(dropCount(Drop.IKE_RATE_LIMIT)).toBe(4);
  });

  test("is no longer than what it answers, and what is not sent is not counted", () => {
    pass(5000);
    // 28 octets of header, 12 of notify.
    for (let i = 0; i < 9; i++) expect<u32>(plain(39)).toBe(0);
    expect<u32>(plain(40)).toBe(1);
  });

  test("is no answer to an Informational, to a header cut short, nor without a reason", () => {
    pass(5000);
    expect<u32>(plain(100, BETA, ExchangeType.INFORMATIONAL)).toBe(0);
    expect<u32>(plain(27)).toBe(0);
    expect<u32>(plain(100, BETA, ExchangeType.IDENTITY_PROTECTION, Notify.NONE)).toBe(0);
    expect<u32>(dropCount(Drop.IKE_RATE_LIMIT)).toBe(0);
  });
});
