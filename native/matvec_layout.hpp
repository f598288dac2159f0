// The weights of a network as per-example descent holds them: every matrix in panels (matvec.hpp), one after another.
#pragma once

#include <new>

#include "matvec.hpp"

namespace wade::WADE_ISA {

// Zeroed memory that starts at a cache line; none is null. The kernels use no templates of the standard library
// (plan.hpp).
template <class T>
class Cells {
  public:
    explicit Cells(i64 count) {
        if (count == 0) return;
        cells_ = static_cast<T*>(::operator new(static_cast<std::size_t>(count) * sizeof(T), alignment));
        for (i64 i = 0; i < count; ++i) cells_[i] = T{};
    }
    ~Cells() { ::operator delete(cells_, alignment); }
    Cells(const Cells&) = delete;
    Cells& operator=(const Cells&) = delete;

    T* get() const { return cells_; }
    T& operator[](i64 index) const { return cells_[index]; }

  private:
    static constexpr std::align_val_t alignment{cache_line};
    T* cells_ = nullptr;
};

// Where one W lies: by inputs, a row for each input, or by outputs.
struct Panels {
    bool by_output;
    i64 rows, panel_rows, last_panel_rows, n_vectors;
    i64 offset, count;  // of its cells among all
};

template <class T>
i64 vectors_of(i64 columns) {
    return (columns + Simd<T>::width - 1) / Simd<T>::width;
}

// The fewer vectors the better; and each row costs a number to be spread over a vector, and a share of the sums of
// lanes. The first layer has no delta below it, so that by inputs no sums of lanes are ever needed.
template <class T>
bool better_by_output(const Layer& layer, bool first) {
    const auto cost = [](i64 rows, i64 columns) { return rows * (vectors_of<T>(columns) + 1); };
    return !first && cost(layer.n_out, layer.n_in) <= cost(layer.n_in, layer.n_out);
}

// A panel has as many rows as a vector has lanes, so that its dot products fill one; the last has a power of two. In
// the first layer nobody asks for dot products, and one panel holds all.
template <class T>
Panels panels_of(const Layer& layer, bool first, i64 offset) {
    constexpr i64 width = Simd<T>::width;
    const bool by_output = better_by_output<T>(layer, first);
    const i64 rows = by_output ? layer.n_out : layer.n_in;
    const i64 n_vectors = vectors_of<T>(by_output ? layer.n_in : layer.n_out);
    if (first) return {by_output, rows, rows, rows, n_vectors, offset, rows * n_vectors * width};
    i64 last = rows % width == 0 ? 0 : 1;
    while (last < rows % width) last *= 2;
    return {by_output, rows, width, last, n_vectors, offset, (rows / width * width + last) * n_vectors * width};
}

// Which vector of the cells holds those of a row that are in this column.
inline i64 vector_of(const Panels& panels, i64 row, i64 column) {
    const i64 first = row / panels.panel_rows * panels.panel_rows;
    const i64 high = panels.rows - first < panels.panel_rows ? panels.last_panel_rows : panels.panel_rows;
    return first * panels.n_vectors + column * high + row - first;
}

// All of them.
template <class T>
class Packing {
  public:
    explicit Packing(const Plan& plan) : plan_(plan), panels_(plan.n_layers) {
        for (int l = 0; l < plan.n_layers; ++l) {
            panels_[l] = panels_of<T>(plan.layers[l], l == 0, count_);
            count_ += panels_[l].count;
        }
    }

    const Panels& operator[](int l) const { return panels_[l]; }
    i64 count() const { return count_; }

    void pack(const T* general, T* packed) const {
        each_weight([=](i64 there, i64 here) { packed[here] = general[there]; });
    }
    void unpack(const T* packed, T* general) const {
        each_weight([=](i64 there, i64 here) { general[there] = packed[here]; });
    }

  private:
    // Its place in the general path's layout, and in this one.
    template <class Visit>
    void each_weight(Visit visit) const {
        for (int l = 0; l < plan_.n_layers; ++l) {
            const Layer& layer = plan_.layers[l];
            const Panels& panels = panels_[l];
            const i64 next_input = layer.by_output ? 1 : layer.stride;
            const i64 along_row = panels.by_output ? next_input : 1;
            const i64 down_column = panels.by_output ? 1 : next_input;
            for (i64 row = 0; row < panels.rows; ++row) {
                i64 there = plan_.blocks[layer.weight].offset + row * down_column;
                for (i64 column = 0; column < panels.n_vectors; ++column) {
                    i64 here = panels.offset + vector_of(panels, row, column) * width;
                    const i64 left = (panels.by_output ? layer.n_in : layer.n_out) - column * width;
                    for (i64 lane = 0; lane < width && lane < left; ++lane, there += along_row) visit(there, here++);
                }
            }
        }
    }

    static constexpr i64 width = Simd<T>::width;
    const Plan& plan_;
    Cells<Panels> panels_;
    i64 count_ = 0;
};

}  // namespace wade::WADE_ISA
