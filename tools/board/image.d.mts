export function image(name: string, log?: (line: string) => void): Promise<string>;
