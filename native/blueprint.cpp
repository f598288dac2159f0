#include "blueprint.hpp"

#include <algorithm>

namespace wade {

namespace {

constexpr i64 weight_rows_per_task = 24;
constexpr i64 embedding_bytes_per_task = 256;

// Whether the derivative is written in terms of Z; the others are told by A.
bool needs_preactivation(Activation activation) {
    switch (activation) {
        case Activation::leaky_relu:
        case Activation::elu:
        case Activation::selu:
        case Activation::gelu:
        case Activation::silu:
        case Activation::mish:
        case Activation::softplus: return true;
        default: return false;
    }
}

}  // namespace

i64 Shape::n_parameters() const {
    i64 count = 0, n_in = n_numbers;
    for (i64 size : sizes) count += size * widths.front();
    for (i64 width : widths) {
        count += n_in * width + width;
        n_in = width;
    }
    return count;
}

i64 Shape::n_products() const {
    i64 count = 0, n_in = n_numbers;
    for (i64 width : widths) {
        count += n_in * width;
        n_in = width;
    }
    return count;
}

template <class T>
Blueprint<T>::Blueprint(const Shape& shape) {
    i64 n_in = shape.n_numbers;
    for (std::size_t l = 0; l < shape.widths.size(); ++l) {
        const i64 n_out = shape.widths[l];
        Layer layer{};
        layer.n_in = n_in, layer.n_out = n_out;
        layer.in_width = padded<T>(n_in), layer.width = padded<T>(n_out);
        layer.in_stride = stride_of<T>(n_in), layer.stride = stride_of<T>(n_out);
        layer.activation = shape.activations[l];
        keeps_preactivations_ = keeps_preactivations_ || needs_preactivation(layer.activation);
        layer.weight = add_block(n_in, n_out, true);
        if (l == 0) {
            plan_.first_embedding = static_cast<int>(blocks_.size());
            for (i64 size : shape.sizes) add_block(size, n_out, true);
        } else {
            layer.transposed = transposed_elements_;
            transposed_elements_ += n_out * layer.in_stride;
        }
        layer.bias = add_block(1, n_out, false);
        layer.column = columns_;
        columns_ += layer.stride;
        layers_.push_back(layer);
        n_in = n_out;
    }
    // The largest pieces first, so that no thread is left with one at the end.
    for (std::size_t c = 0; c < shape.sizes.size(); ++c) {
        const i64 step = embedding_bytes_per_task / static_cast<i64>(sizeof(T));
        for (i64 j = 0; j < layers_[0].width; j += step) {
            tasks_.push_back({Task::Kind::embedding, 0, static_cast<int>(c), j, std::min(j + step, layers_[0].width)});
        }
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        for (i64 k = 0; k < layers_[l].n_in; k += weight_rows_per_task) {
            const i64 end = std::min(k + weight_rows_per_task, layers_[l].n_in);
            tasks_.push_back({Task::Kind::weight, static_cast<int>(l), 0, k, end});
        }
        tasks_.push_back({Task::Kind::bias, static_cast<int>(l), 0, 0, 1});
    }
    plan_.n_numbers = shape.n_numbers;
    plan_.number_stride = stride_of<T>(shape.n_numbers);
    plan_.n_categories = static_cast<i64>(shape.sizes.size());
    plan_.n_layers = static_cast<int>(layers_.size());
    plan_.layers = layers_.data();
    plan_.blocks = blocks_.data();
    plan_.n_tasks = static_cast<i64>(tasks_.size());
    plan_.tasks = tasks_.data();
    plan_.loss = shape.loss;
    plan_.loss_constant = shape.loss_constant;
}

template <class T>
int Blueprint<T>::add_block(i64 rows, i64 columns, bool decays) {
    const i64 stride = stride_of<T>(columns);
    blocks_.push_back({parameters_, padded_parameters_, rows, columns, stride, decays});
    parameters_ += rows * columns;
    padded_parameters_ += rows * stride;
    return static_cast<int>(blocks_.size()) - 1;
}

template <class T>
void Blueprint<T>::pack(const T* theta, T* to) const {
    for (const Block& block : blocks_) {
        for (i64 row = 0; row < block.rows; ++row) {
            std::copy_n(theta + block.theta + row * block.columns, block.columns, to + block.offset + row * block.stride);
        }
    }
}

template <class T>
void Blueprint<T>::unpack(const T* from, T* theta) const {
    for (const Block& block : blocks_) {
        for (i64 row = 0; row < block.rows; ++row) {
            std::copy_n(from + block.offset + row * block.stride, block.columns, theta + block.theta + row * block.columns);
        }
    }
}

template <class T>
Workspace<T>::Workspace(const Blueprint<T>& blueprint, i64 batch, bool backward, int moments)
    : theta_(blueprint.padded_parameters()),
      gradient_(backward ? blueprint.padded_parameters() : 0),
      first_(moments > 0 ? blueprint.padded_parameters() : 0),
      second_(moments > 1 ? blueprint.padded_parameters() : 0),
      transposed_(backward ? blueprint.transposed_elements() : 0),
      inputs_(batch * blueprint.plan().number_stride),
      activations_(batch * blueprint.columns()),
      preactivations_(backward && blueprint.keeps_preactivations() ? batch * blueprint.columns() : 0),
      deltas_(backward ? batch * blueprint.columns() : 0),
      codes_(batch * blueprint.plan().n_categories),
      losses_(backward ? batch : 0),
      squares_(backward ? blueprint.plan().n_tasks : 0),
      work_{theta_.get(),          gradient_.get(), first_.get(),  second_.get(),  transposed_.get(),
            inputs_.get(),         codes_.get(),    activations_.get(), preactivations_.get(), deltas_.get(),
            losses_.get(),         squares_.get(),  batch} {}

template class Blueprint<float>;
template class Blueprint<double>;
template class Workspace<float>;
template class Workspace<double>;

}  // namespace wade
