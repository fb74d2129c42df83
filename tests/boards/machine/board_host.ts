/** A board in QEMU as a host under test: the firmware with the test's module in place of Postern. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmulatedBoard } from "../../support/world/emulated.ts";
import { freePort } from "../../../host/node/link/free_port.ts";
import { machine } from "../../../tools/board/board.mjs";
import { boardNamed, firmware } from "../../../tools/board/firmware.mjs";
import { CONFIG, readRecord } from "../../../tools/board/store.mjs";
import { bound, type Host, type Running } from "./host.ts";

const elves = new Map<string, Promise<string>>();
let last: Promise<unknown> = Promise.resolve();

/** The firmware of a board with a module of a test's, compiled for `target`: built once, one build after the other. */
export function withModule(name: string, folder: string, module: Uint8Array, target = `bare-${boardNamed(name).core}`): Promise<string> {
  const digest = createHash("sha256").update(module).update(target).digest("hex").slice(0, 12);
  const key = `${name}-${digest}`;
  const known = elves.get(key);
  if (known) return known;
  const made = last.then(() => {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${key}.wasm`);
    writeFileSync(file, module);
    return firmware(name, { module: file, target, suffix: `-test-${digest}`, log: () => {} });
  });
  last = made.catch(() => {});
  elves.set(key, made);
  return made;
}

let serial = 0;

export function boardHost(name: string, engine: "AOT" | "interpreter", folder: string): Host {
  const board = boardNamed(name);
  return {
    name: `${name}, ${engine}`,
    watchdog: board.watchdog === true,
    shows: true,
    restartWithin: 100,
    ...(engine === "AOT" && { foreign: board.core === "arm" ? "bare-riscv64" : "bare-arm" }),
    async start(bytes, options = {}) {
      const elf = await withModule(name, folder, bytes, options.target);
      const nvram = join(folder, `${process.pid}-${serial++}.store`);
      const ends = await Promise.all([bound(), bound()]);
      const ports = [await freePort(), await freePort()];
      const frames: Running["frames"] = [];
      for (const [port, end] of ends.entries()) end.on("message", (frame) => frames.push({ port, frame: new Uint8Array(frame) }));
      const links = ends.map((end, i) => `udp:${ports[i]}:127.0.0.1:${end.address().port}`);
      const running = new EmulatedBoard(machine(board, elf, { links, nvram, console: "pipe", raw: true, events: true, interpreter: engine === "interpreter", ...(options.instructions && { icount: "waits" }), ...(options.startup !== undefined && { config: options.startup.replaceAll("\r", "") }) }));
      const output = (): string => running.text.replaceAll("\r\n", "\n");
      const stop = async (): Promise<void> => {
        await running.kill();
        for (const end of ends) end.close();
      };
      try {
        await running.until(/Ready after \d+ ms, module run by \w+\./).catch((error: Error) => {
          throw new Error(/^% .*(?:module|AOT).*$/m.exec(output())?.[0] ?? error.message);
        });
        if (engine === "AOT" && options.target === undefined && !output().includes("run by AOT")) throw new Error(output());
      } catch (error) {
        await stop();
        throw error;
      }
      return {
        frames,
        output,
        type: (text) => running.type(text),
        frame: (port, frame) => ends[port]!.send(frame, ports[port]!, "127.0.0.1"),
        nvram: () => (existsSync(nvram) ? readRecord(nvram, board.store, CONFIG)?.text.toString() : undefined),
        events: () => [...output().matchAll(/EVENT ([^\n]*\n)/g)].map((match) => match[1]).join(""),
        stop,
      };
    },
  };
}
