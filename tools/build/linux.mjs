// Builds postern-linux, the module in WAMR as one static program: build/linux/ARCHITECTURE/postern-linux.
//   node tools/build/linux.mjs [x86_64|aarch64|armv7 ...]
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { aot, compilerNeeds, demand, step } from "./aot.mjs";
import { locked } from "../lock.mjs";
import { root, setup } from "../setup.mjs";
import { wamr } from "../package/wamr.mjs";

/** WAMR's name of the target, the compiler, what must be installed, and what runs the program elsewhere. */
export const architectures = {
  x86_64: { target: "X86_64", cc: "gcc", needs: [], emulator: [] },
  aarch64: { target: "AARCH64V8", cc: "aarch64-linux-gnu-gcc", needs: ["aarch64"], emulator: ["qemu-aarch64"] },
  armv7: { target: "ARMV7_VFP", cc: "arm-linux-gnueabihf-gcc", needs: ["armhf"], emulator: ["qemu-arm"], flags: "-march=armv7-a -mfpu=vfpv3-d16 -marm" },
};

/** Targets for which only the runtime is built, for tests: the boards' ARM code under qemu-user. */
const runtimes = {
  ...architectures,
  thumbv7: { target: "THUMBV7_VFP", cc: "arm-linux-gnueabihf-gcc", needs: ["armhf"], emulator: ["qemu-arm"], flags: "-march=armv7-a -mfpu=vfpv3-d16 -mthumb" },
};

const native = { x64: "x86_64", arm64: "aarch64", arm: "armv7" }[arch()] ?? "x86_64";

/** Builds for an architecture. Returns the program's path. Throws with one sentence. */
export function linux(name = native, { log = (line) => console.error(line) } = {}) {
  const { target, cc, needs, flags } = architectures[name] ?? {};
  if (!target) throw new Error(`postern: no architecture "${name}"; there are: ${Object.keys(architectures).join(", ")}`);
  demand([...compilerNeeds, ...needs], log);
  return locked(`linux-${name}`, () => built(name, { target, cc, flags, log }));
}

/**
 * Builds WAMR's runtime as postern-linux has it, for an architecture or "thumbv7". Returns { library, headers, cc, flags, emulator },
 * what a C program that uses it is compiled, linked and run with.
 */
export function runtime(name, { log = (line) => console.error(line) } = {}) {
  const { target, cc, needs, flags, emulator } = runtimes[name];
  demand([...compilerNeeds, ...needs], log);
  return locked(`linux-${name}`, () => {
    const folder = configured(name, { target, cc, flags, log });
    step("ninja", ["-C", folder, "-j2", "wamr"]);
    return { library: join(folder, "libwamr.a"), headers: join(wamr({ log }), "core/iwasm/include"), cc, flags: flags?.split(" ") ?? [], emulator: name === native ? [] : emulator };
  });
}

/** Makes the folder ready for ninja. Returns it. */
function configured(name, { target, cc, flags, log }) {
  const source = wamr({ log });
  const folder = join(root, "build", "linux", name);
  mkdirSync(folder, { recursive: true });
  const settings = ["-G", "Ninja", "-S", "host/linux", "-B", folder, `-DWAMR=${source}`, `-DTARGET=${target}`, `-DCMAKE_C_COMPILER=${cc}`, `-DCMAKE_ASM_COMPILER=${cc}`, `-DWASM_FILE=${join(root, "build", "postern.wasm")}`, `-DAOT_FILE=${join(root, "build", "aot", `linux-${name}.aot`)}`, ...(flags ? [`-DCMAKE_C_FLAGS=${flags}`, `-DCMAKE_ASM_FLAGS=${flags}`] : []), ...(name === native ? [] : ["-DCMAKE_SYSTEM_NAME=Linux"])];
  const stamp = join(folder, ".postern-settings");
  if (!existsSync(join(folder, "build.ninja")) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== settings.join("\n")) {
    step("cmake", settings);
    writeFileSync(stamp, settings.join("\n"));
  }
  return folder;
}

function built(name, { target, cc, flags, log }) {
  aot(`linux-${name}`, { log });
  const program = join(root, "build", "linux", name, "postern-linux");
  const started = Date.now();
  const before = existsSync(program) ? statSync(program).mtimeMs : 0;
  if (!before) log(`postern: building postern-linux for ${name} (once, about half a minute) ...`);
  const folder = configured(name, { target, cc, flags, log });
  step("ninja", ["-C", folder, "-j2"]);
  if (statSync(program).mtimeMs !== before) log(`postern: build/linux/${name}/postern-linux, ${(statSync(program).size / 1024).toFixed(0)} kB, in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return program;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    setup();
    const { build } = await import("./build.mjs");
    await build({ only: ["postern", "postern.simd"] });
    const asked = process.argv.slice(2);
    for (const name of asked.length > 0 ? asked : [native]) linux(name);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
