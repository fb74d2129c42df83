// Loaded before a test file: at its end, writes the numbers of the clauses that its instances of the module met.
import { writeFileSync } from "node:fs";
import { met } from "./schema.mjs";

const count = Number(process.env.MUTANTS);
const seen = new Set();
let memories = [];
const fold = () => {
  for (const memory of memories) for (const number of met(memory.buffer, count)) seen.add(number);
};
const keep = (instance) => {
  if (instance.exports.memory) memories.push(instance.exports.memory);
  // Memories are large, and a test file may make hundreds.
  if (memories.length > 300) {
    fold();
    memories = memories.slice(-20);
  }
  return instance;
};
const { Instance, instantiate } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, { construct: (target, args) => keep(new target(...args)) });
WebAssembly.instantiate = async (...args) => {
  const made = await instantiate(...args);
  keep(made.instance ?? made);
  return made;
};
process.on("exit", () => {
  fold();
  writeFileSync(process.env.MET, JSON.stringify([...seen]));
});
