/** A guest's kernel with static states in the place of one of ours. */
import type { Pair } from "../../bench/pair.ts";
import { ping } from "../../bench/peers/ping.ts";
import { must } from "../../bench/peers/shell.ts";
import { UmlGuest } from "../../bench/peers/uml.ts";
import { FAR, NEAR } from "./sets.ts";

/** The far one of ours ends, and a guest `name` has its card and its address while `act` runs. */
export async function inPlaceOfFar(pair: Pair, name: string, act: (guest: UmlGuest) => Promise<void>): Promise<void> {
  const mac = pair.wan.seen.find(({ direction, frame }) => direction === "in" && frame.ip?.src === FAR)!.frame.src;
  await pair.far.stop();
  const guest = await UmlGuest.boot(name, [{ mac, ...pair.wan.far }]);
  try {
    await must(guest, `ip link set eth0 up; ip addr add ${FAR}/24 dev eth0; ip route add 10.1.0.0/16 via ${NEAR}`);
    await act(guest);
  } finally { await guest.stop(); }
}

/** The address behind the guest that set `n` protects, and its policies both ways; `templates` are the kernel's words for a direction. */
export async function addPolicies(guest: UmlGuest, n: number, templates: (from: string, to: string) => string): Promise<void> {
  await must(guest, `ip addr add 10.2.${n}.10/32 dev lo; ip xfrm policy add src 10.2.${n}.0/24 dst 10.1.0.0/16 dir out ${templates(FAR, NEAR)}; ` +
    `ip xfrm policy add src 10.1.0.0/16 dst 10.2.${n}.0/24 dir in ${templates(NEAR, FAR)}`);
}

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
