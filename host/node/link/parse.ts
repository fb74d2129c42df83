/** `--port NAME=LINK` */
import { PORTS } from "../contract.ts";
import type { Link } from "./link.ts";
import { StreamLink } from "./stream.ts";
import { TapLink } from "./tap.ts";
import { UdpLink } from "./udp.ts";

export interface PortSpec {
  name: string;
  link: Link;
}

/** A name that the module knows as a port's: of such a one its interface is called. */
export const isInterfaceName = (name: string): boolean => /^(?:FastEthernet|GigabitEthernet|TenGigabitEthernet|Ethernet|Serial)\d{1,5}(?:\/\d{1,5}){0,3}$/i.test(name) && name.length <= 32 && !/^Ethernet\d+$/i.test(name);

export const LINKS_ALLOWED = "udp:LOCALPORT:HOST:PORT, stream:unix:PATH[:listen] or tap:NAME";

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

/** Parses a link; a string is the sentence that says what is wrong. */
export function parseLink(text: string): Link | string {
  const [kind, ...rest] = text.split(":");
  if (kind === "udp") {
    const [localPort = "", host = "", port = ""] = rest;
    if (rest.length !== 3 || host === "") return `the link "${text}" is not of the form udp:LOCALPORT:HOST:PORT`;
    const bad = [localPort, port].find((p) => !isPort(p));
    if (bad !== undefined) return `"${bad}" in the link "${text}" is not a port; allowed are 1 to 65535`;
    return new UdpLink(text, Number(localPort), host, Number(port));
  }
  if (kind === "stream") {
    const listen = rest.at(-1) === "listen";
    const path = rest.slice(1, listen ? -1 : undefined).join(":");
    if (rest[0] !== "unix" || path === "") return `the link "${text}" is not of the form stream:unix:PATH[:listen]`;
    if (Buffer.byteLength(path) > 107) return `the path in the link "${text}" is too long for a socket; allowed are 107 bytes`;
    return new StreamLink(text, path, listen);
  }
  if (kind === "tap") {
    const [device = ""] = rest;
    if (rest.length !== 1 || !/^[^\s/,:]{1,15}$/.test(device)) return `"${rest.join(":")}" in the link "${text}" is not an interface's name; allowed are 1 to 15 characters without blanks, slashes and commas`;
    return new TapLink(text, device);
  }
  return `the link "${text}" is not known; allowed are ${LINKS_ALLOWED}`;
}

/** Parses the `--port` options, in their order; a string is the sentence that says what is wrong. */
export function parsePorts(options: readonly string[]): PortSpec[] | string {
  if (options.length > PORTS) return `--port "${options[PORTS]}" is one too many: a router has at most ${PORTS} ports`;
  const ports: PortSpec[] = [];
  for (const text of options) {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(0, at));
    if (!/^[A-Za-z0-9._/-]{1,32}$/.test(name)) return `--port "${text}" is not of the form NAME=LINK with a name of letters, digits, dots and dashes`;
    if (ports.some((p) => p.name === name)) return `--port "${text}": there is a port "${name}" already`;
    const link = parseLink(text.slice(at + 1));
    if (typeof link === "string") return `--port "${text}": ${link}`;
    ports.push({ name, link });
  }
  return ports;
}
