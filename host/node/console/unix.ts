/**
 * `--console unix:PATH`: the console on a Unix socket. Clients come and go; each sees the output, and what any of them
 * sends is input. A new client is shown the line that waits for input, so that it knows the mode it is in.
 */
import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { makeWay } from "../link/stream.ts";
import { LinkRefused } from "../link/link.ts";
import { RawInput, Tail, type Console, type Input } from "./console.ts";

/** A prompt at the end of what was printed, or with a message of the module's right behind it. */
const PROMPT = /^[\w.-]+(?:\([\w-]+\))?[>#](?=[*.%A-Z]|$)/gm;

/** Octets that may wait for a client that does not read before it is let go. */
const WAITING_MAX = 1 << 20;

export class UnixConsole implements Console {
  private readonly clients = new Set<Socket>();
  private readonly tail = new Tail();
  /** The prompt behind which nothing was entered yet: messages may have come since, and it waits all the same. */
  private prompt = "";

  private constructor(private readonly server: Server) {}

  /** Listens on `path`, for its owner alone. Rejects with LinkRefused. */
  static async open(path: string, handle: Input): Promise<UnixConsole> {
    await makeWay(path, `--console unix:${path}`);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(new LinkRefused(`--console unix:${path}: ${error.message}`)));
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
    const made = new UnixConsole(server);
    server.on("error", () => {});
    server.on("connection", (socket) => made.attach(socket, handle));
    return made;
  }

  private attach(socket: Socket, handle: Input): void {
    this.clients.add(socket);
    const raw = new RawInput(handle);
    const waiting = this.tail.text || this.prompt;
    if (waiting !== "") socket.write(waiting);
    socket.on("data", (chunk) => {
      this.prompt = "";
      raw.write(chunk);
    });
    socket.on("end", () => raw.end());
    socket.on("error", () => {});
    socket.on("close", () => this.clients.delete(socket));
  }

  write(text: string): void {
    this.prompt = (this.tail.text + text).match(PROMPT)?.at(-1) ?? this.prompt;
    this.tail.write(text);
    for (const client of this.clients) {
      if (client.writableLength > WAITING_MAX) client.destroy();
      else client.write(text);
    }
  }

  say(line: string): void {
    const prompt = this.tail.text;
    this.write(`${prompt === "" ? "" : "\n"}${line}\n${prompt}`);
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.end();
    for (const client of this.clients) client.unref();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      for (const client of this.clients) client.destroySoon();
    });
  }
}
