#include "ring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/** What the kernel and we have in common: places to be tried, and results. NONE: it was asked for, and there is none. */
static struct {
    enum { UNASKED, THERE, NONE } state;
    int fd;
    struct io_uring_sqe *places;
    uint32_t *tail, *mask, *order;
    struct io_uring_cqe *results;
    uint32_t *results_head, *results_tail, *results_mask;
} ring;

static void *shared(size_t size, off_t what)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, what);
}

/** Sets the ring up, once. */
static void open_ring(void)
{
    struct io_uring_params about = { 0 };
    ring.state = NONE;
    ring.fd = (int)syscall(SYS_io_uring_setup, RING_WRITES, &about);
    /* Older kernels have two maps and not one. */
    if (ring.fd < 0)
        return;
    size_t ours = about.sq_off.array + about.sq_entries * sizeof(uint32_t), theirs = about.cq_off.cqes + about.cq_entries * sizeof(struct io_uring_cqe);
    void *both = (about.features & IORING_FEAT_SINGLE_MMAP) == 0 ? MAP_FAILED : shared(ours > theirs ? ours : theirs, IORING_OFF_SQ_RING);
    void *places = both == MAP_FAILED ? MAP_FAILED : shared(about.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    if (places == MAP_FAILED) {
        close(ring.fd);
        return;
    }
    uint8_t *at = both;
    ring.places = places;
    ring.tail = (uint32_t *)(at + about.sq_off.tail);
    ring.mask = (uint32_t *)(at + about.sq_off.ring_mask);
    ring.order = (uint32_t *)(at + about.sq_off.array);
    ring.results = (struct io_uring_cqe *)(at + about.cq_off.cqes);
    ring.results_head = (uint32_t *)(at + about.cq_off.head);
    ring.results_tail = (uint32_t *)(at + about.cq_off.tail);
    ring.results_mask = (uint32_t *)(at + about.cq_off.ring_mask);
    ring.state = THERE;
}

/** Takes the results that are there. Returns how many. */
static unsigned take(bool *gone, unsigned count)
{
    unsigned taken = 0;
    uint32_t head = *ring.results_head, end = __atomic_load_n(ring.results_tail, __ATOMIC_ACQUIRE);
    for (; head != end; head++, taken++) {
        const struct io_uring_cqe *result = &ring.results[head & *ring.results_mask];
        if (result->user_data < count)
            gone[result->user_data] = result->res >= 0;
    }
    __atomic_store_n(ring.results_head, head, __ATOMIC_RELEASE);
    return taken;
}

void ring_write(int fd, const struct iovec *pieces, unsigned count, bool *gone)
{
    if (ring.state == UNASKED)
        open_ring();
    if (ring.state != THERE)
        return;
    count = count < RING_WRITES ? count : RING_WRITES;
    uint32_t tail = *ring.tail;
    for (unsigned i = 0; i < count; i++, tail++) {
        uint32_t place = tail & *ring.mask;
        ring.places[place] = (struct io_uring_sqe){ .opcode = IORING_OP_WRITE, .fd = fd, .addr = (uintptr_t)pieces[i].iov_base, .len = (uint32_t)pieces[i].iov_len, .user_data = i };
        ring.order[place] = place;
    }
    __atomic_store_n(ring.tail, tail, __ATOMIC_RELEASE);
    unsigned given = 0, taken = 0;
    while (taken < count) {
        long entered = syscall(SYS_io_uring_enter, ring.fd, count - given, count - taken, IORING_ENTER_GETEVENTS, NULL, 0);
        given += entered > 0 ? (unsigned)entered : 0;
        taken += take(gone, count);
        if (entered >= 0 || errno == EINTR)
            continue;
        /* It takes no more. What it has taken ends before the pieces are anybody's again; the ring is not used after this. */
        ring.state = NONE;
        while (taken < given && (syscall(SYS_io_uring_enter, ring.fd, 0, given - taken, IORING_ENTER_GETEVENTS, NULL, 0) >= 0 || errno == EINTR))
            taken += take(gone, count);
        return;
    }
}
