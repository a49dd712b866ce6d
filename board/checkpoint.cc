// SPDX-License-Identifier: EUPL-1.2
#include "board/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <utility>

#include "base/bytes.h"
#include "board/merkle.h"

namespace urna::board {
namespace {

constexpr std::string_view dash = "\xE2\x80\x94 ";  // the em dash U+2014 and a space
constexpr std::size_t signature_bytes = crypto_sign_ed25519_BYTES;

Error malformed(std::string message) { return Error{ErrorCode::malformed, std::move(message)}; }

// The text before the next newline, which is removed with it. None if there is no newline.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool verify(const Ed25519PublicKey& key, std::string_view message, std::string_view signature) {
  return signature.size() == signature_bytes &&
         crypto_sign_ed25519_verify_detached(octets_of(signature).data(), octets_of(message).data(),
                                             message.size(), key.data()) == 0;
}

// What a witness signs (C2SP tlog-cosignature).
std::string cosigned_text(const Checkpoint& checkpoint, std::uint64_t time) {
  return "cosignature/v1\ntime " + std::to_string(time) + "\n" + checkpoint.text();
}

template <Signer signer>
const NoteSignature* find_signature(const UnverifiedNote& note, const VerifierKey<signer>& key) {
  const auto found = std::find_if(
      note.signatures.begin(), note.signatures.end(),
      [&, id = key.id()](const NoteSignature& s) { return s.key_id == id && s.name == key.name; });
  return found == note.signatures.end() ? nullptr : &*found;
}

Status check_witnesses(const LogKey& log, std::span<const WitnessKey> witnesses,
                       std::size_t threshold) {
  if (threshold > witnesses.size())
    return Error{ErrorCode::usage, std::to_string(threshold) + " witnesses are asked for, but " +
                                       std::to_string(witnesses.size()) + " are known"};
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    const WitnessKey& witness = witnesses[i];
    // A cosignature does not say who made it but for the key, so that one key is one witness.
    const bool repeated =
        std::any_of(witnesses.begin(), witnesses.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const WitnessKey& other) {
                      return other.name == witness.name || other.public_key == witness.public_key;
                    });
    if (repeated || witness.public_key == log.public_key)
      return Error{ErrorCode::usage,
                   "the witness " + witness.name + " has the name or the key of another signer",
                   {},
                   "name each witness once, each with a key of its own"};
  }
  return ok_status();
}

}  // namespace

bool is_signer_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name_bytes &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '+'; });
}

std::string Checkpoint::text() const {
  return origin + "\n" + std::to_string(size) + "\n" + to_base64(view_of(root)) + "\n";
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  std::string_view rest = text;
  const std::optional<std::string_view> origin = take_line(rest);
  const std::optional<std::string_view> size = take_line(rest);
  const std::optional<std::string_view> root = take_line(rest);
  if (!root) return malformed("a checkpoint has the three lines origin, size and root");
  if (!rest.empty()) return malformed("a checkpoint of this kind of log has no extension lines");

  Checkpoint checkpoint;
  if (!is_signer_name(*origin))
    return malformed("the origin is not made of visible ASCII characters without \"+\"");
  checkpoint.origin = *origin;
  const auto [end, error] =
      std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
  if (error != std::errc() || std::to_string(checkpoint.size) != *size)
    return malformed("the size of the tree is not a number below 2^64 in its shortest form");
  const Result<std::string> digest = from_base64(*root);
  if (!digest || digest->size() != checkpoint.root.size())
    return malformed("the root of the tree is not the base64 of 32 bytes");
  checkpoint.root = array_of<std::tuple_size_v<Sha256Digest>>(*digest);
  if (checkpoint.size == 0 && checkpoint.root != empty_tree_hash())
    return malformed("the root is not that of an empty tree, though the size is 0");
  return checkpoint;
}

std::optional<Error> find_fork(const Checkpoint& a, const Checkpoint& b) {
  if (a.origin != b.origin || a.size != b.size || a.root == b.root) return std::nullopt;
  return Error{ErrorCode::conflict,
               "the log " + a.origin + " shows two trees of size " + std::to_string(a.size) +
                   ", with the roots " + to_base64(view_of(a.root)) + " and " +
                   to_base64(view_of(b.root)),
               {},
               "keep both checkpoints: together, if signed, they prove that the log is not honest"};
}

Status check_consistency(const Checkpoint& earlier, const Checkpoint& later,
                         std::span<const Sha256Digest> proof) {
  if (earlier.origin != later.origin)
    return Error{ErrorCode::conflict, "the checkpoints are of different logs, " + earlier.origin +
                                          " and " + later.origin};
  if (later.size < earlier.size)
    return Error{ErrorCode::conflict, "the log " + later.origin + " has shrunk from " +
                                          std::to_string(earlier.size) + " to " +
                                          std::to_string(later.size) + " entries"};
  if (std::optional<Error> fork = find_fork(earlier, later)) return *std::move(fork);
  if (!verify_consistency(earlier.size, earlier.root, later.size, later.root, proof))
    return Error{ErrorCode::conflict, "the proof does not show that the " +
                                          std::to_string(later.size) + " entries of the log " +
                                          later.origin + " begin with the " +
                                          std::to_string(earlier.size) + " earlier ones"};
  return ok_status();
}

template <Signer signer>
std::uint32_t VerifierKey<signer>::id() const {
  const Sha256Digest digest =
      sha256(name + "\n" + static_cast<char>(signer) + std::string(view_of(public_key)));
  return static_cast<std::uint32_t>(big_endian(view_of(digest).substr(0, 4)));
}

template <Signer signer>
std::string VerifierKey<signer>::to_string() const {
  std::string id_bytes;
  append_big_endian(id_bytes, id(), 4);
  return name + "+" + to_hex(id_bytes) + "+" +
         to_base64(static_cast<char>(signer) + std::string(view_of(public_key)));
}

template <Signer signer>
Result<VerifierKey<signer>> VerifierKey<signer>::parse(std::string_view text) {
  // The last two fields cannot hold anything that a name forbids, but base64 has "+" too.
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed("a verifier key has the form NAME+ID+KEY");
  VerifierKey key;
  key.name = text.substr(0, first);
  if (!is_signer_name(key.name)) return malformed("the verifier key has no proper name");
  const Result<std::string> bytes = from_base64(text.substr(second + 1));
  if (!bytes || bytes->size() != 1 + key.public_key.size())
    return malformed("the verifier key is not the base64 of 33 bytes");
  if (bytes->front() != static_cast<char>(signer))
    return malformed(signer == Signer::log ? "this is not the Ed25519 key of a log"
                                           : "this is not the Ed25519 key of a witness");
  key.public_key =
      array_of<std::tuple_size_v<Ed25519PublicKey>>(std::string_view(*bytes).substr(1));
  if (key.to_string() != text)
    return malformed("the id of the verifier key is not that of the key");
  return key;
}

template <Signer signer>
Result<SecretKey<signer>> SecretKey<signer>::generate(std::string_view name) {
  std::array<std::uint8_t, 32> seed{};
  randombytes_buf(seed.data(), seed.size());
  Result<SecretKey> key = from_seed(name, seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

template <Signer signer>
Result<SecretKey<signer>> SecretKey<signer>::from_seed(std::string_view name,
                                                       std::span<const std::uint8_t, 32> seed) {
  if (!is_signer_name(name))
    return malformed("a key's name is made of at most 255 visible ASCII characters without \"+\"");
  SecretKey key;
  key.verifier_key_.name = name;
  crypto_sign_ed25519_seed_keypair(key.verifier_key_.public_key.data(), key.secret_.data(),
                                   seed.data());
  return key;
}

template <Signer signer>
SecretKey<signer>::~SecretKey() {
  sodium_memzero(secret_.data(), secret_.size());
}

template <Signer signer>
std::array<std::uint8_t, 64> SecretKey<signer>::sign(std::string_view message) const {
  std::array<std::uint8_t, 64> signature{};
  crypto_sign_ed25519_detached(signature.data(), nullptr, octets_of(message).data(), message.size(),
                               secret_.data());
  return signature;
}

template struct VerifierKey<Signer::log>;
template struct VerifierKey<Signer::witness>;
template class SecretKey<Signer::log>;
template class SecretKey<Signer::witness>;

std::string NoteSignature::line() const {
  std::string content;
  append_big_endian(content, key_id, 4);
  content += bytes;
  return std::string(dash) + name + " " + to_base64(content) + "\n";
}

Result<NoteSignature> NoteSignature::parse(std::string_view line) {
  const auto refusal = [] {
    return malformed("a signature line is a dash, the key's name and base64");
  };
  std::string_view rest = line;
  if (!rest.starts_with(dash) || !rest.ends_with('\n')) return refusal();
  rest.remove_prefix(dash.size());
  rest.remove_suffix(1);
  const std::size_t blank = rest.find(' ');
  if (blank == std::string_view::npos || !is_signer_name(rest.substr(0, blank))) return refusal();
  const Result<std::string> content = from_base64(rest.substr(blank + 1));
  if (!content || content->size() <= 4) return refusal();
  return NoteSignature{std::string(rest.substr(0, blank)),
                       static_cast<std::uint32_t>(big_endian(content->substr(0, 4))),
                       content->substr(4)};
}

std::string UnverifiedNote::to_string() const {
  std::string note = checkpoint.text() + "\n";
  for (const NoteSignature& signature : signatures) note += signature.line();
  return note;
}

Result<UnverifiedNote> UnverifiedNote::parse(std::string_view note) {
  if (note.size() > max_note_bytes)
    return Error{ErrorCode::limit, "a checkpoint with its signatures has at most " +
                                       std::to_string(max_note_bytes) + " bytes"};
  // The three lines hold no empty one, so the first empty line is the last.
  const std::size_t blank = note.find("\n\n");
  if (blank == std::string_view::npos)
    return malformed("the note has no empty line before its signatures");
  Result<Checkpoint> checkpoint = Checkpoint::parse(note.substr(0, blank + 1));
  if (!checkpoint) return std::move(checkpoint).error();
  UnverifiedNote parsed{*std::move(checkpoint), {}};
  std::string_view rest = note.substr(blank + 2);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    Result<NoteSignature> signature = NoteSignature::parse(line.empty() ? rest : line);
    if (!signature) return std::move(signature).error();
    rest.remove_prefix(line.size());
    const std::size_t known = parsed.signatures.size();
    if (Status added = parsed.add(*std::move(signature)); !added) return std::move(added).error();
    if (parsed.signatures.size() == known)
      return malformed("the note has two signatures of one key");
  }
  if (parsed.signatures.empty()) return malformed("the note has no signature");
  return parsed;
}

Status UnverifiedNote::add(NoteSignature signature) {
  for (NoteSignature& present : signatures) {
    if (present.name != signature.name || present.key_id != signature.key_id) continue;
    present = std::move(signature);
    return ok_status();
  }
  if (signatures.size() == max_note_signatures)
    return Error{ErrorCode::limit,
                 "a checkpoint has at most " + std::to_string(max_note_signatures) + " signatures"};
  signatures.push_back(std::move(signature));
  return ok_status();
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const LogSecretKey& key) {
  const LogKey& log = key.verifier_key();
  if (checkpoint.origin != log.name)
    return Error{ErrorCode::usage,
                 "the key of " + log.name + " cannot sign for the log " + checkpoint.origin};
  const std::string signature(view_of(key.sign(checkpoint.text())));
  return UnverifiedNote{checkpoint, {NoteSignature{log.name, log.id(), signature}}}.to_string();
}

Result<NoteSignature> cosign(const Checkpoint& checkpoint, const WitnessSecretKey& key,
                             std::uint64_t time) {
  if (time >> 63U != 0)
    return Error{ErrorCode::usage, "the time of a cosignature is below 2^63 seconds"};
  std::string bytes;
  append_big_endian(bytes, time, 8);
  bytes += view_of(key.sign(cosigned_text(checkpoint, time)));
  return NoteSignature{key.verifier_key().name, key.verifier_key().id(), std::move(bytes)};
}

Result<Cosignature> verify_cosignature(const Checkpoint& checkpoint, const NoteSignature& signature,
                                       const WitnessKey& key) {
  const std::string_view bytes = signature.bytes;
  if (signature.name == key.name && signature.key_id == key.id() &&
      bytes.size() == 8 + signature_bytes) {
    const std::uint64_t time = big_endian(bytes.substr(0, 8));
    if (time >> 63U == 0 &&
        verify(key.public_key, cosigned_text(checkpoint, time), bytes.substr(8)))
      return Cosignature{key.name, time};
  }
  return malformed("the cosignature of the witness " + key.name + " is wrong");
}

Result<VerifiedCheckpoint> verify_checkpoint(std::string_view note, const LogKey& log,
                                             std::span<const WitnessKey> witnesses,
                                             std::size_t threshold) {
  if (Status sound = check_witnesses(log, witnesses, threshold); !sound)
    return std::move(sound).error();
  Result<UnverifiedNote> parsed = UnverifiedNote::parse(note);
  if (!parsed) return std::move(parsed).error();
  const Checkpoint& checkpoint = parsed->checkpoint;
  if (checkpoint.origin != log.name)
    return Error{ErrorCode::conflict,
                 "the checkpoint is of the log " + checkpoint.origin + ", not of " + log.name};
  const NoteSignature* signature = find_signature(*parsed, log);
  if (signature == nullptr)
    return malformed("the checkpoint is not signed with the key of the log " + log.name);
  if (!verify(log.public_key, checkpoint.text(), signature->bytes))
    return malformed("the signature of the log " + log.name + " is wrong");

  VerifiedCheckpoint verified{checkpoint, {}};
  std::string missing;
  for (const WitnessKey& witness : witnesses) {
    const NoteSignature* cosignature = find_signature(*parsed, witness);
    if (cosignature == nullptr) {
      missing += (missing.empty() ? "" : ", ") + witness.name;
      continue;
    }
    Result<Cosignature> statement = verify_cosignature(checkpoint, *cosignature, witness);
    if (!statement) return std::move(statement).error();
    verified.cosignatures.push_back(*std::move(statement));
  }
  if (verified.cosignatures.size() < threshold)
    return Error{ErrorCode::conflict,
                 "the checkpoint has the cosignatures of " +
                     std::to_string(verified.cosignatures.size()) + " witnesses, not of " +
                     std::to_string(threshold) + "; missing are " + missing,
                 {},
                 "ask the log for a checkpoint that more witnesses have seen"};
  return verified;
}

}  // namespace urna::board
