// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a note, a key, the path of a tile or a bundle: what is accepted gives the same bytes
// again, and no note is taken as signed but the one that was.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "board/checkpoint.h"
#include "board/merkle.h"
#include "board/tiles.h"

namespace {

using namespace urna::board;

void require(bool condition) {
  if (!condition) std::abort();
}

template <typename Key>
Key key_of(std::string_view name, std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return Key::from_seed(name, seed).value();
}

// The one checkpoint that these keys have signed; it is the seed "signed".
const Checkpoint& the_signed() {
  static const Checkpoint checkpoint{"board.example/lodz", 1, leaf_hash("entry")};
  return checkpoint;
}

void check_note(std::string_view input) {
  const auto note = UnverifiedNote::parse(input);
  if (note) {
    require(note->to_string() == input);
    require(!note->signatures.empty() && note->signatures.size() <= max_note_signatures);
  }
  static const LogKey log = key_of<LogSecretKey>("board.example/lodz", 1).verifier_key();
  static const std::vector<WitnessKey> witnesses{
      key_of<WitnessSecretKey>("anna.example", 2).verifier_key()};
  const auto verified = verify_checkpoint(input, log, witnesses, 0);
  if (!verified) return;
  require(note.ok() && verified->checkpoint == the_signed());
  for (const Cosignature& cosignature : verified->cosignatures)
    require(cosignature.time == 1792000000);
}

void check_bundle(std::string_view input) {
  // As many entries as the lengths lead to.
  std::size_t count = 0;
  for (std::size_t place = 0; place + 2 <= input.size(); ++count)
    place += 2 + urna::big_endian(input.substr(place, 2));
  const auto entries = split_bundle(input, count);
  require(!split_bundle(input, count + 1));
  if (!entries) return;
  std::string again;
  for (const std::string_view entry : *entries) require(append_to_bundle(again, entry).ok());
  require(entries->size() == count && again == input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_note(input);
  if (const auto key = LogKey::parse(input)) require(key->to_string() == input);
  if (const auto key = WitnessKey::parse(input)) require(key->to_string() == input);
  if (const auto place = TilePlace::parse(input)) require(place->path() == input);
  check_bundle(input);
  return 0;
}
