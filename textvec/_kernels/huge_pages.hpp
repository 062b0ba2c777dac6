// Memory in huge pages, as NumPy allocates it: with pages of 4 kB each first write to one is a page
// fault, and random access to a large table is a TLB miss nearly every time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace textvec {

constexpr std::size_t kLargeMemory = std::size_t{1} << 22;

#if defined(__linux__) && defined(MADV_HUGEPAGE)
// Advises the kernel about the whole pages within memory that is large; failure does no harm.
inline void advise(void* memory, std::size_t size, int advice) {
    constexpr std::uintptr_t kPage = 4096;
    if (size >= kLargeMemory) {
        const auto begin = reinterpret_cast<std::uintptr_t>(memory);
        const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage;
        const std::uintptr_t last = (begin + size) / kPage * kPage;
        (void)madvise(reinterpret_cast<void*>(first), last - first, advice);
    }
}
inline void advise_huge_pages(void* memory, std::size_t size) {
    advise(memory, size, MADV_HUGEPAGE);
}
// Memory aligned to a huge page: else the first and the last megabyte are of small pages, and the
// page faults of several threads wait for each other.
inline void* allocate_pages(std::size_t size) {
    constexpr std::size_t kHugePage = std::size_t{1} << 21;
    void* memory = nullptr;
    if (size < kLargeMemory) {
        return std::malloc(size);
    }
    if (posix_memalign(&memory, kHugePage, size) != 0) {
        return nullptr;
    }
    advise_huge_pages(memory, size);
    return memory;
}
// For memory that is about to be freed: free() would not return all of it to the system.
inline void give_back_pages(void* memory, std::size_t size) { advise(memory, size, MADV_DONTNEED); }
#else
inline void advise_huge_pages(void*, std::size_t) {}
inline void* allocate_pages(std::size_t size) { return std::malloc(size); }
inline void give_back_pages(void*, std::size_t) {}
#endif

template <class T>
struct HugePageAllocator {
    using value_type = T;

    HugePageAllocator() = default;
    template <class U>
    HugePageAllocator(const HugePageAllocator<U>&) {}

    T* allocate(std::size_t count) {
        void* const memory = allocate_pages((count ? count : 1) * sizeof(T));
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        give_back_pages(memory, count * sizeof(T));
        std::free(memory);
    }

    friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
    friend bool operator!=(const HugePageAllocator&, const HugePageAllocator&) { return false; }
};

template <class T>
using LargeVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace textvec
