// Matrix products for many models at once: every element of a matrix is a run of numbers, one of each model, and the models
// lie in the lanes of vectors. No lane ever looks at another, so there is no padding, no transposing and no sum over
// lanes, whatever the width of a layer.
#pragma once

#include "simd.hpp"

namespace wade::WADE_ISA {

// Models of a group. It takes so many vectors abreast: while one waits for a result, the others have the arithmetic units.
template <class T, int ABREAST>
constexpr i64 group_size = ABREAST * Simd<T>::width;

// One element: a number of each model of a group.
template <class T, int ABREAST>
struct Run {
    vector<T> part[ABREAST];
};

template <int ABREAST, class T>
inline Run<T, ABREAST> load_run(const T* from) {
    Run<T, ABREAST> run;
    for (int v = 0; v < ABREAST; ++v) run.part[v] = load(from + v * Simd<T>::width);
    return run;
}

template <class T, int ABREAST>
inline void store_run(T* to, const Run<T, ABREAST>& run) {
    for (int v = 0; v < ABREAST; ++v) store(to + v * Simd<T>::width, run.part[v]);
}

// 0 wherever an activation is not above 0.
template <class T, int ABREAST>
inline void mask(Run<T, ABREAST>& run, const Run<T, ABREAST>& activation) {
    for (int v = 0; v < ABREAST; ++v) run.part[v] = activation.part[v] > 0 ? run.part[v] : vector<T>{};
}

// C = A·B plus what C starts from. A holds runs too or, in the first layer, single numbers, which all models share. Strides
// count elements.
template <class T>
struct RunProduct {
    i64 m, n, k;
    const T* a;
    i64 a_row, a_k;
    const T* b;
    i64 b_k, b_column;
    const T* start;  // null: 0
    i64 start_row;   // 0: the same for every row (the biases)
};

enum class Left { shared, runs };

// finish(at, sum) is told where in C, counted in elements of rows of n, each sum belongs.
template <int ABREAST, Left LEFT, int ROWS, int COLUMNS, class T, class Finish>
inline void multiply_runs_tile(const RunProduct<T>& product, i64 i, i64 j, const Finish& finish) {
    constexpr i64 size = group_size<T, ABREAST>, width = Simd<T>::width, left_size = LEFT == Left::shared ? 1 : size;
    Run<T, ABREAST> sum[ROWS][COLUMNS];
    for (int r = 0; r < ROWS; ++r) {
        for (int c = 0; c < COLUMNS; ++c) {
            if (product.start) sum[r][c] = load_run<ABREAST>(product.start + ((i + r) * product.start_row + j + c) * size);
            else sum[r][c] = {};
        }
    }
    const T* a = product.a + i * product.a_row * left_size;
    const T* b = product.b + j * product.b_column * size;
    const i64 a_row = product.a_row * left_size, a_k = product.a_k * left_size;
    const i64 b_column = product.b_column * size, b_k = product.b_k * size;
    for (i64 p = 0; p < product.k; ++p, a += a_k, b += b_k) {
        for (int v = 0; v < ABREAST; ++v) {
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

template <int ABREAST, Left LEFT, int ROWS, class T, class Finish>
inline void multiply_runs_rows(const RunProduct<T>& product, i64 i, const Finish& finish) {
    i64 j = 0;
    for (; j + tile_vectors <= product.n; j += tile_vectors) {
        multiply_runs_tile<ABREAST, LEFT, ROWS, tile_vectors>(product, i, j, finish);
    }
    for (; j < product.n; ++j) multiply_runs_tile<ABREAST, LEFT, ROWS, 1>(product, i, j, finish);
}

template <int ABREAST, Left LEFT, class T, class Finish>
inline void multiply_runs(const RunProduct<T>& product, const Finish& finish) {
    constexpr int rows = 4 / ABREAST;
    i64 i = 0;
    for (; i + rows <= product.m; i += rows) multiply_runs_rows<ABREAST, LEFT, rows>(product, i, finish);
    for (; i < product.m; ++i) multiply_runs_rows<ABREAST, LEFT, 1>(product, i, finish);
}

}  // namespace wade::WADE_ISA
