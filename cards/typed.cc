// SPDX-License-Identifier: EUPL-1.2
#include "cards/typed.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <numeric>
#include <optional>
#include <set>

namespace urna::cards {
namespace {

using election::BallotContent;
using election::BallotForm;
using election::BatchNumber;
using election::CardSerial;

constexpr std::string_view unreadable_word = "unreadable";

Error wrong_line(std::size_t line, std::string message, ErrorCode code = ErrorCode::malformed) {
  Error error{code, std::move(message), {}, ""};
  error.place.line = static_cast<decltype(error.place.line)>(line);
  return error;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<TypedCard> read_line(std::string_view text, std::size_t line) {
  const std::vector<std::string_view> cells = parts_of(text, ';');
  if (cells.size() < 4 || cells.size() > 5)
    return wrong_line(line, "expected batch;card;serial;vote;points");
  TypedCard card;
  card.line = line;
  const auto batch = number_of<std::uint32_t>(cells[0]);
  const auto number = number_of<std::uint32_t>(cells[1]);
  if (!batch || *batch == 0 || *batch > election::batches_max)
    return wrong_line(line, "the first cell is no number of a batch");
  if (!number) return wrong_line(line, "the second cell is no number of a card");
  card.batch = {*batch - 1};
  card.card = *number;
  card.serial = cells[2];
  card.unreadable = cells[3] == unreadable_word;
  if (!card.unreadable && !cells[3].empty()) {
    for (const std::string_view id : parts_of(cells[3], ',')) card.projects.emplace_back(id);
  }
  if (cells.size() == 5 && !cells[4].empty()) {
    for (const std::string_view points : parts_of(cells[4], ',')) {
      const auto given = number_of<std::uint32_t>(points);
      if (!given) return wrong_line(line, "the last cell holds something that is no number");
      card.points.push_back(*given);
    }
  }
  return card;
}

// As the ballot page would make it; nullopt with the reason if the card cannot be read so.
std::optional<BallotContent> content_of(const TypedCard& typed, const election::Pool& pool,
                                        std::string& why) {
  const bool with_points = pool.ballot_rule.form == BallotForm::points;
  if (typed.points.size() != (with_points ? typed.projects.size() : 0)) {
    why = "points and projects are not as many";
    return std::nullopt;
  }
  std::vector<std::pair<std::uint16_t, std::uint32_t>> choices;
  for (std::size_t i = 0; i < typed.projects.size(); ++i) {
    const auto found = std::ranges::find(pool.projects, typed.projects[i], &election::Project::id);
    if (found == pool.projects.end()) {
      why = "there is no project " + typed.projects[i];
      return std::nullopt;
    }
    // A project with no points is one that was not named.
    if (with_points && typed.points[i] == 0) continue;
    choices.emplace_back(static_cast<std::uint16_t>(found - pool.projects.begin() + 1),
                         with_points ? typed.points[i] : 0);
  }
  if (pool.ballot_rule.form != BallotForm::ranking) std::ranges::sort(choices);
  BallotContent content;
  for (const auto& [project, points] : choices) {
    content.projects.push_back({project});
    if (with_points) content.points.push_back(points);
  }
  return content;
}

// What a card of the batch that counts once says.
void judge_content(JudgedCard& judged, const election::Pool& pool,
                   const election::BallotTerms& terms) {
  if (judged.typed.unreadable) {
    judged.fate = Fate::unreadable;
    judged.why = "nobody can read it";
    return;
  }
  std::optional<BallotContent> content = content_of(judged.typed, pool, judged.why);
  if (content) {
    const auto reason = check_content(terms, *content);
    if (reason) {
      judged.why = election::meaning_of(*reason);
      content.reset();
    }
  }
  judged.fate = content ? Fate::vote : Fate::against_rule;
  if (content) judged.content = *std::move(content);
}

}  // namespace

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::vote:
      return "vote";
    case Fate::unreadable:
      return "unreadable";
    case Fate::against_rule:
      return "against-rule";
    case Fate::never_issued:
      return "never-issued";
    case Fate::used_before:
      return "used-before";
    case Fate::of_another_batch:
      return "of-another-batch";
  }
  return {};
}

Result<std::vector<TypedCard>> read_typed(std::string_view text) {
  std::vector<TypedCard> cards;
  std::set<std::pair<BatchNumber, std::uint32_t>> seen;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view row = text.substr(begin, end - begin);
    if (row.ends_with('\r')) row.remove_suffix(1);
    begin = end + 1;
    ++line;
    // What spreadsheets put before UTF-8.
    if (line == 1 && row.starts_with("\xEF\xBB\xBF")) row.remove_prefix(3);
    row = trimmed(row);
    if (row.empty() || row.starts_with('#') || row.starts_with("batch;")) continue;
    Result<TypedCard> card = read_line(row, line);
    if (!card) return std::move(card).error();
    if (!seen.insert({card->batch, card->card}).second)
      return wrong_line(line, "the number of this card stands twice in its batch",
                        ErrorCode::conflict);
    cards.push_back(*std::move(card));
  }
  return cards;
}

std::vector<JudgedCard> judge(const std::vector<TypedCard>& typed, const CardFile& cards,
                              const election::Manifest& manifest) {
  std::map<CardSerial, BatchNumber> issued;
  for (std::size_t b = 0; b < cards.batches.size(); ++b) {
    for (const CardSerial& serial : cards.batches[b].serials)
      issued.emplace(serial, BatchNumber{static_cast<BatchNumber::Value>(b)});
  }
  std::map<election::PoolNumber, election::BallotTerms> terms;
  std::set<CardSerial> used;
  std::vector<JudgedCard> all;
  for (const TypedCard& one : typed) {
    JudgedCard& judged = all.emplace_back();
    judged.typed = one;
    const auto serial = election::parse_card_serial(one.serial);
    const auto found = serial ? issued.find(*serial) : issued.end();
    if (found == issued.end() || one.batch.value >= cards.batches.size()) {
      judged.fate = Fate::never_issued;
      judged.why = serial ? "no card was issued with this serial number"
                          : "this is no serial number of a card";
      continue;
    }
    if (found->second != one.batch) {
      const Batch& other = cards.batches[found->second.value];
      judged.fate = Fate::of_another_batch;
      judged.why = fmt::format("the card was issued in batch {}, pool {}, at {}",
                               found->second.value + 1, other.pool, other.point);
      continue;
    }
    if (!used.insert(*serial).second) {
      judged.fate = Fate::used_before;
      judged.why = fmt::format("a card with this serial number stands before it; issued at {}",
                               cards.batches[one.batch.value].point);
      continue;
    }
    const election::PoolNumber number = manifest.paper->batches[one.batch.value].pool;
    const election::Pool& pool = manifest.pools[number.value];
    if (!terms.contains(number)) terms.emplace(number, election::terms_of(pool).value());
    judge_content(judged, pool, terms.at(number));
  }
  return all;
}

std::vector<Difference> compare(const std::vector<JudgedCard>& first,
                                const std::vector<JudgedCard>& second) {
  using Key = std::pair<BatchNumber, std::uint32_t>;
  std::map<Key, std::pair<const JudgedCard*, const JudgedCard*>> papers;
  for (const JudgedCard& one : first) papers[{one.typed.batch, one.typed.card}].first = &one;
  for (const JudgedCard& one : second) papers[{one.typed.batch, one.typed.card}].second = &one;
  std::vector<Difference> differences;
  const auto serial_of = [](const JudgedCard& card) {
    const auto serial = election::parse_card_serial(card.typed.serial);
    return serial ? election::to_text(*serial) : card.typed.serial;
  };
  for (const auto& [key, both] : papers) {
    const auto differ = [&, paper = key](const char* what) {
      differences.push_back({paper.first, paper.second, what});
    };
    if (both.first == nullptr || both.second == nullptr) {
      differ("only one of the two has typed it");
    } else if (serial_of(*both.first) != serial_of(*both.second)) {
      differ("the serial numbers differ");
    } else if (both.first->fate != both.second->fate) {
      differ("for one it is a vote or refused, for the other it is not");
    } else if (both.first->content != both.second->content) {
      differ("the votes differ");
    }
  }
  return differences;
}

Result<std::vector<election::FoundCards>> found_of(const std::vector<JudgedCard>& judged,
                                                   const CardFile& cards,
                                                   const election::Manifest& manifest) {
  std::vector<election::FoundCards> found(cards.batches.size());
  for (std::size_t b = 0; b < found.size(); ++b)
    found[b].used.assign(cards.batches[b].serials.size(), false);
  for (const JudgedCard& card : judged) {
    // A number of a batch that there is not stands on somebody's invention.
    const std::size_t b = std::min<std::size_t>(card.typed.batch.value, found.size() - 1);
    election::FoundCards& of_batch = found[b];
    const auto refuse = [&](election::CardRefusal reason) {
      ++of_batch.refused[static_cast<std::size_t>(reason)];
    };
    switch (card.fate) {
      case Fate::never_issued:
        refuse(election::CardRefusal::never_issued);
        continue;
      case Fate::used_before:
        refuse(election::CardRefusal::used_before);
        continue;
      case Fate::of_another_batch:
        refuse(election::CardRefusal::of_another_batch);
        continue;
      case Fate::unreadable:
        ++of_batch.unfit[static_cast<std::size_t>(election::Unfit::unreadable)];
        break;
      case Fate::against_rule:
        ++of_batch.unfit[static_cast<std::size_t>(election::Unfit::against_rule)];
        break;
      case Fate::vote: {
        const election::Pool& pool = manifest.pools[manifest.paper->batches[b].pool.value];
        const Result<election::BallotTerms> terms = election::terms_of(pool);
        if (!terms) return terms.error();
        Result<std::string> packed = election::pack_ballot(*terms, card.content);
        if (!packed) return std::move(packed).error();
        of_batch.contents.push_back(*std::move(packed));
        break;
      }
    }
    const auto place = find_card(cards, *election::parse_card_serial(card.typed.serial));
    of_batch.used[place->second] = true;
  }
  return found;
}

}  // namespace urna::cards
