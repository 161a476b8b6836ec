// Devices and their contexts.
#include "emulator.h"
#include "memory.h"
#include "streams.h"
#include <cstdio>
#include <cstring>
#include <map>

namespace emulator {

static thread_local std::vector<Context *> stack;

/** The primary context of each device and how often it was retained. */
struct Primary {
    Context *context = nullptr;
    int retained = 0;
    unsigned flags = 0;
};
static std::map<int, Primary> primaries;

Context *current() { return stack.empty() ? nullptr : stack.back(); }

Context::Context(int device, bool primary, const char *maker) : Object("context", maker, nullptr), device(device), primary(primary) {
    keep(this);
    null = new Stream(this, false, maker);
}

void Context::end() {
    runAll(*this);
    std::vector<Object *> left(living.begin(), living.end());
    for (Object *object : left) {
        if (object->leaks()) report("LEAK", "%s lives when its context ends", object->name().c_str());
        if (Allocation *allocation = dynamic_cast<Allocation *>(object)) release(*allocation);
        object->destroy();
    }
    destroy();
}

void forgetContexts() { primaries.clear(); }

static bool hasDevice(int device) { return device >= 0 && device < settings.devices; }

static int attribute(int which) {
    switch (which) {
    case 1: return 1024; // threads of a block, then its extents and those of a grid
    case 2: case 3: return 1024;
    case 4: return 64;
    case 5: return 0x7fffffff;
    case 6: case 7: return 65535;
    case 8: return 48 << 10; // shared memory of a block without being asked for more
    case 9: return 64 << 10;
    case 10: return 32;
    case 12: case 82: return 65536;
    case 13: return 1410000;
    case 16: return settings.multiprocessors;
    case 19: case 31: case 41: case 78: case 83: case 115: return 1;
    case 33: return 1;
    case 36: return 1215000;
    case 37: return 5120;
    case 38: return 40 << 20;
    case 39: return 2048;
    case 40: return 2;
    case 75: return settings.major;
    case 76: return settings.minor;
    case 81: return 228 << 10;
    case 97: return 227 << 10;
    case 106: return 32;
    case 111: return 1 << 10;
    default: return 0;
    }
}

} // namespace emulator

using namespace emulator;

CUDA cuDriverGetVersion(int *version) {
    CALL(NOTHING);
    *version = settings.driverVersion;
    return SUCCESS;
}

CUDA cuDeviceGetCount(int *count) {
    CALL(DRIVER);
    *count = settings.devices;
    return SUCCESS;
}

CUDA cuDeviceGet(int *device, int ordinal) {
    CALL(DRIVER);
    if (!hasDevice(ordinal)) return INVALID_DEVICE;
    *device = ordinal;
    return SUCCESS;
}

CUDA cuDeviceGetName(char *name, int length, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    snprintf(name, static_cast<size_t>(length), "CUDA (emulated) GPU %d", device);
    return SUCCESS;
}

CUDA cuDeviceGetUuid(unsigned char *uuid, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    memcpy(uuid, "chainrule-emul", 14);
    uuid[14] = 0;
    uuid[15] = static_cast<unsigned char>(device);
    return SUCCESS;
}

CUDA cuDeviceGetPCIBusId(char *id, int length, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    snprintf(id, static_cast<size_t>(length), "0000:%02x:00.0", device + 1);
    return SUCCESS;
}

CUDA cuDeviceTotalMem_v2(size_t *bytes, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    *bytes = settings.memory;
    return SUCCESS;
}

CUDA cuDeviceGetAttribute(int *value, int which, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    *value = which == 33 ? device + 1 : attribute(which);
    return SUCCESS;
}

CUDA cuDeviceComputeCapability(int *major, int *minor, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    *major = settings.major;
    *minor = settings.minor;
    return SUCCESS;
}

CUDA cuDeviceCanAccessPeer(int *can, int device, int peer) {
    CALL(DRIVER);
    if (!hasDevice(device) || !hasDevice(peer)) return INVALID_DEVICE;
    *can = 0;
    return SUCCESS;
}

CUDA cuDevicePrimaryCtxRetain(Context **context, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    Primary &primary = primaries[device];
    if (primary.retained++ == 0) primary.context = new Context(device, true, __func__);
    *context = primary.context;
    return SUCCESS;
}

CUDA cuDevicePrimaryCtxRelease_v2(int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    Primary &primary = primaries[device];
    if (primary.retained == 0) {
        report("BAD_HANDLE", "the primary context of device %d is released more often than it was retained", device);
        return INVALID_CONTEXT;
    }
    if (--primary.retained == 0) primary.context->end();
    return SUCCESS;
}

CUDA cuDevicePrimaryCtxReset_v2(int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    Primary &primary = primaries[device];
    if (primary.retained) primary.context->end();
    primary.retained = 0;
    return SUCCESS;
}

CUDA cuDevicePrimaryCtxSetFlags_v2(int device, unsigned flags) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    primaries[device].flags = flags;
    return SUCCESS;
}

CUDA cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    *flags = primaries[device].flags;
    *active = primaries[device].retained > 0;
    return SUCCESS;
}

CUDA cuCtxCreate_v2(Context **context, unsigned flags, int device) {
    CALL(DRIVER);
    if (!hasDevice(device)) return INVALID_DEVICE;
    *context = new Context(device, false, __func__);
    (*context)->flags = flags;
    stack.push_back(*context);
    return SUCCESS;
}

CUDA cuCtxDestroy_v2(Context *handle) {
    CALL(DRIVER);
    Context *context = living<Context>(handle, "context");
    if (!context) return INVALID_CONTEXT;
    if (context->primary) return INVALID_CONTEXT;
    context->end();
    if (current() == context) stack.pop_back();
    return SUCCESS;
}

CUDA cuCtxSetCurrent(Context *handle) {
    CALL(DRIVER);
    if (handle && !living<Context>(handle, "context")) return INVALID_CONTEXT;
    if (!stack.empty()) stack.pop_back();
    if (handle) stack.push_back(handle);
    return SUCCESS;
}

CUDA cuCtxGetCurrent(Context **context) {
    CALL(DRIVER);
    *context = current();
    return SUCCESS;
}

CUDA cuCtxPushCurrent_v2(Context *handle) {
    CALL(DRIVER);
    if (!living<Context>(handle, "context")) return INVALID_CONTEXT;
    stack.push_back(handle);
    return SUCCESS;
}

CUDA cuCtxPopCurrent_v2(Context **context) {
    CALL(DRIVER);
    if (stack.empty()) return INVALID_CONTEXT;
    if (context) *context = stack.back();
    stack.pop_back();
    return SUCCESS;
}

CUDA cuCtxGetDevice(int *device) {
    CALL(CONTEXT);
    *device = current()->device;
    return SUCCESS;
}

CUDA cuCtxGetFlags(unsigned *flags) {
    CALL(CONTEXT);
    *flags = current()->flags;
    return SUCCESS;
}

CUDA cuCtxGetApiVersion(Context *, unsigned *version) {
    CALL(CONTEXT);
    *version = 3020;
    return SUCCESS;
}

CUDA cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    CALL(CONTEXT);
    if (least) *least = 0;
    if (greatest) *greatest = -5;
    return SUCCESS;
}

CUDA cuCtxGetId(Context *handle, unsigned long long *id) {
    CALL(CONTEXT);
    Context *context = handle ? living<Context>(handle, "context") : current();
    if (!context) return INVALID_CONTEXT;
    *id = static_cast<unsigned long long>(context->number);
    return SUCCESS;
}

CUDA cuCtxSetCacheConfig(int) {
    CALL(CONTEXT);
    return SUCCESS;
}

CUDA cuCtxSetSharedMemConfig(int) {
    CALL(CONTEXT);
    return SUCCESS;
}

CUDA cuCtxSetLimit(int, size_t) {
    CALL(CONTEXT);
    return SUCCESS;
}

CUDA cuCtxSynchronize() {
    CALL(CONTEXT);
    counters.synchronisations++;
    if (Status refused = refusedWhileCapturing("cuCtxSynchronize")) return refused;
    return runAll(*current());
}
