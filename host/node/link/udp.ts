/**
 * `udp:LOCALPORT:HOST:PORT`: one Ethernet frame a UDP datagram, the form of QEMU's `-netdev dgram` and `socket,udp`, and of
 * User-mode Linux's `ucast`. Frames are taken from HOST's address only, whatever its port. There is no protection: the
 * link is a cable, and belongs on the loopback interface or on a network of one's own.
 */
import type { Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { bound, DatagramLink } from "./datagram.ts";
import { LinkRefused } from "./link.ts";

/** Datagrams that may wait in the socket; the system grants less where it must. */
const SOCKET_BUFFER = 4 << 20;

export class UdpLink extends DatagramLink {
  private lastFailure = "";

  constructor(
    name: string,
    private readonly localPort: number,
    private readonly host: string,
    private readonly port: number,
  ) {
    super(name);
  }

  async open(receive: (frame: Uint8Array) => void, report: (sentence: string) => void): Promise<void> {
    let address: string;
    try {
      ({ address } = await lookup(this.host, 4));
    } catch {
      throw new LinkRefused(`${this.name}: the host "${this.host}" has no IPv4 address`);
    }
    this.peer = { address, port: this.port };
    let socket: Socket;
    try {
      socket = await bound(this.localPort, address.startsWith("127.") ? "127.0.0.1" : "0.0.0.0", address);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new LinkRefused(`${this.name}: UDP port ${this.localPort} can't be had: ${code === "EADDRINUSE" ? "it is in use" : message}`);
    }
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
    this.use(socket, (from) => from.address === address, receive);
  }
}
