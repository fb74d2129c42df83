/**
 * Packages of Python that tests need: fetched by pip into a folder of build/, once for each list of versions (*.txt here, with what each file must
 * hash to). A clone without pip or without a network has none, and says so.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the packages of a list are, for PYTHONPATH; or why they are not there. */
export function packagesOf(list: string): { path: string } | { reason: string } {
  const file = fileURLToPath(new URL(`${list}.txt`, import.meta.url));
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
  const path = fileURLToPath(new URL(`../../../build/python-${list}-${hash}`, import.meta.url));
  if (existsSync(path)) return { path };
  const partial = `${path}.${process.pid}`;
  const pip = spawnSync("python3", ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--retries", "1", "--timeout", "10", "--disable-pip-version-check", "--target", partial, "-r", file], {
    encoding: "utf8",
    timeout: 120_000,
  });
  if (pip.status === 0) {
    try {
      renameSync(partial, path);
    } catch {
      // Another test has been faster.
      rmSync(partial, { recursive: true });
    }
    return { path };
  }
  rmSync(partial, { recursive: true, force: true });
  const why = pip.error ? pip.error.message : (pip.stderr.trim().split("\n").at(-1) ?? "");
  return { reason: `pip can't get ${list} of tests/support/python: ${why}` };
}
