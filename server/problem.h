// SPDX-License-Identifier: EUPL-1.2
// Refusals told to people and programs: problem details of RFC 9457, in the house's languages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/language.h"

namespace urna::server {

// One kind of problem; kinds are constants of the program. The slug is stable and part of the API:
// the member `type` is "/problems/<slug>".
struct ProblemKind {
  std::string_view slug;
  unsigned status;
  std::string_view title_pl;
  std::string_view title_en;
};

struct Problem {
  const ProblemKind* kind;  // never null
  // What is the matter in this case, and what to do; may be empty. Never holds input.
  Text detail = {};
  // After how many seconds to try again; sent as Retry-After.
  std::optional<std::uint32_t> retry_after_s = std::nullopt;
  // More members of the object, e.g. {"field", "pool"}; names are not those of RFC 9457.
  std::vector<std::pair<std::string_view, std::string>> members = {};
  // Headers that this kind asks for, e.g. {"Allow", "GET"}.
  std::vector<std::pair<std::string_view, std::string>> headers = {};
};

// The problems that the server itself finds, and those for any Error.
namespace problems {
inline constexpr ProblemKind malformed_request{"malformed-request", 400, "Błędne żądanie",
                                               "Malformed request"};
inline constexpr ProblemKind unauthenticated{"unauthenticated", 401, "Brak uwierzytelnienia",
                                             "Not authenticated"};
inline constexpr ProblemKind forbidden{"forbidden", 403, "Brak uprawnień", "Not allowed"};
inline constexpr ProblemKind not_found{"not-found", 404, "Nie znaleziono", "Not found"};
inline constexpr ProblemKind method_not_allowed{"method-not-allowed", 405,
                                                "Ta metoda nie jest tu dostępna",
                                                "This method is not available here"};
inline constexpr ProblemKind too_slow{"too-slow", 408, "Żądanie przychodziło zbyt długo",
                                      "The request took too long to arrive"};
inline constexpr ProblemKind conflict{"conflict", 409, "Sprzeczność z obecnym stanem",
                                      "In conflict with the present state"};
inline constexpr ProblemKind too_large{"too-large", 413, "Treść jest za duża",
                                       "The content is too large"};
inline constexpr ProblemKind wrong_content_type{
    "wrong-content-type", 415, "Nieobsługiwany rodzaj treści", "Unsupported type of content"};
inline constexpr ProblemKind range_not_satisfiable{
    "range-not-satisfiable", 416, "Takiego zakresu nie ma", "There is no such range"};
inline constexpr ProblemKind expectation_failed{
    "expectation-failed", 417, "Nieobsługiwane oczekiwanie", "Unsupported expectation"};
inline constexpr ProblemKind unprocessable{"unprocessable", 422, "Nie można wykonać tego żądania",
                                           "This request cannot be carried out"};
inline constexpr ProblemKind too_many_requests{"too-many-requests", 429, "Zbyt wiele żądań",
                                               "Too many requests"};
inline constexpr ProblemKind head_too_large{"head-too-large", 431, "Nagłówki są za duże",
                                            "The headers are too large"};
inline constexpr ProblemKind internal{"internal", 500, "Błąd po naszej stronie",
                                      "An error on our side"};
inline constexpr ProblemKind not_implemented{"not-implemented", 501, "Nieobsługiwana metoda",
                                             "Unsupported method"};
inline constexpr ProblemKind overloaded{"overloaded", 503, "Usługa jest chwilowo przeciążona",
                                        "The service is overloaded for now"};
inline constexpr ProblemKind unavailable{"unavailable", 503, "Usługa jest chwilowo niedostępna",
                                         "The service is not available for now"};
inline constexpr ProblemKind no_answer_in_time{"no-answer-in-time", 504,
                                               "Nie udało się odpowiedzieć na czas",
                                               "No answer could be given in time"};
inline constexpr ProblemKind version_not_supported{
    "version-not-supported", 505, "Nieobsługiwana wersja HTTP", "Unsupported version of HTTP"};
}  // namespace problems

// After how many seconds to try again where nobody can tell.
inline constexpr std::uint32_t unavailable_retry_s = 10;

[[nodiscard]] inline Problem malformed_request(std::string_view pl, std::string_view en) {
  return {&problems::malformed_request, {std::string(pl), std::string(en)}};
}

// The problem for an error, by its code: usage, malformed 400; not_found 404; conflict 409;
// limit, unsupported 422; io 503. The error's message stays inside, since it may quote input; its
// field, line and column, if any, become members.
[[nodiscard]] Problem problem_of(const Error& error);

// The JSON object of RFC 9457: type, title, status, detail (if any), request, then other members.
[[nodiscard]] std::string problem_json(const Problem& problem, Language language,
                                       std::string_view request_id);

// `text` as a JSON string with its quotes. Precondition: UTF-8.
void append_json_string(std::string& json, std::string_view text);

}  // namespace urna::server
