// SPDX-License-Identifier: EUPL-1.2
// From figures and templates to documents: transparency report, dossier, answer, statement.
//
// Templates are data (answers/templates.json is built in; a city may take its own). A paragraph has
// figures in braces, and each is followed by the number of its source, "1 162 [1]". A paragraph is
// left out if a figure of it was never computed; a figure that is hidden says so. No number is in a
// template.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "answers/figures.h"
#include "base/result.h"
#include "publish/document.h"

namespace urna::answers {

[[nodiscard]] std::string_view standard_templates();
inline constexpr std::size_t templates_bytes_max = std::size_t{1} << 20U;

struct Request {
  std::string document;  // "transparency", "dossier", "interpellation", "press"
  report::Language language = report::Language::polish;
  // What a document asks for besides figures: "{param.NAME}".
  std::map<std::string, std::string, std::less<>> parameters;
};

// Errors: malformed (the templates; a brace without an end), not_found (no such document), usage (a
// parameter that the document needs is not there).
[[nodiscard]] Result<publish::Document> compose(const Facts& facts, std::string_view templates,
                                                const Request& request);

}  // namespace urna::answers
