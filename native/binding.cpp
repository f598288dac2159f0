// The interface to Python: checks every bound that memory depends on (checks.hpp), releases the interpreter lock and runs
// the kernels.
#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>

#include "checks.hpp"
#include "kernels.hpp"
#include "team.hpp"

namespace wade {
namespace {

struct InstructionSet {
    std::string name;
    const Kernels<float>* kernels_float;
    const Kernels<double>* kernels_double;
};

// Those that this processor runs, the fastest first.
std::vector<InstructionSet> supported_instruction_sets() {
    std::vector<InstructionSet> sets;
#ifdef WADE_X86_KERNELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw")) {
        sets.push_back({"avx512", &avx512::kernels_float, &avx512::kernels_double});
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        sets.push_back({"avx2", &avx2::kernels_float, &avx2::kernels_double});
    }
#endif
#ifdef WADE_ARM64_KERNELS
    sets.push_back({"neon", &neon::kernels_float, &neon::kernels_double});  // every arm64 processor has it
#else
    sets.push_back({"baseline", &baseline::kernels_float, &baseline::kernels_double});
#endif
    return sets;
}

const std::vector<InstructionSet>& instruction_sets() {
    static const std::vector<InstructionSet> sets = supported_instruction_sets();
    return sets;
}

// What a call may use of the machine.
struct Processor {
    std::string instruction_set;
    int threads;
};

template <class T>
const Kernels<T>& kernels_of(const std::string& instruction_set) {
    for (const InstructionSet& set : instruction_sets()) {
        if (set.name != instruction_set) continue;
        if constexpr (sizeof(T) == sizeof(float)) return *set.kernels_float;
        else return *set.kernels_double;
    }
    throw std::invalid_argument("this processor does not run the instruction set '" + instruction_set + "'");
}

// The registries, which are the same for every instruction set.
const Kernels<float>& any_kernels() { return *instruction_sets().back().kernels_float; }

template <class Properties>
const Properties& named(const List<Properties>& entries, const std::string& name) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Properties& entry) { return name == entry.name; });
    if (found == entries.end()) throw std::invalid_argument("the native engine does not know '" + name + "'");
    return *found;
}

template <class Properties>
std::vector<std::string> names_of(const List<Properties>& entries) {
    std::vector<std::string> names;
    for (const Properties& entry : entries) names.push_back(entry.name);
    return names;
}

// The optimizer with all of its constants, each found by its name.
UpdateRule make_rule(const std::string& name, const std::map<std::string, double>& constants, double l1, double l2,
                     double max_norm) {
    UpdateRule rule{{named(any_kernels().optimizers, name)}, {l1, l2, max_norm}};
    std::size_t known = 0;
    for (const Optimizer::Constant& constant : rule.optimizer.kind.constants) {
        if (!constant.name) break;
        const auto found = constants.find(constant.name);
        if (found == constants.end()) throw std::invalid_argument(name + ": the constant '" + constant.name + "' is missing");
        rule.optimizer.*constant.place = found->second;
        ++known;
    }
    if (known != constants.size()) throw std::invalid_argument(name + ": a constant is unknown");
    return rule;
}

Shape make_shape(i64 n_numbers, std::vector<i64> sizes, std::vector<i64> bins, std::vector<i64> widths,
                 const std::vector<std::string>& activations, const std::string& loss, double loss_constant, i64 members,
                 double dropout) {
    Shape shape{n_numbers,     std::move(sizes), std::move(bins), std::move(widths), {}, named(any_kernels().losses, loss),
                loss_constant, members,          dropout};
    for (const std::string& name : activations) shape.activations.push_back(named(any_kernels().activations, name));
    const auto positive = [](i64 count) { return count > 0; };
    if (n_numbers < 0 || shape.widths.empty() || shape.widths.size() != shape.activations.size() ||
        !std::ranges::all_of(shape.widths, positive) || !std::ranges::all_of(shape.sizes, positive) ||
        !std::ranges::all_of(shape.bins, positive) || members < 1) {
        throw std::invalid_argument("the shape of the network is not valid");
    }
    if (!(dropout >= 0 && dropout < 1)) throw std::invalid_argument("dropout: must be at least 0 and less than 1");
    return shape;
}

// Threads are worth their barriers only where each has something to do between two of them.
int team_size(int threads, double flops, double flops_worth_a_thread) {
    return static_cast<int>(std::clamp(flops / flops_worth_a_thread, 1.0, static_cast<double>(std::max(threads, 1))));
}

template <class Body>
void run_team(int size, Body&& body) {
    Team team(size);
    struct Context {
        Team& team;
        Body& body;
    } context{team, body};
    team.run(
        [](void* given, int rank) {
            auto& here = *static_cast<Context*>(given);
            here.body(here.team, rank);
        },
        &context);
}

StepConstants constants_of(const OptimizerConstants& optimizer, double learning_rate, i64 step) {
    if (!optimizer.kind.corrects_bias) return {learning_rate, learning_rate, 1};
    const double t = static_cast<double>(step);
    return {learning_rate, learning_rate / (1 - std::pow(optimizer.beta1, t)),
            1 / std::sqrt(1 - std::pow(optimizer.beta2, t))};
}

// Checks every 20 ms for a signal to handle, such as Ctrl-C; its handlers run at once. Where one raises, the exception waits
// for the end of the call.
class Signals {
  public:
    static bool quiet(void* signals) { return static_cast<Signals*>(signals)->are_quiet(); }
    void raise() const {
        if (raised_) throw nb::python_error();
    }

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds interval{20};

    bool are_quiet() {
        const Clock::time_point now = Clock::now();
        if (now - last_ < interval) return true;
        last_ = now;
        const nb::gil_scoped_acquire acquired;
        raised_ = PyErr_CheckSignals() != 0;
        return !raised_;
    }

    Clock::time_point last_ = Clock::now();
    bool raised_ = false;
};

template <class T>
nb::object descend(const Shape& shape, const Processor& processor, Vector<T> theta, const State<T>& state,
                   const Samples<T>& samples, const UpdateRule& rule, Vector<const i64> rows, i64 batch_size,
                   Vector<const double> learning_rates, i64 steps_before, std::uint64_t seed, Vector<i64> steps_taken) {
    const Kernels<T>& kernels = kernels_of<T>(processor.instruction_set);
    const Table<T> table = samples.table(shape);
    const i64 n_rows = static_cast<i64>(rows.shape(0));
    require(batch_size > 0, "batch_size must be positive");
    const i64 n_steps = (n_rows + batch_size - 1) / batch_size;
    require(static_cast<i64>(learning_rates.shape(0)) == n_steps, "learning_rates: one for each step");
    require(static_cast<i64>(theta.shape(0)) == shape.n_parameters(), "theta: wrong length");
    const std::vector<T*> arrays = rule.arrays_of(state, theta.shape(0));
    require(steps_taken.shape(0) == 1, "steps_taken: one number");
    Signals signals;

    double* const losses = new double[static_cast<std::size_t>(n_steps)]();
    nb::capsule owner(losses, [](void* memory) noexcept { delete[] static_cast<double*>(memory); });
    {
        nb::gil_scoped_release released;
        check_indices(shape, table, rows.data(), n_rows);
        const Blueprint<T> blueprint(shape);
        const i64 batch = std::min(batch_size, n_rows);
        const double flops = 6.0 * static_cast<double>(batch) * static_cast<double>(shape.n_products());
        const bool alone = batch_size == 1 && blueprint.plan().has_batch_of_one_path;
        const int size = alone ? 1 : team_size(processor.threads, flops, 1e7);
        const Workspace<T> workspace(blueprint, {.batch = batch, .threads = size, .backward = true,
                                                 .drops = blueprint.plan().dropout_threshold > 0,
                                                 .state_arrays = static_cast<int>(arrays.size())});
        const Work<T>& work = workspace.work();
        blueprint.pack(theta.data(), work.theta);
        if (arrays.size() > 0) blueprint.pack(arrays[0], work.first);
        if (arrays.size() > 1) blueprint.pack(arrays[1], work.second);
        std::vector<StepConstants> steps;
        steps.reserve(static_cast<std::size_t>(n_steps));
        for (i64 step = 0; step < n_steps; ++step) {
            steps.push_back(constants_of(rule.optimizer, learning_rates.data()[step], steps_before + step + 1));
        }
        Interrupt interrupt{Signals::quiet, &signals, 0};
        const Descent<T> descent{table, rows.data(), n_rows, batch_size, steps.data(), rule.optimizer,
                                 rule.regularization, seed, steps_before, losses, interrupt};
        run_team(size, [&](Team& team, int rank) { kernels.descend(blueprint.plan(), work, descent, team, rank); });
        blueprint.unpack(work.theta, theta.data());
        if (arrays.size() > 0) blueprint.unpack(work.first, arrays[0]);
        if (arrays.size() > 1) blueprint.unpack(work.second, arrays[1]);
        steps_taken.data()[0] = interrupt.steps_taken;
    }
    signals.raise();
    return nb::cast(nb::ndarray<nb::numpy, double, nb::ndim<1>>(losses, {static_cast<std::size_t>(n_steps)}, owner));
}

template <class T>
double loss_and_gradient(const Shape& shape, const Processor& processor, Vector<const T> theta, const Samples<T>& samples,
                         Vector<T> gradient) {
    const Kernels<T>& kernels = kernels_of<T>(processor.instruction_set);
    const Table<T> table = samples.table(shape);
    require(static_cast<i64>(theta.shape(0)) == shape.n_parameters(), "theta: wrong length");
    require(gradient.shape(0) == theta.shape(0), "gradient: wrong length");
    double loss = 0;
    nb::gil_scoped_release released;
    check_indices(shape, table, nullptr, table.n_rows);
    const Blueprint<T> blueprint(shape);
    const double flops = 6.0 * static_cast<double>(table.n_rows) * static_cast<double>(shape.n_products());
    const int size = team_size(processor.threads, flops, 5e6);
    const Workspace<T> workspace(blueprint, {.batch = table.n_rows, .threads = size, .backward = true});
    blueprint.pack(theta.data(), workspace.work().theta);
    run_team(size, [&](Team& team, int rank) {
        kernels.gradient(blueprint.plan(), workspace.work(), table, loss, team, rank);
    });
    blueprint.unpack(workspace.work().gradient, gradient.data());
    return loss;
}

template <class T>
void forward(const Shape& shape, const Processor& processor, Vector<const T> theta, const Samples<T>& samples,
             const std::vector<Matrix<T>>& Z, const std::vector<Matrix<T>>& A) {
    const Kernels<T>& kernels = kernels_of<T>(processor.instruction_set);
    const Table<T> table = samples.inputs(shape);
    require(static_cast<i64>(theta.shape(0)) == shape.n_parameters(), "theta: wrong length");
    require(Z.size() == shape.widths.size() && A.size() == Z.size(), "forward: one Z and one A for each layer");
    std::vector<T*> z, a;
    for (std::size_t l = 0; l < Z.size(); ++l) {
        for (const Matrix<T>* matrix : {&Z[l], &A[l]}) {
            require(holds_rows(*matrix, shape, table, shape.widths[l]), "forward: wrong shape");
        }
        z.push_back(Z[l].data());
        a.push_back(A[l].data());
    }
    nb::gil_scoped_release released;
    check_indices(shape, table, nullptr, table.n_rows);
    const Blueprint<T> blueprint(shape);
    const Workspace<T> workspace(blueprint, {.batch = table.n_rows, .threads = 1});
    blueprint.pack(theta.data(), workspace.work().theta);
    kernels.forward(blueprint.plan(), workspace.work(), table, z.data(), a.data());
}

// One function of transcendental.hpp, for tests and benchmarks.
template <class T>
void evaluate(const std::string& function, const std::string& instruction_set, Vector<const T> x, Vector<T> out) {
    require(x.shape(0) == out.shape(0), "out: wrong length");
    if (!kernels_of<T>(instruction_set).evaluate(function.c_str(), x.data(), out.data(), static_cast<i64>(x.shape(0)))) {
        throw std::invalid_argument("the native engine does not know '" + function + "'");
    }
}

template <class T>
void bind(nb::module_& module, const char* samples) {
    nb::class_<Samples<T>>(module, samples);
    module.def(
        "samples",
        [](Matrix<const T> numbers, std::optional<Matrix<const std::int32_t>> codes, std::optional<Matrix<const T>> positions,
           std::optional<Matrix<const T>> targets, std::optional<Vector<const std::int32_t>> classes,
           std::optional<Vector<const T>> weights) {
            return Samples<T>{numbers, codes, positions, targets, classes, weights};
        },
        nb::arg("numbers").noconvert(), nb::arg("codes").noconvert().none(), nb::arg("positions").noconvert().none(),
        nb::arg("targets").noconvert().none() = nb::none(), nb::arg("classes").noconvert().none() = nb::none(),
        nb::arg("weights").noconvert().none() = nb::none());
    module.def("descend", &descend<T>, nb::kw_only(), nb::arg("shape"), nb::arg("processor"), nb::arg("theta").noconvert(),
               nb::arg("state").noconvert(), nb::arg("samples"), nb::arg("rule"), nb::arg("rows").noconvert(),
               nb::arg("batch_size"), nb::arg("learning_rates").noconvert(), nb::arg("steps_before"), nb::arg("seed"),
               nb::arg("steps_taken").noconvert());
    module.def("loss_and_gradient", &loss_and_gradient<T>, nb::kw_only(), nb::arg("shape"), nb::arg("processor"),
               nb::arg("theta").noconvert(), nb::arg("samples"), nb::arg("gradient").noconvert());
    module.def("forward", &forward<T>, nb::kw_only(), nb::arg("shape"), nb::arg("processor"), nb::arg("theta").noconvert(),
               nb::arg("samples"), nb::arg("Z"), nb::arg("A"));
    module.def("evaluate", &evaluate<T>, nb::arg("function"), nb::arg("instruction_set"), nb::arg("x").noconvert(),
               nb::arg("out").noconvert());
}

}  // namespace
}  // namespace wade

#include "predictor_binding.hpp"
#include "race_binding.hpp"

NB_MODULE(_kernels, module) {
    module.attr("version") = WADE_VERSION;
    module.def("instruction_sets", [] {
        std::vector<std::string> names;
        for (const wade::InstructionSet& set : wade::instruction_sets()) names.push_back(set.name);
        return names;
    });
    module.def("activations", [] { return wade::names_of(wade::any_kernels().activations); });
    module.def("losses", [] { return wade::names_of(wade::any_kernels().losses); });
    module.def("optimizers", [] { return wade::names_of(wade::any_kernels().optimizers); });
    nb::class_<wade::Shape>(module, "Shape")
        .def("__init__",
             [](wade::Shape* self, wade::i64 n_numbers, std::vector<wade::i64> sizes, std::vector<wade::i64> bins,
                std::vector<wade::i64> widths, const std::vector<std::string>& activations, const std::string& loss,
                double loss_constant, wade::i64 members, double dropout) {
                 new (self) wade::Shape(wade::make_shape(n_numbers, std::move(sizes), std::move(bins), std::move(widths),
                                                         activations, loss, loss_constant, members, dropout));
             },
             nb::arg("n_numbers"), nb::arg("sizes"), nb::arg("bins"), nb::arg("widths"), nb::arg("activations"),
             nb::arg("loss"), nb::arg("loss_constant") = 0.0, nb::arg("members") = 1, nb::arg("dropout") = 0.0)
        .def_prop_ro("n_parameters", &wade::Shape::n_parameters);
    nb::class_<wade::Processor>(module, "Processor")
        .def(nb::init<std::string, int>(), nb::arg("instruction_set"), nb::arg("threads"));
    nb::class_<wade::UpdateRule>(module, "UpdateRule")
        .def("__init__",
             [](wade::UpdateRule* self, const std::string& optimizer, const std::map<std::string, double>& constants, double l1,
                double l2, double max_norm) {
                 new (self) wade::UpdateRule(wade::make_rule(optimizer, constants, l1, l2, max_norm));
             },
             nb::arg("optimizer"), nb::arg("constants"), nb::arg("l1") = 0.0, nb::arg("l2") = 0.0, nb::arg("max_norm") = 0.0);
    wade::bind<float>(module, "SamplesFloat32");
    wade::bind<double>(module, "SamplesFloat64");
    wade::bind_predictor<float>(module, "PredictorFloat32");
    wade::bind_predictor<double>(module, "PredictorFloat64");
    wade::bind_race<float>(module);
    wade::bind_race<double>(module);
}
