/** A host under test, as tests/boards/machine/conformance.ts sees it, and the two that need no board: Node, and postern-linux. */
import { spawn, type ChildProcess } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileModule, ModuleRefused } from "../../../host/node/contract.ts";
import { Instance } from "../../../host/node/instance.ts";
import { freePort } from "../../../host/node/link/free_port.ts";
import { until } from "../../support/world/until.ts";

export interface StartOptions {
  /** What NVRAM holds. */
  startup?: string;
  /** The octets of this AOT file are used in place of the module's own. */
  aot?: string;
  /** The module is compiled for this target of tools/build/aot.mjs, which is not the host's. */
  target?: string;
  /** A bad wire, where the host can have one (`--fault`). */
  faults?: string;
  /** Time by instructions, where the host can: it then does not depend on the machine. */
  instructions?: boolean;
}

/** A module that runs on a host with two ports. */
export interface Running {
  /** What the console has shown. */
  output(): string;
  /** Console input. */
  type(text: string): void;
  /** Sends a frame to a port. */
  frame(port: number, frame: Uint8Array): void;
  /** Frames that came out. */
  frames: { port: number; frame: Uint8Array }[];
  /** What NVRAM holds; undefined: nothing was ever stored. */
  nvram(): string | undefined;
  /** EVENT lines, where the host hands them out. */
  events(): string;
  stop(): Promise<void>;
  /** The host's process, where it has one of its own. */
  pid?: number;
}

export interface Host {
  name: string;
  /** It survives an endless loop: its watchdog makes a fresh start. */
  watchdog: boolean;
  /** It says more in `show version`. */
  shows: boolean;
  /** ms that a restart may take there. */
  restartWithin: number;
  /** It loads compiled code; this target of tools/build/aot.mjs is another one. */
  foreign?: string;
  /** Runs a module. Rejects with what the host said when it refuses. */
  start(module: Uint8Array<ArrayBuffer>, options?: StartOptions): Promise<Running>;
}

/** host/node, in this process. */
export const nodeHost: Host = {
  name: "Node",
  watchdog: false,
  shows: false,
  restartWithin: 1000,
  async start(bytes, options = {}) {
    let console = "";
    let events = "";
    let stored = options.startup;
    const frames: Running["frames"] = [];
    const instance = new Instance(compileModule(bytes), {
      now: () => Math.floor(performance.now()),
      wall: () => 0,
      random: (into) => into.fill(1).length,
      send: (port, frame) => void frames.push({ port, frame }),
      console: (text) => (console += text),
      event: (text) => (events += text),
      nvram: (text) => ((stored = text), 0),
      stored: () => stored,
      startup: () => stored,
      say: (line) => (console += `${line}\n`),
    });
    try {
      instance.start();
    } catch (error) {
      if (error instanceof ModuleRefused) throw new Error(error.message);
      throw error;
    }
    let timer: NodeJS.Timeout | undefined;
    const poll = () => {
      clearTimeout(timer);
      const wait = instance.poll();
      if (wait !== 0xffffffff) timer = setTimeout(poll, wait);
    };
    poll();
    return {
      frames,
      output: () => console,
      type: (text) => {
        instance.input(text);
        poll();
      },
      frame: (port, frame) => {
        instance.frames([{ port, frame }]);
        poll();
      },
      nvram: () => stored,
      events: () => events,
      async stop() {
        clearTimeout(timer);
      },
    };
  },
};

/** The test's end of a `udp:` link. */
export async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  return socket;
}

let serial = 0;

/**
 * postern-linux in processes of its own. `compile` makes an AOT file of a module for the target that is named, or its own -
 * undefined: the interpreter runs it -, `folder` is for files.
 */
export function linuxHost(name: string, command: readonly string[], folder: string, compile?: (wasm: string, out: string, target?: string) => void, foreign?: string): Host {
  return {
    name,
    watchdog: true,
    shows: true,
    restartWithin: 1000,
    ...(foreign !== undefined && { foreign }),
    async start(bytes, options = {}) {
      const base = join(folder, `${process.pid}-${serial++}`);
      const [wasm, aot, nvram, events] = [`${base}.wasm`, options.aot ?? `${base}.aot`, `${base}.nvram`, `${base}.events`];
      writeFileSync(wasm, bytes);
      if (compile && options.aot === undefined) compile(wasm, aot, options.target);
      if (options.startup !== undefined) writeFileSync(nvram, options.startup);
      const ends = await Promise.all([bound(), bound()]);
      const ports: number[] = [];
      for (const _ of ends) ports.push(await freePort());
      const frames: Running["frames"] = [];
      for (const [port, end] of ends.entries()) end.on("message", (frame) => frames.push({ port, frame: new Uint8Array(frame) }));
      const links = ends.flatMap((end, i) => ["--port", `p${i}=udp:${ports[i]}:127.0.0.1:${end.address().port}`]);
      const args = [...command.slice(1), "--module", wasm, ...(compile || options.aot ? ["--aot", aot] : ["--interpreter"]), "--startup", nvram, "--events", events, "--watchdog", "2", ...(options.faults ? ["--fault", options.faults] : []), ...links];
      const child: ChildProcess = spawn(command[0]!, args, { stdio: ["pipe", "pipe", "pipe"] });
      let output = "";
      let errors = "";
      let status: number | null | undefined;
      child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.stdin!.on("error", () => {});
      child.on("exit", (code) => (status = code));
      const stop = async () => {
        child.kill();
        for (const end of ends) end.close();
        await until("the program ends", () => status !== undefined);
      };
      try {
        await until("the program starts", () => status !== undefined || output.includes("runs in WAMR"));
        if (status !== undefined) throw new Error(errors);
      } catch (error) {
        await stop();
        throw error;
      }
      return {
        ...(child.pid !== undefined && { pid: child.pid }),
        frames,
        output: () => output,
        type: (text) => void child.stdin!.write(text),
        frame: (port, frame) => ends[port]!.send(frame, ports[port]!, "127.0.0.1"),
        nvram: () => (existsSync(nvram) ? readFileSync(nvram, "utf8") : undefined),
        events: () => (existsSync(events) ? readFileSync(events, "utf8") : ""),
        stop,
      };
    },
  };
}
