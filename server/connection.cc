// SPDX-License-Identifier: EUPL-1.2
// One connection: requests read, handed to their handlers, and answered, one after the other.
#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/bytes.h"
#include "server/admission.h"
#include "server/head.h"
#include "server/lane.h"

namespace urna::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using TlsStream = asio::ssl::stream<tcp::socket>;
using Parser = http::request_parser<http::string_body>;

constexpr milliseconds linger_timeout{1'000};  // for a refused client to take its answer
constexpr std::size_t head_read_bytes = 4096;
constexpr std::size_t body_read_bytes = 65'536;
constexpr std::size_t joined_body_bytes = 16'384;  // bodies up to here go out with the head
constexpr std::size_t piece_bytes = 262'144;
constexpr std::size_t discarded_body_bytes_max = 65'536;  // read and dropped after a refusal
constexpr std::size_t lingering_bytes_max = 1'048'576;
constexpr std::size_t kept_buffer_bytes = 16'384;

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

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool has_no_content(unsigned status) { return status == 204 || status == 304; }

Address address_of(const asio::ip::address& given) {
  const asio::ip::address_v6 v6 =
      given.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, given.to_v4()) : given.to_v6();
  return {v6.to_bytes()};
}

// What the parser found, after the head and before the body.
Head head_of(const Parser& parser) {
  const auto& message = parser.get();
  Head head;
  head.version = message.version();
  head.method = message.method_string();
  head.target = message.target();
  head.headers.reserve(16);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    head.headers.push_back({std::move(name), std::string(field.value())});
  }
  head.keep_alive = message.keep_alive();
  head.has_body = !parser.is_done();
  if (const auto length = parser.content_length()) head.content_length = *length;
  return head;
}

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
      const auto shaken = co_await stream_.async_handshake(TlsStream::server, awaiting);
      if (std::get<0>(shaken)) co_return;
    }
    bool goes_on = true;
    for (std::uint32_t count = 1; goes_on; ++count) {
      last_ = count >= core_.config.requests_per_connection_max;
      goes_on = co_await serve_one();
    }
  }

  [[nodiscard]] std::string_view buffered() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }

  // Whether anything came; what did is in the buffer.
  asio::awaitable<bool> read_some(std::size_t most) {
    const auto space = buffer_.prepare(most);
    const auto result = co_await stream_.async_read_some(space, awaiting);
    const std::size_t count = std::get<1>(result);
    buffer_.commit(count);
    co_return !std::get<0>(result) && count > 0;
  }

  enum class HeadEnd { complete, gone, malformed, bad_version, too_large, too_slow };

  asio::awaitable<HeadEnd> read_head(std::size_t& head_bytes) {
    HeadScanner scanner;
    begun_ = false;
    move_to(lane_.waiting);
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
      co_return (begun_ && expired_ && !dropped_) ? HeadEnd::too_slow : HeadEnd::gone;
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
    core_.admission->judge(heard, head_of(parser), address_, core_.is_full());
    heard.keep_alive = heard.keep_alive && !last_;
    const std::uint64_t body_most =
        parser.is_done() || heard.route == nullptr
            ? 0
            : parser.content_length().value_or(heard.route->options.body_bytes_max);
    const BodyReservation reservation(core_, heard.refusal ? 0 : body_most);
    if (!heard.refusal && !reservation.granted()) {
      heard.refusal = core_.admission->overloaded();
      heard.reason = Refused::full;
    }
    if (!heard.refusal) {
      move_to(lane_.waiting);
      const bool read = co_await read_body(heard, parser);
      move_to(lane_.busy);
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
      const auto result = co_await asio::async_write(stream_, asio::buffer(go_on), awaiting);
      if (std::get<0>(result)) co_return false;
    }
    while (true) {
      error_code error;
      buffer_.consume(parser.put(buffer_.data(), error));
      if (error == http::error::need_more) error = {};
      if (error) {
        heard.keep_alive = false;
        const bool too_large = error == http::error::body_limit;
        heard.refusal = too_large
                            ? Problem{&problems::too_large}
                            : malformed_request("Błędna treść żądania", "The body is malformed");
        co_return true;
      }
      if (parser.is_done()) break;
      // Only the line before a chunk can stay in the buffer.
      const bool endless = buffer_.size() >= core_.config.head_bytes_max.bytes;
      if (endless) {
        heard.keep_alive = false;
        heard.refusal = malformed_request("Błędna treść żądania", "The body is malformed");
        co_return true;
      }
      const bool more = co_await read_some(wanted_of(parser));
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

  // How much to read for a body: small bodies must not need large buffers.
  static std::size_t wanted_of(const Parser& parser) {
    const std::uint64_t left = parser.content_length_remaining().value_or(head_read_bytes);
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(left, 512, body_read_bytes));
  }

  // Counts the request as one in flight, or refuses it.
  void take_place(Heard& heard) {
    const std::uint32_t before = core_.in_flight->fetch_add(1, std::memory_order_relaxed);
    if (before < core_.config.requests_in_flight_max || heard.route->options.answers_when_full)
      return;
    core_.in_flight->fetch_sub(1, std::memory_order_relaxed);
    heard.refusal = core_.admission->overloaded();
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
        heard.refusal = malformed_request("Błędny początek żądania", "The head is malformed");
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
      co_await signal_.async_wait(awaiting);
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
    while (more && dropped < lingering_bytes_max) {
      dropped += buffer_.size();
      buffer_.clear();
      more = co_await read_some(head_read_bytes);
    }
  }

  asio::awaitable<bool> answer(Heard& heard) {
    if (heard.route == nullptr) {
      Response response;
      response.status = 204;
      response.headers.push_back({"Allow", method_names(heard.allowed)});
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
      co_await signal_.async_wait(awaiting);
    }
    exchange->waiting = nullptr;
  }

  // Writes the response and notes it. False: the client is gone.
  asio::awaitable<bool> send(const Heard& heard, const Response& response, bool keeps) {
    const bool is_head = heard.request.method == Method::head;
    const bool has_source = response.source.has_value();
    const std::uint64_t bytes = has_source ? response.source->bytes : response.body.size();
    std::string head = answer_head(heard, response, bytes, keeps);
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
    move_to(lane_.waiting);
    const auto result =
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), awaiting);
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

  std::string answer_head(const Heard& heard, const Response& response, std::uint64_t bytes,
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
    append_access(out, heard);
    head += core_.fixed_headers;
    for (const Header& header : response.headers) {
      if (is_one_line(header.name) && is_one_line(header.value))
        fmt::format_to(out, "{}: {}\r\n", header.name, header.value);
    }
    head += "\r\n";
    return head;
  }

  static void append_access(std::back_insert_iterator<std::string> out, const Heard& heard) {
    const SiteAccess& access = heard.access;
    if (access.varies) fmt::format_to(out, "Vary: Origin\r\n");
    if (access.origin.empty()) return;
    fmt::format_to(out, "Access-Control-Allow-Origin: {}\r\n", access.origin);
    if (access.may_method.empty()) {
      fmt::format_to(out, "Access-Control-Expose-Headers: {}\r\n", exposed_headers);
    } else {
      fmt::format_to(out,
                     "Access-Control-Allow-Methods: {}\r\nAccess-Control-Allow-Headers: {}\r\n"
                     "Access-Control-Max-Age: {}\r\n",
                     access.may_method, allowed_headers, preflight_age_s);
    }
  }

  // Counts the answer and writes its line of the log.
  void note(const Heard& heard, unsigned status, std::uint64_t bytes) {
    const std::chrono::duration<double> taken = SteadyClock::now() - started_;
    const RouteNumbers& numbers = core_.numbers.find(heard.route)->second;
    numbers.by_class[std::min<std::size_t>(status / 100, 5)]->add();
    numbers.seconds->observe(taken.count());
    if (!heard.refusal) lane_.count_answer();
    const AccessLog wanted = core_.config.access_log;
    const bool failure = status == 401 || status >= 500;
    if (wanted == AccessLog::none || (wanted == AccessLog::failures && !failure)) return;
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

template <typename Stream>
void start(Core& core, Lane& lane, tcp::socket socket) {
  auto connection = std::make_shared<Connection<Stream>>(core, lane, std::move(socket));
  auto work = Connection<Stream>::run(std::move(connection));
  asio::co_spawn(lane.io, std::move(work), asio::detached);
}

}  // namespace

void start_connection(Core& core, Lane& lane, tcp::socket socket) {
  if (core.tls) {
    start<TlsStream>(core, lane, std::move(socket));
  } else {
    start<tcp::socket>(core, lane, std::move(socket));
  }
}

}  // namespace urna::server
