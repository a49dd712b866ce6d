// SPDX-License-Identifier: EUPL-1.2
// SHA-512 of many messages side by side, against another implementation one by one.
#include "base/sha512.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <sodium/crypto_hash_sha512.h>
#include <string>
#include <string_view>
#include <vector>

namespace urna {
namespace {

Sha512Digest by_libsodium(std::string_view bytes) {
  Sha512Digest digest{};
  const std::vector<std::uint8_t> octets(bytes.begin(), bytes.end());
  crypto_hash_sha512(digest.data(), octets.data(), octets.size());
  return digest;
}

std::string random_bytes(std::mt19937_64& random, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// Whether `count` messages of `size` bytes after a beginning give what libsodium gives.
void expect_right(std::mt19937_64& random, std::size_t before, std::size_t size,
                  std::size_t count) {
  const std::string beginning = random_bytes(random, before);
  const std::string messages = random_bytes(random, size * count);
  std::vector<Sha512Digest> digests(count);
  Sha512().add(beginning).digests(messages, size, digests);
  for (std::size_t k = 0; k < count; ++k) {
    ASSERT_EQ(digests[k], by_libsodium(beginning + messages.substr(size * k, size)))
        << before << " bytes before, message " << k << " of " << count << " of " << size;
  }
}

TEST(Sha512, ManyMessagesOfEveryLengthUpToThreeBlocks) {
  std::mt19937_64 random(1);
  for (std::size_t size = 0; size <= 384; ++size) expect_right(random, 0, size, 9);
}

TEST(Sha512, ManyMessagesInEveryNumberOfLanes) {
  std::mt19937_64 random(2);
  for (std::size_t count = 0; count <= 25; ++count) expect_right(random, 32, 8, count);
}

TEST(Sha512, ManyMessagesAfterEveryBeginning) {
  std::mt19937_64 random(3);
  for (std::size_t before = 0; before <= 257; ++before) {
    for (const std::size_t size : {0U, 1U, 15U, 16U, 90U, 112U, 128U}) {
      expect_right(random, before, size, 8);
    }
  }
}

TEST(Sha512, ManyMessagesLeaveTheBeginningAsItIs) {
  std::mt19937_64 random(4);
  const std::string beginning = random_bytes(random, 200);
  Sha512 state;
  state.add(beginning);
  std::vector<Sha512Digest> digests(16);
  state.digests(random_bytes(random, 16 * 50), 50, digests);
  EXPECT_EQ(state.add("and more").digest(), by_libsodium(beginning + "and more"));
}

TEST(Sha512DeathTest, MessagesOfAnotherSizeStopTheProgram) {
  std::array<Sha512Digest, 2> digests{};
  EXPECT_DEATH(Sha512().digests("three", 2, digests), "the size stated");
}

// Messages of the given lengths, all at once.
void expect_all_right(std::mt19937_64& random, const std::vector<std::size_t>& sizes) {
  std::vector<std::string> messages;
  messages.reserve(sizes.size());
  for (const std::size_t size : sizes) messages.push_back(random_bytes(random, size));
  std::vector<Sha512Digest> digests(sizes.size());
  sha512_all(std::vector<std::string_view>(messages.begin(), messages.end()), digests);
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    ASSERT_EQ(digests[k], by_libsodium(messages[k]))
        << "message " << k << " of " << sizes.size() << ", " << sizes[k] << " bytes";
  }
}

TEST(Sha512, MessagesOfAllLengthsAtOnce) {
  std::mt19937_64 random(4);
  std::vector<std::size_t> sizes(600);
  std::iota(sizes.begin(), sizes.end(), std::size_t{0});
  expect_all_right(random, sizes);
  std::shuffle(sizes.begin(), sizes.end(), random);
  expect_all_right(random, sizes);
}

TEST(Sha512, AnyNumberOfMessagesOfAnyLengths) {
  std::mt19937_64 random(5);
  for (std::size_t count = 0; count <= 40; ++count) {
    std::vector<std::size_t> sizes(count);
    for (std::size_t& size : sizes) size = random() % 1000;
    expect_all_right(random, sizes);
  }
}

}  // namespace
}  // namespace urna
