// The second half of a step, in pieces: the gradient of a few rows of a W, of one b or of a few columns of a table, and what
// the optimizer makes of it. A piece sums over the whole batch in row order, so that the thread that takes it changes no bit.
#pragma once

#include "optimizers.hpp"
#include "forward_backward.hpp"
#include "transpose.hpp"

namespace wade::WADE_ISA {

// Rows begin … end of W into the columns of Wᵀ.
template <class T>
void transpose_rows(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end) {
    const Layer& layer = plan.layers[l];
    const T* w = work.theta + plan.blocks[layer.weight].offset + begin * layer.stride;
    transpose(w, layer.stride, end - begin, layer.n_out, work.transposed + layer.transposed + begin, layer.in_stride);
}

// What a step needs beside θ, made from it: every Wᵀ and every V.
template <class T>
void derive_all(const Plan& plan, const Work<T>& work) {
    for (int l = 1; l < plan.n_layers; ++l) {
        if (!plan.layers[l].by_output) transpose_rows(plan, work, l, 0, plan.layers[l].n_in);
    }
    sum_all_slopes(plan, work);
}

// Where in the padded θ a task's weights begin.
inline i64 first_weight(const Plan& plan, const Task& task) {
    const Layer& layer = plan.layers[task.layer];
    return plan.blocks[layer.weight].offset + task.begin * (layer.by_output ? 1 : layer.stride);
}

// The same where W lies as a row: deltaᵀ · D, in whole vectors.
template <class T>
void weight_gradient_by_output(const Plan& plan, const Work<T>& work, i64 batch, const Task& task, T* gradient) {
    const Layer& layer = plan.layers[task.layer];
    Product<T> product{};
    product.m = 1, product.n = padded<T>(task.end - task.begin), product.k = batch;
    product.a = layer_rows(work, work.deltas, layer, 0), product.a_row = 1, product.a_k = layer.stride;
    product.b = source_rows(plan, work, task.layer, 0) + task.begin, product.b_row = layer.in_stride;
    product.c = gradient;
    multiply_row<T, Layout::columns>(product);
}

// grad_W[begin … end] = Dᵀ · delta over the batch, in `gradient`.
template <class T>
void weight_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task, T* gradient) {
    const Layer& layer = plan.layers[task.layer];
    if (layer.by_output) return weight_gradient_by_output(plan, work, batch, task, gradient);
    Product<T> product{};
    product.m = task.end - task.begin, product.n = layer.width, product.k = batch;
    product.a = source_rows(plan, work, task.layer, 0) + task.begin, product.a_row = 1, product.a_k = layer.in_stride;
    product.b = layer_rows(work, work.deltas, layer, 0), product.b_row = layer.stride;
    product.c = gradient, product.c_row = layer.stride;
    multiply(product);
}

// grad_b = Σ delta over the batch.
template <class T>
void bias_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[task.layer];
    const T* delta = layer_rows(work, work.deltas, layer, 0);
    T* gradient = work.gradient + plan.blocks[layer.bias].offset;
    for (i64 j = 0; j < layer.width; j += width) {
        vector<T> sum{};
        for (i64 i = 0; i < batch; ++i) sum += load(delta + i * layer.stride + j);
        store(gradient + j, sum);
    }
}

template <class T>
void compute_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    const bool members = plan.members > 1;
    switch (task.kind) {
        case Task::Kind::weight:
            members ? member_weight_gradient(plan, work, batch, task)
                    : weight_gradient(plan, work, batch, task, work.gradient + first_weight(plan, task));
            break;
        case Task::Kind::bias:
            members ? member_bias_gradient(plan, work, batch, task) : bias_gradient(plan, work, batch, task);
            break;
        case Task::Kind::embedding: embedding_gradient(plan, work, batch, task); break;
        case Task::Kind::piecewise: piecewise_gradient(plan, work, batch, task); break;
        case Task::Kind::table_factors: table_factor_gradient(plan, work, batch); break;
    }
}

// Calls visit(range) for each contiguous range of parameters that a task covers.
template <class T, class Visit>
void each_range(const Plan& plan, const Work<T>& work, const Task& task, Visit visit) {
    const auto range = [&](const Block& block, i64 from, i64 count) {
        visit(Range<T>{count, block.decays, work.theta + from, work.gradient + from,
                       work.first ? work.first + from : nullptr, work.second ? work.second + from : nullptr});
    };
    const auto rows = [&](const Block& block) {
        range(block, block.offset + task.begin * block.stride, (task.end - task.begin) * block.stride);
    };
    const auto columns = [&](const Block& block, i64 begin, i64 end) {
        for (i64 row = 0; row < block.rows; ++row) range(block, block.offset + row * block.stride + begin, end - begin);
    };
    const Layer& layer = plan.layers[task.layer];
    const bool members = plan.members > 1;
    switch (task.kind) {
        case Task::Kind::weight:
            if (layer.by_output) columns(plan.blocks[layer.weight], task.begin, task.end);
            else rows(plan.blocks[layer.weight]);
            if (members) columns(plan.blocks[layer.in_factors], task.begin, task.end);
            break;
        case Task::Kind::bias:
            rows(plan.blocks[layer.bias]);
            if (members) rows(plan.blocks[layer.out_factors]);
            break;
        case Task::Kind::embedding: columns(plan.blocks[plan.first_embedding + task.table], task.begin, task.end); break;
        case Task::Kind::piecewise: columns(plan.blocks[plan.first_piecewise + task.table], task.begin, task.end); break;
        case Task::Kind::table_factors:
            columns(plan.blocks[layer.in_factors], plan.n_numbers, plan.n_numbers + plan.n_tables);
            break;
    }
}

// Gradient and update of some rows of a W. Nobody asks for that gradient again, so it lies where this thread has had the
// last one, in its nearest cache.
template <class T>
void descend_weights(const Plan& plan, const Work<T>& work, const Regularization& regularization,
                     const OptimizerConstants& optimizer, const StepConstants& step, i64 batch, const Task& task) {
    const Layer& layer = plan.layers[task.layer];
    const i64 from = first_weight(plan, task), rows = task.end - task.begin;
    weight_gradient(plan, work, batch, task, work.scratch);
    const Range<T> range{layer.by_output ? rows : rows * layer.stride, true, work.theta + from, work.scratch,
                         work.first ? work.first + from : nullptr, work.second ? work.second + from : nullptr};
    if (regularization.penalizes()) penalize<T>(regularization, range.count, range.theta, range.gradient);
    update(optimizer, step, range);
    if (task.layer > 0 && !layer.by_output) transpose_rows(plan, work, task.layer, task.begin, task.end);
}

// The gradient of a task with the penalties on what decays.
template <class T>
void penalized_gradient(const Plan& plan, const Work<T>& work, const Regularization& regularization, i64 batch,
                        const Task& task) {
    compute_gradient(plan, work, batch, task);
    if (!regularization.penalizes()) return;
    each_range(plan, work, task, [&](const Range<T>& range) {
        if (range.decays) penalize<T>(regularization, range.count, range.theta, range.gradient);
    });
}

// Applies the gradient of a task, and brings what is made from these parameters up to date.
template <class T>
void apply_gradient(const Plan& plan, const Work<T>& work, const OptimizerConstants& optimizer, const StepConstants& step,
                    const Task& task) {
    each_range(plan, work, task, [&](const Range<T>& range) { update(optimizer, step, range); });
    if (task.kind == Task::Kind::weight && task.layer > 0 && !plan.layers[task.layer].by_output) {
        transpose_rows(plan, work, task.layer, task.begin, task.end);
    }
    if (task.kind == Task::Kind::piecewise) sum_slopes(plan, work, task.table, task.begin, task.end);
}

}  // namespace wade::WADE_ISA
