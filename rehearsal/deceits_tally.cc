// SPDX-License-Identifier: EUPL-1.2
// Deceits after the closing: with the list of counted ballots, mixes, shares and results.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "election/files.h"
#include "election/record.h"
#include "group/multiply.h"
#include "proof/equality.h"
#include "proof/shuffle_impl.h"
#include "rehearsal/deceits.h"

namespace urna::rehearsal {
namespace {

using election::MadeMix;
using election::MadeShares;
using election::MixedList;
using election::MixInput;
using election::MixRound;
using election::PoolNumber;
using election::TrusteeNumber;
using group::Element;
using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;

using Commit = std::function<Result<bool>(Forge&)>;

// The first pool that was opened and has at least two ballots.
std::optional<PoolNumber> opened_pool(const Forge& forge) {
  for (std::size_t p = 0; p < forge.manifest().pools.size(); ++p) {
    const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
    if (!forge.truth().state.progress(pool).withheld &&
        forge.truth().state.counted_ballots_of(pool) >= 2) {
      return pool;
    }
  }
  return std::nullopt;
}

Commit again(std::function<bool(Forge&, PoolNumber, Forge::Deviation&)> deviate) {
  return [deviate = std::move(deviate)](Forge& forge) -> Result<bool> {
    const std::optional<PoolNumber> pool = opened_pool(forge);
    Forge::Deviation deviation;
    if (!pool || !deviate(forge, *pool, deviation)) return false;
    if (Status done = forge.tally_again(deviation); !done) return std::move(done).error();
    return true;
  };
}

// ---- Mixing

// A mix as a forger makes it: honest but for what is changed on the way.
struct MixFault {
  std::function<void(std::vector<std::uint32_t>& source)> source = [](auto&) {};
  std::function<void(const MixInput&, std::string& outputs)> outputs = [](const auto&, auto&) {};
  std::function<void(MixRound&)> context = [](auto&) {};
  std::function<void(proof::ShuffleProof&)> proof = [](auto&) {};
};

// ristretto255 with generators whose logarithms the prover knows.
struct RelatedGenerators : Ristretto {
  static std::vector<Element> independent_generators(std::uint64_t first, std::size_t count) {
    std::vector<Element> generators;
    for (std::uint64_t i = 0; i < count; ++i) {
      generators.push_back(group::mul_base(SecretScalar::from_public(Scalar::of(2 + first + i))));
    }
    return generators;
  }
};

template <class S>
Result<MadeMix> forge_mix(const MixRound& round, const MixInput& input,
                          const proof::SigningKey& key, const MixFault& fault) {
  proof::ShuffleStatement statement{input.joint_key.encode(), input.width, input.ciphertexts, {}};
  auto witness = proof::random_shuffle_witness<S>(statement.count(), input.width);
  fault.source(witness.source);
  auto applied = proof::apply_shuffle<S>(input.joint_key, input.width, input.ciphertexts, witness);
  if (!applied) return std::move(applied).error();
  std::string& outputs = applied->packed;
  fault.outputs(input, outputs);
  statement.outputs = outputs;
  MixRound context = round;
  fault.context(context);
  proof::ShuffleProof proof = proof::prove_shuffle<S>(election::mix_transcript(context), statement,
                                                      input.joint_key, witness);
  fault.proof(proof);
  return election::finish_mix(round, outputs, proof, key);
}

// The first mix of the pool is made with the fault.
template <class S = Ristretto>
Commit with_mix(MixFault fault) {
  return again([fault = std::move(fault)](Forge&, PoolNumber pool, Forge::Deviation& deviation) {
    deviation.methods.mix = [fault, pool](const MixRound& round, const MixInput& input,
                                          const proof::SigningKey& key) -> Result<MadeMix> {
      if (round.pool != pool || round.round != 1) return election::make_mix(round, input, key);
      return forge_mix<S>(round, input, key, fault);
    };
    return true;
  });
}

std::string encryption_of_nothing(const Element& key) {
  const SecretScalar r = SecretScalar::random();
  return std::string(view_of(group::mul_base(r).encode())) +
         std::string(view_of(group::mul(r, key).encode()));
}

// ---- Shares

struct ShareFault {
  std::function<void(std::vector<Element>& images)> images = [](auto&) {};
  std::function<void(std::string& packed_images, std::string& proof)> bytes = [](auto&, auto&) {};
  std::uint64_t context_pool = 0;  // added to the pool's number in the proof's context
  bool other_secret = false;
};

Result<MadeShares> forge_shares(const MixedList& list, TrusteeNumber trustee,
                                const SecretScalar& secret, const Element& key,
                                const proof::SigningKey& signing, const ShareFault& fault) {
  const std::string bases = election::decryption_bases(list);
  const Result<std::vector<Element>> elements = Ristretto::decode_packed(bases);
  if (!elements) return elements.error();
  const SecretScalar used = fault.other_secret ? SecretScalar::random() : secret;
  std::vector<Element> images = group::mul_all(used, *elements);
  fault.images(images);
  std::string packed_images = group::encode_packed(images);
  MixedList named = list;
  named.pool.value = static_cast<PoolNumber::Value>(named.pool.value + fault.context_pool);
  std::string proof =
      proof::prove_equality<Ristretto>(election::decryption_transcript(named, trustee), used,
                                       key.encode(), bases, *elements, packed_images);
  fault.bytes(packed_images, proof);
  return election::finish_shares(list, trustee, packed_images, proof, signing);
}

Commit with_shares(ShareFault fault) {
  return again([fault = std::move(fault)](Forge&, PoolNumber pool, Forge::Deviation& deviation) {
    deviation.methods.shares = [fault, pool](const MixedList& list, TrusteeNumber trustee,
                                             const SecretScalar& secret, const Element& key,
                                             const proof::SigningKey& signing) {
      if (list.pool != pool || trustee.value != 1) {
        return election::make_shares(list, trustee, secret, key, signing);
      }
      return forge_shares(list, trustee, secret, key, signing, fault);
    };
    return true;
  });
}

// ---- Results

// The result entry of the opened pool, changed.
Commit with_result(std::function<bool(Forge&, election::PoolResult&)> change) {
  return [change = std::move(change)](Forge& forge) -> Result<bool> {
    const std::optional<PoolNumber> pool = opened_pool(forge);
    if (!pool) return false;
    for (std::size_t n = 0;; ++n) {
      const auto index = forge.find<election::PoolResult>(n);
      if (!index) return false;
      election::PoolResult result = forge.entry<election::PoolResult>(*index);
      if (result.pool != *pool) continue;
      if (!change(forge, result)) return false;
      forge.replace(*index, encode(result));
      return true;
    }
  };
}

// A file of the opened pool changed, and the hash in its result entry with it.
Commit with_result_file(std::string (*path)(PoolNumber), std::function<bool(std::string&)> change,
                        Sha256Digest election::PoolResult::*hash) {
  return with_result(
      [path, change = std::move(change), hash](Forge& forge, election::PoolResult& result) {
        std::string& file = forge.copy().files[path(result.pool)];
        if (!change(file)) return false;
        result.*hash = sha256(file);
        return true;
      });
}

}  // namespace

std::vector<Deceit> tally_deceits() {
  std::vector<Deceit> deceits;
  const auto add = [&](const char* name, unsigned item, const char* step, const char* description,
                       Commit commit) {
    deceits.push_back({name, item, step, description, std::move(commit)});
  };

  // 21, 29: the counted list
  const auto superseded_in_place_of_last = [](const Forge& forge, PoolNumber pool,
                                              std::vector<std::uint32_t>& list, bool both) {
    const auto& state = forge.truth().state;
    for (std::uint32_t b = 0; b < state.ballots(); ++b) {
      const auto& earlier = state.ballot(b);
      if (earlier.pool != pool || earlier.annulled || std::ranges::binary_search(list, b)) continue;
      const auto counted = std::ranges::find_if(
          list, [&](std::uint32_t c) { return state.ballot(c).person == earlier.person; });
      if (counted == list.end()) continue;
      if (both) {
        list.push_back(b);
      } else {
        *counted = b;
      }
      std::ranges::sort(list);
      return;
    }
  };
  for (const bool both : {false, true}) {
    add(both ? "two-counted" : "superseded-counted", both ? 29 : 21, "counted",
        both ? "Two ballots of one person are counted in one pool."
             : "A superseded ballot is counted in place of its successor.",
        again([superseded_in_place_of_last, both](Forge& forge, PoolNumber pool,
                                                  Forge::Deviation& deviation) {
          deviation.counted = [&forge, pool, superseded_in_place_of_last, both](
                                  PoolNumber p, std::vector<std::uint32_t>& list) {
            if (p == pool) superseded_in_place_of_last(forge, pool, list, both);
          };
          return true;
        }));
  }
  add("last-omitted", 21, "counted", "The last ballot is left out of the count.",
      again([](Forge&, PoolNumber pool, Forge::Deviation& deviation) {
        deviation.counted = [pool](PoolNumber p, std::vector<std::uint32_t>& list) {
          if (p == pool) list.pop_back();
        };
        return true;
      }));
  add("annulled-counted", 21, "counted", "An annulled ballot is counted.",
      [](Forge& forge) -> Result<bool> {
        const auto& state = forge.truth().state;
        for (std::uint32_t b = 0; b < state.ballots(); ++b) {
          if (!state.ballot(b).annulled) continue;
          const PoolNumber pool = state.ballot(b).pool;
          Forge::Deviation deviation;
          deviation.counted = [&](PoolNumber p, std::vector<std::uint32_t>& list) {
            if (p != pool) return;
            list.push_back(b);
            std::ranges::sort(list);
          };
          if (Status done = forge.tally_again(deviation); !done) return std::move(done).error();
          return true;
        }
        return false;
      });
  add("late-ballot", 21, "ballots", "A ballot is appended after the closing.",
      [](Forge& forge) -> Result<bool> {
        const auto voter = forge.voter({PoolNumber{0}});
        const std::size_t closing = *forge.find<election::Closing>();
        forge.copy().entries.insert(
            forge.copy().entries.begin() + static_cast<std::ptrdiff_t>(closing) + 1,
            encode(forge.ballot(voter, PoolNumber{0})));
        return true;
      });

  // 10, 21: mixes
  const auto with_list = [](std::function<void(const Forge&, std::string&, std::size_t)> change) {
    return again(
        [change = std::move(change)](Forge& forge, PoolNumber pool, Forge::Deviation& deviation) {
          const std::size_t bytes = 64 * forge.truth().state.terms(pool).layout.width;
          deviation.list = [&forge, pool, bytes, change](PoolNumber p, std::string& list) {
            if (p == pool) change(forge, list, bytes);
          };
          return true;
        });
  };
  add("mix-of-other-list", 21, "mix",
      "The list that is mixed holds a ballot that is not counted in place of one that is.",
      with_list([](const Forge& forge, std::string& list, std::size_t bytes) {
        std::string foreign;
        while (foreign.size() < bytes) {
          foreign += encryption_of_nothing(forge.truth().joint_key.element);
        }
        list.replace(0, bytes, foreign);
      }));
  add("mix-drops-input", 10, "mix|result", "The list that is mixed lacks a counted ballot.",
      with_list([](const Forge&, std::string& list, std::size_t bytes) {
        list.resize(list.size() - bytes);
      }));
  add("mix-adds-input", 10, "mix|result", "The list that is mixed holds a ballot more.",
      with_list([](const Forge& forge, std::string& list, std::size_t bytes) {
        const std::size_t size = list.size() + bytes;
        while (list.size() < size) list += encryption_of_nothing(forge.truth().joint_key.element);
      }));
  MixFault fault;
  fault.source = [](std::vector<std::uint32_t>& source) { source[1] = source[0]; };
  add("mix-duplicates", 10, "mix", "A mix puts one ballot in twice and drops another.",
      with_mix(fault));
  fault = MixFault();
  fault.outputs = [](const MixInput& input, std::string& outputs) {
    std::string foreign;
    while (foreign.size() < 64 * input.width) foreign += encryption_of_nothing(input.joint_key);
    outputs.replace(0, foreign.size(), foreign);
  };
  add("mix-exchanges", 10, "mix", "A mix exchanges a ballot for one of the mixer's own.",
      with_mix(fault));
  fault.outputs = [](const MixInput&, std::string& outputs) {
    std::rotate(outputs.begin(), outputs.begin() + 32, outputs.begin() + 64);
  };
  add("mix-swaps-halves", 10, "mix", "A mix swaps the halves of a ciphertext.", with_mix(fault));
  fault.outputs = [](const MixInput&, std::string& outputs) {
    const Element beta = Element::decode(proof::packed_at(outputs, 1)).value();
    outputs.replace(32, 32, view_of((beta + Element::generator()).encode()));
  };
  add("mix-changes-content", 10, "mix", "A mix changes the content of a ballot.", with_mix(fault));
  add("mix-reuses-list", 10, "mix", "The second mixer mixes the list before the first mix again.",
      again([](Forge&, PoolNumber pool, Forge::Deviation& deviation) {
        const auto first_input = std::make_shared<std::string>();
        deviation.methods.mix = [pool, first_input](const MixRound& round, const MixInput& input,
                                                    const proof::SigningKey& key) {
          MixInput used = input;
          if (round.pool == pool && round.round == 1) *first_input = std::string(input.ciphertexts);
          if (round.pool == pool && round.round == 2) used.ciphertexts = *first_input;
          return election::make_mix(round, used, key);
        };
        return true;
      }));
  add("mix-by-one-twice", 10, "mix", "One trustee mixes twice in place of another.",
      again([](Forge& forge, PoolNumber pool, Forge::Deviation& deviation) {
        const proof::SigningKey first = forge.cast().trustees[0].signing;
        deviation.methods.mix = [pool, first](const MixRound& round, const MixInput& input,
                                              const proof::SigningKey& key) {
          MixRound used = round;
          if (round.pool != pool || round.round != 2) {
            return election::make_mix(round, input, key);
          }
          used.trustee = TrusteeNumber{1};
          return election::make_mix(used, input, first);
        };
        return true;
      }));
  add("mix-signed-by-other", 10, "mix", "A mix is not signed by the trustee it names.",
      again([](Forge&, PoolNumber pool, Forge::Deviation& deviation) {
        deviation.methods.mix = [pool](const MixRound& round, const MixInput& input,
                                       const proof::SigningKey& key) {
          return election::make_mix(round, input,
                                    round.pool == pool ? proof::SigningKey::random() : key);
        };
        return true;
      }));

  // 11, 12, 14: proofs of mixes
  const auto context = [&](const char* name, const char* description,
                           std::function<void(MixRound&)> change) {
    MixFault other;
    other.context = std::move(change);
    add(name, 11, "mix", description, with_mix(other));
  };
  context("mix-proof-for-other-round", "A mix's proof was made for another round.",
          [](MixRound& round) { ++round.round; });
  context("mix-proof-for-other-pool", "A mix's proof was made for another pool.",
          [](MixRound& round) { ++round.pool.value; });
  context("mix-proof-for-other-trustee", "A mix's proof was made for another trustee.",
          [](MixRound& round) { ++round.trustee.value; });
  context("mix-proof-for-other-edition", "A mix's proof was made for another edition.",
          [](MixRound& round) { round.edition.octets[3] ^= 1U; });
  add("mix-related-generators", 12, "mix",
      "A mix's proof uses generators whose logarithms the mixer knows.",
      with_mix<RelatedGenerators>(MixFault()));
  const auto list = [&](const char* name, unsigned item, const char* description,
                        std::string proof::ShuffleProof::*member,
                        std::function<void(std::string&)> change) {
    MixFault other;
    other.proof = [member, change = std::move(change)](proof::ShuffleProof& proof) {
      change(proof.*member);
    };
    add(name, item, "mix", description, with_mix(other));
  };
  using Proof = proof::ShuffleProof;
  const auto swap_items = [](std::string& items) {
    std::rotate(items.begin(), items.begin() + 32, items.begin() + 64);
  };
  const auto identity_first = [](std::string& items) { items.replace(0, 32, 32, '\0'); };
  const auto high_bit = [](std::string& items) {
    items[31] = static_cast<char>(static_cast<unsigned char>(items[31]) | 0x80U);
  };
  list("mix-permutation-commitment", 10, "A commitment to the permutation is another's.",
       &Proof::permutation_commitments, swap_items);
  list("mix-chain", 10, "The chain of commitments is out of order.", &Proof::chain, swap_items);
  list("mix-chain-commitment", 10, "The commitments of the chain's proof are out of order.",
       &Proof::chain_commitments, swap_items);
  list("mix-commitment", 10, "The first two commitments of a mix's proof are swapped.",
       &Proof::commitments, swap_items);
  list("mix-response", 10, "The first two responses of a mix's proof are swapped.",
       &Proof::responses, swap_items);
  list("mix-chain-response", 10, "Two responses of the chain are swapped.", &Proof::chain_responses,
       swap_items);
  list("mix-permutation-response", 10, "Two responses of the permutation are swapped.",
       &Proof::permutation_responses, swap_items);
  list("mix-proof-identity", 14, "The identity stands among the chain's commitments.",
       &Proof::chain, identity_first);
  list("mix-proof-bit-255", 14, "A commitment to the permutation has bit 255 set.",
       &Proof::permutation_commitments, high_bit);
  list("mix-response-not-reduced", 14, "A response of a mix's proof is not below the order.",
       &Proof::chain_responses, [](std::string& items) { items.replace(0, 32, 32, '\xff'); });

  // 9: shares
  ShareFault share;
  share.images = [](std::vector<Element>& images) { images[1] = images[1] + Element::generator(); };
  add("share-altered", 9, "decryption", "One decryption share is another element.",
      with_shares(share));
  share.images = [](std::vector<Element>& images) {
    if (images.size() < 3) return;
    images[1] = images[1] + Element::generator();
    images[2] = images[2] - Element::generator();
  };
  add("shares-cancel", 22, "decryption", "Two decryption shares are wrong by opposite amounts.",
      with_shares(share));
  share.images = [](std::vector<Element>& images) { images[0] = images[0] + Element::generator(); };
  add("tie-share-altered", 9, "decryption", "The share of the tie seed is another element.",
      with_shares(share));
  share = ShareFault();
  share.other_secret = true;
  add("shares-of-other-secret", 9, "decryption", "A trustee decrypts with another secret.",
      with_shares(share));
  share = ShareFault();
  share.bytes = [](std::string&, std::string& proof) {
    proof[64] = static_cast<char>(static_cast<unsigned char>(proof[64]) ^ 1U);
  };
  add("share-proof-altered", 9, "decryption", "The proof of decryption shares is altered.",
      with_shares(share));
  share = ShareFault();
  share.context_pool = 1;
  add("share-proof-for-other-pool", 11, "decryption", "Shares are proved for another pool.",
      with_shares(share));
  add("share-identity", 14, "decryption", "A decryption share is the identity.",
      again([](Forge& forge, PoolNumber pool, Forge::Deviation& deviation) {
        deviation.tallied = [&forge, pool](PoolNumber p, TallyOutput& output) {
          if (p != pool) return;
          const TrusteeNumber trustee{1};
          std::string& file = output.files[election::shares_path(pool, trustee)];
          const std::size_t elements = forge.truth().state.counted_ballots_of(pool);
          const std::size_t width = forge.truth().state.terms(pool).layout.width;
          const auto parts = election::decode_shares(file, elements, width);
          std::string images(parts.value().shares);
          images.replace(32, 32, 32, '\0');
          const std::string changed =
              encode(election::SharesFile{images, std::string(parts.value().proof)});
          for (std::string& entry : output.entries) {
            const auto decoded = election::decode_entry(entry);
            const auto* decryption = std::get_if<election::Decryption>(&decoded.value());
            if (decryption == nullptr || decryption->trustee != trustee) continue;
            election::Decryption again = *decryption;
            again.file = sha256(changed);
            sign(again, forge.cast().trustees[0].signing);
            entry = encode(again);
          }
          file = changed;
        };
        return true;
      }));
  add("shares-by-too-few", 18, "decryption|result", "Fewer trustees than needed have decrypted.",
      [](Forge& forge) -> Result<bool> {
        if (forge.manifest().threshold < 2) return false;
        const auto index = forge.find<election::Decryption>();
        if (!index) return false;
        const auto& entry = forge.entry<election::Decryption>(*index);
        forge.copy().files.erase(election::shares_path(entry.pool, entry.trustee));
        forge.copy().entries.erase(forge.copy().entries.begin() +
                                   static_cast<std::ptrdiff_t>(*index));
        return true;
      });
  add("bad-share-besides", 18, "decryption",
      "Enough trustees decrypted rightly; the share of one more is wrong.",
      [](Forge& forge) -> Result<bool> {
        const std::optional<PoolNumber> pool = opened_pool(forge);
        const std::size_t threshold = forge.manifest().threshold;
        if (!pool || threshold >= forge.cast().trustees.size()) return false;
        const auto& state = forge.truth().state;
        const auto& mixes = state.progress(*pool).mixes;
        const std::string last =
            forge.copy().files.at(election::mix_path(*pool, mixes.back().round));
        const std::size_t width = state.terms(*pool).layout.width;
        const Result<election::ShuffleFile> shuffle =
            election::decode_shuffle(last, state.counted_ballots_of(*pool), width);
        if (!shuffle) return shuffle.error();
        ShareFault wrong;
        wrong.other_secret = true;
        const TrusteeNumber trustee{static_cast<std::uint8_t>(threshold + 1)};
        const Result<MadeShares> shares =
            forge_shares({forge.edition(), *pool, width, shuffle->outputs}, trustee,
                         forge.cast().shares[threshold], state.verification_keys()[threshold],
                         forge.cast().trustees[threshold].signing, wrong);
        if (!shares) return shares.error();
        for (std::size_t n = 0;; ++n) {
          const auto index = forge.find<election::PoolResult>(n);
          if (!index) return false;
          if (forge.entry<election::PoolResult>(*index).pool != *pool) continue;
          forge.copy().entries.insert(
              forge.copy().entries.begin() + static_cast<std::ptrdiff_t>(*index),
              encode(shares->entry));
          forge.copy().files[election::shares_path(*pool, trustee)] = shares->file;
          return true;
        }
      });

  // 9, 25: plaintexts and results
  add("plaintext-exchanged", 9, "decryption", "A plaintext is another's.",
      with_result_file(
          election::plaintexts_path,
          [](std::string& file) {
            for (std::size_t at = 32; at < file.size(); at += 32) {
              if (file.substr(at, 32) == file.substr(0, 32)) continue;
              file.replace(0, 32, file.substr(at, 32));
              return true;
            }
            return false;
          },
          &election::PoolResult::plaintexts));
  add("plaintexts-swapped", 9, "decryption", "Two plaintexts are swapped.",
      with_result_file(
          election::plaintexts_path,
          [](std::string& file) {
            for (std::size_t at = 32; at < file.size(); at += 32) {
              if (file.substr(at, 32) == file.substr(0, 32)) continue;
              const std::string first = file.substr(0, 32);
              file.replace(0, 32, file.substr(at, 32));
              file.replace(at, 32, first);
              return true;
            }
            return false;
          },
          &election::PoolResult::plaintexts));
  add("published-vote-altered", 9, "result", "A vote in the published file is altered.",
      with_result_file(
          election::published_path,
          [](std::string& file) {
            file.resize(file.rfind('\n', file.size() - 2) + 1);
            return true;
          },
          &election::PoolResult::published));
  add("winner-dropped", 9, "result", "A project that won is not among the winners.",
      with_result([](Forge& forge, election::PoolResult& result) {
        if (result.winners.empty()) return false;
        const auto& projects = forge.manifest().pools[result.pool.value].projects;
        result.cost -= projects[result.winners.back().value - 1U].cost;
        result.winners.pop_back();
        return true;
      }));
  add("loser-wins", 9, "result", "A project that lost is among the winners.",
      with_result([](Forge& forge, election::PoolResult& result) {
        const auto& projects = forge.manifest().pools[result.pool.value].projects;
        for (std::uint16_t number = 1; number <= projects.size(); ++number) {
          if (std::ranges::find(result.winners, election::ProjectNumber{number}) !=
              result.winners.end()) {
            continue;
          }
          result.winners.push_back({number});
          result.cost += projects[number - 1U].cost;
          return true;
        }
        return false;
      }));
  add("cost-altered", 9, "result", "The cost of the winners is not their sum.",
      with_result([](Forge&, election::PoolResult& result) {
        result.cost += Money{100};
        return true;
      }));
  add("tie-seed-altered", 9, "result", "The tie seed is not the one that the trustees yield.",
      with_result([](Forge&, election::PoolResult& result) {
        result.tie_seed[0] ^= 1U;
        return true;
      }));
  // The reason of which there is an invalid ballot, by its number.
  const auto some_reason = [](election::PoolResult& result) -> std::uint64_t* {
    const auto found = std::ranges::find_if(result.invalid, [](auto n) { return n > 0; });
    return found == result.invalid.end() ? nullptr : &*found;
  };
  add("invalid-counted", 2, "result", "A ballot that says more than the rule allows is counted.",
      with_result([some_reason](Forge&, election::PoolResult& result) {
        std::uint64_t* const ballots = some_reason(result);
        if (ballots == nullptr) return false;
        --*ballots;
        ++result.valid;
        return true;
      }));
  add("invalid-dropped", 25, "result", "An invalid ballot is not stated.",
      with_result([some_reason](Forge&, election::PoolResult& result) {
        std::uint64_t* const ballots = some_reason(result);
        if (ballots == nullptr) return false;
        --*ballots;
        return true;
      }));
  add("invalid-for-other-reason", 25, "result", "An invalid ballot is stated with another reason.",
      with_result([some_reason](Forge&, election::PoolResult& result) {
        std::uint64_t* const ballots = some_reason(result);
        if (ballots == nullptr) return false;
        --*ballots;
        ++(ballots == &result.invalid[0] ? result.invalid[8] : result.invalid[0]);
        return true;
      }));

  // 26: privacy
  add("withheld-opened", 26, "counted|mix", "A pool below the privacy minimum is opened.",
      [](Forge& forge) -> Result<bool> {
        if (!forge.find<election::Withheld>()) return false;
        Forge::Deviation deviation;
        deviation.open_withheld = true;
        if (Status done = forge.tally_again(deviation); !done) return std::move(done).error();
        return true;
      });
  add("withheld-without-reason", 26, "counted", "A pool with enough ballots is withheld.",
      [](Forge& forge) -> Result<bool> {
        const std::optional<PoolNumber> pool = opened_pool(forge);
        if (!pool) return false;
        const auto first_mix = forge.find<election::Mix>();
        forge.copy().entries.insert(
            forge.copy().entries.begin() + static_cast<std::ptrdiff_t>(*first_mix),
            encode(election::Withheld{forge.edition(), *pool,
                                      forge.truth().state.counted_ballots_of(*pool)}));
        return true;
      });
  return deceits;
}

}  // namespace urna::rehearsal
