// SPDX-License-Identifier: EUPL-1.2
#include "election/manifest.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include "base/cbor.h"
#include "base/sha256.h"
#include "election/fields.h"
#include "election/published.h"

namespace urna::election {
namespace {

constexpr std::uint64_t money_max = money_limit_grosze;
constexpr std::size_t groups_max = 64;
constexpr std::size_t witnesses_max = 32;
constexpr std::size_t projects_max = 65'535;
constexpr std::size_t meta_max = 256;
constexpr std::size_t options_max = 256;
constexpr std::size_t title_bytes_max = 512;

constexpr Words<BallotForm> forms = {{"approval", BallotForm::approval},
                                     {"ranking", BallotForm::ranking},
                                     {"points", BallotForm::points}};
constexpr Words<RepeatPolicy> policies = {
    {"last", RepeatPolicy::last}, {"first", RepeatPolicy::first}, {"void", RepeatPolicy::none}};
constexpr Words<count::TieKind> tie_words = {{"draw", count::TieKind::draw},
                                             {"id", count::TieKind::id},
                                             {"cost", count::TieKind::cost},
                                             {"cost-desc", count::TieKind::cost_desc},
                                             {"votes", count::TieKind::votes}};

template <typename Fields>
void describe(Fields& fields, For<Fields, BallotRule>& rule) {
  fields.map(6);
  fields.key(1).word(rule.form, forms);
  fields.key(2).number(rule.fewest, 1, projects_max);
  fields.key(3).number(rule.most, 1, projects_max);
  fields.key(4).optional(rule.points, [&](auto& points) {
    fields.tuple(4);
    fields.number(points.each_least, 1, points_each_max);
    fields.number(points.each_most, 1, points_each_max);
    fields.number(points.sum_least, 0, points_sum_max);
    fields.number(points.sum_most, 0, points_sum_max);
  });
  fields.key(5).optional(rule.knapsack,
                         [&](auto& knapsack) { fields.number(knapsack, 0, money_max); });
  fields.key(6).boolean(rule.blank_valid);
}

template <typename Fields, typename Pairs>
void describe_pairs(Fields& fields, Pairs& pairs, std::size_t most, std::size_t key_bytes_max,
                    std::size_t value_bytes_max) {
  fields.list(pairs, 0, most, [&](auto& pair) {
    fields.tuple(2);
    fields.text(pair.key, 1, key_bytes_max);
    fields.text(pair.value, 0, value_bytes_max);
  });
}

template <typename Fields>
void describe(Fields& fields, For<Fields, Pool>& pool) {
  fields.map(7);
  fields.key(1).text(pool.id, 1, 64);
  fields.key(2).text(pool.title, 0, title_bytes_max);
  fields.key(3).nested([&] { describe(fields, pool.ballot_rule); });
  fields.key(4).tuple(2);
  fields.text(pool.counting.rule, 1, 64);
  describe_pairs(fields, pool.counting.options, options_max, 64, 65'535);
  fields.key(5).number(pool.money, 0, money_max);
  fields.key(6).list(pool.projects, 1, projects_max, [&](auto& project) {
    fields.tuple(3);
    fields.text(project.id, 1, 128);
    fields.number(project.cost, 0, money_max);
    fields.text(project.name, 0, 4096);
  });
  describe_pairs(fields.key(7), pool.meta, meta_max, 128, 65'535);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, PoolGroup>& group) {
  fields.map(3);
  fields.key(1).text(group.name, 0, 128);
  describe_pools(fields.key(2), group.pools, 2);
  fields.key(3).number(group.most, 1, pools_max);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, TrusteeCard>& card) {
  fields.map(4);
  fields.key(1).text(card.name, 1, 128);
  fields.key(2).fixed(card.signing_key);
  fields.key(3).fixed(card.receiving_key);
  fields.key(4).fixed(card.possession);
  if constexpr (std::is_same_v<Fields, FieldReader>) {
    fields.scalars(view_of(card.possession).substr(64));
  }
}

template <typename Fields>
void describe(Fields& fields, For<Fields, BoardKeys>& board) {
  fields.map(4);
  fields.key(1).text(board.origin, 1, 255);
  fields.key(2).fixed(board.key);
  fields.key(3).list(board.witnesses, 0, witnesses_max, [&](auto& witness) {
    fields.tuple(2);
    fields.text(witness.name, 1, 255);
    fields.fixed(witness.key);
  });
  fields.key(4).number(board.cosignatures, 0, witnesses_max);
}

template <typename Fields>
void describe(Fields& fields, For<Fields, PaperVoting>& paper) {
  fields.map(2);
  fields.key(1).list(paper.points, 1, points_max, [&](auto& name) { fields.text(name, 1, 128); });
  fields.key(2).list(paper.batches, 1, batches_max, [&](auto& batch) {
    fields.tuple(4);
    fields.number(batch.point, 0, points_max - 1);
    fields.number(batch.pool, 0, pools_max - 1);
    fields.number(batch.cards, 1, cards_max);
    fields.fixed(batch.root);
  });
}

// For reading, manifest.paper says whether the last field is there.
template <typename Fields>
void describe(Fields& fields, For<Fields, Manifest>& manifest) {
  fields.map(manifest.paper ? 17 : 16);
  fields.key(0).literal("manifest");
  fields.key(1).literal("urna/1");
  fields.key(2).text(manifest.edition, 1, 128);
  fields.key(3).text(manifest.title, 0, title_bytes_max);
  fields.key(4).text(manifest.resolution, 0, title_bytes_max);
  fields.key(5).list(manifest.pools, 1, pools_max, [&](auto& pool) { describe(fields, pool); });
  fields.key(6).list(manifest.groups, 0, groups_max, [&](auto& group) { describe(fields, group); });
  fields.key(7).word(manifest.repeats, policies);
  fields.key(8).tuple(2);
  fields.number(manifest.opens, 0, any);
  fields.number(manifest.closes, 0, any);
  fields.key(9).number(manifest.lowest_level, 2, 4);
  fields.key(10).word(manifest.ties, tie_words);
  fields.key(11).number(manifest.privacy_minimum, 0, any);
  fields.key(12).fixed(manifest.registrar);
  fields.key(13).list(manifest.officials, 2, officials_max,
                      [&](auto& official) { fields.fixed(official); });
  fields.key(14).tuple(2);
  fields.number(manifest.threshold, 1, trustees_max);
  fields.list(manifest.trustees, 1, trustees_max, [&](auto& card) { describe(fields, card); });
  fields.key(15).nested([&] { describe(fields, manifest.board); });
  if (manifest.paper) {
    fields.key(16).nested([&] { describe(fields, *manifest.paper); });
  }
}

Error wrong_at(std::string where, std::string message) {
  return Error{ErrorCode::malformed, std::move(message), {"manifest", 0, 0, std::move(where)}};
}

bool is_element(const group::ElementBytes& bytes) {
  const Result<group::Element> element = group::Element::decode(bytes);
  return element && !element->is_identity();
}

template <typename Range, typename Key>
bool all_differ(const Range& range, Key key) {
  std::set<std::decay_t<decltype(key(*range.begin()))>> seen;
  return std::all_of(range.begin(), range.end(),
                     [&](const auto& item) { return seen.insert(key(item)).second; });
}

bool is_id(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != ';' && c != ',' && c != '"';
  });
}

Status check_pool_consistency(const Pool& pool) {
  const std::string where = "pool " + pool.id;
  if (const auto terms = terms_of(pool); !terms) {
    Error error = terms.error();
    error.place = {"manifest", 0, 0, where};
    return error;
  }
  for (const Project& project : pool.projects) {
    if (!is_id(project.id)) {
      return wrong_at(where, "the project id '" + project.id +
                                 "' is not printable ASCII without space, ';', ',' and '\"'");
    }
  }
  if (!all_differ(pool.projects, [](const Project& project) { return project.id; }))
    return wrong_at(where, "two projects have one id");
  if (!all_differ(pool.meta, [](const TextPair& pair) { return pair.key; }))
    return wrong_at(where, "a key of META stands twice");
  for (const TextPair& pair : pool.meta) {
    if (pair.key == "num_projects" || pair.key == "num_votes" || pair.key == "budget")
      return wrong_at(where, "the line " + pair.key + " of META is not for the manifest to give");
  }
  if (Status readable = check_published(pool); !readable) {
    Error error = wrong_at(where, "its result could not be counted: " + readable.error().message);
    error.remedy = readable.error().remedy;
    return error;
  }
  return ok_status();
}

Status check_groups(const Manifest& manifest) {
  std::vector<bool> grouped(manifest.pools.size(), false);
  for (const PoolGroup& group : manifest.groups) {
    const std::string where = "group " + group.name;
    for (const PoolNumber pool : group.pools) {
      if (pool.value >= manifest.pools.size())
        return wrong_at(where, "there is no pool " + std::to_string(pool.value));
      if (grouped[pool.value])
        return wrong_at(where, "pool " + std::to_string(pool.value) + " stands in two groups");
      grouped[pool.value] = true;
    }
    if (group.most >= group.pools.size())
      return wrong_at(where, "a group of as many pools as may be chosen limits nothing");
  }
  return ok_status();
}

Status check_keys(const Manifest& manifest) {
  if (!is_element(manifest.registrar))
    return wrong_at("registrar", "the registrar's key is not a group element");
  if (!std::all_of(manifest.officials.begin(), manifest.officials.end(), is_element))
    return wrong_at("officials", "an official's key is not a group element");
  if (!all_differ(manifest.officials, [](const auto& key) { return key; }))
    return wrong_at("officials", "two officials have one key");

  if (manifest.threshold > manifest.trustees.size())
    return wrong_at("trustees", "more trustees are needed than there are");
  std::vector<group::ElementBytes> keys;
  for (const TrusteeCard& card : manifest.trustees) {
    if (!is_element(card.signing_key) || !is_element(card.receiving_key))
      return wrong_at("trustee " + card.name, "a key is not a group element");
    keys.push_back(card.signing_key);
    keys.push_back(card.receiving_key);
  }
  if (!all_differ(keys, [](const auto& key) { return key; }))
    return wrong_at("trustees", "a key stands twice");
  if (!all_differ(manifest.trustees, [](const TrusteeCard& card) { return card.name; }))
    return wrong_at("trustees", "two trustees have one name");
  return ok_status();
}

Status check_board(const BoardKeys& board) {
  std::vector<std::string> names{board.origin};
  std::vector<Ed25519Key> keys{board.key};
  for (const Witness& witness : board.witnesses) {
    names.push_back(witness.name);
    keys.push_back(witness.key);
  }
  for (const std::string& name : names) {
    if (name.find_first_of(" +") != std::string::npos)
      return wrong_at("board", "the name '" + name + "' holds a space or '+'");
  }
  if (!all_differ(names, [](const auto& name) { return name; }))
    return wrong_at("board", "two of the board and its witnesses have one name");
  if (!all_differ(keys, [](const auto& key) { return key; }))
    return wrong_at("board", "two of the board and its witnesses have one key");
  if (board.cosignatures > board.witnesses.size())
    return wrong_at("board", "more witnesses must cosign than there are");
  return ok_status();
}

// An entry has to hold all that two officials find of a batch, whatever was in the box.
bool fits_an_entry(const IssuedBatch& batch, std::size_t width) {
  constexpr std::size_t head_bytes = 512;
  constexpr std::size_t card_bytes = 2 + sizeof(Sha256Digest);
  return head_bytes + batch.cards * (card_bytes + 2 * pair_bytes * width) <= entry_bytes_max;
}

Status check_paper(const Manifest& manifest) {
  if (!manifest.paper) return ok_status();
  const PaperVoting& paper = *manifest.paper;
  if (!all_differ(paper.points, [](const auto& name) { return name; }))
    return wrong_at("paper", "two points have one name");
  for (std::size_t b = 0; b < paper.batches.size(); ++b) {
    const IssuedBatch& batch = paper.batches[b];
    const std::string where = "batch " + std::to_string(b);
    if (batch.point.value >= paper.points.size())
      return wrong_at(where, "there is no point " + std::to_string(batch.point.value));
    if (batch.pool.value >= manifest.pools.size())
      return wrong_at(where, "there is no pool " + std::to_string(batch.pool.value));
    const std::size_t width = terms_of(manifest.pools[batch.pool.value]).value().layout.width;
    if (!fits_an_entry(batch, width))
      return wrong_at(where, "so many cards of this pool would not fit into one entry");
  }
  if (!all_differ(paper.batches, [](const IssuedBatch& batch) { return batch.root; }))
    return wrong_at("paper", "two batches have the same cards");
  return ok_status();
}

Status check_consistency(const Manifest& manifest) {
  for (const Pool& pool : manifest.pools) {
    if (Status checked = check_pool_consistency(pool); !checked) return checked;
  }
  if (!all_differ(manifest.pools, [](const Pool& pool) { return pool.id; }))
    return wrong_at("pools", "two pools have one id");
  if (Status checked = check_groups(manifest); !checked) return checked;
  if (manifest.opens >= manifest.closes)
    return wrong_at("times", "the election closes before it opens");
  if (Status checked = check_keys(manifest); !checked) return checked;
  if (Status checked = check_paper(manifest); !checked) return checked;
  return check_board(manifest.board);
}

// The form alone.
Result<Manifest> read_form(std::string_view bytes) {
  if (bytes.size() > manifest_bytes_max) {
    return Error{ErrorCode::limit,
                 "a manifest has at most " + std::to_string(manifest_bytes_max) + " bytes"};
  }
  CborReader in(bytes);
  FieldReader fields(in);
  Manifest manifest;
  // The head of a map of 17 fields.
  if (bytes.starts_with('\xB1')) manifest.paper.emplace();
  describe(fields, manifest);
  if (Status end = in.finish(); !end) return std::move(end).error();
  return manifest;
}

}  // namespace

Result<BallotTerms> terms_of(const Pool& pool) {
  std::vector<Money> costs;
  costs.reserve(pool.projects.size());
  for (const Project& project : pool.projects) costs.push_back(project.cost);
  return BallotTerms::of(pool.ballot_rule, std::move(costs));
}

Status check(const Pool& pool) {
  FieldWriter out(true);
  describe(out, pool);
  const std::string bytes = std::move(out).take();
  CborReader in(bytes);
  FieldReader fields(in);
  Pool again;
  describe(fields, again);
  if (Status end = in.finish(); !end) return end;
  if (!(again == pool)) return wrong_at({}, "a field has a value that cannot be written");
  return check_pool_consistency(pool);
}

Status check(const Manifest& manifest) {
  // The limits of single fields stand in one place, the description: what does not survive it
  // breaks one of them.
  const Result<Manifest> again = read_form(encode(manifest));
  if (!again) return again.error();
  if (!(*again == manifest)) return wrong_at({}, "a field has a value that cannot be written");
  return check_consistency(manifest);
}

std::string encode(const Manifest& manifest) {
  FieldWriter fields(true);
  describe(fields, manifest);
  return std::move(fields).take();
}

Result<Manifest> decode_manifest(std::string_view bytes) {
  Result<Manifest> manifest = read_form(bytes);
  if (!manifest) return manifest;
  if (Status checked = check_consistency(*manifest); !checked) return std::move(checked).error();
  return manifest;
}

EditionHash edition_hash(std::string_view manifest_bytes) { return {sha256(manifest_bytes)}; }

}  // namespace urna::election
