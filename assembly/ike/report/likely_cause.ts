/**
 * What usually lies behind a failed attempt: from what came back, or did not, to routing, link, firewall, NAT, port; from
 * a peer's notify to the lines of configuration that it is about.
 */
import { Text } from "../../util/text";
import { Notify } from "../../wire/ike_numbers";
import { NATT_PORT } from "../../wire/natt";
import { State } from "../state/exchange";
import { Attempt, Sign } from "./last_attempt";
import { Notice } from "./notice";

/** Types and codes of ICMP (RFC 792, RFC 1812) as `Attempt.icmp` holds them. */
const UNREACHABLE: u32 = 3 << 8;
const PORT_UNREACHABLE: u32 = UNREACHABLE | 3;

function icmpName(icmp: u32): string {
  switch (icmp) {
    case UNREACHABLE: return "network unreachable";
    case UNREACHABLE | 1: return "host unreachable";
    case UNREACHABLE | 2: return "protocol unreachable";
    case PORT_UNREACHABLE: return "port unreachable";
    case UNREACHABLE | 4: return "fragmentation needed";
    case UNREACHABLE | 9:
    case UNREACHABLE | 10:
    case UNREACHABLE | 13: return "administratively prohibited";
    default: return icmp >>> 8 == 11 ? "time exceeded" : "unreachable";
  }
}

function has(a: Attempt, sign: Sign): bool {
  return (a.signs & <u32>sign) != 0;
}

/** What came from a peer's address, in one line. */
export function putCame(t: Text, a: Attempt): Text {
  const before = t.len;
  if (a.heard) t.u32(a.heard).put(a.heard == 1 ? " ISAKMP message" : " ISAKMP messages");
  if (has(a, Sign.ICMP)) next(t, before).put("ICMP ").put(icmpName(a.icmp)).put(" from ").ip(a.icmpFrom);
  if (has(a, Sign.OTHER_PORT)) next(t, before).put("UDP from port ").u32(a.ports >>> 16).put(" to port ").u32(a.ports & 0xffff);
  if (has(a, Sign.ESP)) next(t, before).put("ESP that no SA is for");
  if (has(a, Sign.OTHER)) next(t, before).put("other packets");
  if (t.len == before) t.put("nothing at all");
  if (has(a, Sign.NO_ROUTE)) t.put(", and there is no route to it");
  else if (has(a, Sign.NO_ARP)) t.put(", and its next hop ").ip(a.nextHop).put(" does not answer ARP");
  return t;
}

function next(t: Text, before: u32): Text {
  return t.len == before ? t : t.put(", ");
}

/** What is the likely cause. */
export function putLikely(t: Text, a: Attempt): Text {
  switch (a.kind) {
    case 0: return t.put("no fault");
    case Notice.NO_KEY: return t.put("the key is missing, or the peer has another address than was thought");
    case Notice.UNKNOWN_PEER: return t.put("it has another address than configured (set peer; NAT?), or the crypto map is on no interface");
    case Notice.WRONG_KEY:
    case Notice.WRONG_HASH: return t.put("the pre-shared keys of both sides differ");
    case Notice.PHASE1_PROPOSAL: return t.put("both sides need one 'crypto isakmp policy' in common");
    case Notice.PHASE2_PROPOSAL: return t.put("both sides need one transform set and the same PFS");
    case Notice.SELECTORS: return t.put("the access lists (match address) must be mirror images of each other");
    case Notice.CERTIFICATE: return t.put("the peer's certificate, or what is configured about it here (crypto pki trustpoint, crypto isakmp profile, clock)");
    case Notice.WRONG_SIGNATURE: return t.put("the peer signs with another key than its certificate has, or than is known here (crypto key pubkey-chain rsa)");
    case Notice.POLICY_GONE: return t.put("the configuration changed meanwhile; the next attempt goes by what there is now");
    case Notice.IDENTITY: return t.put("the peer's 'crypto isakmp identity', or the key that it is given here");
    case Notice.PEER_SAYS: return putMeaning(t, a.notify, a.phase == 2);
    case Notice.AH_BEHIND_NAT: return t.put("the transform sets: ESP passes a NAT, AH does not");
    case Notice.PRIVATE_ALONE: return t.put("the transform sets: esp-chacha20-poly1305 is for Posterns on both sides");
    case Notice.NO_PROFILE: return t.put("a name that is misspelt (set isakmp-profile, crypto isakmp profile)");
    case Notice.NO_AGGRESSIVE: return t.put("no profile has its name (match identity), or that profile lacks 'mode aggressive'");
    case Notice.DEAD_PEER: return t.put("it was restarted or is down, or the path to it is cut");
    case Notice.VERSION: return t.put("the peer has to be set to IKEv1");
    case Notice.PAYLOADS: return t.put("the peer authenticates in another way than by a pre-shared key, or adds what only its own kind knows");
    case Notice.TRANSACTION: return t.put("the peer is set up for remote access: XAUTH and Mode Config have to be off there for this router");
    case Notice.DROPPED: return t.put("a fault of the peer's, or damage on the way (show counters)");
    case Notice.KEY_EXCHANGE: return t.put("a fault of the peer's, or an attack");
    case Notice.STOPPED: return putStopped(t, a);
    case Notice.NO_ANSWER: return putSilence(t, a);
    default: return t.put("this router lacks the means");
  }
}

function putPort(t: Text, port: u32): Text {
  return t.put("UDP port ").u32(port);
}

function putSilence(t: Text, a: Attempt): Text {
  if (has(a, Sign.NO_ROUTE)) return t.put("routing: this router has no route to it (ip route)");
  if (has(a, Sign.NO_ARP)) return t.put("the link: ").ip(a.nextHop).put(" is not there (show ip arp, ip route)");
  if (has(a, Sign.ICMP)) {
    if (a.icmp == PORT_UNREACHABLE) return putPort(t.put("no IKE there: nothing listens on "), a.port);
    if (a.icmp == (UNREACHABLE | 9) || a.icmp == (UNREACHABLE | 10) || a.icmp == (UNREACHABLE | 13)) {
      return putPort(t.put("a firewall: ").ip(a.icmpFrom).put(" forbids "), a.port);
    }
    return t.put("routing: ").ip(a.icmpFrom).put(" does not reach it");
  }
  if (a.heard) {
    if (a.port == NATT_PORT) return t.put("a firewall or a NAT: UDP port 500 passes, UDP port 4500 does not");
    if (a.phase == 2) return t.put("it has lost phase 1 (restarted?), or drops what it cannot agree to without a word");
    if (a.state == <u8>State.MAIN_I3) return t.put("the pre-shared keys differ, or it does not accept our identity, and says nothing");
    return t.put("messages are lost on the way, or it gave up without a word: its log says why");
  }
  if (has(a, Sign.OTHER_PORT)) return t.put("a wrong port: it, or a NAT before it, does not use UDP port 500");
  if (has(a, Sign.ESP | Sign.OTHER)) return putPort(t.put("a firewall that drops "), a.port).put(", or no IKE there: the address itself is alive");
  // Nobody who knows better answers a name that he does not know.
  if (a.state == <u8>State.AGGR_I1) t.put("it has no profile for our name, or ");
  return putPort(t.put("a firewall that drops "), a.port).put(", a NAT that does not forward it, a wrong address (set peer), or a peer that is down");
}

function putStopped(t: Text, a: Attempt): Text {
  if (a.state == <u8>State.AGGR_R1) return t.put("the pre-shared keys differ, or our answer does not reach it (routing, firewall, NAT)");
  if (a.state == <u8>State.MAIN_R1) return t.put("our answers do not reach it (routing, firewall, NAT), or it refuses them");
  return t.put("UDP port 4500 does not pass (firewall, NAT), or it refuses our answer");
}

/** What a peer's notify usually means. */
export function putMeaning(t: Text, notify: u32, phase2: bool): Text {
  switch (notify) {
    case Notify.NO_PROPOSAL_CHOSEN:
      return t.put(phase2 ? "its transform sets or its PFS differ from ours" : "its isakmp policies differ from ours, or it has no key for us");
    case Notify.INVALID_ID_INFORMATION:
      return t.put(phase2 ? "its access list is no mirror image of ours" : "it does not accept our identity (crypto isakmp identity)");
    case Notify.PAYLOAD_MALFORMED:
    case Notify.INVALID_PAYLOAD_TYPE:
    case Notify.INVALID_HASH_INFORMATION: return t.put("the pre-shared keys differ");
    case Notify.AUTHENTICATION_FAILED: return t.put("the pre-shared keys differ, or it refuses our certificate or signature: its log says why");
    case Notify.INVALID_CERT_AUTHORITY: return t.put("it does not know the authority of our certificate, or an intermediate is missing (crypto pki import)");
    case Notify.INVALID_CERTIFICATE:
    case Notify.INVALID_CERT_ENCODING:
    case Notify.CERT_TYPE_UNSUPPORTED: return t.put("it does not take our certificate: its log says why");
    case Notify.INVALID_SIGNATURE: return t.put("it has another key for us than we sign with");
    case Notify.INVALID_COOKIE: return t.put("it has forgotten this phase 1: it was restarted");
    case Notify.INVALID_SPI: return t.put("it has no such SA any more: it was restarted, or its lifetime is shorter");
    case Notify.INVALID_MAJOR_VERSION:
    case Notify.INVALID_MINOR_VERSION: return t.put("it speaks another version (IKEv2?) than IKEv1");
    case Notify.INVALID_EXCHANGE_TYPE:
    case Notify.UNSUPPORTED_EXCHANGE_TYPE: return t.put("it does not take this mode of phase 1");
    case Notify.INVALID_KEY_INFORMATION: return t.put("it wants another group, or PFS where we have none");
    case Notify.INVALID_PROTOCOL_ID:
    case Notify.INVALID_TRANSFORM_ID:
    case Notify.ATTRIBUTES_NOT_SUPPORTED:
    case Notify.BAD_PROPOSAL_SYNTAX: return t.put("it does not know what we propose: offer it less");
    default: return t.put("nothing that is known here: its log says more");
  }
}
