#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "ground.h"
#include "text.h"

enum { CLIENTS = 8, INPUT_MAX = 16384, CTRL_C = 0x03, CTRL_D = 0x04, CTRL_Z = 0x1a, CTRL_CARET = 0x1e };

/** Bytes of a pipe or a socket that have no end yet. */
struct raw {
    int fd;
    size_t used;
    bool after_return;
    char text[INPUT_MAX];
};

static enum { TERMINAL, PIPE, SOCKET } kind;
static console_input *input;
static struct raw clients[CLIENTS];
static int listener = -1;
static char path[108];
static struct termios before;
static bool changed, ended, stays, drained;
/* Lines of a pipe so far. */
static unsigned long lines;
/* What stands in the last line of the output. */
static char tail[256];
static size_t tail_used;
static size_t typed;

/** Everything, whatever the descriptor says; who reads no more loses it. */
static void put(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t done = kind == SOCKET ? send(fd, text, length, MSG_NOSIGNAL) : write(fd, text, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN && kind != SOCKET) {
            struct pollfd wait = { .fd = fd, .events = POLLOUT };
            poll(&wait, 1, 1000);
            continue;
        }
        if (done <= 0)
            return;
        text += done;
        length -= (size_t)done;
    }
}

/** The terminal, as the boards' line editor knows it. */
void board_write(const char *text, size_t length)
{
    put(STDOUT_FILENO, text, length);
}

static void follow(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n')
            tail_used = 0;
        else if (tail_used < sizeof tail)
            tail[tail_used++] = text[i];
}

static bool refuse(const char *what, char *why, size_t why_size)
{
    snprintf(why, why_size, "--console unix:%s: %s: %s", path, what, strerror(errno));
    return false;
}

static bool open_socket(char *why, size_t why_size)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct stat status;
    memcpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (lstat(path, &status) == 0) {
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool used = S_ISSOCK(status.st_mode) && connect(probe, (struct sockaddr *)&address, sizeof address) == 0;
        close(probe);
        errno = used ? EADDRINUSE : EEXIST;
        if (used || !S_ISSOCK(status.st_mode))
            return refuse("the path is taken", why, why_size);
        unlink(path);
    }
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t mask = umask(0177);
    bool bound = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0;
    umask(mask);
    return (bound && listen(listener, CLIENTS) == 0) || refuse("it can't be listened on", why, why_size);
}

bool console_open(const char *where, bool stay, console_input *handle, char *why, size_t why_size)
{
    stays = stay;
    input = handle;
    for (int i = 0; i < CLIENTS; i++)
        clients[i].fd = -1;
    if (strncmp(where, "unix:", 5) == 0 && where[5] != 0 && strlen(where + 5) < sizeof path) {
        kind = SOCKET;
        snprintf(path, sizeof path, "%s", where + 5);
        return open_socket(why, why_size);
    }
    if (strcmp(where, "stdio") != 0) {
        snprintf(why, why_size, "--console \"%s\" is not known; allowed are stdio and unix:PATH", where);
        return false;
    }
    kind = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? TERMINAL : PIPE;
    clients[0].fd = STDIN_FILENO;
    if (kind == TERMINAL && tcgetattr(STDIN_FILENO, &before) == 0) {
        struct termios raw = before;
        cfmakeraw(&raw);
        raw.c_oflag |= OPOST;
        changed = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
        console_say("postern-linux: Ctrl-D on an empty line ends the router, Ctrl-C a command that runs; ? lists what may be typed");
    }
    return true;
}

bool console_person(void)
{
    return kind == TERMINAL;
}

unsigned console_wait(struct pollfd *entries)
{
    unsigned count = 0;
    for (int i = 0; i < CLIENTS; i++)
        if (clients[i].fd >= 0)
            entries[count++] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
    if (listener >= 0)
        entries[count++] = (struct pollfd){ .fd = listener, .events = POLLIN };
    return count;
}

/** Gives a line from a pipe, shown behind the prompt that it answers. */
static void give(const char *text, size_t length)
{
    if (kind == PIPE && tail_used > 0 && text[length - 1] == '\n') {
        bool concealed = text_conceals(tail, tail_used);
        console_write(concealed ? "\n" : text, concealed ? 1 : length);
    }
    bool whole = length > 0 && text[length - 1] == '\n';
    lines += whole;
    if (input(text, (uint32_t)length) > 0 && kind == PIPE && whole) {
        char line[64];
        snprintf(line, sizeof line, "%% Line %lu of the input was refused.", lines);
        console_say(line);
    }
}

/** Whether the output ends with a prompt: no command runs on. */
static bool prompted(void)
{
    return tail_used > 1 && (tail[tail_used - 1] == '#' || tail[tail_used - 1] == '>') && memchr(tail, ' ', tail_used) == NULL;
}

static void take(struct raw *raw, char octet)
{
    bool newline = octet == '\n' && raw->after_return;
    raw->after_return = octet == '\r';
    if (newline)
        return;
    if (octet == '\r')
        octet = '\n';
    if (octet == CTRL_C || octet == CTRL_CARET) {
        give(raw->text, raw->used);
        raw->used = 0;
        input(&octet, 1);
        return;
    }
    raw->text[raw->used++] = octet;
    if (octet == '\n' || octet == CTRL_Z || raw->used == sizeof raw->text) {
        give(raw->text, raw->used);
        raw->used = 0;
    }
}

static void take_all(struct raw *raw, const char *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        take(raw, octets[i]);
    /* A question is asked where the bytes end for now. */
    if (raw->used > 0 && (raw->text[raw->used - 1] == '?' || raw->text[raw->used - 1] == '\t')) {
        give(raw->text, raw->used);
        raw->used = 0;
    }
}

/** One key of the terminal. Returns false to leave. */
static bool key(char octet)
{
    if (octet == CTRL_D)
        return typed > 0;
    if (octet == '\r' || octet == '\n' || octet == CTRL_C)
        typed = 0;
    else
        typed++;
    struct text_input line = text_key((unsigned char)octet);
    if (line.length > 0) {
        input(line.text, (uint32_t)line.length);
        text_taken();
    }
    return true;
}

/** Whether the input of a pipe has ended, and its last command has. */
bool console_over(void)
{
    return drained && prompted();
}

bool console_tend(void)
{
    char octets[4096];
    if (listener >= 0) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        for (int i = 0; fd >= 0 && i < CLIENTS; i++)
            if (clients[i].fd < 0) {
                clients[i].fd = fd;
                clients[i].used = 0;
                put(fd, tail, tail_used);
                fd = -1;
            }
        if (fd >= 0)
            close(fd);
    }
    for (int i = 0; i < CLIENTS; i++) {
        struct pollfd wait = { .fd = clients[i].fd, .events = POLLIN };
        if (clients[i].fd < 0 || poll(&wait, 1, 0) <= 0)
            continue;
        ssize_t got = read(clients[i].fd, octets, sizeof octets);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got > 0 && kind == TERMINAL) {
            for (ssize_t n = 0; n < got; n++)
                if (!key(octets[n]))
                    return false;
        } else if (got > 0)
            take_all(&clients[i], octets, (size_t)got);
        else {
            if (clients[i].used > 0)
                take(&clients[i], '\n');
            if (kind == SOCKET)
                close(clients[i].fd);
            clients[i].fd = -1;
            ended = kind == TERMINAL;
            drained = kind == PIPE && !stays;
        }
    }
    return !ended;
}

void console_write(const char *text, size_t length)
{
    if (kind == TERMINAL) {
        text_module(text, length);
        return;
    }
    follow(text, length);
    if (kind == PIPE)
        put(STDOUT_FILENO, text, length);
    for (int i = 0; kind == SOCKET && i < CLIENTS; i++)
        if (clients[i].fd >= 0)
            put(clients[i].fd, text, length);
}

void console_say(const char *line)
{
    char prompt[sizeof tail];
    size_t length = tail_used;
    if (kind == TERMINAL) {
        text_say(line);
        return;
    }
    memcpy(prompt, tail, length);
    if (length > 0)
        console_write("\n", 1);
    console_write(line, strlen(line));
    console_write("\n", 1);
    console_write(prompt, length);
    if (kind == SOCKET) {
        /* A socket may have no client: what the host says of itself goes to the log too. */
        fprintf(stderr, "%s\n", line);
    }
}

void console_close(void)
{
    if (kind == PIPE && tail_used > 0)
        put(STDOUT_FILENO, "\n", 1);
    for (int i = 0; kind == SOCKET && i < CLIENTS; i++)
        if (clients[i].fd >= 0)
            close(clients[i].fd);
    if (listener >= 0) {
        close(listener);
        unlink(path);
    }
    listener = -1;
    console_restore();
}

void console_restore(void)
{
    if (changed)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    changed = false;
}
