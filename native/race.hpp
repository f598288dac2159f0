// Many models in one pass over the rows: the same architecture, each model with its own θ and its own learning rate. A
// group of models lies in the lanes of vectors (batched_gemm.hpp); a row is read once for the whole group. Groups have nothing to
// do with each other, so threads take whole groups, and how many threads there are changes no bit.
//
// A model whose loss stops being finite takes no further step. What it was before that step goes back to the caller; its
// lane is filled with zeros, which harm nobody and stay what they are.
#pragma once

#include "race_backward.hpp"
#include "subnormals.hpp"
#include "team.hpp"

namespace wade::WADE_ISA {

template <class T, int GROUP_VECTORS>
class GroupDescent {
  public:
    // The models from `first` on, as many as there are lanes and candidates.
    GroupDescent(const Race<T>& race, const RaceWork<T>& work, i64 first)
        : race_(race),
          group_{race, work, race.candidates + first, here(race.n_candidates - first), {}, {}, {}, {}, {}},
          losses_(race.step_losses + first),
          n_running_(group_.n_models),
          plain_(is_plain_race(race)) {
        for (i64 at = 0; at < work.n_runs * size; at += Simd<T>::width) store(work.runs + at, vector<T>{});
        for (i64 model = 0; model < group_.n_models; ++model) load_parameters(model);
    }

    void descend() {
        for (i64 step = 0, first = 0; first < race_.n_rows; ++step, first += race_.batch_size) {
            const i64 left = race_.n_rows - first;
            if (n_running_ == 0) report(step);
            else take_step(step, race_.rows + first, left < race_.batch_size ? left : race_.batch_size);
        }
        for (i64 model = 0; model < group_.n_models; ++model) {
            if (is_finite(group_.diverged[model])) store_parameters(model);
        }
    }

  private:
    static constexpr i64 size = group_size<T, GROUP_VECTORS>;
    static i64 here(i64 left) { return left < size ? left : size; }

    // Calls visit(array of the model, array of runs) for θ and what the optimizer remembers.
    template <class Visit>
    void each_array(i64 model, Visit visit) const {
        const Candidate<T>& candidate = group_.candidates[model];
        visit(candidate.theta, group_.work.theta);
        if (candidate.first) visit(candidate.first, group_.work.first);
        if (candidate.second) visit(candidate.second, group_.work.second);
    }

    void load_parameters(i64 model) {
        group_.learning_rates[model] = group_.candidates[model].learning_rate;
        each_array(model, [&](const T* from, T* runs) {
            for (i64 p = 0; p < race_.n_parameters; ++p) runs[p * size + model] = from[p];
        });
    }

    void store_parameters(i64 model) const {
        each_array(model, [&](T* to, const T* runs) {
            for (i64 p = 0; p < race_.n_parameters; ++p) to[p] = runs[p * size + model];
        });
    }

    void take_step(i64 step, const i64* rows, i64 batch) {
        set_step_sizes(race_.steps[step]);
        const double total = weight_of(rows, batch);
        const double share = total > 0 ? 1 / total : 0;  // a batch that weighs nothing moves nothing
        for (i64 at = 0; at < size; at += Simd<double>::width) store(group_.sums + at, vector<double>{});
        for (i64 first = 0; first < batch; first += race_rows_at_once) {
            const i64 left = batch - first;
            const bool ends = left <= race_rows_at_once;
            group_.piece = {rows + first, ends ? left : race_rows_at_once, first == 0, ends};
            gather(group_);
            for (int l = 0; l < race_.n_layers; ++l) forward(group_, l);
            add_losses(group_, share);
            if (ends) check_losses(step);
            if (!plain_ || !ends) backward<false>(group_);
            else if (batch > 1) backward<true>(group_);
            else backward_of_one_row(group_);
        }
        if (!plain_) apply_all(group_, race_.steps[step].root_scale);
    }

    // Most steps go as fast as the one before.
    void set_step_sizes(const StepConstants& step) {
        if (step.learning_rate == step_constants_.learning_rate && step.step_size == step_constants_.step_size) return;
        step_constants_ = step;
        group_.step_sizes.set(group_.learning_rates, race_.optimizer, step);
    }

    double weight_of(const i64* rows, i64 batch) const {
        if (!race_.table.weights) return static_cast<double>(batch);
        double total = 0;
        for (i64 i = 0; i < batch; ++i) total += static_cast<double>(race_.table.weights[rows[i]]);
        return total;
    }

    // The losses of a step; and the end of those whose loss is no number any more, before they take it.
    void check_losses(i64 step) {
        report(step);
        if (all_finite()) return;
        for (i64 model = 0; model < group_.n_models; ++model) {
            if (!is_finite(group_.sums[model]) && is_finite(group_.diverged[model])) retire(model);
        }
        group_.step_sizes.set(group_.learning_rates, race_.optimizer, race_.steps[step]);
    }

    void report(i64 step) const {
        double* const to = losses_ + step * race_.n_candidates;
        for (i64 model = 0; model < group_.n_models; ++model) to[model] = group_.sums[model] + group_.diverged[model];
        // The losses of many models are much to write: their place is asked for in good time.
        if (race_.n_rows - step * race_.batch_size <= rows_ahead * race_.batch_size) return;
        const double* const later = to + rows_ahead * race_.n_candidates;
        constexpr i64 line = cache_line / static_cast<i64>(sizeof(double));
        for (i64 model = 0; model < group_.n_models; model += line) __builtin_prefetch(later + model, 1);
    }

    bool all_finite() const {
        vector<double> zeros{};  // or NaN, in a lane that has met another kind of number
        for (i64 at = 0; at < size; at += Simd<double>::width) zeros += load(group_.sums + at) - load(group_.sums + at);
        double sum = 0;
        for (i64 lane = 0; lane < Simd<double>::width; ++lane) sum += zeros[lane];
        return sum == 0;
    }

    void retire(i64 model) {
        store_parameters(model);
        for (i64 i = 0; i < group_.work.n_runs; ++i) group_.work.runs[i * size + model] = 0;
        group_.learning_rates[model] = 0;
        group_.diverged[model] = __builtin_nan("");
        --n_running_;
    }

    const Race<T>& race_;
    Group<T, GROUP_VECTORS> group_;
    double* const losses_;
    i64 n_running_;
    const bool plain_;
    StepConstants step_constants_{-1, -1, -1};
};

template <int GROUP_VECTORS, class T>
void race_groups(const Race<T>& race, const RaceWork<T>& work, Team& team) {
    constexpr i64 size = group_size<T, GROUP_VECTORS>;
    for (i64 first = team.next() * size; first < race.n_candidates; first = team.next() * size) {
        GroupDescent<T, GROUP_VECTORS>(race, work, first).descend();
    }
}

template <class T>
void race(const Race<T>& race, const RaceWork<T>& work, Team& team) {
    const WithoutSubnormals without;
    if (race.group_vectors == 2) race_groups<2>(race, work, team);
    else race_groups<1>(race, work, team);
}

}  // namespace wade::WADE_ISA
