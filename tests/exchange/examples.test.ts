/** docs/examples: each pair of configurations runs as it stands there; what must pass passes both ways, what must not does not. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Endpoint } from "../support/world/endpoint.ts";
import { ipv4 } from "../support/world/frame.ts";
import { Nat } from "../support/world/nat.ts";
import { World, type Port, type Router } from "../support/world/world.ts";

const folder = fileURLToPath(new URL("../../docs/examples/", import.meta.url));
const read = (path: string) => readFileSync(folder + path, "utf8");

/** A router that knows nothing of IPsec joins the providers' networks. */
const INTERNET = `
hostname internet
interface Ethernet0
 ip address 192.0.2.254 255.255.255.0
interface Ethernet1
 ip address 198.51.100.254 255.255.255.0
interface Ethernet2
 ip address 203.0.113.254 255.255.255.0
`;

/** Authorities made by tools are of today, and certificates hold from the second that they were made in. */
const WALL = () => Math.floor(Date.now() / 1000) + 3600;

class Internet {
  world = new World(11);
  router = this.world.router("internet", { config: INTERNET });
  /** Datagrams on the providers' networks: protocol, and whether an address of 10.0.0.0/8 shows. */
  seen: { protocol: number; port: number; inner: boolean }[] = [];
  private sequence = 0;

  /** @param wall seconds since 1970 at the routers; 0: they have no clock */
  constructor(private wall = 0) {}

  /** Connects a port to a provider. */
  connect(port: Port, provider: 0 | 1 | 2): void {
    this.world.wire(port, this.router.port(provider), {
      delay: 3,
      tap: (f) => f[12] === 8 && f[13] === 0 && this.seen.push({ protocol: f[23]!, port: (f[36]! << 8) | f[37]!, inner: f[26] === 10 || f[30] === 10 }),
    });
  }

  /** A router of an example; every line of it is taken, and nothing is warned of but what `warning` says. */
  start(path: string, change = (text: string) => text, warning?: RegExp): Router {
    const router = this.world.router(path, { config: change(read(path)), wall: this.wall });
    assert.equal(router.refusedLines, 0, router.output);
    const warnings = router.output.split("\n").filter((line) => line.startsWith("%"));
    if (warning) assert.match(warnings.join("\n"), warning);
    else assert.deepEqual(warnings, []);
    return router;
  }

  host(router: Router, address: string, port = 0): Endpoint {
    const endpoint = new Endpoint(address, address.replace(/\d+$/, "1"));
    this.world.wire(endpoint, router.port(port));
    return endpoint;
  }

  ping(from: Endpoint, to: Endpoint, ms = 15_000): boolean {
    const n = ++this.sequence;
    from.ping(to.address, n);
    return this.world.run(ms, () => from.replies.has(n));
  }

  /** A datagram of another protocol; whether it arrived. */
  passes(from: Endpoint, to: Endpoint, protocol: number, ports: [number, number], ms = 5000): boolean {
    const payload = new Uint8Array(20);
    const view = new DataView(payload.buffer);
    view.setUint16(0, ports[0]);
    view.setUint16(2, ports[1]);
    const before = to.received.length;
    from.datagram(ipv4(from.address, to.address, protocol, payload, { id: ++this.sequence }));
    return this.world.run(ms, () => to.received.slice(before).some((d) => d.protocol === protocol && d.src === from.address));
  }

  /** Nothing of the private networks was ever to be seen outside, and what was protected was protected by `protocol`. */
  check(protocol: number): void {
    assert.deepEqual(this.seen.filter((d) => d.inner), []);
    const others = this.seen.filter((d) => d.protocol !== 17).map((d) => d.protocol);
    assert.deepEqual([...new Set(others)], protocol === 17 ? [] : [protocol]);
  }
}

/** Tools that an authority may be made with, and how it is seen that they are there. */
const AUTHORITIES: [tool: string, asks: string[]][] = [["openssl", ["version"]], ["pki", ["--help"]]];
const isThere = (tool: string, asks: string[]) => spawnSync(tool, asks, { encoding: "utf8" }).status === 0;

/**
 * Runs an example's CA.md: blocks of `sh TOOL` in a folder of its own, blocks of `text ROUTER` at the routers' consoles, in the order in which they stand; those that
 * have a word more when that is asked for.
 */
class Authority {
  private folder = mkdtempSync(join(tmpdir(), "postern-ca-"));
  private blocks: { kind: string; who: string; word: string; lines: string[] }[];

  constructor(
    example: string,
    private tool: string,
    private world: World,
    private routers: Record<string, Router>,
  ) {
    this.blocks = [...read(`${example}/CA.md`).matchAll(/^```(sh|text) (\w+)(?: (\w+))?\n([^]*?)^```$/gm)].map(([, kind, who, word = "", text]) => ({ kind: kind!, who: who!, word, lines: text!.trimEnd().split("\n") }));
  }

  run(word = ""): void {
    for (const { kind, who, lines } of this.blocks.filter((block) => block.word === word)) {
      if (kind === "text") this.type(this.routers[who]!, lines);
      else if (who === this.tool) this.shell(lines);
    }
  }

  private shell(lines: string[]): void {
    for (const line of lines) {
      const { status, stderr } = spawnSync("sh", ["-c", line], { cwd: this.folder, encoding: "utf8" });
      assert.equal(status, 0, `${line}\n${stderr}`);
    }
  }

  private type(router: Router, lines: string[]): void {
    for (const line of lines) {
      const [, verb, file] = /^\((paste|save) (\S+)\)$/.exec(line) ?? [];
      if (verb === "save") {
        const printed = /-----BEGIN [^-]+-----\n[^-]*-----END [^-]+-----\n/.exec(router.output);
        assert.ok(printed, router.output);
        writeFileSync(join(this.folder, file!), printed[0]);
        continue;
      }
      router.output = "";
      const text = verb === "paste" ? `${readFileSync(join(this.folder, file!), "utf8")}quit` : line;
      router.type(text);
      // Until it asks for a paste or an answer, or has a prompt: keys take their time.
      assert.ok(this.world.run(120_000, () => /#$|\]: $|by itself\.\n\n$/.test(router.output)), `${line}: ${router.output}`);
      assert.doesNotMatch(router.output, /^% (?!Generating|Do you accept|.*successfully|.*imported)/m, line);
    }
  }

  forget(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A stranger at a provider sends a datagram in plain that pretends to come out of a tunnel. */
function forged(net: Internet, to: Router, from: Endpoint, target: Endpoint): boolean {
  const before = target.requests;
  const stranger = new Endpoint("192.0.2.66", "192.0.2.1");
  const wire = to.port(1).send;
  net.world.wire(stranger, to.port(1));
  stranger.ping(target.address, 1, 56);
  stranger.datagram(ipv4(from.address, target.address, 1, new Uint8Array([8, 0, 0xf7, 0xff, 0, 0, 0, 0])));
  net.world.run(2000);
  to.port(1).send = wire;
  return target.requests > before;
}

test("every example has a test, and is linked from docs/CLI.md", () => {
  const texts = [import.meta.url, new URL("branch_office.test.ts", import.meta.url)].map((one) => readFileSync(fileURLToPath(one), "utf8"));
  const tested = [...texts.join("\n").matchAll(/^ *test\(["`]([\w-]+):/gm)].map((m) => m[1]!);
  assert.deepEqual(readdirSync(folder).sort(), tested.sort());
  const cli = readFileSync(fileURLToPath(new URL("../../docs/CLI.md", import.meta.url)), "utf8");
  for (const name of tested) for (const file of readdirSync(folder + name)) assert.ok(cli.includes(`](examples/${name}/${file})`), `${name}/${file}`);
});

test("site-to-site: pings both ways, whoever begins", () => {
  for (const first of ["alpha", "beta"] as const) {
    const net = new Internet();
    const alpha = net.start("site-to-site/alpha.ios");
    const beta = net.start("site-to-site/beta.ios");
    const a = net.host(alpha, "10.1.0.10");
    const b = net.host(beta, "10.2.0.10");
    net.connect(alpha.port(1), 0);
    net.connect(beta.port(1), 1);
    const [x, y] = first === "alpha" ? [a, b] : [b, a];
    assert.ok(net.ping(x, y), alpha.output + beta.output);
    assert.ok(net.ping(y, x));
    // A network that is not in the access list stays inside, and plain text from outside stays outside.
    assert.equal(net.ping(a, new Endpoint("10.3.0.10", "10.3.0.1"), 2000), false);
    assert.equal(forged(net, alpha, b, a), false);
    net.check(50);
    alpha.configure("interface Ethernet1\n no crypto map");
    assert.equal(forged(net, alpha, b, a), true, "without the crypto map it would have come in");
  }
});

test("three-subnets: each line has SAs of its own; guests and other ports do not pass", () => {
  const net = new Internet();
  const alpha = net.start("three-subnets/alpha.ios");
  const beta = net.start("three-subnets/beta.ios");
  const office = net.host(alpha, "10.1.0.10");
  const voice = net.host(alpha, "10.1.1.10", 2);
  const server = net.host(alpha, "10.1.2.10", 3);
  const b = net.host(beta, "10.2.0.10");
  net.connect(alpha.port(1), 0);
  net.connect(beta.port(1), 1);
  // All at once.
  for (const host of [office, voice, server]) host.ping(b.address, 900);
  assert.ok(net.world.run(15_000, () => [office, voice, server].every((host) => host.replies.has(900))));
  assert.equal(alpha.eventsOf("ike.sa", { state: "up" }).length, 1);
  assert.equal(alpha.eventsOf("ipsec.sa", { state: "up" }).length, 3);
  for (const host of [office, voice, server]) assert.ok(net.ping(b, host));
  assert.ok(net.passes(b, server, 6, [40000, 443]));
  assert.ok(net.passes(server, b, 6, [443, 40000]));
  assert.equal(net.passes(b, server, 6, [40000, 22]), false);
  assert.equal(net.passes(server, b, 17, [53, 53]), false);
  const guest = net.host(alpha, "10.1.2.200", 3);
  assert.equal(net.ping(guest, b, 3000), false);
  net.check(50);
});

test("hub-and-branches: branches of any address, one that moves, none reaches another", () => {
  const net = new Internet();
  const hub = net.start("hub-and-branches/hub.ios", undefined, /^% Warning: this key is every peer's[^\n]*$/);
  const first = net.start("hub-and-branches/branch.ios");
  const second = net.start("hub-and-branches/branch.ios", (text) => text.replaceAll("10.16.0.", "10.17.0.").replaceAll("198.51.100.16", "203.0.113.17").replaceAll("198.51.100.254", "203.0.113.254"));
  const h = net.host(hub, "10.0.0.10");
  const a = net.host(first, "10.16.0.10");
  const b = net.host(second, "10.17.0.10");
  net.connect(hub.port(1), 0);
  net.connect(first.port(1), 1);
  net.connect(second.port(1), 2);
  assert.equal(net.ping(h, a, 2000), false, "the hub does not know where it is");
  assert.ok(net.ping(a, h), hub.output + first.output);
  assert.ok(net.ping(b, h));
  assert.ok(net.ping(h, a));
  assert.ok(net.ping(h, b));
  assert.equal(net.ping(a, b, 3000), false);
  // The provider gives the first branch another address.
  first.configure("interface Ethernet1\n ip address 198.51.100.99 255.255.255.0");
  assert.ok(net.ping(a, h, 60_000), first.output);
  assert.ok(net.ping(h, a));
  assert.ok(net.ping(h, b));
  net.check(50);
});

test("hub-aggressive: each branch by its name and key, one of them behind a NAT; none has what is another's", () => {
  const net = new Internet();
  const aggressive = /^(% Warning: profile \w+: Aggressive Mode shows names in plain[^\n]*\n?)+$/;
  const hub = net.start("hub-aggressive/hub.ios", undefined, aggressive);
  const north = net.start("hub-aggressive/north.ios", undefined, aggressive);
  // south is behind a NAT: nothing changes for it but its own address.
  const south = net.start("hub-aggressive/south.ios", (text) => text.replace("203.0.113.17", "192.168.7.2").replace("203.0.113.254", "192.168.7.1"), aggressive);
  const h = net.host(hub, "10.0.0.10");
  const a = net.host(north, "10.16.0.10");
  const b = net.host(south, "10.17.0.10");
  const nat = new Nat("192.168.7.2", "192.168.7.1", "203.0.113.9", "203.0.113.254");
  net.connect(hub.port(1), 0);
  net.connect(north.port(1), 1);
  net.world.wire(south.port(1), nat.inside);
  net.connect(nat.outside, 2);
  assert.ok(net.ping(a, h), hub.output + north.output);
  assert.ok(net.ping(b, h), hub.output + south.output);
  assert.ok(net.ping(h, a));
  assert.ok(net.ping(h, b));
  assert.equal(net.ping(a, b, 3000), false);
  assert.equal(hub.eventsOf("ike.message", { exchange: "main" }).length, 0);
  // north comes back from another address, without a word.
  const line = north.port(1).send;
  north.port(1).send = () => {};
  north.configure("interface Ethernet1\n ip address 198.51.100.99 255.255.255.0");
  net.world.run(1000);
  north.port(1).send = line;
  assert.ok(net.ping(a, h, 60_000), north.output);
  assert.match(hub.output, /peer 1 \(north\.example\.com\) was at 198\.51\.100\.16 port 500 and is at 198\.51\.100\.99 port 500/);
  assert.ok(net.ping(h, a));
  // south with its own name and key wants north's network: the hub's list for south does not permit it.
  south.configure("ip access-list extended VPN\n 20 permit ip 10.16.0.0 0.0.0.255 10.0.0.0 0.0.0.255\ninterface Ethernet2\n ip address 10.16.0.1 255.255.255.0");
  const thief = net.host(south, "10.16.0.66", 2);
  assert.equal(net.ping(thief, h, 3000), false);
  assert.ok(net.ping(h, a), "north still has it");
  // A name that no profile knows gets no answer, and the hub says who asked.
  north.configure("crypto isakmp profile HUB\n self-identity fqdn nobody.example.com");
  north.type("clear crypto isakmp");
  net.world.run(500);
  assert.equal(net.ping(a, h, 3000), false);
  assert.match(hub.type("show crypto isakmp diagnose 198.51.100.99"), /\nWhy: 198\.51\.100\.99 asks for Aggressive Mode as ID_FQDN "nobody\.example\.com", which no /);
  assert.deepEqual(net.seen.filter((d) => d.inner), []);
});

test("ah-transport: the routers' own packets, authentic; what comes without AH is dropped", () => {
  const net = new Internet();
  const hides = /^% Warning: transform set SEALED: AH hides nothing[^\n]*$/;
  const alpha = net.start("ah-transport/alpha.ios", undefined, hides);
  const beta = net.start("ah-transport/beta.ios", undefined, hides);
  net.connect(alpha.port(1), 0);
  net.connect(beta.port(1), 1);
  const ping = (from: Router, to: string, repeat: number) => {
    const before = from.output.length;
    from.type(`ping ${to} repeat ${repeat}`);
    net.world.run(30_000, () => /Success rate/.test(from.output.slice(before)));
    return Number(/Success rate is (\d+) percent/.exec(from.output.slice(before))![1]);
  };
  assert.equal(ping(alpha, "198.51.100.1", 5), 100, alpha.output + beta.output);
  assert.equal(ping(beta, "192.0.2.1", 5), 100);
  assert.match(alpha.type("show crypto ipsec sa"), /inbound ah sas:\n {6}spi: 0x[^]*Transport/);
  // Whatever the two said to each other has AH.
  net.check(51);
  // A stranger writes beta's address on his datagram.
  const dropped = () => alpha.counters().get("policy: plaintext that must be protected") ?? 0;
  const stranger = new Endpoint("192.0.2.66", "192.0.2.1");
  const line = alpha.port(1).send;
  net.world.wire(stranger, alpha.port(1));
  const answers: Uint8Array[] = [];
  stranger.onDatagram = (d) => answers.push(d);
  const before = dropped();
  stranger.datagram(ipv4("198.51.100.1", "192.0.2.1", 1, new Uint8Array([8, 0, 0xf7, 0xff, 0, 0, 0, 0])));
  net.world.run(1000);
  alpha.port(1).send = line;
  assert.equal(dropped(), before + 1);
  assert.deepEqual(answers, []);
  // Others are none of the crypto map's business.
  assert.equal(ping(alpha, "192.0.2.254", 2), 100);
});

test("nat-on-both-sides: ESP in UDP through two translators", () => {
  const net = new Internet();
  const alpha = net.start("nat-on-both-sides/alpha.ios");
  const beta = net.start("nat-on-both-sides/beta.ios");
  const a = net.host(alpha, "10.1.0.10");
  const b = net.host(beta, "10.2.0.10");
  const natA = new Nat("192.168.1.2", "192.168.1.1", "192.0.2.1", "192.0.2.254");
  const natB = new Nat("192.168.2.2", "192.168.2.1", "198.51.100.1", "198.51.100.254");
  // beta's provider forwards these two.
  for (const port of [500, 4500]) natB.mapping.set(port, port);
  net.world.wire(alpha.port(1), natA.inside);
  net.connect(natA.outside, 0);
  net.world.wire(beta.port(1), natB.inside);
  net.connect(natB.outside, 1);
  assert.equal(net.ping(b, a, 3000), false, "alpha's provider forwards nothing: alpha must begin");
  assert.ok(net.ping(a, b, 60_000), alpha.output + beta.output);
  assert.ok(net.ping(b, a));
  // The keepalives hold alpha's mapping open.
  net.world.run(100_000);
  assert.ok(net.ping(b, a, 2000));
  assert.match(alpha.type("show crypto isakmp sa detail"), /NAT on both sides/);
  assert.match(alpha.type("show crypto isakmp sa detail"), /peer identity beta, port 4500/);
  net.check(17);
});

/** Before the keys are made. */
const NO_KEY = /^% Warning: policy \d+: there is no (RSA|EC) key to sign with .*$/;

for (const [tool, asks] of AUTHORITIES) {
  const skip = isThere(tool, asks) ? false : `no ${tool} here`;

  test(`site-to-site-certificates: pings both ways, whoever begins, with an authority of ${tool}`, { skip }, () => {
    const net = new Internet(WALL());
    const alpha = net.start("site-to-site-certificates/alpha.ios", undefined, NO_KEY);
    const beta = net.start("site-to-site-certificates/beta.ios", undefined, NO_KEY);
    const a = net.host(alpha, "10.1.0.10");
    const b = net.host(beta, "10.2.0.10");
    net.connect(alpha.port(1), 0);
    net.connect(beta.port(1), 1);
    assert.equal(net.ping(a, b, 2000), false, "nothing to prove oneself with");
    const authority = new Authority("site-to-site-certificates", tool, net.world, { alpha, beta });
    authority.run();
    authority.forget();
    for (const [x, y] of [[a, b], [b, a]] as const) {
      for (const router of [alpha, beta]) router.type("clear crypto sa\nclear crypto isakmp");
      // What has failed is not tried again for ten seconds.
      net.world.run(12_000);
      assert.ok(net.ping(x, y, 60_000), alpha.output + beta.output);
      assert.ok(net.ping(y, x));
    }
    assert.match(alpha.type("show crypto isakmp sa detail"), /ACTIVE aes {2}sha256 rsig 14 /);
    assert.equal(net.ping(a, new Endpoint("10.3.0.10", "10.3.0.1"), 2000), false);
    assert.equal(forged(net, alpha, b, a), false);
    net.check(50);
  });

  test(`hub-with-certificates: branches by their distinguished names, one of them revoked, with an authority of ${tool}`, { skip }, () => {
    const net = new Internet(WALL());
    const hub = net.start("hub-with-certificates/hub.ios", undefined, NO_KEY);
    const north = net.start("hub-with-certificates/north.ios", undefined, NO_KEY);
    const south = net.start("hub-with-certificates/south.ios", undefined, NO_KEY);
    const h = net.host(hub, "10.0.0.10");
    const a = net.host(north, "10.16.0.10");
    const b = net.host(south, "10.17.0.10");
    net.connect(hub.port(1), 0);
    net.connect(north.port(1), 1);
    net.connect(south.port(1), 2);
    const authority = new Authority("hub-with-certificates", tool, net.world, { hub, north, south });
    authority.run();
    assert.ok(net.ping(a, h, 60_000), hub.output + north.output);
    assert.ok(net.ping(b, h, 60_000), hub.output + south.output);
    assert.ok(net.ping(h, a));
    assert.ok(net.ping(h, b));
    assert.equal(net.ping(a, b, 3000), false);
    assert.match(hub.type("show crypto isakmp sa detail"), /ACTIVE aes {2}sha256 esig 19 /);
    assert.match(hub.type("show crypto isakmp peers"), /CN=north, OU=Branches, O=Example, C=CH/);
    // north's provider gives it another address.
    north.configure("interface Ethernet1\n ip address 198.51.100.99 255.255.255.0");
    assert.ok(net.ping(a, h, 60_000), north.output);
    // south wants north's network, with a certificate of its own.
    south.configure("ip access-list extended VPN\n 20 permit ip 10.16.0.0 0.0.0.255 10.0.0.0 0.0.0.255\ninterface Ethernet2\n ip address 10.16.0.1 255.255.255.0");
    const thief = net.host(south, "10.16.0.66", 2);
    assert.equal(net.ping(thief, h, 3000), false);
    assert.ok(net.ping(h, a), "north still has it");
    // south is revoked: it stays out, whoever begins, and north does not.
    authority.run("revoke");
    authority.forget();
    net.world.run(60_000);
    assert.equal(net.ping(b, h, 60_000), false, "south is revoked");
    assert.equal(net.ping(h, b, 10_000), false);
    assert.ok(net.ping(a, h, 60_000), hub.output + north.output);
    assert.ok(net.ping(h, a));
    assert.match(hub.type("show crypto isakmp diagnose 203.0.113.17"), /\nWhy: [^]*"CN=south, OU=Branches, O=Example, C=CH" [^]*was revoked on/);
    net.check(50);
  });
}

test("rsa-encryption: keys made at both consoles, pings both ways; with the other side's key gone nothing comes up", () => {
  const net = new Internet();
  const alpha = net.start("rsa-encryption/alpha.ios", undefined, /RSA encryption rests on PKCS#1 v1\.5/);
  const beta = net.start("rsa-encryption/beta.ios", undefined, /RSA encryption rests on PKCS#1 v1\.5/);
  const a = net.host(alpha, "10.1.0.10");
  const b = net.host(beta, "10.2.0.10");
  net.connect(alpha.port(1), 0);
  net.connect(beta.port(1), 1);
  assert.equal(net.ping(a, b, 5000), false, "no keys yet");
  for (const router of [alpha, beta]) {
    router.output = "";
    router.type(`configure terminal\ncrypto key generate rsa label ${router === alpha ? "alpha" : "beta"} modulus 2048 encryption\n`);
    assert.ok(net.world.run(60_000, () => router.output.includes("[OK]")), router.output);
    router.type("end\n");
  }
  const publicOf = (router: Router) => [...router.type("show crypto key mypubkey rsa").matchAll(/^\s+((?:[0-9A-Fa-f]{2,8} ?)+)\s*$/gm)].map((m) => m[1]!).join("\n");
  const carry = (from: Router, to: Router, address: string) => {
    const digits = publicOf(from);
    assert.match(digits, /^3082/);
    const said = to.type(`configure terminal\ncrypto key pubkey-chain rsa\naddressed-key ${address} encryption\nkey-string\n${digits}\nquit\nend\n`);
    assert.doesNotMatch(said, /^%/m, said);
  };
  carry(alpha, beta, "192.0.2.1");
  carry(beta, alpha, "198.51.100.1");
  // What was wanted before there were keys is tried again some time later.
  net.world.run(90_000);
  assert.ok(net.ping(a, b, 40_000), alpha.output + beta.output);
  assert.ok(net.ping(b, a));
  net.check(50);
  assert.match(beta.type("show crypto isakmp stats"), /RSA decryptions/);
  // Beta's key for alpha is taken away: what it has is of no use to another.
  beta.type("configure terminal\ncrypto key pubkey-chain rsa\nno addressed-key 192.0.2.1 encryption\nend\n");
  for (const router of [alpha, beta]) router.type("clear crypto sa\nclear crypto isakmp\n");
  assert.equal(net.ping(b, a, 30_000), false);
});
