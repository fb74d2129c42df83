import { ETHERNET_IPV4, IP_ESP, IP_UDP, parseFrame } from "../tests/support/world/frame.ts";

/** What an observer of the wire between the routers counts, without keys. */
export class WanWatch {
  isakmp = 0;
  esp = 0;
  /** IP datagrams that are neither: what should have been protected. */
  clear = 0;

  frame(frame: Uint8Array): void {
    const seen = parseFrame(frame);
    if (seen?.type !== ETHERNET_IPV4) return;
    const packet = seen.ip;
    if (!packet) return void this.clear++;
    const isakmp = (at: number): boolean => packet.payload.length >= at + 2 && [500, 4500].includes(packet.payload.readUInt16BE(at));
    if (packet.protocol === IP_ESP) this.esp++;
    // Only the first fragment has ports.
    else if (packet.protocol === IP_UDP && (packet.offset > 0 || isakmp(0) || isakmp(2))) this.isakmp++;
    else this.clear++;
  }
}
