/**
 * What stands around the router of docs/examples/branch-office: a provider that gives addresses, servers on the Internet, the head
 * office's router and its log host, and a computer in the office that asks for its address. All of it is on a world's clock; the router
 * itself is whoever is at the ends of the two wires, in the world or not.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Endpoint } from "../world/endpoint.ts";
import { inSubnet, ipv4, macBytes, parseFrame, udp } from "../world/frame.ts";
import { dns, askedName, QUESTION, record, reply, serve, type Asked } from "../world/servers.ts";
import { Switch } from "../world/switch.ts";
import type { Port, Router, World } from "../world/world.ts";
import { address, addressIn, frame, heard, make, TYPE } from "./dhcp.ts";

const folder = fileURLToPath(new URL("../../../docs/examples/branch-office/", import.meta.url));
export const DOCUMENT = `${folder}README.md`;
/** Lines that the document has typed, in its order. */
export const typed = (): string[] => [...readFileSync(DOCUMENT, "utf8").matchAll(/^```text branch\n([^]*?)^```$/gm)].flatMap(([, body]) => body!.trimEnd().split("\n"));
export const USER = "admin";
/** The password that the document gives that user. */
export const password = (): string => /^username admin .*secret (\S+)$/m.exec(readFileSync(DOCUMENT, "utf8"))![1]!;

/** Noon of that day is when a world begins. */
const BEGIN = Date.UTC(2026, 6, 9, 12);
const ISP = `
hostname isp
ip dhcp excluded-address 203.0.113.1 203.0.113.49
ip dhcp excluded-address 203.0.113.254
ip dhcp pool CUSTOMERS
 network 203.0.113.0 255.255.255.0
 default-router 203.0.113.254
 dns-server 198.51.100.53
interface Ethernet0
 ip address 203.0.113.254 255.255.255.0
interface Ethernet1
 ip address 192.0.2.254 255.255.255.0
interface Ethernet2
 ip address 198.51.100.254 255.255.255.0
`;
const NAMES: Record<string, string> = { "time.example.net": "198.51.100.123", "www.example.net": "198.51.100.80" };
const ERA = 2208988800;

/** A computer that asks for its address (RFC 2131) and then is an endpoint there. */
export class Computer implements Port {
  send: (frame: Uint8Array) => void = () => {};
  host: Endpoint | undefined;
  nameServer: string | undefined;
  private static readonly mac = "02:00:00:00:07:01";
  private xid = 0;

  /** Asks anew, as after it was switched on. */
  begin(): void {
    this.host = undefined;
    this.xid++;
    this.ask(TYPE.discover, []);
  }

  private ask(type: number, options: [number, Uint8Array][]): void {
    this.send(frame({ mac: Computer.mac, ip: "0.0.0.0", port: 68 }, { ip: "255.255.255.255", port: 67 }, make({ op: 1, xid: this.xid, mac: Computer.mac, flags: 0x8000, options: [[53, Uint8Array.of(type)], [55, Uint8Array.of(1, 3, 6, 15)], ...options] })));
  }

  receive(bytes: Uint8Array): void {
    const answer = heard(bytes);
    if (!answer) return this.host?.receive(bytes);
    const { message, type } = answer;
    if (message.mac !== Computer.mac || message.xid !== this.xid) return;
    if (type === TYPE.offer) this.ask(TYPE.request, [[50, address(message.yiaddr)], [54, address(addressIn(message, 54)!)]]);
    if (type !== TYPE.ack) return;
    this.host = new Endpoint(message.yiaddr, addressIn(message, 3)!, { mac: macBytes(Computer.mac) });
    this.host.send = (bytes) => this.send(bytes);
    this.nameServer = addressIn(message, 6);
  }
}

export class BranchOffice {
  readonly computer = new Computer();
  readonly hub: Router;
  readonly web = new Endpoint("198.51.100.80", "198.51.100.254");
  readonly logHost = new Endpoint("10.1.0.9", "10.1.0.1");
  private readonly names = new Endpoint("198.51.100.53", "198.51.100.254");
  private readonly time = new Endpoint("198.51.100.123", "198.51.100.254");
  /** Datagrams on the provider's line: from, to, protocol; what the branch sent is `out`. */
  line: { src: string; dst: string; protocol: number; out: boolean }[] = [];
  /** Lines that the log host got, and from whom. */
  logged: { from: string; text: string }[] = [];
  /** Who asked the web's host, by the UDP port asked and the datagram's octets. */
  readonly asked: Asked[];
  private mac: string | undefined;
  private sequence = 0;
  private toLine: (frame: Uint8Array) => void = () => {};

  constructor(
    readonly world: World,
    lan: Port,
    wan: Port,
  ) {
    const isp = world.router("isp", { config: ISP, wall: BEGIN / 1000 });
    this.hub = world.router("hub", { config: readFileSync(`${folder}hub.ios`, "utf8"), wall: BEGIN / 1000 });
    if (isp.refusedLines + this.hub.refusedLines > 0) throw new Error(isp.output + this.hub.output);
    world.wire(this.computer, lan);
    world.wire(wan, isp.port(0), {
      delay: 3,
      tap: (bytes, direction) => {
        const parsed = parseFrame(bytes);
        if (direction === 0 && parsed) this.mac = parsed.src;
        if (parsed?.ip) this.line.push({ src: parsed.ip.src, dst: parsed.ip.dst, protocol: parsed.ip.protocol, out: direction === 0 });
      },
    });
    this.toLine = (bytes) => isp.port(0).send(bytes);
    world.wire(this.hub.port(1), isp.port(1), { delay: 5 });
    world.wire(this.logHost, this.hub.port(0));
    const servers = new Switch(world);
    for (const port of [isp.port(2), this.web, this.names, this.time]) servers.plug(port);
    serve(this.names, 53, (q) => {
      const found = NAMES[askedName(q)];
      return found ? dns(q, [record(QUESTION, 1, 300, [...address(found)])]) : dns(q, [], 3);
    });
    serve(this.time, 123, (q) => this.stamped(q));
    serve(this.logHost, 514, ({ from, data }) => void this.logged.push({ from, text: new TextDecoder().decode(data) }));
    this.asked = serve(this.web, 7, ({ data }) => data);
  }

  /** What the time server says (RFC 4330, 5). */
  private stamped(q: Asked): Uint8Array {
    const out = Buffer.alloc(48);
    out[0] = (4 << 3) | 4;
    out[1] = 2;
    out.set(q.data.subarray(40, 48), 24);
    for (const at of [16, 32, 40]) out.writeUInt32BE(Math.floor((BEGIN + this.world.now) / 1000) + ERA, at);
    return out;
  }

  /** What the branch let out by the provider's line that must not leave: an address of either office. */
  get leaked(): string[] {
    return this.line.filter(({ src, dst, out }) => out && [src, dst].some((one) => inSubnet(one, "10.0.0.0/8"))).map(({ src, dst, protocol }) => `${src} > ${dst}, protocol ${protocol}`);
  }

  /** The computer sends one ping; whether its answer has come is what it returns says. */
  ping(to: string): () => boolean {
    const host = this.computer.host!;
    const sequence = ++this.sequence;
    host.ping(to, sequence);
    return () => host.replies.has(sequence);
  }

  /** The computer asks the web's host on a UDP port. */
  ask(): void {
    const host = this.computer.host!;
    host.datagram(ipv4(host.address, this.web.address, 17, udp(40000 + ++this.sequence, 7, new Uint8Array(8)), { id: host.nextId() }));
  }

  /** Somebody at the provider sends a datagram to the branch's port, whatever its addresses are. */
  throwAt(datagram: Uint8Array): void {
    const whole = new Uint8Array(14 + datagram.length);
    whole.set(macBytes(this.mac!), 0);
    whole.set([2, 0, 0, 0, 0x66, 1, 8, 0], 6);
    whole.set(datagram, 14);
    this.toLine(whole);
  }

  /** The web's host answers from another port than it was asked on. */
  answerFromElsewhere(): void {
    reply(this.web, this.asked.at(-1)!, 8, new Uint8Array(8));
  }
}
