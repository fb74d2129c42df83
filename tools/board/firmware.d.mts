type Log = (line: string) => void;
export interface Board {
  name: string;
  what: string;
  /** The folder of boards/mcu. */
  core: string;
  needs: import("../package/debian.mjs").Need[];
  watchdog?: boolean;
  rng?: string[];
  /** Names of ports as interfaces have them, in their order. */
  ports?: string[];
  budget: import("./budget.mjs").Budget;
  store: { size: number; at: number; slot: number; erased?: number; drive: string };
}
export const boards: Record<string, Board>;
export function boardNamed(name: string | undefined): Board;
export function firmware(name: string, options?: { module?: string; target?: string; suffix?: string; log?: Log }): Promise<string>;
export function firmware(name: string, options: { module?: string; suffix?: string; log?: Log; check: false }): Promise<{ elf: string; sizes: import("./budget.mjs").Sizes }>;
