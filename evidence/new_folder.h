// SPDX-License-Identifier: EUPL-1.2
// Folders that are whole or not there.
#pragma once

#include <string>

#include "base/result.h"

namespace urna::evidence {

// A folder for its owner alone, under another name until it is whole. Unless finish() succeeded,
// the destructor removes it.
class NewFolder {
 public:
  // The name may end with slashes.
  explicit NewFolder(std::string name);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  // Makes it, with a folder "items" in it. Errors: conflict (there is something of the final name),
  // io.
  [[nodiscard]] Status begin();
  // Where it is until then.
  [[nodiscard]] const std::string& path() const { return now_; }
  // Gives it its name. Errors: as begin().
  [[nodiscard]] Status finish();

 private:
  std::string final_;
  std::string now_;  // empty: there is nothing to remove
};

}  // namespace urna::evidence
