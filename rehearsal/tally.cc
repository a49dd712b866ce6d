// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/tally.h"

#include <deque>
#include <utility>

#include "election/files.h"
#include "election/record.h"
#include "election/result.h"

namespace urna::rehearsal {

using election::TrusteeNumber;

Result<TallyOutput> tally_pool(const TallyPool& pool, std::string list, const Cast& cast,
                               std::span<const unsigned> mixers,
                               std::span<const unsigned> decrypters, const TallyMethods& methods) {
  const std::size_t width = pool.terms.layout.width;
  const std::size_t ballots = list.size() / (election::pair_bytes * width);
  TallyOutput output;
  const auto number = [](unsigned trustee) {
    return TrusteeNumber{static_cast<TrusteeNumber::Value>(trustee)};
  };

  std::uint8_t round = 0;
  for (const unsigned trustee : mixers) {
    ++round;
    Result<election::MadeMix> mix =
        methods.mix({pool.edition, pool.pool, round, number(trustee)},
                    {pool.joint_key, width, list}, cast.trustees[trustee - 1].signing);
    if (!mix) return std::move(mix).error();
    const Result<election::ShuffleFile> shuffle =
        election::decode_shuffle(mix->file, ballots, width);
    if (!shuffle) return shuffle.error();
    list = std::string(shuffle->outputs);
    output.entries.push_back(encode(mix->entry));
    output.files[election::mix_path(pool.pool, round)] = std::move(mix->file);
  }

  const election::MixedList mixed{pool.edition, pool.pool, width, list};
  std::vector<election::TrusteeShares> combined;
  for (const unsigned trustee : decrypters) {
    Result<election::MadeShares> shares =
        methods.shares(mixed, number(trustee), cast.shares[trustee - 1],
                       pool.verification_keys[trustee - 1], cast.trustees[trustee - 1].signing);
    if (!shares) return std::move(shares).error();
    output.entries.push_back(encode(shares->entry));
    const std::string& file = output.files[election::shares_path(pool.pool, number(trustee))] =
        std::move(shares->file);
    const Result<election::SharesFile> parts = election::decode_shares(file, ballots, width);
    if (!parts) return parts.error();
    if (combined.size() < pool.manifest.threshold) {
      combined.push_back({number(trustee), parts->shares});
    }
  }

  Result<election::OpenedList> opened = election::open_list(mixed, combined);
  if (!opened) return std::move(opened).error();
  output.tie_seed = opened->tie_seed;
  Result<election::DerivedResult> result = election::derive_result(
      pool.manifest, pool.edition, pool.pool, pool.terms, opened->plaintexts, opened->tie_seed);
  if (!result) return std::move(result).error();
  output.entries.push_back(encode(result->entry));
  output.files[election::plaintexts_path(pool.pool)] = std::move(opened->plaintexts);
  output.files[election::published_path(pool.pool)] = std::move(result->published);
  return output;
}

}  // namespace urna::rehearsal
