// Activations and their derivatives, a vector at a time. Counterparts of src/wade/maths/{sigmoids,rectifiers,gates,softmax}.py,
// which hold each formula with its source and its value at the kink; what stands here must say the same.
//
// An activation is one entry: a struct with its `properties`, `forward` (Z → A) and `derivative` (Z, A → g′(Z)), named in
// `Activations` at the end of the file. Nothing else in native/ names one.
#pragma once

#include "registry.hpp"
#include "transcendental.hpp"

namespace wade::WADE_ISA {

// An activation that looks at one number at a time; BYTES is the width of its vectors.
template <class Entry, int BYTES>
struct ElementwiseWith {
    // Z → A in place.
    template <class T>
    static void forward_all(T* z, i64 count) {
        over<T, bytes<T>()>(count, [=]<class V>(V, i64 i) {
            put_first(z + i, Entry::forward(get<V>(z + i)), count - i);
        });
    }

    // ∂J/∂A → ∂J/∂Z in place.
    template <class T>
    static void backward_all(const T* z, const T* a, T* gradient, i64 count) {
        over<T, bytes<T>()>(count, [=]<class V>(V, i64 i) {
            put_first(gradient + i, get<V>(gradient + i) * Entry::derivative(get<V>(z + i), get<V>(a + i)), count - i);
        });
    }

  private:
    template <class T>
    static constexpr int bytes() {
        return BYTES > 0 ? BYTES : WADE_VECTOR_BYTES * static_cast<int>(sizeof(T)) / static_cast<int>(sizeof(double));
    }
};

template <class Entry>
using Elementwise = ElementwiseWith<Entry, WADE_VECTOR_BYTES>;
// Computed in double, so that floats go half as many at a time.
template <class Entry>
using ElementwiseInDouble = ElementwiseWith<Entry, 0>;

struct Identity {
    static constexpr Activation properties{.name = "identity", .is_identity = true};
    template <class T>
    static void forward_all(T*, i64) {}
    template <class T>
    static void backward_all(const T*, const T*, T*, i64) {}
};

struct Sigmoid : Elementwise<Sigmoid> {
    static constexpr Activation properties{.name = "sigmoid"};
    template <class V>
    static V forward(V z) {
        return sigmoid(z);
    }
    template <class V>
    static V derivative(V, V a) {
        return a * (1 - a);
    }
};

struct Tanh : Elementwise<Tanh> {
    static constexpr Activation properties{.name = "tanh"};
    template <class V>
    static V forward(V z) {
        return tanh(z);
    }
    template <class V>
    static V derivative(V, V a) {
        return 1 - a * a;
    }
};

struct ReLU : Elementwise<ReLU> {
    static constexpr Activation properties{.name = "relu", .zero_where_negative = true};
    template <class V>
    static V forward(V z) {
        return at_least(z, 0);
    }
    template <class V>
    static V derivative(V z, V) {
        return z > 0 ? one(z) : zero(z);
    }
};

struct LeakyReLU : Elementwise<LeakyReLU> {
    static constexpr Activation properties{.name = "leaky_relu", .derivative_reads_z = true};
    static constexpr double slope = 0.01;
    template <class V>
    static V forward(V z) {
        return z > 0 ? z : z * element<V>(slope);
    }
    template <class V>
    static V derivative(V z, V) {
        return z > 0 ? one(z) : zero(z) + element<V>(slope);
    }
};

struct ELU : Elementwise<ELU> {
    static constexpr Activation properties{.name = "elu", .derivative_reads_z = true};
    template <class V>
    static V forward(V z) {
        return z > 0 ? z : expm1(z);
    }
    template <class V>
    static V derivative(V z, V) {
        return z > 0 ? one(z) : exp(z);
    }
};

struct SELU : Elementwise<SELU> {
    static constexpr Activation properties{.name = "selu", .derivative_reads_z = true};
    static constexpr double lambda = 1.0507009873554804934193349852946, alpha = 1.6732632423543772848170429916717;
    template <class V>
    static V scaled(V z, V below) {
        using T = element<V>;
        return (z > 0 ? z : below * T(alpha)) * T(lambda);
    }
    template <class V>
    static V forward(V z) {
        return scaled(z, expm1(z));
    }
    template <class V>
    static V derivative(V z, V) {
        return scaled(z > 0 ? one(z) : -one(z), exp(z));
    }
};

struct GELU : ElementwiseInDouble<GELU> {
    static constexpr Activation properties{.name = "gelu", .derivative_reads_z = true};
    template <class V>
    static V forward(V z) {
        return gelu(z);
    }
    template <class V>
    static V derivative(V z, V) {
        return gelu_slope(z);
    }
};

struct SiLU : Elementwise<SiLU> {
    static constexpr Activation properties{.name = "silu", .derivative_reads_z = true};
    template <class V>
    static V forward(V z) {
        return z * sigmoid(z);
    }
    template <class V>
    static V derivative(V z, V a) {
        const V s = sigmoid(z);
        return a * (1 - s) + s;
    }
};

// z · n / (n + 2) with n = e^z (e^z + 2), the fraction shortened by e^(2z) where z ≥ 0.
struct Mish : Elementwise<Mish> {
    static constexpr Activation properties{.name = "mish", .derivative_reads_z = true};
    template <class V>
    struct Fraction {
        V e, above, below;
    };
    template <class V>
    static Fraction<V> fraction(V z) {
        const V e = exp(-magnitude(z));
        const V above = z >= 0 ? 1 + 2 * e : e * (e + 2);
        return {e, above, above + 2 * (z >= 0 ? e * e : V{} + 1)};
    }
    template <class V>
    static V forward(V z) {
        const Fraction<V> n = fraction(z);
        return z * (n.above / n.below);
    }
    template <class V>
    static V derivative(V z, V) {
        const Fraction<V> n = fraction(z);
        const V slope = 4 * (z >= 0 ? n.e * n.e : n.e) * (1 + n.e) / (n.below * n.below);
        return z * slope + n.above / n.below;
    }
};

struct Softplus : Elementwise<Softplus> {
    static constexpr Activation properties{.name = "softplus", .derivative_reads_z = true};
    template <class V>
    static V forward(V z) {
        return softplus(z);
    }
    template <class V>
    static V derivative(V z, V) {
        return sigmoid(z);
    }
};

// Takes one whole row without its padding. The sums are taken in order.
struct Softmax {
    static constexpr Activation properties{.name = "softmax", .takes_rows = true};
    template <class T>
    static void forward_all(T* z, i64 count) {
        T largest = z[0], sum = 0;
        for (i64 i = 1; i < count; ++i) largest = z[i] > largest ? z[i] : largest;
        over<T>(count, [=]<class V>(V, i64 i) { put_first(z + i, exp(get<V>(z + i) - largest), count - i); });
        for (i64 i = 0; i < count; ++i) sum += z[i];
        for (i64 i = 0; i < count; ++i) z[i] /= sum;
    }
    template <class T>
    static void backward_all(const T*, const T* a, T* gradient, i64 count) {
        T mean = 0;
        for (i64 i = 0; i < count; ++i) mean += a[i] * gradient[i];
        for (i64 i = 0; i < count; ++i) gradient[i] = a[i] * (gradient[i] - mean);
    }
};

using Activations = Registry<Activation, Identity, Sigmoid, Tanh, ReLU, LeakyReLU, ELU, SELU, GELU, SiLU, Mish, Softplus,
                             Softmax>;

// Z → A in place; an activation that takes rows takes one.
template <class T>
void activation_forward(const Activation& activation, T* z, i64 count) {
    Activations::with(activation.index, [=](auto entry) { entry.forward_all(z, count); });
}

// ∂J/∂A → ∂J/∂Z in place; an activation that takes rows takes one.
template <class T>
void activation_backward(const Activation& activation, const T* z, const T* a, T* gradient, i64 count) {
    Activations::with(activation.index, [=](auto entry) { entry.backward_all(z, a, gradient, count); });
}

}  // namespace wade::WADE_ISA
