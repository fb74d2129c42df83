/**
 * One scenario's site:
 *
 *     host 10.1.0.10 --- our side ===== relay ===== (translator) ===== peer, with 10.2.0.10 on lo
 *
 * and what every scenario has to prove with it: the tunnel is up on both sides, pings pass both ways, and no inner
 * packet is seen on the outer wire.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, fill, template, type Values } from "./configure.ts";
import { prepare, type Host } from "./hosts.ts";
import { Relay } from "./link/relay.ts";
import { Charon } from "./peers/charon.ts";
import type { Gateway, TunnelState } from "./peers/gateway.ts";
import type { IkeSa, Peer } from "./peers/peer.ts";
import { Pluto } from "./peers/pluto.ts";
import { LanHost, type PingResult } from "./peers/host.ts";
import { Nat } from "./peers/nat.ts";
import { Netns } from "./peers/netns.ts";
import { ip, must } from "./peers/shell.ts";
import { StandIn } from "./peers/standin.ts";
import { UmlGuest } from "./peers/uml.ts";
import { until } from "./process.ts";
import type { Role, Site } from "./site.ts";

/** A booted guest as peer, and the wire that ends at its card. */
export interface GuestAtWire { guest: UmlGuest; wire: Relay }

/** What outlives a scenario: the guests that it has booted so far. */
export class Worker {
  readonly number: number;
  readonly #guests: Promise<GuestAtWire>[] = [];
  constructor(number: number) { this.number = number; }

  /** The first so many guests, their wires as new. */
  async peers(count: number): Promise<GuestAtWire[]> {
    while (this.#guests.length < count) this.#guests.push(this.#boot(this.#guests.length));
    const peers = await Promise.all(this.#guests.slice(0, count));
    for (const { wire } of peers) {
      wire.forget();
      wire.faults({});
    }
    return peers;
  }

  async #boot(index: number): Promise<GuestAtWire> {
    const wire = await Relay.open();
    const guest = await UmlGuest.boot(`peer${this.number}${"abc"[index]}`, [{ mac: `02:00:00:00:00:${index}3`, ...wire.far }]);
    await must(guest, "ip link set eth0 up");
    return { guest, wire };
  }

  async stop(): Promise<void> {
    for (const peer of await Promise.allSettled(this.#guests.splice(0))) {
      if (peer.status === "rejected") continue;
      await peer.value.guest.stop();
      peer.value.wire.close();
    }
  }
}

/** Gives a guest its addresses, on its card and on `lo`, and the way out through its translator if it has one. It knows no way to inner networks but the tunnel. */
export async function settle(guest: UmlGuest, address: string, inner: readonly string[], gateway?: string): Promise<void> {
  await must(guest, ip("addr flush dev eth0", "addr flush dev lo scope global", `addr add ${address} dev eth0`, ...inner.map((one) => `addr add ${one} dev lo`),
    "neigh flush dev eth0", "route flush cache", ...(gateway ? [`route add 192.0.2.0/24 via ${gateway}`] : [])));
}

export interface BenchOptions { ours: "postern" | "strongswan"; host: Host }

const OUR_HOST = "10.1.0.10", THEIR_HOST = "10.2.0.10";
const COMMON_OURS = template("configurations/ours.cfg", import.meta.url);
const COMMON_THEIRS = template("configurations/theirs.conf", import.meta.url), COMMON_PLUTO = template("configurations/libreswan.conf", import.meta.url);

export class Bench {
  readonly scenario: Site;
  readonly values: Values;
  ours!: Gateway;
  theirs!: Peer;
  /** The wire at our side's outer card; the one at the peer's card is another when a translator stands between. */
  wan!: Relay;
  peerWire!: Relay;
  lan!: LanHost;
  lan2: LanHost | undefined;
  nat: Nat | undefined;
  #netns: Netns | undefined;
  #makeOurs!: () => Gateway;
  readonly #relays: Relay[] = [];

  constructor(scenario: Site) {
    this.scenario = scenario;
    this.values = { ...BASE, ...natValues(scenario), ...scenario.values };
  }

  /** The three texts: our configuration, the peer's, and the peer's seen in a mirror for the stand-in. */
  configurations(): { ours: string; theirs: string; mirrored: string } {
    const { scenario, values: v } = this;
    const theirs = { ...v, ...scenario.theirs };
    const mirror = {
      ...v, their_addrs: v.our_wan!, peer_addrs: v.their_wan!, their_id: v.peer_id!, peer_id: v.their_id!,
      our_net: v.their_net!, their_net: v.our_net!, our_net2: v.their_net2!, their_net2: v.our_net2!, start_action: "trap", ...(typeof scenario.standin === "object" ? scenario.standin : {}),
    };
    const text = scenario.theirsTemplate ?? (scenario.peer === "libreswan" ? COMMON_PLUTO : COMMON_THEIRS);
    return { ours: fill(scenario.oursTemplate ?? COMMON_OURS, { ...v, ...scenario.ours }), theirs: fill(text, theirs), mirrored: fill(text, mirror) };
  }

  static describe(scenario: Site): { ours: string; theirs: string; mirrored: string } { return new Bench(scenario).configurations(); }

  /** Sets up everything and starts both sides. `close` has to follow, also when this throws. */
  async open(worker: Worker, options: BenchOptions): Promise<void> {
    const { scenario } = this;
    const texts = this.configurations();
    this.lan = await LanHost.open({ mac: "02:00:00:00:00:0a", address: OUR_HOST, subnet: "10.1.0.0/16", gateway: "10.1.0.1" });
    if (scenario.secondLan) this.lan2 = await LanHost.open({ mac: "02:00:00:00:00:0b", address: "10.3.0.10", subnet: "10.3.0.0/16", gateway: "10.3.0.1" });
    await this.#buildPeer(worker);
    this.theirs.put(scenario.files?.() ?? {});
    await this.theirs.start(texts.theirs, scenario.daemon);
    this.#makeOurs = options.ours === "postern" ? await prepare(scenario.host ?? options.host) : () => new StandIn();
    this.ours = this.#makeOurs();
    await this.#startOurs();
  }

  async #startOurs(): Promise<void> {
    const { ours, mirrored } = this.configurations();
    const link = (host: LanHost): { own: number; remote: number } => ({ own: host.remote, remote: host.own });
    await this.ours.start({ ours, mirrored, address: this.values.our_wan!, faults: this.scenario.faults }, { lans: [this.lan, ...(this.lan2 ? [this.lan2] : [])].map(link), wan: this.wan.near });
  }

  /** Our side ends without a word to the peer and starts with nothing but its configuration. */
  async restartOurs(): Promise<void> {
    await this.ours.stop();
    this.ours = this.#makeOurs();
    await this.#startOurs();
  }

  async #buildPeer(worker: Worker): Promise<void> {
    const { peer, nat } = this.scenario;
    const address = nat === "theirs" ? "198.18.0.2/24" : "192.0.2.2/24";
    if (peer !== "libipsec") {
      const [{ guest, wire }] = await worker.peers(1) as [GuestAtWire];
      this.peerWire = wire;
      await settle(guest, address, ["10.2.0.10/16", "10.4.0.10/16"], nat === "theirs" ? "198.18.0.1" : undefined);
      this.theirs = peer === "libreswan" ? new Pluto(guest) : new Charon(guest, "kernel");
    } else {
      this.peerWire = await this.#relay();
      const netns = this.#netns = await Netns.open("peer", [{ name: "eth0", mac: "02:00:00:00:00:03", address, ...this.peerWire.far }]);
      await must(netns, "ip addr add 10.2.0.10/16 dev lo" + (nat === "theirs" ? "; ip route add 192.0.2.0/24 via 198.18.0.1" : ""));
      this.theirs = new Charon(netns, "libipsec");
    }
    if (!nat) { this.wan = this.peerWire; return; }
    this.wan = await this.#relay();
    if (nat === "ours") this.nat = await Nat.open(this.wan.far, this.peerWire.near, "192.0.2.1");
    else this.nat = await Nat.open(this.peerWire.near, this.wan.far, "192.0.2.2");
  }

  async #relay(): Promise<Relay> {
    const relay = await Relay.open();
    this.#relays.push(relay);
    return relay;
  }

  async close(): Promise<void> {
    await this.ours?.stop();
    this.lan?.close();
    this.lan2?.close();
    await this.theirs?.stop().catch(() => { /* the guest may be what failed */ });
    await this.nat?.stop();
    await this.#netns?.stop();
    for (const relay of this.#relays) relay.close();
  }

  /** Leaves behind what a person needs to see why a scenario failed. */
  save(directory: string): void {
    mkdirSync(directory, { recursive: true });
    const { ours, theirs } = this.configurations();
    const files: Record<string, string | Buffer> = { "ours.cfg": ours, "theirs.conf": theirs, "theirs.log": this.theirs?.log ?? "", ...this.ours?.artefacts() };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    this.wan?.save(join(directory, "wan.pcap"));
    if (this.peerWire !== this.wan) this.peerWire?.save(join(directory, "peer.pcap"));
  }

  // --- what scenarios do and prove ---

  /** Brings the tunnel up: our side starts because its host has something to send, or the peer is told to. */
  async up(role: Role, seconds = 40): Promise<void> {
    if (role === "initiator") {
      if (!await this.lan.pingUntil(THEIR_HOST, seconds)) throw new Error(`no answer through the tunnel within ${seconds} s; our side: ${await this.#brief()}`);
    } else {
      const { status, output } = await this.theirs.initiate("net", seconds);
      if (status !== 0) throw new Error(`the peer could not bring the tunnel up: ${lastLines(output)}`);
    }
    await this.expectUp(1, seconds);
  }

  async #brief(): Promise<string> {
    const { phase1, phase2 } = await this.ours.state();
    return `${phase1} phase 1, ${phase2} phase 2; it said: ${lastLines(this.ours.said)}`;
  }

  /** Both sides show the tunnel, with as many pairs of IPsec SAs as wanted. */
  async expectUp(children = 1, seconds = 60): Promise<{ ours: TunnelState; theirs: IkeSa[] }> {
    let ours: TunnelState = { phase1: 0, phase2: 0, detail: "" }, theirs: IkeSa[] = [];
    try {
      await until("tunnel", seconds, async () => {
        ours = await this.ours.state();
        // The dearer question only when there is hope.
        if (ours.phase1 < 1 || ours.phase2 < children) return false;
        theirs = await this.theirs.sas();
        return established(theirs).length >= 1 && installed(theirs).length >= children;
      });
    } catch {
      throw new Error(`not ${children} tunnels on both sides: ours ${ours.phase1}+${ours.phase2}, theirs ${established(theirs).length}+${installed(theirs).length}; our side: ${lastLines(ours.detail)}`);
    }
    return { ours, theirs };
  }

  /** Neither side shows a tunnel. */
  async expectDown(seconds = 60): Promise<void> {
    let what = "";
    try {
      await until("no tunnel", seconds, async () => {
        const ours = await this.ours.state();
        what = `ours ${ours.phase2}`;
        if (ours.phase2 > 0) return false;
        const theirs = installed(await this.theirs.sas()).length;
        what += `, theirs ${theirs}`;
        return theirs === 0;
      });
    } catch { throw new Error(`a tunnel is still there: ${what}`); }
  }

  /** Pings both ways; none may be lost. */
  async expectPings(count = 5, from: LanHost = this.lan, there = THEIR_HOST): Promise<void> {
    const before = this.wan.esp().length;
    noneLost(`from ${from.config.address}`, await from.ping(there, count));
    const back = await this.theirs.ping(there, from.config.address, count);
    if (back.received !== back.sent) throw new Error(`pings from ${there}: ${back.received} of ${back.sent} answered`);
    const passed = this.wan.esp().length - before;
    if (passed < count * 4) throw new Error(`${passed} ESP packets on the wire for ${count * 4} inner ones`);
  }

  /** No inner packet on the wire, and ESP in both directions. */
  expectSealed(): void {
    const open = this.wan.plaintext(["10.0.0.0/8"]);
    if (open.length > 0) {
      const { direction, frame } = open[0]!;
      throw new Error(`${open.length} inner packets in the clear, the first ${direction === "out" ? "from us" : "from the peer"}: ${frame.ip!.src} > ${frame.ip!.dst}`);
    }
    if (this.wan.esp("out").length === 0 || this.wan.esp("in").length === 0) throw new Error("no ESP on the wire in one direction");
    const wrong = this.wan.seen.find(({ direction, frame }) => direction === "out" && frame.ip && !frame.ip.checksumGood);
    if (wrong) throw new Error("an IPv4 header from us has a wrong checksum");
  }

  /** The usual proof that a tunnel works. */
  async expectTunnel(role: Role): Promise<void> {
    await this.up(role);
    await this.expectPings();
    this.expectSealed();
    const [child] = installed(await this.theirs.sas());
    if (!child || child.packetsIn < 5 || child.packetsOut < 5) throw new Error(`the peer's counters do not show the traffic: ${JSON.stringify(child)}`);
  }

  /** A negotiation that must not succeed: tried from the side that starts it, for a while. */
  async tryInVain(role: Role, seconds = 10): Promise<string> {
    try { return await this.#tryInVain(role, seconds); } finally {
      // What should be protected is not sent otherwise, least of all now.
      const open = this.wan.plaintext(["10.0.0.0/8"]).filter(({ direction }) => direction === "out");
      if (open.length > 0) throw new Error(`${open.length} inner packets left our side in the clear`);
    }
  }

  async #tryInVain(role: Role, seconds: number): Promise<string> {
    if (role === "initiator") {
      if (await this.lan.pingUntil(THEIR_HOST, seconds)) throw new Error("a ping was answered although nothing may pass");
      return "";
    }
    const { status, output } = await this.theirs.initiate("net", seconds);
    if (status === 0) throw new Error("the peer brought a tunnel up although none may come up");
    return output;
  }

  /** Our side's EVENT lines of one name. */
  events(name: string): string[] {
    return this.ours.events.split("\n").filter((line) => line.startsWith(`event=${name} `));
  }

  /** Waits until our console has said something, in words that match. */
  async expectSaid(pattern: RegExp, seconds = 60): Promise<void> {
    if (this.ours.name !== "postern") return;
    try { await until("", seconds, () => pattern.test(this.ours.said)); } catch {
      throw new Error(`our console did not say ${pattern}; it said: ${lastLines(this.ours.said)}`);
    }
  }
}

/** With a translator the addresses of one side are not those that the other sees. */
function natValues({ nat }: Site): Values {
  if (nat === "ours") return { our_wan: "198.18.0.2", our_gateway: "198.18.0.1", peer_addrs: "%any", peer_id: "id = 198.18.0.2" };
  if (nat === "theirs") return { their_addrs: "198.18.0.2", their_id: "id = 198.18.0.2" };
  return {};
}

export const established = (sas: IkeSa[]): IkeSa[] => sas.filter((s) => s.state === "ESTABLISHED");
export const installed = (sas: IkeSa[]): IkeSa["children"] => sas.flatMap((s) => s.children).filter((c) => c.state === "INSTALLED");

export function noneLost(what: string, result: PingResult): void {
  if (result.sent === 0 || result.lost.length > 0) throw new Error(`pings ${what}: ${result.received} of ${result.sent} answered, lost ${result.lost.slice(0, 10).join(" ")}`);
}

export const lastLines = (text: string, lines = 4): string => text.trim().split("\n").filter((line) => line.trim() !== "").slice(-lines).map((line) => line.trim()).join(" / ").slice(-500);
