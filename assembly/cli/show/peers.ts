/** `show crypto isakmp peers`: who has proved to be whom, where it is, and what it has. */
import * as profiles from "../../ike/settings/profile";
import { putPeerIdOf } from "../../ike/state/isakmp_sa";
import * as isakmpSa from "../../ike/state/isakmp_sa";
import * as pairs from "../../ike/state/pairs";
import { Peer } from "../../ike/state/peer";
import * as peers from "../../ike/state/peer";
import * as clock from "../../util/clock";
import { row } from "../grammar";
import { nl, out } from "../output";

export function rows(): void {
  row("ue:show crypto isakmp peers", showPeers);
}

function showPeers(no: bool): bool {
  for (let i: u32 = 0; i < peers.slots(); i++) {
    const peer = peers.at(i);
    if (peer) show(peer);
  }
  return true;
}

function show(peer: Peer): void {
  const sa = isakmpSa.ofPeer(peer.number);
  out.put("Peer: ").ip(sa ? sa.peerAddress : peer.address).put(" Port: ").u32(sa ? sa.peerPort : peer.port);
  if (sa) out.put(" Local: ").ip(sa.localAddress);
  nl();
  putPeerIdOf(out.put(" Phase1 id: "), peer.idType, peer.id, peer.idLen);
  if (peer.outer) out.put(" behind ").ip(peer.outer);
  nl();
  out.put(" Number ").u32(peer.number);
  const profile = profiles.byId(peer.profile);
  if (profile) out.put(", profile ").ascii(profile.name, profile.nameLen);
  out.put(": ").u32(isakmpSa.countOf(peer.number)).put(" ISAKMP SAs, ").u32(pairs.pairsWith(peer.number)).put(" pairs of IPsec SAs; proved ");
  out.u64((clock.now() - peer.provenAt) / 1000).put(" seconds ago");
  nl();
}
