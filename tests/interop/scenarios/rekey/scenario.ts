/**
 * New keys under running traffic: of phase 2 and of phase 1, started by our side (initiator) and by the peer (responder).
 * A ping every 100 milliseconds runs the whole time; none may be lost, and old SAs may not pile up.
 */
import { established, installed, noneLost, type Bench } from "../../bench/bench.ts";
import { sleep, until } from "../../bench/process.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";

/** Runs a ping until `changed` has become true, and a little longer. */
async function underTraffic(bench: Bench, role: Role, seconds: number, changed: () => Promise<boolean>, interval = 100, size = 56): Promise<void> {
  await bench.up(role);
  const ping = bench.lan.pinging("10.2.0.10", interval, 15_000, size);
  try { await until("new keys", seconds, changed, 500); } catch (error) { await ping.stop(); throw error; }
  await sleep(3000);
  noneLost("while keys changed", await ping.stop());
  await bench.expectPings();
  bench.expectSealed();
}

/** Old SAs may stay for a while, but they go. */
async function settles(bench: Bench): Promise<void> {
  let what = "";
  try {
    await until("", 60, async () => {
      const ours = await bench.ours.state(), theirs = await bench.theirs.sas();
      what = `ours ${ours.phase1}+${ours.phase2}, theirs ${established(theirs).length}+${installed(theirs).length}`;
      return ours.phase1 === 1 && ours.phase2 === 1 && established(theirs).length === 1 && installed(theirs).length === 1;
    }, 500);
  } catch { throw new Error(`old SAs stay: ${what}`); }
}

function count(read: (bench: Bench) => Promise<string[]>, wanted: number): (bench: Bench) => () => Promise<boolean> {
  return (bench) => {
    const met = new Set<string>();
    return async () => { for (const one of await read(bench)) met.add(one); return met.size >= wanted; };
  };
}

const threeSpis = count(async (bench) => installed(await bench.theirs.sas()).map((c) => c.spiIn), 3);
const threePhase1 = count(async (bench) => (await bench.theirs.sas()).filter((s) => s.state === "ESTABLISHED").map((s) => s.cookies), 3);
const twoSpis = count(async (bench) => installed(await bench.theirs.sas()).map((c) => c.spiIn), 2);
const twoPhase1 = count(async (bench) => (await bench.theirs.sas()).filter((s) => s.state === "ESTABLISHED").map((s) => s.cookies), 2);

const phase2 = bothRoles("rekey-phase2", (role) => ({
  about: `phase 2 renewed by ${role === "initiator" ? "us" : "the peer"} under a ping, none lost`,
  peer: "kernel" as const,
  ...(role === "responder" ? { theirs: { rekey_time: "6s" } } : { ours: { sa_lifetime: "30" }, standin: { rekey_time: "6s" } }),
  seconds: 200,
  check: async (bench: Bench) => {
    await underTraffic(bench, role, 150, role === "responder" ? threeSpis(bench) : twoSpis(bench));
    if (role === "initiator") await settles(bench);
  },
}));

const phase1 = bothRoles("rekey-phase1", (role) => ({
  about: `phase 1 renewed by ${role === "initiator" ? "us" : "the peer"} under a ping, none lost`,
  peer: "kernel" as const,
  ...(role === "responder" ? { theirs: { reauth_time: "8s", over_time: "4s" } } : { ours: { ike_lifetime: "60" }, standin: { reauth_time: "8s", over_time: "4s" } }),
  seconds: 150,
  check: async (bench: Bench) => {
    await underTraffic(bench, role, 100, role === "responder" ? threePhase1(bench) : twoPhase1(bench));
    if (role === "initiator") await settles(bench);
  },
}));

const volume = bothRoles("rekey-volume", (role) => ({
  about: `phase 2 renewed by ${role === "initiator" ? "us" : "the peer"} because of its volume under a ping, none lost`,
  peer: "kernel" as const,
  standin: "no" as const,
  ...(role === "responder" ? { theirs: { rekey_bytes: "200000", life_bytes: "2000000" } } : { ours: { sa_kilobytes: "2560" } }),
  seconds: 150,
  check: async (bench: Bench) => {
    await underTraffic(bench, role, 100, role === "responder" ? threeSpis(bench) : twoSpis(bench), 10, 1200);
  },
}));

export default [...phase2, ...phase1, ...volume] satisfies Scenario[];
