// SPDX-License-Identifier: EUPL-1.2
#include "api/uses_answer.h"

#include <array>
#include <boost/json.hpp>

#include "base/bytes.h"
#include "registrar/operators.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using registrar::Factor;
using registrar::NoticeWay;
using registrar::Use;
using registrar::UseKind;

constexpr std::string_view kind_name(UseKind kind) {
  switch (kind) {
    case UseKind::certificate:
      return "certificate";
    case UseKind::vote:
      return "vote";
    case UseKind::complaint:
      break;
  }
  return "complaint";
}

constexpr std::string_view way_name(NoticeWay way) {
  switch (way) {
    case NoticeWay::waiting:
      return "waiting";
    case NoticeWay::sms:
      return "sms";
    case NoticeWay::email:
      return "email";
    case NoticeWay::unreachable:
      break;
  }
  return "none";
}

std::string use_json(const registrar::Office& office, const Use& use) {
  json::object one{{"kind", kind_name(use.kind)}, {"time", use.hour * 3600},
                   {"count", use.count},          {"level", nullptr},
                   {"factor", nullptr},           {"point", nullptr},
                   {"by_guardian", nullptr},      {"notice", nullptr}};
  // Looked for in any case.
  const std::string point = registrar::point_of(office, use.account);
  if (use.kind == UseKind::vote) {
    one["notice"] = way_name(use.notice);
  } else {
    one["level"] = use.level;
    one["factor"] = api::name_of(use.factor);
    one["by_guardian"] = use.by_guardian;
    if (use.factor == Factor::point) one["point"] = point;
  }
  return json::serialize(one);
}

}  // namespace

std::string_view name_of(Factor factor) {
  static constexpr std::array<std::string_view, registrar::factor_last + 1> names = {
      "none",
      "sms",
      "email",
      "sms-to-given-number",
      "email-to-given-address",
      "letter",
      "electronic-identity",
      "point"};
  return names.at(static_cast<std::size_t>(factor));
}

std::string uses_json(const registrar::Office& office, const registrar::Uses& uses) {
  constexpr std::string_view end = "\"}";
  // As many texts are made as there can be; those of nothing are not taken.
  static const Use nothing;
  std::string list;
  for (std::size_t i = 0; i < registrar::uses_told_max; ++i) {
    const bool real = i < uses.uses.size();
    const std::string text = use_json(office, real ? uses.uses[i] : nothing);
    if (!real) continue;
    if (i > 0) list += ',';
    list += text;
  }
  std::string body =
      "{\"uses\":[" + list + "],\"earlier\":" + std::to_string(uses.earlier) + ",\"padding\":\"";
  if (body.size() + end.size() > uses_answer_bytes) {
    stop_on_broken_precondition("uses_json: names of points are short");
  }
  body.resize(uses_answer_bytes - end.size(), ' ');
  body += end;
  return body;
}

}  // namespace urna::api
