#include "team.hpp"

#include <system_error>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wade {

namespace {

void pause() {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// A step lasts microseconds, so spinning beats sleeping; after this many rounds someone else needs the core more.
constexpr int spins_before_yield = 128;

}  // namespace

void Team::wait() {
    if (size_ == 1) return;
    const int generation = generation_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
        arrived_.store(0, std::memory_order_relaxed);
        generation_.fetch_add(1, std::memory_order_release);
        return;
    }
    for (int spins = 0; generation_.load(std::memory_order_acquire) == generation; ++spins) {
        if (spins < spins_before_yield) {
            pause();
        } else {
            std::this_thread::yield();
        }
    }
}

void Team::run(void (*member)(void*, int), void* context) {
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(size_ - 1));
    std::atomic<bool> complete{false};
    const auto join = [&complete, member, context](int rank) {
        while (!complete.load(std::memory_order_acquire)) pause();
        member(context, rank);
    };
    try {
        for (int rank = 1; rank < size_; ++rank) others.emplace_back(join, rank);
    } catch (const std::system_error&) {
        size_ = 1 + static_cast<int>(others.size());  // the system gives no more; the result is the same
    }
    complete.store(true, std::memory_order_release);
    member(context, 0);
    for (std::thread& other : others) other.join();
}

}  // namespace wade
