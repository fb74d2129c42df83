/** Where our side runs: Node, the static program for Linux, or a board in QEMU. */
import { readFileSync } from "node:fs";
import { compilerNeeds } from "../../tools/aot.mjs";
import { architectures, linux } from "../../tools/linux.mjs";
import type { Tool } from "./packages.ts";
import { Board, type Machine, type MachineOf } from "./peers/board.ts";
import { Postern } from "./peers/postern.ts";
import type { Router } from "./peers/router.ts";

/** "node", "linux", or the name of a board. */
export type Host = string;
/** Hosts that can do all that a scenario may ask for: a board has two ports, and exports neither captures nor keys. */
export const HOSTS: readonly Host[] = ["node", "linux"];

const BOARDS = new URL("../../boards/", import.meta.url);
interface BoardData { needs: Tool[] }

/** What tools/firmware.mjs and tools/board.mjs give. */
interface Tools {
  firmware(name: string): Promise<string>;
  boardNamed(name: string): BoardData;
  machine(board: BoardData, elf: string, options: Parameters<MachineOf>[0]): Machine;
}

async function tools(): Promise<Tools> {
  const of = (file: string): Promise<object> => import(new URL(`../../tools/${file}`, import.meta.url).href) as Promise<object>;
  return { ...await of("firmware.mjs"), ...await of("board.mjs") } as Tools;
}

/** The programs of others that build and run a host. */
export function toolsFor(host: Host): Tool[] {
  if (host === "node") return [];
  if (host === "linux") return [...compilerNeeds, ...Object.values(architectures).find(({ cc }) => cc === "gcc")!.needs];
  const { needs } = JSON.parse(readFileSync(new URL(`${host}/board.json`, BOARDS), "utf8")) as BoardData;
  return [...compilerNeeds, ...needs];
}

const made = new Map<Host, Promise<() => Router>>();

/** Builds what a host needs, once a run; the result makes routers on it. Rejects with the builder's words. */
export function prepare(host: Host): Promise<() => Router> {
  let maker = made.get(host);
  if (!maker) made.set(host, maker = make(host));
  return maker;
}

async function make(host: Host): Promise<() => Router> {
  if (host === "node") return () => new Postern();
  if (host === "linux") {
    const program = linux();
    return () => new Postern([program]);
  }
  const { firmware, boardNamed, machine } = await tools();
  const elf = await firmware(host);
  return () => new Board((options) => machine(boardNamed(host), elf, options));
}
