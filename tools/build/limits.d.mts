export const STANDARD: string;
export function profiles(): string[];
export function sourceOf(profile: string): string;
export function numbersOf(source: string): Record<string, number>;
export function commonSource(): string;
