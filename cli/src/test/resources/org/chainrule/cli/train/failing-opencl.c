/*
 * OpenCL's loader with a fault. FAILING_OPENCL="clEnqueueReadBuffer 20 -5" makes that function return the error -5 from its 20th
 * call on; a fault of a queue is one of all that is queued. CL_BUILD_PROGRAM_FAILURE of clCreateProgramWithSource makes sources
 * that do not compile. All other calls are those of the loader that this library is linked with.
 *
 * When the process ends, the file that FAILING_OPENCL_HELD names tells of each kind of object how many were made and how many
 * were never released.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *handle;

enum { CONTEXT, QUEUE, BUFFER, PROGRAM, KERNEL, EVENT, KINDS };
static const char *const kinds[KINDS] = {"context", "queue", "buffer", "program", "kernel", "event"};
static long made[KINDS], held[KINDS];

static char faulty[64];
static long first, calls;
static int code, begun;

__attribute__((constructor)) static void begin(void) {
    const char *fault = getenv("FAILING_OPENCL");
    if (fault && sscanf(fault, "%63s %ld %d", faulty, &first, &code) != 3) abort();
}

__attribute__((destructor)) static void end(void) {
    const char *name = getenv("FAILING_OPENCL_HELD");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (!file) return;
    for (int k = 0; k < KINDS; k++) fprintf(file, "%s %ld %ld\n", kinds[k], made[k], held[k]);
    fclose(file);
}

static int is_queued(const char *call) { return !strncmp(call, "clEnqueue", 9) || !strcmp(call, "clFinish"); }

/* What the call is to return instead of being made; 0 where it is to be made. */
static int failure(const char *call) {
    int is_faulty = !strcmp(call, faulty);
    if (is_faulty && ++calls == first) begun = 1;
    return begun && (is_faulty || (is_queued(faulty) && is_queued(call))) ? code : 0;
}

static void *loader(const char *call) {
    void *f = dlsym(RTLD_NEXT, call);
    if (!f) abort();
    return f;
}

static handle made_one(int kind, handle h) {
    if (h) {
        made[kind]++;
        held[kind]++;
    }
    return h;
}

#define CALL(type) ((type)loader(__func__))
#define FAIL do { int failed = failure(__func__); if (failed) return failed; } while (0)
#define FAIL_NULL(err) do { int failed = failure(__func__); if (failed) { if (err) *(err) = failed; return NULL; } } while (0)

int clGetPlatformIDs(unsigned n, handle *platforms, unsigned *count) {
    FAIL;
    return CALL(int (*)(unsigned, handle *, unsigned *))(n, platforms, count);
}

int clGetDeviceIDs(handle platform, uint64_t type, unsigned n, handle *devices, unsigned *count) {
    FAIL;
    return CALL(int (*)(handle, uint64_t, unsigned, handle *, unsigned *))(platform, type, n, devices, count);
}

int clGetDeviceInfo(handle device, unsigned key, size_t size, void *value, size_t *needed) {
    FAIL;
    return CALL(int (*)(handle, unsigned, size_t, void *, size_t *))(device, key, size, value, needed);
}

handle clCreateContext(const intptr_t *properties, unsigned n, const handle *devices, void *notify, void *user, int *err) {
    FAIL_NULL(err);
    return made_one(CONTEXT, CALL(handle (*)(const intptr_t *, unsigned, const handle *, void *, void *, int *))(
        properties, n, devices, notify, user, err));
}

handle clCreateCommandQueue(handle context, handle device, uint64_t properties, int *err) {
    FAIL_NULL(err);
    return made_one(QUEUE, CALL(handle (*)(handle, handle, uint64_t, int *))(context, device, properties, err));
}

handle clCreateBuffer(handle context, uint64_t flags, size_t size, void *host, int *err) {
    FAIL_NULL(err);
    return made_one(BUFFER, CALL(handle (*)(handle, uint64_t, size_t, void *, int *))(context, flags, size, host, err));
}

handle clCreateProgramWithSource(handle context, unsigned n, const char **texts, const size_t *lengths, int *err) {
    const char *wrong = "#error a planted fault\n";
    int failed = failure(__func__);
    if (failed && failed != -11) {
        if (err) *err = failed;
        return NULL;
    }
    return made_one(PROGRAM, CALL(handle (*)(handle, unsigned, const char **, const size_t *, int *))(
        context, failed ? 1 : n, failed ? &wrong : texts, failed ? NULL : lengths, err));
}

handle clCreateKernel(handle program, const char *name, int *err) {
    FAIL_NULL(err);
    return made_one(KERNEL, CALL(handle (*)(handle, const char *, int *))(program, name, err));
}

int clEnqueueNDRangeKernel(handle queue, handle kernel, unsigned dims, const size_t *offset, const size_t *total,
    const size_t *items, unsigned n, const handle *after, handle *event) {
    FAIL;
    int err = CALL(int (*)(handle, handle, unsigned, const size_t *, const size_t *, const size_t *, unsigned,
        const handle *, handle *))(queue, kernel, dims, offset, total, items, n, after, event);
    if (event && !err) made_one(EVENT, *event);
    return err;
}

int clEnqueueReadBuffer(handle queue, handle buffer, unsigned waits, size_t offset, size_t size, void *to, unsigned n,
    const handle *after, handle *event) {
    FAIL;
    int err = CALL(int (*)(handle, handle, unsigned, size_t, size_t, void *, unsigned, const handle *, handle *))(
        queue, buffer, waits, offset, size, to, n, after, event);
    if (event && !err) made_one(EVENT, *event);
    return err;
}

int clEnqueueWriteBuffer(handle queue, handle buffer, unsigned waits, size_t offset, size_t size, const void *from,
    unsigned n, const handle *after, handle *event) {
    FAIL;
    int err = CALL(int (*)(handle, handle, unsigned, size_t, size_t, const void *, unsigned, const handle *, handle *))(
        queue, buffer, waits, offset, size, from, n, after, event);
    if (event && !err) made_one(EVENT, *event);
    return err;
}

int clFinish(handle queue) {
    FAIL;
    return CALL(int (*)(handle))(queue);
}

#define RELEASE(call, kind)                           \
    int call(handle h) {                              \
        int err = CALL(int (*)(handle))(h);           \
        if (!err) held[kind]--;                       \
        return err;                                   \
    }
RELEASE(clReleaseContext, CONTEXT)
RELEASE(clReleaseCommandQueue, QUEUE)
RELEASE(clReleaseMemObject, BUFFER)
RELEASE(clReleaseProgram, PROGRAM)
RELEASE(clReleaseKernel, KERNEL)
RELEASE(clReleaseEvent, EVENT)
