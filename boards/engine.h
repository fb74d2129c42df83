/* What each engine needs in RAM: its form of the module, unpacked from the image, and the runtime's pool. */
#ifndef POSTERN_ENGINE_H
#define POSTERN_ENGINE_H

#include "instance.h"

/* The image's two forms of the module, for instance_open. `interpreter`: it is asked for. */
struct image engine_image(bool interpreter);
/* What the runtime allocates with. */
const struct memory *engine_memory(void);
/* Says with `say` how much of the memory is in use. */
void engine_show(void (*say)(const char *line));

#endif
