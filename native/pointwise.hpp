// Activations, losses and updates, element by element. The twins of src/wade/maths: activations.py, losses.py and
// optimizers.py hold each formula with its source; what stands here must say the same.
#pragma once

#include <cmath>

#include "simd.hpp"

namespace wade::WADE_ISA {

template <class T>
inline T sigmoid(T z) {
    const T e = std::exp(z < 0 ? z : -z);
    return (z < 0 ? e : T(1)) / (T(1) + e);
}

// Z → A in place.
template <class T>
void activate(Activation activation, T* z, i64 count) {
    switch (activation) {
        case Activation::identity: break;
        case Activation::sigmoid:
            for (i64 i = 0; i < count; ++i) z[i] = sigmoid(z[i]);
            break;
        case Activation::tanh:
            for (i64 i = 0; i < count; ++i) z[i] = std::tanh(z[i]);
            break;
        case Activation::relu:
            for (i64 i = 0; i < count; ++i) z[i] = z[i] < 0 ? T(0) : z[i];
            break;
        case Activation::softmax: {
            T largest = z[0];
            for (i64 i = 1; i < count; ++i) largest = z[i] > largest ? z[i] : largest;
            T sum = 0;
            for (i64 i = 0; i < count; ++i) sum += z[i] = std::exp(z[i] - largest);
            for (i64 i = 0; i < count; ++i) z[i] /= sum;
            break;
        }
    }
}

// ∂J/∂A → ∂J/∂Z in place, by the derivative written in terms of A. Softmax takes one row.
template <class T>
void deactivate(Activation activation, const T* a, T* gradient, i64 count) {
    switch (activation) {
        case Activation::identity: break;
        case Activation::sigmoid:
            for (i64 i = 0; i < count; ++i) gradient[i] *= a[i] * (T(1) - a[i]);
            break;
        case Activation::tanh:
            for (i64 i = 0; i < count; ++i) gradient[i] *= T(1) - a[i] * a[i];
            break;
        case Activation::relu:
            for (i64 i = 0; i < count; ++i) gradient[i] = a[i] > 0 ? gradient[i] : T(0);
            break;
        case Activation::softmax: {
            T mean = 0;
            for (i64 i = 0; i < count; ++i) mean += a[i] * gradient[i];
            for (i64 i = 0; i < count; ++i) gradient[i] = a[i] * (gradient[i] - mean);
            break;
        }
    }
}

// The loss of one row from the output layer's Z (overwritten by A), and delta = scale · ∂loss/∂Z.
template <class T>
double loss_of_row(Loss loss, Activation output, T* z, i64 n_out, const T* target, std::int32_t label, T scale, T* delta) {
    double total = 0;
    switch (loss) {
        case Loss::sigmoid_cross_entropy:
            for (i64 i = 0; i < n_out; ++i) {
                const T t = std::log1p(std::exp(-std::fabs(z[i])));
                total += static_cast<double>((z[i] > 0 ? z[i] : T(0)) - z[i] * target[i] + t);
                delta[i] = scale * (sigmoid(z[i]) - target[i]);
            }
            return total;
        case Loss::softmax_cross_entropy: {
            T largest = z[0];
            for (i64 i = 1; i < n_out; ++i) largest = z[i] > largest ? z[i] : largest;
            T sum = 0;
            for (i64 i = 0; i < n_out; ++i) sum += delta[i] = std::exp(z[i] - largest);
            total = static_cast<double>(std::log(sum) - (z[label] - largest));
            for (i64 i = 0; i < n_out; ++i) delta[i] = scale * (delta[i] / sum - (i == label ? T(1) : T(0)));
            return total;
        }
        case Loss::mean_squared_error: {
            activate(output, z, n_out);
            const T share = T(1) / static_cast<T>(n_out);
            for (i64 i = 0; i < n_out; ++i) {
                const T error = z[i] - target[i];
                total += static_cast<double>(error) * static_cast<double>(error);
                delta[i] = scale * T(2) * share * error;
            }
            deactivate(output, z, delta, n_out);
            return total / static_cast<double>(n_out);
        }
    }
    return total;
}

// One optimiser step on `count` parameters.
template <class T>
void update(const OptimizerConstants& optimizer, const StepConstants& step, bool decays, i64 count, T* __restrict theta,
            const T* __restrict gradient, T* __restrict first, T* __restrict second) {
    const T decay = decays ? static_cast<T>(optimizer.weight_decay) : T(0);
    const T rate = static_cast<T>(step.learning_rate);
    if (optimizer.kind == Optimizer::sgd) {
        const T momentum = static_cast<T>(optimizer.momentum);
        if (first == nullptr) {
            for (i64 i = 0; i < count; ++i) theta[i] -= rate * (gradient[i] + decay * theta[i]);
            return;
        }
        for (i64 i = 0; i < count; ++i) {
            first[i] = momentum * first[i] + (gradient[i] + decay * theta[i]);
            theta[i] -= rate * first[i];
        }
        return;
    }
    const T beta1 = static_cast<T>(optimizer.beta1), beta2 = static_cast<T>(optimizer.beta2);
    const T new1 = static_cast<T>(1 - optimizer.beta1), new2 = static_cast<T>(1 - optimizer.beta2);
    const T size = static_cast<T>(step.step_size), root_scale = static_cast<T>(step.root_scale);
    const T epsilon = static_cast<T>(optimizer.epsilon);
    const bool decoupled = optimizer.kind == Optimizer::adamw;
    const T coupled = decoupled ? T(0) : decay;
    const T keep = decoupled ? static_cast<T>(1 - step.learning_rate * (decays ? optimizer.weight_decay : 0)) : T(1);
    for (i64 i = 0; i < count; ++i) {
        const T g = gradient[i] + coupled * theta[i];
        first[i] = beta1 * first[i] + new1 * g;
        second[i] = beta2 * second[i] + new2 * g * g;
        theta[i] = keep * theta[i] - size * first[i] / (std::sqrt(second[i]) * root_scale + epsilon);
    }
}

}  // namespace wade::WADE_ISA
