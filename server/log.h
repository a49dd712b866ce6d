// SPDX-License-Identifier: EUPL-1.2
// The log of a service: one JSON object a line, of events and fields that cannot hold what came
// from outside.
//
// Names and words are constants of the program, checked by the compiler; everything else is a
// number, a truth value, a request's random id, or a text that the operator wrote in the
// configuration. There is no field for other text, so no name, number of a person, address or
// token gets into a log by accident.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace urna::server {

enum class LogLevel { debug, info, warn, error };

// A text that is part of the program: made at compile time only.
class Word {
 public:
  template <std::size_t N>
  consteval Word(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT(*-explicit-*)
  // A choice among words at run time.
  Word(const Word&) = default;
  Word& operator=(const Word&) = default;
  ~Word() = default;
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// A text of the operator's own making: a path, an address to listen on, the name of a route.
// Never a part of a request, of a register or of a database.
struct OperatorText {
  std::string_view text;
};

// The random id of a request; see Request::id.
struct RequestId {
  std::string_view id;
};

struct LogField {
  using Value =
      std::variant<std::int64_t, std::uint64_t, double, bool, Word, OperatorText, RequestId>;

  template <typename T>
  LogField(Word field_name, T field_value)  // NOLINT(*-member-init)
      : name(field_name), value(converted(field_value)) {}

  Word name;
  Value value;

 private:
  template <typename T>
  static Value converted(T given) {
    if constexpr (std::is_same_v<T, bool>) {
      return Value(std::in_place_type<bool>, given);
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      return Value(std::in_place_type<std::int64_t>, given);
    } else if constexpr (std::is_integral_v<T>) {
      return Value(std::in_place_type<std::uint64_t>, given);
    } else {
      return Value(std::in_place_type<T>, given);
    }
  }
};

// Safe to use from several threads. Copies write to the same place.
class Log {
 public:
  // To standard error. Lines below `level` are not written.
  [[nodiscard]] static Log to_stderr(LogLevel level);
  // To a function, which is called for one line at a time, without the line's end.
  [[nodiscard]] static Log to(std::function<void(std::string_view)> sink, LogLevel level);
  // Nowhere.
  [[nodiscard]] static Log none();

  // {"time":"2026-05-04T12:00:00.123Z","level":"info","event":…,fields…}
  void write(LogLevel level, Word event, std::initializer_list<LogField> fields = {}) const;
  [[nodiscard]] bool writes(LogLevel level) const;

 private:
  struct Sink;
  explicit Log(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  std::shared_ptr<Sink> sink_;
};

}  // namespace urna::server
