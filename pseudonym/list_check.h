// SPDX-License-Identifier: EUPL-1.2
// The blinded list check: how many of a unit's list are in which part of the roll, so that the unit
// learns nobody's pseudonym, the city nobody's name on the list, and nobody which of them it was.
//
// H hashes an identifier to the group, k is the keepers' key, r the unit's secret and s the
// register office's, each drawn for one check. Sets are sorted by encoding, which says nothing.
//
//   unit      -> office    A   = { r H(x) : x on the list }
//   office    -> keepers   s A, and s H(y) for everybody y on the roll
//   keepers   -> office    D   = { k s r H(x) },  W_y = k s H(y)
//   office    -> checker   D, and W_y beside each pseudonym P_y = F(k, y)
//   checker   -> unit      for each class c of the roll (not voted; voted at this level on these
//                          days) the set { W_y : y in c }
//   unit      -> checker   for each class the set E_c = { r W_y }
//   checker                counts D and E_c in common.
//
// Who sees what, the assumptions and the literature: docs/listcheck.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/sha256.h"
#include "group/scalar.h"
#include "pseudonym/types.h"

namespace urna::pseudonym {

// The greatest counts that a reader accepts.
inline constexpr std::size_t list_people_max = 100'000;
inline constexpr std::size_t roll_people_max = 2'000'000;
inline constexpr std::size_t list_classes_max = 1024;

// ---- Sets of elements

// secret times H of each input, packed in their order. Constant time for inputs of the same
// lengths. 6 us each with the ifma backend. Precondition (else the program stops): none is longer
// than input_bytes_max.
[[nodiscard]] std::string blind_each(const group::SecretScalar& secret,
                                     std::span<const std::string_view> inputs);

// secret times each element, packed in their order. Error: malformed (no element, the identity, or
// a length that does not divide).
[[nodiscard]] Result<std::string> multiply_each(const group::SecretScalar& secret,
                                                std::string_view packed);

// The encodings in ascending order. Precondition: whole elements.
[[nodiscard]] std::string sorted_set(std::string_view packed);
// Whether these are encodings in strictly ascending order, 1 to `most`. That they are elements is
// checked where they are used. Error: malformed.
[[nodiscard]] Status check_set(std::string_view packed, std::size_t most);
// How many encodings two sets share. O(n + m).
[[nodiscard]] std::uint64_t count_common(std::string_view a, std::string_view b);
[[nodiscard]] inline std::size_t set_size(std::string_view packed) {
  return packed.size() / sizeof(ElementBytes);
}

// ---- Messages, as files; `mandate` is the hash of the mandate that they are under

// unit -> office: {0: "urna list request", 1: mandate, 2: A}.
struct ListRequest {
  Sha256Digest mandate{};
  std::string blinded;
};
// office -> checker: {0: "urna list table", 1: mandate, 2: D, 3: packed pseudonyms, ascending,
// 4: packed W in their order}. For the checker alone.
struct ListTable {
  Sha256Digest mandate{};
  std::string list;
  std::string pseudonyms;
  std::string people;  // W
};
// checker -> unit: {0: "urna list classes", 1: mandate, 2: [set …]}.
struct ListClasses {
  Sha256Digest mandate{};
  std::vector<std::string> classes;
};
// unit -> checker: {0: "urna list answer", 1: mandate, 2: SHA-256 of the classes' message,
// 3: [set …] in the order of the classes}.
struct ListAnswer {
  Sha256Digest mandate{};
  Sha256Digest asked{};
  std::vector<std::string> classes;
};
// The unit's own, from its request to its answer: {0: "urna list secret", 1: mandate, 2: r}.
struct ListSecret {
  Sha256Digest mandate{};
  group::SecretScalar secret;
};

inline constexpr std::size_t list_message_bytes_max =
    roll_people_max * 64 + list_people_max * 32 + (std::size_t{64} << 10U);

// Errors of decoding: malformed, for anything but the encoding of such a structure whose sets are
// sets.
[[nodiscard]] std::string encode(const ListRequest& message);
[[nodiscard]] Result<ListRequest> decode_list_request(std::string_view bytes);
[[nodiscard]] std::string encode(const ListTable& message);
[[nodiscard]] Result<ListTable> decode_list_table(std::string_view bytes);
[[nodiscard]] std::string encode(const ListClasses& message);
[[nodiscard]] Result<ListClasses> decode_list_classes(std::string_view bytes);
[[nodiscard]] std::string encode(const ListAnswer& message);
[[nodiscard]] Result<ListAnswer> decode_list_answer(std::string_view bytes);
[[nodiscard]] SecretBytes encode(const ListSecret& secret);
[[nodiscard]] Result<ListSecret> decode_list_secret(std::string_view bytes);

// ---- The unit

// A fresh secret and the request. An input twice counts once. Errors: limit (no input, too many).
struct BlindedList {
  ListSecret secret;
  ListRequest request;
};
[[nodiscard]] Result<BlindedList> blind_list(std::span<const std::string_view> inputs,
                                             const Sha256Digest& mandate);

// The answer, unless the classes would let single people be told apart: each must have at least
// `class_least` people, all of them different, and all together `roll_size`, which the public
// record says. Errors: conflict (that, or another mandate); malformed (no elements).
[[nodiscard]] Result<ListAnswer> answer_classes(const ListSecret& secret,
                                                std::string_view classes_bytes,
                                                std::size_t class_least, std::uint64_t roll_size);

// ---- The checker

// How many of the list are in each class. Errors: conflict (another mandate, another question, not
// as many people in a class as were asked about).
[[nodiscard]] Result<std::vector<std::uint64_t>> count_matches(const ListTable& table,
                                                               std::string_view classes_bytes,
                                                               const ListAnswer& answer);

}  // namespace urna::pseudonym
