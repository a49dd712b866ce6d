// SPDX-License-Identifier: EUPL-1.2
// Secret bytes in memory: wiped when no longer needed, neither copied nor printed.
#pragma once

#include <sodium/utils.h>
#include <string>
#include <string_view>
#include <utility>

namespace urna {

class SecretBytes {
 public:
  SecretBytes() = default;
  // Takes the bytes over; the string given is left empty and wiped.
  explicit SecretBytes(std::string&& bytes) : bytes_(std::move(bytes)) { wipe(bytes); }
  SecretBytes(SecretBytes&& other) noexcept : SecretBytes(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::move(other.bytes_);
      wipe(other.bytes_);
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  // A view that lives as long as this.
  [[nodiscard]] std::string_view view() const { return bytes_; }

  // Zeroes all that the string has room for: short strings lie in the object itself and are left
  // behind by a move.
  static void wipe(std::string& bytes) {
    bytes.resize(bytes.capacity());
    sodium_memzero(bytes.data(), bytes.size());
    bytes.clear();
  }

 private:
  std::string bytes_;
};

}  // namespace urna
