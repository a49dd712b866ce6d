// SPDX-License-Identifier: EUPL-1.2
#include "screening/programs.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/file.h"

namespace urna::screening {
namespace {

// The program's input and output; what it complains of is of no use here.
class Actions {
 public:
  explicit Actions(const std::string& output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    constexpr mode_t owner_alone = 0600;
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, owner_alone);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  Actions(Actions&&) = delete;
  Actions& operator=(Actions&&) = delete;
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

Error failed(const std::string& what, int number) {
  return {ErrorCode::io, what + ": " + std::generic_category().message(number)};
}

// The exit status, or nothing if it did not end in time and was stopped.
Result<std::optional<int>> wait_for(pid_t child, std::uint32_t seconds_max) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_max);
  bool stopped = false;
  for (;;) {
    int state = 0;
    const pid_t ended = waitpid(child, &state, stopped ? 0 : WNOHANG);
    if (ended < 0 && errno != EINTR) return failed("cannot wait for a program", errno);
    if (ended == child) {
      if (stopped) return std::optional<int>();
      return std::optional(WIFEXITED(state) ? WEXITSTATUS(state) : -1);
    }
    if (!stopped && std::chrono::steady_clock::now() >= end) {
      kill(child, SIGKILL);
      stopped = true;
    }
    if (!stopped) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

Result<ReadingRoom> ReadingRoom::make() {
  std::error_code failure;
  std::string path = std::filesystem::temp_directory_path(failure).string() + "/urna-read-XXXXXX";
  if (failure || mkdtemp(path.data()) == nullptr) {
    return Error{ErrorCode::io, "cannot make a folder for reading", {path}, "see to TMPDIR"};
  }
  return ReadingRoom(std::move(path));
}

ReadingRoom::ReadingRoom(ReadingRoom&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ReadingRoom::~ReadingRoom() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<ProgramRun> run_program(const ReadingRoom& room, const std::vector<std::string>& words,
                               std::uint32_t seconds_max, std::size_t output_max) {
  const std::string output = room.path() + "/output";
  const Actions actions(output);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  // One thread, and messages and numbers as in no country.
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::array<std::string, 4> settings = {
      "PATH=" + std::string(path != nullptr ? path : "/usr/bin:/bin"), "LC_ALL=C.UTF-8",
      "OMP_THREAD_LIMIT=1", "TMPDIR=" + room.path()};
  std::array<char*, 5> environment = {settings[0].data(), settings[1].data(), settings[2].data(),
                                      settings[3].data(), nullptr};
  pid_t child = 0;
  const int spawned = posix_spawnp(&child, arguments[0], actions.get(), nullptr, arguments.data(),
                                   environment.data());
  if (spawned == ENOENT) {
    return Error{ErrorCode::not_found, "there is no program " + words[0], {}, "install it"};
  }
  if (spawned != 0) return failed("cannot run " + words[0], spawned);
  const Result<std::optional<int>> status = wait_for(child, seconds_max);
  if (!status) return status.error();
  if (!*status) return Error{ErrorCode::limit, words[0] + " took too long"};
  Result<std::string> written = read_file(output, output_max);
  if (!written) return std::move(written).error();
  return ProgramRun{**status, *std::move(written)};
}

}  // namespace urna::screening
