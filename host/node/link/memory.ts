/** A wire inside the program: two ends, each a Link. Frames arrive in a later turn of the event loop, in order. */
import { counters, type Link } from "./link.ts";

export class MemoryEnd implements Link {
  readonly counters = counters();
  private peer: MemoryEnd | undefined;
  private receive: ((frame: Uint8Array) => void) | undefined;
  private queue: Uint8Array[] = [];

  constructor(
    readonly name: string,
    private readonly watch: ((frame: Uint8Array, from: MemoryEnd) => void) | undefined,
  ) {}

  join(peer: MemoryEnd): void {
    this.peer = peer;
  }

  async open(receive: (frame: Uint8Array) => void): Promise<void> {
    this.receive = receive;
  }

  send(frame: Uint8Array): void {
    this.watch?.(frame, this);
    this.counters.out++;
    this.peer?.arrive(frame);
  }

  private arrive(frame: Uint8Array): void {
    if (this.queue.length === 0)
      setImmediate(() => {
        const frames = this.queue;
        this.queue = [];
        for (const one of frames) {
          if (!this.receive) this.counters.dropped++;
          else {
            this.counters.in++;
            this.receive(one);
          }
        }
      });
    this.queue.push(frame);
  }

  async close(): Promise<void> {
    this.receive = undefined;
  }
}

/** A wire with its two ends. `watch` sees each frame as it goes onto the wire. */
export function memoryWire(a: string, b: string, watch?: (frame: Uint8Array, from: MemoryEnd) => void): [MemoryEnd, MemoryEnd] {
  const ends: [MemoryEnd, MemoryEnd] = [new MemoryEnd(a, watch), new MemoryEnd(b, watch)];
  ends[0].join(ends[1]);
  ends[1].join(ends[0]);
  return ends;
}
