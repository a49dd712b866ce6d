// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/check.h"

#include <utility>

#include "count/pabulib/check/check_budget.h"
#include "count/pabulib/check/check_meta.h"
#include "count/pabulib/check/check_projects.h"
#include "count/pabulib/check/check_rule.h"
#include "count/pabulib/check/check_votes.h"
#include "count/pabulib/check/clean_bytes.h"

namespace urna::count::pabulib::check {
namespace {

// Hands each row to the check of its section and finishes a section when the next one begins.
class Checker final : public RowSink {
 public:
  explicit Checker(Findings& findings)
      : findings_(findings),
        meta_(model_, findings),
        projects_(model_, findings),
        rule_(model_, findings) {}

  Status row(const Row& row) override {
    switch (row.section) {
      case Section::meta:
        if (row.header) {
          meta_.header(row);
        } else {
          meta_.row(row);
        }
        break;
      case Section::projects:
        if (row.header) {
          meta_.finish();
          projects_.header(row);
        } else {
          projects_.row(row);
        }
        break;
      case Section::votes:
        if (row.header) {
          projects_.finish();
          votes_.emplace(model_, findings_, rule_.begin() ? &rule_ : nullptr);
          votes_->header(row);
        } else {
          votes_->row(row);
        }
        break;
    }
    return ok_status();
  }

  void oddity(Oddity kind, std::uint64_t line) override {
    const Place place{line, 0, {}};
    switch (kind) {
      case Oddity::byte_order_mark:
        findings_.add(Code::byte_order_mark, place, "a byte order mark");
        break;
      case Oddity::mixed_line_ends:
        findings_.add(Code::mixed_line_ends, place, "this line ends unlike the first one");
        break;
      case Oddity::lone_carriage_return:
        findings_.add(Code::lone_carriage_return, place, "this line ends with a carriage return");
        break;
      case Oddity::empty_line:
        findings_.add(Code::empty_line, place, "an empty line");
        break;
      case Oddity::no_final_newline:
        findings_.add(Code::no_final_newline, place, "the last line has no line end");
        break;
      case Oddity::section_name_spaces:
        findings_.add(Code::section_name_spaces, place,
                      "spaces or separators beside the name of the section");
        break;
      case Oddity::section_name_case:
        findings_.add(Code::section_name_case, place, "the name of the section is not in capitals");
        break;
      case Oddity::stray_quotes:
        findings_.add(Code::stray_quotes, place, "a cell goes on after its closing quotation mark");
        break;
    }
  }

  // After a scan that reached the end of the file.
  void finish(const std::string& file) {
    votes_->finish();
    check_budget(model_, findings_);
    rule_.finish(file);
  }

  [[nodiscard]] const Model& model() const { return model_; }

 private:
  Findings& findings_;
  Model model_;
  MetaCheck meta_;
  ProjectsCheck projects_;
  RuleCheck rule_;
  std::optional<VotesCheck> votes_;
};

}  // namespace

std::uint64_t CheckReport::count(Level level) const {
  std::uint64_t sum = 0;
  for (const CodeInfo& code : all_codes()) {
    if (code.level == level) sum += count(code.code);
  }
  return sum;
}

Result<CheckReport> check_file(const ByteSource& source, std::string_view file,
                               const CheckOptions& options) {
  CheckReport report;
  report.file = file;
  Findings findings(options.places_max);
  Checker checker(findings);
  const ByteSource clean = clean_bytes(source, findings);
  if (Status scanned = scan(clean, file, checker); scanned) {
    report.complete = true;
    checker.finish(report.file);
  } else {
    Error error = std::move(scanned).error();
    if (error.code != ErrorCode::malformed && error.code != ErrorCode::limit) return error;
    findings.add_with_remedy(
        error.code == ErrorCode::limit ? Code::limit_exceeded : Code::file_structure,
        {error.place.line, error.place.column, error.place.field}, std::move(error.message),
        std::move(error.remedy));
  }
  report.votes = checker.model().vote_rows;
  report.projects = checker.model().project_rows;
  report.counts = findings.counts();
  report.findings = findings.take_sorted();
  return report;
}

}  // namespace urna::count::pabulib::check
