/** What an observer of the wire between the routers counts, without keys. */
export class WanWatch {
  isakmp = 0;
  esp = 0;
  /** IP datagrams that are neither: what should have been protected. */
  clear = 0;

  frame(frame: Uint8Array): void {
    if (frame.length < 34 || frame[12] !== 8 || frame[13] !== 0) return;
    const at = 14 + (frame[14]! & 15) * 4;
    const port = (offset: number) => (frame[at + offset]! << 8) | frame[at + offset + 1]!;
    const laterFragment = (((frame[20]! & 0x1f) << 8) | frame[21]!) !== 0;
    if (frame[23] === 50) this.esp++;
    else if (frame[23] === 17 && (laterFragment || [port(0), port(2)].some((p) => p === 500 || p === 4500))) this.isakmp++;
    else this.clear++;
  }
}
