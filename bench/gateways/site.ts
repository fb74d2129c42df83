/**
 * postern-linux and charon with kernel-libipsec as each other's peers, so that both work on the same packets and the same
 * handshakes in one run:
 *
 *     left (namespace)                                          right (namespace)
 *     10.1.0.10 on the tap "lan" --- postern-linux --- tap "wan", bridge, veth === eth0, charon, ipsec0 --- 10.2.0.10 on lo
 *
 * What each costs is the processor time of its process, all threads, in the kernel too: /proc/PID/task/TID/schedstat.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, fill, template, type Values } from "../../tests/interop/bench/configure.ts";
import { Charon } from "../../tests/interop/bench/peers/charon.ts";
import { Netns } from "../../tests/interop/bench/peers/netns.ts";
import { must } from "../../tests/interop/bench/peers/shell.ts";
import { exited, run, sleep, start, until, workDirectory } from "../../tests/interop/bench/process.ts";
import { linux } from "../../tools/build/linux.mjs";
import { command, missing } from "../../tools/package/debian.mjs";

const from = new URL("../../tests/interop/bench/bench.ts", import.meta.url);
const OURS = template("configurations/ours.cfg", from);
const THEIRS = template("configurations/theirs.conf", from);
export const HERE = "10.1.0.10";
export const THERE = "10.2.0.10";

/** What the site needs that is not there, in one sentence; undefined: nothing. `traffic`: iperf3 too. */
export function lacking(traffic: boolean): string | undefined {
  if (process.platform !== "linux" || !existsSync("/dev/net/tun")) return "Whole gateways were not measured: they need Linux with /dev/net/tun.";
  if (process.getuid?.() !== 0) return "Whole gateways were not measured: network namespaces need root.";
  const absent = missing(["charon", "ip"]);
  const iperf = traffic && !existsSync("/usr/bin/iperf3");
  if (absent.length === 0 && !iperf) return undefined;
  const install = absent.length > 0 ? `${command(absent)}${iperf ? " iperf3" : ""}` : "apt-get install -y --no-install-recommends iperf3";
  return `Whole gateways were not measured: as root, ${install}.`;
}

/** Microseconds of processor time that a process and those that it has started have had, over all threads. */
function spent(pid: number): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const of = (name: string): string => readFileSync(`/proc/${pid}/task/${thread}/${name}`, "utf8");
      sum += Number(of("schedstat").split(" ")[0]) / 1000;
      for (const child of of("children").split(" ")) if (child) sum += spent(Number(child));
    } catch {
      // It has ended just now.
    }
  }
  return sum;
}

export class GatewaySite {
  private left!: Netns;
  private right!: Netns;
  private charon!: Charon;
  private child!: ReturnType<typeof start>;
  private said = "";
  private theirPid = 0;

  /** Sets up both. `cap`: what the peer's OpenSSL is told of the processor (OPENSSL_ia32cap). `close` has to follow, also when this throws. */
  async open(values: Values, cap: string | undefined): Promise<void> {
    const program = linux();
    this.left = await Netns.open("left", []);
    this.right = await Netns.open("right", []);
    const { left, right } = this;
    run("ip", ["link", "add", "far", "netns", left.name, "type", "veth", "peer", "name", "eth0", "netns", right.name]);
    await must(right, `ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up; ip addr add ${THERE}/16 dev lo`);
    const all = { ...BASE, ...values };
    // A log of every message is no part of a handshake.
    const quiet = `sed -i -E 's/(default|ike|cfg|chd|enc) = [12]$/\\1 = -1/' ${right.there}/strongswan.conf; `;
    const before = (line: string): string => (cap ? `export OPENSSL_ia32cap=${cap}; ` : "") + (line.includes("ipsec/charon ") ? quiet : "") + line;
    this.charon = new Charon({ name: right.name, here: right.here, there: right.there, exec: (line, seconds) => right.exec(before(line), seconds) }, "libipsec");
    // Its plane speaks ESP in UDP only: it says that there is a translator.
    await this.charon.start(fill(THEIRS, all).replace("version = 1", "version = 1\n    encap = yes"));
    this.theirPid = Number(await must(right, "cat /run/charon.pid"));
    const file = join(workDirectory("site"), "ours.cfg");
    writeFileSync(file, fill(OURS, all));
    this.child = start("ip", ["netns", "exec", left.name, program, file, "--port", "lan=tap:lan", "--port", "wan=tap:wan"], { stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on("data", (text: Buffer) => (this.said += text.toString()));
    await until("postern-linux: its interfaces", 30, async () => {
      if (this.child.exitCode !== null) throw new Error(`postern-linux ended: ${this.said.trim()}`);
      return (await left.exec("ip link show lan && ip link show wan")).status === 0;
    });
    // The interpreter is no contender: it runs where the compiled code is refused.
    if (/interpreter/.test(this.said)) throw new Error(`postern-linux does not run its compiled code: ${this.said.trim().split("\n")[0]}`);
    await must(left, `ip link add br0 type bridge; ip link set wan master br0; ip link set far master br0; ip link set br0 up; ip link set far up; ip link set wan up; ip addr add ${HERE}/16 dev lan; ip link set lan up; ip route add 10.2.0.0/16 via 10.1.0.1`);
  }

  /** The processor time of both so far, microseconds. postern-linux has a supervisor, whose child works. */
  get spent(): { ours: number; theirs: number } {
    return { ours: spent(this.child.pid!), theirs: spent(this.theirPid) };
  }

  async ping(): Promise<boolean> {
    return (await this.left.exec(`ping -c 1 -W 2 -I ${HERE} ${THERE}`)).status === 0;
  }

  /** Brings the tunnel up from one side. */
  async up(side: "ours" | "theirs"): Promise<void> {
    if (side === "theirs") {
      const { status, output } = await this.charon.initiate("net");
      if (status !== 0) throw new Error(`charon could not bring the tunnel up: ${output.trim().split("\n").slice(-2).join(" / ")}`);
    } else await until("a tunnel that postern-linux starts", 20, () => this.ping(), 10);
  }

  async down(): Promise<void> {
    await this.charon.terminate();
    await sleep(100);
  }

  exec(side: "left" | "right", line: string, seconds?: number): Promise<string> {
    return must(this[side], line, seconds);
  }

  async close(): Promise<void> {
    if (this.child) {
      this.child.stop();
      await exited(this.child);
    }
    await this.charon?.stop();
    await this.right?.stop();
    await this.left?.stop();
  }
}

