// SPDX-License-Identifier: EUPL-1.2
// A PDF to be added to: whatever comes, no crash; what can be added to can be so again, and keeps
// every byte that was there.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "publish/pdf_file.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<std::string> once = publish::with_language(bytes, "pl");
  if (!once) return 0;
  require(once->starts_with(bytes));
  const Result<publish::PdfFile> file = publish::PdfFile::read(*once);
  if (!file) return 0;  // a table may speak of bytes that came with the addition
  const Result<std::string> catalogue = file->object(file->root());
  require(!catalogue || catalogue->find("/Lang") != std::string::npos);
  return 0;
}
