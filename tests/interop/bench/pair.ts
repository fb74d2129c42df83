/**
 * Two of ours against each other, on two hosts:
 *
 *     host 10.1.0.10 --- near ===== relay ===== far (in Node) --- host 10.2.0.10
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, fill, template, type Values } from "./configure.ts";
import { lastLines, noneLost, type BenchOptions } from "./bench.ts";
import { prepare } from "./hosts.ts";
import { Relay } from "./link/relay.ts";
import type { Router } from "./peers/router.ts";
import { LanHost } from "./peers/host.ts";
import { until } from "./process.ts";
import type { PairSite, Role } from "./site.ts";

const NEAR_HOST = "10.1.0.10", FAR_HOST = "10.2.0.10";
const CONFIGURATION = template("configurations/ours.cfg", import.meta.url);

/** What the wire has carried so far. */
export interface Carried { out: number; in: number }

export class Pair {
  readonly scenario: PairSite;
  near!: Router;
  far!: Router;
  wan!: Relay;
  nearLan!: LanHost;
  farLan!: LanHost;
  readonly carried: Carried = { out: 0, in: 0 };

  constructor(scenario: PairSite) { this.scenario = scenario; }

  configurations(): { near: string; far: string } {
    if (this.scenario.configurations) return this.scenario.configurations;
    const v: Values = { ...BASE, ...this.scenario.values };
    const mirror: Values = {
      ...v, hostname: "beta", our_lan: "10.2.0.1", our_wan: v.their_wan!, their_wan: v.our_wan!, our_gateway: v.our_wan!, our_net_acl: v.their_net_acl!, their_net_acl: v.our_net_acl!,
    };
    return { near: fill(CONFIGURATION, v), far: fill(CONFIGURATION, mirror) };
  }

  /** Starts both. `close` has to follow, also when this throws. */
  async open(options: BenchOptions): Promise<void> {
    const { near, far } = this.configurations();
    this.wan = await Relay.open();
    this.nearLan = await LanHost.open({ mac: "02:00:00:00:00:0a", address: NEAR_HOST, subnet: "10.1.0.0/16", gateway: "10.1.0.1" });
    this.farLan = await LanHost.open({ mac: "02:00:00:00:00:0c", address: FAR_HOST, subnet: "10.2.0.0/16", gateway: "10.2.0.1" });
    this.near = (await prepare(this.scenario.host ?? options.host))();
    this.far = (await prepare("node"))();
    const link = (host: LanHost): { own: number; remote: number } => ({ own: host.remote, remote: host.own });
    const more = { mirrored: "", address: "", record: this.scenario.record ?? true };
    await Promise.all([
      this.near.start({ ours: near, ...more }, { lans: [link(this.nearLan)], wan: this.wan.near }),
      this.far.start({ ours: far, ...more }, { lans: [link(this.farLan)], wan: this.wan.far }),
    ]);
  }

  async close(): Promise<void> {
    await Promise.all([this.near?.stop(), this.far?.stop()]);
    this.nearLan?.close();
    this.farLan?.close();
    this.wan?.close();
  }

  save(directory: string): void {
    mkdirSync(directory, { recursive: true });
    const of = (router: Router | undefined, name: string): [string, string | Buffer][] =>
      Object.entries(router?.artefacts() ?? {}).map(([file, text]) => [file.replace("ours", name), text]);
    for (const [name, text] of [...of(this.near, "near"), ...of(this.far, "far")]) writeFileSync(join(directory, name), text);
    this.wan?.save(join(directory, "wan.pcap"));
  }

  /** The tunnel comes up because the host of the side that starts has something to send. */
  async up(role: Role, seconds = 40): Promise<void> {
    const answered = role === "initiator" ? await this.nearLan.pingUntil(FAR_HOST, seconds) : await this.farLan.pingUntil(NEAR_HOST, seconds);
    if (!answered) throw new Error(`no answer through the tunnel within ${seconds} s; near: ${lastLines(this.near.said)}; far: ${lastLines(this.far.said)}`);
    const first = this.wan.isakmp()[0]?.direction;
    if (first !== (role === "initiator" ? "out" : "in")) throw new Error(`the other side spoke first: ${first}`);
    for (const router of [this.near, this.far]) {
      const { phase1, phase2 } = await router.state();
      if (phase1 !== 1 || phase2 !== 1) throw new Error(`${router === this.near ? "near" : "far"}: ${phase1} phase 1 and ${phase2} phase 2 SAs, not one of each`);
    }
  }

  async expectPings(count = 10): Promise<void> {
    noneLost("from the near host", await this.nearLan.ping(FAR_HOST, count));
    noneLost("from the far host", await this.farLan.ping(NEAR_HOST, count));
  }

  /** Looks through what passed since the last call for inner packets, counts ESP, and lets go of it. */
  sweep(): void {
    const open = this.wan.plaintext(["10.0.0.0/8"]);
    if (open.length > 0) throw new Error(`${open.length} inner packets in the clear`);
    const wrong = this.wan.seen.find(({ frame }) => frame.ip && !frame.ip.checksumGood);
    if (wrong) throw new Error("an IPv4 header has a wrong checksum");
    this.carried.out += this.wan.esp("out").length;
    this.carried.in += this.wan.esp("in").length;
    this.wan.forget();
  }

  /**
   * `count` UDP datagrams each way whose frames have 64 to 1518 octets with their check sequence, never more than
   * `window` on the way in one direction: the slowest router sets the pace. Each has to arrive as it was sent.
   */
  async transfer(count: number, window: number): Promise<{ seconds: number; octets: number }> {
    const began = performance.now();
    const flows = [new Flow(this.nearLan, this.farLan, count, window), new Flow(this.farLan, this.nearLan, count, window)];
    try {
      let last = 0;
      for (let quiet = 0; flows.some((flow) => !flow.done);) {
        await until("", 1, () => flows.every((flow) => flow.done), 50).catch(() => { /* looked at below */ });
        this.sweep();
        const arrived = flows.reduce((sum, flow) => sum + flow.arrived, 0);
        quiet = arrived === last ? quiet + 1 : 0;
        last = arrived;
        const wrong = flows.find((flow) => flow.wrong !== undefined);
        if (wrong) throw new Error(wrong.wrong);
        if (quiet >= 8) throw new Error(`lost after ${arrived} frames: ${flows.map((flow) => flow.missing()).join("; ")}; near: ${lastLines(await this.near.ask("show version"), 8)}`);
      }
    } finally { for (const flow of flows) flow.stop(); }
    return { seconds: (performance.now() - began) / 1000, octets: flows.reduce((sum, flow) => sum + flow.octets, 0) };
  }
}

const NOISE = Buffer.alloc(4096);
for (let i = 0, state = 1; i < NOISE.length; i++) NOISE[i] = (state = Math.imul(state, 1103515245) + 12345 >>> 0) >>> 16;

/** The datagram of a sequence number: ports, no checksum (RFC 768), the number, and noise that depends on it. */
function datagram(sequence: number): Buffer {
  const octets = sequence < 2 ? [64, 1518][sequence]! : 64 + (Math.imul(sequence, 2654435761) >>> 0) % 1455;
  const length = octets - 14 - 20 - 4;
  const bytes = Buffer.alloc(length);
  bytes.writeUInt16BE(7000, 0); bytes.writeUInt16BE(7001, 2); bytes.writeUInt16BE(length, 4);
  NOISE.copy(bytes, 12, sequence % 2048, sequence % 2048 + length - 12);
  bytes.writeUInt32BE(sequence, 8);
  return bytes;
}

/** One direction of a transfer. */
class Flow {
  arrived = 0;
  octets = 0;
  wrong: string | undefined;
  #sent = 0;
  readonly #seen: Uint8Array;
  readonly #from: LanHost;
  readonly #to: LanHost;
  readonly #window: number;

  constructor(from: LanHost, to: LanHost, count: number, window: number) {
    this.#from = from;
    this.#to = to;
    this.#window = window;
    this.#seen = new Uint8Array(count);
    to.sink = (ip) => {
      const sequence = ip.payload.length >= 12 ? ip.payload.readUInt32BE(8) : Infinity;
      if (ip.src !== from.config.address || ip.protocol !== 17 || !ip.checksumGood || !(sequence < this.#sent) || !ip.payload.equals(datagram(sequence))) {
        this.wrong ??= `a frame from ${ip.src} with ${ip.payload.length} octets is not as it was sent, number ${sequence}`;
      } else if (this.#seen[sequence]) this.wrong ??= `frame ${sequence} from ${ip.src} came twice`;
      else {
        this.#seen[sequence] = 1;
        this.arrived++;
        this.octets += ip.payload.length + 38;
        this.#fill();
      }
    };
    this.#fill();
  }

  get done(): boolean { return this.arrived === this.#seen.length; }

  #fill(): void {
    while (this.#sent < this.#seen.length && this.#sent - this.arrived < this.#window) void this.#from.sendIp(this.#to.config.address, 17, datagram(this.#sent++));
  }

  missing(): string {
    const numbers = [...this.#seen.subarray(0, this.#sent).entries()].filter(([, seen]) => !seen).map(([n]) => n);
    return `from ${this.#from.config.address} ${numbers.length} of ${this.#sent}${numbers.length > 0 ? ` (${numbers.slice(0, 5).join(" ")})` : ""}`;
  }

  stop(): void { this.#to.sink = undefined; }
}
