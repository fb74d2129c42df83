/**
 * The wire between our side and the peer: a frame a UDP datagram on 127.0.0.1, passed through this process, which
 * therefore sees every frame, keeps it, and may lose, repeat or hold it back.
 */
import { createSocket, type Socket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { freePort } from "../../../../host/node/link/free_port.ts";
import { inSubnet, parseFrame, type Frame } from "../../../support/world/frame.ts";
import { Random } from "../../../support/world/random.ts";
import { espOf, isakmpOf, type Esp, type Isakmp } from "./isakmp.ts";

export type Direction = "out" | "in";       // out: from our side to the peer
export interface Seen { at: number; direction: Direction; bytes: Buffer; frame: Frame; isakmp?: Isakmp; esp?: Esp; lost: boolean }
export interface Faults { loss?: number; duplicate?: number; delay?: number }

/** One end of a wire: the socket of whoever carries its frames. */
export class End {
  readonly #socket: Socket;
  readonly port: number;        // ours, where the other end sends to
  readonly remote: number;      // the other end's own port
  constructor(socket: Socket, port: number, remote: number) { this.#socket = socket; this.port = port; this.remote = remote; }
  send(bytes: Buffer): void { this.#socket.send(bytes, this.remote, "127.0.0.1", () => { /* nobody there yet: a frame lost */ }); }
  close(): void { try { this.#socket.close(); } catch { /* closed already */ } }

  /** `place` are the ports that somebody has settled on already: those that whoever is to stand here was told. */
  static async open(onBytes: (bytes: Buffer) => void, place?: { own: number; remote: number }): Promise<End> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20, sendBufferSize: 1 << 20 });
    socket.on("message", onBytes);
    socket.on("error", () => { /* a refused datagram is a lost frame */ });
    await new Promise<void>((resolve, reject) => { socket.once("error", reject); socket.bind(place?.own ?? 0, "127.0.0.1", resolve); });
    return new End(socket, socket.address().port, place?.remote ?? await freePort());
  }
}

export class Relay {
  readonly seen: Seen[] = [];
  readonly #ends: { near: End; far: End };
  #faults: Faults = {};
  #random = new Random(1);

  private constructor(near: End, far: End) { this.#ends = { near, far }; }

  static async open(): Promise<Relay> {
    let relay: Relay | undefined;
    const near = await End.open((bytes) => relay?.pass("out", bytes));
    const far = await End.open((bytes) => relay?.pass("in", bytes));
    relay = new Relay(near, far);
    return relay;
  }

  /** The two port numbers that our side needs: its own, and where it sends to. */
  get near(): { own: number; remote: number } { return { own: this.#ends.near.remote, remote: this.#ends.near.port }; }
  get far(): { own: number; remote: number } { return { own: this.#ends.far.remote, remote: this.#ends.far.port }; }

  faults(faults: Faults, seed = 1): void { this.#faults = faults; this.#random = new Random(seed); }

  /** Puts a frame on the wire as if one end had sent it. */
  inject(direction: Direction, bytes: Buffer): void { this.pass(direction, bytes); }

  private pass(direction: Direction, bytes: Buffer): void {
    const frame = parseFrame(bytes);
    if (!frame) return;
    const { loss = 0, duplicate = 0, delay = 0 } = this.#faults;
    const lost = this.#random.chance(loss);
    const seen: Seen = { at: Date.now(), direction, bytes: Buffer.from(bytes), frame, lost };
    if (frame.ip) {
      const isakmp = isakmpOf(frame.ip), esp = espOf(frame.ip);
      if (isakmp) seen.isakmp = isakmp;
      if (esp) seen.esp = esp;
    }
    this.seen.push(seen);
    if (lost) return;
    const end = direction === "out" ? this.#ends.far : this.#ends.near;
    const go = (): void => end.send(seen.bytes);
    const copies = this.#random.chance(duplicate) ? 2 : 1;
    for (let i = 0; i < copies; i++) { if (delay > 0) setTimeout(go, this.#random.below(delay)); else go(); }
  }

  isakmp(direction?: Direction): (Seen & { isakmp: Isakmp })[] {
    return this.seen.filter((s): s is Seen & { isakmp: Isakmp } => s.isakmp !== undefined && (!direction || s.direction === direction));
  }

  esp(direction?: Direction): (Seen & { esp: Esp })[] {
    return this.seen.filter((s): s is Seen & { esp: Esp } => s.esp !== undefined && (!direction || s.direction === direction));
  }

  /** Frames that show an inner address on this wire: what a tunnel must not let out. */
  plaintext(inner: string[]): Seen[] {
    const within = (address: string): boolean => inner.some((subnet) => inSubnet(address, subnet));
    return this.seen.filter(({ frame: { ip } }) => ip !== undefined && (within(ip.src) || within(ip.dst)));
  }

  forget(): void { this.seen.length = 0; }

  /** Writes what passed as a classic capture file (microseconds, Ethernet). */
  save(path: string): void {
    const head = Buffer.alloc(24);
    head.writeUInt32LE(0xa1b2c3d4, 0); head.writeUInt16LE(2, 4); head.writeUInt16LE(4, 6); head.writeUInt32LE(65535, 16); head.writeUInt32LE(1, 20);
    const parts: Buffer[] = [head];
    for (const { at, bytes } of this.seen) {
      const record = Buffer.alloc(16);
      record.writeUInt32LE(Math.floor(at / 1000), 0); record.writeUInt32LE((at % 1000) * 1000, 4);
      record.writeUInt32LE(bytes.length, 8); record.writeUInt32LE(bytes.length, 12);
      parts.push(record, bytes);
    }
    writeFileSync(path, Buffer.concat(parts));
  }

  close(): void { this.#ends.near.close(); this.#ends.far.close(); }
}
