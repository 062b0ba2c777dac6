// NumPy arrays of the memory that kernels fill. The module that includes this imports NumPy's C API.
#pragma once

#include <Python.h>
#include <numpy/arrayobject.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "growing_array.hpp"

namespace textvec {

template <class T>
constexpr int kTypeNumber = NPY_NOTYPE;
template <>
constexpr int kTypeNumber<std::uint8_t> = NPY_UINT8;
template <>
constexpr int kTypeNumber<std::int32_t> = NPY_INT32;
template <>
constexpr int kTypeNumber<std::int64_t> = NPY_INT64;
template <>
constexpr int kTypeNumber<float> = NPY_FLOAT32;
template <>
constexpr int kTypeNumber<double> = NPY_FLOAT64;

// A copy of numbers. Null, as with all functions here, if Python has an error set.
template <class T>
PyObject* copied(const T* values, std::size_t size) {
    npy_intp length = static_cast<npy_intp>(size);
    PyObject* const array = PyArray_SimpleNew(1, &length, kTypeNumber<T>);
    if (array != nullptr && size != 0) {
        std::memcpy(PyArray_DATA(reinterpret_cast<PyArrayObject*>(array)), values,
                    size * sizeof(T));
    }
    return array;
}

template <class T>
PyObject* copied(const std::vector<T>& values) {
    return copied(values.data(), values.size());
}

template <class T>
PyObject* copied(const GrowingArray<T>& values) {
    return copied(values.data(), values.size());
}

inline void free_capsule(PyObject* capsule) {
    const auto n_bytes = reinterpret_cast<std::uintptr_t>(PyCapsule_GetContext(capsule));
    free_pages(PyCapsule_GetPointer(capsule, nullptr), static_cast<std::size_t>(n_bytes));
}

// An array of memory of so many bytes from `allocate_pages`, freed with the last array that shows it.
inline PyObject* owning(void* memory, std::size_t n_bytes, int n_dims, npy_intp* shape,
                        int type_number) {
    PyObject* const owner = PyCapsule_New(memory, nullptr, free_capsule);
    if (owner == nullptr) {
        free_pages(memory, n_bytes);
        return nullptr;
    }
    PyCapsule_SetContext(owner, reinterpret_cast<void*>(static_cast<std::uintptr_t>(n_bytes)));
    PyObject* const array = PyArray_SimpleNewFromData(n_dims, shape, type_number, memory);
    if (array == nullptr) {
        Py_DECREF(owner);
        return nullptr;
    }
    // Takes the reference to the owner, even if it fails.
    if (PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(array), owner) < 0) {
        Py_DECREF(array);
        return nullptr;
    }
    return array;
}

// An array to be written, in memory of `allocate_pages`.
inline PyObject* unwritten(std::size_t size, int type_number, std::size_t item_size) {
    npy_intp length = static_cast<npy_intp>(size);
    const std::size_t n_bytes = (size ? size : 1) * item_size;
    void* const memory = allocate_pages(n_bytes);
    return memory == nullptr ? PyErr_NoMemory() : owning(memory, n_bytes, 1, &length, type_number);
}

// The memory of a growing array, which is empty afterwards.
template <class T>
PyObject* adopted(GrowingArray<T>& values) {
    npy_intp length = static_cast<npy_intp>(values.size());
    const std::size_t n_bytes = values.size() * sizeof(T);
    return owning(values.release(), n_bytes, 1, &length, kTypeNumber<T>);
}

}  // namespace textvec
