// SPDX-License-Identifier: EUPL-1.2
// The low-level functions of OpenSSL, because the high-level ones allocate a context for each of
// millions of short hashes. They are deprecated but part of every OpenSSL 3; asking for the
// interface of 1.1.1 says that this is known.
#define OPENSSL_API_COMPAT 0x10101000L

#include "base/sha512.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <numeric>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <vector>

#include "base/sha512_lanes.h"

namespace urna {
namespace {

SHA512_CTX* context(std::array<std::byte, 216>& state) {
  static_assert(sizeof(SHA512_CTX) <= sizeof state && alignof(SHA512_CTX) <= 8);
  return std::launder(reinterpret_cast<SHA512_CTX*>(state.data()));
}

constexpr std::size_t block_bytes = 128;
constexpr std::size_t length_bytes = 16;

void store_big_endian(std::uint64_t word, std::uint8_t* bytes) {
  for (std::size_t i = 8; i-- > 0; word >>= 8U) bytes[i] = static_cast<std::uint8_t>(word);
}

// Eight messages, `size` bytes apart, after what the context holds. `padded` is what its last
// unfinished block becomes with a message: whole blocks, in which the messages' places, from
// `pending` on, are written here.
void digest_lanes(const SHA512_CTX& start, const char* messages, std::size_t size,
                  std::vector<std::uint8_t>& padded, Sha512Digest* to) {
  using sha512_lanes::lanes;
  const std::size_t pending = start.num;
  sha512_lanes::States states{};
  for (std::size_t i = 0; i < states.size(); ++i) states[i].fill(start.h[i]);
  const std::size_t bytes = padded.size() / lanes;
  for (std::size_t k = 0; k < lanes; ++k) {
    if (size > 0) std::memcpy(padded.data() + bytes * k + pending, messages + size * k, size);
  }
  for (std::size_t at = 0; at < bytes; at += block_bytes) {
    sha512_lanes::Blocks blocks{};
    for (std::size_t k = 0; k < lanes; ++k) blocks[k] = padded.data() + bytes * k + at;
    sha512_lanes::compress(states, blocks);
  }
  for (std::size_t k = 0; k < lanes; ++k) {
    for (std::size_t i = 0; i < states.size(); ++i)
      store_big_endian(states[i][k], to[k].data() + 8 * i);
  }
}

// The blocks of a message with its padding: a bit, zeros, and the length in bits.
std::size_t blocks_of(std::size_t size) {
  return (size + 1 + length_bytes + block_bytes - 1) / block_bytes;
}

// A message block by block. The last one or two blocks, which have padding, are kept apart.
class PaddedMessage {
 public:
  explicit PaddedMessage(std::string_view message)
      : message_(message),
        blocks_(blocks_of(message.size())),
        whole_blocks_(message.size() / block_bytes) {
    const std::string_view rest = message.substr(block_bytes * whole_blocks_);
    std::copy(rest.begin(), rest.end(), end_.begin());
    end_[rest.size()] = 0x80;
    store_big_endian(8 * std::uint64_t{message.size()},
                     end_.data() + block_bytes * (blocks_ - whole_blocks_) - 8);
  }
  [[nodiscard]] std::size_t blocks() const { return blocks_; }
  [[nodiscard]] const std::uint8_t* block(std::size_t number) const {
    if (number >= whole_blocks_) return end_.data() + block_bytes * (number - whole_blocks_);
    return reinterpret_cast<const std::uint8_t*>(message_.data()) + block_bytes * number;
  }

 private:
  std::string_view message_;
  std::size_t blocks_;
  std::size_t whole_blocks_;
  std::array<std::uint8_t, 2 * block_bytes> end_{};
};

// One to eight messages, the longest last. A lane whose message has ended goes on with its last
// block, for nothing, and so does a lane without a message with those of the longest.
void digest_lanes(std::span<const std::string_view> messages, std::span<const std::size_t> chosen,
                  std::span<Sha512Digest> to) {
  using sha512_lanes::lanes;
  SHA512_CTX start;
  SHA512_Init(&start);
  sha512_lanes::States states{};
  for (std::size_t i = 0; i < states.size(); ++i) states[i].fill(start.h[i]);
  std::vector<PaddedMessage> padded;
  padded.reserve(lanes);
  for (const std::size_t message : chosen) padded.emplace_back(messages[message]);
  for (std::size_t b = 0; b < padded.back().blocks(); ++b) {
    sha512_lanes::Blocks blocks{};
    for (std::size_t k = 0; k < lanes; ++k) {
      const PaddedMessage& own = padded[std::min(k, padded.size() - 1)];
      blocks[k] = own.block(std::min(b, own.blocks() - 1));
    }
    sha512_lanes::compress(states, blocks);
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      if (b + 1 != padded[k].blocks()) continue;
      for (std::size_t i = 0; i < states.size(); ++i)
        store_big_endian(states[i][k], to[chosen[k]].data() + 8 * i);
    }
  }
}

}  // namespace

Sha512::Sha512() {
  new (state_.data()) SHA512_CTX;
  SHA512_Init(context(state_));
}

Sha512::~Sha512() { OPENSSL_cleanse(state_.data(), state_.size()); }

Sha512& Sha512::add(std::string_view bytes) {
  SHA512_Update(context(state_), bytes.data(), bytes.size());
  return *this;
}

Sha512Digest Sha512::digest() {
  Sha512Digest digest{};
  SHA512_Final(digest.data(), context(state_));
  return digest;
}

void Sha512::digests(std::string_view messages, std::size_t size,
                     std::span<Sha512Digest> to) const {
  if (messages.size() != size * to.size()) {
    std::fputs("Sha512::digests: the messages must have the size stated\n", stderr);
    std::abort();
  }
  std::size_t done = 0;
  if (sha512_lanes::available() && to.size() >= sha512_lanes::lanes) {
    SHA512_CTX start;
    std::memcpy(&start, state_.data(), sizeof start);
    // What is pending, the message, a bit, zeros, and the length in bits.
    const std::size_t content = start.num + size;
    const std::size_t bytes =
        (content + 1 + length_bytes + block_bytes - 1) / block_bytes * block_bytes;
    std::vector<std::uint8_t> padded(sha512_lanes::lanes * bytes);
    for (std::size_t k = 0; k < sha512_lanes::lanes; ++k) {
      std::uint8_t* const own = padded.data() + bytes * k;
      std::copy_n(start.u.p, start.num, own);
      own[content] = 0x80;
      store_big_endian(start.Nl + 8 * std::uint64_t{size}, own + bytes - 8);
    }
    for (; done + sha512_lanes::lanes <= to.size(); done += sha512_lanes::lanes)
      digest_lanes(start, messages.data() + size * done, size, padded, to.data() + done);
  }
  for (; done < to.size(); ++done)
    to[done] = Sha512(*this).add(messages.substr(size * done, size)).digest();
}

Sha512Digest sha512(std::string_view bytes) { return Sha512().add(bytes).digest(); }

void sha512_all(std::span<const std::string_view> messages, std::span<Sha512Digest> to) {
  if (messages.size() != to.size()) {
    std::fputs("sha512_all: as many places as messages, please\n", stderr);
    std::abort();
  }
  constexpr std::size_t apart_max = 2;  // fewer are hashed faster one by one
  std::vector<std::size_t> order(messages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (sha512_lanes::available()) {
    std::ranges::stable_sort(
        order, {}, [&](std::size_t message) { return blocks_of(messages[message].size()); });
  }
  std::span<const std::size_t> left(order);
  while (!left.empty()) {
    const auto chosen = left.first(std::min(sha512_lanes::lanes, left.size()));
    if (sha512_lanes::available() && chosen.size() > apart_max) {
      digest_lanes(messages, chosen, to);
    } else {
      for (const std::size_t message : chosen) to[message] = sha512(messages[message]);
    }
    left = left.subspan(chosen.size());
  }
}

}  // namespace urna
