// SPDX-License-Identifier: EUPL-1.2
// Signatures of officials in a PDF (ISO 32000-1 section 12.8, ETSI EN 319 142-1): each an addition
// to the file, over everything before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace urna::publish {

struct PdfSigner {
  std::string certificate;  // PEM: the signer's, then those between it and the root, if any
  SecretBytes key;          // PEM
  SecretBytes passphrase;   // of the key; may be empty
  std::string name;         // of the person, as viewers show it
  std::string reason;       // may be empty
  std::uint64_t time = 0;   // Unix seconds, as the signer's clock says
};

// The file with one signature more: detached CMS with the signed hash of the certificate (CAdES),
// SHA-256. Errors: malformed and unsupported (the file; see PdfFile), usage (key and certificate do
// not fit, a key that cannot be read), limit (a chain of certificates too long for its place).
[[nodiscard]] Result<std::string> sign_pdf(std::string_view pdf, const PdfSigner& signer);

}  // namespace urna::publish
