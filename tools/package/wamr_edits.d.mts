export interface Edit {
  what: string;
  file: string;
  find: string;
  put: string;
}
export const edits: readonly Edit[];
export function edited(text: string, list: readonly Edit[]): string;
export function edit(folder: string, list?: readonly Edit[]): void;
