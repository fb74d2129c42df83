/** What first light shows and demands, whatever the two routers run on. */
import type { Reply } from "../tests/support/world/pinger.ts";
import type { Colours } from "./diagram.ts";
import type { WanWatch } from "./wan_watch.ts";

export const FAR = "10.2.0.10";
export const SITES = "   10.1.0.10 ─── 10.1.0.1 alpha 192.0.2.1 ═══ wan ═══ 192.0.2.2 beta 10.2.0.1 ─── 10.2.0.10";
export const BEGIN = `The host 10.1.0.10 pings ${FAR}. Alpha has to protect that, has no key for it yet, and asks beta:`;

export const print = (line = ""): void => void process.stdout.write(`${line}\n`);
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How many pings the argument asks for; otherwise throws one sentence. */
export function pingsOf(text: string, Refused: new (message: string) => Error): number {
  const pings = Number(text);
  if (!Number.isInteger(pings) || pings < 1 || pings > 1000) throw new Refused(`--pings "${text}" is not a number of pings; allowed are 1 to 1000`);
  return pings;
}

/** Resolves when the user has had enough: by a signal, or by calling `ended`. */
export function untilEnded(): { end: Promise<void>; ended: () => void } {
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => (ended = resolve));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => ended());
  return { end, ended };
}

/** A ping's line; the first one waited for the tunnel. */
export function pingLine(sequence: number, reply: Reply | undefined, timeout: number, { dim, red }: Colours): string {
  return reply
    ? `   ${reply.size} bytes from ${FAR}: icmp_seq=${sequence} ttl=${reply.ttl} time=${reply.time.toFixed(1)} ms${sequence === 1 ? dim("   (it waited for the tunnel)") : ""}`
    : red(`   no reply to icmp_seq=${sequence} within ${timeout / 1000} s`);
}

/** Why it was not first light, though the first ping was answered; undefined where it was. */
export function lacking(pings: number, answered: number, up: number, watch: WanWatch): string | undefined {
  if (answered < pings) return `${pings - answered} of ${pings} pings were lost`;
  if (watch.clear > 0) return `${watch.clear} datagrams crossed the wan in the clear`;
  if (up === 0) return "no tunnel came up";
  if (watch.esp < 2 * pings) return `${watch.esp} ESP packets for ${pings} pings and their replies`;
  return undefined;
}

/** What a stranger on the wire saw. */
export function wireLine(watch: WanWatch, capture: string, { green, red }: Colours): string {
  return `   ${watch.isakmp} ISAKMP messages, ${watch.esp} ESP packets, ${watch.clear === 0 ? green("nothing in the clear") : red(`${watch.clear} datagrams in the clear`)}: ${capture}`;
}

/** The closing line, with which a batch ends. */
export function closingLine(what: string, failure: string | undefined, up: number, messages: number, pings: number, answered: number, capture: string): string {
  return failure
    ? `${what} failed: ${failure}`
    : `${what}: tunnel in ${up.toFixed(0)} ms, ${messages} messages, ${answered} of ${pings} pings answered, nothing in the clear, capture in ${capture}`;
}
