/**
 * Network namespaces, for what has to run on the test machine's own kernel: charon with its data plane in user space, and
 * a router that translates addresses. A card of a namespace is a tap whose frames socat carries as UDP datagrams.
 * Needs root.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { exited, onExit, run, sleep, start, until, workDirectory } from "../process.ts";
import type { Outcome, Shell } from "./shell.ts";

let counter = 0;

/** A card: its address with prefix length, its MAC, and the ports of its `udp:` link. */
export interface NetnsCard { name: string; mac: string; address: string; own: number; remote: number }

export class Netns implements Shell {
  readonly name: string;
  readonly here: string;
  readonly there: string;
  readonly #keeper: ReturnType<typeof start>;
  readonly #links: ReturnType<typeof start>[] = [];
  readonly #remove: () => void;

  private constructor(name: string, here: string, keeper: ReturnType<typeof start>, remove: () => void) {
    this.name = name;
    this.here = this.there = here;
    this.#keeper = keeper;
    this.#remove = remove;
  }

  static async open(what: string, cards: NetnsCard[]): Promise<Netns> {
    const name = `po${process.pid}-${what}${counter++}`;
    run("ip", ["netns", "add", name]);
    const remove = onExit(() => { try { run("ip", ["netns", "del", name]); } catch { /* gone already */ } });
    const here = workDirectory(what);
    // One process holds a private /run for as long as the namespace lives: charon's pid file has a fixed place there.
    const keeper = start("ip", ["netns", "exec", name, "unshare", "-m", "--propagation", "private", "sh", "-c",
      `mount -t tmpfs none /run && touch ${here}/ready && exec sleep 100000`], { stdio: "ignore" });
    const netns = new Netns(name, here, keeper, remove);
    await until(`${name}: its mounts`, 60, () => existsSync(`${here}/ready`), 20);
    await netns.exec("ip link set lo up; sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 " +
      "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0");
    for (const card of cards) await netns.#plug(card);
    return netns;
  }

  async #plug(card: NetnsCard): Promise<void> {
    const tap = `pt${process.pid % 100000}x${counter++}`;
    const link = start("socat", ["-d", "-d", "-b", "65536", `UDP4-DATAGRAM:127.0.0.1:${card.remote},bind=127.0.0.1:${card.own},rcvbuf=4194304,sndbuf=4194304`,
      `TUN,tun-type=tap,tun-name=${tap},iff-no-pi`], { stdio: ["ignore", "ignore", "pipe"] });
    this.#links.push(link);
    let said = "";
    link.stderr!.setEncoding("utf8").on("data", (text: string) => { said = (said + text).slice(-1000); });
    // Moved away while socat is still setting it up, the device is lost to it, and with socat it goes away.
    await until(`${this.name}: ${tap}`, 60, () => {
      if (link.exitCode !== null) throw new Error(`${this.name}: ${tap}: ${said.trim()}`);
      return /starting data transfer loop/.test(said);
    }, 20);
    run("ip", ["link", "set", tap, "netns", this.name, "name", card.name, "address", card.mac]);
    const { status, output } = await this.exec(`ip addr add ${card.address} dev ${card.name} && ip link set ${card.name} up`);
    if (status !== 0) throw new Error(`${this.name}: ${card.name}: ${output}`);
  }

  exec(line: string, seconds = 120): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn("nsenter", ["-t", String(this.#keeper.pid), "-m", "-n", "sh", "-c", `exec 2>&1; ${line}`], { stdio: ["ignore", "pipe", "ignore"], detached: true });
      const stop = onExit(() => { if (child.pid !== undefined) try { process.kill(-child.pid, "SIGKILL"); } catch { /* gone */ } });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => { output += text; });
      const timer = setTimeout(() => { stop(); reject(new Error(`${this.name}: ${line}: no end within ${seconds} s`)); }, seconds * 1000);
      // "exit" and not "close": a daemon that the line left behind keeps the pipe open.
      child.on("exit", (status) => { clearTimeout(timer); setImmediate(() => resolve({ status: status ?? -1, output })); });
    });
  }

  async stop(): Promise<void> {
    for (const link of this.#links) { link.stop(); await Promise.race([exited(link), sleep(1000)]); }
    this.#keeper.stop();
    this.#remove();
  }
}
