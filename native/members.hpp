// Networks that share each W: Z = ((D ⊙ R) W) ⊙ S + b, where R, S and b have a row for each member. Counterpart of
// src/wade/maths/members.py. U is what the product makes of D ⊙ R, before S and b.
#pragma once

#include "matmul.hpp"
#include "tables.hpp"

namespace wade::WADE_ISA {

// The factors of one member: a row of R or S.
template <class T>
inline const T* factors_of(const Plan& plan, const Work<T>& work, int block, i64 member) {
    return parameters(plan, work, block) + member * plan.blocks[block].stride;
}

template <class T>
inline T sum_of_lanes(vector<T> values) {
    T sum = 0;
    for (i64 lane = 0; lane < Simd<T>::width; ++lane) sum += values[lane];
    return sum;
}

// U₁ before the product: Σ_c R[c] E_c[code_c] + Σ_p R[p] P_p(position_p).
template <class T>
void start_members_from_tables(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[0];
    for (i64 i = begin; i < end; ++i) {
        for (i64 m = 0; m < plan.members; ++m) {
            const T* factors = factors_of(plan, work, layer.in_factors, m) + layer.n_in;
            T* u = layer_rows(work, work.products, layer, i * plan.members + m);
            for (i64 j = 0; j < layer.width; j += width) {
                vector<T> sum{};
                for (i64 c = 0; c < plan.n_categories; ++c) sum += factors[c] * load(picked_row(plan, work, i, c) + j);
                for (i64 p = 0; p < plan.n_piecewise; ++p) {
                    sum += factors[plan.n_categories + p] * between_rows(plan, work, i, p).at(j);
                }
                store(u + j, sum);
            }
        }
    }
}

// D ⊙ R of these samples' rows, in this thread's scratch.
template <class T>
void scale_sources(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[l];
    T* to = work.scratch;
    for (i64 i = begin; i < end; ++i) {
        for (i64 m = 0; m < plan.members; ++m, to += layer.in_stride) {
            const T* source = source_rows(plan, work, l, l == 0 ? i : i * plan.members + m);
            const T* factors = factors_of(plan, work, layer.in_factors, m);
            for (i64 j = 0; j < layer.in_width; j += width) store(to + j, load(source + j) * load(factors + j));
        }
    }
}

// Z = U ⊙ S + b, and a ReLU where it is asked for.
template <class T>
void scale_products(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end, Finish finish) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[l];
    const vector<T> zero{};
    for (i64 i = begin; i < end; ++i) {
        for (i64 m = 0; m < plan.members; ++m) {
            const T* factors = factors_of(plan, work, layer.out_factors, m);
            const T* bias = factors_of(plan, work, layer.bias, m);
            const T* u = layer_rows(work, work.products, layer, i * plan.members + m);
            T* z = layer_rows(work, work.activations, layer, i * plan.members + m);
            for (i64 j = 0; j < layer.width; j += width) {
                vector<T> value = load(u + j) * load(factors + j) + load(bias + j);
                if (finish == Finish::relu) value = value < zero ? zero : value;  // a NaN stays one
                store(z + j, value);
            }
        }
    }
}

// U and Z of a layer, a few samples at a time.
template <class T>
void sum_members(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end, Finish finish) {
    const Layer& layer = plan.layers[l];
    const bool tables = l == 0 && plan.n_tables > 0;
    for (i64 first = begin; first < end; first += plan.samples_at_once) {
        const i64 last = end - first < plan.samples_at_once ? end : first + plan.samples_at_once;
        if (tables) start_members_from_tables(plan, work, first, last);
        scale_sources(plan, work, l, first, last);
        Product<T> product{};
        product.m = (last - first) * plan.members, product.n = layer.width, product.k = layer.n_in;
        product.a = work.scratch, product.a_row = layer.in_stride, product.a_k = 1;
        product.b = parameters(plan, work, layer.weight), product.b_row = layer.stride;
        product.c = layer_rows(work, work.products, layer, first * plan.members), product.c_row = layer.stride;
        product.start = tables ? Start::accumulate : Start::zero;
        multiply(product);
        scale_products(plan, work, l, first, last, finish);
    }
}

// ∂J/∂U = delta ⊙ S.
template <class T>
void scale_deltas(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[l];
    for (i64 i = begin; i < end; ++i) {
        for (i64 m = 0; m < plan.members; ++m) {
            const T* factors = factors_of(plan, work, layer.out_factors, m);
            const T* delta = layer_rows(work, work.deltas, layer, i * plan.members + m);
            T* to = layer_rows(work, work.product_deltas, layer, i * plan.members + m);
            for (i64 j = 0; j < layer.width; j += width) store(to + j, load(delta + j) * load(factors + j));
        }
    }
}

// The gradient of what layer l read, which lies in the deltas of the layer below, ⊙ R.
template <class T>
void scale_input_gradient(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end) {
    for (i64 i = begin; i < end; ++i) {
        for (i64 m = 0; m < plan.members; ++m) {
            scale(layer_rows(work, work.deltas, plan.layers[l - 1], i * plan.members + m),
                  factors_of(plan, work, plan.layers[l].in_factors, m), plan.layers[l].in_width);
        }
    }
}

// One table's row for one sample, as each member saw it: its gradient, Σ_m R[m] ∂J/∂U, and what each
// member's factor is, ∂J/∂U · row. `row(j)` is the vector at column j.
template <class T, class Row>
void table_gradient(const Plan& plan, const Work<T>& work, i64 sample, i64 table, Row row) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[0];
    T* to = work.table_deltas + (sample * plan.n_tables + table) * layer.stride;
    for (i64 m = 0; m < plan.members; ++m) {
        const T factor = factors_of(plan, work, layer.in_factors, m)[layer.n_in + table];
        const T* delta = layer_rows(work, work.product_deltas, layer, sample * plan.members + m);
        vector<T> slope{};
        for (i64 j = 0; j < layer.width; j += width) {
            const vector<T> here = load(delta + j);
            store(to + j, m == 0 ? factor * here : load(to + j) + factor * here);
            slope += here * row(j);
        }
        work.table_slopes[(sample * plan.members + m) * plan.n_tables + table] = sum_of_lanes<T>(slope);
    }
}

template <class T>
void table_gradients(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    for (i64 i = begin; i < end; ++i) {
        for (i64 c = 0; c < plan.n_categories; ++c) {
            const T* picked = picked_row(plan, work, i, c);
            table_gradient(plan, work, i, c, [=](i64 j) { return load(picked + j); });
        }
        for (i64 p = 0; p < plan.n_piecewise; ++p) {
            const Between<T> between = between_rows(plan, work, i, p);
            table_gradient(plan, work, i, plan.n_categories + p, [=](i64 j) { return between.at(j); });
        }
    }
}

// For rows begin … end of W and columns begin … end of R at once. With G = Dᵀ ∂J/∂U over the samples of one member,
// grad_W = Σ_m R[m] ⊙ G_m (row by row) and grad_R[m] = Σ_j W ⊙ G_m: the gradient of what was read is not needed, which
// spares the first layer a product.
template <class T>
void member_weight_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    constexpr i64 width = Simd<T>::width, panel = tile_vectors * width;
    alignas(cache_line) T scratch[weight_rows_per_task * panel];
    const Layer& layer = plan.layers[task.layer];
    const Block& weight = plan.blocks[layer.weight];
    const Block& in_factors = plan.blocks[layer.in_factors];
    const i64 samples_apart = task.layer == 0 ? layer.in_stride : plan.members * layer.in_stride;
    for (i64 column = 0; column < layer.width; column += panel) {
        const i64 columns = layer.width - column < panel ? layer.width - column : panel;
        for (i64 m = 0; m < plan.members; ++m) {
            Product<T> product{};
            product.m = task.end - task.begin, product.n = columns, product.k = batch;
            product.a = source_rows(plan, work, task.layer, task.layer == 0 ? 0 : m) + task.begin;
            product.a_row = 1, product.a_k = samples_apart;
            product.b = layer_rows(work, work.product_deltas, layer, m) + column;
            product.b_row = plan.members * layer.stride;
            product.c = scratch, product.c_row = panel;
            multiply(product);
            const i64 factors = in_factors.offset + m * in_factors.stride;
            for (i64 row = task.begin; row < task.end; ++row) {
                const T* g = scratch + (row - task.begin) * panel;
                const i64 place = weight.offset + row * weight.stride + column;
                const T factor = work.theta[factors + row];
                vector<T> slope{};
                for (i64 j = 0; j < columns; j += width) {
                    T* gradient = work.gradient + place + j;
                    store(gradient, m == 0 ? factor * load(g + j) : load(gradient) + factor * load(g + j));
                    slope += load(work.theta + place + j) * load(g + j);
                }
                T& gradient = work.gradient[factors + row];
                gradient = column == 0 ? sum_of_lanes<T>(slope) : gradient + sum_of_lanes<T>(slope);
            }
        }
    }
}

// grad_b[m] = Σ delta and grad_S[m] = Σ delta ⊙ U over the samples, for members begin … end.
template <class T>
void member_bias_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[task.layer];
    for (i64 m = task.begin; m < task.end; ++m) {
        T* biases = work.gradient + plan.blocks[layer.bias].offset + m * layer.stride;
        T* factors = work.gradient + plan.blocks[layer.out_factors].offset + m * layer.stride;
        for (i64 i = 0; i < batch; ++i) {
            const T* delta = layer_rows(work, work.deltas, layer, i * plan.members + m);
            const T* u = layer_rows(work, work.products, layer, i * plan.members + m);
            for (i64 j = 0; j < layer.width; j += width) {
                const vector<T> here = load(delta + j), zero{};
                store(biases + j, (i == 0 ? zero : load(biases + j)) + here);
                store(factors + j, (i == 0 ? zero : load(factors + j)) + here * load(u + j));
            }
        }
    }
}

// grad_R of the tables' columns: the slopes of the rows, summed over the samples.
template <class T>
void table_factor_gradient(const Plan& plan, const Work<T>& work, i64 batch) {
    const Block& block = plan.blocks[plan.layers[0].in_factors];
    for (i64 m = 0; m < plan.members; ++m) {
        T* gradient = work.gradient + block.offset + m * block.stride + plan.n_numbers;
        for (i64 table = 0; table < plan.n_tables; ++table) {
            T sum = 0;
            for (i64 i = 0; i < batch; ++i) sum += work.table_slopes[(i * plan.members + m) * plan.n_tables + table];
            gradient[table] = sum;
        }
    }
}

}  // namespace wade::WADE_ISA
