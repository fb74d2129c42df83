/** An Endpoint on the clock of the wall: its pings are promises. */
import type { Link } from "../../../host/node/link/link.ts";
import { Endpoint } from "./endpoint.ts";

export interface Reply {
  sequence: number;
  /** milliseconds */
  time: number;
  ttl: number;
  /** octets of the ICMP message */
  size: number;
}

interface Pending {
  sent: number;
  answer: (reply: Reply | undefined) => void;
  timer: NodeJS.Timeout;
}

export class Pinger extends Endpoint {
  private readonly pending = new Map<string, Pending>();

  override onReply = (packet: { src: string; ttl: number; payload: Uint8Array }, { id, seq }: { id: number; seq: number }): void => {
    const key = `${packet.src} ${id} ${seq}`;
    const one = this.pending.get(key);
    if (!one) return;
    this.pending.delete(key);
    clearTimeout(one.timer);
    one.answer({ sequence: seq, time: performance.now() - one.sent, ttl: packet.ttl, size: packet.payload.length });
  };

  /** Stands at the end of a link. */
  attach(link: Link): Promise<void> {
    this.send = (frame) => link.send(frame);
    return link.open(
      (frame) => this.receive(frame),
      () => {},
    );
  }

  /** Sends an echo request. Resolves with the reply, or undefined after `timeout` ms without one. */
  echo(to: string, sequence: number, timeout: number, size = 56, id = 0x5053): Promise<Reply | undefined> {
    const key = `${to} ${id} ${sequence}`;
    return new Promise((answer) => {
      const timer = setTimeout(() => {
        this.pending.delete(key);
        answer(undefined);
      }, timeout);
      this.pending.set(key, { sent: performance.now(), answer, timer });
      this.ping(to, sequence, size, {}, id);
    });
  }
}
