// exp, expm1, log, log1p, tanh, sigmoid, softplus and GELU for a whole vector at a time, of any width. Written for this
// library: each function says how it comes about, and scripts/fit_coefficients.py where its numbers come from.
//
// Accuracy, in units of the last place, as tests/engines/test_transcendental.py holds it: 2 in float32 and 3 in float64
// (Φ: 5), over the whole range. ±0, ±inf and NaN come out as from libm; what is too small for a normal number is
// rounded to a subnormal one, what is too large becomes infinite. A number's result depends neither on its neighbours
// nor on the width of the vector: no sum has two products in it, so that a compiler has no choice which one to fuse.
#pragma once

#include "coefficients.hpp"
#include "vectors.hpp"

namespace wade::WADE_ISA {

// e^(x + tail) = (1 + fraction) · first · second with |fraction| < ½, where tail is tiny: n does without. The last two are
// powers of 2: a single one could lie beyond all numbers although the product does not. As in P. Tang, *Table-driven
// implementation of the exponential function*, 1989, but without a table: x = n ln 2 + r, with ln 2 in two parts, the
// first so short that n times it is exact.
template <class V>
struct Exponential {
    V fraction, first, second;
};

template <class V>
inline Exponential<V> exponential(V x, V tail) {
    using T = element<V>;
    using C = Coefficients<T>;
    const V shifted = x * C::one_over_ln2 + to_integer<T>;
    const V n = shifted - to_integer<T>;
    const V high = x - n * C::ln2_high, low = n * C::ln2_low - tail;
    const V r = high - low;
    const V lost = (high - r) - low;
    const words<V> half = (words<V>)(n * T(0.5) + to_integer<T>);
    return {r + (r * r * polynomial(C::exponential, r) + lost), power_of_2<V>(half), power_of_2<V>((words<V>)shifted - half)};
}

// Beyond these ends e^x is 0 and infinite in any case.
template <class V>
inline Exponential<V> exponential(V x) {
    constexpr element<V> end = Coefficients<element<V>>::end_of_exponents;
    return exponential(at_least(at_most(x, end), -end), V{});
}

template <class V>
inline V exp(V x) {
    const Exponential<V> e = exponential(x);
    return (1 + e.fraction) * e.first * e.second;
}

// e^x − 1 with all its digits, also where x is small: first · second · fraction + (first · second − 1).
template <class V>
inline V expm1(V x) {
    const Exponential<V> e = exponential(x);
    const V y = (e.first * e.fraction + (e.first - one_over_power_of_2(e.second))) * e.second;
    return x == 0 ? x : y;
}

// 1 / (1 + e^−z), shortened by `second`: powers of 2 add up without rounding, or what is lost is known. Counterpart of
// src/wade/maths/activations/sigmoids.py.
template <class V>
inline V sigmoid(V z) {
    const Exponential<V> e = exponential(-z);
    const V one = one_over_power_of_2(e.second);
    const V sum = one + e.first;
    const V lost = one - (sum - e.first);
    return one / (e.first * e.fraction + lost + sum);
}

// Near 0 an odd polynomial, farther out 1 − 2 / (e^(2|z|) + 1), where the subtraction costs no digits any more.
template <class V>
inline V tanh(V z) {
    using C = Coefficients<element<V>>;
    const V square = z * z;
    const V near = z + z * (square * polynomial(C::tanh, square));
    const V far = 1 - 2 / (exp(2 * at_most(magnitude(z), C::tanh_is_1)) + 1);
    return with_sign_of(z, magnitude(z) < C::tanh_bends ? near : far);
}

// ln((1 + f) 2^k) = k ln 2 + f − (f²/2 − s (f²/2 + s² L(s²))) with s = f / (2 + f): because ln(1 + f) = 2 atanh s,
// 2s = f − s f and s f = f²/2 − s f²/2. As in K. Ng's e_log.c (FDLIBM, 1993).
template <class V>
inline V logarithm(V f, V k) {
    using C = Coefficients<element<V>>;
    const V s = f / (2 + f);
    const V square = s * s;
    const V half = f * f * element<V>(0.5);
    const V small = k * C::ln2_low + s * (square * polynomial(C::logarithm, square) + half);
    return k * C::ln2_high + (f - (half - small));
}

// Sets right what the formula makes of 0, negative numbers, infinity and NaN.
template <class V>
inline V logarithm_or_its_end(V x, V y) {
    constexpr element<V> infinity = static_cast<element<V>>(__builtin_inf());
    y = x < infinity ? y : x;
    return x > 0 ? y : x == 0 ? V{} - infinity : V{} + static_cast<element<V>>(__builtin_nan(""));
}

template <class V>
inline V log(V x) {
    using T = element<V>;
    constexpr T larger = static_cast<T>(Word<T>(1) << (digits<T> + 1));
    const auto subnormal = x < Coefficients<T>::least_normal;
    const Scaled<V> number = scaled(subnormal ? x * larger : x);
    const V exponent = subnormal ? number.exponent - (digits<T> + 1) : number.exponent;
    return logarithm_or_its_end(x, logarithm(number.fraction, exponent));
}

// ln(1 + x): the exponent is that of the rounded sum, but the fraction, 2^−k x + (2^−k − 1), has all the digits of x.
template <class V>
inline V log1p(V x) {
    const V above = 1 + x;
    const Scaled<V> number = scaled(above);
    const V shrink = one_over_power_of_2(number.power);
    const V fraction = number.exponent > digits<element<V>> + 1 ? number.fraction : shrink * x + (shrink - 1);
    const V y = logarithm_or_its_end(above, logarithm(fraction, number.exponent));
    return x == 0 ? x : y;
}

// ln(1 + e^z) = max(z, 0) + ln(1 + e^−|z|). Counterpart of src/wade/maths/activations/gates.py.
template <class V>
inline V softplus(V z) {
    return at_least(z, 0) + log1p(exp(-magnitude(z)));
}

// What GELU needs of the normal distribution: Φ(z), the share that lies below z, and e^(−z²/2), from one exponential.
constexpr double height_of_normal = 0.39894228040143267794;  // 1/√(2π)

template <class V>
struct Normal {
    V share, bell;
};

// Φ(−x) = e^(−x²/2) G(t) / (x + a) with t = (x − a) / (x + a), for x ≥ 0; on the other side 1 minus that. In float64 x is
// cut to its first digits, whose square is exact, and a rest: the exponential would blow up what rounding x² loses.
template <class V>
inline Normal<V> normal(V z) {
    using C = Coefficients<double>;
    const V x = at_most(magnitude(z), C::normal_is_0);
    const V cut = without_last_digits(x), rest = x - cut;
    const Exponential<V> e = exponential(cut * cut * -0.5, rest * (x + cut) * -0.5);
    const V inverse = 1 / (x + C::normal_middle);
    const V share = inverse * polynomial(C::normal, (x - C::normal_middle) * inverse);
    const V tail = (share * e.fraction + share) * e.first * e.second;
    return {z > 0 ? 1 - tail : tail, (1 + e.fraction) * e.first * e.second};
}

// The same for a result that will be rounded to float32: digits to spare, fewer coefficients.
template <class V>
inline Normal<V> normal_for_float(V z) {
    using C = Coefficients<float>;
    const V x = at_most(magnitude(z), C::normal_is_0);
    const V power = x * x * -0.5;
    const V shifted = power * C::precise_one_over_ln2 + to_integer<double>;
    const V r = power - (shifted - to_integer<double>) * C::precise_ln2;
    const V bell = (1 + (r * r * polynomial(C::precise_exponential, r) + r)) * power_of_2<V>((words<V>)shifted);
    const V inverse = 1 / (x + C::normal_middle);
    const V tail = bell * (inverse * polynomial(C::normal, (x - C::normal_middle) * inverse));
    return {z > 0 ? 1 - tail : tail, bell};
}

// function(z, Normal of z). In float32 it is computed in float64, which takes vectors of twice the bytes: five roundings,
// each enlarged by the next, would cost more digits than there are to spare.
template <class V, class Function>
inline V from_normal(V z, Function function) {
    if constexpr (sizeof(element<V>) == sizeof(double)) return function(z, normal(z));
    else {
        const auto wide = __builtin_convertvector(z, Doubles<V>);
        return __builtin_convertvector(function(wide, normal_for_float(wide)), V);
    }
}

// Φ(z); z Φ(z); and its slope Φ(z) + z φ(z), φ(z) = e^(−z²/2) / √(2π). Counterparts of src/wade/maths/activations/gates.py.
template <class V>
inline V normal_share(V z) {
    return from_normal(z, [](auto, const auto& n) { return n.share; });
}

template <class V>
inline V gelu(V z) {
    return from_normal(z, [](auto x, const auto& n) { return x * n.share; });
}

template <class V>
inline V gelu_slope(V z) {
    return from_normal(z, [](auto x, const auto& n) { return x * (height_of_normal * n.bell) + n.share; });
}

}  // namespace wade::WADE_ISA
