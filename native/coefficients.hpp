// Written by scripts/fit_coefficients.py, which says how; not by hand. Polynomials have their lowest power first.
#pragma once

#include "plan.hpp"

namespace wade::WADE_ISA {

template <class T>
struct Coefficients;

template <>
struct Coefficients<float> {
    static constexpr float one_over_ln2 = 1.442695f;  // 1 / ln 2
    static constexpr float ln2_high = 0.69314575f;  // ln 2 in 15 binary digits
    static constexpr float ln2_low = 1.4286068e-06f;  // the rest of ln 2
    static constexpr float end_of_exponents = 104.0f;  // e to its power is infinite, to minus its power 0
    static constexpr float exponential[] = {
        0.5f,
        0.16666573f,
        0.04166655f,
        0.008363774f,
        0.0013926927f,
    };
    static constexpr float tanh_bends = 0.55f;  // from here on 1 − tanh loses no digits
    static constexpr float tanh_is_1 = 9.1f;  // from here on tanh rounds to 1
    static constexpr float tanh[] = {
        -0.3333333f,
        0.13333113f,
        -0.05390943f,
        0.021309389f,
        -0.0066102277f,
    };
    static constexpr float least_normal = 1.1754944e-38f;  // what is smaller has fewer digits
    static constexpr float logarithm[] = {
        0.6666667f,
        0.40000123f,
        0.28550822f,
        0.23330468f,
    };
    // Φ of float32 is computed in double.
    static constexpr double precise_one_over_ln2 = 1.4426950408889634;  // 1 / ln 2
    static constexpr double precise_ln2 = 0.6931471805599453;  // ln 2
    static constexpr double precise_exponential[] = {
        0.5000000014286223,
        0.16666666682534356,
        0.04166645680967788,
        0.008333310024225292,
        0.0013934541928270264,
        0.0001989198131397769,
    };
    static constexpr double normal_is_0 = 37.0;  // x Φ(−x) and x φ(x) are 0 beyond, for any x of float32
    static constexpr double normal_middle = 3.0;  // a
    static constexpr double normal[] = {
        0.7290836907139794,
        -0.5093319888345391,
        0.2300176766741665,
        -0.04726276192117602,
        -0.01046228896653126,
        0.006969920150912792,
        0.0010241573243785498,
        -0.0010344765508861836,
        -0.0002447093207917761,
        0.00013332395420363602,
        5.5491871716794676e-05,
    };
};

template <>
struct Coefficients<double> {
    static constexpr double one_over_ln2 = 1.4426950408889634;  // 1 / ln 2
    static constexpr double ln2_high = 0.6931471805601177;  // ln 2 in 41 binary digits
    static constexpr double ln2_low = -1.7239444525614835e-13;  // the rest of ln 2
    static constexpr double end_of_exponents = 746.0;  // e to its power is infinite, to minus its power 0
    static constexpr double exponential[] = {
        0.5,
        0.1666666666666667,
        0.04166666666666667,
        0.008333333333325544,
        0.0013888888888883327,
        0.00019841269876864356,
        2.4801587327007187e-05,
        2.755725283351691e-06,
        2.75572718102198e-07,
        2.5106274733573296e-08,
        2.0915442297780116e-09,
    };
    static constexpr double tanh_bends = 0.55;  // from here on 1 − tanh loses no digits
    static constexpr double tanh_is_1 = 20.0;  // from here on tanh rounds to 1
    static constexpr double tanh[] = {
        -0.3333333333333333,
        0.13333333333332714,
        -0.053968253967434016,
        0.021869488493666944,
        -0.008863234397814355,
        0.003592110378689024,
        -0.001455661830100716,
        0.0005889360520074057,
        -0.0002346347410887237,
        8.511313685577671e-05,
        -2.060276537636634e-05,
    };
    static constexpr double least_normal = 2.2250738585072014e-308;  // what is smaller has fewer digits
    static constexpr double logarithm[] = {
        0.6666666666666666,
        0.4000000000000088,
        0.28571428570803614,
        0.22222222391713917,
        0.18181795640132906,
        0.15386239702814658,
        0.13268773138656886,
        0.13086626147840102,
    };
    static constexpr double normal_is_0 = 39.0;  // Φ(−x) and φ(x) round to 0 from here on
    static constexpr double normal_middle = 3.0;  // a
    static constexpr double normal[] = {
        0.729083690133373,
        -0.50933198191749,
        0.23001771997460368,
        -0.04726302514292172,
        -0.010462867023309811,
        0.006972621238880609,
        0.0010275922589893913,
        -0.0010458285990398509,
        -0.0002565753435054921,
        0.00015439426231460667,
        7.881264329401229e-05,
        -1.3244941486425609e-05,
        -2.0688992367067843e-05,
        -3.5216120993913375e-06,
        3.639661016328273e-06,
        2.2657541545091404e-06,
        8.436576374559394e-09,
        -6.074709787998142e-07,
        -2.7328560573942945e-07,
        5.684486037424846e-08,
        9.487232199276363e-08,
        1.657033137527329e-08,
        -1.3135933402247276e-08,
        -4.7870720959922925e-09,
    };
};

}  // namespace wade::WADE_ISA
