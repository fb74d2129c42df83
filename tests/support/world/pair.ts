/** Two routers, alpha and beta, with a host behind each: the world most exchange tests begin with. */
import { Endpoint } from "./endpoint.ts";
import { World, type Fault, type Router, type RouterOptions } from "./world.ts";

export interface Settings {
  encryption: string;
  hash: string;
  group: number;
  esp: string;
  pfs?: number;
  psk: string;
  ikeLifetime: number;
  ipsecLifetime: number;
  /** lines of the access list, as seen from alpha */
  selectors: [local: string, remote: string][];
  extra?: string;
}

export const DEFAULTS: Settings = {
  encryption: "aes 128",
  hash: "sha256",
  group: 14,
  esp: "esp-aes 128 esp-sha256-hmac",
  psk: "correct-horse-battery-staple",
  ikeLifetime: 86400,
  ipsecLifetime: 3600,
  selectors: [["10.1.0.0 0.0.0.255", "10.2.0.0 0.0.0.255"]],
};

/** A router's configuration; `side` 1 is alpha (10.1.0.0/24, 192.0.2.1), 2 is beta (10.2.0.0/24, 192.0.2.2). */
export function configuration(side: 1 | 2, s: Settings): string {
  const other = 3 - side;
  const lines = s.selectors.map(([a, b]) => ` permit ip ${side === 1 ? `${a} ${b}` : `${b} ${a}`}`).join("\n");
  return `
hostname ${side === 1 ? "alpha" : "beta"}
crypto isakmp policy 10
 encryption ${s.encryption}
 hash ${s.hash}
 authentication pre-share
 group ${s.group}
 lifetime ${s.ikeLifetime}
crypto isakmp key ${s.psk} address 192.0.2.${other}
crypto ipsec transform-set TS ${s.esp}
ip access-list extended VPN
${lines}
crypto map CM 10 ipsec-isakmp
 set peer 192.0.2.${other}
 set transform-set TS
${s.pfs ? ` set pfs group${s.pfs}\n` : ""} set security-association lifetime seconds ${s.ipsecLifetime}
 match address VPN
interface Ethernet0
 ip address 10.${side}.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.${side} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.${other}
${s.extra ?? ""}`;
}

export interface PairOptions {
  alpha?: Partial<Settings>;
  beta?: Partial<Settings>;
  both?: Partial<Settings>;
  seed?: number;
  fault?: Fault;
  alphaOptions?: RouterOptions;
}

const ETHERTYPE_IP = 0x0800;

export class Pair {
  world: World;
  alpha: Router;
  beta: Router;
  a = new Endpoint("10.1.0.10", "10.1.0.1");
  b = new Endpoint("10.2.0.10", "10.2.0.1");
  /** Every frame that alpha (0) and beta (1) put on the WAN. */
  wan: { at: number; direction: 0 | 1; frame: Uint8Array }[] = [];
  fault: Fault | undefined;
  private sequence = 0;

  constructor(options: PairOptions = {}) {
    this.world = new World(options.seed ?? 1);
    this.fault = options.fault;
    this.alpha = this.world.router("alpha", { config: configuration(1, { ...DEFAULTS, ...options.both, ...options.alpha }), ...options.alphaOptions });
    this.beta = this.world.router("beta", { config: configuration(2, { ...DEFAULTS, ...options.both, ...options.beta }) });
    this.world.wire(this.a, this.alpha.port(0));
    this.world.wire(this.b, this.beta.port(0));
    this.world.wire(this.alpha.port(1), this.beta.port(1), {
      delay: 5,
      tap: (frame, direction) => {
        // Whatever a test is about: nothing of the inner networks may be seen on the WAN.
        if (frame[12] === 8 && frame[13] === 0 && frame[23] === 1 && (frame[26] === 10 || frame[30] === 10)) throw new Error("a packet of the inner networks is on the WAN in plain");
        this.wan.push({ at: this.world.now, direction, frame });
        if (this.wan.length > 200_000) this.wan.splice(0, 100_000);
      },
      fault: (frame, world, direction) => (this.fault ? this.fault(frame, world, direction) : [{ frame }]),
    });
  }

  /** One ping from a to b (or back); true when it was answered within `ms`. */
  ping(ms = 30_000, from: "a" | "b" = "a"): boolean {
    const [source, target] = from === "a" ? [this.a, this.b] : [this.b, this.a];
    const sequence = ++this.sequence & 0xffff;
    source.replies.delete(sequence);
    source.ping(target.address, sequence);
    return this.world.run(ms, () => source.replies.has(sequence));
  }

  /** Pings every `every` ms for `ms`; returns how many of them were never answered. */
  pings(ms: number, every: number, from: "a" | "b" = "a"): { sent: number; lost: number } {
    const [source, target] = from === "a" ? [this.a, this.b] : [this.b, this.a];
    source.replies.clear();
    let sent = 0;
    for (const end = this.world.now + ms; this.world.now < end; sent++) {
      source.ping(target.address, ++this.sequence & 0xffff);
      source.received.length = 0;
      target.received.length = 0;
      this.world.run(every);
    }
    this.world.run(2000);
    return { sent, lost: sent - source.replies.size };
  }

  /** ISAKMP messages on the WAN, as octets, in order. */
  isakmp(): { direction: 0 | 1; data: Uint8Array; at: number }[] {
    return this.wan.flatMap(({ frame, direction, at }) => {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      if (view.getUint16(12) !== ETHERTYPE_IP || frame[23] !== 17) return [];
      const port = view.getUint16(36);
      if (port !== 500 && port !== 4500) return [];
      const length = view.getUint16(38) - 8;
      const skip = port === 4500 ? 4 : 0;
      if (length < 28 + skip || (port === 4500 && view.getUint32(42) !== 0)) return [];
      return [{ direction, at, data: frame.slice(42 + skip, 42 + length) }];
    });
  }

  /** Frames on the WAN that carry IPv4 protocol `protocol`. */
  ofProtocol(protocol: number): Uint8Array[] {
    return this.wan.map(({ frame }) => frame).filter((f) => ((f[12]! << 8) | f[13]!) === ETHERTYPE_IP && f[23] === protocol);
  }

  /** Pairs of SAs that a router holds, from `show crypto ipsec sa`: the distinct inbound SPIs. */
  spis(router: Router): string[] {
    const text = router.type("show crypto ipsec sa");
    const inbound = text.split(/inbound esp sas:/).slice(1).map((part) => part.split(/outbound esp sas:/)[0]!);
    return inbound.flatMap((part) => [...part.matchAll(/spi: 0x([0-9A-Fa-f]+)/g)].map((m) => m[1]!));
  }
}
