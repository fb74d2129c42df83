// `npm run board -- NAME`: builds what is stale and boots a board's firmware in QEMU, its console on the terminal.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { boardNamed, boards, firmware } from "./firmware.mjs";
import { setup } from "../setup.mjs";
import { CONFIG, makeStore, readRecord, writeRecord } from "./store.mjs";

const usage = `Usage: npm run board -- NAME [options]

  --config FILE         the startup configuration while the NVRAM holds none
  --port NAME=LINK      a port and where its frames go; repeatable: Ethernet0, Ethernet1
                        LINK: udp:LOCALPORT:HOST:PORT, stream:unix:PATH[:listen], tap:NAME
  --nvram FILE          the board's SD card or flash as a file, made when it is missing; else it is forgotten at the end
  --seed FILE           entropy that a loader hands over (at least 64 octets); "none": a board without a seed
  --interpreter         run the module in the interpreter
  --console WHERE       stdio, or unix:PATH
  --replay TIMELINE     give a recorded timeline to the module and print the digest of the frames that it sends
  --icount              time by instructions, whatever the machine does
  --gdb                 wait for gdb on port 1234

On a terminal: Ctrl-A X ends, Ctrl-A H helps.

Boards:
${Object.values(boards).map((board) => `  ${board.name.padEnd(12)}${board.what}`).join("\n")}`;

/** A comma ends a value of QEMU's options; two are one. */
const quoted = (text) => text.replaceAll(",", ",,");

/** QEMU's -netdev of a link in the words of `postern run`. Throws with one sentence. */
export function netdev(link, id) {
  const [kind, ...rest] = link.split(":");
  if (kind === "udp" && rest.length === 3 && [rest[0], rest[2]].every((port) => /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65536)) {
    const local = rest[1] === "localhost" || rest[1].startsWith("127.") ? "127.0.0.1" : "0.0.0.0";
    return `dgram,id=${id},local.type=inet,local.host=${local},local.port=${rest[0]},remote.type=inet,remote.host=${quoted(rest[1])},remote.port=${rest[2]}`;
  }
  if (kind === "stream" && rest[0] === "unix" && rest[1]) {
    const listen = rest.at(-1) === "listen";
    return `stream,id=${id},server=${listen ? "on" : "off"},addr.type=unix,addr.path=${quoted(resolve(rest.slice(1, listen ? -1 : undefined).join(":")))}`;
  }
  if (kind === "tap" && /^[^\s/,:]{1,15}$/.test(rest.join(":"))) return `tap,id=${id},ifname=${rest[0]},script=no,downscript=no`;
  throw new Error(`postern: the link "${link}" is not known; allowed are udp:LOCALPORT:HOST:PORT, stream:unix:PATH[:listen] or tap:NAME`);
}

/**
 * The arguments of QEMU for a board: { program, args, clean }. `clean` removes what was made for this run only.
 * options: links (LINK texts), nvram, config (text), seed (Buffer or null), interpreter, console ("stdio", "unix:PATH",
 * "pipe"), icount (true: time by instructions, and idle time is skipped; "waits": idle time takes its time), gdb, replay (the
 * octets of a timeline), events (EVENT lines on the console), raw (no echo, no line editor).
 */
export function machine(board, elf, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "postern-board-"));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  try {
    const [program, ...args] = board.qemu;
    const file = options.nvram ? resolve(options.nvram) : join(folder, "store");
    makeStore(file, board, { seed: options.seed === undefined ? randomBytes(64) : null });
    if (options.config !== undefined && !readRecord(file, board.store, CONFIG)?.text.length) writeRecord(file, board.store, CONFIG, options.config);
    args.push("-display", "none", ...board.boot, elf, "-drive", board.store.drive.replace("{file}", quoted(file)));
    (options.links ?? []).forEach((link, n) => {
      args.push("-netdev", netdev(link, `port${n}`), ...board.nic.map((word) => word.replace("{n}", n)));
    });
    // Without an explicit network QEMU makes one of its own.
    if (!options.links?.length) args.push("-nic", "none");
    if (board.rng && options.seed !== null) args.push(...board.rng);
    const load = (name, bytes, address) => {
      writeFileSync(join(folder, name), bytes, { mode: 0o600 });
      args.push("-device", `loader,file=${quoted(join(folder, name))},addr=${address},force-raw=on`);
    };
    if (options.seed) load("seed", Buffer.concat([Buffer.from("PSEED1\n\0", "latin1"), options.seed.subarray(0, 64)]), board.loader.seed);
    if (options.interpreter || options.replay || options.events || options.raw) {
      const flags = Buffer.alloc(28);
      if (options.interpreter) flags.write("interpreter", "latin1");
      flags[12] = options.events ? 1 : 0;
      flags[13] = options.raw ? 1 : 0;
      if (options.replay) {
        flags.write("replay", 16, "latin1");
        flags.writeUInt32LE(options.replay.length, 24);
      }
      load("flags", Buffer.concat([flags, options.replay ?? Buffer.alloc(0)]), board.loader.flags);
    }
    if (options.icount) args.push("-icount", options.icount === "waits" ? "shift=0" : "shift=0,sleep=off");
    if (options.gdb) args.push("-s", "-S");
    const where = options.console ?? "stdio";
    if (where.startsWith("unix:")) args.push("-monitor", "none", "-serial", `unix:${quoted(resolve(where.slice(5)))},server=on,wait=off`);
    else if (where === "stdio" && process.stdin.isTTY) args.push("-serial", "mon:stdio");
    else args.push("-monitor", "none", "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console");
    return { program, args, clean, store: file };
  } catch (error) {
    clean();
    throw error;
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: "string" }, port: { type: "string", multiple: true, default: [] }, nvram: { type: "string" }, seed: { type: "string" }, replay: { type: "string" }, interpreter: { type: "boolean" },
      console: { type: "string" }, icount: { type: "boolean" }, gdb: { type: "boolean" }, help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void console.log(usage);
  const board = boardNamed(positionals[0]);
  const links = values.port.map((text) => text.slice(text.indexOf("=") + 1));
  if (links.length > 2) throw new Error(`postern: --port "${values.port[2]}" is one too many: the board has two`);
  links.forEach((link, n) => netdev(link, `port${n}`));
  const seed = values.seed === undefined ? undefined : values.seed === "none" ? null : readFileSync(values.seed);
  if (seed && seed.length < 64) throw new Error(`postern: the seed in ${values.seed} has ${seed.length} octets; at least 64 are needed`);
  const config = values.config === undefined ? undefined : readFileSync(values.config, "utf8");
  if (values.nvram) mkdirSync(join(resolve(values.nvram), ".."), { recursive: true });
  const elf = await firmware(board.name);
  if (process.stdin.isTTY && (values.console ?? "stdio") === "stdio") console.error("postern: Ctrl-A X ends the machine, Ctrl-A H lists what else it takes");
  const { program, args, clean } = machine(board, elf, { ...values, links, seed, config, replay: values.replay && readFileSync(values.replay) });
  const child = spawn(program, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill("SIGTERM"));
  process.exitCode = await new Promise((done) => {
    child.on("error", (error) => {
      console.error(`postern: ${program}: ${error.message}`);
      done(1);
    });
    child.on("exit", (status, signal) => done(signal ? 1 : status));
  });
  clean();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setup();
  try {
    await main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = error.code?.startsWith?.("ERR_PARSE_ARGS") ? 2 : 1;
  }
}
