// The loss of one row and its delta, a vector of outputs at a time. Counterparts of src/wade/maths/{likelihood_losses,regression_losses}.py.
//
// A loss is one entry: a struct with its `properties` and its formula, named in `Losses`. Nothing else in native/ names one.
#pragma once

#include <cmath>

#include "activations.hpp"

namespace wade::WADE_ISA {

// One row of the output layer: what the network predicted, what was observed, and where delta goes. All but the targets
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
double sum_over_outputs(const Outcome<T>& row, const T* output, Function loss_and_slope) {
    double total = 0;
    over<T>(row.n_out, [&]<class V>(V slope, i64 i) {
        const i64 left = row.n_out - i;
        const V loss = loss_and_slope(get<V>(output + i), get_some<V>(row.target + i, left), slope);
        for (i64 j = 0; j < left && j < lanes<V>; ++j) total += static_cast<double>(loss[j]);
        put_first(row.delta + i, slope, left);
    });
    return total;
}

template <class V>
inline V sign(V x) {
    return x > 0 ? one(x) : x < 0 ? -one(x) : x;  // a NaN stays one
}

// Losses that look at each output by itself: loss(output, target, constant, slope) gives the loss of one output; slope
// becomes ∂loss/∂output. The constant is the label smoothing, which moves targets towards ½, Huber's delta or the
// quantile's tau.
struct SigmoidCrossEntropy {
    static constexpr Loss properties{.name = "sigmoid_cross_entropy"};
    template <class V, class T>
    static V loss(V z, V observed, T smoothing, V& slope) {
        const V target = observed * (1 - smoothing) + smoothing / 2;
        const V e = exp(-magnitude(z));
        slope = (z < 0 ? e : one(z)) / (1 + e) - target;
        return at_least(z, 0) - z * target + log1p(e);
    }
};

struct MeanSquaredError {
    static constexpr Loss properties{.name = "mean_squared_error", .takes_activations = true, .averages_outputs = true};
    template <class V, class T>
    static V loss(V output, V target, T, V& slope) {
        const V error = output - target;
        slope = 2 * error;
        return error * error;
    }
};

struct MeanAbsoluteError {
    static constexpr Loss properties{.name = "mean_absolute_error", .takes_activations = true, .averages_outputs = true};
    template <class V, class T>
    static V loss(V output, V target, T, V& slope) {
        slope = sign(output - target);
        return magnitude(output - target);
    }
};

struct Huber {
    static constexpr Loss properties{.name = "huber", .takes_activations = true, .averages_outputs = true};
    template <class V, class T>
    static V loss(V output, V target, T delta, V& slope) {
        const V error = output - target, distance = magnitude(error), near = at_most(distance, delta);
        slope = sign(error) * near;
        return near * (distance - near / 2);
    }
};

struct Quantile {
    static constexpr Loss properties{.name = "quantile", .takes_activations = true, .averages_outputs = true};
    template <class V, class T>
    static V loss(V output, V target, T tau, V& slope) {
        const V missing = target - output, below = missing * (tau - 1), above = missing * tau;
        slope = missing < 0 ? zero(output) + (1 - tau) : -tau * sign(missing);
        return missing < 0 ? below : above;
    }
};

struct Poisson {
    static constexpr Loss properties{.name = "poisson", .averages_outputs = true};
    template <class V, class T>
    static V loss(V output, V target, T, V& slope) {
        const V rate = exp(output);
        slope = rate - target;
        return rate - target * output;
    }
};

// Looks at a whole row, and its target is a class.
struct SoftmaxCrossEntropy {
    static constexpr Loss properties{.name = "softmax_cross_entropy", .takes_classes = true};
};

using Losses = Registry<Loss, SigmoidCrossEntropy, SoftmaxCrossEntropy, MeanSquaredError, MeanAbsoluteError, Huber, Quantile,
                        Poisson>;

// Calls use(function) with the loss of one output, function(output, target, slope), for a loss that takes no classes.
template <class T, class Use>
void with_loss_of_output(const Loss& loss, T constant, Use use) {
    Losses::with(loss.index, [&]<class Entry>(Entry) {
        if constexpr (!Entry::properties.takes_classes) {
            use([constant](auto output, auto target, auto& slope) { return Entry::loss(output, target, constant, slope); });
        }
    });
}

// Outputs that the loss of a row is the mean over; 1 where it is their sum.
inline i64 outputs_averaged(const Loss& loss, i64 n_out) { return loss.averages_outputs ? n_out : 1; }

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
double loss_and_slope(const Loss& loss, T constant, const Outcome<T>& row) {
    if (loss.takes_classes) return softmax_cross_entropy(row, constant);
    const i64 averaged = outputs_averaged(loss, row.n_out);
    double total = 0;
    with_loss_of_output(loss, constant, [&](auto loss_of_output) {
        total = sum_over_outputs(row, loss.takes_activations ? row.a : row.z, [=](auto output, auto target, auto& slope) {
            const auto value = loss_of_output(output, target, slope);
            if (averaged > 1) slope /= static_cast<T>(averaged);
            return value;
        });
    });
    return total / static_cast<double>(averaged);
}

}  // namespace wade::WADE_ISA
