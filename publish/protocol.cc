// SPDX-License-Identifier: EUPL-1.2
#include "publish/protocol.h"

#include <fmt/format.h>
#include <memory>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <utility>

#include "base/bytes.h"
#include "election/published.h"
#include "election/record.h"
#include "report/catalogue.h"
#include "report/context.h"
#include "report/format.h"
#include "report/plain_text.h"

namespace urna::publish {
namespace {

using count::ProjectIndex;
using report::Language;
using report::Noun;
using report::one_line;
using report::Phrase;
using results::EditionData;
using results::PoolNumbers;

// Of a city in Poland: its officials' clock.
constexpr const char* zone = "Europe/Warsaw";

constexpr std::size_t invalid_count = election::invalid_reasons;
constexpr Phrase invalid_words[invalid_count] = {
    {"szyfrogram nie zawiera karty", "the ciphertext holds no ballot"},
    {"zapis karty nie jest jedyny możliwy", "the ballot is not in its only form"},
    {"za kartą stoją dalsze bity", "bits follow after the ballot"},
    {"projekt, którego nie ma", "a project that does not exist"},
    {"projekty w złej kolejności lub podwójnie", "projects out of order or twice"},
    {"karta pusta, choć nie może taka być", "blank, where it must not be"},
    {"za mało lub za dużo projektów", "too few or too many projects"},
    {"za mało lub za dużo punktów dla projektu", "too few or too many points for a project"},
    {"za mało lub za dużo punktów razem", "too few or too many points in all"},
    {"projekty razem za drogie", "the projects cost too much together"},
};

class ProtocolWriter {
 public:
  ProtocolWriter(const EditionData& data, const CheckpointFacts& checkpoint, Language language)
      : data_(data), checkpoint_(checkpoint), language_(language) {}

  Document write() && {
    const election::Manifest& manifest = data_.manifest;
    document_.language = language_;
    document_.title =
        say({"Protokół wyniku głosowania: ", "Protocol of the vote: "}) + one_line(manifest.title);
    document_.author = city();
    document_.created = data_.numbers.closed;
    document_.page_of = say({"strona {page} z {pages}", "page {page} of {pages}"});
    document_.footer = one_line(manifest.title) + " · " + manifest.edition + " · " +
                       to_hex(data_.numbers.edition.view()).substr(0, 16);
    heading(1, say({"Protokół wyniku głosowania", "Protocol of the vote"}));
    edition();
    taking_part();
    for (const PoolNumbers& pool : data_.numbers.pools) this->pool(pool);
    trustees();
    check();
    return std::move(document_);
  }

 private:
  [[nodiscard]] std::string say(const Phrase& phrase) const {
    return std::string(phrase.in(language_));
  }
  [[nodiscard]] std::string number(std::uint64_t value) const {
    return report::format_integer(static_cast<std::int64_t>(value), language_);
  }
  [[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t whole) const {
    return report::format_percent(rational(static_cast<std::int64_t>(part)),
                                  rational(static_cast<std::int64_t>(whole)), language_);
  }
  [[nodiscard]] std::string time(std::uint64_t unix_seconds) const {
    UErrorCode failure = U_ZERO_ERROR;
    const icu::Locale locale(language_ == Language::polish ? "pl" : "en", "GB");
    icu::SimpleDateFormat format(icu::UnicodeString("d MMMM y, HH:mm:ss"), locale, failure);
    format.adoptTimeZone(icu::TimeZone::createTimeZone(zone));
    icu::UnicodeString text;
    format.format(static_cast<UDate>(unix_seconds) * 1000.0, text);
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
  }
  [[nodiscard]] std::string city() const {
    if (!data_.presentation) return one_line(data_.manifest.title);
    const presentation::Texts& name = data_.presentation->city;
    const bool english = language_ == Language::english ? !name.en.empty() : name.pl.empty();
    return one_line(english ? name.en : name.pl);
  }
  [[nodiscard]] std::string title_of(const PoolNumbers& pool) const {
    return one_line(data_.manifest.pools[pool.number.value].title);
  }
  static std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + one_line(name);
    return text;
  }

  void heading(int level, std::string text) {
    document_.blocks.emplace_back(Heading{level, std::move(text)});
  }
  void paragraph(std::string text) { document_.blocks.emplace_back(Paragraph{std::move(text)}); }

  void edition() {
    const election::Manifest& manifest = data_.manifest;
    Facts facts;
    if (data_.presentation) facts.facts.push_back({say({"Miasto", "City"}), city(), false});
    const std::vector<Fact> of_manifest = {
        {say({"Głosowanie", "Vote"}), one_line(manifest.title), false},
        {say({"Podstawa", "Resolution"}), one_line(manifest.resolution), false},
        {say({"Otwarcie", "Opened"}), time(data_.numbers.opened), false},
        {say({"Zamknięcie", "Closed"}), time(data_.numbers.closed), false},
        {say({"Skrót manifestu (SHA-256)", "Hash of the manifest (SHA-256)"}),
         to_hex(data_.numbers.edition.view()), true},
    };
    facts.facts.insert(facts.facts.end(), of_manifest.begin(), of_manifest.end());
    document_.blocks.emplace_back(std::move(facts));
  }

  void taking_part() {
    const results::EditionNumbers& numbers = data_.numbers;
    heading(2, say({"Udział", "Taking part"}));
    Facts facts;
    facts.facts = {
        {say({"Uprawnieni", "Entitled"}), number(numbers.entitled), false},
        {say({"Wydane certyfikaty", "Certificates issued"}), number(numbers.certificates), false},
        {say({"Osoby, których głos liczy się", "Persons of whom a ballot counts"}),
         number(numbers.voters) + " (" + percent(numbers.voters, numbers.entitled) + ")", false},
        {say({"Karty na tablicy", "Ballots on the board"}), number(numbers.ballots), false},
    };
    document_.blocks.emplace_back(std::move(facts));

    Table table;
    table.caption = say({"Karty do głosowania według pul", "Ballots by pool"});
    // Wide enough for the heads in either language.
    table.columns = {{say({"Pula", "Pool"}), 30, false},
                     {say({"Oddane", "Cast"}), 15, true},
                     {say({"Zastąpione", "Superseded"}), 22, true},
                     {say({"Unieważnione", "Annulled"}), 26, true},
                     {say({"Liczone", "Counted"}), 16, true},
                     {say({"Ważne", "Valid"}), 13, true},
                     {say({"w tym puste", "of these blank"}), 14, true},
                     {say({"Nieważne", "Invalid"}), 18, true}};
    for (const PoolNumbers& pool : numbers.pools) {
      const auto opened = [&](std::uint64_t value) {
        return pool.result ? number(value) : std::string("–");
      };
      table.rows.push_back({title_of(pool), number(pool.cast), number(pool.superseded),
                            number(pool.annulled), number(pool.counted),
                            opened(pool.result ? pool.result->valid : 0),
                            opened(pool.result ? pool.result->blank : 0), opened(invalid(pool))});
    }
    const bool on_paper =
        std::ranges::any_of(numbers.pools, [](const PoolNumbers& pool) { return pool.paper > 0; });
    if (on_paper) {
      constexpr std::ptrdiff_t place = 2;  // behind those cast
      table.columns.insert(table.columns.begin() + place,
                           {say({"Papierowe", "On paper"}), 16, true});
      for (std::size_t p = 0; p < table.rows.size(); ++p)
        table.rows[p].insert(table.rows[p].begin() + place, number(numbers.pools[p].paper));
    }
    document_.blocks.emplace_back(std::move(table));
    paragraph(say(
        {"Zastąpione są karty osób, które zagłosowały ponownie, także na papierze; unieważnione – "
         "karty, które "
         "wycofało dwoje urzędników z podaniem powodu. Kart liczonych nikt nie połączy z osobą.",
         "Superseded are ballots of persons who voted again, on paper too; annulled those that two "
         "officials "
         "withdrew, giving a reason. Nobody can link a counted ballot to a person."}));
  }

  static std::uint64_t invalid(const PoolNumbers& pool) {
    std::uint64_t sum = 0;
    if (pool.result) {
      for (const std::uint64_t count : pool.result->invalid) sum += count;
    }
    return sum;
  }

  void pool(const PoolNumbers& numbers) {
    heading(2, say({"Pula: ", "Pool: "}) + title_of(numbers));
    if (numbers.withheld) {
      paragraph(fmt::format(
          fmt::runtime(say({"Kart liczonych jest {counted}, mniej niż {least}. Puli nie otwarto, "
                            "bo tak mała liczba mogłaby zdradzić, kto jak głosował.",
                            "{counted} ballots count, fewer than {least}. The pool was not opened, "
                            "as so few could tell who voted how."})),
          fmt::arg("counted", number(numbers.counted)),
          fmt::arg("least", number(data_.manifest.privacy_minimum))));
      return;
    }
    const results::CountedPool& counted = *data_.pools[numbers.number.value];
    const report::Context context(counted.report, language_);
    pool_facts(numbers, context);
    projects(context);
    ties(context);
    if (invalid(numbers) > 0) invalid_table(*numbers.result);
  }

  void pool_facts(const PoolNumbers& numbers, const report::Context& context) {
    const report::CountedRule& rule = context.main();
    const Money money = data_.manifest.pools[numbers.number.value].money;
    Facts facts;
    facts.facts = {
        {say({"Pieniądze", "Money"}), context.money(money), false},
        {say({"Wydane", "Spent"}), context.money(rule.outcome.total_cost), false},
        {say({"Zostaje", "Left"}), context.money(money - rule.outcome.total_cost), false},
        {say({"Sposób liczenia", "Counting rule"}), context.rule_label(rule), false},
        {say({"Opcje", "Options"}), context.options(rule), true},
        {say({"Remisy", "Ties"}), context.tie_policy(), false},
        {say({"Przetasowali", "Shuffled by"}), joined(numbers.mixed_by), false},
        {say({"Otworzyli", "Opened by"}), joined(numbers.decrypted_by), false},
        {say({"Plik głosów (SHA-256)", "File of votes (SHA-256)"}),
         election::published_path(numbers.number) + " " +
             to_hex(view_of(numbers.result->published)),
         true},
    };
    std::erase_if(facts.facts, [](const Fact& fact) { return fact.value.empty(); });
    document_.blocks.emplace_back(std::move(facts));
  }

  void projects(const report::Context& context) {
    Table table;
    table.caption = say({"Projekty i wynik", "Projects and result"});
    table.columns = {
        {say({"Nr", "No."}), 0.9, false},
        {say({"Projekt", "Project"}), 4.2, false},
        {say({"Koszt", "Cost"}), 1.9, true},
        {context.shows_points() ? say({"Punkty", "Points"}) : say({"Głosy", "Votes"}), 1.1, true},
        {say({"Wynik", "Result"}), 1.5, false},
        {say({"Dlaczego", "Why"}), 2.6, false}};
    const count::PerProject<bool> funded = context.selected(context.main());
    for (const ProjectIndex p : context.display_order()) {
      table.rows.push_back(
          {context.id(p), context.name(p), context.cost(p),
           report::format_integer(context.support(p), language_),
           funded[p] ? say({"do realizacji", "funded"}) : say({"nie wybrano", "not funded"}),
           context.brief_reason(context.main(), p)});
    }
    document_.blocks.emplace_back(std::move(table));
  }

  void ties(const report::Context& context) {
    const std::vector<count::TieEvent>& ties = context.main().outcome.ties;
    bool decisive = false;
    for (const count::TieEvent& tie : ties) decisive = decisive || tie.decisive;
    if (!decisive) {
      paragraph(say({"Żaden remis nie rozstrzygnął o wyniku.", "No tie decided the result."}));
      return;
    }
    Table table;
    table.caption = say({"Remisy, które rozstrzygnęły o wyniku", "Ties that decided the result"});
    table.columns = {{say({"Remis", "Tie"}), 2, false},
                     {say({"Kolejność rozstrzygnięcia", "Order it was resolved to"}), 4, false}};
    for (const count::TieEvent& tie : ties) {
      if (!tie.decisive) continue;
      std::string order;
      for (const ProjectIndex p : tie.projects) {
        order += (order.empty() ? "" : "; ") + context.quoted(p);
        if (context.report().ties.kind == count::TieKind::draw) {
          constexpr std::size_t shown = 16;
          order += say({", los ", ", lot "}) +
                   count::draw_lot(context.report().ties.seed, context.instance().projects[p].id)
                       .substr(0, shown) +
                   "…";
        }
      }
      table.rows.push_back({context.tie_headline(tie), std::move(order)});
    }
    document_.blocks.emplace_back(std::move(table));
  }

  void invalid_table(const election::PoolResult& result) {
    Table table;
    table.caption = say({"Karty nieważne", "Invalid ballots"});
    table.columns = {{say({"Powód", "Reason"}), 4, false}, {say({"Kart", "Ballots"}), 1, true}};
    for (std::size_t i = 0; i < invalid_count; ++i) {
      if (result.invalid[i] > 0)
        table.rows.push_back({say(invalid_words[i]), number(result.invalid[i])});
    }
    document_.blocks.emplace_back(std::move(table));
  }

  void trustees() {
    const election::Manifest& manifest = data_.manifest;
    heading(2, say({"Powiernicy klucza", "Trustees of the key"}));
    paragraph(fmt::format(
        fmt::runtime(say({"Głosy mogło otworzyć tylko co najmniej {least} z {all} powierników "
                          "razem.",
                          "The ballots could be opened only by at least {least} of {all} trustees "
                          "together."})),
        fmt::arg("least", static_cast<unsigned>(manifest.threshold)),
        fmt::arg("all", manifest.trustees.size())));
    Table table;
    table.caption = say({"Powiernicy", "Trustees"});
    table.columns = {{say({"Imię i nazwisko lub nazwa", "Name"}), 2, false},
                     {say({"Klucz do podpisów", "Key for signatures"}), 4, false}};
    for (const election::TrusteeCard& card : manifest.trustees)
      table.rows.push_back({one_line(card.name), to_hex(view_of(card.signing_key))});
    document_.blocks.emplace_back(std::move(table));
  }

  void check() {
    heading(2, say({"Jak to sprawdzić", "How to check this"}));
    paragraph(say(
        {"Każdy, kto ma zapis głosowania, może przeliczyć wszystko od kart na tablicy do wyniku: "
         "program „urna verify” albo strona weryfikacji sprawdza podpisy, tasowania, otwarcie i "
         "liczenie. Poniższe wartości wiążą ten protokół z zapisem.",
         "Anyone who has the record can recompute everything from the ballots on the board to the "
         "result: `urna verify`, or the page that verifies, checks signatures, shuffles, opening "
         "and count. The values below tie this protocol to the record."}));
    Facts facts;
    facts.facts = {
        {say({"Tablica", "Board"}), data_.manifest.board.origin, true},
        {say({"Wpisów na tablicy", "Entries on the board"}), number(checkpoint_.size), false},
        {say({"Korzeń tablicy", "Root of the board"}), checkpoint_.root, true},
        {say({"Potwierdzili świadkowie", "Cosigned by witnesses"}),
         checkpoint_.witnesses.empty() ? say({"brak", "none"}) : joined(checkpoint_.witnesses),
         false},
    };
    document_.blocks.emplace_back(std::move(facts));
  }

  const EditionData& data_;
  const CheckpointFacts& checkpoint_;
  Language language_;
  Document document_;
};

}  // namespace

Document protocol_of(const EditionData& data, const CheckpointFacts& checkpoint,
                     Language language) {
  return ProtocolWriter(data, checkpoint, language).write();
}

}  // namespace urna::publish
