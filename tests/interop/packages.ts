/** The programs of others that the scenarios use, the Debian package of each, and how one gets it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** A program, with the file that tells that it is there, and its package. */
const TOOLS = {
  charon: { file: ["/usr/lib/ipsec/charon"], package: "strongswan-charon" },
  swanctl: { file: ["/usr/sbin/swanctl"], package: "strongswan-swanctl" },
  libipsec: { file: ["/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so"], package: "libcharon-extra-plugins" },
  gcrypt: { file: ["/usr/lib/ipsec/plugins/libstrongswan-gcrypt.so"], package: "libstrongswan-extra-plugins" },
  openssl: { file: ["/usr/lib/ipsec/plugins/libstrongswan-openssl.so"], package: "libstrongswan-standard-plugins" },
  uml: { file: ["/usr/bin/linux.uml"], package: "user-mode-linux" },
  modprobe: { file: ["/sbin/modprobe", "/usr/sbin/modprobe"], package: "kmod" },
  ip: { file: ["/sbin/ip", "/usr/sbin/ip", "/bin/ip"], package: "iproute2" },
  ping: { file: ["/bin/ping", "/usr/bin/ping"], package: "iputils-ping" },
  nft: { file: ["/usr/sbin/nft", "/sbin/nft"], package: "nftables" },
  socat: { file: ["/usr/bin/socat"], package: "socat" },
  "ike-scan": { file: ["/usr/bin/ike-scan"], package: "ike-scan" },
  tshark: { file: ["/usr/bin/tshark"], package: "tshark" },
  scapy: { file: ["/usr/lib/python3/dist-packages/scapy/__init__.py"], package: "python3-scapy" },
  cryptography: { file: ["/usr/lib/python3/dist-packages/cryptography/__init__.py"], package: "python3-cryptography" },
} as const;

export type Tool = keyof typeof TOOLS;

/** What each kind of peer cannot do without. */
export const KERNEL_PEER: Tool[] = ["uml", "modprobe", "charon", "swanctl", "gcrypt", "openssl", "ip", "ping"];
export const LIBIPSEC_PEER: Tool[] = ["charon", "swanctl", "libipsec", "gcrypt", "openssl", "ip", "ping", "socat"];
export const NAT: Tool[] = ["ip", "nft", "socat"];

export const isRoot = process.getuid?.() === 0;

export const missing = (tools: readonly Tool[]): Tool[] => [...new Set(tools)].filter((tool) => !TOOLS[tool].file.some((file) => existsSync(file)));

const APT = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"];

/** The command that a person would type to get these tools. */
export function installCommand(tools: readonly Tool[]): string {
  const packages = [...new Set(tools.map((tool) => TOOLS[tool].package))];
  return `sudo apt-get install --no-install-recommends ${packages.join(" ")}`;
}

/** Tries to install what is missing (root only); the caller looks again afterwards. */
export function install(tools: readonly Tool[]): void {
  const packages = [...new Set(tools.map((tool) => TOOLS[tool].package))];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  console.log(`installing ${packages.join(" ")}`);
  const apt = (args: string[]): boolean => spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  if (!apt([...APT, ...packages]) && apt(["-o", "DPkg::Lock::Timeout=300", "update", "-q"])) apt([...APT, ...packages]);
}
