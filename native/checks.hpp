// What Python hands over, checked before the kernels follow a pointer or an index into it.
#pragma once

#include <nanobind/ndarray.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

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

template <class Block>
bool has_shape(const std::optional<Block>& block, std::size_t n_rows, std::size_t n_columns) {
    if (!block) return n_columns == 0;
    return block->shape(0) == n_rows && block->shape(1) == n_columns;
}

// Rows as Python hands them over. Codes and positions may be left out where a network reads none. What was observed for
// each row, where the call needs it: targets (n, n_out), or classes (n,) for a loss that takes classes; and how much each
// row counts. The arrays live as long as this object: a Table only points to them.
template <class T>
struct Samples {
    Matrix<const T> numbers;
    std::optional<Matrix<const std::int32_t>> codes;
    std::optional<Matrix<const T>> positions;
    std::optional<Matrix<const T>> targets;
    std::optional<Vector<const std::int32_t>> classes;
    std::optional<Vector<const T>> weights;

    // What the network reads.
    Table<T> inputs(const Shape& shape) const {
        const std::size_t n_rows = numbers.shape(0);
        require(static_cast<i64>(numbers.shape(1)) == shape.n_numbers, "numbers: wrong count of columns");
        require(has_shape(codes, n_rows, shape.sizes.size()), "codes: wrong count of rows or columns");
        require(has_shape(positions, n_rows, shape.bins.size()), "positions: wrong count of rows or columns");
        return {static_cast<i64>(n_rows), numbers.data(), codes ? codes->data() : nullptr,
                positions ? positions->data() : nullptr, nullptr, nullptr, nullptr};
    }

    // That, what was observed, and the weights.
    Table<T> table(const Shape& shape) const {
        Table<T> table = inputs(shape);
        const std::size_t n_rows = numbers.shape(0);
        if (shape.loss.takes_classes) {
            require(classes.has_value(), "classes: missing");
            require(classes->shape(0) == n_rows, "classes: wrong count of rows");
            table.classes = classes->data();
        } else {
            require(targets.has_value(), "targets: missing");
            require(targets->shape(0) == n_rows, "targets: wrong count of rows");
            require(static_cast<i64>(targets->shape(1)) == shape.widths.back(), "targets: wrong count of columns");
            table.targets = targets->data();
        }
        if (!weights) return table;
        require(weights->shape(0) == n_rows, "weights: wrong count of rows");
        table.weights = weights->data();
        return table;
    }
};

// Whether there is a row for every member of every sample.
template <class T>
bool holds_rows(const Matrix<T>& matrix, const Shape& shape, const Table<T>& table, i64 columns) {
    return static_cast<i64>(matrix.shape(0)) == table.n_rows * shape.members &&
           static_cast<i64>(matrix.shape(1)) == columns;
}

// The optimizer's state: arrays by their names.
template <class T>
using State = std::map<std::string, Vector<T>>;

// An optimizer with its constants, and what is done to a gradient before it.
struct UpdateRule {
    OptimizerConstants optimizer;
    Regularization regularization;

    // How many arrays the optimizer keeps.
    std::size_t n_arrays() const {
        if (optimizer.kind.plain_without_momentum && optimizer.momentum == 0) return 0;
        std::size_t count = 0;
        for (const char* name : optimizer.kind.state) count += name != nullptr;
        return count;
    }

    // The arrays in the optimizer's own order, found by name; a missing and an unknown one are refused.
    template <class T>
    std::vector<T*> arrays_of(const State<T>& state, std::size_t length) const {
        std::vector<T*> arrays;
        for (std::size_t i = 0; i < n_arrays(); ++i) {
            const auto found = state.find(optimizer.kind.state[i]);
            if (found == state.end()) {
                throw std::invalid_argument("state: '" + std::string(optimizer.kind.state[i]) + "' is missing");
            }
            require(found->second.shape(0) == length, "state: wrong length");
            arrays.push_back(found->second.data());
        }
        for (const auto& [name, array] : state) {
            const auto is_name = [&](std::size_t i) { return name == optimizer.kind.state[i]; };
            bool known = false;
            for (std::size_t i = 0; i < arrays.size(); ++i) known = known || is_name(i);
            if (!known) throw std::invalid_argument("state: " + std::string(optimizer.kind.name) + " keeps no '" + name + "'");
        }
        return arrays;
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
