// C = A·B (+ start) and a finish, on padded row-major matrices. A is addressed by two strides, so that one kernel serves
// forward (X·W), backward (δ·Wᵀ) and gradient (Xᵀ·δ). Every element of C is one sum over k in ascending order, whatever
// the tile and the block it falls into: splitting the rows among threads cannot change a bit.
//
// Blocks keep what is read again in the nearest cache that holds it (K. Goto and R. van de Geijn, *Anatomy of
// high-performance matrix multiplication*, 2008): of B a strip as wide as a tile, while all tiles of a block of A pass over
// it; of A and C a block of rows while all strips pass over them.
#pragma once

#include "horizontal_sums.hpp"

namespace wade::WADE_ISA {

enum class Start { zero, row, accumulate };
enum class Finish { none, relu, relu_mask };

template <class T>
struct Product {
    i64 m, n, k;  // n counts padded columns
    const T* a;
    i64 a_row, a_k;  // one of them is 1
    const T* b;
    i64 b_row;
    T* c;
    i64 c_row;
    Start start = Start::zero;
    const T* row = nullptr;  // Start::row: added to every row (the biases)
    Finish finish = Finish::none;
    const T* mask = nullptr;  // Finish::relu_mask: A of the layer below, laid out as C
};

// Tiles that fill the registers with their sums, the vectors of a row of B, and one number of A in all lanes: the widest
// reads the fewest numbers for each product.
template <int VECTORS>
constexpr int MR = tile_rows * tile_vectors / VECTORS < 12 ? tile_rows * tile_vectors / VECTORS : 12;

constexpr i64 KC = 256;  // of B: 16 KiB, with AVX-512 64, which the second cache hands on as fast as it is read
constexpr i64 MC = 96;  // of A and C: a good part of the second. Of Aᵀ, laid side by side
constexpr i64 rows_per_fetch = 8;

// How A lies: a row's numbers side by side, or a column's.
enum class Layout { rows, columns };

// While it works on B it prefetches rows that the next strip will need, from `ahead` on. Not inlined: among other code its
// addresses would not stay in registers.
template <class T, Layout LAYOUT, int ROWS, int VECTORS>
[[gnu::noinline]] void multiply_tile(const Product<T>& product, i64 i, i64 j, const T* ahead) {
    constexpr i64 width = Simd<T>::width;
    vector<T> sum[ROWS][VECTORS];
    T* const c = product.c + i * product.c_row + j;
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; ++r) {
        for (int v = 0; v < VECTORS; ++v) {
            sum[r][v] = product.start == Start::row          ? load(product.row + j + v * width)
                        : product.start == Start::accumulate ? load(c + r * product.c_row + v * width)
                                                             : vector<T>{};
        }
    }
    const i64 a_row = LAYOUT == Layout::rows ? product.a_row : 1, a_k = LAYOUT == Layout::rows ? 1 : product.a_k, b_row = product.b_row;
    // Every fourth row has a pointer, and the next three lie at the same distances from each.
    const T* left[(ROWS + 3) / 4];
    for (int r = 0; r < ROWS; r += 4) left[r / 4] = product.a + (i + r) * a_row;
    const T* b = product.b + j;
    for (i64 first = 0; first < product.k; first += rows_per_fetch, ahead += b_row) {
        for (int v = 0; v < VECTORS; ++v) __builtin_prefetch(ahead + v * width, 0, 2);
        const i64 end = product.k - first < rows_per_fetch ? product.k : first + rows_per_fetch;
        for (i64 p = first; p < end; ++p, b += b_row) {
            vector<T> right[VECTORS];
            for (int v = 0; v < VECTORS; ++v) right[v] = load(b + v * width);
#pragma GCC unroll 12
            for (int r = 0; r < ROWS; ++r) {
                const T factor = left[r / 4][r % 4 * a_row];
                for (int v = 0; v < VECTORS; ++v) sum[r][v] += factor * right[v];
            }
            for (int r = 0; r < ROWS; r += 4) left[r / 4] += a_k;
        }
    }
    const vector<T> zero{};
    // Written so that a NaN stays a NaN: a network that diverged must not look like a quiet one.
    const auto finish = [&](auto value_of) __attribute__((always_inline)) {
#pragma GCC unroll 12
        for (int r = 0; r < ROWS; ++r) {
            for (int v = 0; v < VECTORS; ++v) store(c + r * product.c_row + v * width, value_of(sum[r][v], r, v));
        }
    };
    switch (product.finish) {
        case Finish::none: finish([](vector<T> value, int, int) { return value; }); break;
        case Finish::relu: finish([=](vector<T> value, int, int) { return value < zero ? zero : value; }); break;
        case Finish::relu_mask: {
            const T* mask = product.mask + i * product.c_row + j;
            finish([=, row = product.c_row](vector<T> value, int r, int v) {
                return load(mask + r * row + v * width) > zero ? value : zero;
            });
        }
    }
}

// Rows i … m of a strip: as many whole tiles as there are, then ever smaller ones. Each tile asks for other rows of the
// next strip, while there are any.
template <class T, Layout LAYOUT, int ROWS, int VECTORS>
inline void multiply_rows(const Product<T>& product, i64 i, i64 j) {
    const T* here = product.b + j;
    const i64 next = j + VECTORS * Simd<T>::width;
    const i64 fetched = (product.k + rows_per_fetch - 1) / rows_per_fetch;
    for (i64 from = 0; i + ROWS <= product.m; i += ROWS, from += fetched) {
        const bool any = next < product.n && from + fetched <= product.k;
        multiply_tile<T, LAYOUT, ROWS, VECTORS>(product, i, j, any ? product.b + from * product.b_row + next : here);
    }
    constexpr int smaller = ROWS > 8 ? 8 : ROWS > 4 ? 4 : ROWS / 2;
    if constexpr (smaller > 0) {
        if (i < product.m) multiply_rows<T, LAYOUT, smaller, VECTORS>(product, i, j);
    }
}

// Columns j … n: as many whole strips as there are, then ever narrower ones.
template <class T, Layout LAYOUT, int VECTORS = tile_vectors>
inline void multiply_strips(const Product<T>& product, i64 j = 0) {
    constexpr i64 NR = VECTORS * Simd<T>::width;
    for (; j + NR <= product.n; j += NR) multiply_rows<T, LAYOUT, MR<VECTORS>, VECTORS>(product, 0, j);
    if constexpr (NR > cache_line / static_cast<i64>(sizeof(T))) {
        if (j < product.n) multiply_strips<T, LAYOUT, VECTORS / 2>(product, j);
    }
}

// The size of each piece where `total` is cut into as few as `most` allows: all alike, in multiples of `unit`.
inline i64 even_piece(i64 total, i64 most, i64 unit) {
    const i64 pieces = total > most ? (total + most - 1) / most : 1, size = (total + pieces - 1) / pieces;
    return size > unit ? (size + unit - 1) / unit * unit : unit;
}

// A block of A whose columns lie apart, with its columns side by side: otherwise they would push B out of the first cache.
template <class T>
inline void pack(const Product<T>& product, T* packed) {
    for (i64 p = 0; p < product.k; ++p) {
        for (i64 i = 0; i < product.m; i += Simd<T>::width) {
            store(packed + p * MC + i, load(product.a + p * product.a_k + i));
        }
    }
}

// A single row uses each number of B once: what counts is to read B in the order in which it lies.
template <class T, Layout LAYOUT>
void multiply_row(const Product<T>& product) {
    constexpr i64 width = Simd<T>::width;
    constexpr int wide = 4 * tile_vectors;
    const auto tile = [&]<int VECTORS>(i64 j) { multiply_tile<T, LAYOUT, 1, VECTORS>(product, 0, j, product.b + j); };
    i64 j = 0;
    for (; j + wide * width <= product.n; j += wide * width) tile.template operator()<wide>(j);
    for (; j + tile_vectors * width <= product.n; j += tile_vectors * width) tile.template operator()<tile_vectors>(j);
    for (; j < product.n; j += width) tile.template operator()<1>(j);
}

// The dot products of ROWS rows of A with B, in the first lanes.
template <class T, int ROWS>
[[gnu::always_inline]] inline vector<T> dot_rows(const T* a, i64 a_row, const T* b, i64 k) {
    constexpr i64 width = Simd<T>::width;
    vector<T> totals[ROWS]{};
    for (i64 p = 0; p < k; p += width) {
        const vector<T> right = load(b + p);
        repeat<ROWS>([&](int r) __attribute__((always_inline)) { totals[r] += load(a + r * a_row + p) * right; });
    }
    return horizontal_sums<T, ROWS>(totals);
}

// One column of C, where B is one column that lies as a row of k numbers and zeros up to a whole vector. A row's sum is
// the same, whether it is taken with others or alone.
template <class T>
void multiply_column(const Product<T>& product) {
    constexpr i64 width = Simd<T>::width;
    const auto put = [&](i64 i, i64 count, vector<T> sums) {
        for (i64 r = 0; r < count; ++r) {
            T& c = product.c[(i + r) * product.c_row];
            const T start = product.start == Start::row ? product.row[0] : product.start == Start::accumulate ? c : T(0);
            const T sum = sums[r] + start;
            c = product.finish == Finish::relu && sum < 0 ? T(0) : sum;
        }
    };
    i64 i = 0;
    for (; i + width <= product.m; i += width) {
        put(i, width, dot_rows<T, width>(product.a + i * product.a_row, product.a_row, product.b, product.k));
    }
    for (; i < product.m; ++i) put(i, 1, dot_rows<T, 1>(product.a + i * product.a_row, product.a_row, product.b, product.k));
}

template <class T>
void multiply(const Product<T>& product) {
    if (product.m == 1 && product.a_k == 1) {
        multiply_row<T, Layout::rows>(product);
        return;
    }
    alignas(cache_line) T packed[KC * MC];
    const bool by_columns = product.a_row == 1;
    const i64 depth = even_piece(product.k, KC, 1);
    const i64 rows = by_columns ? MC : even_piece(product.m, MC, tile_rows);
    for (i64 i = 0; i < product.m; i += rows) {
        for (i64 p = 0; p == 0 || p < product.k; p += depth) {  // once, even if there is nothing to add
            Product<T> part = product;
            part.m = product.m - i < rows ? product.m - i : rows;
            part.k = product.k - p < depth ? product.k - p : depth;
            part.a += i * product.a_row + p * product.a_k;
            part.b += p * product.b_row;
            part.c += i * product.c_row;
            if (part.mask) part.mask += i * product.c_row;
            if (p > 0) part.start = Start::accumulate;
            if (p + depth < product.k) part.finish = Finish::none;
            if (by_columns) {
                pack(part, packed);
                part.a = packed, part.a_k = MC;
            }
            by_columns ? multiply_strips<T, Layout::columns>(part) : multiply_strips<T, Layout::rows>(part);
        }
    }
}

}  // namespace wade::WADE_ISA
