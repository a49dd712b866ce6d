// SPDX-License-Identifier: EUPL-1.2
#include "fetch/download.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <curl/curl.h>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace urna::fetch {
namespace {

namespace fs = std::filesystem;

bool begins_with(std::string_view text, std::string_view scheme) {
  return text.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(), [](char wanted, char found) {
           return wanted == std::tolower(static_cast<unsigned char>(found));
         });
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

bool is_web_address(std::string_view text) {
  return begins_with(text, "http://") || begins_with(text, "https://");
}

// One file on its way.
class Download::Transfer {
 public:
  Transfer(const Wanted& wanted, const std::string& site, const std::string& folder,
           std::uint64_t& bytes_left, const DownloadBounds& bounds)
      : address_(site + "/" + wanted.path),
        path_(folder + "/" + (wanted.as.empty() ? wanted.path : wanted.as)),
        bytes_max_(wanted.bytes_max),
        required_(wanted.required),
        bytes_left_(bytes_left),
        handle_(curl_easy_init()) {
    error_text_[0] = '\0';
    set(CURLOPT_URL, address_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 5L);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(bounds.connect_seconds));
    set(CURLOPT_LOW_SPEED_LIMIT, 1000L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(bounds.stalled_seconds));
    set(CURLOPT_USERAGENT, "urna");
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    if (wanted.accept_gzip) set(CURLOPT_ACCEPT_ENCODING, "gzip");
    set(CURLOPT_WRITEFUNCTION, &Transfer::receive);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_PRIVATE, this);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_easy_cleanup(handle_); }

  [[nodiscard]] CURL* handle() const { return handle_; }

  // Opens the file that the bytes go to, making its folders.
  [[nodiscard]] Status open() {
    std::error_code failure;
    fs::create_directories(fs::path(path_).parent_path(), failure);
    file_.reset(std::fopen(path_.c_str(), "wbx"));
    if (file_) return ok_status();
    return disk_error();
  }

  // What became of it.
  [[nodiscard]] Status close(CURLcode outcome) {
    if (too_long_) {
      return Error{ErrorCode::limit,
                   "the file is longer than it may be: more than " + std::to_string(bytes_max_) +
                       " bytes, or the whole record is too long",
                   {address_},
                   "this is no record that could be verified"};
    }
    if (disk_failed_) return disk_error();
    if (outcome == CURLE_OK) {
      std::FILE* file = file_.release();
      if (std::fclose(file) == 0) return ok_status();
      return disk_error();
    }
    long answer = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer);
    if (outcome == CURLE_HTTP_RETURNED_ERROR && (answer == 404 || answer == 410)) {
      if (!required_) {
        std::error_code failure;
        fs::remove(path_, failure);
        return ok_status();
      }
      return Error{ErrorCode::not_found,
                   "the site has no such file",
                   {address_},
                   "give the address of a record, under which its file checkpoint lies"};
    }
    std::string why = error_text_.data();
    if (why.empty()) why = curl_easy_strerror(outcome);
    return Error{ErrorCode::io,
                 "cannot download the file: " + why,
                 {address_},
                 "check the address and the connection, and try again"};
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (handle_ != nullptr) curl_easy_setopt(handle_, option, value);
  }

  static std::size_t receive(char* bytes, std::size_t /*one*/, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->write(bytes, size);
  }
  // Any other number than `size` ends the transfer.
  std::size_t write(const char* bytes, std::size_t size) {
    if (size > bytes_max_ - bytes_ || size > bytes_left_) {
      too_long_ = true;
      return size + 1;
    }
    if (std::fwrite(bytes, 1, size, file_.get()) != size) {
      disk_failed_ = true;
      return size + 1;
    }
    bytes_ += size;
    bytes_left_ -= size;
    return size;
  }

  [[nodiscard]] Error disk_error() const {
    return Error{ErrorCode::io,
                 std::string("cannot write the file: ") + std::strerror(errno),
                 {path_},
                 "check the room and the permissions of the folder for temporary files"};
  }

  std::string address_;
  std::string path_;
  std::uint64_t bytes_max_;
  bool required_;
  std::uint64_t bytes_ = 0;
  std::uint64_t& bytes_left_;
  bool too_long_ = false;
  bool disk_failed_ = false;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  CURL* handle_;
};

Download::Download(std::string site, std::string folder, const DownloadBounds& bounds)
    : site_(std::move(site)),
      folder_(std::move(folder)),
      bounds_(bounds),
      bytes_left_(bounds.total_bytes_max) {
  while (site_.ends_with('/')) site_.pop_back();
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  connections_ = ready == CURLE_OK ? curl_multi_init() : nullptr;
}

Download::~Download() { curl_multi_cleanup(connections_); }

Status Download::get(std::span<const Wanted> files,
                     const std::function<void(std::size_t)>& progress) {
  const auto broken = [] { return Error{ErrorCode::io, "the HTTP client cannot be started"}; };
  if (connections_ == nullptr) return broken();
  std::vector<std::unique_ptr<Transfer>> running;
  const auto drop = [&](CURL* handle) {
    curl_multi_remove_handle(connections_, handle);
    std::erase_if(running, [&](const auto& transfer) { return transfer->handle() == handle; });
  };
  Status first = ok_status();
  std::size_t begun = 0;
  std::size_t done = 0;
  while (first && done < files.size()) {
    while (begun < files.size() && running.size() < bounds_.connections) {
      auto transfer =
          std::make_unique<Transfer>(files[begun++], site_, folder_, bytes_left_, bounds_);
      if (transfer->handle() == nullptr) return broken();
      if (first = transfer->open(); !first) break;
      curl_multi_add_handle(connections_, transfer->handle());
      running.push_back(std::move(transfer));
    }
    int active = 0;
    curl_multi_perform(connections_, &active);
    int waiting = 0;
    while (const CURLMsg* message = curl_multi_info_read(connections_, &waiting)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      char* self = nullptr;
      curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
      Status ended = reinterpret_cast<Transfer*>(self)->close(message->data.result);
      drop(handle);
      progress(++done);
      if (first && !ended) first = std::move(ended);
    }
    if (first && active > 0) curl_multi_poll(connections_, nullptr, 0, 1000, nullptr);
  }
  while (!running.empty()) drop(running.back()->handle());
  return first;
}

}  // namespace urna::fetch
