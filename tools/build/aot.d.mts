type Log = (line: string) => void;
export const targets: Record<string, string[]>;
export function moduleOf(target: string): string;
export const compilerNeeds: import("../package/debian.mjs").Need[];
export function demand(names: readonly import("../package/debian.mjs").Need[], log?: Log): void;
export function step(program: string, args: readonly string[], options?: object): string;
export function wamrc(options?: { log?: Log }): string;
export function aot(target: string, options?: { module?: string; out?: string; log?: Log }): string;
