// What each instruction set's translation unit defines; a build holds those that fit its processor.
#pragma once

#include "plan.hpp"

#define WADE_DECLARE_KERNELS(ISA)                 \
    namespace wade::ISA {                         \
    extern const Kernels<float> kernels_float;    \
    extern const Kernels<double> kernels_double;  \
    }

WADE_DECLARE_KERNELS(baseline)
WADE_DECLARE_KERNELS(neon)
WADE_DECLARE_KERNELS(avx2)
WADE_DECLARE_KERNELS(avx512)
