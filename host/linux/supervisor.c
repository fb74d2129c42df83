#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** The status with which the watchdog ends a process. */
enum { WATCHDOG_STATUS = 87 };
/** Lives shorter than this, in s, are followed by a pause of as much. */
enum { SHORT_LIFE = 2 };

static volatile sig_atomic_t ends, turns, turns_seen, ticks;
static unsigned allowed;
static volatile pid_t child;

static void on_end(int signal)
{
    ends = 1;
    if (child > 0)
        kill(child, signal);
}

/** Once a second of computing time; none comes while the process sleeps. */
static void on_tick(int signal)
{
    (void)signal;
    if (turns != turns_seen)
        ticks = 0;
    turns_seen = turns;
    if ((unsigned)++ticks > allowed)
        _exit(WATCHDOG_STATUS);
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    sigaction(signal, &action, NULL);
}

static void handle_ends(void)
{
    handle(SIGTERM, on_end, 0);
    handle(SIGINT, on_end, 0);
    handle(SIGHUP, on_end, 0);
    handle(SIGPIPE, SIG_IGN, 0);
}

static int live(int (*life)(const struct legacy *), const struct legacy *legacy, pid_t parent)
{
    struct itimerval second = { { 1, 0 }, { 1, 0 } };
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        return 1;
    if (allowed > 0) {
        handle(SIGPROF, on_tick, SA_RESTART);
        setitimer(ITIMER_PROF, &second, NULL);
    }
    return life(legacy);
}

int supervise(int (*life)(const struct legacy *legacy), unsigned seconds)
{
    struct legacy *legacy = mmap(NULL, sizeof *legacy, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t parent = getpid();
    allowed = seconds;
    if (legacy == MAP_FAILED)
        return 1;
    handle_ends();
    for (;;) {
        int status = 0;
        time_t started = time(NULL);
        fflush(NULL);
        pid_t made = fork();
        if (made == 0)
            exit(live(life, legacy, parent));
        child = made;
        if (made < 0)
            return 1;
        while (waitpid(made, &status, 0) < 0 && errno == EINTR)
            if (ends)
                kill(made, SIGTERM);
        child = 0;
        bool watchdog = WIFEXITED(status) && WEXITSTATUS(status) == WATCHDOG_STATUS;
        if (WIFEXITED(status) && !watchdog)
            return WEXITSTATUS(status);
        if (ends)
            return 1;
        if (watchdog) {
            legacy->watchdogs++;
            snprintf(legacy->why, sizeof legacy->why, "watchdog: the module did not return within %u s of computing", seconds);
        } else {
            legacy->faults++;
            snprintf(legacy->why, sizeof legacy->why, "fault of the host: %s", strsignal(WTERMSIG(status)));
        }
        fprintf(stderr, "postern-linux: %s; starting again\n", legacy->why);
        if (time(NULL) - started < SHORT_LIFE)
            sleep(SHORT_LIFE);
    }
}

void watchdog_feed(void)
{
    turns = (turns + 1) & 0x3fffffff;
}

bool supervisor_ends(void)
{
    return ends != 0;
}
