// SPDX-License-Identifier: EUPL-1.2
#include "protection/register.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <vector>

namespace urna::protection {
namespace {

namespace json = boost::json;

std::vector<const FieldDeclaration*> fields_of(DataSet set) {
  std::vector<const FieldDeclaration*> fields;
  for (const FieldDeclaration& field : declared_fields) {
    if (field.set == set) fields.push_back(&field);
  }
  return fields;
}

json::object in_both(Words words) { return {{"pl", words.pl}, {"en", words.en}}; }

template <typename Enum, std::size_t N>
json::array ids_of(SetOf<Enum> set, const std::array<Enum, N>& all) {
  json::array ids;
  for (const Enum one : all) {
    if (set.contains(one)) ids.emplace_back(id_of(one));
  }
  return ids;
}

template <typename Enum, std::size_t N>
std::string names_of(SetOf<Enum> set, const std::array<Enum, N>& all, Language language) {
  std::string names;
  for (const Enum one : all) {
    if (!set.contains(one)) continue;
    names += (names.empty() ? "" : "; ") + std::string(describe(one).in(language));
  }
  return names;
}

// Texts without repetition, in order of appearance.
class Once {
 public:
  void add(std::string_view text) {
    if (std::ranges::find(texts_, text) == texts_.end()) texts_.emplace_back(text);
  }
  [[nodiscard]] std::string bullets() const {
    std::string list;
    for (const std::string& text : texts_) list += "* " + text + "\n";
    return list;
  }

 private:
  std::vector<std::string> texts_;
};

// Names from the configuration stand in a document that others render: no line of theirs may begin
// a heading or a tag.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '<') {
      line += "&lt;";
    } else {
      line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return line;
}

constexpr Words security_measures = {
    "wartości identyfikujące zaszyfrowane, wyszukiwanie tylko po skrótach z kluczem, dziennik "
    "dostępu poświadczany przez drugiego administratora, limity i blokady prób",
    "identifying values are sealed, rows are found by keyed hashes only, the access log is "
    "witnessed by the second controller, attempts are capped and locked"};

}  // namespace

std::string register_json(DataSet set, const Controller& controller) {
  json::array fields;
  for (const FieldDeclaration* field : fields_of(set)) {
    json::object basis = in_both(field->basis->text);
    basis["id"] = field->basis->id;
    basis["valid_from"] = to_iso_string(field->basis->valid_from);
    if (field->basis->valid_until) basis["valid_until"] = to_iso_string(*field->basis->valid_until);
    json::object kept = in_both(field->retention->text);
    kept["id"] = field->retention->id;
    fields.push_back(json::object{
        {"table", field->table},
        {"column", field->column},
        {"what", in_both(field->what)},
        {"persons", in_both(describe(field->who))},
        {"purposes", ids_of(field->purposes, all_purposes)},
        {"basis", std::move(basis)},
        {"source", in_both(describe(field->source))},
        {"recipients", ids_of(field->recipients, all_recipients)},
        {"retention", std::move(kept)},
        {"sensitivity", in_both(describe(field->sensitivity))},
    });
  }
  json::object purposes;
  for (const Purpose purpose : all_purposes) purposes[id_of(purpose)] = in_both(describe(purpose));
  json::object recipients;
  for (const Recipient recipient : all_recipients) {
    recipients[id_of(recipient)] = in_both(describe(recipient));
  }
  return json::serialize(json::object{
      {"data_set", id_of(set)},
      {"title", in_both(describe(set))},
      {"controller", json::object{{"name", controller.name},
                                  {"address", controller.address},
                                  {"data_protection_officer", controller.officer}}},
      {"transfers_to_third_countries", false},
      {"security", in_both(security_measures)},
      {"purposes", std::move(purposes)},
      {"recipients", std::move(recipients)},
      {"fields", std::move(fields)},
  });
}

std::string register_markdown(DataSet set, const Controller& controller, Language language) {
  const bool polish = language == Language::pl;
  std::string text = fmt::format(
      "# {}: {}\n\n{}: {}, {}. {}: {}\n\n{}: {}\n\n| {} |\n|---|---|---|---|---|---|---|\n",
      polish ? "Rejestr czynności przetwarzania (art. 30 RODO)"
             : "Register of processing (GDPR art. 30)",
      describe(set).in(language), polish ? "Administrator" : "Controller",
      one_line(controller.name), one_line(controller.address),
      polish ? "Inspektor ochrony danych" : "Data protection officer", one_line(controller.officer),
      polish ? "Zabezpieczenia" : "Security", security_measures.in(language),
      polish ? "dana | osoby | cele | podstawa | źródło | odbiorcy | przechowywanie"
             : "field | persons | purposes | legal basis | source | recipients | kept");
  for (const FieldDeclaration* field : fields_of(set)) {
    text += fmt::format("| `{}.{}`: {} | {} | {} | {} | {} | {} | {} |\n", field->table,
                        field->column, field->what.in(language), describe(field->who).in(language),
                        names_of(field->purposes, all_purposes, language),
                        field->basis->text.in(language), describe(field->source).in(language),
                        names_of(field->recipients, all_recipients, language),
                        field->retention->text.in(language));
  }
  return text;
}

std::string notice_markdown(DataSet set, const Controller& controller, Language language) {
  Once purposes;
  Once data;
  Once sources;
  Once recipients;
  Once periods;
  for (const FieldDeclaration* field : fields_of(set)) {
    for (const Purpose purpose : all_purposes) {
      if (field->purposes.contains(purpose)) {
        purposes.add(
            fmt::format("{}: {}", describe(purpose).in(language), field->basis->text.in(language)));
      }
    }
    if (field->sensitivity != Sensitivity::technical) data.add(field->what.in(language));
    sources.add(describe(field->source).in(language));
    for (const Recipient recipient : all_recipients) {
      if (field->recipients.contains(recipient)) recipients.add(describe(recipient).in(language));
    }
    periods.add(field->retention->text.in(language));
  }
  const auto section = [](std::string_view title, const std::string& body) {
    return fmt::format("## {}\n\n{}\n", title, body);
  };
  if (language == Language::pl) {
    return fmt::format("# Informacja o przetwarzaniu danych: {}\n\n", describe(set).pl) +
           section("Administrator",
                   fmt::format("{}, {}. Inspektor ochrony danych: {}\n", one_line(controller.name),
                               one_line(controller.address), one_line(controller.officer))) +
           section("Po co i na jakiej podstawie", purposes.bullets()) +
           section("Jakie dane", data.bullets()) + section("Skąd", sources.bullets()) +
           section("Komu są przekazywane", recipients.bullets()) +
           section("Jak długo są przechowywane", periods.bullets()) +
           section("Twoje prawa",
                   "Masz prawo dostępu do danych, ich sprostowania, ograniczenia przetwarzania "
                   "i sprzeciwu, a także skargi do Prezesa Urzędu Ochrony Danych Osobowych. "
                   "Możesz zapytać, kto czytał Twoje dane i czy oddano głos w Twoim imieniu.\n") +
           section("Czy trzeba je podać",
                   "Podanie danych jest dobrowolne; bez nich nie da się oddać głosu. Dane nie są "
                   "przekazywane poza Europejski Obszar Gospodarczy. Żadna decyzja nie zapada "
                   "wyłącznie automatycznie.\n");
  }
  return fmt::format("# How data are processed: {}\n\n", describe(set).en) +
         section("Controller",
                 fmt::format("{}, {}. Data protection officer: {}\n", one_line(controller.name),
                             one_line(controller.address), one_line(controller.officer))) +
         section("What for, and on which basis", purposes.bullets()) +
         section("Which data", data.bullets()) + section("Where from", sources.bullets()) +
         section("Who receives them", recipients.bullets()) +
         section("How long they are kept", periods.bullets()) +
         section("Your rights",
                 "You have the right to access and rectify your data, to restrict processing and "
                 "to object, and to complain to the President of the Personal Data Protection "
                 "Office. You can ask who read your data, and whether a vote was cast in your "
                 "name.\n") +
         section("Whether you must give them",
                 "Giving the data is voluntary; without them a vote cannot be cast. Data are not "
                 "transferred outside the European Economic Area. No decision is taken by "
                 "automated means alone.\n");
}

}  // namespace urna::protection
