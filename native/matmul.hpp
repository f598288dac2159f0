// C = A·B (+ start) and a finish, on padded row-major matrices. A is addressed by two strides, so that one kernel serves
// forward (X·W), backward (δ·Wᵀ) and gradient (Xᵀ·δ). Every element of C is one sum over k in ascending order, whatever
// the tile it falls into: splitting the rows among threads cannot change a bit.
#pragma once

#include "simd.hpp"

namespace wade::WADE_ISA {

enum class Start { zero, row, accumulate };
enum class Finish { none, relu, relu_mask };

template <class T>
struct Product {
    i64 m, n, k;  // n counts padded columns
    const T* a;
    i64 a_row, a_k;
    const T* b;
    i64 b_row;
    T* c;
    i64 c_row;
    Start start = Start::zero;
    const T* row = nullptr;  // Start::row: added to every row (the biases)
    Finish finish = Finish::none;
    const T* mask = nullptr;  // Finish::relu_mask: A of the layer below, laid out as C
};

template <class T, int ROWS, int VECTORS>
inline void multiply_tile(const Product<T>& product, i64 i, i64 j) {
    constexpr i64 width = Simd<T>::width;
    vector<T> sum[ROWS][VECTORS];
    T* const c = product.c + i * product.c_row + j;
    for (int r = 0; r < ROWS; ++r) {
        for (int v = 0; v < VECTORS; ++v) {
            sum[r][v] = product.start == Start::row          ? load(product.row + j + v * width)
                        : product.start == Start::accumulate ? load(c + r * product.c_row + v * width)
                                                             : vector<T>{};
        }
    }
    const T* a = product.a + i * product.a_row;
    const T* b = product.b + j;
    const i64 a_row = product.a_row, a_k = product.a_k, b_row = product.b_row;
    for (i64 p = 0; p < product.k; ++p, a += a_k, b += b_row) {
        vector<T> right[VECTORS];
        for (int v = 0; v < VECTORS; ++v) right[v] = load(b + v * width);
        for (int r = 0; r < ROWS; ++r) {
            const T left = a[r * a_row];
            for (int v = 0; v < VECTORS; ++v) sum[r][v] += left * right[v];
        }
    }
    const vector<T> zero{};
    for (int r = 0; r < ROWS; ++r) {
        for (int v = 0; v < VECTORS; ++v) {
            vector<T> value = sum[r][v];
            // Written so that a NaN stays a NaN: a network that diverged must not look like a quiet one.
            if (product.finish == Finish::relu) value = value < zero ? zero : value;
            if (product.finish == Finish::relu_mask) {
                value = load(product.mask + (i + r) * product.c_row + j + v * width) > zero ? value : zero;
            }
            store(c + r * product.c_row + v * width, value);
        }
    }
}

template <class T, int VECTORS>
inline void multiply_columns(const Product<T>& product, i64 j) {
    i64 i = 0;
    for (; i + tile_rows <= product.m; i += tile_rows) multiply_tile<T, tile_rows, VECTORS>(product, i, j);
    switch (product.m - i) {
        case 5: multiply_tile<T, 5, VECTORS>(product, i, j); break;
        case 4: multiply_tile<T, 4, VECTORS>(product, i, j); break;
        case 3: multiply_tile<T, 3, VECTORS>(product, i, j); break;
        case 2: multiply_tile<T, 2, VECTORS>(product, i, j); break;
        case 1: multiply_tile<T, 1, VECTORS>(product, i, j); break;
        default: break;
    }
}

// A single row uses each number of B once: what counts is to read B in the order in which it lies.
template <class T>
void multiply_row(const Product<T>& product) {
    constexpr i64 width = Simd<T>::width;
    constexpr int wide = 4 * tile_vectors;
    i64 j = 0;
    for (; j + wide * width <= product.n; j += wide * width) multiply_tile<T, 1, wide>(product, 0, j);
    for (; j + tile_vectors * width <= product.n; j += tile_vectors * width) multiply_tile<T, 1, tile_vectors>(product, 0, j);
    for (; j < product.n; j += width) multiply_tile<T, 1, 1>(product, 0, j);
}

template <class T>
void multiply(const Product<T>& product) {
    constexpr i64 width = Simd<T>::width;
    if (product.m == 1) {
        multiply_row(product);
        return;
    }
    i64 j = 0;
    for (; j + tile_vectors * width <= product.n; j += tile_vectors * width) {
        multiply_columns<T, tile_vectors>(product, j);
    }
    if constexpr (tile_vectors == 4) {
        for (; j + 2 * width <= product.n; j += 2 * width) multiply_columns<T, 2>(product, j);
    }
    for (; j < product.n; j += width) multiply_columns<T, 1>(product, j);
}

}  // namespace wade::WADE_ISA
