// SPDX-License-Identifier: EUPL-1.2
// The witnessed access log: every read and write of personal data, by a person or a service.
//
// Rows are numbered from 0. Each holds an entry and the chain hash, SHA-256 over the chain hash
// before it, its number and its entry; the entries are also the leaves of a Merkle tree (RFC 9162)
// whose root is signed with every transaction that appends (C2SP tlog-checkpoint). The chain names
// the row that somebody altered; the signatures hold against somebody who makes the chain anew; the
// cosignatures of the second controller hold against somebody who has the log's key too. docs/
// access-log.md tells who finds out what.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "board/checkpoint.h"
#include "protection/fields.h"
#include "protection/secrets.h"

namespace urna::protection {

enum class AccessAction : std::uint8_t { read, write, remove, disclose };

// Who: a role and the number or account of the one in it, both 1 to 64 of a-z, 0-9, ".", "-". A
// voter acting for themselves is the role "voter" with the actor "self": who it was is said by
// `person` alone.
struct AccessRecord {
  std::uint64_t time = 0;  // Unix seconds; the hour's first for what voters do, see below
  std::string role;
  std::string actor;
  AccessAction action = AccessAction::read;
  DataSet set = DataSet::registrar;
  std::vector<Field> fields;  // at least one, ascending as declared
  std::uint64_t persons = 0;
  std::optional<KeyedHash> person;  // if it was one: hashed under a key that is not in the log
  Purpose purpose = Purpose::accountability;
};

inline constexpr std::size_t access_entry_bytes_max = 4096;

// The row's entry: CBOR {0: "access", 1: time, 2: role, 3: actor, 4: action, 5: data set, 6: fields
// as "table.column", 7: persons, 8: hash or null, 9: purpose}. Error: usage (role or actor are not
// of the form, no field): nothing of a person can slip in as free text.
[[nodiscard]] Result<std::string> encode(const AccessRecord& record);

// An entry as a reader sees it; names that later versions know are kept as they are.
struct AccessEntry {
  std::uint64_t time = 0;
  std::string role, actor, action, set, purpose;
  std::vector<std::string> fields;
  std::uint64_t persons = 0;
  std::optional<KeyedHash> person;
};
// For who logs what no declared field speaks of, such as another controller's data. Error: usage (a
// member is not of the form).
[[nodiscard]] Result<std::string> encode(const AccessEntry& entry);
// Errors: malformed, limit.
[[nodiscard]] Result<AccessEntry> decode_access_entry(std::string_view entry);

// The state of a log after its last row: enough to append.
class AccessLogHead {
 public:
  AccessLogHead() = default;  // of the empty log
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const Sha256Digest& chain() const { return chain_; }
  [[nodiscard]] Sha256Digest root() const;
  // Takes the next entry; its chain hash is chain() then.
  void append(std::string_view entry);

  [[nodiscard]] std::string encode() const;
  // Error: malformed.
  [[nodiscard]] static Result<AccessLogHead> decode(std::string_view bytes);

 private:
  std::uint64_t size_ = 0;
  Sha256Digest chain_{};
  std::vector<Sha256Digest> peaks_;  // roots of complete subtrees, one for each one bit of size_
};

struct AccessRow {
  std::uint64_t position = 0;
  std::string entry;
  Sha256Digest chain{};
};

// Where a log is kept; all calls of one append belong to one transaction, which excludes others.
class AccessLogStore {
 public:
  AccessLogStore() = default;
  AccessLogStore(const AccessLogStore&) = delete;
  AccessLogStore& operator=(const AccessLogStore&) = delete;
  virtual ~AccessLogStore() = default;
  [[nodiscard]] virtual Result<AccessLogHead> access_head() = 0;
  [[nodiscard]] virtual Status append_access(const AccessRow& row) = 0;
  [[nodiscard]] virtual Status finish_access(const AccessLogHead& head, std::string_view note) = 0;
};

// Appends the entries, in order, and the signed checkpoint. The log's name is the key's.
[[nodiscard]] Status append_to_access_log(AccessLogStore& store,
                                          std::span<const std::string> entries,
                                          const board::LogSecretKey& key);

// ---- Verifying offline

struct AccessLogVerdict {
  std::uint64_t entries = 0;
  std::uint64_t cosigned = 0;              // how many of them stand under a witness's signature
  std::optional<std::uint64_t> first_bad;  // the first row that is not, or cannot be, as signed
  std::string reason;                      // empty iff the log is sound
  [[nodiscard]] bool sound() const { return reason.empty(); }
};

// What the log is held against.
struct AccessLogKeys {
  std::optional<board::LogKey> log;
  std::vector<board::WitnessKey> witnesses;  // each must have cosigned some checkpoint
  std::vector<std::string> seen;             // checkpoints that the witness kept outside
};

// Takes the rows in the order of their positions, with all checkpoints stored beside them, and says
// whether any row was altered, dropped, re-ordered, inserted or cut off, and which is the first.
// 100 bytes of memory for each checkpoint.
class AccessLogVerifier {
 public:
  AccessLogVerifier(std::span<const std::string> notes, AccessLogKeys keys);
  void add(const AccessRow& row);
  // After the last row.
  [[nodiscard]] AccessLogVerdict finish();

 private:
  struct Signed {
    board::Checkpoint checkpoint;
    bool seen_outside = false;
  };
  void take_note(const std::string& note, bool seen_outside);
  void fault(std::optional<std::uint64_t> at, std::string reason);
  void hold_against_checkpoints();

  AccessLogKeys keys_;
  std::vector<Signed> signed_;  // ascending
  std::size_t next_ = 0;        // the first not yet reached
  std::uint64_t good_ = 0;      // rows known to be as signed
  std::vector<std::string> missing_witnesses_;
  std::uint64_t cosigned_ = 0;
  AccessLogHead head_;
  AccessLogVerdict verdict_;
};

// A whole log in one file, for the second controller: CBOR {0: "access-log", 1: [[position, entry,
// chain] …], 2: [note …]}.
struct AccessLogCopy {
  std::vector<AccessRow> rows;
  std::vector<std::string> notes;
};
[[nodiscard]] std::string encode(const AccessLogCopy& copy);
// Errors: malformed. Rows may be anything: judging them is the verifier's part.
[[nodiscard]] Result<AccessLogCopy> decode_access_log_copy(std::string_view bytes);

// The newest checkpoint with the witness's signature added, if the log is sound and continues the
// checkpoint that the witness saw last. Errors: conflict (it is not sound, or does not continue),
// usage (no checkpoint).
[[nodiscard]] Result<std::string> cosign_access_log(const AccessLogCopy& copy,
                                                    const board::LogKey& log,
                                                    const std::optional<std::string>& seen,
                                                    const board::WitnessSecretKey& witness,
                                                    std::uint64_t time);

}  // namespace urna::protection
