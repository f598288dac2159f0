#include "blueprint.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

namespace wade {

namespace {

constexpr i64 table_bytes_per_task = 256;
constexpr i64 rows_at_once = 96;       // where a sample has many
constexpr i64 samples_at_once = 4096;  // where it has one: a block of this size costs less than a check for an interrupt

// Rows of W whose gradient is one task: whole cache lines of a row of Wᵀ, and enough tasks for every thread.
i64 rows_per_task(const Layer& layer) {
    if (layer.by_output) return 4 * weight_rows_per_task;
    return layer.n_in < 8 * weight_rows_per_task ? weight_rows_per_task / 2 : weight_rows_per_task;
}

}  // namespace

i64 Shape::n_parameters() const {
    i64 count = 0, n_in = n_numbers, n_columns = n_numbers + n_tables();
    for (i64 size : sizes) count += size * widths.front();
    for (i64 bin_count : bins) count += bin_count * widths.front();
    for (i64 width : widths) {
        count += n_in * width + members * width;
        if (members > 1) count += members * (n_columns + width);
        n_in = n_columns = width;
    }
    return count;
}

i64 Shape::n_products() const {
    i64 count = 0, n_in = n_numbers;
    for (i64 width : widths) {
        count += n_in * width;
        n_in = width;
    }
    return count * members;
}

template <class T>
Blueprint<T>::Blueprint(const Shape& shape) {
    plan_.n_numbers = shape.n_numbers;
    plan_.number_stride = stride_of<T>(shape.n_numbers);
    plan_.n_categories = static_cast<i64>(shape.sizes.size());
    plan_.n_piecewise = static_cast<i64>(shape.bins.size());
    plan_.n_tables = shape.n_tables();
    plan_.members = shape.members;
    const double threshold = std::nearbyint(shape.dropout * 65536);  // ties to even
    plan_.dropout_threshold = static_cast<std::uint32_t>(std::min(threshold, 65535.0));
    plan_.dropout_scale = 65536.0 / (65536.0 - plan_.dropout_threshold);
    plan_.has_batch_of_one_path = shape.members == 1 && plan_.dropout_threshold == 0 && shape.bins.empty();
    plan_.loss = shape.loss;
    plan_.loss_constant = shape.loss_constant;
    add_layers(shape);
    add_tasks();
    plan_.sums = sums_.data();
    plan_.n_layers = static_cast<int>(layers_.size());
    plan_.layers = layers_.data();
    plan_.blocks = blocks_.data();
    plan_.n_tasks = static_cast<i64>(tasks_.size());
    plan_.tasks = tasks_.data();
    if (shape.members > 1) {
        plan_.samples_at_once = std::max<i64>(rows_at_once / shape.members, 1);
        for (const Layer& layer : layers_) {
            plan_.scratch = std::max(plan_.scratch, plan_.samples_at_once * shape.members * layer.in_stride);
        }
    } else {
        plan_.samples_at_once = samples_at_once;
        for (const Task& task : tasks_) {
            if (task.kind != Task::Kind::weight) continue;
            const Layer& layer = layers_[static_cast<std::size_t>(task.layer)];
            plan_.scratch = std::max(plan_.scratch, (task.end - task.begin) * layer.stride);
        }
    }
}

template <class T>
void Blueprint<T>::add_layers(const Shape& shape) {
    const bool factors = shape.members > 1;
    i64 n_in = shape.n_numbers;
    for (std::size_t l = 0; l < shape.widths.size(); ++l) {
        const i64 n_out = shape.widths[l];
        Layer layer{};
        layer.n_in = n_in, layer.n_out = n_out;
        layer.in_width = padded<T>(n_in), layer.width = padded<T>(n_out);
        layer.in_stride = stride_of<T>(n_in), layer.stride = stride_of<T>(n_out);
        layer.activation = shape.activations[l];
        keeps_preactivations_ = keeps_preactivations_ || layer.activation.derivative_reads_z;
        keeps_masks_ = keeps_masks_ || (l + 1 < shape.widths.size() && !layer.activation.zero_where_negative);
        layer.by_output = n_out == 1 && !factors;
        layer.weight = layer.by_output ? add_block(1, n_in, true) : add_block(n_in, n_out, true);
        if (l == 0) {
            add_tables(shape, n_out);
        } else if (!layer.by_output) {
            layer.transposed = transposed_elements_;
            transposed_elements_ += n_out * layer.in_stride;
        }
        layer.in_factors = factors ? add_block(shape.members, l == 0 ? n_in + shape.n_tables() : n_in, false) : -1;
        layer.out_factors = factors ? add_block(shape.members, n_out, false) : -1;
        layer.bias = add_block(shape.members, n_out, false);
        layer.column = columns_;
        columns_ += layer.stride;
        layers_.push_back(layer);
        n_in = n_out;
    }
}

template <class T>
void Blueprint<T>::add_tables(const Shape& shape, i64 n_out) {
    plan_.first_embedding = static_cast<int>(blocks_.size());
    for (i64 size : shape.sizes) add_block(size, n_out, true);
    plan_.first_piecewise = static_cast<int>(blocks_.size());
    for (i64 bin_count : shape.bins) {
        add_block(bin_count, n_out, true);
        sums_.push_back(sum_elements_);
        sum_elements_ += (bin_count + 1) * stride_of<T>(n_out);
    }
}

// The largest pieces first, so that no thread is left with one at the end.
template <class T>
void Blueprint<T>::add_tasks() {
    const i64 step = table_bytes_per_task / static_cast<i64>(sizeof(T));
    const auto add = [&](Task::Kind kind, i64 tables) {
        for (i64 table = 0; table < tables; ++table) {
            for (i64 j = 0; j < layers_[0].width; j += step) {
                tasks_.push_back({kind, 0, static_cast<int>(table), j, std::min(j + step, layers_[0].width)});
            }
        }
    };
    add(Task::Kind::embedding, plan_.n_categories);
    add(Task::Kind::piecewise, plan_.n_piecewise);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const i64 rows = rows_per_task(layers_[l]);
        for (i64 k = 0; k < layers_[l].n_in; k += rows) {
            const i64 end = std::min(k + rows, layers_[l].n_in);
            tasks_.push_back({Task::Kind::weight, static_cast<int>(l), 0, k, end});
        }
        for (i64 m = 0; m < plan_.members; ++m) tasks_.push_back({Task::Kind::bias, static_cast<int>(l), 0, m, m + 1});
    }
    if (plan_.members > 1 && plan_.n_tables > 0) tasks_.push_back({Task::Kind::table_factors, 0, 0, 0, plan_.members});
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

Memory::Memory(std::size_t bytes) {
#if defined(__linux__)
    constexpr std::size_t large_page = std::size_t(1) << 21;
    if (bytes >= 2 * large_page) {  // a page is cleared whole, which a short call with less would pay for
        // Mapped, for what malloc has had before lies on small pages already; with room to begin at a large one.
        mapped_ = (bytes + large_page - 1) / large_page * large_page + large_page;
        void* const from = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (from == MAP_FAILED) throw std::bad_alloc();
        madvise(from, mapped_, MADV_HUGEPAGE);  // where it is refused, small pages serve
        from_ = from;
        const auto address = reinterpret_cast<std::uintptr_t>(from);
        cells_ = reinterpret_cast<void*>((address + large_page - 1) / large_page * large_page);
        return;
    }
#endif
    from_ = cells_ = std::aligned_alloc(cache_line, bytes);
    if (!cells_) throw std::bad_alloc();
    std::memset(cells_, 0, bytes);
}

Memory::~Memory() {
#if defined(__linux__)
    if (mapped_ > 0) {
        munmap(from_, mapped_);
        return;
    }
#endif
    std::free(from_);
}

template <class T>
template <class Number>
Number* Workspace<T>::take(i64 count) {
    const std::size_t bytes = (static_cast<std::size_t>(count) * sizeof(Number) + cache_line - 1) / cache_line * cache_line;
    if (bytes == 0) return nullptr;
    memory_.push_back(std::make_unique<Memory>(bytes));
    return static_cast<Number*>(memory_.back()->cells());
}

template <class T>
Workspace<T>::Workspace(const Blueprint<T>& blueprint, const Needs& needs) {
    const Plan& plan = blueprint.plan();
    const i64 parameters = blueprint.padded_parameters(), rows = needs.batch * plan.members;
    const i64 cells = rows * blueprint.columns();
    const bool members = plan.members > 1;
    work_.batch = needs.batch;
    work_.rows = rows;
    work_.theta = take<T>(parameters);
    work_.sums = take<T>(blueprint.sum_elements());
    work_.inputs = take<T>(needs.batch * plan.number_stride);
    work_.codes = take<std::int32_t>(needs.batch * plan.n_categories);
    work_.bins = take<std::int32_t>(needs.batch * plan.n_piecewise);
    work_.fractions = take<T>(needs.batch * plan.n_piecewise);
    work_.activations = work_.dropped = take<T>(cells);
    work_.products = take<T>(members ? cells : 0);
    work_.scratch = take<T>(members || needs.backward ? needs.threads * plan.scratch : 0);
    if (!needs.backward) return;
    work_.gradient = take<T>(parameters);
    work_.first = take<T>(needs.state_arrays > 0 ? parameters : 0);
    work_.second = take<T>(needs.state_arrays > 1 ? parameters : 0);
    work_.transposed = take<T>(blueprint.transposed_elements());
    work_.preactivations = take<T>(blueprint.keeps_preactivations() ? cells : 0);
    work_.deltas = work_.product_deltas = take<T>(cells);
    work_.losses = take<double>(rows);
    work_.squares = take<double>(plan.n_tasks);
    if (needs.drops && blueprint.keeps_masks()) {
        work_.masks = take<T>(cells);
        work_.dropped = take<T>(cells);
    }
    if (!members) return;
    work_.product_deltas = take<T>(cells);
    work_.table_deltas = take<T>(needs.batch * plan.n_tables * plan.layers[0].stride);
    work_.table_slopes = take<T>(rows * plan.n_tables);
}

template class Blueprint<float>;
template class Blueprint<double>;
template class Workspace<float>;
template class Workspace<double>;

}  // namespace wade
