/** A process that does tasks for bench/peers/openssl.ts and says what processor time they took. */
import { cpu } from "../measure.ts";
import { work, type Task, type Work } from "./tasks.ts";

const works = new Map<string, Work>();

process.on("message", ({ task, n }: { task: Task; n?: number }) => {
  const words = JSON.stringify(task);
  let one = works.get(words);
  if (!one) works.set(words, (one = work(task)));
  if (n === undefined) {
    process.send!({ result: Buffer.from(one.result()).toString("hex") });
    return;
  }
  const start = cpu();
  for (let i = 0; i < n; i++) one.call();
  process.send!({ us: cpu() - start });
});
process.on("disconnect", () => process.exit(0));
