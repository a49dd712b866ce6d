// SPDX-License-Identifier: EUPL-1.2
#include "server/server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <csignal>
#include <ctime>
#include <exception>
#include <fmt/format.h>
#include <iterator>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <sodium.h>
#include <sys/resource.h>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "server/head.h"

namespace urna::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

constexpr milliseconds sweep_interval{250};
constexpr milliseconds sweep_interval_stopping{20};
constexpr milliseconds accept_pause{50};       // after the system refused a connection
constexpr milliseconds linger_timeout{1'000};  // for a refused client to take its answer
constexpr milliseconds longest_refusal_pause{5'000};
constexpr std::size_t head_read_bytes = 4096;
constexpr std::size_t body_read_bytes = 65'536;
constexpr std::size_t joined_body_bytes = 16'384;  // bodies up to here go out with the head
constexpr std::size_t piece_bytes = 262'144;
constexpr std::size_t discarded_body_bytes_max = 65'536;  // read and dropped after a refusal
constexpr std::size_t kept_buffer_bytes = 16'384;
constexpr unsigned spare_files = 128;  // open files that are no connections

// ---- Between threads ----------------------------------------------------------------------------

class Session;

// Where the answer to one request is put. Used only on the thread of its session.
struct Exchange {
  std::optional<Response> response;
  Session* waiting = nullptr;
};

// Answers on their way to a network thread. Outlives that thread, since an answer may come late.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  Mailbox(asio::io_context& io, std::shared_ptr<std::atomic<std::uint32_t>> in_flight)
      : io_(&io), in_flight_(std::move(in_flight)) {}

  void deliver(std::shared_ptr<Exchange> exchange, Response response) {
    in_flight_->fetch_sub(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (io_ == nullptr) return;
    letters_.emplace_back(std::move(exchange), std::move(response));
    // One wake-up for all that come before the thread looks.
    if (letters_.size() == 1) asio::post(*io_, [self = shared_from_this()] { self->hand_out(); });
  }

  void close() {
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
    letters_.clear();
  }

 private:
  void hand_out();

  std::mutex mutex_;
  asio::io_context* io_;
  std::vector<std::pair<std::shared_ptr<Exchange>, Response>> letters_;
  std::shared_ptr<std::atomic<std::uint32_t>> in_flight_;
};

// ---- What threads share
// ---------------------------------------------------------------------------
// ---------------------------------------------------------------------------

enum class Refused : std::size_t { malformed, rate, full, slow, displaced };
constexpr std::array<const char*, 5> refused_names{"malformed", "rate", "full", "slow",
                                                   "displaced"};

struct RouteNumbers {
  std::array<Counter*, 6> by_class{};  // by the first digit of the status
  Histogram* seconds = nullptr;
  RateLimiter* limiter = nullptr;
};

struct Lane;

struct Core {
  Core(const ServerConfig& given_config, Router given_router, Log given_log)
      : config(given_config), router(std::move(given_router)), log(std::move(given_log)) {}

  ServerConfig config;
  Router router;
  Log log;
  std::vector<Network> trusted_proxies;
  std::map<std::string, std::unique_ptr<RateLimiter>> limiters;
  std::unordered_map<const Route*, RouteNumbers> numbers;  // also of nullptr: no route
  std::array<Counter*, refused_names.size()> refused{};
  std::string fixed_headers;  // of every response
  std::optional<asio::ssl::context> tls;

  std::shared_ptr<std::atomic<std::uint32_t>> in_flight =
      std::make_shared<std::atomic<std::uint32_t>>(0);
  std::shared_ptr<std::atomic<std::uint32_t>> connections =
      std::make_shared<std::atomic<std::uint32_t>>(0);
  std::atomic<std::uint64_t> bodies_bytes{0};
  std::atomic<bool> stopping{false};
  std::atomic<bool> forced{false};

  std::vector<std::unique_ptr<Lane>> lanes;
  std::optional<asio::thread_pool> workers;

  void count_refusal(Refused reason) { refused[static_cast<std::size_t>(reason)]->add(); }
};

// ---- Sessions
// ---------------------------------------------------------------------------------------
// --------------------------------------------------------------------------------------

using SessionList = std::list<Session*>;

// One connection: its place in the lists of its lane and its deadline. Everything about it happens
// on one thread.
class Session {
 public:
  Session(Core& core, Lane& lane);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Ends what the session is waiting for; it then finds the deadline passed.
  void expire() {
    expired_ = true;
    cut();
    signal_.cancel();
  }
  void wake() { signal_.cancel(); }
  // Ends the connection at once.
  void drop() {
    dropped_ = true;
    close();
    signal_.cancel();
  }
  // The same for one that waits, to make room; it waits no more.
  void displace() {
    leave_idle();
    drop();
  }
  [[nodiscard]] SteadyClock::time_point deadline() const { return deadline_; }
  [[nodiscard]] bool begun() const { return begun_; }

 protected:
  virtual void cut() = 0;
  virtual void close() = 0;

  void set_deadline(milliseconds time) {
    deadline_ = SteadyClock::now() + time;
    expired_ = false;
  }
  void move_to(SessionList& list) {
    list.splice(list.end(), *list_, place_);
    list_ = &list;
  }

  Core& core_;
  Lane& lane_;
  asio::steady_timer signal_;
  SteadyClock::time_point deadline_;
  bool expired_ = false;
  bool dropped_ = false;
  bool begun_ = false;  // a head has begun to arrive

 private:
  void leave_idle();

  SessionList* list_;
  SessionList::iterator place_;
};

// One network thread with its connections.
struct Lane {
  Lane(Core& shared, unsigned place)
      : core(shared),
        io(1),
        sweep(io),
        mailbox(std::make_shared<Mailbox>(io, shared.in_flight)),
        number(place) {
    crypto_shorthash_keygen(id_key.data());
  }

  // 16 hexadecimal digits that tell nothing, not even their order.
  std::string next_id() {
    std::array<unsigned char, 8> id{};
    ++id_count;
    crypto_shorthash(id.data(), reinterpret_cast<const unsigned char*>(&id_count), sizeof id_count,
                     id_key.data());
    return to_hex(view_of(id));
  }

  // When the next request may be told that the server is full.
  SteadyClock::time_point next_refusal() {
    const std::chrono::nanoseconds apart(std::int64_t{1'000'000'000} * core.config.network_threads /
                                         core.config.refusals_per_s_max);
    const SteadyClock::time_point now = SteadyClock::now();
    refusal_at = std::max(now + core.config.refusal_pause, refusal_at + apart);
    return refusal_at = std::min(refusal_at, now + longest_refusal_pause);
  }

  // The value of Date for now.
  const std::string& date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_time) {
      constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
      constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
      std::tm parts{};
      gmtime_r(&now, &parts);
      date_text = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                              days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                              months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                              parts.tm_hour, parts.tm_min, parts.tm_sec);
      date_time = now;
    }
    return date_text;
  }

  Core& core;
  // Before the context, which still destroys sessions when it goes: they leave these lists then.
  SessionList idle;  // waiting for a head, the longest first
  SessionList busy;
  asio::io_context io;
  asio::steady_timer sweep;
  SteadyClock::time_point stop_deadline = SteadyClock::time_point::max();
  std::shared_ptr<Mailbox> mailbox;
  unsigned number;
  SteadyClock::time_point refusal_at;
  std::array<unsigned char, crypto_shorthash_KEYBYTES> id_key{};
  std::uint64_t id_count = 0;
  std::time_t date_time = 0;
  std::string date_text;
};

void Mailbox::hand_out() {
  std::vector<std::pair<std::shared_ptr<Exchange>, Response>> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
  }
  for (auto& [exchange, response] : letters) {
    exchange->response = std::move(response);
    if (exchange->waiting != nullptr) exchange->waiting->wake();
  }
}

Session::Session(Core& core, Lane& lane)
    : core_(core),
      lane_(lane),
      signal_(lane.io),
      deadline_(SteadyClock::now() + core.config.head_timeout),
      list_(&lane.idle),
      place_(lane.idle.insert(lane.idle.end(), this)) {}

Session::~Session() {
  list_->erase(place_);
  core_.connections->fetch_sub(1, std::memory_order_relaxed);
}

void Session::leave_idle() { move_to(lane_.busy); }

// Memory that a body may take, given back when it goes out of scope.
class BodyReservation {
 public:
  BodyReservation(Core& core, std::uint64_t bytes) : core_(core), bytes_(bytes) {
    const std::uint64_t sum = core.bodies_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    granted_ = sum <= core.config.bodies_bytes_max.bytes || bytes == 0;
    if (!granted_) give_back();
  }
  ~BodyReservation() { give_back(); }
  BodyReservation(const BodyReservation&) = delete;
  BodyReservation& operator=(const BodyReservation&) = delete;
  [[nodiscard]] bool granted() const { return granted_; }

 private:
  void give_back() {
    core_.bodies_bytes.fetch_sub(std::exchange(bytes_, 0), std::memory_order_relaxed);
  }

  Core& core_;
  std::uint64_t bytes_;
  bool granted_ = false;
};

using Parser = http::request_parser<http::string_body>;

// What is known of a request after its head.
struct Heard {
  Request request;
  Address address;
  const Route* route = nullptr;
  std::optional<Problem> refusal;
  Refused reason = Refused::malformed;
  bool keep_alive = false;
  bool expects_continue = false;
  bool is_preflight = false;
  std::vector<Method> allowed;
};

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return copy;
}

Problem malformed(std::string_view pl, std::string_view en) {
  return {&problems::malformed_request, {std::string(pl), std::string(en)}};
}

std::string names_of(const std::vector<Method>& methods) {
  std::string text;
  for (const Method method : methods) {
    if (!text.empty()) text += ", ";
    text += method_name(method);
  }
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The rules of RFC 9112 section 6 that decide where a request ends, more strictly than the parser
// takes them: it reads lists of equal lengths, and takes an unknown coding for no body.
std::optional<Problem> check_framing(const Request& request, const Parser& parser) {
  std::size_t lengths = 0, codings = 0, hosts = 0;
  bool plain = true;
  for (const Header& header : request.headers) {
    if (header.name == "content-length") {
      ++lengths;
      plain = plain && all_digits(header.value) && header.value.size() <= 18;
    } else if (header.name == "transfer-encoding") {
      ++codings;
      plain = plain && lower(header.value) == "chunked";
    } else if (header.name == "host") {
      ++hosts;
    }
  }
  const unsigned version = parser.get().version();
  if (!plain || lengths + codings > 1 || (codings > 0 && version < 11))
    return malformed("Nie wiadomo, gdzie kończy się żądanie",
                     "It is unclear where the request ends");
  if (hosts > 1 || (hosts == 0 && version >= 11))
    return malformed("Potrzebny jest dokładnie jeden nagłówek Host",
                     "Exactly one Host header is needed");
  return std::nullopt;
}

bool accepts_type(const RouteOptions& options, const Request& request) {
  if (options.content_types.empty()) return true;
  const auto value = request.header("content-type");
  if (!value) return false;
  std::string type = lower(value->substr(0, value->find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  return std::find(options.content_types.begin(), options.content_types.end(), type) !=
         options.content_types.end();
}

std::optional<Problem> read_headers(Heard& heard, const Parser& parser) {
  const auto& message = parser.get();
  Request& request = heard.request;
  request.headers.reserve(16);
  for (const auto& field : message)
    request.headers.push_back({lower(field.name_string()), std::string(field.value())});
  if (message.version() != 10 && message.version() != 11)
    return Problem{&problems::version_not_supported};
  if (auto problem = check_framing(request, parser)) return problem;
  heard.keep_alive = message.keep_alive();
  return std::nullopt;
}

std::optional<Problem> find_origin(Heard& heard, const Core& core) {
  Address origin = heard.address;
  if (!core.trusted_proxies.empty()) {
    std::vector<std::string_view> forwarded;
    for (const Header& header : heard.request.headers)
      if (header.name == "x-forwarded-for") forwarded.push_back(header.value);
    const auto found = origin_of(heard.address, forwarded, core.trusted_proxies);
    if (!found) return malformed("Błędny nagłówek X-Forwarded-For", "X-Forwarded-For is malformed");
    origin = *found;
  }
  heard.request.peer =
      Network::around(origin, core.config.network_bits_v4, core.config.network_bits_v6);
  return std::nullopt;
}

std::optional<Problem> find_route(Heard& heard, const Core& core, const Parser& parser) {
  Request& request = heard.request;
  const auto& message = parser.get();
  const auto method = method_of(message.method_string());
  if (!method) return Problem{&problems::not_implemented};
  request.method = *method;
  auto target = parse_target(message.target());
  if (!target) return malformed("Błędny adres", "The target is malformed");
  Router::Match match = core.router.find(*method, target->segments);
  if (match.allowed.empty()) return Problem{&problems::not_found};
  heard.allowed = std::move(match.allowed);
  heard.is_preflight = *method == Method::options && match.route == nullptr;
  if (match.route == nullptr && !heard.is_preflight) {
    Problem problem{&problems::method_not_allowed};
    problem.headers.emplace_back("Allow", names_of(heard.allowed));
    return problem;
  }
  heard.route = match.route;
  if (match.route != nullptr) request.route = match.route->path;
  request.parameters = std::move(match.parameters);
  request.query = std::move(target->query);
  return std::nullopt;
}

std::optional<Problem> check_body(Heard& heard, const Parser& parser) {
  const Request& request = heard.request;
  const bool has_body = !parser.is_done();
  if (const auto expectation = request.header("expect")) {
    if (lower(*expectation) != "100-continue") return Problem{&problems::expectation_failed};
    heard.expects_continue = has_body;
  }
  if (!has_body) return std::nullopt;
  const std::size_t most = heard.route == nullptr ? 0 : heard.route->options.body_bytes_max;
  const auto length = parser.content_length();
  if (most == 0 || (length && *length > most)) return Problem{&problems::too_large};
  if (!accepts_type(heard.route->options, request)) return Problem{&problems::wrong_content_type};
  return std::nullopt;
}

std::optional<Problem> check_rate(Heard& heard, Core& core) {
  RateLimiter* const limiter = core.numbers.find(heard.route)->second.limiter;
  if (limiter == nullptr) return std::nullopt;
  const auto now = std::chrono::duration_cast<milliseconds>(SteadyClock::now().time_since_epoch());
  const auto wait = limiter->take(heard.request.peer.key(), now);
  if (!wait) return std::nullopt;
  heard.reason = Refused::rate;
  return Problem{&problems::too_many_requests, {}, retry_after_s(*wait)};
}

Problem overloaded(const Core& core) {
  return {&problems::overloaded, {}, retry_after_s(core.config.overload_retry_after)};
}

bool is_full(const Core& core) {
  return core.in_flight->load(std::memory_order_relaxed) >= core.config.requests_in_flight_max;
}

// Everything that can be said of a request by its head; a refusal if there is a reason for one.
void understand(Heard& heard, Core& core, const Parser& parser) {
  heard.refusal = read_headers(heard, parser);
  if (const auto languages = heard.request.header("accept-language"))
    heard.request.language = preferred_language(*languages, core.config.language);
  if (heard.refusal) return;
  heard.refusal = find_origin(heard, core);
  if (!heard.refusal) heard.refusal = find_route(heard, core, parser);
  if (!heard.refusal) heard.refusal = check_body(heard, parser);
  if (!heard.refusal) heard.refusal = check_rate(heard, core);
  // Who sends what is malformed may have meant what follows otherwise, too.
  if (heard.refusal && heard.refusal->kind == &problems::malformed_request)
    heard.keep_alive = false;
  const bool always = heard.route == nullptr || heard.route->options.answers_when_full;
  if (heard.refusal || always || !is_full(core)) return;
  heard.refusal = overloaded(core);
  heard.reason = Refused::full;
}

bool has_no_content(unsigned status) { return status == 204 || status == 304; }

// The connection's work, over plain TCP or TLS.
template <typename Stream>
class Connection final : public Session {
 public:
  Connection(Core& core, Lane& lane, tcp::socket socket)
      : Session(core, lane), stream_(stream_of(core, std::move(socket))) {}

  static asio::awaitable<void> run(std::shared_ptr<Connection> self) {
    co_await self->work();
    self->close();
  }

 private:
  static Stream stream_of(Core& core, tcp::socket socket) {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      return Stream(std::move(socket), *core.tls);
    } else {
      return socket;
    }
  }

  void cut() override {
    error_code ignored;
    stream_.lowest_layer().cancel(ignored);
  }
  // Without TLS's farewell: all bodies have lengths, so nobody takes a part for the whole.
  void close() override {
    error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

  asio::awaitable<void> work() {
    error_code error;
    const auto remote = stream_.lowest_layer().remote_endpoint(error);
    if (error) co_return;
    address_ = address_of(remote.address());
    stream_.lowest_layer().set_option(tcp::no_delay(true), error);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      const auto shaken = co_await stream_.async_handshake(TlsStream::server, token);
      if (std::get<0>(shaken)) co_return;
    }
    bool goes_on = true;
    for (std::uint32_t count = 1; goes_on; ++count) {
      last_ = count >= core_.config.requests_per_connection_max;
      goes_on = co_await serve_one();
    }
  }

  static Address address_of(const asio::ip::address& given) {
    const asio::ip::address_v6 v6 =
        given.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, given.to_v4())
                      : given.to_v6();
    return {v6.to_bytes()};
  }

  [[nodiscard]] std::string_view buffered() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }

  // Whether anything came; what did is in the buffer.
  asio::awaitable<bool> read_some(std::size_t most) {
    const auto space = buffer_.prepare(most);
    const auto result = co_await stream_.async_read_some(space, token);
    const std::size_t count = std::get<1>(result);
    buffer_.commit(count);
    co_return !std::get<0>(result) && count > 0;
  }

  enum class HeadEnd { complete, gone, malformed, bad_version, too_large, too_slow };

  asio::awaitable<HeadEnd> read_head(std::size_t& head_bytes) {
    HeadScanner scanner;
    begun_ = false;
    move_to(lane_.idle);
    set_deadline(first_ ? core_.config.head_timeout : core_.config.keep_alive_timeout);
    first_ = false;
    if (buffer_.size() == 0 && buffer_.capacity() > kept_buffer_bytes) buffer_.shrink_to_fit();
    while (true) {
      const HeadScanner::State state = scanner.scan(buffered());
      if (scanner.begun() && !begun_) {
        begun_ = true;
        set_deadline(core_.config.head_timeout);
      }
      head_bytes = scanner.size();
      if (state == HeadScanner::State::malformed) co_return HeadEnd::malformed;
      if (state == HeadScanner::State::too_many_lines ||
          head_bytes > core_.config.head_bytes_max.bytes)
        co_return HeadEnd::too_large;
      if (state == HeadScanner::State::complete) co_return HeadEnd::complete;
      if (core_.stopping && !begun_) co_return HeadEnd::gone;
      const bool more = co_await read_some(head_read_bytes);
      if (more) continue;
      co_return begun_&& expired_ && !dropped_ ? HeadEnd::too_slow : HeadEnd::gone;
    }
  }

  // Reads one request and answers it; whether another one may follow.
  asio::awaitable<bool> serve_one() {
    std::size_t head_bytes = 0;
    const HeadEnd end = co_await read_head(head_bytes);
    if (end == HeadEnd::gone) co_return false;
    started_ = SteadyClock::now();
    move_to(lane_.busy);
    set_deadline(core_.config.body_timeout);
    Heard heard;
    heard.request.language = core_.config.language;
    heard.request.id = lane_.next_id();
    heard.address = address_;
    if (end != HeadEnd::complete) {
      const bool goes_on = co_await refuse_head(heard, end);
      co_return goes_on;
    }

    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(core_.config.head_bytes_max.bytes) + 1);
    parser.body_limit(boost::none);
    error_code error;
    parser.put(asio::buffer(buffer_.data().data(), head_bytes), error);
    buffer_.consume(head_bytes);
    if (error || !parser.is_header_done()) {
      const HeadEnd why =
          error == http::error::bad_version ? HeadEnd::bad_version : HeadEnd::malformed;
      const bool goes_on = co_await refuse_head(heard, why);
      co_return goes_on;
    }
    understand(heard, core_, parser);
    heard.keep_alive = heard.keep_alive && !last_;
    const std::uint64_t body_most =
        parser.is_done() || heard.route == nullptr
            ? 0
            : parser.content_length().value_or(heard.route->options.body_bytes_max);
    const BodyReservation reservation(core_, heard.refusal ? 0 : body_most);
    if (!heard.refusal && !reservation.granted()) {
      heard.refusal = overloaded(core_);
      heard.reason = Refused::full;
    }
    if (!heard.refusal) {
      const bool read = co_await read_body(heard, parser);
      if (!read) co_return false;
    }
    if (!heard.refusal && heard.route != nullptr && !heard.route->quick) take_place(heard);
    if (heard.refusal) {
      const bool goes_on = co_await refuse(heard, parser);
      co_return goes_on;
    }
    const bool goes_on = co_await answer(heard);
    co_return goes_on;
  }

  // Reads the body into the request. False: the client went away. A body that cannot be read
  // becomes a refusal.
  asio::awaitable<bool> read_body(Heard& heard, Parser& parser) {
    if (parser.is_done()) co_return true;
    parser.body_limit(heard.route->options.body_bytes_max);
    parser.eager(true);
    if (heard.expects_continue && buffer_.size() == 0) {
      constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto result = co_await asio::async_write(stream_, asio::buffer(go_on), token);
      if (std::get<0>(result)) co_return false;
    }
    while (true) {
      error_code error;
      buffer_.consume(parser.put(buffer_.data(), error));
      if (error == http::error::need_more) error = {};
      if (error) {
        heard.keep_alive = false;
        const bool too_large = error == http::error::body_limit;
        heard.refusal = too_large ? Problem{&problems::too_large}
                                  : malformed("Błędna treść żądania", "The body is malformed");
        co_return true;
      }
      if (parser.is_done()) break;
      // Only the line before a chunk can stay in the buffer.
      const bool endless = buffer_.size() >= core_.config.head_bytes_max.bytes;
      if (endless) {
        heard.keep_alive = false;
        heard.refusal = malformed("Błędna treść żądania", "The body is malformed");
        co_return true;
      }
      const bool more = co_await read_some(body_read_bytes);
      if (more) continue;
      if (!expired_ || dropped_) co_return false;
      heard.keep_alive = false;
      heard.refusal = Problem{&problems::too_slow};
      heard.reason = Refused::slow;
      co_return true;
    }
    heard.request.body = std::move(parser.get().body());
    co_return true;
  }

  // Counts the request as one in flight, or refuses it.
  void take_place(Heard& heard) {
    const std::uint32_t before = core_.in_flight->fetch_add(1, std::memory_order_relaxed);
    if (before < core_.config.requests_in_flight_max || heard.route->options.answers_when_full)
      return;
    core_.in_flight->fetch_sub(1, std::memory_order_relaxed);
    heard.refusal = overloaded(core_);
    heard.reason = Refused::full;
  }

  asio::awaitable<bool> refuse_head(Heard& heard, HeadEnd end) {
    switch (end) {
      case HeadEnd::bad_version:
        heard.refusal = Problem{&problems::version_not_supported};
        break;
      case HeadEnd::too_large:
        heard.refusal = Problem{&problems::head_too_large};
        break;
      case HeadEnd::too_slow:
        heard.refusal = Problem{&problems::too_slow};
        heard.reason = Refused::slow;
        break;
      default:
        heard.refusal = malformed("Błędny początek żądania", "The head is malformed");
    }
    core_.count_refusal(heard.reason);
    const Response response =
        problem_response(*heard.refusal, heard.request.language, heard.request.id);
    const bool sent = co_await send(heard, response, false);
    if (sent) co_await linger();
    co_return false;
  }

  asio::awaitable<bool> refuse(Heard& heard, Parser& parser) {
    core_.count_refusal(heard.reason);
    if (heard.reason == Refused::full && !core_.stopping) {
      signal_.expires_at(lane_.next_refusal());
      co_await signal_.async_wait(token);
    }
    // The next request can be read only if this one's body is out of the way.
    bool keeps = heard.keep_alive;
    const auto left = parser.content_length_remaining();
    const bool has_rest = !parser.is_done();
    if (has_rest && (!left || *left > discarded_body_bytes_max || heard.expects_continue))
      keeps = false;
    if (keeps && has_rest) {
      std::size_t rest = static_cast<std::size_t>(*left);
      bool more = true;
      while (more) {
        const std::size_t count = std::min(rest, buffer_.size());
        buffer_.consume(count);
        rest -= count;
        if (rest == 0) break;
        more = co_await read_some(std::min(rest, body_read_bytes));
      }
      keeps = more;
    }
    const Response response =
        problem_response(*heard.refusal, heard.request.language, heard.request.id);
    const bool sent = co_await send(heard, response, keeps);
    if (sent && !keeps) co_await linger();
    co_return (sent && keeps && !core_.stopping);
  }

  // After an answer to a request that is still arriving: closing at once could make the system
  // throw away the answer (RFC 9112 section 9.6).
  asio::awaitable<void> linger() {
    set_deadline(linger_timeout);
    error_code ignored;
    stream_.lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
    std::size_t dropped = 0;
    bool more = true;
    while (more && dropped < 16 * body_read_bytes) {
      dropped += buffer_.size();
      buffer_.clear();
      more = co_await read_some(body_read_bytes);
    }
  }

  asio::awaitable<bool> answer(Heard& heard) {
    if (heard.route == nullptr) {
      Response response;
      response.status = 204;
      response.headers.push_back({"Allow", names_of(heard.allowed)});
      const bool sent = co_await send(heard, response, heard.keep_alive);
      co_return (sent && heard.keep_alive && !core_.stopping);
    }
    const Route& route = *heard.route;
    std::optional<Response> response;
    if (route.quick) {
      response = in_response(call(route.quick, heard.request), heard);
    } else {
      const auto exchange = std::make_shared<Exchange>();
      dispatch(route, heard, exchange);
      co_await wait_for(exchange);
      response = std::move(exchange->response);
      if (!response && dropped_) co_return false;
    }
    if (!response)
      response = problem_response(Problem{&problems::no_answer_in_time}, heard.request.language,
                                  heard.request.id);
    const bool keeps = heard.keep_alive && !core_.stopping;
    const bool sent = co_await send(heard, *response, keeps);
    co_return (sent && keeps);
  }

  // A handler's reply; an internal error if it threw, which handlers do only without memory.
  Reply call(const std::function<Reply(const Request&)>& handler, const Request& request) const {
    return call_handler(core_.log, handler, request);
  }
  static Reply call_handler(const Log& log, const std::function<Reply(const Request&)>& handler,
                            const Request& request) {
    try {
      return handler(request);
    } catch (const std::exception&) {
      log.write(LogLevel::error, "handler_threw",
                {{"request", RequestId{request.id}}, {"route", OperatorText{request.route}}});
      return Problem{&problems::internal};
    }
  }

  static Response in_response(Reply reply, const Heard& heard) {
    if (auto* response = std::get_if<Response>(&reply)) return std::move(*response);
    return problem_response(std::get<Problem>(reply), heard.request.language, heard.request.id);
  }

  // Hands the request to its handler. Of `heard` the route, the language and the id stay.
  void dispatch(const Route& route, Heard& heard, const std::shared_ptr<Exchange>& exchange) {
    Responder responder([mailbox = lane_.mailbox, exchange](
                            Response response) { mailbox->deliver(exchange, std::move(response)); },
                        heard.request.language, heard.request.id);
    Request request = std::move(heard.request);
    heard.request.method = request.method;
    heard.request.language = request.language;
    heard.request.id = request.id;
    heard.request.route = request.route;
    if (route.async) {
      try {
        route.async(std::move(request), std::move(responder));
      } catch (const std::exception&) {
        core_.log.write(LogLevel::error, "handler_threw",
                        {{"request", RequestId{heard.request.id}},
                         {"route", OperatorText{heard.request.route}}});
      }
      return;
    }
    asio::post(*core_.workers, [&route, log = core_.log, request = std::move(request),
                                responder = std::move(responder)]() mutable {
      std::move(responder).respond(call_handler(log, route.blocking, request));
    });
  }

  asio::awaitable<void> wait_for(std::shared_ptr<Exchange> exchange) {
    set_deadline(core_.config.handler_timeout);
    exchange->waiting = this;
    while (!exchange->response && !expired_ && !dropped_) {
      signal_.expires_at(SteadyClock::time_point::max());
      co_await signal_.async_wait(token);
    }
    exchange->waiting = nullptr;
  }

  // Writes the response and notes it. False: the client is gone.
  asio::awaitable<bool> send(const Heard& heard, const Response& response, bool keeps) {
    const bool is_head = heard.request.method == Method::head;
    const bool has_source = response.source.has_value();
    const std::uint64_t bytes = has_source ? response.source->bytes : response.body.size();
    std::string head = head_of(heard, response, bytes, keeps);
    const bool has_body = !is_head && !has_no_content(response.status);
    set_deadline(core_.config.write_timeout);
    bool sent = true;
    if (!has_body || has_source || response.body.size() <= joined_body_bytes) {
      if (has_body && !has_source) head += response.body;
      sent = co_await write(head);
    } else {
      sent = co_await write(head);
      for (std::size_t at = 0; sent && at < response.body.size(); at += piece_bytes) {
        set_deadline(core_.config.write_timeout);
        sent = co_await write(std::string_view(response.body).substr(at, piece_bytes));
      }
    }
    if (sent && has_body && has_source) sent = co_await send_source(*response.source);
    note(heard, response.status, bytes);
    co_return sent;
  }

  asio::awaitable<bool> write(std::string_view bytes) {
    const auto result =
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), token);
    co_return !std::get<0>(result);
  }

  // Each piece is read on a worker thread, because a disk may take its time.
  asio::awaitable<bool> send_source(const BodySource& source) {
    for (std::uint64_t at = 0; at < source.bytes;) {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, source.bytes - at));
      const auto exchange = std::make_shared<Exchange>();
      core_.in_flight->fetch_add(1, std::memory_order_relaxed);
      asio::post(*core_.workers,
                 [read = source.read, at, count, exchange, mailbox = lane_.mailbox] {
                   Response piece;
                   auto bytes = read(at, count);
                   if (bytes) piece.body = std::move(bytes).value();
                   mailbox->deliver(exchange, std::move(piece));
                 });
      co_await wait_for(exchange);
      if (!exchange->response || exchange->response->body.size() != count) co_return false;
      set_deadline(core_.config.write_timeout);
      const bool sent = co_await write(exchange->response->body);
      if (!sent) co_return false;
      at += count;
    }
    co_return true;
  }

  std::string head_of(const Heard& heard, const Response& response, std::uint64_t bytes,
                      bool keeps) const {
    std::string head;
    head.reserve(768);
    const auto out = std::back_inserter(head);
    const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                   std::string_view(reason.data(), reason.size()), lane_.date());
    if (!has_no_content(response.status)) {
      fmt::format_to(out, "Content-Length: {}\r\n", bytes);
      if (!response.content_type.empty())
        fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
    }
    if (!keeps) head += "Connection: close\r\n";
    fmt::format_to(out, "Cache-Control: {}\r\nContent-Security-Policy: {}\r\n",
                   response.cache_control, response.content_security_policy);
    if (heard.route != nullptr && heard.route->options.for_any_site)
      head += "Access-Control-Allow-Origin: *\r\n";
    head += core_.fixed_headers;
    for (const Header& header : response.headers) {
      if (header.name.find_first_of("\r\n") != std::string::npos ||
          header.value.find_first_of("\r\n") != std::string::npos)
        stop_on_broken_precondition("Response::headers: no line ends within");
      fmt::format_to(out, "{}: {}\r\n", header.name, header.value);
    }
    head += "\r\n";
    return head;
  }

  // Counts the answer and writes its line of the log.
  void note(const Heard& heard, unsigned status, std::uint64_t bytes) {
    const std::chrono::duration<double> taken = SteadyClock::now() - started_;
    const RouteNumbers& numbers = core_.numbers.find(heard.route)->second;
    numbers.by_class[std::min<std::size_t>(status / 100, 5)]->add();
    numbers.seconds->observe(taken.count());
    const AccessLog wanted = core_.config.access_log;
    if (wanted == AccessLog::none || (wanted == AccessLog::failures && status < 500)) return;
    core_.log.write(LogLevel::info, "request",
                    {{"request", RequestId{heard.request.id}},
                     {"method", OperatorText{method_name(heard.request.method)}},
                     {"route", OperatorText{heard.request.route}},
                     {"status", status},
                     {"bytes", bytes},
                     {"ms", taken.count() * 1000}});
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  Address address_;
  SteadyClock::time_point started_;
  bool first_ = true;
  bool last_ = false;  // the connection has had its requests
};

// ---- Threads
// --------------------------------------------------------------------------------------

void schedule_tick(Lane& lane);

// Ends what is overdue; while stopping also what is idle, until nothing is left.
void tick(Lane& lane) {
  const SteadyClock::time_point now = SteadyClock::now();
  const bool stopping = lane.core.stopping;
  const bool forced = stopping && (lane.core.forced || now >= lane.stop_deadline);
  for (SessionList* list : {&lane.idle, &lane.busy}) {
    for (Session* session : *list) {
      if (forced || (stopping && list == &lane.idle && !session->begun())) {
        session->drop();
      } else if (now >= session->deadline()) {
        session->expire();
      }
    }
  }
  if (!stopping || !lane.idle.empty() || !lane.busy.empty()) schedule_tick(lane);
}

void schedule_tick(Lane& lane) {
  lane.sweep.expires_after(lane.core.stopping ? sweep_interval_stopping : sweep_interval);
  lane.sweep.async_wait([&lane](error_code error) {
    if (!error) tick(lane);
  });
}

template <typename Stream>
void start_connection(Core& core, Lane& lane, tcp::socket socket) {
  auto connection = std::make_shared<Connection<Stream>>(core, lane, std::move(socket));
  auto work = Connection<Stream>::run(std::move(connection));
  asio::co_spawn(lane.io, std::move(work), asio::detached);
}

// On the lane's thread.
void take_connection(Core& core, Lane& lane, tcp::socket socket) {
  if (core.connections->fetch_add(1, std::memory_order_relaxed) >= core.config.connections_max) {
    core.count_refusal(Refused::displaced);
    if (lane.idle.empty()) {
      core.connections->fetch_sub(1, std::memory_order_relaxed);
      return;  // closes the new one
    }
    lane.idle.front()->displace();
  }
  if (core.tls) {
    start_connection<TlsStream>(core, lane, std::move(socket));
  } else {
    start_connection<tcp::socket>(core, lane, std::move(socket));
  }
}

asio::awaitable<void> accept_connections(Core& core, tcp::acceptor& acceptor) {
  asio::steady_timer pause(acceptor.get_executor());
  for (std::size_t next = 0; !core.stopping; ++next) {
    Lane& lane = *core.lanes[next % core.lanes.size()];
    tcp::socket socket(lane.io);
    const auto result = co_await acceptor.async_accept(socket, token);
    if (core.stopping) co_return;
    if (std::get<0>(result)) {
      // Most likely there are no files left: others may close some.
      pause.expires_after(accept_pause);
      co_await pause.async_wait(token);
      continue;
    }
    asio::dispatch(lane.io, [&core, &lane, socket = std::move(socket)]() mutable {
      take_connection(core, lane, std::move(socket));
    });
  }
}

void run_lane(Lane& lane) {
  while (true) {
    try {
      lane.io.run();
      return;
    } catch (const std::exception&) {
      lane.core.log.write(LogLevel::error, "network_thread_threw", {{"lane", lane.number}});
    }
  }
}

// ---- Setting up
// -------------------------------------------------------------------------------------

Error wrong_setting(std::string field, std::string message, std::string remedy) {
  return {ErrorCode::usage, std::move(message), {"", 0, 0, std::move(field)}, std::move(remedy)};
}

Status allow_open_files(const ServerConfig& config) {
  const rlim_t needed = rlim_t{config.connections_max} + spare_files;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return ok_status();
  if (limit.rlim_max < needed)
    return wrong_setting(
        "http.connections_max", "more connections than files may be open",
        fmt::format("set it to at most {}, or raise the limit of open files",
                    limit.rlim_max > spare_files ? limit.rlim_max - spare_files : 0));
  limit.rlim_cur = needed;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    return Error{ErrorCode::io, "cannot raise the number of open files", {}, "raise it yourself"};
  return ok_status();
}

Status prepare_tls(Core& core) {
  const ServerConfig& config = core.config;
  if (config.tls_certificate.empty() && config.tls_key.empty()) return ok_status();
  if (config.tls_certificate.empty() || config.tls_key.empty())
    return wrong_setting("http.tls_certificate", "TLS needs a certificate and its key",
                         "set http.tls_certificate and http.tls_key, or neither");
  try {
    asio::ssl::context& context = core.tls.emplace(asio::ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.use_certificate_chain_file(config.tls_certificate);
    context.use_private_key_file(config.tls_key, asio::ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::io,
                 "cannot use the TLS certificate and key: " + error.code().message(),
                 {config.tls_certificate, 0, 0, ""},
                 "give PEM files that the service may read and that belong together"};
  }
  return ok_status();
}

Status prepare_limits(Core& core) {
  for (const std::string& text : core.config.trusted_proxies) {
    const auto network = Network::parse(text);
    if (!network)
      return wrong_setting("http.trusted_proxies", network.error().message, network.error().remedy);
    core.trusted_proxies.push_back(*network);
  }
  for (const RateClass& rate : core.config.rates) {
    auto limiter = RateLimiter::create(rate.rate, core.config.rate_limit_keys);
    if (!limiter) return limiter.error();
    if (!core.limiters.emplace(rate.name, std::move(limiter).value()).second)
      return wrong_setting(rate.name, "two rates of one name", "give each a name of its own");
  }
  return ok_status();
}

RouteNumbers numbers_for(Metrics& metrics, std::string_view method, const std::string& route) {
  constexpr std::array<const char*, 6> classes{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
  RouteNumbers numbers;
  for (std::size_t i = 2; i < classes.size(); ++i)
    numbers.by_class[i] = &metrics.counter(
        "http_requests_total", "Answers sent, by the route's template",
        {{"method", std::string(method)}, {"route", route}, {"status", classes[i]}});
  // No answer has a status below 200.
  numbers.by_class[0] = numbers.by_class[1] = numbers.by_class[2];
  numbers.seconds = &metrics.histogram(
      "http_request_seconds", "Time from the end of a request's head to the answer sent",
      duration_bounds(), {{"method", std::string(method)}, {"route", route}});
  return numbers;
}

Status prepare_numbers(Core& core, Metrics& metrics) {
  core.numbers.emplace(nullptr, numbers_for(metrics, "any", "none"));
  for (const auto& route : core.router.routes()) {
    RouteNumbers numbers = numbers_for(metrics, method_name(route->method), route->path);
    if (!route->options.rate_class.empty()) {
      const auto limiter = core.limiters.find(route->options.rate_class);
      if (limiter == core.limiters.end())
        return wrong_setting(route->options.rate_class, route->path + " names a rate there is not",
                             "add it to the server's rates");
      numbers.limiter = limiter->second.get();
    }
    core.numbers.emplace(route.get(), numbers);
  }
  for (std::size_t i = 0; i < refused_names.size(); ++i)
    core.refused[i] =
        &metrics.counter("http_refused_total", "Requests and connections refused by the server",
                         {{"reason", refused_names[i]}});
  const auto gauge_of = [](std::shared_ptr<std::atomic<std::uint32_t>> number) {
    return [number] { return static_cast<double>(number->load()); };
  };
  metrics.gauge("http_connections", "Open connections", gauge_of(core.connections));
  metrics.gauge("http_requests_in_flight", "Requests with a handler", gauge_of(core.in_flight));
  return ok_status();
}

void write_fixed_headers(Core& core) {
  core.fixed_headers =
      "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
      "X-Frame-Options: DENY\r\nCross-Origin-Opener-Policy: same-origin\r\n";
  const auto age =
      std::chrono::duration_cast<std::chrono::seconds>(core.config.strict_transport_security);
  if (age.count() > 0)
    core.fixed_headers += fmt::format("Strict-Transport-Security: max-age={}\r\n", age.count());
}

}  // namespace

struct Server::State {
  State(const ServerConfig& config, Router router, Log log)
      : core(config, std::move(router), std::move(log)) {}

  Core core;
  std::optional<tcp::acceptor> acceptor;
  std::optional<asio::signal_set> signals;
  std::uint16_t port = 0;

  Status listen() {
    error_code error;
    const auto address = asio::ip::make_address(core.config.address, error);
    if (error)
      return wrong_setting("http.address", "this is no IP address",
                           "write 127.0.0.1, or :: for all");
    const tcp::endpoint endpoint(address, core.config.port);
    acceptor.emplace(core.lanes.front()->io);
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6())
      acceptor->set_option(asio::ip::v6_only(!address.is_unspecified()), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port = acceptor->local_endpoint(error).port();
    if (!error) return ok_status();
    return Error{ErrorCode::io,
                 fmt::format("cannot listen on {} port {}: {}", core.config.address,
                             core.config.port, error.message()),
                 {},
                 "choose another address or port, or stop what listens there"};
  }

  void begin_stop(Lane& lane) {
    if (lane.stop_deadline == SteadyClock::time_point::max())
      lane.stop_deadline = SteadyClock::now() + core.config.stop_timeout;
    tick(lane);
  }

  void stop() {
    if (core.stopping.exchange(true)) core.forced = true;
    asio::post(core.lanes.front()->io, [this] {
      error_code ignored;
      acceptor->close(ignored);
      if (core.forced && signals) signals->cancel(ignored);
    });
    for (const auto& lane : core.lanes)
      asio::post(lane->io, [this, &lane = *lane] { begin_stop(lane); });
  }

  void await_signals() {
    signals->async_wait([this](error_code error, int) {
      if (error) return;
      core.log.write(LogLevel::info, "stopping");
      stop();
      await_signals();
    });
  }

  void run() {
    if (core.config.handle_signals) signals.emplace(core.lanes.front()->io, SIGTERM, SIGINT);
    if (signals) await_signals();
    asio::co_spawn(core.lanes.front()->io, accept_connections(core, *acceptor), asio::detached);
    for (const auto& lane : core.lanes) schedule_tick(*lane);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < core.lanes.size(); ++i)
      threads.emplace_back([&lane = *core.lanes[i]] { run_lane(lane); });
    run_lane(*core.lanes.front());
    for (std::thread& thread : threads) thread.join();
    // What is still queued belongs to clients that have been told that it came to nothing.
    core.workers->stop();
    core.workers->join();
    for (const auto& lane : core.lanes) lane->mailbox->close();
  }
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  for (const auto& lane : state_->core.lanes) lane->mailbox->close();
}

Result<std::unique_ptr<Server>> Server::create(const ServerConfig& config, Router router,
                                               Metrics& metrics, Log log) {
  auto state = std::make_unique<State>(config, std::move(router), std::move(log));
  Core& core = state->core;
  if (config.network_threads == 0 || config.worker_threads == 0)
    return wrong_setting("http.network_threads", "a server needs threads", "set at least 1");
  if (config.network_bits_v4 > 32 || config.network_bits_v6 > 128)
    return wrong_setting("http.network_bits_v4", "a network's prefix is too long",
                         "set at most 32 for IPv4, 128 for IPv6");
  if (auto status = allow_open_files(config); !status) return status.error();
  if (auto status = prepare_tls(core); !status) return status.error();
  if (auto status = prepare_limits(core); !status) return status.error();
  if (auto status = prepare_numbers(core, metrics); !status) return status.error();
  write_fixed_headers(core);
  for (unsigned i = 0; i < config.network_threads; ++i)
    core.lanes.push_back(std::make_unique<Lane>(core, i));
  core.workers.emplace(config.worker_threads);
  if (auto status = state->listen(); !status) return status.error();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::uint16_t Server::port() const { return state_->port; }
void Server::run() { state_->run(); }
void Server::stop() { state_->stop(); }

}  // namespace urna::server
