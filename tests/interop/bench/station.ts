/** Stations in network namespaces on a network that a scenario lays: hosts with real programs, inside or outside. */
import { unpacked } from "../../../tools/package/debian.mjs";
import { Netns, type NetnsCard } from "./peers/netns.ts";
import { must } from "./peers/shell.ts";
import { start, until } from "./process.ts";

export type Place = { own: number; remote: number };

/** One card, e0, with its address and prefix length, the last octet of its MAC, and its way to everywhere else. */
export async function station(place: Place, address: string, number: number, gateway?: string): Promise<Netns> {
  const netns = await Netns.open("host", [{ name: "e0", mac: macOf(number), address, ...place }]);
  if (gateway) await must(netns, `ip route add default via ${gateway}`);
  return netns;
}

export const macOf = (number: number): NetnsCard["mac"] => `02:00:00:00:00:${number.toString(16).padStart(2, "0")}`;

/** Uses stations, and takes them down whatever happened. */
export async function withStations(stations: Netns[], use: () => Promise<void>): Promise<void> {
  try { await use(); } finally { for (const one of stations) await one.stop(); }
}

export interface Daemon { said(): string; stop(): void }

/** Runs a program at a station until `stop`, or until the run ends. */
export function daemon(netns: Netns, line: string): Daemon {
  let text = "";
  const child = start("ip", ["netns", "exec", netns.name, "sh", "-c", `exec 2>&1; exec ${line}`], { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout!.setEncoding("utf8").on("data", (more: string) => { text += more; });
  return { said: () => text, stop: child.stop };
}

/** A web server with a small page, `x`, and a large one, `large`. It says whom it served. */
export async function web(netns: Netns, address: string, port = 80): Promise<Daemon> {
  await must(netns, `mkdir -p ${netns.here}/www && echo hello from ${address} >${netns.here}/www/x && head -c 300000 /dev/urandom >${netns.here}/www/large`);
  const server = daemon(netns, `busybox httpd -f -vv -p ${address}:${port} -h ${netns.here}/www`);
  await listening(netns, port);
  return server;
}

/** Waits until somebody listens on a TCP port. */
export async function listening(netns: Netns, port: number): Promise<void> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  await until(`${netns.name}: a server on port ${port}`, 20, async () => (await netns.exec("cat /proc/net/tcp /proc/net/tcp6")).output.includes(hex), 30);
}

export const IPERF3 = `${unpacked("iperf3")}/usr/bin/iperf3`;

/** `curl` to a page; what it says, or nothing where it gets none within `seconds`. */
export async function fetched(netns: Netns, url: string, seconds = 5): Promise<string | undefined> {
  const { status, output } = await netns.exec(`curl -s -m ${seconds} ${url}`);
  return status === 0 ? output : undefined;
}

/** nftables at a station, which counts what its rules name: each rule with a counter and a name as its comment. */
export async function judge(netns: Netns, rules: Record<string, string>): Promise<(name: string) => Promise<number>> {
  const lines = Object.entries(rules).map(([name, rule]) => `${rule} counter comment "${name}"`).join("; ");
  await must(netns, `nft 'table ip judge { chain in { type filter hook prerouting priority raw; iifname "lo" accept; ${lines}; }; }'`);
  return async (name) => {
    const line = (await must(netns, "nft list chain ip judge in")).split("\n").find((one) => one.includes(`comment "${name}"`));
    const counted = /packets (\d+)/.exec(line ?? "");
    if (!counted) throw new Error(`nft counts no ${name}`);
    return Number(counted[1]);
  };
}

/** What `node` says for a line of JavaScript at a station. */
export async function script(netns: Netns, source: string): Promise<string> {
  return (await must(netns, `${process.execPath} -e '${source}'`, 60)).trim();
}
