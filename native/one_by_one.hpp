// Descent with one example at a time. A step is a chain in which every link waits for the one before, and at this size the
// general path's time goes between the links. Here the weights lie packed, each matrix by inputs or by outputs, whichever
// makes fewer rows; a step passes over them once forward and once backward (passes.hpp), and plain descent moves every
// weight in the pass that reads it. Biases, embeddings, activations and deltas stay where the general path has them.
#pragma once

#include <cmath>
#include <new>

#include "passes.hpp"
#include "tasks.hpp"

namespace wade::WADE_ISA {

// The general path has what this one has not: members, dropout, numbers among bins.
inline bool descends_one_by_one(const Plan& plan, i64 batch_size) {
    return batch_size == 1 && plan.members == 1 && plan.dropout_threshold == 0 && plan.n_piecewise == 0;
}

// Nothing but the gradient times the learning rate: weights can move while they are read.
template <class T>
bool descends_plainly(const Work<T>& work, const Descent<T>& descent) {
    return descent.optimizer.kind == Optimizer::sgd && !work.first && descent.optimizer.weight_decay == 0 &&
           !descent.regularisation.penalises() && !descent.regularisation.clips();
}

// Zeroed memory that starts at a cache line; none is null. The kernels use no templates of the standard library (plan.hpp).
template <class T>
class Cells {
  public:
    explicit Cells(i64 count) {
        if (count == 0) return;
        cells_ = static_cast<T*>(::operator new(static_cast<std::size_t>(count) * sizeof(T), alignment));
        for (i64 i = 0; i < count; ++i) cells_[i] = 0;
    }
    ~Cells() { ::operator delete(cells_, alignment); }
    Cells(const Cells&) = delete;
    Cells& operator=(const Cells&) = delete;

    T* get() const { return cells_; }

  private:
    static constexpr std::align_val_t alignment{cache_line};
    T* cells_ = nullptr;
};

// Where a layer's weights lie.
struct Matrix {
    bool by_output;
    i64 rows, padded_rows, n_vectors, stride;
    i64 offset, count;  // of its cells among all
};

// Rows in whole groups, as dot_rows takes them.
template <class T>
i64 padded_rows(i64 rows) {
    constexpr i64 width = Simd<T>::width;
    i64 last = 1;
    while (last < rows % width) last *= 2;
    return rows % width == 0 ? rows : rows / width * width + last;
}

template <class T>
i64 vectors_of(i64 columns) {
    return (columns + Simd<T>::width - 1) / Simd<T>::width;
}

template <class T>
Matrix laid_out(const Layer& layer, bool by_output, i64 offset) {
    const i64 rows = by_output ? layer.n_out : layer.n_in, columns = by_output ? layer.n_in : layer.n_out;
    const i64 n_vectors = vectors_of<T>(columns);
    const i64 stride = n_vectors == 1 ? Simd<T>::width : stride_of<T>(columns);
    return {by_output, rows, padded_rows<T>(rows), n_vectors, stride, offset, padded_rows<T>(rows) * stride};
}

// What a pass costs beside its vectors: a number to spread over a vector for each row, and a share of the sums of lanes.
template <class T>
i64 cost_of(i64 rows, i64 columns) {
    return rows * (vectors_of<T>(columns) + 1);
}

// The first layer has nothing below it: only the sum of rows is wanted.
template <class T>
bool better_by_output(const Layer& layer, bool first) {
    return !first && cost_of<T>(layer.n_out, layer.n_in) <= cost_of<T>(layer.n_in, layer.n_out);
}

template <class T>
class OneByOne {
  public:
    OneByOne(const Plan& plan, const Work<T>& work, const Descent<T>& descent)
        : plan_(plan),
          work_(work),
          descent_(descent),
          plainly_(descends_plainly(work, descent)),
          layout_(plan),
          weights_(layout_.count),
          gradient_(plainly_ ? 0 : layout_.count),
          first_(work.first ? layout_.count : 0),
          second_(work.second ? layout_.count : 0) {
        exchange(work.theta, weights_.get(), false);
        if (work.first) exchange(work.first, first_.get(), false);
        if (work.second) exchange(work.second, second_.get(), false);
    }

    void descend() {
        for (i64 step = 0; step < descent_.n_rows; ++step) {
            if (step + ahead < descent_.n_rows) fetch(descent_.rows[step + ahead]);
            take(step);
        }
        exchange(work_.theta, weights_.get(), true);
        if (work_.first) exchange(work_.first, first_.get(), true);
        if (work_.second) exchange(work_.second, second_.get(), true);
    }

  private:
    static constexpr i64 ahead = 16;  // steps: about as long as memory takes to answer

    struct Layout {
        explicit Layout(const Plan& plan) : matrices(plan.n_layers * static_cast<i64>(sizeof(Matrix))) {
            for (int l = 0; l < plan.n_layers; ++l) {
                at(l) = laid_out<T>(plan.layers[l], better_by_output<T>(plan.layers[l], l == 0), count);
                count += at(l).count;
            }
        }
        Matrix& at(int l) const { return reinterpret_cast<Matrix*>(matrices.get())[l]; }

        Cells<unsigned char> matrices;
        i64 count = 0;
    };

    // Between the general path's layout and this one.
    void exchange(T* general, T* packed, bool back) const {
        for (int l = 0; l < plan_.n_layers; ++l) {
            const Layer& layer = plan_.layers[l];
            const Matrix& matrix = layout_.at(l);
            for (i64 k = 0; k < layer.n_in; ++k) {
                for (i64 n = 0; n < layer.n_out; ++n) {
                    T& there = general[plan_.blocks[layer.weight].offset + k * layer.stride + n];
                    T& here = packed[matrix.offset + (matrix.by_output ? n * matrix.stride + k : k * matrix.stride + n)];
                    if (back) there = here;
                    else here = there;
                }
            }
        }
    }

    // Rows are drawn from all over the table: asks for one before it is needed.
    void fetch(i64 row) const {
        const auto fetch_range = [](const auto* from, i64 count) {
            const char* byte = reinterpret_cast<const char*>(from);
            const i64 bytes = count * static_cast<i64>(sizeof(*from));
            for (i64 at = 0; at < bytes; at += cache_line) __builtin_prefetch(byte + at);
            if (bytes > 0) __builtin_prefetch(byte + bytes - 1);
        };
        const Table<T>& table = descent_.table;
        const i64 n_out = plan_.layers[plan_.n_layers - 1].n_out;
        fetch_range(table.numbers + row * plan_.n_numbers, plan_.n_numbers);
        fetch_range(table.codes + row * plan_.n_categories, plan_.n_categories);
        if (table.targets) fetch_range(table.targets + row * n_out, n_out);
        if (table.classes) fetch_range(table.classes + row, 1);
        if (table.weights) fetch_range(table.weights + row, 1);
    }

    T* activations(int l) const { return layer_rows(work_, work_.activations, plan_.layers[l], 0); }
    T* deltas(int l) const { return layer_rows(work_, work_.deltas, plan_.layers[l], 0); }
    T* bias(int l) const { return work_.theta + plan_.blocks[plan_.layers[l].bias].offset; }
    T* preactivations(int l) const {
        return work_.preactivations ? layer_rows(work_, work_.preactivations, plan_.layers[l], 0) : activations(l);
    }

    // What layer l reads: the row as the table holds it, or the activations of the layer below.
    const T* source(int l, i64 row) const {
        return l == 0 ? descent_.table.numbers + row * plan_.n_numbers : activations(l - 1);
    }

    void take(i64 step) const {
        const i64 row = descent_.rows[step];
        for (int l = 0; l < plan_.n_layers; ++l) forward(l, row);
        loss_rows(plan_, work_, descent_.table, descent_.rows + step, weight_of_row(row), 0, 1);
        descent_.step_losses[step] = work_.losses[0];
        if (plainly_) {
            backward<Then::descend>(row, static_cast<T>(descent_.steps[step].learning_rate));
        } else {
            backward<Then::keep_gradient>(row, T(0));
            apply(descent_.steps[step], row);
        }
    }

    double weight_of_row(i64 row) const {
        return descent_.table.weights ? static_cast<double>(descent_.table.weights[row]) : 1.0;
    }

    Pass<T> pass_of(int l, i64 row) const {
        const Matrix& matrix = layout_.at(l);
        const T* from = source(l, row);
        const T* delta = deltas(l);
        return {matrix.rows, matrix.n_vectors, matrix.stride, weights_.get() + matrix.offset,
                gradient_.get() + matrix.offset, matrix.by_output ? delta : from, matrix.by_output ? from : delta};
    }

    void forward(int l, i64 row) const {
        const Layer& layer = plan_.layers[l];
        const bool hidden = l + 1 < plan_.n_layers;
        Pass<T> pass = pass_of(l, row);
        pass.out = activations(l);
        pass.start = l == 0 && plan_.n_categories > 0 ? start_from_codes(row) : bias(l);
        pass.relu = hidden && layer.activation == Activation::relu;
        if (layout_.at(l).by_output) dot_rows<T, Then::nothing>(pass);
        else sum_rows<T, Then::nothing>(pass);
        if (!hidden || fused(layer.activation)) return;
        if (work_.preactivations) copy(pass.out, preactivations(l), layer.n_out);
        // Without the padding, which stays 0.
        activate(layer.activation, pass.out, layer.n_out);
    }

    // b + Σ_c E_c[code_c], left where the first layer's delta will be.
    const T* start_from_codes(i64 row) const {
        constexpr i64 width = Simd<T>::width;
        const Layer& layer = plan_.layers[0];
        const std::int32_t* codes = descent_.table.codes + row * plan_.n_categories;
        T* start = deltas(0);
        for (i64 j = 0; j < layer.n_out; j += width) {
            vector<T> sum = load(bias(0) + j);
            for (i64 c = 0; c < plan_.n_categories; ++c) sum += load(embedding(c, codes[c]) + j);
            store(start + j, sum);
        }
        return start;
    }

    T* embedding(i64 category, std::int32_t code) const {
        const Block& block = plan_.blocks[plan_.first_embedding + category];
        return work_.theta + block.offset + code * block.stride;
    }

    template <Then THEN>
    void backward(i64 row, T rate) const {
        for (int l = plan_.n_layers - 1; l > 0; --l) {
            const Layer& below = plan_.layers[l - 1];
            Pass<T> pass = pass_of(l, row);
            pass.rate = rate;
            pass.out = deltas(l - 1);
            pass.mask = below.activation == Activation::relu ? activations(l - 1) : nullptr;
            if (layout_.at(l).by_output) sum_rows<T, THEN>(pass);
            else dot_rows<T, THEN>(pass);
            if (!fused(below.activation)) {
                deactivate(below.activation, preactivations(l - 1), activations(l - 1), pass.out, below.n_out);
            }
        }
        Pass<T> pass = pass_of(0, row);
        pass.rate = rate;
        sum_rows<T, THEN, false>(pass);
        if constexpr (THEN == Then::descend) move_vectors(row, rate);
    }

    // Biases, and the embeddings of this row's codes, go down by rate · delta.
    void move_vectors(i64 row, T rate) const {
        for (int l = 0; l < plan_.n_layers; ++l) subtract(bias(l), rate, deltas(l), plan_.layers[l].n_out);
        const std::int32_t* codes = descent_.table.codes + row * plan_.n_categories;
        for (i64 c = 0; c < plan_.n_categories; ++c) {
            subtract(embedding(c, codes[c]), rate, deltas(0), plan_.layers[0].n_out);
        }
    }

    static void subtract(T* from, T rate, const T* delta, i64 count) {
        constexpr i64 width = Simd<T>::width;
        for (i64 j = 0; j < count; j += width) store(from + j, load(from + j) - rate * load(delta + j));
    }

    // Any other optimiser, and what regularisation does to the gradient before it; biases and embeddings by the general
    // path's own tasks.
    void apply(const StepConstants& step, i64 row) const {
        const Regularisation& regularisation = descent_.regularisation;
        copy(descent_.table.codes + row * plan_.n_categories, work_.codes, plan_.n_categories);
        each_task([&](const Task& task) { penalised_gradient(plan_, work_, regularisation, 1, task); });
        const Range<T> weights{layout_.count, true, weights_.get(), gradient_.get(), first_.get(), second_.get()};
        if (regularisation.penalises()) penalise<T>(regularisation, weights.count, weights.theta, weights.gradient);
        if (regularisation.clips()) {
            double squares = sum_of_squares(weights.gradient, weights.count);
            each_vector([&](const Range<T>& range) { squares += sum_of_squares(range.gradient, range.count); });
            const double factor = clipping_factor(regularisation, squares);
            shorten(weights, factor);
            each_vector([&](const Range<T>& range) { shorten(range, factor); });
        }
        update(descent_.optimizer, step, weights);
        each_vector([&](const Range<T>& range) { update(descent_.optimizer, step, range); });
    }

    template <class Visit>
    void each_task(Visit visit) const {
        for (i64 task = 0; task < plan_.n_tasks; ++task) {
            if (plan_.tasks[task].kind != Task::Kind::weight) visit(plan_.tasks[task]);
        }
    }

    template <class Visit>
    void each_vector(Visit visit) const {
        each_task([&](const Task& task) { each_range(plan_, work_, task, visit); });
    }

    const Plan& plan_;
    const Work<T>& work_;
    const Descent<T>& descent_;
    const bool plainly_;
    const Layout layout_;
    const Cells<T> weights_, gradient_, first_, second_;
};

}  // namespace wade::WADE_ISA
