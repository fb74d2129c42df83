/**
 * What people read of IKE's failures: one plain sentence each, which names the configuration line that decides, and a
 * `refused` event. The sentence is kept for `show crypto isakmp diagnose` (lastAttempt.ts). A peer can cause them, so that the
 * same sentence about the same peer comes to the console once in thirty seconds; with `debug crypto isakmp`, each time.
 */
import { DYNAMIC_PER_PEER, DYNAMIC_POLICIES } from "../../limits";
import { namesPeer } from "../../sadb/policies/offer";
import * as spd from "../../sadb/policies/spd";
import { Action, CryptoMapEntry } from "../../sadb/settings/crypto_map";
import { Selector } from "../../sadb/terms/selector";
import { get32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import { Drop, dropName } from "../../util/status";
import { Text } from "../../util/text";
import { Warning } from "../../pki/attempt";
import { Certificate } from "../../pki/certificate";
import * as certificates from "../../pki/identity";
import * as names from "../../pki/name";
import * as refusals from "../../pki/refusal";
import { encodingName } from "../../wire/certificate";
import { authMethodName, isSignature, notifyName, payloadName } from "../../wire/ike_numbers";
import { IdType, idTypeName } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import { putEntry, putNearest } from "../offer/mismatch";
import { userMethod } from "../offer/phase1_proposal";
import { Exchange, State } from "../state/exchange";
import { IsakmpSa, putPeerId } from "../state/isakmp_sa";
import { Peer } from "../state/peer";
import { Outcome } from "./last_attempt";
import * as lastAttempt from "./last_attempt";
import { putCame, putLikely, putMeaning } from "./likely_cause";
import { Notice } from "./notice";

const QUIET: u64 = 30000;
const ENTRIES: u32 = 32;
// An entry: u64 when, u32 kind, u32 peer.
const table: usize = memory.data(32 * 16, 8);
let nextEntry: u32 = 0;
/** Octets of a peer's identity that are said. */
const IDENTITY_SAID: u32 = 48;
/** Entries of crypto maps whose selectors are said. */
const SELECTORS_SAID: u32 = 3;

export function init(): void {
  memory.fill(table, 0, <usize>(ENTRIES * 16));
  nextEntry = 0;
}

/** Whether this may be said now; remembers that it was. */
function due(kind: Notice, peer: u32): bool {
  const now = clock.now();
  for (let i: u32 = 0; i < ENTRIES; i++) {
    const e = table + <usize>(i * 16);
    if (load<u32>(e, 8) != <u32>kind || load<u32>(e, 12) != peer) continue;
    if (now - load<u64>(e) < QUIET) return false;
    store<u64>(e, now);
    return true;
  }
  const oldest = table + <usize>(nextEntry * 16);
  // A flood from many addresses must not flood the console: the table turns over at most once in the quiet time.
  if (load<u64>(oldest) && now - load<u64>(oldest) < QUIET) return false;
  store<u64>(oldest, now);
  store<u32>(oldest, <u32>kind, 8);
  store<u32>(oldest, peer, 12);
  nextEntry = (nextEntry + 1) % ENTRIES;
  return true;
}

// The notice that is being written.
let saying: bool = false;
let about: u32 = 0;
let what: Notice = Notice.NO_KEY;

/** Begins a sentence about a peer, in `lastAttempt.text`. False: neither the console nor the record wants it. */
function begin(kind: Notice, peer: u32, key: u32): bool {
  saying = due(kind, key);
  about = peer;
  what = kind;
  lastAttempt.text.clear();
  return saying || log.debugIsakmp || lastAttempt.wants(peer, kind);
}

function subject(): Text {
  return lastAttempt.text.ip(about);
}

/** Begins the event of the notice; its detail may follow. */
function refused(where: string, reason: string): Text {
  return log.event("refused").put(" where=").put(where).put(" peer=").ip(about).put(" reason=").put(reason).put(" detail=");
}

/** What a peer calls itself: the type, and what it is. */
function putIdentity(t: Text, type: u32, data: usize, len: u32): Text {
  t.put(idTypeName(type)).char(32);
  if (type == IdType.IPV4_ADDR && len == 4) return t.ip(get32(data));
  if (type == IdType.DER_ASN1_DN && names.check(data, len)) names.write(t.char(34), data, len, IDENTITY_SAID);
  else t.char(34).escaped(data, min<u32>(len, IDENTITY_SAID));
  return t.char(34);
}

function event(where: string, reason: string): void {
  if (!saying) return;
  refused(where, reason).char(45);
  log.eventEnd();
}

/** Ends the sentence: keeps it, and says it if it is due. Null: it is not; else more may follow, and `log.end`. */
function keep(tag: string, outcome: Outcome, notify: u32): Text | null {
  lastAttempt.failed(about, what, outcome, notify);
  return say(tag);
}

function say(tag: string): Text | null {
  if (!saying && !log.debugIsakmp) return null;
  const t = lastAttempt.text;
  return (saying ? log.message(tag) : log.debug("ISAKMP:(0):")).ascii(t.base, t.len);
}

function end(tag: string): void {
  if (keep(tag, Outcome.REFUSED_HERE, 0)) log.end();
}

function putKeyLine(t: Text, peer: u32): Text {
  return t.put("crypto isakmp key ... address ").ip(peer);
}

export function noKey(peer: u32): void {
  if (!begin(Notice.NO_KEY, peer, peer)) return;
  event("phase1", "no-pre-shared-key");
  putKeyLine(lastAttempt.text.put("there is no pre-shared key for ").ip(peer).put(": it needs a line '"), peer).char(39);
  end("CRYPTO-4-IKE_NO_KEY");
}

/** There is no key of ours to sign with, or it came out wrong, or none that the peer could be known by. */
export function noSigningKey(peer: u32): void {
  if (!begin(Notice.NO_KEY, peer, peer)) return;
  event("phase1", "no-signing-key");
  lastAttempt.text.put("there is nothing to authenticate ").ip(peer).put(" with: signatures need a key of ours (crypto key generate rsa) and the peer's (crypto key pubkey-chain rsa)");
  end("CRYPTO-4-IKE_NO_KEY");
}

/** There is no key of ours that decrypts, or none of the peer's to encrypt by. */
export function noEncryptionKey(peer: u32): void {
  if (!begin(Notice.NO_KEY, peer, peer)) return;
  event("phase1", "no-encryption-key");
  lastAttempt.text.put("there is nothing to authenticate ").ip(peer).put(" with: RSA encryption needs a key of ours for encryption (crypto key generate rsa usage-keys) and the peer's (crypto key pubkey-chain rsa)");
  end("CRYPTO-4-IKE_NO_KEY");
}

/** @param generalSigns a general key is kept for signatures */
export function noDecryptionKey(peer: u32, generalSigns: bool): void {
  if (!begin(Notice.NO_KEY, peer, peer)) return;
  event("phase1", "no-decryption-key");
  const t = lastAttempt.text.put("what ").ip(peer).put(" has encrypted can't be read: there is no key of ours for encryption (crypto key generate rsa usage-keys)");
  if (generalSigns) t.put("; a general-purpose key signs while a policy has rsa-sig, and a key that signs never decrypts");
  end("CRYPTO-4-IKE_NO_KEY");
}

/** Its HASH(1) is of no key of ours. */
export function noSuchDecryptionKey(peer: u32): void {
  if (!begin(Notice.NO_KEY, peer, peer)) return;
  event("phase1", "no-such-decryption-key");
  subject().put(" has encrypted by a key that is none of ours for encryption: its HASH(1) is of another certificate");
  end("CRYPTO-4-IKE_NO_KEY");
}

/** Ours, for the peer's key. */
export function identityTooLong(peer: u32, len: u32): void {
  if (!begin(Notice.NO_KEY, peer, peer)) return;
  event("phase1", "identity-too-long");
  lastAttempt.text.put("our identity has ").u32(len).put(" octets, more than the RSA key of ").ip(peer).put(" encrypts");
  end("CRYPTO-4-IKE_NO_KEY");
}

/** RSA encryption: whatever was wrong, it is said in these words, or they would help to decrypt what is none of theirs. */
export function notProven(peer: u32): void {
  if (!begin(Notice.WRONG_HASH, peer, peer)) return;
  event("phase1", "authentication-failed");
  subject().put(" did not prove who it is by RSA encryption: its key, or ours that it has, or who it says it is differs from what is configured (crypto key pubkey-chain rsa)");
  end("CRYPTO-4-IKE_AUTHENTICATION");
}

/** Its signature can't be checked. @param type of what it calls itself */
export function noPeerKey(peer: u32, type: u32, data: usize, len: u32): void {
  if (!begin(Notice.WRONG_SIGNATURE, peer, peer)) return;
  event("phase1", "no-public-key");
  const t = putIdentity(subject().put(" calls itself "), type, data, len);
  t.put(", and its signature can't be checked: there is no public key of it (crypto key pubkey-chain rsa)");
  end("CRYPTO-4-IKE_AUTHENTICATION");
}

/** @param c the certificate whose key it should be of; null: it is one that is configured */
export function wrongSignature(peer: u32, c: Certificate | null): void {
  if (!begin(Notice.WRONG_SIGNATURE, peer, peer)) return;
  event("phase1", "authentication-failed");
  subject().put(" did not prove who it is, its signature is wrong: required is one by the key ");
  if (c) refusals.writeCertificate(lastAttempt.text.put("of its "), c);
  else lastAttempt.text.put("that is known here (crypto key pubkey-chain rsa)");
  end("CRYPTO-4-IKE_AUTHENTICATION");
}

/** @param why a sentence about its certificate (pki/refusal.ts) */
export function certificate(peer: u32, why: Text): void {
  if (!begin(Notice.CERTIFICATE, peer, peer)) return;
  event("phase1", "certificate-refused");
  subject().put(" did not prove who it is: ").ascii(why.base, why.len);
  end("CRYPTO-4-IKE_CERTIFICATE");
}

/** Nothing came that could be a certificate of its. @param encoding of what came in its place */
export function certificateEncoding(peer: u32, encoding: u32): void {
  if (!begin(Notice.CERTIFICATE, peer, peer)) return;
  event("phase1", "certificate-encoding");
  subject().put(" did not prove who it is: what it sent for a certificate has encoding ").u32(encoding).put(" (").put(encodingName(encoding))
    .put("), which is not taken; accepted are 4 (X.509 certificate, signature) and 1 (PKCS#7)");
  end("CRYPTO-4-IKE_CERTIFICATE");
}

/** Its certificate is good, but its key is of another kind than was agreed on. */
export function otherMethod(peer: u32, c: Certificate, method: u32): void {
  if (!begin(Notice.CERTIFICATE, peer, peer)) return;
  event("phase1", "certificate-refused");
  refusals.writeCertificate(subject().put(" did not prove who it is: "), c);
  lastAttempt.text.put(" has a key of another kind than was agreed on; accepted is one for ").put(authMethodName(method));
  end("CRYPTO-4-IKE_CERTIFICATE");
}

/** Its certificate is good, but does not bear what it calls itself. */
export function notBorne(peer: u32, type: u32, data: usize, len: u32, c: Certificate): void {
  if (!begin(Notice.CERTIFICATE, peer, peer)) return;
  event("phase1", "identity-not-in-certificate");
  const t = putIdentity(subject().put(" calls itself "), type, data, len);
  refusals.writeCertificate(t.put(", which its "), c);
  certificates.writeAll(t.put(" does not bear: accepted is one of "), c);
  end("CRYPTO-4-IKE_CERTIFICATE");
}

/** A certificate was accepted, with something to be said of it: bits of pki/attempt.Warning. */
export function certificateWarnings(peer: u32, c: Certificate, warnings: u32): void {
  if (!due(Notice.CERTIFICATE_WARNING, peer)) return;
  const t = log.message("CRYPTO-4-PKI_WARNING").ip(peer).put(" has proved who it is, but");
  if (warnings & Warning.SHA1) t.put(" a signature in the path of its certificate is over SHA-1;");
  if (warnings & Warning.SMALL_KEY) t.put(" a key in the path of its certificate has less than 2048 bits;");
  if (warnings & Warning.NO_CLOCK) t.put(" the dates of its certificate were not looked at;");
  if (warnings & Warning.NOT_LOOKED_UP) t.put(" no CRL says anything of its certificate;");
  refusals.writeCertificate(t.char(32), c);
  log.end();
}

/** @param entry names a profile that is not configured */
export function noProfile(peer: u32, entry: CryptoMapEntry): void {
  if (!begin(Notice.NO_PROFILE, peer, peer)) return;
  event("phase1", "no-such-profile");
  putEntry(lastAttempt.text, entry).put(" has 'set isakmp-profile ").ascii(entry.profile, entry.profileLen).put("', but there is no 'crypto isakmp profile ");
  lastAttempt.text.ascii(entry.profile, entry.profileLen).char(39);
  end("CRYPTO-4-IKE_NO_PROFILE");
}

/** A peer begins Aggressive Mode under a name that no profile of that mode matches: it gets no answer. */
export function noAggressive(peer: u32, type: u32, data: usize, len: u32): void {
  if (!begin(Notice.NO_AGGRESSIVE, peer, peer)) return;
  event("phase1", "aggressive-mode-unknown-identity");
  const t = putIdentity(subject().put(" asks for Aggressive Mode as "), type, data, len);
  t.put(", which no 'crypto isakmp profile' with 'mode aggressive' matches: it gets no answer");
  end("CRYPTO-4-IKE_NO_AGGRESSIVE");
}

/** A group of private use that cannot be used: ours, or one that a peer brought. */
export function group(peer: u32, id: u32, why: string, ours: bool): void {
  if (!begin(Notice.GROUP, peer, peer)) return;
  event(ours ? "phase2" : "informational", "group-refused");
  const t = subject();
  if (ours) t.put(": our crypto isakmp group ").u32(id);
  else t.put(" offers a group");
  if (!ours && id) t.put(" with number ").u32(id);
  t.put(" that is not usable: ").put(why);
  end("CRYPTO-4-IKE_GROUP");
}

export function unknownPeer(peer: u32): void {
  if (!begin(Notice.UNKNOWN_PEER, peer, peer)) return;
  event("phase1", "unknown-peer");
  subject().put(" asked for a negotiation, but no crypto map in use has 'set peer ").ip(peer).char(39);
  end("CRYPTO-4-IKE_UNKNOWN_PEER");
}

/** What came was decrypted to rubbish, or the peer says that ours was. */
export function wrongKey(peer: u32, ours: bool, notify: u32): void {
  if (!begin(Notice.WRONG_KEY, peer, peer)) return;
  event("phase1", "pre-shared-keys-differ");
  const t = lastAttempt.text;
  if (ours) t.put("the authentication of ").ip(peer).put(" cannot be read");
  else t.put("our authentication was not accepted by ").ip(peer).put(" (").put(notifyName(notify)).char(41);
  putKeyLine(t.put(": the pre-shared keys of both sides probably differ ("), peer).char(41);
  if (keep("CRYPTO-4-IKE_WRONG_KEY", ours ? Outcome.REFUSED_HERE : Outcome.REFUSED_THERE, notify)) log.end();
}

export function wrongHash(peer: u32): void {
  if (!begin(Notice.WRONG_HASH, peer, peer)) return;
  event("phase1", "authentication-failed");
  putKeyLine(subject().put(" did not prove who it is, its HASH is wrong: the pre-shared keys of both sides differ ("), peer).char(41);
  end("CRYPTO-4-IKE_AUTHENTICATION");
}

/** @param number of the message of phase 1, which the keys have opened @param type of the payload that is too much; 0: one is missing */
export function payloads(peer: u32, number: u32, type: u32): void {
  if (!begin(Notice.PAYLOADS, peer, peer)) return;
  event("phase1", type ? "payload-unexpected" : "payload-missing");
  const t = subject().put(" sent message ").u32(number).put(" of phase 1 ");
  if (type) t.put("with a payload of type ").u32(type).put(" (").put(payloadName(type)).put(") too much");
  else t.put("without all of what belongs into it");
  t.put(": it is not taken, though the keys of both sides are the same");
  end("CRYPTO-4-IKE_PAYLOADS");
}

/** The peer begins a Transaction exchange. */
export function transaction(peer: u32): void {
  if (!begin(Notice.TRANSACTION, peer, peer)) return;
  event("phase1", "xauth-or-mode-config");
  subject().put(" asks for XAUTH or Mode Config (a Transaction exchange), which this router does not do: it must be off there");
  end("CRYPTO-4-IKE_TRANSACTION");
}

/** @param type the ID's type @param data its data, of which `len` octets are there */
export function identity(sa: IsakmpSa, type: u32, data: usize, len: u32): void {
  if (!begin(Notice.IDENTITY, sa.configured, sa.configured)) return;
  const shown = min<u32>(len, IDENTITY_SAID);
  if (saying) {
    refused("phase1", "identity-refused").escaped(data, shown);
    log.eventEnd();
  }
  const t = putIdentity(subject().put(" calls itself "), type, data, len);
  if (sa.shownCertificate && isSignature(sa.authMethod)) t.put(", which its certificate bears, but no 'crypto isakmp profile' that may be taken is for that (match identity, match certificate)");
  else if (sa.profile) t.put(", which its isakmp profile does not match (match identity)");
  else if (type == IdType.IPV4_ADDR && len == 4) t.put(", but is known here as ").ip(sa.peerAddress).put(" (set peer)");
  else {
    if (type == IdType.FQDN || type == IdType.USER_FQDN || type == IdType.KEY_ID) {
      putKeyLine(t.put(", but that name's key (crypto isakmp key ... hostname) is not the one that it has shown ("), sa.configured).char(41);
    } else t.put(", which is no kind of identity that is taken here");
  }
  end("CRYPTO-4-IKE_IDENTITY");
}

/** No transform that we accept; the words are in the mismatches of the last choice. */
export function phase1Proposal(sa: IsakmpSa): void {
  if (!begin(Notice.PHASE1_PROPOSAL, sa.configured, sa.configured)) return;
  event("phase1", "no-proposal-chosen");
  putNearest(subject().put(sa.initiator ? " answered with what was not offered in phase 1" : " offered nothing for phase 1 that is configured here"));
  if (userMethod) lastAttempt.text.put("; it asks for ").put(authMethodName(userMethod)).put(", which this router does not do: XAUTH must be off there");
  end("CRYPTO-4-IKE_PROPOSAL");
}

export function phase2Proposal(sa: IsakmpSa, entry: CryptoMapEntry): void {
  if (!begin(Notice.PHASE2_PROPOSAL, sa.configured, sa.configured)) return;
  event("phase2", "no-proposal-chosen");
  putEntry(subject().put(sa.initiator ? " answered with no transform that was offered for " : " offered no transform that is configured for "), entry);
  putNearest(lastAttempt.text);
  end("CRYPTO-4-IPSEC_PROPOSAL");
}

/** Nothing can be proposed: every transform set of the entry has AH. */
export function ahBehindNat(peer: u32, entry: CryptoMapEntry): void {
  if (!begin(Notice.AH_BEHIND_NAT, peer, peer)) return;
  event("phase2", "ah-behind-nat");
  putEntry(subject().put(" is behind a NAT from here, which changes addresses that AH protects, and every transform set of "), entry)
    .put(" has AH: nothing is proposed; ESP alone would pass");
  end("CRYPTO-4-IPSEC_AH_NAT");
}

/** Nothing can be proposed: the transform sets of the entry have numbers that only ours know. */
export function privateAlone(peer: u32, entry: CryptoMapEntry): void {
  if (!begin(Notice.PRIVATE_ALONE, peer, peer)) return;
  event("phase2", "private-transform");
  putEntry(subject().put(" has not said that it is a Postern, and IKEv1 has no number for the ESP of the transform sets of "), entry)
    .put(": nothing is proposed; esp-gcm would do");
  end("CRYPTO-4-IPSEC_PRIVATE");
}

export function putRange(t: Text, first: u32, last: u32): Text {
  t.ip(first);
  const host = first ^ last;
  if (first == last) return t;
  if ((host & (host + 1)) == 0 && (first & host) == 0) return t.char(47).u32(popcnt(~host));
  return t.char(45).ip(last);
}

export function putSelector(t: Text, s: Selector): Text {
  putRange(t, s.localFirst, s.localLast);
  if (s.localPort) t.put(" port ").u32(s.localPort);
  putRange(t.put(" <-> "), s.remoteFirst, s.remoteLast);
  if (s.remotePort) t.put(" port ").u32(s.remotePort);
  if (s.protocol) t.put(" protocol ").u32(s.protocol);
  return t;
}

/** The peer proposes what another peer of the same dynamic map has, and has not shown that one's key. */
export function taken(sa: IsakmpSa, offered: Selector, holder: u32): void {
  if (!begin(Notice.SELECTORS, sa.configured, sa.configured)) return;
  event("phase2", "invalid-id-information");
  putSelector(subject().put(" wants to protect "), offered).put(" (here <-> there), which ").ip(holder).put(" has, by another key");
  end("CRYPTO-4-IPSEC_SELECTORS");
}

/** A peer has made as many policies of a dynamic map as it may, or all have. */
export function tooMany(sa: IsakmpSa, entry: CryptoMapEntry): void {
  if (!begin(Notice.POOL, sa.configured, sa.configured)) return;
  event("phase2", "too-many-policies");
  putEntry(subject().put(" wants one more policy of "), entry).put(", and has ").u32(DYNAMIC_PER_PEER)
    .put(" of them, or all peers have ").u32(DYNAMIC_POLICIES);
  end("CRYPTO-4-IKE_POOL");
}

/** A peer has come back from another address, or two share their flows: the newest has them. */
export function replaced(peer: u32, holder: u32, selector: Selector): void {
  putSelector(log.message("CRYPTO-5-IPSEC_REPLACED").ip(peer).put(" takes over from ").ip(holder).put(": "), selector);
  log.end();
}

/** A peer has proved itself elsewhere than before: it has moved, or two call themselves the same. */
export function peerMoved(sa: IsakmpSa, peer: Peer): void {
  const t = log.message("CRYPTO-6-ISAKMP_PEER_MOVED").put("peer ").u32(peer.number).put(" (");
  putPeerId(t, sa).put(") was at ").ip(peer.address).put(" port ").u32(peer.port).put(" and is at ").ip(sa.peerAddress).put(" port ").u32(sa.peerPort);
  t.put("; if these are two, they show the same key and name, and each replaces the other");
  log.end();
}

/** The peer's selectors fit none of our policies; seen from our side. */
export function selectors(sa: IsakmpSa, offered: Selector): void {
  if (!begin(Notice.SELECTORS, sa.configured, sa.configured)) return;
  if (saying) {
    const t = refused("phase2", "invalid-id-information");
    putRange(t, offered.localFirst, offered.localLast);
    putRange(t.put("<->"), offered.remoteFirst, offered.remoteLast);
    log.eventEnd();
  }
  putSelector(subject().put(" wants to protect "), offered).put(" (here <-> there), but with it ");
  putPermitted(lastAttempt.text, sa.configured);
  end("CRYPTO-4-IPSEC_SELECTORS");
}

/** A Quick Mode's policy went while it was under way. */
export function policyGone(sa: IsakmpSa): void {
  if (!begin(Notice.POLICY_GONE, sa.configured, sa.configured)) return;
  event("phase2", "policy-gone");
  lastAttempt.text.put("what was being negotiated with ").ip(sa.configured)
    .put(" was changed here meanwhile, or taken off its interface (crypto map): the negotiation is given up");
  end("CRYPTO-4-IPSEC_POLICY_GONE");
}

/** What each entry with a peer permits. */
function putPermitted(t: Text, peer: u32): void {
  let n: u32 = 0;
  let entry: CryptoMapEntry | null = null;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (!policy.isWith(peer) && (policy.action != <u8>Action.TEMPLATE || policy.isOpen)) continue;
    if (n++ >= SELECTORS_SAID) continue;
    if (policy.entry != entry) {
      entry = policy.entry;
      putEntry(n > 1 ? t.put("; ") : t, entry).put(" permits ");
      if (entry.listLen) t.put("by list ").ascii(entry.list, entry.listLen).char(32);
    } else t.put(", ");
    putSelector(t, policy.selector);
  }
  if (n == 0) t.put("no entry of a crypto map in use has anything to protect");
  else if (n > SELECTORS_SAID) t.put("; and ").u32(n - SELECTORS_SAID).put(" more (show crypto map)");
}

export function keyExchange(peer: u32): void {
  if (!begin(Notice.KEY_EXCHANGE, peer, peer)) return;
  event("phase1", "public-value-refused");
  subject().put(" sent a Diffie-Hellman value that is refused: of the wrong length, or one that would give the secret away");
  end("CRYPTO-4-IKE_KEY_EXCHANGE");
}

/** The peer's error notify, with the crypto map entry that it is about if there is one. */
export function peerSays(peer: u32, notify: u32, phase2: bool, isProtected: bool, entry: CryptoMapEntry | null): void {
  if (!begin(Notice.PEER_SAYS, peer, peer + notify)) return;
  const name = notifyName(notify);
  if (saying) {
    refused(phase2 ? "phase2" : "phase1", "notify-from-peer").put(name == "unknown notify" ? "unknown" : name);
    log.eventEnd();
  }
  const t = subject().put(" answers ").put(name).put(" (").u32(notify).char(41);
  if (!isProtected) t.put(", unprotected");
  if (entry) putEntry(t.put(", about "), entry);
  if (!keep("CRYPTO-4-IKE_NOTIFY", Outcome.REFUSED_THERE, notify)) return;
  putMeaning(log.current().put(": "), notify, phase2);
  log.end();
}

/** The peer has not answered R-U-THERE: what there was with it is gone. */
export function deadPeer(peer: u32, tries: u32, seconds: u32): void {
  if (!begin(Notice.DEAD_PEER, peer, peer)) return;
  event("informational", "dead-peer");
  subject().put(" is dead: it answered none of ").u32(tries).put(" R-U-THERE in ").u32(tries * seconds).put(" seconds; its SAs are removed (crypto isakmp keepalive)");
  if (keep("CRYPTO-4-IKE_DEAD_PEER", Outcome.SILENCE, 0)) log.end();
}

/** The peer does not answer an exchange of ours, which is about to be given up. */
export function noAnswer(ex: Exchange, exchange: string): void {
  const peer = ex.sa.configured;
  lastAttempt.stood(peer, ex.state);
  if (!begin(Notice.NO_ANSWER, peer, peer)) return;
  event("phase1", "no-answer");
  subject().put(" does not answer message ").u32(ex.sentNumber).put(" of ").put(exchange);
  const a = lastAttempt.find(peer);
  // What it has said meanwhile says more than its silence.
  const said = a ? a.kind != 0 : false;
  if (!(said ? say("CRYPTO-4-IKE_NO_ANSWER") : keep("CRYPTO-4-IKE_NO_ANSWER", Outcome.SILENCE, 0))) return;
  const t = log.current();
  if (a) {
    t.put(", sent ").u32(ex.tries + 1).put(" times in ").u64((clock.now() - a.began) / 1000).put(" seconds; came back: ");
    putLikely(putCame(t, a).put("; likely "), a);
  }
  log.end();
}

/** A peer that began an exchange has not gone on after our answer. */
export function stopped(ex: Exchange): void {
  const peer = ex.sa.configured;
  const a = lastAttempt.find(peer);
  const quick = ex.state == State.QUICK_R1;
  // Another attempt has begun meanwhile, or anybody at all has sent a first message.
  if (!a || a.initiator || a.phase != (quick ? 2 : 1) || a.outcome != <u8>Outcome.UNDER_WAY || !namesPeer(peer)) return;
  lastAttempt.stood(peer, ex.state);
  if (!begin(Notice.STOPPED, peer, peer)) return;
  event(quick ? "phase2" : "phase1", "peer-stopped");
  subject().put(" began, and has not gone on after our message ").u32(ex.sentNumber).put(quick ? " of Quick Mode" : " of phase 1");
  if (!keep("CRYPTO-4-IKE_STOPPED", Outcome.SILENCE, 0)) return;
  putLikely(log.current().put("; likely "), a);
  log.end();
}

/** A message was dropped: kept as the reason unless there is a better one; another version is said aloud. */
export function dropped(packet: Packet, reason: Drop): void {
  const peer = packet.src;
  switch (reason) {
    case Drop.IKE_VERSION:
      if (!begin(Notice.VERSION, peer, peer)) return;
      event("phase1", "other-version");
      subject().put(" speaks IKEv").u32(isakmp.version(packet.ptr) >>> 4).put(", this router IKEv1");
      end("CRYPTO-4-IKE_VERSION");
      return;
    case Drop.IKE_AGGRESSIVE:
      if (!begin(Notice.NO_AGGRESSIVE, peer, peer)) return;
      event("phase1", "aggressive-mode-not-allowed");
      subject().put(" asks for Aggressive Mode, which no 'crypto isakmp profile' with 'mode aggressive' allows");
      end("CRYPTO-4-IKE_NO_AGGRESSIVE");
      return;
    case Drop.IKE_DUPLICATE:
    case Drop.IKE_COOKIE:
    case Drop.IKE_UNEXPECTED_STATE:
    case Drop.IKE_UNPROTECTED_NOTIFY:
    case Drop.IKE_RATE_LIMIT: return;
  }
  const a = lastAttempt.find(peer);
  if (!a || a.kind || a.outcome > <u8>Outcome.PHASE1) return;
  lastAttempt.text.clear().put("a message of ").ip(peer).put(" was dropped: ").put(dropName(reason));
  lastAttempt.failed(peer, Notice.DROPPED, <Outcome>a.outcome, 0);
}

export function noEntropy(): void {
  if (!due(Notice.NO_ENTROPY, 0)) return;
  log.message("CRYPTO-2-NO_ENTROPY").put("the host gives no entropy: IKE does not run, and no tunnel comes up");
  log.end();
}

/** First messages are answered without state from now on. */
export function underLoad(halfOpen: u32): void {
  if (!due(Notice.LOAD, 0)) return;
  log.event("ike.load").put(" half_open=").u32(halfOpen);
  log.eventEnd();
  log.message("CRYPTO-4-IKE_LOAD").u32(halfOpen)
    .put(" negotiations are half open: first messages are answered without state until that is over (show crypto isakmp stats)");
  log.end();
}

export function pool(what: string): void {
  if (!due(Notice.POOL, 0)) return;
  log.message("CRYPTO-4-IKE_POOL").put("no room is left for one more ").put(what).put(" (show memory)");
  log.end();
}
