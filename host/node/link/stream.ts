/**
 * `stream:unix:PATH[:listen]`: frames on a Unix stream socket, each behind its length in 4 octets, big-endian, the form of
 * QEMU's `-netdev stream`. The connecting end tries again for as long as it runs; the listening end serves one peer at a
 * time, the newest. A peer that has gone is a cable that was pulled out; one that has not come yet may do so at any time.
 */
import { lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { counters, HEADER, LinkRefused, type Link } from "./link.ts";

/** Milliseconds between attempts to connect. */
const RETRY = 500;
/** Octets that may wait for a slow peer before frames are dropped. */
const WAITING_MAX = 4 << 20;
/** Longer frames than this mean that the peer speaks something else. */
const LENGTH_MAX = 65536;

/** Cuts a byte stream into frames. `write` answers false when the stream is not of this form. */
export class Unframer {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly take: (frame: Uint8Array) => void) {}

  write(chunk: Buffer): boolean {
    let data = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
    while (data.length >= 4) {
      const length = data.readUInt32BE(0);
      if (length > LENGTH_MAX) return false;
      if (data.length < 4 + length) break;
      this.take(new Uint8Array(data.subarray(4, 4 + length)));
      data = data.subarray(4 + length);
    }
    this.rest = Buffer.from(data);
    return true;
  }
}

export class StreamLink implements Link {
  readonly counters = counters();
  private socket: Socket | undefined;
  private server: Server | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private receive: (frame: Uint8Array) => void = () => {};
  private report: (sentence: string) => void = () => {};
  private state: (up: boolean) => void = () => {};

  constructor(
    readonly name: string,
    private readonly path: string,
    private readonly listen: boolean,
  ) {}

  async open(receive: (frame: Uint8Array) => void, report: (sentence: string) => void, state?: (up: boolean) => void): Promise<void> {
    this.receive = receive;
    this.report = report;
    if (state) this.state = state;
    if (this.listen) {
      await makeWay(this.path, this.name);
      const server = (this.server = createServer((socket) => this.attach(socket)));
      await new Promise<void>((resolve, reject) => {
        server.once("error", (error) => reject(new LinkRefused(`${this.name}: ${error.message}`)));
        server.listen(this.path, resolve);
      });
      server.on("error", (error) => report(`${this.name}: ${error.message}`));
    } else this.dial();
  }

  private dial(): void {
    if (this.closed) return;
    const socket = connect(this.path);
    socket.once("connect", () => this.attach(socket));
    socket.on("error", () => {});
    socket.once("close", () => {
      if (!this.closed) this.timer = setTimeout(() => this.dial(), RETRY);
    });
  }

  private attach(socket: Socket): void {
    this.socket?.destroy();
    this.socket = socket;
    this.state(true);
    const frames = new Unframer((frame) => {
      if (frame.length < HEADER) this.counters.dropped++;
      else {
        this.counters.in++;
        this.receive(frame);
      }
    });
    socket.on("data", (chunk) => {
      if (frames.write(chunk)) return;
      this.report(`${this.name}: the peer does not send frames behind 4-octet lengths; disconnected`);
      socket.destroy();
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      if (!this.closed) this.state(false);
    });
  }

  send(frame: Uint8Array): void {
    const socket = this.socket;
    if (!socket || socket.destroyed || socket.writableLength > WAITING_MAX) {
      this.counters.dropped++;
      return;
    }
    const head = Buffer.alloc(4);
    head.writeUInt32BE(frame.length);
    socket.cork();
    socket.write(head);
    socket.write(frame);
    socket.uncork();
    this.counters.out++;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.destroy();
    const server = this.server;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** Removes the socket that a program which no longer runs has left at `path`. Rejects with LinkRefused otherwise. */
export async function makeWay(path: string, name: string): Promise<void> {
  let socket = false;
  try {
    socket = lstatSync(path).isSocket();
  } catch {
    return;
  }
  if (!socket) throw new LinkRefused(`${name}: "${path}" exists and is not a socket`);
  const answered = await new Promise<boolean>((resolve) => {
    const attempt = connect(path);
    attempt.once("connect", () => {
      attempt.destroy();
      resolve(true);
    });
    attempt.once("error", () => resolve(false));
  });
  if (answered) throw new LinkRefused(`${name}: "${path}" is in use by a running program`);
  unlinkSync(path);
}
