/**
 * NAT traversal's part in a negotiation (RFC 3947 and the drafts 02 and 03 before it): which of them both sides speak,
 * the NAT-D payloads, floating to port 4500, the flow that follows a peer whose mapping moves.
 */
import * as id from "../../wire/id";
import { Payload } from "../../wire/ike_numbers";
import { MessageWriter } from "../../wire/message_writer";
import { PayloadSet } from "../../wire/payloads";
import { Vendor, emit } from "../../wire/vendor";
import * as nat from "../settings/nat";
import { Exchange } from "../state/exchange";
import { IsakmpSa, Natt } from "../state/isakmp_sa";
import { natdHash, natdMatches } from "./natd";

/** The vendor IDs that an initiator offers, the most wanted first. */
export function emitVendors(w: MessageWriter): void {
  if (!nat.traversal) return;
  emit(w, Vendor.NATT_RFC);
  emit(w, Vendor.NATT_03);
  emit(w, Vendor.NATT_02N);
  emit(w, Vendor.NATT_02);
}

/** The one that a responder has chosen. */
export function emitChosen(w: MessageWriter, sa: IsakmpSa): void {
  emitVersion(w, sa.nattVersion);
}

export function emitVersion(w: MessageWriter, version: u32): void {
  if (version == Natt.RFC) emit(w, Vendor.NATT_RFC);
  else if (version == Natt.DRAFT) {
    emit(w, Vendor.NATT_03);
    emit(w, Vendor.NATT_02N);
    emit(w, Vendor.NATT_02);
  }
}

/** Takes a vendor ID into account. */
export function heard(sa: IsakmpSa, vendor: Vendor): void {
  sa.nattVersion = <u8>better(sa.nattVersion, vendor);
}

/** The better one of the words heard so far and a vendor ID's. */
export function better(version: u32, vendor: Vendor): u32 {
  if (!nat.traversal) return Natt.NONE;
  if (vendor == Vendor.NATT_RFC) return Natt.RFC;
  const draft = vendor == Vendor.NATT_03 || vendor == Vendor.NATT_02N || vendor == Vendor.NATT_02;
  return draft && version == Natt.NONE ? <u32>Natt.DRAFT : version;
}

function natdType(sa: IsakmpSa): u32 {
  return sa.nattVersion == Natt.DRAFT ? Payload.NAT_D_DRAFT : Payload.NAT_D;
}

/** Writes NAT-D payloads: the peer's address and port first, then our own (RFC 3947, 3.2). */
export function emitNatD(w: MessageWriter, sa: IsakmpSa): void {
  if (sa.nattVersion == Natt.NONE) return;
  one(w, sa, sa.peerAddress, sa.peerPort);
  one(w, sa, sa.localAddress, sa.localPort);
}

/** Begins one of them, and writes its body: of the peer's address, or our own. Where it is; 0: there is none. */
export function beginNatD(w: MessageWriter, sa: IsakmpSa, own: bool): usize {
  if (sa.nattVersion == Natt.NONE) return 0;
  return own ? one(w, sa, sa.localAddress, sa.localPort) : one(w, sa, sa.peerAddress, sa.peerPort);
}

function one(w: MessageWriter, sa: IsakmpSa, address: u32, port: u32): usize {
  w.payload(natdType(sa));
  const p = w.reserve(sa.hash.digestLength);
  if (p) natdHash(sa.hash, sa.CKY_I, sa.CKY_R, address, port, p);
  return p;
}

/**
 * Judges the peer's NAT-D payloads: the first is what it believes of us, one of the others must be what we see of it.
 * A peer that sent none does without NAT traversal.
 */
export function detect(sa: IsakmpSa, payloads: PayloadSet): void {
  detectAt(sa, payloads, sa.localPort, sa.peerPort);
}

/**
 * As `detect`, for Aggressive Mode's third message, which may have floated already: RFC 3947, 4 does not say which of both
 * ports its hashes are of, so that either is good.
 */
export function detectFloated(sa: IsakmpSa, payloads: PayloadSet, localPort: u32, peerPort: u32): void {
  detectAt(sa, payloads, localPort, peerPort);
  const local = sa.localNat;
  const remote = sa.peerNat;
  detect(sa, payloads);
  sa.localNat = sa.localNat && local;
  sa.peerNat = sa.peerNat && remote;
}

function detectAt(sa: IsakmpSa, payloads: PayloadSet, localPort: u32, peerPort: u32): void {
  const type = natdType(sa);
  const n = payloads.count(type);
  if (sa.nattVersion == Natt.NONE || n < 2) {
    sa.nattVersion = Natt.NONE;
    return;
  }
  sa.localNat = !natdMatches(
    sa.hash, sa.CKY_I, sa.CKY_R, sa.localAddress, localPort, payloads.body(type, 0), payloads.bodyLen(type, 0),
  );
  let seen = false;
  for (let k: u32 = 1; k < n; k++) {
    seen = seen || natdMatches(
      sa.hash, sa.CKY_I, sa.CKY_R, sa.peerAddress, peerPort, payloads.body(type, k), payloads.bodyLen(type, k),
    );
  }
  sa.peerNat = !seen;
}

function natOaType(sa: IsakmpSa): u32 {
  return sa.nattVersion == Natt.DRAFT ? Payload.NAT_OA_DRAFT : Payload.NAT_OA;
}

/**
 * Writes NAT-OA payloads for transport mode, the initiator's address and the responder's (RFC 3947, 5.2): as they stand in
 * the datagrams that we send, so that the peer can mend checksums that cover them.
 */
export function emitNatOa(w: MessageWriter, ex: Exchange): void {
  const s = ex.selector;
  id.emitOriginal(w, natOaType(ex.sa), ex.initiator ? s.localFirst : s.remoteFirst);
  id.emitOriginal(w, natOaType(ex.sa), ex.initiator ? s.remoteFirst : s.localFirst);
}

/** Keeps what the peer says of its datagrams. The drafts have one payload: the sender's own address. */
export function takeNatOa(ex: Exchange, payloads: PayloadSet): void {
  const type = natOaType(ex.sa);
  const n = payloads.count(type);
  const a = n ? id.original(payloads.body(type, 0), payloads.bodyLen(type, 0)) : 0;
  const b = n > 1 ? id.original(payloads.body(type, 1), payloads.bodyLen(type, 1)) : 0;
  ex.peerOriginal = n > 1 && ex.initiator ? b : a;
  ex.localOriginal = ex.initiator && n > 1 ? a : b;
}
