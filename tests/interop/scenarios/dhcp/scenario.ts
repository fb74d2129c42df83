/**
 * DHCP in both directions: dnsmasq, ISC dhcpd and Kea give our outer interface its address, and dhclient and udhcpc take theirs of our pool.
 * The other side stands in a network namespace on the network outside.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "../../bench/network.ts";
import { unpacked } from "../../../../tools/package/debian.mjs";
import type { Tool } from "../../bench/packages.ts";
import { Netns } from "../../bench/peers/netns.ts";
import { onExit, sleep, start, until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";

const CLIENT = "hostname alpha\ninterface Ethernet0\n ip address 10.1.0.1 255.255.0.0\ninterface Ethernet1\n ip address dhcp\nend\n";
const SERVER = `hostname alpha
ip dhcp excluded-address 192.0.2.1 192.0.2.99
ip dhcp pool WAN
 network 192.0.2.0 255.255.255.0
 default-router 192.0.2.1
 dns-server 192.0.2.53
 domain-name example.org
 lease 0 0 1
interface Ethernet0
 ip address 10.1.0.1 255.255.0.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
end
`;

const WITH: Record<string, string> = { dnsmasq: "dnsmasq", dhcpd: "ISC dhcpd", kea: "Kea", dhclient: "ISC dhclient", udhcpc: "udhcpc" };

/** A namespace with one card, e0, on the network outside. */
async function station(network: Network, address: string, mac: string): Promise<Netns> {
  const { own, remote } = await network.place();
  const netns = await Netns.open("dhcp", [{ name: "e0", mac, address, own, remote }]);
  return netns;
}

/** Runs a program in the namespace until the scenario ends. */
function daemon(netns: Netns, line: string): { said: () => string; stop: () => void } {
  let text = "";
  const child = start("ip", ["netns", "exec", netns.name, "sh", "-c", `exec 2>&1; exec ${line}`], { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout!.setEncoding("utf8").on("data", (more: string) => { text += more; });
  return { said: () => text, stop: child.stop };
}

type Server = (directory: string, range: string) => string;

/** Its command, given a directory of its own and the addresses that it may give. T1 is three seconds, T2 six. */
const SERVERS: Record<string, { tool: Tool; run: Server }> = {
  dnsmasq: {
    tool: "dnsmasq",
    run: (directory, range) => `dnsmasq --no-daemon --conf-file=/dev/null --user=root --interface=e0 --bind-interfaces --except-interface=lo --port=0 --dhcp-range=${range},255.255.255.0,120 ` +
      `--dhcp-option=option:router,192.0.2.1 --dhcp-option=option:dns-server,192.0.2.53 --dhcp-option=option:ntp-server,192.0.2.1 --dhcp-option=option:domain-name,example.org --dhcp-option=58,3 --dhcp-option=59,6 ` +
      `--dhcp-leasefile=${directory}/leases --dhcp-authoritative --no-ping --log-dhcp --log-facility=-`,
  },
  dhcpd: {
    tool: "dhcpd",
    run: (directory, range) => {
      writeFileSync(join(directory, "dhcpd.conf"), `authoritative; ping-check false; default-lease-time 120; max-lease-time 120; min-lease-time 60;
option dhcp-renewal-time 3; option dhcp-rebinding-time 6;
subnet 192.0.2.0 netmask 255.255.255.0 { range ${range.replace(",", " ")}; option routers 192.0.2.1; option domain-name-servers 192.0.2.53; option domain-name "example.org"; option ntp-servers 192.0.2.1; }
`);
      writeFileSync(join(directory, "leases"), "");
      return `${unpacked("isc-dhcp-server")}/usr/sbin/dhcpd -4 -f -d -cf ${directory}/dhcpd.conf -lf ${directory}/leases -pf ${directory}/pid e0`;
    },
  },
  kea: {
    tool: "kea",
    run: (directory, range) => {
      writeFileSync(join(directory, "kea.json"), JSON.stringify({ Dhcp4: {
        "interfaces-config": { interfaces: ["e0"] }, "lease-database": { type: "memfile", persist: false }, "valid-lifetime": 120, "renew-timer": 3, "rebind-timer": 6,
        "option-data": [{ name: "routers", data: "192.0.2.1" }, { name: "domain-name-servers", data: "192.0.2.53" }, { name: "domain-name", data: "example.org" }, { name: "ntp-servers", data: "192.0.2.1" }],
        subnet4: [{ id: 1, subnet: "192.0.2.0/24", pools: [{ pool: range.replace(",", " - ") }] }], loggers: [{ name: "kea-dhcp4", severity: "INFO", output_options: [{ output: "stdout" }] }],
      } }));
      return `env KEA_PIDFILE_DIR=${directory} KEA_LOCKFILE_DIR=none ${unpacked("kea-dhcp4-server")}/usr/sbin/kea-dhcp4 -c ${directory}/kea.json`;
    },
  },
};

async function lease(network: Network, what: RegExp, seconds = 40): Promise<string> {
  let shown = "";
  try {
    await until("", seconds, async () => what.test(shown = await network.ours.ask("show dhcp lease")), 500);
  } catch { throw new Error(`no lease that fits ${what.source}: ${shown.replace(/\s+/g, " ")}; we said: ${network.ours.said.slice(-400)}`); }
  return shown;
}

/** Our client: bound, told everything, reachable, renewed by unicast, and given back. */
const client = (name: string): NetworkScenario => ({
  name: `dhcp-client-${name}`,
  about: `${name} gives our interface its address, and renews it`,
  peer: "network", tools: ["ip", "socat", SERVERS[name]!.tool], root: true, with: WITH[name]!,
  ours: { address: "192.0.2.100", configuration: CLIENT }, others: [],
  check: async (network) => {
    const netns = await station(network, "192.0.2.1/24", "02:00:00:00:00:d1");
    try {
      const directory = join(netns.here, "server");
      mkdirSync(directory, { recursive: true });
      const server = daemon(netns, SERVERS[name]!.run(directory, "192.0.2.100,192.0.2.150"));
      onExit(server.stop);
      const shown = await lease(network, /state: \d+ Bound/).catch((error: unknown) => { throw new Error(`${(error as Error).message}; it said: ${server.said().slice(-600)}`); });
      for (const one of [/DHCP Lease server: 192\.0\.2\.1,/, /Lease: 1[12]\d secs, {2}Renewal: 3 secs, {2}Rebind: 6 secs/, /default-gateway addr: 192\.0\.2\.1/, /DNS:192\.0\.2\.53/, /NTP:192\.0\.2\.1/, /Domain:example\.org/])
        if (!one.test(shown)) throw new Error(`the lease has no ${one.source}: ${shown}`);
      const address = /Temp IP addr: (192\.0\.2\.\d+)/.exec(shown)![1]!;
      const { status, output } = await netns.exec(`ping -c 3 -W 2 ${address}`);
      if (status !== 0) throw new Error(`our address does not answer: ${output}`);
      network.wan.forget();
      await sleep(9000);
      const renewals = network.wan.seen.filter(({ direction, frame: { ip } }) => direction === "out" && ip?.src === address && ip.dst === "192.0.2.1" && ip.payload.readUInt16BE(2) === 67);
      if (renewals.length < 2) throw new Error(`${renewals.length} renewals in nine seconds`);
      await lease(network, new RegExp(`Temp IP addr: ${address.replaceAll(".", "\\.")}[^]*Bound`));
      await network.ours.ask("release dhcp Ethernet1");
      await until("the server hears of the release", 10, () => /RELEASE/i.test(server.said()), 200).catch(() => { throw new Error(`no release: ${server.said().slice(-400)}`); });
      await network.ours.ask("renew dhcp Ethernet1");
      await lease(network, /Bound/);
    } finally { await netns.stop(); }
  },
});

const declined: NetworkScenario = {
  name: "dhcp-client-declines",
  about: "dnsmasq offers an address that another host has: we decline it, and take the next one",
  peer: "network", tools: ["ip", "socat", "dnsmasq"], root: true, with: "dnsmasq",
  ours: { address: "192.0.2.100", configuration: CLIENT }, others: [],
  check: async (network) => {
    const holder = await station(network, "192.0.2.120/24", "02:00:00:00:00:d2");
    const netns = await station(network, "192.0.2.1/24", "02:00:00:00:00:d1");
    try {
      const directory = join(netns.here, "server");
      mkdirSync(directory, { recursive: true });
      let server = daemon(netns, SERVERS.dnsmasq!.run(directory, "192.0.2.120,192.0.2.120"));
      await until("we decline", 30, () => /DHCPDECLINE/.test(server.said()), 200);
      if (!/%DHCP-4-DUPLICATE: .*192\.0\.2\.120 is in use by 0200\.0000\.00d2/.test(await network.ours.ask("show clock") + network.ours.said)) throw new Error("it is not said");
      server.stop();
      await sleep(300);
      server = daemon(netns, SERVERS.dnsmasq!.run(directory, "192.0.2.121,192.0.2.121"));
      await lease(network, /Temp IP addr: 192\.0\.2\.121[^]*Bound/);
    } finally { await holder.stop(); await netns.stop(); }
  },
};

const HOOK = "#!/bin/sh\ncase \"${reason:-$1}\" in BOUND|RENEW|REBIND|bound|renew) a=${new_ip_address:-$ip}; ip addr flush dev e0; ip addr add $a/24 dev e0; echo \"GOT $a ${new_routers:-$router} ${new_domain_name:-$domain} ${new_dhcp_lease_time:-$lease}\" >> $LOGFILE;; esac\nexit 0\n";

const CLIENTS: Record<string, { tool: Tool; run: (directory: string) => string }> = {
  dhclient: { tool: "dhclient", run: (d) => `env LOGFILE=${d}/got dhclient -4 -d -cf /dev/null -sf ${d}/hook -e LOGFILE=${d}/got -pf ${d}/pid -lf ${d}/leases e0` },
  udhcpc: { tool: "busybox", run: (d) => `env LOGFILE=${d}/got busybox udhcpc -f -t 8 -T 2 -a300 -i e0 -s ${d}/hook` },
};

/** Our server: an address that is tried, given, answers, and is renewed; another client has another. */
const served = (name: string): NetworkScenario => ({
  name: `dhcp-server-${name}`,
  about: `${name} takes an address of our pool, and renews it; one that somebody has is left out`,
  peer: "network", tools: ["ip", "socat", CLIENTS[name]!.tool], root: true, with: WITH[name]!, seconds: 120,
  ours: { address: "192.0.2.1", configuration: SERVER }, others: [],
  check: async (network) => {
    // The first address of the pool is somebody's already.
    const holder = await station(network, "192.0.2.100/24", "02:00:00:00:00:d2");
    const netns = await station(network, "192.0.2.77/24", "02:00:00:00:00:d3");
    try {
      await netns.exec("ip addr flush dev e0");
      const directory = join(netns.here, "client");
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, "hook"), HOOK, { mode: 0o755 });
      const one = daemon(netns, CLIENTS[name]!.run(directory));
      const got = async (): Promise<string> => (await netns.exec(`cat ${directory}/got`)).output;
      await until("an address", 60, async () => /GOT/.test(await got()), 300).catch(() => { throw new Error(`none: ${one.said().slice(-500)}; we said: ${network.ours.said.slice(-500)}`); });
      if (!/^GOT 192\.0\.2\.101 192\.0\.2\.1 example\.org 60$/m.test(await got())) throw new Error(`it got: ${await got()}`);
      if (!/192\.0\.2\.100 +Ping/.test(await network.ours.ask("show ip dhcp conflict"))) throw new Error("the address that somebody has is no conflict");
      const bindings = await network.ours.ask("show ip dhcp binding");
      if (!/192\.0\.2\.101 +(01)?/.test(bindings)) throw new Error(`no binding: ${bindings}`);
      const { status, output } = await netns.exec("ping -c 2 -W 2 192.0.2.1");
      if (status !== 0) throw new Error(`it does not reach us: ${output}`);
      // Half of a minute later it asks again.
      await until("a renewal", 60, async () => Number(/DHCPACK +(\d+)/.exec(await network.ours.ask("show ip dhcp server statistics"))?.[1]) >= 2, 1000);
      one.stop();
    } finally { await holder.stop(); await netns.stop(); }
  },
});

export default [...Object.keys(SERVERS).map(client), declined, ...Object.keys(CLIENTS).map(served)] satisfies NetworkScenario[];
