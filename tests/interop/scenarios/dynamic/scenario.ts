/**
 * strongSwan's dynamic-responder and dynamic-initiator: the side that begins has no address that the other one knows, and comes
 * back from another one without a word. The new tunnel takes the old one's place. When the peer begins, we are a hub with a
 * dynamic crypto map; when we begin, charon takes anybody who shows the key.
 */
import { established, installed, type Bench } from "../../bench/bench.ts";
import { template, type Values } from "../../bench/configure.ts";
import { must } from "../../bench/peers/shell.ts";
import { until } from "../../bench/process.ts";
import { bothRoles, type Role } from "../../bench/scenario.ts";

const ELSEWHERE = "192.0.2.77";

const VALUES: Record<Role, Values> = {
  initiator: { hostname: "alpha.example.org", identity: "crypto isakmp identity hostname", peer_addrs: "%any", peer_id: "id = @alpha.example.org" },
  responder: { their_addrs: "%any", their_id: "id = carol.example.org" },
};

/** The peer is killed, gets another address and starts again. */
async function peerMoves(bench: Bench): Promise<void> {
  await bench.theirs.stop();
  await must(bench.theirs.shell, `ip addr flush dev eth0; ip addr add ${ELSEWHERE}/24 dev eth0; ip route flush cache`);
  await bench.theirs.start(bench.configurations().theirs);
}

export default bothRoles("dynamic", (role) => ({
  about: `${role === "initiator" ? "we come" : "the peer comes"} back from another address; the new tunnel replaces the old one`,
  peer: "kernel",
  standin: "no",
  ...(role === "responder" ? { oursTemplate: template("hub.cfg", import.meta.url) } : {}),
  values: VALUES[role],
  check: async (bench) => {
    await bench.expectTunnel(role);
    if (role === "responder") await peerMoves(bench);
    else await bench.ours.ask(`configure terminal\ninterface Ethernet1\nip address ${ELSEWHERE} 255.255.255.0\nend`);
    await bench.up(role, 60);
    await bench.expectPings();
    bench.expectSealed();
    if (role === "responder") await bench.expectSaid(/peer \d+ \(carol\.example\.org\) was at 192\.0\.2\.2 port \d+ and is at 192\.0\.2\.77 port /);
    await until("one tunnel only on both sides, with the new address", 15, async () => {
      const ours = await bench.ours.state(), theirs = await bench.theirs.sas();
      const [sa] = established(theirs);
      return ours.phase2 === 1 && installed(theirs).length === 1 && established(theirs).length === 1 && (role === "responder" ? /current_peer 192\.0\.2\.77 /.test(ours.detail) : sa!.remoteHost.startsWith(ELSEWHERE));
    });
  },
}));
