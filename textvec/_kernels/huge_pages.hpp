// Memory in large pages, as NumPy has it: a page of 4 kB must be asked of the system for every 4 kB
// that are first written, and a table of many such pages has more of them than a processor knows
// the places of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace textvec {

// Asks for large pages where memory of `size` bytes is large enough for some.
inline void advise_huge_pages(void* memory, std::size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr std::size_t kLarge = std::size_t{1} << 22, kPage = 4096;
    if (size >= kLarge) {
        const std::size_t skipped = kPage - reinterpret_cast<std::uintptr_t>(memory) % kPage;
        // It is a wish: if it fails, all goes on as before.
        (void)madvise(static_cast<char*>(memory) + skipped, size - skipped, MADV_HUGEPAGE);
    }
#else
    (void)memory;
    (void)size;
#endif
}

template <class T>
struct HugePageAllocator {
    using value_type = T;

    HugePageAllocator() = default;
    template <class U>
    HugePageAllocator(const HugePageAllocator<U>&) {}

    T* allocate(std::size_t count) {
        void* const memory = std::malloc(count * sizeof(T));
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        advise_huge_pages(memory, count * sizeof(T));
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t) { std::free(memory); }

    friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
    friend bool operator!=(const HugePageAllocator&, const HugePageAllocator&) { return false; }
};

}  // namespace textvec
