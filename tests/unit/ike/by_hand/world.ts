// What the specs of phase 2 and of phase 1's later life share: fresh rooms with a tunnel, ISAKMP SAs and pairs of IPsec SAs by
// hand, and what goes out, decrypted.
import { CipherAlg } from "../../../../assembly/crypto/cipher";
import { cipherById, hashById } from "../../../../assembly/crypto/registry";
import { establish, newSa } from "../../../../assembly/ike/engine/exchange_life";
import * as timers from "../../../../assembly/ike/engine/timers";
import * as ike from "../../../../assembly/ike/ike";
import * as message from "../../../../assembly/ike/message/message";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as pairs from "../../../../assembly/ike/state/pairs";
import { Peer } from "../../../../assembly/ike/state/peer";
import * as peers from "../../../../assembly/ike/state/peer";
import * as renewal from "../../../../assembly/ike/upkeep/renewal";
import * as succession from "../../../../assembly/ike/upkeep/succession";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import * as wanted from "../../../../assembly/ike/upkeep/wanted";
import * as dhGroup from "../../../../assembly/oakley/dh_group";
import * as pki from "../../../../assembly/pki/pki";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import * as spd from "../../../../assembly/sadb/policies/spd";
import { SA } from "../../../../assembly/sadb/sas/sa";
import { Action } from "../../../../assembly/sadb/settings/crypto_map";
import { get32, put32 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { Packet, free } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import * as isakmp from "../../../../assembly/wire/isakmp";
import { ALPHA, BETA, NET_A, NET_B, WILD_16, bind, entry, list, pair, parameters, permit, rooms, suite } from "../../sadb/world";

export const NET_C: u32 = 0x0a030000;
export const GAMMA: u32 = BETA + 1;
const DIGEST: usize = 20;
const key: usize = memory.data(16, 8);
const iv: usize = memory.data(16, 8);
const octets: usize = memory.data(4, 4);
/** The last message that `sent` has taken. */
const last: usize = memory.data(1024, 8);
let lastLen: u32 = 0;
let nextPeerSpi: u32 = 0;

/** 10.1/16 to 10.2/16, and to 10.3/16, through 192.0.2.2. */
export let policy: Policy = changetype<Policy>(0);
export let other: Policy = changetype<Policy>(0);

export function begin(): void {
  rooms();
  dhGroup.init();
  pki.init();
  ike.init();
  const vpn = list("VPN");
  permit(vpn, 0, NET_A, WILD_16, NET_B, WILD_16);
  permit(vpn, 0, NET_A, WILD_16, NET_C, WILD_16);
  entry("CM", 10, Action.PROTECT, "VPN", BETA);
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  expect<u32>(spd.orderedCount()).toBe(2);
  policy = spd.orderedAt(0);
  other = spd.orderedAt(1);
  nextPeerSpi = 0x20000000;
}

/** An ISAKMP SA under way, with keys: SHA-1, AES-128. */
export function negotiating(initiator: bool, peer: u32 = BETA): IsakmpSa {
  const sa = newSa(peer, ALPHA, initiator) as IsakmpSa;
  sa.hash = hashById(2)!;
  sa.cipher = cipherById(CipherAlg.AES)!;
  sa.cipher.setKey(sa.cipherCtx, key, 16);
  sa.keyed = true;
  sa.lifetimeSeconds = 3600;
  return sa;
}

/** One that is up. */
export function established(initiator: bool, peer: u32 = BETA): IsakmpSa {
  const sa = negotiating(initiator, peer);
  sa.phase = Phase.ESTABLISHED;
  sa.establishedAt = clock.now();
  sa.peer = peerAt(peer);
  return sa;
}

/** The Peer that stands for an address here: its number is the address. */
export function peerAt(address: u32): Peer {
  const known = peers.byNumber(address);
  if (known) return known;
  put32(octets, address);
  const peer = peers.make(0, 0, 1, octets, 4, 0) as Peer;
  peer.number = address;
  return peer;
}

export function exchangeOf(sa: IsakmpSa, type: u32, state: State, initiator: bool, M_ID: u32 = 1): Exchange {
  return exchange.take(sa, type, state, initiator, M_ID) as Exchange;
}

/** What a Quick Mode leaves: a pair under an SA. @param peerSpi 0: the next one */
export function up(sa: IsakmpSa, initiator: bool, its: Policy = policy, peerSpi: u32 = 0): SA {
  suite(its, 12, 128, 2);
  parameters.peerSpi = peerSpi ? peerSpi : ++nextPeerSpi;
  parameters.peerAddress = sa.peerAddress;
  return enter(sa, initiator, its, pair(its));
}

/** Enters a pair, which may be a bundle, as Quick Mode does at its end. */
export function enter(sa: IsakmpSa, initiator: bool, its: Policy, inbound: SA): SA {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, initiator);
  ex.policySlot = its.slot;
  ex.spi = inbound.spi;
  ex.peerSpi = (inbound.pair as SA).spi;
  ex.choice.espCipher = 12;
  const second = inbound.outer;
  if (second) {
    ex.ahSpi = second.spi;
    ex.choice.ahSpi = (second.pair as SA).spi;
  }
  ex.selector.copyFrom(its.selector);
  pairUp(ex, inbound);
  exchange.free(ex);
  return inbound;
}

/** What a Quick Mode does at its end: enters its pair, and has it settled which of several stays. */
export function pairUp(ex: Exchange, inbound: SA): void {
  pairs.enter(ex, inbound);
  renewal.settle(ex.spi);
}

/** Phase 1 is complete, as the engine and upkeep find it; the exchange stays. */
export function phase1Up(ex: Exchange): void {
  establish(ex);
  ex.sa.peer = peerAt(ex.sa.configured);
  succession.phase1IsUp(ex.sa, ex.type);
  wanted.phase1IsUp(ex.sa);
}

/** All time-outs that are due, with what follows; milliseconds until the next. */
export function timeOuts(): u32 {
  while (timers.timeOutNext()) upkeep.look();
  return exchange.deadline.remaining();
}

/** Takes everything that waits to be sent; the last of it can be looked at. How many messages there were. */
export function sent(): u32 {
  let n: u32 = 0;
  for (let packet = ike.nextOutput(); packet; packet = ike.nextOutput()) {
    lastLen = packet.len;
    memory.copy(last, packet.ptr, <usize>min<u32>(lastLen, 1024));
    free(packet);
    n++;
  }
  const sa = n && lastLen > 28 ? isakmpSa.byCookies(last, last + 8) : null;
  if (sa && (isakmp.flags(last) & 1) != 0) {
    message.startPhase2Iv(sa, isakmp.M_ID(last), iv);
    sa.cipher.cbcDecrypt(sa.cipherCtx, iv, last + 28, lastLen - 28);
  }
  return n;
}

/** The payload behind the HASH of the last message: its type, and a word of its body. */
export function payloadType(): u32 {
  return <u32>load<u8>(last + 28);
}

export function bodyWord(offset: usize): u32 {
  return get32(last + 28 + 4 + DIGEST + 4 + offset);
}

/** A Delete's protocol, how many SPIs it has, and one of them. */
export function deletedProtocol(): u32 {
  return bodyWord(4) >>> 24;
}

export function deletedCount(): u32 {
  return payloadType() == 12 ? bodyWord(4) & 0xffff : 0;
}

export function deletedSpi(i: u32): u32 {
  return bodyWord(8 + <usize>(i << 2));
}

/** Type of a notify. */
export function notified(): u32 {
  return payloadType() == 11 ? bodyWord(4) & 0xffff : 0;
}

/** Buffers that are left for a frame. */
export function left(): u32 {
  let n: u32 = 0;
  let list: Packet | null = null;
  for (let p = packets.allocReserved(); p; p = packets.allocReserved()) {
    p.next = list;
    list = p;
    n++;
  }
  while (list) {
    const next = list.next;
    packets.free(list);
    list = next;
  }
  return n;
}
