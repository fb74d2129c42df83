/** A pair whose WAN is watched: what is there in plain is counted, where Pair itself would stop the test. */
import { ethernet } from "../support/world/frame.ts";
import { Pair, type PairOptions } from "../support/world/pair.ts";

export class Watched extends Pair {
  /** Datagrams on the WAN that are neither ISAKMP, nor ESP, nor AH. */
  plain: { direction: 0 | 1; frame: Uint8Array }[] = [];

  constructor(options: PairOptions = {}) {
    super(options);
    this.world.wire(this.alpha.port(1), this.beta.port(1), {
      delay: 5,
      tap: (frame, direction) => {
        this.wan.push({ at: this.world.now, direction, frame });
        if (isPlain(frame)) this.plain.push({ direction, frame });
      },
      fault: (frame, world, direction) => (this.fault ? this.fault(frame, world, direction) : [{ frame }]),
    });
  }

  /** Gives alpha a datagram on its WAN, of a station that nobody knows. */
  stranger(datagram: Uint8Array): void {
    this.alpha.frame(1, ethernet(this.wan.find((f) => f.direction === 0)!.frame.slice(6, 12), STRANGER, 0x0800, datagram));
  }
}

const STRANGER = new Uint8Array([2, 9, 9, 9, 9, 9]);

export function isPlain(frame: Uint8Array): boolean {
  if (frame[12] !== 8 || frame[13] !== 0) return false;
  if (frame[23] === 50 || frame[23] === 51) return false;
  if (frame[23] !== 17) return true;
  const port = (at: number) => (frame[at]! << 8) | frame[at + 1]!;
  // A later fragment shows no ports: those of the tests are of ESP in UDP.
  return ((frame[20]! << 8 | frame[21]!) & 0x1fff) === 0 && ![500, 4500].includes(port(34)) && ![500, 4500].includes(port(36));
}

/** `3.3` octets of an ICMP message, and where it comes from. */
export const heard = (received: { src: string; protocol: number; payload: Uint8Array }[]): string[] =>
  received.filter((r) => r.protocol === 1 && r.payload[0] !== 0 && r.payload[0] !== 8).map((r) => `${r.src} ${r.payload[0]}/${r.payload[1]}`);
