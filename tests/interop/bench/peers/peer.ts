/** The gateway opposite as the scenarios see it, whoever wrote it. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText, until } from "../process.ts";
import { ping } from "./ping.ts";
import type { Outcome, Shell } from "./shell.ts";

export interface ChildSa { name: string; state: string; spiIn: string; spiOut: string; bytesIn: number; bytesOut: number; packetsIn: number; packetsOut: number; suite: string; udp: boolean; local: string; remote: string }
export interface IkeSa { name: string; number: number; state: string; suite: string; cookies: string; remoteHost: string; children: ChildSa[] }

export abstract class Peer {
  readonly shell: Shell;
  /** The file in the shell's directory that the daemon writes its log to. */
  abstract readonly logFile: string;
  constructor(shell: Shell) { this.shell = shell; }

  /** Starts a fresh daemon with one configuration; what an earlier one left behind is removed. */
  abstract start(configuration: string, options?: string): Promise<void>;
  abstract stop(): Promise<void>;
  /** Brings a CHILD, or connection, up as initiator; the answer says how it went. */
  abstract initiate(child: string, seconds?: number): Promise<Outcome>;
  /** Begins new keys for one phase of the tunnel now, whatever its lifetime. */
  abstract renew(phase: 1 | 2): Promise<Outcome>;
  /** Takes the tunnel down, phase 1 and 2, and tells the other side. */
  abstract terminate(): Promise<Outcome>;
  /** States are ESTABLISHED and INSTALLED where traffic flows. */
  abstract sas(): Promise<IkeSa[]>;

  /** What the daemon wrote down so far. */
  get log(): string { return readText(join(this.shell.here, this.logFile)); }

  /** Puts keys and certificates where the daemon looks for them, by their names in its directory; those of an earlier scenario go. */
  put(files: Record<string, string>): void {
    for (const folder of ["x509", "x509ca", "x509crl", "private", "pubkey"]) rmSync(join(this.shell.here, folder), { recursive: true, force: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.shell.here, name)), { recursive: true });
      writeFileSync(join(this.shell.here, name), text);
    }
  }

  logs(pattern: RegExp, seconds = 60): Promise<void> {
    return until(`the peer's log shows ${pattern}`, seconds, () => pattern.test(this.log));
  }

  /** Pings from one inner address to another. */
  ping(from: string, to: string, count: number, interval?: number): Promise<{ sent: number; received: number }> { return ping(this.shell, from, to, count, interval); }
}
