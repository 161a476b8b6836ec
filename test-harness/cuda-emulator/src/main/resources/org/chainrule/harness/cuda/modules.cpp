// Modules, their functions, and launches.
#include "compiler.h"
#include "launch.h"
#include "memory.h"
#include <cstring>
#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emulator {

static constexpr size_t MOST_STATIC_SHARED = 48 << 10, MOST_SHARED_OPTED_IN = 227 << 10;

static std::string demangled(const char *symbol) {
    int status;
    char *name = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
    std::string result = name ? name : symbol;
    free(name);
    return result;
}

/** Reads from the library's file what the loader does not tell: where its variables and its shared arrays lie. */
static void readFile(const char *path, Address base, Image &image) {
    int file = open(path, O_RDONLY);
    struct stat about;
    fstat(file, &about);
    size_t length = static_cast<size_t>(about.st_size);
    char *bytes = static_cast<char *>(mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file, 0));
    close(file);
    auto header = reinterpret_cast<const Elf64_Ehdr *>(bytes);
    auto segments = reinterpret_cast<const Elf64_Phdr *>(bytes + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type != PT_LOAD) continue;
        Address begin = base + segments[i].p_vaddr, end = begin + segments[i].p_memsz;
        if (!image.whole.end) image.whole.begin = begin;
        image.whole.end = end;
        if (segments[i].p_flags & PF_W) image.writable = {begin, end};
    }
    auto sections = reinterpret_cast<const Elf64_Shdr *>(bytes + header->e_shoff);
    const char *names = bytes + sections[header->e_shstrndx].sh_offset;
    for (int i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr &section = sections[i];
        if (strcmp(names + section.sh_name, "shared_memory") == 0) image.shared = {base + section.sh_addr, base + section.sh_addr + section.sh_size};
        if (section.sh_type != SHT_SYMTAB) continue;
        auto symbols = reinterpret_cast<const Elf64_Sym *>(bytes + section.sh_offset);
        const char *texts = bytes + sections[section.sh_link].sh_offset;
        for (size_t s = 0; s < section.sh_size / sizeof *symbols; s++)
            if (ELF64_ST_TYPE(symbols[s].st_info) == STT_OBJECT && symbols[s].st_size)
                image.variables.push_back({demangled(texts + symbols[s].st_name), {base + symbols[s].st_value, base + symbols[s].st_value + symbols[s].st_size}, -1});
    }
    munmap(bytes, length);
}

static void findOwners(Image &image) {
    for (Image::Variable &v : image.variables)
        for (size_t k = 0; k < image.kernelCount; k++)
            if (v.name.rfind(std::string(image.kernels[k].name) + "::", 0) == 0) v.owner = static_cast<int>(k);
}

static Status load(const std::string &path, Image &image) {
    image.library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!image.library) {
        report("NOT_EMULATED", "a compiled kernel could not be loaded: %s", dlerror());
        return INVALID_IMAGE;
    }
    link_map *map;
    dlinfo(image.library, RTLD_DI_LINKMAP, &map);
    readFile(path.c_str(), map->l_addr, image);
    image.kernels = static_cast<const Kernel *>(dlsym(image.library, "simt_kernels"));
    image.kernelCount = *static_cast<const unsigned *>(dlsym(image.library, "simt_kernel_count"));
    findOwners(image);
    image.shadow = std::make_shared<Shadow>(image.shared.begin, image.shared.end - image.shared.begin);
    return SUCCESS;
}

/** What the arrays of fixed size take that a kernel may use: all but those of other kernels. */
static size_t sharedBytesOf(const Image &image, int kernel) {
    size_t bytes = 0;
    for (const Image::Variable &v : image.variables)
        if (image.shared.holds(v.range.begin) && (v.owner < 0 || v.owner == kernel)) bytes += v.range.end - v.range.begin;
    return bytes;
}

Function::Function(Module *module, int number, const std::string &name)
    : Object("function", "cuModuleGetFunction", module->context), module(module), number(number), symbol(name),
      copy(module->image.kernels[number]), sharedBytes(sharedBytesOf(module->image, number)),
      mostDynamicBytes(MOST_STATIC_SHARED > sharedBytes ? MOST_STATIC_SHARED - sharedBytes : 0) {
    copy.name = symbol.c_str();
    keep(this);
}

static Status loadModule(Module **result, const char *text, const char *maker) {
    if (Status refused = refusedWhileCapturing(maker)) return refused;
    Found found;
    if (Status status = findCompiled(text, found)) return status;
    Image image;
    if (Status status = load(found.path, image)) return status;
    Module *module = new Module(std::move(image), maker, current());
    for (size_t k = 0; k < module->image.kernelCount; k++) {
        const char *name = module->image.kernels[k].name;
        if (found.kernel.empty()) module->functions.push_back(new Function(module, static_cast<int>(k), name));
        else if (found.kernel == name) module->functions.push_back(new Function(module, static_cast<int>(k), found.name));
    }
    counters.moduleLoads++;
    *result = module;
    return SUCCESS;
}

static Function *functionOf(const void *handle) {
    Function *function = dynamic_cast<Function *>(known(handle));
    if (function && function->alive) return function;
    if (function) report("BAD_HANDLE", "use of kernel %s after its module was unloaded", function->kernel->name);
    else report("BAD_HANDLE", "%p is no kernel", handle);
    return nullptr;
}

bool isModuleVariable(Address from, size_t bytes) {
    if (!current()) return false;
    for (Object *object : current()->living)
        if (Module *module = dynamic_cast<Module *>(object))
            for (const Image::Variable &v : module->image.variables)
                if (!module->image.shared.holds(v.range.begin) && v.range.holds(from) && bytes <= v.range.end - from) return true;
    return false;
}

// Launches

bool KernelLaunch::isLoaded() const { return functionOf(function) != nullptr; }

const char *KernelLaunch::label() const { return function->kernel->name; }

KernelNodeParameters KernelLaunch::parameters() {
    pointers.clear();
    for (unsigned i = 0; i < function->kernel->parameters; i++) pointers.push_back(arguments.data() + function->kernel->offsets[i]);
    return {function, grid.x, grid.y, grid.z, block.x, block.y, block.z, static_cast<unsigned>(dynamicBytes), pointers.data(), nullptr, nullptr, nullptr};
}

/** Reports a launch that CUDA refuses. */
static Status refuse(const Function &function, Status status, const char *why, size_t value, size_t most) {
    report("GEOMETRY", "kernel %s: %s is %zu, and may be at most %zu", function.kernel->name, why, value, most);
    return status;
}

static Status checkGeometry(const Function &f, const KernelNodeParameters &p) {
    const struct {
        const char *what;
        unsigned value, most;
    } extents[] = {{"the grid's x", p.gridX, 0x7fffffff}, {"the grid's y", p.gridY, 65535}, {"the grid's z", p.gridZ, 65535},
        {"the block's x", p.blockX, 1024}, {"the block's y", p.blockY, 1024}, {"the block's z", p.blockZ, 64}};
    for (auto &e : extents) {
        if (e.value > e.most) return refuse(f, INVALID_VALUE, e.what, e.value, e.most);
        if (e.value == 0) {
            report("GEOMETRY", "kernel %s: %s is 0", f.kernel->name, e.what);
            return INVALID_VALUE;
        }
    }
    size_t threads = size_t{p.blockX} * p.blockY * p.blockZ;
    if (threads > 1024) return refuse(f, INVALID_VALUE, "the number of a block's threads", threads, 1024);
    if (threads > f.kernel->mostThreads)
        return refuse(f, INVALID_VALUE, "the number of a block's threads, by its launch bounds,", threads, f.kernel->mostThreads);
    if (p.dynamicBytes > f.mostDynamicBytes) return refuse(f, INVALID_VALUE, "its dynamic shared memory", p.dynamicBytes, f.mostDynamicBytes);
    if (f.sharedBytes > MOST_STATIC_SHARED) return refuse(f, LAUNCH_OUT_OF_RESOURCES, "its static shared memory", f.sharedBytes, MOST_STATIC_SHARED);
    return SUCCESS;
}

/** Values that lie one after the other, as CU_LAUNCH_PARAM_BUFFER_POINTER hands them over; null where there are none. */
static const char *packed(void **extra, size_t &bytes) {
    const char *buffer = nullptr;
    for (; extra && reinterpret_cast<uintptr_t>(*extra) != 0; extra += 2)
        if (reinterpret_cast<uintptr_t>(*extra) == 1) buffer = static_cast<const char *>(extra[1]);
        else if (reinterpret_cast<uintptr_t>(*extra) == 2) bytes = *static_cast<const size_t *>(extra[1]);
    return buffer;
}

Status KernelLaunch::of(const KernelNodeParameters &p, std::shared_ptr<Work> &result) {
    Function *function = functionOf(p.function);
    if (!function) return INVALID_HANDLE;
    if (Status status = checkGeometry(*function, p)) return status;
    auto launch = std::make_shared<KernelLaunch>();
    launch->function = function;
    launch->grid = {p.gridX, p.gridY, p.gridZ};
    launch->block = {p.blockX, p.blockY, p.blockZ};
    launch->dynamicBytes = p.dynamicBytes;
    const Kernel &kernel = *function->kernel;
    launch->arguments.resize(kernel.bytes);
    size_t bytes = 0;
    if (const char *values = packed(p.extra, bytes)) {
        if (bytes < kernel.bytes) {
            report("BAD_ARGUMENT", "kernel %s: its arguments take %u bytes, and %zu were given", kernel.name, kernel.bytes, bytes);
            return INVALID_VALUE;
        }
        memcpy(launch->arguments.data(), values, kernel.bytes);
    } else if (kernel.parameters && !p.arguments) {
        return INVALID_VALUE;
    } else {
        for (unsigned i = 0; i < kernel.parameters; i++) memcpy(launch->arguments.data() + kernel.offsets[i], p.arguments[i], kernel.sizes[i]);
    }
    result = launch;
    return SUCCESS;
}

Status KernelLaunch::run(const Operation &operation) {
    if (Status failure = planned("kernel")) return failure;
    if (!isLoaded()) return ILLEGAL_ADDRESS;
    return runKernel(*function->kernel, function->number, function->module->image, arguments.data(), grid, block, dynamicBytes, operation);
}

} // namespace emulator

using namespace emulator;

CUDA cuModuleLoadData(Module **module, const char *image) {
    CALL(CONTEXT);
    return loadModule(module, image, __func__);
}

CUDA cuModuleLoadDataEx(Module **module, const char *image, unsigned, void *, void *) {
    CALL(CONTEXT);
    return loadModule(module, image, __func__);
}

CUDA cuModuleLoadFatBinary(Module **module, const char *image) {
    CALL(CONTEXT);
    return loadModule(module, image, __func__);
}

CUDA cuModuleUnload(void *handle) {
    CALL(RELEASE);
    Module *module = living<Module>(handle, "module");
    if (!module) return INVALID_HANDLE;
    runAll(*current());
    for (Function *function : module->functions) function->destroy();
    module->destroy();
    dlclose(module->image.library);
    return current()->sticky;
}

CUDA cuModuleGetFunction(Function **function, void *handle, const char *name) {
    CALL(CONTEXT);
    Module *module = living<Module>(handle, "module");
    if (!module) return INVALID_HANDLE;
    for (Function *each : module->functions)
        if (strcmp(each->kernel->name, name) == 0) {
            *function = each;
            return SUCCESS;
        }
    return NOT_FOUND;
}

CUDA cuModuleGetGlobal_v2(Address *address, size_t *bytes, void *handle, const char *name) {
    CALL(CONTEXT);
    Module *module = living<Module>(handle, "module");
    if (!module) return INVALID_HANDLE;
    for (const Image::Variable &v : module->image.variables)
        if (v.name == name) {
            if (address) *address = v.range.begin;
            if (bytes) *bytes = v.range.end - v.range.begin;
            return SUCCESS;
        }
    return NOT_FOUND;
}

CUDA cuFuncGetModule(Module **module, void *handle) {
    CALL(CONTEXT);
    Function *function = functionOf(handle);
    if (!function) return INVALID_HANDLE;
    *module = function->module;
    return SUCCESS;
}

CUDA cuFuncGetAttribute(int *value, int attribute, void *handle) {
    CALL(CONTEXT);
    Function *function = functionOf(handle);
    if (!function) return INVALID_HANDLE;
    switch (attribute) {
    case 0: *value = static_cast<int>(function->kernel->mostThreads); break;
    case 1: *value = static_cast<int>(function->sharedBytes); break;
    case 4: *value = 32; break; // registers, which are not emulated
    case 5: case 6: *value = settings.major * 10 + settings.minor; break;
    case 8: *value = static_cast<int>(function->mostDynamicBytes); break;
    default: *value = 0;
    }
    return SUCCESS;
}

CUDA cuFuncSetAttribute(void *handle, int attribute, int value) {
    CALL(CONTEXT);
    Function *function = functionOf(handle);
    if (!function) return INVALID_HANDLE;
    if (attribute != 8) return SUCCESS;
    if (value < 0 || static_cast<size_t>(value) + function->sharedBytes > MOST_SHARED_OPTED_IN)
        return refuse(*function, INVALID_VALUE, "the dynamic shared memory that it is to have", static_cast<size_t>(value), MOST_SHARED_OPTED_IN - function->sharedBytes);
    function->mostDynamicBytes = static_cast<size_t>(value);
    return SUCCESS;
}

CUDA cuFuncSetCacheConfig(void *handle, int) {
    CALL(CONTEXT);
    return functionOf(handle) ? SUCCESS : INVALID_HANDLE;
}

CUDA cuLaunchKernel(void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
    unsigned dynamicBytes, void *streamHandle, void **arguments, void **extra) {
    CALL(CONTEXT);
    Stream *stream = streamOf(streamHandle);
    if (!stream) return INVALID_HANDLE;
    std::shared_ptr<Work> launch;
    KernelNodeParameters parameters{function, gridX, gridY, gridZ, blockX, blockY, blockZ, dynamicBytes, arguments, extra, nullptr, nullptr};
    if (Status status = KernelLaunch::of(parameters, launch)) return status;
    return submit(*stream, std::move(launch));
}
