// One step of descent, in two halves. First every thread takes its rows of the batch forward and backward, which gives
// delta for every layer. Then the gradients are computed and applied piece by piece (plan.hpp: Task). Between the halves
// everybody waits; nothing else is shared, so the result does not depend on how many threads there are.
#pragma once

#include "losses.hpp"
#include "matmul.hpp"
#include "optimizers.hpp"
#include "team.hpp"

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

// Rows begin … end of W into the columns of Wᵀ.
template <class T>
void transpose_rows(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end) {
    const Layer& layer = plan.layers[l];
    const T* w = work.theta + plan.blocks[layer.weight].offset;
    T* transposed = work.transposed + layer.transposed;
    for (i64 n = 0; n < layer.n_out; ++n) {
        for (i64 k = begin; k < end; ++k) transposed[n * layer.in_stride + k] = w[k * layer.stride + n];
    }
}

template <class T>
void transpose_all(const Plan& plan, const Work<T>& work) {
    for (int l = 1; l < plan.n_layers; ++l) transpose_rows(plan, work, l, 0, plan.layers[l].n_in);
}

// grad_W[begin … end] = A_belowᵀ · delta over the batch.
template <class T>
void weight_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    const Layer& layer = plan.layers[task.layer];
    Product<T> product{};
    product.m = task.end - task.begin, product.n = layer.width, product.k = batch;
    product.a = source_rows(plan, work, task.layer, 0) + task.begin, product.a_row = 1, product.a_k = layer.in_stride;
    product.b = layer_rows(work, work.deltas, layer, 0), product.b_row = layer.stride;
    product.c = work.gradient + plan.blocks[layer.weight].offset + task.begin * layer.stride;
    product.c_row = layer.stride;
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

// grad_E[code] += delta, for columns begin … end.
template <class T>
void embedding_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[0];
    const Block& block = plan.blocks[plan.first_embedding + task.category];
    T* gradient = work.gradient + block.offset;
    for (i64 row = 0; row < block.rows; ++row) {
        for (i64 j = task.begin; j < task.end; j += width) store(gradient + row * block.stride + j, vector<T>{});
    }
    for (i64 i = 0; i < batch; ++i) {
        T* to = gradient + work.codes[i * plan.n_categories + task.category] * block.stride;
        const T* delta = layer_rows(work, work.deltas, layer, i);
        for (i64 j = task.begin; j < task.end; j += width) store(to + j, load(to + j) + load(delta + j));
    }
}

template <class T>
void compute_gradient(const Plan& plan, const Work<T>& work, i64 batch, const Task& task) {
    switch (task.kind) {
        case Task::Kind::weight: weight_gradient(plan, work, batch, task); break;
        case Task::Kind::bias: bias_gradient(plan, work, batch, task); break;
        case Task::Kind::embedding: embedding_gradient(plan, work, batch, task); break;
    }
}

// Calls visit(range) for each contiguous range of parameters that a task covers.
template <class T, class Visit>
void each_range(const Plan& plan, const Work<T>& work, const Task& task, Visit visit) {
    const auto range = [&](const Block& block, i64 from, i64 count) {
        visit(Range<T>{count, block.decays, work.theta + from, work.gradient + from,
                       work.first ? work.first + from : nullptr, work.second ? work.second + from : nullptr});
    };
    switch (task.kind) {
        case Task::Kind::weight: {
            const Block& block = plan.blocks[plan.layers[task.layer].weight];
            range(block, block.offset + task.begin * block.stride, (task.end - task.begin) * block.stride);
            break;
        }
        case Task::Kind::bias: {
            const Block& block = plan.blocks[plan.layers[task.layer].bias];
            range(block, block.offset, block.stride);
            break;
        }
        case Task::Kind::embedding: {
            const Block& block = plan.blocks[plan.first_embedding + task.category];
            for (i64 row = 0; row < block.rows; ++row) {
                range(block, block.offset + row * block.stride + task.begin, task.end - task.begin);
            }
            break;
        }
    }
}

template <class T>
void penalise_task(const Plan& plan, const Work<T>& work, const Regularisation& regularisation, const Task& task) {
    each_range(plan, work, task, [&](const Range<T>& range) {
        if (range.decays) penalise<T>(regularisation, range.count, range.theta, range.gradient);
    });
}

// Applies the gradient of a task, and brings Wᵀ up to date.
template <class T>
void apply_gradient(const Plan& plan, const Work<T>& work, const OptimizerConstants& optimizer, const StepConstants& step,
                    const Task& task) {
    each_range(plan, work, task, [&](const Range<T>& range) { update(optimizer, step, range); });
    if (task.kind == Task::Kind::weight && task.layer > 0) {
        transpose_rows(plan, work, task.layer, task.begin, task.end);
    }
}

// The rows of a batch that are this thread's.
struct Share {
    i64 begin, end;
    Share(i64 rows, int rank, int size) {
        const i64 each = (rows / size + tile_rows - 1) / tile_rows * tile_rows;
        begin = each * rank < rows ? each * rank : rows;
        end = rank + 1 == size || begin + each > rows ? rows : begin + each;
    }
};

template <class T>
double weight_of(const Table<T>& table, const i64* rows, i64 batch) {
    if (!table.weights) return static_cast<double>(batch);
    double total = 0;
    for (i64 i = 0; i < batch; ++i) total += static_cast<double>(table.weights[rows ? rows[i] : i]);
    return total;
}

inline double sum_of(const double* values, i64 count) {
    double total = 0;
    for (i64 i = 0; i < count; ++i) total += values[i];
    return total;
}

// Forward and backward for this thread's rows of one batch.
template <class T>
void first_half(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows, i64 batch, Share share) {
    gather(plan, work, table, rows, 0, share.begin, share.end);
    forward_rows(plan, work, share.begin, share.end);
    loss_rows(plan, work, table, rows, weight_of(table, rows, batch), share.begin, share.end);
    backward_rows(plan, work, share.begin, share.end);
}

// Draws tasks until none is left. `drawn` counts what the team has drawn before, in this round and all earlier ones.
template <class T, class Work_>
void share_tasks(const Plan& plan, Team& team, i64& drawn, Work_ work_on) {
    for (i64 next = team.next() - drawn; next < plan.n_tasks; next = team.next() - drawn) work_on(next);
    drawn += plan.n_tasks + team.size();
}

// Gradient and update in one go, while the gradient is in the cache.
template <class T>
void second_half(const Plan& plan, const Work<T>& work, const Descent<T>& descent, i64 batch, const StepConstants& step,
                 Team& team, i64& drawn) {
    share_tasks<T>(plan, team, drawn, [&](i64 task) {
        compute_gradient(plan, work, batch, plan.tasks[task]);
        if (descent.regularisation.penalises()) penalise_task(plan, work, descent.regularisation, plan.tasks[task]);
        apply_gradient(plan, work, descent.optimizer, step, plan.tasks[task]);
    });
}

// The same where the length of the whole gradient has to be known before any of it is applied. The squares are summed
// task by task, in one order, whoever computed them.
template <class T>
void clipped_second_half(const Plan& plan, const Work<T>& work, const Descent<T>& descent, i64 batch,
                         const StepConstants& step, Team& team, i64& drawn) {
    share_tasks<T>(plan, team, drawn, [&](i64 task) {
        compute_gradient(plan, work, batch, plan.tasks[task]);
        if (descent.regularisation.penalises()) penalise_task(plan, work, descent.regularisation, plan.tasks[task]);
        work.squares[task] = 0;
        each_range(plan, work, plan.tasks[task], [&](const Range<T>& range) {
            work.squares[task] += sum_of_squares(range.gradient, range.count);
        });
    });
    team.wait();
    const double norm = std::sqrt(sum_of(work.squares, plan.n_tasks));
    const double factor = descent.regularisation.max_norm / (norm + 1e-6);
    share_tasks<T>(plan, team, drawn, [&](i64 task) {
        each_range(plan, work, plan.tasks[task], [&](const Range<T>& range) {
            // A norm that is not a number must not be taken for a short one.
            if (factor >= 1) return;
            for (i64 i = 0; i < range.count; ++i) range.gradient[i] *= static_cast<T>(factor);
        });
        apply_gradient(plan, work, descent.optimizer, step, plan.tasks[task]);
    });
}

template <class T>
void descend(const Plan& plan, const Work<T>& work, const Descent<T>& descent, Team& team, int rank) {
    if (rank == 0) transpose_all(plan, work);
    team.wait();
    i64 drawn = 0;
    const auto half = descent.regularisation.clips() ? clipped_second_half<T> : second_half<T>;
    for (i64 step = 0, first = 0; first < descent.n_rows; ++step, first += descent.batch_size) {
        const i64 left = descent.n_rows - first;
        const i64 batch = left < descent.batch_size ? left : descent.batch_size;
        first_half(plan, work, descent.table, descent.rows + first, batch, Share(batch, rank, team.size()));
        team.wait();
        if (rank == 0) descent.step_losses[step] = sum_of(work.losses, batch);
        half(plan, work, descent, batch, descent.steps[step], team, drawn);
        team.wait();
    }
}

template <class T>
void gradient(const Plan& plan, const Work<T>& work, const Table<T>& table, double& loss, Team& team, int rank) {
    if (rank == 0) transpose_all(plan, work);
    team.wait();
    first_half(plan, work, table, nullptr, table.n_rows, Share(table.n_rows, rank, team.size()));
    team.wait();
    if (rank == 0) loss = sum_of(work.losses, table.n_rows);
    i64 drawn = 0;
    share_tasks<T>(plan, team, drawn, [&](i64 task) { compute_gradient(plan, work, table.n_rows, plan.tasks[task]); });
}

// Each thread has its own stretch of the batch buffers and draws blocks of rows until none is left.
template <class T>
void predict(const Plan& plan, const Work<T>& work, const Table<T>& table, bool activated, T* out, Team& team, int rank) {
    const Layer& last = plan.layers[plan.n_layers - 1];
    const i64 block = work.batch / team.size(), base = block * rank;
    for (i64 first = team.next() * block; first < table.n_rows; first = team.next() * block) {
        const i64 left = table.n_rows - first;
        const i64 end = base + (left < block ? left : block);
        gather(plan, work, table, nullptr, first - base, base, end);
        forward_rows(plan, work, base, end);
        if (activated) activate_output(plan, work, base, end);
        for (i64 i = base; i < end; ++i) {
            const T* a = layer_rows(work, work.activations, last, i);
            for (i64 j = 0; j < last.n_out; ++j) out[(first + i - base) * last.n_out + j] = a[j];
        }
    }
}

template <class T>
void copy_out(const Work<T>& work, const Layer& layer, i64 n_rows, T* out) {
    for (i64 i = 0; i < n_rows; ++i) {
        const T* from = layer_rows(work, work.activations, layer, i);
        for (i64 j = 0; j < layer.n_out; ++j) out[i * layer.n_out + j] = from[j];
    }
}

// Z and A of every layer, for looking inside.
template <class T>
void forward(const Plan& plan, const Work<T>& work, const Table<T>& table, T* const* Z, T* const* A) {
    gather(plan, work, table, nullptr, 0, 0, table.n_rows);
    for (int l = 0; l < plan.n_layers; ++l) {
        const Layer& layer = plan.layers[l];
        forward_layer(plan, work, l, 0, table.n_rows, false);
        copy_out(work, layer, table.n_rows, Z[l]);
        for (i64 i = 0; i < table.n_rows; ++i) {
            activate(layer.activation, layer_rows(work, work.activations, layer, i), layer.n_out);
        }
        copy_out(work, layer, table.n_rows, A[l]);
    }
}

}  // namespace wade::WADE_ISA
