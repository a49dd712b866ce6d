// SPDX-License-Identifier: EUPL-1.2
// What the ballot box tells of the result, once it is on the board: results, open data, and what
// pages show about projects.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ballotbox/ballot_box.h"
#include "base/result.h"
#include "results/edition_data.h"
#include "server/log.h"
#include "server/router.h"

namespace urna::api {

// presentation.json with its meaning.
struct PresentationFile {
  std::string bytes;
  presentation::Presentation content;
};

// Reads the file and holds it against the META of every pool of the edition. Errors: those of
// read_file() and parse_presentation(); conflict (not the file that the manifest names, or it names
// none).
[[nodiscard]] Result<PresentationFile> load_presentation(const std::string& path,
                                                         const ballotbox::BallotBox& box);

// Counts in a thread of its own whenever the board has a result that is not shown yet, with the
// code of `urna count`, and holds the files that tell of it. Nothing of it exists before the
// closing. The votes of open data are read from the store when they are asked for.
class ResultsDesk {
 public:
  // The box outlives the desk. Counting that fails is logged, and tried again when another pool has
  // a result.
  ResultsDesk(const ballotbox::BallotBox& box, std::optional<PresentationFile> presentation,
              std::string program, const server::Log& log);
  ResultsDesk(const ResultsDesk&) = delete;
  ResultsDesk& operator=(const ResultsDesk&) = delete;
  ~ResultsDesk();

  // By name, as of now; never null.
  struct Shown {
    std::map<std::string, results::DataFile, std::less<>> files;
    std::map<std::string, std::string, std::less<>> slugs;  // of pools without result: why not
    bool counting = false;                                  // the board says more than is shown
  };
  [[nodiscard]] std::shared_ptr<const Shown> shown() const;
  [[nodiscard]] const std::optional<PresentationFile>& presentation() const {
    return presentation_;
  }
  [[nodiscard]] const ballotbox::BallotBox& box() const { return box_; }

 private:
  void watch();
  void look();
  [[nodiscard]] bool stopping() const;

  const ballotbox::BallotBox& box_;
  std::optional<PresentationFile> presentation_;
  std::string program_;
  const server::Log& log_;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::shared_ptr<const Shown> shown_;
  std::optional<std::size_t> finished_;  // pools, when they were counted last; the thread's own
  std::thread thread_;
};

// GET /api/v1/results, /api/v1/results/{pool}, /open-data/{file}; /presentation.json if there is
// one. `protocol` is the path of the signed protocol, looked for at every request; may be empty.
// The desk outlives the router.
[[nodiscard]] Status add_results_routes(server::Router& router, const ResultsDesk& desk,
                                        const std::string& protocol);

}  // namespace urna::api
