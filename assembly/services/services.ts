/** The room's entries for `device`: making it, its time, and what comes for its sockets. */
import * as sockets from "../net/sockets";
import * as syslog from "./syslog";

export function init(): void {
  sockets.init();
  syslog.init();
}

/** A datagram has come to a socket from the station that it asked. @param p at its UDP header, checked @param from the station */
export function arrive(p: usize, from: u32): void {}

/** What is due by now. */
export function poll(): void {
  syslog.poll();
}
