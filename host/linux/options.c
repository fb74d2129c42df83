#include "options.h"

#include <getopt.h>
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
    "      --no-strict       start all the same when a line is refused that would have protected something: the interfaces concerned stay shut\n"
    "      --strict          end with status 2 in that case (the default)\n"
    "      --stay            run on when the input ends that is no terminal\n"
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

/** What getopt_long gives for the options without a letter. */
enum option_name { CONSOLE = 256, STARTUP, EVENTS, REPLAY, MODULE, AOT, PCAP, KEYLOG, FAULT, SEED, WATCHDOG, INTERPRETER, STRICT, NO_STRICT, STAY };

static const struct option long_options[] = {
    { "port", required_argument, NULL, 'p' }, { "console", required_argument, NULL, CONSOLE }, { "startup", required_argument, NULL, STARTUP },
    { "events", required_argument, NULL, EVENTS }, { "replay", required_argument, NULL, REPLAY }, { "module", required_argument, NULL, MODULE },
    { "aot", required_argument, NULL, AOT }, { "pcap", required_argument, NULL, PCAP }, { "keylog", required_argument, NULL, KEYLOG },
    { "fault", required_argument, NULL, FAULT }, { "seed", required_argument, NULL, SEED }, { "watchdog", required_argument, NULL, WATCHDOG },
    { "interpreter", no_argument, NULL, INTERPRETER }, { "strict", no_argument, NULL, STRICT }, { "no-strict", no_argument, NULL, NO_STRICT },
    { "stay", no_argument, NULL, STAY }, { "help", no_argument, NULL, 'h' }, { 0 },
};

/** An option that getopt_long refuses: `found` is what it returned. */
static int misused(int found, char **words)
{
    const char *word = words[optind - 1];
    char letter[3] = { '-', (char)optopt, 0 };
    if (strncmp(word, "--", 2) != 0)
        word = letter;
    return found == ':' ? refuse("the option \"%s\" wants a value", word) :
           optopt > 'z' ? refuse("the option \"%s\" takes no value", word) : refuse("the option \"%s\" is not known; --help shows what is", word);
}

int options_read(struct options *options, int count, char **words, bool *done)
{
    const char **texts[] = {
        [CONSOLE - CONSOLE] = &options->console, [STARTUP - CONSOLE] = &options->startup, [EVENTS - CONSOLE] = &options->events,
        [REPLAY - CONSOLE] = &options->replay, [MODULE - CONSOLE] = &options->module, [AOT - CONSOLE] = &options->aot,
        [PCAP - CONSOLE] = &options->pcap, [KEYLOG - CONSOLE] = &options->keylog, [FAULT - CONSOLE] = &options->fault,
    };
    int status = 0;
    *options = (struct options){ .console = "stdio", .watchdog = 10 };
    *done = false;
    opterr = 0;
    for (int found; status == 0 && (found = getopt_long(count, words, ":p:h", long_options, NULL)) != -1;) {
        if (found >= CONSOLE && found <= FAULT)
            *texts[found - CONSOLE] = optarg;
        else if (found == 'p')
            status = add_port(options, optarg);
        else if (found == INTERPRETER)
            options->interpreter = true;
        else if (found == STRICT || found == NO_STRICT)
            options->lenient = found == NO_STRICT;
        else if (found == STAY)
            options->stay = true;
        else if (found == 'h') {
            fputs(help, stdout);
            *done = true;
            return 0;
        } else if (found != SEED && found != WATCHDOG)
            status = misused(found, words);
        else if (!number(optarg, found == SEED ? &options->seed : &options->watchdog))
            status = refuse("\"%s\" is not a number from 0 to 4294967295", optarg);
        options->seeded |= found == SEED;
    }
    if (status != 0)
        return status;
    if (optind + 1 < count)
        return refuse("one configuration is enough; \"%s\" is the second", words[optind + 1]);
    options->config = words[optind];
    char why[512];
    return options->fault == NULL || fault_parse(options->fault, why, sizeof why) ? 0 : refuse("%s", why);
}
