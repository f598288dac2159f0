// What a network looks like to the kernels: plain data, no templates of the standard library, so that a translation unit
// compiled for AVX-512 emits no inline function that the linker could hand to code running on a lesser processor.
#pragma once

#include <cstdint>

namespace wade {

using i64 = std::int64_t;

// The entries of a registry (registry.hpp) as all code sees them, in the order of their indices.
template <class Properties>
struct List {
    const Properties* entries;
    int count;

    const Properties* begin() const { return entries; }
    const Properties* end() const { return entries + count; }
};

// What the kernels have to know of an activation besides its formula (activations.hpp).
struct Activation {
    int index = 0;
    const char* name = "";
    bool is_identity = false;
    bool zero_where_negative = false;  // A is Z where Z > 0, else 0; products apply it, and its derivative by the sign of A
    bool derivative_reads_z = false;   // otherwise Z is not kept
    bool takes_rows = false;           // looks at a whole row at once

    // Whether products apply it, so that there is nothing left to do after them.
    bool fused() const { return is_identity || zero_where_negative; }
};

// And of a loss (losses.hpp).
struct Loss {
    int index = 0;
    const char* name = "";
    bool takes_activations = false;  // otherwise it takes Z
    bool averages_outputs = false;   // otherwise it is their sum
    bool takes_classes = false;      // otherwise a number for each output
};

// And of an optimizer (optimizers.hpp).
struct OptimizerConstants;
struct Optimizer {
    struct Constant {
        const char* name = nullptr;
        double OptimizerConstants::*place = nullptr;
    };
    int index = 0;
    const char* name = "";
    const char* state[2] = {};  // names of the arrays that it keeps, null from the end on
    Constant constants[5] = {};
    bool corrects_bias = false;           // with 1 − βᵗ
    bool plain_without_momentum = false;  // momentum 0 keeps no state, and is the gradient times the learning rate
};

// Rows are padded to whole cache lines, so that every vector load is aligned and no kernel has a ragged edge.
constexpr i64 cache_line = 64;

template <class T>
constexpr i64 padded(i64 columns) {
    constexpr i64 lane = cache_line / static_cast<i64>(sizeof(T));
    return (columns + lane - 1) / lane * lane;
}

// From one row to the next. An odd number of cache lines: at a power of two, a column's lines would all fall into the
// same few sets of the cache and push each other out.
template <class T>
constexpr i64 stride_of(i64 columns) {
    constexpr i64 lane = cache_line / static_cast<i64>(sizeof(T));
    const i64 lines = padded<T>(columns) / lane;
    return (lines >= 4 ? lines | 1 : lines) * lane;
}

// One named array of θ (W1, E1.carrier, b1 …) and its padded copy.
struct Block {
    i64 theta;    // offset in θ, rows × columns without padding
    i64 offset;   // offset in the padded copy
    i64 rows, columns, stride;
    bool decays;  // whether weight decay touches it
};

struct Layer {
    i64 n_in, n_out;
    i64 in_width, width;    // n_in and n_out in whole cache lines: what the kernels compute
    i64 in_stride, stride;  // from one row to the next
    int weight, bias;       // indices of blocks
    bool by_output;         // one output, one member: W lies as its own transpose, a row
    int in_factors, out_factors;  // R and S, what each member multiplies by before W and after it; only with members
    i64 transposed;         // offset of Wᵀ, n_out rows of in_stride; not where W lies by output
    i64 column;             // offset of the layer's activations, in padded columns per row of the batch
    Activation activation;
};

// Rows of W whose gradient is one task, at most, where a row holds more than one number.
constexpr i64 weight_rows_per_task = 96;

// A piece of the second half of a step: one range of one gradient, complete in itself, so that who computes it
// never changes a bit of the result.
struct Task {
    enum class Kind : int { weight, bias, embedding, piecewise, table_factors } kind;
    int layer;       // of weight and bias
    int table;       // of embedding (which category) and piecewise (which number)
    i64 begin, end;  // rows of W with their columns of R, members of b and S, or columns of E or P
};

struct Plan {
    i64 n_numbers, number_stride;
    i64 n_categories, n_piecewise;
    i64 n_tables;            // both together: what the first layer reads without a product
    int first_embedding;     // index of the block of the first category
    int first_piecewise;     // and of the first piecewise number
    const i64* sums;         // of each piecewise number: the offset of its running sums V, bins + 1 rows
    i64 members;             // rows that a sample has, one for each network that shares the weights
    i64 samples_at_once;     // that go through all layers together, so that they are still in the cache
    i64 scratch;             // numbers that a thread needs for itself
    std::uint32_t dropout_threshold;  // of 16 random bits: what lies below is dropped; 0 drops nothing
    double dropout_scale;    // what the rest is multiplied by
    int n_layers;
    const Layer* layers;
    const Block* blocks;
    i64 n_tasks;
    const Task* tasks;
    bool has_batch_of_one_path;    // whether a batch of one has a path of its own: not members, dropout or piecewise numbers
    Loss loss;
    double loss_constant;  // label smoothing, Huber's delta or the quantile's tau
};

// The learning rate of one step and what Adam's bias correction makes of it.
struct StepConstants {
    double learning_rate;  // η
    double step_size;      // η / (1 − β₁ᵗ)
    double root_scale;     // 1 / √(1 − β₂ᵗ)
};

struct OptimizerConstants {
    Optimizer kind;
    double momentum = 0, beta1 = 0, beta2 = 0, alpha = 0, epsilon = 0, weight_decay = 0;
};

// What is done to a gradient before the optimizer sees it; max_norm 0 does not clip.
struct Regularization {
    double l1, l2, max_norm;

    bool penalizes() const { return l1 != 0 || l2 != 0; }
    bool clips() const { return max_norm != 0; }
};

// The rows a call works on, as the caller holds them: unpadded, in the caller's order.
template <class T>
struct Table {
    i64 n_rows;
    const T* numbers;          // n_rows × n_numbers
    const std::int32_t* codes;  // n_rows × n_categories
    const T* positions;        // n_rows × n_piecewise
    const T* targets;          // n_rows × n_out; null for classes
    const std::int32_t* classes;  // n_rows; null for numbers
    const T* weights;          // n_rows; null where all are 1
};

// The memory of a call. Everything is padded and starts at a cache line. Row i · members + m of a layer is sample i as
// member m sees it.
template <class T>
struct Work {
    T* theta;
    T* gradient;
    T* first;        // of the optimizer's state, in the order of Optimizer::state; null where unused
    T* second;
    T* transposed;   // Wᵀ of every layer but the first
    T* sums;         // V of every piecewise number
    T* inputs;       // the batch: numbers
    std::int32_t* codes;  // the batch: codes
    std::int32_t* bins;   // the batch: which bin each position lies in
    T* fractions;         // the batch: how far along that bin
    T* activations;  // per layer, rows × stride
    T* preactivations;  // Z, laid out likewise, for activations whose derivative needs it; null where none does
    T* masks;        // what dropout multiplies by, laid out likewise; null where D alone tells
    T* dropped;      // D, what is left of A; the activations themselves where there are no masks
    T* products;     // with members: U, what W makes of D ⊙ R, laid out likewise
    T* deltas;       // per layer, rows × stride
    T* product_deltas;  // ∂J/∂U, laid out likewise; the deltas themselves where there is one member
    T* table_deltas;    // with members: the gradient of each table's row of each sample, tables × stride of layer 1
    T* table_slopes;    // with members: ∂J/∂R of each row, one number for each table
    T* scratch;      // this thread's: D ⊙ R; with one member, the gradient of a task
    double* losses;  // per row of the batch
    double* squares;  // per task: the squared length of its gradient, for clipping
    i64 batch;       // samples that the buffers hold
    i64 rows;        // batch × members
};

// Whether to go on, which the leader of the team checks before anything of a step is applied; and the steps that were taken.
struct Interrupt {
    bool (*continues)(void* context);
    void* context;
    i64 steps_taken;
};

template <class T>
struct Descent {
    Table<T> table;
    const i64* rows;  // row numbers in the order of descent
    i64 n_rows, batch_size;
    const StepConstants* steps;  // one a step
    OptimizerConstants optimizer;
    Regularization regularization;
    std::uint64_t seed;  // of the dropout
    i64 steps_before;    // that the optimizer has taken
    double* step_losses;
    Interrupt& interrupt;
};

class Team;
template <class T>
struct Race;  // race_plan.hpp
template <class T>
struct RaceWork;

// What one instruction set offers.
template <class T>
struct Kernels {
    void (*descend)(const Plan&, const Work<T>&, const Descent<T>&, Team&, int rank);
    void (*gradient)(const Plan&, const Work<T>&, const Table<T>&, double& loss, Team&, int rank);
    void (*prepare)(const Plan&, const Work<T>&);  // for predict: what it needs beside θ
    void (*predict)(const Plan&, const Work<T>&, const Table<T>&, bool activated, T* out, Team&, int rank);
    void (*forward)(const Plan&, const Work<T>&, const Table<T>&, T* const* Z, T* const* A);
    bool (*evaluate)(const char* function, const T* x, T* y, i64 count);  // whether the function is known
    void (*race)(const Race<T>&, const RaceWork<T>&, Team&);
    i64 models_per_vector;
    List<Activation> activations;
    List<Loss> losses;
    List<Optimizer> optimizers;
};

}  // namespace wade
