#include "text.h"
#include "ground.h"
#include <stdbool.h>
#include <string.h>

enum {
    CTRL_A = 0x01, CTRL_B, CTRL_C, CTRL_D, CTRL_E, CTRL_F, BACKSPACE = 0x08, CTRL_K = 0x0b, CTRL_L, CTRL_N = 0x0e, CTRL_P = 0x10, CTRL_R = 0x12, CTRL_U = 0x15,
    CTRL_W = 0x17, CTRL_X, CTRL_Z = 0x1a, ESCAPE, CTRL_CARET = 0x1e, DELETE = 0x7f
};
/* Octets of lines that were entered, each behind its length. */
enum { HISTORY = 2048 };

/* What stands in the console's last line, from the module: its prompt, if the text behind it is the operator's. */
static char last[256];
static size_t last_length;
static char typed[TEXT_LINE + 1];
static size_t typed_length, cursor;
static bool completing, answering, after_return, raw;
/* The prompt's answer is not to be seen. */
static bool concealed;
/* What stands behind the cursor while the module answers a question about what is before it. */
static char rest[TEXT_LINE];
static size_t rest_length;
/* The newest line is the last one. `place` is where the one that is looked at begins; history_length: a new line. */
static char history[HISTORY];
static size_t history_length, place;
/* An escape sequence under way: 1 behind ESC, 2 behind its bracket, and the number in it. */
static unsigned sequence, parameter;

bool text_conceals(const char *text, size_t length)
{
    return length >= 4 && memcmp(text + length - 4, "\033[8m", 4) == 0;
}

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

static bool continues(char octet)
{
    return (octet & 0xc0) == 0x80;
}

/* Moves the terminal's cursor over octets [from, to) of the line, to the left: one column a character. */
static void back(size_t from, size_t to)
{
    if (concealed || raw)
        return;
    for (size_t i = from; i < to; i++)
        if (!continues(typed[i]))
            board_write("\b", 1);
}

static void show(size_t from, size_t to)
{
    if (!concealed && !raw)
        board_write(typed + from, to - from);
}

static void redraw(void)
{
    if (raw)
        return;
    board_write(last, last_length);
    /* While it is answered, what was typed stands in a line above. */
    if (!answering) {
        show(0, typed_length);
        back(cursor, typed_length);
    }
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
    concealed = text_conceals(last, last_length);
}

/* Whether what stands there waits for a line; else it is what a command has printed of one so far (the marks of `ping`). */
static bool prompting(void)
{
    char end = last_length > 0 ? last[last_length - 1] : 0;

    if (end == ' ' && last_length > 1)
        end = last[last_length - 2];
    return concealed || (end != 0 && strchr("#>:?]", end) != NULL);
}

void text_module(const char *text, size_t length)
{
    bool between = !raw && !answering && last_length + typed_length > 0 && length > 0;

    /* The question is over: text is shown again, and what was typed for it is gone. */
    if (length >= 5 && memcmp(text, "\033[28m", 5) == 0) {
        board_write(text, 5);
        text += 5;
        length -= 5;
        last_length = 0;
        if (concealed && !answering)
            typed_length = cursor = 0;
        concealed = false;
        if (length == 0)
            return;
    }
    if (between && prompting()) {
        board_write("\r\033[K", 4);
        text_write(text, length);
        if (text[length - 1] != '\n') {
            /* Another prompt in place of the one that stood there. */
            last_length = 0;
            remember(text, length);
            show(0, typed_length);
            back(cursor, typed_length);
        } else
            redraw();
        return;
    }
    text_write(text, length);
    remember(text, length);
    /* A command has ended: what was typed meanwhile stands behind the prompt. */
    if (!answering && typed_length > 0 && prompting()) {
        show(0, typed_length);
        back(cursor, typed_length);
    }
}

void text_say(const char *line)
{
    if (last_length + (answering ? 0 : typed_length) > 0)
        board_write(raw ? "\r\n" : "\r\033[K", raw ? 2 : 4);
    if (raw)
        last_length = 0;
    if (concealed)
        board_write("\033[28m", 5);
    text_write(line, strlen(line));
    board_write("\r\n", 2);
    redraw();
}

/* The module answers `?` and a tab with the prompt and the text again: the prompt is what stood there before. */
static struct text_input ask(char what)
{
    rest_length = typed_length - cursor;
    memcpy(rest, typed + cursor, rest_length);
    typed_length = cursor;
    typed[typed_length] = what;
    if (what == '?')
        board_write("?\r\n", 3);
    else
        board_write("\r\033[K", 4);
    completing = answering = true;
    return (struct text_input){ typed, typed_length + 1 };
}

/* Keeps the line for the keys that go back; the oldest ones make room. */
static void keep(void)
{
    size_t need = typed_length + 2;

    place = history_length;
    if (raw || concealed || typed_length == 0 || need > sizeof history)
        return;
    while (history_length + need > sizeof history) {
        size_t first = 2 + (unsigned char)history[0] + 256 * (size_t)(unsigned char)history[1];

        memmove(history, history + first, history_length - first);
        history_length -= first;
    }
    history[history_length] = (char)(typed_length & 255);
    history[history_length + 1] = (char)(typed_length >> 8);
    memcpy(history + history_length + 2, typed, typed_length);
    history_length += need;
    place = history_length;
}

static size_t entry_length(size_t at)
{
    return (unsigned char)history[at] + 256 * (size_t)(unsigned char)history[at + 1];
}

/* The line becomes this one. */
static void replace(const char *text, size_t length)
{
    back(0, cursor);
    if (!concealed && !raw)
        board_write("\033[K", 3);
    memmove(typed, text, length);
    typed_length = cursor = length;
    show(0, length);
}

static void look(bool older)
{
    size_t at = 0, before = history_length;

    if (concealed || raw || (older ? place == 0 : place == history_length))
        return;
    if (older) {
        for (; at < place; at += 2 + entry_length(at))
            before = at;
        at = before;
    } else
        at = place + 2 + entry_length(place);
    place = at;
    if (place == history_length)
        replace("", 0);
    else
        replace(history + place + 2, entry_length(place));
}

/* Cuts octets [from, to) out of the line; the cursor stands within them or at their ends. */
static void cut(size_t from, size_t to)
{
    back(from, cursor);
    memmove(typed + from, typed + to, typed_length - to);
    typed_length -= to - from;
    cursor = from;
    if (!concealed && !raw)
        board_write("\033[K", 3);
    show(cursor, typed_length);
    back(cursor, typed_length);
}

static size_t before(size_t at)
{
    while (at > 0 && continues(typed[--at]))
        ;
    return at;
}

static size_t behind(size_t at)
{
    while (at < typed_length && ++at < typed_length && continues(typed[at]))
        ;
    return at;
}

static void move(size_t to)
{
    if (to < cursor)
        back(to, cursor);
    else
        show(cursor, to);
    cursor = to;
}

static void insert(char octet)
{
    if (typed_length >= TEXT_LINE - 1)
        return;
    memmove(typed + cursor + 1, typed + cursor, typed_length - cursor);
    typed[cursor] = octet;
    typed_length++;
    cursor++;
    show(cursor - 1, typed_length);
    /* An octet that is no character's last moves the cursor all the same: what follows is drawn again behind the last. */
    back(cursor, typed_length);
}

static void word_back(void)
{
    size_t from = cursor;

    while (from > 0 && typed[from - 1] == ' ')
        from--;
    while (from > 0 && typed[from - 1] != ' ')
        from--;
    cut(from, cursor);
}

/* ESC [ A and the like, as terminals send them for the keys that have no octet. */
static void special(int octet)
{
    switch (octet) {
    case 'A': look(true); break;
    case 'B': look(false); break;
    case 'C': move(behind(cursor)); break;
    case 'D': move(before(cursor)); break;
    case 'H': move(0); break;
    case 'F': move(typed_length); break;
    case '~':
        if (parameter == 1 || parameter == 7)
            move(0);
        else if (parameter == 4 || parameter == 8)
            move(typed_length);
        else if (parameter == 3)
            cut(cursor, behind(cursor));
        break;
    default: break;
    }
}

/* True: the octet belongs to an escape sequence. */
static bool in_sequence(int octet)
{
    if (octet == ESCAPE) {
        sequence = 1;
        return true;
    }
    if (sequence == 1) {
        sequence = octet == '[' || octet == 'O' ? 2 : 0;
        parameter = 0;
        return true;
    }
    if (sequence != 2)
        return false;
    if (octet >= '0' && octet <= '9') {
        if (parameter < 100)
            parameter = 10 * parameter + (unsigned)(octet - '0');
        return true;
    }
    if (octet == ';')
        return true;
    sequence = 0;
    /* A control octet ends what never became a sequence, and is itself. */
    if (octet < ' ')
        return false;
    special(octet);
    return true;
}

static struct text_input line_of(char end)
{
    if (!raw) {
        if (end == CTRL_Z && !concealed)
            board_write("^Z", 2);
        board_write("\r\n", 2);
        last_length = 0;
    }
    keep();
    typed[typed_length] = end;
    answering = true;
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
    if (!raw && in_sequence(octet))
        return none;
    /* A program's line is not shown: the prompt stays the last that there is. */
    if (octet == '\r' || octet == '\n')
        return line_of('\n');
    if (octet == CTRL_Z)
        return line_of(CTRL_Z);
    if (octet == CTRL_C || octet == CTRL_CARET) {
        typed[0] = (char)octet;
        typed_length = cursor = 0;
        place = history_length;
        answering = true;
        return (struct text_input){ typed, 1 };
    }
    if (!concealed && (octet == '?' || octet == '\t'))
        return ask((char)octet);
    switch (octet) {
    case BACKSPACE:
    case DELETE: cut(before(cursor), cursor); break;
    case CTRL_A: move(0); break;
    case CTRL_E: move(typed_length); break;
    case CTRL_B: move(before(cursor)); break;
    case CTRL_F: move(behind(cursor)); break;
    case CTRL_D: cut(cursor, behind(cursor)); break;
    case CTRL_K: cut(cursor, typed_length); break;
    case CTRL_U:
    case CTRL_X: cut(0, cursor); break;
    case CTRL_W: word_back(); break;
    case CTRL_P: look(true); break;
    case CTRL_N: look(false); break;
    case CTRL_L:
    case CTRL_R:
        if (!raw)
            board_write("\r\033[K", 4);
        redraw();
        break;
    default:
        if (octet >= ' ')
            insert((char)octet);
    }
    return none;
}

void text_taken(void)
{
    answering = false;
    if (!completing) {
        /* It may have been a password. */
        memset(typed, 0, sizeof typed);
        typed_length = cursor = 0;
        return;
    }
    completing = false;
    /* "gate#show ver" came back as "gate#show version ": the prompt's last character is the first # or >. */
    for (size_t i = 0; i < last_length; i++)
        if (last[i] == '#' || last[i] == '>') {
            size_t prompt = i + 1;

            typed_length = cursor = last_length - prompt;
            memcpy(typed, last + prompt, typed_length);
            last_length = prompt;
            if (rest_length > TEXT_LINE - 1 - typed_length)
                rest_length = TEXT_LINE - 1 - typed_length;
            memcpy(typed + typed_length, rest, rest_length);
            typed_length += rest_length;
            show(cursor, typed_length);
            back(cursor, typed_length);
            return;
        }
    typed_length = cursor = 0;
}
