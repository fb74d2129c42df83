/**
 * What the work costs on the boards: guest instructions, counted by QEMU. Under `-icount shift=0,sleep=off` an instruction
 * takes one nanosecond of guest time whatever the machine does, so the board's timer counts instructions. Timelines
 * recorded here are replayed by the firmware (tests/boards/machine/timeline.ts), which prints the guest time that it took.
 *
 * The frames that a replay sends go through SHA-256 in C; its price an octet is measured by packets routed in the clear
 * and taken off. QEMU has no caches and no wait states: real silicon takes more than a nanosecond an instruction.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { machine, type MachineOptions } from "../tools/board/board.mjs";
import { boardNamed, firmware } from "../tools/board/firmware.mjs";
import { boards, command, missing } from "../tools/package/debian.mjs";
import { filters, LINE_BAR, lineCost, type Filtered } from "./board_filters.ts";
import { native } from "./core/native.ts";
import type { Row, Spread } from "./measure.ts";
import type { Bench, Suite } from "./suite.ts";
import { flight, LENGTHS, PACKETS, tunnel, upTo, type Mark, type Timeline } from "./timelines.ts";

type Engine = "AOT" | "interpreter";

interface Handshake {
  group: number;
  /** millions of guest instructions */
  initiator: number;
  responder: number;
}

interface Priced {
  board: string;
  engine: Engine;
  /** milliseconds of guest time from reset to the loop */
  ready: number;
  handshakes: Handshake[];
  /** with certificates in the bar's group; none with the interpreter */
  certified: Handshake | undefined;
  /** milliseconds of guest time from reset to the first packet through the tunnel */
  tunnel: number;
  certifiedTunnel: number | undefined;
  /** guest instructions for an octet of the inner datagram, by suite: sealing, opening, by LENGTHS */
  esp: { suite: string; out: number[]; in: number[] }[];
  /** a packet routed in plain, through lists and NAT: with AOT alone */
  filtered: Filtered[];
  /** the longest `poll` and `on_frame` with handshakes in flight, in microseconds of guest time, by group */
  longest: { group: number; poll: number; frame: number }[];
}

const BOARDS = ["imx6ul", "riscv-virt"];
const SUITES = [
  ["AES-128-GCM", "esp-gcm 128"],
  ["AES-128-CBC + SHA-1", "esp-aes 128 esp-sha-hmac"],
  ["AES-128-CBC + SHA-256", "esp-aes 128 esp-sha256-hmac"],
  ["AES-256-CBC + SHA-256", "esp-aes 256 esp-sha256-hmac"],
  ["3DES + SHA-1", "esp-3des esp-sha-hmac"],
] as const;
/** Peers that begin at once, and the groups that they do it with: with AOT alone. */
const FLIGHT = 200;
const FLIGHT_GROUPS = [14, 16, 19, 31];
/** The interpreter takes an order of magnitude more, for the same picture: one group there, and two suites. */
const GROUPS = { AOT: [2, 14, 15, 16], interpreter: [14] };
const INTERPRETED = 2;
const FOLDER = fileURLToPath(new URL("../build/bench", import.meta.url));
/** The group and the most milliseconds of guest time from reset to tunnel, with AOT: with a pre-shared key, and with certificates of RSA-2048. */
const BAR = { group: 14, ms: 1000, certified: 2000 };

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

export class Prices {
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
    const found = await boot(this.name, this.elf, { replay: upTo(timeline, mark), interpreter: this.engine === "interpreter" }, /replay engine=(\w+) records=\d+ frames=(\d+) sha256=\w+ us=(\d+) /);
    if (found[1] !== this.engine || Number(found[2]) !== mark.frames) throw new Error(`${this.name}: ${found[1]} sent ${found[2]} frames of ${mark.frames} up to "${mark.name}"`);
    this.known.set(mark, Number(found[3]));
    return Number(found[3]);
  }

  /** The longest call of `poll` and of `on_frame` while handshakes are in flight, in microseconds of guest time. */
  async longest(group: number): Promise<{ group: number; poll: number; frame: number }> {
    const found = await boot(this.name, this.elf, { replay: flight(group, FLIGHT).octets, interpreter: this.engine === "interpreter" }, /replay engine=(\w+) .* poll=(\d+) frame=(\d+)\r?\n/);
    if (found[1] !== this.engine) throw new Error(`${this.name}: ${found[1]} ran`);
    return { group, poll: Number(found[2]), frame: Number(found[3]) };
  }

  /** Milliseconds from reset to the firmware's loop. */
  async ready(): Promise<number> {
    const found = await boot(this.name, this.elf, { interpreter: this.engine === "interpreter" }, /Ready after (\d+) ms, module run by (\w+)\./);
    if (found[2] !== this.engine) throw new Error(`${this.name}: the module is run by ${found[2]}`);
    return Number(found[1]);
  }

  async handshake(group: number, certificates = false): Promise<Handshake> {
    const cost = async (timeline: Timeline): Promise<number> => {
      const [start, up] = timeline.marks as [Mark, Mark];
      return ((await this.price(timeline, up)) - (await this.price(timeline, start))) / 1000;
    };
    const [alpha, beta] = tunnel({ group }, { certificates });
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
export async function digestPrice(bench: Prices): Promise<number> {
  const [timeline] = tunnel({}, { traffic: true, clear: true });
  const [short, long] = [LENGTHS[0]!, LENGTHS.at(-1)!];
  return ((await bench.packet(timeline, `out ${long}`, 0)) - (await bench.packet(timeline, `out ${short}`, 0))) / (long - short);
}

async function priced(bench: Prices, digest: number): Promise<Priced> {
  const ready = await bench.ready();
  const handshakes: Handshake[] = [];
  for (const group of GROUPS[bench.engine]) handshakes.push(await bench.handshake(group));
  const esp: Priced["esp"] = [];
  for (const [suite, words] of bench.engine === "AOT" ? SUITES : SUITES.slice(0, INTERPRETED)) {
    const [timeline] = tunnel({ group: 1, esp: words }, { traffic: true });
    const row: Priced["esp"][0] = { suite, out: [], in: [] };
    for (const length of LENGTHS) for (const way of ["out", "in"] as const) row[way].push((await bench.packet(timeline, `${way} ${length}`, digest)) / length);
    esp.push(row);
  }
  const longest: Priced["longest"] = [];
  if (bench.engine === "AOT") for (const group of FLIGHT_GROUPS) longest.push(await bench.longest(group));
  const filtered = bench.engine === "AOT" ? await filters((timeline, mark) => bench.packet(timeline, mark, digest)) : [];
  const chosen = handshakes.find(({ group }) => group === BAR.group)!;
  const certified = bench.engine === "AOT" ? await bench.handshake(BAR.group, true) : undefined;
  // Both boards are taken to wait for each other all the time: what they compute at the same time counts twice.
  const from = ({ initiator, responder }: Handshake): number => ready + initiator + responder;
  return { board: bench.name, engine: bench.engine, ready, handshakes, certified, tunnel: from(chosen), certifiedTunnel: certified && from(certified), esp, filtered, longest };
}

/** Prices a board's firmware; `done` gets each engine's figures as they come. */
async function priceBoard(name: string, elf: string, engines: readonly Engine[], done: (figures: Priced) => void): Promise<void> {
  const digest = await digestPrice(new Prices(name, "AOT", elf));
  for (const engine of engines) {
    console.error(`${name}, ${engine} ...`);
    done(await priced(new Prices(name, engine, elf), digest));
  }
}

const flat = (n: number): Spread => ({ q1: n, median: n, q3: n });

/** Figures by group as rows: the first of a group is what ratios are of. */
function rowsOf(figures: { group: string; size: number; name: string; cost: number }[]): Row[] {
  const rows: Row[] = [];
  for (const { group, size, name, cost } of figures) {
    let row = rows.find((one) => one.group === group && one.size === size);
    if (!row) rows.push((row = { group, size, contenders: [] }));
    row.contenders.push({ name, cost: flat(cost), ratio: flat(cost / (row.contenders[0]?.cost.median ?? cost)) });
  }
  return rows;
}

function suites(all: Priced[]): Suite[] {
  const each = all.map((one) => ({ ...one, title: `${one.board}, ${one.engine}` }));
  const common = { missing: [], notes: [] };
  return [
    {
      ...common, name: "board", about: "ESP on the emulated boards, routing included", unit: "instructions an octet", axis: "octets of the inner datagram",
      rows: rowsOf(each.flatMap(({ title, esp }) => esp.flatMap((row) => (["out", "in"] as const).flatMap((way) => row[way].map((cost, i) => ({ group: `${row.suite}, ${way === "out" ? "out (sealed)" : "in (opened)"}`, size: LENGTHS[i]!, name: title, cost })))))),
      notes: [
        "Guest instructions, counted by QEMU (-icount shift=0): they do not depend on the machine. The firmware replays recorded timelines; the price of a part is that of the timeline with it less that of the one without, and the SHA-256 of the frames that a replay sends is taken off.",
        "Not shown by such figures: caches, wait states and branches. A Cortex-A7 at 528 MHz has 1.9 ns a cycle: real times are longer, and none was measured on hardware.",
      ],
    },
    {
      ...common, name: "board-handshake", about: "handshakes on the emulated boards: main mode with a pre-shared key, or with certificates, and quick mode", unit: "million instructions", axis: "group",
      rows: rowsOf((["initiator", "responder"] as const).flatMap((role) => [
        ...each.flatMap(({ title, handshakes }) => handshakes.map((one) => ({ group: role, size: one.group, name: title, cost: one[role] }))),
        ...each.flatMap(({ title, certified }) => (certified ? [{ group: `${role}, certificates of RSA-2048`, size: certified.group, name: title, cost: certified[role] }] : [])),
      ])),
    },
    {
      ...common, name: "board-reset", about: `from reset to a tunnel, group ${BAR.group}, between two such boards`, unit: "ms of guest time", axis: "group",
      rows: rowsOf(each.flatMap(({ title, ready, tunnel, certifiedTunnel }) => [{ group: "to the firmware's loop", size: BAR.group, name: title, cost: ready }, { group: "to the tunnel", size: BAR.group, name: title, cost: tunnel }, ...(certifiedTunnel === undefined ? [] : [{ group: "to the tunnel, certificates of RSA-2048", size: BAR.group, name: title, cost: certifiedTunnel }])])),
      notes: [`Both boards are taken to wait for each other all the time. The bars with AOT: ${BAR.ms} ms with a pre-shared key, ${BAR.certified} ms with certificates.`],
    },
    {
      ...common, name: "board-filters", about: "a datagram of UDP that is routed in plain, with lists, NAT and inspection on its way", unit: "instructions a packet", axis: "octets of the datagram",
      rows: rowsOf(each.flatMap(({ title, filtered }) => filtered.map(({ name, cost }) => ({ group: title, size: LENGTHS[0]!, name, cost })))),
      notes: each.flatMap(({ title, filtered }) => (filtered.length > 0 ? [`${title}: a line of a list that does not fit costs ${lineCost(filtered).toFixed(0)} instructions; the bar is ${LINE_BAR}.`] : [])),
    },
    {
      ...common, name: "board-flight", about: `the longest call into the module while ${FLIGHT} peers begin handshakes at once`, unit: "µs", axis: "group",
      rows: rowsOf(each.flatMap(({ title, longest }) => (["poll", "frame"] as const).flatMap((call) => longest.map((one) => ({ group: call === "poll" ? "poll" : "on_frame", size: one.group, name: title, cost: one[call] }))))),
      notes: ["Guest instructions again, in thousands: a packet that comes meanwhile waits so long. The peers that find no place say their message again."],
    },
  ];
}

/** What the boards' firmware is built and run with, where it is not there. */
function lacking(): string | undefined {
  const absent = missing(boards).filter((name) => name !== "aarch64");
  return absent.length > 0 ? `The boards were not measured: as root, ${command(absent)}.` : undefined;
}

/** Prices both boards with both engines, and the crypto core on the i.MX6UL's core against native code. A trial takes the latter alone. */
export const board: Bench = async ({ quick }, done) => {
  const core = await native(quick, done);
  if (quick) return core;
  const gap = lacking();
  if (gap) return [{ ...suites([])[0]!, missing: [gap] }, ...core];
  const all: Priced[] = [];
  mkdirSync(FOLDER, { recursive: true });
  for (const name of BOARDS) {
    // A copy: the figures are of one image, whatever is built meanwhile.
    const elf = join(FOLDER, `${name}.elf`);
    copyFileSync(await firmware(name), elf);
    await priceBoard(name, elf, Object.keys(GROUPS) as Engine[], (figures) => all.push(figures));
  }
  if (all.some(({ engine, tunnel }) => engine === "AOT" && tunnel > BAR.ms) || all.some(({ certifiedTunnel = 0 }) => certifiedTunnel > BAR.certified) || all.some(({ filtered }) => filtered.length > 0 && lineCost(filtered) > LINE_BAR)) process.exitCode = 1;
  return [...suites(all), ...core];
};
