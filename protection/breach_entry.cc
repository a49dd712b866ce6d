// SPDX-License-Identifier: EUPL-1.2
#include "protection/breach_entry.h"

#include "base/bytes.h"
#include "base/cbor.h"
#include "protection/log_word.h"

namespace urna::protection {
std::string_view to_string(BreachAct act) {
  switch (act) {
    case BreachAct::opened:
      return "opened";
    case BreachAct::item:
      return "item";
    case BreachAct::filed:
      return "filed";
    case BreachAct::letter:
      return "letter";
  }
  stop_on_broken_precondition("to_string: an act of the breach desk");
}

std::string_view to_string(BreachStage stage) {
  return stage == BreachStage::initial ? "initial" : "complete";
}

std::string encode(const BreachEntry& entry) {
  CborWriter out;
  out.array(7);
  out.text("breach");
  out.unsigned_integer(static_cast<std::uint64_t>(entry.act));
  out.unsigned_integer(entry.time);
  out.text(entry.by);
  out.text(entry.name);
  out.text(entry.text);
  out.unsigned_integer(entry.stage ? 1 + static_cast<std::uint64_t>(*entry.stage) : 0);
  return std::move(out).take();
}

Result<BreachEntry> decode_breach_entry(std::string_view bytes) {
  CborReader in(bytes);
  BreachEntry entry;
  in.array_exactly(7);
  in.require(in.text(word_bytes_max) == "breach", "not an entry of the breach desk");
  entry.act =
      static_cast<BreachAct>(in.unsigned_integer(static_cast<std::uint64_t>(BreachAct::letter)));
  entry.time = in.unsigned_integer();
  entry.by = in.text(word_bytes_max);
  entry.name = in.text(breach_text_bytes_max);
  entry.text = in.text(breach_text_bytes_max);
  const std::uint64_t stage = in.unsigned_integer(2);
  if (stage > 0) entry.stage = static_cast<BreachStage>(stage - 1);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return entry;
}

}  // namespace urna::protection
