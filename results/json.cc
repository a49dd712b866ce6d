// SPDX-License-Identifier: EUPL-1.2
#include "results/json.h"

#include <algorithm>

#include "base/bytes.h"
#include "report/json_writer.h"

namespace urna::results {
namespace {

using report::JsonWriter;

std::string_view meta_of(const election::Pool& pool, std::string_view key) {
  for (const election::TextPair& pair : pool.meta) {
    if (pair.key == key) return pair.value;
  }
  return {};
}

void texts(JsonWriter& json, const presentation::Texts& texts) {
  json.begin_object();
  if (!texts.pl.empty()) json.key("pl").string(texts.pl);
  if (!texts.en.empty()) json.key("en").string(texts.en);
  json.end_object();
}

void names(JsonWriter& json, const std::vector<std::string>& list) {
  json.begin_array();
  for (const std::string& name : list) json.string(name);
  json.end_array();
}

void taking_part(JsonWriter& json, const PoolNumbers& numbers) {
  json.key("ballots").begin_object();
  json.key("cast").natural(numbers.cast);
  json.key("paper").natural(numbers.paper);
  json.key("annulled").natural(numbers.annulled);
  json.key("superseded").natural(numbers.superseded);
  json.key("counted").natural(numbers.counted);
  json.key("by_level").begin_object();
  for (std::size_t i = 0; i < levels; ++i)
    json.key(std::to_string(i + 2)).natural(numbers.by_level[i]);
  json.end_object();
  if (numbers.result) {
    json.key("valid").natural(numbers.result->valid);
    json.key("blank").natural(numbers.result->blank);
    json.key("invalid").begin_object();
    for (std::uint8_t code = 1; code <= election::invalid_reasons; ++code) {
      const std::uint64_t count = numbers.result->invalid[code - 1U];
      if (count == 0) continue;
      json.key(election::name_of(static_cast<election::InvalidReason>(code))).natural(count);
    }
    json.end_object();
  }
  json.end_object();
}

std::string_view status_of(const PoolNumbers& numbers) {
  if (numbers.withheld) return "withheld";
  return numbers.result ? "counted" : "awaited";
}

void pool_head(JsonWriter& json, const EditionData& data, election::PoolNumber number) {
  const election::Pool& pool = data.manifest.pools[number.value];
  const PoolNumbers& numbers = data.numbers.pools[number.value];
  json.key("id").string(pool.id);
  json.key("slug").string(slug_of(data.manifest, number));
  json.key("number").natural(number.value);
  json.key("title").string(pool.title);
  json.key("status").string(status_of(numbers));
  json.key("money").money(pool.money);
  json.key("currency").string(meta_of(pool, "currency"));
  json.key("projects").natural(pool.projects.size());
  taking_part(json, numbers);
}

void effect_of_annulled(JsonWriter& json, const std::optional<AnnulledEffect>& effect) {
  if (!effect) {
    json.null();
    return;
  }
  const auto natural_or_null = [&](std::optional<std::uint64_t> value) {
    if (value) {
      json.natural(*value);
    } else {
      json.null();
    }
  };
  json.begin_object();
  json.key("ballots").natural(effect->differing);
  json.key("margin");
  natural_or_null(effect->margin_before);
  json.key("same_winners").boolean(effect->same_winners);
  json.key("at_stake").begin_array();
  for (const ProjectAtStake& project : effect->at_stake) {
    json.begin_object();
    json.key("id").string(project.id);
    json.key("at_least").natural(project.at_least);
    json.key("at_most");
    natural_or_null(project.at_most);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string edition_json(const EditionData& data) {
  const EditionNumbers& numbers = data.numbers;
  JsonWriter json;
  json.begin_object();
  json.key("version").natural(1);
  json.key("protocol").null();
  json.key("edition").string(to_hex(numbers.edition.view()));
  json.key("name").string(data.manifest.edition);
  json.key("title").string(data.manifest.title);
  json.key("resolution").string(data.manifest.resolution);
  json.key("city");
  if (data.presentation) {
    texts(json, data.presentation->city);
  } else {
    json.null();
  }
  json.key("presentation");
  const std::string_view hash = meta_of(data.manifest.pools.front(), presentation::meta_key);
  if (data.presentation && !hash.empty()) {
    json.string(hash);
  } else {
    json.null();
  }
  json.key("complete").boolean(numbers.complete);
  json.key("opened").natural(numbers.opened);
  json.key("closed").natural(numbers.closed);
  json.key("entries").natural(numbers.entries);
  json.key("entitled").natural(numbers.entitled);
  json.key("certificates").natural(numbers.certificates);
  json.key("ballots").natural(numbers.ballots);
  json.key("voters").natural(numbers.voters);
  json.key("privacy_minimum").natural(data.manifest.privacy_minimum);
  json.key("pools").begin_array();
  for (const PoolNumbers& pool : numbers.pools) {
    json.begin_object();
    pool_head(json, data, pool.number);
    json.key("funded");
    if (pool.result) {
      json.natural(pool.result->winners.size());
    } else {
      json.null();
    }
    json.key("cost");
    if (pool.result) {
      json.money(pool.result->cost);
    } else {
      json.null();
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

void name_protocol(std::string& edition_json, std::string_view address) {
  constexpr std::string_view without = "{\"version\":1,\"protocol\":null,";
  if (!edition_json.starts_with(without)) return;
  JsonWriter json;
  json.string(address);
  edition_json.replace(0, without.size(),
                       "{\"version\":1,\"protocol\":" + std::move(json).take() + ",");
}

std::string pool_json(const EditionData& data, election::PoolNumber number) {
  const PoolNumbers& numbers = data.numbers.pools[number.value];
  const CountedPool& counted = *data.pools[number.value];
  JsonWriter json;
  json.begin_object();
  json.key("version").natural(1);
  json.key("edition").string(to_hex(numbers.result->edition.view()));
  json.key("pool").begin_object();
  pool_head(json, data, number);
  json.end_object();
  json.key("mixed_by");
  names(json, numbers.mixed_by);
  json.key("decrypted_by");
  names(json, numbers.decrypted_by);
  json.key("tie_seed").string(to_hex(view_of(numbers.result->tie_seed)));
  json.key("annulled");
  effect_of_annulled(json, data.annulled[number.value]);
  json.key("count");
  std::string count = report::to_json(counted.report, report::OthersDetail::brief);
  count.pop_back();  // its line end
  json.raw(count);
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace urna::results
