// SPDX-License-Identifier: EUPL-1.2
#include "registrar/case_opening.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "registrar/case_records.h"
#include "registrar/complaints.h"
#include "registrar/events.h"
#include "registrar/sessions.h"

namespace urna::registrar {
namespace {

using cases::CaseSignal;
using cases::NodeKind;
using cases::TimelinePart;
using integrity::Event;
using integrity::Token;
using protection::AccessAction;
using protection::Field;
using protection::Purpose;

constexpr std::uint64_t minutes_of_hour = 60;

// Who does it: an official by their account, or the service by itself.
struct Actor {
  std::string role, name;
};
Actor official_of(const std::string& account) { return {"official", account}; }
Actor service() { return {"service", "cases"}; }

Status check_reason(std::string_view reason) {
  const bool clean = std::ranges::all_of(reason, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0x20 && octet != 0x7F;
  });
  if (!reason.empty() && reason.size() <= case_reason_bytes_max && clean && is_utf8(reason)) {
    return ok_status();
  }
  return Error{ErrorCode::malformed,
               "a case is opened for a reason",
               {.field = "reason"},
               "write at most 1000 bytes of UTF-8 in one line"};
}

// A letter and a number that no other node of the case has: drawn, so that the order of labels says
// nothing and labels of two cases nothing of each other.
class Labels {
 public:
  explicit Labels(std::set<std::string> taken) : taken_(std::move(taken)) {}
  std::string draw(NodeKind kind) {
    constexpr std::uint32_t four_digits = 10'000;
    constexpr std::uint32_t seven_digits = 10'000'000;
    const std::uint32_t end = taken_.size() < 2000 ? four_digits : seven_digits;
    for (;;) {
      std::string label = to_string(kind).front() +
                          std::to_string(end / 10 + protection::random_below(end / 10 * 9));
      if (taken_.insert(label).second) return label;
    }
  }

 private:
  std::set<std::string> taken_;
};

std::uint64_t quarter_of(std::uint64_t minute) {
  return minute / cases::case_quarter_minutes * cases::case_quarter_minutes;
}

CaseSignal signal_of(const integrity::Signal& signal) {
  const integrity::Explanation words = integrity::explain(signal);
  const auto bounded = [](double value, double most) {
    return std::isfinite(value) ? std::clamp(value, 0.0, most) : 0.0;
  };
  return {std::string(integrity::to_string(signal.kind)),
          signal.observed,
          signal.of,
          bounded(signal.expected, 1e9),
          bounded(signal.probability, 1),
          signal.compared,
          quarter_of(signal.first_minute),
          // Outwards.
          quarter_of(signal.last_minute + cases::case_quarter_minutes - 1),
          {words.pl, words.en}};
}

cases::Words summary_of(const std::vector<SubjectSignal>& signals, std::uint64_t voters) {
  cases::Words words{fmt::format("Głosy do wyjaśnienia: {}.", voters),
                     fmt::format("Votes to be looked into: {}.", voters)};
  const auto most = std::ranges::min_element(
      signals, {}, [](const SubjectSignal& s) { return s.signal.probability; });
  if (most == signals.end()) return words;
  words.pl += " " + most->signal.words.pl;
  words.en += " " + most->signal.words.en;
  return words;
}

cases::Words summary_of(ComplaintReason reason) {
  switch (reason) {
    case ComplaintReason::vote_not_mine:
      return {"Osoba zgłosiła, że głos oddany w jej imieniu nie jest jej.",
              "A person reported that a vote in their name is not theirs."};
    case ComplaintReason::code_not_asked:
      return {"Osoba zgłosiła, że nie prosiła o kod ani o poświadczenie.",
              "A person reported a code or certificate that they had not asked for."};
    case ComplaintReason::letter_not_intact:
      return {"Osoba zgłosiła, że list z kodem był otwarty albo nie dotarł.",
              "A person reported that a letter with a code was open or did not come."};
    case ComplaintReason::pressure:
      return {"Osoba zgłosiła, że zmuszono ją do głosu albo odebrano jej kod.",
              "A person reported having been made to vote, or their code taken."};
    case ComplaintReason::other:
      return {"Osoba zgłosiła zastrzeżenie do swojego głosu.",
              "A person raised a doubt about their vote."};
  }
  stop_on_broken_precondition("summary_of: a reason");
}

// ---- What is found in the events

struct Found {
  std::vector<LocatedEvent> located;
  std::vector<integrity::Signal> signals;
  std::vector<integrity::Cluster> clusters;
};

Result<Found> find_clusters(const Office& office, const Actor& actor,
                            const integrity::Levels& levels) {
  Result<std::vector<LocatedEvent>> located = read_events(office, actor.role, actor.name);
  if (!located) return std::move(located).error();
  Found found;
  found.located = *std::move(located);
  std::vector<Event> events;
  events.reserve(found.located.size());
  for (const LocatedEvent& one : found.located) events.push_back(one.event);
  found.signals = integrity::find_signals(events, levels);
  found.clusters = integrity::cluster(found.signals);
  return found;
}

bool has_votes(const Found& found, const integrity::Cluster& cluster) {
  return std::ranges::any_of(cluster.events, [&](std::uint32_t place) {
    return found.located[place].event.outcome == integrity::Outcome::certified;
  });
}

// ---- One case, while it is being opened or added to

class Opening {
 public:
  Opening(RegistrarTransaction& transaction, const Office& office, const Actor& actor)
      : transaction_(transaction), office_(office), actor_(actor) {}

  // Error: io.
  Status load() {
    const Result<std::vector<CaseRow>> rows = transaction_.cases_for_update();
    if (!rows) return rows.error();
    for (const CaseRow& row : *rows) {
      Result<CaseRecord> record = open_case_record(office_, row);
      if (!record) return std::move(record).error();
      cases_.emplace(row.number, *std::move(record));
    }
    return ok_status();
  }

  Result<OpenedCase> take(const Found& found, const integrity::Cluster& cluster,
                          std::string_view reason) {
    OpenedCase opened;
    opened.number = number_for(found, cluster);
    opened.fresh = opened.number.empty();
    CaseRecord record;
    if (opened.fresh) {
      do {
        opened.number = random_number();
      } while (cases_.contains(opened.number));
      record.official = actor_.role == "official" ? actor_.name : std::string();
      record.reason = std::string(reason);
      record.opened = office_.clock();
    } else {
      record = cases_.at(opened.number);
    }
    const Result<std::vector<CaseVoterRow>> there = transaction_.case_voters(opened.number);
    if (!there) return there.error();
    Result<std::vector<Newcomer>> newcomers = newcomers_of(found, cluster, record, *there);
    if (!newcomers) return std::move(newcomers).error();
    opened.added = newcomers->size();
    opened.voters = there->size() + newcomers->size();
    if (opened.voters > cases::case_voters_max) {
      return Error{ErrorCode::limit, "too many votes for one case", {}, ""};
    }
    if (opened.voters == 0) return opened;
    if (Status labelled = put_voters(opened.number, record, *there, *newcomers); !labelled) {
      return std::move(labelled).error();
    }
    describe(found, cluster, record);
    record.summary = summary_of(record.signals, opened.voters);
    if (Status saved = put(opened.number, record); !saved) return std::move(saved).error();
    return opened;
  }

  Status put(const std::string& number, const CaseRecord& record) {
    cases_[number] = record;
    const Status saved = transaction_.put_case({number, seal_case(office_, number, record)});
    if (!saved) return saved;
    return note_access(transaction_, office_, actor_.role, actor_.name, AccessAction::write,
                       {Field::case_record}, 0, Purpose::complaints);
  }

  [[nodiscard]] bool has(const std::string& number) const { return cases_.contains(number); }

 private:
  struct Newcomer {
    PersonRef person;
    std::vector<const Event*> events;
  };

  // The earliest opened case that has one of the cluster's telephones, networks …
  std::string number_for(const Found& found, const integrity::Cluster& cluster) const {
    std::set<Token> subjects;
    for (const std::size_t signal : cluster.signals) subjects.insert(found.signals[signal].subject);
    const std::pair<const std::string, CaseRecord>* first = nullptr;
    for (const auto& one : cases_) {
      const bool same = std::ranges::any_of(one.second.signals, [&](const SubjectSignal& signal) {
        return subjects.contains(signal.subject);
      });
      if (same && (first == nullptr || one.second.opened < first->second.opened)) first = &one;
    }
    return first == nullptr ? std::string() : first->first;
  }

  // Those who are not in the case yet; only their events are looked up.
  Result<std::vector<Newcomer>> newcomers_of(const Found& found, const integrity::Cluster& cluster,
                                             CaseRecord& record,
                                             const std::vector<CaseVoterRow>& there) const {
    const std::set<RandomId> taken(record.taken.begin(), record.taken.end());
    std::vector<RandomId> rows;
    std::vector<const Event*> events;
    for (const std::uint32_t place : cluster.events) {
      const LocatedEvent& one = found.located[place];
      if (one.event.outcome != integrity::Outcome::certified || taken.contains(one.row)) continue;
      rows.push_back(one.row);
      events.push_back(&one.event);
    }
    const auto people = people_of_events(transaction_, office_, actor_.role, actor_.name, rows);
    if (!people) return people.error();
    std::map<PersonRef, std::vector<const Event*>> by_person;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if ((*people)[i]) by_person[*(*people)[i]].push_back(events[i]);
    }
    record.taken.insert(record.taken.end(), rows.begin(), rows.end());
    for (const CaseVoterRow& row : there) by_person.erase(row.person);
    std::vector<Newcomer> newcomers;
    for (auto& [person, theirs] : by_person) newcomers.push_back({person, std::move(theirs)});
    return newcomers;
  }

  Status put_voters(const std::string& number, CaseRecord& record,
                    const std::vector<CaseVoterRow>& there,
                    const std::vector<Newcomer>& newcomers) {
    std::set<std::string> labels;
    for (const TokenNode& node : record.nodes) labels.insert(node.id);
    for (const CaseVoterRow& row : there) {
      const Result<CaseVoterRecord> voter = open_case_voter(office_, row);
      if (!voter) return voter.error();
      labels.insert(voter->node);
    }
    Labels fresh(std::move(labels));
    for (const Newcomer& one : newcomers) {
      CaseVoterRecord voter;
      voter.node = fresh.draw(NodeKind::voter);
      const Event* first =
          *std::ranges::min_element(one.events, {}, [](const Event* e) { return e->minute; });
      voter.hour = first->minute / minutes_of_hour;
      voter.level = level_of(first->means);
      for (const Event* event : one.events) link(voter, record, fresh, *event);
      const Status put = transaction_.put_case_voter(
          {number, one.person, seal_case_voter(office_, number, one.person, voter)});
      if (!put) return put;
    }
    if (newcomers.empty()) return ok_status();
    return note_access(transaction_, office_, actor_.role, actor_.name, AccessAction::write,
                       {Field::case_voter_person, Field::case_voter_record}, newcomers.size(),
                       Purpose::complaints);
  }

  static void link(CaseVoterRecord& voter, CaseRecord& record, Labels& labels, const Event& event) {
    const auto to = [&](const std::optional<Token>& token, NodeKind kind) {
      if (!token) return;
      auto node = std::ranges::find_if(record.nodes, [&](const TokenNode& one) {
        return one.kind == kind && one.token == *token;
      });
      if (node == record.nodes.end()) {
        record.nodes.push_back({*token, kind, labels.draw(kind)});
        node = record.nodes.end() - 1;
      }
      if (voter.linked.size() < linked_max &&
          std::ranges::find(voter.linked, node->id) == voter.linked.end()) {
        voter.linked.push_back(node->id);
      }
    };
    to(event.contact, NodeKind::contact);
    to(event.network, NodeKind::network);
    to(event.point, NodeKind::point);
    to(event.guardian, NodeKind::guardian);
  }

  // Signals and timeline: those of now in the place of what was said before of the same.
  static void describe(const Found& found, const integrity::Cluster& cluster, CaseRecord& record) {
    for (const std::size_t place : cluster.signals) {
      const integrity::Signal& signal = found.signals[place];
      SubjectSignal fresh{signal_of(signal), signal.subject};
      const auto old = std::ranges::find_if(record.signals, [&](const SubjectSignal& one) {
        return one.subject == fresh.subject && one.signal.kind == fresh.signal.kind;
      });
      if (old != record.signals.end()) {
        *old = std::move(fresh);
      } else if (record.signals.size() < cases::case_signals_max) {
        record.signals.push_back(std::move(fresh));
      }
    }
    std::map<std::uint64_t, TimelinePart> parts;
    for (const std::uint32_t place : cluster.events) {
      const Event& event = found.located[place].event;
      TimelinePart& part = parts[quarter_of(event.minute)];
      ++(event.outcome == integrity::Outcome::certified ? part.certified : part.refused);
    }
    for (const TimelinePart& part : record.timeline) parts.try_emplace(part.minute, part);
    record.timeline.clear();
    for (auto& [minute, part] : parts) {
      part.minute = minute;
      if (record.timeline.size() < cases::case_timeline_max) record.timeline.push_back(part);
    }
  }

  RegistrarTransaction& transaction_;
  const Office& office_;
  const Actor& actor_;
  std::map<std::string, CaseRecord> cases_;
};

}  // namespace

Result<OpenedCase> open_case_of_cluster(const Office& office, const std::string& official,
                                        std::string_view reason, std::size_t cluster,
                                        const integrity::Levels& levels) {
  if (Status good = check_reason(reason); !good) return std::move(good).error();
  const Actor actor = official_of(official);
  const Result<Found> found = find_clusters(office, actor, levels);
  if (!found) return found.error();
  if (cluster == 0 || cluster > found->clusters.size()) {
    return Error{ErrorCode::not_found,
                 "there is no such cluster",
                 {.field = "cluster"},
                 "see `urna registrar signals` for those that there are now"};
  }
  const integrity::Cluster& chosen = found->clusters[cluster - 1];
  OpenedCase opened;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    Opening opening(transaction, office, actor);
    if (Status loaded = opening.load(); !loaded) return loaded;
    Result<OpenedCase> taken = opening.take(*found, chosen, reason);
    if (!taken) return std::move(taken).error();
    opened = *std::move(taken);
    if (opened.voters > 0) return ok_status();
    return Error{ErrorCode::conflict,
                 "nobody was certified in this cluster: there is no vote to look into",
                 {.field = "cluster"},
                 ""};
  });
  if (!done) return done.error();
  return opened;
}

Result<OpenedCase> open_case_of_complaint(const Office& office, const std::string& official,
                                          std::string_view reason, std::string_view number) {
  if (Status good = check_reason(reason); !good) return std::move(good).error();
  const Actor actor = official_of(official);
  OpenedCase opened;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    opened = {std::string(number), 1, 0, false};
    Result<ComplaintSubject> subject = subject_of_complaint(transaction, office, official, number);
    if (!subject) return std::move(subject).error();
    Opening opening(transaction, office, actor);
    if (Status loaded = opening.load(); !loaded) return loaded;
    if (opening.has(opened.number)) return ok_status();
    opened.fresh = true;
    opened.added = 1;
    CaseRecord record;
    record.origin = cases::Origin::complaint;
    record.official = official;
    record.reason = std::string(reason);
    record.opened = office.clock();
    record.summary = summary_of(subject->complaint.reason);
    if (Status put = opening.put(opened.number, record); !put) return put;
    CaseVoterRecord voter;
    voter.node = Labels({}).draw(NodeKind::voter);
    voter.hour = subject->complaint.grounds.hour;
    // What the person then does by the means of the complaint, or a better one, is their own; a
    // code alone is not told from the one that they complain of.
    voter.level =
        std::max<std::uint8_t>(2, static_cast<std::uint8_t>(subject->complaint.grounds.level - 1));
    return transaction.put_case_voter(
        {opened.number, subject->person,
         seal_case_voter(office, opened.number, subject->person, voter)});
  });
  if (!done) return done.error();
  return opened;
}

Result<std::vector<OpenedCase>> open_cases_of_clusters(const Office& office,
                                                       const integrity::Levels& levels) {
  const Actor actor = service();
  const Result<Found> found = find_clusters(office, actor, levels);
  if (!found) return found.error();
  std::vector<OpenedCase> opened;
  const bool any = std::ranges::any_of(
      found->clusters, [&](const integrity::Cluster& one) { return has_votes(*found, one); });
  if (!any) return opened;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    opened.clear();
    Opening opening(transaction, office, actor);
    if (Status loaded = opening.load(); !loaded) return loaded;
    for (const integrity::Cluster& cluster : found->clusters) {
      if (!has_votes(*found, cluster)) continue;
      Result<OpenedCase> one =
          opening.take(*found, cluster, "a cluster of signals below the configured level");
      if (!one) return std::move(one).error();
      if (one->fresh || one->added > 0) opened.push_back(*std::move(one));
    }
    return ok_status();
  });
  if (!done) return done.error();
  return opened;
}

}  // namespace urna::registrar
