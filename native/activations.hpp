// Activations and their derivatives, element by element. Twins of src/wade/maths/{sigmoids,rectifiers,gates,softmax}.py,
// which hold each formula with its source and its value at the kink; what stands here must say the same.
#pragma once

#include <cmath>

#include "simd.hpp"

namespace wade::WADE_ISA {

constexpr double leak = 0.01;
constexpr double selu_scale = 1.0507009873554804934193349852946;
constexpr double selu_floor = 1.6732632423543772848170429916717;
constexpr double root_half = 0.70710678118654752440;            // 1/√2
constexpr double height_of_normal = 0.39894228040143267794;     // 1/√(2π)

template <class T>
inline T sigmoid(T z) {
    const T e = std::exp(z < 0 ? z : -z);
    return (z < 0 ? e : T(1)) / (T(1) + e);
}

template <class T>
inline T softplus(T z) {
    return (z > 0 ? z : T(0)) + std::log1p(std::exp(z > 0 ? -z : z));
}

// Φ(z), the share of a normal distribution below z.
template <class T>
inline T normal_share(T z) {
    return T(0.5) * std::erfc(-z * T(root_half));
}

// Softmax needs whole rows; everything else is a function of one number.
template <class T>
void softmax_row(T* z, i64 count) {
    T largest = z[0];
    for (i64 i = 1; i < count; ++i) largest = z[i] > largest ? z[i] : largest;
    T sum = 0;
    for (i64 i = 0; i < count; ++i) sum += z[i] = std::exp(z[i] - largest);
    for (i64 i = 0; i < count; ++i) z[i] /= sum;
}

template <class T, class Function>
inline void each(T* values, i64 count, Function function) {
    for (i64 i = 0; i < count; ++i) values[i] = function(values[i]);
}

// Z → A in place; softmax takes one row.
template <class T>
void activate(Activation activation, T* z, i64 count) {
    switch (activation) {
        case Activation::identity: break;
        case Activation::sigmoid: each(z, count, [](T x) { return sigmoid(x); }); break;
        case Activation::tanh: each(z, count, [](T x) { return std::tanh(x); }); break;
        case Activation::relu: each(z, count, [](T x) { return x < 0 ? T(0) : x; }); break;
        case Activation::leaky_relu: each(z, count, [](T x) { return x > 0 ? x : T(leak) * x; }); break;
        case Activation::elu: each(z, count, [](T x) { return x > 0 ? x : std::expm1(x); }); break;
        case Activation::selu:
            each(z, count, [](T x) { return T(selu_scale) * (x > 0 ? x : T(selu_floor) * std::expm1(x)); });
            break;
        case Activation::gelu: each(z, count, [](T x) { return x * normal_share(x); }); break;
        case Activation::silu: each(z, count, [](T x) { return x * sigmoid(x); }); break;
        case Activation::mish: each(z, count, [](T x) { return x * std::tanh(softplus(x)); }); break;
        case Activation::softplus: each(z, count, [](T x) { return softplus(x); }); break;
        case Activation::softmax: softmax_row(z, count); break;
    }
}

// ∂J/∂A → ∂J/∂Z in place, from whichever of Z and A gives the derivative most simply; softmax takes one row.
template <class T>
void deactivate(Activation activation, const T* z, const T* a, T* gradient, i64 count) {
    const auto times = [=](auto derivative) {
        for (i64 i = 0; i < count; ++i) gradient[i] *= derivative(z[i], a[i]);
    };
    switch (activation) {
        case Activation::identity: break;
        case Activation::sigmoid: times([](T, T y) { return y * (T(1) - y); }); break;
        case Activation::tanh: times([](T, T y) { return T(1) - y * y; }); break;
        case Activation::relu: times([](T x, T) { return x > 0 ? T(1) : T(0); }); break;
        case Activation::leaky_relu: times([](T x, T) { return x > 0 ? T(1) : T(leak); }); break;
        case Activation::elu: times([](T x, T) { return x > 0 ? T(1) : std::exp(x); }); break;
        case Activation::selu:
            times([](T x, T) { return T(selu_scale) * (x > 0 ? T(1) : T(selu_floor) * std::exp(x)); });
            break;
        case Activation::gelu:
            times([](T x, T) { return normal_share(x) + x * T(height_of_normal) * std::exp(T(-0.5) * x * x); });
            break;
        case Activation::silu:
            times([](T x, T y) {
                const T s = sigmoid(x);
                return s + y * (T(1) - s);
            });
            break;
        case Activation::mish:
            times([](T x, T) {
                const T t = std::tanh(softplus(x));
                return t + x * (T(1) - t * t) * sigmoid(x);
            });
            break;
        case Activation::softplus: times([](T x, T) { return sigmoid(x); }); break;
        case Activation::softmax: {
            T mean = 0;
            for (i64 i = 0; i < count; ++i) mean += a[i] * gradient[i];
            for (i64 i = 0; i < count; ++i) gradient[i] = a[i] * (gradient[i] - mean);
            break;
        }
    }
}

}  // namespace wade::WADE_ISA
