/**
 * Our filters between two stations in namespaces, with nftables on both as the judge: what an access list permits arrives and is counted, what it denies does
 * not; inspection lets the answers in, and nothing else.
 */
import type { Network } from "../../bench/network.ts";
import type { Tool } from "../../bench/packages.ts";
import type { Netns } from "../../bench/peers/netns.ts";
import { must } from "../../bench/peers/shell.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import { fetched, judge, script, station, web, withStations } from "../../bench/station.ts";

const IN = "10.1.0.2", OUT = "192.0.2.2";
const edge = (list: string, more: string): string => `hostname edge
ip access-list extended WAN-IN
${list}interface Ethernet0
 ip address 10.1.0.1 255.255.0.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 ip access-group WAN-IN in
${more}end
`;

async function two(network: Network, use: (inside: Netns, outside: Netns) => Promise<void>): Promise<void> {
  const inside = await station(await network.placeInside(), `${IN}/16`, 0x11, "10.1.0.1");
  const outside = await station(await network.place(), `${OUT}/24`, 0xe1, "192.0.2.1");
  await withStations([inside, outside], () => use(inside, outside));
}

/** One datagram of UDP to each port. */
const datagrams = (netns: Netns, address: string, ports: number[]): Promise<string> =>
  script(netns, `const s = require("dgram").createSocket("udp4"); let left = ${ports.length}; for (const port of ${JSON.stringify(ports)}) s.send("x", port, "${address}", () => { if (--left === 0) setTimeout(() => process.exit(0), 100); })`);

/** So many packets of each kind have arrived. */
async function arrived(who: string, counted: (name: string) => Promise<number>, wanted: Record<string, number>): Promise<void> {
  for (const [name, count] of Object.entries(wanted)) {
    await until("", 5, async () => await counted(name) >= count, 50).catch(() => { /* said below */ });
    const there = await counted(name);
    if (there !== count) throw new Error(`nftables ${who} counts ${there} of ${name}, not ${count}`);
  }
}

const SITE: Pick<NetworkScenario, "peer" | "root" | "others" | "with"> = { peer: "network", root: true, others: [], with: "nftables, curl" };
const TOOLS: Tool[] = ["ip", "nft", "socat", "curl", "busybox"];

const lists: NetworkScenario = {
  ...SITE, tools: TOOLS,
  name: "filter-judge",
  about: "nftables counts on both sides what an access list lets in and out, with ports, ranges, types and flags",
  ours: {
    address: "192.0.2.1", segment: true,
    configuration: edge(` permit tcp any host ${IN} eq www
 permit udp any host ${IN} range 5000 5010
 permit icmp any any echo
 permit tcp any any established
 deny udp any any eq 5060
 deny ip any any log
`, `interface Ethernet0
 ip access-group LAN-IN in
ip access-list extended LAN-IN
 deny tcp any any eq 8080
 deny udp any any lt 1024
 permit ip 10.1.0.0 0.0.255.255 any
`),
  },
  check: (network) => two(network, async (inside, outside) => {
    const own = `ip saddr ${OUT}`;
    const at = await judge(inside, { range: `${own} udp dport 5000-5010`, udp: `${own} meta l4proto udp`, echo: `${own} icmp type echo-request`, www: `${own} tcp dport 80 tcp flags syn / syn,ack`, tcp: `${own} tcp dport != 80 tcp flags syn / syn,ack`, timestamp: `${own} icmp type timestamp-request` });
    const beyond = await judge(outside, { high: `ip saddr ${IN} udp dport 2000`, low: `ip saddr ${IN} udp dport 500`, www: `ip saddr ${IN} tcp dport 80`, alt: `ip saddr ${IN} tcp dport 8080`, forged: "ip saddr 10.9.0.9" });
    await web(inside, IN);
    await web(inside, IN, 81);
    await web(outside, OUT);
    await web(outside, OUT, 8080);
    // In from outside: a web server, a range of ports, pings; no other port, beside the range neither.
    if (!(await fetched(outside, `http://${IN}/x`))?.includes(IN)) throw new Error("the server inside is not reached");
    if (await fetched(outside, `http://${IN}:81/x`, 1) !== undefined) throw new Error("a port is reached that no line permits");
    await datagrams(outside, IN, [4999, 5000, 5005, 5010, 5011, 5060]);
    const { output } = await outside.exec(`ping -c 2 -i 0.2 -W 3 ${IN}`);
    if (!output.includes("2 received")) throw new Error(`pings: ${output}`);
    await arrived("inside", at, { range: 3, udp: 3, echo: 2, www: 1, tcp: 0, timestamp: 0 });
    // Out: established lets the answers in; two kinds never leave, nor does a source that is not the network's.
    if (!(await fetched(inside, `http://${OUT}/x`))?.includes(OUT)) throw new Error("the server outside is not reached");
    if (await fetched(inside, `http://${OUT}:8080/x`, 1) !== undefined) throw new Error("a port is reached that a line denies");
    await datagrams(inside, OUT, [500, 2000]);
    await must(inside, "ip addr add 10.9.0.9/32 dev e0");
    await inside.exec(`ping -c 2 -i 0.2 -W 0.5 -I 10.9.0.9 ${OUT}`);
    await arrived("outside", beyond, { high: 1, low: 0, alt: 0, forged: 0 });
    const shown = await network.ours.ask("show access-lists WAN-IN");
    for (const one of [/permit udp any host 10\.1\.0\.2 range 5000 5010 \(3 matches\)/, /permit icmp any any echo \(2 matches\)/, /deny udp any any eq 5060 \(1 match(es)?\)/, /deny ip any any log \(\d+ matches\)/])
      if (!one.test(shown)) throw new Error(`show access-lists has no ${one.source}: ${shown}`);
    await network.expectSaid(/%SEC-6-IPACCESSLOGP: list WAN-IN denied tcp 192\.0\.2\.2\(\d+\) -> 10\.1\.0\.2\(81\), 1 packet/, 10);
  }),
};

const inspection: NetworkScenario = {
  ...SITE, tools: [...TOOLS, "traceroute"],
  name: "filter-inspect",
  about: "inspection lets answers of TCP, UDP and ICMP in through a list that denies everything, and nothing else",
  ours: { address: "192.0.2.1", segment: true, configuration: edge(" deny ip any any\n", "ip inspect name FW tcp\nip inspect name FW udp\nip inspect name FW icmp\n") },
  check: (network) => two(network, async (inside, outside) => {
    const at = await judge(inside, { all: `ip saddr ${OUT}` });
    await web(outside, OUT);
    await web(inside, IN);
    const ping = async (): Promise<boolean> => (await inside.exec(`ping -c 2 -i 0.2 -W 1 ${OUT}`)).status === 0;
    if (await ping() || await fetched(inside, `http://${OUT}/x`, 1) !== undefined) throw new Error("answers come in that nothing permits");
    await arrived("inside", at, { all: 0 });
    await network.ours.ask("configure terminal\ninterface Ethernet1\nip inspect FW out\nend");
    if (!await ping()) throw new Error("pings are not answered");
    if (!(await fetched(inside, `http://${OUT}/x`))?.includes(OUT)) throw new Error("the server outside is not reached");
    if (await must(inside, `curl -s -m 20 http://${OUT}/large | sha256sum`) !== await must(outside, `sha256sum < ${outside.here}/www/large`)) throw new Error("a page is not what it was outside");
    // An error about a flow comes in by it: the port that nobody has ends the way.
    const path = await must(inside, `traceroute -n -w 2 -q 1 -N 1 -m 3 ${OUT}`);
    if (!/ 2 +192\.0\.2\.2 /.test(path)) throw new Error(`traceroute sees ${path}`);
    const sessions = await network.ours.ask("show ip inspect sessions");
    if (!/10\.1\.0\.2/.test(sessions)) throw new Error(`sessions: ${sessions}`);
    // Nothing that begins outside, whatever it looks like: a SYN, an answer that nobody asked for, from the port of a server that was asked or to others.
    await until("what went on has ended", 20, async () => { const a = await at("all"); await new Promise((r) => setTimeout(r, 300)); return a === await at("all"); }, 10);
    const before = await at("all");
    if (await fetched(outside, `http://${IN}/x`, 1) !== undefined) throw new Error("the server inside is reached");
    await datagrams(outside, IN, [53, 33434, 40000]);
    await outside.exec(`ping -c 2 -i 0.2 -W 0.5 ${IN}`);
    await outside.exec(`curl -s -m 1 --local-port 5353 http://${IN}/x`);
    if (await at("all") !== before) throw new Error(`${await at("all") - before} packets came in that nobody had asked for`);
    // And once the flows are forgotten, their answers neither.
    await network.ours.ask("clear ip inspect sessions");
    if (/10\.1\.0\.2/.test(await network.ours.ask("show ip inspect sessions"))) throw new Error("sessions stay");
  }),
};

export default [lists, inspection] satisfies NetworkScenario[];
