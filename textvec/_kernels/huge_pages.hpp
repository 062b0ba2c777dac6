// Memory of large arrays, in huge pages, as NumPy allocates it: with pages of 4 kB each first write
// to one is a page fault, and random access to a large table is a TLB miss nearly every time. It
// grows and moves without being copied, and without touching any page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace textvec {

#if defined(__linux__) && defined(MADV_HUGEPAGE)
constexpr std::size_t kLargeMemory = std::size_t{1} << 22;
constexpr std::size_t kHugePage = std::size_t{1} << 21;

// A multiple of the size of a page, whichever that is.
inline std::size_t whole_pages(std::size_t size) {
    constexpr std::size_t kPages = std::size_t{1} << 16;
    return (size + kPages - 1) / kPages * kPages;
}

// Whole pages aligned to a huge page: else the first and the last megabyte are of small pages, the
// page faults of several threads wait for each other, and to move them takes them apart.
inline void* map_pages(std::size_t size) {
    void* const memory = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return nullptr;
    }
    char* const begin = static_cast<char*>(memory);
    const std::size_t before = (kHugePage - reinterpret_cast<std::uintptr_t>(begin) % kHugePage) %
                               kHugePage;
    if (before != 0) {
        (void)munmap(begin, before);
    }
    (void)munmap(begin + before + size, kHugePage - before);  // at least a page
    (void)madvise(begin + before, size, MADV_HUGEPAGE);       // failure does no harm
    return begin + before;
}

inline void* remap_pages(void* memory, std::size_t old_size, std::size_t size) {
    if (size <= old_size) {
        if (size < old_size) {
            (void)munmap(static_cast<char*>(memory) + size, old_size - size);
        }
        return memory;
    }
    void* const grown = mremap(memory, old_size, size, 0);
    if (grown != MAP_FAILED) {
        return grown;
    }
    void* const place = map_pages(size);
    if (place == nullptr) {
        return nullptr;
    }
    void* const moved = mremap(memory, old_size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    if (moved == MAP_FAILED) {
        (void)munmap(place, size);
        return nullptr;
    }
    return moved;
}

// As std::malloc, std::free and std::realloc, which small memory comes from.
inline void* allocate_pages(std::size_t size) {
    return size < kLargeMemory ? std::malloc(size) : map_pages(whole_pages(size));
}

inline void free_pages(void* memory, std::size_t size) {
    if (size < kLargeMemory) {
        std::free(memory);
    } else {
        (void)munmap(memory, whole_pages(size));
    }
}

inline void* resize_pages(void* memory, std::size_t old_size, std::size_t size) {
    const bool was_large = old_size >= kLargeMemory, is_large = size >= kLargeMemory;
    if (was_large && is_large) {
        return remap_pages(memory, whole_pages(old_size), whole_pages(size));
    }
    if (!was_large && !is_large) {
        return std::realloc(memory, size);
    }
    void* const moved = allocate_pages(size);
    if (moved != nullptr && memory != nullptr) {
        std::memcpy(moved, memory, std::min(old_size, size));
        free_pages(memory, old_size);
    }
    return moved;
}

// Frees large memory of which the first bytes, in whole pages, are somewhere else already.
inline void free_rest(void* memory, std::size_t size, std::size_t moved) {
    const std::size_t left = whole_pages(size) - moved;
    if (left != 0) {
        (void)munmap(static_cast<char*>(memory) + moved, left);
    }
}

// Moves pages to where none have been touched yet; both are aligned to huge pages.
inline bool move_pages(void* pages, std::size_t size, void* place) {
    if (mremap(pages, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) != MAP_FAILED) {
        return true;
    }
    // The place may have been cleared for them.
    if (mmap(place, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
        MAP_FAILED) {
        throw std::bad_alloc();
    }
    return false;
}
#else
constexpr std::size_t kLargeMemory = SIZE_MAX;  // nowhere is memory known to be in huge pages
constexpr std::size_t kHugePage = std::size_t{1} << 21;

inline void free_rest(void*, std::size_t, std::size_t) {}
inline bool move_pages(void*, std::size_t, void*) { return false; }
inline void* allocate_pages(std::size_t size) { return std::malloc(size); }
inline void free_pages(void* memory, std::size_t) { std::free(memory); }
inline void* resize_pages(void* memory, std::size_t, std::size_t size) {
    return std::realloc(memory, size);
}
#endif

// What is left to be written of a stretch of large memory, from its beginning on. It takes pages
// that hold nothing any more, where the kernel would have to clear new ones, and the host of a
// virtual machine perhaps to find them.
class UnwrittenPages {
  public:
    // Of memory of `allocate_pages`, `all_size` bytes long.
    UnwrittenPages(void* begin, std::size_t size, std::size_t all_size)
        : next_(static_cast<char*>(begin)), end_(next_ + (all_size < kLargeMemory ? 0 : size)) {}

    // How many bytes there are from where writing has come to up to where pages are missing.
    std::size_t ahead(const void* written) {
        const std::size_t address = reinterpret_cast<std::uintptr_t>(std::max(
            next_, static_cast<char*>(const_cast<void*>(written))));
        next_ += (address + kHugePage - 1) / kHugePage * kHugePage -
                 reinterpret_cast<std::uintptr_t>(next_);
        return static_cast<std::size_t>(next_ - static_cast<const char*>(written));
    }

    // Takes whole huge pages, as far as there is room; returns how many bytes. After `ahead`.
    std::size_t take(char* pages, std::size_t size) {
        if (end_ < next_) {
            return 0;
        }
        const std::size_t taken =
            std::min(size, static_cast<std::size_t>(end_ - next_)) / kHugePage * kHugePage;
        if (taken == 0 || !move_pages(pages, taken, next_)) {
            return 0;
        }
        next_ += taken;
        return taken;
    }

  private:
    char* next_;
    char* end_;
};

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
        free_pages(memory, (count ? count : 1) * sizeof(T));
    }

    friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
    friend bool operator!=(const HugePageAllocator&, const HugePageAllocator&) { return false; }
};

template <class T>
using LargeVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace textvec
