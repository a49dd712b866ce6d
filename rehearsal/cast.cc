// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/cast.h"

#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"

namespace urna::rehearsal {
namespace {

constexpr std::size_t people_max = 64;

void write_scalar(CborWriter& out, const group::SecretScalar& secret) {
  out.bytes(view_of(secret.secret_bytes()));
}

group::SecretScalar read_scalar(CborReader& in) {
  const Result<group::SecretScalar> secret = group::SecretScalar::decode(in.fixed_bytes<32>());
  in.require(secret.ok(), "a secret is not below the group's order");
  return secret ? *secret : group::SecretScalar();
}

template <typename Key>
void write_key(CborWriter& out, const Key& key) {
  out.array(2);
  out.text(key.verifier_key().name);
  out.bytes(view_of(key.seed()));
}

template <typename Key>
Result<Key> read_key(CborReader& in) {
  in.array_exactly(2);
  const std::string_view name = in.text(board::max_name_bytes);
  const auto seed = in.fixed_bytes<32>();
  return Key::from_seed(name, seed);
}

}  // namespace

Result<Cast> Cast::create(const std::string& origin, std::size_t trustees) {
  Result<board::LogSecretKey> board = board::LogSecretKey::generate(origin);
  if (!board) return std::move(board).error();
  Cast cast{proof::SigningKey::random(),
            {proof::SigningKey::random(), proof::SigningKey::random(), proof::SigningKey::random(),
             proof::SigningKey::random()},
            *board,
            {},
            {},
            {},
            {}};
  for (const char* name : {"/witness/university", "/witness/residents"}) {
    Result<board::WitnessSecretKey> witness = board::WitnessSecretKey::generate(origin + name);
    if (!witness) return std::move(witness).error();
    cast.witnesses.push_back(*witness);
  }
  for (std::size_t j = 0; j < trustees; ++j) {
    cast.trustees.push_back(election::TrusteeKeys::random());
  }
  return cast;
}

void Cast::fill(election::Manifest& manifest) const {
  manifest.registrar = registrar.key;
  for (const proof::SigningKey& official : officials) manifest.officials.push_back(official.key);
  manifest.board.origin = board.verifier_key().name;
  manifest.board.key = board.verifier_key().public_key;
  for (const board::WitnessSecretKey& witness : witnesses) {
    manifest.board.witnesses.push_back(
        {witness.verifier_key().name, witness.verifier_key().public_key});
  }
  manifest.board.cosignatures = static_cast<std::uint32_t>(witnesses.size());
  for (std::size_t j = 0; j < trustees.size(); ++j) {
    manifest.trustees.push_back(
        election::make_card("Trustee " + std::to_string(j + 1), trustees[j]));
  }
}

std::string Cast::encode() const {
  CborWriter out;
  out.map(7);
  out.key(0);
  write_scalar(out, registrar.secret);
  out.key(1);
  out.array(officials.size());
  for (const proof::SigningKey& official : officials) write_scalar(out, official.secret);
  out.key(2);
  write_key(out, board);
  out.key(3);
  out.array(witnesses.size());
  for (const board::WitnessSecretKey& witness : witnesses) write_key(out, witness);
  out.key(4);
  out.array(2 * trustees.size());
  for (const election::TrusteeKeys& trustee : trustees) {
    write_scalar(out, trustee.signing.secret);
    write_scalar(out, trustee.receiving.secret);
  }
  out.key(5);
  out.array(shares.size());
  for (const group::SecretScalar& share : shares) write_scalar(out, share);
  out.key(6);
  out.array(cards.size());
  for (const std::vector<election::CardSerial>& batch : cards) {
    out.array(batch.size());
    for (const election::CardSerial& serial : batch) out.bytes(view_of(serial));
  }
  return std::move(out).take();
}

Result<Cast> Cast::decode(std::string_view bytes) {
  CborReader in(bytes);
  in.map(7);
  in.key(0);
  const auto registrar = proof::SigningKey::of(read_scalar(in));
  std::vector<proof::SigningKey> officials;
  in.key(1);
  for (std::size_t left = in.array(people_max); left > 0; --left) {
    officials.push_back(proof::SigningKey::of(read_scalar(in)));
  }
  in.key(2);
  Result<board::LogSecretKey> board = read_key<board::LogSecretKey>(in);
  if (!board) return std::move(board).error();
  Cast cast{registrar, std::move(officials), *board, {}, {}, {}, {}};
  in.key(3);
  for (std::size_t left = in.array(people_max); left > 0; --left) {
    Result<board::WitnessSecretKey> witness = read_key<board::WitnessSecretKey>(in);
    if (!witness) return std::move(witness).error();
    cast.witnesses.push_back(*witness);
  }
  in.key(4);
  const std::size_t keys = in.array(2 * people_max);
  in.require(keys % 2 == 0, "a trustee has two keys");
  for (std::size_t j = 0; j < keys / 2; ++j) {
    const auto signing = proof::SigningKey::of(read_scalar(in));
    const auto receiving = proof::SigningKey::of(read_scalar(in));
    cast.trustees.push_back({signing, receiving});
  }
  in.key(5);
  for (std::size_t left = in.array(people_max); left > 0; --left) {
    cast.shares.push_back(read_scalar(in));
  }
  in.key(6);
  cast.cards.resize(in.array(election::batches_max));
  for (std::vector<election::CardSerial>& batch : cast.cards) {
    batch.resize(in.array(election::cards_max));
    for (election::CardSerial& serial : batch)
      serial = in.fixed_bytes<election::card_serial_bytes>();
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return cast;
}

}  // namespace urna::rehearsal
