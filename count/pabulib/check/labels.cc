// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/labels.h"

#include <map>
#include <set>

#include "count/pabulib/check/cells.h"
#include "count/pabulib/check/unicode_text.h"

namespace urna::count::pabulib::check {

void Labels::add(std::string_view label, Place place) {
  if (label.empty()) return;
  std::string text(label);
  if (numbers_.contains(text)) return;
  if (labels_.size() == labels_max) {
    full_ = true;
    return;
  }
  numbers_.emplace(text, labels_.size());
  labels_.push_back({std::move(text), place.line, place.column});
}

void Labels::finish(const Model& model, Findings& findings) const {
  std::map<std::string, const Label*> first_of;
  for (const Label& label : labels_) {
    const auto [other, is_new] = first_of.emplace(label_key(label.text), &label);
    if (!is_new) {
      findings.add(Code::label_variants, {label.line, label.column, field_},
                   "{} and {} (line {}) differ only in case, spacing or accents",
                   quoted(label.text), quoted(other->second->text), other->second->line);
    }
  }
  if (!declared_by_.empty() && !labels_.empty() && !full_) compare_with_declared(model, findings);
}

void Labels::compare_with_declared(const Model& model, Findings& findings) const {
  const std::string_view declared = model.value(declared_by_);
  if (declared.empty()) return;
  std::set<std::string, std::less<>> names;
  Findings ignored(0);  // the list itself was checked with META
  check_list(declared, {}, ignored,
             [&](std::string_view item, std::size_t) { names.emplace(item); });
  for (const Label& label : labels_) {
    if (!names.contains(label.text)) {
      findings.add(Code::undeclared_value, {label.line, label.column, field_},
                   "{} is not declared in {}", quoted(label.text), declared_by_);
    }
  }
  for (const std::string& name : names) {
    if (!numbers_.contains(name)) {
      findings.add(Code::unused_declared_value, model.place(declared_by_), "no {} is {}", field_,
                   quoted(name));
    }
  }
}

}  // namespace urna::count::pabulib::check
