// One pass over a matrix for one example. There are two ways to read it: the sum of its rows, each times a number, and the
// dot product of every row with a vector. With W stored by inputs the first is forward and the second backward; with W
// stored by outputs it is the other way round. On the way back the same pass also changes the matrix, or writes its
// gradient: each weight is read once, used for delta of the layer below, and then moved.
#pragma once

#include <utility>

#include "simd.hpp"

namespace wade::WADE_ISA {

// What a pass does to the weights it reads; the gradient of M[r, c] is down[r] · across[c].
enum class Then { nothing, keep_gradient, descend };

template <class T>
struct Pass {
    i64 rows;       // of the matrix
    i64 n_vectors;  // in a row
    i64 stride;     // from one row to the next
    T* cells;
    T* gradient;      // Then::keep_gradient: laid out as the cells
    const T* down;    // one number for each row
    const T* across;  // one number for each column
    T* out = nullptr;
    T rate = 0;                // Then::descend
    const T* start = nullptr;  // added to the result (the biases)
    bool relu = false;         // applied to the result
    const T* mask = nullptr;   // A of the layer below: where it is not positive the result is 0
};

// Lanes with this bit in their number come from `b`, the others from `a`; each is added to its neighbour at that distance.
template <class T, int DISTANCE, std::size_t... LANE>
inline vector<T> fold(vector<T> a, vector<T> b, std::index_sequence<LANE...>) {
    constexpr int width = Simd<T>::width;
    constexpr auto from_b = [](int lane) { return (lane & DISTANCE) != 0 ? width : 0; };
    return __builtin_shufflevector(a, b, (static_cast<int>(LANE) + from_b(LANE))...) +
           __builtin_shufflevector(a, b, ((static_cast<int>(LANE) ^ DISTANCE) + from_b(LANE))...);
}

// Lane i of the result is the sum over the lanes of sums[i]; lanes from ROWS on are 0.
template <class T, int ROWS, int DISTANCE = Simd<T>::width / 2>
inline vector<T> lane_sums(vector<T>* sums) {
    if constexpr (DISTANCE == 0) {
        return sums[0];
    } else {
        for (int i = 0; i < DISTANCE && i < ROWS; ++i) {
            const vector<T> other = i + DISTANCE < ROWS ? sums[i + DISTANCE] : vector<T>{};
            sums[i] = fold<T, DISTANCE>(sums[i], other, std::make_index_sequence<Simd<T>::width>());
        }
        return lane_sums<T, ROWS, DISTANCE / 2>(sums);
    }
}

// Written so that a NaN stays a NaN.
template <class T>
inline void finish(const Pass<T>& pass, i64 j, vector<T> value) {
    const vector<T> zero{};
    if (pass.start) value += load(pass.start + j);
    if (pass.relu) value = value < zero ? zero : value;
    if (pass.mask) value = load(pass.mask + j) > zero ? value : zero;
    store(pass.out + j, value);
}

template <class T, Then THEN>
inline void change(const Pass<T>& pass, i64 cell, vector<T> value, vector<T> step) {
    if constexpr (THEN == Then::descend) store(pass.cells + cell, value - step);
    if constexpr (THEN == Then::keep_gradient) store(pass.gradient + cell, step);
}

// The dot products of rows r … r + ROWS with `across`.
template <class T, int ROWS, Then THEN>
inline void dot_group(const Pass<T>& pass, i64 r) {
    constexpr i64 width = Simd<T>::width;
    vector<T> sums[ROWS]{};
    for (i64 j = 0; j < pass.n_vectors * width; j += width) {
        const vector<T> across = load(pass.across + j);
        const vector<T> step = THEN == Then::descend ? pass.rate * across : across;
        for (int i = 0; i < ROWS; ++i) {
            const i64 cell = (r + i) * pass.stride + j;
            const vector<T> value = load(pass.cells + cell);
            sums[i] += value * across;
            if constexpr (THEN != Then::nothing) change<T, THEN>(pass, cell, value, pass.down[r + i] * step);
        }
    }
    finish(pass, r, lane_sums<T, ROWS>(sums));
}

// The last rows, fewer than a vector has lanes: the smallest power of two that covers them. The matrix has rows of zeros
// for the rest.
template <class T, int ROWS, Then THEN>
inline void dot_last(const Pass<T>& pass, i64 r) {
    if constexpr (ROWS > 1) {
        if (pass.rows - r <= ROWS / 2) return dot_last<T, ROWS / 2, THEN>(pass, r);
    }
    dot_group<T, ROWS, THEN>(pass, r);
}

// out[r] = Σ_c M[r, c] across[c]
template <class T, Then THEN>
void dot_rows(const Pass<T>& pass) {
    constexpr int width = Simd<T>::width;
    i64 r = 0;
    for (; r + width <= pass.rows; r += width) dot_group<T, width, THEN>(pass, r);
    if (r < pass.rows) dot_last<T, width, THEN>(pass, r);
}

// Σ_r down[r] M[r] for VECTORS vectors from column j on; several chains of additions hide the latency of each.
template <class T, int VECTORS, Then THEN, bool SUMS>
inline void sum_columns(const Pass<T>& pass, i64 j) {
    constexpr i64 width = Simd<T>::width;
    constexpr int chains = VECTORS <= 2 ? 4 : 2;
    vector<T> sums[chains][VECTORS]{};
    vector<T> across[VECTORS]{};
    if constexpr (THEN != Then::nothing) {
        for (int v = 0; v < VECTORS; ++v) across[v] = load(pass.across + j + v * width);
        if constexpr (THEN == Then::descend) {
            for (int v = 0; v < VECTORS; ++v) across[v] *= pass.rate;
        }
    }
    const auto add = [&](i64 r, vector<T>* into) {
        const T factor = pass.down[r];
        for (int v = 0; v < VECTORS; ++v) {
            const i64 cell = r * pass.stride + j + v * width;
            const vector<T> value = load(pass.cells + cell);
            if constexpr (SUMS) into[v] += factor * value;
            change<T, THEN>(pass, cell, value, factor * across[v]);
        }
    };
    i64 r = 0;
    for (; r + chains <= pass.rows; r += chains) {
        for (int chain = 0; chain < chains; ++chain) add(r + chain, sums[chain]);
    }
    for (; r < pass.rows; ++r) add(r, sums[0]);
    if constexpr (!SUMS) return;
    for (int v = 0; v < VECTORS; ++v) {
        vector<T> sum = sums[0][v] + sums[1][v];
        if constexpr (chains == 4) sum += sums[2][v] + sums[3][v];
        finish(pass, j + v * width, sum);
    }
}

// out[c] = Σ_r down[r] M[r, c]; without SUMS the pass only changes the matrix.
template <class T, Then THEN, bool SUMS = true>
void sum_rows(const Pass<T>& pass) {
    constexpr i64 width = Simd<T>::width;
    i64 v = 0;
    for (; v + 4 <= pass.n_vectors; v += 4) sum_columns<T, 4, THEN, SUMS>(pass, v * width);
    switch (pass.n_vectors - v) {
        case 3: sum_columns<T, 3, THEN, SUMS>(pass, v * width); break;
        case 2: sum_columns<T, 2, THEN, SUMS>(pass, v * width); break;
        case 1: sum_columns<T, 1, THEN, SUMS>(pass, v * width); break;
        default: break;
    }
}

}  // namespace wade::WADE_ISA
