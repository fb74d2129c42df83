/* What the code compiled ahead of time takes a processor to have (tools/build/aot.mjs names it), and whether this one has it. */
#ifndef POSTERN_PROCESSOR_H
#define POSTERN_PROCESSOR_H

/** What is missing, as people call it; NULL: nothing is. */
const char *processor_lacks(void);

#endif
