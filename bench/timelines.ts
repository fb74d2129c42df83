/**
 * Timelines to be priced on a board: a tunnel's first packet, then packets of one length in one direction at a time. A
 * timeline may end after any record, so the price of a part is that of the timeline with it less that of the one without.
 */
import { generateKeyPairSync } from "node:crypto";
import { RecordedRouter } from "../tests/boards/machine/timeline.ts";
import { certificate, pem } from "../tests/support/second/certificates.ts";
import { Crowd, crowdConfig, Member } from "../tests/support/second/crowd.ts";
import { Endpoint } from "../tests/support/world/endpoint.ts";
import { IP_UDP, ipv4, udp } from "../tests/support/world/frame.ts";
import { configuration, DEFAULTS, type Settings } from "../tests/support/world/pair.ts";
import { World, type Router } from "../tests/support/world/world.ts";

export const LENGTHS = [64, 512, 1400];
/** Packets of one length in one direction. */
export const PACKETS = 16;

/** A place in a timeline: octets of it, frames sent so far, and octets that the replay's digest has taken. */
export interface Mark {
  name: string;
  at: number;
  frames: number;
  digested: number;
}

export interface Timeline {
  octets: Buffer;
  marks: Mark[];
}

/** The timeline that ends at a mark. */
export const upTo = (timeline: Timeline, mark: Mark): Buffer => timeline.octets.subarray(0, mark.at);

class Recorder {
  readonly marks: Mark[] = [];
  digested = 0;

  constructor(readonly router: RecordedRouter) {}

  /** Counts what goes out of a port: eight octets of head are digested with each frame. */
  readonly sent = (frame: Uint8Array): void => void (this.digested += frame.length + 8);

  mark(name: string): void {
    this.marks.push({ name, at: this.router.timeline().length, frames: this.router.digest.frames, digested: this.digested });
  }

  timeline(): Timeline {
    return { octets: this.router.timeline(), marks: this.marks };
  }
}

const BITS = 2048;

/** Keys and certificates, pasted at the console: RSA-2048 all of them. */
function prove(world: World, sides: Recorder[]): void {
  const key = () => generateKeyPairSync("rsa", { modulusLength: BITS }).privateKey;
  const root = { subject: "C=CH, O=Example, CN=Root", key: key() };
  const authority = pem(certificate({ ...root, ca: true }));
  for (const [i, { router }] of sides.entries()) {
    const own = key();
    const shown = pem(certificate({ subject: `C=CH, O=Example, CN=${i ? "beta" : "alpha"}`, key: own, issuer: root, names: [`192.0.2.${i + 1}`] }));
    router.input(`configure terminal\ncrypto pki import CA pem terminal\n${authority}quit\n${own.export({ type: "pkcs8", format: "pem" }).toString()}quit\n${shown}quit\n`);
    if (!world.run(60_000, () => /succeeded/i.test(router.output))) throw new Error(`the key and its certificate are refused: ${router.output}`);
    router.input("end\n");
  }
}

/**
 * Both sides of a tunnel, the initiator first, with the marks "start" (configured) and "tunnel" (the first packet's answer
 * came back), then "out LENGTH" and "in LENGTH" behind the packets of each length where `traffic` is wanted.
 * `clear`: the same packets routed without IPsec; `udp`: they are datagrams of UDP; `extra`: further lines of alpha's. `certificates`: both prove themselves by RSA-2048, each with a certificate that one authority of RSA-2048 has issued.
 */
export function tunnel(settings: Partial<Settings>, { traffic = false, clear = false, certificates = false, udp: ofUdp = false, extra = "" } = {}): [Timeline, Timeline] {
  const world = new World(7);
  const config = (side: 1 | 2): string => {
    const text = configuration(side, { ...DEFAULTS, ...settings });
    if (certificates) return text.replace("authentication pre-share", "authentication rsa-sig").replace(/crypto isakmp key .*\n/, "crypto pki trustpoint CA\n revocation-check none\n");
    return (clear ? text.replace(/\n crypto map CM\n/, "\n") : text) + (side === 1 ? `\n${extra}` : "");
  };
  const alpha = new Recorder(new RecordedRouter(world, 0x13579bdf, config(1)));
  const beta = new Recorder(new RecordedRouter(world, 0x2468ace0, config(2)));
  const mark = (name: string): void => [alpha, beta].forEach((side) => side.mark(name));
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  const b = new Endpoint("10.2.0.10", "10.2.0.1");
  const tap = (side: Recorder, other?: Recorder) => (frame: Uint8Array, direction: 0 | 1) => [side, other][direction]?.sent(frame);
  world.wire(alpha.router.port(0), a, { tap: tap(alpha) });
  world.wire(beta.router.port(0), b, { tap: tap(beta) });
  world.wire(alpha.router.port(1), beta.router.port(1), { tap: tap(alpha, beta) });
  if (certificates) prove(world, [alpha, beta]);
  mark("start");
  a.ping(b.address, 1);
  if (!world.run(60_000, () => a.replies.has(1))) throw new Error(`the tunnel did not come up: ${JSON.stringify(settings)}`);
  mark("tunnel");
  if (!traffic) return [alpha.timeline(), beta.timeline()];
  const send = (out: boolean, length: number, count: number): void => {
    const [source, target] = out ? [a, b] : [b, a];
    for (let i = 0; i < count; i++) {
      const octets = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, at) => (at * 7 + i) & 255);
      source.datagram(ofUdp ? ipv4(source.address, target.address, IP_UDP, udp(7000, 7001, octets(length - 28))) : ipv4(source.address, target.address, 253, octets(length - 20)));
      world.run(20);
    }
  };
  // The first packet of a direction may wait for ARP and turns SAs on.
  for (const out of [true, false]) send(out, 64, 2);
  mark("warm");
  for (const length of LENGTHS)
    for (const out of [true, false]) {
      send(out, length, PACKETS);
      mark(`${out ? "out" : "in"} ${length}`);
    }
  return [alpha.timeline(), beta.timeline()];
}

/** A router that so many peers begin a handshake with at once, for a second; who hears nothing says it again. */
export function flight(group: number, peers: number): { octets: Buffer; tunnels: number } {
  const world = new World(7);
  const router = new RecordedRouter(world, 0x13579bdf, crowdConfig().replace("group 31", `group ${group}`));
  const crowd = new Crowd(world, router as unknown as Router);
  crowd.meet();
  for (let n = 0; n < peers; n++) crowd.members.push(new Member(crowd, n, world.random, group));
  for (const member of crowd.members) member.begin();
  world.run(500);
  for (const member of crowd.members) if (!member.phase1) member.repeat();
  world.run(500);
  return { octets: router.timeline(), tunnels: crowd.made };
}
