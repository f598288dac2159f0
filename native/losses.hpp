// The loss of one row and its delta. Twins of src/wade/maths/{surprises,distances}.py.
#pragma once

#include "activations.hpp"

namespace wade::WADE_ISA {

// One row of the output layer: what the network said, what was observed, and where the answer goes.
template <class T>
struct Outcome {
    i64 n_out;
    const T* z;
    const T* a;            // only for losses that take the activations
    const T* target;       // null for classes
    std::int32_t label;
    T* delta;
};

// Cross-entropy of sigmoids, the targets moved towards ½ by the label smoothing.
template <class T>
double sigmoid_cross_entropy(const Outcome<T>& row, T smoothing) {
    double total = 0;
    for (i64 i = 0; i < row.n_out; ++i) {
        const T z = row.z[i], target = (T(1) - smoothing) * row.target[i] + smoothing / 2;
        total += static_cast<double>((z < 0 ? T(0) : z) - z * target + std::log1p(std::exp(-std::fabs(z))));
        row.delta[i] = sigmoid(z) - target;
    }
    return total;
}

// Cross-entropy of a softmax, the target moved towards 1/K by the label smoothing.
template <class T>
double softmax_cross_entropy(const Outcome<T>& row, T smoothing) {
    T largest = row.z[0];
    for (i64 i = 1; i < row.n_out; ++i) largest = row.z[i] > largest ? row.z[i] : largest;
    T sum = 0, expected = 0;  // Σ target · (z − largest)
    const T other = smoothing / static_cast<T>(row.n_out), own = T(1) - smoothing + other;
    for (i64 i = 0; i < row.n_out; ++i) {
        const T shifted = row.z[i] - largest;
        sum += row.delta[i] = std::exp(shifted);
        if (i == row.label) expected += own * shifted;
        else if (other > 0) expected += other * shifted;
    }
    for (i64 i = 0; i < row.n_out; ++i) row.delta[i] = row.delta[i] / sum - (i == row.label ? own : other);
    return static_cast<double>(std::log(sum) - expected);
}

// The mean over outputs of a function of output and target, with its derivative.
template <class T, class Function>
double mean_over_outputs(const Outcome<T>& row, const T* said, Function loss_and_slope) {
    double total = 0;
    const T share = T(1) / static_cast<T>(row.n_out);
    for (i64 i = 0; i < row.n_out; ++i) {
        T slope = 0;
        total += static_cast<double>(loss_and_slope(said[i], row.target[i], slope));
        row.delta[i] = share * slope;
    }
    return total / static_cast<double>(row.n_out);
}

template <class T>
inline T sign(T x) {
    return x > 0 ? T(1) : x < 0 ? T(-1) : x;  // a NaN stays one
}

// The loss of a row, and ∂loss/∂(what the loss takes) in delta.
template <class T>
double loss_and_slope(Loss loss, T constant, const Outcome<T>& row) {
    switch (loss) {
        case Loss::sigmoid_cross_entropy: return sigmoid_cross_entropy(row, constant);
        case Loss::softmax_cross_entropy: return softmax_cross_entropy(row, constant);
        case Loss::mean_squared_error:
            return mean_over_outputs(row, row.a, [](T said, T target, T& slope) {
                const T error = said - target;
                slope = 2 * error;
                return error * error;
            });
        case Loss::mean_absolute_error:
            return mean_over_outputs(row, row.a, [](T said, T target, T& slope) {
                slope = sign(said - target);
                return std::fabs(said - target);
            });
        case Loss::huber:
            return mean_over_outputs(row, row.a, [constant](T said, T target, T& slope) {
                const T error = said - target, distance = std::fabs(error);
                const T near = distance > constant ? constant : distance;
                slope = sign(error) * near;
                return near * (distance - near / 2);
            });
        case Loss::quantile:
            return mean_over_outputs(row, row.a, [constant](T said, T target, T& slope) {
                const T missing = target - said;
                slope = missing < 0 ? (T(1) - constant) : -constant * sign(missing);
                return missing < 0 ? (constant - T(1)) * missing : constant * missing;
            });
        case Loss::poisson:
            return mean_over_outputs(row, row.z, [](T said, T target, T& slope) {
                const T rate = std::exp(said);
                slope = rate - target;
                return rate - target * said;
            });
    }
    return 0;
}

inline bool takes_activations(Loss loss) {
    return loss == Loss::mean_squared_error || loss == Loss::mean_absolute_error || loss == Loss::huber ||
           loss == Loss::quantile;
}

}  // namespace wade::WADE_ISA
