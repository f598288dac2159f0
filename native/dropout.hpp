// Which units are dropped in a step, by random bits that are a function of seed, step, layer, row and unit: the same on
// every thread. Counterparts of src/wade/maths/random.py (philox) and dropout.py.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "batch.hpp"

namespace wade::WADE_ISA {

// The masks of one step.
struct Draw {
    std::uint32_t key[2];  // the halves of the seed
    std::uint32_t step;

    Draw(std::uint64_t seed, i64 at)
        : key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
          step(static_cast<std::uint32_t>(at)) {}
};

// Of 64-bit words, for products of 32-bit ones.
typedef std::uint64_t long_words __attribute__((vector_size(WADE_VECTOR_BYTES), may_alias));
typedef std::uint64_t unaligned_long_words __attribute__((vector_size(WADE_VECTOR_BYTES), aligned(4), may_alias));

// The low halves of `a`, each times `factor`.
inline long_words product_of_halves(long_words a, std::uint32_t factor) {
    const long_words factors = long_words{} + factor;
#if WADE_VECTOR_BYTES == 64
    // Unmasked, GCC 12 warns of an uninitialized variable in its own header.
    return reinterpret_cast<long_words>(
        _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(factors)));
#elif WADE_VECTOR_BYTES == 32
    return reinterpret_cast<long_words>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(factors)));
#elif defined(__SSE2__)
    return reinterpret_cast<long_words>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(factors)));
#else
    return (a & 0xFFFFFFFF) * factors;
#endif
}

// Counters c₀ to c₃ of one block in each lane; what stands in the upper halves does not matter.
struct Counters {
    long_words c0, c1, c2, c3;

    void turn(std::uint32_t key0, std::uint32_t key1) {
        const long_words first = product_of_halves(c0, 0xD2511F53), second = product_of_halves(c2, 0xCD9E8D57);
        c0 = (second >> 32) ^ c1 ^ key0, c1 = second;
        c2 = (first >> 32) ^ c3 ^ key1, c3 = first;
    }
};

constexpr i64 blocks_at_once = 64;  // their words stay in the nearest cache
constexpr i64 slots = 8;            // 16 random bits each, in a block of four words
constexpr i64 words_of_a_vector = WADE_VECTOR_BYTES / 4;
constexpr i64 slack = cache_line / 4;

// Blocks of counters, the words that Philox-4×32-10 makes of them, and the bits of a word's halves in the order of neurons:
// rows × slots × blocks. Past the end there is room for whole vectors, and for the padding of a row.
struct alignas(cache_line) Blocks {
    std::uint32_t block[blocks_at_once + slack];  // c₀
    std::uint32_t row[blocks_at_once + slack];    // c₁
    std::uint32_t word[4][blocks_at_once + slack];
    std::uint32_t bits[slots * blocks_at_once + slack];

    // Counters for `rows` rows from `first_row` on, `count` blocks each from `first_block` on.
    void number(i64 first_row, i64 rows, i64 first_block, i64 count) {
        for (i64 r = 0; r < rows; ++r) {
            for (i64 i = 0; i < count; ++i) {
                block[r * count + i] = static_cast<std::uint32_t>(first_block + i);
                row[r * count + i] = static_cast<std::uint32_t>(first_row + r);
            }
        }
    }

    // Two vectors at a time: one of every other block, and one of those between them.
    void scramble(const Draw& draw, std::uint32_t stream, i64 count) {
        const long_words step = long_words{} + draw.step, purpose = long_words{} + stream;
        for (i64 i = 0; i < count; i += words_of_a_vector) {
            const long_words block_here = words_at(block + i), row_here = words_at(row + i);
            Counters even{block_here, row_here, step, purpose}, odd{block_here >> 32, row_here >> 32, step, purpose};
            std::uint32_t key0 = draw.key[0], key1 = draw.key[1];
#pragma GCC unroll 10
            for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9, key1 += 0xBB67AE85) {
                even.turn(key0, key1);
                odd.turn(key0, key1);
            }
            const auto put = [&](int which, long_words evens, long_words odds) {
                words_at(word[which] + i) = (evens & 0xFFFFFFFF) | (odds << 32);
            };
            put(0, even.c0, odd.c0), put(1, even.c1, odd.c1), put(2, even.c2, odd.c2), put(3, even.c3, odd.c3);
        }
    }

    // Whole vectors: what one writes past its slot, the next slot overwrites.
    void spread(i64 rows, i64 count) {
        std::uint32_t* to = bits;
        for (i64 r = 0; r < rows; ++r) {
            for (i64 slot = 0; slot < slots; ++slot, to += count) {
                const std::uint32_t* from = word[slot / 2] + r * count;
                for (i64 i = 0; i < count; i += words_of_a_vector) {
                    const long_words both = *reinterpret_cast<const unaligned_long_words*>(from + i);
                    *reinterpret_cast<unaligned_long_words*>(to + i) = (slot % 2 ? both >> 16 : both) & 0x0000FFFF0000FFFF;
                }
            }
        }
    }

  private:
    static long_words& words_at(std::uint32_t* from) { return *reinterpret_cast<long_words*>(from); }
};

// What neurons are multiplied by: 0 where their bits lie below the threshold.
template <class T>
struct Chance {
    std::uint32_t threshold;
    T scale;
};

// A → D of `LANES` neurons from the j-th on; `masks` is null where nobody will ask for them.
template <int LANES, class T>
inline void drop(const Chance<T>& chance, const std::uint32_t* bits, const T* a, T* d, T* masks, i64 j) {
    typedef std::uint32_t Bits __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
    typedef T Numbers __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(T)), may_alias));
    const auto kept = __builtin_convertvector(*reinterpret_cast<const Bits*>(bits + j) >= chance.threshold,
                                              decltype(Numbers{} < Numbers{}));
    const Numbers mask = kept ? Numbers{} + chance.scale : Numbers{};
    if (masks) *reinterpret_cast<Numbers*>(masks + j) = mask;
    *reinterpret_cast<Numbers*>(d + j) = *reinterpret_cast<const Numbers*>(a + j) * mask;
}

// A of one layer → D. Neuron slot · n_blocks + block takes its bits from that slot of that block, so that neighbours in a
// row are neighbours among the blocks. Narrow layers fill the vectors with the blocks of several rows, the widest take
// several turns for each row.
template <class T>
void drop_rows(const Plan& plan, const Work<T>& work, const Draw& draw, int l, i64 begin, i64 end) {
    constexpr i64 width = Simd<T>::width;
    const Layer& layer = plan.layers[l];
    const Chance<T> chance{plan.dropout_threshold, static_cast<T>(plan.dropout_scale)};
    const i64 n_blocks = (layer.n_out + slots - 1) / slots, last = end * plan.members;
    const bool narrow = n_blocks <= blocks_at_once;
    const i64 rows_at_once = narrow ? blocks_at_once / n_blocks : 1;
    Blocks blocks;
    for (i64 first = begin * plan.members; first < last; first += rows_at_once) {
        const i64 rows = last - first < rows_at_once ? last - first : rows_at_once;
        for (i64 block = 0; block < n_blocks; block += blocks_at_once) {
            const i64 count = n_blocks - block < blocks_at_once ? n_blocks - block : blocks_at_once;
            blocks.number(first, rows, block, count);
            blocks.scramble(draw, 0x80000001u + static_cast<std::uint32_t>(l), rows * count);
            blocks.spread(rows, count);
            // Neighbouring neurons: a whole row with its padding, or a slot of the blocks of this turn.
            const i64 runs = narrow ? rows : slots, length = narrow ? layer.width : count;
            for (i64 run = 0; run < runs; ++run) {
                const i64 row = narrow ? first + run : first, column = narrow ? 0 : run * n_blocks + block;
                const std::uint32_t* bits = blocks.bits + run * (narrow ? slots * count : count);
                const T* a = layer_rows(work, work.activations, layer, row) + column;
                T* d = layer_rows(work, work.dropped, layer, row) + column;
                T* masks = work.masks ? layer_rows(work, work.masks, layer, row) + column : nullptr;
                i64 j = 0;
                for (; j + width <= length; j += width) drop<width>(chance, bits, a, d, masks, j);
                for (; j < length; ++j) drop<1>(chance, bits, a, d, masks, j);
            }
        }
    }
}

// delta of a layer's neurons through what dropout did to them. Without masks, ReLU's own derivative has silenced the
// dropped ones: their D is not positive.
template <class T>
void drop_deltas(const Plan& plan, const Work<T>& work, int l, i64 begin, i64 end) {
    const Layer& layer = plan.layers[l];
    const i64 row = begin * plan.members, count = (end - begin) * plan.members * layer.stride;
    T* deltas = layer_rows(work, work.deltas, layer, row);
    if (work.masks) {
        scale(deltas, layer_rows(work, work.masks, layer, row), count);
        return;
    }
    const T factor = static_cast<T>(plan.dropout_scale);
    for (i64 i = 0; i < count; ++i) deltas[i] *= factor;
}

}  // namespace wade::WADE_ISA
