export function build(options?: { force?: boolean; only?: string[]; log?: (line: string) => void }): Promise<string[]>;
