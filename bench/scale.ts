/** What a packet costs with many tunnels and many flows, against one of each: the way out through a whole router in Node. */
import { Endpoint } from "../tests/support/world/endpoint.ts";
import { ethernet, ETHERNET_IPV4, ipv4 } from "../tests/support/world/frame.ts";
import { Internet } from "../tests/support/world/internet.ts";
import { World, type Router } from "../tests/support/world/world.ts";
import { cpu, measure, type Contender, type Row } from "./measure.ts";
import type { Bench } from "./suite.ts";

const COUNTS = [8, 32, 100, 1000, 4000, 10000];
/** Octets of a datagram: with a short one the search for its SA counts. */
const LENGTH = 64;
const ESP = "esp-gcm 128";
/** Tunnels of one peer's. */
const EACH = 25;

const HEAD = `crypto isakmp policy 10
 encryption aes 128
 hash sha256
 authentication pre-share
 group 1
crypto ipsec transform-set TS ${ESP}
`;
const HUB = "192.0.2.1";
const addressOf = (branch: number): string => `198.18.${Math.floor(branch / 200)}.${(branch % 200) + 1}`;
const gatewayOf = (branch: number): string => `198.18.${Math.floor(branch / 200)}.254`;
/** The network behind tunnel n, and a host in it. With many flows there is one tunnel, whose network has all of them. */
const network = (n: number): string => `10.${2 + (n >> 8)}.${n & 255}.0`;
const host = (n: number, flow: number): string => `10.${2 + (n >> 8) + (flow >> 8)}.${(n + flow) & 255}.10`;

/** Lines of configuration; false where some are refused. */
function configure(router: Router, lines: string[]): boolean {
  // The console takes so much at once.
  for (let from = 0; from < lines.length; from += 200) if (router.input(`configure terminal\n${lines.slice(from, from + 200).join("\n")}\nend\n`) > 0) return false;
  return true;
}

/** A hub with so many tunnels, and its work on packets to so many flows in each. A number: it takes only that many. */
function hub(tunnels: number, flows: number): Contender | number {
  const world = new World(3);
  const internet = new Internet(world, 1);
  const router = world.router("hub", {
    config: `hostname hub\n${HEAD}interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\ninterface Ethernet1\n ip address ${HUB} 255.255.255.0\nip route 0.0.0.0 0.0.0.0 192.0.2.254\n`,
  });
  const inside = new Endpoint("10.1.0.10", "10.1.0.1");
  world.wire(inside, router.port(0));
  internet.join(router.port(1), HUB);
  const mask = flows > 1 ? "0.255.255.255" : "0.0.0.255";
  const inner = flows > 1 ? () => "10.0.0.0" : network;
  for (let b = 0; b * EACH < tunnels; b++) {
    const nets = Array.from({ length: Math.min(EACH, tunnels - b * EACH) }, (_, i) => inner(b * EACH + i));
    const key = `crypto isakmp key correct-horse-battery address`;
    const mine = [
      `${key} ${addressOf(b)}`, `ip access-list extended B${b}`, ...nets.map((net) => ` permit ip 10.1.0.0 0.0.0.255 ${net} ${mask}`),
      `crypto map CM ${b + 1} ipsec-isakmp`, ` set peer ${addressOf(b)}`, " set transform-set TS", ` match address B${b}`,
      // An interface takes a crypto map that is there.
      ...(b === 0 ? ["interface Ethernet1", " crypto map CM"] : []),
    ];
    if (!configure(router, mine)) return b * EACH;
    const branch = world.router(`branch${b}`, {
      seed: b + 10,
      config: `hostname branch\n${HEAD}${key} ${HUB}\nip access-list extended VPN\n${nets.map((net) => ` permit ip ${net} ${mask} 10.1.0.0 0.0.0.255`).join("\n")}\ncrypto map CM 10 ipsec-isakmp\n set peer ${HUB}\n set transform-set TS\n match address VPN\n` +
        `interface Ethernet1\n ip address ${addressOf(b)} 255.255.255.0\n crypto map CM\nip route 0.0.0.0 0.0.0.0 ${gatewayOf(b)}\n`,
    });
    internet.join(branch.port(1), addressOf(b));
    for (let i = 0; i < nets.length; i++) {
      const before = router.eventsOf("ipsec.sa").length;
      inside.datagram(ipv4(inside.address, host(b * EACH + i, 0), 253, new Uint8Array(8)));
      world.run(3000, () => router.eventsOf("ipsec.sa").length > before);
      if (router.eventsOf("ipsec.sa").length === before) return b * EACH + i;
    }
    world.run(200);
    // The hub's SAs stay as they are when the branch is gone.
    world.routers.splice(world.routers.indexOf(branch), 1);
    router.events.length = 0;
  }
  // From here on the hub is alone: what it sends is counted.
  let sent = 0;
  router.port(1).send = (frame) => void (frame[23] === 50 && sent++);
  let arp: Uint8Array | undefined;
  inside.send = (frame) => void (arp = frame);
  inside.datagram(ipv4(inside.address, host(0, 0), 253, new Uint8Array(8)));
  const frames = Array.from({ length: tunnels * flows }, (_, n) => ethernet(arp!.subarray(0, 6), inside.mac, ETHERNET_IPV4, ipv4(inside.address, host(n % tunnels, Math.floor(n / tunnels)), 253, new Uint8Array(LENGTH - 20))));
  const { exports } = router;
  const now = router.clock();
  let next = 0;
  const run = (n: number): void => {
    const memory = new Uint8Array(exports.memory.buffer);
    for (let left = n; left > 0; left -= 16) {
      for (let i = Math.min(16, left); i > 0; i--) {
        const frame = frames[next]!;
        next = next + 1 === frames.length ? 0 : next + 1;
        const at = exports.frame_alloc();
        memory.set(frame, at);
        exports.on_frame(now, 0, at, frame.length);
      }
      exports.poll(now);
    }
  };
  return {
    name: tunnels * flows === 1 ? "one tunnel, one flow" : flows > 1 ? "this many flows" : "this many tunnels",
    result: () => {
      sent = 0;
      run(frames.length);
      return Buffer.from(`${sent === frames.length ? "all" : sent} sealed`);
    },
    run: (n) => {
      const start = cpu();
      run(n);
      return cpu() - start;
    },
  };
}

export const scale: Bench = async (effort, done) => {
  const rows: Row[] = [];
  const missing: string[] = [];
  const one = hub(1, 1) as Contender;
  for (const kind of ["tunnels", "flows"] as const)
    for (const count of effort.quick ? COUNTS.slice(0, 1) : COUNTS) {
      const many = kind === "tunnels" ? hub(count, 1) : hub(1, count);
      if (typeof many === "number") {
        missing.push(`${count} ${kind} and more were not measured: this build of the module has room for ${many}.`);
        break;
      }
      const row = await measure({ group: kind, size: count, expected: Buffer.from("all sealed"), contenders: [one, many] }, effort);
      rows.push(row);
      done(row);
    }
  return { name: "scale", about: `a packet of ${LENGTH} octets out through a router, with many tunnels or many flows; ${ESP}`, unit: "µs", axis: "how many", rows, missing, notes: ["A ratio here is how much dearer a packet becomes. Packets go to all tunnels, or flows, in turn: none is where the last one was."] };
};
