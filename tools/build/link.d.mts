export function link(aot: Buffer): Buffer;
