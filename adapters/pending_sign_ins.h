// SPDX-License-Identifier: EUPL-1.2
// Sign-ins that have begun and not come back: each is taken once, in time, by the session that
// began it, or never. In memory only: a restart ends them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/sha256.h"

namespace urna::adapters {

struct PendingSignIn {
  SecretBytes nonce;
  SecretBytes code_verifier;
};

// Several threads may use one at once.
class PendingSignIns {
 public:
  PendingSignIns(std::size_t count_max, std::uint32_t lifetime_s)
      : count_max_(count_max), lifetime_s_(lifetime_s) {}

  // Keeps the sign-in under a state that nobody can guess. Those too old make room; if none is,
  // error: limit. Cost: logarithmic in the number kept, amortised.
  [[nodiscard]] Status keep(std::string_view state, std::string_view session, PendingSignIn sign_in,
                            std::int64_t now_s);

  // The sign-in of this state, which is then forgotten, whoever asks. Error: not_found (unknown,
  // taken, too old, or begun in another session).
  [[nodiscard]] Result<PendingSignIn> take(std::string_view state, std::string_view session,
                                           std::int64_t now_s);

  [[nodiscard]] std::size_t count() const;

 private:
  struct Kept {
    Sha256Digest session{};
    PendingSignIn sign_in;
    std::int64_t began_s = 0;
  };
  [[nodiscard]] bool is_old(std::int64_t began_s, std::int64_t now_s) const {
    // A clock set back by more than a lifetime ends sign-ins rather than keeping them for ever.
    return now_s - began_s >= lifetime_s_ || began_s - now_s >= lifetime_s_;
  }

  mutable std::mutex mutex_;
  const std::size_t count_max_;
  const std::int64_t lifetime_s_;
  // By the hash of the state: how long a search takes tells nothing of any state kept.
  std::map<Sha256Digest, Kept> kept_;
  // In the order of beginning, some of them taken since.
  std::deque<std::pair<Sha256Digest, std::int64_t>> order_;
};

}  // namespace urna::adapters
