/**
 * Where a peer is reached: the ports of NAT traversal (RFC 3947, 4), a mapping that moves (RFC 3947, 6), keepalives (RFC 3948, 4).
 */
import * as clock from "../../util/clock";
import { Packet } from "../../util/packet";
import { NATT_PORT } from "../../wire/natt";
import * as nat from "../settings/nat";
import { Exchange } from "./exchange";
import { IsakmpSa, arm } from "./isakmp_sa";

/** The initiator goes over to port 4500 with the message after detection (RFC 3947, 4). */
export function float(sa: IsakmpSa): void {
  if (!sa.natDetected || sa.localPort == NATT_PORT) return;
  sa.localPort = NATT_PORT;
  sa.peerPort = NATT_PORT;
}

/** Before authentication: the answer goes to the port that the message came from; the address stays. */
export function followPort(sa: IsakmpSa, packet: Packet): void {
  sa.peerPort = <u32>packet.srcPort;
  sa.localPort = <u32>packet.dstPort;
}

/**
 * After authentication: a peer behind a NAT is reached where its newest message came from (RFC 3947, 6). Only a message that
 * cannot be an old one moves it: phase 1's last, a HASH(2) or HASH(3), which are over a nonce of ours, R-U-THERE with a number
 * that rises, its answer with one that is waited for. HASH(1) alone proves nothing of when or where from it was sent. Without
 * a NAT the peer stays where it was negotiated with, and its raw ESP too.
 * True: the address or the port has changed.
 */
export function follow(sa: IsakmpSa, packet: Packet): bool {
  if (!sa.natDetected) return false;
  if (<u32>packet.dstPort != NATT_PORT && sa.localPort == NATT_PORT) return false;
  sa.localPort = <u32>packet.dstPort;
  return move(sa, packet.src, <u32>packet.srcPort);
}

/** What is sent in this exchange goes to where this message came from; the SA stays where it is. */
export function answerTo(ex: Exchange, packet: Packet): void {
  ex.answerAddress = packet.src;
  ex.answerPort = <u32>packet.srcPort;
  ex.answerLocalPort = <u32>packet.dstPort;
}

export function move(sa: IsakmpSa, address: u32, port: u32): bool {
  if (sa.peerAddress == address && sa.peerPort == port) return false;
  sa.peerAddress = address;
  sa.peerPort = port;
  return true;
}

/** Sets the time of the next keepalive: only we who are behind a NAT need them. */
export function armKeepalive(sa: IsakmpSa): void {
  if (!sa.localNat) return;
  sa.keepaliveAt = clock.now() + <u64>nat.keepalive * 1000;
  arm(sa, sa.keepaliveAt);
}
