// SPDX-License-Identifier: EUPL-1.2
// Files for their owner alone, made once and never overwritten.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace urna {

// Makes the file with mode 0600, whole and durable or not at all. Of two who try at once, one
// succeeds. Errors: conflict (there is a file of that name; it is untouched), io, not_found (no
// such folder).
[[nodiscard]] Status create_private_file(const std::string& path, std::string_view bytes);

// Makes the folder, and those around it, with mode 0700 unless it exists. Error: io.
[[nodiscard]] Status make_private_folder(const std::string& path);

// The bytes of a file. Errors: those of read_file().
[[nodiscard]] Result<SecretBytes> read_secret_file(const std::string& path, std::size_t max_bytes);

// Gives the file another name, durably, replacing none. Errors: as create_private_file().
[[nodiscard]] Status rename_private_file(const std::string& from, const std::string& to);

// Overwrites the file with zeros, removes it, and makes both durable; a file that is not there is
// removed already. What the storage keeps of overwritten blocks (wear levelling, copies on write,
// backups) is beyond this. Error: io.
[[nodiscard]] Status erase_private_file(const std::string& path);

// Whether others than the owner may read the file. False if it cannot be asked.
[[nodiscard]] bool readable_by_others(const std::string& path);

}  // namespace urna
