export const TARGET: number;
export const INIT: number;
export const TEXT: number;
export const FUNCTIONS: number;
export const RELOCATION: number;
export function aligned(n: number): number;
export function sections(aot: Buffer): { number: number; at: number; body: Buffer }[];
export function machine(aot: Buffer): number;
