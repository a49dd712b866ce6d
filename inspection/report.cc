// SPDX-License-Identifier: EUPL-1.2
#include "inspection/report.h"

#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "proof/transcript.h"
#include "protection/controller_signature.h"

namespace urna::inspection {
namespace {

using protection::read_signature;
using protection::write_signature;

constexpr std::string_view report_kind = "urna inspection report";
constexpr std::size_t text_bytes_max = 65'535;
constexpr std::size_t items_max = 256;

void write_texts(CborWriter& out, const std::vector<std::string>& texts) {
  out.array(texts.size());
  for (const std::string& text : texts) out.text(text);
}

std::vector<std::string> read_texts(CborReader& in) {
  std::vector<std::string> texts(in.array(items_max));
  for (std::string& text : texts) {
    text = std::string(in.text(text_bytes_max));
    in.require(!text.empty(), "expected a text");
  }
  return texts;
}

proof::Transcript transcript_of(const Report& report) {
  Report bare = report;
  bare.by_inspecting.reset();
  bare.by_inspected.reset();
  proof::Transcript transcript("inspection report");
  transcript.append("body", encode(bare));
  return transcript;
}

Error other_mandate() {
  return {ErrorCode::conflict, "the report is about another mandate", {}, "give that mandate"};
}

}  // namespace

std::string encode(const Report& report) {
  CborWriter out;
  out.map(8);
  out.key(0);
  out.text(report_kind);
  out.key(1);
  out.bytes(view_of(report.mandate));
  out.key(2);
  out.unsigned_integer(report.time);
  out.key(3);
  write_texts(out, report.findings);
  out.key(4);
  out.text(report.remarks);
  out.key(5);
  write_texts(out, report.recommendations);
  out.key(6);
  out.array(report.follow_up.size());
  for (const FollowUp& next : report.follow_up) {
    out.array(2);
    out.text(next.what);
    out.unsigned_integer(next.due);
  }
  out.key(7);
  out.array(2);
  write_signature(out, report.by_inspecting);
  write_signature(out, report.by_inspected);
  return std::move(out).take();
}

Result<Report> decode_report(std::string_view bytes) {
  CborReader in(bytes);
  Report report;
  in.map(8);
  in.key(0);
  in.require(in.text(report_kind.size()) == report_kind, "expected a report of an inspection");
  in.key(1);
  report.mandate = in.fixed_bytes<32>();
  in.key(2);
  report.time = in.unsigned_integer(number_max);
  in.key(3);
  report.findings = read_texts(in);
  in.require(!report.findings.empty(), "expected at least one finding");
  in.key(4);
  report.remarks = std::string(in.text(text_bytes_max));
  in.key(5);
  report.recommendations = read_texts(in);
  in.key(6);
  report.follow_up.resize(in.array(items_max));
  for (FollowUp& next : report.follow_up) {
    in.array_exactly(2);
    next.what = std::string(in.text(text_bytes_max));
    next.due = in.unsigned_integer(number_max);
  }
  in.key(7);
  in.array_exactly(2);
  report.by_inspecting = read_signature(in);
  report.by_inspected = read_signature(in);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return report;
}

Status sign(Report& report, const protection::Mandate& mandate, const proof::SigningKey& key) {
  if (report.mandate != protection::mandate_hash(mandate)) return other_mandate();
  if (key.key == mandate.inspecting.key) {
    report.by_inspecting = proof::sign(key, transcript_of(report));
  } else if (key.key == mandate.inspected.key) {
    report.by_inspected = proof::sign(key, transcript_of(report));
  } else {
    return Error{ErrorCode::conflict, "this key is of neither controller of the mandate"};
  }
  return ok_status();
}

Status verify(const Report& report, const protection::Mandate& mandate) {
  if (report.mandate != protection::mandate_hash(mandate)) return other_mandate();
  const proof::Transcript transcript = transcript_of(report);
  if (!report.by_inspecting || !report.by_inspected ||
      !proof::verify_signature(mandate.inspecting.key, transcript, *report.by_inspecting) ||
      !proof::verify_signature(mandate.inspected.key, transcript, *report.by_inspected)) {
    return Error{ErrorCode::conflict,
                 "a signature of the report is missing or wrong",
                 {},
                 "both controllers sign with `urna mandate sign`"};
  }
  return ok_status();
}

}  // namespace urna::inspection
