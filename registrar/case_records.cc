// SPDX-License-Identifier: EUPL-1.2
#include "registrar/case_records.h"

#include <bit>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "registrar/hearings.h"

namespace urna::registrar {
namespace {

constexpr std::size_t voter_bytes = 1536;
// So that a case's size tells little of how many it is about.
constexpr std::size_t case_bytes_step = 4096;
constexpr std::size_t length_bytes = 4;
constexpr std::size_t node_id_max = 8;

std::string case_context(std::string_view number) {
  return "case_file.record\n" + std::string(number);
}
std::string voter_context(std::string_view number, const PersonRef& person) {
  return "case_voter.record\n" + std::string(number) + "\n" + std::string(person.view());
}

Error damaged(const char* field) {
  return {ErrorCode::io, "a case is damaged", {.field = field}, "restore it from a backup"};
}

std::string padded_to(std::string_view bytes, std::size_t step) {
  std::string padded;
  append_big_endian(padded, bytes.size(), length_bytes);
  padded += bytes;
  padded.resize((padded.size() + step - 1) / step * step, '\0');
  return padded;
}

std::optional<std::string_view> content_of(std::string_view padded) {
  if (padded.size() < length_bytes) return std::nullopt;
  const std::size_t size = big_endian(padded.substr(0, length_bytes));
  if (size > padded.size() - length_bytes) return std::nullopt;
  return padded.substr(length_bytes, size);
}

// Fractions lie as their bits.
void put_real(CborWriter& out, double value) {
  out.unsigned_integer(std::bit_cast<std::uint64_t>(value));
}
double take_real(CborReader& in) { return std::bit_cast<double>(in.unsigned_integer()); }

void put_words(CborWriter& out, const cases::Words& words) {
  out.text(words.pl);
  out.text(words.en);
}
cases::Words take_words(CborReader& in) {
  cases::Words words;
  words.pl = std::string(in.text(cases::case_words_bytes_max));
  words.en = std::string(in.text(cases::case_words_bytes_max));
  return words;
}

void put_signal(CborWriter& out, const SubjectSignal& one) {
  const cases::CaseSignal& signal = one.signal;
  out.array(11);
  out.text(signal.kind);
  out.unsigned_integer(signal.observed);
  out.unsigned_integer(signal.of);
  put_real(out, signal.expected);
  put_real(out, signal.probability);
  out.unsigned_integer(signal.compared);
  out.unsigned_integer(signal.first_minute);
  out.unsigned_integer(signal.last_minute);
  put_words(out, signal.words);
  out.bytes(view_of(one.subject.octets));
}
SubjectSignal take_signal(CborReader& in) {
  SubjectSignal one;
  cases::CaseSignal& signal = one.signal;
  in.array_exactly(11);
  signal.kind = std::string(in.text(40));
  signal.observed = in.unsigned_integer();
  signal.of = in.unsigned_integer();
  signal.expected = take_real(in);
  signal.probability = take_real(in);
  signal.compared = in.unsigned_integer();
  signal.first_minute = in.unsigned_integer();
  signal.last_minute = in.unsigned_integer();
  signal.words = take_words(in);
  one.subject = {in.fixed_bytes<16>()};
  return one;
}

std::string encode(const CaseRecord& record) {
  CborWriter out;
  out.map(12);
  out.key(0);
  out.unsigned_integer(static_cast<std::uint64_t>(record.origin));
  out.key(1);
  out.text(record.official);
  out.key(2);
  out.text(record.reason);
  out.key(3);
  out.unsigned_integer(record.opened);
  out.key(4);
  out.unsigned_integer(record.version);
  out.key(5);
  out.unsigned_integer(record.asked);
  out.key(6);
  out.unsigned_integer(record.answer_until);
  out.key(7);
  out.array(2);
  put_words(out, record.summary);
  out.key(8);
  out.array(record.signals.size());
  for (const SubjectSignal& one : record.signals) put_signal(out, one);
  out.key(9);
  out.array(record.timeline.size());
  for (const cases::TimelinePart& part : record.timeline) {
    out.array(3);
    out.unsigned_integer(part.minute);
    out.unsigned_integer(part.certified);
    out.unsigned_integer(part.refused);
  }
  out.key(10);
  out.array(record.nodes.size());
  for (const TokenNode& node : record.nodes) {
    out.array(3);
    out.bytes(view_of(node.token.octets));
    out.unsigned_integer(static_cast<std::uint64_t>(node.kind));
    out.text(node.id);
  }
  out.key(11);
  out.array(record.taken.size());
  for (const RandomId& row : record.taken) out.bytes(view_of(row));
  return std::move(out).take();
}

Result<CaseRecord> decode_case(std::string_view bytes) {
  CborReader in(bytes);
  CaseRecord record;
  in.map(12);
  in.key(0);
  record.origin = static_cast<cases::Origin>(
      in.unsigned_integer(static_cast<std::uint64_t>(cases::Origin::report)));
  in.key(1);
  record.official = std::string(in.text(64));
  in.key(2);
  record.reason = std::string(in.text(cases::case_words_bytes_max));
  in.key(3);
  record.opened = in.unsigned_integer();
  in.key(4);
  record.version = in.unsigned_integer();
  in.key(5);
  record.asked = in.unsigned_integer();
  in.key(6);
  record.answer_until = in.unsigned_integer();
  in.key(7);
  in.array_exactly(2);
  record.summary = take_words(in);
  in.key(8);
  record.signals.resize(in.array(cases::case_signals_max));
  for (SubjectSignal& one : record.signals) one = take_signal(in);
  in.key(9);
  record.timeline.resize(in.array(cases::case_timeline_max));
  for (cases::TimelinePart& part : record.timeline) {
    in.array_exactly(3);
    part.minute = in.unsigned_integer();
    part.certified = in.unsigned_integer();
    part.refused = in.unsigned_integer();
  }
  in.key(10);
  record.nodes.resize(in.array(cases::case_nodes_max));
  for (TokenNode& node : record.nodes) {
    in.array_exactly(3);
    node.token = {in.fixed_bytes<16>()};
    node.kind = static_cast<cases::NodeKind>(
        in.unsigned_integer(static_cast<std::uint64_t>(cases::NodeKind::guardian)));
    node.id = std::string(in.text(node_id_max));
  }
  in.key(11);
  record.taken.resize(in.array(cases::case_edges_max));
  for (RandomId& row : record.taken) row = in.fixed_bytes<16>();
  if (Status end = in.finish(); !end) return std::move(end).error();
  return record;
}

std::string encode(const CaseVoterRecord& record) {
  CborWriter out;
  out.array(10);
  out.text(record.node);
  out.array(record.linked.size());
  for (const std::string& node : record.linked) out.text(node);
  out.unsigned_integer(record.hour);
  out.unsigned_integer(record.level);
  out.unsigned_integer(static_cast<std::uint64_t>(record.told));
  out.unsigned_integer(record.told_hour);
  out.unsigned_integer(static_cast<std::uint64_t>(record.answer));
  out.unsigned_integer(record.answered_hour);
  out.unsigned_integer(record.answers);
  out.text(record.text);
  return std::move(out).take();
}

Result<CaseVoterRecord> decode_voter(std::string_view bytes) {
  CborReader in(bytes);
  CaseVoterRecord record;
  in.array_exactly(10);
  record.node = std::string(in.text(node_id_max));
  record.linked.resize(in.array(linked_max));
  for (std::string& node : record.linked) node = std::string(in.text(node_id_max));
  record.hour = in.unsigned_integer(UINT32_MAX);
  record.level = static_cast<std::uint8_t>(in.unsigned_integer(4));
  record.told =
      static_cast<Told>(in.unsigned_integer(static_cast<std::uint64_t>(Told::unreachable)));
  record.told_hour = in.unsigned_integer(UINT32_MAX);
  record.answer = static_cast<cases::Answer>(
      in.unsigned_integer(static_cast<std::uint64_t>(cases::Answer::undelivered)));
  record.answered_hour = in.unsigned_integer(UINT32_MAX);
  record.answers = static_cast<std::uint32_t>(in.unsigned_integer(UINT32_MAX));
  record.text = std::string(in.text(answer_text_bytes_max));
  if (Status end = in.finish(); !end) return std::move(end).error();
  return record;
}

}  // namespace

std::string seal_case(const Office& office, std::string_view number, const CaseRecord& record) {
  return protection::seal(office.keys.sealing, padded_to(encode(record), case_bytes_step),
                          case_context(number));
}

Result<CaseRecord> open_case_record(const Office& office, const CaseRow& row) {
  const Result<std::string> padded =
      protection::open_sealed(office.keys.sealing, row.record, case_context(row.number));
  const auto content = padded ? content_of(*padded) : std::nullopt;
  if (!content) return damaged("case_file.record");
  Result<CaseRecord> record = decode_case(*content);
  if (!record) return damaged("case_file.record");
  return record;
}

std::string seal_case_voter(const Office& office, std::string_view number, const PersonRef& person,
                            const CaseVoterRecord& record) {
  const std::string padded = padded_to(encode(record), voter_bytes);
  if (padded.size() != voter_bytes) stop_on_broken_precondition("seal_case_voter: a bounded text");
  return protection::seal(office.keys.sealing, padded, voter_context(number, person));
}

Result<CaseVoterRecord> open_case_voter(const Office& office, const CaseVoterRow& row) {
  const Result<std::string> padded = protection::open_sealed(office.keys.sealing, row.record,
                                                             voter_context(row.number, row.person));
  const auto content = padded ? content_of(*padded) : std::nullopt;
  if (!content) return damaged("case_voter.record");
  Result<CaseVoterRecord> record = decode_voter(*content);
  if (!record) return damaged("case_voter.record");
  return record;
}

Error no_such_case() {
  return {ErrorCode::not_found,
          "there is no case with this number",
          {.field = "number"},
          "see the list for their numbers"};
}

Result<LoadedCase> load_case(RegistrarTransaction& transaction, const Office& office,
                             const CaseRow& row) {
  LoadedCase loaded;
  Result<CaseRecord> record = open_case_record(office, row);
  if (!record) return std::move(record).error();
  loaded.record = *std::move(record);
  Result<std::vector<CaseVoterRow>> rows = transaction.case_voters(row.number);
  if (!rows) return std::move(rows).error();
  loaded.rows = *std::move(rows);
  for (const CaseVoterRow& voter : loaded.rows) {
    Result<CaseVoterRecord> opened = open_case_voter(office, voter);
    if (!opened) return std::move(opened).error();
    loaded.voters.push_back(*std::move(opened));
  }
  return loaded;
}

bool was_told(const CaseVoterRecord& voter) {
  return voter.told == Told::sms || voter.told == Told::email;
}

}  // namespace urna::registrar
