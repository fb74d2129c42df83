/**
 * `crypto isakmp invalid-spi-recovery`: ESP or AH under an SPI that nobody here knows, from a peer that the configuration names and
 * with which there is no ISAKMP SA, begins phase 1 (upkeep/wanted.ts). Off unless it is said: a forged packet has it done, too.
 */
export let invalidSpi: bool = false;

export function init(): void {
  invalidSpi = false;
}

export function setInvalidSpi(on: bool): void {
  invalidSpi = on;
}
