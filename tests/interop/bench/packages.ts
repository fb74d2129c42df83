/** The programs of others that the scenarios use; their Debian packages are in tools/package/debian.mjs. */
import { command, install, missing, umlNeedsHelp, type Need } from "../../../tools/package/debian.mjs";

export type Tool = Need;
export { install };

/** What each kind of peer cannot do without. */
export const UML: Tool[] = ["uml", ...(umlNeedsHelp() ? ["cc" as const] : [])];
export const KERNEL_PEER: Tool[] = [...UML, "charon"];
export const PLUTO_PEER: Tool[] = [...UML, "libreswan"];
export const LIBIPSEC_PEER: Tool[] = ["charon", "ip", "socat"];
export const NAT: Tool[] = ["ip", "nft", "socat"];

export const isRoot = process.getuid?.() === 0;

export const lacking = (tools: readonly Tool[]): Tool[] => missing([...new Set(tools)]);

/** The command that a person would type to get these tools. */
export const installCommand = (tools: readonly Tool[]): string => `sudo ${command(tools)}`;
