// Scalar functions by the name of their dtype. The f32 ones repeat those of the CPU backend operation by operation, so that every
// device gives its bits: no operation here may be contracted or reassociated.

FUNCTION f32 load_bf16(u32 bits) {
    return FLOAT((i32)(bits << 16));
}

FUNCTION u32 store_bf16(f32 x) {
    u32 bits = (u32)BITS(x);
    return x != x ? bits >> 16 | 0x40u : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}

FUNCTION i64 truncate_f32(f32 x) {
    return x != x ? 0 : x >= 0x1p63f ? 0x7fffffffffffffffL : x <= -0x1p63f ? -0x7fffffffffffffffL - 1 : (i64)x;
}

FUNCTION i64 truncate_f64(f64 x) {
    return x != x ? 0 : x >= 0x1p63 ? 0x7fffffffffffffffL : x <= -0x1p63 ? -0x7fffffffffffffffL - 1 : (i64)x;
}

FUNCTION i64 divide_i64(i64 a, i64 b) {
    // neither the quotient by 0 nor that of the least number by -1 may reach the hardware
    if (b == 0) return a > 0 ? 0x7fffffffffffffffL : a < 0 ? -0x7fffffffffffffffL - 1 : 0;
    return b == -1 ? (i64)(0 - (u64)a) : a / b;
}

FUNCTION f32 max_f32(f32 a, f32 b) {
    return a > b ? a : b > a ? b : a == b ? (BITS(a) < 0 ? b : a) : a + b;
}

FUNCTION f32 min_f32(f32 a, f32 b) {
    return a < b ? a : b < a ? b : a == b ? (BITS(a) < 0 ? a : b) : a + b;
}

FUNCTION f64 max_f64(f64 a, f64 b) {
    return a > b ? a : b > a ? b : a == b ? (signbit(a) ? b : a) : a + b;
}

FUNCTION f64 min_f64(f64 a, f64 b) {
    return a < b ? a : b < a ? b : a == b ? (signbit(a) ? a : b) : a + b;
}

FUNCTION f32 with_sign(f32 magnitude, f32 x) {
    return FLOAT(BITS(magnitude) | (BITS(x) & (i32)0x80000000));
}

FUNCTION f32 power_of_two(i32 exponent) {
    return FLOAT((i32)((u32)(exponent + 127) << 23));
}

FUNCTION f32 expm1_reduced(f32 r) {
    // (exp(r) - 1 - r) / r^2 on |r| <= ln 2 / 2
    f32 p = fma(0.00019914299f, r, 0.0013941127f);
    p = fma(p, r, 0.008333273f);
    p = fma(p, r, 0.041666355f);
    p = fma(p, r, 0.16666667f);
    p = fma(p, r, 0.5f);
    return fma(r * r, p, r);
}

FUNCTION f32 exp_f32(f32 x) {
    // 2^n (1 + expm1(r)) for x = n ln 2 + r; the power is applied in two steps so that subnormal results round once
    f32 c = max_f32(min_f32(x, 89.0f), -104.0f);
    f32 t = fma(c, 1.442695f, 0x1.8p23f);
    f32 n = t - 0x1.8p23f;
    f32 r = fma(n, 1.9046542e-9f, fma(n, -0.6931472f, c));
    f32 y = expm1_reduced(r) + 1.0f;
    i32 e = BITS(t) - BITS(0x1.8p23f);
    i32 part = e >> 1;
    return y * power_of_two(part) * power_of_two(e - part);
}

FUNCTION f32 expm1_f32(f32 x) {
    // for x = n ln 2 + r, 2 (expm1(r) 2^(n-1) + (2^(n-1) - 1/2))
    f32 c = max_f32(min_f32(x, 89.0f), -30.0f);
    f32 t = fma(c, 1.442695f, 0x1.8p23f);
    f32 n = t - 0x1.8p23f;
    f32 r = fma(n, 1.9046542e-9f, fma(n, -0.6931472f, c));
    f32 q = expm1_reduced(r);
    f32 s = power_of_two(BITS(t) - BITS(0x1.8p23f) - 1);
    f32 y = fma(q, s, s - 0.5f) * 2.0f;
    return with_sign(n == 0.0f ? q : y, x);
}

FUNCTION f32 log_reduced(f32 f, f32 correction, f32 e) {
    // (ln(1 + f) - f + f^2/2) / f^3 on sqrt(1/2) <= 1 + f < sqrt(2)
    f32 p = fma(0.06746641f, f, -0.11675652f);
    p = fma(p, f, 0.11888162f);
    p = fma(p, f, -0.12405589f);
    p = fma(p, f, 0.14219552f);
    p = fma(p, f, -0.16667996f);
    p = fma(p, f, 0.2000212f);
    p = fma(p, f, -0.2500001f);
    p = fma(p, f, 0.33333313f);
    f32 y = fma(f * (f * f), p, fma(e, -1.9046542e-9f, correction));
    y = fma(f * -0.5f, f, y);
    return fma(e, 0.6931472f, f + y);
}

FUNCTION f32 log_f32(f32 x) {
    // e ln 2 + ln(1 + f) for x = 2^e (1 + f)
    bool small = x < 0x1p-126f;
    i32 i = BITS(small ? x * 0x1p23f : x) - 0x3f3504f3;
    i32 e = (i >> 23) - (small ? 23 : 0);
    f32 f = FLOAT((i & 0x7fffff) + 0x3f3504f3) - 1.0f;
    f32 y = log_reduced(f, 0.0f, (f32)e);
    y = x < INFINITY ? y : x;
    y = x < 0.0f ? NAN : y;
    return x == 0.0f ? -INFINITY : y;
}

FUNCTION f32 log1p_f32(f32 x) {
    // ln(u) + c/u with u = 1 + x rounded and c its rounding error; x itself is the reduced argument while u needs no scaling
    f32 u = 1.0f + x;
    i32 i = (i32)((u32)BITS(u) - 0x3f3504f3u);
    i32 e = i >> 23;
    f32 c = (e >= 2 ? 1.0f - (u - x) : x - (u - 1.0f)) / u;
    f32 f = FLOAT((i & 0x7fffff) + 0x3f3504f3) - 1.0f;
    f32 y = log_reduced(e == 0 ? x : f, e == 0 ? 0.0f : c, (f32)e);
    y = x < INFINITY ? y : x;
    y = x < -1.0f ? NAN : y;
    y = x == -1.0f ? -INFINITY : y;
    return with_sign(y, x);
}

FUNCTION f32 trigonometric(f32 x, i32 quarters) {
    // +-sin r or +-cos r for x = n pi/2 + r, by n mod 4; pi/2 in three parts (Cody and Waite)
    f32 t = fma(x, 0.63661975f, 0x1.8p23f);
    f32 n = t - 0x1.8p23f;
    i32 quadrant = BITS(t) - BITS(0x1.8p23f) + quarters;
    f32 r = fma(n, -1.5707964f, x);
    r = fma(n, 4.371139e-8f, r);
    r = fma(n, 1.7151245e-15f, r);
    f32 z = r * r;
    f32 s = fma(2.7182925e-6f, z, -0.00019839333f);
    s = fma(s, z, 0.008333329f);
    s = fma(s, z, -0.16666667f);
    s = fma(z * r, s, r);
    f32 c = fma(2.4432966e-5f, z, -0.0013887314f);
    c = fma(c, z, 0.041666646f);
    c = fma(z * z, c, fma(z, -0.5f, 1.0f));
    f32 y = (quadrant & 1) == 0 ? s : c;
    return FLOAT(BITS(y) ^ (i32)((u32)(quadrant & 2) << 30));
}

FUNCTION f32 sin_f32(f32 x) {
    f32 a = fabs(x);
    // beyond it the reduction in three parts runs out of bits
    if (!(a <= 8192.0f)) return (f32)sin((WIDE)x);
    return a < 0x1p-12f ? x : trigonometric(x, 0);
}

FUNCTION f32 cos_f32(f32 x) {
    if (!(fabs(x) <= 8192.0f)) return (f32)cos((WIDE)x);
    return trigonometric(x, 1);
}

FUNCTION f32 tanh_f32(f32 x) {
    // x + x^3 P(x^2) near zero, 1 - 2/(exp(2|x|) + 1) with x's sign elsewhere
    f32 a = fabs(x);
    f32 z = x * x;
    f32 p = fma(-0.00566698f, z, 0.02060618f);
    p = fma(p, z, -0.053730007f);
    p = fma(p, z, 0.13331331f);
    p = fma(p, z, -0.33333278f);
    f32 near = fma(a * z, p, a);
    f32 far = 1.0f - 2.0f / (exp_f32(a + a) + 1.0f);
    return with_sign(a < 0.625f ? near : far, x);
}

FUNCTION f32 erf_f32(f32 x) {
    // x + x P(x^2) near zero, 1 - exp(Q(|x|)) with x's sign elsewhere
    f32 a = fabs(x);
    f32 z = a * a;
    f32 p = fma(-0.0005953761f, z, 0.0049859453f);
    p = fma(p, z, -0.026761724f);
    p = fma(p, z, 0.112816826f);
    p = fma(p, z, -0.3761248f);
    p = fma(p, z, 0.12837915f);
    f32 near = fma(p, a, a);
    f32 t = min_f32(a, 4.0f);
    f32 q = fma(-1.1522307e-5f, t, 0.00032565286f);
    q = fma(q, t, -0.0036537647f);
    q = fma(q, t, 0.02378535f);
    q = fma(q, t, -0.106263146f);
    q = fma(q, t, -0.6351359f);
    q = fma(q, t, -0.12865216f);
    f32 far = 1.0f - exp_f32(fma(q, t, -t));
    return with_sign(a < 0.9275f ? near : far, x);
}

FUNCTION f32 normal_cdf_f32(f32 x) {
    // for t = |x|, exp(-t^2/2) times Mills' ratio, a polynomial in 1/(t + 1.5); what each rounding takes is carried along
    f32 t = min_f32(fabs(x), 14.5f);
    f32 less = t * -0.5f;
    f32 c = t * less;
    f32 m = fma(c, 1.442695f, 0x1.8p23f);
    f32 n = m - 0x1.8p23f;
    f32 whole = fma(n, -0.69335938f, c);
    f32 rest = fma(n, 2.1219444e-4f, fma(t, less, -c));
    f32 r = whole + rest;
    f32 p = fma(0.00019914299f, r, 0.0013941127f);
    p = fma(p, r, 0.008333273f);
    p = fma(p, r, 0.041666355f);
    p = fma(p, r, 0.16666667f);
    p = fma(p, r, 0.5f);
    f32 e = r + 1.0f;
    f32 e_lost = r - (e - 1.0f) + fma(r * r, p, whole - r + rest);
    f32 d = t + 1.5f;
    f32 d_lost = t - (d - 1.5f);
    f32 i = 1.0f / d;
    f32 i_lost = fma(-i, d_lost, fma(-i, d, 1.0f)) * i;
    f32 w = i - 0.30000764f;
    p = fma(-26.345512f, w, 36.88878f);
    p = fma(p, w, -15.693335f);
    p = fma(p, w, -3.7579958f);
    p = fma(p, w, 7.408036f);
    p = fma(p, w, -3.3498092f);
    p = fma(p, w, -0.462235f);
    p = fma(p, w, 1.5526043f);
    p = fma(p, w, -0.68287224f);
    p = fma(p, w, -0.4593078f);
    p = fma(p, w, 0.61796093f);
    f32 g = fma(p, w, 0.5972815f);
    f32 g_lost = fma(p, i_lost, fma(p, w, 0.5972815f - g));
    f32 h = g * e;
    f32 h_lost = fma(g_lost, e, fma(g, e_lost, fma(g, e, -h)));
    f32 q = h * i;
    f32 q_lost = fma(h_lost, i, fma(h, i_lost, fma(h, i, -q)));
    f32 power = FLOAT((i32)((u32)(BITS(m) + 191) << 23)) * 0x1p-64f;
    f32 from = x < 0.0f ? 0.0f : 1.0f;
    f32 by = x < 0.0f ? power : -power;
    f32 y = fma(q, by, from);
    return x != x ? x : y + fma(q_lost, by, fma(q, by, from - y));
}

FUNCTION f32 sigmoid_f32(f32 x) {
    // with e = exp(-|x|): 1/(1 + e) or e/(1 + e); the rounding error of 1 + e is put right to first order
    f32 e = exp_f32(-fabs(x));
    f32 d = 1.0f + e;
    f32 y = (x < 0.0f ? e : 1.0f) / d;
    f32 lost = e - (d - 1.0f);
    return fma(y * lost, fma(e, 0.5f, -1.0f), y);
}

FUNCTION f32 softplus_f32(f32 x) {
    return (x <= 0.0f ? 0.0f : x) + log1p_f32(exp_f32(-fabs(x)));
}

FUNCTION f32 pow_f32(f32 a, f32 b) {
    return (f32)pow((WIDE)a, (WIDE)b);
}

FUNCTION f32 atan2_f32(f32 a, f32 b) {
    return (f32)atan2((WIDE)a, (WIDE)b);
}

FUNCTION f64 normal_cdf_f64(f64 x) {
    // erfc(-x / sqrt(2)) / 2; what rounding takes from -x / sqrt(2) is put right by the first derivative
    f64 u = -x * 0.7071067811865476;
    if (!(u > 0.5 && u < 28)) return 0.5 * erfc(u);
    f64 lost = fma(-x, 0.7071067811865476, -u) - x * -4.833646656726457e-17;
    return 0.5 * (erfc(u) - lost * 1.1283791670955126 * exp(-u * u));
}

FUNCTION f64 sigmoid_f64(f64 x) {
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

FUNCTION f64 softplus_f64(f64 x) {
    return (x <= 0 ? 0 : x) + log1p(exp(-fabs(x)));
}

FUNCTION void philox(i64 seed, i64 stream, u64 block, u32 *words) {
    u32 c0 = (u32)block, c1 = (u32)(block >> 32), c2 = (u32)stream, c3 = (u32)((u64)stream >> 32);
    u32 k0 = (u32)seed, k1 = (u32)((u64)seed >> 32);
    UNROLL
    for (i32 round = 0; round < 10; round++) {
        u64 p0 = (u64)0xD2511F53u * c0, p1 = (u64)0xCD9E8D57u * c2;
        c0 = (u32)(p1 >> 32) ^ c1 ^ k0;
        c1 = (u32)p1;
        c2 = (u32)(p0 >> 32) ^ c3 ^ k1;
        c3 = (u32)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

FUNCTION f32 uniform24(u32 word) {
    return (f32)(i32)(word >> 8) * 0x1p-24f;
}

FUNCTION f64 uniform53(u32 high, u32 low) {
    return (f64)(i64)((u64)high << 21 | low >> 11) * 0x1p-53;
}

FUNCTION f32 gaussian(u32 first, u32 other, i32 second) {
    // Box and Muller 1958, in operations that IEEE 754 defines to the bit
    f32 u = (f32)(i32)((first >> 8) + 1u) * 0x1p-24f, v = (f32)(i32)(other >> 8) * 0x1p-24f;
    i32 bits = BITS(u) - 0x3f3504f3;
    i32 e = bits >> 23;
    f32 m = FLOAT((bits & 0x7fffff) + 0x3f3504f3);
    f32 s = (m - 1.0f) / (m + 1.0f), z = s * s;
    f32 p = fma(z, fma(z, fma(z, 0.22222222f, 0.2857143f), 0.4f), 0.6666667f);
    f32 radius = sqrt(-2.0f * fma((f32)e, 0.6931472f, fma(s * z, p, 2.0f * s)));
    f32 turns = v * 4.0f, quarter = floor(turns + 0.5f), x = (turns - quarter) * 1.5707964f;
    i32 q = ((i32)quarter + (second ? 3 : 0)) & 3;
    z = x * x;
    f32 sine = fma(x * z, fma(z, fma(z, -1.9841270e-4f, 8.3333333e-3f), -0.16666667f), x);
    f32 cosine = fma(z, fma(z, fma(z, fma(z, 2.4801587e-5f, -1.3888889e-3f), 4.1666668e-2f), -0.5f), 1.0f);
    f32 y = (q & 1) == 0 ? cosine : sine;
    return radius * (q == 1 || q == 2 ? -y : y);
}

FUNCTION f64 pow_f64(f64 a, f64 b) {
    return pow(a, b);
}

FUNCTION f64 atan2_f64(f64 a, f64 b) {
    return atan2(a, b);
}

FUNCTION void report(GLOBAL u32 *fault, i32 owner, i64 index, i32 extent) {
    if (!CLAIM(fault)) return;
    fault[1] = (u32)owner;
    fault[2] = (u32)index;
    fault[3] = (u32)(index >> 32);
    fault[4] = (u32)extent;
}
