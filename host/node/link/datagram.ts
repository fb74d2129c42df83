/** What the links over UDP have in common: a frame a datagram, from one peer to one peer. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { counters, HEADER, type Link } from "./link.ts";

/** A socket bound to `port` (0: any) of `host` that sends to the IPv4 address `peer`. Rejects with the system's error. */
export function bound(port: number, host: string, peer: string): Promise<Socket> {
  // The address is known: no lookup for each frame.
  const socket = createSocket({ type: "udp4", lookup: (_host, _options, done) => done(null, peer, 4) });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

export abstract class DatagramLink implements Link {
  readonly counters = counters();
  protected socket: Socket | undefined;
  /** Where frames go. */
  protected peer = { address: "127.0.0.1", port: 0 };

  protected constructor(readonly name: string) {}

  abstract open(receive: (frame: Uint8Array) => void, report: (sentence: string) => void, state?: (up: boolean) => void): Promise<void>;

  /** Takes frames from `socket`, of those for whom `known` is true, and sends by it from now on. */
  protected use(socket: Socket, known: (from: RemoteInfo) => boolean, receive: (frame: Uint8Array) => void): void {
    socket.on("message", (data, from) => {
      if (!known(from) || data.length < HEADER) this.counters.dropped++;
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
    this.socket.send(frame, this.peer.port, this.peer.address, (error) => {
      if (error) this.counters.dropped++;
    });
  }

  async close(): Promise<void> {
    const socket = this.socket;
    this.socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}
