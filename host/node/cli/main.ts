/** The `postern` command's arguments. Each subcommand's work is in its own file, loaded when it is asked for. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { FAULTS_ALLOWED } from "../link/fault.ts";
import { ModuleRefused } from "../contract.ts";
import { LinkRefused } from "../link/link.ts";
import { UsageError } from "./usage.ts";

const version = (): string => (JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }).version;

const collect = (value: string, before: string[]): string[] => [...before, value];

/** Where help and sentences about arguments go. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

const standard: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

function program(output: Output, result: (status: number) => void): Command {
  const postern = new Command("postern")
    .configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) })
    .description("An IPsec gateway: IKEv1 and ESP in one WebAssembly module, run by Node.js.")
    .version(version())
    .helpCommand("help [command]", "show the help of a command")
    .addHelpText("after", "\nExit status: 0 it ended as asked, 1 something failed, 2 an argument or a file can't be used.\nMore in docs/HOST.md, docs/CLI.md.");

  postern
    .command("run")
    .description("Run a router: its ports are Ethernet0, Ethernet1 ... in the order of the --port options.")
    .argument("[CONFIG]", "a configuration in IOS's words; used while --startup FILE holds none")
    .option("-p, --port <NAME=LINK>", "a port and where its frames go; repeatable, see Links below", collect, [])
    .option("--console <WHERE>", "stdio, or unix:PATH for a socket that several clients may use in turn", "stdio")
    .option("--startup <FILE>", "NVRAM: `copy running-config startup-config` writes it, the next start reads it")
    .option("--no-strict", "start all the same when a line is refused that would have protected something: the interfaces concerned stay shut down")
    .option("--strict", "end with status 2 in that case (the default)")
    .option("--stay", "run on when the input ends that is no terminal")
    .option("--pcap <FILE>", "record the frames of every port (pcapng, made anew)")
    .option("--keylog <DIR>", "write the keys of sessions as Wireshark's ikev1_decryption_table and esp_sa")
    .option("--events <FILE>", "append the module's EVENT lines (host/abi.md), one happening a line")
    .option("--fault <SPEC>", "a bad wire on every port, e.g. loss=0.3,dup=0.1,seed=7; see Faults below")
    .addHelpText(
      "after",
      `
Links:
  udp:LOCALPORT:HOST:PORT   one Ethernet frame a UDP datagram: QEMU's dgram and socket,udp
  stream:unix:PATH          frames behind 4-octet lengths on a Unix socket: QEMU's stream; connects, again if it must
  stream:unix:PATH:listen   the same, waiting for the peer
  tap:NAME                  a tap interface (Linux, root, socat)

Faults, each port and direction by itself, the same ones for the same seed:
  ${FAULTS_ALLOWED}

On a terminal the console has history and line editing; \`?\` helps anywhere; Ctrl-D on an empty line ends the router.
On a pipe each refused line is told with its number, and the router ends when its input does, unless told --stay.

Example:
  postern run gate.ios --port lan=udp:7001:127.0.0.1:7002 --port wan=tap:tap0 --startup gate.nvram`,
    )
    .action(async (config: string | undefined, options) => result(await (await import("./run.ts")).run(config, options)));

  postern
    .command("check")
    .description("Check a configuration: each refused line is shown with its number; status 1 if there is one, 2 if one would have protected something.")
    .argument("<CONFIG>", "a configuration in IOS's words")
    .action(async (config: string) => result(await (await import("./check.ts")).check(config)));

  postern
    .command("demo")
    .description("Two routers, alpha and beta, negotiate a tunnel and carry pings between two hosts (`npm start`).")
    .option("--batch", "end when it is done, with one summary line; also without a terminal")
    .option("--pcap <FILE>", "where the capture of the wire between them goes", "build/first-light.pcapng")
    .option("--keylog <DIR>", "where the keys for Wireshark go", "build/first-light-keys")
    .option("--pings <N>", "how many pings", "5")
    .addHelpText("after", "\nExit status: 0 tunnel up, every ping answered, nothing in the clear; 1 otherwise; 2 an argument can't be used.")
    .action(async (options) => result(await (await import("../../../demo/demo.ts")).demo(options)));

  for (const command of [postern, ...postern.commands]) command.exitOverride().showHelpAfterError(false);
  return postern;
}

/** Runs the command. Resolves with its exit status. */
export async function main(args: string[], output = standard): Promise<number> {
  let status = 0;
  const command = program(output, (s) => (status = s));
  try {
    if (args.length === 0) {
      command.outputHelp();
      return 0;
    }
    await command.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    // commander has printed its own sentence.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError || error instanceof LinkRefused || error instanceof ModuleRefused) {
      output.err(`postern: ${error.message}\n`);
      return 2;
    }
    throw error;
  }
}
