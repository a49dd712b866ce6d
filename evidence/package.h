// SPDX-License-Identifier: EUPL-1.2
// Evidence packages: what is known of one case, in a folder that anybody can check without a
// network, and that says by itself if a byte of it was changed (docs/evidence.md).
//
//   package.json      what the package is of, and each item with its size, SHA-256 and level
//   items/NAME        the items
//   custody.jsonl     who had it: one signed line each, chained by hashes; the first line is the
//   maker's time.tsr          a time stamp of package.json (RFC 3161), if there is one
//
// The signatures of the first line and the time stamp are over package.json, and so over every
// item.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "proof/signature.h"

namespace urna::evidence {

// Who may see an item; each level contains those below.
enum class Level : std::uint8_t {
  open,          // anybody
  pseudonymous,  // whoever works on the case: nobody can be recognised by it alone
  personal,      // the recipient that the law names
};
[[nodiscard]] std::string_view to_string(Level level);  // "open" …
// Error: malformed.
[[nodiscard]] Result<Level> parse_level(std::string_view text);

inline constexpr std::size_t items_max = 1000;
inline constexpr std::size_t item_bytes_max = std::size_t{64} << 20U;
inline constexpr std::size_t package_bytes_max = std::size_t{256} << 20U;
inline constexpr std::size_t text_bytes_max = 2000;
inline constexpr std::size_t name_bytes_max = 120;

// What is put in: a file under a name of 1 to 120 of A-Z a-z 0-9 . - _ that begins with a letter or
// digit.
struct Source {
  std::string path;
  std::string name;
  std::string about;
  Level level = Level::personal;
};

struct Description {
  std::string case_number;
  std::string edition;  // its id or hash
  std::string about;    // what happened, in one paragraph
  std::string basis;    // the law that the package is made by
};

// Somebody who signs: a name and a key.
struct Signer {
  std::string name;
  const proof::SigningKey& key;
};

// Makes the folder, which must not be there: whole, or not at all. The first line of custody is the
// signer's. Errors: conflict (the folder exists; two items of one name), malformed (a name, a text
// that is too long or not UTF-8), limit, not_found, io.
[[nodiscard]] Status make_package(const std::string& folder, const Description& description,
                                  const std::vector<Source>& sources, const Signer& signer,
                                  std::uint64_t time);

enum class Act : std::uint8_t { made, handed_over, received, opened, returned };
[[nodiscard]] std::string_view to_string(Act act);  // "made", "handed-over" …
// Error: malformed.
[[nodiscard]] Result<Act> parse_act(std::string_view text);

struct Custody {
  Act act = Act::received;
  std::string to;  // of handed_over: whom
  std::string note;
  std::optional<Level> level;  // of handed_over: what is above was left out
};
// Adds a line. Errors: as verify_package() gives for custody.jsonl, so that nobody signs a broken
// chain; malformed, io.
[[nodiscard]] Status add_custody(const std::string& folder, const Custody& custody,
                                 const Signer& signer, std::uint64_t time);

// One thing that is wrong, or that whoever reads should know.
struct Finding {
  bool wrong = true;
  std::string where;  // "items/events.jsonl", "custody.jsonl line 2" …
  std::string what;   // one sentence
};

struct CustodyLine {
  std::uint64_t time = 0;
  Act act = Act::made;
  std::string who, to, note;
  std::string key;  // 64 hexadecimal digits
  std::optional<Level> level;
};

struct Report {
  Description description;
  std::uint64_t made = 0;
  std::size_t items = 0, withheld = 0;
  std::vector<CustodyLine> custody;
  std::optional<std::uint64_t> stamped;  // the moment of the time stamp
  std::vector<Finding> findings;
  [[nodiscard]] bool sound() const;  // nothing is wrong
};

struct Trust {
  // Keys of officials that the reader knows; if any are given, the maker's must be among them.
  std::vector<proof::ElementBytes> makers;
  // A file of certificates (PEM) of authorities whose time stamps are believed; empty: a time stamp
  // is compared with the package, and its issuer is not looked at, which is said.
  std::string time_authorities;
};

// Checks everything, and goes on after what is wrong. Error: not_found (no package there), io;
// malformed if package.json cannot be read at all.
[[nodiscard]] Result<Report> verify_package(const std::string& folder, const Trust& trust);

// Names of the items that may go to a reader of this level, in order.
[[nodiscard]] Result<std::vector<std::string>> items_up_to(const std::string& folder, Level level);

// ---- Time stamps (RFC 3161)

// The bytes of a request for package.json: SHA-256, a nonce, the authority's certificate asked for.
[[nodiscard]] Result<std::string> time_request(const std::string& folder);
// Puts the authority's answer into the folder if it is one for this package. Errors: malformed (no
// answer, or a refusal, with its text), conflict (for something else; not by these authorities).
[[nodiscard]] Status add_time_stamp(const std::string& folder, std::string_view response,
                                    const std::string& time_authorities);

}  // namespace urna::evidence
