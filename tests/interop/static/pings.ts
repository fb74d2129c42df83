/** Pings through the tunnels between one of ours and a guest's kernel with static states. */
import type { Pair } from "../pair.ts";
import { ping } from "../peers/ping.ts";
import type { UmlGuest } from "../peers/uml.ts";

/** Three pings each way through the tunnel of each set; what the wire carried before is forgotten. */
export async function pingBothWays(pair: Pair, guest: UmlGuest, sets: readonly string[]): Promise<void> {
  // The guest's card and its neighbour's address take a moment.
  await pair.nearLan.pingUntil("10.2.0.10", 60);
  pair.wan.forget();
  for (const [n, words] of sets.entries()) {
    const { sent, received } = await pair.nearLan.ping(`10.2.${n}.10`, 3);
    if (received !== sent) throw new Error(`${words}: ${received} of ${sent} pings answered by the kernel; ${(await guest.exec("cat /proc/net/xfrm_stat | grep -v ' 0$'")).output.trim()}`);
    const back = await ping(guest, `10.2.${n}.10`, "10.1.0.10", 3);
    if (back.received !== back.sent) throw new Error(`${words}: ${back.received} of ${back.sent} of the kernel's pings answered`);
  }
}
