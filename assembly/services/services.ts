/** The room's entries for `device`: making it, its time, and what comes for its sockets. */
import * as sockets from "../net/sockets";
import { Owner } from "../net/sockets";
import { anyDue } from "../util/deadline";
import * as udp from "../wire/udp";
import * as resolver from "./resolver";
import * as sntp from "./sntp";
import * as syslog from "./syslog";

export function init(): void {
  sockets.init();
  resolver.init();
  sntp.init();
  syslog.init();
}

/** A datagram has come to a socket from the station that it asked. @param p at its UDP header, checked */
export function arrive(p: usize): void {
  const port = udp.destinationPort(p);
  const data = p + udp.HEADER_LENGTH;
  const len = udp.length(p) - udp.HEADER_LENGTH;
  if (sockets.ownerOf(port) == Owner.DNS) resolver.arrive(port, data, len);
  else if (sockets.ownerOf(port) == Owner.NTP) sntp.arrive(port, data, len);
}

/** An interface is removed. */
export function forget(number: u32): void {
  sntp.forget(number);
  syslog.forget(number);
}

/** What is due by now. */
export function poll(): void {
  if (anyDue()) {
    resolver.poll();
    sntp.poll();
  }
  syslog.poll();
}
