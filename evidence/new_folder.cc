// SPDX-License-Identifier: EUPL-1.2
#include "evidence/new_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace urna::evidence {
namespace {

namespace fs = std::filesystem;

Status name_is_free(const std::string& name) {
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(name, failure))) return ok_status();
  return Error{
      ErrorCode::conflict, "there is something of that name", {name}, "choose another name"};
}

}  // namespace

NewFolder::NewFolder(std::string name) : final_(std::move(name)) {
  while (final_.size() > 1 && final_.ends_with('/')) final_.pop_back();
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!now_.empty()) fs::remove_all(now_, ignored);
}

Status NewFolder::begin() {
  if (Status is_free = name_is_free(final_); !is_free) return is_free;
  std::string name = final_ + ".XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    return Error{ErrorCode::io, std::strerror(errno), {final_}};
  now_ = std::move(name);
  std::error_code failure;
  fs::create_directory(fs::path(now_) / "items", failure);
  if (failure) return Error{ErrorCode::io, failure.message(), {now_}};
  return ok_status();
}

Status NewFolder::finish() {
  if (Status is_free = name_is_free(final_); !is_free) return is_free;
  std::error_code failure;
  fs::rename(now_, final_, failure);
  if (failure) return Error{ErrorCode::io, failure.message(), {final_}};
  now_.clear();
  return ok_status();
}

}  // namespace urna::evidence
