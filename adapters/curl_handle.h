// SPDX-License-Identifier: EUPL-1.2
// Ownership of what libcurl gives out; included by sources of this room only.
#pragma once

#include <curl/curl.h>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace urna::adapters {

// Before the first use of libcurl, from any thread; does its work once.
inline void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);
}

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;

// A list of header lines or recipients; its text is wiped.
class CurlList {
 public:
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  ~CurlList() {
    for (curl_slist* item = list_; item != nullptr; item = item->next)
      sodium_memzero(item->data, std::string_view(item->data).size());
    curl_slist_free_all(list_);
  }

  // Takes the line over and wipes it. False if there is no memory.
  bool add(std::string line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    SecretBytes::wipe(line);
    if (longer == nullptr) return false;
    list_ = longer;
    return true;
  }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// Sets options and remembers the first that libcurl refuses.
class CurlOptions {
 public:
  explicit CurlOptions(CURL* handle) : handle_(handle) {}
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(handle_, option, value);
  }
  [[nodiscard]] CURLcode code() const { return code_; }

 private:
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

}  // namespace urna::adapters
