// SPDX-License-Identifier: EUPL-1.2
#include "server/metrics.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <mutex>
#include <variant>

#include "base/bytes.h"

namespace urna::server {
namespace {

using Number = std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>,
                            std::unique_ptr<Histogram>, std::function<double()>>;

struct Family {
  std::string help;
  const char* kind = "";
  std::map<std::string, Number> series;  // by the text of their labels
};

bool is_metric_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), allowed);
}

void append_escaped(std::string& text, std::string_view value, bool quotes) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
    } else {
      if (c == '\\' || (quotes && c == '"')) text += '\\';
      text += c;
    }
  }
}

std::string text_of(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!is_metric_name(name)) stop_on_broken_precondition("Metrics: the name of a label");
    if (!text.empty()) text += ',';
    text += name;
    text += "=\"";
    append_escaped(text, value, true);
    text += '"';
  }
  return text;
}

// "name{labels} value\n", where the labels may be none.
void append_line(std::string& text, std::string_view name, std::string_view labels,
                 const std::string& value) {
  const auto out = std::back_inserter(text);
  if (labels.empty()) {
    fmt::format_to(out, "{} {}\n", name, value);
  } else {
    fmt::format_to(out, "{}{{{}}} {}\n", name, labels, value);
  }
}

void append_series(std::string& text, const std::string& name, const std::string& labels,
                   const Number& number) {
  if (const auto* counter = std::get_if<std::unique_ptr<Counter>>(&number)) {
    append_line(text, name, labels, std::to_string((*counter)->value()));
  } else if (const auto* gauge = std::get_if<std::unique_ptr<Gauge>>(&number)) {
    append_line(text, name, labels, std::to_string((*gauge)->value()));
  } else if (const auto* asked = std::get_if<std::function<double()>>(&number)) {
    append_line(text, name, labels, fmt::format("{}", (*asked)()));
  } else {
    const Histogram& histogram = *std::get<std::unique_ptr<Histogram>>(number);
    const Histogram::Reading reading = histogram.read();
    const std::string comma = labels.empty() ? "" : ",";
    for (std::size_t i = 0; i < reading.up_to.size(); ++i) {
      const bool last = i == histogram.bounds().size();
      const std::string bound = last ? "+Inf" : fmt::format("{}", histogram.bounds()[i]);
      append_line(text, name + "_bucket", labels + comma + "le=\"" + bound + "\"",
                  std::to_string(reading.up_to[i]));
    }
    append_line(text, name + "_sum", labels, fmt::format("{}", reading.sum));
    append_line(text, name + "_count", labels, std::to_string(reading.up_to.back()));
  }
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::observe(double value) {
  const auto range = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(range)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Reading Histogram::read() const {
  Reading reading;
  std::uint64_t count = 0;
  for (const auto& range : counts_)
    reading.up_to.push_back(count += range.load(std::memory_order_relaxed));
  reading.sum = sum_.load(std::memory_order_relaxed);
  return reading;
}

std::vector<double> duration_bounds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

struct Metrics::State {
  mutable std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;

  // The place of a series, empty if it is new. The caller holds the mutex.
  Number& place(std::string_view name, std::string_view help, const char* kind,
                const Labels& labels, bool& is_new) {
    if (!is_metric_name(name)) stop_on_broken_precondition("Metrics: the name of a metric");
    Family& family = families[std::string(name)];
    if (family.series.empty()) {
      family.help = help;
      family.kind = kind;
    }
    if (family.kind != std::string_view(kind))
      stop_on_broken_precondition("Metrics: one kind for each name");
    const auto [entry, inserted] = family.series.try_emplace(text_of(labels));
    is_new = inserted;
    return entry->second;
  }

  template <typename T, typename... Arguments>
  T& series(std::string_view name, std::string_view help, const char* kind, const Labels& labels,
            Arguments&&... arguments) {
    const std::lock_guard lock(mutex);
    bool is_new = false;
    Number& number = place(name, help, kind, labels, is_new);
    if (is_new) number = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    auto* const held = std::get_if<std::unique_ptr<T>>(&number);
    if (held == nullptr) stop_on_broken_precondition("Metrics: one kind for each series");
    return **held;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return state_->series<Counter>(name, help, "counter", labels);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return state_->series<Gauge>(name, help, "gauge", labels);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::vector<double> bounds, const Labels& labels) {
  return state_->series<Histogram>(name, help, "histogram", labels, std::move(bounds));
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> value,
                    const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  bool is_new = false;
  state_->place(name, help, "gauge", labels, is_new) = std::move(value);
}

std::string Metrics::text() const {
  const std::lock_guard lock(state_->mutex);
  std::string text;
  for (const auto& [name, family] : state_->families) {
    text += "# HELP " + name + ' ';
    append_escaped(text, family.help, false);
    text += "\n# TYPE " + name + ' ' + family.kind + '\n';
    for (const auto& [labels, number] : family.series) append_series(text, name, labels, number);
  }
  return text;
}

}  // namespace urna::server
