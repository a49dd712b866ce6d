// SPDX-License-Identifier: EUPL-1.2
// Numbers about the service in the text format of Prometheus, version 0.0.4.
//
// Every series is made at the start from names and labels in the program or its configuration:
// nothing that comes with a request can become a label, so no metric can tell of a person.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace urna::server {

// A number that only grows.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// A number that goes up and down.
class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t difference) { value_.fetch_add(difference, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// How values are distributed over ranges with fixed upper bounds.
class Histogram {
 public:
  // `bounds` rise; the last range, up to infinity, is added.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  struct Reading {
    std::vector<std::uint64_t> up_to;  // values at most each bound; the last is the count of all
    double sum = 0;
  };
  [[nodiscard]] Reading read() const;
  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// Bounds for durations in seconds, from half a millisecond to ten seconds.
[[nodiscard]] std::vector<double> duration_bounds();

using Labels = std::vector<std::pair<std::string, std::string>>;

// All series of a process. They live as long as it does; numbers may be changed from any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Series of one name share help and kind, and differ in labels; the same name and labels again
  // give the same series. Precondition (else the program stops): names match
  // [a-z_][a-z0-9_]*, and a name has one kind.
  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                       const Labels& labels = {});
  // A gauge that is asked whenever the metrics are read, from any thread.
  void gauge(std::string_view name, std::string_view help, std::function<double()> value,
             const Labels& labels = {});

  // All series, names in order of their bytes.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urna::server
