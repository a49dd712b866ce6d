// SPDX-License-Identifier: EUPL-1.2
#include "api/record_api.h"

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <regex>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "base/byte_source.h"
#include "base/bytes.h"
#include "base/private_file.h"
#include "election/record.h"
#include "protection/secrets.h"
#include "server/http.h"

namespace urna::api {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using server::Problem;
using server::Reply;
using server::Request;

constexpr server::ProblemKind record_refused{"record-refused", 409, "Urna nie przyjęła zapisu",
                                             "The ballot box does not take the record"};

class RecordHandlers {
 public:
  explicit RecordHandlers(RecordInbox inbox) : inbox_(std::move(inbox)) {}

  Reply list(const Request& request) {
    if (!is_desk(request)) return stranger();
    const std::scoped_lock lock(mutex_);
    json::array files;
    std::error_code failure;
    for (fs::recursive_directory_iterator file(inbox_.folder, failure), end;
         !failure && file != end; file.increment(failure)) {
      if (!file->is_regular_file(failure)) continue;
      const std::string path = fs::relative(file->path(), inbox_.folder, failure).generic_string();
      if (!is_record_path(path)) continue;
      const Result<ByteSource> bytes =
          ByteSource::open(file->path().string(), election::record_file_bytes_max);
      const Result<Sha256Digest> hash =
          bytes ? sha256_of(*bytes) : Result<Sha256Digest>(bytes.error());
      if (!hash) return unavailable();
      files.push_back(json::object{
          {"path", path}, {"bytes", bytes->size()}, {"sha256", to_hex(view_of(*hash))}});
    }
    return server::json_response(json::serialize(json::object{{"files", std::move(files)}}));
  }

  Reply put(const Request& request) {
    if (!is_desk(request)) return stranger();
    const std::string& path = request.parameter("path");
    if (!is_record_path(path)) {
      return Problem{&server::problems::malformed_request,
                     {"Zapis nie ma takich plików.", "A record has no such files."}};
    }
    const std::scoped_lock lock(mutex_);
    const fs::path place = fs::path(inbox_.folder) / path;
    if (Status made = make_private_folder(place.parent_path().string()); !made)
      return unavailable();
    if (Status written = write_file_atomically(place.string(), request.body); !written)
      return unavailable();
    return server::no_content();
  }

  Reply import(const Request& request) {
    if (!is_desk(request)) return stranger();
    const std::scoped_lock lock(mutex_);
    const Result<ballotbox::TransferReport> report = inbox_.import(inbox_.folder);
    if (report) {
      return server::json_response(
          json::serialize(json::object{{"entries", report->entries}, {"size", report->size}}));
    }
    if (report.error().code == ErrorCode::io) return unavailable();
    return Problem{&record_refused,
                   {"Zapis nie jest dalszym ciągiem tego, co urna już ma, albo jest uszkodzony.",
                    "The record does not continue what the ballot box has, or is damaged."}};
  }

 private:
  [[nodiscard]] bool is_desk(const Request& request) const {
    return protection::equal_in_constant_time(request.bearer_token().value_or(""), inbox_.token);
  }
  static Problem stranger() {
    return {&server::problems::unauthenticated, {}, {}, {}, {{"WWW-Authenticate", "Bearer"}}};
  }
  static Problem unavailable() {
    return {&server::problems::unavailable, {}, server::unavailable_retry_s};
  }

  RecordInbox inbox_;
  std::mutex mutex_;
};

}  // namespace

bool is_record_path(std::string_view path) {
  static const std::regex form(
      R"(checkpoint|manifest\.cbor|roll\.cbor|tile/([0-5]|entries)(/x[0-9]{3}){0,5}/[0-9]{3}(\.p/[0-9]{1,3})?|mix/[0-9]{1,5}-[0-9]{1,2}\.cbor|decryption/[0-9]{1,5}-[0-9]{1,2}\.cbor|plaintexts/[0-9]{1,5}\.bin|result/[0-9]{1,5}\.pb|checkpoints/[0-9]{1,16})");
  return std::regex_match(path.begin(), path.end(), form);
}

Status add_record_routes(server::Router& router, RecordInbox inbox) {
  auto handlers = std::make_shared<RecordHandlers>(std::move(inbox));
  server::RouteOptions upload;
  upload.body_bytes_max = record_upload_bytes_max;
  upload.content_types = {"application/octet-stream"};
  Status added = router.add(server::Method::get, "/api/v1/record/files",
                            [handlers](const Request& request) { return handlers->list(request); });
  if (added) {
    added = router.add(
        server::Method::post, "/api/v1/record/files/{path...}",
        [handlers](const Request& request) { return handlers->put(request); }, upload);
  }
  if (added) {
    added = router.add(server::Method::post, "/api/v1/record/imports",
                       [handlers](const Request& request) { return handlers->import(request); });
  }
  return added;
}

Status add_waiting_routes(server::Router& router) {
  return router.add_quick(server::Method::get, "/api/v1/edition",
                          [](const Request&) { return Problem{&no_record_yet}; });
}

}  // namespace urna::api
