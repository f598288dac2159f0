// Compiled once per instruction set: WADE_ISA names it, WADE_VECTOR_BYTES and WADE_TILE_VECTORS fit it.
#include "kernels.hpp"

#include "evaluate.hpp"
#include "race.hpp"
#include "step.hpp"

namespace wade::WADE_ISA {

const Kernels<float> kernels_float{descend<float>, gradient<float>, sum_all_slopes<float>, predict<float>, forward<float>,
                                   evaluate<float>, race<float>, Simd<float>::width, Activations::list, Losses::list,
                                   Optimizers::list};
const Kernels<double> kernels_double{descend<double>, gradient<double>, sum_all_slopes<double>, predict<double>, forward<double>,
                                     evaluate<double>, race<double>, Simd<double>::width, Activations::list, Losses::list,
                                     Optimizers::list};

}  // namespace wade::WADE_ISA
