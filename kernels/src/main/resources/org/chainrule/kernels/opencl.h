// OpenCL C 1.2: what the portable sources are written in.
#pragma OPENCL FP_CONTRACT OFF
#ifdef __clang__
// formulas are rendered as they are, x == x and c || 1 among them; not each loop that may become one of vectors does
#pragma clang diagnostic ignored "-Wtautological-compare"
#pragma clang diagnostic ignored "-Wconstant-logical-operand"
#pragma clang diagnostic ignored "-Wpass-failed"
// before a loop of which no turn writes what another reads: operands that are the same memory keep compilers from seeing it
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT
#endif
#ifdef POCL_DEVICE_ADDRESS_BITS
// PoCL's prefetch does nothing
#define PREFETCH(p, writes) __builtin_prefetch((const void *)(ulong)(p), writes)
#else
#define PREFETCH(p, writes) prefetch((__global const uchar *)(p), 1)
#endif
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double f64;
#endif
typedef float f32;
typedef int i32;
typedef long i64;
typedef uint u32;
typedef ulong u64;
typedef half f16;
typedef ushort bf16;
typedef uchar bool8;
#define KERNEL(x, y, z) __kernel __attribute__((reqd_work_group_size(x, y, z)))
#define FUNCTION static inline
#define GLOBAL __global
#define LOCAL __local
#define GROUP(axis) ((u32)get_group_id(axis))
#define ITEM(axis) ((u32)get_local_id(axis))
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define UNROLL _Pragma("unroll")
#define CLAIM(p) (atomic_cmpxchg(p, 0u, 1u) == 0u)
#define BITS(x) as_int(x)
#define FLOAT(i) as_float(i)
#define LOAD_f16(p, i) vload_half(i, p)
#define STORE_f16(p, i, x) vstore_half_rte(x, i, p)
typedef float4 f32x4;
typedef float8 f32x8;
typedef float16 f32x16;
#ifdef cl_khr_fp64
typedef double4 f64x4;
typedef double8 f64x8;
#endif
#define LOAD_VECTOR(width, p) vload##width(0, p)
#define STORE_VECTOR(width, x, p) vstore##width(x, 0, p)
