/**
 * strongSwan's rw-multi-ciphers: the gateway moon has two suites, and each of two road warriors one of them, in both phases; each may go to its part
 * of the network and not to the other's. As responder we are moon; as initiator carol, beside a charon that is dave.
 */
import { router, swanctl, type Connection } from "../../bench/configure.ts";
import type { Network, Other } from "../../bench/network.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import type { OtherSite } from "../../bench/site.ts";

const MOON = { id: "@moon.strongswan.org", address: "192.0.2.1" };
interface Warrior { name: string; id: string; address: string; secret: string; suite: string; phase1: RegExp; phase2: RegExp; net: string; acl: string; host: string; other: string }
const CAROL: Warrior = {
  name: "carol", id: "carol@strongswan.org", address: "192.0.2.100", secret: "vX2mB8kTq5rZw1nYc7Gd", suite: "aes128-sha256-modp3072",
  phase1: /^AES_CBC-128\/HMAC_SHA2_256_128\/.*MODP_3072$/, phase2: /^AES_CBC-128\/HMAC_SHA2_256_128\/MODP_3072/, net: "10.1.0.0/28", acl: "10.1.0.0 0.0.0.15", host: "10.1.0.10", other: "10.1.0.20",
};
const DAVE: Warrior = {
  name: "dave", id: "dave@strongswan.org", address: "192.0.2.200", secret: "Hs6jPf9eLo3aUi0xRb4V", suite: "3des-sha1-modp2048",
  phase1: /^3DES_CBC\/HMAC_SHA1_96\/.*MODP_2048$/, phase2: /^3DES_CBC\/HMAC_SHA1_96\/MODP_2048/, net: "10.1.0.16/28", acl: "10.1.0.16 0.0.0.15", host: "10.1.0.20", other: "10.1.0.10",
};
const SUITES = `crypto isakmp policy 10
 encryption aes 128
 hash sha256
 group 15
crypto isakmp policy 20
 encryption 3des
 hash sha
 group 14
crypto ipsec transform-set carol esp-aes 128 esp-sha256-hmac
crypto ipsec transform-set dave esp-3des esp-sha-hmac
`;
const groups: Record<string, string> = { carol: "group15", dave: "group14" };

function warrior({ name, id, address, secret, suite, net }: Warrior): OtherSite {
  const tunnel: Connection = { addrs: address, peerAddrs: MOON.address, id, peerId: MOON.id, ike: suite, children: { net: { local: `${address}/32`, remote: net, esp: suite } } };
  return { name, daemon: "charon", address, configuration: swanctl({ tunnel }, [[secret]]) };
}

async function expectSuite({ peer }: Other, { name, phase1, phase2 }: Warrior): Promise<void> {
  const [sa] = await peer.sas(), child = sa?.children[0];
  if (!phase1.test(sa?.suite ?? "") || !phase2.test(child?.suite ?? "")) throw new Error(`${name} has ${sa?.suite} and ${child?.suite}`);
}

export default [
  {
    name: "rw-multi-ciphers-responder",
    about: "two road warriors with a suite each in both phases, and a part of the network each",
    peer: "network",
    ours: {
      address: MOON.address,
      lans: [CAROL, DAVE].map(({ host, net }, i) => ({ mac: `02:00:00:00:00:0${"ab"[i]}`, address: host, subnet: net, gateway: host.replace(/10$/, "1").replace(/20$/, "17") })),
      configuration: router({ hostname: "moon.strongswan.org", address: MOON.address, gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.255.240", "10.1.0.17 255.255.255.240"] }, `${SUITES}crypto isakmp identity hostname
` + [CAROL, DAVE].map(({ name, id, address, secret, acl }, i) => `crypto isakmp key ${secret} address ${address}
crypto isakmp profile ${name}
 match identity user-fqdn ${id}
ip access-list extended ${name}
 permit ip ${acl} 192.0.2.0 0.0.0.255
crypto dynamic-map WARRIORS ${10 * (i + 1)}
 set transform-set ${name}
 set pfs ${groups[name]}
 set isakmp-profile ${name}
 match address ${name}
`).join("") + "crypto map CM 800 ipsec-isakmp dynamic WARRIORS"),
    },
    others: [warrior(CAROL), warrior(DAVE)],
    check: async (network: Network) => {
      for (const one of network.others) await network.initiate(one);
      await network.expectOurs(2);
      for (const [i, who] of [CAROL, DAVE].entries()) {
        const one = network.others[i]!;
        await expectSuite(one, who);
        await network.leak(one, who.other);
        await network.expectPings(one, who.address, network.lans[i]!);
        await network.leakOurs(network.lans[1 - i]!, who.address);
      }
      network.expectSealed();
    },
  },
  {
    name: "rw-multi-ciphers-initiator",
    about: "we and another road warrior with a suite each in both phases, and a part of the network each",
    peer: "network",
    ours: { address: CAROL.address, configuration: router({ hostname: "carol", address: CAROL.address, gateway: "192.0.2.254" }, `${SUITES}crypto isakmp key ${CAROL.secret} address ${MOON.address}
crypto isakmp identity user-fqdn ${CAROL.id}
ip access-list extended HOME
 permit ip host ${CAROL.address} ${CAROL.acl}
crypto map CM 10 ipsec-isakmp
 set peer ${MOON.address}
 set transform-set carol
 set pfs group15
 match address HOME`) },
    others: [warrior(DAVE), {
      name: "moon", daemon: "charon", address: MOON.address, inner: ["10.1.0.10/28", "10.1.0.20/28"],
      configuration: swanctl(Object.fromEntries([CAROL, DAVE].map(({ name, id, address, suite, net }): [string, Connection] =>
        [name, { addrs: MOON.address, peerAddrs: address, id: MOON.id, peerId: id, ike: suite, children: { net: { local: net, remote: `${address}/32`, esp: suite } } }])),
      [[CAROL.secret, MOON.id, CAROL.id], [DAVE.secret, MOON.id, DAVE.id]]),
    }],
    check: async (network) => {
      const dave = network.other("dave"), moon = network.other("moon");
      await network.initiate(dave);
      await network.expectOwnPings(moon, CAROL.host);
      await network.expectOurs(1);
      await expectSuite(dave, DAVE);
      const sas = await moon.peer.sas(), ours = sas.find(({ name }) => name === "carol");
      if (!CAROL.phase1.test(ours?.suite ?? "") || !CAROL.phase2.test(ours?.children[0]?.suite ?? "")) throw new Error(`moon has ${ours?.suite} and ${ours?.children[0]?.suite} with us`);
      if ((await dave.peer.ping(DAVE.address, DAVE.host, 2)).received !== 2) throw new Error("dave's tunnel beside ours carries nothing");
      const said = await network.ours.ask(`ping ${CAROL.other} source ${CAROL.address} repeat 1 timeout 1`);
      if (!said.includes("(0/1)")) throw new Error(`dave's part of the network answers us: ${said}`);
      network.expectSealed();
    },
  },
] satisfies NetworkScenario[];
