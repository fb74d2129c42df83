/* The module's imports (host/abi.md), for instance.c alone. */
#ifndef POSTERN_NATIVES_H
#define POSTERN_NATIVES_H

#include "instance.h"

/** Gives the buffer with the octet at `address` of the module's memory back to the module. */
typedef void natives_give_back(struct instance *router, uint32_t address);

/** Makes the imports of module "host" act on `router`. Returns false when the runtime has no memory for them. */
bool natives_register(struct instance *router, natives_give_back *give_back);

#endif
