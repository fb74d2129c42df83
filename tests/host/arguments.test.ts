/** What a bad argument or file gets: one sentence with the value and what is allowed, and exit status 2. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { main } from "../../host/node/cli/main.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-arguments-"));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "binary"), "a\0b");
writeFileSync(join(folder, "empty.ios"), "\n");

/** Runs the command in this process. */
async function postern(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const seen = { out: "", err: "" };
  const status = await main(args, { out: (text) => void (seen.out += text), err: (text) => void (seen.err += text) });
  return { status, ...seen };
}

const cases: [string[], string][] = [
  [["run", "--port", "wan"], 'postern: --port "wan" is not of the form NAME=LINK with a name of letters, digits, dots and dashes'],
  [["run", "--port", "wan=udp:7001"], 'postern: --port "wan=udp:7001": the link "udp:7001" is not of the form udp:LOCALPORT:HOST:PORT'],
  [["run", "--port", "wan=udp:0:h:7002"], 'postern: --port "wan=udp:0:h:7002": "0" in the link "udp:0:h:7002" is not a port; allowed are 1 to 65535'],
  [["run", "--port", "wan=vlan:7"], 'postern: --port "wan=vlan:7": the link "vlan:7" is not known; allowed are udp:LOCALPORT:HOST:PORT, stream:unix:PATH[:listen] or tap:NAME'],
  [["run", "--console", "tcp:23"], 'postern: --console "tcp:23" is not known; allowed are stdio and unix:PATH'],
  [["run", "--fault", "loss=3"], 'postern: --fault "loss=3": "3" is not for "loss"; allowed are loss, dup, reorder and corrupt (0 to 1), delay (0 to 10000 ms), seed (0 to 4294967295), as in loss=0.3,seed=7'],
  [["run", join(folder, "none.ios")], `postern: the configuration "${folder}/none.ios" can't be used: there is no such file or folder`],
  [["run", folder], `postern: the configuration "${folder}" can't be used: it is a folder`],
  [["run", join(folder, "binary")], `postern: the configuration "${folder}/binary" can't be used: it is not a text`],
  [["run", "--startup", folder], `postern: --startup "${folder}" can't be used: it is a folder`],
  [["run", "--pcap", join(folder, "no/x.pcapng")], `postern: --pcap "${folder}/no/x.pcapng" can't be used: there is no such file or folder`],
  [["run", "--keylog", join(folder, "empty.ios")], `postern: --keylog "${folder}/empty.ios" can't be used: a file of that name is in the way`],
  [["run", "--events", folder], `postern: --events "${folder}" can't be used: it is a folder`],
  [["demo", "--pings", "many"], 'postern: --pings "many" is not a number of pings; allowed are 1 to 1000'],
  [["check", join(folder, "none.ios")], `postern: the configuration "${folder}/none.ios" can't be used: there is no such file or folder`],
  [["run", "--frob"], "error: unknown option '--frob'"],
  [["run", "--port"], "error: option '-p, --port <NAME=LINK>' argument missing"],
  [["run", "a", "b"], "error: too many arguments for 'run'. Expected 1 argument but got 2."],
  [["walk"], "error: unknown command 'walk'"],
  [["check"], "error: missing required argument 'CONFIG'"],
];

for (const [args, sentence] of cases)
  test(`postern ${args.join(" ").replaceAll(folder, "...")}`, async () => {
    assert.deepEqual(await postern(...args), { status: 2, out: "", err: `${sentence}\n` });
  });

test("help of the command and of each subcommand names every option", async () => {
  const top = await postern("--help");
  for (const word of ["run", "check", "demo", "Exit status"]) assert.match(top.out, new RegExp(word));
  const run = await postern("run", "--help");
  for (const word of ["--port", "--console", "--startup", "--pcap", "--keylog", "--events", "--fault", "udp:", "stream:unix:", "tap:", "Example"]) assert.ok(run.out.includes(word), word);
  const demo = await postern("demo", "--help");
  for (const word of ["--batch", "--pcap", "--keylog", "--pings"]) assert.ok(demo.out.includes(word), word);
  assert.deepEqual([top.status, run.status, demo.status], [0, 0, 0]);
});

test("the command itself ends with that status", () => {
  const command = fileURLToPath(new URL("../../host/node/postern.mjs", import.meta.url));
  const bad = spawnSync(process.execPath, [command, "run", "--port", "x"], { encoding: "utf8" });
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /--port "x" is not of the form/);
});
