/** What the boards' tests need, and why they can't run where it is missing. */
import { readFileSync } from "node:fs";
import { compilerNeeds } from "../../tools/aot.mjs";
import { command, missing, type Need } from "../../tools/debian.mjs";

export function skipReason(board: string): string | undefined {
  const { needs } = JSON.parse(readFileSync(new URL(`../../boards/${board}/board.json`, import.meta.url), "utf8")) as { needs: Need[] };
  const absent = missing([...compilerNeeds, ...needs]);
  return absent.length > 0 ? `needs ${absent.join(", ")}: ${command(absent)}` : undefined;
}
