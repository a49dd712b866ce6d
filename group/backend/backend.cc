// SPDX-License-Identifier: EUPL-1.2
#include "group/backend/backend.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace urna::group {
namespace {

Backend choose() {
  const char* const name = std::getenv("URNA_GROUP_BACKEND");
  if (name == nullptr) return is_available(Backend::ifma) ? Backend::ifma : Backend::portable;
  const Result<Backend> named = backend_named(name);
  if (named) return *named;
  std::fprintf(stderr, "URNA_GROUP_BACKEND: %s\n", named.error().to_string().c_str());
  std::abort();
}

}  // namespace

bool is_available(Backend backend) {
#if defined(__x86_64__)
  return backend == Backend::portable ||
         (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma"));
#else
  return backend == Backend::portable;
#endif
}

Result<Backend> backend_named(std::string_view name) {
  if (name == "portable") return Backend::portable;
  if (name != "ifma")
    return Error{ErrorCode::usage,
                 "no group backend is called \"" + std::string(name) + "\"",
                 {},
                 "choose portable or ifma"};
  if (!is_available(Backend::ifma))
    return Error{
        ErrorCode::unsupported, "this processor lacks AVX-512 IFMA", {}, "choose portable"};
  return Backend::ifma;
}

Backend backend() {
  static const Backend chosen = choose();
  return chosen;
}

EdwardsPoint window_sum_vartime(Backend backend, std::span<const std::int32_t> digits,
                                std::span<const AffineAddend> points, std::size_t digit_max) {
  return backend == Backend::ifma ? window_sum_ifma_vartime(digits, points, digit_max)
                                  : window_sum_portable_vartime(digits, points, digit_max);
}

}  // namespace urna::group
