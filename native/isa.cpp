// Compiled once per instruction set: WADE_ISA names it, WADE_VECTOR_BYTES and WADE_TILE_VECTORS fit it.
#include "isa.hpp"

#include "step.hpp"

namespace wade::WADE_ISA {

const Kernels<float> kernels_float{descend<float>, gradient<float>, predict<float>, forward<float>};
const Kernels<double> kernels_double{descend<double>, gradient<double>, predict<double>, forward<double>};

}  // namespace wade::WADE_ISA
