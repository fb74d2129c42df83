// The Debian packages that the tests use: what each is for, whether it is there, and how to get it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What a suite needs: a file that its package brings, and the package. */
export const needs = {
  charon: { file: "/usr/lib/ipsec/charon", packages: ["strongswan-charon", "strongswan-swanctl", "libcharon-extra-plugins", "libstrongswan-extra-plugins", "libstrongswan-standard-plugins"] },
  uml: { file: "/usr/bin/linux.uml", packages: ["user-mode-linux", "kmod", "iproute2", "iputils-ping"] },
  ip: { file: "/usr/sbin/ip", also: ["/sbin/ip", "/bin/ip"], packages: ["iproute2"] },
  nft: { file: "/usr/sbin/nft", packages: ["nftables"] },
  socat: { file: "/usr/bin/socat", packages: ["socat"] },
  tshark: { file: "/usr/bin/tshark", packages: ["tshark"] },
  ikescan: { file: "/usr/bin/ike-scan", packages: ["ike-scan"] },
  scapy: { file: "/usr/lib/python3/dist-packages/scapy/__init__.py", packages: ["python3-scapy", "python3-cryptography"] },
};

export const has = (name) => [needs[name].file, ...(needs[name].also ?? [])].some((file) => existsSync(file));

export const missing = (names = Object.keys(needs)) => names.filter((name) => !has(name));

/** The one command that brings what is missing. */
export const command = (names) => `apt-get install -y --no-install-recommends ${[...new Set(names.flatMap((name) => needs[name].packages))].join(" ")}`;

/** Installs what is missing where root allows. Returns the names that are still missing. */
export function install(names = Object.keys(needs), log = (line) => console.error(line)) {
  const absent = missing(names);
  if (absent.length === 0 || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return absent;
  log(`postern: installing Debian packages for ${absent.join(", ")} (about a minute) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) => spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...new Set(absent.flatMap((name) => needs[name].packages)));
  return missing(names);
}
