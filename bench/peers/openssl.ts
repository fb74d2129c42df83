/**
 * OpenSSL as a contender: Node's own, in processes that each see another processor (OPENSSL_ia32cap). The first word holds
 * what CPUID leaf 1 says (EDX, then ECX), the second leaf 7 (EBX, then ECX); a tilde takes those bits away.
 */
import { fork, type ChildProcess } from "node:child_process";
import { arch } from "node:os";
import { fileURLToPath } from "node:url";
import type { Contender } from "../measure.ts";
import type { Task } from "./tasks.ts";

const bits = (...places: number[]): string => `~0x${places.reduce((sum, place) => sum | (1n << BigInt(place)), 0n).toString(16)}`;

/** PCLMULQDQ and AES; SHA, VAES and VPCLMULQDQ. */
const CRYPTO = { first: [33, 57], second: [29, 41, 42] };
/** XOP and AVX; AVX2 and the AVX-512 of leaf 7: F, DQ, IFMA, CD, BW, VL, VBMI. */
const AVX = { first: [43, 60], second: [5, 16, 17, 21, 28, 30, 31, 33] };

/** What is taken away: nothing; AES, PCLMUL and SHA; AVX; both. */
export const PROCESSORS = {
  OpenSSL: undefined,
  "OpenSSL without AES, PCLMUL, SHA": `${bits(...CRYPTO.first)}:${bits(...CRYPTO.second)}`,
  "OpenSSL without AVX": `${bits(...AVX.first)}:${bits(...AVX.second)}`,
  "OpenSSL without any of them": `${bits(...CRYPTO.first, ...AVX.first)}:${bits(...CRYPTO.second, ...AVX.second)}`,
} as const;
export type Processor = keyof typeof PROCESSORS;

/** What a benchmark says where OPENSSL_ia32cap means nothing. */
export const onlyX64 = arch() === "x64" ? undefined : "OpenSSL without some instructions was not measured: OPENSSL_ia32cap is for x86-64.";

interface Answer {
  result?: string;
  us?: number;
}

class OpenSsl {
  private readonly child: ChildProcess;
  private waiting: ((answer: Answer) => void) | undefined;

  constructor(processor: Processor) {
    const mask = PROCESSORS[processor];
    this.child = fork(fileURLToPath(new URL("openssl_process.ts", import.meta.url)), { execArgv: ["--import", "tsx"], env: { ...process.env, ...(mask && { OPENSSL_ia32cap: mask }) } });
    this.child.on("message", (answer: Answer) => this.waiting?.(answer));
    this.child.on("exit", (status) => {
      if (this.waiting) throw new Error(`the process of ${processor} ended with status ${status}`);
    });
    this.child.unref();
    this.child.channel?.unref();
  }

  async ask(task: Task, n?: number): Promise<Answer> {
    this.child.channel?.ref();
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting = resolve;
      this.child.send({ task, n });
    });
    this.waiting = undefined;
    this.child.channel?.unref();
    return answer;
  }

  end(): void {
    this.waiting = undefined;
    this.child.kill();
  }
}

const processes = new Map<Processor, OpenSsl>();

/** Ends the processes. */
export function endOpenSsl(): void {
  for (const one of processes.values()) one.end();
  processes.clear();
}

/** OpenSSL with several processors as contenders for a task; on other machines than x86-64 as it is, alone. */
export function openSsl(task: Task, ...wanted: Processor[]): Contender[] {
  return wanted
    .filter((processor) => PROCESSORS[processor] === undefined || !onlyX64)
    .map((processor) => {
      let one = processes.get(processor);
      if (!one) processes.set(processor, (one = new OpenSsl(processor)));
      const peer = one;
      return {
        name: processor,
        result: async () => Buffer.from((await peer.ask(task)).result!, "hex"),
        run: async (n) => (await peer.ask(task, n)).us!,
      };
    });
}
