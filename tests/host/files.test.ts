/** Files of the host: NVRAM whole or not at all, captures, key tables, events. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { asIkeMessage, Lines, parseEvent } from "../../host/node/events.ts";
import { KeylogFolder, keylogRow } from "../../host/node/keylog.ts";
import { memoryWire } from "../../host/node/link/memory.ts";
import { Capture, captured } from "../../host/node/link/pcap.ts";
import { Nvram, writeWhole } from "../../host/node/nvram.ts";
import { turns } from "../support/world/until.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-files-"));
after(() => rmSync(folder, { recursive: true }));
const tshark = existsSync("/usr/bin/tshark") ? false : "tshark is not installed: apt-get install -y tshark";

test("NVRAM: stored, erased, read by the next host, the owner's alone", () => {
  const path = join(folder, "deep", "nvram");
  const nvram = new Nvram(path);
  assert.equal(nvram.read(), undefined);
  nvram.write("hostname a\n");
  assert.equal(new Nvram(path).read(), "hostname a\n");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  nvram.write("");
  assert.equal(nvram.read(), undefined);
  assert.equal(new Nvram(path).read(), undefined);
});

test("NVRAM: the device key is made once, the owner's alone, and is the same at the next start", () => {
  const path = join(folder, "keyed", "nvram");
  const key = new Nvram(path).deviceKey();
  assert.equal(key.length, 32);
  assert.deepEqual(new Nvram(path).deviceKey(), key);
  assert.equal(readFileSync(`${path}.key`, "utf8"), `${Buffer.from(key).toString("hex")}\n`);
  assert.equal(statSync(`${path}.key`).mode & 0o777, 0o600);
  writeFileSync(`${path}.key`, "not a key\n");
  assert.throws(() => new Nvram(path).deviceKey(), /nvram\.key is not 64 hexadecimal digits/);
  assert.equal(readFileSync(`${path}.key`, "utf8"), "not a key\n");
  // Without a file it lives as long as the host.
  const lasting = new Nvram(undefined);
  assert.deepEqual(lasting.deviceKey(), lasting.deviceKey());
  assert.notDeepEqual(new Nvram(undefined).deviceKey(), lasting.deviceKey());
});

test("NVRAM: a write that fails leaves the old text and nothing beside it", () => {
  const place = join(folder, "atomic");
  mkdirSync(place);
  // A name that leaves no room for a longer one beside it: the new text can't even be opened.
  const name = "n".repeat(250);
  const path = join(place, name);
  writeFileSync(path, "old\n");
  const nvram = new Nvram(path);
  assert.throws(() => nvram.write("new\n"));
  assert.equal(nvram.read(), "old\n");
  assert.equal(readFileSync(path, "utf8"), "old\n");
  mkdirSync(join(place, "target", "full"), { recursive: true });
  assert.throws(() => writeWhole(join(place, "target"), "x"));
  assert.deepEqual(readdirSync(place).sort(), [name, "target"]);
});

test("NVRAM: what it held before is overwritten where it stood, and a file that others could read is its owner's alone", () => {
  const path = join(folder, "secrets");
  const text = `crypto isakmp key ${"s".repeat(100000)} address 192.0.2.1\n`;
  writeFileSync(path, text);
  chmodSync(path, 0o644);
  const kept = openSync(path, "r");
  const nvram = new Nvram(path);
  const held = () => {
    const octets = Buffer.alloc(text.length + 1);
    return octets.subarray(0, readSync(kept, octets, 0, octets.length, 0));
  };
  try {
    assert.equal(held().toString(), text);
    nvram.write("hostname a\n");
    assert.deepEqual(held(), Buffer.alloc(text.length), "zeros where the key was");
    assert.equal(statSync(path).mode & 0o777, 0o600);
  } finally {
    closeSync(kept);
  }
  // `erase startup-config` does the same; a copy that somebody keeps under another name stays.
  const short = openSync(path, "r");
  const erased = Buffer.alloc(100);
  nvram.write("");
  assert.deepEqual(erased.subarray(0, readSync(short, erased, 0, 100, 0)), Buffer.alloc("hostname a\n".length));
  closeSync(short);
  nvram.write("hostname b\n");
  linkSync(path, join(folder, "copy"));
  nvram.write("hostname c\n");
  assert.equal(readFileSync(join(folder, "copy"), "utf8"), "hostname b\n");
  assert.equal(readFileSync(path, "utf8"), "hostname c\n");
});

test("NVRAM: a reader never sees a part", () => {
  const path = join(folder, "whole");
  const texts = ["a".repeat(200000), "b".repeat(300000)];
  writeWhole(path, texts[0]!);
  const inode = statSync(path).ino;
  writeWhole(path, texts[1]!);
  assert.notEqual(statSync(path).ino, inode, "the old file is replaced, not written over");
  assert.equal(readFileSync(path, "utf8"), texts[1]);
});

test("a whole file follows no link that stands beside it, and no name that is left behind is in its way", () => {
  const path = join(folder, "beside");
  const victim = join(folder, "victim");
  writeFileSync(victim, "untouched");
  // The name that an earlier version took, by process.
  symlinkSync(victim, join(folder, `.beside.${process.pid}.new`));
  writeWhole(path, "new\n");
  assert.deepEqual([readFileSync(path, "utf8"), readFileSync(victim, "utf8")], ["new\n", "untouched"]);
  assert.equal(lstatSync(path).isFile(), true);
});

test("captures: interfaces by name, directions, times to the nanosecond", { skip: tshark }, async () => {
  const path = join(folder, "two.pcapng");
  let time = 1_700_000_000_123_456_789n;
  const capture = new Capture(path, () => (time += 1000n));
  const [x, y] = memoryWire("x", "y");
  const lan = captured(x, capture, "lan");
  const wan = captured(memoryWire("p", "q")[0], capture, "wan");
  await lan.open(() => {}, () => {});
  await y.open(() => {});
  const frame = (n: number) => Uint8Array.from({ length: 60 + n }, (_, i) => (i < 12 ? 2 : n));
  lan.send(frame(1));
  y.send(frame(2));
  await turns();
  wan.send(frame(3));
  capture.close();
  const read = spawnSync("tshark", ["-r", path, "-T", "fields", "-e", "frame.interface_name", "-e", "frame.len", "-e", "frame.packet_flags_direction", "-e", "frame.time_epoch"], { encoding: "utf8" });
  assert.equal(read.status, 0, read.stderr);
  assert.deepEqual(
    read.stdout.trim().split("\n").map((line) => line.split("\t")),
    [
      ["lan", "61", "2", "1700000000.123457789"],
      ["lan", "62", "1", "1700000000.123458789"],
      ["wan", "63", "2", "1700000000.123459789"],
    ].map((row) => [row[0]!, row[1]!, `0x${row[2]!.padStart(8, "0")}`, row[3]!]),
  );
});

const ESP = 'esp 192.0.2.1 192.0.2.2 0x0a0b0c0d "AES-CBC [RFC3602]" 0x000102030405060708090a0b0c0d0e0f "HMAC-SHA-256-128 [RFC4868]" 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

const CCM = 'esp 192.0.2.1 192.0.2.2 0x0a0b0c0e "AES-CCM with 12 octet ICV [RFC4309]" 0x000102030405060708090a0b0c0d0e0f101112 "NULL" 0x';

test("key tables: rows as Wireshark writes them", () => {
  assert.deepEqual(keylogRow("ikev1 00112233445566AA 0123"), { table: "ikev1_decryption_table", row: "00112233445566aa,0123" });
  assert.deepEqual(keylogRow(ESP), {
    table: "esp_sa",
    row: '"IPv4","192.0.2.1","192.0.2.2","0x0a0b0c0d","AES-CBC [RFC3602]","0x000102030405060708090a0b0c0d0e0f","HMAC-SHA-256-128 [RFC4868]","0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"',
  });
  // Wireshark has no words for these and would refuse the table: it skips the row.
  for (const words of ["AES-CCM with 8 octet ICV [RFC4309]", "AES-GMAC [RFC4543]", "Camellia-CBC [RFC4312]", "ChaCha20-Poly1305 [RFC7634]"])
    assert.match(keylogRow(ESP.replace("AES-CBC [RFC3602]", words))!.row, /^# "IPv4",/);
  for (const line of ["", "ikev1 00 11", "esp a b c", `${ESP} more`]) assert.equal(keylogRow(line), undefined);
});

test("key tables: whole lines, each once, kept by the next run, the owner's alone; tshark reads them", () => {
  const keys = join(folder, "keys");
  const first = new KeylogFolder(keys);
  first.write("ikev1 0011223344556677 001122");
  assert.doesNotMatch(readFileSync(join(keys, "ikev1_decryption_table"), "utf8"), /0011/);
  first.write("33445566778899aabbccddeeff\n");
  const second = new KeylogFolder(keys);
  second.write(`ikev1 0011223344556677 00112233445566778899aabbccddeeff\n${ESP}\n${ESP}\n${CCM}\n${CCM}\n`);
  const rows = (table: string) => readFileSync(join(keys, table), "utf8").trim().split("\n").slice(1);
  assert.deepEqual(rows("ikev1_decryption_table"), ["0011223344556677,00112233445566778899aabbccddeeff"]);
  assert.equal(rows("esp_sa").length, 2);
  assert.equal(statSync(join(keys, "esp_sa")).mode & 0o777, 0o600);
  if (tshark) return;
  const capture = join(folder, "empty.pcapng");
  new Capture(capture).close();
  const config = { ...process.env, WIRESHARK_CONFIG_DIR: keys };
  const good = spawnSync("tshark", ["-r", capture], { encoding: "utf8", env: config });
  assert.doesNotMatch(good.stderr, /esp_sa|decryption_table|Error/);
  writeFileSync(join(keys, "esp_sa"), '"IPv4","nonsense"\n');
  const bad = spawnSync("tshark", ["-r", capture], { encoding: "utf8", env: config });
  assert.match(bad.stderr, /esp_sa/, "tshark reads the tables of this folder");
});

test("events: typed, escapes undone, lines however they are cut", () => {
  const lines: string[] = [];
  const cut = new Lines((line) => lines.push(line));
  for (const part of ["a=1\nb", "=2\n\n", "c"]) cut.write(part);
  assert.deepEqual(lines, ["a=1", "b=2"]);
  assert.deepEqual(parseEvent("event=refused t=12 where=phase1 detail=a\\x20b"), { event: "refused", t: 12, where: "phase1", detail: "a b" });
  for (const line of ["", "t=1", "event=x t=y", "garbage"]) assert.equal(parseEvent(line), undefined);
  const message = asIkeMessage(parseEvent("event=ike.message t=5 dir=out exchange=main number=2 payloads=SA,VID encrypted=1 length=80 retransmission=0")!)!;
  assert.deepEqual([message.dir, message.number, message.payloads, message.encrypted, message.length, message.retransmission], ["out", 2, ["SA", "VID"], true, 80, false]);
});
