/** A network that several stations share, as a switch makes it: it learns who is where, and sends everywhere what it does not know. */
import { End } from "./relay.ts";

const BROADCAST = "ffffffffffff";

export class Segment {
  readonly #ends: End[] = [];
  readonly #where = new Map<string, End>();

  /** A place for a station that is told its ports: where it listens, and where it sends to. */
  async place(): Promise<{ own: number; remote: number }> {
    const end = await this.#open();
    return { own: end.remote, remote: end.port };
  }

  /** Takes a place that somebody else has made, a wire's end for example. */
  async plug(place: { own: number; remote: number }): Promise<void> { await this.#open(place); }

  async #open(place?: { own: number; remote: number }): Promise<End> {
    let end: End | undefined;
    end = await End.open((bytes) => { if (end) this.#pass(end, bytes); }, place);
    this.#ends.push(end);
    return end;
  }

  #pass(from: End, bytes: Buffer): void {
    if (bytes.length < 14) return;
    const to = bytes.toString("hex", 0, 6);
    this.#where.set(bytes.toString("hex", 6, 12), from);
    const known = to === BROADCAST ? undefined : this.#where.get(to);
    for (const end of known ? [known] : this.#ends) if (end !== from) end.send(bytes);
  }

  close(): void { for (const end of this.#ends) end.close(); }
}
