// From the shape of a network to its plan (plan.hpp), the flat description that the kernels follow, and the memory of a call.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "plan.hpp"

namespace wade {

// The shape of a network as Python describes it. θ holds W1, E1.…, P1.…, b1, W2, b2, …, and with members R and S before
// each b (src/wade/network/architecture.py).
struct Shape {
    i64 n_numbers;
    std::vector<i64> sizes;   // codes per category
    std::vector<i64> bins;    // bins per number that is read piecewise
    std::vector<i64> widths;  // of each layer, the output last
    std::vector<Activation> activations;
    Loss loss;
    double loss_constant;
    i64 members;
    double dropout;

    i64 n_tables() const { return static_cast<i64>(sizes.size() + bins.size()); }
    i64 n_parameters() const;
    i64 n_products() const;  // multiplications of one sample's forward pass
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
    i64 sum_elements() const { return sum_elements_; }
    bool keeps_preactivations() const { return keeps_preactivations_; }
    bool keeps_masks() const { return keeps_masks_; }
    i64 columns() const { return columns_; }  // activations of one row, over all layers

    void pack(const T* theta, T* to) const;
    void unpack(const T* from, T* theta) const;

  private:
    int add_block(i64 rows, i64 columns, bool decays);
    void add_tables(const Shape& shape, i64 n_out);
    void add_layers(const Shape& shape);
    void add_tasks();

    std::vector<Layer> layers_;
    std::vector<Block> blocks_;
    std::vector<Task> tasks_;
    std::vector<i64> sums_;
    i64 parameters_ = 0, padded_parameters_ = 0, transposed_elements_ = 0, sum_elements_ = 0, columns_ = 0;
    bool keeps_preactivations_ = false, keeps_masks_ = false;
    Plan plan_{};
};

// What a call does, and so what it needs memory for.
struct Needs {
    i64 batch;  // samples at a time
    int threads;
    bool backward = false;
    bool drops = false;
    int state_arrays = 0;
};

// Zeroed memory that starts at a cache line. What is large lies on the system's large pages, where it has them: each row of
// a wide B lies on a small page of its own, and these are more than the processor finds without looking them up.
class Memory {
  public:
    explicit Memory(std::size_t bytes);
    ~Memory();

    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    void* cells() const { return cells_; }

  private:
    void* from_;
    void* cells_;
    std::size_t mapped_ = 0;  // bytes from `from_` on, where the system was asked for them
};

// The memory of one call.
template <class T>
class Workspace {
  public:
    Workspace(const Blueprint<T>& blueprint, const Needs& needs);

    const Work<T>& work() const { return work_; }

  private:
    template <class Number>
    Number* take(i64 count);

    std::vector<std::unique_ptr<Memory>> memory_;
    Work<T> work_{};
};

extern template class Blueprint<float>;
extern template class Blueprint<double>;
extern template class Workspace<float>;
extern template class Workspace<double>;

}  // namespace wade
