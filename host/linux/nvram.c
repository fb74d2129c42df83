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

bool nvram_write(const char *path, const char *text, size_t length, char *why, size_t why_size)
{
    char beside[PATH_MAX];
    struct stat status;
    mode_t mode = stat(path, &status) == 0 ? status.st_mode & 0777 : 0600;
    if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside) {
        snprintf(why, why_size, "the path is too long");
        return false;
    }
    /* A name that nobody else has, nor left behind, nor put there as a link to something else: made, or nothing is (O_EXCL). */
    int fd = mkostemp(beside, O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        snprintf(why, why_size, "%s can't be written: %s", path, strerror(errno));
        return false;
    }
    /* A file system without modes refuses; the file is its owner's alone then, as it was made. */
    fchmod(fd, mode);
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
        return false;
    }
    flush_folder(path);
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
