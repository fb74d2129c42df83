/**
 * strongSwan's double-nat and double-nat-net: a translator before each side; that of the responder forwards IKE to it. The tunnel is between the
 * inner addresses of the two, or between networks behind them.
 */
import { router, swanctl } from "../../bench/configure.ts";
import type { NetworkScenario, Role } from "../../bench/scenario.ts";

const SECRET = "correct-horse-battery-staple", ALICE = "alice@strongswan.org", BOB = "bob@strongswan.org";

interface Side { id: string; address: string; gateway: string; outside: string; /** A network behind it, and a host there. */ net: string; acl: string; host: string }
const alice: Side = { id: ALICE, address: "198.18.0.10", gateway: "198.18.0.1", outside: "192.0.2.101", net: "10.1.0.0/16", acl: "10.1.0.0 0.0.255.255", host: "10.1.0.10" };
const bob: Side = { id: BOB, address: "198.18.1.10", gateway: "198.18.1.1", outside: "192.0.2.102", net: "10.2.0.0/16", acl: "10.2.0.0 0.0.255.255", host: "10.2.0.10" };

function scenario(role: Role, nets: boolean): NetworkScenario {
  const [we, they] = role === "initiator" ? [alice, bob] : [bob, alice];
  const [our, their] = [we, they].map((side) => (nets ? side.acl : `host ${side.address}`));
  const [ourTs, theirTs] = [we, they].map((side) => (nets ? side.net : `${side.address}/32`)) as [string, string];
  const lan = we.host.replace(/10$/, "1");
  return {
    name: `double-nat-${nets ? "net-" : ""}${role}`,
    about: `a translator before each side, the responder's forwards IKE; ${nets ? "networks behind both" : "their inner addresses"}`,
    peer: "network",
    nats: [{ address: alice.outside }, { address: bob.outside, forward: bob.address }],
    sealed: [["10.0.0.0/8", "0.0.0.0/0"], ["198.18.0.0/24", "198.18.1.0/24"]],
    ours: {
      nat: we === alice ? 0 : 1, address: we.address, lans: [{ mac: "02:00:00:00:00:0a", address: we.host, subnet: we.net, gateway: lan }],
      configuration: router({ hostname: "gate", address: we.address, gateway: we.gateway, lans: [`${lan} 255.255.0.0`] }, `crypto isakmp policy 10
crypto isakmp key ${SECRET} address ${they.outside}
crypto isakmp identity user-fqdn ${we.id}
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
ip access-list extended VPN
 permit ip ${our} ${their}
crypto map CM 10 ipsec-isakmp
 set peer ${they.outside}
 set transform-set TS
 match address VPN`) },
    others: [{
      name: they === alice ? "alice" : "bob", daemon: "charon", nat: they === alice ? 0 : 1, address: they.address, inner: nets ? [`${they.host}/16`] : [],
      configuration: swanctl({ tunnel: { addrs: they.address, peerAddrs: they === alice ? bob.outside : "%any", id: they.id, peerId: we.id, children: { net: { local: theirTs, remote: ourTs } } } }, [[SECRET]]),
    }],
    check: async (network) => {
      const other = network.others[0]!;
      const pings = (): Promise<void> => (nets ? network.expectPings(other, they.host) : network.expectOwnPings(other, they.address));
      if (role === "responder") await network.initiate(other);
      await pings();
      await network.expectOurs(1);
      await network.expectTheirs(other);
      if (role === "responder") await pings();
      network.expectSealed();
    },
  };
}

export default (["initiator", "responder"] as const).flatMap((role) => [scenario(role, false), scenario(role, true)]);
