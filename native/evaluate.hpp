// Single functions of transcendental.hpp over an array, so that tests and benchmarks can look at each by itself.
#pragma once

#include "activations.hpp"

namespace wade::WADE_ISA {

// Neither array is padded.
template <class T, int BYTES = WADE_VECTOR_BYTES, class Body>
inline void map(const T* x, T* y, i64 count, Body function) {
    over<T, BYTES>(count, [=]<class V>(V, i64 i) {
        const i64 left = count - i;
        const V value = function(get_some<V>(x + i, left));
        if (left >= lanes<V>) return put(y + i, value);
        for (i64 j = 0; j < left; ++j) y[i + j] = value[j];
    });
}

// Whether the function is known.
template <class T>
bool evaluate(const char* function, const T* x, T* y, i64 count) {
    constexpr int bytes_in_double = WADE_VECTOR_BYTES * sizeof(T) / sizeof(double);
    const auto is = [function](const char* name) { return __builtin_strcmp(function, name) == 0; };
    if (is("exp")) map(x, y, count, [](auto v) { return exp(v); });
    else if (is("expm1")) map(x, y, count, [](auto v) { return expm1(v); });
    else if (is("log")) map(x, y, count, [](auto v) { return log(v); });
    else if (is("log1p")) map(x, y, count, [](auto v) { return log1p(v); });
    else if (is("tanh")) map(x, y, count, [](auto v) { return tanh(v); });
    else if (is("sigmoid")) map(x, y, count, [](auto v) { return sigmoid(v); });
    else if (is("softplus")) map(x, y, count, [](auto v) { return softplus(v); });
    else if (is("normal_share")) map<T, bytes_in_double>(x, y, count, [](auto v) { return normal_share(v); });
    else return false;
    return true;
}

}  // namespace wade::WADE_ISA
