// Activations and their derivatives, a vector at a time. Twins of src/wade/maths/{sigmoids,rectifiers,gates,softmax}.py,
// which hold each formula with its source and its value at the kink; what stands here must say the same.
#pragma once

#include "transcendental.hpp"

namespace wade::WADE_ISA {

constexpr double leak = 0.01;
constexpr double selu_scale = 1.0507009873554804934193349852946;
constexpr double selu_floor = 1.6732632423543772848170429916717;

// Z → A in place, for an activation that looks at one number.
template <class T, int BYTES = WADE_VECTOR_BYTES, class Function>
inline void each(T* z, i64 count, Function function) {
    over<T, BYTES>(count, [=]<class V>(V, i64 i) { put_first(z + i, function(get<V>(z + i)), count - i); });
}

// ∂J/∂A → ∂J/∂Z in place; derivative(Z, A) may take whichever of the two is simpler.
template <class T, int BYTES = WADE_VECTOR_BYTES, class Function>
inline void each_back(const T* z, const T* a, T* gradient, i64 count, Function derivative) {
    over<T, BYTES>(count, [=]<class V>(V, i64 i) {
        put_first(gradient + i, get<V>(gradient + i) * derivative(get<V>(z + i), get<V>(a + i)), count - i);
    });
}

// GELU takes float in double, and so half as many at a time.
template <class T>
constexpr int gelu_bytes = WADE_VECTOR_BYTES * sizeof(T) / sizeof(double);

// Mish's fraction n / (n + 2) with n = e^z (e^z + 2), shortened by e^(2z) where z ≥ 0.
template <class V>
struct MishFraction {
    V e, above, below;
};

template <class V>
inline MishFraction<V> mish_fraction(V z) {
    const V e = exp(-magnitude(z));
    const V above = z >= 0 ? 1 + 2 * e : e * (e + 2);
    return {e, above, above + 2 * (z >= 0 ? e * e : V{} + 1)};
}

template <class V>
inline V mish(V z) {
    const MishFraction<V> n = mish_fraction(z);
    return z * (n.above / n.below);
}

template <class V>
inline V mish_slope(V z) {
    const MishFraction<V> n = mish_fraction(z);
    const V opening = 4 * (z >= 0 ? n.e * n.e : n.e) * (1 + n.e) / (n.below * n.below);
    return z * opening + n.above / n.below;
}

template <class V>
inline V selu(V z, V below) {
    using T = element<V>;
    return (z > 0 ? z : below * T(selu_floor)) * T(selu_scale);
}

// Softmax needs whole rows; everything else is a function of one number. The sum is taken in order.
template <class T>
void softmax_row(T* z, i64 count) {
    T largest = z[0], sum = 0;
    for (i64 i = 1; i < count; ++i) largest = z[i] > largest ? z[i] : largest;
    each(z, count, [=](auto x) { return exp(x - largest); });
    for (i64 i = 0; i < count; ++i) sum += z[i];
    for (i64 i = 0; i < count; ++i) z[i] /= sum;
}

template <class T>
void softmax_row_back(const T* a, T* gradient, i64 count) {
    T mean = 0;
    for (i64 i = 0; i < count; ++i) mean += a[i] * gradient[i];
    for (i64 i = 0; i < count; ++i) gradient[i] = a[i] * (gradient[i] - mean);
}

// Z → A in place; softmax takes one row.
template <class T>
void activate(Activation activation, T* z, i64 count) {
    switch (activation) {
        case Activation::identity: break;
        case Activation::sigmoid: each(z, count, [](auto x) { return sigmoid(x); }); break;
        case Activation::tanh: each(z, count, [](auto x) { return tanh(x); }); break;
        case Activation::relu: each(z, count, [](auto x) { return at_least(x, 0); }); break;
        case Activation::leaky_relu: each(z, count, [](auto x) { return x > 0 ? x : x * T(leak); }); break;
        case Activation::elu: each(z, count, [](auto x) { return x > 0 ? x : expm1(x); }); break;
        case Activation::selu: each(z, count, [](auto x) { return selu(x, expm1(x)); }); break;
        case Activation::gelu: each<T, gelu_bytes<T>>(z, count, [](auto x) { return gelu(x); }); break;
        case Activation::silu: each(z, count, [](auto x) { return x * sigmoid(x); }); break;
        case Activation::mish: each(z, count, [](auto x) { return mish(x); }); break;
        case Activation::softplus: each(z, count, [](auto x) { return softplus(x); }); break;
        case Activation::softmax: softmax_row(z, count); break;
    }
}

// ∂J/∂A → ∂J/∂Z in place; softmax takes one row.
template <class T>
void deactivate(Activation activation, const T* z, const T* a, T* gradient, i64 count) {
    const auto times = [=](auto derivative) { each_back(z, a, gradient, count, derivative); };
    switch (activation) {
        case Activation::identity: break;
        case Activation::sigmoid: times([](auto, auto y) { return y * (1 - y); }); break;
        case Activation::tanh: times([](auto, auto y) { return 1 - y * y; }); break;
        case Activation::relu: times([](auto x, auto) { return x > 0 ? one(x) : zero(x); }); break;
        case Activation::leaky_relu: times([](auto x, auto) { return x > 0 ? one(x) : zero(x) + T(leak); }); break;
        case Activation::elu: times([](auto x, auto) { return x > 0 ? one(x) : exp(x); }); break;
        case Activation::selu: times([](auto x, auto) { return selu(x > 0 ? one(x) : -one(x), exp(x)); }); break;
        case Activation::gelu:
            each_back<T, gelu_bytes<T>>(z, a, gradient, count, [](auto x, auto) { return gelu_slope(x); });
            break;
        case Activation::silu:
            times([](auto x, auto y) {
                const auto s = sigmoid(x);
                return y * (1 - s) + s;
            });
            break;
        case Activation::mish: times([](auto x, auto) { return mish_slope(x); }); break;
        case Activation::softplus: times([](auto x, auto) { return sigmoid(x); }); break;
        case Activation::softmax: softmax_row_back(a, gradient, count); break;
    }
}

}  // namespace wade::WADE_ISA
