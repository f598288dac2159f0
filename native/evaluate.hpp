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

template <class T>
void evaluate(Function function, const T* x, T* y, i64 count) {
    switch (function) {
        case Function::exp: return map(x, y, count, [](auto v) { return exp(v); });
        case Function::expm1: return map(x, y, count, [](auto v) { return expm1(v); });
        case Function::log: return map(x, y, count, [](auto v) { return log(v); });
        case Function::log1p: return map(x, y, count, [](auto v) { return log1p(v); });
        case Function::tanh: return map(x, y, count, [](auto v) { return tanh(v); });
        case Function::sigmoid: return map(x, y, count, [](auto v) { return sigmoid(v); });
        case Function::softplus: return map(x, y, count, [](auto v) { return softplus(v); });
        case Function::normal_share:
            return map<T, gelu_bytes<T>>(x, y, count, [](auto v) { return normal_share(v); });
    }
}

}  // namespace wade::WADE_ISA
