/** A command that runs on in slices: one a poll, so that packets keep flowing. Ctrl-C ends it. */

/** One slice; true: it is over, and has said how. */
type Slice = () => bool;
let slice: Slice | null = null;
let stop: (() => void) | null = null;

export function init(): void {
  slice = null;
  stop = null;
}

/** @param dropped what is to be done when the operator ends it */
export function begin(one: Slice, dropped: () => void): void {
  slice = one;
  stop = dropped;
}

export function busy(): bool {
  return slice != null;
}

export function progress(): void {
  const one = slice;
  // What follows one piece of work may be another.
  if (one && one() && slice === one) slice = null;
}

export function abort(): void {
  const dropped = stop;
  if (slice && dropped) dropped();
  slice = null;
}
