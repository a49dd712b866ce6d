// SPDX-License-Identifier: EUPL-1.2
#include "election/entries.h"

#include <algorithm>

#include "board/merkle.h"
#include "election/fields.h"

namespace urna::election {
namespace {

// Key 0 and 1 of every entry.
template <typename Fields, typename T>
void head(Fields& fields, T& entry, std::string_view kind) {
  fields.key(0).literal(kind);
  fields.key(1).fixed(entry.edition);
}

template <typename Fields, typename T>
void describe_official(Fields& fields, T& signature) {
  fields.tuple(2);
  fields.number(signature.official, 0, officials_max - 1);
  fields.signature(signature.signature);
}

template <typename Fields, typename T>
void describe_officials(Fields& fields, T& signatures) {
  fields.tuple(2);
  for (auto& one : signatures) describe_official(fields, one);
  fields.require(signatures[0].official < signatures[1].official, "officials are not ascending");
}

template <typename Fields, typename T>
void describe_trustee(Fields& fields, std::uint64_t key, T& trustee) {
  fields.key(key).number(trustee, 1, trustees_max);
}
template <typename Fields, typename T>
void describe_pool(Fields& fields, T& pool) {
  fields.key(2).number(pool, 0, pools_max - 1);
}

template <typename Fields, typename T>
void describe_knowledge(Fields& fields, T& proof, std::size_t most_elements) {
  fields.bytes(proof, 64, most_elements);
  if constexpr (std::is_same_v<Fields, FieldReader>) {
    fields.scalars(std::string_view(proof).substr(proof.size() / 2));
  }
}

// One description for each structure, for writing (const) and for reading.

template <typename Fields>
void describe(Fields& fields, For<Fields, ManifestEntry>& entry) {
  fields.map(3);
  head(fields, entry, "manifest");
  fields.key(2).number(entry.size, 1, manifest_bytes_max);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, DealingCommitment>& entry) {
  fields.map(4, 1);
  head(fields, entry, "dealing-commitment");
  describe_trustee(fields, 2, entry.trustee);
  fields.key(3).fixed(entry.dealing);
  fields.key(4).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Dealing>& entry) {
  fields.map(6, 1);
  head(fields, entry, "dealing");
  describe_trustee(fields, 2, entry.trustee);
  fields.key(3).bytes(entry.commitments, 32, trustees_max);
  describe_knowledge(fields.key(4), entry.proof, 1);
  fields.key(5).bytes(entry.shares, share_bytes, trustees_max);
  fields.key(6).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Acceptance>& entry) {
  fields.map(5, 1);
  head(fields, entry, "acceptance");
  describe_trustee(fields, 2, entry.trustee);
  fields.key(3).fixed(entry.dealings);
  fields.key(4).fixed(entry.joint_key);
  fields.key(5).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Complaint>& entry) {
  fields.map(6, 1);
  head(fields, entry, "complaint");
  describe_trustee(fields, 2, entry.complainer);
  describe_trustee(fields, 3, entry.dealer);
  fields.key(4).fixed(entry.secret);
  fields.key(5).bytes(entry.proof, 96, 1);
  if constexpr (std::is_same_v<Fields, FieldReader>) {
    fields.scalars(
        std::string_view(entry.proof).substr(std::min<std::size_t>(64, entry.proof.size())));
  }
  fields.key(6).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, RollEntry>& entry) {
  fields.map(4, 1);
  head(fields, entry, "roll");
  fields.key(2).number(entry.size, 0, any);
  fields.key(3).fixed(entry.root);
  fields.key(4).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Opening>& entry) {
  fields.map(5, 1);
  head(fields, entry, "opening");
  fields.key(2).fixed(entry.joint_key);
  fields.key(3).fixed(entry.roll);
  fields.key(4).number(entry.time, 0, any);
  if (fields.with_signatures()) describe_officials(fields.key(5), entry.signatures);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Certificate>& certificate) {
  fields.map(6, 1);
  fields.key(1).fixed(certificate.pseudonym);
  fields.key(2).fixed(certificate.voter_key);
  fields.key(3).number(certificate.level, 2, 4);
  describe_pools(fields.key(4), certificate.pools, 1);
  fields.key(5).number(certificate.hour, 0, any);
  fields.key(6).number(certificate.serial, 0, any);
  fields.key(7).signature(certificate.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Ballot>& entry) {
  fields.map(8, 1);
  head(fields, entry, "ballot");
  describe_pool(fields, entry.pool);
  fields.key(3).nested([&] { describe(fields, entry.certificate); });
  fields.key(4).number(entry.counter, 0, any);
  fields.key(5).optional(entry.previous, [&](auto& hash) { fields.fixed(hash); });
  fields.require(entry.previous.has_value() == (entry.counter != 0),
                 "a previous ballot is named for every counter but 0");
  fields.key(6).bytes(entry.ciphertext, pair_bytes, width_max);
  describe_knowledge(fields.key(7), entry.proof, width_max);
  fields.require(entry.proof.size() == entry.ciphertext.size(),
                 "proof and ciphertext differ in length");
  fields.key(8).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Audited>& entry) {
  fields.map(4);
  head(fields, entry, "audited");
  describe_pool(fields, entry.pool);
  fields.key(3).bytes(entry.ciphertext, pair_bytes, width_max);
}

template <typename Fields, typename T>
void describe_reason(Fields& fields, T& reason) {
  fields.text(reason, 1, 64);
  for (const char c : reason) {
    fields.require((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-',
                   "a reason code has only a-z, 0-9 and -");
  }
}

template <typename Fields, typename T>
void describe_case(Fields& fields, T& number) {
  fields.text(number, case_number_bytes, case_number_bytes);
  fields.require(is_case_number(number), "a case's number is not of the form ABCDE-FGHJK");
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Freeze>& entry) {
  fields.map(5, 1);
  head(fields, entry, "freeze");
  fields.key(2).list(entry.ballots, 1, frozen_at_once_max, [&](auto& ballot) {
    fields.tuple(2);
    fields.number(ballot.index, 0, any);
    fields.fixed(ballot.hash);
  });
  for (std::size_t i = 1; i < entry.ballots.size(); ++i) {
    fields.require(entry.ballots[i - 1].index < entry.ballots[i].index,
                   "ballots are not ascending");
  }
  describe_case(fields.key(3), entry.case_number);
  describe_reason(fields.key(4), entry.reason);
  if (fields.with_signatures()) describe_official(fields.key(5), entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Annulment>& entry) {
  fields.map(5, 1);
  head(fields, entry, "annulment");
  fields.key(2).number(entry.index, 0, any);
  fields.key(3).fixed(entry.ballot);
  describe_reason(fields.key(4), entry.reason);
  if (fields.with_signatures()) describe_officials(fields.key(5), entry.signatures);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Upholding>& entry) {
  fields.map(7, 1);
  head(fields, entry, "upholding");
  fields.key(2).number(entry.index, 0, any);
  fields.key(3).fixed(entry.ballot);
  fields.key(4).word(entry.ends,
                     Words<Lifted>{{"freeze", Lifted::freeze}, {"annulment", Lifted::annulment}});
  describe_case(fields.key(5), entry.case_number);
  describe_reason(fields.key(6), entry.reason);
  if (fields.with_signatures()) describe_officials(fields.key(7), entry.signatures);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, RollAddition>& entry) {
  fields.map(4, 1);
  head(fields, entry, "roll-addition");
  fields.key(2).fixed(entry.pseudonym);
  describe_pools(fields.key(3), entry.pools, 1);
  fields.key(4).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, PaperMark>& entry) {
  fields.map(6, 1);
  head(fields, entry, "paper-mark");
  describe_pool(fields, entry.pool);
  fields.key(3).fixed(entry.pseudonym);
  fields.key(4).number(entry.point, 0, points_max - 1);
  fields.key(5).number(entry.hour, 0, any);
  fields.key(6).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Extension>& entry) {
  fields.map(7, 1);
  head(fields, entry, "extension");
  fields.key(2).number(entry.time, 0, any);
  fields.key(3).number(entry.replaces, 0, any);
  fields.key(4).number(entry.closes, 0, any);
  fields.key(5).text(entry.reason_pl, 1, extension_reason_bytes_max);
  fields.key(6).text(entry.reason_en, 1, extension_reason_bytes_max);
  if (fields.with_signatures()) describe_officials(fields.key(7), entry.signatures);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Closing>& entry) {
  fields.map(3, 1);
  head(fields, entry, "closing");
  fields.key(2).number(entry.time, 0, any);
  if (fields.with_signatures()) describe_officials(fields.key(3), entry.signatures);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Issuance>& entry) {
  fields.map(3, 1);
  head(fields, entry, "issuance");
  fields.key(2).number(entry.certificates, 0, any);
  fields.key(3).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, PaperBatch>& entry) {
  fields.map(8, 1);
  head(fields, entry, "paper-batch");
  fields.key(2).number(entry.batch, 0, batches_max - 1);
  fields.key(3).list(entry.cards, 1, cards_max, [&](auto& card) {
    fields.bytes(card, 1, sizeof(Sha256Digest));
    fields.require(card.size() == card_serial_bytes || card.size() == sizeof(Sha256Digest),
                   "a card is neither a serial number nor a hash");
  });
  fields.key(4).bytes_or_none(entry.ciphertexts, pair_bytes, entry_bytes_max / pair_bytes);
  fields.key(5).bytes_or_none(entry.proofs, pair_bytes, entry_bytes_max / pair_bytes);
  fields.require(entry.ciphertexts.size() == entry.proofs.size(),
                 "ciphertexts and proofs differ in length");
  fields.key(6).tuple(entry.unfit.size());
  for (auto& cards : entry.unfit) fields.number(cards, 0, any);
  fields.key(7).tuple(entry.refused.size());
  for (auto& papers : entry.refused) fields.number(papers, 0, any);
  if (fields.with_signatures()) describe_officials(fields.key(8), entry.signatures);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Counted>& entry) {
  fields.map(5);
  head(fields, entry, "counted");
  describe_pool(fields, entry.pool);
  fields.key(3).number(entry.ballots, 0, any);
  fields.key(4).fixed(entry.indices);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Withheld>& entry) {
  fields.map(4);
  head(fields, entry, "withheld");
  describe_pool(fields, entry.pool);
  fields.key(3).number(entry.ballots, 0, any);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Mix>& entry) {
  fields.map(7, 1);
  head(fields, entry, "mix");
  describe_pool(fields, entry.pool);
  fields.key(3).number(entry.round, 1, trustees_max);
  describe_trustee(fields, 4, entry.trustee);
  fields.key(5).fixed(entry.file);
  fields.key(6).number(entry.size, 0, any);
  fields.key(7).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Decryption>& entry) {
  fields.map(6, 1);
  head(fields, entry, "decryption");
  describe_pool(fields, entry.pool);
  describe_trustee(fields, 3, entry.trustee);
  fields.key(4).fixed(entry.file);
  fields.key(5).number(entry.size, 0, any);
  fields.key(6).signature(entry.signature);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, PoolResult>& entry) {
  fields.map(11);
  head(fields, entry, "result");
  describe_pool(fields, entry.pool);
  fields.key(3).fixed(entry.tie_seed);
  fields.key(4).fixed(entry.plaintexts);
  fields.key(5).fixed(entry.published);
  fields.key(6).number(entry.valid, 0, any);
  fields.key(7).number(entry.blank, 0, any);
  fields.require(entry.blank <= entry.valid, "more blank ballots than valid ones");
  fields.key(8).tuple(entry.invalid.size());
  for (auto& ballots : entry.invalid) fields.number(ballots, 0, any);
  fields.key(9).list(entry.winners, 0, 65'535,
                     [&](auto& project) { fields.number(project, 1, 65'535); });
  fields.key(10).number(entry.cost, 0, any);
}

template <typename T>
std::string written(const T& value, bool with_signatures) {
  FieldWriter fields(with_signatures);
  describe(fields, value);
  return std::move(fields).take();
}

template <typename T>
Result<T> read(std::string_view bytes) {
  CborReader in(bytes);
  FieldReader fields(in);
  T value;
  describe(fields, value);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return value;
}

template <class Transcript = proof::Transcript>
Transcript transcript_of(const EditionHash& edition, std::string_view kind, std::string_view body) {
  Transcript transcript("signature");
  transcript.append("edition", edition.view());
  transcript.append("kind", kind);
  transcript.append("body", body);
  return transcript;
}

template <class Transcript = proof::Transcript, typename T>
Transcript entry_transcript(const T& entry) {
  return transcript_of<Transcript>(entry.edition, to_string(T::kind), written(entry, false));
}

template <typename T>
Result<Entry> as_entry(Result<T> read) {
  if (!read) return std::move(read).error();
  return Entry(*std::move(read));
}

// What the text of field 0 says, for choosing the decoder; nullopt if the bytes do not begin so.
std::optional<EntryKind> kind_of_bytes(std::string_view bytes) {
  // A map of up to 23 fields, key 0, a text of up to 23 bytes.
  if (bytes.size() < 3 || (octets_of(bytes)[0] >> 5U) != 5 || bytes[1] != 0) return std::nullopt;
  const std::uint8_t text = octets_of(bytes)[2];
  const std::size_t size = text & 31U;
  if ((text >> 5U) != 3 || size > 23) return std::nullopt;
  const std::string_view word = bytes.substr(3, size);
  for (std::uint8_t kind = 0; kind <= static_cast<std::uint8_t>(EntryKind::result); ++kind) {
    if (word == to_string(EntryKind{kind})) return EntryKind{kind};
  }
  return std::nullopt;
}

}  // namespace

EntryKind kind_of(const Entry& entry) {
  return std::visit([](const auto& alternative) { return alternative.kind; }, entry);
}

ManifestEntry manifest_entry(std::string_view manifest) {
  return {edition_hash(manifest), manifest.size()};
}

EntryHash entry_hash(std::string_view entry) { return {board::leaf_hash(entry)}; }

std::string encode(const ManifestEntry& entry) { return written(entry, true); }
std::string encode(const DealingCommitment& entry) { return written(entry, true); }
std::string encode(const Dealing& entry) { return written(entry, true); }
std::string encode(const Acceptance& entry) { return written(entry, true); }
std::string encode(const RollEntry& entry) { return written(entry, true); }
std::string encode(const Opening& entry) { return written(entry, true); }
std::string encode(const Ballot& entry) { return written(entry, true); }
std::string encode(const Audited& entry) { return written(entry, true); }
std::string encode(const Freeze& entry) { return written(entry, true); }
std::string encode(const Annulment& entry) { return written(entry, true); }
std::string encode(const Upholding& entry) { return written(entry, true); }
std::string encode(const RollAddition& entry) { return written(entry, true); }
std::string encode(const PaperMark& entry) { return written(entry, true); }
std::string encode(const Extension& entry) { return written(entry, true); }
std::string encode(const Closing& entry) { return written(entry, true); }
std::string encode(const Issuance& entry) { return written(entry, true); }
std::string encode(const PaperBatch& entry) { return written(entry, true); }
std::string encode(const Counted& entry) { return written(entry, true); }
std::string encode(const Withheld& entry) { return written(entry, true); }
std::string encode(const Mix& entry) { return written(entry, true); }
std::string encode(const Decryption& entry) { return written(entry, true); }
std::string encode(const PoolResult& entry) { return written(entry, true); }
std::string encode(const Certificate& certificate) { return written(certificate, true); }
std::string encode(const Complaint& complaint) { return written(complaint, true); }

Result<Certificate> decode_certificate(std::string_view bytes) { return read<Certificate>(bytes); }
Result<Complaint> decode_complaint(std::string_view bytes) { return read<Complaint>(bytes); }

namespace {

Result<Entry> decode_kind(EntryKind kind, std::string_view bytes) {
  switch (kind) {
    case EntryKind::manifest:
      return as_entry(read<ManifestEntry>(bytes));
    case EntryKind::dealing_commitment:
      return as_entry(read<DealingCommitment>(bytes));
    case EntryKind::dealing:
      return as_entry(read<Dealing>(bytes));
    case EntryKind::acceptance:
      return as_entry(read<Acceptance>(bytes));
    case EntryKind::roll:
      return as_entry(read<RollEntry>(bytes));
    case EntryKind::opening:
      return as_entry(read<Opening>(bytes));
    case EntryKind::ballot:
      return as_entry(read<Ballot>(bytes));
    case EntryKind::audited:
      return as_entry(read<Audited>(bytes));
    case EntryKind::freeze:
      return as_entry(read<Freeze>(bytes));
    case EntryKind::annulment:
      return as_entry(read<Annulment>(bytes));
    case EntryKind::upholding:
      return as_entry(read<Upholding>(bytes));
    case EntryKind::roll_addition:
      return as_entry(read<RollAddition>(bytes));
    case EntryKind::paper_mark:
      return as_entry(read<PaperMark>(bytes));
    case EntryKind::extension:
      return as_entry(read<Extension>(bytes));
    case EntryKind::closing:
      return as_entry(read<Closing>(bytes));
    case EntryKind::issuance:
      return as_entry(read<Issuance>(bytes));
    case EntryKind::paper_batch:
      return as_entry(read<PaperBatch>(bytes));
    case EntryKind::counted:
      return as_entry(read<Counted>(bytes));
    case EntryKind::withheld:
      return as_entry(read<Withheld>(bytes));
    case EntryKind::mix:
      return as_entry(read<Mix>(bytes));
    case EntryKind::decryption:
      return as_entry(read<Decryption>(bytes));
    case EntryKind::result:
      return as_entry(read<PoolResult>(bytes));
  }
  return Error{ErrorCode::unsupported, "unknown kind"};
}

}  // namespace

Result<Entry> decode_entry(std::string_view bytes) {
  if (bytes.size() > entry_bytes_max) {
    return Error{ErrorCode::limit,
                 "an entry has at most " + std::to_string(entry_bytes_max) + " bytes"};
  }
  const std::optional<EntryKind> kind = kind_of_bytes(bytes);
  if (!kind) return Error{ErrorCode::unsupported, "the bytes are no entry of a known kind"};
  Result<Entry> entry = decode_kind(*kind, bytes);
  if (entry) return entry;
  Error error = std::move(entry).error();
  if (!error.place.field.empty()) error.message = error.place.field + ": " + error.message;
  error.place = {{}, 0, 0, std::string(to_string(*kind))};
  return error;
}

proof::Transcript signature_transcript(const DealingCommitment& entry) {
  return entry_transcript(entry);
}
proof::Transcript signature_transcript(const Dealing& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Acceptance& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const RollEntry& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Opening& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Ballot& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Freeze& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Annulment& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Upholding& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const RollAddition& entry) {
  return entry_transcript(entry);
}
proof::Transcript signature_transcript(const PaperMark& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Extension& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Closing& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Issuance& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const PaperBatch& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Mix& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Decryption& entry) { return entry_transcript(entry); }
proof::Transcript signature_transcript(const Complaint& complaint) {
  return transcript_of(complaint.edition, "complaint", written(complaint, false));
}
proof::Transcript signature_transcript(const Certificate& certificate, const EditionHash& edition) {
  return transcript_of(edition, "certificate", written(certificate, false));
}

proof::WrittenTranscript written_transcript(const Ballot& entry) {
  return entry_transcript<proof::WrittenTranscript>(entry);
}
proof::WrittenTranscript written_transcript(const Certificate& certificate,
                                            const EditionHash& edition) {
  return transcript_of<proof::WrittenTranscript>(edition, "certificate",
                                                 written(certificate, false));
}

std::string signed_body(const Opening& entry) { return written(entry, false); }
std::string signed_body(const Freeze& entry) { return written(entry, false); }
std::string signed_body(const Annulment& entry) { return written(entry, false); }
std::string signed_body(const Upholding& entry) { return written(entry, false); }
std::string signed_body(const Extension& entry) { return written(entry, false); }
std::string signed_body(const Closing& entry) { return written(entry, false); }
std::string signed_body(const PaperBatch& entry) { return written(entry, false); }

}  // namespace urna::election
