// `npm run unit [-- SPEC.ts ...]`: the unit tests in AssemblyScript, dealt out to one as-pect a core. Each spec is a module of
// its own, and nearly all of its time is the compiler's.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root, setup } from "../setup.mjs";

const asp = join(root, "node_modules/@as-pect/cli/bin/asp.js");

const specs = (folder) => readdirSync(join(root, folder), { recursive: true }).filter((file) => file.endsWith(".spec.ts")).map((file) => join(folder, file)).sort();

/** Its compiler takes the `./` off the names of transforms, and then looks for them where packages are: there is the project, too. */
const env = { ...process.env, NODE_PATH: root };

/** One as-pect on its share. What it says of a spec is printed when that spec is through. */
function share(files) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [asp, "--summary", "--no-logo"], { cwd: root, stdio: ["ignore", "pipe", "inherit"], env: { ...env, SPECS: files.join(" ") } });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      const whole = text.lastIndexOf("\n") + 1;
      process.stdout.write(text.slice(0, whole));
      said += text.slice(0, whole);
      text = text.slice(whole);
    });
    let said = "";
    child.on("close", (status) => {
      const [, passed, all] = /\[Tests\]: (\d+) \/ (\d+)/.exec((said + text).replace(/\u001b\[[0-9;]*m/g, "")) ?? [];
      const failed = Number(all) - Number(passed);
      // One that ends badly without counting a failure has failed all the same.
      resolve(passed === undefined ? { passed: 0, failed: 1 } : { passed: Number(passed), failed: status !== 0 && failed === 0 ? 1 : failed });
    });
  });
}

setup();
const files = process.argv.length > 2 ? process.argv.slice(2) : specs("tests/unit");
const shares = Array.from({ length: Math.min(availableParallelism(), files.length) }, () => []);
files.forEach((file, i) => shares[i % shares.length].push(file));
const results = await Promise.all(shares.map(share));
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`unit: ${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
