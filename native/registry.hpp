// A registry: a list of types, one for each entry. Each has its `properties` (plan.hpp), which all code may read, and its
// formulas as static templates, which are chosen by the entry's index outside of every loop and inlined into it.
#pragma once

#include <utility>

#include "plan.hpp"

namespace wade::WADE_ISA {

template <class Properties, class... Entry>
struct Registry {
    static constexpr int count = static_cast<int>(sizeof...(Entry));

    struct Table {
        Properties entries[sizeof...(Entry)];
    };
    static constexpr Table numbered() {
        Table table{{Entry::properties...}};
        for (int index = 0; index < count; ++index) table.entries[index].index = index;
        return table;
    }
    static constexpr Table table = numbered();
    static constexpr List<Properties> list{table.entries, count};

    // Calls use(entry) with the entry of this index.
    template <class Use>
    static void with(int index, Use use) {
        with(index, use, std::make_integer_sequence<int, count>());
    }

  private:
    template <class Use, int... INDEX>
    static void with(int index, Use& use, std::integer_sequence<int, INDEX...>) {
        static_cast<void>(((index == INDEX && (use(Entry{}), true)) || ...));
    }
};

}  // namespace wade::WADE_ISA
