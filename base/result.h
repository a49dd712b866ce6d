// SPDX-License-Identifier: EUPL-1.2
// Errors as values: what went wrong, where in whose file, and what to do about it.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace urna {

// The closed list of ways an operation can fail; one exit code belongs to each (see exit_code()).
enum class ErrorCode {
  usage,        // the caller's words are off: unknown option, impossible combination
  not_found,    // a file or an entry that must exist does not
  io,           // the operating system refused or the device is full
  malformed,    // bytes from outside that are not what they claim to be
  unsupported,  // well formed, but outside what this build computes
  limit,        // a stated limit was reached before an answer was proved
  conflict,     // two inputs contradict each other
};

// Where in an input an error lies. `line` and `column` count from 1; 0 means "not applicable".
// Columns count bytes.
struct SourcePlace {
  std::string file = {};
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string field = {};  // e.g. "budget", "vote"; empty if none
};

struct Error {
  ErrorCode code = ErrorCode::malformed;
  std::string message;  // one sentence, English, without a final full stop
  SourcePlace place = {};
  std::string remedy = {};  // what the reader can do; may be empty

  // "FILE:LINE:COLUMN: FIELD: message; remedy", leaving out what is unknown.
  [[nodiscard]] std::string to_string() const;
};

// The error with the file that it is about.
[[nodiscard]] inline Error in_file(Error error, std::string path) {
  error.place.file = std::move(path);
  return error;
}

// Process exit status for an error: 2 usage, 3 malformed, 4 not_found or io, 5 unsupported,
// 6 limit, 7 conflict. (0 is success and 1 is a negative verdict, never an error.)
[[nodiscard]] int exit_code(ErrorCode code);

// Either a value or an Error. Asking for the one that is not there is a programming error and
// stops the program, in release builds too.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] T* operator->() { return &value(); }

  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
using Status = Result<std::monostate>;
[[nodiscard]] inline Status ok_status() { return std::monostate{}; }

}  // namespace urna
