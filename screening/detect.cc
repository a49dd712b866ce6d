// SPDX-License-Identifier: EUPL-1.2
#include "screening/detect.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <tuple>
#include <unicode/uchar.h>

#include "base/bytes.h"
#include "protection/pesel.h"
#include "screening/first_names.h"

namespace urna::screening {
namespace {

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return u_isalpha(static_cast<UChar32>(c)) != 0;
}
bool is_upper(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  return u_isupper(static_cast<UChar32>(c)) != 0;
}
bool is_word(char32_t c) { return is_digit(c) || is_letter(c); }

// Numbering plan of Poland: what the first two digits of nine can be.
constexpr std::array<std::string_view, 12> mobile_beginnings = {"45", "50", "51", "53", "57", "60",
                                                                "66", "69", "72", "73", "78", "79"};
constexpr std::array<std::string_view, 44> area_codes = {
    "12", "13", "14", "15", "16", "17", "18", "22", "23", "24", "25", "29", "32", "33", "34",
    "41", "42", "43", "44", "46", "48", "52", "54", "55", "56", "58", "59", "61", "62", "63",
    "65", "67", "68", "71", "74", "75", "76", "77", "81", "82", "83", "84", "85", "86"};
constexpr std::array<std::string_view, 6> more_codes = {"87", "88", "89", "91", "94", "95"};

bool is_in(std::string_view word, const auto& list) {
  return std::ranges::find(list, word) != list.end();
}
bool begins_a_phone(std::string_view digits) {
  const std::string_view two = digits.substr(0, 2);
  return is_in(two, mobile_beginnings) || is_in(two, area_codes) || is_in(two, more_codes);
}

constexpr std::array<std::string_view, 8> phone_words = {"tel",     "telefon", "telefonu", "kom",
                                                         "komorka", "phone",   "sms",      "fax"};
constexpr std::array<std::string_view, 6> money_words = {"zl", "pln", "gr", "tys", "mln", "euro"};
constexpr std::array<std::string_view, 10> street_words = {
    "ul", "ulica", "ulicy", "al", "aleja", "alei", "os", "osiedle", "pl", "plac"};
constexpr std::array<std::string_view, 8> home_words = {
    "zam",          "zamieszkaly", "zamieszkala", "zamieszkali",
    "zamieszkania", "zameldowany", "zameldowana", "zameldowania"};
constexpr std::array<std::string_view, 4> flat_words = {"m", "mieszkanie", "lok", "lokal"};
// RFC 2606: nobody's.
constexpr std::array<std::string_view, 4> nobodys_ends = {"example", "invalid", "test",
                                                          "localhost"};
constexpr std::array<std::string_view, 3> nobodys_domains = {"example.com", "example.net",
                                                             "example.org"};

class Search {
 public:
  Search(const Characters& text, const Rules& rules, Origin origin, std::vector<Finding>& findings)
      : text_(text), rules_(rules), origin_(origin), findings_(findings) {}

  void run() {
    digits();
    emails();
    documents();
    if (!rules_.names.empty()) names();
    addresses();
  }

 private:
  struct Group {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] std::size_t size() const { return end - begin; }
  };

  [[nodiscard]] char32_t at(std::size_t i) const { return i < text_.size() ? text_[i].code : 0; }
  [[nodiscard]] char32_t before(std::size_t i) const { return i > 0 ? text_[i - 1].code : 0; }

  void found(Kind kind, std::size_t begin, std::size_t end) {
    std::u32string value;
    std::string shape;
    constexpr std::size_t shape_max = 48;
    for (std::size_t i = begin; i < end; ++i) {
      const char32_t c = text_[i].code;
      value += c;
      if (shape.size() >= shape_max) continue;
      shape += is_digit(c)             ? '#'
               : is_letter(c)          ? '*'
               : c < 0x20 || c >= 0x7F ? ' '
                                       : static_cast<char>(c);
    }
    if (rules_.allowed.has(Allowed::compared(value))) return;
    findings_.push_back({kind, 0, text_[begin].line, text_[begin].column, std::move(shape)});
  }

  // The word that ends before i, folded; blanks, "." and ":" between are passed over.
  [[nodiscard]] std::string word_before(std::size_t i) const {
    while (i > 0 && (before(i) == ' ' || before(i) == '.' || before(i) == ':' || before(i) == '(' ||
                     before(i) == '\n')) {
      --i;
    }
    std::string word;
    constexpr std::size_t longest = 24;
    while (i > 0 && is_letter(before(i)) && word.size() < longest) {
      const char32_t c = folded(text_[--i].code);
      word += c < 0x80 ? static_cast<char>(c) : '?';
    }
    std::ranges::reverse(word);
    return word;
  }
  [[nodiscard]] std::string word_after(std::size_t i) const {
    while (at(i) == ' ') ++i;
    std::string word;
    while (is_letter(at(i))) {
      const char32_t c = folded(at(i++));
      word += c < 0x80 ? static_cast<char>(c) : '?';
    }
    return word;
  }

  // ---- Numbers

  static bool separates(char32_t c) {
    return c == ' ' || c == '-' || c == '.' || c == '/' || c == '_';
  }

  // Whether letters beside the digits make another thing of them: a hexadecimal number, a
  // fraction.
  [[nodiscard]] bool is_part_of_other(std::size_t begin, std::size_t end) const {
    std::size_t from = begin, to = end;
    while (from > 0 && is_word(before(from))) --from;
    while (is_word(at(to))) ++to;
    bool letters = false, hexadecimal = true, digits_beyond = false;
    for (std::size_t i = from; i < to; ++i) {
      if (i >= begin && i < end) continue;
      const char32_t c = folded(text_[i].code);
      digits_beyond = digits_beyond || is_digit(c);
      letters = letters || is_letter(c);
      hexadecimal = hexadecimal && (is_digit(c) || (c >= 'a' && c <= 'f'));
    }
    if (letters && (hexadecimal || digits_beyond)) return true;
    return begin >= 2 && before(begin) == '.' && is_digit(text_[begin - 2].code);
  }

  [[nodiscard]] std::string digits_of(std::size_t begin, std::size_t end) const {
    std::string result;
    for (std::size_t i = begin; i < end; ++i) {
      if (is_digit(text_[i].code)) result += static_cast<char>(text_[i].code);
    }
    return result;
  }

  [[nodiscard]] bool is_pesel(const std::string& digits) const {
    constexpr std::size_t length = 11;
    if (digits.size() != length) return false;
    return origin_ == Origin::picture || !protection::Pesel::find_fault(digits);
  }

  [[nodiscard]] bool is_money(std::size_t end) const {
    if (at(end) == ',' && is_digit(at(end + 1))) return true;
    return is_in(word_after(end), money_words) || at(end) == 0x20AC;
  }

  // Groups of digits with one separator between each two, as long as they go on.
  void digits() {
    for (std::size_t i = 0; i < text_.size();) {
      if (!is_digit(text_[i].code)) {
        ++i;
        continue;
      }
      std::vector<Group> groups;
      for (;;) {
        Group group{i, i};
        while (is_digit(at(group.end))) ++group.end;
        groups.push_back(group);
        i = group.end;
        if (!separates(at(i)) || !is_digit(at(i + 1))) break;
        ++i;
      }
      judge(groups);
    }
  }

  void judge(const std::vector<Group>& groups) {
    std::vector<bool> taken(groups.size(), false);
    accounts(groups, taken);
    phones(groups, taken);
    pesels(groups, taken);
  }

  static bool any(const std::vector<bool>& taken, std::size_t from, std::size_t count) {
    for (std::size_t i = from; i < from + count; ++i) {
      if (taken[i]) return true;
    }
    return false;
  }
  static void take(std::vector<bool>& taken, std::size_t from, std::size_t count) {
    for (std::size_t i = from; i < from + count; ++i) taken[i] = true;
  }
  // One separator throughout.
  [[nodiscard]] bool alike(const std::vector<Group>& groups, std::size_t from,
                           std::size_t count) const {
    for (std::size_t i = from + 1; i < from + count; ++i) {
      if (before(groups[i].begin) != before(groups[from + 1].begin)) return false;
    }
    return true;
  }

  // 26 digits that are 1 modulo 97 when PL (2521) and the first two are put behind (ISO 13616).
  void accounts(const std::vector<Group>& groups, std::vector<bool>& taken) {
    constexpr std::size_t length = 26;
    for (std::size_t from = 0; from < groups.size(); ++from) {
      std::size_t total = 0, to = from;
      while (to < groups.size() && total < length) total += groups[to++].size();
      if (total != length) continue;
      const std::string number = digits_of(groups[from].begin, groups[to - 1].end);
      unsigned rest = 0;
      for (const char c : number.substr(2) + "2521" + number.substr(0, 2)) {
        rest = (rest * 10 + static_cast<unsigned>(c - '0')) % 97;
      }
      if (rest != 1) continue;
      found(Kind::account, groups[from].begin, groups[to - 1].end);
      take(taken, from, to - from);
      from = to - 1;
    }
  }

  // How nine digits of a number are grouped when they are a telephone's.
  [[nodiscard]] static bool usual_groups(std::span<const Group> groups) {
    constexpr std::array<std::array<std::size_t, 4>, 5> usual = {
        {{3, 3, 3, 0}, {2, 3, 2, 2}, {2, 7, 0, 0}, {2, 3, 4, 0}, {3, 2, 2, 2}}};
    for (const auto& sizes : usual) {
      std::size_t i = 0;
      while (i < groups.size() && i < sizes.size() && groups[i].size() == sizes[i]) ++i;
      if (i == groups.size() && (i == sizes.size() || sizes[i] == 0)) return true;
    }
    return false;
  }

  void phones(const std::vector<Group>& groups, std::vector<bool>& taken) {
    constexpr std::size_t length = 9;
    for (std::size_t from = 0; from < groups.size(); ++from) {
      if (taken[from]) continue;
      const std::size_t begin = groups[from].begin;
      const std::string first = digits_of(begin, groups[from].end);
      // +48 and what follows, in whatever groups; 0048 too.
      const bool plus = before(begin) == '+' || (before(begin) == '(' && first == "48");
      const bool prefixed = (plus && first.starts_with("48")) || first.starts_with("0048");
      if (prefixed) {
        const std::size_t wanted = length + (first.starts_with("0048") ? 4 : 2);
        std::size_t total = 0, to = from;
        while (to < groups.size() && total < wanted) total += groups[to++].size();
        if (total == wanted && !any(taken, from, to - from)) {
          found(Kind::phone, begin, groups[to - 1].end);
          take(taken, from, to - from);
          from = to - 1;
          continue;
        }
      }
      std::size_t total = 0, to = from;
      while (to < groups.size() && total < length) total += groups[to++].size();
      const std::size_t count = to - from;
      if (total != length || any(taken, from, count)) continue;
      const std::string number = digits_of(begin, groups[to - 1].end);
      const std::size_t end = groups[to - 1].end;
      if (is_part_of_other(begin, end)) continue;
      const bool called = is_in(word_before(begin), phone_words);
      // The whole run of groups, not a part of a table's row.
      const bool alone = from == 0 && to == groups.size() && count > 1;
      const bool round = number.ends_with("000000");
      const bool dotted = count > 1 && (at(groups[from].end) == '.' ||
                                        at(groups[from].end) == '/' || at(groups[from].end) == '_');
      const bool grouped = alone && !dotted && alike(groups, from, count) &&
                           usual_groups(std::span(groups).subspan(from, count)) &&
                           begins_a_phone(number) && !round && !is_money(end);
      if (!called && !grouped) continue;
      found(Kind::phone, begin, end);
      take(taken, from, count);
      from = to - 1;
    }
    bracketed(groups, taken);
  }

  // "(34) 123 45 67": the bracket ends the run, so that seven digits stand alone.
  void bracketed(const std::vector<Group>& groups, std::vector<bool>& taken) {
    constexpr std::size_t rest = 7;
    std::size_t total = 0;
    for (const Group& group : groups) total += group.size();
    const std::size_t begin = groups.front().begin;
    if (total != rest || any(taken, 0, groups.size())) return;
    std::size_t i = begin;
    if (before(i) == ' ') --i;
    if (before(i) != ')' || i < 4) return;
    const std::string code = digits_of(i - 3, i - 1);
    if (text_[i - 4].code != '(' || code.size() != 2 || !begins_a_phone(code)) return;
    found(Kind::phone, i - 4, groups.back().end);
    take(taken, 0, groups.size());
  }

  void pesels(const std::vector<Group>& groups, std::vector<bool>& taken) {
    constexpr std::size_t length = 11;
    const auto check = [&](std::size_t from, std::size_t count) {
      if (any(taken, from, count)) return;
      const std::size_t begin = groups[from].begin, end = groups[from + count - 1].end;
      if (!is_pesel(digits_of(begin, end)) || is_part_of_other(begin, end)) return;
      found(Kind::pesel, begin, end);
      take(taken, from, count);
    };
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (groups[i].size() == length) check(i, 1);
      // The day of birth and the rest are where people put a blank.
      if (i + 1 < groups.size() && groups[i].size() == 6 && groups[i + 1].size() == 5) check(i, 2);
    }
    // A whole run, or one after its ordinal number; parts of a table's row would too often fit.
    for (const std::size_t from : {std::size_t{0}, std::size_t{1}}) {
      if (from + 1 >= groups.size()) break;
      std::size_t total = 0;
      for (std::size_t i = from; i < groups.size(); ++i) total += groups[i].size();
      const bool set_off = from == 0 || before(groups[1].begin) != before(groups.back().begin);
      if (total == length && set_off && alike(groups, from, groups.size() - from)) {
        check(from, groups.size() - from);
      }
    }
  }

  // ---- E-mail

  void emails() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      std::size_t begin = i, end = i + 1;
      if (text_[i].code == '@') {
        // As it is written.
      } else if ((text_[i].code == '(' || text_[i].code == '[') && folded(at(i + 1)) == 'a' &&
                 (folded(at(i + 2)) == 't') && (at(i + 3) == ')' || at(i + 3) == ']')) {
        end = i + 4;
        if (before(begin) == ' ') --begin;
        if (at(end) == ' ') ++end;
      } else {
        continue;
      }
      const auto is_local = [](char32_t c) {
        return is_word(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%';
      };
      const std::size_t sign = begin;
      while (begin > 0 && is_local(before(begin))) --begin;
      const std::size_t domain_begin = end;
      while (is_word(at(end)) || at(end) == '.' || at(end) == '-') ++end;
      while (end > domain_begin && !is_word(before(end))) --end;
      if (begin == sign || is_nobodys(domain_begin, end)) continue;
      found(Kind::email, begin, end);
    }
  }

  [[nodiscard]] bool is_nobodys(std::size_t begin, std::size_t end) const {
    std::string domain;
    for (std::size_t i = begin; i < end; ++i) {
      const char32_t c = folded(text_[i].code);
      domain += c < 0x80 ? static_cast<char>(c) : 'x';
    }
    const std::size_t dot = domain.rfind('.');
    if (dot == std::string::npos || dot == 0 || domain.size() - dot < 3) return true;
    const std::string end_of = domain.substr(dot + 1);
    if (!std::ranges::all_of(end_of, [](char c) { return c >= 'a' && c <= 'z'; })) return true;
    if (is_in(end_of, nobodys_ends)) return true;
    return std::ranges::any_of(nobodys_domains, [&](std::string_view known) {
      return domain == known || domain.ends_with("." + std::string(known));
    });
  }

  // ---- Identity cards (three letters, six digits) and passports (two, seven)

  void documents() {
    for (std::size_t i = 0; i + 8 < text_.size(); ++i) {
      if (!is_ascii_upper(text_[i].code) || is_joined(before(i))) continue;
      std::size_t end = i;
      std::string letters, digits;
      while (is_ascii_upper(at(end))) letters += static_cast<char>(text_[end++].code);
      if (letters.size() != 3 && letters.size() != 2) continue;
      if (at(end) == ' ') ++end;
      while (is_digit(at(end))) digits += static_cast<char>(text_[end++].code);
      if (letters.size() + digits.size() != 9 || is_joined(at(end))) continue;
      constexpr std::array<unsigned, 9> card = {7, 3, 1, 9, 7, 3, 1, 7, 3};
      constexpr std::array<unsigned, 9> passport = {7, 3, 9, 1, 7, 3, 1, 7, 3};
      const auto& weights = letters.size() == 3 ? card : passport;
      // The check digit is the first of the digits, at its place with the weight 9 or 9 and 1.
      unsigned sum = 0;
      const std::string all = letters + digits;
      for (std::size_t k = 0; k < all.size(); ++k) {
        if (k == letters.size()) continue;
        const unsigned value = is_digit(static_cast<unsigned char>(all[k]))
                                   ? static_cast<unsigned>(all[k] - '0')
                                   : static_cast<unsigned>(all[k] - 'A') + 10;
        sum += value * weights[k];
      }
      if (sum % 10 == static_cast<unsigned>(digits[0] - '0')) found(Kind::document, i, end);
    }
  }
  static bool is_ascii_upper(char32_t c) { return c >= 'A' && c <= 'Z'; }
  static bool is_joined(char32_t c) { return is_word(c) || c == '-' || c == '_' || c == '/'; }

  // ---- Names on the list

  void names() {
    struct Word {
      std::u32string text;
      std::size_t begin = 0, end = 0;
    };
    std::vector<Word> words;  // the last few, with nothing but blanks, hyphens, commas between
    for (std::size_t i = 0; i < text_.size();) {
      const char32_t c = text_[i].code;
      if (!is_letter(c)) {
        if (c != ' ' && c != '-' && c != ',' && c != ';' && c != '\n' && c != '"') words.clear();
        ++i;
        continue;
      }
      Word word{{}, i, i};
      while (is_letter(at(word.end))) word.text += folded(text_[word.end++].code);
      i = word.end;
      words.push_back(std::move(word));
      if (words.size() > rules_.names.words_max()) words.erase(words.begin());
      std::u32string joined = words.back().text;
      for (std::size_t k = words.size() - 1; k-- > 0;) {
        joined = words[k].text + U" " + joined;
        if (!rules_.names.has(joined)) continue;
        found(Kind::name, words[k].begin, words.back().end);
        break;
      }
    }
  }

  // ---- Addresses: a word for a street, a name, a number

  void addresses() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (!is_letter(text_[i].code) || is_word(before(i))) continue;
      std::string word;
      std::size_t end = i;
      while (is_letter(at(end)) && word.size() < 12) {
        const char32_t c = folded(at(end++));
        word += c < 0x80 ? static_cast<char>(c) : '?';
      }
      if (is_in(word, street_words)) {
        if (const auto after = address_after(i, end)) i = *after - 1;
      }
    }
  }

  // Judges the address whose street's name begins at `name`; the place after it.
  std::optional<std::size_t> address_after(std::size_t begin, std::size_t name) {
    constexpr std::size_t name_max = 48;
    if (at(name) == '.') ++name;
    while (at(name) == ' ') ++name;
    if (!is_upper(at(name)) && !is_digit(at(name))) return std::nullopt;
    // To the first number after a blank.
    std::size_t number = name;
    while (number < name + name_max && number < text_.size() && at(number) != '\n' &&
           at(number) != ',' && at(number) != ';') {
      if (number > name && is_digit(at(number)) && before(number) == ' ') break;
      ++number;
    }
    if (!is_digit(at(number)) || before(number) != ' ') return std::nullopt;
    std::size_t end = number;
    while (is_digit(at(end))) ++end;
    constexpr std::size_t number_digits_max = 4;
    if (end - number > number_digits_max) return std::nullopt;
    if (is_letter(at(end)) && !is_word(at(end + 1))) ++end;  // 5A
    const std::size_t flat = flat_after(end);
    const bool postcode = has_postcode(std::max(end, flat));
    const bool somebodys = is_home_before(begin);
    // "5/7" alone may be a corner house; "m. 7" is a flat.
    const bool flat_told = flat > end && at(end) != '/';
    if (flat_told || postcode || somebodys) {
      found(Kind::home, begin, std::max(end, flat));
    } else if (rules_.places) {
      found(Kind::place, begin, end);
    }
    return std::max(end, flat);
  }

  // The place after "/7", "m. 7", "lok. 7"; `end` if there is none.
  [[nodiscard]] std::size_t flat_after(std::size_t end) const {
    std::size_t i = end;
    if (at(i) == '/' && is_digit(at(i + 1))) {
      ++i;
      std::size_t to = i;
      while (is_digit(at(to))) ++to;
      // 5/7a is a house; longer numbers are plots.
      return to - i <= 3 && !is_word(at(to)) && at(to) != '/' ? to : end;
    }
    if (at(i) == ',') ++i;
    if (!is_in(word_after(i), flat_words)) return end;
    while (at(i) == ' ') ++i;
    while (is_letter(at(i))) ++i;
    if (at(i) == '.') ++i;
    while (at(i) == ' ') ++i;
    if (!is_digit(at(i))) return end;
    while (is_digit(at(i))) ++i;
    return i;
  }

  // 42-200 within a few characters.
  [[nodiscard]] bool has_postcode(std::size_t from) const {
    constexpr std::size_t reach = 4;
    for (std::size_t i = from; i < from + reach; ++i) {
      if (is_digit(at(i)) && is_digit(at(i + 1)) && at(i + 2) == '-' && is_digit(at(i + 3)) &&
          is_digit(at(i + 4)) && is_digit(at(i + 5)) && !is_word(at(i + 6))) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_home_before(std::size_t begin) const {
    if (is_in(word_before(begin), home_words)) return true;
    // "Anna Nowak, ul. …", "Nowak;Anna;ul. …": a first name close before, another name beside it.
    constexpr std::size_t reach = 60;
    std::size_t from = begin;
    while (from > 0 && begin - from < reach && before(from) != '\n') --from;
    bool first_name = false, other_name = false;
    for (std::size_t i = from; i < begin;) {
      if (!is_letter(at(i))) {
        ++i;
        continue;
      }
      const bool upper = is_upper(at(i)) && !is_word(before(i));
      std::string word;
      while (i < begin && is_letter(at(i))) {
        const char32_t c = folded(at(i++));
        word += c < 0x80 ? static_cast<char>(c) : '?';
      }
      const bool known = upper && is_in(word, first_names);
      other_name = other_name || (upper && !known && word.size() > 2);
      first_name = first_name || known;
    }
    return first_name && other_name;
  }

  const Characters& text_;
  const Rules& rules_;
  Origin origin_;
  std::vector<Finding>& findings_;
};

std::vector<std::u32string> words_of(std::string_view text) {
  std::vector<std::u32string> words;
  std::u32string word;
  for (const Character& one : characters_of(text)) {
    if (is_letter(one.code)) {
      word += folded(one.code);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// Of comma-separated values without line ends in them; quotation marks are left out.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

void NameList::add(const std::vector<std::u32string>& first,
                   const std::vector<std::u32string>& last) {
  const auto long_enough = [](const std::u32string& word) { return word.size() > 1; };
  if (first.empty() || last.empty() || !std::ranges::any_of(last, long_enough)) return;
  const auto join = [](const std::vector<std::u32string>& a, const std::vector<std::u32string>& b) {
    std::u32string joined;
    for (const auto* words : {&a, &b}) {
      for (const std::u32string& word : *words) {
        if (!joined.empty()) joined += U' ';
        joined += word;
      }
    }
    return joined;
  };
  names_.insert(join(first, last));
  names_.insert(join(last, first));
  words_max_ = std::max(words_max_, first.size() + last.size());
  // A second first name is seldom told.
  if (first.size() > 1) add({first.front()}, last);
}

Result<NameList> NameList::parse(std::string_view text) {
  if (!is_utf8(text)) {
    return Error{ErrorCode::malformed, "the list of names is not UTF-8", {}, "save it as UTF-8"};
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  NameList list;
  const std::vector<std::string_view> lines = lines_of(text);
  if (lines.empty()) return list;
  const std::vector<std::string> header = cells_of(lines.front());
  const auto first = std::ranges::find(header, "first_name");
  const auto last = std::ranges::find(header, "last_name");
  if (first != header.end() && last != header.end()) {
    const auto first_at = static_cast<std::size_t>(first - header.begin());
    const auto last_at = static_cast<std::size_t>(last - header.begin());
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::vector<std::string> cells = cells_of(lines[i]);
      if (cells.size() > std::max(first_at, last_at)) {
        list.add(words_of(cells[first_at]), words_of(cells[last_at]));
      }
    }
    return list;
  }
  for (const std::string_view line : lines) {
    std::vector<std::u32string> words = words_of(line);
    if (words.size() < 2) continue;
    list.add({words.front()}, {words.begin() + 1, words.end()});
  }
  return list;
}

std::u32string Allowed::compared(std::u32string_view text) {
  std::u32string result;
  for (const char32_t c : text) {
    if (is_word(c)) result += folded(c);
  }
  return result;
}

Result<Allowed> Allowed::parse(std::string_view text) {
  if (!is_utf8(text)) {
    return Error{ErrorCode::malformed, "what is allowed is not UTF-8", {}, "save it as UTF-8"};
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  constexpr std::string_view file = "sha256:";
  Allowed allowed;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with('#')) continue;
    if (line.starts_with(file)) {
      allowed.files_.emplace(line.substr(file.size(), 64));
      continue;
    }
    std::u32string value;
    for (const Character& one : characters_of(line)) value += one.code;
    value = compared(value);
    if (!value.empty()) allowed.values_.insert(std::move(value));
  }
  return allowed;
}

std::vector<Finding> find_personal_data(std::string_view bytes, Form form, const Rules& rules,
                                        Origin origin) {
  std::vector<Finding> findings;
  const Characters raw = characters_of(bytes);
  Search(raw, rules, origin, findings).run();
  // What is in attributes, scripts and comments stands in the raw text alone; what is broken up by
  // markup or escapes in the other.
  if (form != Form::plain) Search(read_as(raw, form), rules, origin, findings).run();
  const auto key = [](const Finding& one) {
    return std::tuple(one.line, one.column, one.kind, one.shape);
  };
  std::ranges::sort(findings, {}, key);
  const auto repeated =
      std::unique(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return a.line == b.line && a.column == b.column && a.kind == b.kind;
      });
  findings.erase(repeated, findings.end());
  return findings;
}

}  // namespace urna::screening
