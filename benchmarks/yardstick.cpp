// The yardstick of per-example descent: what a C++ programmer writes who knows every width at compile time. Plain loops
// over arrays of fixed size, in which the compiler unrolls and vectorises what it can. Only ReLU, one sigmoid with
// cross-entropy, plain gradient descent and float32: nothing here could serve another network.
//
// And the processor's own limit: how many multiply-adds it does on registers alone.
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

// One layer and those above it. `descend` takes a row's values in and hands ∂J/∂(those values) back.
template <int N_IN, int N_OUT, int... ABOVE>
struct Network {
    alignas(64) float W[N_IN][N_OUT];
    alignas(64) float b[N_OUT];
    Network<N_OUT, ABOVE...> above;

    void load(const float*& theta) {
        for (auto& row : W) {
            for (float& w : row) w = *theta++;
        }
        for (float& bias : b) bias = *theta++;
        above.load(theta);
    }

    void save(float*& theta) const {
        for (auto& row : W) {
            for (float w : row) *theta++ = w;
        }
        for (float bias : b) *theta++ = bias;
        above.save(theta);
    }

    template <bool BELOW>
    float descend(const float* x, float target, float rate, float* gradient) {
        alignas(64) float a[N_OUT], delta[N_OUT];
        for (int j = 0; j < N_OUT; ++j) a[j] = b[j];
        for (int k = 0; k < N_IN; ++k) {
            for (int j = 0; j < N_OUT; ++j) a[j] += x[k] * W[k][j];
        }
        for (int j = 0; j < N_OUT; ++j) a[j] = a[j] < 0 ? 0 : a[j];
        const float loss = above.template descend<true>(a, target, rate, delta);
        for (int j = 0; j < N_OUT; ++j) delta[j] = a[j] > 0 ? delta[j] : 0;
        for (int k = 0; k < N_IN; ++k) {
            float sum = 0;
            for (int j = 0; j < N_OUT; ++j) {
                if (BELOW) sum += W[k][j] * delta[j];
                W[k][j] -= rate * x[k] * delta[j];
            }
            if (BELOW) gradient[k] = sum;
        }
        for (int j = 0; j < N_OUT; ++j) b[j] -= rate * delta[j];
        return loss;
    }
};

// The output: one sigmoid.
template <int N_IN>
struct Network<N_IN, 1> {
    alignas(64) float w[N_IN];
    float b;

    void load(const float*& theta) {
        for (float& weight : w) weight = *theta++;
        b = *theta++;
    }

    void save(float*& theta) const {
        for (float weight : w) *theta++ = weight;
        *theta++ = b;
    }

    template <bool BELOW>
    float descend(const float* x, float target, float rate, float* gradient) {
        float z = b;
        for (int k = 0; k < N_IN; ++k) z += x[k] * w[k];
        const float e = std::exp(-std::fabs(z));
        const float delta = (z < 0 ? e : 1) / (1 + e) - target;
        for (int k = 0; k < N_IN; ++k) {
            gradient[k] = w[k] * delta;
            w[k] -= rate * x[k] * delta;
        }
        b -= rate * delta;
        return (z < 0 ? 0 : z) - z * target + std::log1p(e);
    }
};

template <int... WIDTHS>
struct Inputs;
template <int N_IN, int... ABOVE>
struct Inputs<N_IN, ABOVE...> {
    static void descend(float* theta, const float* numbers, const float* targets, const std::int64_t* rows,
                        std::int64_t n_rows, float rate, double* losses) {
        Network<N_IN, ABOVE...> network;
        const float* from = theta;
        network.load(from);
        for (std::int64_t step = 0; step < n_rows; ++step) {
            const std::int64_t row = rows[step];
            losses[step] = network.template descend<false>(numbers + row * N_IN, targets[row], rate, nullptr);
        }
        network.save(theta);
    }
};

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif
typedef float Vector __attribute__((vector_size(vector_bytes)));

constexpr int chains = 12;  // more than one result takes to come, times the units; fewer than there are registers
constexpr std::int64_t turns = 100'000;  // about a millisecond
constexpr double flops_of_a_burst = 2.0 * turns * chains * (vector_bytes / sizeof(float));

// A number that depends on all chains, so that none is left out, and of numbers that the compiler may not look at.
[[gnu::noipa]] float burst(float factor, float more) {
    Vector sum[chains];
    for (int c = 0; c < chains; ++c) sum[c] = Vector{} + static_cast<float>(c);
    const Vector factors = Vector{} + factor, summands = Vector{} + more;
    for (std::int64_t turn = 0; turn < turns; ++turn) {
        for (int c = 0; c < chains; ++c) sum[c] = sum[c] * factors + summands;
    }
    for (int c = 1; c < chains; ++c) sum[0] += sum[c];
    return sum[0][0];
}

}  // namespace

// Floating-point operations a second of so many threads together: the fastest of the rounds that `seconds` have room
// for. All begin a round at once, and it lasts until the last has done its bursts.
extern "C" double fma_peak(int n_threads, double seconds) {
    using Clock = std::chrono::steady_clock;
    constexpr int bursts = 4;
    const auto since = [](Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); };
    const auto began = Clock::now();
    double best = 0;
    std::atomic<float> kept{0};
    std::atomic<int> waiting{0}, round{0};
    std::atomic<bool> over{false};
    const auto meet = [&] {
        const int now = round.load();
        if (waiting.fetch_add(1) + 1 == n_threads) waiting = 0, ++round;
        while (round.load() == now) std::this_thread::yield();
    };
    const auto work = [&](int rank) {
        while (true) {
            meet();
            if (over) return;
            const auto start = Clock::now();
            for (int i = 0; i < bursts; ++i) kept = burst(0.5f, 1.0f);
            meet();
            if (rank > 0) continue;
            const double rate = n_threads * bursts * flops_of_a_burst / since(start);
            if (rate > best) best = rate;
            over = since(began) > seconds;
        }
    };
    std::vector<std::thread> others;
    for (int rank = 1; rank < n_threads; ++rank) others.emplace_back(work, rank);
    work(0);
    for (std::thread& other : others) other.join();
    return best;
}

#define WADE_YARDSTICK(NAME, ...)                                                                                   \
    extern "C" void NAME(float* theta, const float* numbers, const float* targets, const std::int64_t* rows,        \
                         std::int64_t n_rows, float rate, double* losses) {                                         \
        Inputs<__VA_ARGS__>::descend(theta, numbers, targets, rows, n_rows, rate, losses);                          \
    }

WADE_YARDSTICK(descend_10_32_16_1, 10, 32, 16, 1)
WADE_YARDSTICK(descend_2_8_1, 2, 8, 1)
WADE_YARDSTICK(descend_30_64_64_1, 30, 64, 64, 1)
