/**
 * AH, and transport mode of both protocols, with charon and the kernel's own AH and ESP. In transport mode the two ends talk
 * for themselves: our router's console pings, and so does the peer.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "../../bench/bench.ts";
import { noneLost } from "../../bench/bench.ts";
import { template, type Values } from "../../bench/configure.ts";
import { echo, ETHERNET_IPV4, ethernet, ipv4, parseEcho, parseIpv4 } from "../../../support/world/frame.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { readText, until } from "../../bench/process.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";
import { statics } from "./static.ts";

const HASHES = [["md5", "md5"], ["sha", "sha1"], ["sha256", "sha256"], ["sha384", "sha384"], ["sha512", "sha512"]] as const;
export const HOSTS: Values = { our_net_acl: "host 192.0.2.1", their_net_acl: "host 192.0.2.2", our_net: "192.0.2.1/32", their_net: "192.0.2.2/32" };
export const AH = 51, ESP = 50;
const UDP = 17, ICMP = 1;

const ours = template("../../bench/configurations/ours.cfg", import.meta.url);
const theirs = template("../../bench/configurations/theirs.conf", import.meta.url);

/** The common templates with another transform set, mode and kind of proposal. */
function templates(set: string, mode: "tunnel" | "transport", protocol: "ah" | "esp"): Pick<Scenario, "oursTemplate" | "theirsTemplate"> {
  return {
    oursTemplate: ours.replace("${esp_cipher} ${esp_hash}\n mode tunnel", `${set}\n mode ${mode}`),
    theirsTemplate: theirs.replace("esp_proposals", `${protocol}_proposals`).replace("mode = tunnel", `mode = ${mode}`),
  };
}

/** How many packets of a protocol the wire has carried, each way. */
const carried = (bench: Bench, protocol: number): [out: number, back: number] =>
  (["out", "in"] as const).map((way) => bench.wan.seen.filter(({ direction, frame: { ip } }) => direction === way && ip?.protocol === protocol).length) as [number, number];

function expectCarried(bench: Bench, protocol: number): void {
  const [out, back] = carried(bench, protocol);
  if (out < 10 || back < 10) throw new Error(`${out} and ${back} packets of protocol ${protocol} on the wire`);
}

async function expectSuite(bench: Bench, suite: string): Promise<void> {
  const child = (await bench.theirs.sas())[0]!.children[0]!;
  if (!child.suite.startsWith(suite)) throw new Error(`the peer says ${child.suite}`);
  if (child.packetsIn < 5 || child.packetsOut < 5) throw new Error(`the peer's counters do not show the traffic: ${JSON.stringify(child)}`);
}

export async function throughTunnel(bench: Bench, role: Role): Promise<void> {
  await bench.up(role);
  noneLost("from our host", await bench.lan.ping("10.2.0.10", 10));
  const { sent, received } = await bench.theirs.ping("10.2.0.10", "10.1.0.10", 10);
  if (received !== sent) throw new Error(`the peer's pings: ${received} of ${sent} answered`);
  expectCarried(bench, AH);
}

/** Our console's pings of a size, all answered. */
async function consolePings(bench: Bench, to: string, size = 100): Promise<void> {
  const rates = (): number => (bench.ours.said.match(/Success rate is/g) ?? []).length;
  const before = rates();
  await bench.ours.ask(`ping ${to} size ${size}`);
  await until("the console's pings", 30, () => rates() > before);
  if (!/100 percent[^\n]*\n(?![^]*Success rate)/.test(bench.ours.said)) throw new Error(`the console's pings of ${size} octets: ${bench.ours.said.trim().split("\n").slice(-4).join(" / ")}`);
}

export async function betweenHosts(bench: Bench, role: Role, protocol: number, here = "192.0.2.1", there = "192.0.2.2", peer = there): Promise<void> {
  if (role === "responder") {
    const { status, output } = await bench.theirs.initiate("net", 40);
    if (status !== 0) throw new Error(`the peer could not bring it up: ${output.trim().split("\n").slice(-3).join(" / ")}`);
  } else await bench.ours.ask(`ping ${there} repeat 1`);
  await bench.expectUp();
  await consolePings(bench, there);
  await consolePings(bench, there, 3000);
  const { sent, received } = await bench.theirs.ping(peer, here, 10);
  if (received !== sent) throw new Error(`the peer's pings: ${received} of ${sent} answered`);
  if (protocol !== UDP) expectCarried(bench, protocol);
  else if (bench.wan.esp("out").length < 10 || bench.wan.esp().some(({ esp }) => !esp.udp)) throw new Error("not all ESP went in UDP");
  if (bench.wan.seen.some(({ direction, frame: { ip } }) => direction === "out" && ip?.protocol === ICMP)) throw new Error("ICMP left our side in plain");
  const { detail } = await bench.ours.state();
  if (bench.configurations().ours.includes("\n mode transport\n") && !/in use settings =\{Transport/.test(detail)) throw new Error("our side does not use transport mode");
}

const tunnels = HASHES.flatMap(([word, name]) => bothRoles(`ah-tunnel-${word}`, (role) => ({
  about: `AH in tunnel mode with HMAC-${name.toUpperCase()}`,
  peer: "kernel",
  standin: "no",
  values: { esp_proposal: name },
  ...templates(`ah-${word}-hmac`, "tunnel", "ah"),
  check: async (bench) => {
    await throughTunnel(bench, role);
    await expectSuite(bench, "HMAC_");
  },
})));

const transports = HASHES.flatMap(([word, name]) => bothRoles(`ah-transport-${word}`, (role) => ({
  about: `AH in transport mode with HMAC-${name.toUpperCase()}, fragments behind it`,
  peer: "kernel",
  standin: "no",
  values: { ...HOSTS, esp_proposal: name },
  ...templates(`ah-${word}-hmac`, "transport", "ah"),
  check: async (bench) => {
    await betweenHosts(bench, role, AH);
    await expectSuite(bench, "HMAC_");
  },
})));

const esp = bothRoles("esp-transport", (role) => ({
  about: "ESP in transport mode between the two ends themselves, fragments behind it",
  peer: "kernel",
  standin: "no",
  values: HOSTS,
  ...templates("esp-aes 256 esp-sha256-hmac", "transport", "esp"),
  check: (bench) => betweenHosts(bench, role, ESP),
}));

const natted = bothRoles("esp-transport-natt", (role) => ({
  about: `ESP in transport mode, ${role === "initiator" ? "we are" : "the peer is"} behind a translator: NAT-OA, ESP in UDP 4500`,
  peer: "kernel",
  standin: "no",
  nat: role === "initiator" ? "ours" : "theirs",
  values: (role === "initiator"
    ? { our_net_acl: "host 198.18.0.2", their_net_acl: "host 192.0.2.2", our_net: "dynamic", their_net: "dynamic" }
    : { ...HOSTS, their_net: "dynamic" }) as Values,
  ...templates("esp-aes 256 esp-sha256-hmac", "transport", "esp"),
  check: (bench) => betweenHosts(bench, role, UDP, "192.0.2.1", "192.0.2.2", role === "initiator" ? "192.0.2.2" : "198.18.0.2"),
}));

interface Asked { spi: number; auth: string; key: string; outer: [string, string]; seq: number; packets: string[]; make: string[] }

function scapy(asked: Asked): { inner: string[]; made: string[] } {
  const done = spawnSync("/usr/bin/python3", [fileURLToPath(new URL("oracle.py", import.meta.url))], { input: JSON.stringify(asked), encoding: "utf8", timeout: 40000 });
  if (done.status !== 0) throw new Error(`scapy: ${(done.stderr ?? "").trim().split("\n").at(-1)}`);
  return JSON.parse(done.stdout) as { inner: string[]; made: string[] };
}

/** scapy verifies our AH and we verify scapy's, with the keys that our side exported. */
async function withScapy(bench: Bench): Promise<void> {
  await throughTunnel(bench, "initiator");
  const keys = readText(join((bench.ours as Postern).keylog, "ah_sa")).split("\n").filter((line) => line.startsWith('"')).map((line) => line.split(",").map((cell) => cell.replaceAll('"', "")));
  const of = (from: string): Pick<Asked, "spi" | "auth" | "key" | "outer"> => {
    const [, src, dst, spi, , key] = keys.findLast((row) => row[1] === from)!;
    return { spi: Number(spi), auth: "SHA2-256-128", key: key!.replace("0x", ""), outer: [src!, dst!] };
  };
  const sent = bench.wan.seen.filter(({ direction, frame: { ip } }) => direction === "out" && ip?.protocol === AH);
  const { inner } = scapy({ ...of("192.0.2.1"), seq: 1, packets: sent.map(({ bytes }) => bytes.toString("hex", 14)), make: [] });
  if (inner.length < 10 || inner.some((hex) => parseIpv4(Buffer.from(hex, "hex"))?.src !== "10.1.0.10")) throw new Error(`scapy took ${inner.length} packets of ours out of their AH, and not all are our host's`);
  const last = bench.wan.seen.findLast(({ direction, frame: { ip } }) => direction === "in" && ip?.protocol === AH)!;
  const mark = (i: number): Buffer => Buffer.from(`made by scapy ${i} `.repeat(1 + i * 3));
  const seq = last.bytes.readUInt32BE(14 + 20 + 8) + 10;
  const make = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => Buffer.from(ipv4("10.2.0.10", "10.1.0.10", ICMP, echo(8, 77, i, mark(i)), { id: i + 1 })).toString("hex"));
  const { made } = scapy({ ...of("192.0.2.2"), seq, packets: [], make });
  const send = (datagram: Buffer): void => bench.wan.inject("in", Buffer.from(ethernet(last.frame.dst, last.frame.src, ETHERNET_IPV4, datagram, true)));
  const before = bench.lan.received.length;
  const arrived = (): number => bench.lan.received.slice(before).filter((ip) => { const e = parseEcho(ip); return e?.id === 77 && e.data.equals(mark(e.seq)); }).length;
  for (const hex of made) send(Buffer.from(hex, "hex"));
  await until("our host receives what scapy made", 5, () => arrived() === made.length);
  // Replays, and a changed one with a number of its own, do not arrive.
  for (const hex of made) send(Buffer.from(hex, "hex"));
  const changed = Buffer.from(scapy({ ...of("192.0.2.2"), seq: seq + 20, packets: [], make: [make[3]!] }).made[0]!, "hex");
  changed[changed.length - 1]! ^= 1;
  send(changed);
  noneLost("from our host", await bench.lan.ping("10.2.0.10", 3));
  if (arrived() !== made.length) throw new Error("a replayed or a changed packet reached our host");
}

const oracle = [{
  name: "scapy-ah",
  about: "scapy verifies our AH and we verify scapy's; replays and changes are dropped",
  peer: "kernel",
  tools: ["scapy"],
  standin: "no",
  values: { esp_proposal: "sha256" },
  ...templates("ah-sha256-hmac", "tunnel", "ah"),
  check: withScapy,
}] satisfies Scenario[];

export default [...oracle, ...tunnels, ...transports, ...esp, ...natted, ...statics];
