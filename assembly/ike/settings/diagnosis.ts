/**
 * `crypto isakmp diagnose error [N]`: IOS keeps errors only where this stands. Here the last attempt with each peer is always remembered
 * (report/last_attempt.ts); the line is kept for whoever reads the configuration.
 */
export let asked: bool = false;
/** Errors that were asked for; 0: not said. */
export let errors: u32 = 0;

export function init(): void {
  asked = false;
  errors = 0;
}

export function set(on: bool, count: u32): void {
  asked = on;
  errors = count;
}
