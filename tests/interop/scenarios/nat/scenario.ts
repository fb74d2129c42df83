/**
 * Real programs through our translation of addresses: TCP with its options, UDP, errors of ICMP, many flows; servers inside that are reached from outside; and
 * a tunnel beside it, which is not translated. Who stands outside counts with nftables what reached him.
 */
import { router, swanctl } from "../../bench/configure.ts";
import { Segment } from "../../bench/link/segment.ts";
import type { Seen } from "../../bench/link/relay.ts";
import type { Network } from "../../bench/network.ts";
import type { Tool } from "../../bench/packages.ts";
import { Netns } from "../../bench/peers/netns.ts";
import { must } from "../../bench/peers/shell.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import { daemon, fetched, IPERF3, judge, listening, macOf, script, station, web, withStations } from "../../bench/station.ts";

const OUTSIDE = "192.0.2.1", BEYOND = "198.51.100.9", ROUTER = "192.0.2.2";
const SITE: Pick<NetworkScenario, "peer" | "root" | "others"> = { peer: "network", root: true, others: [] };
const TOOLS: Tool[] = ["ip", "nft", "socat", "curl", "busybox"];

const edge = (more: string): string => `hostname edge
interface Ethernet0
 ip address 10.1.0.1 255.255.0.0
 ip nat inside
interface Ethernet1
 ip address ${OUTSIDE} 255.255.255.0
 ip nat outside
ip route 0.0.0.0 0.0.0.0 ${ROUTER}
${more}end
`;
const OVERLOAD = `access-list 1 permit 10.1.0.0 0.0.255.255
ip nat inside source list 1 interface Ethernet1 overload
`;

/** What a wire carried of TCP, by the kinds of the options in a SYN. */
function synOptions({ frame: { ip } }: Seen): Map<number, Buffer> | undefined {
  if (ip?.protocol !== 6 || ip.payload.length < 20 || (ip.payload[13]! & 0x12) !== 2) return undefined;
  const options = new Map<number, Buffer>();
  const end = (ip.payload[12]! >> 4) * 4;
  for (let at = 20; at < end && ip.payload[at] !== 0;) {
    if (ip.payload[at] === 1) { at++; continue; }
    const length = ip.payload[at + 1]!;
    options.set(ip.payload[at]!, ip.payload.subarray(at + 2, at + length));
    at += length;
  }
  return options;
}

/** Nothing with an inside address has left, and each header of ours is right. */
function expectTranslated(network: Network, inner = ["10.0.0.0/8"]): void {
  const open = network.wan.plaintext(inner).filter(({ direction }) => direction === "out");
  if (open.length > 0) throw new Error(`${open.length} packets left untranslated, the first ${open[0]!.frame.ip!.src} > ${open[0]!.frame.ip!.dst}`);
  if (network.wan.seen.some(({ direction, frame }) => direction === "out" && frame.ip && !frame.ip.checksumGood)) throw new Error("an IPv4 header from us has a wrong checksum");
}

/** The SYNs that have left since the wire was last looked at: their MSS, and the options that a translator has no say in. */
function expectOptions(network: Network, mss: number): void {
  const syns = network.wan.seen.filter(({ direction }) => direction === "out").map(synOptions).filter((one) => one !== undefined);
  if (syns.length === 0) throw new Error("no SYN left");
  for (const options of syns) {
    // MSS, window scale, SACK permitted, timestamps (RFC 9293, RFC 7323, RFC 2018).
    for (const kind of [2, 3, 4, 8]) if (!options.has(kind)) throw new Error(`a SYN left without option ${kind}`);
    if (options.get(2)!.readUInt16BE(0) !== mss) throw new Error(`a SYN left with an MSS of ${options.get(2)!.readUInt16BE(0)}, not ${mss}`);
  }
}

/** An outer router and a host beyond it. */
async function beyond(network: Network): Promise<{ hop: Netns; host: Netns; segment: Segment }> {
  const segment = new Segment();
  const hop = await Netns.open("hop", [
    { name: "e0", mac: macOf(0xe1), address: `${ROUTER}/24`, ...await network.place() },
    { name: "e1", mac: macOf(0xe2), address: "198.51.100.1/24", ...await segment.place() },
  ]);
  return { hop, host: await station(await segment.place(), `${BEYOND}/24`, 0xe3, "198.51.100.1"), segment };
}

/** What an echoing server of UDP answers to so many sockets at once. */
const MANY = 300;
const ECHO = `const s = require("dgram").createSocket("udp4"); s.on("message", (m, from) => s.send(m + " " + from.address, from.port, from.address)); s.bind(7007)`;
const ASK = `let answers = 0; const heard = new Set(); for (let i = 0; i < ${MANY}; i++) { const s = require("dgram").createSocket("udp4"); s.connect(7007, "${BEYOND}", () => { s.send("n" + i); setTimeout(() => { if (!heard.has(i)) s.send("n" + i); }, 1000); });` +
  `s.on("message", (m) => { if (!heard.has(i) && m.toString() === "n" + i + " ${OUTSIDE}") { heard.add(i); answers++; } s.unref(); if (answers === ${MANY}) done(); }); } const done = () => { console.log(answers); process.exit(0); }; setTimeout(done, 6000);`;
/** A connected socket hears of a port without anybody by an error of ICMP alone. */
const REFUSED = `const s = require("dgram").createSocket("udp4"); s.on("error", (e) => { console.log(e.code); process.exit(0); }); s.connect(9, "${BEYOND}", () => s.send("x")); setTimeout(() => { console.log("silence"); process.exit(0); }, 3000);`;

const overload: NetworkScenario = {
  ...SITE,
  name: "nat-overload",
  about: "iperf3, curl, traceroute and hundreds of sockets through our NAT: TCP's options, errors of ICMP, each answer to who asked",
  tools: [...TOOLS, "iperf3", "traceroute"], with: "iperf3, curl, traceroute",
  ours: { address: OUTSIDE, segment: true, configuration: edge(OVERLOAD) },
  check: async (network) => {
    const inside = await station(await network.placeInside(), "10.1.0.2/16", 0x11, "10.1.0.1");
    const { hop, host, segment } = await beyond(network);
    await withStations([inside, hop, host], async () => {
      const counted = await judge(hop, { translated: `iifname "e0" ip saddr ${OUTSIDE}`, other: `iifname "e0" ip saddr != ${OUTSIDE}` });
      await web(host, BEYOND);
      const pages = await fetched(inside, `http://${BEYOND}/x`);
      if (!pages?.includes(`hello from ${BEYOND}`)) throw new Error(`curl got ${pages}`);
      expectOptions(network, 1460);
      const sums = await Promise.all([must(host, `sha256sum < ${host.here}/www/large`), must(inside, `curl -s -m 20 http://${BEYOND}/large | sha256sum`)]);
      if (sums[0] !== sums[1]) throw new Error("a page is not what it was outside");
      // What the clients inside write as their MSS is made less where the interface says so, and nothing else of it.
      network.wan.forget();
      await network.ours.ask("configure terminal\ninterface Ethernet1\nip tcp adjust-mss 1300\nend");
      if (await fetched(inside, `http://${BEYOND}/x`) === undefined) throw new Error("no page with a lesser MSS");
      expectOptions(network, 1300);

      for (const [protocol, words] of [["tcp", "-n 400K"], ["udp", "-u -b 2M -t 1"], ["tcp, the other way", "-R -n 400K"], ["udp, the other way", "-R -u -b 2M -t 1"]] as const) {
        const server = daemon(host, `${IPERF3} -s -1`);
        await listening(host, 5201);
        const { status, output } = await inside.exec(`${IPERF3} -c ${BEYOND} ${words} -J`, 40);
        server.stop();
        const { sum_received: tcp, sum: udp } = (JSON.parse(output) as { end: { sum_received?: { bytes: number }; sum?: { packets: number; lost_percent: number } } }).end;
        const carried = protocol.startsWith("tcp") ? (tcp?.bytes ?? 0) >= 100_000 : (udp?.packets ?? 0) > 50 && udp!.lost_percent < 50;
        if (status !== 0 || !carried) throw new Error(`iperf3 ${protocol}: ${output.slice(-400)}`);
      }

      const refused = await script(inside, REFUSED);
      if (refused !== "ECONNREFUSED") throw new Error(`a socket whose port nobody has heard ${refused}`);
      for (const how of ["", "-I", "-T -p 80"]) {
        const path = await must(inside, `traceroute -n -w 2 -q 1 -N 1 -m 4 ${how} ${BEYOND}`, 30);
        const hops = [...path.matchAll(/^ *\d+ +(\S+)/gm)].map(([, address]) => address).join(" ");
        if (hops !== `10.1.0.1 ${ROUTER} ${BEYOND}`) throw new Error(`traceroute ${how} sees ${hops}`);
      }
      daemon(host, `${process.execPath} -e '${ECHO}'`);
      await until("the echoing server", 20, async () => (await host.exec("cat /proc/net/udp")).output.includes(":1B5F "), 50);
      const answers = Number(await script(inside, ASK));
      if (answers !== MANY) throw new Error(`${answers} of ${MANY} sockets had their own answer`);
      const shown = await network.ours.ask("show ip nat translations");
      const udp = (shown.match(/^udp 192\.0\.2\.1:\d+ +10\.1\.0\.2:\d+ +198\.51\.100\.9:7007 /gm) ?? []).length;
      if (udp !== MANY) throw new Error(`${udp} translations are shown, not ${MANY}`);

      expectTranslated(network);
      if (await counted("other") !== 0) throw new Error("nftables outside counts what is not ours");
      if (await counted("translated") < 500) throw new Error(`nftables outside counts ${await counted("translated")} packets of ours`);
    });
    segment.close();
  },
};

const statics: NetworkScenario = {
  ...SITE,
  name: "nat-static",
  about: "curl from outside to servers inside: a port of our address, an address of its own; the list on the interface says what else there is",
  tools: [...TOOLS], with: "curl, nftables",
  ours: {
    address: OUTSIDE, segment: true,
    configuration: edge(`ip nat inside source static tcp 10.1.0.2 80 interface Ethernet1 8080
ip nat inside source static 10.1.0.3 192.0.2.8
ip access-list extended WAN-IN
 permit tcp any host ${OUTSIDE} eq 8080
 permit tcp any host 192.0.2.8 eq www
 permit tcp any host 192.0.2.8 established
 permit icmp any host 192.0.2.8
interface Ethernet1
 ip access-group WAN-IN in
`),
  },
  check: async (network) => {
    const first = await station(await network.placeInside(), "10.1.0.2/16", 0x11, "10.1.0.1");
    const second = await station(await network.placeInside(), "10.1.0.3/16", 0x12, "10.1.0.1");
    const outside = await station(await network.place(), `${ROUTER}/24`, 0xe1, OUTSIDE);
    await withStations([first, second, outside], async () => {
      for (const [one, address] of [[first, "10.1.0.2"], [second, "10.1.0.3"]] as const) { await web(one, address); await web(one, address, 81); }
      const page = web(outside, ROUTER);
      const reached = await judge(first, { all: `tcp dport { 80, 81, 8080 }`, own: `ip saddr ${ROUTER} tcp dport 80` });
      const counted = await judge(outside, { inner: "ip saddr 10.0.0.0/8", second: "ip saddr 192.0.2.8" });
      await page;
      for (const [url, from] of [[`http://${OUTSIDE}:8080/x`, "10.1.0.2"], ["http://192.0.2.8/x", "10.1.0.3"]] as const) {
        const got = await fetched(outside, url);
        if (!got?.includes(`hello from ${from}`)) throw new Error(`${url} gives ${got}`);
      }
      const large = await must(outside, `curl -s -m 20 http://${OUTSIDE}:8080/large | sha256sum`);
      if (large !== await must(first, `sha256sum < ${first.here}/www/large`)) throw new Error("a page is not what it was inside");
      const before = await reached("all");
      if (before === 0 || before !== await reached("own")) throw new Error(`nftables inside counts ${before}, of the port that is forwarded ${await reached("own")}`);
      for (const url of [`http://${OUTSIDE}:80/x`, `http://${OUTSIDE}:81/x`, "http://10.1.0.2/x", "http://10.1.0.3/x", "http://192.0.2.8:81/x"]) {
        const got = await fetched(outside, url, 1);
        if (got !== undefined) throw new Error(`${url} gives ${got}`);
      }
      if (await reached("all") !== before) throw new Error("something else has reached the server inside");
      // The host with an address of its own has it outside, too; the other has no way out at all.
      if (!(await fetched(second, `http://${ROUTER}/x`))?.includes("hello")) throw new Error("the host with an address of its own gets nothing");
      const { status } = await second.exec(`ping -c 2 -W 2 ${ROUTER}`);
      if (status !== 0 || await counted("second") === 0) throw new Error("its pings are not answered");
      if (await counted("inner") !== 0) throw new Error("nftables outside counts an address from inside");
      expectTranslated(network);
    });
  },
};

const SECRET = "correct-horse-battery-staple", HOST = "10.2.0.10", INTERNET = "192.0.2.9";

/** The tunnel of `router`, with NAT beside it. */
const beside = router({ hostname: "edge", address: OUTSIDE, gateway: INTERNET, lans: ["10.1.0.1 255.255.0.0"] }, `crypto isakmp policy 10
crypto isakmp key ${SECRET} address ${ROUTER}
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
ip access-list extended NAT
 deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
 permit ip 10.1.0.0 0.0.255.255 any
ip nat inside source list NAT interface Ethernet1 overload
crypto map CM 10 ipsec-isakmp
 set peer ${ROUTER}
 set transform-set TS
 match address VPN`).replace("interface Ethernet0\n", "interface Ethernet0\n ip nat inside\n").replace("interface Ethernet1\n", "interface Ethernet1\n ip nat outside\n")
  // What goes to the internet is no private matter here.
  .replace(" permit ip 10.0.0.0 0.255.255.255 any\n permit ip any 10.0.0.0 0.255.255.255\n", " permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n");

const exempt: NetworkScenario = {
  peer: "network", root: true,
  name: "nat-exempt",
  about: "a tunnel to charon untranslated, the internet translated; without the exemption nothing of the tunnel's leaves, and it is said which line is missing",
  tools: [...TOOLS],
  ours: { address: OUTSIDE, segment: true, configuration: beside },
  others: [{
    name: "peer", daemon: "charon", address: ROUTER, inner: [`${HOST}/16`],
    configuration: swanctl({ tunnel: { addrs: ROUTER, peerAddrs: OUTSIDE, id: ROUTER, peerId: OUTSIDE, children: { net: { local: "10.2.0.0/16", remote: "10.1.0.0/16" } } } }, [[SECRET]]),
  }],
  check: async (network) => {
    const peer = network.others[0]!;
    const inside = await station(await network.placeInside(), "10.1.0.2/16", 0x11, "10.1.0.1");
    const internet = await station(await network.place(), `${INTERNET}/24`, 0xe4);
    await withStations([inside, internet], async () => {
      await web(internet, INTERNET);
      const counted = await judge(internet, { inner: "ip saddr 10.0.0.0/8", translated: `ip saddr ${OUTSIDE}` });
      await until("an answer through the tunnel", 40, async () => (await inside.exec(`ping -c 1 -W 2 ${HOST}`)).status === 0);
      const pings = await must(inside, `ping -c 5 -i 0.2 -W 4 ${HOST}`);
      if (!pings.includes("5 received")) throw new Error(`pings into the tunnel: ${pings}`);
      const seen = await judge(inside, { "from the tunnel": `ip saddr ${HOST} icmp type echo-request` });
      const back = await peer.peer.ping(HOST, "10.1.0.2", 5);
      if (back.received !== 5 || await seen("from the tunnel") !== 5) throw new Error(`pings out of the tunnel: ${back.received} of 5`);
      if (!(await fetched(inside, `http://${INTERNET}/x`))?.includes("hello")) throw new Error("no page from the internet");
      if (await counted("translated") === 0 || await counted("inner") !== 0) throw new Error(`nftables on the internet counts ${await counted("translated")} of ours and ${await counted("inner")} from inside`);
      const shown = await network.ours.ask("show ip nat translations");
      if (!/^tcp 192\.0\.2\.1:\d+ +10\.1\.0\.2:\d+ +192\.0\.2\.9:80 /m.test(shown) || shown.includes(HOST)) throw new Error(`translations: ${shown}`);
      await network.expectOurs(1);
      await network.expectTheirs(peer);
      network.expectSealed();
      expectTranslated(network);

      const esp = network.wan.esp("out").length;
      await network.ours.ask("configure terminal\nip access-list extended NAT\nno 10\nend");
      if ((await inside.exec(`ping -c 3 -i 0.2 -W 1 ${HOST}`)).status === 0) throw new Error("the tunnel carries what has no exemption");
      await network.expectSaid(/%NAT-4-MISSES_CRYPTO: 10\.1\.0\.2 -> 10\.2\.0\.10: .*`ip access-list extended NAT`, `\d+ deny ip 10\.1\.0\.0 0\.0\.255\.255 10\.2\.0\.0 0\.0\.255\.255`/, 10);
      if (network.wan.seen.some(({ direction, frame: { ip } }) => direction === "out" && ip?.dst === HOST)) throw new Error("what was to be protected left in plain");
      if (network.wan.esp("out").length > esp) throw new Error("the tunnel carries what has no exemption");
    });
  },
};

export default [overload, statics, exempt] satisfies NetworkScenario[];
