// Prediction's part of the interface to Python; binding.cpp includes it after what all parts share.
#pragma once

#include "checks.hpp"

namespace wade {
namespace {

// A network prepared for many predictions: its shape is checked once and its θ packed once. A few rows are predicted in
// memory that is kept for them; more of them in blocks, on as many threads as pay.
template <class T>
class Predictor {
  public:
    Predictor(const Shape& shape, const Processor& processor, const Vector<const T>& theta)
        : shape_(shape),
          kernels_(kernels_of<T>(processor.instruction_set)),
          threads_(processor.threads),
          blueprint_(shape),
          ready_(blueprint_, {.batch = few, .threads = 1}) {
        require(static_cast<i64>(theta.shape(0)) == shape.n_parameters(), "theta: wrong length");
        blueprint_.pack(theta.data(), ready_.work().theta);
        kernels_.prepare(blueprint_.plan(), ready_.work());
    }

    // The last layer for every row and member, with its activation or as it is before.
    void predict(const Matrix<const T>& numbers, const std::optional<Matrix<const std::int32_t>>& codes,
                 const std::optional<Matrix<const T>>& positions, bool activated, const Matrix<T>& out) const {
        const Table<T> table = Samples<T>{numbers, codes, positions, {}, {}, {}}.inputs(shape_);
        require(holds_rows(out, shape_, table, shape_.widths.back()), "out: wrong shape");
        if (table.n_rows > few) return predict_in_blocks(table, activated, out.data());
        // The interpreter's lock is held here, where there is one, so this one is free: it takes some nanoseconds.
        const std::lock_guard<std::mutex> alone(few_at_once_);
        run(table, ready_.work(), 1, activated, out.data());
    }

  private:
    static constexpr i64 few = 4, samples_per_block = 96;

    void run(const Table<T>& table, const Work<T>& work, int threads, bool activated, T* out) const {
        check_indices(shape_, table, nullptr, table.n_rows);
        run_team(threads, [&](Team& team, int rank) {
            kernels_.predict(blueprint_.plan(), work, table, activated, out, team, rank);
        });
    }

    void predict_in_blocks(const Table<T>& table, bool activated, T* out) const {
        nb::gil_scoped_release released;
        const double flops = 2.0 * static_cast<double>(table.n_rows) * static_cast<double>(shape_.n_products());
        const int threads = team_size(threads_, flops, 5e6);
        const i64 block = std::min({table.n_rows, samples_per_block, blueprint_.plan().samples_at_once});
        const Workspace<T> buffers(blueprint_, {.batch = block * threads, .threads = threads});
        Work<T> work = buffers.work();
        work.theta = ready_.work().theta, work.sums = ready_.work().sums;
        run(table, work, threads, activated, out);
    }

    const Shape shape_;
    const Kernels<T>& kernels_;
    const int threads_;
    const Blueprint<T> blueprint_;
    const Workspace<T> ready_;
    mutable std::mutex few_at_once_;
};

template <class T>
void bind_predictor(nb::module_& module, const char* name) {
    nb::class_<Predictor<T>>(module, name)
        .def("__call__", &Predictor<T>::predict, nb::arg("numbers").noconvert(), nb::arg("codes").noconvert().none(),
             nb::arg("positions").noconvert().none(), nb::arg("activated"), nb::arg("out").noconvert());
    module.def(
        "predictor",
        [](const Shape& shape, const Processor& processor, const Vector<const T>& theta) {
            return std::make_unique<Predictor<T>>(shape, processor, theta);
        },
        nb::arg("shape"), nb::arg("processor"), nb::arg("theta").noconvert());
}

}  // namespace
}  // namespace wade
