// SPDX-License-Identifier: EUPL-1.2
#include "storage/desk_store.h"

#include <array>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "desk/tables.h"
#include "storage/access_log.h"
#include "storage/values.h"

namespace urna::storage {
namespace {

using namespace desk;  // NOLINT(google-build-using-namespace): the port is all about it
using columns::bytes;
using columns::number;
using protection::AccessLogCopy;
using protection::AccessLogHead;
using protection::AccessRow;

SqlValue truth(bool value) { return std::int64_t{value ? 1 : 0}; }

constexpr const char* official_columns =
    "reference, name, role, invitation_hash, invitation_expires, credential, algorithm, "
    "public_key, counter, signing_key, revoked";
constexpr std::array official_types = {bytes,  bytes, bytes,  bytes, number, bytes,
                                       number, bytes, number, bytes, number};

Result<OfficialRow> official_in(std::vector<SqlCell>& row) {
  OfficialRow official;
  const std::optional<Role> role = parse_role(row[2].bytes);
  if (!role || (!row[3].null && row[3].bytes.size() != 32)) return damaged("official");
  official.reference = std::move(row[0].bytes);
  official.name = std::move(row[1].bytes);
  official.role = *role;
  if (!row[3].null) official.invitation = array_of<32>(row[3].bytes);
  official.invitation_expires = as_number(row[4]);
  if (!row[5].null) official.credential = std::move(row[5].bytes);
  official.algorithm = row[6].number;
  official.public_key = std::move(row[7].bytes);
  official.counter = as_number(row[8]);
  official.signing_key = std::move(row[9].bytes);
  official.revoked = row[10].number != 0;
  return official;
}

constexpr const char* edition_columns = "id, version, draft, frozen, counting, announced, box";
constexpr std::array edition_types = {bytes, number, bytes, number, number, number, bytes};

EditionRow edition_in(std::vector<SqlCell>& row) {
  EditionRow edition;
  edition.id = std::move(row[0].bytes);
  edition.version = as_number(row[1]);
  edition.draft = std::move(row[2].bytes);
  edition.frozen = as_number(row[3]);
  edition.counting = row[4].number != 0;
  edition.announced = as_number(row[5]);
  edition.box = std::move(row[6].bytes);
  return edition;
}

constexpr const char* case_columns = "edition, number, version, document, received";
constexpr std::array case_types = {bytes, bytes, number, bytes, number};

desk::CaseRow case_in(std::vector<SqlCell>& row) {
  return {std::move(row[0].bytes), std::move(row[1].bytes), as_number(row[2]),
          std::move(row[3].bytes), as_number(row[4])};
}

constexpr const char* proposal_columns =
    "id, edition, action, statement, content, proposer, state, created, valid_until";
constexpr std::array proposal_types = {bytes, bytes,  bytes,  bytes, bytes,
                                       bytes, number, number, number};

Result<ProposalRow> proposal_in(std::vector<SqlCell>& row) {
  constexpr std::int64_t states = 4;
  if (row[6].number < 0 || row[6].number >= states) return damaged("proposal");
  ProposalRow proposal;
  proposal.id = std::move(row[0].bytes);
  proposal.edition = std::move(row[1].bytes);
  proposal.action = std::move(row[2].bytes);
  proposal.statement = std::move(row[3].bytes);
  proposal.content = std::move(row[4].bytes);
  proposal.proposer = std::move(row[5].bytes);
  proposal.state = static_cast<ProposalState>(row[6].number);
  proposal.created = as_number(row[7]);
  proposal.expires = as_number(row[8]);
  return proposal;
}

class SqlDeskTransaction final : public DeskTransaction {
 public:
  explicit SqlDeskTransaction(Sql& sql) : sql_(sql), log_(sql, log_lock) {}

  // ---- Officials

  Result<std::vector<OfficialRow>> officials() override {
    Result<SqlRows> rows = sql_.query(std::string("SELECT ") + official_columns + " FROM official",
                                      {}, official_types);
    if (!rows) return std::move(rows).error();
    std::vector<OfficialRow> list;
    for (std::vector<SqlCell>& row : rows.value()) {
      Result<OfficialRow> one = official_in(row);
      if (!one) return std::move(one).error();
      list.push_back(*std::move(one));
    }
    return list;
  }
  Result<std::optional<OfficialRow>> official(std::string_view reference) override {
    return one_official("reference", reference);
  }
  Result<std::optional<OfficialRow>> official_with_credential(
      std::string_view credential) override {
    if (credential.empty()) return std::optional<OfficialRow>();
    return one_official("credential", blob(credential));
  }
  Result<std::optional<OfficialRow>> official_with_invitation(
      const KeyedHash& invitation) override {
    return one_official("invitation_hash", blob(invitation));
  }
  Status put_official(const OfficialRow& official) override {
    const SqlValue null;
    const std::array<SqlValue, 11> values = {
        std::string_view(official.reference),
        blob(official.name),
        to_string(official.role),
        official.invitation ? blob(*official.invitation) : null,
        integer(official.invitation_expires),
        official.credential.empty() ? null : blob(official.credential),
        official.algorithm,
        blob(official.public_key),
        integer(official.counter),
        blob(official.signing_key),
        truth(official.revoked)};
    return sql_.run(
        std::string("INSERT INTO official (") + official_columns +
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (reference) DO "
            "UPDATE SET invitation_hash = excluded.invitation_hash, credential = "
            "excluded.credential, algorithm = excluded.algorithm, public_key = "
            "excluded.public_key, counter = excluded.counter, signing_key = excluded.signing_key, "
            "revoked = excluded.revoked",
        values);
  }

  // ---- Sessions and challenges

  Status put_session(const desk::SessionRow& session) override {
    const std::array<SqlValue, 4> values = {blob(session.token), std::string_view(session.official),
                                            integer(session.begun), integer(session.expires)};
    return sql_.run(
        "INSERT INTO session (token_hash, official, begun, expires) VALUES ($1, $2, $3, $4) ON "
        "CONFLICT (token_hash) DO UPDATE SET expires = excluded.expires",
        values);
  }
  Result<std::optional<desk::SessionRow>> session(const KeyedHash& token) override {
    constexpr std::array types = {bytes, number, number};
    const std::array values = {blob(token)};
    const Result<SqlRows> rows = sql_.query(
        "SELECT official, begun, expires FROM session WHERE token_hash = $1", values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<desk::SessionRow>();
    const std::vector<SqlCell>& row = (*rows)[0];
    return std::optional(
        desk::SessionRow{token, row[0].bytes, as_number(row[1]), as_number(row[2])});
  }
  Status end_session(const KeyedHash& token) override {
    const std::array values = {blob(token)};
    return sql_.run("DELETE FROM session WHERE token_hash = $1", values);
  }
  Status end_sessions_of(std::string_view official) override {
    const std::array<SqlValue, 1> values = {official};
    return sql_.run("DELETE FROM session WHERE official = $1", values);
  }
  Status remove_expired(std::uint64_t now) override {
    const std::array values = {integer(now)};
    if (Status gone = sql_.run("DELETE FROM session WHERE expires <= $1", values); !gone)
      return gone;
    return sql_.run("DELETE FROM challenge WHERE valid_until <= $1", values);
  }
  Status put_challenge(const KeyedHash& challenge, std::uint64_t expires) override {
    const std::array values = {blob(challenge), integer(expires)};
    return sql_.run("INSERT INTO challenge (hash, valid_until) VALUES ($1, $2)", values);
  }
  Result<bool> take_challenge(const KeyedHash& challenge, std::uint64_t now) override {
    constexpr std::array types = {number};
    const std::array values = {blob(challenge)};
    const Result<SqlRows> rows =
        sql_.query("DELETE FROM challenge WHERE hash = $1 RETURNING valid_until", values, types);
    if (!rows) return rows.error();
    return !rows->empty() && as_number((*rows)[0][0]) > now;
  }
  Result<std::uint64_t> count_challenges() override {
    constexpr std::array types = {number};
    const Result<SqlRows> rows = sql_.query("SELECT count(*) FROM challenge", {}, types);
    if (!rows) return rows.error();
    return as_number((*rows)[0][0]);
  }

  // ---- Editions

  Result<std::vector<EditionRow>> editions() override {
    Result<SqlRows> rows =
        sql_.query(std::string("SELECT ") + edition_columns + " FROM edition", {}, edition_types);
    if (!rows) return std::move(rows).error();
    std::vector<EditionRow> list;
    for (std::vector<SqlCell>& row : rows.value()) list.push_back(edition_in(row));
    return list;
  }
  Result<std::optional<EditionRow>> edition(std::string_view id) override {
    const std::array<SqlValue, 1> values = {id};
    Result<SqlRows> rows =
        sql_.query(std::string("SELECT ") + edition_columns + " FROM edition WHERE id = $1" +
                       std::string(sql_.for_update()),
                   values, edition_types);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) return std::optional<EditionRow>();
    return std::optional(edition_in(rows.value()[0]));
  }
  Status put_edition(const EditionRow& edition) override {
    const std::array<SqlValue, 7> values = {
        std::string_view(edition.id), integer(edition.version), blob(edition.draft),
        integer(edition.frozen),      truth(edition.counting),  integer(edition.announced),
        std::string_view(edition.box)};
    return sql_.run(std::string("INSERT INTO edition (") + edition_columns +
                        ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET "
                        "version = excluded.version, draft = excluded.draft, frozen = "
                        "excluded.frozen, counting = excluded.counting, announced = "
                        "excluded.announced, box = excluded.box",
                    values);
  }
  Result<std::vector<EditionFile>> files(std::string_view edition) override {
    constexpr std::array types = {bytes, number};
    const std::array<SqlValue, 1> values = {edition};
    Result<SqlRows> rows =
        sql_.query("SELECT name, length(bytes) FROM edition_file WHERE edition = $1 ORDER BY name",
                   values, types);
    if (!rows) return std::move(rows).error();
    std::vector<EditionFile> list;
    for (std::vector<SqlCell>& row : rows.value())
      list.push_back({std::move(row[0].bytes), as_number(row[1])});
    return list;
  }
  Result<std::optional<std::string>> file(std::string_view edition,
                                          std::string_view name) override {
    constexpr std::array types = {bytes};
    const std::array<SqlValue, 2> values = {edition, name};
    Result<SqlRows> rows = sql_.query(
        "SELECT bytes FROM edition_file WHERE edition = $1 AND name = $2", values, types);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) return std::optional<std::string>();
    return std::optional(std::move(rows.value()[0][0].bytes));
  }
  Status put_file(std::string_view edition, std::string_view name,
                  std::string_view content) override {
    const std::array<SqlValue, 3> values = {edition, name, blob(content)};
    return sql_.run(
        "INSERT INTO edition_file (edition, name, bytes) VALUES ($1, $2, $3) ON CONFLICT (edition, "
        "name) DO UPDATE SET bytes = excluded.bytes",
        values);
  }
  Status remove_file(std::string_view edition, std::string_view name) override {
    const std::array<SqlValue, 2> values = {edition, name};
    return sql_.run("DELETE FROM edition_file WHERE edition = $1 AND name = $2", values);
  }

  // ---- Cases

  Result<std::vector<desk::CaseRow>> cases(std::string_view edition) override {
    const std::array<SqlValue, 1> values = {edition};
    Result<SqlRows> rows =
        sql_.query(std::string("SELECT ") + case_columns +
                       " FROM case_file WHERE edition = $1 ORDER BY received, number",
                   values, case_types);
    if (!rows) return std::move(rows).error();
    std::vector<desk::CaseRow> list;
    for (std::vector<SqlCell>& row : rows.value()) list.push_back(case_in(row));
    return list;
  }
  Result<std::optional<desk::CaseRow>> case_file(std::string_view edition,
                                                 std::string_view case_number) override {
    const std::array<SqlValue, 2> values = {edition, case_number};
    Result<SqlRows> rows = sql_.query(std::string("SELECT ") + case_columns +
                                          " FROM case_file WHERE edition = $1 AND number = $2" +
                                          std::string(sql_.for_update()),
                                      values, case_types);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) return std::optional<desk::CaseRow>();
    return std::optional(case_in(rows.value()[0]));
  }
  Status put_case(const desk::CaseRow& row) override {
    const std::array<SqlValue, 5> values = {std::string_view(row.edition),
                                            std::string_view(row.number), integer(row.version),
                                            blob(row.document), integer(row.received)};
    return sql_.run(std::string("INSERT INTO case_file (") + case_columns +
                        ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT (edition, number) DO UPDATE SET "
                        "version = excluded.version, document = excluded.document, received = "
                        "excluded.received",
                    values);
  }
  Result<std::vector<CaseEventRow>> case_events(std::string_view edition,
                                                std::string_view case_number) override {
    constexpr std::array types = {number, bytes, bytes, number, bytes};
    const std::array<SqlValue, 2> values = {edition, case_number};
    Result<SqlRows> rows = sql_.query(
        "SELECT position, kind, official, time, content FROM case_event WHERE edition = $1 AND "
        "number = $2 ORDER BY position",
        values, types);
    if (!rows) return std::move(rows).error();
    std::vector<CaseEventRow> list;
    for (std::vector<SqlCell>& row : rows.value()) {
      list.push_back({std::string(edition), std::string(case_number), as_number(row[0]),
                      std::move(row[1].bytes), std::move(row[2].bytes), as_number(row[3]),
                      std::move(row[4].bytes)});
    }
    return list;
  }
  Status add_case_event(const CaseEventRow& row) override {
    constexpr std::array types = {number};
    const std::array<SqlValue, 3> key = {std::string_view(row.edition),
                                         std::string_view(row.number), integer(row.position)};
    const Result<SqlRows> there = sql_.query(
        "SELECT time FROM case_event WHERE edition = $1 AND number = $2 AND position = $3", key,
        types);
    if (!there) return there.error();
    if (!there->empty()) {
      return Error{ErrorCode::conflict,
                   "somebody else has just done something in this case",
                   {},
                   "reload the page"};
    }
    const std::array<SqlValue, 7> values = {std::string_view(row.edition),
                                            std::string_view(row.number),
                                            integer(row.position),
                                            std::string_view(row.kind),
                                            std::string_view(row.official),
                                            integer(row.time),
                                            blob(row.content)};
    return sql_.run(
        "INSERT INTO case_event (edition, number, position, kind, official, time, content) VALUES "
        "($1, $2, $3, $4, $5, $6, $7)",
        values);
  }

  // ---- Actions of two officials

  Result<std::vector<ProposalRow>> proposals(std::string_view edition) override {
    const std::array<SqlValue, 1> values = {edition};
    Result<SqlRows> rows = sql_.query(std::string("SELECT ") + proposal_columns +
                                          " FROM proposal WHERE edition = $1 ORDER BY created, id",
                                      values, proposal_types);
    if (!rows) return std::move(rows).error();
    std::vector<ProposalRow> list;
    for (std::vector<SqlCell>& row : rows.value()) {
      Result<ProposalRow> one = proposal_in(row);
      if (!one) return std::move(one).error();
      list.push_back(*std::move(one));
    }
    return list;
  }
  Result<std::optional<ProposalRow>> proposal(std::string_view id) override {
    const std::array<SqlValue, 1> values = {id};
    Result<SqlRows> rows =
        sql_.query(std::string("SELECT ") + proposal_columns + " FROM proposal WHERE id = $1" +
                       std::string(sql_.for_update()),
                   values, proposal_types);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) return std::optional<ProposalRow>();
    Result<ProposalRow> one = proposal_in(rows.value()[0]);
    if (!one) return std::move(one).error();
    return std::optional(*std::move(one));
  }
  Status put_proposal(const ProposalRow& proposal) override {
    const std::array<SqlValue, 9> values = {std::string_view(proposal.id),
                                            std::string_view(proposal.edition),
                                            std::string_view(proposal.action),
                                            blob(proposal.statement),
                                            blob(proposal.content),
                                            std::string_view(proposal.proposer),
                                            static_cast<std::int64_t>(proposal.state),
                                            integer(proposal.created),
                                            integer(proposal.expires)};
    return sql_.run(std::string("INSERT INTO proposal (") + proposal_columns +
                        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE "
                        "SET state = excluded.state",
                    values);
  }
  Result<std::vector<SignatureRow>> signatures(std::string_view proposal) override {
    constexpr std::array types = {bytes, bytes, bytes, number};
    const std::array<SqlValue, 1> values = {proposal};
    Result<SqlRows> rows = sql_.query(
        "SELECT official, signature, assertion, signed FROM proposal_signature WHERE proposal = $1 "
        "ORDER BY signed, official",
        values, types);
    if (!rows) return std::move(rows).error();
    std::vector<SignatureRow> list;
    for (std::vector<SqlCell>& row : rows.value()) {
      list.push_back({std::string(proposal), std::move(row[0].bytes), std::move(row[1].bytes),
                      std::move(row[2].bytes), as_number(row[3])});
    }
    return list;
  }
  Status put_signature(const SignatureRow& signature) override {
    constexpr std::array types = {number};
    const std::array<SqlValue, 2> key = {std::string_view(signature.proposal),
                                         std::string_view(signature.official)};
    const Result<SqlRows> there = sql_.query(
        "SELECT signed FROM proposal_signature WHERE proposal = $1 AND official = $2", key, types);
    if (!there) return there.error();
    if (!there->empty()) {
      return Error{ErrorCode::conflict,
                   "this official has signed already",
                   {},
                   "a second official must sign"};
    }
    const std::array<SqlValue, 5> values = {
        std::string_view(signature.proposal), std::string_view(signature.official),
        blob(signature.signature), blob(signature.assertion), integer(signature.time)};
    return sql_.run(
        "INSERT INTO proposal_signature (proposal, official, signature, assertion, signed) VALUES "
        "($1, $2, $3, $4, $5)",
        values);
  }

  // ---- The log

  Result<AccessLogHead> access_head() override { return log_.head(); }
  Status append_access(const AccessRow& row) override { return log_.append(row); }
  Status finish_access(const AccessLogHead& head, std::string_view note) override {
    return log_.finish(head, note);
  }

  // ---- Deletion

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(sql_, deletion);
  }

 private:
  static constexpr std::int64_t log_lock = 0x6465736b;

  Result<std::optional<OfficialRow>> one_official(std::string_view column, const SqlValue& value) {
    const std::array values = {value};
    Result<SqlRows> rows =
        sql_.query(std::string("SELECT ") + official_columns + " FROM official WHERE " +
                       std::string(column) + " = $1" + std::string(sql_.for_update()),
                   values, official_types);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) return std::optional<OfficialRow>();
    Result<OfficialRow> one = official_in(rows.value()[0]);
    if (!one) return std::move(one).error();
    return std::optional(*std::move(one));
  }

  Sql& sql_;
  AccessLogRows log_;
};

class SqlDeskStore final : public DeskStore {
 public:
  explicit SqlDeskStore(std::unique_ptr<Sql> sql) : sql_(std::move(sql)) {}

  Status transact(const Work& work) override {
    const std::scoped_lock lock(mutex_);
    return sql_->in_transaction([&]() -> Status {
      SqlDeskTransaction transaction(*sql_);
      return work(transaction);
    });
  }
  Result<AccessLogCopy> copy_log() override {
    const std::scoped_lock lock(mutex_);
    return copy_access_log(*sql_);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Sql> sql_;
};

}  // namespace

Result<std::unique_ptr<desk::DeskStore>> make_desk_store(std::unique_ptr<Sql> sql) {
  if (Status made = sql->make_tables(desk::tables); !made) return std::move(made).error();
  return std::unique_ptr<desk::DeskStore>(std::make_unique<SqlDeskStore>(std::move(sql)));
}

}  // namespace urna::storage
