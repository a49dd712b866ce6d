// SPDX-License-Identifier: EUPL-1.2
// Any bytes as the file of the cards of voting on paper, and as a plan of them.
#include <cstdint>
#include <string>
#include <string_view>

#include "cards/card_file.h"
#include "fuzz/strict.h"

using urna::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::check_strict(cards::decode_cards(bytes), bytes,
                     [](const cards::CardFile& file) { return std::string(encode(file).view()); });
  const Result<cards::CardFile> drawn = cards::draw_cards(bytes);
  if (!drawn) {
    require(!drawn.error().message.empty());
    return 0;
  }
  const Result<cards::CardFile> back = cards::decode_cards(encode(*drawn).view());
  require(back.ok() && *back == *drawn);
  return 0;
}
