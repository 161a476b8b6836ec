// The built-in functions that kernels call. PoCL reads 18,000 lines of declarations for each program otherwise, ten times as long as it takes for
// the program itself.
#define BUILTIN __attribute__((overloadable))
#define PURE __attribute__((overloadable, const))
size_t PURE get_group_id(uint);
size_t PURE get_local_id(uint);
void BUILTIN __attribute__((convergent)) barrier(cl_mem_fence_flags);
uint BUILTIN atomic_cmpxchg(volatile __global uint *, uint, uint);
float BUILTIN __attribute__((pure)) vload_half(size_t, const __global half *);
void BUILTIN vstore_half_rte(float, size_t, __global half *);
#define VECTOR(scalar, width) \
    scalar##width BUILTIN __attribute__((pure)) vload##width(size_t, const __global scalar *); \
    void BUILTIN vstore##width(scalar##width, size_t, __private scalar *); \
    void BUILTIN vstore##width(scalar##width, size_t, __global scalar *); \
    scalar##width PURE fma(scalar##width, scalar##width, scalar##width);
#define BOTH(scalar) \
    VECTOR(scalar, 4) VECTOR(scalar, 8) VECTOR(scalar, 16) \
    scalar PURE fma(scalar, scalar, scalar); \
    scalar PURE fabs(scalar); \
    scalar PURE floor(scalar); \
    scalar PURE rint(scalar); \
    scalar PURE sqrt(scalar); \
    scalar PURE pow(scalar, scalar); \
    scalar PURE atan2(scalar, scalar);
BOTH(float)
#ifdef cl_khr_fp64
BOTH(double)
int PURE signbit(double);
double PURE exp(double);
double PURE expm1(double);
double PURE log(double);
double PURE log1p(double);
double PURE sin(double);
double PURE cos(double);
double PURE tanh(double);
double PURE erf(double);
double PURE erfc(double);
#endif
