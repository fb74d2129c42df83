type Log = (line: string) => void;
export interface Board {
  name: string;
  what: string;
  needs: import("./debian.mjs").Need[];
  watchdog?: boolean;
  rng?: string[];
  store: { size: number; at: number; slot: number; erased?: number; drive: string };
}
export const boards: Record<string, Board>;
export function boardNamed(name: string | undefined): Board;
export function firmware(name: string, options?: { module?: string; target?: string; suffix?: string; log?: Log }): Promise<string>;
