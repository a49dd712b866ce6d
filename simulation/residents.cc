// SPDX-License-Identifier: EUPL-1.2
#include "simulation/residents.h"

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/http_client.h"
#include "base/bytes.h"
#include "base/file.h"
#include "board/receipt.h"
#include "election/ballot.h"
#include "election/from_pabulib.h"
#include "election/manifest.h"
#include "election/notice_ticket.h"

namespace urna::simulation {
namespace {

namespace json = boost::json;

constexpr std::size_t residents_bytes_max = std::size_t{1} << 30U;
constexpr std::size_t failures_kept = 20;
constexpr int tries_max = 60;
constexpr auto code_wait = std::chrono::seconds(10);
// How often a resident begins again after a failure, as a person would.
constexpr int visits_max = 8;
constexpr int late_codes_max = 3;
constexpr std::size_t answer_bytes_max = std::size_t{256} << 20U;

adapters::HttpClient make_client(std::size_t connections) {
  adapters::HttpLimits limits;
  limits.total_ms = 60'000;
  limits.answer_bytes_max = answer_bytes_max;
  limits.idle_connections_max = connections;
  adapters::HttpTrust trust;
  trust.plain_http = true;
  return {limits, trust};
}

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<json::object> parse_object(const std::string& body) {
  json::error_code failure;
  json::value value = json::parse(body, failure);
  if (failure || !value.is_object()) return Error{ErrorCode::malformed, "no JSON object came back"};
  return std::move(value.get_object());
}

// The codes that arrive at the test gateway, by telephone.
class Inbox {
 public:
  explicit Inbox(std::string address) : address_(std::move(address)), http_(make_client(1)) {
    // Codes of another time are of no use.
    take(messages());
    codes_.clear();
    reader_ = std::thread([this] { read(); });
  }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_all();
    reader_.join();
  }

  // Before a code is asked for: one that came too late for an earlier session is not taken for it.
  void forget(const std::string& phone) {
    const std::lock_guard lock(mutex_);
    codes_.erase(phone);
  }
  // The six digits of the next message to this telephone.
  std::optional<std::string> wait(const std::string& phone) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, code_wait, [&] { return stopping_ || codes_.contains(phone); });
    const auto found = codes_.find(phone);
    if (found == codes_.end()) return std::nullopt;
    std::string code = std::move(found->second);
    codes_.erase(found);
    return code;
  }

 private:
  void read() {
    std::unique_lock lock(mutex_);
    while (!arrived_.wait_for(lock, std::chrono::milliseconds(30), [&] { return stopping_; })) {
      lock.unlock();
      const json::array arrived = messages();
      lock.lock();
      take(arrived);
      if (!arrived.empty()) arrived_.notify_all();
    }
  }

  // What has come since the last time.
  json::array messages() {
    const std::string url = address_ + "/messages?after=" + std::to_string(seen_);
    adapters::HttpRequest request;
    request.url = url;
    const auto answer = http_.send(request);
    if (!answer || answer->status != 200) return {};
    Result<json::object> object = parse_object(answer->body);
    json::value* list = object ? object.value().if_contains("messages") : nullptr;
    if (list == nullptr || !list->is_array()) return {};
    seen_ += list->get_array().size();
    return std::move(list->get_array());
  }

  void take(const json::array& arrived) {
    for (const json::value& message : arrived) {
      if (!message.is_object()) continue;
      const std::string text = text_member(message.get_object(), "text");
      if (const auto code = digits_in(text)) {
        codes_[text_member(message.get_object(), "to")] = *code;
      }
    }
  }

  // The first run of exactly six digits.
  static std::optional<std::string> digits_in(std::string_view text) {
    constexpr std::size_t code_digits = 6;
    std::size_t run = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] >= '0' && text[i] <= '9') {
        ++run;
        continue;
      }
      if (run == code_digits) return std::string(text.substr(i - run, run));
      run = 0;
    }
    return std::nullopt;
  }

  std::string address_;
  adapters::HttpClient http_;
  std::size_t seen_ = 0;  // messages; the constructor's and then the reader's
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::string, std::string> codes_;
  bool stopping_ = false;
  std::thread reader_;
};

// What the page of the election knows.
struct Page {
  election::Manifest manifest;
  election::EditionHash edition;
  std::optional<election::JointKey> joint_key;
  board::LogKey log;
  std::vector<election::BallotTerms> terms;  // by pool
};

// The votes of a pool, handed out one by one.
struct Votes {
  election::PoolNumber pool;
  std::vector<election::BallotContent> contents;
  std::atomic<std::size_t> next = 0;
};

class Simulation {
 public:
  explicit Simulation(const Plan& plan) : plan_(plan), http_(make_client(plan.threads)) {}

  Result<Outcome> run() {
    if (Status read = read_page(); !read) return std::move(read).error();
    if (Status read = read_votes(); !read) return std::move(read).error();
    inbox_.emplace(plan_.services.sms_inbox);
    std::vector<std::thread> threads;
    for (unsigned k = 0; k < plan_.threads; ++k) {
      threads.emplace_back([this] { let_residents_vote(); });
    }
    for (std::thread& thread : threads) thread.join();
    inbox_.reset();
    return outcome_;
  }

 private:
  struct Certified {
    election::Certificate certificate;
    std::string ticket;
  };
  // How far a resident has come; what is done is not done again after a failure.
  struct Visit {
    std::optional<Certified> certified = {};
    proof::SigningKey key = proof::SigningKey::random();
    std::size_t pools_done = 0;
    std::optional<std::string> ballot = {};  // made and not yet acknowledged
    // What the next ballot follows, for whoever has voted before.
    std::uint64_t counter = 0;
    std::optional<election::EntryHash> previous = {};
    std::optional<std::size_t> content = {};  // which of the votes
  };

  Status read_page();
  Status read_votes();
  void let_residents_vote();
  Status vote(const Resident& resident, Visit& visit);
  Result<std::string> begin_session(const Resident& resident);
  Status reach_level_2(const Resident& resident, const std::string& session);
  Result<Certified> certify(const Resident& resident, const std::string& session,
                            const proof::SigningKey& key);
  Status cast(Visit& visit, Votes& votes);
  Status ask_for_previous(Visit& visit, election::PoolNumber pool);

  // Sends until the answer is not one of those that ask to come again.
  Result<adapters::HttpAnswer> send(const std::string& url, const std::string& body,
                                    std::string_view type, const std::string& bearer = {},
                                    const std::string& notice = {},
                                    const std::string& address = {}) {
    Result<adapters::HttpAnswer> answer = Error{ErrorCode::io, "not sent"};
    for (int attempt = 0; attempt < tries_max; ++attempt) {
      const std::string authorization = "Bearer " + bearer;
      adapters::HttpRequest request;
      request.url = url;
      request.body = body;
      request.headers.push_back({"Content-Type", type});
      if (!bearer.empty()) request.headers.push_back({"Authorization", authorization});
      if (!notice.empty()) request.headers.push_back({"Urna-Notice", notice});
      if (!address.empty()) request.headers.push_back({"X-Forwarded-For", address});
      answer = http_.send(request);
      if (answer && answer->status != 503 && answer->status != 429) return answer;
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return answer;
  }
  static Error unexpected(const char* step, const Result<adapters::HttpAnswer>& answer) {
    if (!answer) return answer.error();
    return {ErrorCode::conflict, std::string(step) + ": status " + std::to_string(answer->status)};
  }

  const Plan& plan_;
  adapters::HttpClient http_;
  Page page_;
  std::map<std::string, Votes, std::less<>> votes_;
  std::optional<Inbox> inbox_;
  std::atomic<std::size_t> next_resident_ = 0;
  std::mutex mutex_;
  Outcome outcome_;
};

Status Simulation::read_page() {
  const auto get = [&](const std::string& path) -> Result<std::string> {
    const std::string url = plan_.services.box + path;
    adapters::HttpRequest request;
    request.url = url;
    Result<adapters::HttpAnswer> answer = http_.send(request);
    if (!answer) return std::move(answer).error();
    if (answer->status != 200) return unexpected(path.c_str(), answer);
    return std::move(answer->body);
  };
  const Result<std::string> manifest = get("/manifest.cbor");
  if (!manifest) return manifest.error();
  Result<election::Manifest> decoded = election::decode_manifest(*manifest);
  if (!decoded) return std::move(decoded).error();
  page_.manifest = std::move(*decoded);
  page_.edition = election::edition_hash(*manifest);
  page_.log = {page_.manifest.board.origin, page_.manifest.board.key};
  for (const election::Pool& pool : page_.manifest.pools) {
    std::vector<Money> costs;
    for (const election::Project& project : pool.projects) costs.push_back(project.cost);
    Result<election::BallotTerms> terms =
        election::BallotTerms::of(pool.ballot_rule, std::move(costs));
    if (!terms) return std::move(terms).error();
    page_.terms.push_back(std::move(*terms));
  }
  const Result<std::string> edition = get("/api/v1/edition");
  if (!edition) return edition.error();
  const Result<json::object> overview = parse_object(*edition);
  if (!overview) return overview.error();
  const Result<std::string> key = from_hex(text_member(*overview, "joint_key"));
  if (!key || key->size() != sizeof(group::ElementBytes)) {
    return Error{ErrorCode::conflict, "there is no joint key yet"};
  }
  const Result<group::Element> element = group::Element::decode(array_of<32>(*key));
  if (!element) return element.error();
  page_.joint_key.emplace(*element);
  return ok_status();
}

Status Simulation::read_votes() {
  for (const auto& [id, instance] : plan_.votes) {
    const auto pool = std::ranges::find(page_.manifest.pools, id, &election::Pool::id);
    if (pool == page_.manifest.pools.end()) {
      return Error{ErrorCode::usage, "the edition has no pool \"" + id + "\""};
    }
    const Result<election::ImportedPool> imported = election::import_pool(instance, id);
    if (!imported) return imported.error();
    Votes& votes = votes_[id];
    votes.pool = {static_cast<std::uint16_t>(pool - page_.manifest.pools.begin())};
    for (const election::RepeatedContent& repeated : imported->contents) {
      votes.contents.insert(votes.contents.end(), repeated.count, repeated.content);
    }
  }
  return ok_status();
}

void Simulation::let_residents_vote() {
  while (true) {
    const std::size_t number = next_resident_.fetch_add(1);
    if (number >= plan_.residents.size()) return;
    Visit visit;
    Status voted = vote(plan_.residents[number], visit);
    for (int attempt = 1; !voted && attempt < visits_max; ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      voted = vote(plan_.residents[number], visit);
    }
    const std::lock_guard lock(mutex_);
    if (voted) {
      ++outcome_.residents;
    } else {
      ++outcome_.failed;
      if (outcome_.failures.size() < failures_kept) {
        outcome_.failures.push_back(voted.error().to_string());
      }
    }
    plan_.progress(outcome_.residents + outcome_.failed, plan_.residents.size());
  }
}

Status Simulation::vote(const Resident& resident, Visit& visit) {
  if (!visit.certified) {
    const Result<std::string> session = begin_session(resident);
    if (!session) return session.error();
    if (!resident.at_point) {
      if (Status reached = reach_level_2(resident, *session); !reached) return reached;
    }
    Result<Certified> certified = certify(resident, *session, visit.key);
    if (!certified) return std::move(certified).error();
    visit.certified = std::move(*certified);
  }
  for (; visit.pools_done < resident.pools.size(); ++visit.pools_done) {
    const auto votes = votes_.find(resident.pools[visit.pools_done]);
    if (votes == votes_.end()) continue;
    if (Status done = cast(visit, votes->second); !done) return done;
  }
  return ok_status();
}

Result<std::string> Simulation::begin_session(const Resident& resident) {
  const std::string body = json::serialize(json::object{{"kind", "pesel"},
                                                        {"first_name", resident.first_name},
                                                        {"last_name", resident.last_name},
                                                        {"pesel", resident.pesel}});
  const auto answer =
      send(plan_.services.registrar +
               (resident.at_point ? "/api/v1/points/sessions" : "/api/v1/sessions"),
           body, "application/json", resident.at_point ? plan_.services.point_token : std::string(),
           {}, resident.address);
  if (!answer || answer->status != 201) return unexpected("identification", answer);
  const Result<json::object> object = parse_object(answer->body);
  if (!object) return object.error();
  return text_member(*object, "session");
}

Status Simulation::reach_level_2(const Resident& resident, const std::string& session) {
  const std::string current = plan_.services.registrar + "/api/v1/sessions/current";
  const std::string& phone = resident.given_phone.empty() ? resident.phone : resident.given_phone;
  inbox_->forget(phone);
  json::object wanted{{"channel", "sms"}};
  if (!resident.given_phone.empty()) wanted["contact"] = resident.given_phone;
  const auto asked = send(current + "/codes", json::serialize(wanted), "application/json", session,
                          {}, resident.address);
  if (!asked || asked->status != 202) return unexpected("asking for a code", asked);
  // The code of an earlier visit may still be on its way: whoever is refused waits for the next
  // message, as people do.
  for (int late = 0; late < late_codes_max; ++late) {
    const std::optional<std::string> code = inbox_->wait(phone);
    if (!code) return Error{ErrorCode::limit, "no code arrived"};
    const auto answer = send(current + "/code", json::serialize(json::object{{"code", *code}}),
                             "application/json", session, {}, resident.address);
    if (answer && answer->status == 200) return ok_status();
    if (!answer || answer->status != 403) return unexpected("the code", answer);
  }
  return Error{ErrorCode::limit, "only wrong codes arrived"};
}

Result<Simulation::Certified> Simulation::certify(const Resident& resident,
                                                  const std::string& session,
                                                  const proof::SigningKey& key) {
  const auto answer = send(plan_.services.registrar + "/api/v1/sessions/current/certificates",
                           json::serialize(json::object{{"voter_key", to_hex(view_of(key.key))}}),
                           "application/json", session, {}, resident.address);
  if (!answer || answer->status != 201) return unexpected("the certificate", answer);
  const Result<json::object> object = parse_object(answer->body);
  if (!object) return object.error();
  const Result<std::string> bytes = from_base64(text_member(*object, "certificate"));
  if (!bytes) return bytes.error();
  Result<election::Certificate> certificate = election::decode_certificate(*bytes);
  if (!certificate) return std::move(certificate).error();
  return Certified{std::move(*certificate), text_member(*object, "notice_ticket")};
}

Status Simulation::ask_for_previous(Visit& visit, election::PoolNumber pool) {
  const std::string url = plan_.services.box + "/api/v1/next-ballot/" +
                          to_hex(view_of(visit.certified->certificate.pseudonym.octets)) + "/" +
                          std::to_string(pool.value);
  adapters::HttpRequest request;
  request.url = url;
  const Result<adapters::HttpAnswer> answer = http_.send(request);
  if (!answer || answer->status != 200) return unexpected("the ballot before", answer);
  const Result<json::object> object = parse_object(answer->body);
  if (!object) return object.error();
  const json::value* counter = object->if_contains("counter");
  const Result<std::string> previous = from_hex(text_member(*object, "previous"));
  if (counter == nullptr || !counter->is_int64() || counter->get_int64() <= 0 || !previous ||
      previous->size() != sizeof(election::EntryHash)) {
    return Error{ErrorCode::conflict, "the ballot was refused, and none is before it"};
  }
  visit.counter = static_cast<std::uint64_t>(counter->get_int64());
  visit.previous = election::EntryHash{array_of<32>(*previous)};
  return ok_status();
}

Status Simulation::cast(Visit& visit, Votes& votes) {
  if (!visit.ballot) {
    if (!visit.content) visit.content = votes.next.fetch_add(1);
    if (*visit.content >= votes.contents.size()) {  // more voters than votes
      visit.content.reset();
      return ok_status();
    }
    const election::BallotPlace place{page_.edition, votes.pool, visit.certified->certificate,
                                      visit.counter, visit.previous};
    const Result<election::Ballot> made =
        election::make_ballot(place, page_.terms[votes.pool.value], *page_.joint_key,
                              votes.contents[*visit.content], visit.key);
    if (!made) return made.error();
    visit.ballot = encode(*made);
  }
  const std::string bytes = *visit.ballot;
  const auto answer = send(plan_.services.box + "/api/v1/ballots", bytes, "application/cbor", {},
                           visit.certified->ticket);
  if (answer && answer->status == 409 && visit.counter == 0) {
    // Somebody has voted in this name before: the ballot must say what it replaces.
    if (!ask_for_previous(visit, votes.pool)) return unexpected("the ballot", answer);
    visit.ballot.reset();
    return cast(visit, votes);
  }
  if (!answer || (answer->status != 201 && answer->status != 200)) {
    return unexpected("the ballot", answer);
  }
  const Result<json::object> object = parse_object(answer->body);
  if (!object) return object.error();
  const Result<std::string> encoded = from_base64(text_member(*object, "receipt"));
  if (!encoded) return encoded.error();
  const Result<board::Receipt> receipt = board::Receipt::decode(*encoded);
  if (!receipt) return receipt.error();
  if (receipt->leaf != board::leaf_hash(bytes)) {
    return Error{ErrorCode::conflict, "the receipt is of another ballot"};
  }
  if (const auto verified = board::verify_receipt(*receipt, page_.log, {}, 0); !verified) {
    return verified.error();
  }
  visit.ballot.reset();
  visit.content.reset();
  visit.counter = 0;
  visit.previous.reset();
  const std::lock_guard lock(mutex_);
  ++outcome_.ballots;
  plan_.acknowledged({std::string(view_of(receipt->leaf)), receipt->index, *encoded});
  return ok_status();
}

}  // namespace

Result<std::vector<Resident>> read_residents(const std::string& path) {
  const Result<std::string> text = read_file(path, residents_bytes_max);
  if (!text) return text.error();
  json::error_code failure;
  const json::value value = json::parse(*text, failure);
  if (failure || !value.is_array()) {
    return Error{ErrorCode::malformed, "the file is not a JSON array", {path}};
  }
  std::vector<Resident> residents;
  for (const json::value& item : value.get_array()) {
    if (!item.is_object()) {
      return Error{ErrorCode::malformed, "a resident is not an object", {path}};
    }
    const json::object& object = item.get_object();
    Resident resident{text_member(object, "first_name"),
                      text_member(object, "last_name"),
                      text_member(object, "pesel"),
                      text_member(object, "phone"),
                      {},
                      text_member(object, "given_phone"),
                      text_member(object, "address"),
                      false};
    const json::value* at_point = object.if_contains("at_point");
    resident.at_point = at_point != nullptr && at_point->is_bool() && at_point->get_bool();
    if (const json::value* pools = object.if_contains("pools"); pools && pools->is_array()) {
      for (const json::value& pool : pools->get_array()) {
        if (pool.is_string()) resident.pools.emplace_back(pool.get_string());
      }
    }
    residents.push_back(std::move(resident));
  }
  return residents;
}

Result<Outcome> vote(const Plan& plan) { return Simulation(plan).run(); }

}  // namespace urna::simulation
