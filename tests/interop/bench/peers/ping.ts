/** The system's ping, read so that a busy machine does not change what it says. */
import type { Shell } from "./shell.ts";

/**
 * The numbers of the echo requests that were answered, each once. With a deadline (-w) ping goes on sending until as many
 * answers have come as were asked for (-c), and a late one may come with the next: its closing line counts other things.
 */
export function answered(output: string): Set<number> {
  if (!/packets transmitted/.test(output)) throw new Error(`ping: ${output.trim()}`);
  return new Set([...output.matchAll(/icmp_seq=(\d+) ttl=/g)].map((m) => Number(m[1])));
}

/** Pings from one address to another; how many of the first `count` were answered, with time for late ones. */
export async function ping(shell: Shell, from: string, to: string, count: number, interval = 0.2): Promise<{ sent: number; received: number }> {
  const seconds = Math.ceil(count * interval + 60);
  const { output } = await shell.exec(`ping -n -I ${from} -c ${count} -i ${interval} -w ${seconds} ${to}`, seconds + 60);
  return { sent: count, received: [...answered(output)].filter((seq) => seq <= count).length };
}
