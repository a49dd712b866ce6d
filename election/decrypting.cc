// SPDX-License-Identifier: EUPL-1.2
#include "election/decrypting.h"

#include <sodium/randombytes.h>

#include "base/bytes.h"
#include "base/parallel.h"
#include "election/files.h"
#include "group/hash.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"
#include "proof/equality.h"
#include "proof/sharing.h"

namespace urna::election {
namespace {

using group::Element;
using group::Scalar;
using proof::Ristretto;

// Elements that are worked on together.
constexpr std::size_t block_elements = 8'192;

// A_0 of section 12.
Element tie_base(const MixedList& list) {
  std::string pool;
  append_big_endian(pool, list.pool.value, 8);
  return group::hash_to_group(pool, "urna/1 tie " + std::string(list.edition.view()));
}

std::vector<Scalar> coefficients_of(std::span<const TrusteeShares> trustees) {
  std::vector<std::uint64_t> numbers;
  for (const TrusteeShares& shares : trustees) numbers.push_back(shares.trustee.value);
  return proof::lagrange_at_zero<Ristretto>(numbers);
}

}  // namespace

std::string decryption_bases(const MixedList& list) {
  return std::string(view_of(tie_base(list).encode())) + proof::every_nth(list.ciphertexts, 0, 2);
}

proof::Transcript decryption_transcript(const MixedList& list, TrusteeNumber trustee) {
  proof::Transcript transcript("decryption");
  transcript.append("edition", list.edition.view());
  transcript.append("pool", std::uint64_t{list.pool.value});
  transcript.append("trustee", std::uint64_t{trustee.value});
  return transcript;
}

MadeShares finish_shares(const MixedList& list, TrusteeNumber trustee, std::string_view shares,
                         std::string_view proof, const proof::SigningKey& signing_key) {
  MadeShares made;
  made.file = encode(SharesFile{shares, proof});
  made.entry = {list.edition, list.pool, trustee, sha256(made.file), made.file.size(), {}};
  sign(made.entry, signing_key);
  return made;
}

Result<MadeShares> make_shares(const MixedList& list, TrusteeNumber trustee,
                               const group::SecretScalar& secret, const Element& verification_key,
                               const proof::SigningKey& signing_key) {
  const std::string bases = decryption_bases(list);
  const Result<std::vector<Element>> elements = Ristretto::decode_packed(bases);
  if (!elements) return elements.error();
  std::string images;
  images.reserve(bases.size());
  for (std::size_t begin = 0; begin < elements->size(); begin += block_elements) {
    const std::size_t size = std::min(block_elements, elements->size() - begin);
    images +=
        group::encode_packed(group::mul_all(secret, std::span(*elements).subspan(begin, size)));
  }
  const std::string proof =
      proof::prove_equality<Ristretto>(decryption_transcript(list, trustee), secret,
                                       verification_key.encode(), bases, *elements, images);
  return finish_shares(list, trustee, images, proof, signing_key);
}

Result<std::string_view> check_shares(const MixedList& list, TrusteeNumber trustee,
                                      const Element& verification_key, std::string_view file,
                                      unsigned threads) {
  const Result<SharesFile> shares = decode_shares(file, list.elements() / list.width, list.width);
  if (!shares) return shares.error();
  if (!proof::verify_equality<Ristretto>(decryption_transcript(list, trustee),
                                         verification_key.encode(), decryption_bases(list),
                                         shares->shares, shares->proof, threads)) {
    return Error{ErrorCode::malformed,
                 "the shares of trustee " + std::to_string(trustee.value) +
                     " are not what the trustee's key makes of the list: the proof of equal "
                     "logarithms does not hold"};
  }
  return shares->shares;
}

Result<Sha256Digest> tie_seed(std::span<const TrusteeShares> trustees) {
  const std::vector<Scalar> coefficients = coefficients_of(trustees);
  std::vector<Element> shares;
  for (const TrusteeShares& trustee : trustees) {
    Result<Element> share = Ristretto::decode(proof::packed_at(trustee.shares, 0));
    if (!share) return std::move(share).error();
    shares.push_back(*share);
  }
  const Element value = group::multi_scalar_multiply_vartime(coefficients, shares);
  return sha256(view_of(value.encode()));
}

Result<OpenedList> open_list(const MixedList& list, std::span<const TrusteeShares> trustees) {
  const std::vector<Scalar> coefficients = coefficients_of(trustees);
  OpenedList opened;
  Result<Sha256Digest> seed = tie_seed(trustees);
  if (!seed) return std::move(seed).error();
  opened.tie_seed = *seed;
  const std::string betas = proof::every_nth(list.ciphertexts, 1, 2);
  for (std::size_t begin = 0; begin < list.elements(); begin += block_elements) {
    const std::size_t size = std::min(block_elements, list.elements() - begin);
    Result<std::vector<Element>> messages =
        Ristretto::decode_packed(std::string_view(betas).substr(32 * begin, 32 * size));
    if (!messages) return std::move(messages).error();
    for (std::size_t j = 0; j < trustees.size(); ++j) {
      const Result<std::vector<Element>> shares =
          Ristretto::decode_packed(trustees[j].shares.substr(32 * (1 + begin), 32 * size));
      if (!shares) return shares.error();
      for (std::size_t i = 0; i < size; ++i) {
        (*messages)[i] = (*messages)[i] - group::mul_vartime(coefficients[j], (*shares)[i]);
      }
    }
    opened.plaintexts += group::encode_packed(*messages);
  }
  return opened;
}

Status check_plaintexts(const MixedList& list, std::span<const TrusteeShares> trustees,
                        std::string_view plaintexts, unsigned threads) {
  if (plaintexts.size() != 32 * list.elements()) {
    return Error{ErrorCode::malformed,
                 "the plaintexts have the wrong length: " + std::to_string(plaintexts.size()) +
                     " bytes instead of " + std::to_string(32 * list.elements())};
  }
  proof::Seed seed{};
  randombytes_buf(seed.data(), seed.size());
  const std::vector<Scalar> coefficients = coefficients_of(trustees);

  struct Sum {
    std::optional<Error> error;
    Element difference;
  };
  std::vector<Sum> pieces((list.elements() + block_elements - 1) / block_elements);
  for_each_piece(pieces.size(), threads, [&](std::size_t p) {
    const std::size_t begin = p * block_elements;
    const std::size_t size = std::min(block_elements, list.elements() - begin);
    // Columns: beta, M, and the shares of each trustee.
    std::vector<group::Addends> columns;
    const auto next = [&]() -> group::Addends& {
      columns.emplace_back().reserve(size);
      return columns.back();
    };
    const auto add = [&](Status decoded) {
      if (!decoded) pieces[p].error = std::move(decoded).error();
    };
    add(Ristretto::append_packed(
        next(),
        proof::every_nth(list.ciphertexts.substr(pair_bytes * begin, pair_bytes * size), 1, 2)));
    // The identity may stand here: a voter can encrypt it, and must not be able to stop the count.
    add(next().append_packed(plaintexts.substr(32 * begin, 32 * size)));
    for (const TrusteeShares& trustee : trustees) {
      add(Ristretto::append_packed(next(), trustee.shares.substr(32 * (1 + begin), 32 * size)));
    }
    if (pieces[p].error) return;
    const auto sums =
        Ristretto::sums_vartime(proof::scalars_from_seed<Ristretto>(seed, begin, size), columns);
    pieces[p].difference =
        sums[0] - sums[1] -
        group::multi_scalar_multiply_vartime(coefficients, std::span(sums).subspan(2));
  });
  Element difference;
  for (const Sum& piece : pieces) {
    if (piece.error) return *piece.error;
    difference = difference + piece.difference;
  }
  if (!difference.is_identity()) {
    return Error{ErrorCode::malformed,
                 "the plaintexts are not what the trustees' shares make of the last list"};
  }
  return ok_status();
}

}  // namespace urna::election
