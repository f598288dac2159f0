// Columns of a table → the rows that a network reads. Counterpart: put_on_scale in src/wade/tables/kinds/scales.py, bit for bit.
//
// A module of its own, below the engines: reading a table needs no kernels of a network.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace nb = nanobind;

// Chosen between when the module is loaded; sanitizers would run before they are ready for that.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
#define WADE_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WADE_FOR_EACH_PROCESSOR
#endif

namespace wade {
namespace {

using i64 = std::int64_t;
template <class T>
using Column = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Places = std::vector<i64>;
using Rows = nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

constexpr double farthest = 1e6;
constexpr i64 rows_at_once = 256;  // of 24 numbers each they stay in the first cache while column after column is written

// Without contraction (see CMakeLists.txt): NumPy rounds after every operation.
WADE_FOR_EACH_PROCESSOR void scale(const double* values, i64 count, double median, double factor, float* scaled) {
    for (i64 i = 0; i < count; ++i) {
        double z = values[i] - median;
        z = z * factor;
        z = z < -farthest ? -farthest : z;
        z = z > farthest ? farthest : z;
        double divisor = z / 3.0;
        divisor = divisor * divisor;
        divisor = divisor + 1.0;
        z = z / std::sqrt(divisor);
        scaled[i] = z == z ? static_cast<float>(z) : 0.0f;
    }
}

template <class T>
void place(const T* values, i64 count, float* numbers, i64 width) {
    for (i64 i = 0; i < count; ++i) numbers[i * width] = static_cast<float>(values[i]);
}

template <class T>
void check(const std::vector<Column<T>>& columns, const Places& places, const Rows& rows) {
    if (columns.size() != places.size()) throw std::invalid_argument("each column needs a place");
    for (const auto& column : columns) {
        if (column.shape(0) != rows.shape(0)) throw std::invalid_argument("a column has another number of rows");
    }
    for (const i64 at : places) {
        if (at < 0 || at >= static_cast<i64>(rows.shape(1))) throw std::invalid_argument("a place is not in the row");
    }
}

void fill(const std::vector<Column<double>>& to_scale, const std::vector<double>& medians, const std::vector<double>& factors,
          const Places& scaled_places, const std::vector<Column<float>>& ready, const Places& ready_places,
          const std::vector<Column<bool>>& flags, const Places& flag_places, Rows rows, i64 first, i64 last) {
    check(to_scale, scaled_places, rows);
    check(ready, ready_places, rows);
    check(flags, flag_places, rows);
    if (medians.size() != to_scale.size() || factors.size() != to_scale.size()) {
        throw std::invalid_argument("each column needs a scale");
    }
    if (first < 0 || first > last || last > static_cast<i64>(rows.shape(0))) throw std::invalid_argument("no such rows");
    const i64 width = static_cast<i64>(rows.shape(1));
    float* const numbers = rows.data();
    nb::gil_scoped_release others_may_run;
    float scaled[rows_at_once];
    for (i64 start = first; start < last; start += rows_at_once) {
        const i64 count = std::min(rows_at_once, last - start);
        float* const block = numbers + start * width;
        for (std::size_t c = 0; c < to_scale.size(); ++c) {
            scale(to_scale[c].data() + start, count, medians[c], factors[c], scaled);
            place(scaled, count, block + scaled_places[c], width);
        }
        for (std::size_t c = 0; c < ready.size(); ++c) {
            place(ready[c].data() + start, count, block + ready_places[c], width);
        }
        for (std::size_t c = 0; c < flags.size(); ++c) {
            place(flags[c].data() + start, count, block + flag_places[c], width);
        }
    }
}

}  // namespace
}  // namespace wade

NB_MODULE(_rows, module) {
    using namespace nb::literals;
    module.attr("version") = WADE_VERSION;
    module.def("fill", &wade::fill, "to_scale"_a, "medians"_a, "factors"_a, "scaled_places"_a, "ready"_a, "ready_places"_a,
               "flags"_a, "flag_places"_a, "rows"_a.noconvert(), "first"_a, "last"_a);
}
