// SPDX-License-Identifier: EUPL-1.2
// Any bytes as what a service reads of its own: the head of a request, its target, languages,
// addresses of proxies, configuration. The first byte chooses.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "server/config.h"
#include "server/head.h"
#include "server/language.h"
#include "server/peer.h"
#include "server/target.h"

namespace {

using namespace urna::server;

void require(bool condition) {
  if (!condition) std::abort();
}

// However the bytes arrive, the scanner comes to the same end; and a head that it lets pass has no
// line end but CR LF.
void check_head(std::string_view input) {
  HeadScanner whole, pieces;
  const HeadScanner::State state = whole.scan(input);
  HeadScanner::State last = HeadScanner::State::open;
  for (std::size_t size = 0; size <= input.size() && last == HeadScanner::State::open; ++size)
    last = pieces.scan(input.substr(0, size));
  require(last == state);
  if (state != HeadScanner::State::complete) return;
  require(pieces.size() == whole.size() && whole.size() <= input.size());
  const std::string_view head = input.substr(0, whole.size());
  require(head.find("\r\n\r\n") == head.size() - 4);
  require(head.find('\0') == std::string_view::npos);
  for (std::size_t i = 0; i < head.size(); ++i) {
    require(head[i] != '\n' || head[i - 1] == '\r');
    require(head[i] != '\r' || head[i + 1] == '\n');
    require(head[i] != '\n' || i + 1 == head.size() || (head[i + 1] != ' ' && head[i + 1] != '\t'));
  }
}

void check_target(std::string_view input) {
  const auto target = parse_target(input);
  if (!target) return;
  require(!target->segments.empty() && target->segments.size() <= max_segments);
  require(target->query.size() <= max_query_fields);
  for (const std::string& segment : target->segments) {
    require(urna::is_utf8(segment) && segment != "." && segment != "..");
    for (const char c : segment)
      require(c != '/' && c != '\\' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  for (const auto& [name, value] : target->query) {
    require(urna::is_utf8(name) && urna::is_utf8(value));
    require(value.find('\0') == std::string::npos);
    std::size_t count = 0;
    for (const auto& other : target->query) count += other.first == name ? 1U : 0U;
    require(count == 1);
  }
}

void check_addresses(std::string_view input) {
  static const std::vector<Network> proxies = {Network::parse("10.0.0.0/8").value()};
  static const Address proxy = Address::parse("10.0.0.1").value();
  static const Address stranger = Address::parse("192.0.2.1").value();
  require(origin_of(stranger, {input}, proxies).value() == stranger);
  const auto origin = origin_of(proxy, {input}, proxies);
  if (origin) require(origin_of(proxy, {input, "10.1.1.1"}, proxies).value() == *origin);
  if (const auto network = Network::parse(input)) {
    require(network->contains(network->base) && network->bits <= 128);
  }
  if (const auto address = Address::parse(input)) {
    const Network around = Network::around(*address, 24, 48);
    require(around.contains(*address));
    require(Network::around(around.base, 24, 48) == around || address->is_v4());
  }
}

struct Row {
  std::string name;
  std::uint16_t number = 0;
};

void check_config(std::string_view input) {
  std::string text;
  bool truth = false;
  std::int64_t number = 3;
  std::chrono::milliseconds time{5};
  Size size{6};
  std::vector<std::string> words;
  std::vector<Row> rows;
  ConfigKeys keys("fuzz");
  keys.add("text", text, "");
  keys.add("truth", truth, "");
  keys.add("table.number", number, "", -10, 10);
  keys.add("table.time", time, "");
  keys.add("size", size, "", {}, Size{1000});
  keys.add("words", words, "");
  keys.add_tables<Row>("rows", "", rows, [](Row& row, ConfigKeys& in_row) {
    in_row.add("name", row.name, "");
    in_row.add("number", row.number, "");
  });
  const auto status = keys.load_text(input, "file", {{"URNA_FUZZ_TEXT", std::string(input)}});
  if (!status) {
    require(status.error().code == urna::ErrorCode::malformed);
    return;
  }
  require(text == input && number >= -10 && number <= 10 && size.bytes <= 1000);
}

void check_measures(std::string_view input) {
  if (const auto duration = parse_duration(input)) require(duration->count() >= 0);
  if (const auto size = parse_size(input)) require(size->bytes <= (std::uint64_t{1} << 62));
  (void)preferred_language(input, Language::en);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input = urna::view_of({data + 1, size - 1});
  switch (data[0]) {
    case 'h':
      check_head(input);
      break;
    case 't':
      check_target(input);
      break;
    case 'a':
      check_addresses(input);
      break;
    case 'c':
      check_config(input);
      break;
    case 'm':
      check_measures(input);
      break;
    default:
      break;
  }
  return 0;
}
