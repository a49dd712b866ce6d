// SPDX-License-Identifier: EUPL-1.2
#include "evidence/sealing.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sodium.h>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/cbor.h"
#include "base/file.h"
#include "evidence/new_folder.h"

namespace urna::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "urna evidence sealed 1\n";
constexpr std::string_view line_start = "urna-evidence-recipient ";
constexpr std::string_view secret_start = "urna-evidence-recipient-secret ";
constexpr std::size_t key_bytes = crypto_box_PUBLICKEYBYTES;
constexpr std::size_t stream_key_bytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t tag_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t piece_bytes = std::size_t{64} << 10U;
constexpr std::size_t files_max = items_max + 3;
static_assert(key_bytes == 32 && crypto_box_SECRETKEYBYTES == 32);

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Error malformed(const char* message) { return {ErrorCode::malformed, message}; }

bool is_recipient_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && is_utf8(name) &&
         std::ranges::none_of(name, [](char c) {
           const auto octet = static_cast<unsigned char>(c);
           return octet <= 0x20 || octet == 0x7F;
         });
}

// "NAME HEX" after the start, with a line end or without.
Result<std::pair<std::string, std::string>> parse_words(std::string_view line,
                                                        std::string_view start) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (!line.starts_with(start)) return malformed("not a recipient's key");
  line.remove_prefix(start.size());
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !is_recipient_name(line.substr(0, blank))) {
    return malformed("not a recipient's key");
  }
  Result<std::string> key = from_hex(line.substr(blank + 1));
  if (!key || key->size() != key_bytes)
    return malformed("a recipient's key has 64 hexadecimal digits");
  return std::pair(std::string(line.substr(0, blank)), *std::move(key));
}

// All files as the CBOR array of [name, bytes].
Result<std::string> pack(const std::string& folder, Level level) {
  const Result<std::vector<std::string>> items = items_up_to(folder, level);
  if (!items) return items.error();
  std::vector<std::string> names = {"package.json", "custody.jsonl"};
  std::error_code failure;
  if (fs::exists(fs::path(folder) / "time.tsr", failure)) names.emplace_back("time.tsr");
  for (const std::string& item : *items) names.push_back("items/" + item);
  CborWriter out;
  out.array(names.size());
  std::size_t total = 0;
  for (const std::string& name : names) {
    const Result<std::string> bytes =
        read_file((fs::path(folder) / name).string(), package_bytes_max - total);
    if (!bytes) return bytes.error();
    total += bytes->size();
    out.array(2);
    out.text(name);
    out.bytes(*bytes);
  }
  return std::move(out).take();
}

bool is_file_of_package(std::string_view name) {
  if (name == "package.json" || name == "custody.jsonl" || name == "time.tsr") return true;
  if (!name.starts_with("items/")) return false;
  name.remove_prefix(6);
  return !name.empty() && name.size() <= name_bytes_max && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

Status unpack(std::string_view packed, const std::string& folder) {
  CborReader in(packed);
  const std::size_t files = in.array(files_max);
  std::vector<std::pair<std::string, std::string>> read;
  std::set<std::string> names;
  for (std::size_t i = 0; i < files && in.ok(); ++i) {
    in.array_exactly(2);
    std::string name(in.text(name_bytes_max + 6));
    std::string bytes(in.bytes(package_bytes_max));
    in.require(is_file_of_package(name) && names.insert(name).second,
               "a file that does not belong");
    read.emplace_back(std::move(name), std::move(bytes));
  }
  if (Status end = in.finish(); !end) return malformed("not a sealed package: its content is none");
  NewFolder opening(folder);
  if (Status begun = opening.begin(); !begun) return begun;
  for (const auto& [name, bytes] : read) {
    if (Status put = write_file_atomically((fs::path(opening.path()) / name).string(), bytes);
        !put) {
      return put;
    }
  }
  return opening.finish();
}

}  // namespace

std::string Recipient::to_line() const {
  return std::string(line_start) + name + " " + to_hex(view_of(key)) + "\n";
}

Result<Recipient> Recipient::parse(std::string_view line) {
  const auto words = parse_words(line, line_start);
  if (!words) return words.error();
  return Recipient{words->first, array_of<key_bytes>(words->second)};
}

Result<RecipientKey> make_recipient(std::string name) {
  if (!is_recipient_name(name)) {
    return Error{ErrorCode::malformed,
                 "the name is empty, too long, or has blanks",
                 {},
                 "write \"Prokuratura-Rejonowa\", say"};
  }
  RecipientKey key;
  key.recipient.name = std::move(name);
  std::string secret(crypto_box_SECRETKEYBYTES, '\0');
  crypto_box_keypair(key.recipient.key.data(), octets(secret));
  key.secret = SecretBytes(std::move(secret));
  return key;
}

SecretBytes encode(const RecipientKey& key) {
  std::string text = std::string(secret_start) + key.recipient.name + " ";
  std::string digits = to_hex(key.secret.view());
  text.reserve(text.size() + digits.size() + 1);
  text += digits;
  text += '\n';
  SecretBytes::wipe(digits);
  return SecretBytes(std::move(text));
}

Result<RecipientKey> decode_recipient(std::string_view bytes) {
  auto words = parse_words(bytes, secret_start);
  if (!words) return words.error();
  RecipientKey key;
  key.recipient.name = words->first;
  crypto_scalarmult_base(key.recipient.key.data(), octets(words->second));
  key.secret = SecretBytes(std::move(words.value().second));
  return key;
}

Result<std::string> seal_package(const std::string& folder, const Recipient& recipient,
                                 Level level) {
  Result<std::string> packed = pack(folder, level);
  if (!packed) return packed.error();
  std::string stream_key(stream_key_bytes, '\0');
  crypto_secretstream_xchacha20poly1305_keygen(octets(stream_key));
  std::string sealed(magic);
  std::string box(crypto_box_SEALBYTES + stream_key_bytes, '\0');
  if (crypto_box_seal(octets(box), octets(std::string_view(stream_key)), stream_key.size(),
                      recipient.key.data()) != 0) {
    return malformed("nothing can be sealed to this key");
  }
  sealed += box;
  crypto_secretstream_xchacha20poly1305_state state;
  std::string header(header_bytes, '\0');
  crypto_secretstream_xchacha20poly1305_init_push(&state, octets(header),
                                                  octets(std::string_view(stream_key)));
  SecretBytes::wipe(stream_key);
  sealed += header;
  std::string_view rest = *packed;
  std::string piece;
  for (bool last = false; !last;) {
    const std::string_view now = rest.substr(0, piece_bytes);
    rest.remove_prefix(now.size());
    last = rest.empty();
    piece.resize(now.size() + tag_bytes);
    crypto_secretstream_xchacha20poly1305_push(
        &state, octets(piece), nullptr, octets(now), now.size(), octets(magic), magic.size(),
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
             : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    sealed += piece;
  }
  sodium_memzero(&state, sizeof state);
  return sealed;
}

Status open_package(std::string_view sealed, const RecipientKey& key, const std::string& folder) {
  constexpr std::size_t box_bytes = crypto_box_SEALBYTES + stream_key_bytes;
  if (!sealed.starts_with(magic) || sealed.size() < magic.size() + box_bytes + header_bytes) {
    return malformed("not a sealed package");
  }
  sealed.remove_prefix(magic.size());
  std::string stream_key(stream_key_bytes, '\0');
  if (crypto_box_seal_open(octets(stream_key), octets(sealed), box_bytes, key.recipient.key.data(),
                           octets(key.secret.view())) != 0) {
    return malformed("sealed for somebody else, or changed");
  }
  sealed.remove_prefix(box_bytes);
  crypto_secretstream_xchacha20poly1305_state state;
  const bool begun = crypto_secretstream_xchacha20poly1305_init_pull(
                         &state, octets(sealed), octets(std::string_view(stream_key))) == 0;
  SecretBytes::wipe(stream_key);
  sealed.remove_prefix(header_bytes);
  std::string packed;
  packed.reserve(sealed.size());
  bool last = false;
  std::string piece;
  while (begun && !last && !sealed.empty()) {
    const std::string_view now = sealed.substr(0, piece_bytes + tag_bytes);
    sealed.remove_prefix(now.size());
    if (now.size() < tag_bytes) break;
    piece.resize(now.size() - tag_bytes);
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&state, octets(piece), nullptr, &tag,
                                                   octets(now), now.size(), octets(magic),
                                                   magic.size()) != 0) {
      break;
    }
    packed += piece;
    last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  }
  sodium_memzero(&state, sizeof state);
  if (!last || !sealed.empty()) return malformed("the sealed package was changed, or is cut short");
  return unpack(packed, folder);
}

}  // namespace urna::evidence
