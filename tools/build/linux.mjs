// Builds postern-linux, the module in WAMR as one static program: build/linux/ARCHITECTURE/postern-linux; of another profile of size
// (assembly/limits/) it is build/linux/ARCHITECTURE.PROFILE/postern-linux.
//   node tools/build/linux.mjs [--profile board|branch|hub] [x86_64|aarch64|armv7 ...]
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { aot, compilerNeeds, demand, step } from "./aot.mjs";
import { STANDARD, sourceOf } from "./limits.mjs";
import { locked } from "../lock.mjs";
import { root, setup } from "../setup.mjs";
import { wamr } from "../package/wamr.mjs";

/**
 * WAMR's name of the target, the compiler, what must be installed, and what runs the program elsewhere. `wider`: further forms of
 * the compiled code, for processors that have more (host/linux/processor.c says which).
 */
export const architectures = {
  x86_64: { target: "X86_64", cc: "gcc", needs: [], emulator: [], wider: ["v3", "v4"] },
  aarch64: { target: "AARCH64V8", cc: "aarch64-linux-gnu-gcc", needs: ["aarch64"], emulator: ["qemu-aarch64"] },
  armv7: { target: "ARMV7_VFP", cc: "arm-linux-gnueabihf-gcc", needs: ["armhf"], emulator: ["qemu-arm"], flags: "-march=armv7-a -mfpu=vfpv3-d16 -marm" },
};

/** Targets for which only the runtime is built, for tests: the boards' ARM code under qemu-user. */
const runtimes = {
  ...architectures,
  thumbv7: { target: "THUMBV7_VFP", cc: "arm-linux-gnueabihf-gcc", needs: ["armhf"], emulator: ["qemu-arm"], flags: "-march=armv7-a -mfpu=vfpv3-d16 -mthumb" },
};

const native = { x64: "x86_64", arm64: "aarch64", arm: "armv7" }[arch()] ?? "x86_64";

/** What a profile's files are told by: nothing, or its name. */
const suffix = (profile) => (profile === STANDARD ? "" : `.${profile}`);

/** The module that a profile's program runs. */
const moduleOf = (profile) => `postern${suffix(profile)}`;

/** Builds for an architecture, in a profile of size whose module is there. Returns the program's path. Throws with one sentence. */
export function linux(name = native, { profile = STANDARD, log = (line) => console.error(line) } = {}) {
  const { target, cc, needs, flags, wider = [] } = architectures[name] ?? {};
  if (!target) throw new Error(`postern: no architecture "${name}"; there are: ${Object.keys(architectures).join(", ")}`);
  demand([...compilerNeeds, ...needs], log);
  return locked(`linux-${name}${suffix(profile)}`, () => built(name, { target, cc, flags, wider, profile, log }));
}

/**
 * Builds WAMR's runtime as postern-linux has it, for an architecture or "thumbv7". Returns { library, headers, cc, flags, emulator },
 * what a C program that uses it is compiled, linked and run with.
 */
export function runtime(name, { log = (line) => console.error(line) } = {}) {
  const { target, cc, needs, flags, emulator } = runtimes[name];
  demand([...compilerNeeds, ...needs], log);
  return locked(`linux-${name}`, () => {
    const folder = configured(name, { target, cc, flags, wider: architectures[name]?.wider ?? [], profile: STANDARD, log });
    step("ninja", ["-C", folder, "-j2", "wamr"]);
    return { library: join(folder, "libwamr.a"), headers: join(wamr({ log }), "core/iwasm/include"), cc, flags: flags?.split(" ") ?? [], emulator: name === native ? [] : emulator };
  });
}

const aotOf = (name, profile) => join(root, "build", "aot", `linux-${name}${suffix(profile)}.aot`);

/** Makes the folder ready for ninja. Returns it. */
function configured(name, { target, cc, flags, wider, profile, log }) {
  const source = wamr({ log });
  const folder = join(root, "build", "linux", `${name}${suffix(profile)}`);
  mkdirSync(folder, { recursive: true });
  const settings = ["-G", "Ninja", "-S", "host/linux", "-B", folder, `-DWAMR=${source}`, `-DTARGET=${target}`, `-DCMAKE_C_COMPILER=${cc}`, `-DCMAKE_ASM_COMPILER=${cc}`, `-DWASM_FILE=${join(root, "build", `${moduleOf(profile)}.wasm`)}`, `-DAOT_FILE=${aotOf(name, profile)}`, ...wider.map((form) => `-DAOT_FILE_${form.toUpperCase()}=${aotOf(`${name}-${form}`, profile)}`), ...(flags ? [`-DCMAKE_C_FLAGS=${flags}`, `-DCMAKE_ASM_FLAGS=${flags}`] : []), ...(name === native ? [] : ["-DCMAKE_SYSTEM_NAME=Linux"])];
  const stamp = join(folder, ".postern-settings");
  if (!existsSync(join(folder, "build.ninja")) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== settings.join("\n")) {
    step("cmake", settings);
    writeFileSync(stamp, settings.join("\n"));
  }
  return folder;
}

function built(name, { target, cc, flags, wider, profile, log }) {
  for (const form of [name, ...wider.map((more) => `${name}-${more}`)])
    aot(`linux-${form}`, { module: join(root, "build", `${moduleOf(profile)}.simd.wasm`), out: aotOf(form, profile), log });
  const program = join(root, "build", "linux", `${name}${suffix(profile)}`, "postern-linux");
  const started = Date.now();
  const before = existsSync(program) ? statSync(program).mtimeMs : 0;
  if (!before) log(`postern: building postern-linux for ${name}${profile === STANDARD ? "" : `, profile ${profile}`} (once, about half a minute) ...`);
  const folder = configured(name, { target, cc, flags, wider, profile, log });
  step("ninja", ["-C", folder, "-j2"]);
  if (statSync(program).mtimeMs !== before) log(`postern: ${program.slice(root.length + 1)}, ${(statSync(program).size / 1024).toFixed(0)} kB, in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return program;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    setup();
    const { values, positionals } = parseArgs({ options: { profile: { type: "string", default: STANDARD } }, allowPositionals: true });
    sourceOf(values.profile);
    const { build } = await import("./build.mjs");
    await build({ only: [moduleOf(values.profile), `${moduleOf(values.profile)}.simd`] });
    for (const name of positionals.length > 0 ? positionals : [native]) linux(name, { profile: values.profile });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
