// SPDX-License-Identifier: EUPL-1.2
#include "server/site.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "server/content.h"
#include "server/target.h"

namespace urna::server {
namespace {

namespace fs = std::filesystem;

struct Kind {
  std::string_view ending;
  std::string_view media_type;
};
constexpr std::array<Kind, 8> kinds{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
}};
constexpr std::string_view compressed_ending = ".gz";
constexpr std::string_view index_name = "index.html";
constexpr std::string_view hashed_folder = "assets/";

std::optional<std::string_view> media_type_of(std::string_view name) {
  for (const Kind& kind : kinds) {
    if (name.size() > kind.ending.size() && name.ends_with(kind.ending)) return kind.media_type;
  }
  return std::nullopt;
}

bool is_file_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

Error bad(ErrorCode code, const char* message, const fs::path& path, const char* remedy = "") {
  return {code, message, {path.string()}, remedy};
}

// Everything below a folder, names with "/", within the limits.
class Reader {
 public:
  Reader(const SiteLimits& limits, std::map<std::string, std::string>& files)
      : limits_(limits), files_(files) {}

  Status read(const fs::path& folder, const std::string& below, std::size_t depth) {
    if (depth > limits_.depth) {
      return bad(ErrorCode::limit, "folders lie too deep in the site", folder);
    }
    std::error_code failed;
    fs::directory_iterator entries(folder, failed);
    if (failed) {
      const bool missing = failed == std::errc::no_such_file_or_directory;
      return bad(missing ? ErrorCode::not_found : ErrorCode::io, "cannot read the folder", folder,
                 "give the folder of the built pages");
    }
    for (const fs::directory_iterator end; entries != end; entries.increment(failed)) {
      if (const Status taken = take(entries->path(), below, depth); !taken) return taken;
    }
    if (failed) return bad(ErrorCode::io, "cannot read the folder", folder);
    return ok_status();
  }

 private:
  Status take(const fs::path& path, const std::string& below, std::size_t depth) {
    const std::string name = path.filename().string();
    if (!is_file_name(name)) {
      return bad(ErrorCode::malformed, "a name that no file of a site has", path,
                 "the folder may hold built pages only");
    }
    std::error_code failed;
    const fs::file_status status = fs::symlink_status(path, failed);
    if (failed) return bad(ErrorCode::io, "cannot read the file", path);
    if (fs::is_directory(status)) return read(path, below + name + "/", depth + 1);
    if (!fs::is_regular_file(status)) {
      return bad(ErrorCode::io, "neither a file nor a folder", path,
                 "copy what symbolic links point to");
    }
    if (files_.size() >= limits_.files) {
      return bad(ErrorCode::limit, "the site has too many files", path);
    }
    Result<std::string> bytes = read_file(path.string(), limits_.file_bytes);
    if (!bytes) return std::move(bytes).error();
    bytes_ += bytes->size();
    if (bytes_ > limits_.bytes) return bad(ErrorCode::limit, "the site is too large", path);
    files_.emplace(below + name, std::move(*bytes));
    return ok_status();
  }

  const SiteLimits& limits_;
  std::map<std::string, std::string>& files_;
  std::size_t bytes_ = 0;
};

// Whether a client takes gzip: named in Accept-Encoding, and not with a quality of zero.
bool takes_gzip(const Request& request) {
  const auto header = request.header("accept-encoding");
  if (!header) return false;
  std::string_view list = *header;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string coding(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    std::erase_if(coding, [](char c) { return c == ' ' || c == '\t'; });
    if (coding == "gzip") return true;
    if (coding.starts_with("gzip;q=")) {
      return coding.find_first_of("123456789", coding.find('=')) != std::string::npos;
    }
  }
  return false;
}

// Answers with one file.
class FileHandler {
 public:
  FileHandler(SiteFile file, const std::string& policy)
      : file_(std::move(file)), tag_(sha256_hex(file_.bytes).substr(0, 32)) {
    // A worker is bound by the policy that its own script came with.
    const bool runs = file_.name.ends_with(".html") || file_.name.ends_with(".js");
    policy_ = runs ? policy : std::string(api_content_security_policy);
    if (file_.name.ends_with(".html")) policy_ = policy_for_page(policy_, file_.bytes);
    cache_ = file_.name.starts_with(hashed_folder) ? cache::for_ever : cache::ask_first;
  }

  Reply answer(const Request& request) const {
    const bool gzip = !file_.compressed.empty() && takes_gzip(request);
    Content content;
    content.media_type = file_.media_type;
    content.body = gzip ? file_.compressed : file_.bytes;
    content.entity_tag = gzip ? tag_ + "-gz" : tag_;
    content.cache_control = cache_;
    content.content_security_policy = policy_;
    Reply reply = content_reply(request, std::move(content));
    if (auto* response = std::get_if<Response>(&reply)) {
      if (gzip && response->status != 304) {
        response->headers.push_back({"Content-Encoding", "gzip"});
      }
      add_headers(*response);
    }
    return reply;
  }

  // The same bytes as the body of another status.
  [[nodiscard]] Response with_status(unsigned status) const {
    Response response;
    response.status = status;
    response.content_type = file_.media_type;
    response.body = file_.bytes;
    response.content_security_policy = policy_;
    add_headers(response);
    return response;
  }

 private:
  static void add_headers(Response& response) {
    response.headers.push_back({"Vary", "Accept-Encoding"});
    response.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
    response.headers.push_back(
        {"Permissions-Policy",
         "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"});
  }

  SiteFile file_;
  std::string tag_;
  std::string policy_;
  std::string cache_;
};

Status add_route(Router& router, const std::string& path, Handler handler,
                 const RouteOptions& options) {
  const Result<Target> target = parse_target(path);
  if (!target) return target.error();
  const Router::Match match = router.find(Method::get, target->segments);
  if (!match.allowed.empty()) {
    return Error{ErrorCode::conflict,
                 "the site has a file where the service itself answers",
                 {path},
                 "rename the page"};
  }
  return router.add_quick(Method::get, path, std::move(handler), options);
}

Reply moved_to(const std::string& path) {
  Response response;
  response.status = 308;
  response.headers.push_back({"Location", path});
  return response;
}

}  // namespace

Result<std::vector<SiteFile>> read_site(const std::string& folder, const SiteLimits& limits) {
  std::map<std::string, std::string> read;
  if (const Status done = Reader(limits, read).read(folder, "", 0); !done) return done.error();
  std::vector<SiteFile> files;
  for (auto& [name, bytes] : read) {
    if (name.ends_with(compressed_ending)) {
      if (!read.contains(name.substr(0, name.size() - compressed_ending.size()))) {
        return bad(ErrorCode::malformed, "a compressed file without its file", name);
      }
      continue;
    }
    const auto media_type = media_type_of(name);
    if (!media_type) {
      return bad(ErrorCode::malformed, "a kind of file that a site does not have", name,
                 "the folder may hold built pages only");
    }
    SiteFile file{name, std::string(*media_type), std::move(bytes), {}};
    const auto compressed = read.find(name + std::string(compressed_ending));
    if (compressed != read.end()) file.compressed = std::move(compressed->second);
    files.push_back(std::move(file));
  }
  return files;
}

std::string page_security_policy(const std::vector<std::string>& connect) {
  std::string origins = "'self'";
  for (const std::string& origin : connect) origins += " " + origin;
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src {}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action "
      "'self'; "
      "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types urna",
      origins);
}

std::string policy_for_page(const std::string& policy, std::string_view page) {
  constexpr std::string_view opening = "<script type=\"importmap\">";
  constexpr std::string_view closing = "</script>";
  constexpr std::string_view scripts = "script-src 'self'";
  std::string hashes;
  for (std::size_t at = page.find(opening); at != std::string_view::npos;
       at = page.find(opening, at)) {
    at += opening.size();
    const std::size_t end = page.find(closing, at);
    if (end == std::string_view::npos) break;
    const Sha256Digest digest = sha256(page.substr(at, end - at));
    hashes += " 'sha256-" + to_base64(view_of(digest)) + "'";
  }
  std::string own = policy;
  const std::size_t place = own.find(scripts);
  if (place != std::string::npos) own.insert(place + scripts.size(), hashes);
  return own;
}

Status add_site_routes(Router& router, std::vector<SiteFile> files, const SiteOptions& options) {
  RouteOptions route;
  route.rate_class = options.rate_class;
  std::shared_ptr<const FileHandler> not_found;
  for (SiteFile& file : files) {
    const std::string name = file.name;
    const auto handler =
        std::make_shared<const FileHandler>(std::move(file), options.content_security_policy);
    const auto answer = [handler](const Request& request) { return handler->answer(request); };
    if (name == options.not_found_page) {
      not_found = handler;
      continue;
    }
    std::string path = "/" + name;
    if (path.ends_with("/" + std::string(index_name))) {
      path.resize(path.size() - index_name.size());
      if (path.size() > 1) {
        const Status moved = add_route(
            router, path.substr(0, path.size() - 1),
            [path](const Request&) { return moved_to(path); }, route);
        if (!moved) return moved;
      }
    }
    if (const Status added = add_route(router, path, answer, route); !added) return added;
  }
  if (!not_found) return ok_status();
  // Last of all: everything that no other route is for. Programs get a problem as from everywhere.
  return router.add_quick(
      Method::get, "/{rest...}",
      [not_found](const Request& request) -> Reply {
        const auto accept = request.header("accept");
        const bool person = accept && accept->find("text/html") != std::string_view::npos;
        if (!person) return Problem{&problems::not_found};
        return not_found->with_status(404);
      },
      route);
}

}  // namespace urna::server
