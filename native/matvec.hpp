// One pass over a matrix for one example. There are two ways to read it: the sum of its rows, each times a number, and
// the dot product of every row with a vector. With W stored by inputs the first is forward and the second backward;
// with W stored by outputs it is the other way round. On the way back the same pass also changes the matrix, or writes
// its gradient: each weight is read once, used for delta of the layer below, and then moved.
//
// The matrix lies in panels, one below the other: some rows of it, cut into columns one vector wide. A panel holds them
// column after column, so that both ways of reading walk through memory from front to back.
#pragma once

#include "horizontal_sums.hpp"

namespace wade::WADE_ISA {

// What a pass is for. On the way back the gradient of M[r, c] is row_factors[r] · column_factors[c].
enum class Direction { forward, backward_gradient, backward_update };

template <class T>
struct MatVec {
    i64 rows;             // of the matrix
    i64 panel_rows;       // in every panel but the last
    i64 last_panel_rows;  // in the last, if it is smaller: with rows of zeros
    i64 n_vectors;        // in a row
    T* cells;
    T* gradient;      // laid out as the cells
    const T* row_factors;    // one number for each row
    const T* column_factors;  // one number for each column
    T* out;
    const T* bias;  // forward: added to the result
    bool relu;      // forward: applied to the result
    const T* mask;  // back: A of the layer below; where it is not positive the result is 0. Null for none
};

// Written so that a NaN stays a NaN.
template <class T, Direction DIRECTION>
[[gnu::always_inline]] inline void finish(const MatVec<T>& pass, i64 j, vector<T> value) {
    const vector<T> zero{};
    if constexpr (DIRECTION == Direction::forward) {
        value += load(pass.bias + j);
        if (pass.relu) value = value < zero ? zero : value;
    } else {
        if (pass.mask) value = load(pass.mask + j) > zero ? value : zero;
    }
    store(pass.out + j, value);
}

// `scaled` is the row's number times the column's, and the learning rate where the cells descend.
template <class T, Direction DIRECTION>
[[gnu::always_inline]] inline void change(const MatVec<T>& pass, i64 cell, vector<T> value, vector<T> scaled) {
    if constexpr (DIRECTION == Direction::backward_update) store(pass.cells + cell, value - scaled);
    if constexpr (DIRECTION == Direction::backward_gradient) store(pass.gradient + cell, scaled);
}

// The dot products of the ROWS rows of a panel with `across`.
template <class T, int ROWS, Direction DIRECTION>
[[gnu::always_inline]] inline void dot_panel(const MatVec<T>& pass, i64 r, T rate) {
    constexpr i64 width = Simd<T>::width;
    vector<T> totals[ROWS]{};
    i64 cell = r * pass.n_vectors * width;
    for (i64 j = 0; j < pass.n_vectors * width; j += width, cell += ROWS * width) {
        const vector<T> across = load(pass.column_factors + j);
        const vector<T> scaled = DIRECTION == Direction::backward_update ? rate * across : across;
        repeat<ROWS>([&](int i) __attribute__((always_inline)) {
            const vector<T> value = load(pass.cells + cell + i * width);
            totals[i] += value * across;
            if constexpr (DIRECTION != Direction::forward) change<T, DIRECTION>(pass, cell + i * width, value, pass.row_factors[r + i] * scaled);
        });
    }
    finish<T, DIRECTION>(pass, r, horizontal_sums<T, ROWS>(totals));
}

// The last rows, fewer than a vector has lanes: their panel has the smallest power of two that covers them.
template <class T, int ROWS, Direction DIRECTION>
[[gnu::always_inline]] inline void dot_last_panel(const MatVec<T>& pass, i64 r, T rate) {
    if constexpr (ROWS > 1) {
        if (pass.rows - r <= ROWS / 2) return dot_last_panel<T, ROWS / 2, DIRECTION>(pass, r, rate);
    }
    dot_panel<T, ROWS, DIRECTION>(pass, r, rate);
}

// How to run a pass; chosen once, for the shape of its matrix.
template <class T>
using MatVecFunction = void (*)(const MatVec<T>&, T rate);

// out[r] = Σ_c M[r, c] column_factors[c]. Every panel but the last has as many rows as a vector has lanes.
template <class T, Direction DIRECTION>
void dots(const MatVec<T>& given, T rate) {
    constexpr int width = Simd<T>::width;
    const MatVec<T> pass = given;  // a copy that no store can change
    i64 r = 0;
    for (; r + width <= pass.rows; r += width) dot_panel<T, width, DIRECTION>(pass, r, rate);
    if (r < pass.rows) dot_last_panel<T, width, DIRECTION>(pass, r, rate);
}

// The same for a matrix of one panel.
template <class T, int ROWS, Direction DIRECTION>
void dots_of_one_panel(const MatVec<T>& given, T rate) {
    const MatVec<T> pass = given;
    dot_panel<T, ROWS, DIRECTION>(pass, 0, rate);
}

template <class T, Direction DIRECTION>
MatVecFunction<T> dots_for(i64 rows) {
    constexpr int width = Simd<T>::width;
    if (rows == 1) return dots_of_one_panel<T, 1, DIRECTION>;
    if (rows > width / 2 && rows <= width) return dots_of_one_panel<T, width, DIRECTION>;
    return dots<T, DIRECTION>;
}

// Σ_r row_factors[r] M[r] for VECTORS vectors from column j on; several chains of additions hide the latency of each.
template <class T, int VECTORS, Direction DIRECTION, bool SUMS>
[[gnu::always_inline]] inline void sum_columns(const MatVec<T>& pass, i64 j, T rate) {
    constexpr i64 width = Simd<T>::width;
    constexpr int chains = VECTORS <= 2 ? 4 : 2;
    vector<T> totals[chains][VECTORS]{};
    vector<T> scaled[VECTORS]{};
    if constexpr (DIRECTION != Direction::forward) {
        repeat<VECTORS>([&](int v) __attribute__((always_inline)) {
            scaled[v] = load(pass.column_factors + j + v * width);
            if constexpr (DIRECTION == Direction::backward_update) scaled[v] *= rate;
        });
    }
    i64 column = pass.panel_rows * width;
    for (i64 first = 0; first < pass.rows; first += pass.panel_rows) {
        i64 end = first + pass.panel_rows;
        if (end > pass.rows) end = pass.rows, column = pass.last_panel_rows * width;
        i64 cell = first * pass.n_vectors * width + j / width * column;
        const auto add = [&](i64 r, i64 at, vector<T>* into) __attribute__((always_inline)) {
            const T factor = pass.row_factors[r];
            repeat<VECTORS>([&](int v) __attribute__((always_inline)) {
                const vector<T> value = load(pass.cells + at + v * column);
                if constexpr (SUMS) into[v] += factor * value;
                if constexpr (DIRECTION != Direction::forward) change<T, DIRECTION>(pass, at + v * column, value, factor * scaled[v]);
            });
        };
        i64 r = first;
        for (; r + chains <= end; r += chains, cell += chains * width) {
            repeat<chains>([&](int i) __attribute__((always_inline)) { add(r + i, cell + i * width, totals[i]); });
        }
        for (; r < end; ++r, cell += width) add(r, cell, totals[0]);
    }
    if constexpr (!SUMS) return;
    repeat<VECTORS>([&](int v) __attribute__((always_inline)) {
        vector<T> sum = totals[0][v] + totals[1][v];
        if constexpr (chains == 4) sum += totals[2][v] + totals[3][v];
        finish<T, DIRECTION>(pass, j + v * width, sum);
    });
}

// out[c] = Σ_r row_factors[r] M[r, c]; without SUMS the pass only changes the matrix.
template <class T, Direction DIRECTION, bool SUMS>
void sums(const MatVec<T>& given, T rate) {
    constexpr i64 width = Simd<T>::width;
    const MatVec<T> pass = given;
    i64 v = 0;
    for (; v + 4 <= pass.n_vectors; v += 4) sum_columns<T, 4, DIRECTION, SUMS>(pass, v * width, rate);
    for (; v + 2 <= pass.n_vectors; v += 2) sum_columns<T, 2, DIRECTION, SUMS>(pass, v * width, rate);
    if (v < pass.n_vectors) sum_columns<T, 1, DIRECTION, SUMS>(pass, v * width, rate);
}

// The same for a matrix of few columns.
template <class T, int VECTORS, Direction DIRECTION, bool SUMS>
void sums_of_few_columns(const MatVec<T>& given, T rate) {
    const MatVec<T> pass = given;
    sum_columns<T, VECTORS, DIRECTION, SUMS>(pass, 0, rate);
}

template <class T, Direction DIRECTION, bool SUMS = true>
MatVecFunction<T> sums_for(i64 n_vectors) {
    switch (n_vectors) {
        case 1: return sums_of_few_columns<T, 1, DIRECTION, SUMS>;
        case 2: return sums_of_few_columns<T, 2, DIRECTION, SUMS>;
        case 4: return sums_of_few_columns<T, 4, DIRECTION, SUMS>;
        default: return sums<T, DIRECTION, SUMS>;
    }
}

}  // namespace wade::WADE_ISA
