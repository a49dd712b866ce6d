// SPDX-License-Identifier: EUPL-1.2
#include "pseudonym/list_check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "group/multiply.h"
#include "proof/suite.h"
#include "pseudonym/voprf.h"

namespace urna::pseudonym {
namespace {

using group::Scalar;
using group::SecretScalar;
using proof::Ristretto;

constexpr std::size_t element_bytes = sizeof(ElementBytes);

Error conflict(const char* message, const char* remedy) {
  return {ErrorCode::conflict, message, {}, remedy};
}

// Head of a message: its kind and the mandate.
CborWriter begin(std::size_t fields, std::string_view kind, const Sha256Digest& mandate) {
  CborWriter out;
  out.map(fields);
  out.key(0);
  out.text(kind);
  out.key(1);
  out.bytes(view_of(mandate));
  return out;
}

Sha256Digest read_head(CborReader& in, std::size_t fields, std::string_view kind) {
  in.map(fields);
  in.key(0);
  in.require(in.text(kind.size()) == kind, "a message of another kind");
  in.key(1);
  return in.fixed_bytes<32>();
}

std::string read_set(CborReader& in, std::size_t most) {
  const std::string_view set = in.bytes(most * element_bytes);
  if (in.ok()) in.require(check_set(set, most).ok(), "expected different elements in order");
  return std::string(set);
}

void write_sets(CborWriter& out, const std::vector<std::string>& sets) {
  out.array(sets.size());
  for (const std::string& set : sets) out.bytes(set);
}

std::vector<std::string> read_sets(CborReader& in) {
  std::vector<std::string> sets(in.array(list_classes_max));
  in.require(!sets.empty(), "expected at least one class");
  std::size_t people = 0;
  for (std::string& set : sets) {
    set = read_set(in, roll_people_max);
    people += set_size(set);
  }
  in.require(people <= roll_people_max, "more people than a roll may have");
  return sets;
}

constexpr std::string_view list_request_kind = "urna list request";
constexpr std::string_view table_kind = "urna list table";
constexpr std::string_view classes_kind = "urna list classes";
constexpr std::string_view answer_kind = "urna list answer";
constexpr std::string_view secret_kind = "urna list secret";

}  // namespace

std::string blind_each(const SecretScalar& secret, std::span<const std::string_view> inputs) {
  // Doubles are encoded many times faster than elements are.
  return group::encode_doubled_packed(
      group::mul_all(Scalar::half() * secret, hash_to_elements(inputs)));
}

Result<std::string> multiply_each(const SecretScalar& secret, std::string_view packed) {
  const Result<std::vector<group::Element>> elements = Ristretto::decode_packed(packed);
  if (!elements) return elements.error();
  return group::encode_doubled_packed(group::mul_all(Scalar::half() * secret, *elements));
}

std::string sorted_set(std::string_view packed) {
  std::vector<std::string_view> each;
  each.reserve(set_size(packed));
  for (std::size_t i = 0; i < set_size(packed); ++i) {
    each.push_back(packed.substr(i * element_bytes, element_bytes));
  }
  std::ranges::sort(each);
  std::string sorted;
  sorted.reserve(packed.size());
  for (const std::string_view one : each) sorted += one;
  return sorted;
}

Status check_set(std::string_view packed, std::size_t most) {
  const std::size_t count = set_size(packed);
  bool right = packed.size() % element_bytes == 0 && count >= 1 && count <= most;
  for (std::size_t i = 1; right && i < count; ++i) {
    right = packed.substr((i - 1) * element_bytes, element_bytes) <
            packed.substr(i * element_bytes, element_bytes);
  }
  if (right) return ok_status();
  return Error{ErrorCode::malformed, "not a set of different elements in ascending order"};
}

std::uint64_t count_common(std::string_view a, std::string_view b) {
  std::uint64_t common = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const int order = a.substr(i, element_bytes).compare(b.substr(j, element_bytes));
    if (order == 0) ++common;
    if (order <= 0) i += element_bytes;
    if (order >= 0) j += element_bytes;
  }
  return common;
}

std::string encode(const ListRequest& message) {
  CborWriter out = begin(3, list_request_kind, message.mandate);
  out.key(2);
  out.bytes(message.blinded);
  return std::move(out).take();
}

Result<ListRequest> decode_list_request(std::string_view bytes) {
  CborReader in(bytes);
  ListRequest message;
  message.mandate = read_head(in, 3, list_request_kind);
  in.key(2);
  message.blinded = read_set(in, list_people_max);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return message;
}

std::string encode(const ListTable& message) {
  CborWriter out = begin(5, table_kind, message.mandate);
  out.key(2);
  out.bytes(message.list);
  out.key(3);
  out.bytes(message.pseudonyms);
  out.key(4);
  out.bytes(message.people);
  return std::move(out).take();
}

Result<ListTable> decode_list_table(std::string_view bytes) {
  CborReader in(bytes);
  ListTable message;
  message.mandate = read_head(in, 5, table_kind);
  in.key(2);
  message.list = read_set(in, list_people_max);
  in.key(3);
  message.pseudonyms = read_set(in, roll_people_max);
  in.key(4);
  message.people = std::string(in.bytes(roll_people_max * element_bytes));
  in.require(message.people.size() == message.pseudonyms.size(),
             "expected an element beside each pseudonym");
  if (Status end = in.finish(); !end) return std::move(end).error();
  return message;
}

std::string encode(const ListClasses& message) {
  CborWriter out = begin(3, classes_kind, message.mandate);
  out.key(2);
  write_sets(out, message.classes);
  return std::move(out).take();
}

Result<ListClasses> decode_list_classes(std::string_view bytes) {
  CborReader in(bytes);
  ListClasses message;
  message.mandate = read_head(in, 3, classes_kind);
  in.key(2);
  message.classes = read_sets(in);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return message;
}

std::string encode(const ListAnswer& message) {
  CborWriter out = begin(4, answer_kind, message.mandate);
  out.key(2);
  out.bytes(view_of(message.asked));
  out.key(3);
  write_sets(out, message.classes);
  return std::move(out).take();
}

Result<ListAnswer> decode_list_answer(std::string_view bytes) {
  CborReader in(bytes);
  ListAnswer message;
  message.mandate = read_head(in, 4, answer_kind);
  in.key(2);
  message.asked = in.fixed_bytes<32>();
  in.key(3);
  message.classes = read_sets(in);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return message;
}

SecretBytes encode(const ListSecret& secret) {
  CborWriter out = begin(3, secret_kind, secret.mandate);
  out.key(2);
  out.bytes(view_of(secret.secret.secret_bytes()));
  return SecretBytes(std::move(out).take());
}

Result<ListSecret> decode_list_secret(std::string_view bytes) {
  CborReader in(bytes);
  ListSecret made;
  made.mandate = read_head(in, 3, secret_kind);
  in.key(2);
  auto scalar = in.fixed_bytes<32>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  const Result<SecretScalar> secret = SecretScalar::decode(scalar);
  scalar.fill(0);
  if (!secret) return secret.error();
  made.secret = *secret;
  return made;
}

Result<BlindedList> blind_list(std::span<const std::string_view> inputs,
                               const Sha256Digest& mandate) {
  std::vector<std::string_view> different(inputs.begin(), inputs.end());
  std::ranges::sort(different);
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (different.empty() || different.size() > list_people_max) {
    return Error{ErrorCode::limit, "a list of 1 to " + std::to_string(list_people_max) +
                                       " different people is needed"};
  }
  BlindedList made;
  made.secret = {mandate, SecretScalar::random()};
  made.request = {mandate, sorted_set(blind_each(made.secret.secret, different))};
  return made;
}

Result<ListAnswer> answer_classes(const ListSecret& secret, std::string_view classes_bytes,
                                  std::size_t class_least, std::uint64_t roll_size) {
  const Result<ListClasses> asked = decode_list_classes(classes_bytes);
  if (!asked) return asked.error();
  if (asked->mandate != secret.mandate) {
    return conflict("the classes are under another mandate than the list",
                    "answer those of this check");
  }
  std::string all;
  for (const std::string& set : asked->classes) {
    if (set_size(set) < class_least) {
      return conflict("a class is so small that the answer could be about single people",
                      "do not answer; ask the checker for larger classes");
    }
    all += set;
  }
  if (!check_set(sorted_set(all), roll_people_max)) {
    return conflict("somebody is in two classes", "do not answer; ask the checker why");
  }
  if (set_size(all) != roll_size) {
    return conflict("the classes are not about as many people as the public record has",
                    "do not answer; ask the checker why");
  }
  ListAnswer answer;
  answer.mandate = asked->mandate;
  answer.asked = sha256(classes_bytes);
  for (const std::string& set : asked->classes) {
    const Result<std::string> multiplied = multiply_each(secret.secret, set);
    if (!multiplied) return multiplied.error();
    answer.classes.push_back(sorted_set(*multiplied));
  }
  return answer;
}

Result<std::vector<std::uint64_t>> count_matches(const ListTable& table,
                                                 std::string_view classes_bytes,
                                                 const ListAnswer& answer) {
  const Result<ListClasses> asked = decode_list_classes(classes_bytes);
  if (!asked) return asked.error();
  if (table.mandate != asked->mandate || answer.mandate != asked->mandate) {
    return conflict("the files are under different mandates", "give those of one check");
  }
  if (answer.asked != sha256(classes_bytes) || answer.classes.size() != asked->classes.size()) {
    return conflict("the answer is to another question", "ask the unit again");
  }
  std::vector<std::uint64_t> matches;
  for (std::size_t c = 0; c < asked->classes.size(); ++c) {
    if (answer.classes[c].size() != asked->classes[c].size()) {
      return conflict("the answer is about another number of people in a class",
                      "ask the unit again");
    }
    matches.push_back(count_common(table.list, answer.classes[c]));
  }
  return matches;
}

}  // namespace urna::pseudonym
