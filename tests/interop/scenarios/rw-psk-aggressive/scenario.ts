/**
 * strongSwan's rw-psk-aggressive: two road warriors, carol and dave, at the gateway moon in Aggressive Mode, each with a key and a name of its own. As
 * responder we are moon; as initiator carol, beside a charon that is dave.
 */
import { router, swanctl } from "../../bench/configure.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import type { OtherSite } from "../../bench/site.ts";

const MOON = { id: "@moon.strongswan.org", address: "192.0.2.1" };
const CAROL = { name: "carol", id: "carol@strongswan.org", address: "192.0.2.100", secret: "4iChxLT3f2wqKp7Zb9vN" };
const DAVE = { name: "dave", id: "dave@strongswan.org", address: "192.0.2.200", secret: "jVzONCF02ncsgiSlmIXe" };
const DAEMON = "i_dont_care_about_security_and_use_aggressive_mode_psk = yes";
const TRANSFORMS = `crypto isakmp policy 10
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
`;

function warrior({ name, id, address, secret }: typeof CAROL): OtherSite {
  const configuration = swanctl({ tunnel: { addrs: address, peerAddrs: MOON.address, id, peerId: MOON.id, aggressive: true, children: { net: { local: `${address}/32`, remote: "10.1.0.0/16" } } } }, [[secret]]);
  return { name, daemon: "charon", address, configuration, options: DAEMON };
}

export default [
  {
    name: "rw-psk-aggressive-responder",
    about: "two road warriors in Aggressive Mode, each with a key of its own",
    peer: "network",
    ours: { address: MOON.address, configuration: router({ hostname: "moon.strongswan.org", address: MOON.address, gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.0.0"] }, TRANSFORMS +
      [CAROL, DAVE].map(({ name, id, address, secret }, i) => `crypto isakmp profile ${name}
 match identity user-fqdn ${id}
 self-identity fqdn
 pre-shared-key ${secret}
 mode aggressive
ip access-list extended ${name}
 permit ip 10.1.0.0 0.0.255.255 host ${address}
crypto dynamic-map WARRIORS ${10 * (i + 1)}
 set transform-set TS
 set isakmp-profile ${name}
 match address ${name}
`).join("") + "crypto map CM 800 ipsec-isakmp dynamic WARRIORS") },
    others: [warrior(CAROL), warrior(DAVE)],
    check: async (network) => {
      // In plain nothing comes in: before there is a tunnel, beside that of the other, and when it is gone.
      const [carol, dave] = network.others as [typeof network.others[0], typeof network.others[0]];
      await network.leak(carol, "10.1.0.10");
      await network.initiate(carol);
      await network.leak(dave, "10.1.0.10");
      await network.initiate(dave);
      await network.expectOurs(2);
      for (const one of network.others) await network.expectPings(one, one.site.address);
      await carol.peer.terminate();
      await network.expectOurs(1);
      await network.leak(carol, "10.1.0.10");
      await network.leakOurs(network.lan, CAROL.address);
      await network.expectPings(dave, DAVE.address);
      if (network.wan.isakmp().some(({ isakmp }) => isakmp.exchange === 2)) throw new Error("Main Mode was used");
      network.expectSealed();
    },
  },
  {
    name: "rw-psk-aggressive-initiator",
    about: "we and another road warrior in Aggressive Mode, each with a key of its own",
    peer: "network",
    ours: { address: CAROL.address, configuration: router({ hostname: "carol", address: CAROL.address, gateway: "192.0.2.254" }, `${TRANSFORMS}crypto isakmp profile MOON
 match identity host moon.strongswan.org
 self-identity user-fqdn ${CAROL.id}
 pre-shared-key ${CAROL.secret}
 mode aggressive
ip access-list extended HOME
 permit ip host ${CAROL.address} 10.1.0.0 0.0.255.255
crypto map CM 10 ipsec-isakmp
 set peer ${MOON.address}
 set transform-set TS
 set isakmp-profile MOON
 match address HOME`) },
    others: [warrior(DAVE), {
      name: "moon", daemon: "charon", address: MOON.address, inner: ["10.1.0.10/16"], options: DAEMON,
      configuration: swanctl({ tunnel: { addrs: MOON.address, peerAddrs: "%any", id: MOON.id, aggressive: true, children: { net: { local: "10.1.0.0/16", remote: "192.0.2.0/24" } } } },
        [[CAROL.secret, CAROL.id], [DAVE.secret, DAVE.id]]),
    }],
    check: async (network) => {
      const dave = network.other("dave"), moon = network.other("moon");
      await network.initiate(dave);
      await network.expectOwnPings(moon, "10.1.0.10");
      await network.expectOurs(1);
      if ((await dave.peer.ping(DAVE.address, "10.1.0.10", 2)).received !== 2) throw new Error("dave's tunnel beside ours carries nothing");
      if (network.wan.isakmp().some(({ isakmp }) => isakmp.exchange === 2)) throw new Error("Main Mode was used");
      network.expectSealed();
    },
  },
] satisfies NetworkScenario[];
