// Modules, their functions, and a launch of one.
#pragma once
#include "simt.h"
#include "streams.h"

namespace emulator {

struct Module;

struct Function : Object {
    Module *module;
    /** Which kernel of its module's image it is. */
    int number;
    /** A copy, with a name of its own, for findings speak of it after its module was unloaded. */
    std::string symbol;
    Kernel copy;
    const Kernel *kernel = &copy;
    /** Shared memory that its arrays of fixed size take, and how much more a launch may ask for. */
    size_t sharedBytes;
    size_t mostDynamicBytes;

    Function(Module *module, int number, const std::string &name);
    bool leaks() const override { return false; }
};

struct Module : Object {
    Image image;
    std::vector<Function *> functions;

    Module(Image &&image, const char *maker, Context *context) : Object("module", maker, context), image(std::move(image)) { keep(this); }
};

/** As CUDA lays it out: CUDA_KERNEL_NODE_PARAMS_v2. */
struct KernelNodeParameters {
    const void *function;
    unsigned gridX, gridY, gridZ, blockX, blockY, blockZ, dynamicBytes;
    void **arguments, **extra;
    void *kernel, *context;
};

struct KernelLaunch : Work {
    static constexpr int NODE = 0;

    Function *function;
    Extent grid, block;
    size_t dynamicBytes;
    std::vector<char> arguments;
    std::vector<void *> pointers;

    /** Checks the launch and takes the values of its arguments. */
    static Status of(const KernelNodeParameters &, std::shared_ptr<Work> &);

    bool isLoaded() const;
    KernelNodeParameters parameters();
    Status run(const Operation &) override;
    int nodeType() const override { return NODE; }
    void count(bool inGraph) const override { (inGraph ? counters.graphKernels : counters.launches)++; }
    const char *label() const override;
};

} // namespace emulator
