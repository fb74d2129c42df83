export const architectures: Record<string, { target: string; cc: string; needs: import("../package/debian.mjs").Need[]; emulator: string[]; flags?: string }>;
export function linux(name?: string, options?: { profile?: string; log?: (line: string) => void }): string;
export function runtime(name: string, options?: { log?: (line: string) => void }): { library: string; headers: string; cc: string; flags: string[]; emulator: string[] };
