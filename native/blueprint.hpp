// From a network's shape to the plan that the kernels follow, and the memory that a call works in.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "plan.hpp"

namespace wade {

// The shape of a network as Python describes it. θ holds W1, E1.…, b1, W2, b2, … (src/wade/network/architecture.py).
struct Shape {
    i64 n_numbers;
    std::vector<i64> sizes;   // codes per category
    std::vector<i64> widths;  // of each layer, the output last
    std::vector<Activation> activations;
    Loss loss;
    double loss_constant;

    i64 n_parameters() const;
    i64 n_products() const;  // multiplications of one row's forward pass
};

// Owns what a Plan points to, for one type of number.
template <class T>
class Blueprint {
  public:
    explicit Blueprint(const Shape& shape);

    Blueprint(const Blueprint&) = delete;
    Blueprint& operator=(const Blueprint&) = delete;

    const Plan& plan() const { return plan_; }
    i64 padded_parameters() const { return padded_parameters_; }
    i64 transposed_elements() const { return transposed_elements_; }
    bool keeps_preactivations() const { return keeps_preactivations_; }
    i64 columns() const { return columns_; }  // activations of one row, over all layers

    void pack(const T* theta, T* to) const;
    void unpack(const T* from, T* theta) const;

  private:
    int add_block(i64 rows, i64 columns, bool decays);

    std::vector<Layer> layers_;
    std::vector<Block> blocks_;
    std::vector<Task> tasks_;
    i64 parameters_ = 0, padded_parameters_ = 0, transposed_elements_ = 0, columns_ = 0;
    bool keeps_preactivations_ = false;
    Plan plan_{};
};

// Zeroed memory that starts at a cache line.
template <class T>
class Buffer {
  public:
    explicit Buffer(i64 count) {
        const std::size_t bytes = (static_cast<std::size_t>(count) * sizeof(T) + cache_line - 1) / cache_line * cache_line;
        if (bytes == 0) return;
        memory_.reset(static_cast<T*>(std::aligned_alloc(cache_line, bytes)));
        if (!memory_) throw std::bad_alloc();
        std::memset(memory_.get(), 0, bytes);
    }

    T* get() const { return memory_.get(); }

  private:
    struct Free {
        void operator()(T* memory) const { std::free(memory); }
    };
    std::unique_ptr<T, Free> memory_;
};

// The memory of one call that holds `batch` rows at a time.
template <class T>
class Workspace {
  public:
    Workspace(const Blueprint<T>& blueprint, i64 batch, bool backward, int moments);

    const Work<T>& work() const { return work_; }

  private:
    Buffer<T> theta_, gradient_, first_, second_, transposed_, inputs_, activations_, preactivations_, deltas_;
    Buffer<std::int32_t> codes_;
    Buffer<double> losses_, squares_;
    Work<T> work_;
};

extern template class Blueprint<float>;
extern template class Blueprint<double>;
extern template class Workspace<float>;
extern template class Workspace<double>;

}  // namespace wade
