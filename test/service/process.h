// SPDX-License-Identifier: EUPL-1.2
// The program as a process of its own: started, asked over HTTP, killed.
#pragma once

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace urna::trial {

inline void write_text(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
}

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Process {
 public:
  // Runs the words; standard error goes to the file, behind what is there.
  Process(const std::vector<std::string>& words, const std::string& log) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    id_ = ::fork();
    if (id_ != 0) return;
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (id_ > 0) end(SIGKILL);
  }
  // Sends the signal and waits for the end: the exit status, or minus the signal that ended it.
  int end(int signal) {
    ::kill(id_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  [[nodiscard]] bool running() {
    if (id_ <= 0) return false;
    int status = 0;
    if (::waitpid(id_, &status, WNOHANG) == 0) return true;
    id_ = -1;
    return false;
  }
  [[nodiscard]] pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
};

// Waits for a role of the program to write its address; "" if it ends before.
inline std::string wait_for_address(Process& process, const std::string& ready_file) {
  for (int i = 0; i < 6'000; ++i) {
    const std::string text = read_text(ready_file);
    if (!text.empty() && text.back() == '\n') return "http://" + text.substr(0, text.size() - 1);
    if (!process.running()) return "";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "";
}

}  // namespace urna::trial
