/**
 * A running router: an Instance on real time, its links, its console, its files. Frames that arrive in one turn of the
 * event loop are one burst; output goes to the links in the order in which the module sent it.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { entropy, now, wall } from "./clock.ts";
import { NO_DEADLINE, Stored } from "./contract.ts";
import { Lines, parseEvent, type AnyEvent } from "./events.ts";
import { Instance, type Arrival } from "./instance.ts";
import type { KeylogFolder } from "./keylog.ts";
import type { Link } from "./link/link.ts";
import { refusalOf, type Nvram } from "./nvram.ts";

export interface RouterOptions {
  module: WebAssembly.Module;
  /** In the order of the interfaces: Ethernet0 and up. */
  links: Link[];
  /** Names of ports in the manner of GigabitEthernet0/0; those that are none are left out. */
  names?: readonly (string | undefined)[];
  /** Somebody sits at the console and answers what commands ask. */
  person?: boolean;
  nvram: Nvram;
  /** The configuration while NVRAM has none. */
  defaultConfig?: string;
  keylog?: KeylogFolder;
  /** EVENT lines are appended to this file. */
  eventsFile?: string;
  onConsole?: (text: string) => void;
  onEvent?: (event: AnyEvent) => void;
  /** A line from the host itself. */
  onSay?: (line: string) => void;
}

/** Longest sleep of a timer, in ms: setTimeout takes 31 bits. */
const SLEEP_MAX = 0x7fffffff;
/** Frames that may wait for the module. */
const BURST_MAX = 512;

export class Router {
  readonly instance: Instance;
  private arrivals: Arrival[] = [];
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private stopped = false;
  private readonly eventsFd: number | undefined;
  private readonly eventLines: Lines;
  /** False: the other end of the port's link is known to have gone. */
  private readonly linked: boolean[];
  /** Frames dropped because the module could not keep up. */
  overrun = 0;

  constructor(private readonly options: RouterOptions) {
    const { links, nvram, keylog, onEvent } = options;
    this.linked = links.map(() => true);
    this.eventsFd = options.eventsFile === undefined ? undefined : openSync(options.eventsFile, "a");
    this.eventLines = new Lines((line) => {
      if (this.eventsFd !== undefined) writeSync(this.eventsFd, `${line}\n`);
      const event = onEvent && parseEvent(line);
      if (event) onEvent(event);
    });
    this.instance = new Instance(options.module, {
      now,
      wall,
      random: entropy,
      send: (port, frame) => links[port]?.send(frame),
      link: (port) => this.linked[port] ?? false,
      ...(options.names && { names: options.names }),
      ...(options.person && { person: true }),
      console: (text) => options.onConsole?.(text),
      event: (text) => this.eventLines.write(text),
      nvram: (text) => {
        try {
          nvram.write(text);
          return Stored.OK;
        } catch (error) {
          this.say(`% The startup configuration was not stored: ${(error as Error).message}`);
          return refusalOf(error);
        }
      },
      stored: () => nvram.stored(),
      ...(keylog && { keylog: (text: string) => keylog.write(text) }),
      startup: () => nvram.read() ?? options.defaultConfig,
      deviceKey: () => {
        try {
          return nvram.deviceKey();
        } catch (error) {
          this.say(`% There is no device key, and private keys are not stored: ${(error as Error).message}`);
          return undefined;
        }
      },
      say: (line) => this.say(line),
    });
  }

  private say(line: string): void {
    this.options.onSay?.(line);
  }

  /** Opens the links and starts the module. Rejects with LinkRefused or ModuleRefused, everything being closed again. */
  async start(): Promise<void> {
    try {
      for (const [port, link] of this.options.links.entries()) {
        await link.open(
          (frame) => this.arrive({ port, frame }),
          (sentence) => this.say(`% ${sentence}`),
          (up) => this.portState(port, up),
        );
      }
      this.instance.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.sleep(this.instance.poll());
  }

  private portState(port: number, up: boolean): void {
    if (this.linked[port] === up) return;
    this.linked[port] = up;
    // Before there is an instance, and while there is none, `link` tells.
    if (this.stopped || !this.instance.running) return;
    this.instance.portState(port, up);
    this.soon();
  }

  private arrive(arrival: Arrival): void {
    if (this.arrivals.length >= BURST_MAX) {
      this.overrun++;
      return;
    }
    this.arrivals.push(arrival);
    this.soon();
  }

  private soon(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    clearTimeout(this.timer);
    this.immediate = setImmediate(() => this.turn());
  }

  /** One turn: what has arrived, or what is due. */
  private turn(): void {
    this.scheduled = false;
    if (this.stopped) return;
    const burst = this.arrivals;
    this.arrivals = [];
    this.sleep(burst.length > 0 ? this.instance.frames(burst) : this.instance.poll());
  }

  private sleep(wait: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    if (wait === 0 || this.arrivals.length > 0) this.soon();
    else if (wait !== NO_DEADLINE) this.timer = setTimeout(() => this.soon(), Math.min(wait, SLEEP_MAX));
  }

  /** Console input as host/abi.md has it. Returns how many lines were refused. */
  input(text: string): number {
    if (this.stopped) return 0;
    const refused = this.instance.input(text);
    this.sleep(this.instance.poll());
    return refused;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.immediate) clearImmediate(this.immediate);
    await Promise.all(this.options.links.map((link) => link.close()));
    if (this.eventsFd !== undefined) closeSync(this.eventsFd);
  }
}
