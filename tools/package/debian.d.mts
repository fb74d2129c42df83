export type Need = "charon" | "uml" | "ip" | "nft" | "socat" | "tshark" | "ikescan" | "libreswan" | "dnsmasq" | "dhcpd" | "kea" | "dhclient" | "busybox" | "chrony" | "rsyslog" | "iperf3" | "curl" | "traceroute" | "scapy"
  | "cargo" | "cmake" | "ninja" | "xz" | "cc" | "cxx" | "llvm" | "aarch64" | "armhf" | "qemu_user" | "qemu_arm" | "qemu_riscv" | "valgrind" | "arm_none_eabi" | "riscv_elf";
export function has(name: Need): boolean;
export function missing(names?: readonly Need[]): Need[];
export function command(names: readonly Need[]): string;
export function install(names?: readonly Need[], log?: (line: string) => void): Need[];
export function umlNeedsHelp(): boolean;
export const peers: Need[];
export const boards: Need[];
export function unpacked(name: string): string;
