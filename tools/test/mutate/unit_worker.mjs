// Runs compiled as-pect files, each with a mutant chosen, for whoever sends { binary, number, count }.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../setup.mjs";
import { choose, met } from "./schema.mjs";

const aspect = createRequire(join(root, "node_modules/@as-pect/cli/package.json"));
// The command line's own copies of both; the loader is of the older kind, with its functions in `default`.
const load = async (name) => {
  const found = await import(pathToFileURL(aspect.resolve(name)).href);
  return found.default ?? found;
};
const { TestContext } = await load("@as-pect/core");
const { instantiate } = await load("@assemblyscript/loader");
const { default: config } = await import(pathToFileURL(join(root, "as-pect.config.js")).href);

const nothing = () => {};
const kept = new Map();

async function run({ binary, number, count }) {
  if (!kept.has(binary)) {
    const bytes = readFileSync(binary);
    kept.set(binary, { bytes, module: await WebAssembly.compile(bytes) });
  }
  const { bytes, module } = kept.get(binary);
  let said;
  const reporter = Object.fromEntries(["onEnter", "onExit", "onFinish", "onTodo", "onSnap", "onStart", "onGroupStart", "onGroupFinish", "onTestStart", "onTestFinish"].map((name) => [name, nothing]));
  reporter.onExit = (_, node) => {
    if (!node.pass) said ??= node.name;
  };
  const context = new TestContext({ reporter, binary: bytes, fileName: binary, groupRegex: /(:?)/, testRegex: /(:?)/ });
  let instance;
  try {
    instance = await config.instantiate(undefined, (imports) => context.createImports(imports), (_, imports) => instantiate(module, imports), bytes);
    choose(new Uint8Array(instance.exports.memory.buffer), number);
    context.run(instance);
  } catch (error) {
    return { pass: false, said: said ?? error.message, met: [] };
  }
  return { pass: context.pass, said, met: count ? met(instance.exports.memory.buffer, count) : [] };
}

process.on("message", async (what) => process.send(await run(what)));
