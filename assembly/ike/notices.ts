/**
 * What people read of IKE's failures: one plain sentence each, which names the configuration line that decides, and a
 * `refused` event. A peer can cause them, so that the same sentence about the same peer comes once in thirty seconds.
 */
import * as clock from "../util/clock";
import * as log from "../util/log";
import { Text } from "../util/text";
import { Notify, notifyName } from "../wire/ike_numbers";
import { IsakmpSa } from "./isakmp_sa";
import { mismatchCount, putMismatch } from "./proposal";
import { Selector } from "../sadb/selector";

export const enum Notice {
  NO_KEY = 1,
  UNKNOWN_PEER,
  WRONG_KEY,
  WRONG_HASH,
  PHASE1_PROPOSAL,
  PHASE2_PROPOSAL,
  SELECTORS,
  IDENTITY,
  PEER_SAYS,
  NO_ANSWER,
  NO_ENTROPY,
  POOL,
  KEY_EXCHANGE,
}

const QUIET: u64 = 30000;
const ENTRIES: u32 = 32;
// An entry: u64 when, u32 kind, u32 peer.
const table: usize = memory.data(32 * 16, 8);
let nextEntry: u32 = 0;
/** Mismatches that fit into one sentence. */
const MISMATCHES_SAID: u32 = 3;

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

function refused(where: string, peer: u32, reason: string): Text {
  return log.event("refused").put(" where=").put(where).put(" peer=").ip(peer).put(" reason=").put(reason).put(" detail=");
}

function refusedPlain(where: string, peer: u32, reason: string): void {
  refused(where, peer, reason).char(45);
  log.eventEnd();
}

export function noKey(peer: u32): void {
  if (!due(Notice.NO_KEY, peer)) return;
  refusedPlain("phase1", peer, "no-pre-shared-key");
  log.message("CRYPTO-4-IKE_NO_KEY").put("there is no pre-shared key for ").ip(peer)
    .put(": it needs a line 'crypto isakmp key ... address ").ip(peer).put("'");
  log.end();
}

export function unknownPeer(peer: u32): void {
  if (!due(Notice.UNKNOWN_PEER, peer)) return;
  refusedPlain("phase1", peer, "unknown-peer");
  log.message("CRYPTO-4-IKE_UNKNOWN_PEER").ip(peer).put(" asked for a negotiation, but no crypto map in use has 'set peer ").ip(peer).put("'");
  log.end();
}

/** What came was decrypted to rubbish, or the peer says that ours was. */
export function wrongKey(peer: u32, ours: bool): void {
  if (!due(Notice.WRONG_KEY, peer)) return;
  refusedPlain("phase1", peer, "pre-shared-keys-differ");
  const t = log.message("CRYPTO-4-IKE_WRONG_KEY");
  if (ours) t.put("the authentication of ").ip(peer).put(" cannot be read");
  else t.put("our authentication was not accepted by ").ip(peer);
  t.put(": the pre-shared keys of both sides probably differ (crypto isakmp key ... address ").ip(peer).char(41);
  log.end();
}

export function wrongHash(peer: u32): void {
  if (!due(Notice.WRONG_HASH, peer)) return;
  refusedPlain("phase1", peer, "authentication-failed");
  log.message("CRYPTO-4-IKE_AUTHENTICATION").ip(peer)
    .put(" did not prove who it is: the pre-shared keys of both sides differ (crypto isakmp key ... address ").ip(peer).char(41);
  log.end();
}

export function identity(sa: IsakmpSa, type: string, data: usize, len: u32): void {
  if (!due(Notice.IDENTITY, sa.peer)) return;
  refused("phase1", sa.peerAddress, "identity-refused").escaped(data, min<u32>(len, 64));
  log.eventEnd();
  log.message("CRYPTO-4-IKE_IDENTITY").ip(sa.peerAddress).put(" calls itself ").put(type).put(" \"").escaped(data, min<u32>(len, 64))
    .put("\", which its pre-shared key does not allow");
  log.end();
}

function putMismatches(t: Text): void {
  const n = mismatchCount();
  for (let i: u32 = 0; i < n && i < MISMATCHES_SAID; i++) putMismatch(t.put(i ? "; " : ": "), i);
  if (n > MISMATCHES_SAID) t.put("; and ").u32(n - MISMATCHES_SAID).put(" more (debug crypto isakmp)");
}

/** No transform that we accept; the words are in the mismatches of the last choice. */
export function phase1Proposal(peer: u32): void {
  if (!due(Notice.PHASE1_PROPOSAL, peer)) return;
  refusedPlain("phase1", peer, "no-proposal-chosen");
  const t = log.message("CRYPTO-4-IKE_PROPOSAL").put("nothing that ").ip(peer).put(" offered for phase 1 is configured here");
  putMismatches(t);
  log.end();
}

export function phase2Proposal(sa: IsakmpSa, sequence: u32): void {
  if (!due(Notice.PHASE2_PROPOSAL, sa.peer)) return;
  refusedPlain("phase2", sa.peerAddress, "no-proposal-chosen");
  const t = log.message("CRYPTO-4-IPSEC_PROPOSAL").put("no transform that ").ip(sa.peerAddress)
    .put(" offered for phase 2 is in the transform sets of crypto map entry ").u32(sequence);
  putMismatches(t);
  log.end();
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

/** The peer's selectors fit none of our policies; seen from our side. */
export function selectors(sa: IsakmpSa, offered: Selector): void {
  if (!due(Notice.SELECTORS, sa.peer)) return;
  const t = refused("phase2", sa.peerAddress, "invalid-id-information");
  putRange(t, offered.localFirst, offered.localLast);
  putRange(t.put("<->"), offered.remoteFirst, offered.remoteLast);
  log.eventEnd();
  putSelector(log.message("CRYPTO-4-IPSEC_SELECTORS").ip(sa.peerAddress).put(" wants to protect "), offered)
    .put(" (here <-> there), which no access list of a crypto map with this peer permits (match address)");
  log.end();
}

export function keyExchange(peer: u32): void {
  if (!due(Notice.KEY_EXCHANGE, peer)) return;
  refusedPlain("phase1", peer, "public-value-refused");
  log.message("CRYPTO-4-IKE_KEY_EXCHANGE").ip(peer).put(" sent a Diffie-Hellman value that is refused: of the wrong length, or one that would give the secret away");
  log.end();
}

/** The peer's error notify, with the entry that it is about if there is one (0: phase 1). */
export function peerSays(peer: u32, notify: u32, phase2: bool, isProtected: bool, sequence: u32): void {
  if (!due(Notice.PEER_SAYS, peer + notify)) return;
  refused(phase2 ? "phase2" : "phase1", peer, "notify-from-peer").put(notifyName(notify) == "unknown notify" ? "unknown" : notifyName(notify));
  log.eventEnd();
  const t = log.message("CRYPTO-4-IKE_NOTIFY").ip(peer).put(" answers ").put(notifyName(notify)).put(" (").u32(notify).put(")");
  if (!isProtected) t.put(", unprotected");
  switch (notify) {
    case Notify.NO_PROPOSAL_CHOSEN:
      t.put(phase2 ? ": compare the transform sets and PFS of crypto map entry " : ": compare 'crypto isakmp policy' on both sides");
      if (phase2) t.u32(sequence).put(" with the peer's");
      break;
    case Notify.INVALID_ID_INFORMATION:
      if (phase2) t.put(": compare the access list of crypto map entry ").u32(sequence).put(" with the peer's; they must be mirror images");
      else t.put(": it does not accept our identity (crypto isakmp identity)");
      break;
  }
  log.end();
}

export function noAnswer(peer: u32, during: string): void {
  if (!due(Notice.NO_ANSWER, peer)) return;
  refusedPlain("phase1", peer, "no-answer");
  log.message("CRYPTO-4-IKE_NO_ANSWER").ip(peer).put(" does not answer ").put(during);
  log.end();
}

export function noEntropy(): void {
  if (!due(Notice.NO_ENTROPY, 0)) return;
  log.message("CRYPTO-2-NO_ENTROPY").put("the host gives no entropy: IKE does not run, and no tunnel comes up");
  log.end();
}

export function pool(what: string): void {
  if (!due(Notice.POOL, 0)) return;
  log.message("CRYPTO-4-IKE_POOL").put("no room is left for one more ").put(what).put(" (show memory)");
  log.end();
}
