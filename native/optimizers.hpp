// What an optimizer and the regularization make of a gradient. Counterparts of src/wade/maths/optimizers/ and regularizers.py.
#pragma once

#include <cmath>

#include "registry.hpp"
#include "simd.hpp"

namespace wade::WADE_ISA {

// Penalties on parameters that decay: gradient += λ₁ sign(θ) + λ₂ θ.
template <class T>
void penalize(const Regularization& regularization, i64 count, const T* __restrict theta, T* __restrict gradient) {
    const T l1 = static_cast<T>(regularization.l1), l2 = static_cast<T>(regularization.l2);
    for (i64 i = 0; i < count; ++i) {
        const T sign = theta[i] > 0 ? T(1) : theta[i] < 0 ? T(-1) : T(0);
        gradient[i] += l1 * sign + l2 * theta[i];
    }
}

template <class T>
double sum_of_squares(const T* values, i64 count) {
    double sum = 0;
    for (i64 i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return sum;
}

// What a gradient is multiplied by, so that it is no longer than max_norm.
inline double clipping_factor(const Regularization& regularization, double squares) {
    return regularization.max_norm / (std::sqrt(squares) + 1e-6);
}

// One range of parameters with what belongs to it. `first` and `second` are the arrays of the optimizer's state, or null.
template <class T>
struct Range {
    i64 count;
    bool decays;
    T* __restrict theta;
    T* __restrict gradient;
    T* __restrict first;
    T* __restrict second;
};

template <class T>
void shorten(const Range<T>& range, double factor) {
    // A norm that is not a number must not be taken for a short one.
    if (factor >= 1) return;
    for (i64 i = 0; i < range.count; ++i) range.gradient[i] *= static_cast<T>(factor);
}

// How long a step is: η, η with Adam's bias correction, and the factor of AdamW's weight decay. One number
// each for all parameters; where a parameter is a run of numbers, one of each model (race.hpp), every model has its own.
template <class T>
struct StepSizes {
    i64 models;  // in a run: all numbers of the range are one model's
    T rate, step_size, keep;

    StepSizes(i64 count, const OptimizerConstants& optimizer, const StepConstants& step)
        : models(count),
          rate(static_cast<T>(step.learning_rate)),
          step_size(static_cast<T>(step.step_size)),
          keep(static_cast<T>(1 - step.learning_rate * optimizer.weight_decay)) {}

    T rate_of(i64) const { return rate; }
    T step_size_of(i64) const { return step_size; }
    T keep_of(i64) const { return keep; }
};

// θ −= η g, or with momentum v: v = μ v + g and θ −= η v, where AHEAD looks one step further: η (g + μ v).
template <bool AHEAD>
struct MomentumUpdate {
    template <class T, class AnyStepSizes>
    static void update(const OptimizerConstants& optimizer, T, const AnyStepSizes& step_sizes, T decay, const Range<T>& range) {
        T* __restrict theta = range.theta;
        T* __restrict velocity = range.first;
        const T* __restrict gradient = range.gradient;
        const T momentum = static_cast<T>(optimizer.momentum);
        const bool has_momentum = velocity != nullptr;
        for (i64 run = 0; run < range.count; run += step_sizes.models) {
            for (i64 model = 0; model < step_sizes.models; ++model) {
                const i64 i = run + model;
                const T g = gradient[i] + decay * theta[i];
                if (!has_momentum) {
                    theta[i] -= step_sizes.rate_of(model) * g;
                    continue;
                }
                velocity[i] = momentum * velocity[i] + g;
                theta[i] -= step_sizes.rate_of(model) * (AHEAD ? g + momentum * velocity[i] : velocity[i]);
            }
        }
    }
};

// θ −= η g / (√G + ε). AdaGrad sums the squares; RMSProp averages them, FADES: G = α G + (1 − α) g².
template <bool FADES>
struct ScaledUpdate {
    template <class T, class AnyStepSizes>
    static void update(const OptimizerConstants& optimizer, T, const AnyStepSizes& step_sizes, T decay, const Range<T>& range) {
        T* __restrict theta = range.theta;
        T* __restrict squares = range.first;
        const T* __restrict gradient = range.gradient;
        const T keep = FADES ? static_cast<T>(optimizer.alpha) : T(1), add = FADES ? static_cast<T>(1 - optimizer.alpha) : T(1);
        const T epsilon = static_cast<T>(optimizer.epsilon);
        for (i64 run = 0; run < range.count; run += step_sizes.models) {
            for (i64 model = 0; model < step_sizes.models; ++model) {
                const i64 i = run + model;
                const T g = gradient[i] + decay * theta[i];
                squares[i] = keep * squares[i] + add * g * g;
                theta[i] -= step_sizes.rate_of(model) * g / (std::sqrt(squares[i]) + epsilon);
            }
        }
    }
};

// Adam; with DECOUPLED weight decay, AdamW.
template <bool DECOUPLED>
struct AdamUpdate {
    template <class T, class AnyStepSizes>
    static void update(const OptimizerConstants& optimizer, T root_scale, const AnyStepSizes& step_sizes, T decay,
                       const Range<T>& range) {
        T* __restrict theta = range.theta;
        T* __restrict first = range.first;
        T* __restrict second = range.second;
        const T* __restrict gradient = range.gradient;
        const T beta1 = static_cast<T>(optimizer.beta1), beta2 = static_cast<T>(optimizer.beta2);
        const T new1 = static_cast<T>(1 - optimizer.beta1), new2 = static_cast<T>(1 - optimizer.beta2);
        const T epsilon = static_cast<T>(optimizer.epsilon);
        const bool shrinks = DECOUPLED && range.decays;
        const T coupled = DECOUPLED ? T(0) : decay;
        for (i64 run = 0; run < range.count; run += step_sizes.models) {
            for (i64 model = 0; model < step_sizes.models; ++model) {
                const i64 i = run + model;
                const T g = gradient[i] + coupled * theta[i], keep = shrinks ? step_sizes.keep_of(model) : T(1);
                first[i] = beta1 * first[i] + new1 * g;
                second[i] = beta2 * second[i] + new2 * g * g;
                theta[i] =
                    keep * theta[i] - step_sizes.step_size_of(model) * first[i] / (std::sqrt(second[i]) * root_scale + epsilon);
            }
        }
    }
};

// One entry for each optimizer: its name, the names of the arrays of its state (the first becomes Range::first) and of its
// constants, as Python has them.
using Constants = OptimizerConstants;

struct SGD : MomentumUpdate<false> {
    static constexpr Optimizer properties{.name = "sgd",
                                          .state = {"momentum"},
                                          .constants = {{"momentum", &Constants::momentum},
                                                        {"weight_decay", &Constants::weight_decay}},
                                          .plain_without_momentum = true};
};
struct Nesterov : MomentumUpdate<true> {
    static constexpr Optimizer properties{.name = "nesterov",
                                          .state = {"momentum"},
                                          .constants = {{"momentum", &Constants::momentum},
                                                        {"weight_decay", &Constants::weight_decay}}};
};
struct AdaGrad : ScaledUpdate<false> {
    static constexpr Optimizer properties{.name = "adagrad",
                                          .state = {"sum_of_squares"},
                                          .constants = {{"epsilon", &Constants::epsilon},
                                                        {"weight_decay", &Constants::weight_decay}}};
};
struct RMSProp : ScaledUpdate<true> {
    static constexpr Optimizer properties{.name = "rmsprop",
                                          .state = {"second_moment"},
                                          .constants = {{"alpha", &Constants::alpha},
                                                        {"epsilon", &Constants::epsilon},
                                                        {"weight_decay", &Constants::weight_decay}}};
};
struct Adam : AdamUpdate<false> {
    static constexpr Optimizer properties{.name = "adam",
                                          .state = {"first_moment", "second_moment"},
                                          .constants = {{"beta1", &Constants::beta1},
                                                        {"beta2", &Constants::beta2},
                                                        {"epsilon", &Constants::epsilon},
                                                        {"weight_decay", &Constants::weight_decay}},
                                          .corrects_bias = true};
};
struct AdamW : AdamUpdate<true> {
    static constexpr Optimizer properties{.name = "adamw",
                                          .state = {"first_moment", "second_moment"},
                                          .constants = {{"beta1", &Constants::beta1},
                                                        {"beta2", &Constants::beta2},
                                                        {"epsilon", &Constants::epsilon},
                                                        {"weight_decay", &Constants::weight_decay}},
                                          .corrects_bias = true};
};

using Optimizers = Registry<Optimizer, SGD, Nesterov, AdaGrad, RMSProp, Adam, AdamW>;

template <class T, class AnyStepSizes>
void update(const OptimizerConstants& optimizer, double root_scale, const AnyStepSizes& step_sizes, const Range<T>& range) {
    const T decay = range.decays ? static_cast<T>(optimizer.weight_decay) : T(0);
    Optimizers::with(optimizer.kind.index, [&](auto entry) {
        entry.update(optimizer, static_cast<T>(root_scale), step_sizes, decay, range);
    });
}

// One optimizer step at one learning rate.
template <class T>
void update(const OptimizerConstants& optimizer, const StepConstants& step, const Range<T>& range) {
    update(optimizer, step.root_scale, StepSizes<T>(range.count, optimizer, step), range);
}

}  // namespace wade::WADE_ISA
