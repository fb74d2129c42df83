// The Debian packages that the tests use: what each is for, whether it is there, and how to get it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What a suite needs: a file that its package brings, and the package. */
export const needs = {
  charon: { file: "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so", packages: ["strongswan-charon", "strongswan-swanctl", "libcharon-extra-plugins", "libstrongswan-extra-plugins", "libstrongswan-standard-plugins"] },
  uml: { file: "/usr/bin/linux.uml", packages: ["user-mode-linux", "kmod", "iproute2", "iputils-ping"] },
  ip: { file: "/usr/sbin/ip", also: ["/sbin/ip", "/bin/ip"], packages: ["iproute2"] },
  nft: { file: "/usr/sbin/nft", packages: ["nftables"] },
  socat: { file: "/usr/bin/socat", packages: ["socat"] },
  tshark: { file: "/usr/bin/tshark", packages: ["tshark"] },
  ikescan: { file: "/usr/bin/ike-scan", packages: ["ike-scan"] },
  scapy: { file: "/usr/lib/python3/dist-packages/scapy/__init__.py", packages: ["python3-scapy", "python3-cryptography"] },
  // What the C hosts are built and tried with. Large: only what names them installs them.
  cargo: { file: "/usr/share/doc/cargo-web", packages: ["cargo-web"], boards: true },
  cmake: { file: "/usr/bin/cmake", packages: ["cmake"], boards: true },
  ninja: { file: "/usr/bin/ninja", packages: ["ninja-build"], boards: true },
  cc: { file: "/usr/bin/gcc", packages: ["gcc", "libc6-dev"], boards: true },
  cxx: { file: "/usr/bin/g++", packages: ["g++"], boards: true },
  llvm: { file: "/usr/lib/llvm-19/lib/cmake/llvm/LLVMConfig.cmake", packages: ["llvm-19-dev"], boards: true },
  aarch64: { file: "/usr/bin/aarch64-linux-gnu-gcc", packages: ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"], boards: true },
  armhf: { file: "/usr/bin/arm-linux-gnueabihf-gcc", packages: ["gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"], boards: true },
  qemu_user: { file: "/usr/bin/qemu-arm", packages: ["qemu-user"], boards: true },
  qemu_arm: { file: "/usr/bin/qemu-system-arm", packages: ["qemu-system-arm"], boards: true },
  qemu_riscv: { file: "/usr/bin/qemu-system-riscv64", packages: ["qemu-system-misc"], boards: true },
  arm_none_eabi: { file: "/usr/bin/arm-none-eabi-gcc", packages: ["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"], boards: true },
  riscv_elf: { file: "/usr/bin/riscv64-unknown-elf-gcc", packages: ["gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf"], boards: true },
};

/** The needs of the tests against real peers. */
export const peers = Object.keys(needs).filter((name) => !needs[name].boards);
/** The needs of the C hosts' tests, but for cargo: tools/wamr.mjs asks for Debian's only where there is none that will do. */
export const boards = Object.keys(needs).filter((name) => needs[name].boards && name !== "cargo");

export const has = (name) => [needs[name].file, ...(needs[name].also ?? [])].some((file) => existsSync(file));

export const missing = (names = peers) => names.filter((name) => !has(name));

/** The one command that brings what is missing. */
export const command = (names) => `apt-get install -y --no-install-recommends ${[...new Set(names.flatMap((name) => needs[name].packages))].join(" ")}`;

/** Installs what is missing where root allows. Returns the names that are still missing. */
export function install(names = peers, log = (line) => console.error(line)) {
  const absent = missing(names);
  if (absent.length === 0 || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return absent;
  log(`postern: installing Debian packages for ${absent.join(", ")} (about a minute) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) => spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...new Set(absent.flatMap((name) => needs[name].packages)));
  return missing(names);
}
