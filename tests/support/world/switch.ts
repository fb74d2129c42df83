/** A switch on the wires of a world: what comes in by one port goes out by all others. */
import type { Port, World } from "./world.ts";

export class Switch {
  private ports: Port[] = [];
  /** Ports whose cable is out. */
  unplugged = new Set<number>();
  /** Every frame, and the number of the port that it came in by. */
  tap: ((frame: Uint8Array, from: number) => void) | undefined;

  constructor(private world: World) {}

  /** Plugs a port in. Returns its number. */
  plug(port: Port, delay = 1): number {
    const index = this.ports.length;
    const end: Port = {
      send: () => {},
      receive: (frame) => {
        if (this.unplugged.has(index)) return;
        this.tap?.(frame, index);
        this.ports.forEach((other, i) => i !== index && !this.unplugged.has(i) && other.send(frame.slice()));
      },
    };
    this.ports.push(end);
    this.world.wire(port, end, { delay });
    return index;
  }
}
