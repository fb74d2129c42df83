/** Files that are written whole or not at all, and the startup configuration kept in one. */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Stored } from "./contract.ts";

/** The file whose name is about to be another's, to be written over then; undefined: there is none, or it may not be written. */
function openOld(path: string): number | undefined {
  // Where an open file's name can't be given to another, the name matters more.
  if (process.platform === "win32") return undefined;
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/**
 * Writes zeros over a file that has lost its name: keys that were in it do not stay where it was, as far as the file system writes in
 * place (SECURITY.md). One that has another name yet is somebody's copy, and stays. The new text is in place whatever fails here.
 */
function overwrite(fd: number): void {
  try {
    const { nlink, size } = fstatSync(fd);
    const zeros = Buffer.alloc(Math.min(size, 65536));
    for (let at = 0; nlink === 0 && at < size; ) at += writeSync(fd, zeros, 0, Math.min(zeros.length, size - at), at);
    fsyncSync(fd);
  } catch {
    // a medium that fails: it holds the new text
  } finally {
    closeSync(fd);
  }
}

/**
 * Replaces a file's text: whoever opens it, and whatever fails on the way, finds the old text or the new one; the file is its owner's alone.
 * The old text is written over afterwards. Throws what the file system throws, the old text being in place.
 */
export function writeWhole(path: string, text: string): void {
  const folder = dirname(path);
  // A name that nobody else has, nor left behind, nor put there as a link to something else ("wx": it is made, or nothing is).
  const next = join(folder, `.${basename(path)}.${randomBytes(8).toString("hex")}.new`);
  const old = openOld(path);
  try {
    const fd = openSync(next, "wx", 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    if (old !== undefined) closeSync(old);
    throw error;
  }
  // The new name is on the disk only when its folder is (POSIX says nothing of it, file systems do).
  try {
    const fd = openSync(folder, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // a file system without it
  }
  // The other way round a loss of power could leave neither.
  if (old !== undefined) overwrite(old);
}

/** The text of a file; undefined if there is none. */
export function readWhole(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What the module is told when a file could not be written: one of Stored. */
export function refusalOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) return Stored.NO_ROOM;
  return ["EROFS", "EACCES", "EPERM"].includes(code) ? Stored.READ_ONLY : Stored.MEDIUM_FAILED;
}

export class Nvram {
  private text: string | undefined;
  private key: Uint8Array | undefined;

  /** Reads `path`, where there is one; without a path the configuration lives as long as the host. */
  constructor(readonly path: string | undefined) {
    if (path === undefined) return;
    this.text = readWhole(path);
    if (this.text === undefined) mkdirSync(dirname(path), { recursive: true });
  }

  /** The startup configuration; undefined when nothing was stored or it was erased. */
  read(): string | undefined {
    return this.text?.trim() ? this.text : undefined;
  }

  /** What is stored now: the file itself, whatever was meant to be in it. */
  stored(): string | undefined {
    if (this.path === undefined) return this.text;
    try {
      return readWhole(this.path);
    } catch {
      return undefined;
    }
  }

  /**
   * The key under which the module wraps private keys for the startup configuration: beside it in `PATH.key`, 64 hexadecimal digits, which only its
   * owner reads; made at the first start. Throws what the file system throws, or what is wrong with the file.
   */
  deviceKey(): Uint8Array {
    if (this.key) return this.key;
    const path = this.path === undefined ? undefined : `${this.path}.key`;
    const known = path === undefined ? undefined : readWhole(path)?.trim();
    if (known !== undefined && !/^[0-9a-f]{64}$/i.test(known)) throw new Error(`${path} is not 64 hexadecimal digits`);
    const key = known === undefined ? randomBytes(32) : Buffer.from(known, "hex");
    if (path !== undefined && known === undefined) writeWhole(path, `${key.toString("hex")}\n`);
    return (this.key = new Uint8Array(key));
  }

  /** Stores it whole; "" erases. Throws what the file system throws, and then keeps the old one. */
  write(text: string): void {
    if (this.path !== undefined) writeWhole(this.path, text);
    this.text = text;
  }
}
