/**
 * A host of the simplest kind: one address, one gateway. It asks and answers ARP, answers ICMP echo and keeps what comes. It
 * knows no clock and no wire: frames come in by `receive` and go out by `send`, which whoever owns it sets.
 */
import { arp, BROADCAST, echo, ETHERNET_ARP, ETHERNET_HEADER, ETHERNET_IPV4, ethernet, fragments, IP_ICMP, ip, ipv4, macText, parseEcho, parseFrame, parseIpv4, type Arp, type Echo, type IpOptions, type Ipv4, type Mac } from "./frame.ts";

export interface EndpointOptions {
  /** Of our own network; 24 when left out. */
  prefix?: number;
  mac?: Uint8Array;
  /** Longer datagrams go out in fragments; without it they go out as they are. */
  mtu?: number;
  /** Fragments are put together before they are looked at. */
  reassemble?: boolean;
}

export interface Received {
  src: string;
  protocol: number;
  payload: Uint8Array;
  datagram: Uint8Array;
}

/** The identification of our own echo requests, and octets that tell one request from another. */
const ECHO_ID = 0x1234;
const filling = (size: number, sequence: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 7 + sequence) & 255);

export class Endpoint {
  send: (frame: Uint8Array) => void = () => {};
  /** Every IPv4 datagram in a frame for us, whomever the datagram itself is for. */
  onDatagram: ((datagram: Uint8Array) => void) | undefined;
  /** Every datagram for our address; true: it is dealt with. */
  onPacket: ((packet: Ipv4) => boolean) | undefined;
  onReply: ((packet: Ipv4, reply: Echo) => void) | undefined;
  readonly mac: Uint8Array;
  /** Datagrams for us, in order of arrival. */
  received: Received[] = [];
  /** Echo replies seen, by sequence number. */
  replies = new Map<number, number>();
  requests = 0;
  duplicates = 0;
  /** MACs that it has learned, by address. */
  readonly neighbours = new Map<string, string>();
  private waiting: { hop: string; datagram: Uint8Array }[] = [];
  private readonly fragments = new Map<string, Ipv4[]>();
  private identification = 0;

  constructor(
    public address: string,
    readonly gateway: string,
    private readonly options: EndpointOptions = {},
  ) {
    this.mac = options.mac ?? Uint8Array.from([2, 0, ...address.split(".").map(Number)]);
  }

  /** Sends an echo request. */
  ping(dst: string, sequence: number, size = 56, o: IpOptions = {}, id = ECHO_ID): void {
    this.datagram(ipv4(this.address, dst, IP_ICMP, echo(8, id, sequence, filling(size, sequence)), { id: this.nextId(), ...o }));
  }

  /** Sends a datagram, asking ARP first where it must. */
  datagram(datagram: Uint8Array): void {
    const dst = [...datagram.subarray(16, 20)].join(".");
    const mask = (0xffffffff << (32 - (this.options.prefix ?? 24))) >>> 0;
    const hop = ((ip(dst) ^ ip(this.address)) & mask) === 0 ? dst : this.gateway;
    const mac = this.neighbours.get(hop);
    if (mac !== undefined) {
      for (const part of fragments(datagram, this.options.mtu ?? Infinity)) this.frame(mac, ETHERNET_IPV4, part);
      return;
    }
    this.waiting.push({ hop, datagram });
    this.ask(hop);
  }

  /** An identification of our own: fragments of one datagram have it in common (RFC 791, 3.2). */
  nextId(): number {
    return (this.identification = (this.identification + 1) & 0xffff);
  }

  /** Asks the network who has an address. */
  ask(address: string): void {
    this.frame(BROADCAST, ETHERNET_ARP, arp(1, this.mac, this.address, address));
  }

  knows(address: string): boolean {
    return this.neighbours.has(address);
  }

  /** Forgets its neighbours: what they said of themselves may have been damaged on the way. */
  forget(): void {
    this.neighbours.clear();
  }

  receive(bytes: Uint8Array): void {
    const frame = parseFrame(bytes);
    if (!frame || !((bytes[0]! & 1) === 1 || frame.dst === macText(this.mac))) return;
    if (frame.arp) this.arp(frame.arp);
    if (!frame.ip) return;
    const end = frame.ip.header + frame.ip.payload.length;
    const datagram = Uint8Array.from(bytes.subarray(ETHERNET_HEADER, ETHERNET_HEADER + end));
    this.onDatagram?.(datagram);
    if (frame.ip.dst === this.address) this.packet(datagram);
  }

  private frame(to: Mac, type: number, body: Uint8Array): void {
    this.send(ethernet(to, this.mac, type, body));
  }

  private arp({ operation, senderMac, senderIp, targetIp }: Arp): void {
    if (targetIp !== this.address) return;
    this.neighbours.set(senderIp, senderMac);
    if (operation === 1) this.frame(senderMac, ETHERNET_ARP, arp(2, this.mac, this.address, senderIp, senderMac));
    const ready = this.waiting.filter(({ hop }) => hop === senderIp);
    this.waiting = this.waiting.filter(({ hop }) => hop !== senderIp);
    for (const { datagram } of ready) this.datagram(datagram);
  }

  private packet(datagram: Uint8Array): void {
    const parsed = parseIpv4(datagram)!;
    const packet = this.options.reassemble ? this.whole(parsed) : parsed;
    if (!packet || this.onPacket?.(packet)) return;
    this.received.push({ src: packet.src, protocol: packet.protocol, payload: new Uint8Array(packet.payload.buffer, packet.payload.byteOffset, packet.payload.length), datagram });
    const message = parseEcho(packet);
    if (message?.request) {
      this.requests++;
      this.datagram(ipv4(this.address, packet.src, IP_ICMP, echo(0, message.id, message.seq, message.data), { id: this.nextId() }));
    } else if (message) {
      if (this.replies.has(message.seq)) this.duplicates++;
      this.replies.set(message.seq, this.received.length);
      this.onReply?.(packet, message);
    }
  }

  /** Fragments wait for each other; a datagram comes out once it is whole (RFC 791, 3.2). */
  private whole(packet: Ipv4): Ipv4 | undefined {
    if (!packet.fragment) return packet;
    const key = `${packet.src} ${packet.id} ${packet.protocol}`;
    const parts = [...(this.fragments.get(key) ?? []), packet].sort((a, b) => a.offset - b.offset);
    this.fragments.set(key, parts);
    let end = 0;
    for (const part of parts) if (part.offset <= end) end = Math.max(end, part.offset + part.payload.length);
    const last = parts.find((part) => !part.more);
    if (!last || end < last.offset + last.payload.length) return undefined;
    this.fragments.delete(key);
    const payload = Buffer.alloc(end);
    for (const part of parts) part.payload.copy(payload, part.offset);
    return { ...packet, fragment: false, offset: 0, more: false, payload };
  }
}
