// SPDX-License-Identifier: EUPL-1.2
// Preloaded into a process, sets the clock that it sees: ahead of the real one by the seconds (a
// signed number of 64 bits of this machine) in the file that CLOCK_SHIFT_FILE names, which may be
// changed while the process runs. The clock that measures how long something takes is left alone,
// as it is when a computer's clock is set.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

using Shift = std::atomic<std::int64_t>;

const Shift& shift() {
  static const Shift* const mapped = [] {
    const char* path = std::getenv("CLOCK_SHIFT_FILE");
    const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) ::_exit(126);
    void* memory = ::mmap(nullptr, sizeof(Shift), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) ::_exit(126);
    return static_cast<const Shift*>(memory);
  }();
  return *mapped;
}

using Gettime = int (*)(clockid_t, timespec*);
int real_time(clockid_t clock, timespec* time) {
  static const auto real = reinterpret_cast<Gettime>(::dlsym(RTLD_NEXT, "clock_gettime"));
  return real(clock, time);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = real_time(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    time->tv_sec += shift().load();
  }
  return result;
}

time_t time(time_t* result) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* __restrict result, void* __restrict) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *result = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}
}
