/** What `npm pack` packs, installed in an empty folder with nothing fetched: the command, the library and its types, in Node and in a browser. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "postern-package-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

function run(program: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8", ...options });
  return { status, out: stdout, err: stderr };
}
const postern = (...args: string[]): ReturnType<typeof run> => run(join(folder, "node_modules/.bin/postern"), args);

/** A package of the project's brings an old npm, which `npm run` puts first on the PATH. */
const env = { ...process.env, PATH: (process.env.PATH ?? "").split(":").filter((one) => !one.startsWith(root)).join(":") };

before(() => {
  const packed = run("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], { cwd: root, env });
  assert.equal(packed.status, 0, packed.err);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const installed = run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--loglevel=error", join(folder, `postern-${version}.tgz`)], { env });
  assert.equal(installed.status, 0, installed.err);
});

test("the command says its version and its help, and refuses what it does not know", () => {
  assert.deepEqual(postern("--version"), { status: 0, out: `${version}\n`, err: "" });
  assert.match(postern("--help").out, /^Usage: postern/);
  assert.equal(postern("walk").status, 2);
});

test("a configuration is checked", () => {
  writeFileSync(join(folder, "gate.ios"), "hostname gate\ninterface Ethernet0\n ip address 10.1.0.1 255.255.0.0\n");
  const checked = postern("check", "gate.ios");
  assert.equal(checked.out, "gate.ios: no line is refused\n", checked.err);
});

test("the demonstration brings its tunnel up; what it writes lies in the current folder", () => {
  const shown = postern("demo", "--batch", "--pings", "2");
  assert.equal(shown.status, 0, shown.out + shown.err);
  assert.ok(existsSync(join(folder, "build/first-light.pcapng")));
});

test("a router runs until its input tells it to end", async () => {
  const child = spawn(join(folder, "node_modules/.bin/postern"), ["run", "gate.ios"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  let ended = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.includes("hostname gate") && !ended) ended = child.kill("SIGTERM");
  });
  child.stdin.write("enable\nshow running-config\n");
  const status = await new Promise((resolve) => child.on("exit", resolve));
  assert.equal(status, 0, said);
});

// NIST's "The Galois/Counter Mode of Operation", test case 4.
const VECTOR = `
const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const text = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
const cipher = aesGcm(hex("feffe9928665731c6d6a8f9467308308"), hex("cafebabefacedbaddecaf888"), hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
const said = text(cipher.encrypt(hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")));
`;
const WANTED = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47";

test("the library is imported, and its two builds give a known answer of AES-GCM", () => {
  writeFileSync(join(folder, "use.js"), `import { aesGcm, build } from "postern/crypto";\n${VECTOR}console.log(build(), said);\n`);
  assert.equal(run(process.execPath, ["use.js"]).out, `simd ${WANTED}\n`);
  assert.equal(run(process.execPath, ["use.js"], { env: { ...process.env, POSTERN_BUILD: "scalar" } }).out, `scalar ${WANTED}\n`);
});

for (const resolution of [["--module", "nodenext"], ["--module", "esnext", "--moduleResolution", "bundler"]])
  test(`TypeScript sees the library's types: ${resolution.join(" ")}`, () => {
    const check = (text: string): ReturnType<typeof run> => {
      writeFileSync(join(folder, "use.ts"), `import { aesGcm, hmacSha256, modexp, oakleyGroup, x25519, type Cipher } from "postern/crypto";\n${text}\n`);
      return run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--target", "es2022", ...resolution, "use.ts"]);
    };
    const good = check(
      "const sealed: Cipher = aesGcm(new Uint8Array(16), new Uint8Array(12));\nexport const all: Uint8Array[] = [sealed.encrypt(new Uint8Array(3)), hmacSha256(new Uint8Array(1), new Uint8Array(2)), " +
        "modexp(new Uint8Array(1), new Uint8Array(1), new Uint8Array(16)), x25519.privateKey(), oakleyGroup(14).privateKey()];",
    );
    assert.equal(good.out, "");
    assert.match(check('export const wrong = aesGcm("key", new Uint8Array(12));').out, /use\.ts\(2,29\): error TS2345/);
  });

test("the package holds what it needs and no source of tests or builds", () => {
  const list = (at: string): string[] => readdirSync(join(folder, "node_modules/postern", at), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? list(join(at, entry.name)) : [join(at, entry.name)]));
  const files = list("");
  for (const name of ["LICENSE", "README.md", "host/abi.md", "build/dist/build/postern.wasm", "build/dist/build/primitives.simd.wasm"]) assert.ok(files.includes(name), name);
  assert.deepEqual(files.filter((name) => !name.startsWith("node_modules") && /(^|[^d])\.ts$|\.wat$|^assembly|^tests|^node_modules\/(tsx|assemblyscript)\//.test(name) && !name.endsWith(".d.ts")), []);
});

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
test("a browser imports the library and gives the same answer", { skip: chromium ? false : "no browser; as root: apt-get install -y --no-install-recommends chromium" }, async () => {
  const types: Record<string, string> = { ".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm" };
  const site = join(folder, "site");
  cpSync(join(folder, "node_modules/postern/build/dist"), join(site, "dist"), { recursive: true });
  // What is said goes back to the server: a page that has been dumped too early would say nothing.
  writeFileSync(
    join(site, "index.html"),
    `<!doctype html><script type="module">import { aesGcm, build, x25519 } from "./dist/host/crypto/browser.js";${VECTOR}
     await fetch("/said", { method: "POST", body: build() + " " + said + " " + x25519.privateKey().length });</script>`,
  );
  let answered: (text: string) => void = () => {};
  const answer = new Promise<string>((resolve) => (answered = resolve));
  const server = createServer((request, response) => {
    if (request.url === "/said") {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        answered(body);
        response.end();
      });
      return;
    }
    const path = join(site, request.url === "/" ? "index.html" : request.url!);
    if (!path.startsWith(site) || !existsSync(path)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" }).end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const child = spawn(chromium!, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${join(folder, "profile")}`, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`], { stdio: "ignore", detached: true });
  const gone = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const timer = setTimeout(() => answered("the browser said nothing within 60 s"), 60000);
  try {
    assert.equal(await answer, `simd ${WANTED} 32`);
  } finally {
    clearTimeout(timer);
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
    await gone;
    server.closeAllConnections();
    server.close();
  }
});
