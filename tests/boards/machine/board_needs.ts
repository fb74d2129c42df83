/** What the tests of this folder need, and why they can't run where it is missing. */
import { arch } from "node:os";
import { compilerNeeds } from "../../../tools/build/aot.mjs";
import { boardNamed } from "../../../tools/board/firmware.mjs";
import { command, missing, type Need } from "../../../tools/package/debian.mjs";
import { architectures, linux } from "../../../tools/build/linux.mjs";

function absent(needs: readonly Need[]): string | undefined {
  const names = missing([...compilerNeeds, ...needs]);
  return names.length > 0 ? `needs ${names.join(", ")}: ${command(names)}` : undefined;
}

/** Why a board's tests can't run here; undefined: they can. */
export function skipReason(board: string): string | undefined {
  return absent(boardNamed(board).needs);
}

/** Why code for a processor can't be tried here: the compiler, or what runs it, is missing. "thumbv7": the boards' code under qemu-user. */
export function simdSkipReason(name: string): string | undefined {
  const { needs, emulator } = architectures[name === "thumbv7" ? "armv7" : name]!;
  return absent([...needs, ...(emulator.length > 0 ? ["qemu_user" as const] : [])]);
}

/** Why code of x86-64 can't be tried under valgrind here. */
export function memcheckSkipReason(): string | undefined {
  return arch() === "x64" ? absent(["valgrind"]) : "needs an x86-64 machine";
}

export interface Program {
  /** The architecture. */
  name: string;
  /** Runs it: the program, behind qemu-user where it is another processor's. */
  command: string[];
  /** Why it can't run here. */
  skip?: string;
}

/** postern-linux for every architecture, or those that are named, built where it is missing. */
export function programs(names = Object.keys(architectures)): Program[] {
  return names.map((name) => {
    const { needs, emulator } = architectures[name]!;
    const skip = absent([...needs, ...(emulator.length > 0 ? ["qemu_user" as const] : [])]);
    if (skip !== undefined) return { name, command: [], skip };
    try {
      return { name, command: [...emulator, linux(name, { log: () => {} })] };
    } catch (error) {
      const said = (error as Error).message;
      if (/cargo/.test(said)) return { name, command: [], skip: said };
      throw error;
    }
  });
}
