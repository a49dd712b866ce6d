// SPDX-License-Identifier: EUPL-1.2
// What tests of keepers need: a store in memory, keepers with their shares in a folder, a clock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/private_file.h"
#include "keeper/keeper.h"
#include "keeper/keeper_store.h"
#include "pseudonym/ceremony.h"

namespace urna::keeper::test {

class MemoryStore final : public KeeperStore {
 public:
  Result<std::optional<std::size_t>> charge(std::span<const Counter> counters, std::uint64_t amount,
                                            const LogLine& line) override {
    const std::lock_guard guard(lock_);
    if (failing) return failure();
    for (std::size_t i = 0; i < counters.size(); ++i) {
      const std::uint64_t used = counters_[counters[i].name];
      if (used > counters[i].most || amount > counters[i].most - used) return std::optional(i);
    }
    for (const Counter& counter : counters) counters_[counter.name] += amount;
    add(line);
    return std::optional<std::size_t>();
  }
  Result<std::uint64_t> counted(const std::string& name) override {
    const std::lock_guard guard(lock_);
    if (failing) return failure();
    const auto place = counters_.find(name);
    return place == counters_.end() ? std::uint64_t{0} : place->second;
  }
  Status append(const LogLine& line) override {
    const std::lock_guard guard(lock_);
    if (failing) return failure();
    add(line);
    return ok_status();
  }
  Result<std::vector<LogLine>> lines(std::uint64_t first, std::size_t count) override {
    const std::lock_guard guard(lock_);
    std::vector<LogLine> some;
    for (const LogLine& line : lines_) {
      if (line.number >= first && some.size() < count) some.push_back(line);
    }
    return some;
  }
  Result<std::uint64_t> last(Event event) override {
    const std::lock_guard guard(lock_);
    std::uint64_t number = 0;
    for (const LogLine& line : lines_) {
      if (line.event == event) number = line.number;
    }
    return number;
  }

  Result<std::uint64_t> apply(const protection::Deletion& /*deletion*/) override {
    const std::lock_guard guard(lock_);
    const std::uint64_t rows = lines_.size();
    lines_.clear();
    return rows;
  }

  bool failing = false;

 private:
  static Error failure() { return {ErrorCode::io, "the database refuses"}; }
  void add(LogLine line) {
    line.number = lines_.size() + 1;
    lines_.push_back(std::move(line));
  }

  std::mutex lock_;
  std::map<std::string, std::uint64_t> counters_;
  std::vector<LogLine> lines_;
};

// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "urna-keeper.XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Two keepers of whom both must answer, their shares in files share-1 and share-2 of the folder.
struct SampleKeepers {
  Folder folder;
  pseudonym::KeepersTogether keepers = pseudonym::make_keepers_together(2, 2).value();
  std::uint64_t now = 1'800'000'000;  // on the minute and on the hour
  SecretBytes registrar_token = make_token();
  SecretBytes desk_token = make_token();

  SampleKeepers() {
    for (const pseudonym::KeyShare& share : keepers.shares) {
      const SecretBytes bytes = share.encode(keepers.group);
      static_cast<void>(create_private_file(share_path(share.keeper().value), bytes.view()));
    }
  }

  [[nodiscard]] std::string share_path(int keeper) const {
    return folder.file("share-" + std::to_string(keeper));
  }

  [[nodiscard]] KeeperConfig config(int keeper) const {
    using pseudonym::Purpose;
    KeeperConfig config;
    config.edition = "pl-sample-2026";
    config.share_path = share_path(keeper);
    config.certificate_path = folder.file("certificate-" + std::to_string(keeper));
    Caller registrar{"registrar", hash_token(registrar_token.view()), {}};
    registrar.allowed.push_back({Purpose::roll_import, {{1000, 0}}});
    registrar.allowed.push_back({Purpose::certification, {{20, 3600}, {50, 86'400}}});
    Caller desk{"desk", hash_token(desk_token.view()), {}};
    desk.allowed.push_back({Purpose::list_check, {{100, 0}}});
    config.callers = {registrar, desk};
    config.clock = [this] { return now; };
    return config;
  }
};

}  // namespace urna::keeper::test
