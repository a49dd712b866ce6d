// SPDX-License-Identifier: EUPL-1.2
// The cards that points will hand out: planned, numbered, committed to, and kept until the boxes
// are opened (docs/protocol.md section 7.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "election/manifest.h"
#include "election/paper.h"

namespace urna::cards {

// Cards of one pool that one point issues, with their serial numbers.
struct Batch {
  std::string point;
  std::string pool;  // its id
  std::vector<election::CardSerial> serials;
  friend bool operator==(const Batch&, const Batch&) = default;
};

// What the manifest commits to, opened. Whoever has it can make cards that count, as many as people
// are given one: it is as secret as the cards themselves.
struct CardFile {
  std::vector<std::string> points;  // in the manifest's order
  std::vector<Batch> batches;
  friend bool operator==(const CardFile&, const CardFile&) = default;
};

// Draws the serial numbers of what a plan asks for:
//   {"batch": 100, "points": [{"name": "Urząd", "cards": {"POOL": 250, …}}, …]}
// in batches of at most so many ("batch" may be left out: 100). Errors: malformed, naming the
// field; limit (more batches than a manifest holds).
[[nodiscard]] Result<CardFile> draw_cards(std::string_view plan);

[[nodiscard]] SecretBytes encode(const CardFile& cards);
// The inverse. Error: malformed.
[[nodiscard]] Result<CardFile> decode_cards(std::string_view bytes);

// The part "paper" of an edition's configuration (docs/trustees.md).
[[nodiscard]] std::string commitments_json(const CardFile& cards);

// Whether these are the manifest's cards, batch by batch. Error: conflict.
[[nodiscard]] Status check_cards(const CardFile& cards, const election::Manifest& manifest);

// The batch, and the place in it, of a serial number.
[[nodiscard]] std::optional<std::pair<election::BatchNumber, std::size_t>> find_card(
    const CardFile& cards, const election::CardSerial& serial);

}  // namespace urna::cards
