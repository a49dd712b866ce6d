// SPDX-License-Identifier: EUPL-1.2
#include "base/result.h"

namespace urna {

std::string Error::to_string() const {
  std::string text;
  if (!place.file.empty()) text += place.file + ":";
  if (place.line != 0) text += std::to_string(place.line) + ":";
  if (place.column != 0) text += std::to_string(place.column) + ":";
  if (!text.empty()) text += " ";
  if (!place.field.empty()) text += place.field + ": ";
  text += message;
  if (!remedy.empty()) text += "; " + remedy;
  return text;
}

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return 2;
    case ErrorCode::malformed:
      return 3;
    case ErrorCode::not_found:
    case ErrorCode::io:
      return 4;
    case ErrorCode::unsupported:
      return 5;
    case ErrorCode::limit:
      return 6;
    case ErrorCode::conflict:
      return 7;
  }
  return 3;
}

}  // namespace urna
