// SPDX-License-Identifier: EUPL-1.2
// A mandate: what lets one controller look at the data of another, signed by both. It says on which
// legal path, for what, at which fields of which data sets of which period, who, from when to when
// and how much; whoever is asked verifies all of it and refuses what lies outside.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "group/element.h"
#include "proof/signature.h"

namespace urna::protection {

// A controller and the public key of who signs for it.
struct MandateParty {
  std::string name;
  group::ElementBytes key{};
  friend bool operator==(const MandateParty&, const MandateParty&) = default;
};

// The most that may be looked at of a data set: its fields, in records of a period in Unix seconds,
// both ends included. Names are 1 to 64 of a-z, 0-9, "_", "-".
struct MandateScope {
  std::string set;
  std::vector<std::string> fields;  // ascending, different
  std::uint64_t from = 0, to = 0;
  friend bool operator==(const MandateScope&, const MandateScope&) = default;
};

// A blinded comparison of one list with the roll (docs/listcheck.md).
struct MandateListCheck {
  std::uint64_t list_least = 0, list_most = 0;  // people on the list
  std::uint64_t evaluations = 0;                // elements that keepers may evaluate for it
  // That it is this unit's how many-th: one list after another tells who is on one of them only.
  std::uint64_t number = 1;
  friend bool operator==(const MandateListCheck&, const MandateListCheck&) = default;
};

struct Mandate {
  std::string edition;  // as in the manifest
  std::string path;     // the legal basis, in words
  std::string purpose;  // in words
  MandateParty inspecting, inspected;
  std::vector<MandateScope> scope;
  std::vector<MandateParty> inspectors;  // the persons, and the keys with which they ask
  std::uint64_t begins = 0, ends = 0;    // Unix seconds, both included
  std::uint64_t rows_most = 0;           // that may be read under it
  std::optional<MandateListCheck> list_check;
  std::optional<proof::Signature> by_inspecting, by_inspected;
  friend bool operator==(const Mandate&, const Mandate&) = default;
};

inline constexpr std::size_t mandate_bytes_max = 16'384;

// {0: "urna mandate", 1: edition, 2: path, 3: purpose, 4: [inspecting, key], 5: [inspected, key],
// 6: [[set, [field …], from, to] …], 7: [[inspector, key] …], 8: begins, 9: ends, 10: rows,
// 11: [least, most, evaluations, number] or null, 12: [signature or null, signature or null]}, and
// back. Error: malformed, for anything but the encoding of a mandate that names_right() accepts.
[[nodiscard]] std::string encode(const Mandate& mandate);
[[nodiscard]] Result<Mandate> decode_mandate(std::string_view bytes);

// Whether texts have 1 to 1024 bytes without control characters, names their form, numbers of
// people and moments their order, and there is something that may be looked at. Error: usage, with
// the field.
[[nodiscard]] Status names_right(const Mandate& mandate);

// What is signed, and what logs and messages name the mandate by: SHA-256 of the encoding with
// field 12 null.
[[nodiscard]] Sha256Digest mandate_hash(const Mandate& mandate);
// The first 16 hexadecimal digits of it: a word of the log.
[[nodiscard]] std::string mandate_word(const Sha256Digest& hash);

// Signs for whichever controller has the key: the signature of docs/protocol.md section 4.1 over
// Transcript("mandate"), append("hash", mandate_hash()). Error: conflict (neither of the two).
[[nodiscard]] Status sign(Mandate& mandate, const proof::SigningKey& key);

// Why something is refused.
enum class MandateFault : std::uint8_t {
  missing,        // no mandate at all
  malformed,      // not one
  not_signed,     // a signature is missing or wrong
  other_parties,  // signed by others than the two controllers whose data they are
  other_edition,
  not_begun,
  ended,
  out_of_scope,  // data set, field or period; or a list check that it does not speak of
  not_an_inspector,
  over_quota,
};
// "missing", "not-signed" …
[[nodiscard]] std::string_view to_string(MandateFault fault);

// Whose mandates are accepted: the keys of the two controllers, and the edition.
struct MandateTrust {
  group::ElementBytes inspecting{}, inspected{};
  std::string edition;
};

// Whether it is signed by both, theirs, of this edition and in force at `now`: the first fault of
// the order above, if any.
[[nodiscard]] std::optional<MandateFault> find_fault(const Mandate& mandate,
                                                     const MandateTrust& trust, std::uint64_t now);

// Whether all of these fields of records of this period lie inside of its scope.
[[nodiscard]] bool covers(const Mandate& mandate, std::string_view set,
                          std::span<const std::string> fields, std::uint64_t from,
                          std::uint64_t to);

// Whether the name has the form of a data set's or a field's.
[[nodiscard]] bool is_scope_name(std::string_view name);

}  // namespace urna::protection
