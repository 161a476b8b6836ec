// libnvrtc.so.12: the run-time compiler, by the host's compiler.
#include "compiler.h"
#include <cstring>

#define NVRTC extern "C" __attribute__((visibility("default"))) int

using namespace emulator;

namespace {

enum { NVRTC_SUCCESS, OUT_OF_MEMORY_, PROGRAM_CREATION_FAILURE, INVALID_INPUT, INVALID_PROGRAM, INVALID_OPTION, COMPILATION };

struct Program : Object {
    std::string source, file, log;
    Compiled compiled{};

    Program(const char *source, const char *file) : Object("program", "nvrtcCreateProgram", nullptr), source(source), file(file) { keepObject(this); }
};

int copyOut(const std::string &text, char *to) {
    memcpy(to, text.c_str(), text.size() + 1);
    return NVRTC_SUCCESS;
}

} // namespace

#define PROGRAM(name, handle)                                                                                                                        \
    Call call(__func__, Call::NOTHING);                                                                                                              \
    if (call.status) return call.status;                                                                                                             \
    Program *name = living<Program>(handle, "program");                                                                                              \
    if (!name) return INVALID_PROGRAM

NVRTC nvrtcVersion(int *major, int *minor) {
    *major = 12;
    *minor = 6;
    return NVRTC_SUCCESS;
}

NVRTC nvrtcGetNumSupportedArchs(int *count) {
    *count = 7;
    return NVRTC_SUCCESS;
}

NVRTC nvrtcGetSupportedArchs(int *architectures) {
    const int all[] = {60, 70, 75, 80, 86, 89, 90};
    memcpy(architectures, all, sizeof all);
    return NVRTC_SUCCESS;
}

NVRTC nvrtcCreateProgram(Program **program, const char *source, const char *name, int headers, const char *const *, const char *const *) {
    Call call(__func__, Call::NOTHING);
    if (call.status) return call.status;
    if (!source) return INVALID_INPUT;
    if (headers) {
        report("NOT_EMULATED", "nvrtcCreateProgram with headers");
        return PROGRAM_CREATION_FAILURE;
    }
    *program = new Program(source, name ? name : "default_program");
    return NVRTC_SUCCESS;
}

NVRTC nvrtcDestroyProgram(Program **handle) {
    PROGRAM(program, *handle);
    program->destroy();
    *handle = nullptr;
    return NVRTC_SUCCESS;
}

NVRTC nvrtcCompileProgram(void *handle, int count, const char *const *options) {
    Program *program;
    {
        Call call(__func__, Call::NOTHING);
        program = living<Program>(handle, "program");
        if (!program) return INVALID_PROGRAM;
        counters.compilations++;
        if (call.status) {
            program->log = program->file + "(1): error: a planned failure\n";
            return call.status;
        }
    }
    // others may call meanwhile
    Options read = readOptions(count, options);
    if (!read.unknown.empty()) {
        program->log = "nvrtc: error: invalid value for --gpu-architecture or unrecognized option " + read.unknown + " found\n";
        return INVALID_OPTION;
    }
    program->compiled = compile(program->source, program->file, read);
    program->log = program->compiled.log;
    return program->compiled.succeeded ? NVRTC_SUCCESS : COMPILATION;
}

NVRTC nvrtcGetProgramLogSize(void *handle, size_t *size) {
    PROGRAM(program, handle);
    *size = program->log.size() + 1;
    return NVRTC_SUCCESS;
}

NVRTC nvrtcGetProgramLog(void *handle, char *log) {
    PROGRAM(program, handle);
    return copyOut(program->log, log);
}

NVRTC nvrtcGetPTXSize(void *handle, size_t *size) {
    PROGRAM(program, handle);
    if (!program->compiled.succeeded) return INVALID_PROGRAM;
    *size = program->compiled.ptx.size() + 1;
    return NVRTC_SUCCESS;
}

NVRTC nvrtcGetPTX(void *handle, char *ptx) {
    PROGRAM(program, handle);
    return program->compiled.succeeded ? copyOut(program->compiled.ptx, ptx) : static_cast<int>(INVALID_PROGRAM);
}

/** There is none, of 0 bytes, for an architecture of PTX. */
NVRTC nvrtcGetCUBINSize(void *handle, size_t *size) {
    PROGRAM(program, handle);
    if (!program->compiled.succeeded) return INVALID_PROGRAM;
    *size = program->compiled.cubin.empty() ? 0 : program->compiled.cubin.size() + 1;
    return NVRTC_SUCCESS;
}

NVRTC nvrtcGetCUBIN(void *handle, char *cubin) {
    PROGRAM(program, handle);
    return program->compiled.cubin.empty() ? static_cast<int>(INVALID_PROGRAM) : copyOut(program->compiled.cubin, cubin);
}

NVRTC nvrtcAddNameExpression(void *handle, const char *) {
    PROGRAM(program, handle);
    return program ? NVRTC_SUCCESS : INVALID_PROGRAM;
}

/** Kernels are extern "C": their names are lowered as they are. */
NVRTC nvrtcGetLoweredName(void *handle, const char *expression, const char **name) {
    PROGRAM(program, handle);
    for (const std::string &kernel : program->compiled.kernels)
        if (kernel == expression) {
            *name = kernel.c_str();
            return NVRTC_SUCCESS;
        }
    return 9;
}

extern "C" __attribute__((visibility("default"))) const char *nvrtcGetErrorString(int code) {
    static const char *const names[] = {"NVRTC_SUCCESS", "NVRTC_ERROR_OUT_OF_MEMORY", "NVRTC_ERROR_PROGRAM_CREATION_FAILURE", "NVRTC_ERROR_INVALID_INPUT",
        "NVRTC_ERROR_INVALID_PROGRAM", "NVRTC_ERROR_INVALID_OPTION", "NVRTC_ERROR_COMPILATION", "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
        "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION", "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION", "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
        "NVRTC_ERROR_INTERNAL_ERROR"};
    return code >= 0 && code < 12 ? names[code] : "NVRTC_ERROR unknown";
}
