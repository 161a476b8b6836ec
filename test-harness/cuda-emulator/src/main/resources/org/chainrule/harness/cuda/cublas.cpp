// libcublas.so.12: matrix products, column by column as in BLAS, queued to the handle's stream.
#include "memory.h"
#include "streams.h"
#include <cmath>
#include <cstring>

#define CUBLAS extern "C" __attribute__((visibility("default"))) int

using namespace emulator;

namespace {

enum { CUBLAS_OK = 0, NOT_INITIALIZED_ = 1, ALLOC_FAILED = 3, INVALID_VALUE_ = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED_ = 15 };
enum { N, T, C };
enum { HOST, DEVICE };
/** Of cudaDataType and cublasComputeType_t. */
enum Type { F32 = 0, F64 = 1, F16 = 2, BF16 = 14 };
enum { COMPUTE_16F = 64, COMPUTE_16F_PEDANTIC, COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC, COMPUTE_64F, COMPUTE_64F_PEDANTIC, COMPUTE_32I, COMPUTE_32F_FAST_16F = 74,
    COMPUTE_32F_FAST_16BF, COMPUTE_32F_FAST_TF32 = 77 };
constexpr int TF32_MATH = 3;

struct Handle : Object {
    Stream *stream;
    int pointerMode = HOST, math = 0, atomics = 0;

    explicit Handle(Context *context) : Object("cuBLAS handle", "cublasCreate_v2", context), stream(context->null) { keepObject(this); }
};

size_t bytesOf(Type type) { return type == F64 ? 8 : type == F32 ? 4 : 2; }

typedef short Halves __attribute__((vector_size(16)));
typedef float Singles __attribute__((vector_size(16)));

float fromHalf(uint16_t h) { return __builtin_ia32_vcvtph2ps(Halves{static_cast<short>(h)})[0]; }
uint16_t toHalf(float x) { return static_cast<uint16_t>(__builtin_ia32_vcvtps2ph(Singles{x}, 0)[0]); }

double read(const char *p, Type type) {
    switch (type) {
    case F32: return *reinterpret_cast<const float *>(p);
    case F64: return *reinterpret_cast<const double *>(p);
    case F16: return fromHalf(*reinterpret_cast<const uint16_t *>(p));
    case BF16: {
        uint32_t bits = uint32_t{*reinterpret_cast<const uint16_t *>(p)} << 16;
        float x;
        memcpy(&x, &bits, 4);
        return x;
    }
    }
    return 0;
}

void write(char *p, Type type, double value) {
    switch (type) {
    case F32: *reinterpret_cast<float *>(p) = static_cast<float>(value); return;
    case F64: *reinterpret_cast<double *>(p) = value; return;
    case F16: *reinterpret_cast<uint16_t *>(p) = toHalf(static_cast<float>(value)); return;
    case BF16: {
        float x = static_cast<float>(value);
        uint32_t bits;
        memcpy(&bits, &x, 4);
        uint32_t rounded = x != x ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
        *reinterpret_cast<uint16_t *>(p) = static_cast<uint16_t>(rounded);
    }
    }
}

/** TF32 keeps 10 bits of a fraction. */
float toTf32(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    if ((bits & 0x7f800000) != 0x7f800000) bits = (bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu;
    memcpy(&x, &bits, 4);
    return x;
}

/** A matrix as it lies in memory: rows and columns there, whatever the operation makes of it. */
struct Matrix {
    const char *name;
    Address base;
    Type type;
    int rows, columns, leading;
    long long stride;

    Address at(int batch, int column) const {
        return base + (static_cast<Address>(batch) * static_cast<Address>(stride) + static_cast<Address>(column) * static_cast<Address>(leading)) * bytesOf(type);
    }
};

/** C = alpha op(A) op(B) + beta C, for each of a batch. */
struct Product : Work {
    const char *function;
    bool transposeA, transposeB, doublePrecision, tf32;
    int m, n, k, batch;
    Matrix a, b, c;
    Type scale;
    /** Factors of the host are taken when the call is made, those of the device when it runs. */
    bool onDevice;
    Address alphaAt, betaAt;
    double alpha, beta;

    Status touchAll(const Operation &operation, const Matrix &matrix, Access access) {
        std::string who = std::string(function) + " (" + matrix.name + ")";
        if (matrix.rows == 0 || matrix.columns == 0) return SUCCESS;
        size_t column = static_cast<size_t>(matrix.rows) * bytesOf(matrix.type);
        for (int i = 0; i < batch; i++) {
            size_t all = static_cast<size_t>(matrix.columns - 1) * static_cast<size_t>(matrix.leading) * bytesOf(matrix.type) + column;
            if (!isWithin(who.c_str(), matrix.at(i, 0), all, access)) return ILLEGAL_ADDRESS;
            for (int j = 0; j < matrix.columns; j++)
                if (Status status = touch(operation, who.c_str(), matrix.at(i, j), column, access)) return status;
        }
        return SUCCESS;
    }

    Status run(const Operation &operation) override {
        if (Status failure = planned("product")) return failure;
        if (onDevice) {
            for (Address factor : {alphaAt, betaAt})
                if (Status status = touch(operation, function, factor, bytesOf(scale), Access::READ)) return status;
            alpha = read(reinterpret_cast<const char *>(alphaAt), scale);
            beta = read(reinterpret_cast<const char *>(betaAt), scale);
        }
        if (alpha != 0 && k > 0)
            for (const Matrix *matrix : {&a, &b})
                if (Status status = touchAll(operation, *matrix, Access::READ)) return status;
        if (beta != 0)
            if (Status status = touchAll(operation, c, Access::READ)) return status;
        if (Status status = touchAll(operation, c, Access::WRITE)) return status;
        for (int i = 0; i < batch; i++) {
            if (doublePrecision) multiply<double>(i);
            else multiply<float>(i);
        }
        return SUCCESS;
    }

    template <class R> std::vector<R> unpack(const Matrix &matrix, int index, bool transposed, int rows, int columns) const {
        std::vector<R> result(static_cast<size_t>(rows) * static_cast<size_t>(columns));
        for (int r = 0; r < rows; r++)
            for (int col = 0; col < columns; col++) {
                Address p = transposed ? matrix.at(index, r) + static_cast<Address>(col) * bytesOf(matrix.type)
                                       : matrix.at(index, col) + static_cast<Address>(r) * bytesOf(matrix.type);
                R x = static_cast<R>(read(reinterpret_cast<const char *>(p), matrix.type));
                if (tf32) x = static_cast<R>(toTf32(static_cast<float>(x)));
                result[static_cast<size_t>(r) * static_cast<size_t>(columns) + static_cast<size_t>(col)] = x;
            }
        return result;
    }

    template <class R> void multiply(int index) const {
        size_t rows = static_cast<size_t>(m), columns = static_cast<size_t>(n), depth = static_cast<size_t>(k);
        bool reads = alpha != 0 && k > 0;
        std::vector<R> left, right, sums(columns);
        if (reads) {
            left = unpack<R>(a, index, transposeA, m, k);
            right = unpack<R>(b, index, transposeB, k, n);
        }
        for (size_t r = 0; r < rows; r++) {
            std::fill(sums.begin(), sums.end(), R{0});
            for (size_t p = 0; reads && p < depth; p++) {
                R x = left[r * depth + p];
                for (size_t col = 0; col < columns; col++) sums[col] = std::fma(x, right[p * columns + col], sums[col]);
            }
            for (size_t col = 0; col < columns; col++) {
                char *out = reinterpret_cast<char *>(c.at(index, static_cast<int>(col)) + r * bytesOf(c.type));
                R value = static_cast<R>(alpha) * sums[col];
                // what C held counts for nothing where beta is 0, even where it is NaN
                if (beta != 0) value += static_cast<R>(beta) * static_cast<R>(read(out, c.type));
                write(out, c.type, value);
            }
        }
    }

    int nodeType() const override { return 0; }
    void count(bool) const override { counters.products++; }
    const char *label() const override { return function; }
};

Handle *handleOf(const void *handle) { return living<Handle>(handle, "cuBLAS handle"); }

bool isTransposed(int operation) { return operation == T || operation == C; }

int checkLeading(const char *function, const Matrix &matrix) {
    if (matrix.leading >= std::max(1, matrix.rows)) return CUBLAS_OK;
    report("LEADING_DIMENSION", "%s: the leading dimension of %s is %d, and its columns have %d rows", function, matrix.name, matrix.leading, matrix.rows);
    return INVALID_VALUE_;
}

struct Precision {
    Type a, b, c, scale;
    bool isDouble, isTf32;
};

int product(const char *function, void *handlePointer, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int lda, long long strideA, const void *b,
    int ldb, long long strideB, const void *beta, void *c, int ldc, long long strideC, int batch, Precision precision) {
    Call call(function, Call::CONTEXT);
    if (call.status) return call.status < 16 ? call.status : static_cast<int>(EXECUTION_FAILED);
    Handle *handle = handleOf(handlePointer);
    if (!handle) return NOT_INITIALIZED_;
    if (!handle->stream->alive) {
        report("BAD_HANDLE", "%s on %s after it was destroyed", function, handle->stream->name().c_str());
        return EXECUTION_FAILED;
    }
    if (m < 0 || n < 0 || k < 0 || batch < 0 || opA < N || opA > C || opB < N || opB > C || !alpha || !beta) return INVALID_VALUE_;
    auto work = std::make_shared<Product>();
    work->function = function;
    work->transposeA = isTransposed(opA);
    work->transposeB = isTransposed(opB);
    work->doublePrecision = precision.isDouble;
    work->tf32 = precision.isTf32 || (handle->math == TF32_MATH && precision.a == F32 && !precision.isDouble);
    work->m = m;
    work->n = n;
    work->k = k;
    work->batch = batch;
    auto at = [](const void *p) { return reinterpret_cast<Address>(p); };
    work->a = {"A", at(a), precision.a, work->transposeA ? k : m, work->transposeA ? m : k, lda, strideA};
    work->b = {"B", at(b), precision.b, work->transposeB ? n : k, work->transposeB ? k : n, ldb, strideB};
    work->c = {"C", at(c), precision.c, m, n, ldc, strideC};
    for (const Matrix *matrix : {&work->a, &work->b, &work->c})
        if (int status = checkLeading(function, *matrix)) return status;
    if (m == 0 || n == 0 || batch == 0) return CUBLAS_OK;
    work->scale = precision.scale;
    work->onDevice = handle->pointerMode == DEVICE;
    work->alphaAt = at(alpha);
    work->betaAt = at(beta);
    if (!work->onDevice) {
        work->alpha = read(static_cast<const char *>(alpha), precision.scale);
        work->beta = read(static_cast<const char *>(beta), precision.scale);
    }
    Status status = submit(*handle->stream, work);
    return status ? static_cast<int>(EXECUTION_FAILED) : static_cast<int>(CUBLAS_OK);
}

constexpr Precision SINGLE{F32, F32, F32, F32, false, false}, DOUBLE{F64, F64, F64, F64, true, false};

bool isEmulated(int type) { return type == F32 || type == F64 || type == F16 || type == BF16; }

/** What GemmEx computes in; false where the combination is none of cuBLAS's, or is not emulated. */
bool precisionOf(int a, int b, int c, int compute, Precision &result) {
    if (!isEmulated(a) || !isEmulated(b) || !isEmulated(c) || a != b) return false;
    bool isDouble = compute == COMPUTE_64F || compute == COMPUTE_64F_PEDANTIC;
    bool isSingle = compute == COMPUTE_32F || compute == COMPUTE_32F_PEDANTIC || compute == COMPUTE_32F_FAST_TF32;
    if ((!isDouble && !isSingle) || isDouble != (a == F64) || isDouble != (c == F64)) return false;
    if (a == F32 && c != F32) return false;
    if (c != F32 && c != F64 && c != a) return false;
    result = {static_cast<Type>(a), static_cast<Type>(b), static_cast<Type>(c), isDouble ? F64 : F32, isDouble, compute == COMPUTE_32F_FAST_TF32 && a == F32};
    return true;
}

} // namespace

CUBLAS cublasCreate_v2(Handle **handle) {
    Call call(__func__, Call::CONTEXT);
    if (call.status) return call.status < 16 ? call.status : static_cast<int>(NOT_INITIALIZED_);
    *handle = new Handle(current());
    return CUBLAS_OK;
}

#define HANDLE(name, pointer)                                                                                                                        \
    Call call(__func__, Call::DRIVER);                                                                                                               \
    if (call.status) return call.status;                                                                                                             \
    Handle *name = handleOf(pointer);                                                                                                                \
    if (!name) return NOT_INITIALIZED_

CUBLAS cublasDestroy_v2(void *p) {
    HANDLE(handle, p);
    handle->destroy();
    return handle->context->sticky ? EXECUTION_FAILED : CUBLAS_OK;
}

CUBLAS cublasSetStream_v2(void *p, void *stream) {
    HANDLE(handle, p);
    Stream *to = reinterpret_cast<uintptr_t>(stream) <= 2 ? handle->context->null : living<Stream>(stream, "stream");
    if (!to) return INVALID_VALUE_;
    handle->stream = to;
    return CUBLAS_OK;
}

CUBLAS cublasGetStream_v2(void *p, Stream **stream) {
    HANDLE(handle, p);
    *stream = handle->stream == handle->context->null ? nullptr : handle->stream;
    return CUBLAS_OK;
}

#define PROPERTY(name, field)                                                                                                                        \
    CUBLAS cublasSet##name(void *p, int value) {                                                                                                     \
        HANDLE(handle, p);                                                                                                                           \
        handle->field = value;                                                                                                                       \
        return CUBLAS_OK;                                                                                                                            \
    }                                                                                                                                                \
    CUBLAS cublasGet##name(void *p, int *value) {                                                                                                    \
        HANDLE(handle, p);                                                                                                                           \
        *value = handle->field;                                                                                                                      \
        return CUBLAS_OK;                                                                                                                            \
    }
PROPERTY(MathMode, math)
PROPERTY(PointerMode_v2, pointerMode)
PROPERTY(AtomicsMode, atomics)

CUBLAS cublasSetWorkspace_v2(void *p, void *memory, size_t bytes) {
    HANDLE(handle, p);
    if (memory && !isWithin(__func__, reinterpret_cast<Address>(memory), bytes, Access::WRITE)) return INVALID_VALUE_;
    return handle ? CUBLAS_OK : NOT_INITIALIZED_;
}

CUBLAS cublasGetVersion_v2(void *, int *version) {
    *version = 120600;
    return CUBLAS_OK;
}

CUBLAS cublasSgemm_v2(void *handle, int opA, int opB, int m, int n, int k, const float *alpha, const void *a, int lda, const void *b, int ldb, const float *beta, void *c,
    int ldc) {
    return product(__func__, handle, opA, opB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1, SINGLE);
}

CUBLAS cublasDgemm_v2(void *handle, int opA, int opB, int m, int n, int k, const double *alpha, const void *a, int lda, const void *b, int ldb, const double *beta, void *c,
    int ldc) {
    return product(__func__, handle, opA, opB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1, DOUBLE);
}

CUBLAS cublasSgemmStridedBatched(void *handle, int opA, int opB, int m, int n, int k, const float *alpha, const void *a, int lda, long long strideA, const void *b, int ldb,
    long long strideB, const float *beta, void *c, int ldc, long long strideC, int batch) {
    return product(__func__, handle, opA, opB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c, ldc, strideC, batch, SINGLE);
}

CUBLAS cublasDgemmStridedBatched(void *handle, int opA, int opB, int m, int n, int k, const double *alpha, const void *a, int lda, long long strideA, const void *b,
    int ldb, long long strideB, const double *beta, void *c, int ldc, long long strideC, int batch) {
    return product(__func__, handle, opA, opB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c, ldc, strideC, batch, DOUBLE);
}

CUBLAS cublasGemmEx(void *handle, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda, const void *b, int typeB, int ldb,
    const void *beta, void *c, int typeC, int ldc, int compute, int) {
    Precision precision;
    if (!precisionOf(typeA, typeB, typeC, compute, precision)) return NOT_SUPPORTED_;
    return product(__func__, handle, opA, opB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1, precision);
}

CUBLAS cublasGemmStridedBatchedEx(void *handle, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda, long long strideA,
    const void *b, int typeB, int ldb, long long strideB, const void *beta, void *c, int typeC, int ldc, long long strideC, int batch, int compute, int) {
    Precision precision;
    if (!precisionOf(typeA, typeB, typeC, compute, precision)) return NOT_SUPPORTED_;
    return product(__func__, handle, opA, opB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c, ldc, strideC, batch, precision);
}

extern "C" __attribute__((visibility("default"))) const char *cublasGetStatusName(int status) {
    switch (status) {
    case 0: return "CUBLAS_STATUS_SUCCESS";
    case 1: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case 3: return "CUBLAS_STATUS_ALLOC_FAILED";
    case 7: return "CUBLAS_STATUS_INVALID_VALUE";
    case 8: return "CUBLAS_STATUS_ARCH_MISMATCH";
    case 11: return "CUBLAS_STATUS_MAPPING_ERROR";
    case 13: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case 14: return "CUBLAS_STATUS_INTERNAL_ERROR";
    case 15: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "unknown";
    }
}

extern "C" __attribute__((visibility("default"))) const char *cublasGetStatusString(int status) { return cublasGetStatusName(status); }
