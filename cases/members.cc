// SPDX-License-Identifier: EUPL-1.2
#include "cases/members.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"

namespace urna::cases {

namespace json = boost::json;

namespace {

constexpr std::size_t depth_max = 8;
const json::value nothing;
const json::array no_items;

}  // namespace

bool is_plain_text(std::string_view text, std::size_t bytes_max) {
  const bool clean = std::ranges::all_of(text, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0x20 && octet != 0x7F;
  });
  return text.size() <= bytes_max && clean && is_utf8(text);
}

Result<json::value> parse_json(std::string_view text) {
  boost::system::error_code failure;
  json::parse_options options;
  options.max_depth = depth_max;
  json::value value = json::parse(text, failure, {}, options);
  if (failure) return Error{ErrorCode::malformed, "not JSON: " + failure.message()};
  return value;
}

Members::Members(const json::value& value, std::string place, MembersError& error)
    : place_(std::move(place)), error_(&error), object_(value.if_object()) {
  if (object_ == nullptr && !error_->first) {
    error_->first = Error{ErrorCode::malformed, "not an object", {.field = place_}};
  }
}

bool Members::has(std::string_view name) const {
  return object_ != nullptr && object_->contains(name);
}

std::string Members::text(std::string_view name, std::size_t bytes_max) {
  const json::value* value = take(name);
  if (value == nullptr) return {};
  if (!value->is_string() || !is_plain_text(std::string_view(value->get_string()), bytes_max)) {
    fail(name, "no plain text of at most " + std::to_string(bytes_max) + " bytes");
    return {};
  }
  return std::string(value->get_string());
}

std::uint64_t Members::number(std::string_view name, std::uint64_t most) {
  const json::value* value = take(name);
  if (value == nullptr) return 0;
  if (!value->is_int64() || value->get_int64() < 0 ||
      static_cast<std::uint64_t>(value->get_int64()) > most) {
    fail(name, "no whole number from 0 to " + std::to_string(most));
    return 0;
  }
  return static_cast<std::uint64_t>(value->get_int64());
}

double Members::real(std::string_view name, double most) {
  const json::value* value = take(name);
  if (value == nullptr) return 0;
  boost::system::error_code failure;
  const double number = value->is_number() ? value->to_number<double>(failure) : -1;
  if (failure || !(number >= 0 && number <= most)) {
    fail(name, "no number from 0 that is small enough");
    return 0;
  }
  return number;
}

bool Members::boolean(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return false;
  if (!value->is_bool()) {
    fail(name, "neither true nor false");
    return false;
  }
  return value->get_bool();
}

const json::array& Members::array(std::string_view name, std::size_t most) {
  const json::value* value = take(name);
  if (value == nullptr) return no_items;
  if (!value->is_array() || value->get_array().size() > most) {
    fail(name, "no list of at most " + std::to_string(most));
    return no_items;
  }
  return value->get_array();
}

Members Members::object(std::string_view name) {
  const json::value* value = take(name);
  return {value == nullptr ? nothing : *value, place_of(name), *error_};
}

std::vector<Members> Members::objects(std::string_view name, std::size_t most) {
  std::vector<Members> all;
  for (const json::value& value : array(name, most)) {
    all.emplace_back(value, place_of(name), *error_);
  }
  return all;
}

void Members::fail(std::string_view name, std::string what) {
  if (!error_->first) {
    error_->first = Error{ErrorCode::malformed, std::move(what), {.field = place_of(name)}};
  }
}

void Members::finish() {
  if (object_ == nullptr) return;
  for (const auto& member : *object_) {
    if (std::ranges::find(taken_, std::string_view(member.key())) == taken_.end()) {
      const std::string_view name = member.key();
      fail(is_plain_text(name, 40) ? name : "?", "a member that is not known");
      return;
    }
  }
}

const json::value* Members::take(std::string_view name) {
  const json::value* value = object_ == nullptr ? nullptr : object_->if_contains(name);
  if (value == nullptr) {
    fail(name, "missing");
    return nullptr;
  }
  taken_.emplace_back(name);
  return value;
}

std::string Members::place_of(std::string_view name) const {
  return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
}

}  // namespace urna::cases
