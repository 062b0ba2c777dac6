// Numbers of Python, without a call for each.
#pragma once

#include <Python.h>

#include <cstdint>

namespace textvec {

// Reads an `int`, of no subclass; returns whether it is one that int64 holds. Sets no error.
inline bool read_int(PyObject* item, std::int64_t* number) {
#if PY_VERSION_HEX >= 0x030C0000
    const auto* const value = reinterpret_cast<const PyLongObject*>(item);
    if (PyUnstable_Long_IsCompact(value)) {
        *number = PyUnstable_Long_CompactValue(value);
        return true;
    }
#else
    const Py_ssize_t n_digits = Py_SIZE(item);
    if (n_digits == 0 || n_digits == 1) {
        *number = n_digits ? reinterpret_cast<const PyLongObject*>(item)->ob_digit[0] : 0;
        return true;
    }
#endif
    int overflow = 0;
    *number = PyLong_AsLongLongAndOverflow(item, &overflow);
    return overflow == 0;
}

}  // namespace textvec
