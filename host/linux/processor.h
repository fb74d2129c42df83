/* What the code compiled ahead of time takes a processor to have (tools/build/aot.mjs names it), and whether this one has it. */
#ifndef POSTERN_PROCESSOR_H
#define POSTERN_PROCESSOR_H

/** What is missing, as people call it; NULL: nothing is. */
const char *processor_lacks(void);

#if defined(__x86_64__)
/**
 * The form of the code that suits best, by the levels of the x86-64 psABI. It is the same module: instructions of three operands
 * (v3: AVX2, BMI2), and those that join two steps of a circuit or turn a word by a number (v4: AVX-512 on short vectors), make fewer
 * of it.
 */
enum processor_form { PROCESSOR_PLAIN, PROCESSOR_V3, PROCESSOR_V4 };

enum processor_form processor_form(void);
#endif

#endif
