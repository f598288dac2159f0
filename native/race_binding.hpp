// The race's part of the seam to Python; binding.cpp includes it after what both parts share.
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
    RaceMemory(const Race<T>& race, i64 group_size, std::size_t moments) {
        const i64 columns = race_rows_at_once * race.n_columns;
        work_.n_runs = race.n_parameters * (2 + static_cast<i64>(moments)) + 3 * columns;
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
        if (moments > 0) work_.first = take(race.n_parameters * group_size);
        if (moments > 1) work_.second = take(race.n_parameters * group_size);
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

// How many vectors of models are worked on abreast. A tiny network waits for its own results, and two at once hide that
// from each other; a larger one has enough to do, and is better off with the cache for itself.
int vectors_abreast(i64 n_runners, i64 models_per_vector, i64 n_parameters, int threads) {
    constexpr i64 tiny = 256;
    return n_parameters <= tiny && n_runners > models_per_vector * threads ? 2 : 1;
}

// The models' arrays, of which all must be as long as θ, and their learning rates.
template <class T>
std::vector<Runner<T>> checked_runners(const Race<T>& race, const std::vector<Vector<T>>& thetas,
                                       const std::vector<std::vector<Vector<T>>>& moments,
                                       const Vector<const double>& learning_rates) {
    require(!thetas.empty() && learning_rates.shape(0) == thetas.size(), "learning_rates: one for each model");
    require(moments.size() == thetas.size(), "state: one for each model");
    const std::size_t n_parameters = static_cast<std::size_t>(race.n_parameters);
    std::vector<Runner<T>> runners;
    for (std::size_t k = 0; k < thetas.size(); ++k) {
        require(thetas[k].shape(0) == n_parameters, "theta: wrong length");
        require(moments[k].size() == moments[0].size() && remembers(race.optimizer.kind, moments[k].size()),
                "state: wrong count of arrays");
        for (const Vector<T>& moment : moments[k]) require(moment.shape(0) == n_parameters, "state: wrong length");
        const auto memory = [&](std::size_t i) { return i < moments[k].size() ? moments[k][i].data() : nullptr; };
        runners.push_back({thetas[k].data(), memory(0), memory(1), learning_rates.data()[k]});
    }
    return runners;
}

// Hands the groups of models to the threads, which never wait for each other.
template <class T>
void run_race(const Kernels<T>& kernels, Race<T>& race, std::size_t moments, int threads) {
    constexpr double flops_worth_a_thread = 1e6;
    const double flops = 6.0 * static_cast<double>(race.n_rows * kernels.models_per_vector * race.n_parameters);
    const int most = flops > flops_worth_a_thread ? std::max(threads, 1) : 1;
    race.abreast = vectors_abreast(race.n_runners, kernels.models_per_vector, race.n_parameters, most);
    const i64 group_size = race.abreast * kernels.models_per_vector;
    const i64 n_groups = (race.n_runners + group_size - 1) / group_size;
    std::vector<RaceMemory<T>> memories;
    for (i64 rank = 0; rank < std::min<i64>(most, n_groups); ++rank) memories.emplace_back(race, group_size, moments);
    run_team(static_cast<int>(memories.size()), [&](Team& team, int rank) {
        kernels.race(race, memories[static_cast<std::size_t>(rank)].work(), team);
    });
}

template <class T>
nb::object race(const Shape& shape, const std::string& instruction_set, int threads, const std::vector<Vector<T>>& thetas,
                const std::vector<std::vector<Vector<T>>>& moments, Matrix<const T> numbers,
                Matrix<const std::int32_t> codes, Matrix<const T> positions, std::optional<Matrix<const T>> targets,
                std::optional<Vector<const std::int32_t>> classes, std::optional<Vector<const T>> weights,
                Vector<const i64> rows, i64 batch_size, Vector<const double> learning_rates, Vector<const double> factors,
                const std::string& optimizer, const std::vector<double>& constants,
                const std::vector<double>& regularisation, i64 steps_before) {
    const Kernels<T>& kernels = kernels_of<T>(instruction_set);
    RacePlan<T> plan(shape);
    Race<T>& race = plan.race();
    require(race.n_parameters == shape.n_parameters() && shape.dropout == 0,
            "a race takes no members, no dropout and no numbers among bins");
    race.table = checked_table<T>(shape, {numbers, codes, positions});
    Observed<T>{targets, classes, weights}.add_to(race.table, shape);
    require(batch_size > 0, "batch_size must be positive");
    race.rows = rows.data(), race.n_rows = static_cast<i64>(rows.shape(0)), race.batch_size = batch_size;
    const std::size_t n_steps = static_cast<std::size_t>((race.n_rows + batch_size - 1) / batch_size);
    require(factors.shape(0) == n_steps, "factors: one for each step");
    require(constants.size() == 5 && regularisation.size() == 2, "the optimiser's constants are not valid");
    race.optimizer = {named(optimizer_names, optimizer), constants[0], constants[1], constants[2], constants[3],
                      constants[4]};
    race.regularisation = {regularisation[0], regularisation[1], 0};
    const std::vector<Runner<T>> runners = checked_runners(race, thetas, moments, learning_rates);
    race.runners = runners.data(), race.n_runners = static_cast<i64>(runners.size());

    race.step_losses = new double[n_steps * runners.size()];
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
        run_race(kernels, race, moments[0].size(), threads);
    }
    return nb::cast(nb::ndarray<nb::numpy, double, nb::ndim<2>>(race.step_losses, {n_steps, runners.size()}, owner));
}

template <class T>
void bind_race(nb::module_& module) {
    module.def("race", &race<T>, nb::arg("shape"), nb::arg("instruction_set"), nb::arg("threads"),
               nb::arg("thetas").noconvert(), nb::arg("moments").noconvert(), nb::arg("numbers").noconvert(),
               nb::arg("codes").noconvert(), nb::arg("positions").noconvert(), nb::arg("targets").noconvert().none(),
               nb::arg("classes").noconvert().none(), nb::arg("weights").noconvert().none(), nb::arg("rows").noconvert(),
               nb::arg("batch_size"), nb::arg("learning_rates").noconvert(), nb::arg("factors").noconvert(), nb::arg("optimizer"),
               nb::arg("constants"), nb::arg("regularisation"), nb::arg("steps_before"));
}

}  // namespace
}  // namespace wade
