/**
 * `udp:LOCALPORT:HOST:PORT`: one Ethernet frame a UDP datagram, the form of QEMU's `-netdev dgram` and `socket,udp`, and of
 * User-mode Linux's `ucast`. Frames are taken from HOST's address only, whatever its port. There is no protection: the
 * link is a cable, and belongs on the loopback interface or on a network of one's own.
 */
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { counters, HEADER, LinkRefused, type Link } from "./link.ts";

/** Datagrams that may wait in the socket; the system grants less where it must. */
const SOCKET_BUFFER = 4 << 20;

export class UdpLink implements Link {
  readonly counters = counters();
  private socket: Socket | undefined;
  private address = "";
  private lastFailure = "";

  constructor(
    readonly name: string,
    private readonly localPort: number,
    private readonly host: string,
    private readonly port: number,
  ) {}

  async open(receive: (frame: Uint8Array) => void, report: (sentence: string) => void): Promise<void> {
    try {
      this.address = (await lookup(this.host, 4)).address;
    } catch {
      throw new LinkRefused(`${this.name}: the host "${this.host}" has no IPv4 address`);
    }
    // The address is known: no lookup for each frame.
    const socket = createSocket({ type: "udp4", lookup: (_host, _options, done) => done(null, this.address, 4) });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", (error: NodeJS.ErrnoException) =>
        reject(new LinkRefused(`${this.name}: UDP port ${this.localPort} can't be had: ${error.code === "EADDRINUSE" ? "it is in use" : error.message}`)),
      );
      socket.bind(this.localPort, this.address.startsWith("127.") ? "127.0.0.1" : "0.0.0.0", () => {
        socket.removeAllListeners("error");
        resolve();
      });
    });
    for (const set of [() => socket.setRecvBufferSize(SOCKET_BUFFER), () => socket.setSendBufferSize(SOCKET_BUFFER)]) {
      try {
        set();
      } catch {
        // the default size then
      }
    }
    socket.on("error", (error) => {
      if (error.message !== this.lastFailure) report(`${this.name}: ${(this.lastFailure = error.message)}`);
    });
    socket.on("message", (data, from) => {
      if (from.address !== this.address || data.length < HEADER) this.counters.dropped++;
      else {
        this.counters.in++;
        receive(data);
      }
    });
    this.socket = socket;
  }

  send(frame: Uint8Array): void {
    if (!this.socket) {
      this.counters.dropped++;
      return;
    }
    this.counters.out++;
    this.socket.send(frame, this.port, this.address, (error) => {
      if (error) this.counters.dropped++;
    });
  }

  close(): Promise<void> {
    const socket = this.socket;
    this.socket = undefined;
    return new Promise((resolve) => (socket ? socket.close(() => resolve()) : resolve()));
  }
}
