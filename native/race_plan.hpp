// What a race looks like to the kernels: several models of one architecture, all descending over the same rows. Plain
// data, as plan.hpp has it. θ is not padded here: every element of it is a run of numbers, one of each model.
#pragma once

#include "plan.hpp"

namespace wade {

struct RaceLayer {
    i64 n_in, n_out;
    i64 weight, bias;  // where in θ
    i64 column;        // of the layer's activations, in columns per row
    Activation activation;
};

// A category: where its E lies in θ, and how many codes it has.
struct RaceCategory {
    i64 embedding, n_codes;
};

// One model's memory, as the caller holds it, and its learning rate.
template <class T>
struct Candidate {
    T* theta;
    T* first;   // null where unused
    T* second;  // null where unused
    double learning_rate;
};

// Rows that are taken forward and back at a time; a larger batch adds up its gradient piece by piece, so that memory does
// not grow with it.
constexpr i64 race_rows_at_once = 16;

template <class T>
struct Race {
    i64 n_numbers, n_categories;
    const RaceCategory* categories;
    int n_layers;
    const RaceLayer* layers;
    i64 n_parameters, n_columns;
    Loss loss;
    double loss_constant;
    OptimizerConstants optimizer;
    Regularization regularization;  // no clipping
    Table<T> table;
    const i64* rows;  // row numbers in the order of descent
    i64 n_rows, batch_size;
    const StepConstants* steps;  // for a learning rate of 1; each model multiplies them by its own
    int group_vectors;  // how many vectors a group of models takes: 1 or 2
    i64 n_candidates;
    const Candidate<T>* candidates;
    double* step_losses;  // n_steps × n_candidates
};

// The memory of one thread, for one group of models at a time. Everything starts at a cache line.
template <class T>
struct RaceWork {
    T* runs;  // θ and all that follows up to the deltas: n_runs elements, each a number for every model
    i64 n_runs;
    T* theta;
    T* first;
    T* second;
    T* gradient;
    T* activations;     // per layer, race_rows_at_once × n_out
    T* preactivations;  // Z, laid out likewise
    T* deltas;
    T* numbers;  // of the rows at hand
    T* outcome;  // of one row and one model: Z, A and delta, each in whole cache lines
};

}  // namespace wade
