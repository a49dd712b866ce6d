// SPDX-License-Identifier: EUPL-1.2
// Any bytes as the files of a blinded list check, and as a unit's list. Each file is refused with a
// message, or is exactly the bytes that its content encodes to; no fault of a list holds a value.
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/date.h"
#include "fuzz/strict.h"
#include "listcheck/question.h"
#include "listcheck/unit_list.h"
#include "pseudonym/list_check.h"

using urna::fuzz::check_strict;
using urna::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna::pseudonym;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto request = decode_list_request(bytes);
  check_strict(request, bytes);
  if (request) {
    const auto secret = urna::group::SecretScalar::from_public(urna::group::Scalar::of(7));
    const auto multiplied = multiply_each(secret, request->blinded);
    require(!multiplied || multiplied->size() == request->blinded.size());
    require(count_common(request->blinded, request->blinded) == set_size(request->blinded));
  }
  check_strict(decode_list_table(bytes), bytes);
  check_strict(decode_list_classes(bytes), bytes);
  check_strict(decode_list_answer(bytes), bytes);
  check_strict(decode_list_secret(bytes), bytes,
               [](const ListSecret& secret) { return std::string(encode(secret).view()); });
  check_strict(urna::listcheck::decode_question(bytes), bytes);

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
