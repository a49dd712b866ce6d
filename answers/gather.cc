// SPDX-License-Identifier: EUPL-1.2
#include "answers/gather.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <tuple>
#include <utility>

#include "answers/members.h"
#include "answers/safe.h"
#include "base/bytes.h"

namespace urna::answers {
namespace {

namespace json = boost::json;

Error malformed(const Source& source, std::string message) {
  return {ErrorCode::malformed,
          std::move(message),
          {source.name},
          "give the file as the program wrote it"};
}

Result<json::object> parse(std::string_view text, const Source& source) {
  json::error_code failure;
  json::value value = json::parse(json::string_view(text.data(), text.size()), failure);
  if (failure || !value.is_object()) return malformed(source, "expected a JSON object");
  return std::move(value.as_object());
}

// What is shown as a part of an id: nothing that anybody typed.
bool is_word(std::string_view text) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, good);
}

void more(Facts& facts, const std::string& id, std::uint64_t by, const std::string& source) {
  Figure& figure = facts.figures[id];
  figure.value = figure.value.value_or(0) + by;
  figure.source = source;
}

}  // namespace

void add_record(Facts& facts, const results::EditionNumbers& numbers, Source source) {
  const std::string id = source.id;
  facts.sources.push_back(std::move(source));
  facts.edition = to_hex(numbers.edition.view());
  facts.add("record.entitled", numbers.entitled, id);
  facts.add("record.certificates", numbers.certificates, id);
  facts.add("record.ballots", numbers.ballots, id);
  facts.add("record.voters", numbers.voters, id);
  for (const results::PoolNumbers& pool : numbers.pools) {
    more(facts, "record.paper", pool.paper, id);
    more(facts, "record.superseded", pool.superseded, id);
    more(facts, "record.annulled", pool.annulled, id);
    more(facts, "record.counted", pool.counted, id);
    for (std::size_t level = 0; level < results::levels; ++level) {
      more(facts, fmt::format("record.level.{}", level + 2), pool.by_level[level], id);
    }
    more(facts, fmt::format("record.pool.{}", pool.number.value), pool.counted, id);
  }
  if (numbers.opened != 0) facts.happenings.push_back({numbers.opened, "opened", "", id});
  if (numbers.closed != 0) facts.happenings.push_back({numbers.closed, "closed", "", id});
}

Status add_registrar(Facts& facts, std::string_view text, Source source) {
  const Result<json::object> object = parse(text, source);
  if (!object) return object.error();
  if (text_in(*object, "statistics") != "registrar") {
    return malformed(source, "no statistics of a registrar");
  }
  if (!facts.edition.empty() && text_in(*object, "edition") != facts.edition) {
    return Error{ErrorCode::conflict,
                 "the statistics are of another edition",
                 {source.name},
                 "ask the registrar of this edition"};
  }
  const json::value* days = object->if_contains("days");
  if (days == nullptr || !days->is_array()) return malformed(source, "expected days");
  const std::string id = source.id;
  for (const json::value& day : days->get_array()) {
    const json::value* counts = day.is_object() ? day.get_object().if_contains("counts") : nullptr;
    if (counts == nullptr || !counts->is_object()) return malformed(source, "expected counts");
    for (const auto& [name, count] : counts->get_object()) {
      json::error_code failure;
      const auto number = count.to_number<std::uint64_t>(failure);
      if (failure || !is_word(name)) return malformed(source, "a count is wrong");
      more(facts, "registrar." + std::string(name), number, id);
    }
  }
  facts.sources.push_back(std::move(source));
  add_groups(facts);
  return ok_status();
}

Status add_signals(Facts& facts, std::string_view text, Source source) {
  const Result<json::object> object = parse(text, source);
  if (!object) return object.error();
  const json::value* clusters = object->if_contains("clusters");
  if (clusters == nullptr || !clusters->is_array()) return malformed(source, "expected clusters");
  const std::string id = source.id;
  facts.sources.push_back(std::move(source));
  more(facts, "clusters", clusters->get_array().size(), id);
  more(facts, "signals", 0, id);
  for (const json::value& cluster : clusters->get_array()) {
    const json::value* signals =
        cluster.is_object() ? cluster.get_object().if_contains("signals") : nullptr;
    if (signals == nullptr || !signals->is_array())
      return malformed(facts.sources.back(), "a cluster is wrong");
    more(facts, "signals", signals->get_array().size(), id);
    for (const json::value& one : signals->get_array()) {
      const std::string kind = one.is_object() ? text_in(one.get_object(), "kind") : std::string();
      if (!is_word(kind)) return malformed(facts.sources.back(), "a signal is wrong");
      more(facts, "signals." + kind, 1, id);
    }
  }
  return ok_status();
}

Status add_complaints(Facts& facts, std::string_view text, Source source) {
  const Result<json::object> object = parse(text, source);
  if (!object) return object.error();
  const json::value* complaints = object->if_contains("complaints");
  if (complaints == nullptr || !complaints->is_array()) {
    return malformed(source, "expected complaints");
  }
  const std::string id = source.id;
  facts.sources.push_back(std::move(source));
  more(facts, "complaints", complaints->get_array().size(), id);
  for (const json::value& one : complaints->get_array()) {
    const std::string reason =
        one.is_object() ? text_in(one.get_object(), "reason") : std::string();
    if (!is_word(reason)) return malformed(facts.sources.back(), "a complaint is wrong");
    more(facts, "complaints." + reason, 1, id);
  }
  return ok_status();
}

void add_case(Facts& facts, const cases::CaseFile& file, Source source) {
  const std::string id = source.id;
  facts.sources.push_back(std::move(source));
  more(facts, "cases", 1, id);
  more(facts, "case-voters", file.voters.size(), id);
  std::uint64_t reclaimed = 0, not_mine = 0;
  for (const cases::CaseVoter& voter : file.voters) {
    reclaimed += voter.reclaimed ? 1U : 0U;
    not_mine += voter.answer == cases::Answer::not_mine ? 1U : 0U;
  }
  more(facts, "case-reclaimed", reclaimed, id);
  more(facts, "case-not-mine", not_mine, id);
  facts.happenings.push_back({file.opened, "case-opened", file.number, id});
  if (file.asked != 0) facts.happenings.push_back({file.asked, "voters-asked", file.number, id});
}

void add_evidence(Facts& facts, const evidence::Report& report, Source source) {
  const std::string id = source.id;
  facts.sources.push_back(std::move(source));
  more(facts, "evidence.packages", 1, id);
  more(facts, "evidence.items", report.items, id);
  more(facts, "evidence.altered", report.sound() ? 0 : 1, id);
  for (const evidence::CustodyLine& line : report.custody) {
    facts.happenings.push_back({line.time, "evidence-" + std::string(to_string(line.act)),
                                report.description.case_number, id});
  }
}

void finish(Facts& facts) { std::ranges::stable_sort(facts.happenings, {}, &Happening::time); }

}  // namespace urna::answers
