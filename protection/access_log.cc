// SPDX-License-Identifier: EUPL-1.2
#include "protection/access_log.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/cbor.h"
#include "board/merkle.h"
#include "protection/action_entry.h"
#include "protection/breach_entry.h"
#include "protection/log_word.h"

namespace urna::protection {
namespace {

constexpr std::size_t row_fields_max = 64;

std::string_view id_of(AccessAction action) {
  switch (action) {
    case AccessAction::read:
      return "read";
    case AccessAction::write:
      return "write";
    case AccessAction::remove:
      return "remove";
    case AccessAction::disclose:
      return "disclose";
  }
  stop_on_broken_precondition("id_of: an action");
}

Sha256Digest next_chain(const Sha256Digest& before, std::uint64_t position,
                        std::string_view entry) {
  std::string text = "urna/1 access log row\n";
  text += view_of(before);
  append_big_endian(text, position, 8);
  text += entry;
  return sha256(text);
}

}  // namespace

Result<std::string> encode(const AccessEntry& entry) {
  if (!is_word(entry.role) || !is_word(entry.actor) || !is_word(entry.action) ||
      !is_word(entry.set) || !is_word(entry.purpose) || entry.fields.empty() ||
      entry.fields.size() > row_fields_max ||
      std::ranges::any_of(entry.fields, [](const std::string& field) {
        return field.empty() || field.size() > 2 * word_bytes_max;
      })) {
    return Error{ErrorCode::usage, "an access without a role, an actor or a field", {}, ""};
  }
  CborWriter out;
  out.map(10);
  out.key(0);
  out.text("access");
  out.key(1);
  out.unsigned_integer(entry.time);
  out.key(2);
  out.text(entry.role);
  out.key(3);
  out.text(entry.actor);
  out.key(4);
  out.text(entry.action);
  out.key(5);
  out.text(entry.set);
  out.key(6);
  out.array(entry.fields.size());
  for (const std::string& field : entry.fields) out.text(field);
  out.key(7);
  out.unsigned_integer(entry.persons);
  out.key(8);
  if (entry.person) {
    out.bytes(view_of(*entry.person));
  } else {
    out.null();
  }
  out.key(9);
  out.text(entry.purpose);
  return std::move(out).take();
}

Result<std::string> encode(const AccessRecord& record) {
  AccessEntry entry;
  entry.time = record.time;
  entry.role = record.role;
  entry.actor = record.actor;
  entry.action = id_of(record.action);
  entry.set = protection::id_of(record.set);
  for (const Field field : record.fields) {
    const FieldDeclaration& declared = declaration_of(field);
    entry.fields.push_back(std::string(declared.table) + "." + std::string(declared.column));
  }
  entry.persons = record.persons;
  entry.person = record.person;
  entry.purpose = protection::id_of(record.purpose);
  return encode(entry);
}

Result<AccessEntry> decode_access_entry(std::string_view bytes) {
  if (bytes.size() > access_entry_bytes_max) {
    return Error{ErrorCode::limit, "an entry of the access log is too long", {}, ""};
  }
  CborReader in(bytes);
  AccessEntry entry;
  const auto word = [&] {
    const std::string_view text = in.text(word_bytes_max);
    in.require(is_word(text), "expected a word of a-z, 0-9, \".\", \"-\"");
    return std::string(text);
  };
  in.map(10);
  in.key(0);
  in.require(in.text(16) == "access", "expected an entry of an access log");
  in.key(1);
  entry.time = in.unsigned_integer(std::uint64_t{1} << 53U);
  in.key(2);
  entry.role = word();
  in.key(3);
  entry.actor = word();
  in.key(4);
  entry.action = word();
  in.key(5);
  entry.set = word();
  in.key(6);
  entry.fields.resize(in.array(row_fields_max));
  for (std::string& field : entry.fields) field = std::string(in.text(2 * word_bytes_max));
  in.require(!entry.fields.empty(), "an access of no field");
  in.key(7);
  entry.persons = in.unsigned_integer(std::uint64_t{1} << 53U);
  in.key(8);
  if (in.next_is_null()) {
    in.null();
  } else {
    entry.person = in.fixed_bytes<32>();
  }
  in.key(9);
  entry.purpose = word();
  if (Status end = in.finish(); !end) return std::move(end).error();
  return entry;
}

// ---- AccessLogHead

void AccessLogHead::append(std::string_view entry) {
  chain_ = next_chain(chain_, size_, entry);
  Sha256Digest peak = board::leaf_hash(entry);
  // As many subtrees of equal height meet as the size has ones at its end.
  for (std::uint64_t bits = size_; (bits & 1U) != 0; bits >>= 1U) {
    peak = board::node_hash(peaks_.back(), peak);
    peaks_.pop_back();
  }
  peaks_.push_back(peak);
  ++size_;
}

Sha256Digest AccessLogHead::root() const {
  if (peaks_.empty()) return board::empty_tree_hash();
  Sha256Digest root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = board::node_hash(peaks_[i], root);
  return root;
}

std::string AccessLogHead::encode() const {
  std::string bytes;
  append_big_endian(bytes, size_, 8);
  bytes += view_of(chain_);
  for (const Sha256Digest& peak : peaks_) bytes += view_of(peak);
  return bytes;
}

Result<AccessLogHead> AccessLogHead::decode(std::string_view bytes) {
  const Error refused{
      ErrorCode::malformed, "the head of the access log is damaged", {}, "verify the log"};
  if (bytes.size() < 40) return refused;
  AccessLogHead head;
  head.size_ = big_endian(bytes.substr(0, 8));
  head.chain_ = array_of<32>(bytes.substr(8, 32));
  bytes.remove_prefix(40);
  if (bytes.size() != 32U * static_cast<unsigned>(std::popcount(head.size_))) return refused;
  for (; !bytes.empty(); bytes.remove_prefix(32)) {
    head.peaks_.push_back(array_of<32>(bytes.substr(0, 32)));
  }
  return head;
}

Status append_to_access_log(AccessLogStore& store, std::span<const std::string> entries,
                            const board::LogSecretKey& key) {
  if (entries.empty()) return ok_status();
  Result<AccessLogHead> head = store.access_head();
  if (!head) return head.error();
  for (const std::string& entry : entries) {
    const std::uint64_t position = head->size();
    head->append(entry);
    if (Status added = store.append_access({position, entry, head->chain()}); !added) return added;
  }
  const Result<std::string> note =
      board::sign_checkpoint({key.verifier_key().name, head->size(), head->root()}, key);
  if (!note) return note.error();
  return store.finish_access(*head, *note);
}

// ---- AccessLogVerifier

AccessLogVerifier::AccessLogVerifier(std::span<const std::string> notes, AccessLogKeys keys)
    : keys_(std::move(keys)) {
  for (const board::WitnessKey& witness : keys_.witnesses) {
    missing_witnesses_.push_back(witness.name);
  }
  for (const std::string& note : notes) take_note(note, false);
  for (const std::string& note : keys_.seen) take_note(note, true);
  std::ranges::stable_sort(signed_, {}, [](const Signed& one) { return one.checkpoint.size; });
}

void AccessLogVerifier::fault(std::optional<std::uint64_t> at, std::string reason) {
  if (!verdict_.sound()) return;
  verdict_.first_bad = at;
  verdict_.reason = std::move(reason);
}

void AccessLogVerifier::take_note(const std::string& note, bool seen_outside) {
  const Result<board::UnverifiedNote> read = board::UnverifiedNote::parse(note);
  if (!read) return fault(std::nullopt, "a checkpoint is damaged: " + read.error().message);
  if (keys_.log) {
    const auto verified = board::verify_checkpoint(note, *keys_.log, {}, 0);
    if (!verified) {
      return fault(std::nullopt, fmt::format("the checkpoint of {} rows is not the log's: {}",
                                             read->checkpoint.size, verified.error().message));
    }
  }
  for (const board::WitnessKey& witness : keys_.witnesses) {
    for (const board::NoteSignature& signature : read->signatures) {
      if (signature.name != witness.name || signature.key_id != witness.id()) continue;
      if (!board::verify_cosignature(read->checkpoint, signature, witness)) {
        return fault(std::nullopt, fmt::format("the checkpoint of {} rows bears a false signature "
                                               "of the witness {}",
                                               read->checkpoint.size, witness.name));
      }
      std::erase(missing_witnesses_, witness.name);
      cosigned_ = std::max(cosigned_, read->checkpoint.size);
    }
  }
  signed_.push_back({read->checkpoint, seen_outside});
}

void AccessLogVerifier::hold_against_checkpoints() {
  for (; next_ < signed_.size() && signed_[next_].checkpoint.size == head_.size(); ++next_) {
    const Signed& one = signed_[next_];
    if (one.checkpoint.root == head_.root()) {
      good_ = head_.size();
    } else {
      fault(good_, fmt::format("rows {} to {} are not those of the {} checkpoint", good_,
                               head_.size() == 0 ? 0 : head_.size() - 1,
                               one.seen_outside ? "witness's" : "signed"));
    }
  }
}

void AccessLogVerifier::add(const AccessRow& row) {
  if (!verdict_.sound()) return;
  hold_against_checkpoints();
  const std::uint64_t due = head_.size();
  if (row.position != due) return fault(due, fmt::format("row {} is missing", due));
  // A log is of accesses, of actions or of a breach; each row is one of them, whole.
  if (const auto entry = decode_access_entry(row.entry);
      !entry && !decode_action_entry(row.entry) && !decode_breach_entry(row.entry)) {
    return fault(due, fmt::format("row {} is no entry: {}", due, entry.error().message));
  }
  head_.append(row.entry);
  if (head_.chain() != row.chain) {
    return fault(due, fmt::format("row {} does not continue the chain", due));
  }
}

AccessLogVerdict AccessLogVerifier::finish() {
  if (verdict_.sound()) hold_against_checkpoints();
  verdict_.entries = head_.size();
  if (verdict_.sound() && next_ < signed_.size()) {
    fault(head_.size(), fmt::format("rows from {} on are missing: a checkpoint speaks of {} rows",
                                    head_.size(), signed_.back().checkpoint.size));
  }
  // Every append ends with a checkpoint, so rows after the last one were put there by others.
  if (good_ < head_.size()) {
    fault(good_, fmt::format("rows from {} on stand under no signed checkpoint", good_));
  }
  if (!missing_witnesses_.empty()) {
    fault(std::nullopt, "no checkpoint is cosigned by " + missing_witnesses_.front());
  }
  verdict_.cosigned = verdict_.sound() ? cosigned_ : 0;
  return verdict_;
}

// ---- Copies

std::string encode(const AccessLogCopy& copy) {
  CborWriter out;
  out.map(3);
  out.key(0);
  out.text("access-log");
  out.key(1);
  out.array(copy.rows.size());
  for (const AccessRow& row : copy.rows) {
    out.array(3);
    out.unsigned_integer(row.position);
    out.bytes(row.entry);
    out.bytes(view_of(row.chain));
  }
  out.key(2);
  out.array(copy.notes.size());
  for (const std::string& note : copy.notes) out.text(note);
  return std::move(out).take();
}

Result<AccessLogCopy> decode_access_log_copy(std::string_view bytes) {
  CborReader in(bytes);
  AccessLogCopy copy;
  in.map(3);
  in.key(0);
  in.require(in.text(16) == "access-log", "expected an access log");
  in.key(1);
  const std::size_t rows = in.array(bytes.size());
  for (std::size_t i = 0; i < rows && in.ok(); ++i) {
    in.array_exactly(3);
    AccessRow& row = copy.rows.emplace_back();
    row.position = in.unsigned_integer();
    row.entry = std::string(in.bytes(access_entry_bytes_max));
    row.chain = in.fixed_bytes<32>();
  }
  in.key(2);
  const std::size_t notes = in.array(bytes.size());
  for (std::size_t i = 0; i < notes && in.ok(); ++i) {
    copy.notes.emplace_back(in.text(board::max_note_bytes));
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return copy;
}

Result<std::string> cosign_access_log(const AccessLogCopy& copy, const board::LogKey& log,
                                      const std::optional<std::string>& seen,
                                      const board::WitnessSecretKey& witness, std::uint64_t time) {
  AccessLogKeys keys;
  keys.log = log;
  if (seen) keys.seen.push_back(*seen);
  AccessLogVerifier verifier(copy.notes, keys);
  for (const AccessRow& row : copy.rows) verifier.add(row);
  const AccessLogVerdict verdict = verifier.finish();
  if (!verdict.sound()) {
    return Error{ErrorCode::conflict,
                 "the access log is refused: " + verdict.reason,
                 {},
                 "keep this copy as evidence and tell both controllers"};
  }
  std::optional<board::UnverifiedNote> newest;
  for (const std::string& text : copy.notes) {
    Result<board::UnverifiedNote> note = board::UnverifiedNote::parse(text);
    if (!note) return std::move(note).error();
    if (!newest || note->checkpoint.size >= newest->checkpoint.size) newest = *std::move(note);
  }
  if (!newest) return Error{ErrorCode::usage, "the access log has no checkpoint yet", {}, ""};
  Result<board::NoteSignature> signature = board::cosign(newest->checkpoint, witness, time);
  if (!signature) return std::move(signature).error();
  if (Status added = newest->add(*std::move(signature)); !added) return std::move(added).error();
  return newest->to_string();
}

}  // namespace urna::protection
