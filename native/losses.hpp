// The loss of one row and its delta, a vector of outputs at a time. Twins of src/wade/maths/{surprises,distances}.py.
#pragma once

#include <cmath>

#include "activations.hpp"

namespace wade::WADE_ISA {

// One row of the output layer: what the network said, what was observed, and where the answer goes. All but the targets
// are padded.
template <class T>
struct Outcome {
    i64 n_out;
    const T* z;
    const T* a;            // only for losses that take the activations
    const T* target;       // null for classes
    std::int32_t label;
    T* delta;
};

// Calls function(output, target, slope) for vectors of the row; keeps the slopes and returns the sum of what comes back,
// taken in order.
template <class T, class Function>
double sum_over_outputs(const Outcome<T>& row, const T* said, Function loss_and_slope) {
    double total = 0;
    over<T>(row.n_out, [&]<class V>(V slope, i64 i) {
        const i64 left = row.n_out - i;
        const V loss = loss_and_slope(get<V>(said + i), get_some<V>(row.target + i, left), slope);
        for (i64 j = 0; j < left && j < lanes<V>; ++j) total += static_cast<double>(loss[j]);
        put_first(row.delta + i, slope, left);
    });
    return total;
}

template <class V>
inline V sign(V x) {
    return x > 0 ? one(x) : x < 0 ? -one(x) : x;  // a NaN stays one
}

// Calls use(function) with the loss of one output, function(output, target, slope), for a loss that looks at each by
// itself; slope becomes ∂loss/∂output. The constant is the label smoothing, which moves targets towards ½, Huber's delta
// or the quantile's tau.
template <class T, class Use>
void with_loss_of_output(Loss loss, T constant, Use use) {
    switch (loss) {
        case Loss::sigmoid_cross_entropy:
            use([constant](auto z, auto observed, auto& slope) {
                const auto target = observed * (1 - constant) + constant / 2;
                const auto e = exp(-magnitude(z));
                slope = (z < 0 ? e : one(z)) / (1 + e) - target;
                return at_least(z, 0) - z * target + log1p(e);
            });
            break;
        case Loss::mean_squared_error:
            use([](auto said, auto target, auto& slope) {
                const auto error = said - target;
                slope = 2 * error;
                return error * error;
            });
            break;
        case Loss::mean_absolute_error:
            use([](auto said, auto target, auto& slope) {
                slope = sign(said - target);
                return magnitude(said - target);
            });
            break;
        case Loss::huber:
            use([constant](auto said, auto target, auto& slope) {
                const auto error = said - target, distance = magnitude(error), near = at_most(distance, constant);
                slope = sign(error) * near;
                return near * (distance - near / 2);
            });
            break;
        case Loss::quantile:
            use([constant](auto said, auto target, auto& slope) {
                const auto missing = target - said, below = missing * (constant - 1), above = missing * constant;
                slope = missing < 0 ? zero(said) + (1 - constant) : -constant * sign(missing);
                return missing < 0 ? below : above;
            });
            break;
        case Loss::poisson:
            use([](auto said, auto target, auto& slope) {
                const auto rate = exp(said);
                slope = rate - target;
                return rate - target * said;
            });
            break;
        case Loss::softmax_cross_entropy: break;  // looks at all outputs at once
    }
}

inline bool takes_activations(Loss loss) {
    return loss == Loss::mean_squared_error || loss == Loss::mean_absolute_error || loss == Loss::huber ||
           loss == Loss::quantile;
}

// Cross-entropies are summed over outputs, all others averaged.
inline i64 outputs_averaged(Loss loss, i64 n_out) {
    return loss == Loss::sigmoid_cross_entropy || loss == Loss::softmax_cross_entropy ? 1 : n_out;
}

// Cross-entropy of a softmax, the target moved towards 1/K by the label smoothing.
template <class T>
double softmax_cross_entropy(const Outcome<T>& row, T smoothing) {
    const T* z = row.z;
    T* delta = row.delta;
    const i64 count = row.n_out;
    T largest = z[0], sum = 0, expected = 0;  // expected: Σ target · (z − largest)
    for (i64 i = 1; i < count; ++i) largest = z[i] > largest ? z[i] : largest;
    over<T>(count, [=]<class V>(V, i64 i) { put_first(delta + i, exp(get<V>(z + i) - largest), count - i); });
    const T other = smoothing / static_cast<T>(count), own = T(1) - smoothing + other;
    for (i64 i = 0; i < count; ++i) {
        sum += delta[i];
        if (i == row.label) expected += own * (z[i] - largest);
        else if (other > 0) expected += other * (z[i] - largest);
    }
    for (i64 i = 0; i < count; ++i) delta[i] = delta[i] / sum - (i == row.label ? own : other);
    return static_cast<double>(std::log(sum) - expected);
}

// The loss of a row, and ∂loss/∂(what the loss takes) in delta.
template <class T>
double loss_and_slope(Loss loss, T constant, const Outcome<T>& row) {
    if (loss == Loss::softmax_cross_entropy) return softmax_cross_entropy(row, constant);
    const i64 averaged = outputs_averaged(loss, row.n_out);
    double total = 0;
    with_loss_of_output(loss, constant, [&](auto loss_of_output) {
        total = sum_over_outputs(row, takes_activations(loss) ? row.a : row.z, [=](auto output, auto target, auto& slope) {
            const auto value = loss_of_output(output, target, slope);
            if (averaged > 1) slope /= static_cast<T>(averaged);
            return value;
        });
    });
    return total / static_cast<double>(averaged);
}

}  // namespace wade::WADE_ISA
