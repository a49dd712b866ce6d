// SPDX-License-Identifier: EUPL-1.2
// Letters with codes as a PDF, by cairo and pango.
//
// The QR code holds the site's address and nothing else. With the one-time code in it, a photograph
// of the page, a telephone's list of scanned codes or the site's access log would hold the code in
// a form that machines read, and people would learn to trust whatever address a QR code in a letter
// brings them to together with a secret. Typing a dozen characters is the smaller evil.
#pragma once

#include <string>

#include "registrar/ports/letter_printer.h"

namespace urna::adapters {

// The part of the page that shows in the envelope's window, from the page's upper left corner. The
// default is what all placings of an A4 page, folded in three, leave visible in a Polish DL
// envelope with its window on the right (35 × 90 mm, 20 mm from the right and from the lower edge).
struct AddressWindow {
  double left_mm = 113;
  double top_mm = 56;
  double width_mm = 76;
  double height_mm = 30;
};

class LetterPdf final : public registrar::LetterPrinter {
 public:
  // The font must have Polish letters; DejaVu Sans and DejaVu Sans Mono come with Debian's
  // fonts-dejavu-core. If it is not installed, another takes its place.
  explicit LetterPdf(AddressWindow window = {}, std::string font = "DejaVu Sans",
                     std::string code_font = "DejaVu Sans Mono");

  // One A4 page for each letter, tagged so that programs can read it aloud, at most 5000 in a file;
  // about 2 ms and 9 KB each. The document's properties name the edition, no person. What cairo
  // buffered while it drew is not wiped. Not for several threads at once.
  [[nodiscard]] Result<SecretBytes> print(const registrar::LetterFrame& frame,
                                          std::span<const registrar::CodeLetter> letters) override;

 private:
  AddressWindow window_;
  std::string font_;
  std::string code_font_;
};

}  // namespace urna::adapters
