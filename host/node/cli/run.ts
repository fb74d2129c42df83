/** `postern run` */
import { closeSync, openSync } from "node:fs";
import { loadModule } from "../contract.ts";
import type { Console } from "../console/console.ts";
import { PipeConsole } from "../console/pipe.ts";
import { TerminalConsole } from "../console/terminal.ts";
import { UnixConsole } from "../console/unix.ts";
import { KeylogFolder } from "../keylog.ts";
import { faulty, parseFault } from "../link/fault.ts";
import { isInterfaceName, parsePorts } from "../link/parse.ts";
import { Capture, captured } from "../link/pcap.ts";
import { Nvram } from "../nvram.ts";
import { Router } from "../router.ts";
import { modulePath, onFile, readConfig, unprotectedText, UsageError } from "./usage.ts";

export interface RunOptions {
  port: string[];
  console: string;
  startup?: string;
  pcap?: string;
  keylog?: string;
  events?: string;
  fault?: string;
  /** End where a refused line would have protected something. */
  strict?: boolean;
  /** Run on when the input of a pipe ends. */
  stay?: boolean;
}

/** Runs a router until a signal or the operator ends it. Resolves with the exit status. */
export async function run(configPath: string | undefined, options: RunOptions): Promise<number> {
  const ports = parsePorts(options.port);
  if (typeof ports === "string") throw new UsageError(ports);
  const fault = options.fault === undefined ? undefined : parseFault(options.fault);
  if (typeof fault === "string") throw new UsageError(fault);
  const socketPath = /^unix:(.+)$/.exec(options.console)?.[1];
  if (options.console !== "stdio" && !socketPath) throw new UsageError(`--console "${options.console}" is not known; allowed are stdio and unix:PATH`);
  const config = configPath === undefined ? undefined : readConfig(configPath);
  const nvram = onFile("--startup", options.startup ?? "", () => new Nvram(options.startup));
  if (options.events !== undefined) onFile("--events", options.events, () => closeSync(openSync(options.events!, "a")));
  const module = loadModule(modulePath);
  const keylog = options.keylog === undefined ? undefined : onFile("--keylog", options.keylog, () => new KeylogFolder(options.keylog!));
  const capture = options.pcap === undefined ? undefined : onFile("--pcap", options.pcap, () => new Capture(options.pcap!));

  const links = ports.map(({ name, link }, port) => {
    const bad = fault ? faulty(link, fault, port) : link;
    return capture ? captured(bad, capture, name) : bad;
  });

  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());

  // A router without a port, whose input has ended, runs on all the same.
  const alive = setInterval(() => {}, 0x7fffffff);

  let opened: Console | undefined;
  let con: Console | undefined;
  // What the module says before the console is there is its first output.
  let early = "";
  const router = new Router({
    module,
    links,
    names: ports.map(({ name }) => (isInterfaceName(name) ? name : undefined)),
    person: !socketPath && process.stdin.isTTY === true && process.stdout.isTTY === true,
    nvram,
    ...(config !== undefined && { defaultConfig: config }),
    ...(keylog && { keylog }),
    ...(options.events !== undefined && { eventsFile: options.events }),
    onConsole: (text) => (con ? con.write(text) : (early += text)),
    onSay: (line) => {
      if (con) con.say(line);
      else early += `${early === "" || early.endsWith("\n") ? "" : "\n"}${line}\n`;
      // A socket may have no client: what the host says of itself goes to the log too.
      if (con && socketPath) process.stderr.write(`${line}\n`);
    },
  });

  // What a client of the socket sends before the router runs waits for it.
  let kept: string | undefined = "";
  const handle = (text: string): number => {
    if (kept === undefined) return router.input(text);
    kept += text;
    return 0;
  };
  try {
    const socket = socketPath ? await UnixConsole.open(socketPath, handle) : undefined;
    opened = socket;
    if (nvram.read() !== undefined) early += `postern: the startup configuration is ${options.startup}${config === undefined ? "" : `; ${configPath} is the default one and was not used`}\n`;
    else if (config !== undefined) early += `postern: the configuration is ${configPath}\n`;
    for (const [port, { name, link }] of ports.entries()) early += `postern: ${isInterfaceName(name) ? `${name} is port ${port}` : `Ethernet${port} is ${name}`}, ${link.name}\n`;
    const interactive = !socketPath && process.stdin.isTTY && process.stdout.isTTY;
    if (interactive) early += "postern: Ctrl-D on an empty line ends the router, Ctrl-C a command that runs; ? lists what may be typed\n";
    if (keylog) early += `postern: the keys of sessions are written to ${keylog.folder}\n`;
    const about = early;
    await router.start();
    if (options.strict !== false && router.instance.unprotected > 0) {
      process.stdout.write(early.replace(/[^\n]*$/, ""));
      process.stderr.write(`postern: ${unprotectedText(router.instance.unprotected)}. --no-strict starts all the same.\n`);
      return 2;
    }
    if (socketPath) process.stderr.write(about);
    opened = con =
      socket ??
      (interactive
        ? new TerminalConsole(process.stdin, process.stdout, handle, () => end())
        : new PipeConsole(process.stdin, process.stdout, handle, options.stay ? () => {} : () => end()));
    con.write(early);
    const waiting = kept;
    kept = undefined;
    if (waiting !== "") router.input(waiting);
    await ended;
  } finally {
    clearInterval(alive);
    await router.stop();
    await opened?.close();
    capture?.close();
    process.stdin.pause();
    process.stdin.unref?.();
  }
  return 0;
}
