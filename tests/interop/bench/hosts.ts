/** Where our side runs: Node, the static program for Linux, or a board in QEMU. */
import { machine } from "../../../tools/board/board.mjs";
import { boardNamed, firmware } from "../../../tools/board/firmware.mjs";
import { compilerNeeds } from "../../../tools/build/aot.mjs";
import { architectures, linux } from "../../../tools/build/linux.mjs";
import type { Tool } from "./packages.ts";
import { Board } from "./peers/board.ts";
import { Postern } from "./peers/postern.ts";
import type { Router } from "./peers/router.ts";

/** "node", "linux", or the name of a board. */
export type Host = string;
/** Hosts that can do all that a scenario may ask for: a board has two ports, and exports neither captures nor keys. */
export const HOSTS: readonly Host[] = ["node", "linux"];

/** The programs of others that build and run a host. */
export function toolsFor(host: Host): Tool[] {
  if (host === "node") return [];
  if (host === "linux") return [...compilerNeeds, ...Object.values(architectures).find(({ cc }) => cc === "gcc")!.needs];
  return [...compilerNeeds, ...boardNamed(host).needs];
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
  const elf = await firmware(host);
  return () => new Board((options) => machine(boardNamed(host), elf, options));
}
