// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/rehearsal.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <sodium/randombytes.h>
#include <utility>

#include "base/bytes.h"
#include "base/parallel.h"
#include "election/ballot.h"
#include "election/ceremony.h"
#include "election/counting.h"
#include "election/from_pabulib.h"
#include "election/published.h"
#include "election/record.h"
#include "election/roll.h"
#include "rehearsal/paper_boxes.h"
#include "rehearsal/tally.h"

namespace urna::rehearsal {
namespace {

using election::BallotContent;
using election::PoolNumber;
using election::Pseudonym;

constexpr std::uint64_t day_seconds = 86'400;
constexpr std::uint64_t voting_days = 14;
// Visits to the ballot box that are prepared together.
constexpr std::size_t visits_at_once = 4096;
// One ballot in so many is superseded by its voter, and so on.
constexpr std::size_t superseded_every = 20;
constexpr std::size_t reclaimed_every = 100;
constexpr std::size_t overwritten_every = 150;
constexpr std::size_t contested_every = 50;
constexpr std::size_t late_on_roll_max = 3;
constexpr std::size_t annulled_persons = 3;
// One voter in so many votes on paper, and at most so many.
constexpr std::size_t on_paper_every = 10;
constexpr std::size_t on_paper_max = 5;

enum class Filling { content, garbage, blank, identity };

// What becomes of a ballot after it was cast.
enum class Fate {
  untouched,
  annulled,
  annulled_when_frozen,
  upheld,    // after it was frozen
  restored,  // annulled, and restored on appeal when the voting is over
};

// A ballot somebody is going to cast.
struct Intention {
  PoolNumber pool;
  Filling filling = Filling::content;
  std::uint32_t content = 0;  // among the pool's contents
  Fate fate = Fate::untouched;
};

// A person at the ballot box, with one certificate for all ballots of the visit.
struct Visit {
  std::uint32_t person = 0;
  std::uint8_t level = 2;
  std::vector<Intention> intentions;
};

template <typename T>
void shuffle(std::vector<T>& items) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[randombytes_uniform(static_cast<std::uint32_t>(i))]);
  }
}

// Those not lost, numbered from 1.
std::vector<unsigned> present_trustees(const Plan& plan) {
  std::vector<unsigned> present;
  for (unsigned j = 1; j <= plan.trustees; ++j) {
    if (std::ranges::find(plan.lost, j) == plan.lost.end()) present.push_back(j);
  }
  return present;
}

struct PoolVotes {
  election::ImportedPool imported;
  std::vector<std::uint32_t> votes;  // of each voter: the number of the content
};

class Rehearsal {
 public:
  Rehearsal(const Plan& plan, std::string directory)
      : plan_(plan), directory_(std::move(directory)) {}

  Result<Outcome> run() {
    for (Status (Rehearsal::*stage)() :
         {&Rehearsal::import_pools, &Rehearsal::make_keys, &Rehearsal::make_roll, &Rehearsal::open,
          &Rehearsal::vote, &Rehearsal::close, &Rehearsal::tally}) {
      if (Status passed = (this->*stage)(); !passed) return std::move(passed).error();
    }
    return Outcome{record_->state().size(), pseudonyms_.size(), std::move(outcomes_),
                   std::move(*cast_)};
  }

 private:
  [[nodiscard]] static PoolNumber number(std::size_t pool) {
    return PoolNumber{static_cast<PoolNumber::Value>(pool)};
  }
  [[nodiscard]] const election::Manifest& manifest() const { return record_->state().manifest(); }
  [[nodiscard]] const election::EditionHash& edition() const { return record_->state().edition(); }

  Status import_pools();
  Status make_keys();
  Status make_roll();
  Status open();
  Status vote();
  Status close();
  Status tally();
  Status tally_pool_number(std::size_t pool);

  void plan_visits();
  Status cast_all(std::vector<Visit> visits);
  [[nodiscard]] std::uint64_t certified_at(std::uint64_t serial) const;
  [[nodiscard]] Result<std::vector<std::string>> prepare(const Visit& visit,
                                                         std::uint64_t serial) const;
  [[nodiscard]] Result<election::SealedContent> fill(const Intention& intention) const;
  Status freeze(std::vector<election::NamedBallot> ballots);
  Status annul(const election::NamedBallot& ballot);
  Status uphold(const election::NamedBallot& ballot, election::Lifted ends);
  Status decide(const election::NamedBallot& ballot, Fate fate);
  Status decide_after_closing();
  Status extend();
  [[nodiscard]] bool paper_in_use() const { return plan_.on_paper && plan_.with_incidents; }
  // The visit becomes one to a point.
  void give_cards(std::uint32_t person, const std::vector<Intention>& intentions);
  Status mark_those_with_cards();
  Status state_boxes();
  Status challenge();
  // The ballots put in that are to come out again, as often.
  [[nodiscard]] std::map<std::string, std::uint64_t> expected_votes(std::size_t pool) const;
  [[nodiscard]] Result<bool> winners_agree(std::size_t pool, const TallyOutput& output) const;

  template <typename Entry>
  Status sign_by_officials_and_add(Entry entry, std::uint8_t first = 0, std::uint8_t second = 1) {
    sign(entry, election::OfficialNumber{first}, cast_->officials[first],
         election::OfficialNumber{second}, cast_->officials[second]);
    return record_->add(encode(entry));
  }
  Status commit(std::uint64_t time) { return record_->commit(cast_->witnesses, time); }

  const Plan& plan_;
  std::string directory_;
  std::vector<PoolVotes> pools_;
  std::optional<Cast> cast_;
  std::optional<election::RecordWriter> record_;
  std::optional<election::JointKey> joint_key_;
  std::vector<Pseudonym> pseudonyms_;  // of persons 0, 1, …
  election::EntryHash roll_;           // the entry
  std::size_t voters_ = 0;             // persons with votes of the instances
  std::size_t late_on_roll_ = 0;       // the first so many persons
  std::uint64_t serial_ = 0;
  std::vector<Visit> before_;  // visits before the main ones, and after
  std::vector<Visit> main_;
  std::vector<Visit> after_;
  std::vector<election::NamedBallot> appealed_;
  std::uint64_t cases_ = 0;
  std::vector<std::uint32_t> with_cards_;  // of each card: the person
  std::vector<BoxedCard> cards_;
  std::vector<PoolOutcome> outcomes_;
};

Status Rehearsal::import_pools() {
  for (const count::Instance& instance : plan_.instances) {
    std::string id = std::filesystem::path(instance.file).stem().string();
    id.resize(std::min<std::size_t>(id.size(), 56));
    id += "-" + std::to_string(pools_.size() + 1);
    Result<election::ImportedPool> imported = election::import_pool(instance, id);
    if (!imported) return std::move(imported).error();

    PoolVotes pool{std::move(*imported), {}};
    for (std::uint32_t c = 0; c < pool.imported.contents.size(); ++c) {
      pool.votes.insert(pool.votes.end(), pool.imported.contents[c].count, c);
    }
    shuffle(pool.votes);
    if (plan_.voters && pool.votes.size() > *plan_.voters) pool.votes.resize(*plan_.voters);
    voters_ = std::max(voters_, pool.votes.size());

    PoolOutcome outcome;
    outcome.id = pool.imported.pool.id;
    outcome.votes = pool.votes.size();
    outcome.left_out = pool.imported.inexpressible;
    outcome.notes = pool.imported.notes;
    outcomes_.push_back(std::move(outcome));
    pools_.push_back(std::move(pool));
  }
  return ok_status();
}

Status Rehearsal::make_keys() {
  plan_.progress("keys", 0);
  Result<Cast> cast = Cast::create("urna.example/" + plan_.edition, plan_.trustees);
  if (!cast) return std::move(cast).error();
  cast_.emplace(std::move(*cast));

  election::Manifest manifest;
  manifest.edition = plan_.edition;
  manifest.title = plan_.title;
  manifest.resolution = "Rehearsal; no council has resolved this.";
  for (const PoolVotes& pool : pools_) manifest.pools.push_back(pool.imported.pool);
  manifest.opens = plan_.opens;
  manifest.closes = plan_.opens + voting_days * day_seconds;
  manifest.privacy_minimum = plan_.privacy_minimum;
  manifest.threshold = static_cast<std::uint8_t>(plan_.threshold);
  cast_->fill(manifest);
  if (paper_in_use()) manifest.paper = issue_cards(*cast_, pools_.size());
  if (Status valid = election::check(manifest); !valid) return valid;
  Result<election::RecordWriter> record =
      election::RecordWriter::create(directory_, encode(manifest), cast_->board);
  if (!record) return std::move(record).error();
  record_.emplace(std::move(*record));

  std::vector<std::string> dealings;
  for (unsigned j = 1; j <= plan_.trustees; ++j) {
    const election::TrusteeNumber trustee{static_cast<std::uint8_t>(j)};
    const election::TrusteeKeys& keys = cast_->trustees[j - 1];
    const election::Dealing dealing = election::deal(this->manifest(), edition(), trustee, keys);
    dealings.push_back(encode(dealing));
    const auto commitment = election::commit_to(dealings.back(), dealing, keys);
    if (Status added = record_->add(encode(commitment)); !added) return added;
  }
  for (const std::string& dealing : dealings) {
    if (Status added = record_->add(dealing); !added) return added;
  }
  for (unsigned j = 1; j <= plan_.trustees; ++j) {
    const election::TrusteeNumber trustee{static_cast<std::uint8_t>(j)};
    Result<election::Accepted> accepted =
        election::accept(this->manifest(), edition(), dealings, trustee, cast_->trustees[j - 1]);
    if (!accepted) return std::move(accepted).error();
    cast_->shares.push_back(accepted->secret);
    if (Status added = record_->add(encode(accepted->acceptance)); !added) return added;
  }
  joint_key_.emplace(record_->state().joint_key());
  return commit(plan_.opens - day_seconds);
}

Status Rehearsal::make_roll() {
  plan_.progress("roll", 0);
  // Voters, those who only take part in incidents, and a fifth who do not vote.
  const std::size_t persons = voters_ + 5 + annulled_persons + voters_ / 5;
  pseudonyms_.resize(persons);
  for (Pseudonym& pseudonym : pseudonyms_) {
    randombytes_buf(pseudonym.octets.data(), pseudonym.octets.size());
  }
  if (plan_.with_incidents) late_on_roll_ = std::min(late_on_roll_max, voters_);

  std::vector<PoolNumber> all_pools;
  for (std::size_t p = 0; p < pools_.size(); ++p) all_pools.push_back(number(p));
  std::vector<election::RollLine> lines;
  for (std::size_t i = late_on_roll_; i < persons; ++i) {
    lines.push_back({pseudonyms_[i], all_pools});
  }
  std::ranges::sort(lines, {}, &election::RollLine::pseudonym);
  const std::string file = election::encode_roll(lines);
  if (Status provided = record_->provide_roll(file); !provided) return provided;

  const Result<election::Roll> roll = election::Roll::decode(file);
  if (!roll) return roll.error();
  election::RollEntry entry{edition(), roll->size(), roll->root(), {}};
  sign(entry, cast_->registrar);
  const std::string bytes = encode(entry);
  roll_ = election::entry_hash(bytes);
  return record_->add(bytes);
}

Status Rehearsal::open() {
  if (Status opened = sign_by_officials_and_add(
          election::Opening{edition(), joint_key_->encoding, roll_, plan_.opens, {}});
      !opened) {
    return opened;
  }
  if (Status committed = commit(plan_.opens); !committed) return committed;
  if (Status kept = record_->keep_checkpoint(); !kept) return kept;

  std::vector<PoolNumber> all_pools;
  for (std::size_t p = 0; p < pools_.size(); ++p) all_pools.push_back(number(p));
  for (std::size_t i = 0; i < late_on_roll_; ++i) {
    election::RollAddition addition{edition(), pseudonyms_[i], all_pools, {}};
    sign(addition, cast_->registrar);
    if (Status added = record_->add(encode(addition)); !added) return added;
  }
  return ok_status();
}

void Rehearsal::plan_visits() {
  const auto any_content = [&](std::size_t pool) {
    const std::vector<std::uint32_t>& votes = pools_[pool].votes;
    return votes[randombytes_uniform(static_cast<std::uint32_t>(votes.size()))];
  };
  for (std::uint32_t person = 0; person < voters_; ++person) {
    Visit visit{person, 2, {}};
    Visit superseded{person, 2, {}};
    Visit thief{person, 2, {}};
    for (std::size_t p = 0; p < pools_.size(); ++p) {
      if (person >= pools_[p].votes.size()) continue;
      visit.intentions.push_back({number(p), Filling::content, pools_[p].votes[person]});
      superseded.intentions.push_back({number(p), Filling::content, any_content(p)});
      thief.intentions.push_back({number(p), Filling::content, any_content(p)});
    }
    if (plan_.with_incidents) {
      if (person % superseded_every == 1) before_.push_back(superseded);
      if (person % reclaimed_every == 2) {
        // Somebody votes in this person's name before and after; the person's own ballot, cast
        // with the eID or in person, counts.
        visit.level = person % (2 * reclaimed_every) == 2 ? 3 : 4;
        before_.push_back(thief);
        after_.push_back(thief);
      }
      if (person % overwritten_every == 3) {
        // A stolen second factor: the later ballot would count, until it is annulled.
        for (Intention& intention : thief.intentions) intention.fate = Fate::annulled;
        after_.push_back(thief);
      }
      // Contested without cause: the votes of these persons count.
      for (Intention& intention : visit.intentions) {
        if (person % contested_every == 4) intention.fate = Fate::upheld;
        if (person % contested_every == 5) intention.fate = Fate::restored;
      }
    }
    if (paper_in_use() && person % on_paper_every == 6 && person / on_paper_every < on_paper_max) {
      // What was cast before, or by somebody else, does not count.
      if (person % (2 * on_paper_every) == 6) before_.push_back(thief);
      give_cards(person, visit.intentions);
      continue;
    }
    main_.push_back(std::move(visit));
  }
  if (!plan_.with_incidents) return;

  std::uint32_t person = static_cast<std::uint32_t>(voters_);
  for (const Filling filling : {Filling::garbage, Filling::identity, Filling::blank}) {
    Visit visit{person++, 2, {}};
    for (std::size_t p = 0; p < pools_.size(); ++p) {
      // A blank ballot that is valid would be one vote more than the instance has.
      if (filling == Filling::blank && pools_[p].imported.pool.ballot_rule.blank_valid) continue;
      visit.intentions.push_back({number(p), filling, 0});
    }
    if (!visit.intentions.empty()) after_.push_back(std::move(visit));
  }
  for (std::size_t k = 0; k < annulled_persons; ++k) {
    Visit visit{person++, 2, {}};
    for (std::size_t p = 0; p < pools_.size(); ++p) {
      if (pools_[p].votes.empty()) continue;
      const Fate fate = k == 0 ? Fate::annulled_when_frozen : Fate::annulled;
      visit.intentions.push_back({number(p), Filling::content, any_content(p), fate});
    }
    if (!visit.intentions.empty()) after_.push_back(std::move(visit));
  }
  if (paper_in_use()) {
    Visit visit{person++, 2, {}};
    for (std::size_t p = 0; p < pools_.size(); ++p)
      visit.intentions.push_back({number(p), Filling::garbage, 0});
    give_cards(visit.person, visit.intentions);
  }
}

void Rehearsal::give_cards(std::uint32_t person, const std::vector<Intention>& intentions) {
  for (const Intention& intention : intentions) {
    BoxedCard card{election::PointNumber{static_cast<std::uint16_t>(person / on_paper_every % 2)},
                   intention.pool,
                   {}};
    if (intention.filling == Filling::content) {
      const Result<std::string> packed = election::pack_ballot(
          record_->state().terms(intention.pool),
          pools_[intention.pool.value].imported.contents[intention.content].content);
      if (packed) card.content = *packed;
    }
    with_cards_.push_back(person);
    cards_.push_back(std::move(card));
  }
}

// At the points, while others vote in their browsers.
Status Rehearsal::mark_those_with_cards() {
  for (std::size_t i = 0; i < cards_.size(); ++i) {
    election::PaperMark mark{edition(),
                             cards_[i].pool,
                             pseudonyms_[with_cards_[i]],
                             cards_[i].point,
                             (plan_.opens + day_seconds) / 3600,
                             {}};
    sign(mark, cast_->registrar);
    if (Status added = record_->add(encode(mark)); !added) return added;
  }
  return ok_status();
}

Status Rehearsal::state_boxes() {
  if (!paper_in_use()) return ok_status();
  Result<std::vector<election::PaperBatch>> batches =
      open_boxes(manifest(), edition(), *cast_, *joint_key_, cards_);
  if (!batches) return std::move(batches).error();
  for (election::PaperBatch& batch : *batches) {
    if (Status stated = sign_by_officials_and_add(std::move(batch), 0, 2); !stated) return stated;
  }
  return ok_status();
}

Result<election::SealedContent> Rehearsal::fill(const Intention& intention) const {
  const election::BallotTerms& terms = record_->state().terms(intention.pool);
  switch (intention.filling) {
    case Filling::content: {
      const auto& contents = pools_[intention.pool.value].imported.contents;
      const Result<std::string> packed =
          election::pack_ballot(terms, contents[intention.content].content);
      if (!packed) return packed.error();
      return election::seal_content(*joint_key_, *packed);
    }
    case Filling::garbage:
      return election::seal_content(*joint_key_, std::string(terms.layout.bytes(), '\xff'));
    case Filling::blank:
      return election::seal_content(*joint_key_, std::string(terms.layout.bytes(), '\0'));
    case Filling::identity: {
      // Encryptions of the identity, which no ballot page makes but any voter can.
      election::SealedContent sealed;
      for (std::size_t k = 0; k < terms.layout.width; ++k) {
        sealed.randomness.push_back(group::SecretScalar::random());
        sealed.ciphertext += view_of(group::mul_base(sealed.randomness.back()).encode());
        sealed.ciphertext += view_of(joint_key_->multiples.mul(sealed.randomness.back()).encode());
      }
      return sealed;
    }
  }
  return Error{ErrorCode::unsupported, "no such filling"};
}

// After an extension within the time that it has added.
std::uint64_t Rehearsal::certified_at(std::uint64_t serial) const {
  const std::uint64_t announced = plan_.opens + voting_days * day_seconds;
  const std::uint64_t closes = record_->state().term().closes;
  if (closes == announced) return plan_.opens + serial % (voting_days * day_seconds);
  return announced + serial % (closes - announced);
}

Result<std::vector<std::string>> Rehearsal::prepare(const Visit& visit,
                                                    std::uint64_t serial) const {
  const auto voter = proof::SigningKey::random();
  std::vector<PoolNumber> pools;
  for (const Intention& intention : visit.intentions) pools.push_back(intention.pool);
  const std::uint64_t time = certified_at(serial);
  const election::Certificate certificate =
      election::issue_certificate(edition(), cast_->registrar, pseudonyms_[visit.person], voter.key,
                                  visit.level, std::move(pools), time, serial);
  std::vector<std::string> ballots;
  for (const Intention& intention : visit.intentions) {
    const Result<election::SealedContent> sealed = fill(intention);
    if (!sealed) return sealed.error();
    const auto next = record_->state().next_ballot(pseudonyms_[visit.person], intention.pool);
    ballots.push_back(encode(
        election::cast_sealed({edition(), intention.pool, certificate, next.counter, next.previous},
                              *joint_key_, *sealed, voter)));
  }
  return ballots;
}

// Of the case that comes n-th.
std::string case_number(std::uint64_t n) {
  constexpr std::string_view alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  std::string number = "REHRS-22222";
  for (std::size_t at = number.size(); n > 0; n /= alphabet.size())
    number[--at] = alphabet[n % alphabet.size()];
  return number;
}

// A new case begins.
Status Rehearsal::freeze(std::vector<election::NamedBallot> ballots) {
  election::Freeze entry{edition(), std::move(ballots), case_number(++cases_), "complaint", {}};
  sign(entry, election::OfficialNumber{1}, cast_->officials[1]);
  return record_->add(encode(entry));
}

Status Rehearsal::annul(const election::NamedBallot& ballot) {
  return sign_by_officials_and_add(
      election::Annulment{edition(), ballot.index, ballot.hash, "stolen-identity", {}});
}

// Of the last case. An appeal is decided by others than those who annulled.
Status Rehearsal::uphold(const election::NamedBallot& ballot, election::Lifted ends) {
  const bool appeal = ends == election::Lifted::annulment;
  return sign_by_officials_and_add(
      election::Upholding{
          edition(), ballot.index, ballot.hash, ends, case_number(cases_), "voter-confirmed", {}},
      appeal ? 2 : 0, appeal ? 3 : 1);
}

Status Rehearsal::decide(const election::NamedBallot& ballot, Fate fate) {
  if (fate == Fate::upheld || fate == Fate::annulled_when_frozen) {
    if (Status frozen = freeze({ballot}); !frozen) return frozen;
  }
  if (fate == Fate::upheld) return uphold(ballot, election::Lifted::freeze);
  if (fate == Fate::restored) appealed_.push_back(ballot);
  return fate == Fate::untouched ? ok_status() : annul(ballot);
}

// Appeals, and a case that nobody knew of while people voted.
Status Rehearsal::decide_after_closing() {
  for (const election::NamedBallot& ballot : appealed_) {
    ++cases_;
    if (Status restored = uphold(ballot, election::Lifted::annulment); !restored) return restored;
  }
  if (!plan_.with_incidents) return ok_status();
  constexpr std::size_t late_max = 2;
  std::vector<election::NamedBallot> late;
  const election::BoardState& state = record_->state();
  for (std::size_t b = 0; b < state.ballots() && late.size() < late_max; ++b) {
    if (state.standing(b) == election::Standing::untouched)
      late.push_back({state.ballot(b).index, state.ballot_entry(b)});
  }
  if (late.empty()) return ok_status();
  if (Status frozen = freeze(late); !frozen) return frozen;
  for (const election::NamedBallot& ballot : late) {
    if (Status upheld = uphold(ballot, election::Lifted::freeze); !upheld) return upheld;
  }
  return ok_status();
}

Status Rehearsal::cast_all(std::vector<Visit> visits) {
  shuffle(visits);
  for (std::size_t begin = 0; begin < visits.size(); begin += visits_at_once) {
    const std::size_t size = std::min(visits_at_once, visits.size() - begin);
    std::vector<Result<std::vector<std::string>>> prepared(
        size, Result<std::vector<std::string>>(std::vector<std::string>()));
    constexpr std::size_t piece = 64;
    for_each_piece((size + piece - 1) / piece, plan_.threads, [&](std::size_t p) {
      for (std::size_t i = p * piece; i < std::min(size, (p + 1) * piece); ++i) {
        prepared[i] = prepare(visits[begin + i], serial_ + i);
      }
    });
    serial_ += size;
    for (std::size_t i = 0; i < size; ++i) {
      if (!prepared[i]) return prepared[i].error();
      for (std::size_t k = 0; k < prepared[i]->size(); ++k) {
        const std::uint64_t entry = record_->state().size();
        if (Status added = record_->add((*prepared[i])[k]); !added) return added;
        const Intention& intention = visits[begin + i].intentions[k];
        ++outcomes_[intention.pool.value].cast;
        const election::NamedBallot ballot{
            election::EntryIndex{entry},
            record_->state().ballot_entry(record_->state().ballots() - 1)};
        if (Status decided = decide(ballot, intention.fate); !decided) return decided;
      }
    }
    if (Status committed = commit(plan_.opens + day_seconds); !committed) return committed;
    plan_.progress("ballots",
                   static_cast<double>(serial_) /
                       static_cast<double>(before_.size() + main_.size() + after_.size()));
  }
  return ok_status();
}

// Two officials put the end of the voting off by a day.
Status Rehearsal::extend() {
  election::Extension extension;
  extension.edition = edition();
  extension.replaces = record_->state().term().closes;
  extension.time = extension.replaces - 3600;
  extension.closes = extension.replaces + day_seconds;
  extension.reason_pl = "Awaria sieci telefonicznej.";
  extension.reason_en = "The telephone network failed.";
  return sign_by_officials_and_add(extension);
}

// A voter makes the device open a ciphertext, which may then not be cast.
Status Rehearsal::challenge() {
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    Result<election::SealedContent> sealed = fill({number(p), Filling::garbage, 0});
    if (!sealed) return std::move(sealed).error();
    const election::Audited audited{edition(), number(p), std::move(sealed->ciphertext)};
    if (Status added = record_->add(encode(audited)); !added) return added;
  }
  return ok_status();
}

Status Rehearsal::vote() {
  plan_.progress("ballots", 0);
  plan_visits();
  if (plan_.with_incidents) {
    if (Status challenged = challenge(); !challenged) return challenged;
  }
  for (const std::vector<Visit>* visits : {&before_, &main_}) {
    if (Status done = cast_all(*visits); !done) return done;
  }
  if (Status marked = mark_those_with_cards(); !marked) return marked;
  if (plan_.with_incidents) {
    if (Status extended = extend(); !extended) return extended;
  }
  return cast_all(after_);
}

Status Rehearsal::close() {
  const std::uint64_t time = record_->state().term().closes;
  if (Status closed = sign_by_officials_and_add(election::Closing{edition(), time, {}}); !closed) {
    return closed;
  }
  if (Status committed = commit(time); !committed) return committed;
  if (Status kept = record_->keep_checkpoint(); !kept) return kept;
  election::Issuance issuance{edition(), serial_, {}};
  sign(issuance, cast_->registrar);
  if (Status added = record_->add(encode(issuance)); !added) return added;
  if (Status decided = decide_after_closing(); !decided) return decided;
  if (Status stated = state_boxes(); !stated) return stated;
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    const election::Counted counted = record_->state().counted_entry(number(p));
    outcomes_[p].counted = counted.ballots;
    if (Status added = record_->add(encode(counted)); !added) return added;
  }
  return commit(time);
}

std::map<std::string, std::uint64_t> Rehearsal::expected_votes(std::size_t pool) const {
  std::map<std::string, std::uint64_t> votes;
  const PoolVotes& put_in = pools_[pool];
  for (const std::uint32_t content : put_in.votes) {
    const Result<std::string> packed = election::pack_ballot(
        record_->state().terms(number(pool)), put_in.imported.contents[content].content);
    if (packed) ++votes[*packed];
  }
  return votes;
}

Result<bool> Rehearsal::winners_agree(std::size_t pool, const TallyOutput& output) const {
  const election::Pool& rules = manifest().pools[pool];
  const Result<count::Instance> published =
      election::read_published(output.files.at(election::published_path(number(pool))));
  if (!published) return published.error();
  const Result<election::PoolCount> announced =
      election::count_pool(rules.counting, *published, manifest().ties, output.tie_seed);
  if (!announced) return announced.error();

  // The instance itself, or where only some of its votes were put in, those.
  std::optional<count::Instance> part;
  const PoolVotes& put_in = pools_[pool];
  if (put_in.votes.size() != plan_.instances[pool].profile.ballots()) {
    std::vector<election::PublishedBallot> ballots;
    for (const std::uint32_t content : put_in.votes) {
      ballots.push_back({ballots.size() + 1, put_in.imported.contents[content].content});
    }
    Result<count::Instance> read =
        election::read_published(election::published_file(rules, ballots));
    if (!read) return std::move(read).error();
    part.emplace(std::move(*read));
  }
  const Result<election::PoolCount> original = election::count_pool(
      rules.counting, part ? *part : plan_.instances[pool], manifest().ties, output.tie_seed);
  if (!original) return original.error();
  return announced->winners == original->winners;
}

Status Rehearsal::tally_pool_number(std::size_t p) {
  const PoolNumber pool = number(p);
  PoolOutcome& outcome = outcomes_[p];
  if (outcome.counted < plan_.privacy_minimum) {
    outcome.withheld = true;
    return record_->add(encode(election::Withheld{edition(), pool, outcome.counted}));
  }
  const std::vector<unsigned> present = present_trustees(plan_);
  const election::BoardState& state = record_->state();
  const Result<TallyOutput> output = tally_pool({manifest(), edition(), pool, state.terms(pool),
                                                 state.joint_key(), state.verification_keys()},
                                                state.counted_ciphertexts(pool), *cast_, present,
                                                std::span(present).first(plan_.threshold));
  if (!output) return output.error();
  for (const auto& [path, bytes] : output->files) {
    if (Status written = record_->write_file(path, bytes); !written) return written;
  }
  for (const std::string& entry : output->entries) {
    if (Status added = record_->add(entry); !added) return added;
  }

  const election::PoolResult& result = *state.progress(pool).result;
  outcome.valid = result.valid;
  outcome.invalid = outcome.counted - result.valid;
  const Result<count::Instance> published =
      election::read_published(output->files.at(election::published_path(pool)));
  if (!published) return published.error();
  const Result<election::ImportedPool> again = election::import_pool(*published, outcome.id);
  if (!again) return again.error();
  std::map<std::string, std::uint64_t> votes;
  for (const election::RepeatedContent& content : again->contents) {
    const Result<std::string> packed = election::pack_ballot(state.terms(pool), content.content);
    if (packed) votes[*packed] += content.count;
  }
  outcome.same_votes = again->inexpressible == 0 && votes == expected_votes(p);
  const Result<bool> agree = winners_agree(p, *output);
  if (!agree) return agree.error();
  outcome.same_winners = *agree;
  return ok_status();
}

Status Rehearsal::tally() {
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    plan_.progress("tally", static_cast<double>(p) / static_cast<double>(pools_.size()));
    if (Status done = tally_pool_number(p); !done) return done;
  }
  if (Status committed = commit(record_->state().term().closes + day_seconds); !committed) {
    return committed;
  }
  return record_->keep_checkpoint();
}

}  // namespace

Result<Outcome> rehearse(const Plan& plan, const std::string& directory) {
  if (plan.instances.empty()) {
    return Error{ErrorCode::usage, "no instance was given", {}, "name at least one .pb file"};
  }
  if (plan.threshold < 1 || plan.threshold > plan.trustees ||
      plan.trustees > election::trustees_max) {
    return Error{ErrorCode::usage,
                 "the threshold must be at least 1 and at most the number of trustees, which is "
                 "at most " +
                     std::to_string(election::trustees_max)};
  }
  if (present_trustees(plan).size() < plan.threshold) {
    return Error{ErrorCode::limit, "too many trustees are lost: " + std::to_string(plan.threshold) +
                                       " are needed to decrypt"};
  }
  return Rehearsal(plan, directory).run();
}

}  // namespace urna::rehearsal
