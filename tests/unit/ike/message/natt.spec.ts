// NAT traversal in a negotiation (RFC 3947): what is offered and chosen, NAT-D and NAT-OA to the octet, where the peer is.
import { natdHash } from "../../../../assembly/ike/message/natd";
import * as natt from "../../../../assembly/ike/message/natt";
import { State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Natt } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as whereabouts from "../../../../assembly/ike/state/whereabouts";
import { put32 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { Packet } from "../../../../assembly/util/packet";
import { MessageWriter } from "../../../../assembly/wire/message_writer";
import { PayloadSet } from "../../../../assembly/wire/payloads";
import { Vendor } from "../../../../assembly/wire/vendor";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { begin, exchangeOf, negotiating } from "../by_hand/world";

const RFC: string = "4a131c81070358455c5728f20e95452f";
const DRAFT_03: string = "7d9419a65310ca6f2c179d9215529d56";
const DRAFT_02N: string = "90cb80913ebb696e086381b5ec427b1f";
const DRAFT_02: string = "cd60464335df21f87cfdb2fc68b6a448";

const buffer: usize = memory.data(512, 8);
const hashes: usize = memory.data(256, 8);
const w = new MessageWriter();
const payloads = new PayloadSet();
const packet = changetype<Packet>(memory.data(64, 8));
let sa: IsakmpSa = changetype<IsakmpSa>(0);

function fresh(): void {
  w.begin(buffer, 512);
}

/** What was written since `fresh`. */
function written(): string {
  w.close();
  return toHex(buffer, <u32>(w.here - buffer));
}

/** Vendor IDs as they stand in a message, the last one without a next payload. */
function vendors(a: string, b: string = "", c: string = "", d: string = ""): string {
  const all = [a, b, c, d];
  let text = "";
  for (let i = 0; i < 4 && all[i].length; i++) text += (i < 3 && all[i + 1].length ? "0d" : "00") + "000014" + all[i];
  return text;
}

function versionOf(a: u32, b: u32 = Vendor.UNKNOWN): u32 {
  const other = negotiating(true);
  natt.heard(other, <Vendor>a);
  natt.heard(other, <Vendor>b);
  const version = other.nattVersion;
  isakmpSa.free(other);
  return version;
}

/** The hash of an address and a port, as number `i` of the payloads. */
function hash(i: u32, address: u32, port: u32, type: u32 = 20): void {
  const p = hashes + <usize>(i * 20);
  natdHash(sa.hash, sa.CKY_I, sa.CKY_R, address, port, p);
  payloads.add(type, p, 20);
}

/** What both flags say, the own one first. */
function nats(): u32 {
  return (<u32>sa.localNat << 1) | <u32>sa.peerNat;
}

function came(src: u32, srcPort: u16, dstPort: u16): Packet {
  packet.src = src;
  packet.srcPort = srcPort;
  packet.dstPort = dstPort;
  return packet;
}

function at(address: u32, peerPort: u32, localPort: u32): void {
  expect<u32>(sa.peerAddress).toBe(address);
  expect<u32>(sa.peerPort).toBe(peerPort);
  expect<u32>(sa.localPort).toBe(localPort);
}

beforeEach(() => {
  begin();
  sa = negotiating(true);
  store<u64>(sa.CKY_R, 0x0102030405060708);
  payloads.clear();
});

describe("vendor IDs of NAT traversal", () => {
  it("an initiator offers all, the RFC's first; a responder says the chosen one, or nothing", () => {
    fresh();
    natt.emitVendors(w);
    expect<string>(written()).toBe(vendors(RFC, DRAFT_03, DRAFT_02N, DRAFT_02));
    const expected = ["", vendors(RFC), vendors(DRAFT_03, DRAFT_02N, DRAFT_02), ""];
    for (let version: u32 = 0; version < 4; version++) {
      fresh();
      natt.emitVersion(w, version);
      expect<string>(written()).toBe(expected[version]);
      fresh();
      sa.nattVersion = version;
      natt.emitChosen(w, sa);
      expect<string>(written()).toBe(expected[version]);
    }
  });

  it("the RFC is better than the drafts, in whichever order they come; others say nothing", () => {
    expect<u32>(versionOf(Vendor.NATT_RFC)).toBe(Natt.RFC);
    for (let v: u32 = 0; v < <u32>Vendor.COUNT; v++) {
      const draft = v == Vendor.NATT_03 || v == Vendor.NATT_02N || v == Vendor.NATT_02;
      if (v != Vendor.NATT_RFC) expect<u32>(versionOf(v)).toBe(draft ? Natt.DRAFT : Natt.NONE);
      expect<u32>(versionOf(Vendor.NATT_RFC, v)).toBe(Natt.RFC);
      expect<u32>(versionOf(v, Vendor.NATT_RFC)).toBe(Natt.RFC);
      if (v != Vendor.NATT_RFC) expect<u32>(versionOf(Vendor.NATT_02, v)).toBe(Natt.DRAFT);
    }
  });
});

describe("NAT-D", () => {
  it("is written for the peer first, then for ourselves, by the number of what is spoken; not at all if nothing is", () => {
    sa.peerPort = 4501;
    natdHash(sa.hash, sa.CKY_I, sa.CKY_R, BETA, 4501, hashes);
    natdHash(sa.hash, sa.CKY_I, sa.CKY_R, ALPHA, 500, hashes + 20);
    const types = ["", "14", "82"];
    for (let version: u32 = 1; version < 3; version++) {
      sa.nattVersion = version;
      fresh();
      // Some payload before them: its Next Payload says which they are.
      w.payload(10);
      natt.emitNatD(w, sa);
      const type = types[<i32>version];
      expect<string>(written()).toBe(type + "000004" + type + "000018" + toHex(hashes, 20) + "00000018" + toHex(hashes + 20, 20));
    }
    sa.nattVersion = Natt.NONE;
    fresh();
    natt.emitNatD(w, sa);
    expect<string>(written()).toBe("");
    // No room: nothing is written anywhere.
    sa.nattVersion = Natt.RFC;
    memory.fill(buffer, 0xee, 64);
    w.begin(buffer, 23);
    natt.emitNatD(w, sa);
    expect<bool>(w.overflow && load<u64>(buffer + 8) == 0xeeeeeeeeeeeeeeee).toBe(true);
  });

  it("finds a NAT before us by the first, before the peer by all others (RFC 3947, 3.2)", () => {
    sa.peerPort = 4501;
    for (let version: u32 = 1; version < 3; version++) {
      const type: u32 = version == Natt.RFC ? 20 : 130;
      for (let which: u32 = 0; which < 16; which++) {
        payloads.clear();
        sa.nattVersion = version;
        hash(0, which & 1 ? ALPHA : ALPHA + 1, which & 8 ? 501 : 500, type);
        hash(1, BETA + 7, 4501, type);
        hash(2, which & 2 ? BETA : BETA + 1, which & 4 ? 4502 : 4501, type);
        hash(3, BETA + 8, 4501, type);
        natt.detect(sa, payloads);
        expect<bool>(sa.localNat).toBe((which & 9) != 1);
        expect<bool>(sa.peerNat).toBe((which & 6) != 2);
        expect<u32>(sa.nattVersion).toBe(version);
      }
      // The last of them counts, and the first of those for the peer; the one for us does not.
      payloads.clear();
      hash(0, ALPHA, 500, type);
      hash(1, BETA, 4501, type);
      natt.detect(sa, payloads);
      expect<u32>(nats()).toBe(0);
      payloads.clear();
      hash(0, BETA, 4501, type);
      hash(1, ALPHA, 500, type);
      natt.detect(sa, payloads);
      expect<u32>(nats()).toBe(3);
    }
  });

  it("is as long as the hash, each one for itself", () => {
    for (let short: u32 = 0; short < 2; short++) {
      payloads.clear();
      sa.nattVersion = Natt.RFC;
      natdHash(sa.hash, sa.CKY_I, sa.CKY_R, ALPHA, 500, hashes);
      natdHash(sa.hash, sa.CKY_I, sa.CKY_R, BETA, 500, hashes + 20);
      payloads.add(20, hashes, 20 - short);
      payloads.add(20, hashes + 20, 19 + short);
      natt.detect(sa, payloads);
      expect<u32>(nats()).toBe(1 + short);
    }
  });

  it("a peer that sends one or none, or the other words' number, does without; so does one that has not said it can", () => {
    for (let n: u32 = 0; n < 2; n++) {
      payloads.clear();
      sa.nattVersion = Natt.RFC;
      if (n) hash(0, ALPHA + 1, 500);
      hash(2, ALPHA + 1, 500, 130);
      hash(3, BETA + 1, 500, 130);
      natt.detect(sa, payloads);
      expect<u32>(sa.nattVersion).toBe(Natt.NONE);
      expect<u32>(nats()).toBe(0);
    }
    payloads.clear();
    hash(0, ALPHA + 1, 500);
    hash(1, BETA + 1, 500);
    natt.detect(sa, payloads);
    expect<u32>(sa.nattVersion).toBe(Natt.NONE);
    expect<u32>(nats()).toBe(0);
  });

  it("of a message that may have floated: hashes of either ports are good, each side for itself", () => {
    for (let which: u32 = 0; which < 9; which++) {
      const own = which % 3;
      const theirs = which / 3;
      payloads.clear();
      sa.nattVersion = Natt.RFC;
      sa.localPort = sa.peerPort = 500;
      hash(0, ALPHA, own == 0 ? 500 : own == 1 ? 4500 : 77);
      hash(1, BETA, theirs == 0 ? 500 : theirs == 1 ? 4501 : 77);
      natt.detectFloated(sa, payloads, 4500, 4501);
      expect<bool>(sa.localNat).toBe(own == 2);
      expect<bool>(sa.peerNat).toBe(theirs == 2);
    }
  });
});

/** The SA's peer says these; what is kept: its own address, ours. */
function said(initiator: bool, type: u32, n: u32): string {
  const ex = exchangeOf(sa, 32, State.QUICK_I1, initiator);
  payloads.clear();
  for (let i: u32 = 0; i < n; i++) {
    const p = buffer + <usize>(i << 3);
    put32(p, 0x01000000);
    put32(p + 4, 0xaaaa0000 + i);
    payloads.add(type, p, 8);
  }
  ex.peerOriginal = ex.localOriginal = 1;
  natt.takeNatOa(ex, payloads);
  return (ex.peerOriginal & 0xff).toString() + (ex.peerOriginal ? "!" : "-") + (ex.localOriginal & 0xff).toString() + (ex.localOriginal ? "!" : "-");
}

describe("NAT-OA", () => {
  it("names the initiator's address, then the responder's (RFC 3947, 5.2)", () => {
    for (let role = 0; role < 4; role++) {
      const ex = exchangeOf(sa, 32, State.QUICK_I1, (role & 1) != 0);
      ex.selector.localFirst = ALPHA;
      ex.selector.remoteFirst = BETA;
      sa.nattVersion = role & 2 ? Natt.DRAFT : Natt.RFC;
      fresh();
      w.payload(10);
      natt.emitNatOa(w, ex);
      const type = role & 2 ? "83" : "15";
      const mine = "000c01000000c0000201";
      const theirs = "000c01000000c0000202";
      expect<string>(written()).toBe(type + "000004" + type + "00" + (role & 1 ? mine : theirs) + "0000" + (role & 1 ? theirs : mine));
    }
  });

  it("is kept: the peer's own address and ours; of one alone, the sender's", () => {
    sa.nattVersion = Natt.RFC;
    expect<string>(said(true, 21, 2)).toBe("1!0!");
    expect<string>(said(false, 21, 2)).toBe("0!1!");
    expect<string>(said(true, 21, 1)).toBe("0!0-");
    expect<string>(said(false, 21, 1)).toBe("0!0-");
    expect<string>(said(true, 21, 0)).toBe("0-0-");
    expect<string>(said(true, 131, 2)).toBe("0-0-");
    sa.nattVersion = Natt.DRAFT;
    expect<string>(said(true, 131, 2)).toBe("1!0!");
    expect<string>(said(false, 131, 1)).toBe("0!0-");
    expect<string>(said(false, 21, 2)).toBe("0-0-");
  });
});

describe("where the peer is", () => {
  it("the initiator floats to 4500 if there is a NAT, once", () => {
    whereabouts.float(sa);
    at(BETA, 500, 500);
    sa.localNat = true;
    whereabouts.float(sa);
    at(BETA, 4500, 4500);
    // Floated already: the peer's port is as it was seen.
    sa.peerPort = 1024;
    whereabouts.float(sa);
    at(BETA, 1024, 4500);
    sa.localPort = sa.peerPort = 500;
    sa.localNat = false;
    sa.peerNat = true;
    whereabouts.float(sa);
    at(BETA, 4500, 4500);
  });

  it("before authentication only the ports follow", () => {
    whereabouts.followPort(sa, came(BETA + 1, 1024, 4500));
    at(BETA, 1024, 4500);
  });

  it("after it address and ports follow, if there is a NAT", () => {
    expect<bool>(whereabouts.follow(sa, came(BETA + 1, 1024, 500))).toBe(false);
    at(BETA, 500, 500);
    sa.peerNat = true;
    expect<bool>(whereabouts.follow(sa, came(BETA, 1024, 500))).toBe(true);
    at(BETA, 1024, 500);
    sa.peerNat = false;
    expect<bool>(whereabouts.follow(sa, came(BETA + 1, 1025, 4500))).toBe(false);
    at(BETA, 1024, 500);
    sa.peerNat = true;
    expect<bool>(whereabouts.follow(sa, came(BETA + 1, 1025, 4500))).toBe(true);
    at(BETA + 1, 1025, 4500);
    expect<bool>(whereabouts.follow(sa, came(BETA + 1, 1025, 4500))).toBe(false);
    // What comes late from before the floating moves nothing.
    expect<bool>(whereabouts.follow(sa, came(BETA, 500, 500))).toBe(false);
    at(BETA + 1, 1025, 4500);
    expect<bool>(whereabouts.follow(sa, came(BETA, 1025, 4500))).toBe(true);
    at(BETA, 1025, 4500);
    expect<bool>(whereabouts.follow(sa, came(BETA, 1026, 4500))).toBe(true);
    at(BETA, 1026, 4500);
  });

  it("who is behind a NAT sends keepalives every twenty seconds (RFC 3948, 4)", () => {
    sa.peerNat = true;
    isakmpSa.alarms.clear();
    whereabouts.armKeepalive(sa);
    expect<u64>(sa.keepaliveAt).toBe(NEVER);
    expect<u64>(isakmpSa.alarms.deadline.at).toBe(NEVER);
    sa.localNat = true;
    whereabouts.armKeepalive(sa);
    expect<u64>(sa.keepaliveAt).toBe(clock.now() + 20000);
    expect<u64>(isakmpSa.alarms.deadline.at).toBe(clock.now() + 20000);
  });
});
