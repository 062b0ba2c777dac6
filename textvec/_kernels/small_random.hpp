// Pseudorandom numbers of one word of state, for draws by the million.
#pragma once

#include <cstdint>

namespace textvec {

// SplitMix64, of Steele, Lea and Flood (2014).
class SmallRandom {
  public:
    explicit SmallRandom(std::uint64_t seed) : state_(seed) {}

    // A number below `bound`, which is below 2^32.
    std::uint64_t below(std::uint64_t bound) { return (next() >> 32) * bound >> 32; }

  private:
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
};

}  // namespace textvec
