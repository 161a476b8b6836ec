// What CUDA C++ says otherwise than C++, as text.
#pragma once
#include <string>
#include <vector>

namespace emulator {

/**
 * A translation unit for the host's compiler: statements of one PTX instruction become calls of functions of kernel.h, arrays of dynamic shared memory
 * become pointers, and a table of all kernels follows.
 */
std::string translate(const std::string &source, const std::string &name, std::vector<std::string> &kernels);

} // namespace emulator
