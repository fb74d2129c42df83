export function build(options?: { entry?: string; base?: string; folder?: string; log?: (line: string) => void }): Promise<{ wasm: string; sites: string }>;
