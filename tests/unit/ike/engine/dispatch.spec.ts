// Where a message belongs, and what is refused before anything looks into it: each drop by its count, each notify to the octet.
import * as ike from "../../../../assembly/ike/ike";
import { State } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { Stat, get } from "../../../../assembly/ike/state/stats";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import { put32 } from "../../../../assembly/util/bytes";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { ID, INFORMATIONAL, MAIN, N, OFFER, QUICK, SA, VID } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { established, exchangeOf } from "../by_hand/world";

const AGGRESSIVE: u32 = 4;
const FAR: u32 = 0xc6336401;

/** A notify in plain with the cookies of the last message: this type, nothing else. Empty: nothing. */
function told(type: string): void {
  if (!type.length) {
    expect<bool>(peer.take()).toBe(false);
    return;
  }
  expect<bool>(peer.takeOne()).toBe(true, type);
  expect<string>(peer.taken()).toBe(toHex(peer.out, 16) + "0b100500" + "00000000" + "00000028" + "0000000c" + "00000001" + "0100" + type);
}

function dropped(reason: Drop, type: string = ""): void {
  expect<u32>(dropCount(reason)).toBe(1, reason.toString());
  expect<u32>(all()).toBe(1);
  told(type);
  expect<u32>(peer.exchanges()).toBe(0);
}

/** Drops of ISAKMP. */
function all(): u32 {
  let n: u32 = 0;
  for (let i = <i32>Drop.IKE_TOO_SHORT; i < <i32>Drop.COUNT; i++) n += dropCount(<Drop>i);
  return n;
}

function fresh(): void {
  peer.begin(true);
}

function offer(type: u32 = MAIN, flags: u32 = 0, M_ID: u32 = 0): void {
  peer.start(type, flags, M_ID);
  peer.addHex(SA, OFFER);
}

beforeEach(() => {
  fresh();
});

describe("the header", () => {
  it("has its length, version 1.0, no flag that contradicts, and a cookie: else it is dropped, and told what is wrong", () => {
    // Offset, value, reason, notify.
    const wrong: u32[] = [17, 0x20, Drop.IKE_VERSION, 5, 17, 0x11, Drop.IKE_VERSION, 6, 27, 0x20, Drop.IKE_LENGTH, 30, 19, 4, Drop.IKE_FLAGS, 8];
    for (let i = 0; i < wrong.length; i += 4) {
      fresh();
      offer();
      store<u8>(peer.out + <usize>wrong[i], <u8>wrong[i + 1]);
      peer.give();
      dropped(<Drop>wrong[i + 2], "00" + (wrong[i + 3] < 16 ? "0" : "") + wrong[i + 3].toString(16));
    }
    fresh();
    offer();
    memory.fill(peer.out, 0, 8);
    peer.give();
    dropped(Drop.IKE_COOKIE);
  });

  it("of 27 octets is too short, a message of more than 9216 too long: neither is answered", () => {
    peer.start(MAIN);
    peer.setLength(27);
    peer.give();
    dropped(Drop.IKE_TOO_SHORT);
    for (let more: u32 = 0; more < 2; more++) {
      fresh();
      const packet = packets.allocLarge() as Packet;
      packet.src = BETA;
      packet.dst = ALPHA;
      packet.srcPort = packet.dstPort = 500;
      packet.len = 9216 + more;
      peer.start(MAIN);
      memory.fill(packet.ptr, 0, 9300);
      memory.copy(packet.ptr, peer.out, 28);
      put32(packet.ptr + 24, packet.len);
      ike.receive(packet);
      expect<u32>(dropCount(Drop.IKE_TOO_LONG)).toBe(more);
      expect<u32>(all()).toBe(1);
    }
  });

  it("the authentication-only flag is for an Informational in plain, and for nothing else (RFC 2408, 3.1)", () => {
    peer.adopt(false);
    peer.start(INFORMATIONAL, 4);
    peer.addHex(N, "00000001" + "01000010");
    peer.give();
    dropped(Drop.IKE_UNPROTECTED_NOTIFY);
    peer.start(INFORMATIONAL, 5, 9);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_FLAGS)).toBe(1);
    // Nothing of an Informational is answered.
    told("");
  });

  it("an exchange of another type is told so, and none of phase 1 has a message ID", () => {
    const types: u32[] = [1, 3, 6, 34, 0];
    for (let i = 0; i < types.length; i++) {
      fresh();
      offer(types[i]);
      peer.give();
      dropped(Drop.IKE_EXCHANGE_TYPE, "0007");
    }
    for (let type: u32 = MAIN; type <= AGGRESSIVE; type += 2) {
      fresh();
      offer(type, 0, 1);
      peer.give();
      dropped(Drop.IKE_HEADER);
    }
    fresh();
    peer.adopt(false);
    peer.start(QUICK, 1, 0);
    peer.give();
    dropped(Drop.IKE_HEADER);
  });
});

describe("a first message", () => {
  it("of an address that no crypto map names is dropped without a word", () => {
    offer();
    peer.give(500, 500, FAR);
    dropped(Drop.IKE_NO_KEY);
    expect<u32>(peer.sas()).toBe(0);
  });

  it("again is answered again, octet for octet, and no other under the same cookie", () => {
    peer.first();
    peer.take();
    const answer = peer.taken();
    peer.first();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<string>(peer.taken()).toBe(answer);
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(1);
    expect<u32>(get(Stat.DUPLICATE_ANSWERED)).toBe(1);
    offer();
    peer.addHex(VID, peer.POSTERN);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    expect<u32>(peer.sas()).toBe(1);
    // Further on it is a duplicate of nothing that is waited for.
    peer.theExchange().state = State.MAIN_R2;
    peer.first();
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(2);
    expect<bool>(peer.take()).toBe(false);
    // From another address it is another's.
    offer();
    peer.give(500, 500, FAR);
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
  });

  it("of our own, sent back to us, begins nothing", () => {
    peer.begin(false);
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    peer.setCookieR(0);
    offer();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    expect<u32>(peer.sas()).toBe(1);
    expect<bool>(peer.take()).toBe(false);
  });

  it("that finds no ISAKMP SA, or no exchange, left leaves nothing", () => {
    for (let i: u32 = 0; i < 60; i++) established(false, FAR + i);
    peer.first();
    expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
    fresh();
    const sa = established(false, FAR);
    for (let i: u32 = 0; i < exchange.slots(); i++) exchangeOf(sa, QUICK, State.QUICK_I1, true, i + 1);
    peer.first();
    expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
    expect<u32>(peer.sas()).toBe(1);
    peer.adopt(false);
    peer.quickFirst(77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_POOL)).toBe(2);
  });

  it("has each payload of its kind once, and no other (RFC 2408, 5.3)", () => {
    // SA alone; with what may be beside it; what must not.
    const orders = ["01", "010d0d07", "0d", "0101", "010a", "0104", "0105", "010b", "010c", "0114", "0108", "0a01"];
    for (let i = 0; i < orders.length; i++) {
      fresh();
      peer.start(MAIN);
      for (let k = 0; k < orders[i].length; k += 2) {
        const type = <u32>parseInt(orders[i].substr(k, 2), 16);
        if (type == SA) peer.addHex(SA, OFFER);
        else peer.add(type, peer.nonceI, 20);
      }
      peer.give();
      if (i < 2) {
        expect<u32>(all()).toBe(0, orders[i]);
        expect<u32>(peer.exchanges()).toBe(1);
      } else dropped(i == 2 ? Drop.IKE_PAYLOAD_MISSING : Drop.IKE_PAYLOAD_UNEXPECTED, i == 2 ? "0010" : "0001");
    }
    // A chain that is broken is told as well; an octet that is reserved says nothing in plain.
    fresh();
    offer();
    store<u8>(peer.out + 31, 0xff);
    peer.give();
    dropped(Drop.IKE_PAYLOAD, "0010");
    fresh();
    offer();
    store<u8>(peer.out + 29, 1);
    peer.give();
    expect<u32>(all()).toBe(0);
    // Encrypted it is no first message.
    fresh();
    offer(MAIN, 1);
    peer.give();
    dropped(Drop.IKE_FLAGS);
  });
});
