/** Programs for the board's core under qemu-user, and the instructions that their work takes (count.c). */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { aot } from "../../tools/build/aot.mjs";
import { architectures, linux } from "../../tools/build/linux.mjs";
import { command, has, unpacked } from "../../tools/package/debian.mjs";
import { wamr } from "../../tools/package/wamr.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "build/bench/core");
const packages = unpacked("armhf");
const usr = join(packages, "root/usr");
const lib = join(usr, "lib/arm-linux-gnueabihf");

/** The core of the i.MX6UL. */
export const CORE = ["-cpu", "cortex-a7"];
const FLAGS = ["-O2", "-static", "-march=armv7-a", "-mfpu=neon", "-mcpu=cortex-a7", "-Wall", "-Wextra", "-Wno-deprecated-declarations"];

/** What is missing for the guests, in one sentence; undefined: nothing. */
export function lacking(): string | undefined {
  const absent = (["qemu_user", "armhf", "cc"] as const).filter((name) => !has(name));
  return absent.length > 0 ? `Code for the board's core was not measured: as root, ${command(absent)}.` : undefined;
}

function run(program: string, args: string[], cwd = root): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${(stderr || error?.message || "").trim().split("\n").slice(-8).join("\n")}`);
}

/** Debian's armhf packages of BearSSL and OpenSSL, unpacked beside the system. Throws where they can't be had. */
function peers(): void {
  if (existsSync(join(lib, "libbearssl.a")) && existsSync(join(lib, "libcrypto.a"))) return;
  for (const name of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(packages, name), { recursive: true });
  const options = ["APT::Architecture=armhf", "APT::Architectures=armhf", `Dir::State::Lists=${join(packages, "lists")}`, `Dir::Cache=${join(packages, "cache")}`, "APT::Sandbox::User=root"].flatMap((one) => ["-o", one]);
  // A part of the lists may be missing; what counts is whether the packages come.
  spawnSync("apt-get", ["-qq", ...options, "update"], { cwd: packages, stdio: "ignore" });
  run("apt-get", ["-qq", ...options, "download", "libssl-dev", "libbearssl-dev"], packages);
  for (const file of readdirSync(packages).filter((name) => name.endsWith(".deb"))) run("dpkg-deb", ["-x", join(packages, file), join(packages, "root")]);
}

/** Builds a program when its source is newer. Returns its path. */
function built(name: string, source: string, cc: string, args: string[], after: string[] = []): string {
  const out = join(folder, name);
  const newest = Math.max(...[source, "guest.h"].map((file) => statSync(join(root, "bench/core", file)).mtimeMs), ...after.map((file) => statSync(file).mtimeMs));
  if (existsSync(out) && statSync(out).mtimeMs > newest) return out;
  mkdirSync(folder, { recursive: true });
  run(cc, [join(root, "bench/core", source), ...args, "-o", out]);
  return out;
}

const plugin = (): string => built("count.so", "count.c", "gcc", ["-O2", "-shared", "-fPIC", "-Wall"]);

/** A guest that is asked by lines, and answers each with a line. */
export class Guest {
  private readonly child: ChildProcess;
  private out = "";
  private err = "";
  private waiting: (() => void) | undefined;

  constructor(program: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn("qemu-arm", [...CORE, "-plugin", plugin(), program, ...args], { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    this.child.stdout!.setEncoding("utf8").on("data", (text: string) => ((this.out += text), this.waiting?.()));
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => ((this.err += text), this.waiting?.()));
    this.child.on("exit", () => this.waiting?.());
    this.child.stdin!.on("error", () => {});
  }

  send(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  private async until<T>(what: () => T | undefined): Promise<T> {
    for (;;) {
      const found = what();
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`a guest ended: ${this.err.trim()}`);
      await new Promise<void>((resolve) => (this.waiting = resolve));
      this.waiting = undefined;
    }
  }

  /** The next line. */
  answer(): Promise<string> {
    return this.until(() => {
      const end = this.out.indexOf("\n");
      if (end < 0) return undefined;
      const line = this.out.slice(0, end);
      this.out = this.out.slice(end + 1);
      return line;
    });
  }

  /** The next count. */
  count(): Promise<number> {
    return this.until(() => {
      const found = /^count (\d+)\n/m.exec(this.err);
      if (!found) return undefined;
      this.err = this.err.slice(found.index + found[0].length);
      return Number(found[1]);
    });
  }

  end(): void {
    this.child.kill("SIGKILL");
  }
}

/** BearSSL, and OpenSSL with NEON and without. */
export function theirs(): [string, Guest][] {
  peers();
  const include = [`-I${usr}/include`, `-I${usr}/include/bearssl`, `-I${usr}/include/arm-linux-gnueabihf`];
  const bear = built("bearssl", "bearssl.c", "arm-linux-gnueabihf-gcc", [...FLAGS, ...include, join(lib, "libbearssl.a")]);
  // What a static program says of names and plugins is no matter here.
  const open = built("openssl", "openssl.c", "arm-linux-gnueabihf-gcc", [...FLAGS, ...include, join(lib, "libcrypto.a"), "-lpthread", "-ldl", "-latomic"]);
  return [["BearSSL, constant time", new Guest(bear, [])], ["OpenSSL, NEON", new Guest(open, [])], ["OpenSSL without NEON", new Guest(open, [], { OPENSSL_armcap: "0" })]];
}

/** The crypto core in WAMR, compiled ahead of time: the build with SIMD where the compiler takes it for this core, and the scalar one. */
export async function ours(): Promise<[string, Guest][]> {
  linux("armv7");
  const library = join(root, "build/linux/armv7/libwamr.a");
  const program = built("ours", "ours.c", architectures.armv7.cc, [...FLAGS, `-I${join(wamr(), "core/iwasm/include")}`, library, "-lm"], [library]);
  const guests: [string, Guest][] = [];
  for (const [name, file] of [["Postern, AOT, NEON", "primitives.simd"], ["Postern, AOT, scalar", "primitives"]] as const) {
    try {
      const guest = new Guest(program, [aot("linux-armv7", { module: join(root, `build/${file}.wasm`), out: join(folder, `${file}.aot`), log: () => {} })]);
      guest.send("call scratch");
      await guest.answer();
      guests.push([name, guest]);
    } catch (error) {
      // A compiler or a runtime that knows no SIMD here.
      if (file === "primitives") throw error;
    }
  }
  return guests;
}
