/* What an ARM board states for its core. */
#ifndef POSTERN_ARM_H
#define POSTERN_ARM_H

#include <stdint.h>

struct arm_region {
    uint32_t start, length;
};

/* Regions of device registers; ends with length 0. */
extern const struct arm_region arm_devices[];
#endif
