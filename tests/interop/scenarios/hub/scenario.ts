/**
 * One hub, and two or three real peers at once, each with its own name and network, behind one translator of addresses or two. What one of them
 * does - new keys, a restart with INITIAL-CONTACT, its end - is nothing to the others, under whose tunnels a ping runs meanwhile.
 */
import { established, installed, noneLost } from "../../bench/bench.ts";
import { BASE, fill, template } from "../../bench/configure.ts";
import type { Network, Other } from "../../bench/network.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";
import type { OtherSite } from "../../bench/site.ts";

type Daemon = OtherSite["daemon"];

const CHARON = template("../../bench/configurations/theirs.conf", import.meta.url), PLUTO = template("../../bench/configurations/libreswan.conf", import.meta.url);

/** The peers in their order: what they are called, as we and as they write it. */
const PEERS = [
  { name: "north", id: "north.example.org", match: "host north.example.org", theirs: "@north.example.org" },
  { name: "south", id: "south@example.org", match: "user-fqdn south@example.org", theirs: "south@example.org" },
  { name: "west", id: "west.example.org", match: "host west.example.org", theirs: "@west.example.org" },
];
const OUTER = ["192.0.2.101", "192.0.2.102"];
const there = (i: number): string => `10.${i + 2}.0.10`;
const secret = (i: number): string => `correct-horse-battery-${PEERS[i]!.name}`;

/** A row: who is there, behind which translator each of them is, and who says that it is whom, if not each itself. */
interface Row { name: string; about: string; daemons: Daemon[]; nats: number[]; who?: number[]; aggressive?: boolean; ours?: string; seconds?: number; check?(network: Network, aggressive: boolean): Promise<void> }

const HEAD = `hostname hub.example.org
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp identity hostname
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
ip access-list extended PRIVATE
 permit ip 10.0.0.0 0.255.255.255 any
 permit ip any 10.0.0.0 0.255.255.255
`;
const TAIL = `crypto map CM 800 ipsec-isakmp dynamic PEERS
crypto map CM 900 discard
 match address PRIVATE
interface Ethernet0
 ip address 10.1.0.1 255.255.0.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.254
`;
/** Main Mode: one key for all, found by any address; the names tell them apart. */
const ONE_KEY = `${HEAD}crypto isakmp key ${secret(0)} address 0.0.0.0 0.0.0.0
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.255.255 10.0.0.0 0.15.255.255
crypto dynamic-map PEERS 10
 set transform-set TS
 match address VPN
${TAIL}`;
/** Aggressive Mode: a profile, a key and a network for each name. */
const PROFILES = `${HEAD}${PEERS.map(({ name, match }, i) => `crypto isakmp profile ${name}
 match identity ${match}
 self-identity fqdn hub.example.org
 pre-shared-key ${secret(i)}
 mode aggressive
ip access-list extended ${name}
 permit ip 10.1.0.0 0.0.255.255 10.${i + 2}.0.0 0.0.255.255
crypto dynamic-map PEERS ${10 * (i + 1)}
 set transform-set TS
 set isakmp-profile ${name}
 match address ${name}
`).join("")}${TAIL}`;

/** Peer number `i`, which says that it is `who`. */
function other(daemon: Daemon, i: number, who: number, nat: number, aggressive: boolean): OtherSite {
  const { name, theirs } = PEERS[who]!, address = `198.18.${nat}.${10 + i}`;
  const configuration = fill(daemon === "pluto" ? PLUTO : CHARON, {
    ...BASE, psk: secret(aggressive ? who : 0), their_addrs: address, their_id: `id = ${theirs}`, peer_id: "id = @hub.example.org", their_net: `10.${who + 2}.0.0/16`, dpd_delay: "2s", dpd_timeout: "60s",
    ...(aggressive ? { ike_proposal: "aes256-sha256-modp2048\n    aggressive = yes" } : {}),
    pluto_id: theirs, pluto_peer_id: "@hub.example.org", pluto_sourceip: there(who), pluto_dpd: "2", pluto_initial_contact: "yes", pluto_aggressive: aggressive ? "yes" : "no",
  });
  return { name: who === i ? name : "twin", daemon, nat, address, inner: [`${there(who)}/16`], configuration, ...(daemon === "charon" && { options: "i_dont_care_about_security_and_use_aggressive_mode_psk = yes" }) };
}

/** What a peer has now that changes with new keys: the SPIs of its pairs, the cookies of its phase 1. */
async function keys({ peer }: Other): Promise<{ spis: string[]; cookies: string[] }> {
  const sas = await peer.sas();
  return { spis: installed(sas).map(({ spiIn }) => spiIn), cookies: established(sas).map(({ cookies }) => cookies) };
}

async function each(network: Network, what: (other: Other, i: number) => Promise<void>): Promise<void> { await Promise.all(network.others.map(what)); }

/** Everybody is up, at an address and port of its own, with traffic both ways. */
async function allUp(network: Network): Promise<void> {
  const { others } = network;
  await each(network, (one) => network.initiate(one));
  await network.expectOurs(others.length);
  await each(network, (one) => network.expectTheirs(one));
  await each(network, (one, i) => network.expectPings(one, there(i)));
  network.expectSealed();
  if (network.mappings().size !== others.length) throw new Error(`${[...network.mappings()].join(" ")} for ${others.length} peers`);
}

/** Every peer has asked whether we live (RFC 3706), and has been answered where it is. */
async function allAsk(network: Network): Promise<void> {
  const informational = (direction: string): Set<string> =>
    new Set(network.events("ike.message").flatMap((line) => (line.includes(` dir=${direction} exchange=informational `) && line.includes(" payloads=HASH,N ") ? / peer=(\S+)/.exec(line)![1]! : [])));
  await until("R-U-THERE of every peer, and its answer", 60, () => informational("out").size === network.others.length && informational("in").size === network.others.length);
  const stats = await network.ours.ask("show crypto isakmp stats");
  for (const [pattern, what] of [[/R-U-THERE +(\d+) +\d+/, "R-U-THERE"], [/R-U-THERE-ACK +\d+ +(\d+)/, "its answer"]] as const)
    if (Number(pattern.exec(stats)?.[1] ?? 0) < network.others.length) throw new Error(`${what} too few times: ${stats}`);
}

/** Does something with the first peer while pings run to all others, none of which may be lost. */
async function besideTraffic(network: Network, what: (first: Other) => Promise<void>): Promise<void> {
  const [first, ...rest] = network.others as [Other, ...Other[]];
  const before = await Promise.all(rest.map(keys));
  const flows = rest.map((one, i) => ({ one, ping: network.lan.pinging(there(i + 1)) }));
  try { await what(first); } finally { for (const { one, ping } of flows) noneLost(`to ${one.site.name}`, await ping.stop()); }
  const after = await Promise.all(rest.map(keys));
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error(`the others' SAs were touched: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
}

const initialContacts = (stats: string): number => Number(/INITIAL-CONTACT +(\d+)/.exec(stats)?.[1] ?? 0);

async function lives(network: Network, aggressive: boolean): Promise<void> {
  // Neither daemon says INITIAL-CONTACT in Aggressive Mode: what a peer had before it was killed stays for a minute then.
  const old = aggressive ? 1 : 0;
  await allUp(network);
  await allAsk(network);
  await besideTraffic(network, async (first) => {
    const before = await keys(first);
    await first.peer.renew(2);
    await until("new keys of phase 2", 60, async () => (await keys(first)).spis.some((spi) => !before.spis.includes(spi)));
    await network.expectPings(first, there(0));
    if (first.site.daemon === "charon") {
      await first.peer.renew(1);
      await until("new keys of phase 1", 60, async () => (await keys(first)).cookies.some((one) => !before.cookies.includes(one)));
      await network.expectPings(first, there(0));
    }
    // It is killed, comes back, and says INITIAL-CONTACT: what it had is gone, and nothing else.
    const contacts = initialContacts(await network.ours.ask("show crypto isakmp stats"));
    await first.peer.start(first.site.configuration, first.site.options);
    await network.initiate(first);
    await network.expectOurs(network.others.length, network.others.length, old);
    if (!aggressive && initialContacts(await network.ours.ask("show crypto isakmp stats")) <= contacts) throw new Error("no INITIAL-CONTACT came: nothing was proved");
    await network.expectPings(first, there(0));
    await first.peer.terminate();
    await network.expectOurs(network.others.length - 1, network.others.length - 1, old);
    if ((await network.lan.ping(there(0), 1, 50, 500)).received > 0) throw new Error(`${first.site.name} is reached after its end`);
  });
  network.expectSealed();
}

/** The first two say that they are the same: who comes later has the tunnel, and we say what we see. */
async function twins(network: Network): Promise<void> {
  const [north, twin, west] = network.others as [Other, Other, Other];
  const change = /peer \d+ \(north\.example\.org\) was at 192\.0\.2\.101 port \d+ and is at 192\.0\.2\.101 port \d+; if these are two, they show the same key and name/g;
  await Promise.all([north, west].map((one) => network.initiate(one)));
  await network.expectPings(north, there(0));
  const before = await keys(west), ping = network.lan.pinging(there(2));
  try {
    for (const [i, [later, earlier]] of [[twin, north], [north, twin]].entries() as Iterable<[number, [Other, Other]]>) {
      if (i > 0) await later.peer.start(later.site.configuration, later.site.options);
      await network.initiate(later);
      await network.expectOurs(2);
      earlier.wire.forget();
      await network.expectPings(later, there(0));
      if (earlier.wire.esp("out").length > 0) throw new Error(`${earlier.site.name} gets what is ${later.site.name}'s`);
      await until("the console's sentence", 60, () => (network.ours.said.match(change) ?? []).length > i);
    }
  } finally { noneLost("to west", await ping.stop()); }
  if (JSON.stringify(await keys(west)) !== JSON.stringify(before)) throw new Error("the SAs of west were touched");
  network.expectSealed();
}

/** The first one's wire is cut: it is found dead, and the others are not. */
async function oneDies(network: Network): Promise<void> {
  await allUp(network);
  await besideTraffic(network, async (first) => {
    first.wire.faults({ loss: 1 });
    await network.expectSaid(/IKE_DEAD_PEER/, 90);
    await network.expectOurs(network.others.length - 1);
  });
  network.expectSealed();
}

const ROWS: Row[] = [
  { name: "charon-one-nat", about: "two charons behind one translator", daemons: ["charon", "charon"], nats: [0, 0] },
  { name: "charon-two-nats", about: "two charons behind a translator each", daemons: ["charon", "charon"], nats: [0, 1] },
  { name: "pluto-one-nat", about: "two plutos behind one translator", daemons: ["pluto", "pluto"], nats: [0, 0] },
  { name: "pluto-two-nats", about: "two plutos behind a translator each", daemons: ["pluto", "pluto"], nats: [0, 1] },
  { name: "mixed-one-nat", about: "charon, pluto and charon behind one translator", daemons: ["charon", "pluto", "charon"], nats: [0, 0, 0] },
  { name: "mixed-two-nats", about: "charon, pluto and pluto behind two translators, in Aggressive Mode with a key each", daemons: ["charon", "pluto", "pluto"], nats: [0, 0, 1], aggressive: true },
  { name: "same-identity", about: "two charons with one name behind one translator: the later one has the tunnel, the console says so, a third one's is untouched", daemons: ["charon", "charon", "charon"], nats: [0, 0, 0], who: [0, 0, 2], check: twins },
  { name: "dead-peer", about: "a charon and a pluto behind one translator, the wire of one is cut: that one is found dead", daemons: ["charon", "pluto"], nats: [0, 0], ours: `${ONE_KEY}crypto isakmp keepalive 10 2 periodic\n`, seconds: 120, check: oneDies },
];

export default ROWS.map(({ name, about, daemons, nats, who = [0, 1, 2], aggressive = false, ours, seconds, check = lives }): NetworkScenario => ({
  name: `hub-${name}`,
  about,
  peer: "network",
  nats: [...new Set(nats)].map((nat) => ({ address: OUTER[nat]! })),
  ours: { address: "192.0.2.1", configuration: ours ?? (aggressive ? PROFILES : ONE_KEY) },
  others: daemons.map((daemon, i) => other(daemon, i, who[i]!, nats[i]!, aggressive)),
  ...(seconds ? { seconds } : {}),
  check: (network) => check(network, aggressive),
}));
