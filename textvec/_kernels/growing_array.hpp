// A growing array of numbers whose memory can be released to a new owner.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

#include "huge_pages.hpp"

namespace textvec {

// Unlike std::vector it does not fill what it grows by, moves without a copy where it is large, and
// releases its memory, so that the result of a scan becomes a NumPy array without being copied. Its
// items are plain numbers, or structs of such.
template <class T>
class GrowingArray {
  public:
    GrowingArray() = default;
    GrowingArray(GrowingArray&& other) noexcept { swap(other); }
    GrowingArray& operator=(GrowingArray&& other) noexcept {
        swap(other);
        return *this;
    }
    ~GrowingArray() { free_pages(data_, capacity_ * sizeof(T)); }

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
    // Adds the same item so many times, and takes no more memory than needed.
    void fill(std::size_t count, T value) {
        if (capacity_ - size_ < count) {
            resize(size_ + count);
        }
        std::fill_n(data_ + size_, count, value);
        size_ += count;
    }

    void clear() { size_ = 0; }

    std::size_t size() const { return size_; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }

    // The caller frees the memory, of as many items as there were, with `free_pages`.
    T* release() {
        resize(size_ ? size_ : 1);  // never null, and no larger than needed
        T* const data = data_;
        data_ = nullptr;
        size_ = capacity_ = 0;
        return data;
    }

  private:
    void resize(std::size_t capacity) {
        void* const data = resize_pages(data_, capacity_ * sizeof(T), capacity * sizeof(T));
        if (data == nullptr) {
            throw std::bad_alloc();
        }
        data_ = static_cast<T*>(data);
        capacity_ = capacity;
    }

    void swap(GrowingArray& other) {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace textvec
