// SPDX-License-Identifier: EUPL-1.2
#include "election/decryption_check.h"

#include <algorithm>
#include <array>
#include <sodium/randombytes.h>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/parallel.h"
#include "election/decrypting.h"
#include "election/distinct.h"
#include "election/files.h"
#include "group/multiply_vartime.h"
#include "proof/equality.h"
#include "proof/sharing.h"
#include "proof/weights.h"

namespace urna::election {
namespace {

using group::Element;
using group::Scalar;
using proof::packed_at;
using proof::Ristretto;

// Elements that are summed together, as in a shuffle's verification.
constexpr std::size_t elements_together = 65'536;

// The proof of one trustee's shares, and the verifier's weights of its two equations.
struct Proof {
  ByteSource shares;  // D_0 …
  proof::Seed seed{};
  Scalar challenge;
  Scalar response;
  std::array<Element, 2> commitments;  // T_G and T_A
  Scalar weight_of_key;                // s G = T_G + c Y_j
  Scalar weight_of_shares;             // s A = T_A + c D
};

MixedList list_of(const DecryptedPool& decrypted, std::string_view ciphertexts) {
  return {decrypted.edition, decrypted.pool, decrypted.width, ciphertexts};
}

// The whole of it at once.
class Check {
 public:
  Check(const DecryptedPool& decrypted, unsigned threads)
      : decrypted_(decrypted), threads_(threads), list_(list_of(decrypted, {})) {}

  // Whether everything holds.
  Result<Sha256Digest> together() {
    if (decrypted_.plaintexts.size() != 32 * elements())
      return Error{ErrorCode::malformed, "the plaintexts have the wrong length"};
    if (Status read = read_proofs(); !read) return std::move(read).error();
    draw_weights();

    const std::vector<Piece> pieces = pieces_of_list();
    std::vector<Result<Element>> sums(pieces.size(), Element());
    for_each_piece_in<group::Addends>(
        pieces.size(), threads_,
        [&](std::size_t p, group::Addends& room) { sums[p] = sum_of(pieces[p], room); });
    const Result<Element> rest = sum_of_rest();
    if (!rest) return rest.error();
    Element sum = *rest;
    for (const Result<Element>& part : sums) {
      if (!part) return part.error();
      sum = sum + *part;
    }
    if (!sum.is_identity()) return Error{ErrorCode::malformed, "the decryption does not hold"};
    return tie_seed_of_first();
  }

 private:
  [[nodiscard]] std::size_t elements() const { return decrypted_.ciphertexts.size() / pair_bytes; }

  Status read_proofs() {
    proofs_.resize(decrypted_.shares.size());
    std::vector<Status> read(proofs_.size(), ok_status());
    for_each_piece(proofs_.size(), threads_, [&](std::size_t j) { read[j] = read_proof(j); });
    for (Status& one : read) {
      if (!one) return std::move(one);
    }
    return ok_status();
  }

  Status read_proof(std::size_t j) {
    const DecryptedPool::Shares& shares = decrypted_.shares[j];
    Proof& proof = proofs_[j];
    auto parts = shares_parts(shares.file, elements() / decrypted_.width, decrypted_.width);
    if (!parts) return std::move(parts).error();
    proof.shares = (*parts)[0];
    std::string bytes;
    if (Status read = (*parts)[1].append_to(bytes, 0, proof::equality_proof_bytes); !read)
      return read;

    proof::Transcript transcript = decryption_transcript(list_, shares.trustee);
    transcript.append("key", view_of(shares.verification_key.encode()));
    transcript.begin_append("bases", proof.shares.size());
    // A_0; the alphas are those of the list.
    transcript.continue_append(decryption_bases(list_));
    Status hashed = decrypted_.ciphertexts.for_each(
        [&](std::string_view pairs) { transcript.continue_append(proof::every_nth(pairs, 0, 2)); });
    if (!hashed) return hashed;
    transcript.begin_append("images", proof.shares.size());
    hashed =
        proof.shares.for_each([&](std::string_view piece) { transcript.continue_append(piece); });
    if (!hashed) return hashed;
    proof.seed = transcript.challenge_seed("weights");
    transcript.append("commitments", std::string_view(bytes).substr(0, 64));
    proof.challenge = transcript.challenge_scalar("c");
    for (std::size_t k = 0; k < 2; ++k) {
      Result<Element> commitment = Ristretto::decode(packed_at(bytes, k));
      if (!commitment) return std::move(commitment).error();
      proof.commitments[k] = *commitment;
    }
    Result<Scalar> response = Ristretto::decode_scalar(packed_at(bytes, 2));
    if (!response) return std::move(response).error();
    proof.response = *response;
    return ok_status();
  }

  void draw_weights() {
    randombytes_buf(own_seed_.data(), own_seed_.size());
    const auto drawn =
        proof::scalars_from_seed<Ristretto>(own_seed_, elements(), 2 * proofs_.size());
    std::vector<std::uint64_t> numbers;
    for (std::size_t j = 0; j < proofs_.size(); ++j) {
      proofs_[j].weight_of_key = drawn[2 * j];
      proofs_[j].weight_of_shares = drawn[2 * j + 1];
      if (j < decrypted_.threshold) numbers.push_back(decrypted_.shares[j].trustee.value);
    }
    coefficients_ = proof::lagrange_at_zero<Ristretto>(numbers);
  }

  // Some ciphertexts, and their elements if they are at hand.
  struct Piece {
    std::size_t begin = 0;
    std::size_t size = 0;
    const DecodedCiphertexts::Piece* decoded = nullptr;
  };
  [[nodiscard]] std::vector<Piece> pieces_of_list() const {
    const std::size_t count = elements() / decrypted_.width;
    std::vector<Piece> pieces;
    // What is left out here would not be checked.
    std::size_t decoded = 0;
    for (const DecodedCiphertexts::Piece& piece : decrypted_.elements.pieces) {
      const bool whole = piece.begin == decoded && piece.columns.size() == 2 * decrypted_.width &&
                         std::ranges::all_of(piece.columns, [&](const group::Addends& column) {
                           return column.size() == piece.size;
                         });
      if (!whole) stop_on_broken_precondition("check_decryption: whole pieces in order");
      decoded += piece.size;
      pieces.push_back({piece.begin, piece.size, &piece});
    }
    if (!pieces.empty() && decoded != count)
      stop_on_broken_precondition("check_decryption: the elements of the whole list");
    if (!pieces.empty()) return pieces;
    const std::size_t each = (3 + proofs_.size()) * decrypted_.width;
    const std::size_t size = piece_size(count, elements_together / each, threads_);
    for (std::size_t begin = 0; begin < count; begin += size)
      pieces.push_back({begin, std::min(size, count - begin), nullptr});
    return pieces;
  }

  // alpha_1, beta_1, alpha_2 … of all ciphertexts of the piece, one after another.
  [[nodiscard]] Status append_columns(const Piece& piece, group::Addends& to) const {
    const std::size_t columns = 2 * decrypted_.width;
    if (piece.decoded != nullptr) {
      for (const group::Addends& column : piece.decoded->columns) to.append(column, 0, piece.size);
      return ok_status();
    }
    std::string room;
    const auto packed =
        decrypted_.ciphertexts.read(32 * columns * piece.begin, 32 * columns * piece.size, room);
    if (!packed) return packed.error();
    for (std::size_t k = 0; k < columns; ++k) {
      if (Status decoded = Ristretto::append_packed(to, *packed, k, columns); !decoded)
        return decoded;
    }
    return ok_status();
  }

  // With x_i the weight of the plaintext i, v_i that of its base in a trustee's proof and z the
  // weight of that proof's equation:
  //   (beta_i - M_i) x_i + alpha_i sum over trustees of z s v_i
  //     - sum over trustees of D_i (z c v_i + lambda x_i)
  // `elements` is room for them.
  [[nodiscard]] Result<Element> sum_of(const Piece& piece, group::Addends& elements) const {
    const std::size_t width = decrypted_.width;
    const std::size_t begin = width * piece.begin;
    const std::size_t size = width * piece.size;
    // Where the scalars of alpha_i and beta_i are: component k of all ciphertexts together.
    const auto place = [&](std::size_t i, std::size_t beta) {
      return (2 * (i % width) + beta) * piece.size + i / width;
    };
    const auto x = proof::scalars_from_seed<Ristretto>(own_seed_, begin, size);
    std::vector<Scalar> scalars((2 + proofs_.size()) * size);
    for (std::size_t i = 0; i < size; ++i) scalars[place(i, 1)] = x[i];
    std::string shares;
    for (std::size_t j = 0; j < proofs_.size(); ++j) {
      const Proof& proof = proofs_[j];
      if (Status read = proof.shares.append_to(shares, 32 * (1 + begin), 32 * size); !read)
        return std::move(read).error();
      const auto v = proof::scalars_from_seed<Ristretto>(proof.seed, 1 + begin, size);
      const Scalar of_base = proof.weight_of_shares * proof.response;
      const Scalar of_share = -(proof.weight_of_shares * proof.challenge);
      for (std::size_t i = 0; i < size; ++i) {
        Scalar& alpha = scalars[place(i, 0)];
        alpha = alpha + of_base * v[i];
        Scalar& own = scalars[(2 + j) * size + i];
        own = of_share * v[i];
        if (j < coefficients_.size()) own = own - coefficients_[j] * x[i];
      }
    }
    // Equal plaintexts, of people who voted alike, are one term.
    std::string plaintexts;
    if (Status read = decrypted_.plaintexts.append_to(plaintexts, 32 * begin, 32 * size); !read)
      return std::move(read).error();
    const DistinctItems distinct = distinct_items(plaintexts, 32);
    const std::size_t before = scalars.size();
    scalars.resize(before + distinct.packed.size() / 32);
    for (std::size_t i = 0; i < size; ++i) {
      Scalar& own = scalars[before + distinct.which[i]];
      own = own - x[i];
    }

    elements.clear();
    elements.reserve(scalars.size());
    if (Status appended = append_columns(piece, elements); !appended)
      return std::move(appended).error();
    if (Status decoded = Ristretto::append_packed(elements, shares); !decoded)
      return std::move(decoded).error();
    // The identity may stand here: a voter can encrypt it, and must not be able to stop the count.
    if (Status decoded = elements.append_packed(distinct.packed); !decoded)
      return std::move(decoded).error();
    return group::multi_scalar_multiply_vartime(scalars, elements);
  }

  // What stands in the equations once: A_0, D_0, G, Y_j, T_G, T_A.
  [[nodiscard]] Result<Element> sum_of_rest() const {
    std::vector<Scalar> scalars;
    std::vector<Element> elements;
    const auto add = [&](const Scalar& scalar, const Element& element) {
      scalars.push_back(scalar);
      elements.push_back(element);
    };
    const Result<Element> tie = Element::decode(packed_at(decryption_bases(list_), 0));
    if (!tie) return tie.error();
    std::string room;
    for (std::size_t j = 0; j < proofs_.size(); ++j) {
      const Proof& proof = proofs_[j];
      const auto packed = proof.shares.read(0, 32, room);
      if (!packed) return packed.error();
      const Result<Element> share = Ristretto::decode(packed_at(*packed, 0));
      if (!share) return share.error();
      const Scalar v = proof::scalars_from_seed<Ristretto>(proof.seed, 0, 1)[0];
      add(proof.weight_of_shares * proof.response * v, *tie);
      add(-(proof.weight_of_shares * proof.challenge * v), *share);
      add(-proof.weight_of_shares, proof.commitments[1]);
      add(proof.weight_of_key * proof.response, Element::generator());
      add(-(proof.weight_of_key * proof.challenge), decrypted_.shares[j].verification_key);
      add(-proof.weight_of_key, proof.commitments[0]);
    }
    return group::multi_scalar_multiply_vartime(scalars, elements);
  }

  [[nodiscard]] Result<Sha256Digest> tie_seed_of_first() const {
    std::vector<std::string> firsts(coefficients_.size());
    std::vector<TrusteeShares> combined;
    for (std::size_t j = 0; j < firsts.size(); ++j) {
      if (Status read = proofs_[j].shares.append_to(firsts[j], 0, 32); !read)
        return std::move(read).error();
      combined.push_back({decrypted_.shares[j].trustee, firsts[j]});
    }
    return tie_seed(combined);
  }

  const DecryptedPool& decrypted_;
  unsigned threads_;
  MixedList list_;  // without its ciphertexts
  std::vector<Proof> proofs_;
  std::vector<Scalar> coefficients_;  // lambda of the first trustees
  proof::Seed own_seed_{};            // weight i is that of plaintext i
};

// The same one after another, with the lists in memory.
class CheckOneByOne {
 public:
  CheckOneByOne(const DecryptedPool& decrypted, unsigned threads)
      : decrypted_(decrypted), threads_(threads), files_(decrypted.shares.size()) {}

  std::optional<WrongDecryption> shares() {
    if (Status got = read(decrypted_.ciphertexts, ciphertexts_); !got)
      return WrongDecryption{0, std::move(got).error()};
    for (std::size_t j = 0; j < files_.size(); ++j) {
      const DecryptedPool::Shares& shares = decrypted_.shares[j];
      if (Status got = read(shares.file, files_[j]); !got)
        return WrongDecryption{j, std::move(got).error()};
      Result<std::string_view> right =
          check_shares(list_of(decrypted_, ciphertexts_), shares.trustee, shares.verification_key,
                       files_[j], threads_);
      if (!right) return WrongDecryption{j, std::move(right).error()};
      if (j < decrypted_.threshold) combined_.push_back({shares.trustee, *right});
    }
    return std::nullopt;
  }

  // After shares() has found nothing.
  Result<Sha256Digest> plaintexts() {
    std::string plaintexts;
    if (Status got = read(decrypted_.plaintexts, plaintexts); !got) return std::move(got).error();
    if (Status right =
            check_plaintexts(list_of(decrypted_, ciphertexts_), combined_, plaintexts, threads_);
        !right)
      return std::move(right).error();
    return tie_seed(combined_);
  }

 private:
  static Status read(const ByteSource& source, std::string& to) {
    return source.append_to(to, 0, source.size());
  }

  const DecryptedPool& decrypted_;
  unsigned threads_;
  std::string ciphertexts_;
  std::vector<std::string> files_;
  std::vector<TrusteeShares> combined_;
};

}  // namespace

std::optional<WrongDecryption> first_wrong_shares(const DecryptedPool& decrypted,
                                                  unsigned threads) {
  return CheckOneByOne(decrypted, threads).shares();
}

CheckedDecryption check_decryption(const DecryptedPool& decrypted, unsigned threads) {
  Result<Sha256Digest> seed = Check(decrypted, threads).together();
  if (!seed) {
    CheckOneByOne check(decrypted, threads);
    if (auto wrong = check.shares()) return {std::move(wrong), {}};
    seed = check.plaintexts();
    if (!seed) return {WrongDecryption{std::nullopt, std::move(seed).error()}, {}};
  }
  return {std::nullopt, *seed};
}

}  // namespace urna::election
