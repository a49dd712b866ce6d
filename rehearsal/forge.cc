// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/forge.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>
#include <variant>

#include "election/counted.h"
#include "election/record.h"
#include "election/roll.h"

namespace urna::rehearsal {

using election::Ballot;
using election::BoardState;
using election::PoolNumber;

namespace {

Status provide_roll(BoardState& state, const RecordCopy& copy) {
  const auto file = copy.files.find(std::string(election::roll_path));
  if (file == copy.files.end()) return Error{ErrorCode::not_found, "the record has no roll.cbor"};
  Result<election::Roll> roll = election::Roll::decode(file->second);
  if (!roll) return std::move(roll).error();
  state.provide_roll(std::move(*roll));
  return ok_status();
}

}  // namespace

Result<TrueRecord> TrueRecord::read(const std::string& directory) {
  Result<RecordCopy> copy = read_record(directory);
  if (!copy) return std::move(copy).error();
  if (copy->entries.empty()) return Error{ErrorCode::malformed, "the log is empty", {directory}};
  Result<BoardState> state =
      BoardState::begin(copy->entries.front(), copy->files[std::string(election::manifest_path)]);
  if (!state) return std::move(state).error();
  if (Status provided = provide_roll(*state, *copy); !provided) return std::move(provided).error();
  proof::Batch batch;
  std::vector<election::Entry> entries;
  for (std::size_t i = 0; i < copy->entries.size(); ++i) {
    Result<election::Entry> entry = election::decode_entry(copy->entries[i]);
    if (!entry) return std::move(entry).error();
    entries.push_back(std::move(*entry));
    if (i == 0) continue;
    if (Status applied = state->apply(copy->entries[i], batch); !applied) {
      return std::move(applied).error();
    }
  }

  std::set<election::Pseudonym> voted;
  for (const election::Entry& entry : entries) {
    if (const auto* ballot = std::get_if<Ballot>(&entry)) {
      voted.insert(ballot->certificate.pseudonym);
    }
    if (const auto* mark = std::get_if<election::PaperMark>(&entry)) voted.insert(mark->pseudonym);
  }
  const Result<election::Roll> roll =
      election::Roll::decode(copy->files.at(std::string(election::roll_path)));
  std::vector<election::Pseudonym> idle;
  for (std::uint32_t person = 0; roll && person < roll->size(); ++person) {
    if (!voted.contains(roll->pseudonym(person))) idle.push_back(roll->pseudonym(person));
  }
  election::JointKey joint_key(state->joint_key());
  return TrueRecord{std::move(*copy), std::move(entries), std::move(*state), std::move(joint_key),
                    std::move(idle)};
}

Forge::Voter Forge::voter_named(const election::Pseudonym& pseudonym, std::vector<PoolNumber> pools,
                                std::uint8_t level, std::uint64_t serial) {
  const auto key = proof::SigningKey::random();
  return {key, election::issue_certificate(edition(), cast_.registrar, pseudonym, key.key, level,
                                           std::move(pools), truth_.state.opening_time(), serial)};
}

Forge::Voter Forge::voter(std::vector<PoolNumber> pools, std::uint8_t level) {
  return voter_named(truth_.idle[idle_used_++], std::move(pools), level, new_serial());
}

election::SealedContent Forge::seal(PoolNumber pool) const {
  return election::seal_content(truth_.joint_key,
                                std::string(truth_.state.terms(pool).layout.bytes(), '\0'))
      .value();
}

Ballot Forge::ballot(const Voter& voter, PoolNumber pool) const {
  return election::cast_sealed({edition(), pool, voter.certificate, 0, {}}, truth_.joint_key,
                               seal(pool), voter.key);
}

void Forge::add_before_closing(std::string entry) {
  const std::size_t closing = *find<election::Closing>();
  const std::size_t added = copy_.entries.size() - truth_.copy.entries.size();
  copy_.entries.insert(copy_.entries.begin() + static_cast<std::ptrdiff_t>(closing + added),
                       std::move(entry));
}

Status Forge::tally_again(const Deviation& deviation) {
  const std::size_t closing =
      *find<election::Closing>() + (copy_.entries.size() - truth_.copy.entries.size());
  // What officials decided after the closing stays.
  std::vector<std::string> decisions;
  for (std::size_t i = closing + 1; i < copy_.entries.size(); ++i) {
    const Result<election::Entry> entry = election::decode_entry(copy_.entries[i]);
    if (entry && (std::holds_alternative<election::Freeze>(*entry) ||
                  std::holds_alternative<election::Annulment>(*entry) ||
                  std::holds_alternative<election::Upholding>(*entry) ||
                  std::holds_alternative<election::PaperBatch>(*entry))) {
      decisions.push_back(copy_.entries[i]);
    }
  }
  copy_.entries.resize(closing + 1);
  election::Issuance issuance{edition(), truth_.state.certificates_issued() + new_serials_, {}};
  sign(issuance, cast_.registrar);
  copy_.entries.push_back(encode(issuance));
  std::ranges::move(decisions, std::back_inserter(copy_.entries));
  Result<BoardState> begun =
      BoardState::begin(copy_.entries.front(), copy_.files[std::string(election::manifest_path)]);
  if (!begun) return std::move(begun).error();
  BoardState& state = *begun;
  if (Status provided = provide_roll(state, copy_); !provided) return provided;
  proof::Batch batch;
  for (std::size_t i = 1; i < copy_.entries.size(); ++i) {
    if (Status applied = state.apply(copy_.entries[i], batch); !applied) return applied;
  }

  std::vector<election::CastBallot> ballots;
  for (std::size_t b = 0; b < state.ballots(); ++b) ballots.push_back(state.ballot(b));
  auto counted = election::counted_ballots(manifest(), ballots, state.paper().voters());
  std::vector<std::size_t> sizes;
  for (std::size_t p = 0; p < counted.size(); ++p) {
    const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
    if (deviation.counted) deviation.counted(pool, counted[p]);
    std::vector<election::EntryIndex> indices;
    for (const std::uint32_t ballot : counted[p]) indices.push_back(ballots[ballot].index);
    const std::vector<election::EntryIndex> paper = state.paper_entries(pool);
    if (!deviation.without_paper) indices.insert(indices.end(), paper.begin(), paper.end());
    copy_.entries.push_back(encode(
        election::Counted{edition(), pool, indices.size(), election::hash_of_indices(indices)}));
    sizes.push_back(indices.size());
  }

  std::vector<unsigned> mixers(cast_.trustees.size());
  std::iota(mixers.begin(), mixers.end(), 1U);
  for (std::size_t p = 0; p < counted.size(); ++p) {
    const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
    if (sizes[p] < manifest().privacy_minimum && !deviation.open_withheld) {
      copy_.entries.push_back(encode(election::Withheld{edition(), pool, sizes[p]}));
      continue;
    }
    std::string list;
    for (const std::uint32_t ballot : counted[p]) list += state.ciphertext(ballot);
    if (!deviation.without_paper) list += state.paper_ciphertexts(pool);
    if (deviation.list) deviation.list(pool, list);
    Result<TallyOutput> output =
        tally_pool({manifest(), edition(), pool, state.terms(pool), state.joint_key(),
                    state.verification_keys()},
                   std::move(list), cast_, mixers, std::span(mixers).first(manifest().threshold),
                   deviation.methods);
    if (!output) return std::move(output).error();
    if (deviation.tallied) deviation.tallied(pool, *output);
    for (auto& [path, bytes] : output->files) copy_.files[path] = std::move(bytes);
    for (std::string& entry : output->entries) copy_.entries.push_back(std::move(entry));
  }
  return ok_status();
}

}  // namespace urna::rehearsal
