// A group of models in the lanes of vectors: what they have in common at a moment of a race, and where it lies.
#pragma once

#include "batched_gemm.hpp"
#include "optimizers.hpp"
#include "race_plan.hpp"

namespace wade::WADE_ISA {

// How fast a step goes for each model of a group: StepSizes (optimizers.hpp) with a number for each.
template <class T, int GROUP_VECTORS>
struct GroupStepSizes {
    static constexpr i64 models = group_size<T, GROUP_VECTORS>;
    alignas(cache_line) T rate[models];
    alignas(cache_line) T step_size[models];
    alignas(cache_line) T keep[models];

    void set(const double* learning_rates, const OptimizerConstants& optimizer, const StepConstants& step) {
        for (i64 model = 0; model < models; ++model) {
            const double learning_rate = learning_rates[model] * step.learning_rate;
            rate[model] = static_cast<T>(learning_rate);
            step_size[model] = static_cast<T>(learning_rates[model] * step.step_size);
            keep[model] = static_cast<T>(1 - learning_rate * optimizer.weight_decay);
        }
    }

    T rate_of(i64 model) const { return rate[model]; }
    T step_size_of(i64 model) const { return step_size[model]; }
    T keep_of(i64 model) const { return keep[model]; }
};

// The rows at hand: a batch, or a piece of one.
struct Piece {
    const i64* rows;
    i64 count;
    bool begins, ends;
};

inline bool is_finite(double x) { return x - x == 0; }

template <class T, int GROUP_VECTORS>
struct Group {
    static constexpr i64 size = group_size<T, GROUP_VECTORS>, width = Simd<T>::width;

    const Race<T>& race;
    const RaceWork<T>& work;
    const Candidate<T>* candidates;
    i64 n_models;  // no more than lanes; the others are 0 throughout
    Piece piece;
    GroupStepSizes<T, GROUP_VECTORS> step_sizes;
    alignas(cache_line) double learning_rates[size];
    alignas(cache_line) double sums[size];   // of the losses of a batch
    alignas(cache_line) double diverged[size];  // 0, and NaN where a model's loss has stopped being finite

    int last() const { return race.n_layers - 1; }
    T* of_layer(T* runs, int l) const { return runs + race.layers[l].column * race_rows_at_once * size; }
    T* parameters(T* runs, i64 offset) const { return runs + offset * size; }
    i64 elements(int l) const { return piece.count * race.layers[l].n_out * size; }

    // What layer l reads: the numbers of the table, or the activations of the layer below.
    const T* source(int l) const { return l == 0 ? work.numbers : of_layer(work.activations, l - 1); }

    // Where category c of row i has its parameters, in `runs` that are laid out as θ.
    T* embedding(T* runs, i64 i, i64 c) const {
        const std::int32_t code = race.table.codes[piece.rows[i] * race.n_categories + c];
        return parameters(runs, race.categories[c].embedding + code * race.layers[0].n_out);
    }
};

// Layer 0 reads numbers that all models share.
template <int GROUP_VECTORS, class T, class Finish>
inline void batched_gemm(int l, const BatchedProduct<T>& product, const Finish& finish) {
    if (l == 0) batched_gemm<GROUP_VECTORS, Left::shared>(product, finish);
    else batched_gemm<GROUP_VECTORS, Left::batched>(product, finish);
}

}  // namespace wade::WADE_ISA
