/** What the figures were measured on. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, release, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const versionIn = (path: string): string => (JSON.parse(readFileSync(join(root, path), "utf8")) as { version: string }).version;

export interface Machine {
  processor: string;
  cores: number;
  system: string;
  node: string;
  v8: string;
  openssl: string;
  /** Of the packages that are contenders. */
  packages: Record<string, string>;
  postern: string;
}

/** The commit that the sources stand at, where git says it. */
function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return ` (${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "-uno") === "" ? "" : ", changed"})`;
  } catch {
    return "";
  }
}

export function machine(): Machine {
  const packages = ["@noble/ciphers", "@noble/hashes", "@noble/curves", "hash-wasm", "gmp-wasm"];
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    system: `${type()} ${release()}, ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    packages: Object.fromEntries(packages.map((name) => [name, versionIn(`node_modules/${name}/package.json`)])),
    postern: versionIn("package.json") + commit(),
  };
}
