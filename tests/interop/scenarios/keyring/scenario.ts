/**
 * `crypto keyring`: two peers in Main Mode, each with a profile and a keyring of its own. A responder picks the key by the address before it knows the
 * identity (RFC 2409, 5.4); a key of the other's keyring opens nothing.
 */
import { router, swanctl } from "../../bench/configure.ts";
import type { Network, Other } from "../../bench/network.ts";
import type { Charon } from "../../bench/peers/charon.ts";
import type { NetworkScenario, Role } from "../../bench/scenario.ts";
import type { OtherSite } from "../../bench/site.ts";

const US = "192.0.2.1";
const PEERS = [
  { name: "north", address: "192.0.2.2", net: "10.2.0.0", host: "10.2.0.10", secret: "the-key-of-north-alone" },
  { name: "south", address: "192.0.2.3", net: "10.3.0.0", host: "10.3.0.10", secret: "the-key-of-south-alone" },
];
type PeerOf = (typeof PEERS)[number];

const ours = router({ hostname: "gate", address: US, gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.0.0"] }, `crypto isakmp policy 10
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
${PEERS.map(({ name, address, net, secret }) => `crypto keyring ${name}
 pre-shared-key address ${address} key ${secret}
crypto isakmp profile ${name}
 keyring ${name}
 match identity address ${address}
ip access-list extended ${name}
 permit ip 10.1.0.0 0.0.255.255 ${net} 0.0.255.255
`).join("")}${PEERS.map(({ name, address }, i) => `crypto map CM ${10 * (i + 1)} ipsec-isakmp
 set peer ${address}
 set transform-set TS
 set isakmp-profile ${name}
 match address ${name}
`).join("")}`);

const configuration = ({ address, net }: PeerOf, secret: string): string =>
  swanctl({ tunnel: { addrs: address, peerAddrs: US, id: address, peerId: US, children: { net: { local: `${net}/16`, remote: "10.1.0.0/16" } } } }, [[secret]]);

const other = (peer: PeerOf): OtherSite => ({ name: peer.name, daemon: "charon", address: peer.address, inner: [`${peer.host}/16`], configuration: configuration(peer, peer.secret) });

/** With the other's key a peer gets nothing, in the role that is tried. */
async function refused(network: Network, role: Role, one: Other): Promise<void> {
  const [north, south] = PEERS as [PeerOf, PeerOf];
  await (one.peer as Charon).reload(configuration(south, north.secret));
  if (role === "responder") {
    if ((await one.peer.initiate("net", 6)).status === 0) throw new Error("a key of another's keyring has opened a tunnel");
  } else if (await network.lan.pingUntil(south.host, 6)) throw new Error("a key of another's keyring has opened a tunnel");
  await network.expectOurs(1);
  // What is half open is forgotten, and the right key is tried.
  await network.ours.ask(`clear crypto session remote ${south.address}`);
  await one.peer.terminate();
  await (one.peer as Charon).reload(configuration(south, south.secret));
}

const scenario = (role: Role): NetworkScenario => ({
  name: `keyring-${role}`,
  about: `Main Mode with two peers, a profile and a keyring for each; ${role === "initiator" ? "we begin" : "they begin"}, and the other's key opens nothing`,
  peer: "network", seconds: 120,
  ours: { address: US, configuration: ours },
  others: PEERS.map(other),
  check: async (network) => {
    const [north, south] = network.others as [Other, Other];
    if (role === "responder") await network.initiate(north);
    else if (!await network.lan.pingUntil(PEERS[0]!.host, 40)) throw new Error("no tunnel to the first peer");
    await network.expectPings(north, PEERS[0]!.host);
    await refused(network, role, south);
    if (role === "responder") await network.initiate(south);
    else if (!await network.lan.pingUntil(PEERS[1]!.host, 40)) throw new Error("no tunnel to the second peer");
    await network.expectPings(south, PEERS[1]!.host);
    await network.expectPings(north, PEERS[0]!.host);
    await network.expectOurs(2);
    for (const one of [north, south]) await network.expectTheirs(one);
    const profiles = await network.ours.ask("show crypto isakmp profile");
    for (const { name } of PEERS) if (!new RegExp(`Keyring\\(s\\): ${name}[^]*?ISAKMP SAs: 1`).test(profiles)) throw new Error(`profile ${name} has no SA: ${profiles}`);
    network.expectSealed();
  },
});

export default [scenario("initiator"), scenario("responder")] satisfies NetworkScenario[];
