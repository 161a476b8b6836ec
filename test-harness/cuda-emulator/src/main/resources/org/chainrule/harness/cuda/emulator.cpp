#include "emulator.h"
#include "memory.h"
#include "streams.h"
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <map>
#include <unordered_set>

namespace emulator {

Settings settings;
Counters counters;
thread_local const char *underWay = "";

static std::recursive_mutex mutex;
static bool initialised;

const char *nameOf(Status status) {
    switch (status) {
#define STATUS(code, name, text)                                                                                                                     \
    case code: return code ? "CUDA_ERROR_" #name : "CUDA_SUCCESS";
#include "statuses.txt"
#undef STATUS
    default: return nullptr;
    }
}

// Findings

struct Finding {
    std::string kind, text;
    long times;
};

static std::vector<Finding> findings;
/** A program that is wrong throughout need not be told more. */
static constexpr size_t MOST_FINDINGS = 1000;

void report(const char *kind, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (Finding &f : findings)
        if (f.kind == kind && f.text == text) {
            f.times++;
            return;
        }
    if (findings.size() < MOST_FINDINGS) findings.push_back({kind, text, 1});
}

// Planned failures

struct Failure {
    long calls, times;
    Status status;
    bool sticky;
};

static std::map<std::string, Failure> failures;

Status planned(const char *function) {
    if (failures.empty()) return SUCCESS;
    auto found = failures.find(function);
    if (found == failures.end()) return SUCCESS;
    Failure &failure = found->second;
    if (--failure.calls > 0 || failure.times == 0) return SUCCESS;
    failure.times--;
    if (failure.sticky && current()) current()->sticky = failure.status;
    return failure.status;
}

// Objects

static std::unordered_set<const void *> handles;
static long objects;

Object::Object(const char *kind, const char *maker, Context *context) : kind(kind), maker(maker), number(++objects), context(context) {
    if (context) context->living.insert(this);
}

void Object::destroy() {
    alive = false;
    if (context) context->living.erase(this);
}

std::string Object::name() const { return std::string(kind) + " " + std::to_string(number) + " (" + maker + ")"; }

void keepObject(Object *object) { handles.insert(object); }

Object *known(const void *handle) { return handles.count(handle) ? const_cast<Object *>(static_cast<const Object *>(handle)) : nullptr; }

// Calls

Call::Call(const char *name, Need need) : status(SUCCESS), lock(mutex) {
    underWay = name;
    if (need != NOTHING && !initialised && strcmp(name, "cuInit") != 0) status = NOT_INITIALIZED;
    else if (need >= CONTEXT && (!current() || !current()->alive)) status = current() ? CONTEXT_IS_DESTROYED : INVALID_CONTEXT;
    else if (need == CONTEXT && current()->sticky) status = current()->sticky;
    if (status == SUCCESS) status = planned(name);
}

Status notEmulated(const char *function, Status status) {
    fprintf(stderr, "CUDA emulator: %s is not emulated\n", function);
    report("NOT_EMULATED", "%s was called", function);
    return status;
}

void startAnew() {
    for (const void *handle : handles) {
        Object *object = known(handle);
        object->alive = false;
        // what is queued holds memory of the host
        if (Stream *stream = dynamic_cast<Stream *>(object)) stream->pending.clear();
        if (Allocation *allocation = dynamic_cast<Allocation *>(object)) allocation->shadow.release();
    }
    forgetMemory();
    forgetStreams();
    forgetContexts();
    findings.clear();
    failures.clear();
    counters = {};
    initialised = false;
}

bool isInitialised() { return initialised; }

/** The line `key=value` sets; each part knows its own keys. */
static bool set(const std::string &key, const std::string &value) {
    auto number = [&] { return std::stoll(value); };
    static const std::map<std::string, Order> orders = {{"ASCENDING", Order::ASCENDING}, {"DESCENDING", Order::DESCENDING},
        {"INTERLEAVED", Order::INTERLEAVED}, {"RANDOM", Order::RANDOM}, {"ALTERNATING", Order::ALTERNATING}};
    static const std::map<std::string, Checks> checks = {{"NONE", Checks::NONE}, {"MEMORY", Checks::MEMORY}, {"RACES", Checks::RACES}};
    if (key == "devices") settings.devices = static_cast<int>(number());
    else if (key == "driver") settings.driverVersion = static_cast<int>(number());
    else if (key == "major") settings.major = static_cast<int>(number());
    else if (key == "minor") settings.minor = static_cast<int>(number());
    else if (key == "multiprocessors") settings.multiprocessors = static_cast<int>(number());
    else if (key == "memory") settings.memory = static_cast<size_t>(number());
    else if (key == "eager") settings.eager = value == "true";
    else if (key == "seed") settings.seed = static_cast<uint64_t>(number());
    else if (key == "order" && orders.count(value)) settings.order = orders.at(value);
    else if (key == "checks" && checks.count(value)) settings.checks = checks.at(value);
    else if (key == "compiler") settings.compiler = value;
    else return false;
    return true;
}

static long copy(const std::string &text, char *to, long room) {
    if (static_cast<long>(text.size()) <= room) memcpy(to, text.data(), text.size());
    return static_cast<long>(text.size());
}

} // namespace emulator

using namespace emulator;

CUDA cuInit(unsigned flags) {
    CALL(DRIVER);
    if (flags) return INVALID_VALUE;
    if (settings.devices == 0) return NO_DEVICE;
    initialised = true;
    return SUCCESS;
}

CUDA cuGetErrorName(Status status, const char **name) {
    *name = nameOf(status);
    return *name ? SUCCESS : INVALID_VALUE;
}

CUDA cuGetErrorString(Status status, const char **text) {
    switch (status) {
#define STATUS(code, name, words)                                                                                                                    \
    case code: *text = words; return SUCCESS;
#include "statuses.txt"
#undef STATUS
    default: *text = nullptr; return INVALID_VALUE;
    }
}

// The control of the emulator, for Java. Texts are copied to `to` where they fit into `room` bytes; what is returned is their length.

/** Forgets all and sets what the lines `key=value` say; 0 where all of them were understood. */
CUDA chainrule_emulator_configure(const char *lines) {
    Call call(__func__, Call::NOTHING);
    startAnew();
    settings = {};
    std::string text = lines;
    Status result = SUCCESS;
    for (size_t from = 0; from < text.size();) {
        size_t end = std::min(text.find('\n', from), text.size()), equals = text.find('=', from);
        if (!set(text.substr(from, equals - from), text.substr(equals + 1, end - equals - 1))) result = INVALID_VALUE;
        from = end + 1;
    }
    return result;
}

/** A line for each finding: its kind, how often, and what. */
extern "C" long chainrule_emulator_findings(char *to, long room) {
    Call call(__func__, Call::NOTHING);
    std::string text;
    for (const Finding &f : findings) text += f.kind + "\t" + std::to_string(f.times) + "\t" + f.text + "\n";
    return copy(text, to, room);
}

extern "C" void chainrule_emulator_counters(Counters *to) {
    Call call(__func__, Call::NOTHING);
    *to = counters;
}

extern "C" void chainrule_emulator_forget_findings() {
    Call call(__func__, Call::NOTHING);
    findings.clear();
}

extern "C" void chainrule_emulator_reset_counters() {
    Call call(__func__, Call::NOTHING);
    counters = {};
}

/** From the nth call of a function on, so many calls return that code; a sticky one ends the context. */
extern "C" void chainrule_emulator_fail(const char *function, long nth, Status status, int sticky, long times) {
    Call call(__func__, Call::NOTHING);
    failures[function] = {nth, times, status, sticky != 0};
}

extern "C" void chainrule_emulator_heal() {
    Call call(__func__, Call::NOTHING);
    failures.clear();
}

/** Reports all that lives as a leak, as if the program ended. */
extern "C" void chainrule_emulator_report_leaks() {
    Call call(__func__, Call::NOTHING);
    std::vector<std::pair<long, std::string>> leaks;
    for (const void *handle : handles)
        if (Object *object = known(handle); object->alive && object->leaks()) leaks.emplace_back(object->number, object->name());
    std::sort(leaks.begin(), leaks.end());
    for (auto &[number, name] : leaks) report("LEAK", "%s lives at the end", name.c_str());
}
