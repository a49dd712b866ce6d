// SPDX-License-Identifier: EUPL-1.2
// Everybody who acts in a rehearsal, with their keys, and how these are kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "election/ceremony.h"
#include "election/manifest.h"
#include "election/paper.h"
#include "proof/signature.h"

namespace urna::rehearsal {

// All secrets of an edition in one hand, which a real edition never sees: for rehearsals and for
// making false records to test verifiers with.
struct Cast {
  proof::SigningKey registrar;
  std::vector<proof::SigningKey> officials;
  board::LogSecretKey board;
  std::vector<board::WitnessSecretKey> witnesses;
  std::vector<election::TrusteeKeys> trustees;
  std::vector<group::SecretScalar> shares;  // x_j of each trustee, after the key ceremony
  std::vector<std::vector<election::CardSerial>> cards;  // of each batch: their serial numbers

  // New keys: a registrar, four officials, a board of that origin with two witnesses, and so many
  // trustees. Error: malformed (the origin is no name of a key).
  [[nodiscard]] static Result<Cast> create(const std::string& origin, std::size_t trustees);

  // The keys as the manifest names them.
  void fill(election::Manifest& manifest) const;

  // Bytes to keep in a file that nobody else may read; the caller wipes them.
  [[nodiscard]] std::string encode() const;
  // The inverse. Error: malformed.
  [[nodiscard]] static Result<Cast> decode(std::string_view bytes);
};

}  // namespace urna::rehearsal
