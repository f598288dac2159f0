// The second half of a race's step: the gradients of a group of models, and what the optimizer makes of them.
#pragma once

#include "race_forward.hpp"

namespace wade::WADE_ISA {

// Nothing but the gradient times the learning rate.
template <class T>
bool is_plain_race(const Race<T>& race) {
    return race.optimizer.kind.plain_without_momentum && race.optimizer.momentum == 0 && race.optimizer.weight_decay == 0 &&
           !race.regularization.penalizes();
}

// The regularization and the optimizer's step for `count` parameters of each model.
template <class T, int GROUP_VECTORS>
void apply(const Group<T, GROUP_VECTORS>& group, i64 offset, i64 count, bool decays, double root_scale) {
    const Race<T>& race = group.race;
    const RaceWork<T>& work = group.work;
    const Range<T> range{count * group.size, decays, group.parameters(work.theta, offset),
                         group.parameters(work.gradient, offset),
                         work.first ? group.parameters(work.first, offset) : nullptr,
                         work.second ? group.parameters(work.second, offset) : nullptr};
    if (decays && race.regularization.penalizes()) {
        penalize<T>(race.regularization, range.count, range.theta, range.gradient);
    }
    update(race.optimizer, root_scale, group.step_sizes, range);
}

template <class T, int GROUP_VECTORS>
void apply_all(const Group<T, GROUP_VECTORS>& group, double root_scale) {
    for (int l = 0; l < group.race.n_layers; ++l) {
        const RaceLayer& layer = group.race.layers[l];
        apply(group, layer.weight, layer.bias - layer.weight, true, root_scale);  // W, and E where there are any
        apply(group, layer.bias, layer.n_out, false, root_scale);
    }
}

// The rows of E that the rows at hand name go down by rate · delta.
template <class T, int GROUP_VECTORS>
void update_embeddings(const Group<T, GROUP_VECTORS>& group) {
    const i64 count = group.race.layers[0].n_out * group.size;
    const Batched<T, GROUP_VECTORS> rate = load_batched<GROUP_VECTORS>(group.step_sizes.rate);
    const T* delta = group.of_layer(group.work.deltas, 0);
    for (i64 i = 0; i < group.piece.count; ++i, delta += count) {
        for (i64 c = 0; c < group.race.n_categories; ++c) {
            T* const to = group.embedding(group.work.theta, i, c);
            for (i64 at = 0; at < count; at += group.size) {
                for (int v = 0; v < GROUP_VECTORS; ++v) {
                    const i64 here = at + v * group.width;
                    store(to + here, load(to + here) - rate.part[v] * load(delta + here));
                }
            }
        }
    }
}

// grad_E[code] += delta
template <class T, int GROUP_VECTORS>
void add_embedding_gradient(const Group<T, GROUP_VECTORS>& group) {
    const Race<T>& race = group.race;
    const i64 count = race.layers[0].n_out * group.size;
    for (i64 c = 0; group.piece.begins && c < race.n_categories; ++c) {
        T* const from = group.parameters(group.work.gradient, race.categories[c].embedding);
        for (i64 at = 0; at < race.categories[c].n_codes * count; at += group.width) store(from + at, vector<T>{});
    }
    const T* delta = group.of_layer(group.work.deltas, 0);
    for (i64 i = 0; i < group.piece.count; ++i, delta += count) {
        for (i64 c = 0; c < race.n_categories; ++c) {
            T* const to = group.embedding(group.work.gradient, i, c);
            for (i64 at = 0; at < count; at += group.width) store(to + at, load(to + at) + load(delta + at));
        }
    }
}

// Plain descent that has the whole batch at hand moves E where it occurs; otherwise its gradient is added up.
template <bool APPLIED, class T, int GROUP_VECTORS>
void embedding_gradient(const Group<T, GROUP_VECTORS>& group) {
    if (APPLIED && group.piece.begins) {
        update_embeddings(group);
        return;
    }
    add_embedding_gradient(group);
    if (!APPLIED) return;
    for (i64 c = 0; c < group.race.n_categories; ++c) {
        const RaceCategory& category = group.race.categories[c];
        apply(group, category.embedding, category.n_codes * group.race.layers[0].n_out, true, 1);
    }
}

// Aᵀ · delta and Σ delta, added to what the batch had before: kept, or applied on the spot by plain descent.
template <bool APPLIED, class T, int GROUP_VECTORS>
void gradient(const Group<T, GROUP_VECTORS>& group, int l) {
    const RaceLayer& layer = group.race.layers[l];
    const Batched<T, GROUP_VECTORS> rate = load_batched<GROUP_VECTORS>(group.step_sizes.rate);
    const auto finish_at = [&](i64 offset) {
        T* const to = group.parameters(APPLIED ? group.work.theta : group.work.gradient, offset);
        return [=](i64 at, const Batched<T, GROUP_VECTORS>& sum) {
            Batched<T, GROUP_VECTORS> end = sum;
            if constexpr (APPLIED) {
                end = load_batched<GROUP_VECTORS>(to + at * group_size<T, GROUP_VECTORS>);
                for (int v = 0; v < GROUP_VECTORS; ++v) end.part[v] -= rate.part[v] * sum.part[v];
            }
            store_batched(to + at * group_size<T, GROUP_VECTORS>, end);
        };
    };
    const auto before = [&](i64 offset) {
        return group.piece.begins ? nullptr : group.parameters(group.work.gradient, offset);
    };
    BatchedProduct<T> product{};
    product.m = layer.n_in, product.n = layer.n_out, product.k = group.piece.count;
    product.a = group.source(l), product.a_row = 1, product.a_k = layer.n_in;
    product.b = group.of_layer(group.work.deltas, l), product.b_k = layer.n_out, product.b_column = 1;
    product.start = before(layer.weight), product.start_row = layer.n_out;
    batched_gemm<GROUP_VECTORS>(l, product, finish_at(layer.weight));
    const T one = 1;
    product.m = 1, product.a = &one, product.a_row = product.a_k = 0, product.start = before(layer.bias);
    batched_gemm<GROUP_VECTORS, Left::shared>(product, finish_at(layer.bias));
    if (l == 0 && group.race.n_categories > 0) embedding_gradient<APPLIED>(group);
}

// Layer by layer: delta of the layer below, from the weights as they are, and only then the gradient.
template <bool APPLIED, class T, int GROUP_VECTORS>
void backward(const Group<T, GROUP_VECTORS>& group) {
    for (int l = group.last(); l >= 0; --l) {
        if (l > 0) delta_below(group, l);
        gradient<APPLIED>(group, l);
    }
}

// b − rate · delta; the product waits in the gradient's memory for the weights.
template <class T, int GROUP_VECTORS>
void update_biases(const Group<T, GROUP_VECTORS>& group, int l) {
    const RaceLayer& layer = group.race.layers[l];
    const Batched<T, GROUP_VECTORS> rate = load_batched<GROUP_VECTORS>(group.step_sizes.rate);
    const T* const delta = group.of_layer(group.work.deltas, l);
    T* const moves = group.work.gradient;
    T* const bias = group.parameters(group.work.theta, layer.bias);
    const i64 count = layer.n_out * group.size;
    for (i64 at = 0; at < count; at += group.size) {
        for (int v = 0; v < GROUP_VECTORS; ++v) {
            const i64 here = at + v * group.width;
            const vector<T> move = rate.part[v] * load(delta + here);
            store(moves + here, move);
            store(bias + here, load(bias + here) - move);
        }
    }
}

// Each weight of layer l is read, adds to delta of the layer below, and moves.
template <class T, int GROUP_VECTORS>
void update_weights(const Group<T, GROUP_VECTORS>& group, int l) {
    const RaceLayer& layer = group.race.layers[l];
    const T* const delta = group.of_layer(group.work.deltas, l);
    const T* const moves = group.work.gradient;
    const T* a = group.source(l);
    T* below = group.of_layer(group.work.deltas, l - 1);
    T* weights = group.parameters(group.work.theta, layer.weight);
    const bool relu = group.race.layers[l - 1].activation.zero_where_negative;
    const i64 count = layer.n_out * group.size, n_in = layer.n_in;
    for (i64 k = 0; k < n_in; ++k, a += group.size, below += group.size, weights += count) {
        const Batched<T, GROUP_VECTORS> left = load_batched<GROUP_VECTORS>(a);
        Batched<T, GROUP_VECTORS> sum{};
        for (i64 at = 0; at < count; at += group.size) {
            for (int v = 0; v < GROUP_VECTORS; ++v) {
                const i64 here = at + v * group.width;
                const vector<T> weight = load(weights + here);
                sum.part[v] += weight * load(delta + here);
                store(weights + here, weight - left.part[v] * load(moves + here));
            }
        }
        if (relu) mask(sum, left);
        store_batched(below, sum);
    }
}

// The same in the first layer, which has no layer below.
template <class T, int GROUP_VECTORS>
void update_first_weights(const Group<T, GROUP_VECTORS>& group) {
    const T* const moves = group.work.gradient;
    const T* const numbers = group.work.numbers;
    T* weights = group.parameters(group.work.theta, group.race.layers[0].weight);
    const i64 count = group.race.layers[0].n_out * group.size, n_numbers = group.race.n_numbers;
    for (i64 k = 0; k < n_numbers; ++k, weights += count) {
        const T x = numbers[k];
        for (i64 at = 0; at < count; at += group.width) store(weights + at, load(weights + at) - x * load(moves + at));
    }
}

// Backward for one example in plain descent: no gradient is ever written down, and each weight is passed once.
template <class T, int GROUP_VECTORS>
void backward_of_one_row(const Group<T, GROUP_VECTORS>& group) {
    for (int l = group.last(); l >= 0; --l) {
        update_biases(group, l);
        if (l == 0) break;
        update_weights(group, l);
        activation_backward_layer(group, l - 1);
    }
    update_first_weights(group);
    if (group.race.n_categories > 0) update_embeddings(group);
}

}  // namespace wade::WADE_ISA
