/**
 * A host behind a router: one address, one gateway, ARP, ICMP echo in both roles. It stands at the end of a Link, so it can
 * be put wherever a router's port can.
 */
import type { Link } from "../link/link.ts";

const ARP = 0x0806;
const IPV4 = 0x0800;
const ICMP = 1;
const ECHO_REPLY = 0;
const ECHO_REQUEST = 8;

const octets = (address: string): number[] => address.split(".").map(Number);
const number = (address: string): number => octets(address).reduce((n, o) => n * 256 + o, 0);

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Reply {
  sequence: number;
  /** milliseconds */
  time: number;
  ttl: number;
  /** octets of the ICMP message */
  size: number;
}

export class Endpoint {
  private readonly mac: Uint8Array;
  private readonly neighbours = new Map<number, Uint8Array>();
  private waiting: { hop: number; datagram: Uint8Array }[] = [];
  private readonly pending = new Map<number, { sent: number; answer: (reply: Reply | undefined) => void; timer: NodeJS.Timeout }>();
  private identification = 1;

  constructor(
    private readonly link: Link,
    readonly address: string,
    private readonly gateway: string,
    private readonly prefix = 24,
  ) {
    this.mac = new Uint8Array([2, 0, ...octets(address)]);
  }

  open(): Promise<void> {
    return this.link.open(
      (frame) => this.receive(frame),
      () => {},
    );
  }

  /** Sends an echo request. Resolves with the reply, or undefined after `timeout` ms without one. */
  ping(to: string, sequence: number, timeout: number, size = 56): Promise<Reply | undefined> {
    const message = new Uint8Array(8 + size).map((_, i) => (i < 8 ? 0 : i & 255));
    const view = new DataView(message.buffer);
    message[0] = ECHO_REQUEST;
    view.setUint16(4, 0x5053);
    view.setUint16(6, sequence);
    view.setUint16(2, checksum(message));
    return new Promise((answer) => {
      const timer = setTimeout(() => {
        this.pending.delete(sequence);
        answer(undefined);
      }, timeout);
      this.pending.set(sequence, { sent: performance.now(), answer, timer });
      this.datagram(to, message);
    });
  }

  private datagram(to: string, payload: Uint8Array): void {
    const datagram = new Uint8Array(20 + payload.length);
    const view = new DataView(datagram.buffer);
    datagram.set([0x45, 0]);
    view.setUint16(2, datagram.length);
    view.setUint16(4, this.identification++ & 0xffff);
    datagram.set([64, ICMP], 8);
    datagram.set(octets(this.address), 12);
    datagram.set(octets(to), 16);
    view.setUint16(10, checksum(datagram.subarray(0, 20)));
    datagram.set(payload, 20);
    const shift = 32 - this.prefix;
    const near = number(to) >>> shift === number(this.address) >>> shift;
    this.output(near ? number(to) : number(this.gateway), datagram);
  }

  private output(hop: number, datagram: Uint8Array): void {
    const mac = this.neighbours.get(hop);
    if (mac) return this.frame(mac, IPV4, datagram);
    this.waiting.push({ hop, datagram });
    this.arp(1, new Uint8Array(6).fill(255), hop);
  }

  private arp(operation: 1 | 2, to: Uint8Array, address: number): void {
    const body = new Uint8Array(28);
    const view = new DataView(body.buffer);
    body.set([0, 1, 8, 0, 6, 4, 0, operation]);
    body.set(this.mac, 8);
    view.setUint32(14, number(this.address));
    if (operation === 2) body.set(to, 18);
    view.setUint32(24, address);
    this.frame(to, ARP, body);
  }

  private frame(to: Uint8Array, type: number, body: Uint8Array): void {
    const frame = new Uint8Array(14 + body.length);
    frame.set(to);
    frame.set(this.mac, 6);
    frame.set([type >> 8, type & 255], 12);
    frame.set(body, 14);
    this.link.send(frame);
  }

  private receive(frame: Uint8Array): void {
    if (frame.length < 34) return;
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const type = view.getUint16(12);
    if (type === ARP && frame.length >= 42 && view.getUint32(38) === number(this.address)) {
      const sender = view.getUint32(28);
      const mac = frame.slice(22, 28);
      this.neighbours.set(sender, mac);
      if (view.getUint16(20) === 1) this.arp(2, mac, sender);
      const ready = this.waiting.filter((w) => w.hop === sender);
      this.waiting = this.waiting.filter((w) => w.hop !== sender);
      for (const { datagram } of ready) this.frame(mac, IPV4, datagram);
    } else if (type === IPV4 && view.getUint32(30) === number(this.address)) this.ipv4(frame.subarray(14, 14 + view.getUint16(16)));
  }

  private ipv4(datagram: Uint8Array): void {
    const header = (datagram[0]! & 15) * 4;
    const message = datagram.slice(header);
    if (datagram[9] !== ICMP || message.length < 8 || checksum(message) !== 0) return;
    const view = new DataView(message.buffer);
    if (message[0] === ECHO_REQUEST) {
      message[0] = ECHO_REPLY;
      view.setUint16(2, 0);
      view.setUint16(2, checksum(message));
      this.datagram([...datagram.subarray(12, 16)].join("."), message);
    } else if (message[0] === ECHO_REPLY) {
      const sequence = view.getUint16(6);
      const one = this.pending.get(sequence);
      if (!one) return;
      this.pending.delete(sequence);
      clearTimeout(one.timer);
      one.answer({ sequence, time: performance.now() - one.sent, ttl: datagram[8]!, size: message.length });
    }
  }
}
