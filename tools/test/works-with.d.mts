export interface Result {
  name: string;
  about: string;
  peer: string;
  outcome: "passed" | "failed" | "skipped";
}
export function table(results: readonly Result[]): string;
export function summary(results: readonly Result[]): string;
export function update(results: readonly Result[]): string[];
