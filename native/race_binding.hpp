// The race's part of the interface to Python; binding.cpp includes it after what both parts share.
#pragma once

#include <memory>

#include "race_plan.hpp"

namespace wade {
namespace {

// Where everything lies in θ and among a row's activations.
template <class T>
class RacePlan {
  public:
    explicit RacePlan(const Shape& shape) {
        i64 n_in = shape.n_numbers, offset = 0, column = 0;
        for (std::size_t l = 0; l < shape.widths.size(); ++l) {
            const i64 n_out = shape.widths[l], weight = offset;
            offset += n_in * n_out;
            for (std::size_t c = 0; l == 0 && c < shape.sizes.size(); ++c) {
                categories_.push_back({offset, shape.sizes[c]});
                offset += shape.sizes[c] * n_out;
            }
            layers_.push_back({n_in, n_out, weight, offset, column, shape.activations[l]});
            offset += n_out, column += n_out, n_in = n_out;
        }
        race_.n_numbers = shape.n_numbers;
        race_.n_categories = static_cast<i64>(categories_.size());
        race_.categories = categories_.data();
        race_.n_layers = static_cast<int>(layers_.size());
        race_.layers = layers_.data();
        race_.n_parameters = offset;
        race_.n_columns = column;
        race_.loss = shape.loss;
        race_.loss_constant = shape.loss_constant;
    }

    RacePlan(const RacePlan&) = delete;
    RacePlan& operator=(const RacePlan&) = delete;

    Race<T>& race() { return race_; }

  private:
    std::vector<RaceLayer> layers_;
    std::vector<RaceCategory> categories_;
    Race<T> race_{};
};

// The memory of one thread.
template <class T>
class RaceMemory {
  public:
    RaceMemory(const Race<T>& race, i64 group_size, std::size_t n_arrays) {
        const i64 columns = race_rows_at_once * race.n_columns;
        work_.n_runs = race.n_parameters * (2 + static_cast<i64>(n_arrays)) + 3 * columns;
        const i64 numbers = padded<T>(race_rows_at_once * race.n_numbers);
        const i64 outcome = padded<T>(race.layers[race.n_layers - 1].n_out);
        const i64 count = work_.n_runs * group_size + numbers + 3 * outcome;
        memory_.reset(static_cast<T*>(::operator new(static_cast<std::size_t>(count) * sizeof(T), alignment)));
        std::fill_n(memory_.get(), count, T(0));
        T* free = work_.runs = memory_.get();
        const auto take = [&](i64 elements) {
            T* const taken = free;
            free += elements;
            return taken;
        };
        work_.theta = take(race.n_parameters * group_size);
        if (n_arrays > 0) work_.first = take(race.n_parameters * group_size);
        if (n_arrays > 1) work_.second = take(race.n_parameters * group_size);
        work_.gradient = take(race.n_parameters * group_size);
        work_.activations = take(columns * group_size);
        work_.preactivations = take(columns * group_size);
        work_.deltas = take(columns * group_size);
        work_.numbers = take(numbers);
        work_.outcome = take(3 * outcome);
    }

    const RaceWork<T>& work() const { return work_; }

  private:
    static constexpr std::align_val_t alignment{cache_line};
    struct Free {
        void operator()(T* memory) const { ::operator delete(memory, alignment); }
    };
    std::unique_ptr<T, Free> memory_;
    RaceWork<T> work_{};
};

// How many vectors of models are worked on group_vectors. A tiny network waits for its own results, and two at once hide that
// from each other; a larger one has enough to do, and is better off with the cache for itself.
int vectors_per_group(i64 n_candidates, i64 models_per_vector, i64 n_parameters, int threads) {
    constexpr i64 tiny = 256;
    return n_parameters <= tiny && n_candidates > models_per_vector * threads ? 2 : 1;
}

// The models' arrays, of which all must be as long as θ, and their learning rates.
template <class T>
std::vector<Candidate<T>> checked_candidates(const Race<T>& race, const UpdateRule& rule, const std::vector<Vector<T>>& thetas,
                                             const std::vector<State<T>>& states, const Vector<const double>& learning_rates) {
    require(!thetas.empty() && learning_rates.shape(0) == thetas.size(), "learning_rates: one for each model");
    require(states.size() == thetas.size(), "states: one for each model");
    const std::size_t n_parameters = static_cast<std::size_t>(race.n_parameters);
    std::vector<Candidate<T>> candidates;
    for (std::size_t k = 0; k < thetas.size(); ++k) {
        require(thetas[k].shape(0) == n_parameters, "theta: wrong length");
        const std::vector<T*> arrays = rule.arrays_of(states[k], n_parameters);
        const auto array = [&](std::size_t i) { return i < arrays.size() ? arrays[i] : nullptr; };
        candidates.push_back({thetas[k].data(), array(0), array(1), learning_rates.data()[k]});
    }
    return candidates;
}

// Hands the groups of models to the threads, which never wait for each other.
template <class T>
void run_race(const Kernels<T>& kernels, Race<T>& race, std::size_t n_arrays, int threads) {
    constexpr double flops_worth_a_thread = 1e6;
    const double flops = 6.0 * static_cast<double>(race.n_rows * kernels.models_per_vector * race.n_parameters);
    const int most = flops > flops_worth_a_thread ? std::max(threads, 1) : 1;
    race.group_vectors = vectors_per_group(race.n_candidates, kernels.models_per_vector, race.n_parameters, most);
    const i64 group_size = race.group_vectors * kernels.models_per_vector;
    const i64 n_groups = (race.n_candidates + group_size - 1) / group_size;
    std::vector<RaceMemory<T>> memories;
    for (i64 rank = 0; rank < std::min<i64>(most, n_groups); ++rank) memories.emplace_back(race, group_size, n_arrays);
    run_team(static_cast<int>(memories.size()), [&](Team& team, int rank) {
        kernels.race(race, memories[static_cast<std::size_t>(rank)].work(), team);
    });
}

template <class T>
nb::object race(const Shape& shape, const Processor& processor, const std::vector<Vector<T>>& thetas,
                const std::vector<State<T>>& states, const Samples<T>& samples, const UpdateRule& rule, Vector<const i64> rows,
                i64 batch_size, Vector<const double> learning_rates, Vector<const double> factors, i64 steps_before) {
    const Kernels<T>& kernels = kernels_of<T>(processor.instruction_set);
    RacePlan<T> plan(shape);
    Race<T>& race = plan.race();
    require(race.n_parameters == shape.n_parameters() && shape.dropout == 0 && !rule.regularization.clips(),
            "a race takes no members, no dropout, no numbers among bins and no clipping");
    race.table = samples.table(shape);
    require(batch_size > 0, "batch_size must be positive");
    race.rows = rows.data(), race.n_rows = static_cast<i64>(rows.shape(0)), race.batch_size = batch_size;
    const std::size_t n_steps = static_cast<std::size_t>((race.n_rows + batch_size - 1) / batch_size);
    require(factors.shape(0) == n_steps, "factors: one for each step");
    race.optimizer = rule.optimizer, race.regularization = rule.regularization;
    const std::vector<Candidate<T>> candidates = checked_candidates(race, rule, thetas, states, learning_rates);
    race.candidates = candidates.data(), race.n_candidates = static_cast<i64>(candidates.size());

    race.step_losses = new double[n_steps * candidates.size()];
    nb::capsule owner(race.step_losses, [](void* losses) noexcept { delete[] static_cast<double*>(losses); });
    {
        nb::gil_scoped_release released;
        check_indices(shape, race.table, race.rows, race.n_rows);
        std::vector<StepConstants> steps;
        steps.reserve(n_steps);
        for (i64 step = 0; step < static_cast<i64>(n_steps); ++step) {
            steps.push_back(constants_of(race.optimizer, factors.data()[step], steps_before + step + 1));
        }
        race.steps = steps.data();
        run_race(kernels, race, rule.n_arrays(), processor.threads);
    }
    return nb::cast(nb::ndarray<nb::numpy, double, nb::ndim<2>>(race.step_losses, {n_steps, candidates.size()}, owner));
}

template <class T>
void bind_race(nb::module_& module) {
    module.def("race", &race<T>, nb::kw_only(), nb::arg("shape"), nb::arg("processor"), nb::arg("thetas").noconvert(),
               nb::arg("states").noconvert(), nb::arg("samples"), nb::arg("rule"), nb::arg("rows").noconvert(),
               nb::arg("batch_size"), nb::arg("learning_rates").noconvert(), nb::arg("factors").noconvert(),
               nb::arg("steps_before"));
}

}  // namespace
}  // namespace wade
