// The threads of one call. A chunk lasts long enough that starting threads costs nothing, and threads that end with
// the call leave nothing behind that fork(), joblib or a second caller could trip over.
#pragma once

#include <atomic>

#include "plan.hpp"

namespace wade {

class Team {
  public:
    explicit Team(int size) : size_(size) {}

    int size() const { return size_; }

    // Everyone waits here until all have come.
    void wait();

    // Numbers 0, 1, 2 … for dynamic work, counted over the whole life of the team.
    i64 next() { return counter_.fetch_add(1, std::memory_order_relaxed); }

    // The leader, rank 0, says so before everyone waits, in the first half of a step; after waiting all know it.
    void stop() { stopped_.store(true, std::memory_order_relaxed); }
    bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

    // Runs `member(context, rank)` for every rank, rank 0 on the calling thread.
    void run(void (*member)(void*, int), void* context);

  private:
    int size_;
    alignas(cache_line) std::atomic<int> arrived_{0};
    alignas(cache_line) std::atomic<int> generation_{0};
    alignas(cache_line) std::atomic<i64> counter_{0};
    alignas(cache_line) std::atomic<bool> stopped_{false};
};

}  // namespace wade
