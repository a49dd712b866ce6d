// SPDX-License-Identifier: EUPL-1.2
// The server's own TLS, with a certificate made on the spot.
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string>
#include <unistd.h>

#include "test/service/http_probe.h"

namespace {

using namespace urna::server;
using namespace urna::server::probe;

template <typename T, void (*release)(T*)>
struct Release {
  void operator()(T* thing) const { release(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Release<SSL_CTX, SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Release<SSL, SSL_free>>;

// A folder with key.pem, certificate.pem and other.pem, a key that does not belong to it.
class Files {
 public:
  Files()
      : folder_(std::filesystem::temp_directory_path() / ("urna-tls-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
    const Key key = write_key("key.pem");
    write_key("other.pem");
    const Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    const auto* name = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC, name,
                               -1, -1, 0);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    EXPECT_GT(X509_sign(certificate.get(), key.get(), nullptr), 0);
    std::FILE* const file = std::fopen(path("certificate.pem").c_str(), "w");
    EXPECT_EQ(PEM_write_X509(file, certificate.get()), 1);
    std::fclose(file);
  }
  ~Files() { std::filesystem::remove_all(folder_); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

 private:
  Key write_key(const std::string& name) {
    Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    std::FILE* const file = std::fopen(path(name).c_str(), "w");
    EXPECT_EQ(PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::fclose(file);
    return key;
  }
  std::filesystem::path folder_;
};

Router router_of_words() {
  Router router;
  EXPECT_TRUE(router
                  .add_quick(Method::get, "/word",
                             [](const Request&) -> Reply { return text_response("a word"); })
                  .ok());
  EXPECT_TRUE(
      router
          .add(Method::get, "/much",
               [](const Request&) -> Reply { return text_response(std::string(3'000'000, 'm')); })
          .ok());
  return router;
}

// A client's connection with TLS of at most this version; empty if the server refuses.
Tls shake_hands(SSL_CTX* context, int socket, int version) {
  Tls tls(SSL_new(context));
  SSL_set_max_proto_version(tls.get(), version);
  SSL_set_fd(tls.get(), socket);
  if (SSL_connect(tls.get()) != 1) tls.reset();
  return tls;
}

std::string read_at_least(SSL* tls, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    char piece[16384];
    const int count = SSL_read(tls, piece, sizeof piece);
    if (count <= 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  return text;
}

TEST(HttpTls, AnswersUnderTls) {
  const Files files;
  ServerConfig config;
  config.tls_certificate = files.path("certificate.pem");
  config.tls_key = files.path("key.pem");
  config.head_timeout = milliseconds(1000);
  const Running running(config, router_of_words());
  const Context context(SSL_CTX_new(TLS_client_method()));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Client client = running.connect();
    const Tls tls = shake_hands(context.get(), client.socket(), version);
    ASSERT_NE(tls, nullptr);
    EXPECT_EQ(SSL_version(tls.get()), version);
    for (int i = 0; i < 3; ++i) {
      const std::string request = get("/word");
      SSL_write(tls.get(), request.data(), static_cast<int>(request.size()));
      const std::string answer = read_at_least(tls.get(), 200);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
      EXPECT_TRUE(answer.ends_with("\r\n\r\na word")) << answer;
    }
    const std::string request = get("/much");
    SSL_write(tls.get(), request.data(), static_cast<int>(request.size()));
    EXPECT_TRUE(read_at_least(tls.get(), 3'000'200).ends_with("mmm"));
  }
  const Client old = running.connect();
  SSL_CTX_set_security_level(context.get(), 0);
  EXPECT_EQ(shake_hands(context.get(), old.socket(), TLS1_1_VERSION), nullptr);
  // Who never shakes hands is not waited for; who speaks plainly gets nothing.
  Client silent = running.connect();
  Client plain = running.connect();
  EXPECT_TRUE(silent.is_closed_within(milliseconds(5000)));
  plain.send(get("/word"));
  EXPECT_NE(plain.receive().status, 200);
}

TEST(HttpTls, RefusesFilesThatDoNotFit) {
  const Files files;
  Metrics metrics;
  ServerConfig config;
  config.tls_certificate = files.path("certificate.pem");
  config.tls_key = files.path("other.pem");
  EXPECT_FALSE(Server::create(config, Router(), metrics, Log::none()).ok());
  config.tls_key = files.path("missing.pem");
  const auto missing = Server::create(config, Router(), metrics, Log::none());
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, urna::ErrorCode::io);
}

}  // namespace
