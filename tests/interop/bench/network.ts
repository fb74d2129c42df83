/**
 * Several peers at once, and we as one of many:
 *
 *     hosts --- our side ===+                     +=== translator ===+=== peer
 *                           +== 192.0.2.0/24 =====+                  +=== peer
 *                   peer ===+                     +=== translator ======= peer
 *
 * Everybody stands on the network outside or behind a translator, we too. Each peer is a User-mode Linux guest with a wire of its own, which
 * is watched as ours is.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inSubnet, IP_ICMP, parseUdp, type Ipv4 } from "../../support/world/frame.ts";
import { established, installed, lastLines, noneLost, settle, type BenchOptions, type GuestAtWire, type Worker } from "./bench.ts";
import { prepare } from "./hosts.ts";
import { Relay, type Seen } from "./link/relay.ts";
import { Segment } from "./link/segment.ts";
import { Charon } from "./peers/charon.ts";
import type { Gateway } from "./peers/gateway.ts";
import { LanHost } from "./peers/host.ts";
import { Nat } from "./peers/nat.ts";
import type { Peer } from "./peers/peer.ts";
import { Pluto } from "./peers/pluto.ts";
import { until } from "./process.ts";
import type { NetworkSite, OtherSite } from "./site.ts";

/** One of the peers. */
export interface Other { site: OtherSite; peer: Peer; wire: Relay }

/** The network inside a translator. */
const inside = (nat: number): string => `198.18.${nat}`;

export class Network {
  readonly scenario: NetworkSite;
  ours!: Gateway;
  /** The wire at our outer card. */
  wan!: Relay;
  readonly lans: LanHost[] = [];
  readonly others: Other[] = [];
  readonly nats: Nat[] = [];
  readonly #segments: Segment[] = [];
  #outside!: Segment;
  #inside: Segment | undefined;

  constructor(scenario: NetworkSite) { this.scenario = scenario; }

  configurations(): Record<string, string> {
    return { ours: this.scenario.ours.configuration, ...Object.fromEntries(this.scenario.others.map(({ name, configuration }) => [name, configuration])) };
  }

  /** Sets up everything and starts everybody. `close` has to follow, also when this throws. */
  async open(worker: Worker, options: BenchOptions): Promise<void> {
    const { ours, others, nats = [] } = this.scenario;
    const outside = this.#outside = this.#segment();
    const networks: Segment[] = [];
    for (const [number, { address, forward }] of nats.entries()) {
      const network = this.#segment();
      networks.push(network);
      this.nats.push(await Nat.open(await network.place(), await outside.place(), address, number, forward));
    }
    const at = (nat: number | undefined): Segment => (nat === undefined ? outside : networks[nat]!);
    this.wan = await Relay.open();
    await at(ours.nat).plug(this.wan.far);
    if (ours.segment) this.#inside = this.#segment();
    for (const lan of ours.lans ?? (ours.segment ? [] : [{ mac: "02:00:00:00:00:0a", address: "10.1.0.10", subnet: "10.1.0.0/16", gateway: "10.1.0.1" }])) this.lans.push(await LanHost.open(lan));
    const guests = await worker.peers(others.length);
    await Promise.all(others.map(async (site, i) => {
      const { guest, wire } = guests[i] as GuestAtWire;
      await at(site.nat).plug(wire.near);
      this.others.push({ site, wire, peer: site.daemon === "pluto" ? new Pluto(guest) : new Charon(guest, "kernel") });
      await settle(guest, `${site.address}/24`, site.inner ?? [], site.nat === undefined ? undefined : `${inside(site.nat)}.1`);
    }));
    this.others.sort((a, b) => others.indexOf(a.site) - others.indexOf(b.site));
    for (const { site, peer } of this.others) peer.put(site.files?.() ?? {});
    await Promise.all([this.#startOurs(options), ...this.others.map(({ site, peer }) => peer.start(site.configuration, site.options))]);
  }

  async #startOurs(options: BenchOptions): Promise<void> {
    const { configuration, address } = this.scenario.ours;
    this.ours = (await prepare(this.scenario.host ?? options.host))();
    const lans = this.lans.map((lan) => ({ own: lan.remote, remote: lan.own }));
    if (this.#inside) lans.unshift(await this.#inside.place());
    await this.ours.start({ ours: configuration, mirrored: "", address }, { lans, wan: this.wan.near });
  }

  #segment(): Segment {
    const segment = new Segment();
    this.#segments.push(segment);
    return segment;
  }

  /** A place on the network outside for a station that a scenario brings along. */
  place(): Promise<{ own: number; remote: number }> { return this.#outside.place(); }

  /** The same on the first network inside, where that is a switch. */
  placeInside(): Promise<{ own: number; remote: number }> { return this.#inside!.place(); }

  async close(): Promise<void> {
    await this.ours?.stop();
    await Promise.all(this.others.map(({ peer }) => peer.stop().catch(() => { /* the guest may be what failed */ })));
    await Promise.all(this.nats.map((nat) => nat.stop()));
    for (const part of [...this.lans, ...this.#segments, this.wan]) part?.close();
  }

  save(directory: string): void {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(this.ours?.artefacts() ?? {})) writeFileSync(join(directory, name), text);
    this.wan?.save(join(directory, "wan.pcap"));
    for (const { site, peer, wire } of this.others) {
      writeFileSync(join(directory, `${site.name}.conf`), site.configuration);
      writeFileSync(join(directory, `${site.name}.log`), peer.log);
      wire.save(join(directory, `${site.name}.pcap`));
    }
  }

  // --- what scenarios do and prove ---

  get lan(): LanHost { return this.lans[0]!; }

  other(name: string): Other { return this.others.find(({ site }) => site.name === name)!; }

  /** A peer brings its tunnel up. */
  async initiate({ site, peer }: Other, child = "net"): Promise<void> {
    const { status, output } = await peer.initiate(child, 60);
    if (status !== 0) throw new Error(`${site.name} could not bring ${child} up: ${lastLines(output)}; our side said: ${lastLines(this.ours.said)}`);
  }

  /** So many ISAKMP SAs, replaced ones not counted, and pairs of IPsec SAs are ours; of pairs up to `more` beyond, where old ones may stay for a while. */
  async expectOurs(phase1: number, phase2 = phase1, more = 0, seconds = 60): Promise<void> {
    let what = "";
    try {
      await until("", seconds, async () => {
        const now = await this.ours.state();
        const current = (now.detail.match(/\bQM_IDLE\b.*\bACTIVE *$/gm) ?? []).length;
        what = `${current} phase 1 and ${now.phase2} phase 2`;
        return current === phase1 && now.phase2 >= phase2 && now.phase2 <= phase2 + more;
      });
    } catch { throw new Error(`we have ${what} SAs, not ${phase1} and ${phase2}`); }
  }

  /** A peer has one phase 1 and so many pairs. */
  async expectTheirs({ site, peer }: Other, children = 1, seconds = 60): Promise<void> {
    let what = "";
    try {
      await until("", seconds, async () => {
        const sas = await peer.sas();
        what = `${established(sas).length} phase 1 and ${installed(sas).length} phase 2`;
        return established(sas).length === Math.min(children, 1) && installed(sas).length === children;
      });
    } catch { throw new Error(`${site.name} has ${what} SAs, not ${children}`); }
  }

  /** Pings between a host of ours and an address of a peer's, both ways, none lost. Ours come first: they may be what brings the tunnel up. */
  async expectPings({ site, peer }: Other, there: string, host: LanHost = this.lan, count = 3): Promise<void> {
    noneLost(`from ${host.config.address} to ${site.name}`, await host.ping(there, count));
    const back = await peer.ping(there, host.config.address, count);
    if (back.received !== back.sent) throw new Error(`pings from ${site.name} to ${host.config.address}: ${back.received} of ${back.sent} answered`);
  }

  /** The same where we are no router but the end itself. */
  async expectOwnPings({ site, peer }: Other, there: string, count = 3): Promise<void> {
    const own = this.scenario.ours.address;
    // The first one brings the tunnel up, and may be at the other side before its SA is in use there.
    await until(`an answer of ${there} to us`, 60, async () => (await this.ours.ask(`ping ${there} source ${own} repeat 1 timeout 5`)).includes("(1/1)"));
    const said = await this.ours.ask(`ping ${there} source ${own} repeat ${count} timeout 15`);
    if (!said.includes(`(${count}/${count})`)) throw new Error(`our own pings to ${site.name}: ${lastLines(said)}`);
    const back = await peer.ping(there, own, count);
    if (back.received !== back.sent) throw new Error(`pings from ${site.name} to us: ${back.received} of ${back.sent} answered`);
  }

  /**
   * Sends what may not arrive: a peer's ping to an address of ours in plain, by the address that it is at outside. The way in is ours to bar;
   * `expectSealed` says whether it was.
   */
  async leak({ site, peer }: Other, to: string, from = site.address): Promise<void> {
    await peer.shell.exec(`ip route replace ${to}/32 via ${site.nat === undefined ? this.scenario.ours.address : `${inside(site.nat)}.1`}; ping -n -c 1 -W 0.1 -s ${LEAK - 8} -I ${from} ${to}; ip route del ${to}/32`);
  }

  /** Sends what may not leave: a ping of a host of ours that is answered by nobody. */
  async leakOurs(host: LanHost, to: string): Promise<void> {
    if (await host.echo(to, 99, 1, 300, LEAK - 8) !== undefined) throw new Error(`${to} has answered ${host.config.address}`);
  }

  /** What the tunnels are for is seen on no wire outside, neither ours nor a peer's, and what was let in on purpose has not arrived; and both directions have ESP. */
  expectSealed(): void {
    const flows = this.scenario.sealed ?? [["10.0.0.0/8", "0.0.0.0/0"]];
    const leaked = (packet: Ipv4): boolean => isLeak(packet) || (this.scenario.leaks?.(packet) ?? false);
    const arrived = this.lans.find(({ received }) => received.some(leaked));
    if (arrived) throw new Error(`${arrived.config.address} was reached by what no tunnel is for`);
    for (const [name, wire] of [["ours", this.wan], ...this.others.map(({ site, wire }) => [site.name, wire])] as [string, Relay][]) {
      const open = wire.seen.find((seen) => flows.some(([a, b]) => between(seen, a, b)) && (seen.direction === "out" || !leaked(seen.frame.ip!)));
      if (open) throw new Error(`in the clear on the wire of ${name}: ${open.frame.ip!.src} > ${open.frame.ip!.dst}`);
    }
    if (this.wan.esp("out").length === 0 || this.wan.esp("in").length === 0) throw new Error("no ESP on our wire in one direction");
    const wrong = this.wan.seen.find(({ direction, frame }) => direction === "out" && frame.ip && !frame.ip.checksumGood);
    if (wrong) throw new Error("an IPv4 header from us has a wrong checksum");
    const raw = this.wan.esp().find(({ esp, frame }) => !esp.udp && (this.scenario.ours.nat !== undefined || this.#translated(frame.ip!.src) || this.#translated(frame.ip!.dst)));
    if (raw) throw new Error("raw ESP towards a translator of ports");
  }

  #translated(address: string): boolean { return (this.scenario.nats ?? []).some((nat) => nat.address === address); }

  /** The addresses and ports that ESP in UDP comes to us from. */
  mappings(): Set<string> {
    return new Set(this.wan.esp("in").filter(({ esp }) => esp.udp).map(({ frame }) => `${frame.ip!.src}:${parseUdp(frame.ip!)!.from}`));
  }

  /** Our side's EVENT lines of one name. */
  events(name: string): string[] { return this.ours.events.split("\n").filter((line) => line.startsWith(`event=${name} `)); }

  async expectSaid(pattern: RegExp, seconds = 60): Promise<void> {
    try { await until("", seconds, () => pattern.test(this.ours.said)); } catch {
      throw new Error(`our console did not say ${pattern}; it said: ${lastLines(this.ours.said)}`);
    }
  }
}

/** Octets of the ICMP messages that a scenario sends where they may not pass: no other ping of ours has so many. */
const LEAK = 85;
const isLeak = ({ protocol, payload }: Ipv4): boolean => protocol === IP_ICMP && payload.length === LEAK;

/** Whether a packet goes from one network to the other, in either direction. */
const between = ({ frame: { ip } }: Seen, a: string, b: string): boolean =>
  ip !== undefined && (inSubnet(ip.src, a) && inSubnet(ip.dst, b) || inSubnet(ip.src, b) && inSubnet(ip.dst, a));
