/**
 * `crypto isakmp keepalive SECONDS [RETRY] [on-demand|periodic]`: how often a silent peer is asked (state/dead_peer.ts).
 */

export const RETRY_DEFAULT: u32 = 2;

/** Seconds; 0: switched off. */
export let interval: u32 = 0;

export let retry: u32 = RETRY_DEFAULT;

export let periodic: bool = false;

export function init(): void {
  interval = 0;
  retry = RETRY_DEFAULT;
  periodic = false;
}

/** @param seconds 0 switches it off */
export function set(seconds: u32, retrySeconds: u32, always: bool): void {
  interval = seconds;
  retry = retrySeconds;
  periodic = always;
}
