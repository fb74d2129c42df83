export function build(options?: { force?: boolean; profile?: string; only?: string[]; log?: (line: string) => void }): Promise<string[]>;
export function buildSized(name: string, changes: Record<string, number>, options?: { profile?: string; others?: Record<string, number>; log?: (line: string) => void }): Promise<string>;
