/**
 * `tap:NAME`: a tap interface of Linux, made if it is not there and set up. socat holds the device and hands its frames
 * over on a pair of loopback UDP ports, so that the host needs no native code; both ends take from each other only.
 * Needs the right to make network devices (root, CAP_NET_ADMIN).
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { bound, DatagramLink } from "./datagram.ts";
import { freePort } from "./free_port.ts";
import { LinkRefused } from "./link.ts";

const LOOPBACK = "127.0.0.1";
const BUFFERS = "rcvbuf=4194304,sndbuf=4194304";
/** What socat says, told to say what it does (-d -d), when it has both ends; and how its complaints begin. */
const RUNS = /starting data transfer loop/;
const COMPLAINT = /^.*socat\[\d+\] [EF] (.*)$/;
/** Milliseconds until socat is started again. */
const RETRY = 1000;
/** Milliseconds between looks at the interface. */
const LOOK = 1000;

/** Whether an interface is set up and has a carrier; undefined where the system does not tell. */
export function carrier(device: string): boolean | undefined {
  try {
    return readFileSync(`/sys/class/net/${device}/carrier`, "latin1").startsWith("1");
  } catch (error) {
    // Of an interface that is set down it can't be read.
    return (error as NodeJS.ErrnoException).code === "EINVAL" ? false : undefined;
  }
}

export class TapLink extends DatagramLink {
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private look: NodeJS.Timeout | undefined;
  private closed = false;
  /** socat has the interface. */
  private held = false;
  private port = 0;

  constructor(
    name: string,
    private readonly device: string,
  ) {
    super(name);
  }

  async open(receive: (frame: Uint8Array) => void, report: (sentence: string) => void, state: (up: boolean) => void = () => {}): Promise<void> {
    if (process.platform !== "linux") throw new LinkRefused(`${this.name}: tap interfaces exist on Linux only; here there are udp: and stream: links`);
    const socket = await bound(0, LOOPBACK, LOOPBACK);
    this.port = socket.address().port;
    this.peer = { address: LOOPBACK, port: await freePort() };
    socket.on("error", (error) => report(`${this.name}: ${error.message}`));
    this.use(socket, (from) => from.port === this.peer.port, receive);
    try {
      await this.start(report);
    } catch (error) {
      await this.close();
      throw error;
    }
    let up = true;
    const look = () => {
      const now = this.held && carrier(this.device) !== false;
      if (now !== up) state((up = now));
    };
    look();
    this.look = setInterval(look, LOOK);
  }

  /** Starts socat; resolves when it has the device, rejects with its own words if it ends before. */
  private start(report: (sentence: string) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(
        "socat",
        ["-d", "-d", "-b", "65536", `UDP4-DATAGRAM:${LOOPBACK}:${this.port},bind=${LOOPBACK}:${this.peer.port},${BUFFERS}`, `TUN,tun-type=tap,tun-name=${this.device},iff-no-pi,iff-up`],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      this.child = child;
      let said = "";
      let settled = false;
      child.stderr!.on("data", (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-2000);
        if (settled || !RUNS.test(said)) return;
        settled = this.held = true;
        resolve();
      });
      const complaint = () => said.split("\n").flatMap((line) => COMPLAINT.exec(line)?.[1] ?? []).at(-1);
      const ended = (why: string) => {
        this.held = false;
        if (this.closed) return;
        if (!settled) return reject(new LinkRefused(`${this.name}: the interface "${this.device}" can't be had: ${why}`));
        report(`${this.name}: ${why}; trying again`);
        this.timer = setTimeout(() => void this.start(report).catch((error: Error) => this.again(error, report)), RETRY);
      };
      child.once("error", (error: NodeJS.ErrnoException) => ended(error.code === "ENOENT" ? "tap: needs socat, which `apt-get install socat` brings" : error.message));
      // "close": when all that it said has been read.
      child.once("close", (status, signal) => ended(complaint() ?? `socat ended (${signal ?? status})`));
    });
  }

  private again(error: Error, report: (sentence: string) => void): void {
    if (this.closed) return;
    report(error.message);
    this.timer = setTimeout(() => void this.start(report).catch((e: Error) => this.again(e, report)), RETRY * 10);
  }

  override async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.look);
    const closing = super.close();
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      await new Promise<void>((resolve) => {
        child.once("exit", () => resolve());
        child.kill();
      });
    }
    await closing;
  }
}
