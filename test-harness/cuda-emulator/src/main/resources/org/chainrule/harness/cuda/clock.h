// Vector clocks: what is known to have happened before an operation.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace emulator {

/** For each stream, by its slot, the number of its latest operation that is known to be done. Operations are numbered through all streams. */
class Clock {
  public:
    uint32_t at(size_t slot) const { return slot < latest.size() ? latest[slot] : 0; }

    void set(size_t slot, uint32_t serial) {
        if (slot >= latest.size()) latest.resize(slot + 1);
        latest[slot] = std::max(latest[slot], serial);
    }

    void join(const Clock &other) {
        if (other.latest.size() > latest.size()) latest.resize(other.latest.size());
        for (size_t i = 0; i < other.latest.size(); i++) latest[i] = std::max(latest[i], other.latest[i]);
    }

    void clear() { latest.clear(); }

  private:
    std::vector<uint32_t> latest;
};

} // namespace emulator
