// SPDX-License-Identifier: EUPL-1.2
#include "server/origins.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace urna::server {
namespace {

constexpr std::size_t origin_bytes_max = 300;  // a host has at most 253

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 4 && host.ends_with(']') &&
           std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':';
           });
  }
  return !host.empty() && is_lower_or_digit(host.front()) && host.back() != '.' &&
         host.find("..") == std::string_view::npos && std::ranges::all_of(host, [](char c) {
           return is_lower_or_digit(c) || c == '-' || c == '.';
         });
}

// 1 to 65535 without leading zeros, and not `own`, which browsers leave out.
bool is_port(std::string_view port, std::string_view own) {
  if (port.empty() || port.size() > 5 || port.front() == '0' || port == own) return false;
  unsigned number = 0;
  for (const char c : port) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number <= 65'535;
}

Error wrong_origin(std::string message) {
  return {ErrorCode::usage,
          std::move(message),
          {"", 0, 0, "http.allowed_origins"},
          "write origins as browsers do, like \"https://bo.example.org\": no path, no slash at "
          "the end, no port that is the scheme's own"};
}

}  // namespace

bool is_origin(std::string_view text) {
  if (text.size() > origin_bytes_max) return false;
  const bool secure = text.starts_with("https://");
  if (!secure && !text.starts_with("http://")) return false;
  text.remove_prefix(secure ? 8 : 7);
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!is_host(text.substr(0, colon))) return false;
  return colon == std::string_view::npos || is_port(text.substr(colon + 1), secure ? "443" : "80");
}

Result<Origins> Origins::create(const std::vector<std::string>& allowed, bool any_may) {
  Origins origins;
  if (allowed.size() > origins_max) {
    return wrong_origin(fmt::format("more than {} origins", origins_max));
  }
  for (const std::string& one : allowed) {
    if (one == "*") {
      if (!any_may) return wrong_origin("\"*\" is not for a service in which people have sessions");
      if (allowed.size() > 1) return wrong_origin("\"*\" stands alone");
      origins.any_ = true;
      continue;
    }
    if (!is_origin(one)) return wrong_origin("\"" + one + "\" is not an origin");
    origins.allowed_.push_back(one);
  }
  return origins;
}

std::string_view Origins::answer_to(std::string_view origin) const {
  if (any_) return "*";
  const auto found = std::ranges::find(allowed_, origin);
  return found == allowed_.end() ? std::string_view() : std::string_view(*found);
}

}  // namespace urna::server
