// Functions that are part of a loop which a call, or what it keeps in memory, would slow down.
#pragma once

#if defined(__GNUC__)
#define TEXTVEC_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define TEXTVEC_ALWAYS_INLINE inline
#endif
