// The first half of a race's step: rows go forward through all models of a group, meet their losses and come back. As
// forward_backward.hpp has it, with runs in place of numbers.
#pragma once

#include "losses.hpp"
#include "race_group.hpp"
#include "forward_backward.hpp"

namespace wade::WADE_ISA {

constexpr i64 rows_ahead = 16;  // about as long as memory takes to answer

// The numbers of the rows at hand, side by side. Rows are drawn from all over the table: each is asked for in good time.
template <class T, int GROUP_VECTORS>
void gather(const Group<T, GROUP_VECTORS>& group) {
    const Race<T>& race = group.race;
    const i64 n_numbers = race.n_numbers, n_out = race.layers[group.last()].n_out;
    const i64 left = race.rows + race.n_rows - group.piece.rows;
    for (i64 i = 0; i < group.piece.count; ++i) {
        if (left - i > rows_ahead) {
            const i64 row = group.piece.rows[i + rows_ahead];
            const char* numbers = reinterpret_cast<const char*>(race.table.numbers + row * n_numbers);
            const i64 bytes = n_numbers * static_cast<i64>(sizeof(T));
            for (i64 at = 0; at < bytes; at += cache_line) __builtin_prefetch(numbers + at);
            if (race.table.targets) __builtin_prefetch(race.table.targets + row * n_out);
        }
        copy(race.table.numbers + group.piece.rows[i] * n_numbers, group.work.numbers + i * n_numbers, n_numbers);
    }
}

// Z₁ before the product: b + Σ_c E_c[code_c].
template <class T, int GROUP_VECTORS>
void start_from_embeddings(const Group<T, GROUP_VECTORS>& group, T* z) {
    const RaceLayer& layer = group.race.layers[0];
    const i64 count = layer.n_out * group.size;
    const T* bias = group.parameters(group.work.theta, layer.bias);
    for (i64 i = 0; i < group.piece.count; ++i, z += count) {
        for (i64 at = 0; at < count; at += group.width) {
            vector<T> sum = load(bias + at);
            for (i64 c = 0; c < group.race.n_categories; ++c) sum += load(group.embedding(group.work.theta, i, c) + at);
            store(z + at, sum);
        }
    }
}

// A of layer l; the last layer keeps its Z.
template <class T, int GROUP_VECTORS>
void forward(const Group<T, GROUP_VECTORS>& group, int l) {
    const RaceLayer& layer = group.race.layers[l];
    T* const out = group.of_layer(group.work.activations, l);
    const bool categories = l == 0 && group.race.n_categories > 0, last = l == group.last();
    if (categories) start_from_embeddings(group, out);
    BatchedProduct<T> product{};
    product.m = group.piece.count, product.n = layer.n_out, product.k = layer.n_in;
    product.a = group.source(l), product.a_row = layer.n_in, product.a_k = 1;
    product.b = group.parameters(group.work.theta, layer.weight), product.b_k = layer.n_out, product.b_column = 1;
    product.start = categories ? out : group.parameters(group.work.theta, layer.bias);
    product.start_row = categories ? layer.n_out : 0;
    if (!last && layer.activation.zero_where_negative) {
        batched_gemm<GROUP_VECTORS>(l, product, [out](i64 at, Batched<T, GROUP_VECTORS> sum) {
            for (vector<T>& part : sum.part) part = at_least(part, 0);
            store_batched(out + at * group_size<T, GROUP_VECTORS>, sum);
        });
        return;
    }
    batched_gemm<GROUP_VECTORS>(l, product, [out](i64 at, const Batched<T, GROUP_VECTORS>& sum) {
        store_batched(out + at * group_size<T, GROUP_VECTORS>, sum);
    });
    if (last || layer.activation.fused()) return;
    copy(out, group.of_layer(group.work.preactivations, l), group.elements(l));
    activation_forward(layer.activation, out, group.elements(l));
}

// What the losses of row i weigh in the batch; `share` is 1 / Σ weights.
template <class T, int GROUP_VECTORS>
double weight_of_row(const Group<T, GROUP_VECTORS>& group, i64 i, double share) {
    const T* weights = group.race.table.weights;
    return weights ? static_cast<double>(weights[group.piece.rows[i]]) * share : share;
}

// The losses of row i, model by model, where each output has a loss of its own.
template <class T, int GROUP_VECTORS, class Function>
void add_losses_of_row(Group<T, GROUP_VECTORS>& group, const Function& loss_of_output, i64 i, double share) {
    constexpr i64 size = group_size<T, GROUP_VECTORS>;
    const i64 n_out = group.race.layers[group.last()].n_out;
    const double weight = weight_of_row(group, i, share) / static_cast<double>(outputs_averaged(group.race.loss, n_out));
    const T* target = group.race.table.targets + group.piece.rows[i] * n_out;
    const T* output = group.of_layer(group.work.activations, group.last()) + i * n_out * size;
    T* delta = group.of_layer(group.work.deltas, group.last()) + i * n_out * size;
    for (i64 j = 0; j < n_out; ++j, output += size, delta += size) {
        alignas(cache_line) T losses[size];
        for (i64 at = 0; at < size; at += group.width) {
            vector<T> slope{};
            store(losses + at, loss_of_output(load(output + at), vector<T>{} + target[j], slope));
            store(delta + at, slope * static_cast<T>(weight));
        }
        for (i64 model = 0; model < size; ++model) group.sums[model] += weight * static_cast<double>(losses[model]);
    }
}

// The same where outputs look at each other: a model's lane is taken out, and its delta put back.
template <class T, int GROUP_VECTORS>
void add_losses_one_by_one(Group<T, GROUP_VECTORS>& group, double share) {
    constexpr i64 size = group_size<T, GROUP_VECTORS>;
    const Race<T>& race = group.race;
    const RaceLayer& layer = race.layers[group.last()];
    const T* from = group.of_layer(group.work.activations, group.last());
    T* to = group.of_layer(group.work.deltas, group.last());
    const i64 n_out = layer.n_out, stride = padded<T>(n_out);
    T* const z = group.work.outcome;
    T* const a = z + stride;
    T* const delta = a + stride;
    const bool activated = race.loss.takes_activations;
    for (i64 i = 0; i < group.piece.count; ++i, from += n_out * size, to += n_out * size) {
        Outcome<T> outcome{n_out, z, a, nullptr, 0, delta};
        if (race.table.targets) outcome.target = race.table.targets + group.piece.rows[i] * n_out;
        if (race.table.classes) outcome.label = race.table.classes[group.piece.rows[i]];
        const double weight = weight_of_row(group, i, share);
        for (i64 model = 0; model < group.n_models; ++model) {
            if (!is_finite(group.diverged[model])) continue;
            for (i64 j = 0; j < n_out; ++j) z[j] = a[j] = from[j * size + model];
            if (activated) activation_forward(layer.activation, a, n_out);
            group.sums[model] += weight * loss_and_slope(race.loss, static_cast<T>(race.loss_constant), outcome);
            if (activated) activation_backward(layer.activation, z, a, delta, n_out);
            for (i64 j = 0; j < n_out; ++j) to[j * size + model] = delta[j] * static_cast<T>(weight);
        }
    }
}

// What the rows at hand add to the losses, and delta of the output layer.
template <class T, int GROUP_VECTORS>
void add_losses(Group<T, GROUP_VECTORS>& group, double share) {
    const int last = group.last();
    const Activation& activation = group.race.layers[last].activation;
    if (group.race.loss.takes_classes || activation.takes_rows) {
        add_losses_one_by_one(group, share);
        return;
    }
    T* const a = group.of_layer(group.work.activations, last);
    T* const z = group.of_layer(group.work.preactivations, last);
    const bool activated = group.race.loss.takes_activations && !activation.is_identity;
    if (activated) {
        copy(a, z, group.elements(last));
        activation_forward(activation, a, group.elements(last));
    }
    with_loss_of_output(group.race.loss, static_cast<T>(group.race.loss_constant), [&](auto loss_of_output) {
        for (i64 i = 0; i < group.piece.count; ++i) add_losses_of_row(group, loss_of_output, i, share);
    });
    if (activated) activation_backward(activation, z, a, group.of_layer(group.work.deltas, last), group.elements(last));
}

// delta ⊙ g′(Z) for layer l, which has an activation that is not fused.
template <class T, int GROUP_VECTORS>
void activation_backward_layer(const Group<T, GROUP_VECTORS>& group, int l) {
    const Activation& activation = group.race.layers[l].activation;
    if (activation.fused()) return;
    activation_backward(activation, group.of_layer(group.work.preactivations, l), group.of_layer(group.work.activations, l),
               group.of_layer(group.work.deltas, l), group.elements(l));
}

// delta of the layer below l: (delta · Wᵀ) ⊙ g′(Z).
template <class T, int GROUP_VECTORS>
void delta_below(const Group<T, GROUP_VECTORS>& group, int l) {
    const RaceLayer& above = group.race.layers[l];
    T* const out = group.of_layer(group.work.deltas, l - 1);
    const T* const a = group.of_layer(group.work.activations, l - 1);
    const bool relu = group.race.layers[l - 1].activation.zero_where_negative;
    BatchedProduct<T> product{};
    product.m = group.piece.count, product.n = above.n_in, product.k = above.n_out;
    product.a = group.of_layer(group.work.deltas, l), product.a_row = above.n_out, product.a_k = 1;
    product.b = group.parameters(group.work.theta, above.weight), product.b_k = 1, product.b_column = above.n_out;
    batched_gemm<GROUP_VECTORS, Left::batched>(product, [out, a, relu](i64 at, Batched<T, GROUP_VECTORS> sum) {
        constexpr i64 size = group_size<T, GROUP_VECTORS>;
        if (relu) mask(sum, load_batched<GROUP_VECTORS>(a + at * size));
        store_batched(out + at * size, sum);
    });
    activation_backward_layer(group, l - 1);
}

}  // namespace wade::WADE_ISA
