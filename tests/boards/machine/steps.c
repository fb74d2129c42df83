/*
 * Runs a program and takes it step by step between the marks that caller.c makes: as watch.c, for instructions that no emulator here
 * knows, on a processor that has them. It digests where each instruction stands; what addresses they have it can't tell.
 *
 *   steps PROGRAM [ARGUMENT ...]
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* As caller.c makes them. */
enum { BEGIN = 0x706f7301, END = 0x706f7302 };

/** Whether the program stands before the mark `mark`: a system call with that argument. */
static bool at_mark(pid_t child, const struct user_regs_struct *at, uint32_t mark)
{
    return at->rax == SYS_getpgid && (uint32_t)at->rdi == mark && (ptrace(PTRACE_PEEKTEXT, child, at->rip, 0) & 0xffff) == 0x050f;
}

/** Goes on as `how` says until the program stops; false: it has ended. */
static bool go_on(int how, pid_t child, int *status)
{
    return ptrace(how, child, 0, 0) == 0 && waitpid(child, status, 0) == child && WIFSTOPPED(*status);
}

/** Digests the steps up to END. Returns false where the program ends before it. */
static bool watch(pid_t child, int *status)
{
    uint64_t instructions = 0, digest = 0xcbf29ce484222325u;
    struct user_regs_struct at;
    do {
        if (!go_on(PTRACE_SINGLESTEP, child, status) || ptrace(PTRACE_GETREGS, child, 0, &at) != 0)
            return false;
        instructions++;
        digest = (digest ^ at.rip) * 0x100000001b3u;
        digest ^= digest >> 29;
    } while (!at_mark(child, &at, END));
    fprintf(stderr, "watch: instructions=%" PRIu64 " trace=%016" PRIx64 "\n", instructions, digest);
    return true;
}

int main(int argc, char **argv)
{
    int status;
    pid_t child = argc > 1 ? fork() : -1;
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return 1;
    /* Each system call stops it twice, before and behind; behind, the argument is still there. */
    struct user_regs_struct at;
    for (bool behind = false; go_on(PTRACE_SYSCALL, child, &status); behind = !behind)
        if (behind && ptrace(PTRACE_GETREGS, child, 0, &at) == 0 && at.orig_rax == SYS_getpgid && (uint32_t)at.rdi == BEGIN && !watch(child, &status))
            break;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
