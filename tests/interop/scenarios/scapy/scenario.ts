/** scapy's ESP, a third implementation, against ours in both directions, with the keys of running tunnels. */
import type { Bench } from "../../bench/bench.ts";
import { echo, ETHERNET_IPV4, ethernet, ipv4, parseEcho, parseIpv4 } from "../../../support/world/frame.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { until } from "../../bench/process.ts";
import type { PairScenario, Scenario } from "../../bench/scenario.ts";
import { askAll, exported, type Asked, type Sa } from "./oracle.ts";
import { transforms } from "./transforms.ts";

const ask = (sa: Sa, more: Omit<Asked, "sa">): { inner: string[]; made: string[] } => askAll([{ sa, ...more }])[0]!;

async function decryptsOurs(bench: Bench): Promise<void> {
  await bench.expectTunnel("initiator");
  const sa = exported(bench.ours as Postern).findLast(({ src }) => src === "192.0.2.1");
  if (!sa) throw new Error("no keys were exported");
  const packets = bench.wan.esp("out").filter(({ esp }) => esp.spi === sa.spi);
  const { inner } = ask(sa, { packets: packets.map(({ bytes }) => bytes.toString("hex", 14)) });
  if (inner.length < 10) throw new Error(`${inner.length} packets only`);
  for (const hex of inner) {
    const ip = parseIpv4(Buffer.from(hex, "hex"));
    if (ip?.src !== "10.1.0.10" || ip.dst !== "10.2.0.10" || !parseEcho(ip)) throw new Error(`an inner packet is no ping of our host: ${hex.slice(0, 80)}`);
  }
}

async function decryptTheirs(bench: Bench): Promise<void> {
  await bench.expectTunnel("initiator");
  const sa = exported(bench.ours as Postern).findLast(({ dst }) => dst === "192.0.2.1");
  if (!sa) throw new Error("no keys were exported");
  const mark = (i: number): Buffer => Buffer.from(`made by scapy ${i} `.repeat(1 + i * 3));
  const ping = (i: number): string => Buffer.from(ipv4("10.2.0.10", "10.1.0.10", 1, echo(8, 77, i, mark(i)), { id: i + 1 })).toString("hex");
  const frame = bench.wan.esp("in").at(-1)!;
  const send = (datagram: Buffer): void => bench.wan.inject("in", Buffer.from(ethernet(frame.frame.dst, frame.frame.src, ETHERNET_IPV4, datagram, true)));
  const seq = frame.esp.seq + 10;
  const { made } = ask(sa, { seq, make: [0, 1, 2, 3, 4, 5, 6, 7].map(ping) });
  const before = bench.lan.received.length;
  for (const hex of made) send(Buffer.from(hex, "hex"));
  const arrived = (): number => bench.lan.received.slice(before).filter((ip) => { const e = parseEcho(ip); return e?.id === 77 && e.data.equals(mark(e.seq)); }).length;
  await until("our host receives what scapy made", 5, () => arrived() === made.length);
  // The same packets again are replays, and a changed one does not authenticate: neither may arrive.
  for (const hex of made) send(Buffer.from(hex, "hex"));
  const changed = ask(sa, { seq: seq + 20, make: [ping(3)] }).made[0]!;
  const bytes = Buffer.from(changed, "hex");
  bytes[60]! ^= 1;
  send(bytes);
  await bench.expectPings(3);
  if (arrived() !== made.length) throw new Error("a replayed or a changed packet reached our host");
}

const common = { peer: "kernel", tools: ["scapy"], standin: "no" } as const;

export default [
  { ...common, tools: [...common.tools], name: "scapy-decrypts-ours", about: "scapy decrypts the ESP that we send", check: decryptsOurs },
  { ...common, tools: [...common.tools], name: "we-decrypt-scapy", about: "we decrypt scapy's ESP; replays and changes are dropped", check: decryptTheirs },
  transforms,
] satisfies (Scenario | PairScenario)[];
