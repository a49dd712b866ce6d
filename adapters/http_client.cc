// SPDX-License-Identifier: EUPL-1.2
#include "adapters/http_client.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "adapters/curl_handle.h"

namespace urna::adapters {
namespace {

// What a request's answer is collected in.
struct Collected {
  std::string body;
  std::size_t bytes_max = 0;
  bool too_long = false;
};

std::size_t collect(char* data, std::size_t size, std::size_t count, void* user) {
  Collected& answer = *static_cast<Collected*>(user);
  const std::size_t bytes = size * count;
  if (bytes > answer.bytes_max - answer.body.size()) {
    answer.too_long = true;
    return 0;  // ends the transfer
  }
  if (answer.body.capacity() - answer.body.size() < bytes) {
    // Answers may hold tokens: what a string leaves behind when it grows is wiped.
    std::string larger;
    larger.reserve(std::min(answer.bytes_max, 2 * (answer.body.size() + bytes)));
    larger.append(answer.body);
    answer.body.swap(larger);
    SecretBytes::wipe(larger);
  }
  answer.body.append(data, bytes);
  return bytes;
}

// "https://host:port" of an address, which is all that an error may tell of it.
std::string origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "the address";
  const std::size_t end = url.find_first_of("/?#", scheme + 3);
  std::string_view authority = url.substr(scheme + 3, end - std::min(end, scheme + 3));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  return std::string(url.substr(0, scheme + 3)) + std::string(authority);
}

// Neither may begin a further header line or a further request.
bool is_header_safe(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0x20U && octet != 0x7FU;
  });
}

Error transfer_error(CURLcode code, const std::string& origin) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return {ErrorCode::usage,
              origin + " is no address to send requests to",
              {},
              "use https://, or allow plain http:// for services on this machine"};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::io, origin + " did not answer in time"};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorCode::io, origin + " is not known to the name service"};
    case CURLE_COULDNT_CONNECT:
      return {ErrorCode::io, origin + " takes no connection"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return {ErrorCode::io, origin + " has no certificate that is trusted here"};
    default:
      return {ErrorCode::io, origin + ": " + curl_easy_strerror(code)};
  }
}

}  // namespace

// Handles not in use; each keeps its connections.
struct HttpClient::Pool {
  std::mutex mutex;
  std::vector<CurlHandle> idle;

  CurlHandle take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CurlHandle handle = std::move(idle.back());
        idle.pop_back();
        return handle;
      }
    }
    return CurlHandle(curl_easy_init());
  }
  void give(CurlHandle handle, std::size_t max) {
    curl_easy_reset(handle.get());
    const std::lock_guard lock(mutex);
    if (idle.size() < max) idle.push_back(std::move(handle));
  }
};

HttpClient::HttpClient(HttpLimits limits, HttpTrust trust)
    : limits_(limits), trust_(std::move(trust)), pool_(std::make_unique<Pool>()) {
  start_curl();
}

HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) const {
  const std::string url(request.url);
  const std::string origin = origin_of(url);
  if (!is_header_safe(url)) return transfer_error(CURLE_URL_MALFORMAT, origin);
  CurlHandle handle = pool_->take();
  if (!handle) return Error{ErrorCode::io, "there is no memory for a request"};

  CurlList headers;
  // libcurl would wait for a "100 Continue" before a larger body.
  bool listed = headers.add("Expect:");
  for (const HttpHeader& header : request.headers) {
    if (!is_header_safe(header.name) || !is_header_safe(header.value))
      return Error{ErrorCode::usage, "a header holds control characters"};
    std::string line;
    line.reserve(header.name.size() + header.value.size() + 2);
    line.append(header.name).append(": ").append(header.value);
    listed = listed && headers.add(std::move(line));
  }
  if (!listed) return Error{ErrorCode::io, "there is no memory for a request"};

  Collected collected;
  collected.bytes_max = limits_.answer_bytes_max;
  CurlOptions options(handle.get());
  options.set(CURLOPT_URL, url.c_str());
  options.set(CURLOPT_PROTOCOLS_STR, trust_.plain_http ? "https,http" : "https");
  options.set(CURLOPT_FOLLOWLOCATION, 0L);
  options.set(CURLOPT_NOSIGNAL, 1L);
  options.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect_ms));
  options.set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.total_ms));
  options.set(CURLOPT_MAXCONNECTS, 2L);
  options.set(CURLOPT_PROXY, trust_.proxy.c_str());
  options.set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!trust_.authorities_file.empty()) {
    options.set(CURLOPT_CAINFO, trust_.authorities_file.c_str());
    options.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  options.set(CURLOPT_HTTPHEADER, headers.get());
  options.set(CURLOPT_WRITEFUNCTION, &collect);
  options.set(CURLOPT_WRITEDATA, static_cast<void*>(&collected));
  if (request.body.has_value()) {
    options.set(CURLOPT_POST, 1L);
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    options.set(CURLOPT_POSTFIELDS, request.body->empty() ? "" : request.body->data());
  }
  if (options.code() != CURLE_OK) return transfer_error(options.code(), origin);

  const CURLcode code = curl_easy_perform(handle.get());
  if (collected.too_long) {
    SecretBytes::wipe(collected.body);
    return Error{ErrorCode::limit, origin + " answers with more than " +
                                       std::to_string(limits_.answer_bytes_max) + " bytes"};
  }
  if (code != CURLE_OK) {
    SecretBytes::wipe(collected.body);
    return transfer_error(code, origin);
  }

  HttpAnswer answer;
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<unsigned>(status);
  answer.body = std::move(collected.body);
  const char* type = nullptr;
  curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) answer.content_type = type;
  curl_off_t wait_s = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &wait_s);
  answer.retry_after_s =
      static_cast<std::uint32_t>(std::clamp<curl_off_t>(wait_s, 0, 24 * 60 * 60));
  // A handle whose request failed is closed with its connection; this one may serve again.
  pool_->give(std::move(handle), limits_.idle_connections_max);
  return answer;
}

}  // namespace urna::adapters
