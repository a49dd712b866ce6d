// SPDX-License-Identifier: EUPL-1.2
// Any bytes as the files of a blinded list check, and as a unit's list. Each file is refused with a
// message, or is exactly the bytes that its content encodes to; no fault of a list holds a value.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/date.h"
#include "listcheck/question.h"
#include "listcheck/unit_list.h"
#include "pseudonym/list_check.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

template <typename T, typename Encode>
void check(const urna::Result<T>& decoded, std::string_view bytes, Encode encode) {
  if (decoded) {
    require(encode(*decoded) == bytes);
  } else {
    require(!decoded.error().message.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna::pseudonym;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto encoded = [](const auto& value) { return encode(value); };
  const auto request = decode_list_request(bytes);
  check(request, bytes, encoded);
  if (request) {
    const auto secret = urna::group::SecretScalar::from_public(urna::group::Scalar::of(7));
    const auto multiplied = multiply_each(secret, request->blinded);
    require(!multiplied || multiplied->size() == request->blinded.size());
    require(count_common(request->blinded, request->blinded) == set_size(request->blinded));
  }
  check(decode_list_table(bytes), bytes, encoded);
  check(decode_list_classes(bytes), bytes, encoded);
  check(decode_list_answer(bytes), bytes, encoded);
  check(decode_list_secret(bytes), bytes,
        [](const ListSecret& secret) { return std::string(encode(secret).view()); });
  check(urna::listcheck::decode_question(bytes), bytes, encoded);

  std::istringstream file{std::string(bytes)};
  std::uint64_t bad = 0;
  const auto list = urna::listcheck::read_unit_list(file, urna::registrar::IdentifierKind::pesel,
                                                    urna::parse_date("2026-11-28").value(),
                                                    [&](const urna::Error& error) {
                                                      ++bad;
                                                      require(!error.message.empty());
                                                    });
  require(!list || list->bad == bad);
  return 0;
}
