/**
 * Two postern-linux between real interfaces of the kernel: alpha's WAN is `tap:`, beta's is `packet:` on a veth, and both
 * have a host behind them on `packet:`.
 *
 *   host a [eth0 === lan] alpha [wan0 (tap) - br0 - wire === wan] beta [lan === eth0] host b
 *
 * A capture by dumpcap at `wire` is what a stranger sees.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { arp, BROADCAST, ETHERNET_ARP, ethernet, IP_ESP, inSubnet, parseFrame, parseUdp } from "../support/world/frame.ts";
import { answered } from "../interop/bench/peers/ping.ts";
import { datagrams } from "../support/primitives/captures.ts";
import { configuration, DEFAULTS } from "../support/world/pair.ts";
import { until } from "../support/world/until.ts";
import { programs } from "./machine/board_needs.ts";
import { Namespaces, namespacesMissing, stopped } from "./machine/namespaces.ts";

const { command, skip: unbuilt } = programs(["x86_64"])[0]!;
const skip = unbuilt ?? (process.arch === "x64" ? namespacesMissing(["ip", "socat", "tshark"]) : "needs an x86-64 kernel: other ones run the program under qemu-user, which knows no tap interface");

class Gate {
  output = "";
  private child: ChildProcess | undefined;

  constructor(
    private readonly spaces: Namespaces,
    readonly name: string,
    private readonly args: readonly string[],
  ) {}

  async start(...more: string[]): Promise<void> {
    this.output = "";
    const child = (this.child = this.spaces.start(this.name, command[0]!, [...this.args, ...more]));
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    await until(`${this.name} runs`, () => {
      if (child.exitCode !== null) throw new Error(`${this.name} ended: ${this.output}`);
      return this.output.includes("runs in WAMR");
    });
  }

  /** Types lines and waits for something in what comes. */
  async ask(lines: string, wanted: RegExp): Promise<RegExpExecArray> {
    const from = this.output.length;
    this.child!.stdin!.write(`${lines}\n`);
    return (await until(`${wanted} from ${this.name}`, () => wanted.exec(this.output.slice(from)) ?? undefined))!;
  }

  stop(): Promise<void> {
    return stopped(this.child!);
  }
}

describe("postern-linux between interfaces of the kernel", skip === undefined ? {} : { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-links-"));
  const spaces = new Namespaces();
  const capture = join(folder, "wire.pcapng");
  const nvram = join(folder, "alpha.nvram");
  const config = (side: 1 | 2): string => {
    const file = join(folder, `${side}.ios`);
    writeFileSync(file, configuration(side, DEFAULTS));
    return file;
  };
  const alpha = new Gate(spaces, "alpha", ["--port", "lan=packet:lan", "--port", "wan=tap:wan0", "--startup", nvram]);
  const beta = new Gate(spaces, "beta", ["--port", "lan=packet:lan", "--port", "wan=packet:wan"]);
  let watcher: ChildProcess;

  before(async () => {
    for (const name of ["a", "alpha", "beta", "b"]) spaces.add(name);
    spaces.cable(["a", "eth0"], ["alpha", "lan"]);
    spaces.cable(["alpha", "wire"], ["beta", "wan"]);
    spaces.cable(["beta", "lan"], ["b", "eth0"]);
    spaces.in("a", "ip addr add 10.1.0.10/24 dev eth0 && ip route add default via 10.1.0.1");
    spaces.in("b", "ip addr add 10.2.0.10/24 dev eth0 && ip route add default via 10.2.0.1");
    spaces.in("alpha", "ip link add br0 type bridge forward_delay 0 mcast_snooping 0 && ip link set br0 up && ip link set wire master br0");
    watcher = spaces.start("alpha", "dumpcap", ["-q", "-i", "wire", "-w", capture]);
    let said = "";
    watcher.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(`the capture begins: ${said}`, () => /File:/.test(said));
  });
  after(async () => {
    await spaces.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The tap lives as long as the router. */
  const plug = (): string => spaces.in("alpha", "ip link set wan0 master br0");
  /** Echo requests that were answered: each is two packets on the wire. */
  let echoes = 0;
  /** Pings until as many answers have come. */
  const ping = (from: string, to: string, count: number, size = 56): Set<number> => {
    const found = answered(spaces.in(from, `ping -n -c ${count} -i 0.05 -s ${size} -w 120 ${to}`, true));
    echoes += found.size;
    return found;
  };
  /** The tunnel comes up: what is asked meanwhile may be lost. */
  const comesUp = (from: string, to: string): void => assert.ok(ping(from, to, 1).size > 0, "no answer");
  const noneLost = (from: string, to: string, size?: number): void => {
    const found = ping(from, to, 10, size);
    for (let seq = 1; seq <= 10; seq++) assert.ok(found.has(seq), `no answer to ${seq} of 10 from ${from}, answered: ${[...found]}`);
  };

  it("the tunnel comes up by a ping of a host behind, and carries pings of 0 to 1372 octets both ways", async () => {
    await alpha.start(config(1));
    await beta.start(config(2));
    plug();
    comesUp("a", "10.2.0.10");
    for (const size of [0, 56, 512, 1372])
      for (const [from, to] of [["a", "10.2.0.10"], ["b", "10.1.0.10"]] as const) noneLost(from, to, size);
  });

  it("carries UDP and TCP, whose check sums the kernel of a host leaves to a card that is none", async () => {
    const server = `require("net").createServer((s) => s.on("data", (d) => s.end("tcp " + d))).listen(7001);
      const u = require("dgram").createSocket("udp4"); u.on("message", (d, from) => u.send("udp " + d, from.port, from.address)); u.bind(7002, () => console.log("ready"))`;
    const client = `const u = require("dgram").createSocket("udp4"); u.on("message", (d) => { console.log(String(d)); u.close(); }); u.send("one", 7002, "10.2.0.10");
      require("net").connect(7001, "10.2.0.10", function () { this.write("two"); this.on("data", (d) => console.log(String(d))); })`;
    const said = { server: "", client: "" };
    const there = spaces.start("b", process.execPath, ["-e", server]);
    there.stdout!.on("data", (chunk: Buffer) => (said.server += chunk.toString()));
    await until("the server is ready", () => said.server.includes("ready"));
    const here = spaces.start("a", process.execPath, ["-e", client]);
    here.stdout!.on("data", (chunk: Buffer) => (said.client += chunk.toString()));
    await until("both answers", () => said.client.includes("udp one") && said.client.includes("tcp two"));
    await Promise.all([stopped(here), stopped(there)]);
  });

  it("takes no frame of another VLAN for one of its own", async () => {
    // The same question in VLAN 7, then in none, from two who are nobody: who has 10.1.0.1? Who asks is remembered.
    const put = (type: number, before: readonly number[], who: number): void =>
      spaces.feed("a", "socat -u - INTERFACE:eth0", ethernet(BROADCAST, `02:00:00:00:00:${who}`, type, Uint8Array.from([...before, ...arp(1, `02:00:00:00:00:${who}`, `10.1.0.${who}`, "10.1.0.1")]), true));
    put(0x8100, [0, 7, ETHERNET_ARP >> 8, ETHERNET_ARP & 255], 77);
    put(ETHERNET_ARP, [], 78);
    await until("the frame behind the other one", async () => (await alpha.ask("show ip arp\nshow clock", /clock/i)) && /10\.1\.0\.78 /.test(alpha.output));
    assert.doesNotMatch(alpha.output, /10\.1\.0\.77 /);
  });

  it("a frame that is longer than a buffer is dropped, not cut off by the tap", async () => {
    spaces.in("alpha", "ip link set wan0 mtu 9000");
    spaces.feed("alpha", "socat -u - INTERFACE:wan0", ethernet(BROADCAST, "02:00:00:00:00:77", 0x88b5, new Uint8Array(4000), true));
    await until("it is counted", async () => (await alpha.ask("show version", /host contract 2/)) && /Frames lost at the module: .* too long 1,/.test(alpha.output));
  });

  it("a cable that is pulled out takes the line down with its routes, and up again", async () => {
    const line = async (name: string, state: string): Promise<unknown> =>
      until(`${name} is ${state}`, async () => (await alpha.ask("show ip interface brief", new RegExp(`^${name} .*$`, "m")))[0].trim().endsWith(state));
    await line("Ethernet0", "up");
    spaces.in("a", "ip link set eth0 down");
    await line("Ethernet0", "down");
    assert.match(alpha.output, /%LINK-3-UPDOWN: Interface Ethernet0, changed state to down/);
    await line("Ethernet1", "up");
    // The tap is its own program's: set down, it is down.
    spaces.in("alpha", "ip link set wan0 down");
    await line("Ethernet1", "down");
    spaces.in("alpha", "ip link set wan0 up");
    spaces.in("a", "ip link set eth0 up && ip route add default via 10.1.0.1");
    for (const name of ["Ethernet0", "Ethernet1"]) await line(name, "up");
    comesUp("a", "10.2.0.10");
    noneLost("b", "10.1.0.10");
  });

  it("its entropy is the kernel's", async () => {
    for (const gate of [alpha, beta]) {
      await gate.ask("show version", /Entropy is there; IKE runs/);
      assert.doesNotMatch(gate.output, /NOT SECURE/);
    }
  });

  it("what is stored survives the program, and the next one makes new keys", async () => {
    await alpha.ask("configure terminal\nhostname stored\nend\ncopy running-config startup-config", /\[OK\]/);
    await alpha.stop();
    await alpha.start();
    plug();
    await alpha.ask("", /stored#/);
    // Beta's old SAs are gone when alpha says INITIAL-CONTACT.
    comesUp("a", "10.2.0.10");
    noneLost("b", "10.1.0.10");
  });

  it("nothing is in the clear on the wire, and what is there is new each time", async () => {
    // dumpcap writes a little later than the wire carries, and its last block may be half there.
    const count = (): number => {
      try {
        return datagrams(readFileSync(capture)).filter(({ frame }) => parseFrame(frame)?.ip?.protocol === IP_ESP).length;
      } catch {
        return 0;
      }
    };
    await until(`${2 * echoes} ESP packets in the capture`, () => count() >= 2 * echoes);
    await stopped(watcher, "SIGINT");
    const cookies = new Set<string>();
    const spis = new Set<number>();
    for (const { frame } of datagrams(readFileSync(capture))) {
      const parsed = parseFrame(frame)!;
      if (parsed.arp) {
        for (const address of [parsed.arp.senderIp, parsed.arp.targetIp]) assert.ok(inSubnet(address, "192.0.2.0/24"), `ARP for ${address} on the wire`);
        continue;
      }
      const packet = parsed.ip;
      assert.ok(packet, `a frame of type 0x${parsed.type.toString(16)} on the wire`);
      for (const address of [packet.src, packet.dst]) assert.ok(inSubnet(address, "192.0.2.0/24"), `${packet.src} to ${packet.dst} on the wire`);
      const message = parseUdp(packet);
      if (packet.protocol === IP_ESP) spis.add(packet.payload.readUInt32BE(0));
      else {
        assert.ok(message && (message.to === 500 || message.to === 4500), `protocol ${packet.protocol} on the wire`);
        cookies.add(message.body.toString("hex", message.to === 500 ? 0 : 4, message.to === 500 ? 8 : 12));
      }
    }
    assert.ok(cookies.size >= 2, `${cookies.size} initiator cookies`);
    assert.ok(spis.size >= 4, `${spis.size} SPIs`);
  });

  it("an interface that is not there is refused with one sentence and status 2", async () => {
    const gate = new Gate(spaces, "beta", ["--port", "lan=packet:nosuch0"]);
    await assert.rejects(gate.start(), /beta ended: .*packet:nosuch0: the interface can't be had: No such device/s);
  });
});
