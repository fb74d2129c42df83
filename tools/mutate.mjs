// Does a test notice when a clause of the protocol code is broken? Breaks randomly chosen clauses, one at a time, in a copy of
// the tree, builds, and runs the cheap tests, the likeliest first, until one fails.
//   node tools/mutate.mjs [--seed N] [--count N] [--only PATH] [--list]
// A test that fails on the tree as it is notices nothing, and is named; one that does not come to its end counts as noticing.
// A mutant that the compiler refuses, or makes the same module of, is no mutant. Prints each as file:line, what was broken,
// and the test that noticed; the status is 0 when at least nineteen of twenty were noticed.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { root, setup } from "./setup.mjs";

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "20" }, only: { type: "string", default: "" }, list: { type: "boolean", default: false } } });
const count = Number(values.count);
let state = Number(values.seed) >>> 0 || 1;
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * n);
};

const ROOMS = ["ike", "ipsec", "sadb", "wire", "oakley"];
/** What people read, and nothing on the wire hangs on. */
const TEXT = /(trace|notices|mismatch|likely|stats|report|attempt|outcome|ike_numbers|ipsec_doi|workspace)\.ts$/;
/** Calls that only tell. */
const TELLS = /^(trace|log|notices|attempt|stats|note|assertThat|drop$|count$|debug|t\.put|said)/;

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : path.endsWith(".ts") ? [path] : [];
  });
}

const FLIPS = { "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&", "+": "-", "-": "+", "<<": ">>", ">>": "<<", ">>>": "<<", "&": "|", "|": "&" };

/** Every place of a file that can be broken: { kind, from, to, text, line }. */
function sites(path) {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found = [];
  const add = (kind, from, to, by) => found.push({ path: relative(copy, path), kind, from, to, by, line: source.getLineAndCharacterOfPosition(from).line + 1, was: text.slice(from, to).split("\n")[0].trim() });
  const visit = (node) => {
    if (ts.isFunctionDeclaration(node) && node.type?.getText() === "string") return;
    if (ts.isCallExpression(node) && TELLS.test(node.expression.getText())) return;
    if (ts.isIfStatement(node) && !node.elseStatement && /debugIsakmp|debugIpsec/.test(node.expression.getText())) return;
    if (ts.isBinaryExpression(node)) {
      const by = FLIPS[node.operatorToken.getText()];
      const comparison = ["==", "!=", "<", "<=", ">", ">="].includes(node.operatorToken.getText());
      if (by) add(comparison ? "comparison flipped" : "operator exchanged", node.operatorToken.getStart(), node.operatorToken.end, by);
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) add("negation left out", node.getStart(), node.getStart() + 1, "");
    if (ts.isIfStatement(node) && !node.elseStatement) {
      const then = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
      if (then && (ts.isReturnStatement(then) || ts.isContinueStatement(then))) add("check dropped", node.expression.getStart(), node.expression.end, `(${node.expression.getText()}) && false`);
    }
    if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression) && !TELLS.test(node.expression.expression.getText()) && !/constructor|super/.test(node.expression.expression.getText())) {
      add(/wipe|fill\(/.test(node.getText()) ? "wipe left out" : "call left out", node.getStart(), node.end, ";");
    }
    if (ts.isExpressionStatement(node) && ts.isBinaryExpression(node.expression) && node.expression.operatorToken.kind === ts.SyntaxKind.EqualsToken) add("assignment left out", node.getStart(), node.end, ";");
    // Room for one more octet breaks nothing.
    const size = ts.isVariableDeclaration(node) && /BYTES|SIZE|SLOTS|ROOM|_MAX$|WORKSPACE/.test(node.name.getText());
    if (ts.isVariableDeclaration(node) && !size && node.initializer && ts.isNumericLiteral(node.initializer) && node.parent.flags & ts.NodeFlags.Const) add("constant changed", node.initializer.getStart(), node.initializer.end, String(Number(node.initializer.text) + 1));
    ts.forEachChild(node, visit);
  };
  for (const statement of source.statements) {
    // What `init` sets is set once more by nobody: memory begins as zeros.
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === "init") continue;
    if (ts.isEnumDeclaration(statement) || ts.isImportDeclaration(statement)) continue;
    visit(statement);
  }
  return found;
}

const X = (...names) => names.map((name) => `tests/exchange/${name}.test.ts`);
/** Exchange tests, the likeliest to notice first, by file and then by room. */
const BY_FILE = [
  [/ike\/(natt|natd|output)/, X("nat", "hostile")],
  [/ike\/(rekey|timers|acquire|lifecycle)/, X("rekey", "messages", "lifetimes", "dynamic")],
  [/ike\/(retransmit|buffers|exchange_db)/, X("messages", "refusals")],
  [/ike\/(cookies|flood)/, X("flood")],
  [/ike\/(phase._|policy|proposal)/, X("fields_sa", "lifetimes", "refusals")],
  [/ike\/(identity|keys|authenticate)/, X("fields_payloads", "hostile", "dynamic")],
  [/ike\/(responder_lifetime|volume)/, X("lifetimes", "messages")],
  [/ike\/informational/, X("fields_informational", "hostile", "rekey")],
  [/ike\/aggressive/, X("aggressive", "fields_aggressive")],
  [/ike\/new_group/, X("new_group")],
  [/ike\/(dpd|commit)/, X("dpd", "commit")],
  [/ike\/(quick_|main_mode|engine|dispatch|table|message|initiate)/, X("fields_payloads", "refusals", "hostile", "fields_sa", "messages")],
  [/wire\/sa|wire\/attribute/, X("fields_sa")],
  [/wire\/(isakmp|payloads|malformed)/, X("fields_header")],
  [/wire\/(notify|delete)/, X("fields_informational")],
  [/sadb\/dynamic/, X("dynamic")],
  [/ipsec\/(ah|transport|immutable)/, X("ah")],
  [/oakley\/(skeyid|hashes|iv|keymat)/, X("refusals", "wiped")],
];
const REST = {
  ike: X("refusals", "hostile", "messages", "wiped", "bad_inputs", "fields_header", "fields_payloads", "fields_sa", "fields_informational", "rekey", "nat", "lifetimes", "flood", "diagnose", "dynamic", "aggressive", "new_group", "dpd", "commit", "identities", "ah", "groups"),
  ipsec: [...X("tunnel", "nat"), "tests/vectors/esp.test.ts", "tests/net/tunnel.test.ts", "tests/net/forward.test.ts", "tests/net/contract.test.ts"],
  sadb: [...X("tunnel", "rekey", "refusals", "lifetimes", "dynamic", "wiped"), "tests/net/forward.test.ts", "tests/cli/config.test.ts"],
  wire: [...X("refusals", "fields_header", "fields_sa", "fields_payloads", "fields_informational", "hostile"), "tests/net/forward.test.ts", "tests/net/arp.test.ts", "tests/vectors/isakmp.test.ts"],
  oakley: [...X("refusals", "groups", "wiped"), "tests/vectors/oakley.test.ts", "tests/vectors/curves.test.ts", "tests/vectors/new_group.test.ts"],
};
/** Rooms whose own unit tests say more than exchanges do. */
const UNIT_FIRST = ["ipsec", "sadb", "wire", "oakley"];

/** Seconds that a test may take, many times what it needs; on the tree as it is it gets more, for a busy machine. */
const LIMIT = 600;
const LIMIT_WHOLE = 3000;

const copies = mkdtempSync(join(tmpdir(), "postern-mutate-"));
const copy = join(copies, "broken");
/** The tree as it is, to see that a test which notices passes without the mutant. */
const whole = join(copies, "whole");

function makeCopy(copy) {
  mkdirSync(copy);
  for (const name of readdirSync(root)) {
    if (["node_modules", "build", ".git"].includes(name)) continue;
    cpSync(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  mkdirSync(join(copy, "build"));
  // The crypto core by itself, which only mutants in oakley change.
  for (const name of ["primitives.wasm", "primitives.stamp"]) if (existsSync(join(root, "build", name))) cpSync(join(root, "build", name), join(copy, "build", name));
}

/** Runs a command in the copy. Resolves to { ok, output, late }. */
function run(argv, seconds, cwd = copy) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, argv, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" }, detached: true });
    let output = "";
    let late = false;
    const take = (chunk) => (output.length < 4_000_000 ? (output += chunk) : undefined);
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid, "SIGKILL");
    }, seconds * 1000);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ ok: status === 0 && !late, output, late });
    });
  });
}

const build = (only, cwd) => run(["-e", `import("./tools/build.mjs").then((m) => m.build({ only: ${JSON.stringify(only)} })).catch((e) => { console.error(e.message); process.exit(1); })`], 400, cwd);

/** The test that failed, from the reports of node:test and as-pect. */
function failed(output) {
  return /^\s*not ok \d+ - (.*?)(?: # .*)?$/m.exec(output)?.[1] ?? /(?:Fail\w*:|\[Fail\]:?)\s*(?:✖|❌)?\s*(.*)/.exec(output.replace(/\u001b\[[0-9;]*m/g, ""))?.[1]?.trim() ?? "it does not end well";
}

const passes = new Map();

/** Runs a test in the copy. What it says when it fails there and not on the tree as it is, else nothing. */
async function notices(what, argv, prepare) {
  prepare?.(copy);
  const { ok, output, late } = await run(argv, LIMIT);
  if (ok) return undefined;
  if (!passes.has(what)) {
    prepare?.(whole);
    passes.set(what, (await run(argv, LIMIT_WHOLE, whole)).ok);
    if (!passes.get(what)) console.log(`mutate: ${what} fails without any mutant: it is left out`);
  }
  return passes.get(what) ? `${what}: ${late ? "hangs" : failed(output)}` : undefined;
}

async function unit(room) {
  if (!existsSync(join(copy, "tests/unit", room))) return undefined;
  const entries = (folder) => {
    const config = join(folder, "as-pect.config.js");
    writeFileSync(config, readFileSync(config, "utf8").replace(/entries: \[[^\]]*\]/, `entries: ["tests/unit/${room}/**/*.spec.ts"]`));
  };
  return notices(`tests/unit/${room}`, ["node_modules/@as-pect/cli/bin/asp.js", "--summary", "--no-logo"], entries);
}

async function exchange(file) {
  return existsSync(join(copy, file)) ? notices(file, ["--import", "tsx", "--test", "--test-reporter=tap", file]) : undefined;
}

/** The first test that notices, or nothing. */
async function noticedBy(mutant) {
  const room = mutant.path.split("/")[1];
  const chosen = BY_FILE.filter(([pattern]) => pattern.test(mutant.path)).flatMap(([, list]) => list);
  const order = [...new Set([...chosen, ...REST[room]])];
  const modules = room === "oakley" ? ["postern", "primitives"] : ["postern"];
  const { ok, output } = await build(modules);
  if (!ok) return { broken: output.split("\n").find((line) => /ERROR/.test(line)) ?? "does not compile" };
  const compiled = (folder, name) => readFileSync(join(folder, "build", `${name}.wasm`));
  if (modules.every((name) => compiled(copy, name).equals(compiled(whole, name)))) return { broken: "the module is the same" };
  const test = async (list) => {
    for (const file of list) {
      const by = await exchange(file);
      if (by) return by;
    }
    return undefined;
  };
  if (UNIT_FIRST.includes(room)) return { by: (await unit(room)) ?? (await test(order)) };
  return { by: (await test(order)) ?? (await unit(room)) };
}

setup();
makeCopy(copy);
makeCopy(whole);
// From the copy throughout: the tree may be worked in meanwhile.
const all = ROOMS.flatMap((room) => files(join(copy, "assembly", room))).filter((path) => !TEXT.test(path) && path.includes(values.only)).sort().flatMap(sites);
const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
if (values.list) {
  for (const kind of kinds) console.log(`${String(all.filter((site) => site.kind === kind).length).padStart(6)}  ${kind}`);
  rmSync(copies, { recursive: true, force: true });
  process.exit(0);
}
await build(["postern", "primitives"], whole);
const taken = new Set();
let noticed = 0;
let tried = 0;
const survivors = [];
const stop = () => rmSync(copies, { recursive: true, force: true });
process.on("SIGINT", () => (stop(), process.exit(130)));
try {
  while (tried < count && taken.size < all.length) {
    const kind = kinds[random(kinds.length)];
    const ofKind = all.filter((site) => site.kind === kind);
    const mutant = ofKind[random(ofKind.length)];
    if (taken.has(mutant)) continue;
    taken.add(mutant);
    const original = readFileSync(join(copy, mutant.path), "utf8");
    writeFileSync(join(copy, mutant.path), original.slice(0, mutant.from) + mutant.by + original.slice(mutant.to));
    const started = Date.now();
    const { by, broken } = await noticedBy(mutant);
    writeFileSync(join(copy, mutant.path), original);
    const what = `${mutant.path}:${mutant.line}: ${mutant.kind}: ${mutant.was}${mutant.by && mutant.by.length < 12 ? ` -> ${mutant.by}` : ""}`;
    if (broken) {
      console.log(`      ${what}: another is taken (${broken.trim()})`);
      continue;
    }
    tried++;
    if (by) noticed++;
    else survivors.push(what);
    console.log(`${by ? "      " : "LIVES "}${what}\n        ${by ?? "no test noticed"} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  }
} finally {
  stop();
}
console.log(`\nmutate: seed ${values.seed}: ${noticed} of ${tried} noticed`);
for (const what of survivors) console.log(`  survived: ${what}`);
process.exitCode = noticed >= Math.floor(tried * 0.95) ? 0 : 1;
