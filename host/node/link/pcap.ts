/**
 * Captures in pcapng (draft-ietf-opsawg-pcapng): a section header, an interface description for each port with its name,
 * an enhanced packet for each frame with its direction. No package on the registry that is kept up writes this format, and
 * what is needed of it is these lines.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { wallNanoseconds } from "../clock.ts";
import type { Link } from "./link.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const LINKTYPE_ETHERNET = 1;
/** Option codes: end, if_name, if_tsresol, epb_flags, shb_userappl. */
const END = 0;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const EPB_FLAGS = 2;
const SHB_USERAPPL = 4;
/** Octets that may wait in memory, and for how long, in ms. */
const PENDING_MAX = 1 << 16;
const PENDING_TIME = 100;

function option(code: number, value: Buffer): Buffer {
  const out = Buffer.alloc(4 + ((value.length + 3) & ~3));
  out.writeUInt16LE(code, 0);
  out.writeUInt16LE(value.length, 2);
  value.copy(out, 4);
  return out;
}

function block(type: number, ...parts: Uint8Array[]): Buffer {
  const body = parts.reduce((n, p) => n + ((p.length + 3) & ~3), 0);
  const out = Buffer.alloc(12 + body);
  out.writeUInt32LE(type, 0);
  out.writeUInt32LE(out.length, 4);
  let at = 8;
  for (const part of parts) {
    out.set(part, at);
    at += (part.length + 3) & ~3;
  }
  out.writeUInt32LE(out.length, at);
  return out;
}

export class Capture {
  private readonly fd: number;
  private pending: Buffer[] = [];
  private size = 0;
  private timer: NodeJS.Timeout | undefined;
  private interfaces = 0;
  private failed = false;

  /** Makes the file anew. Throws what the file system throws. */
  constructor(
    readonly path: string,
    private readonly clock: () => bigint = wallNanoseconds,
  ) {
    this.fd = openSync(path, "w");
    const head = Buffer.alloc(16);
    head.writeUInt32LE(0x1a2b3c4d, 0);
    head.writeUInt16LE(1, 4);
    head.writeBigInt64LE(-1n, 8);
    this.write(block(SECTION_HEADER, head, option(SHB_USERAPPL, Buffer.from("Postern")), option(END, Buffer.alloc(0))));
  }

  /** Describes one more interface. Returns its number. All come before the first frame. */
  addInterface(name: string): number {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(LINKTYPE_ETHERNET, 0);
    this.write(block(INTERFACE_DESCRIPTION, head, option(IF_NAME, Buffer.from(name)), option(IF_TSRESOL, Buffer.from([9])), option(END, Buffer.alloc(0))));
    return this.interfaces++;
  }

  /** Records a frame; times are nanoseconds. `direction` is as the router sees it. */
  frame(port: number, frame: Uint8Array, direction: "in" | "out" | undefined): void {
    const time = this.clock();
    const head = Buffer.alloc(20);
    head.writeUInt32LE(port, 0);
    head.writeUInt32LE(Number(time >> 32n), 4);
    head.writeUInt32LE(Number(time & 0xffffffffn), 8);
    head.writeUInt32LE(frame.length, 12);
    head.writeUInt32LE(frame.length, 16);
    if (!direction) return this.write(block(ENHANCED_PACKET, head, frame));
    const flags = Buffer.from([direction === "in" ? 1 : 2, 0, 0, 0]);
    this.write(block(ENHANCED_PACKET, head, frame, option(EPB_FLAGS, flags), option(END, Buffer.alloc(0))));
  }

  private write(bytes: Buffer): void {
    this.pending.push(bytes);
    this.size += bytes.length;
    if (this.size >= PENDING_MAX) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), PENDING_TIME).unref();
  }

  /** Everything recorded is in the file afterwards. A full disk ends the capture, not the router. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.size = 0;
    if (this.failed) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
    } catch (error) {
      this.failed = true;
      process.stderr.write(`postern: the capture ${this.path} ends here: ${(error as Error).message}\n`);
    }
  }

  close(): void {
    this.flush();
    this.failed = true;
    closeSync(this.fd);
  }
}

/** A link whose frames, as they leave and reach the router, are recorded. */
export function captured(link: Link, capture: Capture, name: string): Link {
  const port = capture.addInterface(name);
  return {
    name: link.name,
    counters: link.counters,
    open: (receive, report, state) =>
      link.open(
        (frame) => {
          capture.frame(port, frame, "in");
          receive(frame);
        },
        report,
        state,
      ),
    send: (frame) => {
      capture.frame(port, frame, "out");
      link.send(frame);
    },
    close: () => link.close(),
  };
}
