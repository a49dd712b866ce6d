// SPDX-License-Identifier: EUPL-1.2
#include "server/lane.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/bytes.h"

namespace urna::server {
namespace {

constexpr std::chrono::milliseconds longest_refusal_pause{5'000};
constexpr double least_refusals_per_s = 100;
constexpr double refusals_for_each_answer = 0.25;

double most_refusals_per_s(const ServerConfig& config) {
  return std::max(least_refusals_per_s, static_cast<double>(config.refusals_per_s_max) /
                                            static_cast<double>(config.network_threads));
}

}  // namespace

void Mailbox::deliver(std::shared_ptr<Exchange> exchange, Response response) {
  in_flight_->fetch_sub(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  if (io_ == nullptr) return;
  letters_.emplace_back(std::move(exchange), std::move(response));
  // One wake-up for all that come before the thread looks.
  if (letters_.size() == 1)
    boost::asio::post(*io_, [self = shared_from_this()] { self->hand_out(); });
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  io_ = nullptr;
  letters_.clear();
}

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
      list_(&lane.waiting),
      place_(lane.waiting.insert(lane.waiting.end(), this)) {}

Session::~Session() {
  list_->erase(place_);
  core_.connections->fetch_sub(1, std::memory_order_relaxed);
}

void Session::displace() {
  move_to(lane_.busy);
  drop();
}

Lane::Lane(Core& shared, unsigned place)
    : core(shared),
      io(1),
      sweep(io),
      mailbox(std::make_shared<Mailbox>(io, shared.in_flight)),
      number(place),
      measured_at_(SteadyClock::now()),
      refusals_per_s_(most_refusals_per_s(shared.config)) {
  crypto_shorthash_keygen(id_key_.data());
}

std::string Lane::next_id() {
  std::array<unsigned char, crypto_shorthash_BYTES> id{};
  ++id_count_;
  crypto_shorthash(id.data(), reinterpret_cast<const unsigned char*>(&id_count_), sizeof id_count_,
                   id_key_.data());
  return to_hex(view_of(id));
}

SteadyClock::time_point Lane::next_refusal() {
  const auto apart = std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(1 / refusals_per_s_));
  const SteadyClock::time_point now = SteadyClock::now();
  refusal_at_ = std::max(now + core.config.refusal_pause, refusal_at_ + apart);
  return refusal_at_ = std::min(refusal_at_, now + longest_refusal_pause);
}

void Lane::measure_answers(SteadyClock::time_point now) {
  const std::chrono::duration<double> passed = now - std::exchange(measured_at_, now);
  const double per_s =
      passed.count() > 0 ? static_cast<double>(std::exchange(answers_, 0)) / passed.count() : 0;
  refusals_per_s_ = std::clamp(per_s * refusals_for_each_answer, least_refusals_per_s,
                               most_refusals_per_s(core.config));
}

const std::string& Lane::date() {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  if (now == date_time_) return date_;
  std::tm parts{};
  gmtime_r(&now, &parts);
  date_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                      days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                      months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                      parts.tm_hour, parts.tm_min, parts.tm_sec);
  date_time_ = now;
  return date_;
}

}  // namespace urna::server
