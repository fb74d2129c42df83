/** What docs/examples/branch-office promises, seen from outside and at the router's console, wherever that is. */
import assert from "node:assert/strict";
import { ipv4, inSubnet, udp } from "../world/frame.ts";
import type { BranchOffice } from "./branch_office.ts";

export interface Seat {
  /** What the router prints for a command. */
  ask(command: string): Promise<string>;
  /** Waits until `check` answers true; throws with `what` when it never does. */
  until(what: string, check: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets some seconds pass: for what must not come. */
  pass(seconds: number): Promise<void>;
}

/** RFC 5424, 6: PRI, version, time, host, application, process, message ID, structured data, text. */
const LINE = /^<(\d{1,3})>1 (\S+) branch postern - (\S+) - (.+)$/;

/** Waits until an answer of the console fits, and returns it. */
async function shows(seat: Seat, command: string, pattern: RegExp): Promise<string> {
  let said = "";
  await seat.until(`${command}: ${pattern}`, async () => {
    await seat.pass(1);
    return pattern.test((said = await seat.ask(command)));
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it says:\n${said}`);
  });
  return said;
}

/** All of it, at a router that was just configured or has just started. */
export async function standsAtItsLine(office: BranchOffice, seat: Seat): Promise<void> {
  const { computer, web, logHost, world } = office;
  office.line.length = office.logged.length = office.asked.length = 0;
  web.received.length = logHost.received.length = 0;

  // Its own address, and addresses for the office.
  // A board has names of its own for its ports; the document's are good there too.
  const brief = /^(?:Fast)?Ethernet(?:0\/)?1 +(203\.0\.113\.\d+) +YES DHCP +up +up/m;
  const [, wan] = brief.exec(await shows(seat, "show ip interface brief", brief))!;
  let next = 0;
  await seat.until("the computer has an address", () => {
    if (world.now >= next && !computer.host) {
      next = world.now + 4000;
      computer.begin();
    }
    return computer.host !== undefined;
  });
  const host = computer.host!;
  assert.ok(inSubnet(host.address, "10.7.0.0/24") && Number(host.address.split(".")[3]) >= 20, host.address);
  assert.equal(host.gateway, "10.7.0.1");
  assert.equal(computer.nameServer, "198.51.100.53");

  // To the Internet, translated, and back.
  await seat.until("the Internet answers", repeated(office, web.address));
  assert.deepEqual([...new Set(web.received.map(({ src }) => src))], [wan]);
  const before = host.received.length;
  office.ask();
  await seat.until("a datagram is answered", () => host.received.length > before);
  assert.equal(office.asked.at(-1)!.from, wan);

  // To the head office, as it is.
  await seat.until("the head office answers", repeated(office, logHost.address));
  assert.deepEqual([...new Set(logHost.received.filter(({ protocol }) => protocol === 1).map(({ src }) => src))], [host.address]);
  await shows(seat, "show crypto session", /^Session status: UP-ACTIVE/m);
  const back = host.requests;
  logHost.ping(host.address, 1);
  await seat.until("the head office reaches the office", () => host.requests > back);

  // The time.
  await shows(seat, "show ntp status", /^Clock is synchronized, stratum 3, reference is 198\.51\.100\.123/m);
  assert.match(await seat.ask("show clock"), /^\d\d:\d\d:\d\d\.\d{3} CEST Thu Jul 9 2026$/m);

  // Nothing comes in that nobody asked for: the answer from another port, a stranger, one that claims to be of the head office or the office.
  const received = host.received.length;
  office.answerFromElsewhere();
  const scan = udp(40112, 23, new Uint8Array(8));
  office.throwAt(ipv4("198.51.100.66", wan!, 17, scan, { id: 1 }));
  for (const src of ["198.51.100.66", "10.1.0.9", "10.7.0.99"]) office.throwAt(ipv4(src, host.address, 17, scan, { id: 2 }));
  await seat.pass(3);
  assert.equal(host.received.length, received);
  assert.match(await seat.ask("show ip access-lists WAN-IN"), /deny ip any any log \([1-9]\d* match/);

  // The log is at its host, in the form that it should have, and says who was refused.
  await seat.until("the log says who was refused", () => office.logged.some(({ text }) => /SEC-6-IPACCESSLOGP: list WAN-IN denied udp 198\.51\.100\.66\(40112\) -> 203\.0\.113\.\d+\(23\)/.test(text)));
  for (const { from, text } of office.logged) {
    assert.equal(from, "10.7.0.1");
    const [, priority, , mnemonic, message] = LINE.exec(text) ?? assert.fail(text);
    assert.equal(Number(priority) >> 3, 23);
    assert.ok(message!.startsWith(`%${mnemonic}:`), text);
  }
  assert.ok(office.logged.some(({ text }) => /^<\d+>1 2026-07-09T12:\d\d:\d\d\.\d+Z /.test(text)), office.logged.map(({ text }) => text).join("\n"));

  assert.deepEqual(office.leaked, []);
  assert.ok(office.line.some(({ src, protocol, out }) => out && src === wan && protocol === 50));
}

/** Pings each second until one is answered. */
function repeated(office: BranchOffice, to: string): () => boolean {
  let next = 0;
  const answered: (() => boolean)[] = [];
  return () => {
    if (office.world.now >= next) {
      next = office.world.now + 1000;
      answered.push(office.ping(to));
    }
    return answered.some((one) => one());
  };
}
