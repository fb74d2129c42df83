/** What the subcommands share: the module they run, and what the user gave that can't be used. */
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the user gave can't be used; the message is one sentence. Exit status 2. */
export class UsageError extends Error {}

export const modulePath = fileURLToPath(new URL("../../../build/postern.simd.wasm", import.meta.url));

/** What refused lines leave open that would have protected something. */
export const unprotectedText = (lines: number): string =>
  `${lines} refused line${lines === 1 ? "" : "s"} would have filtered, translated, authenticated or encrypted; the interfaces concerned stay shut down`;

/** Octets of a configuration file that are certainly not a configuration. */
const CONFIG_MAX = 1 << 20;

const reason = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is not a folder",
    EEXIST: "a file of that name is in the way",
    EROFS: "the file system is read-only",
  };
  return known[code ?? ""] ?? message;
};

/** Does what may fail for a file that the user named; the failure becomes one sentence. */
export function onFile<T>(what: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new UsageError(`${what} "${path}" can't be used: ${reason(error)}`);
  }
}

/** A configuration's text. Throws UsageError. */
export function readConfig(path: string): string {
  return onFile("the configuration", path, () => {
    if (statSync(path).size > CONFIG_MAX) throw new Error(`it is larger than ${CONFIG_MAX} bytes`);
    const text = readFileSync(path, "utf8");
    if (text.includes("\0")) throw new Error("it is not a text");
    return text;
  });
}
