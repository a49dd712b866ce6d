// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/mutants.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "rehearsal/deceits.h"
#include "rehearsal/forge.h"

namespace urna::rehearsal {
namespace {

// The texts hold no character that JSON would escape.
std::string index_of(const std::vector<MutantRecord>& written) {
  std::string json = "[\n";
  for (const MutantRecord& mutant : written) {
    fmt::format_to(
        std::back_inserter(json),
        "  {{\"name\": \"{}\", \"item\": {}, \"step\": \"{}\", \"description\": \"{}\"}}{}\n",
        mutant.name, mutant.item, mutant.step, mutant.description,
        &mutant == &written.back() ? "" : ",");
  }
  return json + "]\n";
}

}  // namespace

Result<MutantReport> make_mutants(const std::string& record, const Cast& cast,
                                  const std::string& out,
                                  const std::function<void(const std::string&, double)>& progress) {
  const Result<TrueRecord> truth = TrueRecord::read(record);
  if (!truth) return truth.error();
  if (cast.registrar.key != truth->state.manifest().registrar ||
      cast.shares.size() != truth->state.manifest().trustee_count()) {
    return Error{ErrorCode::malformed,
                 "these are not the secrets of this record",
                 {record},
                 "give the file that `urna rehearse --keep-secrets` wrote for it"};
  }
  std::error_code failure;
  std::filesystem::create_directories(out, failure);
  if (failure) return Error{ErrorCode::io, failure.message(), {out}};

  MutantReport report;
  const std::vector<Deceit> deceits = all_deceits();
  for (std::size_t i = 0; i < deceits.size(); ++i) {
    const Deceit& deceit = deceits[i];
    progress(deceit.name, static_cast<double>(i) / static_cast<double>(deceits.size()));
    Forge forge(*truth, cast);
    const Result<bool> possible = deceit.commit(forge);
    if (!possible) return possible.error();
    if (!*possible) {
      report.left_out.push_back(deceit.name);
      continue;
    }
    const std::string folder = out + "/" + deceit.name;
    if (Status written = write_record(forge.copy(), cast, folder); !written) {
      return std::move(written).error();
    }
    if (deceit.on_disk) {
      if (Status done = deceit.on_disk(forge, folder); !done) return std::move(done).error();
    }
    report.written.push_back({deceit.name, deceit.item, deceit.description, deceit.step});
  }
  if (Status written = write_file_atomically(out + "/mutants.json", index_of(report.written));
      !written) {
    return std::move(written).error();
  }
  return report;
}

}  // namespace urna::rehearsal
