// SPDX-License-Identifier: EUPL-1.2
#include "publish/pdf_signature.h"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/free_with.h"
#include "publish/pdf_file.h"

namespace urna::publish {
namespace {

constexpr std::size_t cms_bytes_max = 16'384;
constexpr int certificates_max = 8;

using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Message = std::unique_ptr<CMS_ContentInfo, FreeWith<CMS_ContentInfo_free>>;

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
using Chain = std::unique_ptr<STACK_OF(X509), FreeChain>;

Error wrong(std::string message, std::string remedy) {
  return {ErrorCode::usage, std::move(message), {}, std::move(remedy)};
}

int give_passphrase(char* buffer, int size, int /*writing*/, void* passphrase) {
  const std::string_view text = static_cast<const SecretBytes*>(passphrase)->view();
  if (text.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

Bio memory(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

struct Identity {
  Certificate certificate;
  Chain chain;
  Key key;
};

Result<Identity> read_identity(const PdfSigner& signer) {
  Identity identity;
  const Bio text = memory(signer.certificate);
  identity.certificate.reset(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  if (!identity.certificate)
    return wrong("the certificate cannot be read", "give an X.509 certificate in PEM");
  identity.chain.reset(sk_X509_new_null());
  for (int i = 0; i < certificates_max; ++i) {
    Certificate next(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    if (sk_X509_push(identity.chain.get(), next.get()) > 0) static_cast<void>(next.release());
  }
  const Bio secret = memory(signer.key.view());
  // A SecretBytes is not changed by being read.
  identity.key.reset(PEM_read_bio_PrivateKey(secret.get(), nullptr, give_passphrase,
                                             const_cast<SecretBytes*>(&signer.passphrase)));
  if (!identity.key)
    return wrong("the key cannot be read", "give a private key in PEM, and its passphrase");
  if (X509_check_private_key(identity.certificate.get(), identity.key.get()) != 1)
    return wrong("the key is not that of the certificate", "give the two that belong together");
  return identity;
}

// A text string of PDF: UTF-16 with its mark, in hexadecimal.
std::string text_string(std::string_view utf8) {
  std::string hex = "<FEFF";
  for (std::size_t i = 0; i < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    std::uint32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k)
      point = point << 6U | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
    if (point >= 0x10000) {
      point -= 0x10000;
      hex += fmt::format("{:04X}{:04X}", 0xD800 + (point >> 10U), 0xDC00 + (point & 0x3FFU));
    } else {
      hex += fmt::format("{:04X}", point);
    }
    i += length;
  }
  return hex + ">";
}

std::string date_of(std::uint64_t unix_seconds) {
  const std::chrono::sys_days day{std::chrono::days(unix_seconds / 86'400)};
  const std::chrono::year_month_day date(day);
  return fmt::format("(D:{:04}{:02}{:02}{:02}{:02}{:02}Z)", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     unix_seconds / 3'600 % 24, unix_seconds / 60 % 60, unix_seconds % 60);
}

// "[…]" with one reference more.
std::string with_reference(const std::string& array, std::size_t number) {
  const std::string reference = fmt::format("{} 0 R", number);
  if (array.size() < 2) return "[" + reference + "]";
  return array.substr(0, array.size() - 1) + " " + reference + "]";
}

Result<std::string> sign_bytes(const Identity& identity, std::string_view signed_bytes) {
  const Bio content = memory(signed_bytes);
  constexpr unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_CADES | CMS_NOSMIMECAP;
  const Message message(CMS_sign(identity.certificate.get(), identity.key.get(),
                                 identity.chain.get(), content.get(), flags));
  unsigned char* der = nullptr;
  const int size = message ? i2d_CMS_ContentInfo(message.get(), &der) : -1;
  if (size <= 0) return wrong("the file could not be signed with this key", "see its kind");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Result<std::string> sign_pdf(std::string_view pdf, const PdfSigner& signer) {
  if (!is_utf8(signer.name) || !is_utf8(signer.reason) || signer.name.empty() ||
      signer.name.size() > 256 || signer.reason.size() > 256) {
    return wrong("the signer's name or reason is empty, too long or not UTF-8",
                 "give a text of at most 256 bytes");
  }
  const Result<Identity> identity = read_identity(signer);
  if (!identity) return identity.error();
  const Result<PdfFile> file = PdfFile::read(pdf);
  if (!file) return file.error();

  // The signature itself, the field that holds it, the page where it stands unseen, the form.
  const std::size_t signature = file->next();
  const std::size_t field = signature + 1;
  Result<std::string> catalogue = file->object(file->root());
  if (!catalogue) return catalogue;
  Result<std::string> page = file->object(file->first_page());
  if (!page) return page;
  std::string form = entry_of(*catalogue, "/AcroForm");
  std::string annotations = entry_of(*page, "/Annots");
  if ((!form.empty() && !form.starts_with("<<")) ||
      (!annotations.empty() && !annotations.starts_with('['))) {
    return Error{ErrorCode::unsupported,
                 "this PDF has a form of another making",
                 {},
                 "give a file that `urna publish protocol` made, signed or not"};
  }
  if (form.empty()) form = "<< /Fields [] /SigFlags 3 >>";
  form = with_entry(form, "/Fields", with_reference(entry_of(form, "/Fields"), field));

  // Their lengths are known before what they say is.
  constexpr std::string_view range_place = "/ByteRange [0 0000000000 0000000000 0000000000]";
  std::string dictionary = fmt::format(
      "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached {}\n/Contents <{}>\n"
      "/M {} /Name {}",
      range_place, std::string(2 * cms_bytes_max, '0'), date_of(signer.time),
      text_string(signer.name));
  if (!signer.reason.empty()) dictionary += " /Reason " + text_string(signer.reason);
  dictionary += " >>";
  std::string signed_file =
      std::string(pdf) +
      file->addition(
          {{signature, std::move(dictionary)},
           {field, fmt::format("<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature-{}) "
                               "/V {} 0 R /F 132 /Rect [0 0 0 0] /P {} 0 R >>",
                               field, signature, file->first_page())},
           {file->first_page(), with_entry(*page, "/Annots", with_reference(annotations, field))},
           {file->root(), with_entry(*catalogue, "/AcroForm", form)}});

  const std::size_t range = signed_file.find(range_place, pdf.size());
  constexpr std::string_view contents_mark = "/Contents <";
  const std::size_t begin = signed_file.find(contents_mark, range) + contents_mark.size() - 1;
  const std::size_t end = begin + 2 * cms_bytes_max + 2;  // the brackets are not signed either
  signed_file.replace(
      range, range_place.size(),
      fmt::format("/ByteRange [0 {:010} {:010} {:010}]", begin, end, signed_file.size() - end));
  const Result<std::string> cms =
      sign_bytes(*identity, signed_file.substr(0, begin) + signed_file.substr(end));
  if (!cms) return cms;
  if (cms->size() > cms_bytes_max) {
    return Error{ErrorCode::limit,
                 "the signature with its certificates is too long",
                 {},
                 "give fewer certificates of the chain"};
  }
  const std::string hex = to_hex(*cms);
  signed_file.replace(begin + 1, hex.size(), hex);
  return signed_file;
}

}  // namespace urna::publish
