/** Links: frames cross each kind in both directions, and what is wrong is counted, not thrown. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadModule } from "../../host/node/contract.ts";
import { modulePath } from "../../host/node/cli/usage.ts";
import { Nvram } from "../../host/node/nvram.ts";
import { Router } from "../../host/node/router.ts";
import { freePort } from "../../host/node/link/free_port.ts";
import { LinkRefused, type Link } from "../../host/node/link/link.ts";
import { memoryWire } from "../../host/node/link/memory.ts";
import { parseLink, parsePorts } from "../../host/node/link/parse.ts";
import { StreamLink, Unframer } from "../../host/node/link/stream.ts";
import { TapLink } from "../../host/node/link/tap.ts";
import { UdpLink } from "../../host/node/link/udp.ts";
import { until as patiently } from "../support/world/until.ts";

const frame = (n: number, length = 60) => Uint8Array.from({ length }, (_, i) => (i + n) & 255);

async function opened(link: Link) {
  const got: Uint8Array[] = [];
  const reports: string[] = [];
  const states: boolean[] = [];
  await link.open(
    (f) => got.push(Uint8Array.from(f)),
    (s) => reports.push(s),
    (up) => states.push(up),
  );
  return { link, got, reports, states };
}

const until = (what: () => boolean): Promise<boolean> => patiently(String(what), what);

test("memory: in order, in a later turn", async () => {
  const [x, y] = memoryWire("x", "y");
  const [a, b] = [await opened(x), await opened(y)];
  for (let i = 0; i < 5; i++) a.link.send(frame(i));
  b.link.send(frame(9));
  assert.equal(b.got.length, 0);
  await until(() => a.got.length === 1 && b.got.length === 5);
  assert.deepEqual(b.got, [0, 1, 2, 3, 4].map((i) => frame(i)));
});

test("udp: a frame a datagram, runts dropped, a busy port refused", async () => {
  const [p, q] = [await freePort(), await freePort()];
  const a = await opened(new UdpLink("udp:a", p, "127.0.0.1", q));
  const b = await opened(new UdpLink("udp:b", q, "localhost", p));
  try {
    a.link.send(frame(1));
    b.link.send(frame(2, 1514));
    await until(() => a.got.length === 1 && b.got.length === 1);
    assert.deepEqual([a.got[0], b.got[0]], [frame(2, 1514), frame(1)]);
    a.link.send(frame(1, 5));
    await until(() => b.link.counters.dropped === 1);
    await assert.rejects(opened(new UdpLink("udp:c", p, "127.0.0.1", q)), new LinkRefused(`udp:c: UDP port ${p} can't be had: it is in use`));
  } finally {
    await Promise.all([a.link.close(), b.link.close()]);
  }
  a.link.send(frame(1));
  assert.equal(a.link.counters.dropped, 1);
});

test("udp: an unknown host is refused by one sentence", async () => {
  await assert.rejects(opened(new UdpLink("udp:x", 1, "no-such-host.invalid", 2)), /^Error: udp:x: the host "no-such-host\.invalid" has no IPv4 address$/);
});

test("stream: both ends, reconnection, a peer that speaks something else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-stream-"));
  const path = join(folder, "wire");
  try {
    let server = await opened(new StreamLink("s", path, true));
    const client = await opened(new StreamLink("c", path, false));
    await until(() => {
      client.link.send(frame(3, 1514));
      return server.got.length > 0;
    });
    assert.deepEqual(server.got[0], frame(3, 1514));
    server.link.send(frame(4));
    await until(() => client.got.length === 1);
    assert.deepEqual(client.got[0], frame(4));
    assert.deepEqual([server.states, client.states], [[true], [true]]);
    await server.link.close();
    await until(() => client.states.length === 2);
    server = await opened(new StreamLink("s", path, true));
    await until(() => {
      client.link.send(frame(5));
      return server.got.length > 0;
    });
    await client.link.close();
    await until(() => server.states.length === 2);
    // Of its own end a link that is closed says nothing.
    assert.deepEqual([server.states, client.states], [[true, false], [true, false, true]]);
    const stranger = connect(path);
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    stranger.on("error", () => {});
    await until(() => server.reports.length === 1);
    assert.equal(server.reports[0], "s: the peer does not send frames behind 4-octet lengths; disconnected");
    await assert.rejects(opened(new StreamLink("t", path, true)), /in use by a running program/);
    await server.link.close();
    assert.equal(existsSync(path), false);
    writeFileSync(path, "");
    await assert.rejects(opened(new StreamLink("t", path, true)), /exists and is not a socket/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("stream: frames are found however the octets are cut", () => {
  const wire = Buffer.concat([1, 2, 3].flatMap((n) => [Buffer.from([0, 0, 0, 20 + n]), Buffer.from(frame(n, 20 + n))]));
  for (let size = 1; size <= wire.length; size++) {
    const got: Uint8Array[] = [];
    const unframer = new Unframer((f) => got.push(f));
    for (let at = 0; at < wire.length; at += size) assert.equal(unframer.write(wire.subarray(at, at + size)), true);
    assert.deepEqual(got, [frame(1, 21), frame(2, 22), frame(3, 23)]);
  }
});

const noTap = process.getuid?.() !== 0 ? "needs root: a tap interface" : !existsSync("/dev/net/tun") || !existsSync("/usr/bin/socat") ? "needs socat and /dev/net/tun" : false;

test("tap: open when socat has the interface, however late; refused in its words", { skip: noTap }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-tap-"));
  const path = process.env.PATH;
  const name = `pt${process.pid}`;
  try {
    // A busy machine: socat begins late.
    writeFileSync(join(folder, "socat"), '#!/bin/sh\nsleep 1\nexec /usr/bin/socat "$@"\n', { mode: 0o755 });
    process.env.PATH = `${folder}:${path}`;
    const { link, reports, states } = await opened(new TapLink(`tap:${name}`, name));
    assert.ok(existsSync(`/sys/class/net/${name}`), "open, and the interface is not there");
    assert.deepEqual(states, []);
    execFileSync("ip", ["link", "set", name, "down"]);
    await until(() => states.length === 1);
    execFileSync("ip", ["link", "set", name, "up"]);
    await until(() => states.length === 2);
    assert.deepEqual(states, [false, true]);
    await link.close();
    assert.deepEqual(reports, []);
    await assert.rejects(opened(new TapLink("tap:lo", "lo")), /^Error: tap:lo: the interface "lo" can't be had: ioctl\(.*: Invalid argument$/);
  } finally {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
});

test("a router whose cable is pulled out: its line is down, in a fresh instance too, and up again with the next peer", async () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-cable-"));
  const path = join(folder, "wire");
  let output = "";
  const router = new Router({
    module: loadModule(modulePath),
    links: [new StreamLink("s", path, true)],
    nvram: new Nvram(undefined),
    defaultConfig: "interface Ethernet0\n ip address 10.0.0.1 255.0.0.0\n",
    onConsole: (text) => (output += text),
  });
  const brief = (): string => {
    output = "";
    router.input("show ip interface brief\n");
    return /^Ethernet0 .*? (\S+) +(\S+) *$/m.exec(output)!.slice(1).join(" ");
  };
  try {
    await router.start();
    assert.equal(brief(), "up up");
    const first = await opened(new StreamLink("c", path, false));
    await until(() => first.states.length === 1);
    await first.link.close();
    await until(() => brief() === "down down");
    router.input("reload\n");
    router.input("\n");
    await until(() => router.instance.counters.reloads === 1);
    await until(() => brief() === "down down");
    const second = await opened(new StreamLink("c", path, false));
    await until(() => brief() === "up up");
    await second.link.close();
  } finally {
    await router.stop();
    rmSync(folder, { recursive: true });
  }
});

test("links and ports as the user writes them", () => {
  assert.ok(parseLink("udp:7001:127.0.0.1:7002") instanceof UdpLink);
  assert.ok(parseLink("stream:unix:/run/a:b:listen") instanceof StreamLink);
  const refused: [string, string][] = [
    ["udp:0:h:1", '"0" in the link "udp:0:h:1" is not a port; allowed are 1 to 65535'],
    ["udp:1:h", 'the link "udp:1:h" is not of the form udp:LOCALPORT:HOST:PORT'],
    ["stream:tcp:x", 'the link "stream:tcp:x" is not of the form stream:unix:PATH[:listen]'],
    ["tap:a-name-too-long-for-it", '"a-name-too-long-for-it" in the link "tap:a-name-too-long-for-it" is not an interface\'s name; allowed are 1 to 15 characters without blanks, slashes and commas'],
    ["", 'the link "" is not known; allowed are udp:LOCALPORT:HOST:PORT, stream:unix:PATH[:listen] or tap:NAME'],
  ];
  for (const [text, sentence] of refused) assert.equal(parseLink(text), sentence);
  assert.equal(parsePorts(["a=tap:t0", "a=tap:t1"]), '--port "a=tap:t1": there is a port "a" already');
  assert.equal(parsePorts(["a=tap:t0", "b=tap:t1", "c=tap:t2", "d=tap:t3", "e=tap:t4"]), '--port "e=tap:t4" is one too many: a router has at most 4 ports');
});
