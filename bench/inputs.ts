/** Inputs that every process makes the same way. */
import { createHash } from "node:crypto";

/** The same octets for the same words. */
export const octets = (length: number, words: string): Buffer => createHash("shake256", { outputLength: length }).update(words).digest();
