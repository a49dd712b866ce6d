// SPDX-License-Identifier: EUPL-1.2
// Cards as a PDF to be printed: one card on each page or, with many projects, on as many as it
// takes. Polish first, English beside.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cards/card_file.h"
#include "election/manifest.h"

namespace urna::cards {

// All cards of a batch, in random order, so that the order of printing tells nothing of the
// manifest's. Each bears its batch, pool and point, its serial number as text and as a QR code.
// Errors: io. Precondition: check_cards(), a batch of the file.
[[nodiscard]] Result<SecretBytes> print_batch(const CardFile& cards, election::BatchNumber batch,
                                              const election::Manifest& manifest);

}  // namespace urna::cards
