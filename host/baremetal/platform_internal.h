/* WAMR's platform "bare": one thread, no operating system, memory from two arenas of the image. */
#ifndef PLATFORM_INTERNAL_H
#define PLATFORM_INTERNAL_H

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BH_PLATFORM_BARE
#define BH_APPLET_PRESERVED_STACK_SIZE 2048
#define BH_THREAD_DEFAULT_PRIORITY 0
#define os_getpagesize() 4096

typedef int korp_thread, korp_tid, korp_mutex, korp_sem, korp_cond, korp_rwlock;
typedef int os_file_handle, os_raw_file_handle, os_poll_file_handle, os_timespec;
typedef void *os_dir_stream;
typedef unsigned os_nfds_t;

static inline os_file_handle os_get_invalid_handle(void)
{
    return -1;
}

#endif
