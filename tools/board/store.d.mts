type Store = import("./firmware.mjs").Board["store"];
export const CONFIG: number;
export const SEED: number;
export const FIRMWARE_AT: number;
export function record(text: string | Uint8Array, sequence?: number): Buffer;
export function readRecord(file: string, store: Store, first: number): { text: Buffer; sequence: number } | undefined;
export function writeRecord(file: string, store: Store, first: number, text: string | Uint8Array): void;
export function makeStore(file: string, board: import("./firmware.mjs").Board, options?: { seed?: Uint8Array | null }): boolean;
