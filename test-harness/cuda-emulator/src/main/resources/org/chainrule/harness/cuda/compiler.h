// Compiles kernels for the host, and finds what was compiled.
#pragma once
#include "emulator.h"

namespace emulator {

struct Options {
    int architecture = 52;
    /** Whether it is that of a GPU, for which there is machine code, and not one of PTX. */
    bool isReal = false;
    bool contracts = true;
    /** Options for the host's compiler: definitions and folders of headers. */
    std::vector<std::string> passed;
    std::string unknown;
};

/** Reads options of NVRTC; the first one that is not known is told in `unknown`. */
Options readOptions(int count, const char *const *options);

struct Compiled {
    bool succeeded;
    std::string log;
    /** What stands for PTX and for machine code: text that names the compiled library. The latter is empty where the architecture is one of PTX. */
    std::string ptx, cubin;
    std::vector<std::string> kernels;
};

Compiled compile(const std::string &source, const std::string &name, const Options &);

/** A compiled library. Of one that stands in for a text with one kernel, which kernel it is, and what the text calls it; both are empty for all others. */
struct Found {
    std::string path, kernel, name;
};

/** The library that a text from compile(), or one that is stood in for, speaks of. */
Status findCompiled(const char *text, Found &found);

} // namespace emulator
