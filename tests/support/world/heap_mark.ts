/** The module as it is shipped, with one export more: where its heap ends. The allocator moves that mark up only. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import binaryen from "binaryen";

const OFFSET = "~lib/rt/stub/offset";

export async function withHeapMark(): Promise<WebAssembly.Module> {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "postern-heap-"));
  try {
    const named = join(folder, "named.wasm");
    const { error, stderr } = await asc.main(["assembly/index.ts", "--config", "asconfig.json", "--target", "release", "--debug", "--outFile", named, "--baseDir", root]);
    if (error) throw new Error(stderr.toString());
    const parsed = binaryen.readBinary(readFileSync(named));
    parsed.addGlobalExport(OFFSET, "heap_mark");
    const bytes = parsed.emitBinary();
    parsed.dispose();
    return new WebAssembly.Module(bytes as unknown as BufferSource);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const heapMark = (exports: unknown): number => (exports as { heap_mark: WebAssembly.Global }).heap_mark.value as number;
