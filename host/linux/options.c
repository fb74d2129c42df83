#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static const char help[] =
    "Usage: postern-linux [options] [CONFIG]\n"
    "\n"
    "An IPsec gateway: IKEv1 and ESP in one WebAssembly module, run by WAMR.\n"
    "CONFIG is a configuration in IOS's words; used while --startup FILE holds none.\n"
    "\n"
    "  -p, --port NAME=LINK  a port and where its frames go; repeatable: Ethernet0, Ethernet1 ...\n"
    "      --console WHERE   stdio (default), or unix:PATH for a socket\n"
    "      --startup FILE    NVRAM: `copy running-config startup-config` writes it, the next start reads it\n"
    "      --events FILE     append the module's EVENT lines, one happening a line\n"
    "      --pcap FILE       record the frames of every port (pcapng, made anew)\n"
    "      --keylog DIR      write the keys of sessions as Wireshark's ikev1_decryption_table and esp_sa\n"
    "      --fault SPEC      a bad wire on every port, e.g. loss=0.3,dup=0.1,reorder=0.1,corrupt=0.01,delay=20,seed=7\n"
    "      --interpreter     run the interpreter instead of the code compiled ahead of time\n"
    "      --watchdog S      a turn may compute for S seconds (default 10; 0: for ever)\n"
    "      --seed N          NOT SECURE, for tests: entropy made of the number N\n"
    "      --replay FILE     replay a recorded timeline, print the SHA-256 of the frames that it makes, and end\n"
    "      --module FILE     another wasm module than the one in this program, with --aot FILE its compiled form\n"
    "\n"
    "Links:\n"
    "  udp:LOCALPORT:HOST:PORT   one Ethernet frame a UDP datagram; HOST is an IPv4 address or localhost\n"
    "  stream:unix:PATH[:listen] frames behind 4-octet lengths on a Unix socket\n"
    "  tap:NAME                  a tap interface (CAP_NET_ADMIN)\n"
    "  packet:INTERFACE          a real interface; give it no address of its own (CAP_NET_RAW)\n"
    "\n"
    "Exit status: 0 it ended as asked, 1 something failed, 2 an argument or a file can't be used.\n";

static int refuse(const char *format, const char *word)
{
    fputs("postern-linux: ", stderr);
    fprintf(stderr, format, word);
    fputc('\n', stderr);
    return 2;
}

/** A decimal number to `*value`. */
static bool number(const char *word, uint32_t *value)
{
    char *end;
    unsigned long long parsed = strtoull(word, &end, 10);
    *value = (uint32_t)parsed;
    return word[0] >= '0' && word[0] <= '9' && *end == 0 && parsed <= UINT32_MAX;
}

static int add_port(struct options *options, const char *word)
{
    char why[512];
    const char *equals = strchr(word, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - word);
    if (options->link_count == PORTS)
        return refuse("--port \"%s\" is one too many: a router has at most 4 ports", word);
    if (length == 0 || length >= sizeof options->names[0])
        return refuse("--port \"%s\" is not of the form NAME=LINK", word);
    struct link *link = &options->links[options->link_count];
    snprintf(options->names[options->link_count], sizeof options->names[0], "%.*s", (int)length, word);
    for (unsigned i = 0; i < options->link_count; i++)
        if (strcmp(options->names[i], options->names[options->link_count]) == 0)
            return refuse("--port \"%s\": there is a port of that name already", word);
    if (!link_parse(link, equals + 1, why, sizeof why))
        return refuse("%s", why);
    options->link_count++;
    return 0;
}

int options_read(struct options *options, int count, char **words, bool *done)
{
    const struct { const char *name; const char **value; } texts[] = {
        { "--console", &options->console }, { "--startup", &options->startup }, { "--events", &options->events },
        { "--replay", &options->replay }, { "--module", &options->module }, { "--aot", &options->aot },
        { "--pcap", &options->pcap }, { "--keylog", &options->keylog }, { "--fault", &options->fault },
    };
    *options = (struct options){ .console = "stdio", .watchdog = 10 };
    *done = false;
    for (int i = 0; i < count; i++) {
        const char *word = words[i], *value = i + 1 < count ? words[i + 1] : NULL;
        const char **to = NULL;
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            fputs(help, stdout);
            *done = true;
            return 0;
        }
        if (strcmp(word, "--interpreter") == 0) {
            options->interpreter = true;
            continue;
        }
        if (word[0] != '-') {
            if (options->config != NULL)
                return refuse("one configuration is enough; \"%s\" is the second", word);
            options->config = word;
            continue;
        }
        for (size_t n = 0; n < sizeof texts / sizeof *texts; n++)
            if (strcmp(word, texts[n].name) == 0)
                to = texts[n].value;
        bool port = strcmp(word, "--port") == 0 || strcmp(word, "-p") == 0;
        bool seed = strcmp(word, "--seed") == 0, watchdog = strcmp(word, "--watchdog") == 0;
        if (to == NULL && !port && !seed && !watchdog)
            return refuse("the option \"%s\" is not known; --help shows what is", word);
        if (value == NULL)
            return refuse("the option \"%s\" wants a value", word);
        i++;
        if (to != NULL)
            *to = value;
        else if (port) {
            int status = add_port(options, value);
            if (status != 0)
                return status;
        } else if (!number(value, seed ? &options->seed : &options->watchdog))
            return refuse("\"%s\" is not a number from 0 to 4294967295", value);
        options->seeded |= seed;
    }
    char why[512];
    return options->fault == NULL || fault_parse(options->fault, why, sizeof why) ? 0 : refuse("%s", why);
}
