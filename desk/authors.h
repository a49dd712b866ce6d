// SPDX-License-Identifier: EUPL-1.2
// The rehearsal with authors: until the voting is opened, whoever has a link that an official made
// sees the ballot as voters will see it, and can say what is wrong with a project.
//
// A link is one for all authors of an edition: nobody is named in it, and who follows it is not
// asked who they are. Of its token only a keyed hash is kept. What authors write is refused where
// the publication filter finds personal data in it.
//
// Links and remarks are one file of the edition (`authors_file`), beside its draft: declared,
// disclosed and deleted with the edition's files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/drafts.h"
#include "desk/office.h"
#include "desk/snapshot.h"

namespace urna::desk {

inline constexpr std::string_view authors_file = "authors.json";
inline constexpr std::uint64_t author_link_days_max = 60;
inline constexpr std::size_t author_links_max = 50;     // of an edition, those of the past included
inline constexpr std::size_t remarks_max = 500;         // of an edition
inline constexpr std::size_t unanswered_max = 10;       // about one project
inline constexpr std::size_t remark_bytes_max = 3'000;  // and an answer

// Whether the ballot can be shown to authors now.
enum class RehearsalTime : std::uint8_t {
  now,
  not_yet,  // the rules were frozen, and their record is not begun
  over,     // two officials have opened the voting
};
[[nodiscard]] RehearsalTime rehearsal_time(const EditionRow& row, const Snapshot* snapshot);

struct AuthorLink {
  std::string id;  // random, for officials and for the log
  std::uint64_t created = 0;
  std::uint64_t expires = 0;
  bool revoked = false;
};

struct Remark {
  std::string id;
  std::string link;  // through which it came
  std::string pool;  // ids, as the manifest had them
  std::string project;
  std::uint64_t version = 0;  // of the draft that was looked at
  std::uint64_t time = 0;
  std::string text;
  std::uint64_t handled = 0;  // when an official dealt with it; 0: it waits
  std::string answer;         // shown to who follows a link; may be empty
};

struct Authors {
  std::vector<AuthorLink> links;  // in the order in which they were made
  std::vector<Remark> remarks;
};

// ---- For officials

struct NewAuthorLink {
  std::string id;
  std::string token;  // told once
  std::uint64_t expires = 0;
};
// Errors: usage (not this role), not_found, malformed (`days` is not 1 to author_link_days_max),
// limit, conflict (the voting was opened).
[[nodiscard]] Result<NewAuthorLink> make_author_link(const Office& office, const Official& actor,
                                                     std::string_view edition, std::uint64_t days,
                                                     const Snapshot* snapshot);
// From now on nobody sees anything through it; remarks stay. Errors: usage, not_found.
[[nodiscard]] Status revoke_author_link(const Office& office, const Official& actor,
                                        std::string_view edition, std::string_view link);
// Errors: not_found, io.
[[nodiscard]] Result<Authors> authors_of(const Office& office, std::string_view edition);
// Errors: usage, not_found, malformed (too long), conflict (personal data in it, `place.field`
// naming the answer; or it was handled before).
[[nodiscard]] Status handle_remark(const Office& office, const Official& actor,
                                   std::string_view edition, std::string_view remark,
                                   std::string_view answer);

// ---- For who follows a link

// Somebody with a good link.
struct Guest {
  EditionRow edition;
  AuthorLink link;
};
// Error: not_found, without saying which, for a token that is none, and for a link that was revoked
// or has expired.
[[nodiscard]] Result<Guest> guest_of(const Office& office, std::string_view token);

// Answered remarks: what officials want to be read by all.
[[nodiscard]] Result<std::vector<Remark>> answered_remarks(const Office& office,
                                                           const Guest& guest);

struct NewRemark {
  std::string pool;
  std::string project;
  std::string text;
};
// Keeps it for officials. Errors: malformed (no such project, no text or too long, `place.field`
// saying which), conflict (personal data in it), limit (too many wait), unsupported (the draft
// makes no ballot now), not_found, io.
[[nodiscard]] Status leave_remark(const Office& office, const Setting& setting, const Guest& guest,
                                  const NewRemark& remark);

}  // namespace urna::desk
