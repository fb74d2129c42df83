/* The functions that WAMR asks of an operating system, where there is none. */
#include "core.h"
#include "platform_api_extension.h"
#include "platform_api_vmcore.h"
#include "regions.h"
#include "text.h"

int bh_platform_init(void)
{
    return 0;
}

void bh_platform_destroy(void)
{
}

/* The runtime allocates from the pool that it is given; there is no other heap. */
void *os_malloc(unsigned size)
{
    (void)size;
    return NULL;
}

void *os_realloc(void *block, unsigned size)
{
    (void)block;
    (void)size;
    return NULL;
}

void os_free(void *block)
{
    (void)block;
}

int os_vprintf(const char *format, va_list arguments)
{
    char text[200];
    int length = vsnprintf(text, sizeof text, format, arguments);

    text_write(text, strlen(text));
    return length;
}

int os_printf(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = os_vprintf(format, arguments);
    va_end(arguments);
    return length;
}

uint64 os_time_get_boot_us(void)
{
    return mcu_us();
}

uint64 os_time_thread_cputime_us(void)
{
    return mcu_us();
}

korp_tid os_self_thread(void)
{
    return 1;
}

/* Compiled code compares its stack pointer with this: the page below is out of reach for everybody. */
uint8 *os_thread_get_stack_boundary(void)
{
    return stack_bottom;
}

void os_thread_jit_write_protect_np(bool enabled)
{
    (void)enabled;
}

int os_mutex_init(korp_mutex *mutex)
{
    *mutex = 0;
    return 0;
}

int os_mutex_destroy(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int os_mutex_lock(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int os_mutex_unlock(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

void *os_mmap(void *hint, size_t size, int protection, int flags, os_file_handle file)
{
    (void)hint;
    (void)flags;
    (void)file;
    (void)protection;
    return region_take(size);
}

void os_munmap(void *block, size_t size)
{
    (void)size;
    region_give(block);
}

void *os_mremap(void *block, size_t old_size, size_t new_size)
{
    return os_mremap_slow(block, old_size, new_size);
}

int os_mprotect(void *block, size_t size, int protection)
{
    /* The loader is through with relocating its code. All else stays writable, and never can be executed. */
    if (protection == (MMAP_PROT_READ | MMAP_PROT_EXEC))
        region_seal(block, size);
    return 0;
}

void os_dcache_flush(void)
{
    mcu_sync_code();
}

void os_icache_flush(void *start, size_t length)
{
    (void)start;
    (void)length;
    mcu_sync_code();
}

struct wasm_trap_t;
void wasm_trap_delete(struct wasm_trap_t *trap);

/* Of WAMR's C API, which is not linked. */
void wasm_trap_delete(struct wasm_trap_t *trap)
{
    (void)trap;
}
