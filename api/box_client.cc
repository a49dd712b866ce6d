// SPDX-License-Identifier: EUPL-1.2
#include "api/box_client.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/http_client.h"
#include "api/record_api.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "board/tiles.h"
#include "fetch/fetch.h"

namespace urna::api {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr adapters::HttpLimits box_limits{.total_ms = 120'000,
                                          .answer_bytes_max = std::size_t{16} << 20U};

Error not_a_box() {
  return {ErrorCode::malformed,
          "the address does not answer as a ballot box does",
          {},
          "see the configuration of the desk"};
}

class BoxClient final : public desk::BallotBoxPort {
 public:
  BoxClient(std::string url, std::string token)
      : url_(std::move(url)), token_(std::move(token)), http_(box_limits, {.plain_http = true}) {}

  Result<View> view() override {
    const std::string address = url_ + "/api/v1/edition";
    adapters::HttpRequest request;
    request.url = address;
    const Result<adapters::HttpAnswer> answer = http_.send(request);
    if (!answer) return unreachable(answer.error());
    if (answer->status == 404) {
      const bool waits = answer->body.find(no_record_yet.slug) != std::string::npos;
      return waits ? Result<View>(View()) : Result<View>(not_a_box());
    }
    if (answer->status != 200) return refused(*answer);
    json::error_code failure;
    const json::value value = json::parse(answer->body, failure);
    if (failure || !value.is_object()) return not_a_box();
    const json::object& object = value.get_object();
    const auto text = [&](std::string_view name) {
      const json::value* member = object.if_contains(name);
      return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                      : std::string();
    };
    const auto number = [&](std::string_view name) -> std::uint64_t {
      const json::value* member = object.if_contains(name);
      if (member == nullptr) return 0;
      const auto read = json::try_value_to<std::uint64_t>(*member);
      return read ? *read : 0;
    };
    View view;
    view.has_record = true;
    view.edition = text("edition");
    view.phase = text("phase");
    view.entries = number("entries");
    view.ballots = number("ballots");
    const json::value* accepting = object.if_contains("accepting");
    view.accepting = accepting != nullptr && accepting->is_bool() && accepting->get_bool();
    if (const json::value* list = object.if_contains("extensions");
        list != nullptr && list->is_array() && !list->get_array().empty()) {
      const json::value& last = list->get_array().back();
      const auto time = [&](std::string_view name) -> std::uint64_t {
        const json::object* one = last.if_object();
        const json::value* member = one != nullptr ? one->if_contains(name) : nullptr;
        if (member == nullptr) return 0;
        const auto read = json::try_value_to<std::uint64_t>(*member);
        return read ? *read : 0;
      };
      view.extensions = list->get_array().size();
      view.closes = time("closes");
      view.extended = time("time");
    }
    if (view.edition.empty() || view.phase.empty() || view.entries == 0) return not_a_box();
    return view;
  }

  Result<std::string> entry(std::uint64_t index) override {
    Result<std::vector<std::string>> there = entries(index);
    if (!there) return std::move(there).error();
    if (there->empty())
      return Error{ErrorCode::not_found, "the board is shorter", {}, "wait and try again"};
    return std::move(there.value().front());
  }

  Result<std::vector<std::string>> entries(std::uint64_t first) override {
    // Of its own: others use `http_` meanwhile.
    adapters::HttpClient http(box_limits, {.plain_http = true});
    const Result<std::string> overview = get(http, "api/v1/edition");
    if (!overview) return overview.error();
    json::error_code failure;
    const json::value value = json::parse(*overview, failure);
    const json::value* entries_there =
        !failure && value.is_object() ? value.get_object().if_contains("entries") : nullptr;
    if (entries_there == nullptr) return not_a_box();
    const auto size = json::try_value_to<std::uint64_t>(*entries_there);
    if (!size) return not_a_box();
    if (first >= *size) return std::vector<std::string>();
    board::TilePlace place;
    place.index = first / board::tile_width;
    place.width = board::width_in_tree(std::nullopt, place.index, *size);
    const Result<std::string> bundle = get(http, place.path());
    if (!bundle) return bundle.error();
    const auto together = board::split_bundle(*bundle, place.width);
    if (!together) return not_a_box();
    std::vector<std::string> list;
    for (std::size_t k = first % board::tile_width; k < together->size(); ++k)
      list.emplace_back((*together)[k]);
    return list;
  }

  Status push(const std::string& folder) override {
    const Result<std::map<std::string, std::string>> there = files_there();
    if (!there) return there.error();
    std::vector<std::string> paths;
    std::error_code failure;
    for (fs::recursive_directory_iterator file(folder, failure), end; !failure && file != end;
         file.increment(failure)) {
      if (!file->is_regular_file(failure)) continue;
      std::string path = fs::relative(file->path(), folder, failure).generic_string();
      if (is_record_path(path)) paths.push_back(std::move(path));
    }
    if (failure) return Error{ErrorCode::io, failure.message(), {folder}, ""};
    // The checkpoint last: it speaks of the rest.
    std::ranges::sort(
        paths, {}, [](const std::string& path) { return std::pair(path == "checkpoint", path); });
    for (const std::string& path : paths) {
      if (Status sent = push_file(folder, path, *there); !sent) return sent;
    }
    const Result<adapters::HttpAnswer> answer =
        post(url_ + "/api/v1/record/imports", "", "application/octet-stream", true);
    if (!answer) return unreachable(answer.error());
    return answer->status == 200 ? ok_status() : Status(refused(*answer));
  }

  Status submit(std::string_view entry) override {
    const Result<adapters::HttpAnswer> answer =
        post(url_ + "/api/v1/entries", entry, "application/cbor", false);
    if (!answer) return unreachable(answer.error());
    const bool recorded = answer->status == 200 || answer->status == 201;
    return recorded ? ok_status() : Status(refused(*answer));
  }

  Status pull(const std::string& folder) override {
    return fetch::fetch_record(url_, folder, {}, [](double) {});
  }

 private:
  Result<std::string> get(adapters::HttpClient& http, const std::string& path) const {
    const std::string address = url_ + "/" + path;
    adapters::HttpRequest request;
    request.url = address;
    const Result<adapters::HttpAnswer> answer = http.send(request);
    if (!answer) return unreachable(answer.error());
    if (answer->status != 200) return refused(*answer);
    return answer->body;
  }

  // The hashes of the files that the box holds, by path.
  Result<std::map<std::string, std::string>> files_there() {
    const std::string address = url_ + "/api/v1/record/files";
    const std::string authorization = "Bearer " + token_;
    adapters::HttpRequest request;
    request.url = address;
    request.headers = {{"Authorization", authorization}};
    const Result<adapters::HttpAnswer> answer = http_.send(request);
    if (!answer) return unreachable(answer.error());
    if (answer->status != 200) return refused(*answer);
    json::error_code failure;
    const json::value value = json::parse(answer->body, failure);
    const json::value* files =
        !failure && value.is_object() ? value.get_object().if_contains("files") : nullptr;
    if (files == nullptr || !files->is_array()) return not_a_box();
    std::map<std::string, std::string> hashes;
    for (const json::value& file : files->get_array()) {
      const json::object* one = file.if_object();
      const json::value* path = one != nullptr ? one->if_contains("path") : nullptr;
      const json::value* hash = one != nullptr ? one->if_contains("sha256") : nullptr;
      if (path == nullptr || hash == nullptr || !path->is_string() || !hash->is_string())
        return not_a_box();
      hashes.emplace(path->get_string(), hash->get_string());
    }
    return hashes;
  }

  Status push_file(const std::string& folder, const std::string& path,
                   const std::map<std::string, std::string>& there) {
    const Result<std::string> bytes = read_file(folder + "/" + path, record_upload_bytes_max);
    if (!bytes) return bytes.error();
    const auto found = there.find(path);
    if (found != there.end() && found->second == to_hex(view_of(sha256(*bytes))))
      return ok_status();
    const Result<adapters::HttpAnswer> answer =
        post(url_ + "/api/v1/record/files/" + path, *bytes, "application/octet-stream", true);
    if (!answer) return unreachable(answer.error());
    return answer->status == 204 ? ok_status() : Status(refused(*answer));
  }

  Result<adapters::HttpAnswer> post(const std::string& address, std::string_view body,
                                    std::string_view type, bool as_desk) {
    const std::string authorization = "Bearer " + token_;
    adapters::HttpRequest request;
    request.url = address;
    request.body = body;
    if (!body.empty()) request.headers.push_back({"Content-Type", type});
    if (as_desk) request.headers.push_back({"Authorization", authorization});
    return http_.send(request);
  }

  static Error unreachable(const Error& error) {
    return {ErrorCode::io,
            "the ballot box cannot be reached: " + error.message,
            {},
            "start it; the desk tries again by itself"};
  }
  static Error refused(const adapters::HttpAnswer& answer) {
    const bool later = answer.status >= 500 || answer.status == 429 || answer.status == 408;
    return {later ? ErrorCode::io : ErrorCode::conflict,
            "the ballot box has refused with status " + std::to_string(answer.status),
            {},
            later ? "the desk tries again by itself" : "see the log of the ballot box"};
  }

  std::string url_;
  std::string token_;
  adapters::HttpClient http_;
};

}  // namespace

std::shared_ptr<desk::BallotBoxPort> box_client(std::string url, std::string token) {
  return std::make_shared<BoxClient>(std::move(url), std::move(token));
}

}  // namespace urna::api
