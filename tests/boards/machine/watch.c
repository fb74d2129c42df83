/*
 * A plugin for qemu-user: between the marks that caller.c makes it counts the instructions of the guest, and digests where each
 * stands and what address each load and store has. Two calls with the same digest took the same path over the same addresses.
 * For every call a line on the standard error: "watch: instructions=N trace=DIGEST".
 *
 * The functions are those of QEMU's plugin API, version 1; Debian's package brings no header for them.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;
enum { NO_REGISTERS = 0, READS_AND_WRITES = 3 };

typedef void translated(plugin_id id, struct qemu_plugin_tb *block);
typedef void executed(unsigned cpu, void *context);
typedef void accessed(unsigned cpu, uint32_t info, uint64_t address, void *context);
typedef void called(plugin_id id, unsigned cpu, int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, translated *callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction, executed *callback, int flags, void *context);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction, accessed *callback, int flags, int which, void *context);
void qemu_plugin_register_vcpu_syscall_cb(plugin_id id, called *callback);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;

/* As caller.c makes them. */
enum { BEGIN = 0x706f7301, END = 0x706f7302 };

static bool watching;
static uint64_t instructions, digest;

static void digest_add(uint64_t value)
{
    digest = (digest ^ value) * 0x100000001b3u;
    digest ^= digest >> 29;
}

static void on_instruction(unsigned cpu, void *context)
{
    (void)cpu;
    if (!watching)
        return;
    instructions++;
    digest_add((uintptr_t)context);
}

static void on_access(unsigned cpu, uint32_t info, uint64_t address, void *context)
{
    (void)cpu;
    (void)info;
    (void)context;
    if (watching)
        digest_add(~address);
}

static void on_block(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        void *at = (void *)(uintptr_t)qemu_plugin_insn_vaddr(instruction);
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_instruction, NO_REGISTERS, at);
        qemu_plugin_register_vcpu_mem_cb(instruction, on_access, NO_REGISTERS, READS_AND_WRITES, at);
    }
}

static void on_call(plugin_id id, unsigned cpu, int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h)
{
    (void)id, (void)cpu, (void)number, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
    if ((uint32_t)a == BEGIN) {
        instructions = 0;
        digest = 0xcbf29ce484222325u;
        watching = true;
    } else if ((uint32_t)a == END) {
        watching = false;
        fprintf(stderr, "watch: instructions=%" PRIu64 " trace=%016" PRIx64 "\n", instructions, digest);
    }
}

EXPORTED int qemu_plugin_install(plugin_id id, const void *about, int count, char **words)
{
    (void)about, (void)count, (void)words;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
    qemu_plugin_register_vcpu_syscall_cb(id, on_call);
    return 0;
}
