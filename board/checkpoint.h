// SPDX-License-Identifier: EUPL-1.2
// Signed checkpoints of a log: C2SP signed-note, tlog-checkpoint and tlog-cosignature, with
// Ed25519.
//
// A checkpoint names the log (its origin), how many entries it has and the root of their tree. The
// log signs it; witnesses, who have seen that each checkpoint continues the one before, cosign it.
// Names of keys and origins here are visible ASCII characters without "+", and a log's key bears
// the log's origin as its name: stricter than C2SP, which only recommends that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"

namespace urna::board {

constexpr std::size_t max_name_bytes = 255;
constexpr std::size_t max_note_bytes = 131072;
constexpr std::size_t max_note_signatures = 64;

// Whether a key or a log may be called so: 1 to 255 visible ASCII characters, none of them "+".
[[nodiscard]] bool is_signer_name(std::string_view name);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Sha256Digest root{};

  // The signed text: origin, size in decimal and root in base64, each with a newline.
  [[nodiscard]] std::string text() const;
  // The inverse. Error: malformed for everything else: extension lines, other forms of the number,
  // a bad name, a tree of size 0 with a root that is not the empty tree's.
  [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// Two checkpoints that one honest log cannot both have signed: same origin and size, other root.
// Error: conflict, with both roots. (For different sizes it takes a consistency proof to tell, see
// check_consistency().)
[[nodiscard]] std::optional<Error> find_fork(const Checkpoint& a, const Checkpoint& b);

// Whether `later` continues `earlier`, given the proof of RFC 9162 section 2.1.4. Error: conflict
// if they are of different logs, `later` is the smaller one, they are a fork, or the proof shows
// nothing.
[[nodiscard]] Status check_consistency(const Checkpoint& earlier, const Checkpoint& later,
                                       std::span<const Sha256Digest> proof);

using Ed25519PublicKey = std::array<std::uint8_t, 32>;

// The signature type byte of C2SP signed-note.
enum class Signer : std::uint8_t { log = 0x01, witness = 0x04 };

// A public key with its name. A log's key and a witness's are different types, so that neither is
// taken for the other.
template <Signer signer>
struct VerifierKey {
  std::string name;
  Ed25519PublicKey public_key{};

  // SHA-256(name || 0x0A || type || public key), the first four bytes.
  [[nodiscard]] std::uint32_t id() const;
  // "<name>+<id, 8 hexadecimal digits>+<base64(type || public key)>".
  [[nodiscard]] std::string to_string() const;
  // The inverse. Error: malformed, also if the id is another or the key of the other type.
  [[nodiscard]] static Result<VerifierKey> parse(std::string_view text);

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};
using LogKey = VerifierKey<Signer::log>;
using WitnessKey = VerifierKey<Signer::witness>;

// A signing key with its name: wiped on destruction, neither comparable nor printable.
template <Signer signer>
class SecretKey {
 public:
  // A new key from the operating system's generator. Error: malformed unless the name is one.
  [[nodiscard]] static Result<SecretKey> generate(std::string_view name);
  // The key of RFC 8032 made from 32 secret bytes, which the caller wipes. Error as above.
  [[nodiscard]] static Result<SecretKey> from_seed(std::string_view name,
                                                   std::span<const std::uint8_t, 32> seed);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  [[nodiscard]] const VerifierKey<signer>& verifier_key() const { return verifier_key_; }
  // The 32 bytes that from_seed() takes, for keeping; the caller wipes copies.
  [[nodiscard]] std::span<const std::uint8_t, 32> seed() const {
    return std::span(secret_).template first<32>();
  }
  // Ed25519, deterministic, constant time in the key.
  [[nodiscard]] std::array<std::uint8_t, 64> sign(std::string_view message) const;

 private:
  SecretKey() = default;
  VerifierKey<signer> verifier_key_;
  std::array<std::uint8_t, 64> secret_{};  // seed and public key, as libsodium keeps them
};
using LogSecretKey = SecretKey<Signer::log>;
using WitnessSecretKey = SecretKey<Signer::witness>;

// A line "— <name> <base64(id || bytes)>" of a note.
struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string bytes;

  // The line with its newline.
  [[nodiscard]] std::string line() const;
  // The inverse. Error: malformed.
  [[nodiscard]] static Result<NoteSignature> parse(std::string_view line);

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// A checkpoint and its signatures as they stand in a note, none of them verified.
struct UnverifiedNote {
  Checkpoint checkpoint;
  std::vector<NoteSignature> signatures;  // at least one; no two of the same name and key

  [[nodiscard]] std::string to_string() const;
  // The inverse: what is accepted gives the same bytes again. Errors: limit (a longer note, more
  // signatures), malformed.
  [[nodiscard]] static Result<UnverifiedNote> parse(std::string_view note);

  // Puts the signature in the place of one of the same name and key, or last.
  // Error: limit if there are too many already.
  [[nodiscard]] Status add(NoteSignature signature);
};

// The note with the log's signature. Error: usage if the checkpoint's origin is not the key's name.
[[nodiscard]] Result<std::string> sign_checkpoint(const Checkpoint& checkpoint,
                                                  const LogSecretKey& key);

// The signature of a witness at a time in seconds since 1970. Whoever calls this states that the
// checkpoint is the largest of its log that the witness has seen, and continues all others: check
// that first, with check_consistency(). Error: usage if the time is 2^63 or more.
[[nodiscard]] Result<NoteSignature> cosign(const Checkpoint& checkpoint,
                                           const WitnessSecretKey& key, std::uint64_t time);

struct Cosignature {
  std::string witness;     // the name of its key
  std::uint64_t time = 0;  // as the witness tells it, seconds since 1970

  friend bool operator==(const Cosignature&, const Cosignature&) = default;
};

// What a witness's signature says. Error: malformed unless it is of this key and over this
// checkpoint.
[[nodiscard]] Result<Cosignature> verify_cosignature(const Checkpoint& checkpoint,
                                                     const NoteSignature& signature,
                                                     const WitnessKey& key);

struct VerifiedCheckpoint {
  Checkpoint checkpoint;
  std::vector<Cosignature> cosignatures;  // in the order of the witnesses given
};

// The checkpoint in the note if `log` signed it and at least `threshold` of the witnesses did.
// Signatures of others are ignored; a wrong signature of the log or of a witness given refuses the
// note. Times are reported, not judged. Errors: usage (two witnesses share a name or a public key,
// or one has the log's, or the threshold exceeds their number), limit and malformed (the note or a
// signature), conflict (another log's checkpoint; too few witnesses, naming those missing).
[[nodiscard]] Result<VerifiedCheckpoint> verify_checkpoint(std::string_view note, const LogKey& log,
                                                           std::span<const WitnessKey> witnesses,
                                                           std::size_t threshold);

}  // namespace urna::board
