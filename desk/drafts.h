// SPDX-License-Identifier: EUPL-1.2
// Editions while they are prepared: a JSON text that grows in a form or comes from a file, files
// beside it, and what is wrong with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "desk/office.h"
#include "desk/ports/ballot_box.h"
#include "election/manifest.h"
#include "tally/edition_config.h"

namespace urna::desk {

inline constexpr std::size_t draft_bytes_max = std::size_t{2} << 20U;
inline constexpr std::size_t draft_file_bytes_max = std::size_t{16} << 20U;
inline constexpr std::size_t draft_files_max = 256;

// A ballot box that an edition can be given to: one edition each, because a board's name and key
// are those of one log for ever.
struct Box {
  std::string name;
  std::string url;  // for people
  board::LogSecretKey key;
  std::vector<std::string> witnesses;  // NAME+ID+KEY
  std::uint64_t cosignatures = 0;
  std::shared_ptr<BallotBoxPort> port;
  std::string site_sha256 = {};  // of the list of the files of its site; empty: not named
};

// What the configuration says that every edition takes over.
struct Setting {
  std::string registrar_key;  // 64 hexadecimal digits
  std::vector<Box> boxes;

  [[nodiscard]] const Box* box(std::string_view name) const;
};

// A draft has the fields that `urna edition new` reads (docs/trustees.md) with these differences:
// `officials` are references of officials at this desk, `box` names a ballot box in the place of
// `board`, `registrar` is left out, `resolution` may be {"number": …, "date": "2026-05-04"}, and
// files are those uploaded to the edition.

// A new draft; its content is that of `from` if there is such an edition, its files too. Errors:
// not_found, usage.
[[nodiscard]] Result<std::string> create_draft(const Office& office, const Official& actor,
                                               std::string_view from);

// The new version. Errors: malformed (no JSON object, too deep), limit, not_found, usage; conflict
// (somebody else has changed it since that version, or it is frozen).
[[nodiscard]] Result<std::uint64_t> save_draft(const Office& office, const Official& actor,
                                               std::string_view edition, std::uint64_t version,
                                               std::string_view json);

// What pages tell beyond the manifest (docs/presentation.md): descriptions, topics, places, map.
inline constexpr std::string_view presentation_file = "presentation.json";
// Names are 1 to 100 of A-Z, a-z, 0-9, ".", "-", "_", not beginning with "." or "-".
[[nodiscard]] bool is_file_name(std::string_view name);
// Errors: malformed (a name, or a card, a Pabulib file, a presentation that is none), limit,
// conflict (frozen), not_found, usage.
[[nodiscard]] Status put_draft_file(const Office& office, const Official& actor,
                                    std::string_view edition, std::string_view name,
                                    std::string_view bytes);
[[nodiscard]] Status remove_draft_file(const Office& office, const Official& actor,
                                       std::string_view edition, std::string_view name);

// What of an edition is shown in a list.
struct Listed {
  EditionRow row;
  std::string title;
};
[[nodiscard]] Result<std::vector<Listed>> list_editions(const Office& office);
// The title in a draft; empty if it has none.
[[nodiscard]] std::string title_of(std::string_view draft);

struct DraftFile {
  std::string name;
  std::uint64_t size = 0;
  std::string trustee;      // of a card: its name …
  std::string fingerprint;  // … and what is compared by voice
};
[[nodiscard]] Result<std::vector<DraftFile>> describe_files(DeskTransaction& transaction,
                                                            std::string_view edition);

// Checks a draft. With `stand_ins`, keys that are not there yet (trustees, officials, the box) are
// replaced by ones that nobody has, for a preview. Errors: io.
enum class StandIns : std::uint8_t { no, yes };
[[nodiscard]] Result<tally::EditionCheck> check_draft(DeskTransaction& transaction,
                                                      const Setting& setting, const EditionRow& row,
                                                      StandIns stand_ins);

// The manifest of an edition, as the pages of the voting get it: the frozen one, or what the draft
// would make, with keys that nobody has where some are missing. Errors: not_found, io; malformed
// (of a draft: the first thing wrong).
[[nodiscard]] Result<election::Manifest> manifest_as_voters_see(DeskTransaction& transaction,
                                                                const Setting& setting,
                                                                const EditionRow& row);
// The file that the draft names as its presentation; empty if there is none. Errors: io.
[[nodiscard]] Result<std::string> presentation_as_voters_see(DeskTransaction& transaction,
                                                             const EditionRow& row);

// Freezes the rules: the manifest is made, and from now on the trustees' key is being made for it.
// The edition hash. Errors: malformed (the first thing wrong), conflict (frozen already, another
// version, the box is taken), not_found, usage.
[[nodiscard]] Result<std::string> freeze(const Office& office, const Setting& setting,
                                         const Official& actor, std::string_view edition,
                                         std::uint64_t version);
inline constexpr std::string_view manifest_file = "manifest.cbor";

}  // namespace urna::desk
