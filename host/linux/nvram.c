#include "nvram.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

char *nvram_read(const char *path, size_t *length, bool *absent, char *why, size_t why_size)
{
    char *text = NULL;
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *absent = fd < 0 && errno == ENOENT;
    *length = 0;
    if (fd >= 0 && fstat(fd, &status) == 0) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EFBIG;
        if (!S_ISDIR(status.st_mode) && status.st_size <= NVRAM_MAX) {
            text = malloc(NVRAM_MAX + 1);
            ssize_t got = 1;
            while (text != NULL && *length < NVRAM_MAX && (got = read(fd, text + *length, NVRAM_MAX - *length)) > 0)
                *length += (size_t)got;
            if (text != NULL && got < 0) {
                free(text);
                text = NULL;
            }
        }
    }
    if (text == NULL)
        snprintf(why, why_size, "%s can't be read: %s", path, strerror(errno));
    else
        text[*length] = 0;
    if (fd >= 0)
        close(fd);
    return text;
}

/** Flushes the folder, which holds the new name. File systems that can't do that do not need it. */
static void flush_folder(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/**
 * Writes zeros over a file that has lost its name: keys that were in it do not stay where it was, as far as the file system
 * writes in place (SECURITY.md). One that has another name yet is somebody's copy, and stays. The new text is in place whatever fails here.
 */
static void overwrite(int fd)
{
    static const char zeros[4096];
    struct stat status;
    if (fstat(fd, &status) == 0 && status.st_nlink == 0 && S_ISREG(status.st_mode)) {
        off_t at = 0;
        while (at < status.st_size) {
            off_t left = status.st_size - at;
            ssize_t wrote = pwrite(fd, zeros, left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros, at);
            if (wrote <= 0 && errno != EINTR)
                break;
            at += wrote > 0 ? wrote : 0;
        }
        fsync(fd);
    }
    close(fd);
}

bool nvram_write(const char *path, const char *text, size_t length, char *why, size_t why_size)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside) {
        snprintf(why, why_size, "the path is too long");
        return false;
    }
    /* A name that nobody else has, nor left behind, nor put there as a link to something else: made, or nothing is (O_EXCL), for its owner alone. */
    int fd = mkostemp(beside, O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        snprintf(why, why_size, "%s can't be written: %s", path, strerror(errno));
        return false;
    }
    int old = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool done = true;
    for (size_t at = 0; done && at < length;) {
        ssize_t wrote = write(fd, text + at, length - at);
        done = wrote > 0 || (wrote < 0 && errno == EINTR);
        at += wrote > 0 ? (size_t)wrote : 0;
    }
    done = done && fsync(fd) == 0;
    done = close(fd) == 0 && done;
    done = done && rename(beside, path) == 0;
    if (!done) {
        snprintf(why, why_size, "%s can't be written: %s", path, strerror(errno));
        unlink(beside);
        if (old >= 0)
            close(old);
        return false;
    }
    flush_folder(path);
    /* The other way round a loss of power could leave neither. */
    if (old >= 0)
        overwrite(old);
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool nvram_device_key(const char *path, unsigned char key[32], char *why, size_t why_size)
{
    char file[PATH_MAX], digits[66];
    size_t length;
    bool absent;
    if (snprintf(file, sizeof file, "%s.key", path) >= (int)sizeof file) {
        snprintf(why, why_size, "the path is too long");
        return false;
    }
    char *text = nvram_read(file, &length, &absent, why, why_size);
    if (text == NULL && absent) {
        if (getrandom(key, 32, 0) != 32) {
            snprintf(why, why_size, "there is no entropy");
            return false;
        }
        for (int i = 0; i < 32; i++)
            snprintf(digits + 2 * i, 3, "%02x", key[i]);
        digits[64] = '\n';
        return nvram_write(file, digits, 65, why, why_size);
    }
    if (text == NULL)
        return false;
    bool good = length >= 64 && (length == 64 || text[64] == '\n' || text[64] == '\r');
    for (int i = 0; good && i < 32; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        good = high >= 0 && low >= 0;
        key[i] = (unsigned char)(high << 4 | low);
    }
    free(text);
    if (!good)
        snprintf(why, why_size, "%s is not 64 hexadecimal digits", file);
    return good;
}
