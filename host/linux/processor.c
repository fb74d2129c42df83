#include "processor.h"

#include <stddef.h>
#include <sys/auxv.h>

#if defined(__x86_64__)
const char *processor_lacks(void)
{
    /* x86-64-v2 */
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("ssse3") || !__builtin_cpu_supports("sse4.1"))
        return "SSE4.1";
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") ? NULL : "SSE4.2";
}

enum processor_form processor_form(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4"))
        return PROCESSOR_V4;
    return __builtin_cpu_supports("x86-64-v3") ? PROCESSOR_V3 : PROCESSOR_PLAIN;
}
#elif defined(__arm__)
const char *processor_lacks(void)
{
    enum { NEON = 1 << 12, IDIVA = 1 << 17 };
    unsigned long has = getauxval(AT_HWCAP);
    if ((has & NEON) == 0)
        return "NEON";
    return (has & IDIVA) != 0 ? NULL : "division";
}
#else
/* aarch64: what the code takes, every one has. */
const char *processor_lacks(void)
{
    return NULL;
}
#endif
