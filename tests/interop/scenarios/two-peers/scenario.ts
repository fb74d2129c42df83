/**
 * A crypto map entry with two peers, both charon with the same network behind them. The first is dead: the second is used. When DPD finds that one dead, the
 * next attempt begins with the peer that is said to be the default.
 */
import { installed } from "../../bench/bench.ts";
import { router, swanctl } from "../../bench/configure.ts";
import type { Network, Other } from "../../bench/network.ts";
import { until } from "../../bench/process.ts";
import type { NetworkScenario } from "../../bench/scenario.ts";

const US = "192.0.2.1", HOST = "10.2.0.10", SECRET = "correct-horse-battery-staple";
const ADDRESSES = ["192.0.2.2", "192.0.2.3"];

const ours = router({ hostname: "gate", address: US, gateway: "192.0.2.254", lans: ["10.1.0.1 255.255.0.0"] }, `crypto isakmp policy 10
crypto isakmp keepalive 10 2 periodic
${ADDRESSES.map((address) => `crypto isakmp key ${SECRET} address ${address}`).join("\n")}
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
crypto map CM 10 ipsec-isakmp
 set peer ${ADDRESSES[0]} default
 set peer ${ADDRESSES[1]}
 set transform-set TS
 match address VPN`);

/** Pings pass to one of the two and not to the other, both ways. */
async function through(network: Network, one: Other, seconds: number): Promise<void> {
  let what = "";
  await until("", seconds, async () => {
    await network.lan.pingUntil(HOST, 3);
    what = (await network.ours.ask("show crypto isakmp sa")).match(/.*QM_IDLE.*/g)?.join(" / ") ?? "none";
    return new RegExp(`${one.site.address.replaceAll(".", "\\.")} .*QM_IDLE .*ACTIVE`).test(what);
  }).catch(() => { throw new Error(`no tunnel to ${one.site.name}: ${what}`); });
  await network.expectPings(one, HOST);
  if (installed(await one.peer.sas()).length !== 1) throw new Error(`${one.site.name} has no pair of SAs`);
}

const scenario: NetworkScenario = {
  name: "two-peers",
  about: "of two peers the first is dead, the second is used; when that one dies, the next attempt begins with the default",
  peer: "network", seconds: 150,
  ours: { address: US, configuration: ours },
  others: ADDRESSES.map((address, i) => ({
    name: ["first", "second"][i]!, daemon: "charon", address, inner: [`${HOST}/16`],
    configuration: swanctl({ tunnel: { addrs: address, peerAddrs: US, id: address, peerId: US, lines: ["unique = replace"], children: { net: { local: "10.2.0.0/16", remote: "10.1.0.0/16" } } } }, [[SECRET]]),
  })),
  check: async (network) => {
    const [first, second] = network.others as [Other, Other];
    first.wire.faults({ loss: 1 });
    await through(network, second, 90);
    if (installed(await first.peer.sas()).length > 0) throw new Error("the first peer has SAs although nothing reached it");
    // From now on only the first one is there.
    network.wan.forget();
    first.wire.faults({});
    second.wire.faults({ loss: 1 });
    await network.expectSaid(/IKE_DEAD_PEER/, 60);
    await through(network, first, 60);
    const asked = network.wan.isakmp("out").find(({ isakmp }) => isakmp.exchange === 2)?.frame.ip?.dst;
    if (asked !== ADDRESSES[0]) throw new Error(`the attempt after the loss began with ${asked}, not with the default peer`);
    await network.expectOurs(1);
    network.expectSealed();
  },
};

export default [scenario];
