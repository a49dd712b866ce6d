// SPDX-License-Identifier: EUPL-1.2
#include "cards/card_file.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/cbor.h"
#include "presentation/strict_json.h"

namespace urna::cards {
namespace {

namespace json = boost::json;
using election::CardSerial;

constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t id_bytes_max = 64;
constexpr std::uint64_t batch_default = 100;
constexpr std::string_view head = "urna cards";

Error wrong(std::string field, std::string message) {
  return {ErrorCode::malformed, std::move(message), {.field = std::move(field)}, ""};
}

// A whole number from 1 to that.
std::optional<std::uint64_t> count_of(const json::value& value, std::uint64_t most) {
  if (!value.is_int64() || value.get_int64() < 1) return std::nullopt;
  const auto number = static_cast<std::uint64_t>(value.get_int64());
  return number <= most ? std::optional(number) : std::nullopt;
}

Status draw_for(CardFile& cards, const std::string& point, std::string_view pool,
                std::uint64_t number, std::uint64_t batch_max) {
  while (number > 0) {
    if (cards.batches.size() >= election::batches_max)
      return Error{
          ErrorCode::limit, "more batches than an edition may have", {}, "make larger batches"};
    Batch& batch = cards.batches.emplace_back();
    batch.point = point;
    batch.pool = pool;
    batch.serials.resize(std::min(number, batch_max));
    for (CardSerial& serial : batch.serials) serial = election::random_card_serial();
    number -= batch.serials.size();
  }
  return ok_status();
}

}  // namespace

Result<CardFile> draw_cards(std::string_view plan) {
  constexpr std::size_t depth_max = 8;
  const Result<json::value> root = presentation::parse_strict_json(plan, depth_max);
  if (!root) return root.error();
  const json::object* object = root->if_object();
  if (object == nullptr) return wrong("", "expected an object with points");
  for (const auto& [name, value] : *object) {
    if (name != "batch" && name != "points")
      return wrong(std::string(name), "no such field; there are batch and points");
  }
  std::uint64_t batch_max = batch_default;
  if (const json::value* batch = object->if_contains("batch")) {
    const auto number = count_of(*batch, election::cards_max);
    if (!number) return wrong("batch", "expected a number from 1 to 1000");
    batch_max = *number;
  }
  const json::value* points = object->if_contains("points");
  if (points == nullptr || !points->is_array() || points->get_array().empty())
    return wrong("points", "expected a list of points");
  if (points->get_array().size() > election::points_max)
    return Error{ErrorCode::limit, "more points than an edition may have", {.field = "points"}, ""};
  CardFile cards;
  for (std::size_t i = 0; i < points->get_array().size(); ++i) {
    const std::string where = fmt::format("points[{}]", i);
    const json::object* point = points->get_array()[i].if_object();
    if (point == nullptr || point->size() != 2 || !point->contains("name") ||
        !point->contains("cards"))
      return wrong(where, "expected an object with name and cards");
    const json::string* name = point->at("name").if_string();
    const json::object* of_pools = point->at("cards").if_object();
    if (name == nullptr || name->empty() || name->size() > name_bytes_max)
      return wrong(where + ".name", "expected a text of 1 to 128 bytes");
    if (of_pools == nullptr || of_pools->empty())
      return wrong(where + ".cards", "expected a number of cards for some pools");
    if (std::ranges::find(cards.points, std::string_view(*name)) != cards.points.end())
      return wrong(where + ".name", "two points have this name");
    cards.points.emplace_back(*name);
    for (const auto& [pool, number] : *of_pools) {
      constexpr std::uint64_t cards_of_pool_max = 1'000'000;
      if (pool.empty() || pool.size() > id_bytes_max)
        return wrong(where + ".cards", "expected ids of pools, of 1 to 64 bytes");
      const auto wanted = count_of(number, cards_of_pool_max);
      if (!wanted)
        return wrong(where + ".cards." + std::string(pool), "expected a number of cards");
      if (Status drawn = draw_for(cards, cards.points.back(), pool, *wanted, batch_max); !drawn)
        return std::move(drawn).error();
    }
  }
  return cards;
}

SecretBytes encode(const CardFile& cards) {
  CborWriter out;
  out.array(3);
  out.text(head);
  out.array(cards.points.size());
  for (const std::string& point : cards.points) out.text(point);
  out.array(cards.batches.size());
  for (const Batch& batch : cards.batches) {
    out.array(3);
    out.text(batch.point);
    out.text(batch.pool);
    out.array(batch.serials.size());
    for (const CardSerial& serial : batch.serials) out.bytes(view_of(serial));
  }
  return SecretBytes(std::move(out).take());
}

Result<CardFile> decode_cards(std::string_view bytes) {
  CborReader in(bytes);
  CardFile cards;
  in.array_exactly(3);
  in.require(in.text(head.size()) == head, "this is no file of cards");
  cards.points.resize(in.array(election::points_max));
  for (std::string& point : cards.points) point = in.text(name_bytes_max);
  cards.batches.resize(in.array(election::batches_max));
  for (Batch& batch : cards.batches) {
    in.array_exactly(3);
    batch.point = in.text(name_bytes_max);
    batch.pool = in.text(id_bytes_max);
    batch.serials.resize(in.array(election::cards_max));
    for (CardSerial& serial : batch.serials) serial = in.fixed_bytes<election::card_serial_bytes>();
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return cards;
}

std::string commitments_json(const CardFile& cards) {
  json::array points;
  for (const std::string& point : cards.points) points.emplace_back(point);
  std::string text = "{\"points\": " + json::serialize(points) + ",\n \"batches\": [";
  for (std::size_t b = 0; b < cards.batches.size(); ++b) {
    const Batch& batch = cards.batches[b];
    text += b == 0 ? "\n  " : ",\n  ";
    text += json::serialize(
        json::object{{"point", batch.point},
                     {"pool", batch.pool},
                     {"cards", batch.serials.size()},
                     {"root", to_hex(view_of(election::root_of_cards(batch.serials)))}});
  }
  return text + "\n]}\n";
}

Status check_cards(const CardFile& cards, const election::Manifest& manifest) {
  const Error other{ErrorCode::conflict,
                    "these are not the cards that the manifest commits to",
                    {},
                    "give the file that `urna paper cards` wrote for this edition"};
  if (!manifest.paper || manifest.paper->batches.size() != cards.batches.size()) return other;
  for (std::size_t b = 0; b < cards.batches.size(); ++b) {
    const election::IssuedBatch& issued = manifest.paper->batches[b];
    const Batch& batch = cards.batches[b];
    if (issued.cards != batch.serials.size() ||
        issued.root != election::root_of_cards(batch.serials) ||
        manifest.pools[issued.pool.value].id != batch.pool ||
        manifest.paper->points[issued.point.value] != batch.point)
      return other;
  }
  return ok_status();
}

std::optional<std::pair<election::BatchNumber, std::size_t>> find_card(const CardFile& cards,
                                                                       const CardSerial& serial) {
  for (std::size_t b = 0; b < cards.batches.size(); ++b) {
    const std::vector<CardSerial>& serials = cards.batches[b].serials;
    const auto found = std::ranges::find(serials, serial);
    if (found != serials.end())
      return std::pair(election::BatchNumber{static_cast<election::BatchNumber::Value>(b)},
                       static_cast<std::size_t>(found - serials.begin()));
  }
  return std::nullopt;
}

}  // namespace urna::cards
