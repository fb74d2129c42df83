/**
 * What the work costs on the boards: guest instructions, counted by QEMU. Under `-icount shift=0,sleep=off` an instruction
 * takes one nanosecond of guest time whatever the machine does, so the board's timer counts instructions. Timelines
 * recorded here are replayed by the firmware (tests/boards/machine/timeline.ts), which prints the guest time that it took.
 *
 * The frames that a replay sends go through SHA-256 in C; its price an octet is measured by packets routed in the clear
 * and taken off. QEMU has no caches and no wait states: real silicon takes more than a nanosecond an instruction.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { machine, type MachineOptions } from "../tools/board/board.mjs";
import { boardNamed, firmware } from "../tools/board/firmware.mjs";
import { svg, type Engine, type Handshake, type Priced } from "./plot.ts";
import { LENGTHS, PACKETS, tunnel, upTo, type Mark, type Timeline } from "./timelines.ts";

const BOARDS = ["imx6ul", "riscv-virt"];
const SUITES = [
  ["AES-128-GCM", "esp-gcm 128"],
  ["AES-128-CBC + SHA-1", "esp-aes 128 esp-sha-hmac"],
  ["AES-128-CBC + SHA-256", "esp-aes 128 esp-sha256-hmac"],
  ["AES-256-CBC + SHA-256", "esp-aes 256 esp-sha256-hmac"],
  ["3DES + SHA-1", "esp-3des esp-sha-hmac"],
] as const;
/** The interpreter takes an order of magnitude more: the large groups are left out there. */
const GROUPS = { AOT: [1, 2, 5, 14, 15, 16], interpreter: [1, 2, 5, 14] };
const FOLDER = fileURLToPath(new URL("../build/bench", import.meta.url));
/** The group and the most milliseconds of guest time from reset to tunnel, with AOT. */
const BAR = { group: 14, ms: 1000 };

/** Boots the firmware and returns what the pattern finds on its console. */
function boot(name: string, elf: string, options: MachineOptions, wanted: RegExp): Promise<RegExpExecArray> {
  const { program, args, clean } = machine(boardNamed(name), elf, { icount: true, ...options });
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  child.stderr.on("data", (data: Buffer) => (text += data.toString()));
  return new Promise<RegExpExecArray>((done, fail) => {
    child.stdout.on("data", (data: Buffer) => {
      text += data.toString("latin1");
      const found = wanted.exec(text);
      if (!found) return;
      done(found);
      child.kill("SIGKILL");
    });
    child.on("error", fail);
    child.on("exit", () => fail(new Error(`the board ${name} ended:\n${text}`)));
  }).finally(() => {
    child.kill("SIGKILL");
    clean();
  });
}

class Bench {
  /** Guest microseconds up to the marks that were priced already. */
  private readonly known = new Map<Mark, number>();

  constructor(
    readonly name: string,
    readonly engine: Engine,
    readonly elf: string,
  ) {}

  /** Guest microseconds for a timeline up to a mark. */
  async price(timeline: Timeline, mark: Mark): Promise<number> {
    const before = this.known.get(mark);
    if (before !== undefined) return before;
    const found = await boot(this.name, this.elf, { replay: upTo(timeline, mark), interpreter: this.engine === "interpreter" }, /replay engine=(\w+) records=\d+ frames=(\d+) sha256=\w+ us=(\d+)\r?\n/);
    if (found[1] !== this.engine || Number(found[2]) !== mark.frames) throw new Error(`${this.name}: ${found[1]} sent ${found[2]} frames of ${mark.frames} up to "${mark.name}"`);
    this.known.set(mark, Number(found[3]));
    return Number(found[3]);
  }

  /** Milliseconds from reset to the firmware's loop. */
  async ready(): Promise<number> {
    const found = await boot(this.name, this.elf, { interpreter: this.engine === "interpreter" }, /Ready after (\d+) ms, module run by (\w+)\./);
    if (found[2] !== this.engine) throw new Error(`${this.name}: the module is run by ${found[2]}`);
    return Number(found[1]);
  }

  async handshake(group: number): Promise<Handshake> {
    const cost = async (timeline: Timeline): Promise<number> => {
      const [start, up] = timeline.marks as [Mark, Mark];
      return ((await this.price(timeline, up)) - (await this.price(timeline, start))) / 1000;
    };
    const [alpha, beta] = tunnel({ group });
    return { group, initiator: await cost(alpha), responder: await cost(beta) };
  }

  /** Instructions for each packet that leads to a mark, less `digest` for each octet that was digested. */
  async packet(timeline: Timeline, name: string, digest: number): Promise<number> {
    const i = timeline.marks.findIndex((mark) => mark.name === name);
    const [from, to] = [timeline.marks[i - 1]!, timeline.marks[i]!];
    const us = (await this.price(timeline, to)) - (await this.price(timeline, from));
    return (us * 1000 - (to.digested - from.digested) * digest) / PACKETS;
  }
}

/** Instructions of the digest for an octet: what a longer packet costs more when it is only routed. */
async function digestPrice(bench: Bench): Promise<number> {
  const [timeline] = tunnel({}, { traffic: true, clear: true });
  const [short, long] = [LENGTHS[0]!, LENGTHS.at(-1)!];
  return ((await bench.packet(timeline, `out ${long}`, 0)) - (await bench.packet(timeline, `out ${short}`, 0))) / (long - short);
}

async function priced(bench: Bench, digest: number): Promise<Priced> {
  const ready = await bench.ready();
  const handshakes: Handshake[] = [];
  for (const group of GROUPS[bench.engine]) handshakes.push(await bench.handshake(group));
  const esp: Priced["esp"] = [];
  for (const [suite, words] of SUITES) {
    const [timeline] = tunnel({ group: 1, esp: words }, { traffic: true });
    const row: Priced["esp"][0] = { suite, out: [], in: [] };
    for (const length of LENGTHS) for (const way of ["out", "in"] as const) row[way].push((await bench.packet(timeline, `${way} ${length}`, digest)) / length);
    esp.push(row);
  }
  const chosen = handshakes.find(({ group }) => group === BAR.group)!;
  // Both boards are taken to wait for each other all the time: what they compute at the same time counts twice.
  return { board: bench.name, engine: bench.engine, ready, handshakes, tunnel: ready + chosen.initiator + chosen.responder, esp };
}

const cell = (text: string | number, width = 9): string => `${text}`.padStart(width);

function print(all: Priced[]): void {
  console.log("\nESP: guest instructions an octet of the inner datagram, sealed (out) and opened (in), routing included");
  console.log(`${"".padEnd(46)}${LENGTHS.map((n) => cell(`${n} out`) + cell(`${n} in`)).join("")}`);
  for (const { board, engine, esp } of all)
    for (const row of esp) console.log(`${board.padEnd(12)}${engine.padEnd(12)}${row.suite.padEnd(22)}${LENGTHS.map((_, i) => cell(row.out[i]!.toFixed(0)) + cell(row.in[i]!.toFixed(0))).join("")}`);
  console.log("\nHandshake, main mode with a pre-shared key and quick mode: millions of guest instructions, initiator/responder, by group");
  console.log(`${"".padEnd(24)}${GROUPS.AOT.map((group) => cell(group, 14)).join("")}`);
  for (const { board, engine, handshakes } of all)
    console.log(`${board.padEnd(12)}${engine.padEnd(12)}${handshakes.map(({ initiator, responder }) => cell(`${initiator.toFixed(0)}/${responder.toFixed(0)}`, 14)).join("")}`);
  console.log(`\nReset to tunnel, PSK and group ${BAR.group}, between two such boards: milliseconds of guest time`);
  for (const { board, engine, ready, tunnel } of all)
    console.log(`${board.padEnd(12)}${engine.padEnd(12)}${cell(tunnel.toFixed(0))}   of them ${ready} to the firmware's loop${engine === "AOT" ? `; the bar is ${BAR.ms}: ${tunnel <= BAR.ms ? "kept" : "MISSED"}` : ""}`);
}

/** Prices a board's firmware; `done` gets each engine's figures as they come. */
export async function priceBoard(name: string, elf: string, engines: readonly Engine[], done: (figures: Priced) => void): Promise<void> {
  const digest = await digestPrice(new Bench(name, "AOT", elf));
  for (const engine of engines) {
    console.error(`${name}, ${engine} ...`);
    done(await priced(new Bench(name, engine, elf), digest));
  }
}

/** Prints the tables and writes build/bench/board.{json,svg}. */
export function report(all: Priced[]): void {
  print(all);
  writeFileSync(join(FOLDER, "board.json"), `${JSON.stringify(all, null, 1)}\n`);
  writeFileSync(join(FOLDER, "board.svg"), svg(all, LENGTHS));
  console.log("\nbuild/bench/board.svg, build/bench/board.json");
}

/** Prices both boards with both engines and reports. Status 1: the bar is missed. */
export async function benchBoard(): Promise<void> {
  const all: Priced[] = [];
  mkdirSync(FOLDER, { recursive: true });
  for (const name of BOARDS) {
    // A copy: the figures are of one image, whatever is built meanwhile.
    const elf = join(FOLDER, `${name}.elf`);
    copyFileSync(await firmware(name), elf);
    await priceBoard(name, elf, Object.keys(GROUPS) as Engine[], (figures) => all.push(figures));
  }
  report(all);
  if (all.some(({ engine, tunnel }) => engine === "AOT" && tunnel > BAR.ms)) process.exitCode = 1;
}
