// What makes CUDA C++ of kernels into C++ for the host. Included before each kernel, so it includes nothing itself.
#pragma once
#define __CUDACC__ 1
#define __CUDACC_RTC__ 1
#define __NVCC__ 1
#define __CUDA_ARCH_LIST__ __CUDA_ARCH__
#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __restrict__ __restrict
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
// one block runs at a time, so the module holds its shared arrays
#define __shared__ static __attribute__((section("shared_memory")))
#define SIMT_UNCHECKED __attribute__((no_sanitize("thread")))

typedef unsigned long size_t;
struct uint3 {
    unsigned x, y, z;
};
struct dim3 {
    unsigned x = 1, y = 1, z = 1;
};
// Vectors are loaded and stored whole, for a GPU wants them aligned as a whole.
#define SIMT_PAIR(name, type, word)                                                                                                                  \
    struct __attribute__((aligned(8))) name {                                                                                                        \
        type x, y;                                                                                                                                   \
        name() = default;                                                                                                                            \
        name(type x, type y) : x(x), y(y) {}                                                                                                         \
        name(const name &o) { *(word *)this = *(const word *)&o; }                                                                                   \
        name &operator=(const name &o) { return *(word *)this = *(const word *)&o, *this; }                                                          \
    };
#define SIMT_QUAD(name, type, word)                                                                                                                  \
    struct __attribute__((aligned(16))) name {                                                                                                       \
        type x, y, z, w;                                                                                                                             \
        name() = default;                                                                                                                            \
        name(type x, type y, type z, type w) : x(x), y(y), z(z), w(w) {}                                                                             \
        name(const name &o) { *(word *)this = *(const word *)&o; }                                                                                   \
        name &operator=(const name &o) { return *(word *)this = *(const word *)&o, *this; }                                                          \
    };
typedef float simt_f32x4 __attribute__((vector_size(16)));
typedef int simt_i32x4 __attribute__((vector_size(16)));
typedef short simt_i16x8 __attribute__((vector_size(16)));
SIMT_PAIR(float2, float, long)
SIMT_PAIR(int2, int, long)
SIMT_QUAD(float4, float, simt_f32x4)
SIMT_QUAD(int4, int, simt_i32x4)
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline int2 make_int2(int x, int y) { return {x, y}; }
static inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }

// Of the emulator. What a fiber is does not change while it lives, hence const.
extern "C" {
__attribute__((const)) uint3 simt_thread();
__attribute__((const)) uint3 simt_block();
__attribute__((const)) dim3 simt_block_extent();
__attribute__((const)) dim3 simt_grid_extent();
__attribute__((const)) unsigned simt_lane();
char *simt_dynamic_shared();
void simt_barrier(int line);
void simt_warp_barrier(unsigned mask, int line);
unsigned long simt_shuffle(unsigned mask, unsigned long value, unsigned lane, int line);
unsigned simt_ballot(unsigned mask, int predicate, int line);
void simt_atomic(const void *address, unsigned long bytes);
void simt_trap();
}
#define threadIdx simt_thread()
#define blockIdx simt_block()
#define blockDim simt_block_extent()
#define gridDim simt_grid_extent()
#define warpSize 32
#define __syncthreads() simt_barrier(__LINE__)
#define __syncwarp(...) simt_warp_barrier(__VA_OPT__((__VA_ARGS__) &) ~0u, __LINE__)
#define __ballot_sync(mask, p) simt_ballot(mask, (p) != 0, __LINE__)
#define __any_sync(mask, p) (simt_ballot(mask, (p) != 0, __LINE__) != 0)
#define __all_sync(mask, p) (simt_ballot(mask, (p) == 0, __LINE__) == 0)
#define __threadfence()
#define __threadfence_block()
#define __trap() simt_trap()

static inline float __int_as_float(int i) { return __builtin_bit_cast(float, i); }
static inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
static inline float __uint_as_float(unsigned i) { return __builtin_bit_cast(float, i); }
static inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
static inline double __longlong_as_double(long long i) { return __builtin_bit_cast(double, i); }
static inline long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }

// Values of up to 8 bytes go through a word.
template <class T> static inline T simt_shuffled(unsigned mask, T value, unsigned lane, int line) {
    unsigned long word = 0;
    __builtin_memcpy(&word, &value, sizeof value);
    word = simt_shuffle(mask, word, lane, line);
    __builtin_memcpy(&value, &word, sizeof value);
    return value;
}
template <class T> static inline T simt_down(unsigned mask, T value, unsigned by, int line, unsigned width = 32) {
    unsigned lane = simt_lane();
    return simt_shuffled(mask, value, (lane & (width - 1)) + by < width ? lane + by : lane, line);
}
template <class T> static inline T simt_up(unsigned mask, T value, unsigned by, int line, unsigned width = 32) {
    unsigned lane = simt_lane();
    return simt_shuffled(mask, value, (lane & (width - 1)) >= by ? lane - by : lane, line);
}
template <class T> static inline T simt_xor(unsigned mask, T value, unsigned with, int line, unsigned width = 32) {
    unsigned lane = simt_lane(), other = lane ^ with;
    return simt_shuffled(mask, value, (other & ~(width - 1)) <= (lane & ~(width - 1)) ? other : lane, line);
}
template <class T> static inline T simt_from(unsigned mask, T value, unsigned from, int line, unsigned width = 32) {
    return simt_shuffled(mask, value, (simt_lane() & ~(width - 1)) | (from & (width - 1)), line);
}
#define __shfl_sync(mask, value, from, ...) simt_from(mask, value, from, __LINE__ __VA_OPT__(, ) __VA_ARGS__)
#define __shfl_down_sync(mask, value, by, ...) simt_down(mask, value, by, __LINE__ __VA_OPT__(, ) __VA_ARGS__)
#define __shfl_up_sync(mask, value, by, ...) simt_up(mask, value, by, __LINE__ __VA_OPT__(, ) __VA_ARGS__)
#define __shfl_xor_sync(mask, value, with, ...) simt_xor(mask, value, with, __LINE__ __VA_OPT__(, ) __VA_ARGS__)

// A thread runs until it waits, so an atomic operation is a plain one that the emulator is told of.
template <class T> struct simt_same {
    typedef T type;
};
#define SIMT_ATOMIC(name, expression)                                                                                                                \
    template <class T> SIMT_UNCHECKED static T name(T *address, typename simt_same<T>::type value) {                                                 \
        simt_atomic(address, sizeof(T));                                                                                                             \
        T old = *address;                                                                                                                            \
        *address = expression;                                                                                                                       \
        return old;                                                                                                                                  \
    }
SIMT_ATOMIC(atomicAdd, old + value)
SIMT_ATOMIC(atomicSub, old - value)
SIMT_ATOMIC(atomicMax, old > value ? old : value)
SIMT_ATOMIC(atomicMin, old < value ? old : value)
SIMT_ATOMIC(atomicExch, value)
SIMT_ATOMIC(atomicOr, old | value)
SIMT_ATOMIC(atomicAnd, old &value)
template <class T>
SIMT_UNCHECKED static T atomicCAS(T *address, typename simt_same<T>::type compare, typename simt_same<T>::type value) {
    simt_atomic(address, sizeof(T));
    T old = *address;
    if (old == compare) *address = value;
    return old;
}
template <class T> static inline T __ldg(const T *p) { return *p; }

// CUDA's overloads of C's mathematical functions.
#define SIMT_UNARY(name)                                                                                                                             \
    extern "C" double name(double) noexcept;                                                                                                         \
    extern "C" float name##f(float) noexcept;                                                                                                        \
    static inline float name(float x) { return __builtin_##name##f(x); }
#define SIMT_BINARY(name)                                                                                                                            \
    extern "C" double name(double, double) noexcept;                                                                                                 \
    extern "C" float name##f(float, float) noexcept;                                                                                                 \
    static inline float name(float x, float y) { return __builtin_##name##f(x, y); }
SIMT_UNARY(sqrt)
SIMT_UNARY(floor)
SIMT_UNARY(ceil)
SIMT_UNARY(trunc)
SIMT_UNARY(rint)
SIMT_UNARY(round)
SIMT_UNARY(fabs)
SIMT_UNARY(exp)
SIMT_UNARY(exp2)
SIMT_UNARY(expm1)
SIMT_UNARY(log)
SIMT_UNARY(log2)
SIMT_UNARY(log10)
SIMT_UNARY(log1p)
SIMT_UNARY(sin)
SIMT_UNARY(cos)
SIMT_UNARY(tan)
SIMT_UNARY(asin)
SIMT_UNARY(acos)
SIMT_UNARY(atan)
SIMT_UNARY(sinh)
SIMT_UNARY(cosh)
SIMT_UNARY(tanh)
SIMT_UNARY(asinh)
SIMT_UNARY(acosh)
SIMT_UNARY(atanh)
SIMT_UNARY(erf)
SIMT_UNARY(erfc)
SIMT_UNARY(cbrt)
SIMT_UNARY(lgamma)
SIMT_UNARY(tgamma)
SIMT_BINARY(pow)
SIMT_BINARY(atan2)
SIMT_BINARY(fmod)
SIMT_BINARY(fmax)
SIMT_BINARY(fmin)
SIMT_BINARY(copysign)
SIMT_BINARY(hypot)
extern "C" double fma(double, double, double) noexcept;
extern "C" float fmaf(float, float, float) noexcept;
static inline float fma(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
static inline float rsqrtf(float x) { return 1 / __builtin_sqrtf(x); }
static inline double rsqrt(double x) { return 1 / __builtin_sqrt(x); }
static inline float rsqrt(float x) { return rsqrtf(x); }
static inline bool isnan(float x) { return x != x; }
static inline bool isnan(double x) { return x != x; }
static inline bool isinf(float x) { return __builtin_isinf(x); }
static inline bool isinf(double x) { return __builtin_isinf(x); }
static inline bool isfinite(float x) { return __builtin_isfinite(x); }
static inline bool isfinite(double x) { return __builtin_isfinite(x); }
static inline bool signbit(float x) { return __builtin_signbit(x); }
static inline bool signbit(double x) { return __builtin_signbit(x); }
extern "C" int abs(int) noexcept;
static inline long long abs(long long x) { return x < 0 ? -x : x; }
static inline float abs(float x) { return __builtin_fabsf(x); }
static inline double abs(double x) { return __builtin_fabs(x); }
#define SIMT_EXTREMES(type)                                                                                                                          \
    static inline type min(type a, type b) { return b < a ? b : a; }                                                                                 \
    static inline type max(type a, type b) { return a < b ? b : a; }
SIMT_EXTREMES(int)
SIMT_EXTREMES(unsigned)
SIMT_EXTREMES(long long)
SIMT_EXTREMES(unsigned long long)
static inline float min(float a, float b) { return __builtin_fminf(a, b); }
static inline float max(float a, float b) { return __builtin_fmaxf(a, b); }
static inline double min(double a, double b) { return __builtin_fmin(a, b); }
static inline double max(double a, double b) { return __builtin_fmax(a, b); }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
static inline int __ffs(int x) { return __builtin_ffs(x); }

// Instructions of PTX that kernels name in asm statements: asm("cvt.rn.f16.f32 ...") becomes a call of ptx_cvt_rn_f16_f32.
static inline float ptx_cvt_f32_f16(unsigned short half) {
    return __builtin_ia32_vcvtph2ps(simt_i16x8{(short)half})[0];
}
static inline unsigned short ptx_cvt_rn_f16_f32(float x) {
    return (unsigned short)__builtin_ia32_vcvtps2ph(simt_f32x4{x}, 0)[0];
}

// What the emulator is told of each kernel; its own structure of that name lies the same way in memory.
struct SimtKernel {
    const char *name;
    void (*call)(const char *arguments);
    unsigned parameters, bytes;
    const unsigned *sizes, *offsets;
    unsigned mostThreads;
};
template <class... A> struct SimtParameters {
    unsigned sizes[sizeof...(A) + 1] = {sizeof(A)..., 0}, aligns[sizeof...(A) + 1] = {alignof(A)..., 1}, offsets[sizeof...(A) + 1] = {};
    constexpr SimtParameters() {
        unsigned at = 0;
        for (unsigned i = 0; i < sizeof...(A); i++) {
            at = (at + aligns[i] - 1) / aligns[i] * aligns[i];
            offsets[i] = at;
            at += sizes[i];
        }
        offsets[sizeof...(A)] = at;
    }
};
template <unsigned... I> struct SimtIndexes {};
template <auto F> struct SimtEntry;
template <class... A, void (*F)(A...)> struct SimtEntry<F> {
    static constexpr SimtParameters<A...> parameters{};
    template <unsigned... I> SIMT_UNCHECKED static void spread(const char *p, SimtIndexes<I...>) { F(*(const A *)(p + parameters.offsets[I])...); }
    SIMT_UNCHECKED static void call(const char *p) { spread(p, SimtIndexes<__integer_pack(sizeof...(A))...>{}); }
    static constexpr SimtKernel kernel(const char *name, unsigned mostThreads) {
        return {name, &call, sizeof...(A), parameters.offsets[sizeof...(A)], parameters.sizes, parameters.offsets, mostThreads};
    }
};
