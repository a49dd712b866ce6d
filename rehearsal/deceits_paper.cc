// SPDX-License-Identifier: EUPL-1.2
// Deceits with voting on paper: marks, cards, and what is stated of the boxes.
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "election/paper.h"
#include "group/multiply.h"
#include "rehearsal/deceits.h"

namespace urna::rehearsal {
namespace {

using election::Ballot;
using election::BatchNumber;
using election::CardSerial;
using election::OfficialNumber;
using election::PaperBatch;
using election::PaperMark;
using election::PointNumber;
using election::PoolNumber;

void sign_by_two(const Forge& forge, PaperBatch& entry) {
  election::sign(entry, OfficialNumber{0}, forge.cast().officials[0], OfficialNumber{2},
                 forge.cast().officials[2]);
}

// A mark for somebody who has not voted, in order but for what `change` does before it is signed.
using ChangeMark = std::function<void(Forge&, PaperMark&)>;
std::function<Result<bool>(Forge&)> with_mark(ChangeMark change, bool sign_again = true) {
  return [change = std::move(change), sign_again](Forge& forge) -> Result<bool> {
    const auto index = forge.find<PaperMark>();
    if (!index) return false;
    PaperMark mark = forge.entry<PaperMark>(*index);
    mark.pseudonym = forge.voter({mark.pool}).certificate.pseudonym;
    if (!sign_again) sign(mark, forge.cast().registrar);
    change(forge, mark);
    if (sign_again) sign(mark, forge.cast().registrar);
    forge.add_before_closing(encode(mark));
    return true;
  };
}

// The first batch with votes on paper in it, and a card of it that nobody has used; what is stated
// of it is replaced.
struct Box {
  Forge& forge;
  PaperBatch entry;

  [[nodiscard]] const election::IssuedBatch& issued() const {
    return forge.manifest().paper->batches[entry.batch.value];
  }
  [[nodiscard]] const std::vector<CardSerial>& serials() const {
    return forge.cast().cards[entry.batch.value];
  }
  // Says of unused cards that they were in the box.
  void use(std::size_t cards) {
    for (std::size_t i = 0; i < entry.cards.size() && cards > 0; ++i) {
      if (entry.cards[i].size() == election::card_serial_bytes) continue;
      entry.cards[i] = std::string(view_of(serials()[i]));
      --cards;
    }
  }
  // The place of a card that was in the box, or was not.
  [[nodiscard]] std::size_t place(bool used) const {
    return static_cast<std::size_t>(
        std::ranges::find_if(entry.cards,
                             [&](const std::string& card) {
                               return (card.size() == election::card_serial_bytes) == used;
                             }) -
        entry.cards.begin());
  }
  [[nodiscard]] std::size_t ciphertext_bytes() const {
    return election::pair_bytes * forge.truth().state.terms(issued().pool).layout.width;
  }
  // So many blank votes, with proofs and in order.
  void add_votes(std::size_t votes) {
    election::FoundCards found;
    found.used.assign(votes, true);
    found.contents.assign(
        votes, std::string(forge.truth().state.terms(issued().pool).layout.bytes(), '\0'));
    const PaperBatch made =
        election::make_paper_batch(forge.edition(), entry.batch, std::span(serials()).first(votes),
                                   forge.truth().joint_key, found)
            .value();
    const std::size_t bytes = ciphertext_bytes();
    std::vector<std::pair<std::string, std::string>> sealed;
    for (const PaperBatch* one : {static_cast<const PaperBatch*>(&entry), &made}) {
      for (std::size_t at = 0; at < one->ciphertexts.size(); at += bytes)
        sealed.emplace_back(one->ciphertexts.substr(at, bytes), one->proofs.substr(at, bytes));
    }
    std::ranges::sort(sealed);
    entry.ciphertexts.clear();
    entry.proofs.clear();
    for (const auto& [ciphertext, proof] : sealed) {
      entry.ciphertexts += ciphertext;
      entry.proofs += proof;
    }
  }
  // Cards that were handed out at the point and lie in none of its boxes, and one.
  [[nodiscard]] std::size_t one_too_many() const {
    const election::BoardState& state = forge.truth().state;
    return static_cast<std::size_t>(state.paper().marks_at(issued().point, issued().pool) -
                                    state.paper().cards_at(issued().point, issued().pool) + 1);
  }
};

using ChangeBox = std::function<bool(Box&)>;
std::function<Result<bool>(Forge&)> with_box(ChangeBox change, bool sign_again = true) {
  return [change = std::move(change), sign_again](Forge& forge) -> Result<bool> {
    for (std::size_t n = 0; const auto index = forge.find<PaperBatch>(n); ++n) {
      const PaperBatch& entry = forge.entry<PaperBatch>(*index);
      const std::size_t used = election::used_cards(entry).size();
      if (entry.ciphertexts.empty() || used == entry.cards.size()) continue;
      Box box{forge, entry};
      if (!change(box)) continue;
      if (sign_again) sign_by_two(forge, box.entry);
      // What was added stands before the closing, and so before this entry.
      const std::size_t added = forge.copy().entries.size() - forge.truth().copy.entries.size();
      forge.replace(*index + added, encode(box.entry));
      return true;
    }
    return false;
  };
}

std::function<Result<bool>(Forge&)> counting_paper_again(
    std::function<bool(Forge&, Forge::Deviation&)> begin) {
  return [begin = std::move(begin)](Forge& forge) -> Result<bool> {
    Forge::Deviation deviation;
    if (!forge.find<PaperMark>() || !begin(forge, deviation)) return false;
    if (Status done = forge.tally_again(deviation); !done) return std::move(done).error();
    return true;
  };
}

}  // namespace

std::vector<Deceit> paper_deceits() {
  std::vector<Deceit> deceits;
  const auto add_at = [&](const char* name, const char* step, const char* description,
                          std::function<Result<bool>(Forge&)> commit) {
    deceits.push_back({name, *step == '\0' ? 0U : 31U, step, description, std::move(commit)});
  };
  const auto add = [&](const char* name, const char* description,
                       std::function<Result<bool>(Forge&)> commit) {
    add_at(name, "ballots", description, std::move(commit));
  };

  // What the forger does here must be in order but for the deceit.
  add_at("control-paper", "",
         "One person more is given a card, and puts it into the box; counted again, honestly.",
         [](Forge& forge) -> Result<bool> {
           const Result<bool> marked = with_mark([](Forge&, PaperMark&) {})(forge);
           if (!marked || !*marked) return marked;
           const PaperMark& mark = forge.entry<PaperMark>(*forge.find<PaperMark>());
           const Result<bool> boxed = with_box([&](Box& box) {
             box.use(1);
             box.add_votes(1);
             return box.issued().point == mark.point && box.issued().pool == mark.pool;
           })(forge);
           if (!boxed || !*boxed) return boxed;
           if (Status done = forge.tally_again({}); !done) return std::move(done).error();
           return true;
         });

  // Marks
  add("mark-unsigned", "One bit of a mark's signature is flipped.",
      with_mark([](Forge&, PaperMark& mark) { mark.signature[33] ^= 1U; }, false));
  add("mark-of-a-stranger", "A mark is not signed by the registrar.",
      with_mark([](Forge&, PaperMark& mark) { sign(mark, proof::SigningKey::random()); }, false));
  add("mark-for-another", "The person of a mark is altered.",
      with_mark(
          [](Forge& forge, PaperMark& mark) {
            mark.pseudonym = forge.voter({mark.pool}).certificate.pseudonym;
          },
          false));
  add("mark-not-on-roll", "Somebody who is not on the roll, dead or never born, is given a card.",
      with_mark([](Forge&, PaperMark& mark) { mark.pseudonym.octets[0] ^= 1U; }));
  add("mark-twice", "One person is given two cards of a pool.", [](Forge& forge) -> Result<bool> {
    const auto index = forge.find<PaperMark>();
    if (index) forge.add_before_closing(forge.copy().entries[*index]);
    return index.has_value();
  });
  add("mark-at-another-point", "One person is given a card of a pool at two points.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<PaperMark>();
        if (!index) return false;
        PaperMark mark = forge.entry<PaperMark>(*index);
        mark.point.value = mark.point.value == 0 ? 1 : 0;
        sign(mark, forge.cast().registrar);
        forge.add_before_closing(encode(mark));
        return true;
      });
  add("mark-at-no-point", "A card is given at a point that issues none.",
      with_mark([](Forge& forge, PaperMark& mark) {
        mark.point = {static_cast<std::uint16_t>(forge.manifest().paper->points.size())};
      }));
  add("mark-before-opening", "A card is given before the voting opens.",
      with_mark([](Forge& forge, PaperMark& mark) {
        mark.hour = forge.truth().state.opening_time() / 3600 - 1;
      }));
  add("mark-after-the-end", "A card is given after the end of the voting.",
      with_mark([](Forge& forge, PaperMark& mark) {
        mark.hour = forge.truth().state.term().closes / 3600 + 1;
      }));
  add("mark-after-closing", "A mark is put in when the voting is closed.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<PaperMark>();
        const auto issuance = forge.find<election::Issuance>();
        if (!index || !issuance) return false;
        PaperMark mark = forge.entry<PaperMark>(*index);
        mark.pseudonym = forge.voter({mark.pool}).certificate.pseudonym;
        sign(mark, forge.cast().registrar);
        std::vector<std::string>& entries = forge.copy().entries;
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(*issuance) + 1, encode(mark));
        return true;
      });
  add("ballot-of-one-with-a-card", "Somebody who was given a card casts a ballot of level 2.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<PaperMark>();
        if (!index) return false;
        const PaperMark& mark = forge.entry<PaperMark>(*index);
        const Forge::Voter voter =
            forge.voter_named(mark.pseudonym, {mark.pool}, 2, forge.new_serial());
        const auto next = forge.truth().state.next_ballot(mark.pseudonym, mark.pool);
        forge.add_before_closing(encode(election::cast_sealed(
            {forge.edition(), mark.pool, voter.certificate, next.counter, next.previous},
            forge.truth().joint_key, forge.seal(mark.pool), voter.key)));
        return true;
      });

  // Cards
  add("more-cards-than-marks", "More cards are in the box than people were given one.",
      with_box([](Box& box) {
        const std::size_t more = box.one_too_many();
        box.use(more);
        box.add_votes(more);
        return box.entry.cards.size() >= election::used_cards(box.entry).size();
      }));
  add("more-cards-without-a-vote", "Unreadable cards are stated that nobody was given.",
      with_box([](Box& box) {
        const std::size_t more = box.one_too_many();
        box.use(more);
        box.entry.unfit[0] += more;
        return true;
      }));
  add("card-never-issued", "A card counts whose serial number was never issued.",
      with_box([](Box& box) {
        box.entry.cards[box.place(true)] = std::string(view_of(election::random_card_serial()));
        return true;
      }));
  add("card-twice", "One serial number counts twice.", with_box([](Box& box) {
        box.entry.cards[box.place(false)] = box.entry.cards[box.place(true)];
        box.add_votes(1);
        return true;
      }));
  add("card-of-another-point", "A card counts in the box of a point that did not issue it.",
      with_box([](Box& box) {
        const std::vector<election::IssuedBatch>& batches = box.forge.manifest().paper->batches;
        for (std::size_t b = 0; b < batches.size(); ++b) {
          if (batches[b].point == box.issued().point) continue;
          box.entry.cards[box.place(true)] = std::string(view_of(box.forge.cast().cards[b][0]));
          return true;
        }
        return false;
      }));
  add("cards-of-a-batch-dropped", "A card of the batch is not stated at all.",
      with_box([](Box& box) {
        box.entry.cards.erase(box.entry.cards.begin() +
                              static_cast<std::ptrdiff_t>(box.place(false)));
        return true;
      }));
  add("cards-in-other-order", "Two cards of a batch have changed places.", with_box([](Box& box) {
        std::swap(box.entry.cards[box.place(true)], box.entry.cards[box.place(false)]);
        return true;
      }));
  add("batch-of-other-number", "What was found of a batch is stated of another one.",
      with_box([](Box& box) {
        ++box.entry.batch.value;
        return true;
      }));
  add("batch-of-no-number", "A batch is stated that there is not.", with_box([](Box& box) {
        box.entry.batch = {
            static_cast<BatchNumber::Value>(box.forge.manifest().paper->batches.size())};
        return true;
      }));

  // Votes
  add("paper-vote-dropped", "A vote on paper is left out.", with_box([](Box& box) {
        box.entry.ciphertexts.erase(0, box.ciphertext_bytes());
        box.entry.proofs.erase(0, box.ciphertext_bytes());
        return true;
      }));
  add("paper-vote-added", "A vote on paper is added without a card.", with_box([](Box& box) {
        box.add_votes(1);
        return true;
      }));
  add("paper-vote-for-unreadable", "A card that nobody can read is stated as a vote as well.",
      with_box([](Box& box) {
        if (box.entry.unfit[0] == 0) {
          box.use(1);
          box.entry.unfit[0] = 1;
        }
        box.add_votes(1);
        return true;
      }));
  add("paper-votes-in-other-order", "Votes on paper stand in an order of somebody's choice.",
      with_box([](Box& box) {
        box.use(1);
        box.add_votes(1);
        const std::size_t bytes = box.ciphertext_bytes();
        for (std::string* list : {&box.entry.ciphertexts, &box.entry.proofs})
          *list = list->substr(bytes) + list->substr(0, bytes);
        return true;
      }));
  add("paper-proof-altered", "The proof of a vote on paper is altered.", with_box([](Box& box) {
        // The lowest bit of the last number but one byte: below the order as before.
        box.entry.proofs[box.ciphertext_bytes() / 2] =
            static_cast<char>(box.entry.proofs[box.ciphertext_bytes() / 2] ^ 1);
        return true;
      }));
  add("paper-vote-copied", "A vote on paper is the ciphertext of somebody's ballot.",
      with_box([](Box& box) {
        for (std::size_t n = 0; const auto index = box.forge.find<Ballot>(n); ++n) {
          const Ballot& ballot = box.forge.entry<Ballot>(*index);
          if (ballot.pool != box.issued().pool) continue;
          box.entry.ciphertexts = ballot.ciphertext;
          box.entry.proofs = ballot.proof;
          box.entry.unfit[1] = election::used_cards(box.entry).size() - box.entry.unfit[0] - 1;
          return true;
        }
        return false;
      }));
  add("paper-vote-of-another-batch", "A vote of one batch is stated of another one again.",
      with_box([](Box& box) {
        for (std::size_t n = 0; const auto index = box.forge.find<PaperBatch>(n); ++n) {
          const PaperBatch& other = box.forge.entry<PaperBatch>(*index);
          if (other.batch == box.entry.batch || other.ciphertexts.empty() ||
              box.forge.manifest().paper->batches[other.batch.value].pool != box.issued().pool)
            continue;
          box.entry.ciphertexts = other.ciphertexts.substr(0, box.ciphertext_bytes());
          box.entry.proofs = other.proofs.substr(0, box.ciphertext_bytes());
          box.entry.unfit[1] = election::used_cards(box.entry).size() - box.entry.unfit[0] - 1;
          return true;
        }
        return false;
      }));
  add("paper-vote-is-the-identity", "A vote on paper holds the identity.", with_box([](Box& box) {
        std::fill_n(box.entry.ciphertexts.begin(), 32, '\0');
        return true;
      }));

  // Officials
  add("batch-by-one-official", "One official alone states a batch, signing for another one.",
      with_box(
          [](Box& box) {
            const proof::SigningKey& one = box.forge.cast().officials[0];
            election::sign(box.entry, OfficialNumber{0}, one, OfficialNumber{2}, one);
            return true;
          },
          false));
  add("batch-by-one-official-twice", "One official states a batch under one number twice.",
      with_box(
          [](Box& box) {
            box.entry.signatures[1] = box.entry.signatures[0];
            return true;
          },
          false));
  add("batch-altered", "The number of refused papers is altered after both have signed.",
      with_box(
          [](Box& box) {
            ++box.entry.refused[0];
            return true;
          },
          false));
  add("batch-twice", "A batch is stated twice.", [](Forge& forge) -> Result<bool> {
    const auto index = forge.find<PaperBatch>();
    if (!index) return false;
    std::vector<std::string>& entries = forge.copy().entries;
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(*index), entries[*index]);
    return true;
  });
  add("batch-before-closing", "A batch is stated while people vote.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<PaperBatch>();
        if (index) forge.add_before_closing(forge.copy().entries[*index]);
        return index.has_value();
      });
  add_at("batch-removed", "counted", "Nobody says what was in a box.",
         [](Forge& forge) -> Result<bool> {
           const auto index = forge.find<PaperBatch>();
           if (!index) return false;
           std::vector<std::string>& entries = forge.copy().entries;
           entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(*index));
           return true;
         });

  // The count
  add_at("ballot-counted-beside-a-mark", "counted",
         "The ballot of somebody who votes on paper is counted as well.",
         counting_paper_again([](Forge& forge, Forge::Deviation& deviation) {
           const election::BoardState& state = forge.truth().state;
           for (std::uint32_t b = 0; b < state.ballots(); ++b) {
             const election::CastBallot& cast = state.ballot(b);
             const auto marks = state.paper().voters();
             if (std::ranges::none_of(marks, [&](const election::VotesOnPaper& mark) {
                   return mark.person == cast.person && mark.pool == cast.pool;
                 })) {
               continue;
             }
             deviation.counted = [b, pool = cast.pool](PoolNumber counted,
                                                       std::vector<std::uint32_t>& list) {
               if (counted != pool) return;
               list.insert(std::ranges::lower_bound(list, b), b);
             };
             return true;
           }
           return false;
         }));
  add_at("paper-left-out-of-the-count", "counted", "The votes on paper are left out of the count.",
         counting_paper_again([](Forge&, Forge::Deviation& deviation) {
           deviation.without_paper = true;
           return true;
         }));
  return deceits;
}

}  // namespace urna::rehearsal
