// Where the rows of a batch lie, and how they come in from the caller's table. Ranges begin … end count samples; a sample
// has a row for each member, one after another.
#pragma once

#include "simd.hpp"

namespace wade::WADE_ISA {

template <class T>
inline T* layer_rows(const Work<T>& work, T* buffer, const Layer& layer, i64 row) {
    return buffer + layer.column * work.rows + row * layer.stride;
}

template <class T>
inline const T* parameters(const Plan& plan, const Work<T>& work, int block) {
    return work.theta + plan.blocks[block].offset;
}

// What layer l reads before any member's factors: the numbers of a sample, or what is left of the activations of the
// layer below.
template <class T>
inline const T* source_rows(const Plan& plan, const Work<T>& work, int l, i64 row) {
    return l == 0 ? work.inputs + row * plan.number_stride : layer_rows(work, work.dropped, plan.layers[l - 1], row);
}

template <class T>
inline void copy(const T* __restrict from, T* __restrict to, i64 count) {
    for (i64 i = 0; i < count; ++i) to[i] = from[i];
}

// to ⊙= by
template <class T>
inline void scale(T* __restrict to, const T* __restrict by, i64 count) {
    for (i64 i = 0; i < count; ++i) to[i] *= by[i];
}

// A position p lies in bin t = min(⌊p⌋, bins − 1), the fraction p − t along it.
template <class T>
inline void gather_positions(const Plan& plan, const T* positions, std::int32_t* bins, T* fractions) {
    for (i64 p = 0; p < plan.n_piecewise; ++p) {
        const std::int32_t last = static_cast<std::int32_t>(plan.blocks[plan.first_piecewise + p].rows) - 1;
        const std::int32_t below = static_cast<std::int32_t>(positions[p]);
        bins[p] = below < last ? below : last;
        fractions[p] = positions[p] - static_cast<T>(bins[p]);
    }
}

// Copies rows of the caller's table into the batch: `rows` names them, or they follow `first` where it is null.
template <class T>
void gather(const Plan& plan, const Work<T>& work, const Table<T>& table, const i64* rows, i64 first, i64 begin, i64 end) {
    for (i64 i = begin; i < end; ++i) {
        const i64 row = rows ? rows[i] : first + i;
        T* to = work.inputs + i * plan.number_stride;
        for (i64 j = 0; j < plan.n_numbers; ++j) to[j] = table.numbers[row * plan.n_numbers + j];
        for (i64 c = 0; c < plan.n_categories; ++c) {
            work.codes[i * plan.n_categories + c] = table.codes[row * plan.n_categories + c];
        }
        gather_positions(plan, table.positions + row * plan.n_piecewise, work.bins + i * plan.n_piecewise,
                         work.fractions + i * plan.n_piecewise);
    }
}

}  // namespace wade::WADE_ISA
