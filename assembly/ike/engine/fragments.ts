/**
 * A fragment of a message: whose it is, and the message when it is whole. What the message says is looked at as if it had come in one
 * datagram; so that its repetition, whole or in fragments, is known for what it is.
 */
import { ISAKMP_JOINED_LARGE_LEFT } from "../../limits";
import * as offer from "../../sadb/policies/offer";
import { Packet } from "../../util/packet";
import * as packets from "../../util/packet";
import { Drop } from "../../util/status";
import * as fragment from "../../wire/fragment";
import { ExchangeType, Payload } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import { dropOf } from "../../wire/malformed";
import { KEPT } from "../modes/verdict";
import * as trace from "../report/trace";
import * as fragmentation from "../settings/fragmentation";
import * as profiles from "../settings/profile";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { Claim, Joining } from "../state/joinings";
import * as joinings from "../state/joinings";
import { Stat } from "../state/stats";
import * as stats from "../state/stats";
import * as strangers from "../state/strangers";
import { Redeemed } from "./cookies";
import * as cookies from "./cookies";

/** The whole message that a fragment was the last of, for who asks at once. */
let whole: Packet | null = null;

/** The message that became whole with the fragment that `take` has just taken over. It is the caller's. */
export function next(): Packet | null {
  const packet = whole;
  whole = null;
  return packet;
}

/** Takes a fragment. KEPT, and the packet is freed; or why not. Nobody is told: what is wrong anybody may have sent. */
export function take(packet: Packet): u32 {
  if (!fragmentation.enabled) return Drop.IKE_FRAGMENT_OFF;
  const bad = fragment.check(packet.ptr, packet.len);
  if (bad) return dropOf(bad);
  const sa = saOf(packet);
  const refused = sa ? refusalUnder(sa, packet) : refusalOfFirst(packet);
  if (refused) return <u32>refused;
  const joining = sa ? joinings.joiningOf(packet, claimUnder(sa), ownerOf(sa), sa.number) : joinings.joiningOf(packet, claimOfFirst(packet), packet.src, 0);
  if (!joining) return Drop.IKE_FRAGMENT_ROOM;
  trace.fragment(sa ? sa.number : 0, packet);
  const reason = joinings.add(joining, packet);
  if (reason) return <u32>reason;
  if (joining.whole) {
    const cannot = join(joining, packet);
    if (cannot) return <u32>cannot;
  }
  packets.free(packet);
  return KEPT;
}

/** The SA whose cookies a fragment has. The answer to our first message brings the responder's. */
function saOf(packet: Packet): IsakmpSa | null {
  const p = packet.ptr;
  const CKY_I = isakmp.CKY_I(p);
  const CKY_R = isakmp.CKY_R(p);
  if (isakmp.cookieIsZero(CKY_R)) return null;
  const sa = isakmpSa.byCookies(CKY_I, CKY_R);
  if (sa || !isPhase1(p)) return sa;
  const begun = isakmpSa.byInitiatorCookie(CKY_I, packet.src, true);
  return begun && isakmp.cookieIsZero(begun.CKY_R) ? begun : null;
}

function isPhase1(p: usize): bool {
  return isakmp.exchangeType(p) == ExchangeType.IDENTITY_PROTECTION || isakmp.exchangeType(p) == ExchangeType.AGGRESSIVE;
}

/** Before the proof the address stays. After it a mapping may have moved, but who speaks from where the peer is goes first. */
function refusalUnder(sa: IsakmpSa, packet: Packet): Drop {
  if (packet.src == sa.peerAddress) return Drop.NONE;
  if (sa.phase == Phase.NEGOTIATING) return Drop.IKE_COOKIE;
  const other = joinings.ofSa(sa.number);
  return other && other.src == sa.peerAddress ? Drop.IKE_COOKIE : Drop.NONE;
}

/** A first message is kept for whom its exchange would be begun with; a third one for whom our cookie has been sent to. */
function refusalOfFirst(packet: Packet): Drop {
  const p = packet.ptr;
  if (!isPhase1(p) || isakmp.M_ID(p)) return Drop.IKE_COOKIE;
  if (isakmp.exchangeType(p) == ExchangeType.AGGRESSIVE) {
    if (!isakmp.cookieIsZero(isakmp.CKY_R(p))) return Drop.IKE_COOKIE;
    return profiles.aggressiveAllowed() ? Drop.NONE : Drop.IKE_AGGRESSIVE;
  }
  if (!offer.knowsPeer(packet.src, packet.dst)) return Drop.IKE_NO_KEY;
  return isakmp.cookieIsZero(isakmp.CKY_R(p)) || redeemed(packet) ? Drop.NONE : Drop.IKE_COOKIE;
}

function redeemed(packet: Packet): bool {
  const p = packet.ptr;
  return cookies.redeem(isakmp.CKY_R(p), isakmp.CKY_I(p), packet.src, packet.dst, packet.srcPort, packet.dstPort) != Redeemed.NOT_OURS;
}

function claimUnder(sa: IsakmpSa): Claim {
  return sa.phase == Phase.NEGOTIATING && !sa.initiator ? Claim.COOKIE : Claim.SA;
}

function claimOfFirst(packet: Packet): Claim {
  if (!isakmp.cookieIsZero(isakmp.CKY_R(packet.ptr))) return Claim.COOKIE;
  return isakmpSa.livesAt(packet.src) || strangers.wasHere(packet.src) ? Claim.KNOWN : Claim.NONE;
}

function ownerOf(sa: IsakmpSa): u32 {
  const peer = sa.peer;
  return peer ? peer.number : sa.peerAddress;
}

/**
 * All fragments have come: the message, in a buffer of its own, which is for `next`. Large buffers are left to others, so that messages
 * that wait to be computed on don't take the last. Drop.NONE, or why not; without a buffer the fragments stay until one comes again.
 */
function join(joining: Joining, packet: Packet): Drop {
  const len = joining.octets;
  const leave = joining.claim == <u32>Claim.SA ? ISAKMP_JOINED_LARGE_LEFT : 2 * ISAKMP_JOINED_LARGE_LEFT;
  const joined = len <= packets.SMALL_CAPACITY ? packets.alloc() : packets.largeLeft() > leave ? packets.allocLarge() : null;
  if (!joined) return Drop.NO_BUFFER;
  joinings.join(joining, joined.ptr);
  const p = joined.ptr;
  const q = packet.ptr;
  // Its cookies are what its fragments were taken for; all else it says itself.
  const same = len >= isakmp.HEADER_LENGTH && isakmp.messageLength(p) == len && memory.compare(isakmp.CKY_I(p), isakmp.CKY_I(q), 2 * isakmp.COOKIE_LENGTH) == 0
    && isakmp.nextPayload(p) != Payload.FRAGMENT;
  if (!same) {
    packets.free(joined);
    joinings.forget(joining);
    return Drop.IKE_FRAGMENT;
  }
  joined.len = len;
  joined.port = packet.port;
  joined.spi = packet.spi;
  joined.depth = packet.depth;
  joined.src = packet.src;
  joined.dst = packet.dst;
  joined.srcPort = packet.srcPort;
  joined.dstPort = packet.dstPort;
  joined.protocol = packet.protocol;
  stats.count(Stat.JOINED);
  whole = joined;
  return Drop.NONE;
}
