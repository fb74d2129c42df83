/** uml_fpu.c: against a kernel that is played, of a processor with AMX and of older ones; and in User-mode Linux itself. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { command, missing } from "../../../../tools/package/debian.mjs";
import { must } from "./shell.ts";
import { UmlGuest } from "./uml.ts";
import { FLAGS, kernel, library, SOURCE } from "./uml_fpu.ts";

/** A kernel's ptrace for one traced process whose state has SIZE octets: it is taken back whole or not at all (as Linux's xstateregs_set does). */
const PLAYED = `#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
unsigned char played[SIZE];
long ptrace(enum __ptrace_request request, ...)
{
    va_list words;
    va_start(words, request);
    long process = va_arg(words, long);
    long address = va_arg(words, long);
    struct iovec *part = va_arg(words, void *);
    va_end(words);
    if (process != 42)
        return errno = ESRCH, -1;
    if ((int)request == PTRACE_PEEKUSER) {
        errno = 0;
        return address + 1;
    }
    if (address != NT_X86_XSTATE)
        return 7;
    if (part->iov_len > sizeof played)
        part->iov_len = sizeof played;
    if ((int)request == PTRACE_GETREGSET)
        memcpy(part->iov_base, played, part->iov_len);
    else if (part->iov_len != sizeof played)
        return errno = EFAULT, -1;
    else
        memcpy(played, part->iov_base, part->iov_len);
    return 0;
}
`;

const MAIN = `#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
extern unsigned char played[SIZE];
int main(void)
{
    static unsigned char kept[2696];
    struct iovec part = { kept, sizeof kept };
    for (int i = 0; i < SIZE; i++)
        played[i] = (unsigned char)(i * 7);
    assert(ptrace(PTRACE_GETREGSET, 42, NT_X86_XSTATE, &part) == 0 && part.iov_len == (SIZE < sizeof kept ? SIZE : sizeof kept));
    memset(kept, 0xa5, sizeof kept);
    part.iov_len = sizeof kept;
    assert(ptrace(PTRACE_SETREGSET, 42, NT_X86_XSTATE, &part) == 0);
    for (int i = 0; i < SIZE; i++)
        assert(played[i] == (i < (int)sizeof kept ? 0xa5 : (unsigned char)(i * 7)));
    /* Who is not traced, and every other request, is the kernel's to answer. */
    assert(ptrace(PTRACE_SETREGSET, 41, NT_X86_XSTATE, &part) == -1 && errno == ESRCH);
    assert(ptrace(PTRACE_PEEKUSER, 42, -2L, NULL) == -1 && errno == 0);
    assert(ptrace(PTRACE_SETREGSET, 42, NT_PRFPREG, &part) == 7);
    return 0;
}
`;

const absent = missing(["cc"]);
const without = absent.length > 0 ? { skip: `needs ${absent.join(", ")}: ${command(absent)}` } : {};

describe("uml_fpu.c", without, () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-fpu-"));
  const file = (name: string): string => join(folder, name);
  const compiled = (...args: string[]): { status: number | null; stderr: string } => spawnSync("gcc", args, { encoding: "utf8" });
  before(() => {
    writeFileSync(file("played.c"), PLAYED);
    writeFileSync(file("main.c"), MAIN);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [size, processor] of [[11008, "AMX"], [2696, "AVX-512 and PKRU"], [832, "AVX"]] as const)
    it(`gives a processor with ${processor} its ${size} octets back, the front from User-mode Linux`, () => {
      const define = `-DSIZE=${size}`;
      for (const made of [
        compiled(...FLAGS, define, "-o", file("libplayed.so"), file("played.c")),
        compiled(...FLAGS, "-o", file("libfpu.so"), SOURCE, "-ldl"),
        // In this order ptrace is the library's, and the library's next one is the played kernel's.
        compiled("-Wall", "-Wextra", define, "-o", file("main"), file("main.c"), `-L${folder}`, "-Wl,--no-as-needed", "-lfpu", "-lplayed", `-Wl,-rpath,${folder}`),
      ]) assert.equal(made.status, 0, made.stderr);
      const done = spawnSync(file("main"), { encoding: "utf8" });
      assert.equal(done.status, 0, done.stderr);
    });

  it("is compiled once, whoever asks", async () => {
    const asked = (): Promise<string> => import("./uml_fpu.ts").then(({ library }) => library());
    assert.equal(new Set(await Promise.all([asked(), asked()])).size, 1);
    assert.deepEqual(kernel(true), ["env", `LD_PRELOAD=${library()}`, "linux.uml"]);
    assert.deepEqual(kernel(false), ["linux.uml"]);
  });
});

const lacking = missing(["uml", "cc"]);
describe("User-mode Linux with uml_fpu.c", lacking.length > 0 ? { skip: `needs ${lacking.join(", ")}: ${command(lacking)}` } : {}, () => {
  it("boots, and its processes keep their floating-point state from each other", async () => {
    const guest = await UmlGuest.boot("fpu", [], kernel(true));
    try {
      // Sums that are exact in binary; four at once, so that each is interrupted by the others.
      const sum = (n: number): string => `awk 'BEGIN { for (i = 0; i < 300000; i++) s += ${n} * 0.25; printf "%.2f\\n", s }'`;
      const found = await Promise.all([1, 2, 3, 4].map((n) => must(guest, sum(n), 120)));
      assert.deepEqual(found.map((text) => Number(text)), [1, 2, 3, 4].map((n) => n * 75000));
    } finally {
      await guest.stop();
    }
  });
});
