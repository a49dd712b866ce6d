// SPDX-License-Identifier: EUPL-1.2
#include "cases/case_file.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/sha256.h"
#include "cases/members.h"

namespace urna::cases {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> origins = {"signals", "complaint", "list-check",
                                                     "report"};
constexpr std::array<std::string_view, 4> answers = {"none", "mine", "not-mine", "undelivered"};
constexpr std::array<std::string_view, 5> node_kinds = {"voter", "contact", "network", "point",
                                                        "guardian"};
// Those of registrar/complaints.h: nobody takes one for another.
constexpr std::string_view readable = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t number_half = 5;
constexpr std::uint64_t count_max = 100'000'000;
constexpr std::uint64_t seconds_max = UINT32_MAX;
constexpr std::uint64_t minutes_max = seconds_max / 60;
constexpr double real_max = 1e12;

// The members that are signed, in their order.
constexpr std::array<std::string_view, 14> signed_members = {
    "format",  "number",  "edition",  "version", "opened", "made",    "origin",
    "summary", "signals", "timeline", "graph",   "voters", "hearing", "expected_by_turnout"};

// How a number that is not whole is written: in the document, and where it is hashed. A reader of
// JSON may be off by the last bit of 53; six digits are the same then.
enum class Reals : std::uint8_t { numbers, text };

std::string six_digits(double value) { return fmt::format("{:.6g}", value); }

json::value real(double value, Reals reals) {
  const std::string text = six_digits(value);
  if (reals == Reals::text) return json::value(text);
  return std::strtod(text.c_str(), nullptr);
}

json::object words_of(const Words& words) { return {{"pl", words.pl}, {"en", words.en}}; }

json::array signals_of(const CaseFile& file, Reals reals) {
  json::array all;
  for (const CaseSignal& one : file.signals) {
    all.push_back({{"kind", one.kind},
                   {"observed", one.observed},
                   {"of", one.of},
                   {"expected", real(one.expected, reals)},
                   {"probability", real(one.probability, reals)},
                   {"compared", one.compared},
                   {"first_minute", one.first_minute},
                   {"last_minute", one.last_minute},
                   {"pl", one.words.pl},
                   {"en", one.words.en}});
  }
  return all;
}

json::object graph_of(const CaseFile& file) {
  json::array nodes;
  for (const Node& node : file.nodes) {
    nodes.push_back({{"id", node.id}, {"kind", to_string(node.kind)}});
  }
  json::array edges;
  for (const Edge& edge : file.edges) edges.push_back(json::array{edge.from, edge.to});
  return {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

json::array voters_of(const CaseFile& file) {
  json::array voters;
  for (const CaseVoter& voter : file.voters) {
    voters.push_back({{"pseudonym", to_hex(view_of(voter.pseudonym))},
                      {"node", voter.node},
                      {"told", voter.told},
                      {"answer", to_string(voter.answer)},
                      {"answered", voter.answered},
                      {"reclaimed", voter.reclaimed}});
  }
  return voters;
}

json::object members_of(const CaseFile& file, Reals reals) {
  json::array timeline;
  for (const TimelinePart& part : file.timeline) {
    timeline.push_back(
        {{"minute", part.minute}, {"certified", part.certified}, {"refused", part.refused}});
  }
  json::object members{{"format", case_format},
                       {"number", file.number},
                       {"edition", to_hex(view_of(file.edition))},
                       {"version", file.version},
                       {"opened", file.opened},
                       {"made", file.made},
                       {"origin", to_string(file.origin)},
                       {"summary", words_of(file.summary)},
                       {"signals", signals_of(file, reals)},
                       {"timeline", std::move(timeline)},
                       {"graph", graph_of(file)},
                       {"voters", voters_of(file)},
                       {"hearing", {{"asked", file.asked}, {"answer_until", file.answer_until}}}};
  if (file.expected_by_turnout) {
    members["expected_by_turnout"] = real(*file.expected_by_turnout, reals);
  }
  return members;
}

struct Digests {
  json::object members;
  proof::Transcript transcript{"urna/1 case"};
};

// Of each member that there is.
Digests digests_of(const CaseFile& file) {
  const json::object members = members_of(file, Reals::text);
  Digests digests;
  for (const std::string_view name : signed_members) {
    const json::value* member = members.if_contains(name);
    if (member == nullptr) continue;
    const std::string digest = sha256_hex(json::serialize(*member));
    digests.members[name] = digest;
    digests.transcript.append(name, digest);
  }
  return digests;
}

// ---- Reading

template <class Value, std::size_t size>
Value one_of(Members& members, std::string_view name,
             const std::array<std::string_view, size>& names) {
  const std::string text = members.text(name, case_words_bytes_max);
  const auto* const found = std::ranges::find(names, text);
  if (found == names.end()) {
    members.fail(name, "not one of the values that there are");
    return Value{};
  }
  return static_cast<Value>(found - names.begin());
}

std::array<std::uint8_t, 32> bytes32(Members& members, std::string_view name) {
  const Result<std::string> bytes = from_hex(members.text(name, 64));
  if (!bytes || bytes->size() != 32) {
    members.fail(name, "not 64 hexadecimal digits");
    return {};
  }
  return array_of<32>(*bytes);
}

Words read_words(Members members) {
  Words words;
  words.pl = members.text("pl", case_words_bytes_max);
  words.en = members.text("en", case_words_bytes_max);
  members.finish();
  return words;
}

void read_signals(Members& members, CaseFile& file) {
  for (Members one : members.objects("signals", case_signals_max)) {
    CaseSignal signal;
    signal.kind = one.text("kind", 40);
    signal.observed = one.number("observed", count_max);
    signal.of = one.number("of", count_max);
    signal.expected = one.real("expected", real_max);
    signal.probability = one.real("probability", 1);
    signal.compared = one.number("compared", count_max);
    signal.first_minute = one.number("first_minute", minutes_max);
    signal.last_minute = one.number("last_minute", minutes_max);
    signal.words.pl = one.text("pl", case_words_bytes_max);
    signal.words.en = one.text("en", case_words_bytes_max);
    one.finish();
    file.signals.push_back(std::move(signal));
  }
}

void read_graph(Members graph, CaseFile& file) {
  for (Members one : graph.objects("nodes", case_nodes_max)) {
    Node node;
    node.id = one.text("id", 8);
    node.kind = one_of<NodeKind>(one, "kind", node_kinds);
    one.finish();
    file.nodes.push_back(std::move(node));
  }
  for (const json::value& value : graph.array("edges", case_edges_max)) {
    const json::array* pair = value.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
        !(*pair)[1].is_string()) {
      graph.fail("edges", "not a list of pairs of nodes");
      break;
    }
    file.edges.push_back(
        {std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string())});
  }
  graph.finish();
}

void read_voters(Members& members, CaseFile& file) {
  for (Members one : members.objects("voters", case_voters_max)) {
    CaseVoter voter;
    voter.pseudonym = bytes32(one, "pseudonym");
    voter.node = one.text("node", 8);
    voter.told = one.number("told", seconds_max);
    voter.answer = one_of<Answer>(one, "answer", answers);
    voter.answered = one.number("answered", seconds_max);
    voter.reclaimed = one.boolean("reclaimed");
    one.finish();
    file.voters.push_back(std::move(voter));
  }
}

CaseFile read_file(Members& members) {
  CaseFile file;
  if (members.text("format", 40) != case_format) members.fail("format", "not \"urna/1 case\"");
  file.number = members.text("number", 40);
  file.edition = bytes32(members, "edition");
  file.version = members.number("version", count_max);
  file.opened = members.number("opened", seconds_max);
  file.made = members.number("made", seconds_max);
  file.origin = one_of<Origin>(members, "origin", origins);
  file.summary = read_words(members.object("summary"));
  read_signals(members, file);
  for (Members one : members.objects("timeline", case_timeline_max)) {
    TimelinePart part;
    part.minute = one.number("minute", minutes_max);
    part.certified = one.number("certified", count_max);
    part.refused = one.number("refused", count_max);
    one.finish();
    file.timeline.push_back(part);
  }
  read_graph(members.object("graph"), file);
  read_voters(members, file);
  Members hearing = members.object("hearing");
  file.asked = hearing.number("asked", seconds_max);
  file.answer_until = hearing.number("answer_until", seconds_max);
  hearing.finish();
  if (members.has("expected_by_turnout")) {
    file.expected_by_turnout = members.real("expected_by_turnout", real_max);
  }
  return file;
}

// ---- Checking

Error wrong(std::string_view member, std::string message) {
  return {ErrorCode::malformed, std::move(message), {.field = std::string(member)}};
}

bool is_node_id(std::string_view id) {
  return id.size() >= 2 && id.size() <= 8 && id.front() >= 'a' && id.front() <= 'z' &&
         std::ranges::all_of(id.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_real(double value, double most) {
  return std::isfinite(value) && value >= 0 && value <= most;
}

bool are_words(const Words& words) {
  return is_plain_text(words.pl, case_words_bytes_max) &&
         is_plain_text(words.en, case_words_bytes_max);
}

Status check_signals(const CaseFile& file) {
  if (file.signals.size() > case_signals_max) return wrong("signals", "too many");
  for (const CaseSignal& one : file.signals) {
    if (!is_plain_text(one.kind, 40) || one.kind.empty()) return wrong("signals.kind", "no name");
    if (!are_words(one.words)) return wrong("signals.pl", "no plain text, or too long");
    if (!is_real(one.expected, real_max)) return wrong("signals.expected", "out of bounds");
    if (!is_real(one.probability, 1)) return wrong("signals.probability", "not from 0 to 1");
    if (one.first_minute > one.last_minute) {
      return wrong("signals.last_minute", "before the first");
    }
    if (one.first_minute % case_quarter_minutes != 0 ||
        one.last_minute % case_quarter_minutes != 0) {
      return wrong("signals.first_minute", "not of a full quarter of an hour");
    }
    if (one.last_minute > minutes_max) return wrong("signals.last_minute", "out of bounds");
    if (std::max({one.observed, one.of, one.compared}) > count_max) {
      return wrong("signals.observed", "out of bounds");
    }
  }
  return ok_status();
}

Status check_timeline(const CaseFile& file) {
  if (file.timeline.size() > case_timeline_max) return wrong("timeline", "too long");
  std::optional<std::uint64_t> last;
  for (const TimelinePart& part : file.timeline) {
    if (part.minute % case_quarter_minutes != 0 || part.minute > minutes_max) {
      return wrong("timeline.minute", "not of a full quarter of an hour");
    }
    if (last && part.minute <= *last) return wrong("timeline.minute", "not ascending");
    if (std::max(part.certified, part.refused) > count_max) {
      return wrong("timeline.certified", "out of bounds");
    }
    last = part.minute;
  }
  return ok_status();
}

using Kinds = std::map<std::string_view, NodeKind>;

Result<Kinds> check_graph(const CaseFile& file) {
  if (file.nodes.size() > case_nodes_max) return wrong("graph.nodes", "too many");
  if (file.edges.size() > case_edges_max) return wrong("graph.edges", "too many");
  Kinds kinds;
  for (const Node& node : file.nodes) {
    if (!is_node_id(node.id)) return wrong("graph.nodes", "no letter with a number");
    if (!kinds.emplace(node.id, node.kind).second)
      return wrong("graph.nodes", "one is there twice");
  }
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Edge& edge : file.edges) {
    if (!kinds.contains(edge.from) || !kinds.contains(edge.to) || edge.from == edge.to) {
      return wrong("graph.edges", "not between two nodes of the graph");
    }
    if (!seen.emplace(edge.from, edge.to).second) return wrong("graph.edges", "one is there twice");
  }
  return kinds;
}

Status check_voter(const CaseFile& file, const CaseVoter& voter) {
  if (voter.told % case_hour_seconds != 0 || voter.told > seconds_max) {
    return wrong("voters.told", "not of a full hour");
  }
  if (voter.answered % case_hour_seconds != 0 || voter.answered > seconds_max) {
    return wrong("voters.answered", "not of a full hour");
  }
  if ((voter.told != 0 || voter.answer != Answer::none) && file.asked == 0) {
    return wrong("voters.told", "nobody was asked");
  }
  const bool spoke = voter.answer == Answer::mine || voter.answer == Answer::not_mine;
  if (spoke != (voter.answered != 0)) {
    return wrong("voters.answered", "an answer without its hour, or an hour without an answer");
  }
  return ok_status();
}

Status check_voters(const CaseFile& file, const Kinds& kinds) {
  if (file.voters.size() > case_voters_max) return wrong("voters", "too many");
  std::set<std::string_view> nodes;
  for (std::size_t i = 0; i < file.voters.size(); ++i) {
    const CaseVoter& voter = file.voters[i];
    if (i > 0 && voter.pseudonym <= file.voters[i - 1].pseudonym) {
      return wrong("voters.pseudonym", "not ascending");
    }
    const auto kind = kinds.find(voter.node);
    if (kind == kinds.end() || kind->second != NodeKind::voter ||
        !nodes.insert(voter.node).second) {
      return wrong("voters.node", "not a voter's node of their own");
    }
    if (Status good = check_voter(file, voter); !good) return good;
  }
  const auto voter_nodes = std::ranges::count(file.nodes, NodeKind::voter, &Node::kind);
  if (static_cast<std::size_t>(voter_nodes) != file.voters.size()) {
    return wrong("graph.nodes", "a voter's node without a voter");
  }
  return ok_status();
}

}  // namespace

std::string_view to_string(Origin origin) { return origins.at(static_cast<std::size_t>(origin)); }
std::string_view to_string(Answer answer) { return answers.at(static_cast<std::size_t>(answer)); }
std::string_view to_string(NodeKind kind) { return node_kinds.at(static_cast<std::size_t>(kind)); }

bool is_case_number(std::string_view text) {
  if (text.size() != 2 * number_half + 1 || text[number_half] != '-') return false;
  return std::ranges::all_of(text.substr(0, number_half),
                             [](char c) { return readable.find(c) != std::string_view::npos; }) &&
         std::ranges::all_of(text.substr(number_half + 1),
                             [](char c) { return readable.find(c) != std::string_view::npos; });
}

void put_in_order(CaseFile& file) {
  std::ranges::sort(file.voters, [](const CaseVoter& a, const CaseVoter& b) {
    return std::tie(a.pseudonym, b.answered, b.told, a.node) <
           std::tie(b.pseudonym, a.answered, a.told, b.node);
  });
  std::set<std::string> repeated;  // nodes
  std::vector<CaseVoter> voters;
  voters.reserve(file.voters.size());
  for (CaseVoter& one : file.voters) {
    if (!voters.empty() && voters.back().pseudonym == one.pseudonym) {
      repeated.insert(std::move(one.node));
    } else {
      voters.push_back(std::move(one));
    }
  }
  file.voters = std::move(voters);
  std::erase_if(file.nodes, [&](const Node& node) { return repeated.contains(node.id); });
  std::erase_if(file.edges, [&](const Edge& edge) { return repeated.contains(edge.from); });
  std::ranges::sort(file.nodes, {}, &Node::id);
  std::ranges::sort(file.edges, {}, [](const Edge& edge) { return std::tie(edge.from, edge.to); });
}

Status check_case(const CaseFile& file) {
  if (!is_case_number(file.number)) return wrong("number", "not the number of a case");
  if (file.version == 0 || file.version > count_max) return wrong("version", "out of bounds");
  if (file.opened == 0 || file.opened > seconds_max) return wrong("opened", "out of bounds");
  if (file.made < file.opened || file.made > seconds_max) {
    return wrong("made", "before the case was opened");
  }
  if (!are_words(file.summary) || file.summary.pl.empty() || file.summary.en.empty()) {
    return wrong("summary", "no plain text, or too long");
  }
  if (Status good = check_signals(file); !good) return good;
  if (Status good = check_timeline(file); !good) return good;
  const Result<Kinds> kinds = check_graph(file);
  if (!kinds) return kinds.error();
  if (Status good = check_voters(file, *kinds); !good) return good;
  if (file.asked > seconds_max || file.answer_until > seconds_max ||
      (file.asked == 0) != (file.answer_until == 0) || file.answer_until < file.asked) {
    return wrong("hearing", "no time to answer in");
  }
  if (file.expected_by_turnout && !is_real(*file.expected_by_turnout, real_max)) {
    return wrong("expected_by_turnout", "out of bounds");
  }
  return ok_status();
}

Result<std::string> sign_case(const CaseFile& file, const proof::SigningKey& key) {
  if (Status good = check_case(file); !good) return std::move(good).error();
  Digests digests = digests_of(file);
  json::object document = members_of(file, Reals::numbers);
  document["digests"] = std::move(digests.members);
  document["signature"] = to_hex(view_of(proof::sign(key, std::move(digests.transcript))));
  std::string text = json::serialize(document) + "\n";
  if (text.size() > case_bytes_max) return wrong("voters", "the file is too long");
  return text;
}

Result<CaseFile> parse_case(std::string_view text, const proof::ElementBytes& registrar) {
  if (text.size() > case_bytes_max) {
    return Error{ErrorCode::limit, "a case file is at most 16 MiB", {}, ""};
  }
  const Result<json::value> value = parse_json(text);
  if (!value) return value.error();
  MembersError error;
  Members members(*value, "", error);
  CaseFile file = read_file(members);
  std::map<std::string, std::string> written;
  const std::string signature_text = members.text("signature", 128);
  Members digests = members.object("digests");
  for (const std::string_view name : signed_members) {
    if (members.has(name)) written.emplace(name, digests.text(name, 64));
  }
  digests.finish();
  members.finish();
  if (error.first) return *std::move(error.first);
  if (Status good = check_case(file); !good) return std::move(good).error();
  Digests right = digests_of(file);
  for (const auto& [name, digest] : written) {
    if (right.members.at(name).as_string() != digest) {
      return wrong(name, "altered since it was signed");
    }
  }
  const Result<std::string> signature = from_hex(signature_text);
  if (!signature || signature->size() != 64) {
    return wrong("signature", "not 128 hexadecimal digits");
  }
  if (!proof::verify_signature(registrar, right.transcript, array_of<64>(*signature))) {
    return Error{ErrorCode::conflict,
                 "not signed by the registrar of this edition",
                 {.field = "signature"},
                 "ask the registrar for the case file again"};
  }
  return file;
}

}  // namespace urna::cases
