// SPDX-License-Identifier: EUPL-1.2
#include "server/log.h"

#include <chrono>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <iterator>
#include <mutex>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/bytes.h"
#include "server/problem.h"

namespace urna::server {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Hands each line to a function.
class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> function)
      : function_(std::move(function)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    function_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  std::function<void(std::string_view)> function_;
};

void append_time(std::string& line) {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
  const auto thousandths =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - seconds).count();
  std::tm parts{};
  gmtime_r(&time, &parts);
  fmt::format_to(std::back_inserter(line),
                 R"({{"time":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z")", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                 thousandths);
}

// The operator's text, which need not be UTF-8, as a JSON string.
void append_operator_text(std::string& line, std::string_view text) {
  append_json_string(line, is_utf8(text) ? text : std::string_view("(not UTF-8)"));
}

struct ValueWriter {
  std::string& line;
  void operator()(std::int64_t value) const { line += std::to_string(value); }
  void operator()(std::uint64_t value) const { line += std::to_string(value); }
  void operator()(double value) const {
    line += std::isfinite(value) ? fmt::format("{}", value) : "null";
  }
  void operator()(bool value) const { line += value ? "true" : "false"; }
  void operator()(Word value) const { append_json_string(line, value.text()); }
  void operator()(OperatorText value) const { append_operator_text(line, value.text); }
  // Whatever else someone took for an id is not written.
  void operator()(RequestId value) const {
    append_json_string(line, from_hex(value.id).ok() ? value.id : std::string_view("(no id)"));
  }
};

}  // namespace

struct Log::Sink {
  explicit Sink(spdlog::sink_ptr sink, LogLevel level) : logger("urna", std::move(sink)) {
    logger.set_pattern("%v");
    logger.set_level(spdlog_level(level));
  }
  spdlog::logger logger;
};

Log Log::to_stderr(LogLevel level) {
  return Log(std::make_shared<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>(), level));
}

Log Log::to(std::function<void(std::string_view)> sink, LogLevel level) {
  return Log(std::make_shared<Sink>(std::make_shared<FunctionSink>(std::move(sink)), level));
}

Log Log::none() { return Log(nullptr); }

bool Log::writes(LogLevel level) const {
  return sink_ && sink_->logger.should_log(spdlog_level(level));
}

void Log::write(LogLevel level, Word event, std::initializer_list<LogField> fields) const {
  if (!writes(level)) return;
  std::string line;
  line.reserve(256);
  append_time(line);
  fmt::format_to(std::back_inserter(line), R"(,"level":"{}","event":)", level_name(level));
  append_json_string(line, event.text());
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name.text());
    line += ':';
    std::visit(ValueWriter{line}, field.value);
  }
  line += '}';
  sink_->logger.log(spdlog_level(level), spdlog::string_view_t(line));
}

}  // namespace urna::server
