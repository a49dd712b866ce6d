// SPDX-License-Identifier: EUPL-1.2
// Recorded votes on their way from the ballot box to the registrar over HTTP.
#pragma once

#include <string>
#include <string_view>

#include "ballotbox/notice_courier.h"
#include "base/result.h"

namespace urna::api {

inline constexpr std::size_t notices_in_batch_max = 1'000;
inline constexpr std::size_t notice_batch_bytes_max = 64 + notices_in_batch_max * 272;

// {1: name of 16 bytes, 2: [[sealed reference, pool], …]}, and back. Errors: malformed.
[[nodiscard]] std::string encode(const ballotbox::NoticeBatch& batch);
[[nodiscard]] Result<ballotbox::NoticeBatch> decode_notice_batch(std::string_view bytes);

// Posts batches to `url`/api/v1/notices with this bearer token.
[[nodiscard]] ballotbox::Deliver notice_delivery(const std::string& url, const std::string& token);

}  // namespace urna::api
