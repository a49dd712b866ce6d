// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a case file that is handed to the desk. It is refused with a message that does not
// hold what was read, or says the same when it is signed anew.
#include <cstdint>
#include <string>
#include <string_view>

#include "cases/case_file.h"
#include "fuzz/strict.h"
#include "proof/signature.h"

using urna::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  static const proof::SigningKey registrar =
      proof::SigningKey::of(group::SecretScalar::from_public(group::Scalar::of(7)));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<cases::CaseFile> file = cases::parse_case(text, registrar.key);
  if (!file) {
    require(!file.error().message.empty());
    return 0;
  }
  require(cases::check_case(*file).ok());
  const Result<std::string> again = cases::sign_case(*file, registrar);
  require(again.ok());
  const Result<cases::CaseFile> back = cases::parse_case(*again, registrar.key);
  require(back.ok() && back->number == file->number && back->voters == file->voters &&
          back->nodes == file->nodes && back->edges == file->edges);
  return 0;
}
