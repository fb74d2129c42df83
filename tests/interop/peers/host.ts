/**
 * A host behind our router: one network card on a `udp:` link, some addresses, a default gateway. It answers ARP and
 * ICMP echo, sends echo requests and counts what does not come back.
 */
import { createSocket, type Socket } from "node:dgram";
import { freePort, sleep } from "../process.ts";
import { buildArp, buildEcho, buildFrame, buildIpv4, ETHERNET_ARP, ETHERNET_IPV4, fragments, inSubnet, parseEcho, parseFrame, type Ipv4 } from "../link/frame.ts";

const BROADCAST = "ff:ff:ff:ff:ff:ff";

export interface PingResult { sent: number; received: number; lost: number[]; roundTrips: number[] }
export interface HostConfig { mac: string; address: string; subnet: string; gateway: string }

function tally(answers: (number | undefined)[]): PingResult {
  const roundTrips = answers.filter((r) => r !== undefined);
  return { sent: answers.length, received: roundTrips.length, lost: answers.flatMap((r, seq) => (r === undefined ? [seq] : [])), roundTrips };
}

export class LanHost {
  readonly config: HostConfig;
  readonly own: number;
  readonly remote: number;
  /** Every IPv4 packet that arrived, oldest first. */
  readonly received: Ipv4[] = [];
  /** Takes what arrives and is no echo, in place of `received`. */
  sink: ((ip: Ipv4) => void) | undefined;
  readonly #socket: Socket;
  #gatewayMac: string | undefined;
  #nextId = 1;
  readonly #fragments = new Map<string, Ipv4[]>();
  readonly #waiting = new Map<string, (at: number) => void>();

  private constructor(socket: Socket, remote: number, config: HostConfig) {
    this.#socket = socket;
    this.own = socket.address().port;
    this.remote = remote;
    this.config = config;
    socket.on("message", (bytes) => this.#onFrame(bytes));
    socket.on("error", () => { /* a refused datagram is a lost frame */ });
  }

  static async open(config: HostConfig): Promise<LanHost> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
    await new Promise<void>((resolve, reject) => { socket.once("error", reject); socket.bind(0, "127.0.0.1", resolve); });
    return new LanHost(socket, await freePort(), config);
  }

  close(): void { try { this.#socket.close(); } catch { /* closed already */ } }

  #send(frame: Buffer): void { this.#socket.send(frame, this.remote, "127.0.0.1", () => { /* nobody there: a frame lost */ }); }

  #onFrame(bytes: Buffer): void {
    const frame = parseFrame(bytes);
    if (!frame) return;
    const { mac, address, gateway } = this.config;
    if (frame.arp) {
      if (frame.arp.senderIp === gateway) this.#gatewayMac = frame.arp.senderMac;
      if (frame.arp.operation === 1 && frame.arp.targetIp === address) {
        this.#send(buildFrame(frame.src, mac, ETHERNET_ARP, buildArp(2, mac, address, frame.arp.senderMac, frame.arp.senderIp)));
      }
      return;
    }
    if (!frame.ip || frame.dst !== mac || frame.ip.dst !== address) return;
    const ip = this.#whole({ ...frame.ip, payload: Buffer.from(frame.ip.payload) });
    if (!ip) return;
    if (this.sink && ip.protocol !== 1) { this.sink(ip); return; }
    this.received.push(ip);
    const echo = parseEcho(ip);
    if (!echo) return;
    if (echo.request) void this.sendIp(ip.src, 1, buildEcho(false, echo.id, echo.seq, echo.data));
    else this.#waiting.get(`${ip.src} ${echo.id} ${echo.seq}`)?.(performance.now());
  }

  /** Fragments wait for each other; a datagram comes out once it is whole. */
  #whole(ip: Ipv4): Ipv4 | undefined {
    if (!ip.fragment) return ip;
    const key = `${ip.src} ${ip.id} ${ip.protocol}`;
    const parts = this.#fragments.get(key) ?? [];
    this.#fragments.set(key, parts);
    parts.push(ip);
    parts.sort((a, b) => a.offset - b.offset);
    let end = 0;
    for (const part of parts) if (part.offset <= end) end = Math.max(end, part.offset + part.payload.length);
    const last = parts.find((part) => !part.more);
    if (!last || end < last.offset + last.payload.length) return undefined;
    this.#fragments.delete(key);
    const payload = Buffer.alloc(end);
    for (const part of parts) part.payload.copy(payload, part.offset);
    return { ...ip, fragment: false, offset: 0, more: false, payload };
  }

  /** Sends one packet, by way of the gateway unless `dst` is a neighbour; without the gateway's MAC it asks first. */
  async sendIp(dst: string, protocol: number, payload: Buffer): Promise<void> {
    const { mac, address, gateway, subnet } = this.config;
    if (inSubnet(dst, subnet) && dst !== gateway) throw new Error(`${dst} is a neighbour: not a test of a router`);
    for (let tries = 0; this.#gatewayMac === undefined && tries < 20; tries++) {
      this.#send(buildFrame(BROADCAST, mac, ETHERNET_ARP, buildArp(1, mac, address, "00:00:00:00:00:00", gateway)));
      await sleep(50);
    }
    const gatewayMac = this.#gatewayMac;
    if (gatewayMac === undefined) return;
    for (const part of fragments(buildIpv4(address, dst, protocol, payload), 1500)) this.#send(buildFrame(gatewayMac, mac, ETHERNET_IPV4, part));
  }

  /** One echo request: its round-trip time in milliseconds, or undefined after `timeout` milliseconds. */
  async echo(dst: string, id: number, seq: number, timeout: number, size = 56): Promise<number | undefined> {
    const key = `${dst} ${id} ${seq}`;
    const began = performance.now();
    const answer = new Promise<number | undefined>((resolve) => {
      // Without an answer the gateway is asked for again: what it said of itself may have been damaged on the way.
      const timer = setTimeout(() => { this.#waiting.delete(key); this.#gatewayMac = undefined; resolve(undefined); }, timeout);
      this.#waiting.set(key, (at) => { clearTimeout(timer); this.#waiting.delete(key); resolve(at - began); });
    });
    await this.sendIp(dst, 1, buildEcho(true, id, seq, Buffer.alloc(size, seq & 0xff)));
    return answer;
  }

  /** A ping that runs until `stop`, every `interval` milliseconds; `stop` waits for the last answers. */
  pinging(dst: string, interval = 100, timeout = 4000): { stop: () => Promise<PingResult> } {
    const id = this.#nextId++;
    const answers: Promise<number | undefined>[] = [];
    const timer = setInterval(() => answers.push(this.echo(dst, id, answers.length, timeout)), interval);
    return {
      stop: async () => {
        clearInterval(timer);
        return tally(await Promise.all(answers));
      },
    };
  }

  /** Exactly `count` echo requests. */
  async ping(dst: string, count: number, interval = 100, timeout = 4000): Promise<PingResult> {
    const id = this.#nextId++;
    const answers: Promise<number | undefined>[] = [];
    for (let seq = 0; seq < count; seq++) {
      answers.push(this.echo(dst, id, seq, timeout));
      await sleep(interval);
    }
    return tally(await Promise.all(answers));
  }

  /** Pings once a second until an answer comes: this is the interesting traffic that brings a tunnel up. */
  async pingUntil(dst: string, seconds: number): Promise<boolean> {
    const id = this.#nextId++;
    const end = Date.now() + seconds * 1000;
    let answered = false;
    for (let seq = 0; !answered && Date.now() < end; seq++) {
      const one = this.echo(dst, id, seq, Math.min(seconds, 5) * 1000).then((r) => { if (r !== undefined) answered = true; });
      await Promise.race([one, sleep(1000)]);
    }
    return answered;
  }
}
