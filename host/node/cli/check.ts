/** `postern check`: a configuration is tried on an instance without ports, and the module says what it refuses. */
import { loadModule } from "../contract.ts";
import { Instance } from "../instance.ts";
import { modulePath, readConfig, unprotectedText } from "./usage.ts";

export async function check(path: string): Promise<number> {
  const config = readConfig(path);
  let printed = "";
  const instance = new Instance(loadModule(modulePath), {
    now: () => 0,
    wall: () => 0,
    random: (into) => into.fill(1).length,
    send: () => {},
    console: (text) => (printed += text),
    event: () => {},
    nvram: () => 0,
    startup: () => config,
    say: (line) => (printed += `${line}\n`),
  });
  instance.start();
  const refused = instance.refusedLines;
  // What is not a prompt: messages about refused lines, warnings about insecure choices.
  const text = printed.split("\n").filter((line, i, all) => i < all.length - 1 && line.trim() !== "");
  if (text.length > 0) process.stdout.write(`${text.join("\n")}\n`);
  if (instance.lastEnding) return 1;
  process.stdout.write(refused === 0 ? `${path}: no line is refused\n` : `${path}: ${refused} line${refused === 1 ? " is" : "s are"} refused\n`);
  if (instance.unprotected > 0) {
    process.stdout.write(`${path}: ${unprotectedText(instance.unprotected)}\n`);
    return 2;
  }
  return refused === 0 ? 0 : 1;
}
