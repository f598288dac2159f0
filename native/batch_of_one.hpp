// Descent with one example at a time. A step is a chain in which every link waits for the one before, and on a small
// network the general path spends its time between the links. Here the weights lie packed, each matrix by inputs or by
// outputs, whichever makes fewer rows; a step passes over each once forward and once back, and plain descent moves a
// weight in the pass that reads it. Biases, embeddings, activations and deltas stay where the general path has them.
#pragma once

#include "matvec_layout.hpp"
#include "gradient_tasks.hpp"

namespace wade::WADE_ISA {

// Nothing but the gradient times the learning rate: weights can move while they are read.
template <class T>
bool is_plain_descent(const Work<T>& work, const Descent<T>& descent) {
    return descent.optimizer.kind.plain_without_momentum && !work.first && descent.optimizer.weight_decay == 0 &&
           !descent.regularization.penalizes() && !descent.regularization.clips();
}

// A layer's two passes, and where they leave what the step needs besides.
template <class T>
struct Stage {
    MatVec<T> forward, back;
    MatVecFunction<T> run_forward, run_backward;
    bool fused;  // whether the passes apply the activation and its derivative
    T* bias;
    const T* delta;
};

template <class T>
class BatchOfOne {
  public:
    BatchOfOne(const Plan& plan, const Work<T>& work, const Descent<T>& descent)
        : plan_(plan),
          work_(work),
          descent_(descent),
          plain_(is_plain_descent(work, descent)),
          packing_(plan),
          theta_(packing_.count()),
          gradient_(plain_ ? 0 : packing_.count()),
          first_(work.first ? packing_.count() : 0),
          second_(work.second ? packing_.count() : 0),
          stages_(plan.n_layers) {
        for (int l = 0; l < plan.n_layers; ++l) stages_[l] = stage_of(l);
    }

    void descend() {
        packing_.pack(work_.theta, theta_.get());
        if (work_.first) packing_.pack(work_.first, first_.get());
        if (work_.second) packing_.pack(work_.second, second_.get());
        i64 step = 0;
        for (; step < descent_.n_rows; ++step) {
            if (step % ahead == 0 && !descent_.interrupt.continues(descent_.interrupt.context)) break;
            if (step + ahead < descent_.n_rows) fetch(descent_.rows[step + ahead]);
            take(step);
        }
        descent_.interrupt.steps_taken = step;
        packing_.unpack(theta_.get(), work_.theta);
        if (work_.first) packing_.unpack(first_.get(), work_.first);
        if (work_.second) packing_.unpack(second_.get(), work_.second);
    }

  private:
    static constexpr i64 ahead = 16;  // steps: about as long as memory takes to answer

    T* activations(int l) const { return layer_rows(work_, work_.activations, plan_.layers[l], 0); }
    T* deltas(int l) const { return layer_rows(work_, work_.deltas, plan_.layers[l], 0); }
    T* bias(int l) const { return work_.theta + plan_.blocks[plan_.layers[l].bias].offset; }
    T* preactivations(int l) const {
        return work_.preactivations ? layer_rows(work_, work_.preactivations, plan_.layers[l], 0) : activations(l);
    }
    T* embedding(i64 category, std::int32_t code) const {
        const Block& block = plan_.blocks[plan_.first_embedding + category];
        return work_.theta + block.offset + code * block.stride;
    }
    const std::int32_t* codes_of(i64 row) const { return descent_.table.codes + row * plan_.n_categories; }

    // The first layer reads its numbers where the table has them: each step says where.
    MatVec<T> pass_of(int l) const {
        const Panels& panels = packing_[l];
        const T* from = l == 0 ? nullptr : activations(l - 1);
        const T* delta = deltas(l);
        return {panels.rows, panels.panel_rows, panels.last_panel_rows, panels.n_vectors, theta_.get() + panels.offset,
                plain_ ? nullptr : gradient_.get() + panels.offset, panels.by_output ? delta : from,
                panels.by_output ? from : delta, nullptr, nullptr, false, nullptr};
    }

    Stage<T> stage_of(int l) const {
        const Layer& layer = plan_.layers[l];
        const Panels& panels = packing_[l];
        constexpr Direction forward = Direction::forward;
        return {forward_pass(l),
                backward_pass(l),
                panels.by_output ? dots_for<T, forward>(panels.rows) : sums_for<T, forward>(panels.n_vectors),
                plain_ ? backward_function<Direction::backward_update>(l) : backward_function<Direction::backward_gradient>(l),
                l + 1 == plan_.n_layers || layer.activation.fused(),
                bias(l),
                deltas(l)};
    }

    template <Direction DIRECTION>
    MatVecFunction<T> backward_function(int l) const {
        const Panels& panels = packing_[l];
        if (l == 0) return sums_for<T, DIRECTION, false>(panels.n_vectors);
        return panels.by_output ? sums_for<T, DIRECTION>(panels.n_vectors) : dots_for<T, DIRECTION>(panels.rows);
    }

    MatVec<T> forward_pass(int l) const {
        MatVec<T> pass = pass_of(l);
        pass.out = activations(l);
        // With categories the first layer starts from more than its bias: the sum waits where its delta will be.
        pass.bias = l == 0 && plan_.n_categories > 0 ? deltas(0) : bias(l);
        pass.relu = l + 1 < plan_.n_layers && plan_.layers[l].activation.zero_where_negative;
        return pass;
    }

    MatVec<T> backward_pass(int l) const {
        MatVec<T> pass = pass_of(l);
        if (l == 0) return pass;
        pass.out = deltas(l - 1);
        if (plan_.layers[l - 1].activation.zero_where_negative) pass.mask = activations(l - 1);
        return pass;
    }

    // Rows are drawn from all over the table: asks for one before it is needed. A function that only fetches ahead has
    // no effect in GCC's eyes, and a call to it is left out: hence always inline.
    [[gnu::always_inline]] void fetch(i64 row) const {
        const Table<T>& table = descent_.table;
        const i64 n_out = plan_.layers[plan_.n_layers - 1].n_out;
        fetch_range(table.numbers + row * plan_.n_numbers, plan_.n_numbers);
        if (plan_.n_categories > 0) fetch_range(codes_of(row), plan_.n_categories);
        if (table.targets) fetch_range(table.targets + row * n_out, n_out);
        if (table.classes) fetch_range(table.classes + row, 1);
        if (table.weights) fetch_range(table.weights + row, 1);
    }

    template <class Value>
    [[gnu::always_inline]] static void fetch_range(const Value* from, i64 count) {
        const char* byte = reinterpret_cast<const char*>(from);
        const char* const last = byte + count * static_cast<i64>(sizeof(Value)) - 1;
        for (; byte < last; byte += cache_line) __builtin_prefetch(byte);
        __builtin_prefetch(last);
    }

    void take(i64 step) const {
        const i64 row = descent_.rows[step];
        const double weight = descent_.table.weights ? static_cast<double>(descent_.table.weights[row]) : 1.0;
        stages_[0].forward.row_factors = stages_[0].back.row_factors = descent_.table.numbers + row * plan_.n_numbers;
        if (plan_.n_categories > 0) add_embeddings(row);
        for (int l = 0; l < plan_.n_layers; ++l) forward(l);
        loss_rows(plan_, work_, descent_.table, descent_.rows + step, weight, 0, 1);
        descent_.step_losses[step] = work_.losses[0];
        const T rate = static_cast<T>(descent_.steps[step].learning_rate);
        for (int l = plan_.n_layers - 1; l >= 0; --l) back(l, rate);
        if (plain_) move_vectors(row, rate);
        else apply_gradient_of(row, descent_.steps[step]);
    }

    // b + Σ_c E_c[code_c]
    void add_embeddings(i64 row) const {
        constexpr i64 width = Simd<T>::width;
        const std::int32_t* codes = codes_of(row);
        for (i64 j = 0; j < plan_.layers[0].n_out; j += width) {
            vector<T> sum = load(bias(0) + j);
            for (i64 c = 0; c < plan_.n_categories; ++c) sum += load(embedding(c, codes[c]) + j);
            store(deltas(0) + j, sum);
        }
    }

    void forward(int l) const {
        const Stage<T>& stage = stages_[l];
        stage.run_forward(stage.forward, T(0));
        if (stage.fused) return;
        const Layer& layer = plan_.layers[l];
        if (work_.preactivations) copy(activations(l), preactivations(l), layer.n_out);
        // Without the padding, which stays 0.
        activation_forward(layer.activation, activations(l), layer.n_out);
    }

    // The pass leaves ∂J/∂A of the layer below, or its delta.
    void back(int l, T rate) const {
        const Stage<T>& stage = stages_[l];
        stage.run_backward(stage.back, rate);
        if (l == 0 || stages_[l - 1].fused) return;
        const Layer& below = plan_.layers[l - 1];
        activation_backward(below.activation, preactivations(l - 1), activations(l - 1), deltas(l - 1), below.n_out);
    }

    // Biases, and the embeddings of this row's codes, go down by rate · delta.
    void move_vectors(i64 row, T rate) const {
        for (int l = 0; l < plan_.n_layers; ++l) {
            subtract(stages_[l].bias, rate, stages_[l].delta, plan_.layers[l].n_out);
        }
        const std::int32_t* codes = codes_of(row);
        for (i64 c = 0; c < plan_.n_categories; ++c) {
            subtract(embedding(c, codes[c]), rate, deltas(0), plan_.layers[0].n_out);
        }
    }

    static void subtract(T* from, T rate, const T* delta, i64 count) {
        constexpr i64 width = Simd<T>::width;
        for (i64 j = 0; j < count; j += width) store(from + j, load(from + j) - rate * load(delta + j));
    }

    // Any other optimizer, and what regularization does to the gradient before it; biases and embeddings by the general
    // path's own tasks.
    void apply_gradient_of(i64 row, const StepConstants& step) const {
        const Regularization& regularization = descent_.regularization;
        copy(codes_of(row), work_.codes, plan_.n_categories);
        each_task([&](const Task& task) { penalized_gradient(plan_, work_, regularization, 1, task); });
        const Range<T> weights{packing_.count(), true, theta_.get(), gradient_.get(), first_.get(), second_.get()};
        if (regularization.penalizes()) penalize<T>(regularization, weights.count, weights.theta, weights.gradient);
        if (regularization.clips()) {
            double squares = sum_of_squares(weights.gradient, weights.count);
            each_vector([&](const Range<T>& range) { squares += sum_of_squares(range.gradient, range.count); });
            const double factor = clipping_factor(regularization, squares);
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
    const bool plain_;
    const Packing<T> packing_;
    const Cells<T> theta_, gradient_, first_, second_;
    const Cells<Stage<T>> stages_;
};

}  // namespace wade::WADE_ISA
