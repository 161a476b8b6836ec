// CUDA C++: what the portable sources are written in. Compiled with -fmad=false: no contraction.
// A bound of one block leaves the compiler all registers of a multiprocessor: without it it spills some around calls.
typedef float f32;
typedef double f64;
typedef int i32;
typedef long long i64;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned short f16;
typedef unsigned short bf16;
typedef unsigned char bool8;
#define KERNEL(x, y, z) extern "C" __global__ __launch_bounds__((x) * (y) * (z), 1)
#define FUNCTION static __device__ __forceinline__
#define GLOBAL
#define LOCAL __shared__
#define AXIS(v, axis) ((axis) == 0 ? (v).x : (axis) == 1 ? (v).y : (v).z)
#define GROUP(axis) ((u32)AXIS(blockIdx, axis))
#define ITEM(axis) ((u32)AXIS(threadIdx, axis))
#define BARRIER __syncthreads()
#define UNROLL _Pragma("unroll")
#define CLAIM(p) (atomicCAS(p, 0u, 1u) == 0u)
#define BITS(x) __float_as_int(x)
#define FLOAT(i) __int_as_float(i)
#undef INFINITY
#undef NAN
#define INFINITY __int_as_float(0x7f800000)
#define NAN __int_as_float(0x7fc00000)
FUNCTION f32 load_half(f16 h) {
    f32 x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(h));
    return x;
}
FUNCTION f16 store_half(f32 x) {
    f16 h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(x));
    return h;
}
#define LOAD_f16(p, i) load_half((p)[i])
#define STORE_f16(p, i, x) ((p)[i] = store_half(x))
