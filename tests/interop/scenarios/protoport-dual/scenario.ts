/**
 * strongSwan's protoport-dual: one phase 1 and two pairs of SAs, one for ICMP and one for TCP to port 22 of the network behind the gateway moon. Other
 * ports and protocols are nobody's: they neither leave nor come in. As responder we are moon; as initiator the gateway of a client's network.
 */
import { checksum, ip, IP_TCP, IP_UDP, type Ipv4 } from "../../../support/world/frame.ts";
import { router, swanctl } from "../../bench/configure.ts";
import { must, type Shell } from "../../bench/peers/shell.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";

const SECRET = "correct-horse-battery-staple", MOON = "192.0.2.1", CAROL = "192.0.2.100", ALICE = "10.1.0.10", CLIENT = "10.2.0.10";
const SSH = 22, HTTP = 80;
const RST = 4, SYN = 2, ACK = 16;

/** A TCP segment without data (RFC 793, 3.1). */
function segment(src: string, dst: string, from: number, to: number, flags: number, acknowledged = 0): Buffer {
  const out = Buffer.alloc(20), pseudo = Buffer.alloc(32);
  out.writeUInt16BE(from, 0); out.writeUInt16BE(to, 2); out.writeUInt32BE(1000, 4); out.writeUInt32BE(acknowledged, 8); out[12] = 0x50; out[13] = flags; out.writeUInt16BE(1024, 14);
  pseudo.writeUInt32BE(ip(src), 0); pseudo.writeUInt32BE(ip(dst), 4); pseudo[9] = IP_TCP; pseudo.writeUInt16BE(20, 10); out.copy(pseudo, 12);
  out.writeUInt16BE(checksum(pseudo), 16);
  return out;
}

const tcpPorts = ({ protocol, payload }: Ipv4): [from: number, to: number] | undefined => (protocol === IP_TCP && payload.length >= 20 ? [payload.readUInt16BE(0), payload.readUInt16BE(2)] : undefined);

/** What becomes of a connection from a guest. */
async function connect(shell: Shell, to: string, port: number, seconds: number): Promise<string> { return (await shell.exec(`timeout ${seconds} bash -c ': </dev/tcp/${to}/${port}'`)).output; }

const ours = (address: string, lan: string, crypto: string): string => router({ hostname: "gate", address, gateway: "192.0.2.254", lans: [`${lan} 255.255.0.0`] }, `crypto isakmp policy 10
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
${crypto}`);

const site: Pick<NetworkScenario, "peer" | "leaks"> = { peer: "network", leaks: (packet) => tcpPorts(packet)?.[1] === HTTP };

export default [
  {
    ...site,
    name: "protoport-dual-responder",
    about: "ICMP and TCP to port 22 in a pair of SAs each, under one phase 1; other ports stay out",
    ours: { address: MOON, configuration: ours(MOON, "10.1.0.1", `crypto isakmp key ${SECRET} address 0.0.0.0 0.0.0.0
ip access-list extended VPN
 permit icmp 10.1.0.0 0.0.255.255 192.0.2.0 0.0.0.255
 permit tcp 10.1.0.0 0.0.255.255 eq ${SSH} 192.0.2.0 0.0.0.255
crypto dynamic-map WARRIORS 10
 set transform-set TS
 match address VPN
crypto map CM 800 ipsec-isakmp dynamic WARRIORS`) },
    others: [{ name: "carol", daemon: "charon", address: CAROL, configuration: swanctl({ tunnel: { addrs: CAROL, peerAddrs: MOON, id: CAROL, peerId: MOON, children: {
      icmp: { local: `${CAROL}/32[icmp]`, remote: "10.1.0.0/16[icmp]" }, ssh: { local: `${CAROL}/32[tcp]`, remote: `10.1.0.0/16[tcp/${SSH}]` },
    } } }, [[SECRET]]) }],
    check: async (network) => {
      const carol = network.others[0]!, { lan } = network, { shell } = carol.peer;
      // The peer makes no route of its own for less than a whole network.
      await must(shell, `ip route replace 10.1.0.0/16 via ${MOON} src ${CAROL}`);
      const arrived: Ipv4[] = [];
      // Alice refuses connections, as a host does where nobody listens: that is an answer.
      lan.sink = (packet) => {
        arrived.push(packet);
        const ports = tcpPorts(packet);
        if (ports && packet.payload[13] === SYN) void lan.sendIp(packet.src, IP_TCP, segment(ALICE, packet.src, ports[1], ports[0], RST | ACK, packet.payload.readUInt32BE(4) + 1 >>> 0));
      };
      await network.initiate(carol, "icmp");
      await network.initiate(carol, "ssh");
      await network.expectOurs(1, 2);
      await network.expectTheirs(carol, 2);
      await network.expectPings(carol, CAROL);
      if ((await carol.peer.ping(CAROL, "10.1.0.1", 2)).received !== 2) throw new Error("our own address inside does not answer");
      if (/refused/.test(await connect(shell, ALICE, HTTP, 1))) throw new Error("port 80 was answered");
      await lan.sendIp(CAROL, IP_TCP, segment(ALICE, CAROL, HTTP, 40000, SYN));
      await lan.sendIp(CAROL, IP_UDP, Buffer.from("0016001600080000", "hex"));
      const said = await connect(shell, ALICE, SSH, 30);
      if (!/refused/.test(said)) throw new Error(`no answer from port 22: ${said}`);
      const others = arrived.filter((packet) => tcpPorts(packet)?.[1] !== SSH);
      if (others.length > 0 || arrived.length === 0) throw new Error(`${others.length} packets of ${arrived.length} to other ports than 22 arrived`);
      for (const child of (await carol.peer.sas())[0]!.children) if (child.packetsIn === 0 || child.packetsOut === 0) throw new Error(`the SA of ${child.name} carried nothing`);
      network.expectSealed();
    },
  },
  {
    ...site,
    name: "protoport-dual-initiator",
    about: "ICMP and TCP to port 22 in a pair of SAs each, under one phase 1; other ports do not leave",
    ours: {
      address: CAROL, lans: [{ mac: "02:00:00:00:00:0a", address: CLIENT, subnet: "10.2.0.0/16", gateway: "10.2.0.1" }], configuration: ours(CAROL, "10.2.0.1", `crypto isakmp key ${SECRET} address ${MOON}
ip access-list extended HOME
 permit icmp 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255
 permit tcp 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255 eq ${SSH}
crypto map CM 10 ipsec-isakmp
 set peer ${MOON}
 set transform-set TS
 match address HOME`) },
    others: [{ name: "moon", daemon: "charon", address: MOON, inner: [`${ALICE}/16`], configuration: swanctl({ tunnel: { addrs: MOON, peerAddrs: "%any", id: MOON, children: {
      icmp: { local: "10.1.0.0/16[icmp]", remote: "10.2.0.0/16[icmp]" }, ssh: { local: `10.1.0.0/16[tcp/${SSH}]`, remote: "10.2.0.0/16[tcp]" },
    } } }, [[SECRET]]) }],
    check: async (network) => {
      const moon = network.others[0]!, { lan } = network;
      await must(moon.peer.shell, `ip route replace 10.2.0.0/16 via ${CAROL} src ${ALICE}`);
      if (!await lan.pingUntil(ALICE, 40)) throw new Error("no answer through the tunnel for ICMP");
      const from = (port: number): boolean => lan.received.some((packet) => tcpPorts(packet)?.[0] === port && (packet.payload[13]! & RST) !== 0);
      await lan.sendIp(ALICE, IP_TCP, segment(CLIENT, ALICE, 40000, HTTP, SYN));
      await lan.sendIp(ALICE, IP_UDP, Buffer.from("0016001600080000", "hex"));
      await until("an answer from port 22", 40, async () => {
        await lan.sendIp(ALICE, IP_TCP, segment(CLIENT, ALICE, 40001, SSH, SYN));
        return from(SSH);
      }, 500);
      if (/refused/.test(await connect(moon.peer.shell, CLIENT, HTTP, 1))) throw new Error("port 80 was answered");
      await network.expectOurs(1, 2);
      await network.expectTheirs(moon, 2);
      await network.expectPings(moon, ALICE);
      if (from(HTTP)) throw new Error("port 80 has answered us");
      if (moon.wire.seen.some(({ direction, frame }) => direction === "out" && frame.ip && (frame.ip.protocol === IP_TCP || frame.ip.protocol === IP_UDP && frame.ip.payload.readUInt16BE(2) === SSH))) throw new Error("what no SA is for has left");
      network.expectSealed();
    },
  },
] satisfies NetworkScenario[];
