/**
 * A host behind our router: an Endpoint with one network card on a `udp:` link. It sends echo requests and counts what does
 * not come back.
 */
import { createSocket, type Socket } from "node:dgram";
import { inSubnet, ipv4, macBytes, type Ipv4 } from "../../../support/world/frame.ts";
import { freePort } from "../../../../host/node/link/free_port.ts";
import { Pinger } from "../../../support/world/pinger.ts";
import { sleep } from "../process.ts";

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
  readonly #endpoint: Pinger;
  #nextId = 1;

  private constructor(socket: Socket, remote: number, config: HostConfig) {
    this.#socket = socket;
    this.own = socket.address().port;
    this.remote = remote;
    this.config = config;
    this.#endpoint = new Pinger(config.address, config.gateway, { mac: macBytes(config.mac), prefix: Number(config.subnet.split("/")[1]), mtu: 1500, reassemble: true });
    // As a card does, it pads what is short.
    this.#endpoint.send = (frame) => socket.send(frame.length < 60 ? Buffer.concat([frame], 60) : frame, remote, "127.0.0.1", () => { /* nobody there: a frame lost */ });
    this.#endpoint.onPacket = (packet) => {
      if (this.sink && packet.protocol !== 1) {
        this.sink(packet);
        return true;
      }
      this.received.push(packet);
      return false;
    };
    socket.on("message", (bytes) => this.#endpoint.receive(bytes));
    socket.on("error", () => { /* a refused datagram is a lost frame */ });
  }

  static async open(config: HostConfig): Promise<LanHost> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
    await new Promise<void>((resolve, reject) => { socket.once("error", reject); socket.bind(0, "127.0.0.1", resolve); });
    return new LanHost(socket, await freePort(), config);
  }

  close(): void { try { this.#socket.close(); } catch { /* closed already */ } }

  /** Sends one packet, by way of the gateway unless `dst` is a neighbour; without the gateway's MAC it asks first. */
  async sendIp(dst: string, protocol: number, payload: Buffer): Promise<void> {
    if (await this.#reaches(dst)) this.#endpoint.datagram(ipv4(this.config.address, dst, protocol, payload, { id: this.#endpoint.nextId() }));
  }

  /** Whether the gateway is known, asking for it where it is not; on a bad wire one question may not be enough. */
  async #reaches(dst: string): Promise<boolean> {
    const { gateway, subnet } = this.config;
    if (inSubnet(dst, subnet) && dst !== gateway) throw new Error(`${dst} is a neighbour: not a test of a router`);
    for (let tries = 0; !this.#endpoint.knows(gateway) && tries < 20; tries++) {
      this.#endpoint.ask(gateway);
      await sleep(50);
    }
    return this.#endpoint.knows(gateway);
  }

  /** One echo request: its round-trip time in milliseconds, or undefined after `timeout` milliseconds. */
  async echo(dst: string, id: number, seq: number, timeout: number, size = 56): Promise<number | undefined> {
    const began = performance.now();
    const reply = await this.#reaches(dst) ? await this.#endpoint.echo(dst, seq, timeout, size, id) : undefined;
    if (reply) return performance.now() - began;
    // Without an answer the gateway is asked for again: what it said of itself may have been damaged on the way.
    this.#endpoint.forget();
    return undefined;
  }

  /** A ping that runs until `stop`, every `interval` milliseconds; `stop` waits for the last answers. */
  pinging(dst: string, interval = 100, timeout = 15_000, size = 56): { stop: () => Promise<PingResult> } {
    const id = this.#nextId++;
    const answers: Promise<number | undefined>[] = [];
    const timer = setInterval(() => answers.push(this.echo(dst, id, answers.length, timeout, size)), interval);
    return {
      stop: async () => {
        clearInterval(timer);
        return tally(await Promise.all(answers));
      },
    };
  }

  /** Exactly `count` echo requests. */
  async ping(dst: string, count: number, interval = 100, timeout = 15_000): Promise<PingResult> {
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
