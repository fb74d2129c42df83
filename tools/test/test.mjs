// `npm test`: every test there is, in order of cost, each step with its own counts; a table and one closing line.
//   node tools/test/test.mjs [--only STEP[,STEP]] [--list]
// A step that can't run is skipped by name, with the command that would enable it; under CI=true as root it fails.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { boards, command, install, peers } from "../package/debian.mjs";
import { root, setup } from "../setup.mjs";

const strict = process.env.CI === "true" && process.getuid?.() === 0;
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1].split(",") : undefined;

function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? testFiles(join(folder, entry.name)) : entry.name.endsWith(".test.ts") ? [join(folder, entry.name)] : []))
    .sort();
}

const node = process.execPath;
/** The long ones first: no core waits for one of them alone at the end. */
const LONG = ["timeline", "budget", "card", "imx6ul", "riscv_virt"].map((name) => join("tests", "boards", `${name}.test.ts`));
const boardTests = [...LONG, ...testFiles("tests/boards").filter((file) => !LONG.includes(file))];
const steps = [
  { name: "types", what: "TypeScript of host, tests and benches", argv: [node, "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"] },
  { name: "unit", what: "AssemblyScript unit tests (as-pect)", argv: [node, "tools/test/unit.mjs"] },
  { name: "node", what: "checks, vectors, exchanges, console, host (node:test)", argv: [node, "--import", "tsx", "--test", "--test-reporter=spec", "--test-concurrency=2", ...testFiles("tests").filter((file) => !file.startsWith(join("tests", "boards")))] },
  { name: "fuzz", what: "100,000 changed messages and packets at a hub with seven tunnels, NAT and filters", argv: [node, "--import", "tsx", "tests/fuzz/main.ts", "--cases", "100000", "--seed", "1"] },
  { name: "parsers", what: "100,000 changed certificates, keys, containers, datagrams, passwords, messages of DHCP, DNS and NTP, of each kind", argv: [node, "--import", "tsx", "tests/fuzz/main.ts", "--parsers", "--each", "--cases", "100000", "--seed", "1"] },
  { name: "boards", what: "the module in WAMR: on Linux, and on emulated boards", argv: [node, "--import", "tsx", "--test", "--test-reporter=spec", "--test-concurrency=2", ...boardTests], needs: boards },
  { name: "interop", what: "real peers", argv: [node, "--import", "tsx", "tests/interop/main.ts"] },
];

/** What a runner's closing lines say of itself: as-pect, node:test or `N passed, N failed[, N skipped]`. */
function counts(output) {
  const text = output.replace(/\u001b\[[0-9;]*m/g, "");
  const last = (pattern) => [...text.matchAll(pattern)].at(-1);
  const plain = last(/^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm);
  if (plain) return { passed: Number(plain[1]), failed: Number(plain[2]), skipped: Number(plain[3] ?? 0) };
  const pass = last(/^\S* ?pass (\d+)$/gm);
  if (pass) return { passed: Number(pass[1]), failed: Number(last(/^\S* ?fail (\d+)$/gm)?.[1] ?? 0), skipped: Number(last(/^\S* ?skipped (\d+)$/gm)?.[1] ?? 0) };
  return undefined;
}

function run(step) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(step.argv[0], step.argv.slice(1), { cwd: root, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1" } });
    const output = [];
    child.stdout.on("data", (chunk) => {
      output.push(chunk);
      process.stdout.write(chunk);
    });
    child.on("close", (status) => {
      const found = counts(Buffer.concat(output).toString()) ?? { passed: status === 0 ? 1 : 0, failed: 0, skipped: 0 };
      // A runner that ends badly without counting a failure has failed all the same.
      if (status !== 0 && found.failed === 0) found.failed = 1;
      resolve({ ...step, ...found, seconds: (Date.now() - started) / 1000 });
    });
  });
}

if (process.argv.includes("--list")) {
  for (const { name, what } of steps) console.log(`${name.padEnd(10)}${what}`);
} else {
  setup();
  const chosen = steps.filter(({ name }) => !only || only.includes(name));
  if (chosen.length === 0) {
    console.error(`postern: no step ${only}; there are: ${steps.map(({ name }) => name).join(", ")}`);
    process.exit(2);
  }
  const absent = install([...peers, ...chosen.flatMap(({ needs = [] }) => needs)]);
  if (absent.length > 0) console.error(`postern: without ${absent.join(", ")} some tests are skipped; as root: ${command(absent)}`);
  const { build } = await import("../build/build.mjs");
  const results = [];
  try {
    await build();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  for (const step of chosen) {
    console.error(`\npostern: ${step.name}: ${step.what}`);
    results.push(await run(step));
  }
  console.log(`\n${"step".padEnd(10)}${"passed".padStart(8)}${"failed".padStart(8)}${"skipped".padStart(9)}${"seconds".padStart(9)}`);
  for (const r of results) console.log(`${r.name.padEnd(10)}${String(r.passed).padStart(8)}${String(r.failed).padStart(8)}${String(r.skipped).padStart(9)}${r.seconds.toFixed(0).padStart(9)}`);
  const sum = (key) => results.reduce((total, r) => total + r[key], 0);
  if (strict && absent.length > 0) {
    console.error(`postern: under CI as root a missing tool is a failure: ${absent.join(", ")}`);
    results.push({ passed: 0, failed: 1, skipped: 0 });
  }
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  process.exitCode = sum("failed") === 0 ? 0 : 1;
}
