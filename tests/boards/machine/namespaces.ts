/** Network namespaces of a test: made with cables between them, programs run in them, and all gone at the end. Needs root. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { command, missing, type Need } from "../../../tools/package/debian.mjs";

/** Why there can't be namespaces, or not what runs in them; undefined: all is there. */
export function namespacesMissing(needs: readonly Need[]): string | undefined {
  if (process.getuid?.() !== 0) return "needs root: network namespaces";
  const absent = missing(needs);
  if (absent.length > 0) return `needs ${absent.join(", ")}: ${command(absent)}`;
  const name = `po${process.pid}probe`;
  const tried = ["ip netns add NS", "ip -n NS link add veth0 type veth peer name veth1", "ip -n NS link add bridge0 type bridge", "ip -n NS tuntap add tap0 mode tap"]
    .map((line) => ({ line, done: spawnSync("sh", ["-c", line.replace("NS", name)], { encoding: "utf8" }) }))
    .find(({ done }) => done.status !== 0);
  spawnSync("ip", ["netns", "del", name]);
  return tried && `the kernel has no "${tried.line}": ${tried.done.stderr.trim()}`;
}

export class Namespaces {
  private readonly children: ChildProcess[] = [];
  private readonly names: string[] = [];

  /** The name in full: other runs have namespaces too. */
  private full(name: string): string {
    return `po${process.pid}${name}`;
  }

  add(name: string): void {
    this.run(`ip netns add ${this.full(name)}`);
    this.names.push(name);
    // Nothing of the kernel's own on the cables.
    this.in(name, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip link set lo up");
  }

  /** A cable between two namespaces; both ends are up. */
  cable([a, nameA]: [string, string], [b, nameB]: [string, string]): void {
    this.run(`ip -n ${this.full(a)} link add ${nameA} type veth peer name ${nameB} netns ${this.full(b)}`);
    this.in(a, `ip link set ${nameA} up`);
    this.in(b, `ip link set ${nameB} up`);
  }

  /** Runs a line of shell in a namespace. Throws when it fails, unless `may` it. */
  in(name: string, line: string, may = false): string {
    return this.run(`ip netns exec ${this.full(name)} sh -c '${line}'`, may);
  }

  /** Gives octets to a program that reads them from its standard input. */
  feed(name: string, line: string, octets: Uint8Array): void {
    const done = spawnSync("ip", ["netns", "exec", this.full(name), "sh", "-c", line], { input: octets, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${line}: ${done.stderr}`);
  }

  private run(line: string, may = false): string {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
    if (status !== 0 && !may) throw new Error(`${line}: ${stderr || stdout}`);
    return stdout;
  }

  start(name: string, program: string, args: readonly string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.full(name), program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin!.on("error", () => {});
    this.children.push(child);
    return child;
  }

  async close(): Promise<void> {
    for (const child of this.children) await stopped(child);
    for (const name of this.names) spawnSync("ip", ["netns", "del", this.full(name)]);
  }
}

/** Ends a program and waits until it has. */
export async function stopped(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
