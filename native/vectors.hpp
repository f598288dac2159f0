// What the compiler's vector types lack: their bits, choices that keep a NaN, and polynomials. V is a vector of float or
// double, of any width.
#pragma once

#include "simd.hpp"

namespace wade::WADE_ISA {

template <class V>
struct Element {
    static V example;
    using type = decltype(example[0] + example[0]);
};
template <class V>
using element = typename Element<V>::type;

// The unsigned number of the same size, and the digits of a fraction and the offset of an exponent in it (IEEE 754).
template <class T>
struct Format;
template <>
struct Format<float> {
    using Word = std::uint32_t;
    static constexpr int digits = 23, bias = 127;
};
template <>
struct Format<double> {
    using Word = std::uint64_t;
    static constexpr int digits = 52, bias = 1023;
};

template <class T>
using Word = typename Format<T>::Word;
template <class T>
constexpr int digits = Format<T>::digits;

template <class V>
struct Words {
    typedef Word<element<V>> type __attribute__((vector_size(sizeof(V))));
};
template <class V>
using words = typename Words<V>::type;

template <class V>
constexpr i64 lanes = static_cast<i64>(sizeof(V) / sizeof(element<V>));

// Vectors of any width, from and to any address.
template <class V>
inline V get(const element<V>* from) {
    V x;
    __builtin_memcpy(&x, from, sizeof(V));
    return x;
}

template <class V>
inline void put(element<V>* to, V x) {
    __builtin_memcpy(to, &x, sizeof(V));
}

// The first `count` numbers, where there may be no more; 0 in the other lanes.
template <class V>
inline V get_some(const element<V>* from, i64 count) {
    if (count >= lanes<V>) return get<V>(from);
    element<V> some[lanes<V>] = {};
    for (i64 i = 0; i < count; ++i) some[i] = from[i];
    return get<V>(some);
}

// The first `count` numbers into a row whose padding may be read, and stays as it is.
template <class V>
inline void put_first(element<V>* to, V x, i64 count) {
    if (count >= lanes<V>) return put(to, x);
    V lane{};
    for (i64 i = 0; i < lanes<V>; ++i) lane[i] = static_cast<element<V>>(i);
    put(to, lane < static_cast<element<V>>(count) ? x : get<V>(to));
}

// Calls body(V, i) for vectors V that together cover `count` numbers; i is where each begins. What is left for the last
// and fits into a narrow one is given a narrow one: its divisions take half the time.
template <class T, int BYTES = WADE_VECTOR_BYTES, class Body>
inline void over(i64 count, Body body) {
    typedef T wide __attribute__((vector_size(BYTES)));
    typedef T narrow __attribute__((vector_size(BYTES < 16 ? BYTES : 16)));
    i64 i = 0;
    for (; count - i > lanes<narrow>; i += lanes<wide>) body(wide{}, i);
    if (i < count) body(narrow{}, i);
}

// As many doubles as V has floats.
template <class V>
struct Doubled {
    typedef double type __attribute__((vector_size(2 * sizeof(V))));
};
template <class V>
using Doubles = typename Doubled<V>::type;

template <class V>
inline V zero(V) {
    return V{};
}

template <class V>
inline V one(V) {
    return V{} + 1;
}

// Written so that a NaN stays one.
template <class V>
inline V at_most(V x, element<V> end) {
    return x > end ? V{} + end : x;
}

template <class V>
inline V at_least(V x, element<V> end) {
    return x < end ? V{} + end : x;
}

template <class T>
constexpr Word<T> sign_bit = Word<T>(1) << (8 * sizeof(T) - 1);

template <class V>
inline V magnitude(V x) {
    return (V)((words<V>)x & ~sign_bit<element<V>>);
}

template <class V>
inline V with_sign_of(V sign, V size) {
    return (V)((words<V>)size | ((words<V>)sign & sign_bit<element<V>>));
}

// x with the last half of its digits 0: the square of what is left is exact.
template <class V>
inline V without_last_digits(V x) {
    using T = element<V>;
    return (V)((words<V>)x & ~((Word<T>(1) << (digits<T> / 2 + 1)) - 1));
}

// Added to a number, it leaves the nearest integer in the lowest bits; subtracted again, as a number.
template <class T>
constexpr T to_integer = T(3) * static_cast<T>(Word<T>(1) << (digits<T> - 1));

template <class T>
constexpr Word<T> bits_of_1 = Word<T>(Format<T>::bias) << digits<T>;

// 2ⁿ from an integer in the lowest bits, for exponents of normal numbers.
template <class V>
inline V power_of_2(words<V> n) {
    using T = element<V>;
    return (V)((n << digits<T>) + bits_of_1<T>);
}

template <class V>
inline V one_over_power_of_2(V power) {
    return (V)(2 * bits_of_1<element<V>> - (words<V>)power);
}

// A positive normal number is (1 + fraction) · power with the first factor from √½ to √2, and power = 2^exponent.
template <class V>
struct Scaled {
    V fraction, exponent, power;
};

template <class V>
inline Scaled<V> scaled(V x) {
    using T = element<V>;
    constexpr Word<T> root_half = __builtin_bit_cast(Word<T>, T(0.70710678118654752440));
    constexpr Word<T> exponent_bits = ~((Word<T>(1) << digits<T>) - 1);
    constexpr T integer = static_cast<T>(Word<T>(1) << digits<T>);
    const words<V> moved = (words<V>)x + (bits_of_1<T> - root_half);
    const words<V> power = moved & exponent_bits;
    const words<V> biased = (moved >> digits<T>) | __builtin_bit_cast(Word<T>, integer);
    return {(V)((words<V>)x - power + bits_of_1<T>) - 1, (V)biased - (integer + T(Format<T>::bias)), (V)power};
}

// c₀ + c₁ x + c₂ x² + … in pairs, pairs of pairs and so on (G. Estrin, *Organization of computer systems*, 1960): the
// chain of sums that wait for each other is as long as the logarithm of the count. powers[i] = x^(2ⁱ).
template <int FIRST, int COUNT, class T, class V>
inline V partial_polynomial(const T* coefficients, const V* powers) {
    if constexpr (COUNT == 1) return V{} + coefficients[FIRST];
    else if constexpr (COUNT == 2) return powers[0] * coefficients[FIRST + 1] + coefficients[FIRST];
    else {
        constexpr int level = COUNT > 16 ? 4 : COUNT > 8 ? 3 : COUNT > 4 ? 2 : 1;
        constexpr int half = 1 << level;
        return powers[level] * partial_polynomial<FIRST + half, COUNT - half>(coefficients, powers) +
               partial_polynomial<FIRST, half>(coefficients, powers);
    }
}

template <class T, int COUNT, class V>
inline V polynomial(const T (&coefficients)[COUNT], V x) {
    static_assert(COUNT <= 32);
    V powers[5] = {x};
    for (int i = 1; i < 5; ++i) powers[i] = powers[i - 1] * powers[i - 1];
    return partial_polynomial<0, COUNT>(coefficients, powers);
}

}  // namespace wade::WADE_ISA
