// Vectors of the width that this translation unit is compiled for, in the compiler's own vector types.
#pragma once

#include "plan.hpp"

#ifndef WADE_VECTOR_BYTES
#error "compile with WADE_VECTOR_BYTES: 16, 32 or 64"
#endif

namespace wade::WADE_ISA {

template <class T>
struct Simd {
    typedef T vector __attribute__((vector_size(WADE_VECTOR_BYTES), may_alias));
    static constexpr i64 width = WADE_VECTOR_BYTES / static_cast<i64>(sizeof(T));
};

template <class T>
using vector = typename Simd<T>::vector;

template <class T>
inline vector<T> load(const T* from) {
    return *reinterpret_cast<const vector<T>*>(from);
}

template <class T>
inline void store(T* to, vector<T> value) {
    *reinterpret_cast<vector<T>*>(to) = value;
}

// The tile of the matrix product that fills the registers: 6 rows of 4 vectors where there are 32 registers, of 2
// vectors where there are 16.
constexpr int tile_rows = 6;
constexpr int tile_vectors = WADE_TILE_VECTORS;

}  // namespace wade::WADE_ISA
