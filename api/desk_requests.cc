// SPDX-License-Identifier: EUPL-1.2
#include "api/desk_requests.h"

#include <charconv>
#include <string>
#include <utility>

namespace urna::api {
namespace {

using server::Problem;
using server::ProblemKind;
using server::Response;

constexpr ProblemKind desk_refused{"desk-refused", 422, "Nie można tego zrobić",
                                   "This cannot be done"};
constexpr ProblemKind not_now{"desk-conflict", 409, "Tego nie można teraz zrobić",
                              "This cannot be done now"};

}  // namespace

Problem desk_problem_of(const Error& error) {
  const ProblemKind* kind = &desk_refused;
  switch (error.code) {
    case ErrorCode::usage:
      kind = &server::problems::forbidden;
      break;
    case ErrorCode::not_found:
      kind = &server::problems::not_found;
      break;
    case ErrorCode::conflict:
      kind = &not_now;
      break;
    case ErrorCode::io:
      return {&server::problems::unavailable, {}, server::unavailable_retry_s};
    case ErrorCode::malformed:
    case ErrorCode::unsupported:
    case ErrorCode::limit:
      break;
  }
  Problem problem{kind};
  if (!error.place.field.empty()) problem.members.emplace_back("field", error.place.field);
  problem.members.emplace_back("message", error.message);
  if (!error.remedy.empty()) problem.members.emplace_back("remedy", error.remedy);
  return problem;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<std::vector<std::uint64_t>> numbers_in(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto number = number_in(text.substr(0, comma));
    if (!number) {
      return Error{ErrorCode::malformed,
                   "the ballots are no list of entries of the board",
                   {.field = "ballots"},
                   "give their numbers, joined by commas"};
    }
    numbers.push_back(*number);
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

Result<desk::EditionRow> row_of(const desk::Office& office, std::string_view edition) {
  desk::EditionRow found;
  const Status done = office.store.transact([&](desk::DeskTransaction& transaction) -> Status {
    Result<std::optional<desk::EditionRow>> row = transaction.edition(edition);
    if (!row) return std::move(row).error();
    if (!*row) return desk::no_such("edition");
    found = **std::move(row);
    return ok_status();
  });
  if (!done) return done.error();
  return found;
}

}  // namespace urna::api
