// Puts the Node packages in place: `npm ci`, when package-lock.json has changed since the last time. No package is
// needed to run this file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import zlib from "node:zlib";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function setup() {
  const [major = 0] = process.versions.node.split(".").map(Number);
  // CRC-32, which the boards' files carry, came with 20.15 and 22.2.
  if (major < 20 || !("crc32" in zlib)) {
    console.error(`Postern needs Node.js 20.15, 22.2 or later; this is ${process.version}. On Debian or Ubuntu: see https://nodejs.org.`);
    process.exit(2);
  }
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
  const stamp = join(root, "node_modules", ".postern-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.error("postern: installing the Node packages of package-lock.json (once, about 20 s) ...");
  const started = Date.now();
  // A package brings an old npm of its own, which `npm run` and `npm exec` put first on the PATH.
  const own = join(root, "node_modules");
  const PATH = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(own)).join(delimiter);
  const npm = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, PATH } });
  if (npm.error || npm.status !== 0) {
    console.error("postern: `npm ci` failed; run it by hand in the project's folder to see why, then try again.");
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
  console.error(`postern: packages installed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) setup();
