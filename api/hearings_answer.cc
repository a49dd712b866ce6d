// SPDX-License-Identifier: EUPL-1.2
#include "api/hearings_answer.h"

#include <boost/json.hpp>

#include "base/bytes.h"

namespace urna::api {
namespace {

namespace json = boost::json;

std::string hearing_json(const registrar::Hearing& one, std::uint64_t now) {
  json::object object{{"number", one.number},
                      {"time", one.hour == 0 ? json::value(nullptr) : json::value(one.hour * 3600)},
                      {"answer_until", one.answer_until},
                      {"open", now < one.answer_until},
                      {"answer", nullptr}};
  if (one.answer != cases::Answer::none) object["answer"] = cases::to_string(one.answer);
  return json::serialize(object);
}

}  // namespace

std::string hearings_json(const std::vector<registrar::Hearing>& hearings, std::uint64_t now) {
  constexpr std::string_view end = "\"}";
  static const registrar::Hearing nothing;
  std::string list;
  // As many texts are made as there can be.
  for (std::size_t i = 0; i < registrar::hearings_told_max; ++i) {
    const bool real = i < hearings.size();
    const std::string text = hearing_json(real ? hearings[i] : nothing, now);
    if (!real) continue;
    if (i > 0) list += ',';
    list += text;
  }
  std::string body = "{\"hearings\":[" + list + "],\"padding\":\"";
  if (body.size() + end.size() > hearings_answer_bytes) {
    stop_on_broken_precondition("hearings_json: few and short");
  }
  body.resize(hearings_answer_bytes - end.size(), ' ');
  body += end;
  return body;
}

}  // namespace urna::api
