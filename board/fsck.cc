// SPDX-License-Identifier: EUPL-1.2
#include "board/fsck.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/parallel.h"
#include "board/merkle.h"
#include "board/tiles.h"

namespace urna::board {
namespace {

namespace fs = std::filesystem;

// Read side by side; their hashes wait for their turn.
constexpr std::uint64_t bundles_together = 128;

// "entry 7" or "entries 256 to 511".
std::string entries_text(std::uint64_t first, std::uint64_t last) {
  return first == last ? "entry " + std::to_string(first)
                       : "the entries " + std::to_string(first) + " to " + std::to_string(last);
}

class Check {
 public:
  Check(std::string directory, FsckReport& report, unsigned threads)
      : directory_(std::move(directory)),
        report_(report),
        threads_(threads),
        size_(report.checkpoint.size) {}

  [[nodiscard]] Status run() {
    const std::uint64_t bundles = size_ / tile_width + (size_ % tile_width == 0 ? 0 : 1);
    for (std::uint64_t first = 0; first < bundles; first += bundles_together) {
      const std::uint64_t number = std::min(bundles_together, bundles - first);
      if (Status good = check_bundles(first, number); !good) return good;
    }
    for (unsigned level = 0; level < edge_.levels().size(); ++level) {
      const TilePlace place = edge_.place(level);
      if (place.width == 0) continue;
      if (Status good = check_tile(place, tile_bytes(edge_.levels()[level])); !good) return good;
    }
    if (edge_.root() != report_.checkpoint.root)
      return Error{ErrorCode::conflict,
                   "the " + std::to_string(size_) + " entries have the root " +
                       to_base64(view_of(edge_.root())) + ", but the checkpoint says " +
                       to_base64(view_of(report_.checkpoint.root)) +
                       ": entries were changed, exchanged, added or removed",
                   {directory_ + "/checkpoint"}};
    return check_file_list();
  }

 private:
  struct Listed {
    std::string name;  // from the log's folder on
    bool regular;      // no link, pipe or device
  };

  [[nodiscard]] std::string path(const TilePlace& place) const {
    return directory_ + "/" + place.path();
  }

  // The bytes of a file that the log must have.
  [[nodiscard]] Result<std::string> read(const TilePlace& place) const {
    Result<std::string> bytes =
        read_file(path(place), place.level ? max_tile_bytes : max_bundle_bytes);
    if (bytes || bytes.error().code != ErrorCode::not_found) return bytes;
    Error error = std::move(bytes).error();
    error.message =
        "a log of " + std::to_string(size_) + " entries has this file, but it is missing";
    error.remedy = "fetch it from a copy of the log";
    return error;
  }
  [[nodiscard]] Result<std::string> read_counted(const TilePlace& place) {
    Result<std::string> bytes = read(place);
    if (bytes) count(bytes->size());
    return bytes;
  }
  void count(std::uint64_t bytes) {
    ++report_.files;
    report_.bytes += bytes;
  }

  // What is kept of a bundle.
  struct Bundle {
    std::uint64_t bytes = 0;
    std::vector<Sha256Digest> leaves;
    Sha256Digest root{};  // of these, if it is full
    std::string partial;  // its bytes, if it is not
  };

  [[nodiscard]] TilePlace bundle_place(std::uint64_t index) const {
    return {std::nullopt, index, width_in_tree(std::nullopt, index, size_)};
  }

  [[nodiscard]] Result<Bundle> read_bundle(std::uint64_t index) const {
    const TilePlace place = bundle_place(index);
    Result<std::string> bytes = read(place);
    if (!bytes) return std::move(bytes).error();
    const Result<std::vector<std::string_view>> entries = split_bundle(*bytes, place.width);
    if (!entries) {
      Error error = entries.error();
      error.place.file = path(place);
      error.message +=
          "; it begins with entry " + std::to_string(index * tile_width) + " of the log";
      return error;
    }
    Bundle bundle;
    bundle.bytes = bytes->size();
    for (const std::string_view entry : *entries) bundle.leaves.push_back(leaf_hash(entry));
    if (place.width == tile_width) {
      bundle.root = root_of(bundle.leaves);
    } else {
      bundle.partial = *std::move(bytes);
    }
    return bundle;
  }

  // The bundles from `first` on, some of them side by side.
  [[nodiscard]] Status check_bundles(std::uint64_t first, std::size_t number) {
    std::vector<std::optional<Result<Bundle>>> bundles(number);
    for_each_piece(number, threads_, [&](std::size_t i) { bundles[i] = read_bundle(first + i); });
    for (std::optional<Result<Bundle>>& read : bundles) {
      if (!*read) return std::move(*read).error();
      Bundle& bundle = **read;
      count(bundle.bytes);
      if (Status added = append(bundle); !added) return added;
      if (!bundle.partial.empty()) last_bundle_ = std::move(bundle.partial);
    }
    return ok_status();
  }

  [[nodiscard]] Status append(const Bundle& bundle) {
    const TreeEdge::FullTile check = [this](const TilePlace& tile,
                                            std::span<const Sha256Digest> hashes) {
      return check_tile(tile, tile_bytes(hashes));
    };
    if (bundle.leaves.size() == tile_width)
      return edge_.append_tile(bundle.leaves, bundle.root, check);
    for (const Sha256Digest& leaf : bundle.leaves) {
      if (Status added = edge_.append(leaf, check); !added) return added;
    }
    return ok_status();
  }

  // Whether the file of a hash tile holds the bytes that follow from the entries.
  [[nodiscard]] Status check_tile(const TilePlace& place, std::string_view expected) {
    const Result<std::string> bytes = read_counted(place);
    if (!bytes) return bytes.error();
    if (*bytes == expected) return ok_status();
    if (bytes->size() != expected.size())
      return Error{ErrorCode::malformed,
                   "the tile has " + std::to_string(bytes->size()) + " bytes instead of " +
                       std::to_string(expected.size()),
                   {path(place)}};
    const auto difference = std::mismatch(bytes->begin(), bytes->end(), expected.begin()).first;
    const auto hash = static_cast<std::uint64_t>(difference - bytes->begin()) / 32;
    const unsigned height = tile_height * *place.level;
    const std::uint64_t first = (place.index * tile_width + hash) << height;
    const std::uint64_t last = first + ((std::uint64_t{1} << height) - 1);
    return Error{ErrorCode::conflict,
                 "hash " + std::to_string(hash) + " of the tile is not that of " +
                     entries_text(first, last) + ": the tile or the bundle with " +
                     (first == last ? "that entry" : "one of those entries") + " was changed",
                 {path(place)}};
  }

  // Nothing under tile/ but what the log has, and earlier partial tiles that are beginnings of the
  // present ones. In the order of names, so that the first one wrong is always the same.
  [[nodiscard]] Status check_file_list() {
    std::vector<Listed> files;
    std::error_code error;
    const fs::path tiles = fs::path(directory_) / "tile";
    if (!fs::exists(tiles, error) && !error) return ok_status();  // size 0, or found missing above
    for (fs::recursive_directory_iterator it(tiles, error), end; !error && it != end;
         it.increment(error)) {
      const fs::file_type type = it->symlink_status(error).type();
      if (type != fs::file_type::directory)
        files.push_back({it->path().lexically_relative(directory_).generic_string(),
                         type == fs::file_type::regular});
    }
    if (error)
      return Error{ErrorCode::io,
                   "cannot list the files: " + error.message(),
                   {tiles.string()},
                   "check the folder and its permissions"};
    std::sort(files.begin(), files.end(),
              [](const Listed& a, const Listed& b) { return a.name < b.name; });
    for (const Listed& file : files)
      if (Status good = check_listed(file); !good) return good;
    return ok_status();
  }

  [[nodiscard]] Status check_listed(const Listed& file) {
    const std::string& name = file.name;
    const Result<TilePlace> place = TilePlace::parse(name);
    if (!file.regular || !place || !may_be_in_log(*place, size_))
      return Error{ErrorCode::conflict,
                   "a log of " + std::to_string(size_) + " entries has no such file",
                   {directory_ + "/" + name},
                   "it may be left from an interrupted commit, which opening the log for writing "
                   "cleans up; the log is sound without it"};
    if (place->width == width_in_tree(place->level, place->index, size_)) return ok_status();

    const Result<std::string> bytes = read_counted(*place);
    if (!bytes) return bytes.error();
    const std::string present =
        place->level ? tile_bytes(edge_.levels()[*place->level]) : last_bundle_;
    const bool whole = place->level ? bytes->size() == std::size_t{place->width} * 32
                                    : split_bundle(*bytes, place->width).ok();
    if (!whole || !present.starts_with(*bytes))
      return Error{ErrorCode::conflict,
                   "this earlier partial tile is not the beginning of the present one, of width " +
                       std::to_string(width_in_tree(place->level, place->index, size_)),
                   {directory_ + "/" + name}};
    return ok_status();
  }

  std::string directory_;
  FsckReport& report_;
  unsigned threads_;
  std::uint64_t size_;
  TreeEdge edge_;
  std::string last_bundle_;  // the partial one
};

}  // namespace

Result<FsckReport> fsck(const std::string& directory, const LogKey* log,
                        std::span<const WitnessKey> witnesses, std::size_t threshold,
                        unsigned threads) {
  if (log == nullptr && (!witnesses.empty() || threshold != 0))
    return Error{ErrorCode::usage,
                 "witnesses are checked only together with the log's key",
                 {},
                 "give the log's key too"};
  const std::string path = directory + "/checkpoint";
  const Result<std::string> note = read_file(path, max_note_bytes);
  if (!note) return note.error();
  FsckReport report;
  if (log != nullptr) {
    Result<VerifiedCheckpoint> verified = verify_checkpoint(*note, *log, witnesses, threshold);
    if (!verified) return in_file(std::move(verified).error(), path);
    report.checkpoint = std::move(verified->checkpoint);
    report.cosignatures = std::move(verified->cosignatures);
    report.signature_verified = true;
  } else {
    Result<UnverifiedNote> parsed = UnverifiedNote::parse(*note);
    if (!parsed) return in_file(std::move(parsed).error(), path);
    report.checkpoint = std::move(parsed->checkpoint);
  }
  if (Status good = Check(directory, report, threads).run(); !good) return std::move(good).error();
  return report;
}

}  // namespace urna::board
