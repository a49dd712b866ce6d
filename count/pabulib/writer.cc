// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/writer.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "count/pabulib/columns.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib {
namespace {

constexpr std::size_t copy_buffer_bytes = 256U << 10U;

// `length` bytes from `offset` on give way to `text`.
struct Edit {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string text;
};

// Finds the edits, in order of their offsets; changes nothing.
class EditPlanner final : public RowSink {
 public:
  explicit EditPlanner(const PerProject<bool>& selected) : selected_(selected) {}

  Status row(const Row& row) override {
    if (row.section != Section::projects) return ok_status();
    if (row.header) {
      plan_header(row);
    } else {
      // Rows beyond the known projects are only counted; the caller refuses them.
      if (projects_ < selected_.size()) {
        const ProjectIndex p{static_cast<std::uint16_t>(projects_)};
        plan_cell(row, selected_[p] ? "1" : "0");
      }
      ++projects_;
    }
    return ok_status();
  }

  [[nodiscard]] std::size_t projects() const { return projects_; }
  [[nodiscard]] const std::vector<Edit>& edits() const { return edits_; }

 private:
  void plan_header(const Row& row) {
    if (const Column present = find_column(row.cells, "selected")) {
      column_ = *present;
      return;
    }
    added_ = true;
    if (const Column name = find_column(row.cells, "name")) {
      column_ = *name + 1;
    } else {
      column_ = row.cells.size();
      while (column_ > 1 && is_blank(row.cells[column_ - 1].text)) --column_;
    }
    plan_cell(row, "selected");
  }

  void plan_cell(const Row& row, std::string_view value) {
    const std::size_t cells = row.cells.size();
    if (!added_ && column_ < cells) {
      const Cell& cell = row.cells[column_];
      edits_.push_back({row.offset + cell.begin, cell.end - cell.begin, std::string(value)});
      return;
    }
    // Behind the cell before it; a row that ends earlier is filled up.
    const std::size_t before = std::min(column_, cells) - 1;
    std::string text(column_ - before, ';');
    text += value;
    edits_.push_back({row.offset + row.cells[before].end, 0, std::move(text)});
  }

  const PerProject<bool>& selected_;
  std::vector<Edit> edits_;
  std::size_t column_ = 0;  // of `selected` in the result
  bool added_ = false;      // the source has no such column
  std::size_t projects_ = 0;
};

// Copies a source to a file piece by piece, applying edits on the way.
class EditedCopy {
 public:
  EditedCopy(AtomicFile& file, const std::vector<Edit>& edits) : file_(file), edits_(edits) {}

  // The next bytes of the source. No edit stands behind its last byte, because VOTES follows.
  Status take(std::string_view bytes) {
    const std::uint64_t end = offset_ + bytes.size();
    while (!bytes.empty()) {
      const std::uint64_t dropped = std::min<std::uint64_t>(to_drop_, bytes.size());
      pass(bytes, dropped);
      to_drop_ -= dropped;
      const bool edit_here = next_ < edits_.size() && edits_[next_].offset < end;
      const std::uint64_t kept =
          edit_here && to_drop_ == 0 ? edits_[next_].offset - offset_ : bytes.size();
      if (Status written = file_.write(bytes.substr(0, kept)); !written) return written;
      pass(bytes, kept);
      if (!edit_here || to_drop_ > 0) continue;
      if (Status written = file_.write(edits_[next_].text); !written) return written;
      to_drop_ = edits_[next_].length;
      ++next_;
    }
    return ok_status();
  }

  [[nodiscard]] std::uint64_t copied() const { return offset_; }

 private:
  void pass(std::string_view& bytes, std::uint64_t count) {
    bytes.remove_prefix(count);
    offset_ += count;
  }

  AtomicFile& file_;
  const std::vector<Edit>& edits_;
  std::uint64_t offset_ = 0;
  std::uint64_t to_drop_ = 0;
  std::size_t next_ = 0;
};

Result<std::uint64_t> plan(const std::string& source, EditPlanner& planner) {
  Result<ByteSource> bytes = open_bytes(source);
  if (!bytes) return std::move(bytes).error();
  std::uint64_t size = 0;
  const ByteSource counted = [&](std::span<char> buffer) {
    Result<std::size_t> count = (*bytes)(buffer);
    if (count) size += *count;
    return count;
  };
  if (Status scanned = scan(counted, source, planner); !scanned) return std::move(scanned).error();
  return size;
}

}  // namespace

Status write_selected(const std::string& source, const std::string& path,
                      const PerProject<bool>& selected) {
  if (source == "-") {
    return Error{ErrorCode::usage,
                 "standard input cannot be read twice",
                 {},
                 "save the input as a file first"};
  }
  EditPlanner planner(selected);
  Result<std::uint64_t> size = plan(source, planner);
  if (!size) return std::move(size).error();
  if (planner.projects() != selected.size()) {
    return Error{ErrorCode::malformed,
                 fmt::format("the file has {} projects where {} were counted", planner.projects(),
                             selected.size()),
                 {source},
                 "write the outcome into the file that was counted"};
  }

  Result<ByteSource> bytes = open_bytes(source);
  if (!bytes) return std::move(bytes).error();
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return std::move(file).error();
  EditedCopy copy(*file, planner.edits());
  std::vector<char> buffer(copy_buffer_bytes);
  for (;;) {
    Result<std::size_t> count = (*bytes)(buffer);
    if (!count) return std::move(count).error();
    if (*count == 0) break;
    if (Status taken = copy.take({buffer.data(), *count}); !taken) return taken;
  }
  if (copy.copied() != *size) {
    return Error{ErrorCode::io, "the file changed while it was copied", {source}, "try again"};
  }
  return file->commit();
}

}  // namespace urna::count::pabulib
