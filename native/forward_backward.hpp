// The first half of a step: rows of a batch go forward, meet the loss and come back, which gives delta for every layer. No
// row needs another, so every thread does this for its own.
#pragma once

#include "dropout.hpp"
#include "losses.hpp"
#include "members.hpp"

namespace wade::WADE_ISA {

// Z of a layer where there is one member: D W + Σ E + Σ P + b, or A where `finish` makes it.
template <class T>
void sum_rows(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end, Finish finish) {
    const Layer& layer = plan.layers[l];
    const bool tables = l == 0 && plan.n_tables > 0;
    if (tables) start_from_tables(plan, work, begin, end);
    Product<T> product{};
    product.m = end - begin, product.n = layer.width, product.k = layer.n_in;
    product.a = source_rows(plan, work, l, begin), product.a_row = layer.in_stride, product.a_k = 1;
    product.b = parameters(plan, work, layer.weight), product.b_row = layer.stride;
    product.c = layer_rows(work, work.activations, layer, begin), product.c_row = layer.stride;
    product.start = tables ? Start::accumulate : Start::row;
    product.row = parameters(plan, work, layer.bias);
    product.finish = finish;
    layer.by_output ? multiply_column(product) : multiply(product);
}

// A of a layer; without `activated`, its Z.
template <class T>
void forward_layer(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end, bool activated) {
    const Layer& layer = plan.layers[l];
    const Finish finish = activated && layer.activation.zero_where_negative ? Finish::relu : Finish::none;
    if (plan.members > 1) {
        sum_members(plan, work, l, begin, end, finish);
    } else {
        sum_rows(plan, work, l, begin, end, finish);
    }
    if (!activated || layer.activation.fused()) return;
    const i64 row = begin * plan.members, count = (end - begin) * plan.members * layer.stride;
    T* a = layer_rows(work, work.activations, layer, row);
    if (work.preactivations) copy(a, layer_rows(work, work.preactivations, layer, row), count);
    activation_forward(layer.activation, a, count);
}

// A of every layer, and what dropout leaves of it where there is a `draw`; the last layer keeps its Z.
template <class T>
void forward_rows(const Plan& plan, const Work<T>& work, const Draw* draw, i64 begin, i64 end) {
    const int last = plan.n_layers - 1;
    for (int l = 0; l < last; ++l) {
        forward_layer(plan, work, l, begin, end, true);
        if (draw) drop_rows(plan, work, *draw, l, begin, end);
    }
    forward_layer(plan, work, last, begin, end, false);
}

// Applies the output layer's activation row by row (softmax needs whole rows without their padding).
template <class T>
void activate_output(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    const Layer& layer = plan.layers[plan.n_layers - 1];
    for (i64 row = begin * plan.members; row < end * plan.members; ++row) {
        activation_forward(layer.activation, layer_rows(work, work.activations, layer, row), layer.n_out);
    }
}

// What a row weighs: weight / (members · Σ weights of the batch), and a batch that weighs nothing moves nothing.
template <class T>
struct Weighing {
    const T* weights;
    double share;

    Weighing(const Plan& plan, const Table<T>& table, double total)
        : weights(table.weights), share(total > 0 ? 1 / (total * static_cast<double>(plan.members)) : 0) {}

    double operator[](i64 row) const { return weights ? static_cast<double>(weights[row]) * share : share; }
};

// Where a row has one output, a vector of rows at a time.
template <class T>
void loss_of_single_outputs(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows,
                            const Weighing<T>& weighing, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[plan.n_layers - 1];
    with_loss_of_output(plan.loss, static_cast<T>(plan.loss_constant), [&](auto loss_of_output) {
        for (i64 first = begin; first < end; first += width) {
            const i64 count = end - first < width ? end - first : width;
            alignas(cache_line) T output[width] = {}, target[width] = {};
            for (i64 i = 0; i < count; ++i) {
                output[i] = *layer_rows(work, work.activations, layer, first + i);
                target[i] = table.targets[rows ? rows[first + i] : first + i];
            }
            vector<T> slope{};
            const vector<T> loss = loss_of_output(load(output), load(target), slope);
            for (i64 i = 0; i < count; ++i) {
                const double weight = weighing[rows ? rows[first + i] : first + i];
                work.losses[first + i] = weight * static_cast<double>(loss[i]);
                *layer_rows(work, work.deltas, layer, first + i) = slope[i] * static_cast<T>(weight);
            }
        }
    });
}

// The loss of each row and delta of the output layer.
template <class T>
void loss_rows(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows, double total_weight, i64 begin,
               i64 end) {
    const Layer& layer = plan.layers[plan.n_layers - 1];
    const Weighing<T> weighing(plan, table, total_weight);
    const bool as_they_are = !plan.loss.takes_activations || layer.activation.is_identity;
    if (layer.n_out == 1 && plan.members == 1 && table.targets && as_they_are && end - begin > 1) {
        return loss_of_single_outputs(plan, work, table, rows, weighing, begin, end);
    }
    const T constant = static_cast<T>(plan.loss_constant);
    for (i64 i = begin; i < end; ++i) {
        const i64 observed = rows ? rows[i] : i;
        const double weight = weighing[observed];
        for (i64 row = i * plan.members; row < (i + 1) * plan.members; ++row) {
            T* z = layer_rows(work, work.activations, layer, row);
            T* a = z;
            if (plan.loss.takes_activations) {
                // The loss wants A and the derivative Z: the last layer's Z moves to where the other layers keep theirs.
                if (work.preactivations) {
                    z = layer_rows(work, work.preactivations, layer, row);
                    copy(a, z, layer.n_out);
                }
                activation_forward(layer.activation, a, layer.n_out);
            }
            Outcome<T> outcome{layer.n_out, z, a, nullptr, 0, layer_rows(work, work.deltas, layer, row)};
            if (table.targets) outcome.target = table.targets + observed * layer.n_out;
            if (table.classes) outcome.label = table.classes[observed];
            work.losses[row] = weight * loss_and_slope(plan.loss, constant, outcome);
            for (i64 j = 0; j < layer.n_out; ++j) outcome.delta[j] *= static_cast<T>(weight);
            if (plan.loss.takes_activations) activation_backward(layer.activation, z, a, outcome.delta, layer.n_out);
        }
    }
}

// delta of the layer below layer l: (∂J/∂U · Wᵀ) ⊙ R ⊙ mask ⊙ g′(Z), without R and mask where there are none.
template <class T>
void backward_layer(const Plan& plan, const Work<T>& work, const Draw* draw, int l, i64 begin, i64 end) {
    const Layer& above = plan.layers[l];
    const Layer& below = plan.layers[l - 1];
    const i64 row = begin * plan.members;
    Product<T> product{};
    product.m = (end - begin) * plan.members, product.n = below.width, product.k = above.n_out;
    product.a = layer_rows(work, work.product_deltas, above, row), product.a_row = above.stride, product.a_k = 1;
    product.b = above.by_output ? parameters(plan, work, above.weight) : work.transposed + above.transposed;
    product.b_row = above.in_stride;
    product.c = layer_rows(work, work.deltas, below, row), product.c_row = below.stride;
    product.mask = layer_rows(work, work.activations, below, row);
    product.finish = below.activation.zero_where_negative ? Finish::relu_mask : Finish::none;
    multiply(product);
    if (plan.members > 1) scale_input_gradient(plan, work, l, begin, end);
    if (draw) drop_deltas(plan, work, l - 1, begin, end);
    if (below.activation.fused()) return;
    const T* z = work.preactivations ? layer_rows(work, work.preactivations, below, row) : product.mask;
    activation_backward(below.activation, z, product.mask, product.c, product.m * below.stride);
}

// delta of every layer below the last.
template <class T>
void backward_rows(const Plan& plan, const Work<T>& work, const Draw* draw, i64 begin, i64 end) {
    for (int l = plan.n_layers - 1; l >= 0; --l) {
        if (plan.members > 1) scale_deltas(plan, work, l, begin, end);
        if (l > 0) backward_layer(plan, work, draw, l, begin, end);
    }
    if (plan.members > 1) table_gradients(plan, work, begin, end);
}

}  // namespace wade::WADE_ISA
