/**
 * The shape of everything that carries Ethernet frames (without FCS) for one port of the router. A link never throws once
 * it is open: what can't be sent is counted and lost, as on a wire.
 */
export interface Link {
  /** The link as the user wrote it. */
  readonly name: string;
  readonly counters: LinkCounters;
  /**
   * Opens the link. `receive` gets each frame that arrives, never from inside `send`; `report` one sentence about each
   * change that an operator should know, `state` whether the other end is there, where it is known
   * to have gone or to have come again; until then it is taken to be there. Rejects with LinkRefused if the link can't be had at all.
   */
  open(receive: (frame: Uint8Array) => void, report: (sentence: string) => void, state?: (up: boolean) => void): Promise<void>;
  /** Sends a frame away or drops it; the frame is the link's to keep. */
  send(frame: Uint8Array): void;
  close(): Promise<void>;
}

export interface LinkCounters {
  in: number;
  out: number;
  /** frames that could not be sent or were no frames */
  dropped: number;
}

export const counters = (): LinkCounters => ({ in: 0, out: 0, dropped: 0 });

/** The link can't be had; the message is one sentence with the offending value. */
export class LinkRefused extends Error {}

/** Shortest frame that has a header. */
export const HEADER = 14;
