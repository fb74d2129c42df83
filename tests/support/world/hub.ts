/** A gateway with branches across a routed network: hub 192.0.2.1 and its peers, a host behind each. */
import { Endpoint } from "./endpoint.ts";
import { Internet } from "./internet.ts";
import { World, type Router } from "./world.ts";

export interface BranchOptions {
  /** Lines of `crypto isakmp policy 10`. */
  policy?: string;
  extra?: string;
}

const POLICY = " encryption aes 128\n hash sha256\n authentication pre-share\n group 2";

/** The rest of a configuration with a list VPN and a transform set TS: their use towards 192.0.2.1, with 10.n.0.0/24 inside. */
export function tunnelToHub(n: number, wan: string, gateway: string): string {
  return `crypto map CM 10 ipsec-isakmp
 set peer 192.0.2.1
 set transform-set TS
 match address VPN
interface Ethernet0
 ip address 10.${n}.0.1 255.255.255.0
interface Ethernet1
 ip address ${wan} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 ${gateway}
`;
}

/** Number n has 10.n.0.0/24 behind 198.51.100.n; the hub has 10.1.0.0/24. */
export class Branch {
  router: Router;
  host: Endpoint;
  readonly wan: string;
  private sequence = 0;

  constructor(
    private hub: Hub,
    readonly n: number,
    options: BranchOptions,
  ) {
    this.wan = `198.51.100.${n}`;
    this.host = new Endpoint(`10.${n}.0.10`, `10.${n}.0.1`);
    this.router = hub.world.router(`branch${n}`, {
      config: `
hostname branch${n}
crypto isakmp policy 10
${options.policy ?? POLICY}
crypto isakmp key correct-horse-battery address 192.0.2.1
crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac
ip access-list extended VPN
 permit ip 10.${n}.0.0 0.0.0.255 10.1.0.0 0.0.0.255
${tunnelToHub(n, this.wan, "198.51.100.254")}${options.extra ?? ""}`,
    });
    hub.world.wire(this.host, this.router.port(0));
    hub.internet.join(this.router.port(1), this.wan);
  }

  /** Sends one ping to the hub's host; gives its number. */
  send(from: "branch" | "hub" = "branch"): number {
    const sequence = (this.n * 1000 + (++this.sequence % 1000)) & 0xffff;
    if (from === "branch") this.host.ping("10.1.0.10", sequence);
    else this.hub.host.ping(this.host.address, sequence);
    return sequence;
  }

  ping(ms = 20_000, from: "branch" | "hub" = "branch"): boolean {
    const source = from === "branch" ? this.host : this.hub.host;
    const sequence = this.send(from);
    return this.hub.world.run(ms, () => source.replies.has(sequence));
  }
}

export class Hub {
  world: World;
  internet: Internet;
  router: Router;
  host = new Endpoint("10.1.0.10", "10.1.0.1");

  /** @param branches numbers of the branches that the hub is configured for; `more` further lines of the crypto map and after it */
  constructor(branches: number[], options: { policy?: string; more?: string; delay?: number; seed?: number } = {}) {
    this.world = new World(options.seed ?? 1);
    this.internet = new Internet(this.world, options.delay ?? 10);
    const lists = branches.map((n) => `ip access-list extended L${n}\n permit ip 10.1.0.0 0.0.0.255 10.${n}.0.0 0.0.0.255`);
    const entries = branches.map((n) => `crypto map CM ${n} ipsec-isakmp\n set peer 198.51.100.${n}\n set transform-set TS\n match address L${n}`);
    this.router = this.world.router("hub", {
      config: `
hostname hub
crypto isakmp policy 10
${options.policy ?? POLICY}
crypto isakmp key correct-horse-battery address 0.0.0.0 0.0.0.0
crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac
${lists.join("\n")}
${entries.join("\n")}
${options.more ?? ""}
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.254
`,
    });
    if (this.router.refusedLines) throw new Error(`the configuration is refused: ${this.router.output}`);
    this.world.wire(this.host, this.router.port(0));
    this.internet.join(this.router.port(1), "192.0.2.1");
  }

  branch(n: number, options: BranchOptions = {}): Branch {
    return new Branch(this, n, options);
  }
}
