// One step of descent, in two halves. First every thread takes its rows of the batch forward and backward (forward_backward.hpp). Then
// the gradients are computed and applied piece by piece (gradient_tasks.hpp). Between the halves everybody waits; nothing else is
// shared, so the result does not depend on how many threads there are. Batches of one row have a path of their own, on one
// thread (batch_of_one.hpp).
#pragma once

#include "batch_of_one.hpp"
#include "team.hpp"

namespace wade::WADE_ISA {

// The samples of a batch that are this thread's, in such numbers that no tile but the last thread's has a single row.
constexpr i64 share_rows = tile_rows * tile_vectors / 6;
struct Share {
    i64 begin, end;
    Share(i64 samples, int rank, int size) {
        const i64 each = even_piece((samples + size - 1) / size, samples, share_rows);
        begin = each * rank < samples ? each * rank : samples;
        end = rank + 1 == size || begin + each > samples ? samples : begin + each;
    }
};

// The memory of a call as one of its threads sees it.
template <class T>
Work<T> work_of(const Plan& plan, Work<T> work, int rank) {
    work.scratch += rank * plan.scratch;
    return work;
}

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

// Forward and backward for this thread's samples of one batch; without a `draw`, nothing is dropped. Before each part of
// them the leading thread asks whether to `interrupt`, for a large batch may take long. Then all do: nothing has been changed yet.
template <class T>
void first_half(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows, i64 batch, const Draw* draw,
                Team& team, int rank, const Interrupt* interrupt) {
    const Share share(batch, rank, team.size());
    gather(plan, work, table, rows, 0, share.begin, share.end);
    const double weight = weight_of(table, rows, batch);
    for (i64 begin = share.begin; begin < share.end && !team.stopped(); begin += plan.samples_at_once) {
        if (interrupt && rank == 0 && !interrupt->continues(interrupt->context)) team.stop();
        const i64 end = share.end - begin < plan.samples_at_once ? share.end : begin + plan.samples_at_once;
        forward_rows(plan, work, draw, begin, end);
        loss_rows(plan, work, table, rows, weight, begin, end);
        backward_rows(plan, work, draw, begin, end);
    }
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
    share_tasks<T>(plan, team, drawn, [&](i64 number) {
        const Task& task = plan.tasks[number];
        if (task.kind == Task::Kind::weight && plan.members == 1) {
            descend_weights(plan, work, descent.regularization, descent.optimizer, step, batch, task);
        } else {
            penalized_gradient(plan, work, descent.regularization, batch, task);
            apply_gradient(plan, work, descent.optimizer, step, task);
        }
    });
}

// The same where the length of the whole gradient has to be known before any of it is applied. The squares are summed
// task by task, in one order, whatever thread computed them.
template <class T>
void clipped_second_half(const Plan& plan, const Work<T>& work, const Descent<T>& descent, i64 batch,
                         const StepConstants& step, Team& team, i64& drawn) {
    share_tasks<T>(plan, team, drawn, [&](i64 task) {
        penalized_gradient(plan, work, descent.regularization, batch, plan.tasks[task]);
        work.squares[task] = 0;
        each_range(plan, work, plan.tasks[task], [&](const Range<T>& range) {
            work.squares[task] += sum_of_squares(range.gradient, range.count);
        });
    });
    team.wait();
    const double factor = clipping_factor(descent.regularization, sum_of(work.squares, plan.n_tasks));
    share_tasks<T>(plan, team, drawn, [&](i64 task) {
        each_range(plan, work, plan.tasks[task], [&](const Range<T>& range) { shorten(range, factor); });
        apply_gradient(plan, work, descent.optimizer, step, plan.tasks[task]);
    });
}

template <class T>
void descend(const Plan& plan, const Work<T>& shared, const Descent<T>& descent, Team& team, int rank) {
    const Work<T> work = work_of(plan, shared, rank);
    if (plan.has_batch_of_one_path && descent.batch_size == 1) {
        BatchOfOne<T>(plan, work, descent).descend();  // on one thread
        return;
    }
    if (rank == 0) derive_all(plan, work);
    team.wait();
    i64 drawn = 0;
    const auto half = descent.regularization.clips() ? clipped_second_half<T> : second_half<T>;
    for (i64 step = 0, first = 0; first < descent.n_rows; ++step, first += descent.batch_size) {
        const i64 left = descent.n_rows - first;
        const i64 batch = left < descent.batch_size ? left : descent.batch_size;
        const Draw draw(descent.seed, descent.steps_before + step);
        first_half(plan, work, descent.table, descent.rows + first, batch, plan.dropout_threshold > 0 ? &draw : nullptr, team,
                   rank, &descent.interrupt);
        team.wait();
        if (team.stopped()) return;
        if (rank == 0) descent.step_losses[step] = sum_of(work.losses, batch * plan.members);
        half(plan, work, descent, batch, descent.steps[step], team, drawn);
        if (rank == 0) descent.interrupt.steps_taken = step + 1;
        team.wait();
    }
}

template <class T>
void gradient(const Plan& plan, const Work<T>& shared, const Table<T>& table, double& loss, Team& team, int rank) {
    const Work<T> work = work_of(plan, shared, rank);
    if (rank == 0) derive_all(plan, work);
    team.wait();
    first_half<T>(plan, work, table, nullptr, table.n_rows, nullptr, team, rank, nullptr);
    team.wait();
    if (rank == 0) loss = sum_of(work.losses, table.n_rows * plan.members);
    i64 drawn = 0;
    share_tasks<T>(plan, team, drawn, [&](i64 task) { compute_gradient(plan, work, table.n_rows, plan.tasks[task]); });
}

// A layer's activations without their padding.
template <class T>
void copy_out(const Plan& plan, const Work<T>& work, const Layer& layer, i64 begin, i64 end, T* out) {
    for (i64 row = begin * plan.members; row < end * plan.members; ++row, out += layer.n_out) {
        copy(layer_rows(work, work.activations, layer, row), out, layer.n_out);
    }
}

// Each thread has its own part of the batch buffers and draws blocks of samples until none is left.
template <class T>
void predict(const Plan& plan, const Work<T>& shared, const Table<T>& table, bool activated, T* out, Team& team, int rank) {
    const Work<T> work = work_of(plan, shared, rank);
    const Layer& last = plan.layers[plan.n_layers - 1];
    const i64 block = work.batch / team.size(), base = block * rank;
    for (i64 first = team.next() * block; first < table.n_rows; first = team.next() * block) {
        const i64 left = table.n_rows - first;
        const i64 end = base + (left < block ? left : block);
        gather(plan, work, table, nullptr, first - base, base, end);
        forward_rows<T>(plan, work, nullptr, base, end);
        if (activated) activate_output(plan, work, base, end);
        copy_out(plan, work, last, base, end, out + first * plan.members * last.n_out);
    }
}

// Z and A of every layer, for looking inside.
template <class T>
void forward(const Plan& plan, const Work<T>& work, const Table<T>& table, T* const* Z, T* const* A) {
    sum_all_slopes(plan, work);
    gather(plan, work, table, nullptr, 0, 0, table.n_rows);
    for (int l = 0; l < plan.n_layers; ++l) {
        const Layer& layer = plan.layers[l];
        forward_layer(plan, work, l, 0, table.n_rows, false);
        copy_out(plan, work, layer, 0, table.n_rows, Z[l]);
        for (i64 row = 0; row < table.n_rows * plan.members; ++row) {
            activation_forward(layer.activation, layer_rows(work, work.activations, layer, row), layer.n_out);
        }
        copy_out(plan, work, layer, 0, table.n_rows, A[l]);
    }
}

}  // namespace wade::WADE_ISA
