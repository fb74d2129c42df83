/**
 * One compiled policy (RFC 4301, 4.4.1): a line of an access list with the crypto map entry that names it, on one interface.
 * Its SAs and the packets that wait for them hang on the chain that it is (sas/sa.ts). spd.ts owns the pool.
 */
import { AccessLine } from "../../lists/access_list";
import { POLICIES, PROFILE, TUNNELS } from "../../limits";
import * as log from "../../util/log";
import { Text } from "../../util/text";
import { SaChain } from "../sas/sa";
import { Action, CryptoMapEntry, Lack } from "../settings/crypto_map";
import * as lifetime from "../settings/lifetime";

/** The line of an entry that has no access list. */
export const anything = changetype<AccessLine>(memory.data(128, 8));

export function init(): void {
  if (offsetof<AccessLine>() > 128) unreachable();
  memory.fill(changetype<usize>(anything), 0, offsetof<AccessLine>());
  anything.action = 1;
  anything.sourceWildcard = anything.destinationWildcard = u32.MAX_VALUE;
}

/** Added to the protocol of a packet whose ports cannot be seen: a later fragment, or too short a first one. */
export const NO_PORTS: u32 = 0x100;

@unmanaged
export class Policy extends SaChain {
  interface: u32;
  /** crypto_map.Action */
  action: u8;
  /** Which of the entry's peers is tried (moves on when one does not answer). */
  peerIndex: u8;
  /** It is in the list that is being made. */
  marked: bool;
  /** It is new in the list: who reads the configuration has not been told whom it overlaps. */
  fresh: bool;
  entry: CryptoMapEntry;
  /** The line that it came from. */
  line: AccessLine;
  entrySerial: u32;
  entryVersion: u32;
  /** Number of the peer that made this policy of a dynamic map's entry, and its address; 0: it is configured. */
  owner: u32;
  ownerAddress: u32;
  /** Which key that peer has shown: others of the same key may take its flows over. */
  ownerKey: u32;

  /** The peer that is negotiated with at present; 0: none is known. */
  get peer(): u32 {
    const n = <u32>this.entry.peerCount;
    return this.owner || n == 0 ? this.ownerAddress : this.entry.peer(<u32>this.peerIndex % n);
  }

  /** Whether it protects what it has with somebody whom the configuration knows by this address. */
  isWith(address: u32): bool {
    return this.action == <u8>Action.PROTECT && (this.owner ? this.ownerAddress == address : this.entry.hasPeer(address));
  }

  /** Whether it is for this peer: of a made one only its number counts. */
  isOf(peer: u32, address: u32): bool {
    return this.action == <u8>Action.PROTECT && (this.owner ? this.owner == peer : this.entry.hasPeer(address));
  }

  get hasPorts(): bool {
    const s = this.selector;
    return (s.localPort | s.remotePort) != 0;
  }

  /** A template without an access list: it decides about no packet. */
  get isOpen(): bool {
    return this.action == <u8>Action.TEMPLATE && this.line == anything;
  }

  /** A line of a dynamic map, or what a peer made of one. */
  get ofTemplate(): bool {
    return this.action == <u8>Action.TEMPLATE || this.owner != 0;
  }

  /** Seconds without traffic after which a pair of it goes: its entry's own or the global ones; 0: none. */
  get idleSeconds(): u32 {
    const own = this.entry.idleSeconds;
    return own ? own : lifetime.idle;
  }

  /** Its pairs went because nothing was sent: the next attempt begins with the default peer, where there is one. */
  begin(): void {
    if (!this.idled) return;
    this.idled = false;
    if (this.entry.idleDefault) this.peerIndex = 0;
  }

  /** The present peer is lost: the default one is next, be it the lost one, or else the one behind it. */
  nextPeer(): void {
    const n = <u32>this.entry.peerCount;
    if (n > 1) this.peerIndex = this.entry.defaultPeer ? 0 : <u8>((<u32>this.peerIndex + 1) % n);
  }

  /** Lifetime that it asks for: its entry's own or the global one. */
  get lifetimeSeconds(): u32 {
    const own = this.entry.lifetimeSeconds;
    return own ? own : lifetime.seconds;
  }

  /** 0: none */
  get lifetimeKilobytes(): u32 {
    if (this.entry.noKilobytes) return 0;
    const own = this.entry.lifetimeKilobytes;
    return own ? own : lifetime.kilobytes;
  }
}

/** `debug crypto ipsec`: traffic wants an SA. */
export function wanted(policy: Policy): void {
  const s = policy.selector;
  log.debug("IPSEC:").put(" an SA is wanted for ").ip(s.localFirst).char(45).ip(s.localLast)
    .put(" to ").ip(s.remoteFirst).char(45).ip(s.remoteLast).put(", peer ").ip(policy.peer);
  log.end();
}

function putEntry(text: Text, entry: CryptoMapEntry): Text {
  return text.put(entry.template ? "crypto dynamic-map " : "crypto map ").ascii(entry.name, <u32>entry.nameLen).char(32).u32(entry.number);
}

/** Tells once of what an entry lacks, while it discards for it; Lack.NOTHING: it lacks nothing, or nothing is discarded. */
export function tellLack(entry: CryptoMapEntry, lack: Lack): void {
  if (<u32>entry.told == lack) return;
  entry.told = <u8>lack;
  if (lack == Lack.NOTHING) return;
  const text = putEntry(log.message("CRYPTO-4-INCOMPLETE"), entry);
  switch (lack) {
    case Lack.LIST_NAME:
      text.put(" has no access list any more: what that matched is discarded");
      break;
    case Lack.LIST:
      text.put(" has no line in access list ").ascii(entry.list, <u32>entry.listLen).put(" any more: what that matched is discarded");
      break;
    case Lack.PEER:
      text.put(" has no peer: what it matches is discarded");
      break;
    case Lack.TRANSFORM_SET:
      text.put(" has no transform set: what it matches is discarded");
      break;
    default:
      text.put(" names dynamic map ").ascii(entry.list, <u32>entry.listLen).put(", which is gone: what that matched is discarded");
  }
  log.end();
}

/** Tells of the first line for which there is no room. @param tunnels it is tunnels that are too many, and not lines of whatever kind */
export function tellCut(entry: CryptoMapEntry, line: AccessLine, tunnels: bool): void {
  putEntry(log.message("CRYPTO-3-POLICIES").put("there is no room for more than ").u32(tunnels ? TUNNELS : POLICIES).put(tunnels ? " tunnels" : " policies").put(" in profile ").put(PROFILE).put(": "), entry);
  log.current().put(" is cut short, and what its lines from ").u32(line.sequence).put(" on match is discarded");
  log.end();
}

/**
 * Whether something of `later` never comes to it for `earlier`, another entry's. A narrow line before a wide one is how
 * exceptions are written: it hides nothing that was not meant.
 */
export function hides(earlier: Policy, later: Policy): bool {
  if (earlier.entry == later.entry || earlier.owner || later.owner || earlier.isOpen || later.isOpen) return false;
  const template = earlier.action == <u8>Action.TEMPLATE;
  if (!template && earlier.action != <u8>Action.PROTECT) return false;
  if (later.action != <u8>Action.TEMPLATE && later.action != <u8>Action.PROTECT) return false;
  const a = earlier.selector;
  const b = later.selector;
  return a.overlaps(b) && (template || !b.contains(a) || a.contains(b));
}

/** Warns of two lines of different entries that match the same. */
export function tellOverlap(earlier: Policy, later: Policy): void {
  const text = putEntry(log.message("CRYPTO-4-OVERLAP"), later.entry).put(" line ").u32(later.line.sequence).put(" overlaps ");
  putEntry(text, earlier.entry).put(" line ").u32(earlier.line.sequence).put(", which takes what both match");
  log.end();
}
