// SPDX-License-Identifier: EUPL-1.2
#include "group/backend/backend.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "group/backend/ifma.h"
#include "group/backend/portable.h"

namespace urna::group {
namespace {

constexpr Operations portable_operations = {
    .decode_all = portable::decode_all,
    .find_elements = portable::find_elements,
    .encode_all = portable::encode_all,
    .encode_doubled_all = portable::encode_doubled_all,
    .map_all = portable::map_all,
    .mul = portable::mul,
    .mul_all = portable::mul_all,
    .mul_each = portable::mul_each,
    .mul_fixed_all = portable::mul_fixed_all,
    .multi_scalar_multiply = portable::multi_scalar_multiply,
    .append_addends_vartime = portable::append_addends_vartime,
    .decode_addends_vartime = portable::decode_addends_vartime,
    .window_sums_vartime = portable::window_sums_vartime,
    .straus_terms_max = 140,
    .constant_time_terms_max = 0,
};

#if defined(__x86_64__)
constexpr Operations ifma_operations = {
    .decode_all = ifma::decode_all,
    .find_elements = ifma::find_elements,
    .encode_all = ifma::encode_all,
    .encode_doubled_all = ifma::encode_doubled_all,
    .map_all = ifma::map_all,
    .mul = ifma::mul,
    .mul_all = ifma::mul_all,
    .mul_each = ifma::mul_each,
    .mul_fixed_all = ifma::mul_fixed_all,
    .multi_scalar_multiply = ifma::multi_scalar_multiply,
    .append_addends_vartime = ifma::append_addends_vartime,
    .decode_addends_vartime = ifma::decode_addends_vartime,
    .window_sums_vartime = ifma::window_sums_vartime,
    .straus_terms_max = 0,
    .constant_time_terms_max = 400,
};
#endif

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
         (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi2"));
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
    return Error{ErrorCode::unsupported,
                 "this processor lacks AVX-512 IFMA or VBMI2",
                 {},
                 "choose portable"};
  return Backend::ifma;
}

Backend backend() {
  static const Backend chosen = choose();
  return chosen;
}

const Operations& operations(Backend backend) {
#if defined(__x86_64__)
  if (backend == Backend::ifma) return ifma_operations;
#endif
  return portable_operations;
}

}  // namespace urna::group
