/** UDP ports for links that another process, or this one later, is going to bind. */
import { createSocket } from "node:dgram";

// Below what systems give to sockets that ask for any port (32768 and up on Linux, 49152 elsewhere): such a socket can't take
// a port that was handed out here and isn't bound yet.
const FIRST = 10240;
const LAST = 32767;
const handedOut = new Set<number>();

function binds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind(port, "0.0.0.0", () => socket.close(() => resolve(true)));
  });
}

/** A UDP port that nobody has bound now and that this process hasn't been given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await binds(port)) return port;
  }
}
