export interface Measured {
  parts: Record<string, { image: number; ram: number }>;
  image: number;
  ram: number;
  /** What only the interpreter takes. */
  further: number;
}
export interface Sizes {
  pool: number;
  code: number;
  memory: number;
  arena: number;
  interpreterPool: number;
  further: number;
}
export interface Budget {
  image: number;
  ram: number;
  further: number;
  /** In the image and beside it. */
  parts: Record<string, [number, number]>;
}
export function measure(board: import("./firmware.mjs").Board, elf: string, sizes: Sizes): Measured;
export function excesses(budget: Budget, measured: Measured): { what: string; is: number; allowed: number }[];
export function check(board: import("./firmware.mjs").Board, elf: string, sizes: Sizes): string;
