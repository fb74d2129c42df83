/*
 * For linux.uml alone, by LD_PRELOAD: its guests on processors whose floating-point state is larger than it knows.
 *
 * User-mode Linux 6.1 keeps 2,696 octets of a guest process's extended state (x86's XSAVE area up to PKRU). The kernel
 * underneath takes that state back whole or not at all (PTRACE_SETREGSET with NT_X86_XSTATE), and with AMX it is 11,008
 * octets: the call fails, and put_fp_registers panics. Here what the process has already is read first, and what User-mode
 * Linux keeps goes over its front: the layout is the same on both sides, and what lies behind stays as it is - guests have
 * no part in it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

static long (*next)(int request, ...);
/* Not on the stack: User-mode Linux gives its threads 16 kB. It has one thread at a time that traces. */
static unsigned char state[65536] __attribute__((aligned(64)));

/* Before main: later, the program's own malloc would be in the way of dlsym. */
__attribute__((constructor)) static void find(void)
{
    next = (long (*)(int, ...))dlsym(RTLD_NEXT, "ptrace");
}

long ptrace(enum __ptrace_request request, ...)
{
    va_list words;
    va_start(words, request);
    long process = va_arg(words, long);
    void *address = va_arg(words, void *), *data = va_arg(words, void *);
    va_end(words);
    struct iovec whole = { state, sizeof state };
    const struct iovec *kept = data;
    if ((int)request != PTRACE_SETREGSET || (long)address != NT_X86_XSTATE)
        return next(request, process, address, data);
    if (next(PTRACE_GETREGSET, process, address, &whole) != 0)
        return -1;
    memcpy(state, kept->iov_base, kept->iov_len < whole.iov_len ? kept->iov_len : whole.iov_len);
    return next(PTRACE_SETREGSET, process, address, &whole);
}
