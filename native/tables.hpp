// What the first layer reads without a product: a category's code picks a row of E, and a piecewise-linear number lies between
// two rows of V, the running sums of its P. Counterparts of src/wade/maths/layers.py (embedding) and piecewise.py.
#pragma once

#include "batch.hpp"

namespace wade::WADE_ISA {

// The row of E that a sample's code picks.
template <class T>
inline const T* picked_row(const Plan& plan, const Work<T>& work, i64 sample, i64 category) {
    const i64 code = work.codes[sample * plan.n_categories + category];
    return parameters(plan, work, plan.first_embedding + static_cast<int>(category)) + code * plan.layers[0].stride;
}

// (1 − f) V[t] + f V[t + 1]
template <class T>
struct Between {
    const T* low;
    const T* high;
    T fraction;

    vector<T> at(i64 j) const { return (T(1) - fraction) * load(low + j) + fraction * load(high + j); }
};

template <class T>
inline Between<T> between_rows(const Plan& plan, const Work<T>& work, i64 sample, i64 number) {
    const i64 place = sample * plan.n_piecewise + number, stride = plan.layers[0].stride;
    const T* low = work.sums + plan.sums[number] + work.bins[place] * stride;
    return {low, low + stride, work.fractions[place]};
}

// Z₁ before the product: b + Σ_c E_c[code_c] + Σ_p P_p(position_p).
template <class T>
void start_from_tables(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[0];
    const T* bias = parameters(plan, work, layer.bias);
    for (i64 i = begin; i < end; ++i) {
        T* z = layer_rows(work, work.activations, layer, i);
        for (i64 j = 0; j < layer.width; j += width) {
            vector<T> sum = load(bias + j);
            for (i64 c = 0; c < plan.n_categories; ++c) sum += load(picked_row(plan, work, i, c) + j);
            for (i64 p = 0; p < plan.n_piecewise; ++p) sum += between_rows(plan, work, i, p).at(j);
            store(z + j, sum);
        }
    }
}

// V[t + 1] = V[t] + P[t] from V[0] = 0, for columns begin … end.
template <class T>
void sum_slopes(const Plan& plan, const Work<T>& work, i64 number, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Block& block = plan.blocks[plan.first_piecewise + number];
    for (i64 j = begin; j < end; j += width) {
        const T* slope = work.theta + block.offset + j;
        T* sum = work.sums + plan.sums[number] + block.stride + j;
        vector<T> total{};
        for (i64 t = 0; t < block.rows; ++t, slope += block.stride, sum += block.stride) {
            total += load(slope);
            store(sum, total);
        }
    }
}

template <class T>
void sum_all_slopes(const Plan& plan, const Work<T>& work) {
    for (i64 p = 0; p < plan.n_piecewise; ++p) sum_slopes(plan, work, p, 0, plan.layers[0].width);
}

// The gradients of the rows of one table, sample by sample: delta of the first layer, or with members the sum of
// theirs, each times its factor.
template <class T>
struct TableDeltas {
    const T* first;
    i64 stride;

    TableDeltas(const Plan& plan, const Work<T>& work, i64 table) {
        const Layer& layer = plan.layers[0];
        const bool members = plan.members > 1;
        first = members ? work.table_deltas + table * layer.stride : layer_rows(work, work.deltas, layer, 0);
        stride = members ? plan.n_tables * layer.stride : layer.stride;
    }
};

template <class T>
void clear(const Block& block, T* gradient, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    for (i64 row = 0; row < block.rows; ++row) {
        for (i64 j = begin; j < end; j += width) store(gradient + row * block.stride + j, vector<T>{});
    }
}

template <class T>
inline void add(T* to, vector<T> more) {
    store(to, load(to) + more);
}

// grad_E[code] += delta, for columns begin … end.
template <class T>
void embedding_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    constexpr i64 width = Simd<T>::width;
    const Block& block = plan.blocks[plan.first_embedding + task.table];
    const TableDeltas<T> deltas(plan, work, task.table);
    T* gradient = work.gradient + block.offset;
    clear(block, gradient, task.begin, task.end);
    for (i64 i = 0; i < batch; ++i) {
        T* to = gradient + work.codes[i * plan.n_categories + task.table] * block.stride;
        const T* delta = deltas.first + i * deltas.stride;
        for (i64 j = task.begin; j < task.end; j += width) add(to + j, load(delta + j));
    }
}

// grad_V[t] += (1 − f) delta and grad_V[t + 1] += f delta, then grad_P[s] = Σ_{t > s} grad_V[t], for columns begin … end.
// V[0] is no parameter, so grad_V[t + 1] fits in the place of grad_P[t].
template <class T>
void piecewise_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    constexpr i64 width = Simd<T>::width;
    const Block& block = plan.blocks[plan.first_piecewise + task.table];
    const TableDeltas<T> deltas(plan, work, plan.n_categories + task.table);
    T* gradient = work.gradient + block.offset;
    clear(block, gradient, task.begin, task.end);
    for (i64 i = 0; i < batch; ++i) {
        const i64 bin = work.bins[i * plan.n_piecewise + task.table];
        const T fraction = work.fractions[i * plan.n_piecewise + task.table];
        T* high = gradient + bin * block.stride;
        const T* delta = deltas.first + i * deltas.stride;
        for (i64 j = task.begin; j < task.end; j += width) {
            const vector<T> gradient = load(delta + j);
            if (bin > 0) add(high - block.stride + j, (T(1) - fraction) * gradient);
            add(high + j, fraction * gradient);
        }
    }
    for (i64 row = block.rows - 2; row >= 0; --row) {
        T* to = gradient + row * block.stride;
        for (i64 j = task.begin; j < task.end; j += width) add(to + j, load(to + block.stride + j));
    }
}

}  // namespace wade::WADE_ISA
