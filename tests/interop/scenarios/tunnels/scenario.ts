/**
 * Route-based tunnels against Linux: a VTI device whose selectors are any to any, and GRE under transport mode between both
 * ends. charon negotiates, the kernel has the devices, and routes alone lead into them on both sides.
 */
import type { Bench } from "../../bench/bench.ts";
import { noneLost } from "../../bench/bench.ts";
import { template, type Values } from "../../bench/configure.ts";
import { ip, must } from "../../bench/peers/shell.ts";
import { until } from "../../bench/process.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";

const ours = template("../../bench/configurations/ours.cfg", import.meta.url);
const theirs = template("../../bench/configurations/theirs.conf", import.meta.url);

const GRE = 47, ESP = 50;
const OURS = "172.16.0.1", THEIRS = "172.16.0.2";

/** Our configuration with a tunnel interface in the place of the crypto map. */
function withTunnel(role: Role, mode: "tunnel" | "transport", lines: string): string {
  const [head, tail] = [ours.slice(0, ours.indexOf("ip access-list")), ours.slice(ours.indexOf("interface Ethernet0"))];
  return `${head.replace(" mode tunnel", ` mode ${mode}`)}crypto ipsec profile P
 set transform-set TS
${tail.replace(" crypto map CM\n", "")}
interface Tunnel0
 ip address ${OURS} 255.255.255.252
 tunnel source Ethernet1
 tunnel destination \${their_wan}
${lines} tunnel protection ipsec profile P
${role === "responder" ? " shutdown\n" : ""}ip route 10.2.0.0 255.255.0.0 Tunnel0
`;
}

/** With a device in the guest, which outlives the scenario. */
async function carries(bench: Bench, role: Role, device: string): Promise<void> {
  const { shell } = bench.theirs;
  try {
    await must(shell, `${ip(device, "link set tun0 mtu 1400", "link set tun0 up", `addr add ${THEIRS}/30 dev tun0`, "route add 10.1.0.0/16 dev tun0 src 10.2.0.10")}; echo 1 > /proc/sys/net/ipv4/conf/tun0/disable_policy`);
    await prove(bench, role);
  } finally { await shell.exec("ip link del tun0"); }
}

async function prove(bench: Bench, role: Role): Promise<void> {
  if (role === "responder") {
    const { status, output } = await bench.theirs.initiate("net", 40);
    if (status !== 0) throw new Error(`the peer could not bring it up: ${output.trim().split("\n").slice(-3).join(" / ")}`);
    await bench.ours.ask("configure terminal");
    await bench.ours.ask("interface Tunnel0");
    await bench.ours.ask("no shutdown");
    await bench.ours.ask("end");
  }
  // A tunnel interface that is not shut down asks for its SA by itself.
  await bench.expectUp(1, 60);
  if (!await bench.lan.pingUntil("10.2.0.10", 40)) throw new Error("no answer through the tunnel");
  noneLost("from our host", await bench.lan.ping("10.2.0.10", 10));
  const { sent, received } = await bench.theirs.ping("10.2.0.10", "10.1.0.10", 10);
  if (received !== sent) throw new Error(`the peer's pings: ${received} of ${sent} answered`);
  const between = await bench.theirs.ping(THEIRS, OURS, 5);
  if (between.received !== between.sent) throw new Error(`pings between the tunnel's addresses: ${between.received} of ${between.sent} answered`);
  const plain = bench.wan.seen.filter(({ frame: { ip: datagram } }) => datagram?.protocol === GRE).length;
  if (plain > 0) throw new Error(`${plain} GRE packets in plain`);
  for (const way of ["out", "in"] as const) {
    const esp = bench.wan.seen.filter(({ direction, frame: { ip: datagram } }) => direction === way && datagram?.protocol === ESP).length;
    if (esp < 20) throw new Error(`${esp} ESP packets ${way}`);
  }
  await until("the tunnel interface is up", 5, async () => /Tunnel0 +172\.16\.0\.1 .* up +up/.test(await bench.ours.ask("show ip interface brief")));
}

const BOTH: Pick<Scenario, "peer" | "standin" | "seconds"> = { peer: "kernel", standin: "no", seconds: 120 };

const vti = bothRoles("vti", (role) => ({
  ...BOTH,
  about: "a static VTI against a VTI device of Linux, any to any",
  values: { our_net: "0.0.0.0/0", their_net: "0.0.0.0/0" } as Values,
  oursTemplate: withTunnel(role, "tunnel", " tunnel mode ipsec ipv4\n"),
  theirsTemplate: theirs.replace("mode = tunnel", "mode = tunnel\n        mark_in = 42\n        mark_out = 42"),
  daemon: "install_routes = no",
  check: (bench: Bench) => carries(bench, role, "link add tun0 type vti local 192.0.2.2 remote 192.0.2.1 key 42"),
}));

const gre = bothRoles("gre-over-ipsec", (role) => ({
  ...BOTH,
  about: "GRE under transport mode against a GRE device of Linux",
  values: { our_net: "192.0.2.1/32[47]", their_net: "192.0.2.2/32[47]" } as Values,
  oursTemplate: withTunnel(role, "transport", " ip mtu 1400\n ip tcp adjust-mss 1360\n"),
  theirsTemplate: theirs.replace("mode = tunnel", "mode = transport"),
  daemon: "install_routes = no",
  check: (bench: Bench) => carries(bench, role, "link add tun0 type gre local 192.0.2.2 remote 192.0.2.1 ttl 64"),
}));

export default [...vti, ...gre];
