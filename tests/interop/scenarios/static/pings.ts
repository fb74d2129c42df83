/** Pings through the tunnels between one of ours and a guest's kernel with static states. */
import type { Pair } from "../../bench/pair.ts";
import type { UmlGuest } from "../../bench/peers/uml.ts";

/** Three pings each way through the tunnel of each set; what the wire carried before is forgotten. */
export async function pingBothWays(pair: Pair, guest: UmlGuest, sets: readonly string[]): Promise<void> {
  // The guest's card and its neighbour's address take a moment.
  await pair.nearLan.pingUntil("10.2.0.10", 10);
  pair.wan.forget();
  for (const [n, words] of sets.entries()) {
    const { sent, received } = await pair.nearLan.ping(`10.2.${n}.10`, 3);
    if (received !== sent) throw new Error(`${words}: ${received} of ${sent} pings answered by the kernel; ${(await guest.exec("cat /proc/net/xfrm_stat | grep -v ' 0$'")).output.trim()}`);
    const { output } = await guest.exec(`ping -n -I 10.2.${n}.10 -c 3 -i 0.2 -w 10 10.1.0.10`, 20);
    if (!/ 3 received/.test(output)) throw new Error(`${words}: the kernel's pings: ${output.trim().split("\n").slice(-2).join(" / ")}`);
  }
}
