/** A command that runs on in slices: one a poll, so that packets keep flowing. Ctrl-C ends it. */

/** One slice; true: it is over, and has said how. */
type Slice = () => bool;
let slice: Slice | null = null;
let stop: (() => void) | null = null;
/** Milliseconds until the next slice is of use. */
export let rest: u32 = 0;

export function init(): void {
  slice = null;
  stop = null;
}

/** @param dropped what is to be done when the operator ends it */
export function begin(one: Slice, dropped: () => void): void {
  slice = one;
  rest = 0;
  stop = dropped;
}

export function busy(): bool {
  return slice != null;
}

export function progress(): void {
  const one = slice;
  rest = 0;
  // What follows one piece of work may be another.
  if (one && one() && slice === one) slice = null;
}

/** Called by a slice: nothing is to be done for so long. */
export function pause(milliseconds: u32): void {
  rest = milliseconds;
}

export function abort(): void {
  const dropped = stop;
  const running = slice != null;
  slice = null;
  if (running && dropped) dropped();
}
