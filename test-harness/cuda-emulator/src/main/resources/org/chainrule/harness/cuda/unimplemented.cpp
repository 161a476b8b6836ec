// Every function that JCuda's natives bind to must be there. Those that are not emulated say so; a definition elsewhere takes precedence.
#include "emulator.h"
static int missing(const char *name) {
    emulator::Call call(name, emulator::Call::NOTHING);
    return call.status ? call.status : emulator::notEmulated(name, NOT_SUPPORTED_STATUS);
}

#define SYMBOL(name)                                                                                                                                 \
    extern "C" __attribute__((weak, visibility("default"))) int name() { return missing(#name); }
#include SYMBOLS
