export interface MachineOptions {
  links?: readonly string[];
  nvram?: string;
  config?: string;
  /** null: none at all; absent: the flasher's */
  seed?: Uint8Array | null;
  interpreter?: boolean | undefined;
  console?: string;
  icount?: boolean | "waits";
  gdb?: boolean;
  replay?: Uint8Array;
  events?: boolean;
  raw?: boolean;
}
export function netdev(link: string, id: string): string;
export function machine(board: import("./firmware.mjs").Board, elf: string, options?: MachineOptions): { program: string; args: string[]; clean(): void; store: string };
