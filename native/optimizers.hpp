// What an optimiser and the regularisation make of a gradient. Twins of src/wade/maths/optimizers/ and regularisers.py.
#pragma once

#include <cmath>

#include "simd.hpp"

namespace wade::WADE_ISA {

// Penalties on parameters that decay: gradient += λ₁ sign(θ) + λ₂ θ.
template <class T>
void penalise(const Regularisation& regularisation, i64 count, const T* __restrict theta, T* __restrict gradient) {
    const T l1 = static_cast<T>(regularisation.l1), l2 = static_cast<T>(regularisation.l2);
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
inline double clipping_factor(const Regularisation& regularisation, double squares) {
    return regularisation.max_norm / (std::sqrt(squares) + 1e-6);
}

// One range of parameters with what belongs to it. `first` and `second` are the optimiser's memory, or null.
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

// How fast a step goes: η, what Adam's bias correction makes of it, and what AdamW leaves of a parameter. One number
// each for all parameters; where a parameter is a run of numbers, one of each model (race.hpp), every model has its own.
template <class T>
struct Pace {
    i64 models;  // in a run: all numbers of the range are one model's
    T rate, step_size, keep;

    Pace(i64 count, const OptimizerConstants& optimizer, const StepConstants& step)
        : models(count),
          rate(static_cast<T>(step.learning_rate)),
          step_size(static_cast<T>(step.step_size)),
          keep(static_cast<T>(1 - step.learning_rate * optimizer.weight_decay)) {}

    T rate_of(i64) const { return rate; }
    T step_size_of(i64) const { return step_size; }
    T keep_of(i64) const { return keep; }
};

template <class T, class AnyPace>
void descend_plainly(const OptimizerConstants& optimizer, const AnyPace& pace, T decay, const Range<T>& range) {
    T* __restrict theta = range.theta;
    T* __restrict velocity = range.first;
    const T* __restrict gradient = range.gradient;
    const T momentum = static_cast<T>(optimizer.momentum);
    const bool ahead = optimizer.kind == Optimizer::nesterov, remembers = velocity != nullptr;
    for (i64 run = 0; run < range.count; run += pace.models) {
        for (i64 model = 0; model < pace.models; ++model) {
            const i64 i = run + model;
            const T g = gradient[i] + decay * theta[i];
            if (!remembers) {
                theta[i] -= pace.rate_of(model) * g;
                continue;
            }
            velocity[i] = momentum * velocity[i] + g;
            theta[i] -= pace.rate_of(model) * (ahead ? g + momentum * velocity[i] : velocity[i]);
        }
    }
}

// AdaGrad sums the squares; RMSProp lets them fade: G := keep · G + add · g².
template <class T, class AnyPace>
void descend_scaled(const OptimizerConstants& optimizer, const AnyPace& pace, T decay, const Range<T>& range) {
    T* __restrict theta = range.theta;
    T* __restrict squares = range.first;
    const T* __restrict gradient = range.gradient;
    const bool fades = optimizer.kind == Optimizer::rmsprop;
    const T keep = fades ? static_cast<T>(optimizer.beta2) : T(1), add = fades ? static_cast<T>(1 - optimizer.beta2) : T(1);
    const T epsilon = static_cast<T>(optimizer.epsilon);
    for (i64 run = 0; run < range.count; run += pace.models) {
        for (i64 model = 0; model < pace.models; ++model) {
            const i64 i = run + model;
            const T g = gradient[i] + decay * theta[i];
            squares[i] = keep * squares[i] + add * g * g;
            theta[i] -= pace.rate_of(model) * g / (std::sqrt(squares[i]) + epsilon);
        }
    }
}

template <class T, class AnyPace>
void descend_adaptively(const OptimizerConstants& optimizer, T root_scale, const AnyPace& pace, T decay,
                        const Range<T>& range) {
    T* __restrict theta = range.theta;
    T* __restrict first = range.first;
    T* __restrict second = range.second;
    const T* __restrict gradient = range.gradient;
    const T beta1 = static_cast<T>(optimizer.beta1), beta2 = static_cast<T>(optimizer.beta2);
    const T new1 = static_cast<T>(1 - optimizer.beta1), new2 = static_cast<T>(1 - optimizer.beta2);
    const T epsilon = static_cast<T>(optimizer.epsilon);
    const bool decoupled = optimizer.kind == Optimizer::adamw, shrinks = decoupled && range.decays;
    const T coupled = decoupled ? T(0) : decay;
    for (i64 run = 0; run < range.count; run += pace.models) {
        for (i64 model = 0; model < pace.models; ++model) {
            const i64 i = run + model;
            const T g = gradient[i] + coupled * theta[i], keep = shrinks ? pace.keep_of(model) : T(1);
            first[i] = beta1 * first[i] + new1 * g;
            second[i] = beta2 * second[i] + new2 * g * g;
            theta[i] = keep * theta[i] - pace.step_size_of(model) * first[i] / (std::sqrt(second[i]) * root_scale + epsilon);
        }
    }
}

template <class T, class AnyPace>
void update(const OptimizerConstants& optimizer, double root_scale, const AnyPace& pace, const Range<T>& range) {
    const T decay = range.decays ? static_cast<T>(optimizer.weight_decay) : T(0);
    switch (optimizer.kind) {
        case Optimizer::sgd:
        case Optimizer::nesterov: descend_plainly(optimizer, pace, decay, range); break;
        case Optimizer::adagrad:
        case Optimizer::rmsprop: descend_scaled(optimizer, pace, decay, range); break;
        case Optimizer::adam:
        case Optimizer::adamw: descend_adaptively(optimizer, static_cast<T>(root_scale), pace, decay, range); break;
    }
}

// One optimiser step at one learning rate.
template <class T>
void update(const OptimizerConstants& optimizer, const StepConstants& step, const Range<T>& range) {
    update(optimizer, step.root_scale, Pace<T>(range.count, optimizer, step), range);
}

}  // namespace wade::WADE_ISA
