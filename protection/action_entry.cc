// SPDX-License-Identifier: EUPL-1.2
#include "protection/action_entry.h"

#include <algorithm>
#include <utility>

#include "base/cbor.h"
#include "protection/log_word.h"

namespace urna::protection {
Result<std::string> encode(const ActionEntry& entry) {
  const bool words = is_word(entry.role) && is_word(entry.actor) && is_word(entry.action) &&
                     (entry.edition.empty() || is_word(entry.edition));
  if (!words) {
    return Error{ErrorCode::usage, "a log of actions holds words of the program only", {}, ""};
  }
  CborWriter out;
  out.map(7);
  out.key(0);
  out.text("action");
  out.key(1);
  out.unsigned_integer(entry.time);
  out.key(2);
  out.text(entry.role);
  out.key(3);
  out.text(entry.actor);
  out.key(4);
  out.text(entry.action);
  out.key(5);
  if (entry.edition.empty()) {
    out.null();
  } else {
    out.text(entry.edition);
  }
  out.key(6);
  if (entry.about) {
    out.bytes(view_of(*entry.about));
  } else {
    out.null();
  }
  return std::move(out).take();
}

Result<ActionEntry> decode_action_entry(std::string_view bytes) {
  CborReader in(bytes);
  ActionEntry entry;
  const auto word = [&]() {
    const std::string_view text = in.text(word_bytes_max);
    in.require(is_word(text), "expected a word");
    return std::string(text);
  };
  in.map(7);
  in.key(0);
  in.require(in.text(word_bytes_max) == "action", "not an entry of a log of actions");
  in.key(1);
  entry.time = in.unsigned_integer();
  in.key(2);
  entry.role = word();
  in.key(3);
  entry.actor = word();
  in.key(4);
  entry.action = word();
  in.key(5);
  if (in.next_is_null()) {
    in.null();
  } else {
    entry.edition = word();
  }
  in.key(6);
  if (in.next_is_null()) {
    in.null();
  } else {
    entry.about = in.fixed_bytes<32>();
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return entry;
}

}  // namespace urna::protection
