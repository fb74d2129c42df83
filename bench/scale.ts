/**
 * What a packet costs with one tunnel and with as many as the hub profile has: lookups and timers must not slow down with their number.
 * Two routers of the same module in one process, one with a single tunnel, one with all of them and renewals beside until there are
 * 10,000 SAs; the same packets go through both in turn, a few hundred each time, those of the full one through all its SAs in turn. The
 * ratio of processor times is what counts; the quartiles of its rounds are given with it.
 *
 *   node --import tsx bench/scale.ts [--tunnels N] [--rounds N]
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { loadModule } from "../host/node/contract.ts";
import { Crowd, crowdConfig, HOST, memberHost, type Pair } from "../tests/support/second/crowd.ts";
import { Endpoint } from "../tests/support/world/endpoint.ts";
import { ETHERNET_IPV4, ethernet, IP_UDP, ipv4, macBytes, udp } from "../tests/support/world/frame.ts";
import { World, type Router } from "../tests/support/world/world.ts";
import { build } from "../tools/build/build.mjs";
import { cpu, type Row } from "./measure.ts";
import type { Bench } from "./suite.ts";

export interface ScaleRow {
  what: string;
  /** Octets of the inner datagram. */
  size: number;
  /** Microseconds a packet with one tunnel, and with all. */
  one: number;
  many: number;
  /** many / one: the median of the rounds, and its quartiles. */
  ratio: number;
  quartiles: [number, number];
}

export interface ScaleOptions {
  tunnels?: number;
  /** SAs in the end, renewals included. */
  sas?: number;
  rounds?: number;
  sizes?: number[];
  /** The build that is measured: "postern.hub.simd" unless said otherwise. */
  name?: string;
  log?: (line: string) => void;
}

const GATEWAY_MAC = "02:00:00:00:02:02";

/** A router with its crowd, up and quiet. */
class Side {
  readonly world = new World();
  readonly router: Router;
  readonly crowd: Crowd;
  /** Each SA that the router receives by, and whose it is. */
  readonly pairs: { pair: Pair; n: number }[] = [];
  private readonly ethernet = new Map<number, string>();

  constructor(module: WebAssembly.Module, tunnels: number, sas: number) {
    this.router = this.world.router("hub", { module, config: crowdConfig() });
    this.crowd = new Crowd(this.world, this.router);
    const host = new Endpoint(HOST, "172.16.0.1", { prefix: 16 });
    this.world.wire(host, this.router.port(0), { delay: 0 });
    this.crowd.meet();
    host.ping("172.16.0.1", 1);
    this.world.run(10);
    for (let made = 0; made < tunnels; made += 256) {
      this.crowd.grow(Math.min(256, tunnels - made));
      this.router.events.length = 0;
    }
    // Renewals: the pairs before stay for a while, and both are in use.
    for (let n = 0; 2 * (tunnels + n) + 2 <= sas; n++) {
      const made = this.crowd.made;
      this.crowd.members[n % tunnels]!.renew();
      if (!this.world.run(100, () => this.crowd.made > made)) break;
    }
    this.world.run(5);
    for (const { n, pairs } of this.crowd.members) for (const pair of pairs) this.pairs.push({ pair, n });
    this.router.events.length = 0;
    // From here on what it sends goes nowhere: only what it does counts.
    for (const port of [0, 1]) this.router.port(port).send = () => {};
    for (const port of [0, 1]) this.ethernet.set(port, this.macOf(port));
  }

  /** The router's Ethernet address of a port. */
  private macOf(port: number): string {
    return /address is ([0-9a-f.]+)/i.exec(this.router.type(`show interfaces Ethernet${port}`))![1]!.replaceAll(".", "").replace(/(..)(?=.)/g, "$1:");
  }

  get sas(): number {
    return Number(/security associations +(\d+)/.exec(this.router.type("show memory"))![1]);
  }

  /** Frames that go out through the tunnels in turn; `count` flows, each of its own. */
  outbound(count: number, size: number): Uint8Array[] {
    const all = this.crowd.members.length;
    return Array.from({ length: count }, (_, i) =>
      ethernet(this.ethernet.get(0)!, macBytes("02:00:ac:10:00:0a"), ETHERNET_IPV4, ipv4(HOST, memberHost(i % all, 10 + Math.floor(i / all)), IP_UDP, udp(5000, 7, new Uint8Array(size - 28)))));
  }

  /** Packets that come in through all SAs in turn. */
  inbound(count: number, size: number, from: number): Uint8Array[] {
    return Array.from({ length: count }, (_, i) => {
      const { pair, n } = this.pairs[(from + i) % this.pairs.length]!;
      return ethernet(this.ethernet.get(1)!, macBytes(GATEWAY_MAC), ETHERNET_IPV4, this.crowd.members[n]!.seal(ipv4(memberHost(n), HOST, IP_UDP, udp(7, 5000, new Uint8Array(size - 28))), pair));
    });
  }

  /** Milliseconds that the router takes for frames. */
  time(port: number, frames: readonly Uint8Array[]): number {
    const { exports } = this.router;
    const memory = new Uint8Array(exports.memory.buffer);
    const now = this.router.clock();
    const before = this.router.framesOut;
    const start = cpu() / 1000;
    for (const frame of frames) {
      const p = exports.frame_alloc();
      memory.set(frame, p);
      exports.on_frame(now, port, p, frame.length);
      exports.poll(now);
    }
    const took = cpu() / 1000 - start;
    if (this.router.framesOut - before !== frames.length) throw new Error(`${this.router.framesOut - before} of ${frames.length} packets went through: ${this.router.type("show counters")}`);
    return took;
  }
}

const median = (sorted: number[], part = 0.5): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;

/** Measures, and returns a row for each direction and size. */
export async function measureScale({ tunnels = 4096, sas = 10_000, rounds = 15, sizes = [64, 1400], name = "postern.hub.simd", log = () => {} }: ScaleOptions = {}): Promise<{ rows: ScaleRow[]; sas: number }> {
  await build({ only: [name], log });
  const module = loadModule(fileURLToPath(new URL(`../build/${name}.wasm`, import.meta.url)));
  log(`scale: bringing up ${tunnels} tunnels ...`);
  const one = new Side(module, 1, 2);
  const many = new Side(module, tunnels, sas);
  const held = many.sas;
  const rows: ScaleRow[] = [];
  // All of them in each round, so that none is in a cache for being measured twice in a row.
  const count = many.pairs.length;
  for (const size of sizes) {
    for (const out of [true, false]) {
      const ratios: number[] = [];
      const times: [number[], number[]] = [[], []];
      const [flowsOne, flowsMany] = out ? [Array.from({ length: count }, () => one.outbound(1, size)[0]!), many.outbound(count, size)] : [[], []];
      for (let round = -1; round < rounds; round++) {
        const framesOne = out ? flowsOne : one.inbound(count, size, 0);
        const framesMany = out ? flowsMany : many.inbound(count, size, 0);
        let [a, b] = [0, 0];
        for (let at = 0; at < count; at += 500) {
          a += one.time(out ? 0 : 1, framesOne.slice(at, at + 500));
          b += many.time(out ? 0 : 1, framesMany.slice(at, at + 500));
        }
        // The first round is V8's.
        if (round < 0) continue;
        times[0].push((a * 1000) / count);
        times[1].push((b * 1000) / count);
        ratios.push(b / a);
      }
      const sort = (values: number[]) => values.sort((x, y) => x - y);
      const sorted = sort(ratios);
      rows.push({ what: out ? "out" : "in", size, one: median(sort(times[0])), many: median(sort(times[1])), ratio: median(sorted), quartiles: [median(sorted, 0.25), median(sorted, 0.75)] });
    }
  }
  return { rows, sas: held };
}

/** For `npm run bench`: a trial takes the module that is there, and few tunnels. */
export const scale: Bench = async (effort, done) => {
  const { rows, sas } = await measureScale(effort.quick ? { tunnels: 8, sas: 20, rounds: 2, name: "postern.simd" } : { log: (line) => console.error(line) });
  const all = rows.map(({ what, size, one, many, ratio, quartiles }): Row => ({
    group: what,
    size,
    contenders: [
      { name: "one tunnel", cost: { q1: one, median: one, q3: one }, ratio: { q1: 1, median: 1, q3: 1 } },
      { name: `${sas} SAs`, cost: { q1: many, median: many, q3: many }, ratio: { q1: quartiles[0], median: ratio, q3: quartiles[1] } },
    ],
  }));
  for (const row of all) done(row);
  return { name: "scale", about: "a packet of AES-128-GCM through a router with one tunnel, and with as many as the hub profile has", unit: "µs", axis: "octets of a packet", rows: all, missing: [], notes: ["A ratio here is how much dearer a packet becomes. Packets go through all SAs in turn: none is where the last one was."] };
};

/** Measures, and prints the table. */
export async function benchScale(options: ScaleOptions = {}): Promise<void> {
  const { rows, sas } = await measureScale({ log: (line) => console.error(line), ...options });
  console.log(`AES-128-GCM, microseconds a packet with one tunnel and with ${sas} SAs, all in turn`);
  console.log(`${"".padEnd(12)}${"one".padStart(9)}${"all".padStart(9)}${"ratio".padStart(9)}${"quartiles".padStart(16)}`);
  for (const { what, size, one, many, ratio, quartiles } of rows)
    console.log(`${`${what}, ${size}`.padEnd(12)}${one.toFixed(2).padStart(9)}${many.toFixed(2).padStart(9)}${ratio.toFixed(3).padStart(9)}${quartiles.map((q) => q.toFixed(3)).join(" - ").padStart(16)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { tunnels: { type: "string", default: "4096" }, rounds: { type: "string", default: "15" } } });
  await benchScale({ tunnels: Number(values.tunnels), rounds: Number(values.rounds), ...(values.tunnels !== "4096" && { sas: Number(values.tunnels) * 2 }) });
}
