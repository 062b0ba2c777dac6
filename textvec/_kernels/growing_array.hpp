// A growing array of numbers whose memory can be released to a new owner.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include "huge_pages.hpp"

namespace textvec {

// Unlike std::vector it does not fill what it grows by, and releases its memory, so that the
// result of a scan becomes a NumPy array without being copied.
template <class T>
class GrowingArray {
  public:
    GrowingArray() = default;
    GrowingArray(const GrowingArray&) = delete;
    GrowingArray& operator=(const GrowingArray&) = delete;
    ~GrowingArray() { std::free(data_); }

    // Room for `count` more, to be written and then added.
    T* reserve(std::size_t count) {
        if (capacity_ - size_ < count) {
            resize(size_ + size_ / 2 + count);
        }
        return data_ + size_;
    }
    void add(std::size_t count) { size_ += count; }
    void push(T value) {
        *reserve(1) = value;
        ++size_;
    }

    void clear() { size_ = 0; }

    std::size_t size() const { return size_; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    const T& operator[](std::size_t i) const { return data_[i]; }

    // The caller frees the memory, with std::free.
    T* release() {
        resize(size_ ? size_ : 1);  // never null, and no larger than needed
        T* const data = data_;
        data_ = nullptr;
        size_ = capacity_ = 0;
        return data;
    }

  private:
    void resize(std::size_t capacity) {
        void* const data = std::realloc(data_, capacity * sizeof(T));
        if (data == nullptr) {
            throw std::bad_alloc();
        }
        data_ = static_cast<T*>(data);
        capacity_ = capacity;
        advise_huge_pages(data, capacity * sizeof(T));
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace textvec
