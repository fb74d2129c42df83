/**
 * strongSwan's rw-initiator-only: the road warrior carol begins and is not to be begun with: dave, who tries, gets no answer, and carol's tunnel with the
 * gateway moon comes up. As responder we are moon, who tries first as dave does: what is for carol waits, and does not leave in plain. As initiator we are
 * carol, who knows moon alone.
 */
import { router, swanctl } from "../../bench/configure.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import type { OtherSite } from "../../bench/site.ts";

const SECRET = "correct-horse-battery-staple", MOON = "192.0.2.1", CAROL = "192.0.2.100", DAVE = "192.0.2.200";
const TRANSFORMS = `crypto isakmp policy 10
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
`;

/** Two questions, and the answer is known to be none. */
const HASTY = "retransmit_timeout = 0.5\n  retransmit_base = 1\n  retransmit_tries = 2";
const dave: OtherSite = {
  name: "dave", daemon: "charon", address: DAVE, options: HASTY,
  configuration: swanctl({ tunnel: { addrs: DAVE, peerAddrs: CAROL, id: DAVE, peerId: CAROL, children: { net: { local: `${DAVE}/32`, remote: `${CAROL}/32` } } } }, [[SECRET]]),
};

export default [
  {
    name: "rw-initiator-only-responder",
    about: "a road warrior that only begins: what we begin with it gets no answer and leaves nothing in plain; what it begins with us comes up",
    peer: "network",
    ours: { address: MOON, configuration: router({ hostname: "moon", address: MOON, gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.0.0"] }, `${TRANSFORMS}crypto isakmp key ${SECRET} address ${CAROL}
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.255.255 host ${CAROL}
crypto map CM 10 ipsec-isakmp
 set peer ${CAROL}
 set transform-set TS
 match address VPN`) },
    others: [{
      name: "carol", daemon: "charon", address: CAROL, options: "initiator_only = yes",
      configuration: swanctl({
        tunnel: { addrs: CAROL, peerAddrs: MOON, id: CAROL, peerId: MOON, children: { net: { local: `${CAROL}/32`, remote: "10.1.0.0/16" } } },
        dave: { addrs: CAROL, peerAddrs: DAVE, id: CAROL, peerId: DAVE, children: { peer: { local: `${CAROL}/32`, remote: `${DAVE}/32` } } },
      }, [[SECRET]]),
    }, dave],
    check: async (network) => {
      const carol = network.other("carol");
      const { status } = await network.other("dave").peer.initiate("net", 10);
      if (status === 0) throw new Error("dave has begun with carol");
      if ((await network.lan.ping(CAROL, 1, 50, 500)).received > 0) throw new Error("carol has answered a ping");
      await until("a second first message of ours", 30, () => network.wan.isakmp("out").length >= 2);
      await network.expectOurs(0);
      if (network.wan.isakmp("in").length > 0) throw new Error("carol has answered us");
      // What waits here begins a Quick Mode as soon as carol's phase 1 is there, and hers crosses it: two pairs, of which the one that she uses stays.
      await network.initiate(carol);
      await network.expectOurs(1, 1, 1);
      await network.expectPings(carol, CAROL);
      network.expectSealed();
    },
  },
  {
    name: "rw-initiator-only-initiator",
    about: "we know nobody but the gateway: who else begins with us gets no answer, and our tunnel comes up",
    peer: "network",
    ours: { address: CAROL, configuration: router({ hostname: "carol", address: CAROL, gateway: "192.0.2.254" }, `${TRANSFORMS}crypto isakmp key ${SECRET} address ${MOON}
ip access-list extended HOME
 permit ip host ${CAROL} 10.1.0.0 0.0.255.255
crypto map CM 10 ipsec-isakmp
 set peer ${MOON}
 set transform-set TS
 match address HOME`) },
    others: [dave, {
      name: "moon", daemon: "charon", address: MOON, inner: ["10.1.0.10/16"],
      configuration: swanctl({ tunnel: { addrs: MOON, peerAddrs: "%any", id: MOON, children: { net: { local: "10.1.0.0/16", remote: "192.0.2.0/24" } } } }, [[SECRET]]),
    }],
    check: async (network) => {
      const moon = network.other("moon");
      const { status } = await network.other("dave").peer.initiate("net", 10);
      if (status === 0) throw new Error("dave has begun with us");
      if (network.wan.isakmp("in").length === 0) throw new Error("dave has not asked: nothing was proved");
      const told = network.wan.isakmp("out").find(({ isakmp }) => isakmp.exchange !== 5);
      if (told) throw new Error(`we answer dave with exchange ${told.isakmp.exchange}`);
      await network.expectOurs(0);
      await network.expectOwnPings(moon, "10.1.0.10");
      await network.expectOurs(1);
      network.expectSealed();
    },
  },
] satisfies NetworkScenario[];
