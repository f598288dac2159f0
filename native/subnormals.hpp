// Numbers too small to be normal ones are taken for 0 while this object lives. Each costs the processor over a hundred
// cycles, and where many models share a vector, the one that has settled would slow down all the others.
#pragma once

#include "simd.hpp"

namespace wade::WADE_ISA {

class WithoutSubnormals {
  public:
    WithoutSubnormals() : before_(control()) { set(before_ | flags); }
    ~WithoutSubnormals() { set(before_); }
    WithoutSubnormals(const WithoutSubnormals&) = delete;
    WithoutSubnormals& operator=(const WithoutSubnormals&) = delete;

  private:
#if defined(__x86_64__)
    using Register = unsigned;
    static constexpr Register flags = 1u << 15 | 1u << 6;  // results to 0, operands for 0
    static Register control() { return __builtin_ia32_stmxcsr(); }
    static void set(Register value) { __builtin_ia32_ldmxcsr(value); }
#elif defined(__aarch64__)
    using Register = std::uint64_t;
    static constexpr Register flags = 1u << 24;
    static Register control() {
        Register value;
        asm volatile("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void set(Register value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
    using Register = int;
    static constexpr Register flags = 0;
    static Register control() { return 0; }
    static void set(Register) {}
#endif
    const Register before_;
};

}  // namespace wade::WADE_ISA
