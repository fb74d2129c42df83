/** Where the notes begin in memory; pages of the instrumented module. */
export const BASE: number;
export const PAGES: number;
export interface Sites {
  functions: { name: string; file: string; line: number; at: number }[];
  /** `at` is noted where the condition is true, the octet behind it where it is false. */
  branches: { file: string; line: number; column: number; text: string; at: number }[];
}
