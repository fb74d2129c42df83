// Whole files of digests through every shape of use.
import assert from "node:assert/strict";
import { Primitives, hashes } from "../support/primitives/primitives.ts";
import { hex, responses, vectorTests } from "../support/primitives/vectors.ts";

const p = await Primitives.load();

function digests(id: number, text: string): number {
  const cases = responses(text).filter((c) => c["md"] !== undefined);
  for (const c of cases) {
    const message = hex(c["msg"]!).subarray(0, Number(c["len"]) / 8);
    const want = c["md"]!.toLowerCase();
    assert.equal(p.hash(id, message).toString("hex"), want, `one shot, ${message.length} bytes`);
    assert.equal(p.hash(id, ...[...message].map((octet) => Uint8Array.of(octet))).toString("hex"), want, `byte by byte, ${message.length} bytes`);
    const at = message.length >> 1;
    assert.equal(p.hash(id, message.subarray(0, at), message.subarray(at)).toString("hex"), want, `in halves, ${message.length} bytes`);
  }
  return cases.length;
}

for (const { id, name } of hashes) {
  if (name !== "md5") vectorTests("cavp/sha", new RegExp(`^${name.toUpperCase()}\\w+\\.rsp$`), (text) => digests(id, text));
}
vectorTests("pyca/hash", /^rfc-1321\.txt$/, (text) => digests(1, text));
