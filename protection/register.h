// SPDX-License-Identifier: EUPL-1.2
// What the GDPR wants written, generated from the declaration so that it cannot disagree with the
// databases: the register of processing (art. 30) and the notices (art. 13 and 14).
#pragma once

#include <string>

#include "protection/fields.h"

namespace urna::protection {

// Who answers for a data set; from the configuration.
struct Controller {
  std::string name;
  std::string address;
  std::string officer;  // how to reach the data protection officer
};

// The record of art. 30(1) for a data set: controller, purposes, categories of persons and data,
// recipients, time limits, sources, legal bases, security. JSON, one object; keys are English,
// texts in both languages.
[[nodiscard]] std::string register_json(DataSet set, const Controller& controller);
// The same for people, as Markdown.
[[nodiscard]] std::string register_markdown(DataSet set, const Controller& controller,
                                            Language language);

// The information of art. 13 and 14 for a data set, as Markdown.
[[nodiscard]] std::string notice_markdown(DataSet set, const Controller& controller,
                                          Language language);

}  // namespace urna::protection
