/**
 * `crypto logging session`: a line at the console when a peer's first pair of IPsec SAs comes up, and when its last one has gone.
 */
import { Budget } from "../../util/budget";
import * as log from "../../util/log";
import { putPeerIdOf } from "./isakmp_sa";
import * as peers from "./peer";

export let logged: bool = false;
/** A peer that comes and goes is said thirty-two times at once, and twice a second. */
const lines = new Budget(32, 500);

export function init(): void {
  logged = false;
  lines.reset();
}

export function setLogged(on: bool): void {
  logged = on;
}

/** @param number the peer's */
export function changed(number: u32, up: bool): void {
  if (!logged) return;
  const peer = peers.byNumber(number);
  if (!peer || !lines.take()) return;
  const text = log.message("CRYPTO-5-SESSION_STATUS").put("Crypto tunnel is ").put(up ? "UP  .  Peer " : "DOWN.  Peer ").ip(peer.address).char(58).u32(peer.port);
  putPeerIdOf(text.put("       Id: "), peer.idType, peer.id, peer.idLen);
  log.end();
}
