#include "text.h"
#include "ground.h"
#include <stdbool.h>
#include <string.h>

enum { CTRL_C = 0x03, BACKSPACE = 0x08, CTRL_U = 0x15, CTRL_CARET = 0x1e, DELETE = 0x7f };

/* What stands in the console's last line, from the module: its prompt, if the text behind it is the operator's. */
static char last[256];
static size_t last_length;
static char typed[TEXT_LINE + 1];
static size_t typed_length;
static bool completing, answering, after_return, raw;

void text_write(const char *text, size_t length)
{
    size_t from = 0;

    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n') {
            board_write(text + from, i - from);
            board_write("\r\n", 2);
            from = i + 1;
        }
    board_write(text + from, length - from);
}

void text_raw(void)
{
    raw = true;
}

static void redraw(void)
{
    if (raw)
        return;
    board_write(last, last_length);
    /* While it is answered, what was typed stands in a line above. */
    if (!answering)
        board_write(typed, typed_length);
}

static void remember(const char *text, size_t length)
{
    for (size_t i = length; i > 0; i--)
        if (text[i - 1] == '\n') {
            last_length = 0;
            text += i;
            length -= i;
            break;
        }
    if (length > sizeof last - last_length)
        length = sizeof last - last_length;
    memcpy(last + last_length, text, length);
    last_length += length;
}

void text_module(const char *text, size_t length)
{
    bool between = !raw && !answering && last_length + typed_length > 0 && length > 0;

    if (between) {
        board_write("\r\033[K", 4);
        text_write(text, length);
        if (text[length - 1] == '\n')
            redraw();
        else
            remember(text, length);
        return;
    }
    text_write(text, length);
    remember(text, length);
}

void text_say(const char *line)
{
    if (last_length + (answering ? 0 : typed_length) > 0)
        board_write(raw ? "\r\n" : "\r\033[K", raw ? 2 : 4);
    if (raw)
        last_length = 0;
    text_write(line, strlen(line));
    board_write("\r\n", 2);
    redraw();
}

/* The module answers `?` and a tab with the prompt and the text again: the prompt is what stood there before. */
static struct text_input ask(char what)
{
    typed[typed_length] = what;
    if (what == '?')
        board_write("?\r\n", 3);
    else
        board_write("\r\033[K", 4);
    completing = answering = true;
    return (struct text_input){ typed, typed_length + 1 };
}

struct text_input text_key(int octet)
{
    struct text_input none = { NULL, 0 };

    if (octet == '\n' && after_return) {
        after_return = false;
        return none;
    }
    after_return = octet == '\r';
    if (octet == '\r' || octet == '\n') {
        /* A program's line is not shown: the prompt stays the last that there is. */
        if (!raw) {
            board_write("\r\n", 2);
            last_length = 0;
        }
        typed[typed_length] = '\n';
        answering = true;
        return (struct text_input){ typed, typed_length + 1 };
    }
    if (octet == CTRL_C || octet == CTRL_CARET) {
        typed[0] = (char)octet;
        typed_length = 0;
        answering = true;
        return (struct text_input){ typed, 1 };
    }
    if (octet == '?' || octet == '\t')
        return ask((char)octet);
    if (octet == BACKSPACE || octet == DELETE) {
        if (typed_length > 0) {
            do
                typed_length--;
            while (typed_length > 0 && (typed[typed_length] & 0xc0) == 0x80);
            board_write("\b \b", 3);
        }
    } else if (octet == CTRL_U) {
        typed_length = 0;
        board_write("\r\033[K", 4);
        redraw();
    } else if (octet >= ' ' && typed_length < TEXT_LINE - 1) {
        typed[typed_length++] = (char)octet;
        if (!raw)
            board_write(&typed[typed_length - 1], 1);
    }
    return none;
}

void text_taken(void)
{
    answering = false;
    if (!completing) {
        typed_length = 0;
        return;
    }
    completing = false;
    /* "gate#show ver" came back as "gate#show version ": the prompt's last character is the first # or >. */
    for (size_t i = 0; i < last_length; i++)
        if (last[i] == '#' || last[i] == '>') {
            size_t prompt = i + 1;

            typed_length = last_length - prompt;
            memcpy(typed, last + prompt, typed_length);
            last_length = prompt;
            return;
        }
    typed_length = 0;
}
