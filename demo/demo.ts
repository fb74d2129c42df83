/**
 * First light: two routers, alpha and beta, on a wire inside the program, a host behind each. The first ping starts the
 * negotiation; the diagram, the pings and the tables that follow are what the routers themselves say.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { modulePath, onFile, UsageError } from "../host/node/cli/usage.ts";
import { TerminalConsole } from "../host/node/console/terminal.ts";
import { loadModule } from "../host/node/contract.ts";
import { asIkeMessage, asRefused, type AnyEvent } from "../host/node/events.ts";
import { KeylogFolder } from "../host/node/keylog.ts";
import { memoryWire } from "../host/node/link/memory.ts";
import { Capture } from "../host/node/link/pcap.ts";
import { Nvram } from "../host/node/nvram.ts";
import { Router } from "../host/node/router.ts";
import { Pinger, type Reply } from "../tests/support/world/pinger.ts";
import { Diagram } from "./diagram.ts";
import { BEGIN, closingLine, FAR, lacking, pingLine, pingsOf, print, SITES, sleep, untilEnded, wireLine } from "./first_light.ts";
import { WanWatch } from "./wan_watch.ts";

export interface DemoOptions {
  batch?: boolean;
  pcap: string;
  keylog: string;
  pings: string;
}

const root = fileURLToPath(new URL("../", import.meta.url));
/** Where the defaults lie: in the clone's folder, wherever the command was given; an installed package is no place to write to. */
const home = existsSync(join(root, "package-lock.json")) ? root : process.cwd();
/** ms that the first ping may take, negotiation included, and each later one. */
const FIRST_TIMEOUT = 15000;
const TIMEOUT = 2000;
/** ms between pings. */
const PAUSE = 50;

/** A router of the demonstration, and what its console has printed. */
class Side {
  readonly router: Router;
  readonly refusals: string[] = [];
  onText: ((text: string) => void) | undefined;
  onLine: ((line: string) => void) | undefined;
  private text = "";

  constructor(
    readonly name: string,
    module: WebAssembly.Module,
    links: ConstructorParameters<typeof Router>[0]["links"],
    keylog: KeylogFolder,
    onEvent: (event: AnyEvent) => void,
  ) {
    this.router = new Router({
      module,
      links,
      keylog,
      nvram: new Nvram(undefined),
      defaultConfig: readFileSync(new URL(`${name}.ios`, import.meta.url), "utf8"),
      onConsole: (text) => {
        if (this.onText) this.onText(text);
        else this.text += text;
      },
      onSay: (line) => (this.onLine ?? print)(line),
      onEvent: (event) => {
        const refused = asRefused(event);
        if (refused) this.refusals.push(`${refused.where}: ${refused.reason}`);
        onEvent(event);
      },
    });
  }

  /** What the console has shown since the last command. */
  get printed(): string {
    return this.text.replace(/[^\n]*$/, "").trimEnd();
  }

  /** What the router prints for a command. */
  ask(command: string): string {
    this.text = "";
    this.router.input(`${command}\n`);
    return this.printed;
  }
}

const shown = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
};

/** Runs the demonstration. Resolves with the exit status. */
export async function demo(options: DemoOptions): Promise<number> {
  const pings = pingsOf(options.pings, UsageError);
  const interactive = !options.batch && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const colours = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
  const { bold, cyan } = colours;
  const place = (path: string, standard: string) => (path === standard ? join(home, standard) : path);
  const pcap = place(options.pcap, "build/first-light.pcapng");
  const keys = place(options.keylog, "build/first-light-keys");

  const module = loadModule(modulePath);
  const capture = onFile("--pcap", pcap, () => {
    mkdirSync(dirname(pcap), { recursive: true });
    return new Capture(pcap);
  });
  const keylog = onFile("--keylog", keys, () => new KeylogFolder(keys, true));
  const watch = new WanWatch();
  const port = capture.addInterface("wan");
  const [wanAlpha, wanBeta] = memoryWire("alpha wan", "beta wan", (frame) => {
    capture.frame(port, frame, undefined);
    watch.frame(frame);
  });
  const [lanAlpha, lanA] = memoryWire("alpha lan", "host a");
  const [lanBeta, lanB] = memoryWire("beta lan", "host b");

  let begun = 0;
  let up = 0;
  const messages = new Set<string>();
  const diagram = new Diagram(print, colours, "alpha 192.0.2.1", "192.0.2.2 beta");
  let drawing = true;
  const happened = (event: AnyEvent, fromLeft: boolean): void => {
    const message = asIkeMessage(event);
    const time = performance.now() - begun;
    if (message?.dir === "out" && begun > 0) {
      if (!message.retransmission) messages.add(`${message.exchange} ${message.mid} ${message.number} ${fromLeft}`);
      if (drawing) diagram.message(message, fromLeft, time);
    }
    if (event.event === "ipsec.sa" && event.state === "up" && up === 0 && fromLeft) up = time;
  };

  const alpha = new Side("alpha", module, [lanAlpha, wanAlpha], keylog, (event) => happened(event, true));
  const beta = new Side("beta", module, [lanBeta, wanBeta], keylog, (event) => happened(event, false));
  const a = new Pinger("10.1.0.10", "10.1.0.1");
  const b = new Pinger(FAR, "10.2.0.1");
  const sides = [alpha, beta];
  const { end, ended } = untilEnded();

  let failure: string | undefined;
  let answered = 0;
  try {
    await Promise.all([a.attach(lanA), b.attach(lanB)]);
    await alpha.router.start();
    await beta.router.start();
    for (const side of sides) {
      const { refusedLines } = side.router.instance;
      if (refusedLines === 0) continue;
      print(side.printed);
      throw new Error(`${side.name} refused ${refusedLines} line${refusedLines === 1 ? "" : "s"} of its configuration`);
    }

    print(bold("Two IPsec routers, each one WebAssembly module; a host behind each."));
    print();
    print(SITES);
    print();
    print(BEGIN);

    begun = performance.now();
    const rows: string[] = [];
    const ping = async (sequence: number, timeout: number): Promise<void> => {
      const reply: Reply | undefined = await Promise.race([a.echo(FAR, sequence, timeout), end.then(() => undefined)]);
      if (reply) answered++;
      rows.push(pingLine(sequence, reply, timeout, colours));
    };
    await ping(1, FIRST_TIMEOUT);
    if (answered === 0) failure = up === 0 ? `no tunnel within ${FIRST_TIMEOUT / 1000} s` : "the first ping was lost";
    else
      for (let sequence = 2; sequence <= pings; sequence++) {
        await sleep(PAUSE);
        await ping(sequence, TIMEOUT);
      }
    drawing = false;

    print();
    if (up > 0) print(bold(`The tunnel is up after ${up.toFixed(0)} ms. The pings:`));
    print();
    for (const row of rows) print(row);
    for (const side of sides)
      for (const command of ["show crypto isakmp sa", "show crypto ipsec sa"]) {
        print();
        print(cyan(`${side.name}# ${command}`));
        print(side.ask(command));
      }
    capture.flush();

    const reasons = [...new Set(sides.flatMap((side) => side.refusals.map((r) => `${side.name}: ${r}`)))];
    if (failure && reasons.length > 0) failure += ` (${reasons.join("; ")})`;
    failure ??= lacking(pings, answered, up, watch);

    print();
    print(bold("The wire between them"));
    print(wireLine(watch, shown(pcap), colours));
    print("   Decrypted by Wireshark or tshark with the keys that alpha and beta were told to give away:");
    print(`   ${cyan(`WIRESHARK_CONFIG_DIR=${shown(keys)} wireshark ${shown(pcap)}`)}`);
    print();

    if (interactive && !failure) await converse(alpha, end, ended, colours);
  } catch (error) {
    failure = (error as Error).message;
  } finally {
    await Promise.all(sides.map((side) => side.router.stop()));
    await Promise.all([lanA.close(), lanB.close()]);
    capture.close();
  }
  if (!interactive || failure) print(closingLine("first light", failure, up, messages.size, pings, answered, shown(pcap)));
  return failure ? 1 : 0;
}

/** Alpha's console, until the user leaves. */
async function converse(alpha: Side, end: Promise<void>, ended: () => void, colours: ReturnType<typeof pc.createColors>): Promise<void> {
  const { bold, cyan } = colours;
  print(bold("You are on alpha's console. Three things to try:"));
  print(`   ${cyan("debug crypto isakmp")}, then ${cyan("clear crypto isakmp")} and ${cyan(`ping ${FAR} source 10.1.0.1`)}: the negotiation in words`);
  print(`   ${cyan("show running-config | begin crypto")}: what alpha was told`);
  print(`   ${cyan("reload")}: a fresh instance from the startup configuration, and the next ping makes a new tunnel; ${cyan("?")} helps anywhere`);
  print("Ctrl-D leaves.");
  print();
  const terminal = new TerminalConsole(process.stdin, process.stdout, (text) => void alpha.router.input(text), ended);
  alpha.onText = (text) => terminal.write(text);
  alpha.onLine = (line) => terminal.say(line);
  alpha.router.input("\n");
  await end;
  await terminal.close();
}
