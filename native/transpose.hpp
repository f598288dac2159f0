// Wᵀ from W, a square of as many rows as a vector has lanes at a time.
#pragma once

#include <utility>

#include "simd.hpp"

namespace wade::WADE_ISA {

// The two halves of a pair of rows trade the quarters that lie across the diagonal, at this distance.
template <class T, int DISTANCE, int... LANE>
[[gnu::always_inline]] inline void trade(vector<T>& low, vector<T>& high, std::integer_sequence<int, LANE...>) {
    constexpr int width = Simd<T>::width;
    const vector<T> a = low, b = high;
    low = __builtin_shufflevector(a, b, ((LANE & DISTANCE) == 0 ? LANE : width + LANE - DISTANCE)...);
    high = __builtin_shufflevector(a, b, ((LANE & DISTANCE) == 0 ? LANE + DISTANCE : width + LANE)...);
}

template <class T, int DISTANCE>
[[gnu::always_inline]] inline void transpose_square(vector<T>* rows) {
    constexpr int width = Simd<T>::width;
#pragma GCC unroll 16
    for (int i = 0; i < width; ++i) {
        if ((i & DISTANCE) == 0) trade<T, DISTANCE>(rows[i], rows[i + DISTANCE], std::make_integer_sequence<int, width>());
    }
    if constexpr (DISTANCE > 1) transpose_square<T, DISTANCE / 2>(rows);
}

// to[n, k] = from[k, n] for `rows` rows of `columns` numbers. Both lie padded, and begin at a cache line.
template <class T>
void transpose(const T* from, i64 from_row, i64 rows, i64 columns, T* to, i64 to_row) {
    constexpr i64 width = Simd<T>::width;
    for (i64 k = 0; k < rows; k += width) {
        for (i64 n = 0; n < columns; n += width) {
            vector<T> square[width];
            for (i64 i = 0; i < width; ++i) square[i] = k + i < rows ? load(from + (k + i) * from_row + n) : vector<T>{};
            transpose_square<T, width / 2>(square);
            for (i64 i = 0; i < width && n + i < columns; ++i) store(to + (n + i) * to_row + k, square[i]);
        }
    }
}

}  // namespace wade::WADE_ISA
