/**
 * strongSwan's nat-rw: two hosts behind one translator, alice and venus, each with a tunnel from its own inner address to the network behind the
 * gateway sun. As responder we are sun; as initiator alice, beside a charon that is venus.
 */
import { router, swanctl, type Connection } from "../../bench/configure.ts";
import type { Network } from "../../bench/network.ts";
import { parseUdp } from "../../../support/world/frame.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import type { NetworkSite, OtherSite } from "../../bench/site.ts";

const SECRET = "correct-horse-battery-staple", ALICE = "alice@strongswan.org", VENUS = "@venus.strongswan.org", SUN = "@sun.strongswan.org";
const POLICY = `crypto isakmp policy 10
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
`;

function host(name: string, address: string, id: string): OtherSite {
  const connection: Connection = { addrs: address, peerAddrs: "192.0.2.1", id, peerId: SUN, children: { net: { local: `${address}/32`, remote: "10.1.0.0/16" } } };
  // The translator's mappings are kept alive more often than by default, so that nobody has to wait for it.
  return { name, daemon: "charon", nat: 0, address, configuration: swanctl({ tunnel: connection }, [[SECRET]]), options: "keep_alive = 1" };
}

const site: Pick<NetworkSite, "peer" | "nats" | "sealed"> = {
  peer: "network", nats: [{ address: "192.0.2.101" }], sealed: [["10.0.0.0/8", "0.0.0.0/0"], ["198.18.0.0/24", "10.0.0.0/8"]],
};

/** Keepalives (RFC 3948, 4) of so many mappings, as the gateway sees them. */
const keepalives = (network: Network, mappings: number): Promise<void> => until("keepalives", 60, () => new Set(network.wan.seen.flatMap(({ direction, frame: { ip } }) => {
  const udp = direction === "in" && ip ? parseUdp(ip) : undefined;
  return udp?.to === 4500 && udp.body.length === 1 && udp.body[0] === 0xff ? [udp.from] : [];
})).size === mappings);

export default [
  {
    ...site,
    name: "nat-rw-responder",
    about: "two hosts behind one translator, each named otherwise, with tunnels from their inner addresses",
    ours: { address: "192.0.2.1", configuration: router({ hostname: "sun.strongswan.org", address: "192.0.2.1", gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.0.0"] }, `${POLICY}
crypto isakmp key ${SECRET} address 0.0.0.0 0.0.0.0
crypto isakmp identity hostname
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.255.255 198.18.0.0 0.0.0.255
crypto dynamic-map HOSTS 10
 set transform-set TS
 match address VPN
crypto map CM 800 ipsec-isakmp dynamic HOSTS`) },
    others: [host("alice", "198.18.0.10", ALICE), host("venus", "198.18.0.20", VENUS)],
    check: async (network) => {
      for (const one of network.others) await network.initiate(one);
      await network.expectOurs(2);
      for (const one of network.others) await network.expectPings(one, one.site.address, network.lan, 2);
      await keepalives(network, 2);
      for (const one of network.others) await network.expectPings(one, one.site.address, network.lan, 2);
      if (network.mappings().size !== 2) throw new Error(`${network.mappings().size} mappings for two hosts`);
      network.expectSealed();
    },
  },
  {
    ...site,
    name: "nat-rw-initiator",
    about: "we and another host behind one translator, each named otherwise, with tunnels from our inner addresses",
    ours: { nat: 0, address: "198.18.0.10", configuration: router({ hostname: "alice", address: "198.18.0.10", gateway: "198.18.0.1" }, `${POLICY}
crypto isakmp key ${SECRET} address 192.0.2.1
crypto isakmp identity user-fqdn ${ALICE}
ip access-list extended VPN
 permit ip host 198.18.0.10 10.1.0.0 0.0.255.255
crypto map CM 10 ipsec-isakmp
 set peer 192.0.2.1
 set transform-set TS
 match address VPN`) },
    others: [host("venus", "198.18.0.20", VENUS), {
      name: "sun", daemon: "charon", address: "192.0.2.1", inner: ["10.1.0.10/16"],
      configuration: swanctl({ tunnel: { addrs: "192.0.2.1", peerAddrs: "%any", id: SUN, children: { net: { local: "10.1.0.0/16", remote: "198.18.0.0/24" } } } }, [[SECRET]]),
    }],
    check: async (network) => {
      const venus = network.other("venus"), sun = network.other("sun");
      await network.initiate(venus);
      await network.expectOwnPings(sun, "10.1.0.10");
      await network.expectOurs(1);
      const [from, back] = [await venus.peer.ping("198.18.0.20", "10.1.0.10", 2), await sun.peer.ping("10.1.0.10", "198.18.0.20", 2)];
      if (from.received !== 2 || back.received !== 2) throw new Error(`venus beside us: ${from.received} and ${back.received} of 2 pings answered`);
      await network.expectOwnPings(sun, "10.1.0.10");
      network.expectSealed();
    },
  },
] satisfies NetworkScenario[];
