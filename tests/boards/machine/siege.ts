/**
 * Sixteen branches with four networks each at one centre. Fifteen are honest: hosts in all of their networks ping across, and
 * both phases are renewed meanwhile. The sixteenth, whose key is good, does what docs/SECURITY.md's table names, as itself, as
 * a stranger with anybody's address, and with what it has captured. What the centre is given is a timeline for any engine.
 */
import { EXCHANGE, P, chain, concat, u16, u32, type Payload, type Suite } from "../../support/second/ike_peer.ts";
import { Negotiation } from "../../support/second/negotiation.ts";
import { sealWithNode, suites } from "../../support/second/esp.ts";
import { branch, branchAddress, branchHost, branchInside, CENTRE, centre, type Branches } from "../../support/world/branches.ts";
import { Endpoint } from "../../support/world/endpoint.ts";
import { ETHERNET_IPV4, ip, ipText, ipv4, parseFrame, udp } from "../../support/world/frame.ts";
import { Station } from "../../support/world/station.ts";
import { Switch } from "../../support/world/switch.ts";
import { World, type Router } from "../../support/world/world.ts";
import { RecordedRouter, type Recording } from "./timeline.ts";

const PEERS: Branches = { count: 16, networks: 4, group: 31 };
const SUITE: Suite = { cipher: 7, keyBits: 256, hash: 4, group: 31 };
const ESP = suites.find(({ name }) => name === "aes-128/sha1")!;
const HOSTILE = PEERS.count;
const HOST = "172.16.0.10";
const MASK = "255.255.255.0";
/** Lifetimes in seconds: each pair is renewed at least once in the siege, each ISAKMP SA too. */
const [PHASE_1, PHASE_2] = [125, 120];

const settings = (text: string): string =>
  `${text.replace(/ group 31\n/, `$& lifetime ${PHASE_1}\n`).replace("esp-aes 256 esp-sha256-hmac", "esp-aes 128 esp-sha-hmac")}crypto ipsec security-association lifetime seconds ${PHASE_2}\n`;

interface Captured { source: string; datagram: Uint8Array }

/** The sixteenth branch. Each of its ways takes the world on by some milliseconds. */
class Hostile extends Negotiation {
  /** What honest branches sent to the centre, the newest last. */
  readonly captured: Captured[] = [];
  private ways = [this.phase1s, this.quickModes, this.othersNetworks, this.othersSas, this.authenticRubbish, this.brokenRubbish, this.replays, this.firstMessages, this.esp, this.network];
  private turn = 0;
  private sequence = 0;

  constructor(world: World, router: Router) {
    super(0, "", SUITE, `key-of-branch-${HOSTILE}`, { world, router, station: new Station(branchAddress(HOSTILE), CENTRE), behindPeer: [`10.${HOSTILE}.0.0`, MASK], behindRouter: ["172.16.0.0", MASK] });
  }

  override tunnelUp(): boolean {
    return true;
  }

  /** One way after the other. */
  act(): void {
    this.ways[this.turn++ % this.ways.length]!.call(this);
  }

  private take<T>(list: readonly T[]): T | undefined {
    return list[this.world.random.below(Math.max(list.length, 1))];
  }

  private honest(): string {
    return branchAddress(1 + this.world.random.below(PEERS.count - 1));
  }

  /** A datagram with a source of its choice. */
  private from(source: string, protocol: number, payload: Uint8Array, options = {}): void {
    this.station.datagram(ipv4(source, CENTRE, protocol, payload, { id: this.station.nextId(), ...options }));
  }

  private ike(source: string, message: Uint8Array, port = 500): void {
    this.from(source, 17, udp(port, port, port === 4500 ? concat(u32(0), message) : message));
  }

  /** Phase 1s, each told to be the first after a restart. */
  private phase1s(): void {
    for (let i = 0; i < 3; i++)
      for (const step of this.initiate()) {
        if (step.name === "quick 1") break;
        if (step.name === "main 5") step.payloads.push(this.NOTIFY(24578));
        if (!step.go()) return;
      }
  }

  /** A Quick Mode, as far as it goes: an answer may be to one that was begun before it. */
  private quick(): void {
    try {
      for (const step of this.quickInitiate()) if (!step.go()) return;
    } catch { /* the answer to another */ }
  }

  private quickModes(): void {
    for (let i = 0; i < 8; i++) {
      this.behindPeer[0] = `10.${HOSTILE}.${i % PEERS.networks}.0`;
      this.quick();
    }
    // Begun, and never ended.
    for (let i = 0; i < 12; i++) for (const step of this.quickInitiate()) { this.inject(step.make(step.payloads)); break; }
  }

  private othersNetworks(): void {
    for (const network of [`10.${1 + this.world.random.below(15)}.0.0`, "0.0.0.0", "10.0.0.0", "172.16.0.0"]) {
      this.behindPeer[0] = network;
      this.quick();
    }
    this.behindPeer[0] = `10.${HOSTILE}.0.0`;
  }

  /** SPIs and cookies of the others, in Deletes and notifies of its own ISAKMP SA. */
  private othersSas(): void {
    const esp = this.take(this.captured.filter(({ datagram }) => datagram[9] === 50));
    const isakmp = this.take(this.captured.filter(({ datagram }) => datagram[9] === 17));
    if (esp) this.inject(this.informational([this.DELETE_ESP(esp.datagram.slice(20, 24)), this.NOTIFY(11, esp.datagram.slice(20, 24), 3)]));
    if (isakmp) {
      const cookies = isakmp.datagram.slice(28, 44);
      this.inject(this.informational([{ type: P.D, body: concat(u32(1), [1, 16, 0, 1], cookies) }]));
      this.inject(this.informational([this.NOTIFY(24578, cookies)]));
    }
    this.inject(this.informational([this.NOTIFY(24578)]));
    for (let i = 0; i < 8; i++) this.inject(this.informational([this.NOTIFY(36136, undefined, 1, new Uint8Array(u32(i + 1)))]));
  }

  private authenticRubbish(): void {
    for (let i = 0; i < 8; i++) {
      const payloads: Payload[] = Array.from({ length: 1 + this.world.random.below(4) }, () => ({ type: this.world.random.below(22), body: this.peer.bytes(this.world.random.below(60)) }));
      this.inject(this.informational(payloads));
      const mid = this.world.random.u32();
      for (const exchange of [EXCHANGE.QUICK, EXCHANGE.NEW_GROUP]) this.inject(this.peer.message(exchange, 0, mid, this.peer.hashed(new Uint8Array(u32(mid)), payloads), this.peer.phase2Iv(mid)));
    }
  }

  /** In the name of the others: their cookies, and what no key made. */
  private brokenRubbish(): void {
    for (let i = 0; i < 12; i++) {
      const isakmp = this.take(this.captured.filter(({ datagram }) => datagram[9] === 17));
      if (!isakmp) return;
      const exchange = this.take([EXCHANGE.MAIN, EXCHANGE.INFORMATIONAL, EXCHANGE.QUICK, EXCHANGE.AGGRESSIVE])!;
      const message = concat(isakmp.datagram.slice(28, 44), [8, 0x10, exchange, 1], this.peer.bytes(4), u32(28 + 64), this.peer.bytes(64));
      this.ike(isakmp.source, message);
      this.ike(branchAddress(HOSTILE), message, 4500);
      this.world.run(2);
    }
  }

  /** What was captured, from where it came and from elsewhere, in UDP too. */
  private replays(): void {
    for (let i = 0; i < 25; i++) {
      const one = this.take(this.captured);
      if (!one) return;
      const payload = one.datagram.slice(20);
      const protocol = one.datagram[9]!;
      this.from(this.take([one.source, branchAddress(HOSTILE), "203.0.113.7"])!, protocol, payload);
      if (protocol === 50) this.from("203.0.113.7", 17, udp(4500, 4500, payload));
      else this.ike("203.0.113.7", payload.slice(8), 4500);
      this.world.run(1);
    }
  }

  private firstMessages(): void {
    const { peer } = this;
    for (let i = 0; i < 40; i++) {
      const source = i % 3 === 0 ? this.honest() : ipText((peer.random.u32() & 0x3fffffff | 0x04000000) >>> 0);
      const aggressive = i % 5 === 0;
      const ID = { type: P.ID, body: concat([1, 0, 0, 0], u32(ip(source))) };
      const body = chain(aggressive ? [peer.SA(), { type: P.KE, body: peer.bytes(32) }, peer.NONCE(), ID] : [peer.SA()]);
      this.ike(source, concat(peer.bytes(8), new Uint8Array(8), [P.SA, 0x10, aggressive ? EXCHANGE.AGGRESSIVE : EXCHANGE.MAIN, 0], u32(0), u32(28 + body.length), body));
      this.world.run(10);
    }
  }

  /** SPIs of the others, and from behind a tunnel of its own what belongs to others. */
  private esp(): void {
    const mine = Buffer.from(this.routerSpi).readUInt32BE();
    for (let i = 0; i < 25; i++) {
      const esp = this.take(this.captured.filter(({ datagram }) => datagram[9] === 50));
      if (esp) this.from(esp.source, 50, concat(esp.datagram.slice(20, 24), u32(this.world.random.u32()), this.peer.bytes(92)));
      this.from(this.honest(), 50, concat(this.peer.bytes(4), u32(i + 1), this.peer.bytes(92)));
      const inner = ipv4(this.take(["10.3.0.10", "172.16.0.10", "192.0.2.103"])!, HOST, 1, concat([8, 0, 0, 0], this.peer.bytes(40)));
      if (this.keymat.toRouter.length > 0) this.from(branchAddress(HOSTILE), 50, sealWithNode(ESP, this.keymat.toRouter, mine, ++this.sequence, inner));
      this.world.run(1);
    }
  }

  /** Fragments without an end, errors about what was never sent, closed ports, hosts that are not there. */
  private network(): void {
    for (let i = 0; i < 30; i++) {
      this.from(this.honest(), this.take([50, 17, 1])!, this.peer.bytes(64), { id: this.world.random.below(65536), mf: true, offset: this.take([0, 8, 64])! });
      const quoted = ipv4(CENTRE, this.honest(), 50, this.peer.bytes(8));
      this.from("198.51.100.77", 1, concat([3, this.take([0, 1, 3, 4])!, 0, 0, 0, 0], u16(576), quoted));
      this.from("203.0.113.9", 17, udp(1000 + i, 7, this.peer.bytes(20)));
      this.station.datagram(ipv4("203.0.113.9", `172.16.0.${20 + i}`, 17, udp(1, 2, this.peer.bytes(20))));
      this.station.datagram(ipv4("10.5.0.10", HOST, 17, udp(1, 2, this.peer.bytes(20))));
      this.world.run(2);
    }
  }
}

export interface Siege {
  recording: Omit<Recording, "records">;
  /** Pings of the honest branches' hosts. */
  pings: number;
  /** Those that had no answer: "10.3.2.10 at 81.2 s". */
  lost: string[];
  /** How often each honest branch saw a phase 1 and a pair of SAs come up. */
  renewals: { phase1: number; pairs: number }[];
  /** What the hostile branch did, in rounds of all of its ways. */
  rounds: number;
  events: string;
}

/**
 * The siege: it begins when all tunnels have been up for a minute, and lasts until both phases have been renewed. The timeline is less than
 * the megabyte of a board's memory that a loader may fill.
 */
export function siege(): Siege {
  const world = new World(16);
  const wan = new Switch(world);
  const hub = new RecordedRouter(world, 0x51e6e, settings(centre(PEERS)));
  const host = new Endpoint(HOST, "172.16.0.1");
  world.wire(host, hub.port(0));
  wan.plug(hub.port(1));
  const hostile = new Hostile(world, hub as unknown as Router);
  wan.plug(hostile.station);
  wan.tap = (bytes, from) => {
    const frame = parseFrame(bytes);
    if (from < 2 || frame?.type !== ETHERNET_IPV4 || frame.ip!.dst !== CENTRE) return;
    hostile.captured.push({ source: frame.ip!.src, datagram: bytes.slice(14, 14 + frame.ip!.header + frame.ip!.payload.length) });
    if (hostile.captured.length > 200) hostile.captured.shift();
  };

  const routers: Router[] = [];
  const hosts: Endpoint[] = [];
  for (let n = 1; n < HOSTILE; n++) {
    const router = world.router(`branch${n}`, { config: settings(branch(n, PEERS)), seed: 100 + n });
    wan.plug(router.port(1));
    const lan = new Switch(world);
    lan.plug(router.port(0), 0);
    for (let network = 0; network < PEERS.networks; network++) {
      const one = new Endpoint(branchHost(n, network), branchInside(n), { prefix: 16 });
      lan.plug(one, 0);
      hosts.push(one);
    }
    routers.push(router);
  }
  for (const one of hosts) {
    for (let sequence = 1; sequence <= 5 && !one.replies.size; sequence++) {
      one.ping(HOST, sequence);
      world.run(3000, () => one.replies.size > 0);
    }
    if (one.replies.size === 0) throw new Error(`the tunnel of ${one.address} did not come up: ${routers.map(({ output }) => output).join("")}`);
  }

  const sent: { host: Endpoint; sequence: number; at: number }[] = [];
  world.run(70_000);
  const begun = world.now;
  const end = begun + 50_000;
  for (const [i, one] of hosts.entries()) {
    const next = (sequence: number) => {
      sent.push({ host: one, sequence, at: world.now });
      one.ping(HOST, sequence);
      if (world.now + 6000 < end) world.at(world.now + 6000, () => next(sequence + 1));
    };
    world.at(world.now + 60 * i, () => next(100));
  }
  let acts = 0;
  for (; world.now < end; acts++) {
    hostile.act();
    world.run(300);
  }
  world.run(2000);
  return {
    recording: { name: "siege", timeline: hub.timeline(), frames: hub.digest.frames, sha256: hub.digest.hex() },
    pings: sent.length,
    lost: sent.filter((one) => !one.host.replies.has(one.sequence)).map((one) => `${one.host.address} at ${((one.at - begun) / 1000).toFixed(1)} s`),
    renewals: routers.map((router) => ({ phase1: router.eventsOf("ike.sa").filter(({ state }) => state === "up" || state === "rekeyed").length, pairs: router.eventsOf("ipsec.sa").filter(({ state }) => state === "up" || state === "rekeyed").length })),
    rounds: Math.floor(acts / 10),
    events: hub.events,
  };
}
