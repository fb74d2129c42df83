/**
 * The sockets of our own clients (names, time, log): a local port each, and the one station and port that answers come from. Ports
 * are drawn from the range that translation of addresses leaves alone; whoever draws brings a number that nobody can guess (RFC 5452, 9).
 */
import { SOCKETS } from "../limits";

/** Whose a socket is. */
export const enum Owner {
  NONE = 0,
  DNS,
  NTP,
  /** sends and hears nothing */
  LOG,
}

/** The range: the dynamic ports of RFC 6335, 6. */
const FIRST: u32 = 49152;
const RANGE: u32 = 16384;

@unmanaged
class Socket {
  port: u16;
  remotePort: u16;
  remote: u32;
  owner: u8;
}

const SIZE: u32 = 12;
const table: usize = memory.data(<i32>(SOCKETS * SIZE), 4);
let count: u32 = 0;

export function init(): void {
  memory.fill(table, 0, <usize>(SOCKETS * SIZE));
  count = 0;
}

// @ts-ignore: decorator
@inline
function at(i: u32): Socket {
  return changetype<Socket>(table + <usize>(i * SIZE));
}

function find(port: u32): Socket | null {
  if (!count) return null;
  for (let i: u32 = 0; i < SOCKETS; i++) if (at(i).owner && <u32>at(i).port == port) return at(i);
  return null;
}

/** Whether a local port is a socket's. */
export function isOwnPort(port: u32): bool {
  return port >= FIRST && find(port) !== null;
}

/** Opens a socket; its port, or 0: there is no room. @param random where the search for a free port begins */
export function open(owner: Owner, remote: u32, remotePort: u32, random: u32): u32 {
  for (let i: u32 = 0; i < SOCKETS; i++) {
    const socket = at(i);
    if (socket.owner) continue;
    let port = FIRST + random % RANGE;
    while (find(port)) port = FIRST + (port + 1 - FIRST) % RANGE;
    socket.owner = <u8>owner;
    socket.port = <u16>port;
    socket.remote = remote;
    socket.remotePort = <u16>remotePort;
    count++;
    return port;
  }
  return 0;
}

export function close(port: u32): void {
  const socket = find(port);
  if (!socket) return;
  socket.owner = <u8>Owner.NONE;
  count--;
}

/** Whose socket a local port is. */
export function ownerOf(port: u32): Owner {
  const socket = find(port);
  return socket ? <Owner>socket.owner : Owner.NONE;
}

/** Whether the socket with that local port waits for what comes from there. */
export function expects(port: u32, remote: u32, remotePort: u32): bool {
  const socket = find(port);
  return socket !== null && socket.owner != <u8>Owner.LOG && socket.remote == remote && <u32>socket.remotePort == remotePort;
}
