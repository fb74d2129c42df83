export function pack(bytes: Uint8Array, core: string): Buffer;
