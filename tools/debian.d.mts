export type Need = "charon" | "uml" | "ip" | "nft" | "socat" | "tshark" | "ikescan" | "scapy";
export function has(name: Need): boolean;
export function missing(names?: readonly Need[]): Need[];
export function command(names: readonly Need[]): string;
export function install(names?: readonly Need[], log?: (line: string) => void): Need[];
