// SPDX-License-Identifier: EUPL-1.2
// What the desk asks of a database.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/roles.h"
#include "protection/access_log.h"
#include "protection/retention.h"
#include "protection/secrets.h"

namespace urna::desk {

using protection::KeyedHash;

// References are 16 random bytes as 32 hexadecimal digits.
inline constexpr std::size_t reference_digits = 32;
[[nodiscard]] std::string random_reference();

struct OfficialRow {
  std::string reference;
  std::string name;  // sealed
  Role role = Role::official;
  std::optional<KeyedHash> invitation;  // none once it was used
  std::uint64_t invitation_expires = 0;
  std::string credential;  // of the passkey; empty before the invitation was used
  std::int64_t algorithm = 0;
  std::string public_key;  // of the passkey
  std::uint64_t counter = 0;
  std::string signing_key;  // 32 bytes; empty until it was given
  bool revoked = false;
};

struct SessionRow {
  KeyedHash token{};
  std::string official;
  std::uint64_t begun = 0;
  std::uint64_t expires = 0;
};

struct EditionRow {
  std::string id;
  std::uint64_t version = 0;  // of the draft; grows with every change
  std::string draft;          // JSON
  std::uint64_t frozen = 0;   // when the manifest was made; 0: it is a draft
  bool counting = false;      // whether the time for annulments was ended
  std::uint64_t announced = 0;
  std::string box;  // name of the ballot box; empty for a draft
};

struct EditionFile {
  std::string name;
  std::uint64_t size = 0;
};

enum class ProposalState : std::uint8_t { open, confirmed, done, withdrawn, refused };

struct ProposalRow {
  std::string id;
  std::string edition;
  std::string action;
  std::string statement;  // the bytes that are signed
  std::string content;    // the entries that come of it: see statements.h
  std::string proposer;
  ProposalState state = ProposalState::open;
  std::uint64_t created = 0;
  std::uint64_t expires = 0;
};

struct SignatureRow {
  std::string proposal;
  std::string official;
  std::string signature;  // 64 bytes, by the official's signing key
  std::string assertion;  // by the official's passkey: see proposals.h
  std::uint64_t time = 0;
};

// What the registrar handed over about a case: the newest version.
struct CaseRow {
  std::string edition;
  std::string number;  // "ABCDE-FGHJK"
  std::uint64_t version = 0;
  std::string document;  // as it came, signed
  std::uint64_t received = 0;
};

// What was done in a case; nothing of it is changed later.
struct CaseEventRow {
  std::string edition;
  std::string number;
  std::uint64_t position = 0;  // from 0, without gaps
  std::string kind;            // see cases.h
  std::string official;
  std::uint64_t time = 0;
  std::string content;  // JSON
};

// Within one transaction.
class DeskTransaction : public protection::AccessLogStore {
 public:
  // ---- Officials
  [[nodiscard]] virtual Result<std::vector<OfficialRow>> officials() = 0;
  [[nodiscard]] virtual Result<std::optional<OfficialRow>> official(std::string_view reference) = 0;
  [[nodiscard]] virtual Result<std::optional<OfficialRow>> official_with_credential(
      std::string_view credential) = 0;
  [[nodiscard]] virtual Result<std::optional<OfficialRow>> official_with_invitation(
      const KeyedHash& invitation) = 0;
  // Adds, or puts in the place of that with its reference.
  [[nodiscard]] virtual Status put_official(const OfficialRow& official) = 0;

  // ---- Sessions and challenges
  [[nodiscard]] virtual Status put_session(const SessionRow& session) = 0;
  [[nodiscard]] virtual Result<std::optional<SessionRow>> session(const KeyedHash& token) = 0;
  [[nodiscard]] virtual Status end_session(const KeyedHash& token) = 0;
  [[nodiscard]] virtual Status end_sessions_of(std::string_view official) = 0;
  // Sessions and challenges of the past.
  [[nodiscard]] virtual Status remove_expired(std::uint64_t now) = 0;
  [[nodiscard]] virtual Status put_challenge(const KeyedHash& challenge, std::uint64_t expires) = 0;
  // Whether it was there; it is gone then.
  [[nodiscard]] virtual Result<bool> take_challenge(const KeyedHash& challenge,
                                                    std::uint64_t now) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> count_challenges() = 0;

  // ---- Deletion
  // How many rows went.
  [[nodiscard]] virtual Result<std::uint64_t> apply(const protection::Deletion& deletion) = 0;

  // ---- Editions
  [[nodiscard]] virtual Result<std::vector<EditionRow>> editions() = 0;
  [[nodiscard]] virtual Result<std::optional<EditionRow>> edition(std::string_view id) = 0;
  [[nodiscard]] virtual Status put_edition(const EditionRow& edition) = 0;
  [[nodiscard]] virtual Result<std::vector<EditionFile>> files(std::string_view edition) = 0;
  [[nodiscard]] virtual Result<std::optional<std::string>> file(std::string_view edition,
                                                                std::string_view name) = 0;
  [[nodiscard]] virtual Status put_file(std::string_view edition, std::string_view name,
                                        std::string_view bytes) = 0;
  [[nodiscard]] virtual Status remove_file(std::string_view edition, std::string_view name) = 0;

  // ---- Cases
  [[nodiscard]] virtual Result<std::vector<CaseRow>> cases(std::string_view edition) = 0;
  [[nodiscard]] virtual Result<std::optional<CaseRow>> case_file(std::string_view edition,
                                                                 std::string_view number) = 0;
  // Adds, or puts in the place of that with its number.
  [[nodiscard]] virtual Status put_case(const CaseRow& row) = 0;
  // In order.
  [[nodiscard]] virtual Result<std::vector<CaseEventRow>> case_events(std::string_view edition,
                                                                      std::string_view number) = 0;
  // Error: conflict (the position is taken: somebody else was faster).
  [[nodiscard]] virtual Status add_case_event(const CaseEventRow& row) = 0;

  // ---- Actions of two officials
  [[nodiscard]] virtual Result<std::vector<ProposalRow>> proposals(std::string_view edition) = 0;
  [[nodiscard]] virtual Result<std::optional<ProposalRow>> proposal(std::string_view id) = 0;
  [[nodiscard]] virtual Status put_proposal(const ProposalRow& proposal) = 0;
  [[nodiscard]] virtual Result<std::vector<SignatureRow>> signatures(std::string_view proposal) = 0;
  // Error: conflict (this official has signed it).
  [[nodiscard]] virtual Status put_signature(const SignatureRow& signature) = 0;
};

// Calls may come from several threads; works run one after another.
class DeskStore {
 public:
  DeskStore() = default;
  DeskStore(const DeskStore&) = delete;
  DeskStore& operator=(const DeskStore&) = delete;
  virtual ~DeskStore() = default;

  // All of it durable when this returns without an error; none of it after an error, save that
  // after io it is not known. `work` must not keep the transaction.
  using Work = std::function<Status(DeskTransaction&)>;
  [[nodiscard]] virtual Status transact(const Work& work) = 0;

  // The whole log of actions, from one moment.
  [[nodiscard]] virtual Result<protection::AccessLogCopy> copy_log() = 0;
};

}  // namespace urna::desk
