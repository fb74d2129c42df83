/**
 * strongSwan's rw-psk-ip-ranges: the gateway moon tells two road warriors by the range of addresses that each comes from, which has a key and a part
 * of the network of its own. As responder we are moon; as initiator carol, beside a charon that is dave.
 */
import { must } from "../../bench/peers/shell.ts";
import { router, swanctl, type Connection } from "../../bench/configure.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import type { OtherSite } from "../../bench/site.ts";

const MOON = "192.0.2.1";
interface Warrior { name: string; address: string; range: string; network: string; secret: string; net: string; acl: string; host: string; other: string }
const CAROL: Warrior = { name: "carol", address: "192.0.2.100", range: "192.0.2.96-192.0.2.111", network: "192.0.2.96 255.255.255.240", secret: "Qz3vNw8rTb6kXm1sYp5d", net: "10.1.0.0/28", acl: "10.1.0.0 0.0.0.15", host: "10.1.0.10", other: "10.1.0.20" };
const DAVE: Warrior = { name: "dave", address: "192.0.2.200", range: "192.0.2.192/28", network: "192.0.2.192 255.255.255.240", secret: "Lh7cFj2gUe9aRo4iWx0q", net: "10.1.0.16/28", acl: "10.1.0.16 0.0.0.15", host: "10.1.0.20", other: "10.1.0.10" };
const TRANSFORMS = `crypto isakmp policy 10
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
`;

function warrior({ name, address, secret, net }: Warrior): OtherSite {
  return { name, daemon: "charon", address, configuration: swanctl({ tunnel: { addrs: address, peerAddrs: MOON, id: address, peerId: MOON, children: { net: { local: `${address}/32`, remote: net } } } }, [[secret]]) };
}

/** The ID chooses the secret; without one charon takes any that is its own. */
const moonsConnection = ({ address, range, net }: Warrior): Connection => ({ addrs: MOON, peerAddrs: range, id: MOON, peerId: address, children: { net: { local: net, remote: "192.0.2.0/24" } } });

export default [
  {
    name: "rw-psk-ip-ranges-responder",
    about: "two road warriors, told by the ranges of addresses that they come from; nobody else can begin",
    peer: "network",
    tools: ["ikescan"],
    ours: {
      address: MOON,
      lans: [CAROL, DAVE].map(({ host, net }, i) => ({ mac: `02:00:00:00:00:0${"ab"[i]}`, address: host, subnet: net, gateway: host.replace(/10$/, "1").replace(/20$/, "17") })),
      configuration: router({ hostname: "moon", address: MOON, gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.255.240", "10.1.0.17 255.255.255.240"] }, TRANSFORMS +
        [CAROL, DAVE].map(({ name, network, secret, acl }, i) => `crypto isakmp profile ${name}
 match identity address ${network}
 pre-shared-key ${secret}
ip access-list extended ${name}
 permit ip ${acl} 192.0.2.0 0.0.0.255
crypto dynamic-map WARRIORS ${10 * (i + 1)}
 set transform-set TS
 set isakmp-profile ${name}
 match address ${name}
`).join("") + "crypto map CM 800 ipsec-isakmp dynamic WARRIORS"),
    },
    others: [warrior(CAROL), warrior(DAVE)],
    check: async (network) => {
      await must(network.others[0]!.peer.shell, "ip addr add 192.0.2.50/24 dev eth0");
      const scanned = await must(network.others[0]!.peer.shell, `ike-scan -M --sport=0 --retry=2 --bindip=192.0.2.50 --trans='(1=7,14=256,2=4,3=1,4=14)' ${MOON}`);
      // A refusal in plain is all that it may draw.
      if (!/ 0 returned handshake/.test(scanned)) throw new Error(`an address in no range got an answer: ${scanned.trim()}`);
      for (const one of network.others) await network.initiate(one);
      await network.expectOurs(2);
      for (const [i, who] of [CAROL, DAVE].entries()) {
        const one = network.others[i]!;
        await network.leak(one, who.other);
        await network.expectPings(one, who.address, network.lans[i]!);
      }
      network.expectSealed();
    },
  },
  {
    name: "rw-psk-ip-ranges-initiator",
    about: "we and another road warrior, told by the ranges of addresses that we come from",
    peer: "network",
    ours: { address: CAROL.address, configuration: router({ hostname: "carol", address: CAROL.address, gateway: "192.0.2.254" }, `${TRANSFORMS}crypto isakmp key ${CAROL.secret} address ${MOON}
ip access-list extended HOME
 permit ip host ${CAROL.address} ${CAROL.acl}
crypto map CM 10 ipsec-isakmp
 set peer ${MOON}
 set transform-set TS
 match address HOME`) },
    others: [warrior(DAVE), {
      name: "moon", daemon: "charon", address: MOON, inner: ["10.1.0.10/28", "10.1.0.20/28"],
      configuration: swanctl({ carol: moonsConnection(CAROL), dave: moonsConnection(DAVE) }, [[CAROL.secret, MOON, CAROL.address], [DAVE.secret, MOON, DAVE.address]]),
    }],
    check: async (network) => {
      const dave = network.other("dave"), moon = network.other("moon");
      await network.initiate(dave);
      await network.expectOwnPings(moon, CAROL.host);
      await network.expectOurs(1);
      if ((await dave.peer.ping(DAVE.address, DAVE.host, 2)).received !== 2) throw new Error("dave's tunnel beside ours carries nothing");
      const said = await network.ours.ask(`ping ${CAROL.other} source ${CAROL.address} repeat 1 timeout 1`);
      if (!said.includes("(0/1)")) throw new Error(`dave's part of the network answers us: ${said}`);
      network.expectSealed();
    },
  },
] satisfies NetworkScenario[];
