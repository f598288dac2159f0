// What Python hands over, checked before the kernels follow a pointer or an index into it.
#pragma once

#include <nanobind/ndarray.h>

#include <optional>
#include <stdexcept>

#include "blueprint.hpp"

namespace nb = nanobind;

namespace wade {

template <class T>
using Vector = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Matrix = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

inline void require(bool holds, const char* otherwise) {
    if (!holds) throw std::invalid_argument(otherwise);
}

// Codes and positions may be left out where a network reads none.
template <class T>
struct Rows {
    Matrix<const T> numbers;
    std::optional<Matrix<const std::int32_t>> codes;
    std::optional<Matrix<const T>> positions;
};

template <class Block>
bool has_shape(const std::optional<Block>& block, std::size_t n_rows, std::size_t n_columns) {
    if (!block) return n_columns == 0;
    return block->shape(0) == n_rows && block->shape(1) == n_columns;
}

template <class T>
Table<T> checked_table(const Shape& shape, const Rows<T>& rows) {
    const std::size_t n_rows = rows.numbers.shape(0);
    require(static_cast<i64>(rows.numbers.shape(1)) == shape.n_numbers, "numbers: wrong count of columns");
    require(has_shape(rows.codes, n_rows, shape.sizes.size()), "codes: wrong count of rows or columns");
    require(has_shape(rows.positions, n_rows, shape.bins.size()), "positions: wrong count of rows or columns");
    return {static_cast<i64>(n_rows), rows.numbers.data(), rows.codes ? rows.codes->data() : nullptr,
            rows.positions ? rows.positions->data() : nullptr, nullptr, nullptr, nullptr};
}

// Whether there is a row for every member of every sample.
template <class T>
bool holds_rows(const Matrix<T>& matrix, const Shape& shape, const Table<T>& table, i64 columns) {
    return static_cast<i64>(matrix.shape(0)) == table.n_rows * shape.members &&
           static_cast<i64>(matrix.shape(1)) == columns;
}

// What was observed for each row: numbers (n, n_out), or classes (n,) for the softmax; and how much each row counts.
// The arrays live as long as the call: the table only points to them.
template <class T>
struct Observed {
    std::optional<Matrix<const T>> targets;
    std::optional<Vector<const std::int32_t>> classes;
    std::optional<Vector<const T>> weights;

    void add_to(Table<T>& table, const Shape& shape) const {
        const std::size_t n_rows = static_cast<std::size_t>(table.n_rows);
        if (shape.loss == Loss::softmax_cross_entropy) {
            require(classes.has_value(), "classes: missing");
            require(classes->shape(0) == n_rows, "classes: wrong count of rows");
            table.classes = classes->data();
        } else {
            require(targets.has_value(), "targets: missing");
            require(targets->shape(0) == n_rows, "targets: wrong count of rows");
            require(static_cast<i64>(targets->shape(1)) == shape.widths.back(), "targets: wrong count of columns");
            table.targets = targets->data();
        }
        if (!weights) return;
        require(weights->shape(0) == n_rows, "weights: wrong count of rows");
        table.weights = weights->data();
    }
};

// Every code, position and class that the kernels will use as an index; `rows` null means all rows.
template <class T>
void check_indices(const Shape& shape, const Table<T>& table, const i64* rows, i64 count) {
    const i64 n_categories = static_cast<i64>(shape.sizes.size());
    const i64 n_piecewise = static_cast<i64>(shape.bins.size());
    for (i64 i = 0; i < count; ++i) {
        const i64 row = rows ? rows[i] : i;
        require(row >= 0 && row < table.n_rows, "rows: a row number lies outside the table");
        for (i64 c = 0; c < n_categories; ++c) {
            const std::int32_t code = table.codes[row * n_categories + c];
            require(code >= 0 && code < shape.sizes[static_cast<std::size_t>(c)], "codes: a code lies outside its category");
        }
        for (i64 p = 0; p < n_piecewise; ++p) {
            const T position = table.positions[row * n_piecewise + p];
            // Written so that a NaN does not pass.
            require(position >= 0 && position <= static_cast<T>(shape.bins[static_cast<std::size_t>(p)]),
                    "positions: a position lies outside its bins");
        }
        if (table.classes) {
            require(table.classes[row] >= 0 && table.classes[row] < shape.widths.back(),
                    "classes: a class lies outside the output");
        }
    }
}

}  // namespace wade
