/**
 * A crowd: thousands of peers of one router, at one end of a wire. Each is an IkePeer with one network behind it, and all that they have
 * in common is the gateway that the router reaches them through. Member n (from 0) is at 198.18.0.0 + n + 1 (RFC 2544), its network
 * is 10.0.0.0 + 256 n, of 256 addresses. They negotiate with X25519 and protect with AES-128-GCM: the router's part of the time is small.
 */
import { EXCHANGE, IkePeer, P, concat, tlv, tv, u16, u32, type Payload } from "./ike_peer.ts";
import { openWithNode, sealWithNode, suites, type Suite } from "./esp.ts";
import { arp, ETHERNET_ARP, ETHERNET_HEADER, ETHERNET_IPV4, ethernet, ip, IP_ESP, IP_UDP, ipText, ipv4, macBytes, parseFrame, parseIpv4, parseUdp, udp } from "../world/frame.ts";
import type { Random } from "../world/random.ts";
import type { Port, Router, World } from "../world/world.ts";

export const GATEWAY = "192.0.2.2";
export const ROUTER = "192.0.2.1";
const GATEWAY_MAC = "02:00:00:00:02:02";
/** A host behind the router, by its address and its network. */
export const HOST = "172.16.0.10";
const BEHIND = ["172.16.0.0", "255.255.0.0"] as const;
const PSK = "correct-horse-battery";
const GCM: Suite = suites.find((suite) => suite.name === "gcm-128/16")!;

export const memberAddress = (n: number): string => ipText(ip("198.18.0.0") + n + 1);
export const memberHost = (n: number, host = 10): string => ipText(ip("10.0.0.0") + 256 * n + host);

/** The router's configuration: any number of peers, with the one key. @param more lines behind it */
export const crowdConfig = (lifetime = 3600, more = ""): string => `
hostname centre
crypto isakmp policy 10
 encryption aes 128
 hash sha256
 authentication pre-share
 group 31
 lifetime 86400
crypto isakmp key ${PSK} address 0.0.0.0 0.0.0.0
crypto ipsec security-association lifetime seconds ${lifetime}
crypto ipsec transform-set TS esp-gcm 128
crypto dynamic-map ANY 10
 set transform-set TS
 match address ALL
ip access-list extended ALL
 permit ip ${BEHIND[0]} 0.0.255.255 10.0.0.0 0.255.255.255
crypto map CM 10 ipsec-isakmp dynamic ANY
interface Ethernet0
 ip address 172.16.0.1 255.255.0.0
interface Ethernet1
 ip address ${ROUTER} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 ${GATEWAY}
${more}`;

/** A pair of SAs as a member has it. */
export interface Pair {
  /** SPIs that the member, and that the router receives by. */
  own: number;
  theirs: number;
  /** Key material of the directions to the router, and from it. */
  to: Uint8Array;
  from: Uint8Array;
  sent: number;
}

interface Quick { own: Uint8Array; Ni_b: Uint8Array; Nr_b: Uint8Array; iv: Uint8Array; theirs: number; first: boolean }

export class Member {
  readonly ike: IkePeer;
  pairs: Pair[] = [];
  /** Quick Modes under way, by message ID. */
  private readonly quick = new Map<number, Quick>();
  private fifth: Uint8Array = new Uint8Array();
  phase1 = false;
  /** What it said last, and when. */
  private said: Uint8Array | undefined;
  saidAt = 0;

  constructor(readonly crowd: Crowd, readonly n: number, random: Random, group = 31) {
    this.ike = new IkePeer(random, PSK, { cipher: 7, keyBits: 128, hash: 4, group }, ip(memberAddress(n)));
  }

  /** The pair that it sends through: the newest. */
  get pair(): Pair | undefined {
    return this.pairs.at(-1);
  }

  private send(message: Uint8Array): void {
    this.said = ipv4(memberAddress(this.n), ROUTER, IP_UDP, udp(500, 500, message));
    this.repeat();
  }

  /** Says its last message once more, as who hears nothing does. */
  repeat(): void {
    if (!this.said) return;
    this.saidAt = this.crowd.world.now;
    this.crowd.datagram(this.said);
  }

  /** Begins Main Mode; Quick Mode follows. */
  begin(): void {
    const { ike } = this;
    ike.begin(true);
    const SA = ike.SA(86400);
    ike.SAi_b = SA.body;
    this.send(ike.message(EXCHANGE.MAIN, 0, 0, [SA]));
  }

  private ESP_SA(spi: Uint8Array): Payload {
    const attributes = [...tv(1, 1), ...tlv(2, this.crowd.lifetime), ...tv(4, 1), ...tv(6, 128)];
    const transform = concat([0, 0], u16(8 + attributes.length), [1, 20, 0, 0], attributes);
    return { type: P.SA, body: concat(u32(1), u32(1), concat([0, 0], u16(12 + transform.length), [1, 3, 4, 1], spi, transform)) };
  }

  private IDs(): Payload[] {
    const { ike } = this;
    return [ike.SUBNET(ip("10.0.0.0") + 256 * this.n, ip("255.255.255.0")), ike.SUBNET(ip(BEHIND[0]), ip(BEHIND[1]))];
  }

  /** Begins Quick Mode: a first pair, or one that renews. */
  renew(): void {
    const { ike } = this;
    const mid = (ike.random.u32() | 1) >>> 0;
    const quick: Quick = { own: concat([0x20], ike.bytes(3)), Ni_b: ike.bytes(16), Nr_b: new Uint8Array(), iv: ike.phase2Iv(mid), theirs: 0, first: true };
    this.quick.set(mid, quick);
    const payloads = ike.hashed(new Uint8Array(u32(mid)), [this.ESP_SA(quick.own), { type: P.NONCE, body: quick.Ni_b }, ...this.IDs()]);
    const message = ike.message(EXCHANGE.QUICK, 0, mid, payloads, quick.iv);
    quick.iv = ike.lastBlock(message);
    this.send(message);
  }

  receive(d: Uint8Array): void {
    const { ike } = this;
    if (d.length < 28) return;
    if (d[18] === EXCHANGE.MAIN) return this.main(d);
    const mid = Buffer.from(d).readUInt32BE(20);
    if (d[18] === EXCHANGE.INFORMATIONAL) {
      if ((d[19]! & 1) === 0) return;
      for (const { type, body } of ike.open(d, ike.phase2Iv(mid))) if (type === P.D && body[4] === 3) for (let at = 8; at + 4 <= body.length; at += 4) this.drop(Buffer.from(body).readUInt32BE(at));
      return;
    }
    if (d[18] !== EXCHANGE.QUICK) return;
    const M_ID = new Uint8Array(u32(mid));
    const known = this.quick.get(mid);
    const payloads = ike.open(d, known ? known.iv : ike.phase2Iv(mid));
    if (known?.first) {
      // Its answer to ours.
      known.Nr_b = ike.take(payloads, P.NONCE);
      known.theirs = Buffer.from(ike.take(payloads, P.SA)).readUInt32BE(16);
      const HASH_3 = { type: P.HASH, body: ike.prf(ike.SKEYID_a, [0], M_ID, known.Ni_b, known.Nr_b) };
      this.send(ike.message(EXCHANGE.QUICK, 0, mid, [HASH_3], ike.lastBlock(d)));
      this.up(mid, known);
    } else if (known) this.up(mid, known);
    else {
      // It renews.
      const quick: Quick = { own: concat([0x21], ike.bytes(3)), Ni_b: ike.take(payloads, P.NONCE), Nr_b: ike.bytes(16), iv: ike.lastBlock(d), theirs: Buffer.from(ike.take(payloads, P.SA)).readUInt32BE(16), first: false };
      this.quick.set(mid, quick);
      const answer = ike.hashed(concat(M_ID, quick.Ni_b), [this.ESP_SA(quick.own), { type: P.NONCE, body: quick.Nr_b }, ...payloads.filter(({ type }) => type === P.ID)]);
      const message = ike.message(EXCHANGE.QUICK, 0, mid, answer, quick.iv);
      quick.iv = ike.lastBlock(message);
      this.send(message);
    }
  }

  private main(d: Uint8Array): void {
    const { ike } = this;
    if ((d[19]! & 1) === 1) {
      const payloads = ike.open(d, this.fifth);
      if (!Buffer.from(ike.HASH_R(ike.take(payloads, P.ID))).equals(ike.take(payloads, P.HASH))) throw new Error("HASH_R is wrong");
      ike.iv = ike.lastBlock(d);
      this.phase1 = true;
      this.renew();
    } else if (d[16] === P.SA) {
      ike.ckyR = d.slice(8, 16);
      this.send(ike.message(EXCHANGE.MAIN, 0, 0, [ike.KE(), ike.NONCE()]));
    } else {
      const payloads = ike.open(d);
      ike.g_xr = ike.take(payloads, P.KE);
      ike.Nr_b = ike.take(payloads, P.NONCE);
      ike.derive();
      const ID = ike.ID();
      const message = ike.message(EXCHANGE.MAIN, 0, 0, [ID, { type: P.HASH, body: ike.HASH_I(ID.body) }], ike.iv);
      this.fifth = ike.lastBlock(message);
      this.send(message);
    }
  }

  private up(mid: number, { own, theirs, Ni_b, Nr_b }: Quick): void {
    const spi = new Uint8Array(u32(theirs));
    const of = (one: Uint8Array) => this.ike.KEYMAT(GCM.key + GCM.salt, one, Ni_b, Nr_b);
    this.pairs.push({ own: Buffer.from(own).readUInt32BE(), theirs, to: of(spi), from: of(own), sent: 0 });
    this.quick.delete(mid);
    this.crowd.made++;
  }

  private drop(theirs: number): void {
    this.pairs = this.pairs.filter((pair) => pair.theirs !== theirs);
  }

  /** The packet that carries a datagram to the router, from this member's newest pair, or from another. */
  seal(datagram: Uint8Array, pair = this.pair!): Uint8Array {
    return ipv4(memberAddress(this.n), ROUTER, IP_ESP, sealWithNode(GCM, pair.to, pair.theirs, ++pair.sent, datagram));
  }

  /** What came in ESP; undefined: it is nobody's. */
  open(packet: Buffer): Buffer | undefined {
    const pair = this.pairs.find(({ own }) => own === packet.readUInt32BE(0));
    return pair && openWithNode(GCM, pair.from, packet).payload;
  }
}

export class Crowd implements Port {
  send: (frame: Uint8Array) => void = () => {};
  readonly members: Member[] = [];
  /** Pairs that have come up. */
  made = 0;
  /** Told of what comes out of tunnels, and of packets that no member could open. */
  onDatagram: ((datagram: Buffer, member: Member) => void) | undefined;
  lost = 0;
  private mac: string | undefined;

  constructor(readonly world: World, readonly router: Router, readonly lifetime = 3600) {
    world.wire(router.port(1), this, { delay: 0 });
  }

  /** A datagram of a member's leaves by the gateway. */
  datagram(datagram: Uint8Array): void {
    if (this.mac === undefined) throw new Error("the router has not been met yet");
    this.send(ethernet(this.mac, GATEWAY_MAC, ETHERNET_IPV4, datagram));
  }

  receive(bytes: Uint8Array): void {
    const frame = parseFrame(bytes);
    if (frame?.arp) {
      this.mac = frame.arp.senderMac;
      if (frame.arp.operation === 1 && frame.arp.targetIp === GATEWAY) this.send(ethernet(this.mac, GATEWAY_MAC, ETHERNET_ARP, arp(2, macBytes(GATEWAY_MAC), GATEWAY, frame.arp.senderIp, macBytes(this.mac))));
    }
    if (!frame?.ip) return;
    const member = this.members[ip(frame.ip.dst) - ip("198.18.0.0") - 1];
    if (!member) return;
    if (frame.ip.protocol === IP_UDP) {
      const message = parseUdp(parseIpv4(Buffer.from(bytes.subarray(ETHERNET_HEADER)))!);
      if (message) member.receive(Uint8Array.from(message.body));
    } else if (frame.ip.protocol === IP_ESP) {
      const inner = member.open(Buffer.from(frame.ip.payload));
      if (!inner) this.lost++;
      else this.onDatagram?.(inner, member);
    }
  }

  /** Meets the router: each learns the other's Ethernet address. */
  meet(): void {
    this.send(ethernet("ff:ff:ff:ff:ff:ff", GATEWAY_MAC, ETHERNET_ARP, arp(1, macBytes(GATEWAY_MAC), GATEWAY, ROUTER)));
    this.world.run(10);
    if (this.mac === undefined) throw new Error("the router answers no ARP");
  }

  /** Brings up so many more members, one after the other. Throws where one does not come up. */
  grow(count: number): void {
    if (this.mac === undefined) this.meet();
    for (let i = 0; i < count; i++) {
      const member = new Member(this, this.members.length, this.world.random);
      this.members.push(member);
      member.begin();
      if (!this.world.run(2000, () => member.pairs.length > 0)) throw new Error(`member ${member.n} does not come up: ${this.router.output.slice(-600)}`);
      this.world.run(1);
    }
  }
}
