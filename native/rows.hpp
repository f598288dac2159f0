// The first half of a step: rows of a batch go forward, meet the loss and come back, which gives delta for every layer. No
// row needs another, so every thread does this for its own.
#pragma once

#include "losses.hpp"
#include "matmul.hpp"

namespace wade::WADE_ISA {

template <class T>
inline T* layer_rows(const Work<T>& work, T* buffer, const Layer& layer, i64 row) {
    return buffer + layer.column * work.batch + row * layer.stride;
}

// What layer l reads: the inputs, or the activations of the layer below.
template <class T>
inline const T* source_rows(const Plan& plan, const Work<T>& work, int l, i64 row) {
    return l == 0 ? work.inputs + row * plan.number_stride : layer_rows(work, work.activations, plan.layers[l - 1], row);
}

inline bool fused(Activation activation) {
    return activation == Activation::relu || activation == Activation::identity;
}

template <class T>
inline void copy(const T* __restrict from, T* __restrict to, i64 count) {
    for (i64 i = 0; i < count; ++i) to[i] = from[i];
}

// Copies rows of the caller's table into the batch: `rows` names them, or they follow `first` where it is null.
template <class T>
void gather(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows, i64 first, i64 begin, i64 end) {
    for (i64 i = begin; i < end; ++i) {
        const i64 row = rows ? rows[i] : first + i;
        T* to = work.inputs + i * plan.number_stride;
        for (i64 j = 0; j < plan.n_numbers; ++j) to[j] = table.numbers[row * plan.n_numbers + j];
        for (i64 c = 0; c < plan.n_categories; ++c) {
            work.codes[i * plan.n_categories + c] = table.codes[row * plan.n_categories + c];
        }
    }
}

// Z₁ before the product: b + Σ_c E_c[code_c].
template <class T>
void start_from_embeddings(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[0];
    const T* bias = work.theta + plan.blocks[layer.bias].offset;
    for (i64 i = begin; i < end; ++i) {
        T* z = layer_rows(work, work.activations, layer, i);
        const std::int32_t* codes = work.codes + i * plan.n_categories;
        for (i64 j = 0; j < layer.width; j += width) {
            vector<T> sum = load(bias + j);
            for (i64 c = 0; c < plan.n_categories; ++c) {
                sum += load(work.theta + plan.blocks[plan.first_embedding + c].offset + codes[c] * layer.stride + j);
            }
            store(z + j, sum);
        }
    }
}

// A of every layer for rows begin … end of the batch; the last layer keeps its Z.
template <class T>
void forward_layer(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end, bool activated) {
    const Layer& layer = plan.layers[l];
    const bool categories = l == 0 && plan.n_categories > 0;
    if (categories) start_from_embeddings(plan, work, begin, end);
    Product<T> product{};
    product.m = end - begin, product.n = layer.width, product.k = layer.n_in;
    product.a = source_rows(plan, work, l, begin), product.a_row = layer.in_stride, product.a_k = 1;
    product.b = work.theta + plan.blocks[layer.weight].offset, product.b_row = layer.stride;
    product.c = layer_rows(work, work.activations, layer, begin), product.c_row = layer.stride;
    product.start = categories ? Start::accumulate : Start::row;
    product.row = work.theta + plan.blocks[layer.bias].offset;
    product.finish = activated && layer.activation == Activation::relu ? Finish::relu : Finish::none;
    multiply(product);
    if (!activated || fused(layer.activation)) return;
    const i64 count = product.m * layer.stride;
    if (work.preactivations) copy(product.c, layer_rows(work, work.preactivations, layer, begin), count);
    activate(layer.activation, product.c, count);
}

template <class T>
void forward_rows(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    for (int l = 0; l < plan.n_layers; ++l) forward_layer(plan, work, l, begin, end, l + 1 < plan.n_layers);
}

// Applies the output layer's activation row by row (softmax needs whole rows without their padding).
template <class T>
void activate_output(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    const Layer& layer = plan.layers[plan.n_layers - 1];
    for (i64 i = begin; i < end; ++i) {
        activate(layer.activation, layer_rows(work, work.activations, layer, i), layer.n_out);
    }
}

// The loss of each row and delta of the output layer; a row weighs weight / Σ weights of the batch.
template <class T>
void loss_rows(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows, double total_weight, i64 begin,
               i64 end) {
    const Layer& layer = plan.layers[plan.n_layers - 1];
    const double share = total_weight > 0 ? 1 / total_weight : 0;  // a batch that weighs nothing moves nothing
    const T constant = static_cast<T>(plan.loss_constant);
    for (i64 i = begin; i < end; ++i) {
        const i64 row = rows ? rows[i] : i;
        T* z = layer_rows(work, work.activations, layer, i);
        T* a = z;
        if (takes_activations(plan.loss)) {
            // The loss wants A and the derivative Z: the last layer's Z moves to where the other layers keep theirs.
            if (work.preactivations) {
                z = layer_rows(work, work.preactivations, layer, i);
                copy(a, z, layer.n_out);
            }
            activate(layer.activation, a, layer.n_out);
        }
        Outcome<T> outcome{layer.n_out, z, a, nullptr, 0, layer_rows(work, work.deltas, layer, i)};
        if (table.targets) outcome.target = table.targets + row * layer.n_out;
        if (table.classes) outcome.label = table.classes[row];
        const double weight = table.weights ? static_cast<double>(table.weights[row]) * share : share;
        work.losses[i] = weight * loss_and_slope(plan.loss, constant, outcome);
        for (i64 j = 0; j < layer.n_out; ++j) outcome.delta[j] *= static_cast<T>(weight);
        if (takes_activations(plan.loss)) deactivate(layer.activation, z, a, outcome.delta, layer.n_out);
    }
}

// delta of every layer below the last: (delta · Wᵀ) ⊙ g′(Z).
template <class T>
void backward_rows(const Plan& plan, const Work<T>& work, i64 begin, i64 end) {
    for (int l = plan.n_layers - 1; l > 0; --l) {
        const Layer& above = plan.layers[l];
        const Layer& below = plan.layers[l - 1];
        Product<T> product{};
        product.m = end - begin, product.n = below.width, product.k = above.n_out;
        product.a = layer_rows(work, work.deltas, above, begin), product.a_row = above.stride, product.a_k = 1;
        product.b = work.transposed + above.transposed, product.b_row = above.in_stride;
        product.c = layer_rows(work, work.deltas, below, begin), product.c_row = below.stride;
        product.mask = layer_rows(work, work.activations, below, begin);
        product.finish = below.activation == Activation::relu ? Finish::relu_mask : Finish::none;
        multiply(product);
        if (fused(below.activation)) continue;
        const T* z = work.preactivations ? layer_rows(work, work.preactivations, below, begin) : product.mask;
        deactivate(below.activation, z, product.mask, product.c, product.m * below.stride);
    }
}

}  // namespace wade::WADE_ISA
