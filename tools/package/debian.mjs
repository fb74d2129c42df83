// The Debian packages that the tests use: what each is for, whether it is there, and how to get it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../setup.mjs";

/** Where packages are unpacked that can't be installed beside others. */
const UNPACKED = join(root, "build", "packages");
export const unpacked = (name) => join(UNPACKED, name);

/** What a suite needs: a file that its package brings, and the package. */
export const needs = {
  charon: { file: "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so", packages: ["strongswan-charon", "strongswan-swanctl", "libcharon-extra-plugins", "libstrongswan-extra-plugins", "libstrongswan-standard-plugins"] },
  pki: { file: "/usr/bin/pki", packages: ["strongswan-pki"] },
  uml: { file: "/usr/bin/linux.uml", packages: ["user-mode-linux", "kmod", "iproute2", "iputils-ping"] },
  ip: { file: "/usr/sbin/ip", also: ["/sbin/ip", "/bin/ip"], packages: ["iproute2"] },
  nft: { file: "/usr/sbin/nft", packages: ["nftables"] },
  socat: { file: "/usr/bin/socat", packages: ["socat"] },
  tshark: { file: "/usr/bin/tshark", packages: ["tshark"] },
  ikescan: { file: "/usr/bin/ike-scan", packages: ["ike-scan"] },
  // Conflicts with strongSwan's packages: unpacked in build/packages, only what it links to is installed.
  libreswan: { file: join(UNPACKED, "libreswan/usr/libexec/ipsec/pluto"), unpack: "libreswan", packages: ["openssl", "libnss3-tools", "libldns3", "libunbound8", "libevent-core-2.1-7", "libevent-pthreads-2.1-7", "libcurl3-nss"] },
  dnsmasq: { file: "/usr/sbin/dnsmasq", packages: ["dnsmasq-base"] },
  // Their packages would start them: unpacked in build/packages.
  dhcpd: { file: join(UNPACKED, "isc-dhcp-server/usr/sbin/dhcpd"), unpack: "isc-dhcp-server", packages: [] },
  kea: { file: join(UNPACKED, "kea-dhcp4-server/usr/sbin/kea-dhcp4"), unpack: "kea-dhcp4-server", packages: ["kea-common"] },
  dhclient: { file: "/usr/sbin/dhclient", also: ["/sbin/dhclient"], packages: ["isc-dhcp-client"] },
  busybox: { file: "/usr/bin/busybox", also: ["/bin/busybox"], packages: ["busybox"] },
  // Their packages would start them: unpacked in build/packages, only what they link to is installed.
  chrony: { file: join(UNPACKED, "chrony/usr/sbin/chronyd"), unpack: "chrony", packages: ["libseccomp2", "libedit2", "libnettle8", "libgnutls30"] },
  rsyslog: { file: join(UNPACKED, "rsyslog/usr/sbin/rsyslogd"), unpack: "rsyslog", packages: ["libestr0", "libfastjson4", "libuuid1", "zlib1g"] },
  // Its package asks whether to start it.
  iperf3: { file: join(UNPACKED, "iperf3/usr/bin/iperf3"), unpack: "iperf3", packages: ["libiperf0", "libsctp1"] },
  curl: { file: "/usr/bin/curl", packages: ["curl"] },
  traceroute: { file: "/usr/sbin/traceroute", also: ["/usr/bin/traceroute.db", "/usr/bin/traceroute"], packages: ["traceroute"] },
  scapy: { file: "/usr/lib/python3/dist-packages/scapy/__init__.py", packages: ["python3-scapy", "python3-cryptography"] },
  // What the C hosts are built and tried with. Large: only what names them installs them.
  cargo: { file: "/usr/share/doc/cargo-web", packages: ["cargo-web"], boards: true },
  cmake: { file: "/usr/bin/cmake", packages: ["cmake"], boards: true },
  ninja: { file: "/usr/bin/ninja", packages: ["ninja-build"], boards: true },
  xz: { file: "/usr/bin/xz", packages: ["xz-utils"], boards: true },
  cc: { file: "/usr/bin/gcc", packages: ["gcc", "libc6-dev"], boards: true },
  cxx: { file: "/usr/bin/g++", packages: ["g++"], boards: true },
  llvm: { file: "/usr/lib/llvm-19/lib/cmake/llvm/LLVMConfig.cmake", packages: ["llvm-19-dev"], boards: true },
  aarch64: { file: "/usr/bin/aarch64-linux-gnu-gcc", packages: ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"], boards: true },
  armhf: { file: "/usr/bin/arm-linux-gnueabihf-gcc", packages: ["gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"], boards: true },
  qemu_user: { file: "/usr/bin/qemu-arm", packages: ["qemu-user"], boards: true },
  qemu_arm: { file: "/usr/bin/qemu-system-arm", packages: ["qemu-system-arm"], boards: true },
  qemu_riscv: { file: "/usr/bin/qemu-system-riscv64", packages: ["qemu-system-misc"], boards: true },
  valgrind: { file: "/usr/bin/valgrind", packages: ["valgrind"], boards: true },
  arm_none_eabi: { file: "/usr/bin/arm-none-eabi-gcc", packages: ["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"], boards: true },
  riscv_elf: { file: "/usr/bin/riscv64-unknown-elf-gcc", packages: ["gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf"], boards: true },
};

/**
 * Whether User-mode Linux needs tests/interop/bench/peers/uml_fpu.c, which is compiled then: with AMX, what a processor keeps for a
 * process is more than it knows. POSTERN_UML_FPU=1 or 0 says so in place of the processor.
 */
export function umlNeedsHelp() {
  const said = process.env.POSTERN_UML_FPU;
  if (said) return said !== "0";
  return existsSync("/proc/cpuinfo") && /^flags\s*:.*\bamx_tile\b/m.test(readFileSync("/proc/cpuinfo", "utf8"));
}

/** The needs of the tests against real peers. */
export const peers = Object.keys(needs).filter((name) => !needs[name].boards || (name === "cc" && umlNeedsHelp()));
/** The needs of the C hosts' tests, but for cargo: tools/package/wamr.mjs asks for Debian's only where there is none that will do. */
export const boards = Object.keys(needs).filter((name) => needs[name].boards && name !== "cargo");

export const has = (name) => [needs[name].file, ...(needs[name].also ?? [])].some((file) => existsSync(file));

export const missing = (names = peers) => names.filter((name) => !has(name));

const packagesOf = (names) => [...new Set(names.flatMap((name) => needs[name].packages))];

/** The one command that brings what is missing. */
export const command = (names) => {
  const unpack = names.map((name) => needs[name].unpack).filter(Boolean);
  return `apt-get install -y --no-install-recommends ${packagesOf(names).join(" ")}${unpack.map((name) => ` && apt-get download ${name} && mkdir -p ${UNPACKED} && dpkg-deb -x ${name}_*.deb ${unpacked(name)}`).join("")}`;
};

/** Unpacks a package beside the system, without installing it. */
function unpack(name, apt) {
  const folder = mkdtempSync(join(tmpdir(), "postern-package-"));
  apt(["download", name], { cwd: folder });
  const [file] = readdirSync(folder).filter((one) => one.endsWith(".deb"));
  mkdirSync(UNPACKED, { recursive: true });
  if (file) spawnSync("dpkg-deb", ["-x", join(folder, file), unpacked(name)], { stdio: ["ignore", "ignore", "inherit"] });
  rmSync(folder, { recursive: true, force: true });
}

/** Installs what is missing where root allows. Returns the names that are still missing. */
export function install(names = peers, log = (line) => console.error(line)) {
  const absent = missing(names);
  if (absent.length === 0 || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return absent;
  log(`postern: installing Debian packages for ${absent.join(", ")} (about a minute) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (args, options) => spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "APT::Sandbox::User=root", ...args], { env, stdio: ["ignore", "ignore", "inherit"], ...options });
  apt(["update"]);
  apt(["install", "-y", "--no-install-recommends", ...packagesOf(absent)]);
  for (const name of absent) if (needs[name].unpack) unpack(needs[name].unpack, apt);
  return missing(names);
}
