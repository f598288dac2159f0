// Many models in one pass over the rows: the same architecture, each model with its own θ and its own learning rate. A group
// of models lies in the lanes of vectors (lanes.hpp); a row is read once for the whole group. Groups have nothing to do
// with each other, so threads take whole groups, and how many threads there are changes no bit.
//
// A model whose loss stops being finite takes no further step. What it was before that step goes back to the caller; its
// lane is filled with zeros, which harm nobody and stay what they are.
#pragma once

#include "lanes.hpp"
#include "losses.hpp"
#include "optimizers.hpp"
#include "race_plan.hpp"
#include "subnormals.hpp"
#include "team.hpp"

namespace wade::WADE_ISA {

// How fast a step goes for each model of a group: Pace (optimizers.hpp) with a number for each.
template <class T, int ABREAST>
struct GroupPace {
    static constexpr i64 models = group_size<T, ABREAST>;
    alignas(cache_line) T rate[models];
    alignas(cache_line) T step_size[models];
    alignas(cache_line) T keep[models];

    void set(const double* learning_rates, const OptimizerConstants& optimizer, const StepConstants& step) {
        for (i64 model = 0; model < models; ++model) {
            const double learning_rate = learning_rates[model] * step.learning_rate;
            rate[model] = static_cast<T>(learning_rate);
            step_size[model] = static_cast<T>(learning_rates[model] * step.step_size);
            keep[model] = static_cast<T>(1 - learning_rate * optimizer.weight_decay);
        }
    }

    T rate_of(i64 model) const { return rate[model]; }
    T step_size_of(i64 model) const { return step_size[model]; }
    T keep_of(i64 model) const { return keep[model]; }
};

inline bool finite(double x) { return x - x == 0; }

template <class T, int ABREAST>
class Group {
  public:
    // The models from `first` on, as many as there are lanes and runners.
    Group(const Race<T>& race, const RaceWork<T>& work, i64 first)
        : race_(race),
          work_(work),
          runners_(race.runners + first),
          losses_(race.step_losses + first),
          n_models_(race.n_runners - first < size ? race.n_runners - first : size),
          n_alive_(n_models_),
          plainly_(race.optimizer.kind == Optimizer::sgd && race.optimizer.momentum == 0 &&
                   race.optimizer.weight_decay == 0 && !race.regularisation.penalises()) {
        for (i64 i = 0; i < work.n_runs * size; ++i) work.runs[i] = 0;
        for (i64 model = 0; model < n_models_; ++model) {
            const Runner<T>& runner = runners_[model];
            learning_rates_[model] = runner.learning_rate;
            enter(runner.theta, work.theta, model);
            if (runner.first) enter(runner.first, work.first, model);
            if (runner.second) enter(runner.second, work.second, model);
        }
    }

    void descend() {
        for (i64 step = 0, first = 0; first < race_.n_rows; ++step, first += race_.batch_size) {
            const i64 left = race_.n_rows - first;
            if (n_alive_ == 0) report_nothing(step);
            else take_step(step, race_.rows + first, left < race_.batch_size ? left : race_.batch_size);
        }
        for (i64 model = 0; model < n_models_; ++model) {
            if (finite(tombs_[model])) leave(model);
        }
    }

  private:
    static constexpr i64 size = group_size<T, ABREAST>, width = Simd<T>::width;
    static constexpr i64 ahead = 16;  // rows: about as long as memory takes to answer

    void enter(const T* from, T* runs, i64 model) const {
        for (i64 p = 0; p < race_.n_parameters; ++p) runs[p * size + model] = from[p];
    }

    void leave(i64 model) const {
        const auto copy = [&](const T* runs, T* to) {
            for (i64 p = 0; p < race_.n_parameters; ++p) to[p] = runs[p * size + model];
        };
        const Runner<T>& runner = runners_[model];
        copy(work_.theta, runner.theta);
        if (runner.first) copy(work_.first, runner.first);
        if (runner.second) copy(work_.second, runner.second);
    }

    void take_step(i64 step, const i64* rows, i64 batch) {
        set_pace(race_.steps[step]);
        const double total = weight_of(rows, batch);
        const double share = total > 0 ? 1 / total : 0;  // a batch that weighs nothing moves nothing
        for (i64 at = 0; at < size; at += Simd<double>::width) store(sums_ + at, vector<double>{});
        for (i64 first = 0; first < batch; first += race_rows_at_once) {
            const i64 left = batch - first;
            piece_ = {rows + first, left < race_rows_at_once ? left : race_rows_at_once, first == 0, left <= race_rows_at_once};
            gather();
            for (int l = 0; l < race_.n_layers; ++l) forward(l);
            add_losses(share);
            if (piece_.ends) report(step);
            if (plainly_ && piece_.ends && piece_.begins && piece_.count == 1) walk_back();
            else backward();
        }
        if (!plainly_) update_all(race_.steps[step]);
    }

    double weight_of(const i64* rows, i64 batch) const {
        if (!race_.table.weights) return static_cast<double>(batch);
        double total = 0;
        for (i64 i = 0; i < batch; ++i) total += static_cast<double>(race_.table.weights[rows[i]]);
        return total;
    }

    // The losses of this step; and the end of those whose loss is no number any more, before they take the step.
    void report(i64 step) {
        double* to = losses_ + step * race_.n_runners;
        for (i64 model = 0; model < n_models_; ++model) to[model] = sums_[model] + tombs_[model];
        if (race_.n_rows - step * race_.batch_size > ahead * race_.batch_size) {
            const double* later = to + ahead * race_.n_runners;
            for (i64 model = 0; model < n_models_; model += cache_line / 8) __builtin_prefetch(later + model, 1);
        }
        if (all_finite()) return;
        for (i64 model = 0; model < n_models_; ++model) {
            if (!finite(sums_[model]) && finite(tombs_[model])) bury(model);
        }
        pace_.set(learning_rates_, race_.optimizer, race_.steps[step]);
    }

    // Most steps are like the one before.
    void set_pace(const StepConstants& step) {
        if (step.learning_rate == at_.learning_rate && step.step_size == at_.step_size) return;
        at_ = step;
        pace_.set(learning_rates_, race_.optimizer, step);
    }

    bool all_finite() const {
        constexpr i64 wide = Simd<double>::width;
        vector<double> zeros{};  // or NaN, in a lane that has seen something else than a finite number
        for (i64 at = 0; at < size; at += wide) zeros += load(sums_ + at) - load(sums_ + at);
        double sum = 0;
        for (i64 lane = 0; lane < wide; ++lane) sum += zeros[lane];
        return sum == 0;
    }

    void report_nothing(i64 step) const {
        for (i64 model = 0; model < n_models_; ++model) losses_[step * race_.n_runners + model] = tombs_[model];
    }

    void bury(i64 model) {
        leave(model);
        for (i64 i = 0; i < work_.n_runs; ++i) work_.runs[i * size + model] = 0;
        learning_rates_[model] = 0;
        tombs_[model] = __builtin_nan("");
        --n_alive_;
    }

    // The rows at hand: a batch, or a piece of one.
    struct Piece {
        const i64* rows;
        i64 count;
        bool begins, ends;
    };

    T* of_layer(T* runs, int l) const { return runs + race_.layers[l].column * race_rows_at_once * size; }
    T* parameters(T* runs, i64 offset) const { return runs + offset * size; }
    i64 elements(int l) const { return piece_.count * race_.layers[l].n_out * size; }

    // Rows are drawn from all over the table: asks for one before it is needed.
    void fetch(i64 row) const {
        const char* numbers = reinterpret_cast<const char*>(race_.table.numbers + row * race_.n_numbers);
        for (i64 at = 0; at < race_.n_numbers * static_cast<i64>(sizeof(T)); at += cache_line) __builtin_prefetch(numbers + at);
        if (race_.table.targets) __builtin_prefetch(race_.table.targets + row * race_.layers[race_.n_layers - 1].n_out);
    }

    void gather() const {
        const i64* const end = race_.rows + race_.n_rows;
        for (i64 i = 0; i < piece_.count; ++i) {
            if (end - piece_.rows - i > ahead) fetch(piece_.rows[i + ahead]);
            const T* from = race_.table.numbers + piece_.rows[i] * race_.n_numbers;
            for (i64 j = 0; j < race_.n_numbers; ++j) work_.numbers[i * race_.n_numbers + j] = from[j];
        }
    }

    // Where layer l adds row i's category c, in `runs` that are laid out as θ.
    T* embedding(T* runs, i64 i, i64 c) const {
        const std::int32_t code = race_.table.codes[piece_.rows[i] * race_.n_categories + c];
        return parameters(runs, race_.categories[c].embedding + code * race_.layers[0].n_out);
    }

    static bool fused(Activation activation) { return activation == Activation::relu || activation == Activation::identity; }

    // b + Σ_c E_c[code_c]
    void start_from_embeddings(T* z) const {
        const i64 count = race_.layers[0].n_out * size;
        const T* bias = parameters(work_.theta, race_.layers[0].bias);
        for (i64 i = 0; i < piece_.count; ++i, z += count) {
            for (i64 at = 0; at < count; at += width) {
                vector<T> sum = load(bias + at);
                for (i64 c = 0; c < race_.n_categories; ++c) sum += load(embedding(work_.theta, i, c) + at);
                store(z + at, sum);
            }
        }
    }

    // A of layer l; the last layer keeps its Z.
    void forward(int l) const {
        const RaceLayer& layer = race_.layers[l];
        T* const out = of_layer(work_.activations, l);
        const bool categories = l == 0 && race_.n_categories > 0, last = l + 1 == race_.n_layers;
        if (categories) start_from_embeddings(out);
        RunProduct<T> product{};
        product.m = piece_.count, product.n = layer.n_out, product.k = layer.n_in;
        product.a = l == 0 ? work_.numbers : of_layer(work_.activations, l - 1), product.a_row = layer.n_in, product.a_k = 1;
        product.b = parameters(work_.theta, layer.weight), product.b_k = layer.n_out, product.b_column = 1;
        product.start = categories ? out : parameters(work_.theta, layer.bias);
        product.start_row = categories ? layer.n_out : 0;
        const auto keep = [out](i64 at, const Run<T, ABREAST>& sum) { store_run(out + at * size, sum); };
        const auto keep_relu = [out](i64 at, const Run<T, ABREAST>& sum) {
            Run<T, ABREAST> kept;
            for (int v = 0; v < ABREAST; ++v) kept.part[v] = at_least(sum.part[v], 0);
            store_run(out + at * size, kept);
        };
        const auto multiply = [&](const auto& finish) {
            if (l == 0) multiply_runs<ABREAST, Left::shared>(product, finish);
            else multiply_runs<ABREAST, Left::runs>(product, finish);
        };
        if (!last && layer.activation == Activation::relu) multiply(keep_relu);
        else multiply(keep);
        if (last || fused(layer.activation)) return;
        copy(out, of_layer(work_.preactivations, l), elements(l));
        activate(layer.activation, out, elements(l));
    }

    static void copy(const T* __restrict from, T* __restrict to, i64 count) {
        for (i64 i = 0; i < count; ++i) to[i] = from[i];
    }

    // What the rows add to the losses, and delta of the output layer; a row weighs weight / Σ weights of the batch.
    void add_losses(double share) {
        const RaceLayer& layer = race_.layers[race_.n_layers - 1];
        if (race_.loss == Loss::softmax_cross_entropy || layer.activation == Activation::softmax) {
            add_losses_one_by_one(share);
            return;
        }
        T* const a = of_layer(work_.activations, race_.n_layers - 1);
        T* const z = of_layer(work_.preactivations, race_.n_layers - 1);
        T* const delta = of_layer(work_.deltas, race_.n_layers - 1);
        const bool activated = takes_activations(race_.loss) && layer.activation != Activation::identity;
        if (activated) {
            copy(a, z, elements(race_.n_layers - 1));
            activate(layer.activation, a, elements(race_.n_layers - 1));
        }
        with_loss_of_output(race_.loss, static_cast<T>(race_.loss_constant), [&](auto loss_of_output) {
            for (i64 i = 0; i < piece_.count; ++i) add_losses_of_row(loss_of_output, i, share);
        });
        if (activated) deactivate(layer.activation, z, a, delta, elements(race_.n_layers - 1));
    }

    double weight(i64 i, double share) const {
        return race_.table.weights ? static_cast<double>(race_.table.weights[piece_.rows[i]]) * share : share;
    }

    template <class Function>
    void add_losses_of_row(const Function& loss_of_output, i64 i, double share) {
        const i64 n_out = race_.layers[race_.n_layers - 1].n_out;
        const double shared = weight(i, share) / static_cast<double>(outputs_averaged(race_.loss, n_out));
        const T* target = race_.table.targets + piece_.rows[i] * n_out;
        const T* said = of_layer(work_.activations, race_.n_layers - 1) + i * n_out * size;
        T* delta = of_layer(work_.deltas, race_.n_layers - 1) + i * n_out * size;
        for (i64 j = 0; j < n_out; ++j, said += size, delta += size) {
            alignas(cache_line) T losses[size];
            for (i64 at = 0; at < size; at += width) {
                vector<T> slope{};
                store(losses + at, loss_of_output(load(said + at), vector<T>{} + target[j], slope));
                store(delta + at, slope * static_cast<T>(shared));
            }
            for (i64 model = 0; model < size; ++model) sums_[model] += shared * static_cast<double>(losses[model]);
        }
    }

    // Where outputs look at each other, a model's lane is taken out, and its delta put back.
    void add_losses_one_by_one(double share) {
        const RaceLayer& layer = race_.layers[race_.n_layers - 1];
        const T* from = of_layer(work_.activations, race_.n_layers - 1);
        T* to = of_layer(work_.deltas, race_.n_layers - 1);
        const i64 n_out = layer.n_out, stride = padded<T>(n_out);
        T* const z = work_.outcome;
        T* const a = z + stride;
        T* const delta = a + stride;
        for (i64 i = 0; i < piece_.count; ++i, from += n_out * size, to += n_out * size) {
            Outcome<T> outcome{n_out, z, a, nullptr, 0, delta};
            if (race_.table.targets) outcome.target = race_.table.targets + piece_.rows[i] * n_out;
            if (race_.table.classes) outcome.label = race_.table.classes[piece_.rows[i]];
            const double shared = weight(i, share);
            for (i64 model = 0; model < n_models_; ++model) {
                if (!finite(tombs_[model])) continue;
                for (i64 j = 0; j < n_out; ++j) z[j] = a[j] = from[j * size + model];
                const bool activated = takes_activations(race_.loss);
                if (activated) activate(layer.activation, a, n_out);
                sums_[model] += shared * loss_and_slope(race_.loss, static_cast<T>(race_.loss_constant), outcome);
                if (activated) deactivate(layer.activation, z, a, delta, n_out);
                for (i64 j = 0; j < n_out; ++j) to[j * size + model] = delta[j] * static_cast<T>(shared);
            }
        }
    }

    // The same for one example in plain descent: the weights are walked over once, each is read, adds to delta of the layer
    // below, and moves.
    void walk_back() const {
        for (int l = race_.n_layers - 1; l > 0; --l) {
            move_biases(l);
            walk_back(l);
            const Activation activation = race_.layers[l - 1].activation;
            if (fused(activation)) continue;
            deactivate(activation, of_layer(work_.preactivations, l - 1), of_layer(work_.activations, l - 1),
                       of_layer(work_.deltas, l - 1), elements(l - 1));
        }
        move_biases(0);
        const RaceLayer& layer = race_.layers[0];
        const T* const moves = work_.gradient;
        T* weights = parameters(work_.theta, layer.weight);
        const i64 count = layer.n_out * size, n_numbers = race_.n_numbers;
        for (i64 k = 0; k < n_numbers; ++k, weights += count) {
            const T x = work_.numbers[k];
            for (i64 at = 0; at < count; at += size) {
                for (int v = 0; v < ABREAST; ++v) {
                    const i64 here = at + v * width;
                    store(weights + here, load(weights + here) - x * load(moves + here));
                }
            }
        }
        if (race_.n_categories > 0) embedding_gradient<true>(of_layer(work_.deltas, 0));
    }

    // b − rate · delta; the product stays in the gradient's memory for the weights.
    void move_biases(int l) const {
        const RaceLayer& layer = race_.layers[l];
        const T* const delta = of_layer(work_.deltas, l);
        T* const moves = work_.gradient;
        T* const bias = parameters(work_.theta, layer.bias);
        const Run<T, ABREAST> rate = load_run<ABREAST>(pace_.rate);
        const i64 count = layer.n_out * size;
        for (i64 at = 0; at < count; at += size) {
            for (int v = 0; v < ABREAST; ++v) {
                const i64 here = at + v * width;
                const vector<T> move = rate.part[v] * load(delta + here);
                store(moves + here, move);
                store(bias + here, load(bias + here) - move);
            }
        }
    }

    void walk_back(int l) const {
        const RaceLayer& layer = race_.layers[l];
        const T* const delta = of_layer(work_.deltas, l);
        const T* const moves = work_.gradient;
        const T* a = of_layer(work_.activations, l - 1);
        T* below = of_layer(work_.deltas, l - 1);
        T* weights = parameters(work_.theta, layer.weight);
        const bool relu = race_.layers[l - 1].activation == Activation::relu;
        const i64 count = layer.n_out * size, n_in = layer.n_in;
        for (i64 k = 0; k < n_in; ++k, a += size, below += size, weights += count) {
            const Run<T, ABREAST> left = load_run<ABREAST>(a);
            Run<T, ABREAST> sum{};
            for (i64 at = 0; at < count; at += size) {
                for (int v = 0; v < ABREAST; ++v) {
                    const i64 here = at + v * width;
                    const vector<T> weight = load(weights + here);
                    sum.part[v] += weight * load(delta + here);
                    store(weights + here, weight - left.part[v] * load(moves + here));
                }
            }
            for (int v = 0; v < ABREAST; ++v) {
                if (relu) sum.part[v] = left.part[v] > 0 ? sum.part[v] : vector<T>{};
            }
            store_run(below, sum);
        }
    }

    // Layer by layer: delta of the layer below, from the weights as they are, and only then the gradient.
    void backward() const {
        for (int l = race_.n_layers - 1; l >= 0; --l) {
            if (l > 0) delta_below(l);
            if (plainly_ && piece_.ends) gradient<true>(l);
            else gradient<false>(l);
        }
    }

    // (delta · Wᵀ) ⊙ g′(Z)
    void delta_below(int l) const {
        const RaceLayer& above = race_.layers[l];
        const Activation activation = race_.layers[l - 1].activation;
        T* const out = of_layer(work_.deltas, l - 1);
        const T* const a = of_layer(work_.activations, l - 1);
        RunProduct<T> product{};
        product.m = piece_.count, product.n = above.n_in, product.k = above.n_out;
        product.a = of_layer(work_.deltas, l), product.a_row = above.n_out, product.a_k = 1;
        product.b = parameters(work_.theta, above.weight), product.b_k = 1, product.b_column = above.n_out;
        if (activation == Activation::relu) {
            multiply_runs<ABREAST, Left::runs>(product, [out, a](i64 at, const Run<T, ABREAST>& sum) {
                Run<T, ABREAST> kept;
                for (int v = 0; v < ABREAST; ++v) {
                    kept.part[v] = load(a + at * size + v * width) > 0 ? sum.part[v] : vector<T>{};
                }
                store_run(out + at * size, kept);
            });
            return;
        }
        multiply_runs<ABREAST, Left::runs>(product, [out](i64 at, const Run<T, ABREAST>& sum) { store_run(out + at * size, sum); });
        if (!fused(activation)) deactivate(activation, of_layer(work_.preactivations, l - 1), a, out, elements(l - 1));
    }

    // Aᵀ · delta and Σ delta: kept, or, where plain descent has all of it, applied on the spot.
    template <bool APPLIED>
    void gradient(int l) const {
        const RaceLayer& layer = race_.layers[l];
        const T* const delta = of_layer(work_.deltas, l);
        const Run<T, ABREAST> rate = load_run<ABREAST>(pace_.rate);
        const auto finish_at = [&](i64 offset) {
            T* const to = parameters(APPLIED ? work_.theta : work_.gradient, offset);
            return [to, rate](i64 at, const Run<T, ABREAST>& sum) {
                if constexpr (APPLIED) {
                    Run<T, ABREAST> theta = load_run<ABREAST>(to + at * size);
                    for (int v = 0; v < ABREAST; ++v) theta.part[v] -= rate.part[v] * sum.part[v];
                    store_run(to + at * size, theta);
                } else store_run(to + at * size, sum);
            };
        };
        const auto begun = [&](i64 offset) { return piece_.begins ? nullptr : parameters(work_.gradient, offset); };
        RunProduct<T> product{};
        product.m = layer.n_in, product.n = layer.n_out, product.k = piece_.count;
        product.a = l == 0 ? work_.numbers : of_layer(work_.activations, l - 1), product.a_row = 1, product.a_k = layer.n_in;
        product.b = delta, product.b_k = layer.n_out, product.b_column = 1;
        product.start = begun(layer.weight), product.start_row = layer.n_out;
        if (l == 0) multiply_runs<ABREAST, Left::shared>(product, finish_at(layer.weight));
        else multiply_runs<ABREAST, Left::runs>(product, finish_at(layer.weight));
        const T one = 1;
        product.m = 1, product.a = &one, product.a_row = product.a_k = 0, product.start = begun(layer.bias);
        multiply_runs<ABREAST, Left::shared>(product, finish_at(layer.bias));
        if (l == 0 && race_.n_categories > 0) embedding_gradient<APPLIED>(delta);
    }

    // Plain descent that has the whole batch moves the rows of E that occur in it; else delta is added to the gradient.
    template <bool APPLIED>
    void embedding_gradient(const T* delta) const {
        const i64 n_out = race_.layers[0].n_out;
        const bool sparse = APPLIED && piece_.begins;
        if (piece_.begins && !sparse) {
            for (i64 c = 0; c < race_.n_categories; ++c) {
                T* from = parameters(work_.gradient, race_.categories[c].embedding);
                for (i64 at = 0; at < race_.categories[c].n_codes * n_out * size; ++at) from[at] = 0;
            }
        }
        const Run<T, ABREAST> rate = load_run<ABREAST>(pace_.rate);
        for (i64 i = 0; i < piece_.count; ++i, delta += n_out * size) {
            for (i64 c = 0; c < race_.n_categories; ++c) {
                T* const to = embedding(sparse ? work_.theta : work_.gradient, i, c);
                for (i64 at = 0; at < n_out * size; at += size) {
                    Run<T, ABREAST> sum = load_run<ABREAST>(to + at);
                    const Run<T, ABREAST> add = load_run<ABREAST>(delta + at);
                    for (int v = 0; v < ABREAST; ++v) {
                        if (sparse) sum.part[v] -= rate.part[v] * add.part[v];
                        else sum.part[v] += add.part[v];
                    }
                    store_run(to + at, sum);
                }
            }
        }
        if (APPLIED && !sparse) {
            for (i64 c = 0; c < race_.n_categories; ++c) {
                apply(race_.categories[c].embedding, race_.categories[c].n_codes * n_out, true, 0);
            }
        }
    }

    void update_all(const StepConstants& step) const {
        for (int l = 0; l < race_.n_layers; ++l) {
            const RaceLayer& layer = race_.layers[l];
            apply(layer.weight, layer.bias - layer.weight, true, step.root_scale);  // W, and E where there are any
            apply(layer.bias, layer.n_out, false, step.root_scale);
        }
    }

    // The regularisation and the optimiser's step for some parameters.
    void apply(i64 offset, i64 count, bool decays, double root_scale) const {
        const Range<T> range{count * size, decays, parameters(work_.theta, offset), parameters(work_.gradient, offset),
                             runners_->first ? parameters(work_.first, offset) : nullptr,
                             runners_->second ? parameters(work_.second, offset) : nullptr};
        if (decays && race_.regularisation.penalises()) {
            penalise<T>(race_.regularisation, range.count, range.theta, range.gradient);
        }
        update(race_.optimizer, root_scale, pace_, range);
    }

    const Race<T>& race_;
    const RaceWork<T>& work_;
    const Runner<T>* const runners_;
    double* const losses_;
    const i64 n_models_;
    i64 n_alive_;
    const bool plainly_;
    Piece piece_{};
    GroupPace<T, ABREAST> pace_;
    StepConstants at_{-1, -1, -1};  // what the pace is for
    alignas(cache_line) double learning_rates_[size] = {};
    alignas(cache_line) double sums_[size] = {};   // of the losses of a batch
    alignas(cache_line) double tombs_[size] = {};  // NaN where a model's loss has stopped being finite
};

template <class T, int ABREAST>
void race_groups(const Race<T>& race, const RaceWork<T>& work, Team& team) {
    constexpr i64 size = group_size<T, ABREAST>;
    for (i64 first = team.next() * size; first < race.n_runners; first = team.next() * size) {
        Group<T, ABREAST>(race, work, first).descend();
    }
}

template <class T>
void race(const Race<T>& race, const RaceWork<T>& work, Team& team) {
    const WithoutSubnormals without;
    if (race.abreast == 2) race_groups<T, 2>(race, work, team);
    else race_groups<T, 1>(race, work, team);
}

}  // namespace wade::WADE_ISA
