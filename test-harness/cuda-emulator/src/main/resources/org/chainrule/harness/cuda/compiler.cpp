#include "compiler.h"
#include "translation.h"
#include <atomic>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <mutex>
#include <spawn.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace emulator {

static const char MAGIC[] = "//\n// Chainrule's CUDA emulator: this is no PTX, it names code for the host\n//\n";

/** NVRTC 12.6 writes PTX of a version that drivers before CUDA 12.5 refuse. */
static const std::string VERSION = ".version 8.5\n";
static constexpr int DRIVER_OF_VERSION = 12050;

/** What a text that was made elsewhere, such as PTX of a real compiler, was made from. */
struct StandIn {
    std::string source;
    Options options;
    /** That of the source which the text is of, under a name of its own; empty where it has all. */
    std::string kernel;
};

static std::map<std::string, StandIn> standIns;
static std::mutex standInsMutex;

/** The folder that this library lies in, with the header of kernels; what is compiled lies below it. */
static std::string folder() {
    Dl_info info;
    dladdr(reinterpret_cast<void *>(&compile), &info);
    std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/'));
}

Options readOptions(int count, const char *const *options) {
    Options result;
    for (int i = 0; i < count; i++) {
        std::string option = options[i];
        size_t equals = option.find('=');
        std::string key = option.substr(0, equals), value = equals == std::string::npos ? "" : option.substr(equals + 1);
        while (key.rfind("--", 0) == 0) key.erase(0, 1);
        // an option's value may be the next option
        bool apart = equals == std::string::npos && (key == "-arch" || key == "-gpu-architecture" || key == "-D" || key == "-I" || key == "-std");
        if (apart && i + 1 < count) value = options[++i];
        if (key == "-arch" || key == "-gpu-architecture") {
            size_t digits = value.find('_');
            if (digits == std::string::npos) result.unknown = option;
            else result.architecture = atoi(value.c_str() + digits + 1);
            result.isReal = value.rfind("sm_", 0) == 0;
        } else if (key == "-fmad") {
            result.contracts = value != "false";
        } else if (key.rfind("-D", 0) == 0 || key.rfind("-I", 0) == 0) {
            result.passed.push_back(apart ? key + value : option);
        } else if (key != "-std" && key != "-default-device" && key != "-restrict" && key != "-lineinfo" && key != "-generate-line-info" && key != "-ftz"
                   && key != "-prec-div" && key != "-prec-sqrt" && key != "-extra-device-vectorization" && key != "-w" && key != "-device-as-default-execution-space"
                   && key != "-ptxas-options" && key != "-maxrregcount" && key != "-dopt" && key != "-no-display-error-number" && result.unknown.empty()) {
            result.unknown = option;
        }
    }
    return result;
}

static std::string read(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/** FNV-1a, twice, from different starts. */
static std::string hash(const std::string &text) {
    uint64_t a = 0xcbf29ce484222325, b = 0x84222325cbf29ce4;
    for (unsigned char c : text) {
        a = (a ^ c) * 0x100000001b3;
        b = (b ^ c) * 0x100000001b3 + 1;
    }
    char digits[33];
    snprintf(digits, sizeof digits, "%016lx%016lx", a, b);
    return digits;
}

static std::vector<std::string> commandLine(const std::string &output, const std::string &input, const Options &options) {
    std::vector<std::string> line = {settings.compiler, "-x", "c++", "-std=gnu++20", "-O1", "-fPIC", "-shared", "-nostdlib", "-pipe", "-w", "-march=x86-64-v3",
        "-fno-math-errno", "-fno-strict-aliasing", "-fwrapv", "-fno-exceptions", "-fno-rtti", "-fno-asynchronous-unwind-tables", "-fdiagnostics-color=never",
        "-fno-diagnostics-show-caret", "-fno-semantic-interposition", "-fno-gnu-unique", "-fno-use-linker-plugin", options.contracts ? "-ffp-contract=fast" : "-ffp-contract=off",
        "-D__CUDA_ARCH__=" + std::to_string(options.architecture * 10)};
    if (settings.checks != Checks::NONE) {
        line.push_back("-fsanitize=thread");
        line.push_back("--param=tsan-instrument-func-entry-exit=0");
    }
    line.insert(line.end(), options.passed.begin(), options.passed.end());
    line.insert(line.end(), {"-include", folder() + "/kernel.h", "-o", output, input, "-L" + folder(), "-l:libcuda.so.1", "-lm"});
    return line;
}

static bool execute(const std::vector<std::string> &line, const std::string &log) {
    std::vector<char *> arguments;
    for (const std::string &word : line) arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t child;
    int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        std::ofstream(log) << "the compiler " << line[0] << " could not be started: " << strerror(failed) << "\n";
        return false;
    }
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/** `name:12:5: error: text` as NVRTC says it: `name(12): error: text`. */
static std::string asNvrtc(const std::string &log) {
    std::stringstream lines(log);
    std::string result, line;
    while (std::getline(lines, line)) {
        size_t at = line.find(": error: ");
        if (at != std::string::npos) {
            size_t column = line.rfind(':', at - 1), row = column == std::string::npos ? column : line.rfind(':', column - 1);
            if (row != std::string::npos) line = line.substr(0, row) + "(" + line.substr(row + 1, column - row - 1) + ")" + line.substr(at);
        }
        result += line + "\n";
    }
    return result;
}

Compiled compile(const std::string &source, const std::string &name, const Options &options) {
    Compiled result{};
    std::string unit = translate(source, name, result.kernels);
    std::string all = unit;
    for (const std::string &word : commandLine("", "", options)) all += word + "\n";
    std::string kernels = folder() + "/kernels";
    mkdir(kernels.c_str(), 0755);
    std::string stem = kernels + "/" + hash(all), library = stem + ".so";
    struct stat about;
    result.succeeded = stat(library.c_str(), &about) == 0;
    if (!result.succeeded) {
        static std::atomic<int> number;
        std::string temporary = stem + "." + std::to_string(getpid()) + "." + std::to_string(number++);
        std::ofstream(temporary + ".cpp") << unit;
        result.succeeded = execute(commandLine(temporary + ".so", temporary + ".cpp", options), temporary + ".log");
        result.log = asNvrtc(read(temporary + ".log"));
        // a name that others see is that of a whole file
        if (result.succeeded) rename((temporary + ".so").c_str(), library.c_str());
        for (const char *end : {".cpp", ".log"}) unlink((temporary + end).c_str());
    }
    std::string text = ".target sm_" + std::to_string(options.architecture) + "\n.address_size 64\n//@" + library + "\n";
    for (const std::string &kernel : result.kernels) text += ".visible .entry " + kernel + "()\n";
    result.ptx = MAGIC + (VERSION + text);
    if (options.isReal) result.cubin = MAGIC + text;
    return result;
}

/** The name of the first kernel in PTX. */
static std::string entryOf(const std::string &ptx) {
    static const std::string MARK = ".entry ";
    size_t at = ptx.find(MARK);
    return at == std::string::npos ? "" : ptx.substr(at + MARK.size(), ptx.find('(', at) - at - MARK.size());
}

Status findCompiled(const char *text, Found &found) {
    std::string image = text;
    {
        std::lock_guard<std::mutex> lock(standInsMutex);
        if (auto standIn = standIns.find(image); standIn != standIns.end()) {
            const auto &[source, options, kernel] = standIn->second;
            Compiled compiled = compile(source, "stand-in.cu", options);
            if (!compiled.succeeded) {
                report("NOT_EMULATED", "the source that stands in for a module does not compile: %s", compiled.log.c_str());
                return INVALID_SOURCE;
            }
            if (!kernel.empty()) found = {"", kernel, entryOf(image)};
            image = MAGIC + compiled.ptx.substr(strlen(MAGIC) + VERSION.size());
        }
    }
    if (image.rfind(MAGIC, 0) != 0) {
        report("NOT_EMULATED", "a module that was not compiled by the emulated NVRTC cannot be loaded; name its source by chainrule_emulator_stand_in");
        return image.find(".version") == std::string::npos ? INVALID_IMAGE : INVALID_PTX;
    }
    if (image.find(VERSION) != std::string::npos && settings.driverVersion < DRIVER_OF_VERSION) return UNSUPPORTED_PTX_VERSION;
    int architecture = atoi(image.c_str() + image.find(".target sm_") + 11);
    if (architecture > settings.major * 10 + settings.minor) return NO_BINARY_FOR_GPU;
    size_t from = image.find("//@") + 3;
    found.path = image.substr(from, image.find('\n', from) - from);
    struct stat about;
    return stat(found.path.c_str(), &about) == 0 ? SUCCESS : NO_BINARY_FOR_GPU;
}

} // namespace emulator

using namespace emulator;

/** From now on a module with this text is what compiling the source gives, when it is loaded: that kernel of it, or all where its name is empty. */
extern "C" void chainrule_emulator_stand_in(const char *text, const char *kernel, const char *source, const char *option) {
    const char *options[] = {option, "-fmad=false"};
    std::lock_guard<std::mutex> lock(standInsMutex);
    standIns[text] = {source, readOptions(2, options), kernel};
}
