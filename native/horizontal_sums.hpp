// Sums over the lanes of vectors, many vectors at a time: sixteen fold together, each fold halving how many are left, in no
// longer a chain than one alone would take.
#pragma once

#include <utility>

#include "simd.hpp"

namespace wade::WADE_ISA {

// function(0), function(1) … without a loop, so that what they index can stay in registers.
template <class Function, int... INDEX>
[[gnu::always_inline]] inline void repeat(Function function, std::integer_sequence<int, INDEX...>) {
    (function(INDEX), ...);
}
template <int TIMES, class Function>
[[gnu::always_inline]] inline void repeat(Function function) {
    repeat(function, std::make_integer_sequence<int, TIMES>());
}

// Lanes with this bit in their number come from `b`, the others from `a`; each is added to its neighbour at that
// distance.
template <class T, int DISTANCE, int... LANE>
[[gnu::always_inline]] inline vector<T> fold(vector<T> a, vector<T> b, std::integer_sequence<int, LANE...>) {
    constexpr int width = Simd<T>::width;
    return __builtin_shufflevector(a, b, (LANE + ((LANE & DISTANCE) != 0 ? width : 0))...) +
           __builtin_shufflevector(a, b, ((LANE ^ DISTANCE) + ((LANE & DISTANCE) != 0 ? width : 0))...);
}

// Lane i of the result is the sum over the lanes of totals[i]; lanes from ROWS on are 0.
template <class T, int ROWS, int DISTANCE = Simd<T>::width / 2>
[[gnu::always_inline]] inline vector<T> horizontal_sums(vector<T>* totals) {
    if constexpr (DISTANCE == 0) {
        return totals[0];
    } else {
        repeat<(ROWS < DISTANCE ? ROWS : DISTANCE)>([=](int i) __attribute__((always_inline)) {
            const vector<T> other = i + DISTANCE < ROWS ? totals[i + DISTANCE] : vector<T>{};
            totals[i] = fold<T, DISTANCE>(totals[i], other, std::make_integer_sequence<int, Simd<T>::width>());
        });
        return horizontal_sums<T, ROWS, DISTANCE / 2>(totals);
    }
}

}  // namespace wade::WADE_ISA
