// Matrix products for many models at once: every element of a matrix is a run of numbers, one of each model, and the models
// lie in the lanes of vectors. No lane ever looks at another, so there is no padding, no transposing and no sum over
// lanes, whatever the width of a layer.
#pragma once

#include "simd.hpp"

namespace wade::WADE_ISA {

// Models of a group. It takes group_vectors vectors: while one waits for a result, the others have the arithmetic units.
template <class T, int GROUP_VECTORS>
constexpr i64 group_size = GROUP_VECTORS * Simd<T>::width;

// One element: a number of each model of a group.
template <class T, int GROUP_VECTORS>
struct Batched {
    vector<T> part[GROUP_VECTORS];
};

template <int GROUP_VECTORS, class T>
inline Batched<T, GROUP_VECTORS> load_batched(const T* from) {
    Batched<T, GROUP_VECTORS> run;
    for (int v = 0; v < GROUP_VECTORS; ++v) run.part[v] = load(from + v * Simd<T>::width);
    return run;
}

template <class T, int GROUP_VECTORS>
inline void store_batched(T* to, const Batched<T, GROUP_VECTORS>& run) {
    for (int v = 0; v < GROUP_VECTORS; ++v) store(to + v * Simd<T>::width, run.part[v]);
}

// 0 wherever an activation is not above 0.
template <class T, int GROUP_VECTORS>
inline void mask(Batched<T, GROUP_VECTORS>& run, const Batched<T, GROUP_VECTORS>& activation) {
    for (int v = 0; v < GROUP_VECTORS; ++v) run.part[v] = activation.part[v] > 0 ? run.part[v] : vector<T>{};
}

// C = A·B plus what C starts from. A holds runs too or, in the first layer, single numbers, which all models share. Strides
// count elements.
template <class T>
struct BatchedProduct {
    i64 m, n, k;
    const T* a;
    i64 a_row, a_k;
    const T* b;
    i64 b_k, b_column;
    const T* start;  // null: 0
    i64 start_row;   // 0: the same for every row (the biases)
};

enum class Left { shared, batched };

// finish(at, sum) is told where in C, counted in elements of rows of n, each sum belongs.
template <int GROUP_VECTORS, Left LEFT, int ROWS, int COLUMNS, class T, class Finish>
inline void batched_gemm_tile(const BatchedProduct<T>& product, i64 i, i64 j, const Finish& finish) {
    constexpr i64 size = group_size<T, GROUP_VECTORS>, width = Simd<T>::width, left_size = LEFT == Left::shared ? 1 : size;
    Batched<T, GROUP_VECTORS> sum[ROWS][COLUMNS];
    for (int r = 0; r < ROWS; ++r) {
        for (int c = 0; c < COLUMNS; ++c) {
            if (product.start) sum[r][c] = load_batched<GROUP_VECTORS>(product.start + ((i + r) * product.start_row + j + c) * size);
            else sum[r][c] = {};
        }
    }
    const T* a = product.a + i * product.a_row * left_size;
    const T* b = product.b + j * product.b_column * size;
    const i64 a_row = product.a_row * left_size, a_k = product.a_k * left_size;
    const i64 b_column = product.b_column * size, b_k = product.b_k * size;
    for (i64 p = 0; p < product.k; ++p, a += a_k, b += b_k) {
        for (int v = 0; v < GROUP_VECTORS; ++v) {
            vector<T> left[ROWS];
            for (int r = 0; r < ROWS; ++r) {
                if constexpr (LEFT == Left::shared) left[r] = vector<T>{} + a[r * a_row];
                else left[r] = load(a + r * a_row + v * width);
            }
            for (int c = 0; c < COLUMNS; ++c) {
                const vector<T> right = load(b + c * b_column + v * width);
                for (int r = 0; r < ROWS; ++r) sum[r][c].part[v] += left[r] * right;
            }
        }
    }
    for (int r = 0; r < ROWS; ++r) {
        for (int c = 0; c < COLUMNS; ++c) finish((i + r) * product.n + j + c, sum[r][c]);
    }
}

template <int GROUP_VECTORS, Left LEFT, int ROWS, class T, class Finish>
inline void batched_gemm_rows(const BatchedProduct<T>& product, i64 i, const Finish& finish) {
    i64 j = 0;
    for (; j + tile_vectors <= product.n; j += tile_vectors) {
        batched_gemm_tile<GROUP_VECTORS, LEFT, ROWS, tile_vectors>(product, i, j, finish);
    }
    for (; j < product.n; ++j) batched_gemm_tile<GROUP_VECTORS, LEFT, ROWS, 1>(product, i, j, finish);
}

template <int GROUP_VECTORS, Left LEFT, class T, class Finish>
inline void batched_gemm(const BatchedProduct<T>& product, const Finish& finish) {
    constexpr int rows = 4 / GROUP_VECTORS;
    i64 i = 0;
    for (; i + rows <= product.m; i += rows) batched_gemm_rows<GROUP_VECTORS, LEFT, rows>(product, i, finish);
    for (; i < product.m; ++i) batched_gemm_rows<GROUP_VECTORS, LEFT, 1>(product, i, finish);
}

}  // namespace wade::WADE_ISA
