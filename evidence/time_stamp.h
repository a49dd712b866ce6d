// SPDX-License-Identifier: EUPL-1.2
// Time stamps of RFC 3161, by OpenSSL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"

namespace urna::evidence {

// A request (TimeStampReq, DER) for a SHA-256 digest, with a random nonce, that asks for the
// certificate.
[[nodiscard]] Result<std::string> make_time_request(const Sha256Digest& digest);

// The moment (Unix seconds) of a response (TimeStampResp, DER) that is for this digest and, if
// `authorities` names a file of certificates (PEM), is signed by one whose chain ends there and
// that may stamp times. Errors: malformed (no response, or a refusal), conflict (another digest,
// another signature), not_found and io (the file of certificates).
[[nodiscard]] Result<std::uint64_t> check_time_stamp(std::string_view response,
                                                     const Sha256Digest& digest,
                                                     const std::string& authorities);

}  // namespace urna::evidence
