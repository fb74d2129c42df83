/**
 * First light on hardware that QEMU emulates: two boards, alpha and beta, each running the firmware with the module in
 * WAMR; their WAN ports meet in this program, which records the wire and looks at it as a stranger would.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { TerminalConsole } from "../host/node/console/terminal.ts";
import { freePort } from "../host/node/link/free_port.ts";
import { Capture } from "../host/node/link/pcap.ts";
import { UdpLink } from "../host/node/link/udp.ts";
import { EmulatedBoard, type Machine } from "../tests/support/world/emulated.ts";
import { Pinger } from "../tests/support/world/pinger.ts";
import { machine } from "../tools/board/board.mjs";
import { boardNamed, firmware } from "../tools/board/firmware.mjs";
import { Diagram } from "./diagram.ts";
import { BEGIN, closingLine, FAR, lacking, pingLine, pingsOf, print, SITES, sleep, untilEnded, wireLine } from "./first_light.ts";
import { isakmpMessage } from "./isakmp_view.ts";
import { WanWatch } from "./wan_watch.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Side {
  name: string;
  board: EmulatedBoard;
  lan: UdpLink;
  wan: UdpLink;
}

async function side(name: string, start: (links: string[]) => Machine): Promise<Side> {
  const [lanHere, lanThere, wanHere, wanThere] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const board = new EmulatedBoard(start([`udp:${lanThere}:127.0.0.1:${lanHere}`, `udp:${wanThere}:127.0.0.1:${wanHere}`]));
  return { name, board, lan: new UdpLink(`${name} lan`, lanHere, "127.0.0.1", lanThere), wan: new UdpLink(`${name} wan`, wanHere, "127.0.0.1", wanThere) };
}

/** Runs the demonstration with the arguments behind `npm start --`. Resolves with the exit status. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { board: { type: "string" }, batch: { type: "boolean" }, interpreter: { type: "boolean" }, pcap: { type: "string" }, pings: { type: "string", default: "5" } },
  });
  const pings = pingsOf(values.pings, Error);
  const kind = boardNamed(values.board);
  const elf = await firmware(values.board!);
  const interactive = !values.batch && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const colours = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
  const { bold, cyan, dim } = colours;

  const pcap = values.pcap ?? join(root, `build/first-light-${values.board}.pcapng`);
  mkdirSync(dirname(pcap), { recursive: true });
  const capture = new Capture(pcap);
  const port = capture.addInterface("wan");
  const watch = new WanWatch();
  const diagram = new Diagram(print, colours, "alpha 192.0.2.1", "192.0.2.2 beta");
  const messages = new Set<string>();
  let begun = 0;
  let up = 0;
  let failure: string | undefined;
  let answered = 0;
  const sides: Side[] = [];
  const { end, ended } = untilEnded();

  const seen = (frame: Uint8Array, fromLeft: boolean): void => {
    capture.frame(port, frame, undefined);
    const esp = watch.esp;
    watch.frame(frame);
    const time = performance.now() - begun;
    if (watch.esp > esp && up === 0) up = time;
    const message = isakmpMessage(frame);
    if (!message || begun === 0) return;
    const known = messages.size;
    messages.add(message.digest);
    if (up === 0) diagram.message({ ...message, retransmission: messages.size === known }, fromLeft, time);
  };

  try {
    for (const name of ["alpha", "beta"]) {
      const config = readFileSync(new URL(`${name}.ios`, import.meta.url), "utf8");
      sides.push(await side(name, (links) => machine(kind, elf, { links, config, console: "pipe", interpreter: values.interpreter })));
    }
    const [alpha, beta] = sides as [Side, Side];
    await alpha.wan.open((frame) => (seen(frame, true), beta.wan.send(frame)), () => {});
    await beta.wan.open((frame) => (seen(frame, false), alpha.wan.send(frame)), () => {});
    const a = new Pinger("10.1.0.10", "10.1.0.1");
    await Promise.all([a.attach(alpha.lan), new Pinger(FAR, "10.2.0.1").attach(beta.lan)]);

    print(bold(`Two ${values.board} boards, emulated by QEMU, each with the firmware and the same module; a host behind each.`));
    print();
    print(SITES);
    print();
    const ready = await Promise.all(sides.map(({ board }) => board.until(/Ready after (\d+) ms, module run by (AOT|interpreter)/, 60000)));
    ready.forEach((match, i) => print(dim(`   ${sides[i]!.name}: ready ${match[1]} ms after reset, module run by ${match[2]}`)));
    print();
    print(BEGIN);
    begun = performance.now();
    const rows: string[] = [];
    for (let sequence = 1; sequence <= pings; sequence++) {
      const timeout = sequence === 1 ? (values.interpreter ? 90000 : 30000) : 5000;
      const reply = await Promise.race([a.echo(FAR, sequence, timeout), end.then(() => undefined)]);
      if (reply) answered++;
      rows.push(pingLine(sequence, reply, timeout, colours));
      if (sequence === 1 && !reply) break;
      await sleep(50);
    }
    print();
    for (const row of rows) print(row);
    for (const { name, board } of sides)
      for (const command of ["show version", "show crypto isakmp sa", "show crypto ipsec sa"]) {
        print();
        print(cyan(`${name}# ${command}`));
        print(await board.ask(command));
      }
    capture.flush();
    if (answered === 0) failure = up === 0 ? "no tunnel" : "the first ping was lost";
    failure ??= lacking(pings, answered, up, watch);
    print();
    print(bold("The wire between them"));
    print(wireLine(watch, relative(process.cwd(), pcap), colours));
    print();
    if (interactive && !failure) {
      print(bold("You are on alpha's console. Ctrl-D leaves."));
      const terminal = new TerminalConsole(process.stdin, process.stdout, (text) => alpha.board.type(text), ended);
      alpha.board.onText = (text) => terminal.write(text.replaceAll("\r\n", "\n"));
      await end;
      await terminal.close();
    }
  } catch (error) {
    failure = (error as Error).message;
  } finally {
    await Promise.all(sides.flatMap(({ board, lan, wan }) => [board.kill(), lan.close(), wan.close()]));
    capture.close();
  }
  print(closingLine(`first light on ${values.board}`, failure, up, messages.size, pings, answered, relative(process.cwd(), pcap)));
  return failure ? 1 : 0;
}
