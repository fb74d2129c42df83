/* The module's imports (host/abi.md), for instance.c alone. */
#ifndef POSTERN_NATIVES_H
#define POSTERN_NATIVES_H

#include "instance.h"

/** The exports that instance.c calls, in the order of `struct instance`'s functions. */
enum instance_export { ABI_VERSION, INIT, FRAME_ALLOC, FRAME_FREE, ON_FRAME, POLL, CONSOLE_BUFFER, CONSOLE_IN, EXPORTS };

/** Makes the imports of module "host" act on `router`. Returns false when the runtime has no memory for them. */
bool natives_register(struct instance *router);

/** Calls an export with `count` arguments; its result takes the place of the first. Returns false when the instance has stopped. */
bool instance_call(struct instance *router, enum instance_export which, uint32_t count, uint32_t *arguments);

#endif
