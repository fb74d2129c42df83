/**
 * A negotiation between a router and tests/support/second/ike_peer.ts, step by step, in both roles. Each step makes one honest
 * message; a test may send changed ones in its place, or before it.
 */
import { EXCHANGE, IkePeer, P, concat, u32, type Payload, type Suite } from "./ike_peer.ts";
import type { OakleyGroup } from "./dh_groups.ts";
import { Endpoint } from "../world/endpoint.ts";
import { ip, ipv4 } from "../world/frame.ts";
import { keymatLength, openWithNode, sealWithNode, suites } from "./esp.ts";
import { Station } from "../world/station.ts";
import { World, type Router } from "../world/world.ts";

export const SUITE: Suite = { cipher: 7, keyBits: 128, hash: 2, group: 1 };

export const CONFIG = `
hostname gate
crypto isakmp policy 10
 encryption aes 128
 hash sha
 authentication pre-share
 group 1
 lifetime 3600
crypto isakmp key correct-horse-battery address 192.0.2.2
crypto ipsec transform-set TS esp-aes 128 esp-sha-hmac
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
crypto map CM 10 ipsec-isakmp
 set peer 192.0.2.2
 set transform-set TS
 match address VPN
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.2
`;

/** A message about to be sent: how to make it from payloads, and the payloads that an honest peer puts in. */
export interface Step {
  name: string;
  payloads: Payload[];
  /** Makes the octets; moves no state. `rehash` false leaves a HASH(n) as the payloads have it. */
  make: (payloads: Payload[]) => Uint8Array;
  /** Sends the honest message, waits for the answer and takes it in. False: no such answer came. */
  go: () => boolean;
}

/** A group of Quick Mode's own: its number and how it is computed in. */
export interface Pfs { id: number; group: OakleyGroup }

/** What is offered unless a test says otherwise: AES-128-CBC with HMAC-SHA1-96. */
const ESP = suites.find((suite) => suite.name === "aes-128/sha1")!;

/** RFC 2409, 5.5: in Quick Mode HASH is the first payload, SA the one right behind it; peers insist on it. */
function behindHash(payloads: Payload[]): void {
  if (payloads[0]?.type !== P.HASH || payloads[1]?.type !== P.SA) throw new Error(`Quick Mode does not begin with HASH and SA: ${payloads.map(({ type }) => type)}`);
}

/** The message ID of an ISAKMP message. */
export const midOf = (d: Uint8Array): number => new DataView(d.buffer, d.byteOffset).getUint32(20);

const isOfType = (data: Uint8Array, exchange: number) => data.length >= 28 && data[18] === exchange;

/**
 * Where a negotiation takes place, if not between the two of CONFIG: networks are address and mask, `lan` is a host behind the router (an
 * unconnected one where it is left out).
 */
export interface Place { world: World; router: Router; station: Station; behindPeer: [string, string]; behindRouter: [string, string]; lan?: Endpoint }

/** RFC 3948, 2.2: what tells IKE from ESP on port 4500. */
const NON_ESP_MARKER = new Uint8Array(4);

export class Negotiation {
  world: World;
  router: Router;
  station: Station;
  readonly behindPeer: [string, string];
  readonly behindRouter: [string, string];
  lan: Endpoint;
  peer: IkePeer;
  /** The port that we speak from and to: 500, or 4500 behind a NAT. As responder the router's choice is followed. */
  port = 500;
  /** Quick Mode's state. */
  mid = 1;
  protected qmIv: Uint8Array = new Uint8Array();
  protected qmNi: Uint8Array = new Uint8Array();
  protected qmNr: Uint8Array = new Uint8Array();
  protected qmIDs: Payload[] = [];
  /** What a fourth message of a Quick Mode that the router began is encrypted with. */
  protected fourthIv: Uint8Array = new Uint8Array(16);
  /** Body of the SA payload that the router offered. */
  protected qmSA: Uint8Array = new Uint8Array();
  spi: Uint8Array = new Uint8Array(4);
  routerSpi: Uint8Array = new Uint8Array(4);
  /** Quick Mode with perfect forward secrecy in this group. */
  pfs: Pfs | undefined;
  /** The router's public value of the last Quick Mode; empty without perfect forward secrecy. */
  theirPublic: Uint8Array = new Uint8Array();
  /** Vendor IDs that we say beside one that nobody knows. */
  vendorIds: Uint8Array[] = [];
  /** What Quick Mode offers and ESP is. */
  espSuite = ESP;
  /** Key material of the directions to the router and from it, when Quick Mode is over. */
  keymat: { toRouter: Uint8Array; fromRouter: Uint8Array } = { toRouter: new Uint8Array(), fromRouter: new Uint8Array() };
  private echoes = 0;
  /** The payloads of the router's message 5. */
  fifth: Payload[] = [];

  constructor(seed: number, config = CONFIG, suite = SUITE, psk = "correct-horse-battery", place?: Place) {
    this.lan = place?.lan ?? new Endpoint("10.1.0.10", "10.1.0.1");
    if (place === undefined) {
      this.world = new World(seed);
      this.router = this.world.router("gate", { config, seed });
      this.station = new Station("192.0.2.2", "192.0.2.1");
      this.world.wire(this.lan, this.router.port(0), { delay: 0 });
      this.world.wire(this.router.port(1), this.station, { delay: 0 });
    } else ({ world: this.world, router: this.router, station: this.station } = place);
    this.behindPeer = place?.behindPeer ?? ["10.2.0.0", "255.255.255.0"];
    this.behindRouter = place?.behindRouter ?? ["10.1.0.0", "255.255.255.0"];
    this.peer = new IkePeer(this.world.random, psk, suite, ip(this.station.address));
  }

  /** Nonces of the last Quick Mode. */
  get nonces(): { Ni_b: Uint8Array; Nr_b: Uint8Array } {
    return { Ni_b: this.qmNi, Nr_b: this.qmNr };
  }

  /** Number 10 of the network behind the peer. */
  get hostBehindPeer(): string {
    return this.behindPeer[0].replace(/\d+$/, "10");
  }

  private vids(): Payload[] {
    return this.vendorIds.map((body) => ({ type: P.VID, body }));
  }

  /** The SA payload of Quick Mode. */
  private offer(): Payload {
    const { transform, auth, bits } = this.espSuite;
    return this.peer.ESP_SA(this.spi, { cipher: transform, auth, keyBits: bits, group: this.pfs?.id });
  }

  inject(data: Uint8Array): void {
    this.station.udp(this.port, this.port, this.port === 500 ? data : concat(NON_ESP_MARKER, data));
    this.world.run(1);
  }

  /** Waits for an ISAKMP message from the router that `fits`. */
  await(fits: (data: Uint8Array) => boolean, ms = 400): Uint8Array | undefined {
    let found: Uint8Array | undefined;
    this.world.run(ms, () => {
      const messages = this.station.inbox.map(({ srcPort, data }) => (srcPort === 500 ? data : srcPort === 4500 && data.length > 4 && data.subarray(0, 4).every((b) => b === 0) ? data.subarray(4) : undefined));
      const at = messages.findIndex((data) => data !== undefined && data.length >= 28 && fits(data));
      if (at < 0) return false;
      found = messages[at];
      this.port = this.station.inbox[at]!.dstPort;
      this.station.inbox.splice(0, at + 1);
      return true;
    });
    return found;
  }

  protected send(step: Omit<Step, "go">, answer: (data: Uint8Array) => boolean, take: (data: Uint8Array) => void): Step {
    const whole: Step = {
      ...step,
      go: () => {
        this.station.inbox.length = 0;
        this.inject(whole.make(whole.payloads));
        const data = this.await(answer);
        if (data) take(data);
        return data !== undefined;
      },
    };
    return whole;
  }

  protected cookies(data: Uint8Array, exchange: number, first?: number): boolean {
    return isOfType(data, exchange) && data.slice(0, 8).every((b, i) => b === this.peer.ckyI[i]) && (first === undefined || data[16] === first);
  }

  /** The steps of a peer that initiates; each generator step is made when the former one has been answered. */
  *initiate(): Generator<Step> {
    const peer = this.peer;
    peer.begin(true);
    const main = (payloads: Payload[]) => peer.message(EXCHANGE.MAIN, 0, 0, payloads);
    const SA = peer.SA();
    peer.SAi_b = SA.body;
    yield this.send({ name: "main 1", payloads: [SA, { type: P.VID, body: peer.bytes(16) }, ...this.vids()], make: main }, (d) => this.cookies(d, EXCHANGE.MAIN, P.SA), (d) => (peer.ckyR = d.slice(8, 16)));
    yield this.send({ name: "main 3", payloads: [peer.KE(), peer.NONCE(), ...peer.requests()], make: main }, (d) => this.cookies(d, EXCHANGE.MAIN, P.KE), (d) => {
      const payloads = peer.open(d);
      peer.heard(payloads);
      peer.g_xr = peer.take(payloads, P.KE);
      peer.Nr_b = peer.take(payloads, P.NONCE);
      peer.derive();
    });
    const ID = peer.ID();
    const encrypted = (payloads: Payload[]) => peer.message(EXCHANGE.MAIN, 0, 0, payloads, peer.iv);
    const m5 = [ID, ...peer.proof(peer.HASH_I(ID.body))];
    yield this.send({ name: "main 5", payloads: m5, make: encrypted }, (d) => this.cookies(d, EXCHANGE.MAIN) && (d[19]! & 1) === 1, (d) => {
      const iv = peer.lastBlock(encrypted(m5));
      const payloads = peer.open(d, iv);
      peer.checkProof(payloads, peer.HASH_R(peer.take(payloads, P.ID)), "HASH_R is wrong");
      peer.iv = peer.lastBlock(d);
    });
    yield* this.quickInitiate();
  }

  *quickInitiate(): Generator<Step> {
    const peer = this.peer;
    this.mid = (peer.random.u32() | 1) >>> 0;
    const M_ID = new Uint8Array(u32(this.mid));
    this.qmIv = peer.phase2Iv(this.mid);
    this.qmNi = peer.bytes(16);
    this.spi = concat([0x20], peer.bytes(3));
    const make = (prefix: () => Uint8Array) => (payloads: Payload[]) => peer.message(EXCHANGE.QUICK, 0, this.mid, peer.hashed(prefix(), payloads), this.qmIv);
    const own = this.pfs && peer.bytes(this.pfs.group.privateOctets);
    const q1 = [this.offer(), { type: P.NONCE, body: this.qmNi }, ...this.quickKE(own), ...[this.behindPeer, this.behindRouter].map(([address, mask]) => peer.SUBNET(ip(address), ip(mask)))];
    const makeQ1 = make(() => M_ID);
    yield this.send({ name: "quick 1", payloads: q1, make: makeQ1 }, (d) => this.cookies(d, EXCHANGE.QUICK) && midOf(d) === this.mid, (d) => {
      const payloads = peer.open(d, peer.lastBlock(makeQ1(q1)));
      behindHash(payloads);
      this.qmNr = peer.take(payloads, P.NONCE);
      const SA = peer.take(payloads, P.SA);
      this.routerSpi = SA.slice(8 + 8, 8 + 12);
      this.qmIv = peer.lastBlock(d);
      this.takeQuickKE(own, payloads);
    });
    const HASH_3 = peer.prf(peer.SKEYID_a, [0], M_ID, this.qmNi, this.qmNr);
    const q3 = [{ type: P.HASH, body: HASH_3 }];
    const makeQ3 = (payloads: Payload[]) => peer.message(EXCHANGE.QUICK, 0, this.mid, payloads, this.qmIv);
    const last: Step = {
      name: "quick 3",
      payloads: q3,
      make: makeQ3,
      go: () => {
        this.inject(last.make(last.payloads));
        return this.world.run(50, () => this.tunnelUp());
      },
    };
    yield last;
  }

  /** The steps of a peer that answers: the router initiates because its lan host pings across. */
  *respond(): Generator<Step> {
    let first: Uint8Array = new Uint8Array();
    yield* this.respondInPhase1((d) => (first = d));
    yield* this.quickRespond(first);
  }

  /** Main Mode of those; `took` gets the first message of phase 2, of whatever exchange. */
  *respondInPhase1(took: (d: Uint8Array) => void): Generator<Step> {
    const peer = this.peer;
    this.station.inbox.length = 0;
    this.lan.ping(this.hostBehindPeer, 1);
    const m1 = this.await((d) => isOfType(d, EXCHANGE.MAIN) && d[16] === P.SA && d.slice(8, 16).every((b) => b === 0), 40000);
    if (!m1) throw new Error("the router did not initiate");
    peer.begin(false);
    peer.ckyI = m1.slice(0, 8);
    peer.SAi_b = peer.take(peer.open(m1), P.SA);
    const main = (payloads: Payload[]) => peer.message(EXCHANGE.MAIN, 0, 0, payloads);
    yield this.send({ name: "main 2", payloads: [{ type: P.SA, body: peer.SAi_b }, ...this.vids()], make: main }, (d) => this.cookies(d, EXCHANGE.MAIN, P.KE), (d) => {
      const payloads = peer.open(d);
      peer.heard(payloads);
      peer.g_xi = peer.take(payloads, P.KE);
      peer.Ni_b = peer.take(payloads, P.NONCE);
      peer.derive();
    });
    yield this.send({ name: "main 4", payloads: [peer.KE(), peer.NONCE(), ...peer.requests()], make: main }, (d) => this.cookies(d, EXCHANGE.MAIN) && (d[19]! & 1) === 1, (d) => {
      const payloads = (this.fifth = peer.open(d, peer.iv));
      peer.checkProof(payloads, peer.HASH_I(peer.take(payloads, P.ID)), "HASH_I is wrong");
      peer.iv = peer.lastBlock(d);
    });
    const ID = peer.ID();
    const m6 = [ID, ...peer.proof(peer.HASH_R(ID.body))];
    const encrypted = (payloads: Payload[]) => peer.message(EXCHANGE.MAIN, 0, 0, payloads, peer.iv);
    yield this.send({ name: "main 6", payloads: m6, make: encrypted }, (d) => this.phase2Begins(d), (d) => {
      peer.iv = peer.lastBlock(encrypted(m6));
      took(d.slice());
    });
  }

  protected phase2Begins(d: Uint8Array): boolean {
    return this.cookies(d, EXCHANGE.QUICK) || this.cookies(d, EXCHANGE.NEW_GROUP);
  }

  /** Answers the router's Quick Mode, whose first message is `d`. */
  *quickRespond(d: Uint8Array): Generator<Step> {
    const peer = this.peer;
    this.mid = midOf(d);
    const payloads = peer.open(d, peer.phase2Iv(this.mid));
    behindHash(payloads);
    this.qmNi = peer.take(payloads, P.NONCE);
    this.qmIDs = payloads.filter((p) => p.type === P.ID);
    this.qmSA = peer.take(payloads, P.SA);
    this.routerSpi = this.qmSA.slice(8 + 8, 8 + 12);
    this.qmIv = peer.lastBlock(d);
    const M_ID = new Uint8Array(u32(this.mid));
    this.spi = concat([0x21], peer.bytes(3));
    this.qmNr = peer.bytes(16);
    const own = this.pfs && peer.bytes(this.pfs.group.privateOctets);
    const q2 = [this.offer(), { type: P.NONCE, body: this.qmNr }, ...this.quickKE(own), ...this.qmIDs];
    yield this.send(
      { name: "quick 2", payloads: q2, make: (made) => peer.message(EXCHANGE.QUICK, 0, this.mid, peer.hashed(concat(M_ID, this.qmNi), made), this.qmIv) },
      (answer) => this.cookies(answer, EXCHANGE.QUICK) && midOf(answer) === this.mid,
      (third) => {
        this.fourthIv = peer.lastBlock(third);
        this.takeQuickKE(own, payloads);
      },
    );
  }

  private quickKE(own: Uint8Array | undefined): Payload[] {
    return this.pfs && own ? [{ type: P.KE, body: this.pfs.group.publicOf(own) }] : [];
  }

  private takeQuickKE(own: Uint8Array | undefined, theirs: Payload[]): void {
    const { peer } = this;
    this.theirPublic = this.pfs ? peer.take(theirs, P.KE) : new Uint8Array();
    const g_qm_xy = this.pfs && own ? this.pfs.group.shared(peer.take(theirs, P.KE), own) : new Uint8Array();
    const of = (spi: Uint8Array) => peer.KEYMAT(keymatLength(this.espSuite), spi, this.qmNi, this.qmNr, g_qm_xy);
    this.keymat = { toRouter: of(this.routerSpi), fromRouter: of(this.spi) };
  }

  /** An echo through the tunnel, from behind the peer to the host behind the router and back. */
  echo(): boolean {
    const payload = concat([8, 0], [0, 0], u32(0x50530001 + this.echoes++), new Uint8Array(24));
    let sum = 0;
    for (let i = 0; i < payload.length; i += 2) sum += (payload[i]! << 8) | payload[i + 1]!;
    while (sum >>> 16) sum = (sum & 0xffff) + (sum >>> 16);
    payload.set([(~sum >>> 8) & 255, ~sum & 255], 2);
    const spi = Buffer.from(this.routerSpi).readUInt32BE();
    const sealed = sealWithNode(this.espSuite, this.keymat.toRouter, spi, this.echoes, ipv4("10.2.0.10", "10.1.0.10", 1, payload));
    this.station.inbox.length = 0;
    this.station.datagram(ipv4(this.station.address, this.station.router, 50, sealed));
    return this.world.run(2000, () =>
      this.station.inbox.some(({ srcPort, data }) => {
        if (srcPort !== 0) return false;
        const inner = openWithNode(this.espSuite, this.keymat.fromRouter, Buffer.from(data)).payload;
        // The host's answer: addresses exchanged, type 0, the rest as it was sent.
        return inner[20] === 0 && inner.subarray(12, 16).equals(Buffer.from([10, 1, 0, 10])) && inner.subarray(24).equals(Buffer.from(payload.subarray(4)));
      }),
    );
  }

  /** The types of the notifies in a protected Informational message of the router's. */
  protectedNotifies(d: Uint8Array): number[] {
    const mid = midOf(d);
    return this.peer.open(d, this.peer.phase2Iv(mid)).filter(({ type }) => type === P.N).map(({ body }) => (body[6]! << 8) | body[7]!);
  }

  /** A protected Informational message. */
  informational(payloads: Payload[]): Uint8Array {
    const mid = (this.peer.random.u32() | 1) >>> 0;
    return this.peer.message(EXCHANGE.INFORMATIONAL, 0, mid, this.peer.hashed(new Uint8Array(u32(mid)), payloads), this.peer.phase2Iv(mid));
  }

  DELETE_ESP(spi = this.spi): Payload {
    return { type: P.D, body: concat(u32(1), [3, 4, 0, 1], spi) };
  }

  NOTIFY(type: number, spi: Uint8Array = concat(this.peer.ckyI, this.peer.ckyR), protocol = 1, data: Uint8Array = new Uint8Array()): Payload {
    return { type: P.N, body: concat(u32(1), [protocol, spi.length], [type >> 8, type & 255], spi, data) };
  }

  tunnelUp(): boolean {
    const spi = Buffer.from(this.spi).toString("hex");
    return this.router.events.some((e) => e.event === "ipsec.sa" && e.state !== "down" && String(e.spi_out).replace(/^0x/, "") === spi);
  }

  /** All steps, honestly. Returns the name of the step that was not answered, or nothing. */
  complete(role: "initiate" | "respond"): string | undefined {
    for (const step of this[role]()) if (!step.go()) return step.name;
    return this.world.run(100, () => this.tunnelUp()) ? undefined : "tunnel";
  }

  /** Clears both phases at the router, and lets everything half-open run out. */
  clear(ms = 300_000): void {
    this.router.type("clear crypto sa\nclear crypto isakmp");
    this.world.run(ms);
    this.router.output = "";
    this.router.events.length = 0;
    this.station.inbox.length = 0;
  }
}
