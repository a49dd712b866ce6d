// SPDX-License-Identifier: EUPL-1.2
#include "report/catalogue.h"

namespace urna::report {

Phrase phrase(Say what) {
  switch (what) {
    // Frame
    case Say::eyebrow:
      return {"Budżet obywatelski · wynik głosowania", "Participatory budget · result of the vote"};
    case Say::skip:
      return {"Przejdź do treści", "Skip to content"};
    case Say::contents:
      return {"Na tej stronie", "On this page"};
    case Say::scroll_hint:
      return {"{caption} (tabelę można przewijać w bok)", "{caption} (the table scrolls sideways)"};
    case Say::more_rows:
      return {"Pokaż pozostałe: {count}", "Show the remaining {count}"};
    case Say::yes:
      return {"tak", "yes"};
    case Say::no:
      return {"nie", "no"};
    case Say::footer:
      return {
          "Ta strona jest kompletna: nie pobiera niczego z sieci i niczego nie wysyła. Można ją "
          "zapisać, wydrukować i przekazać dalej.",
          "This page is complete: it loads nothing from the network and sends nothing. It can be "
          "saved, printed and passed on."};
    case Say::page_title:
      return {"Wynik: {title}", "Result: {title}"};

    // Summary
    case Say::decided:
      return {"Co zdecydowano", "What was decided"};
    case Say::decided_sentence:
      return {"Policzono {ballots}. Z {projects} wybrano {winners}, za {spent} z puli {budget}.",
              "We counted {ballots}. Of {projects}, {winners} won funding, for {spent} from a pool "
              "of {budget}."};
    case Say::decided_left:
      return {"W puli zostaje {left}.", "{left} of the pool is left."};
    case Say::announced_agrees:
      return {"Ten wynik jest taki sam jak ogłoszony przez miasto.",
              "This result is the same as the one the city announced."};
    case Say::announced_differs:
      return {"Ten wynik różni się od ogłoszonego przez miasto: {count}.",
              "This result differs from the one the city announced: {count}."};
    case Say::tie_decisive_short:
      return {"O wyniku rozstrzygnął remis; niżej podano, jak go rozwiązano.",
              "A tie decided part of the result; how it was resolved is told below."};
    case Say::funded_projects:
      return {"Wybrane projekty", "Funded projects"};
    case Say::money_spent:
      return {"Rozdysponowano", "Money allotted"};
    case Say::money_left:
      return {"Zostaje w puli", "Left in the pool"};
    case Say::ballots_cast:
      return {"Oddane karty", "Ballots cast"};
    case Say::with_something:
      return {"Głosujący z choć jednym wybranym projektem",
              "Voters with at least one funded project"};
    case Say::of_total:
      return {"z {total}", "of {total}"};
    case Say::of_budget:
      return {"{share} puli {budget}", "{share} of the pool of {budget}"};
    case Say::budget_bar:
      return {"Pula {budget} podzielona na wybrane projekty, w kolejności wyboru",
              "The pool of {budget} divided among the funded projects, in order of selection"};
    case Say::winners_caption:
      return {"Wybrane projekty w kolejności wyboru", "Funded projects in order of selection"};
    case Say::nothing_funded:
      return {"Nie wybrano żadnego projektu.", "No project is funded."};

    // Ranking
    case Say::ranking:
      return {"Poparcie dla projektów", "Support for the projects"};
    case Say::ranking_intro:
      return {
          "Długość paska to liczba głosów. Więcej głosów nie zawsze znaczy „wybrany”: liczą się "
          "też koszt i pieniądze, które zostały w puli.",
          "The length of a bar is the number of votes. More votes do not always mean funded: the "
          "cost and the money left in the pool count too."};
    case Say::ranking_intro_points:
      return {
          "Długość paska to liczba punktów. Więcej punktów nie zawsze znaczy „wybrany”: liczą się "
          "też koszt i pieniądze, które zostały w puli.",
          "The length of a bar is the number of points. More points do not always mean funded: the "
          "cost and the money left in the pool count too."};
    case Say::threshold_line:
      return {"Pionowa kreska: próg, {threshold}.", "Vertical line: the threshold, {threshold}."};
    case Say::legend_funded:
      return {"wybrany", "funded"};
    case Say::legend_not_funded:
      return {"niewybrany", "not funded"};
    case Say::not_funded:
      return {"Niewybrany", "Not funded"};

    // Projects
    case Say::projects:
      return {"Wszystkie projekty i uzasadnienia", "All projects and the reasons"};
    case Say::projects_intro:
      return {
          "Najpierw wybrane, w kolejności wyboru, potem pozostałe według poparcia. Pod nazwą: "
          "dlaczego tak.",
          "Funded ones first, in order of selection, then the others by support. Below each name: "
          "why."};
    case Say::column_result:
      return {"Wynik", "Result"};
    case Say::column_project:
      return {"Projekt i uzasadnienie", "Project and reason"};
    case Say::column_cost:
      return {"Koszt", "Cost"};
    case Say::column_votes:
      return {"Głosy", "Votes"};
    case Say::column_points:
      return {"Punkty", "Points"};
    case Say::column_margin:
      return {"Zapas (karty)", "Margin (ballots)"};
    case Say::column_reason:
      return {"Dlaczego", "Why"};
    case Say::funded:
      return {"Wybrany", "Funded"};
    case Say::withdrawn_cost:
      return {"wycofany", "withdrawn"};
    case Say::project_number:
      return {"nr\u00a0{id}", "no.\u00a0{id}"};

    // Margins
    case Say::margins:
      return {"Jak było blisko", "How close it was"};
    case Say::margins_intro:
      return {
          "Zapas mówi, ile kart musiałoby być wypełnionych inaczej, żeby projekt zmienił wynik: z "
          "wybranego na niewybrany albo odwrotnie. Im krótszy pasek, tym bliżej było.",
          "The margin says how many ballots would have to be filled in differently for a project "
          "to change its result: from funded to not funded or the reverse. The shorter the bar, "
          "the closer it was."};
    case Say::margins_short:
      return {"Zapas", "Margin"};
    case Say::margins_intro_short:
      return {"ile kart musiałoby być wypełnionych inaczej, żeby projekt zmienił wynik.",
              "how many ballots would have to be filled in differently for a project to change its "
              "result."};
    case Say::margins_none:
      return {"Dla tej reguły zapasów nie obliczono.", "Margins were not computed for this rule."};
    case Say::margins_unknown:
      return {
          "Dla tej reguły nie ustalono, ile kart zmieniłoby wynik któregokolwiek projektu.",
          "For this rule it is not known how many ballots would change the result of any project."};
    case Say::margin_exact:
      return {"Wynik zmieniłby się, gdyby inaczej wypełnić {most}; mniej nie wystarczy.",
              "The result would change if {most} were filled in differently; fewer would not be "
              "enough."};
    case Say::margin_range:
      return {
          "Do zmiany wyniku trzeba inaczej wypełnić co najmniej {least}; {most} na pewno "
          "wystarczy.",
          "To change the result, at least {least} would have to be filled in differently; {most} "
          "would be enough."};
    case Say::margin_at_least:
      return {"Do zmiany wyniku trzeba inaczej wypełnić co najmniej {least}.",
              "To change the result, at least {least} would have to be filled in differently."};
    case Say::margin_never:
      return {"Żadne inne wypełnienie kart nie zmieni tego wyniku.",
              "However the ballots were filled in, this result would stay."};
    case Say::margin_unknown:
      return {"Nie ustalono, ile kart zmieniłoby ten wynik.",
              "How many ballots would change this result is not known."};
    case Say::margin_own:
      return {"Gdyby zmieniać tylko głosy na ten projekt: {own}.",
              "Changing only the marks for this project: {own}."};
    case Say::margin_never_short:
      return {"nie do zmiany", "cannot change"};
    case Say::margin_legend:
      return {"Pełny pasek: tyle kart trzeba zmienić na pewno. Jaśniejszy: tyle już wystarczy.",
              "Full bar: at least this many must change. Lighter: this many are enough."};
    case Say::margins_rest:
      return {
          "Pokazano najbliższe wyniki; zapas każdego projektu jest w tabeli wszystkich projektów.",
          "The closest results are shown; the margin of every project is in the table of all "
          "projects."};
    case Say::column_name:
      return {"Projekt", "Project"};

    // Ties
    case Say::ties:
      return {"Remisy", "Ties"};
    case Say::ties_none:
      return {"W tym liczeniu nie było żadnego remisu.",
              "There was no tie anywhere in this count."};
    case Say::ties_intro:
      return {
          "Remisy w tym liczeniu: {count}. Każdy jest tu wymieniony. Ustalona wcześniej kolejność "
          "przy remisie: {policy}.",
          "Ties in this count: {count}. Every one is listed here. The order fixed beforehand for "
          "ties: {policy}."};
    case Say::ties_order_of:
      return {"Kolejność przy remisie: {policy}.", "Order for ties: {policy}."};
    case Say::tie_round:
      return {"Runda {round}: {criterion}.", "Round {round}: {criterion}."};
    case Say::tie_ranking:
      return {"W rankingu: {criterion}.", "In the ranking: {criterion}."};
    case Say::tie_order_was:
      return {"Ustalona kolejność:", "Order it was resolved to:"};
    case Say::tie_decisive:
      return {"Ten remis zdecydował o wyniku: przy innej kolejności wybrano by inne projekty.",
              "This tie decided the result: another order would have funded other projects."};
    case Say::tie_not_decisive:
      return {"Bez znaczenia dla wyniku: przy każdej kolejności wybrano by te same projekty.",
              "Without effect on the result: any order would have funded the same projects."};
    case Say::tie_more:
      return {"i jeszcze {count}", "and {count} more"};
    case Say::tie_lot:
      return {"los {lot}", "lot {lot}"};
    case Say::draw_how:
      return {"Jak powtórzyć losowanie", "How to repeat the draw"};
    case Say::draw_command:
      return {
          "Los projektu to skrót SHA-256 trzech wierszy: stałego napisu, ziarna i numeru projektu. "
          "Wygrywa najmniejszy. Każdy może go obliczyć u siebie:",
          "A project's lot is the SHA-256 digest of three lines: a fixed text, the seed and the "
          "project's number. The lowest wins. Anyone can compute it:"};
    case Say::draw_commitment:
      return {"Zobowiązanie ogłaszane przed głosowaniem (skrót ziarna): ",
              "Commitment published before the vote (digest of the seed): "};
    case Say::draw_intro:
      return {"Ziarno losowania: ", "Seed of the draw: "};

    // Rules side by side
    case Say::rules:
      return {"Inne reguły na tych samych kartach", "Other rules on the same ballots"};
    case Say::rules_intro:
      return {
          "Te same karty policzone różnymi regułami. To porównanie niczego nie zmienia; pokazuje, "
          "co zależy od wyboru reguły.",
          "The same ballots counted by different rules. The comparison changes nothing; it shows "
          "what depends on the choice of the rule."};
    case Say::rules_caption:
      return {"Reguły obok siebie", "Rules side by side"};
    case Say::rules_matrix_caption:
      return {"Które projekty wybiera która reguła", "Which projects each rule funds"};
    case Say::rules_column_rule:
      return {"Reguła", "Rule"};
    case Say::rules_column_funded:
      return {"Projekty", "Projects"};
    case Say::rules_column_cost:
      return {"Koszt razem", "Total cost"};
    case Say::rules_column_excluded:
      return {"Głosujący bez wybranego projektu", "Voters without a funded project"};
    case Say::rules_column_spread:
      return {"Wybrane projekty na jedną kartę", "Funded projects per ballot"};
    case Say::rules_column_changes:
      return {"Różnica", "Difference"};
    case Say::rules_column_preferring:
      return {"Kto woli który wynik", "Who prefers which result"};
    case Say::rules_this:
      return {"ten wynik", "this result"};
    case Say::rules_same:
      return {"te same projekty", "the same projects"};
    case Say::rules_changes:
      return {"dochodzi {added}, odpada {removed}", "{added} more, {removed} fewer"};
    case Say::rules_prefer:
      return {"ten wynik: {first}; tamten: {second}; bez różnicy: {same}",
              "this result: {first}; that one: {second}; no difference: {same}"};
    case Say::rules_unfunded:
      return {"Projekty, których nie wybiera żadna z tych reguł (pominięto): {count}.",
              "Projects that none of these rules funds (left out): {count}."};
    case Say::spread_text:
      return {
          "najmniej {minimum}, połowa co najmniej {median}, najwięcej {maximum}; średnio {mean}",
          "least {minimum}, half have at least {median}, most {maximum}; mean {mean}"};
    case Say::spread_legend:
      return {
          "Pudełko: środkowa połowa kart; kreska: mediana; wąsy: od najmniej do najwięcej.",
          "Box: the middle half of the ballots; line: the median; whiskers: from least to most."};
    case Say::rules_only_main:
      return {"tylko w tym wyniku: {projects}", "only in this result: {projects}"};
    case Say::rules_only_other:
      return {"tylko tam: {projects}", "only there: {projects}"};

    // Money
    case Say::money:
      return {"Na co idą pieniądze", "Where the money goes"};
    case Say::money_intro:
      return {"Projekt z kilkoma kategoriami liczy się do każdej w równej części.",
              "A project in several categories counts towards each in equal parts."};
    case Say::by_category:
      return {"Według kategorii", "By category"};
    case Say::by_district:
      return {"Według dzielnicy", "By district"};
    case Say::money_label:
      return {"Nazwa", "Name"};
    case Say::money_chart:
      return {"Wybrano (pełny pasek) i zgłoszono (jaśniejszy)",
              "Funded (full bar) and proposed (lighter)"};
    case Say::money_proposed:
      return {"Zgłoszono", "Proposed"};
    case Say::money_funded:
      return {"Wybrano", "Funded"};
    case Say::money_votes:
      return {"Część głosów", "Share of votes"};
    case Say::money_projects:
      return {"Projekty", "Projects"};
    case Say::money_unlabelled:
      return {"nie podano", "not given"};

    // Map
    case Say::map:
      return {"Gdzie są projekty", "Where the projects are"};
    case Say::map_intro:
      return {
          "Pole koła odpowiada kosztowi. Pełne koła to projekty wybrane, puste – niewybrane. "
          "Północ jest u góry.",
          "The area of a circle stands for the cost. Full circles are funded projects, empty ones "
          "are not. North is up."};
    case Say::map_description:
      return {"Schemat położenia projektów, bez podkładu mapy; te same dane są na liście poniżej.",
              "A plan of where the projects are, without a base map; the list below holds the same "
              "data."};
    case Say::map_scale:
      return {"Odcinek w lewym dolnym rogu: {length}\u00a0km.",
              "The line in the lower left corner: {length}\u00a0km."};
    case Say::map_list:
      return {"Położenie projektów (lista)", "Places of the projects (list)"};
    case Say::map_missing:
      return {"Bez podanego miejsca: {count}.", "Without a place: {count}."};
    case Say::map_head_place:
      return {"Szerokość i długość geograficzna", "Latitude and longitude"};

    // Fairness
    case Say::fairness:
      return {"Czy jakaś grupa została pominięta?", "Was any group passed over?"};
    case Say::fairness_ok:
      return {
          "Nie. Nie ma grupy głosujących, która wspólnie popiera jakiś projekt, mogłaby go opłacić "
          "swoją częścią puli, a dostała za mało (kryterium EJR+).",
          "No. There is no group of voters who jointly support a project, could pay for it from "
          "their part of the pool, and yet received too little (the criterion EJR+)."};
    case Say::fairness_intro:
      return {
          "Tak. Poniższe grupy popierają wspólnie projekt, mogłyby go opłacić swoją częścią puli, "
          "a każda osoba z grupy dostała mniej, niż jej się z tej części należy (kryterium EJR+, "
          "do jednego projektu). To ocena wyniku, nie błąd liczenia: wiele reguł tego nie "
          "obiecuje.",
          "Yes. The groups below jointly support a project, could pay for it from their part of "
          "the pool, and each of their members received less than that part is due (the criterion "
          "EJR+, up to one project). This judges the result and is no error of the count: many "
          "rules do not promise it."};
    case Say::fairness_group:
      return {"{project} – grupa: {voters}.", "{project} – a group of {voters}."};
    case Say::fairness_excluded:
      return {"Bez żadnego wybranego projektu: {count} ({share}).",
              "Without any funded project: {count} ({share})."};
    case Say::fairness_gini:
      return {
          "Równość podziału kosztów wybranych projektów między głosujących: współczynnik Giniego "
          "{gini} (0 – po równo, 1 – wszystko dla jednej osoby).",
          "Evenness of the funded cost among voters: Gini coefficient {gini} (0 is even, 1 is "
          "everything for one person)."};
    case Say::fairness_more:
      return {"Pozostałe grupy: {count}.", "Further groups: {count}."};

    // Announced
    case Say::announced:
      return {"Porównanie z ogłoszonym wynikiem", "Compared with the announced result"};
    case Say::announced_none:
      return {"Plik nie podaje, co ogłosiło miasto.",
              "The file does not say what the city announced."};
    case Say::announced_same:
      return {"Wszystkie projekty mają ten sam wynik, jaki ogłosiło miasto.",
              "Every project has the result that the city announced."};
    case Say::announced_intro:
      return {
          "Wynik różni się od ogłoszonego: {count}. Przy każdym projekcie podano, co tłumaczy "
          "różnicę.",
          "The result differs from the announced one: {count}. For each project, what explains the "
          "difference."};
    case Say::announced_counted:
      return {"Liczenie", "Count"};
    case Say::announced_city:
      return {"Ogłoszono", "Announced"};
    case Say::announced_why:
      return {"Co to tłumaczy", "What explains it"};
    case Say::announced_funded:
      return {"wybrany", "funded"};
    case Say::announced_not:
      return {"niewybrany", "not funded"};
    case Say::announced_other:
      return {"inaczej (kod {code})", "otherwise (code {code})"};
    case Say::announced_extra:
      return {"Brakująca kwota: {money}.", "Money needed: {money}."};
    case Say::announced_detail:
      return {"Szczegóły:", "Details:"};

    // How it was computed
    case Say::computed:
      return {"Jak to policzono", "How this was computed"};
    case Say::computed_rule:
      return {"Reguła", "Rule"};
    case Say::computed_declared:
      return {"Nazwa reguły w pliku", "Rule as named in the file"};
    case Say::computed_options:
      return {"Opcje", "Options"};
    case Say::computed_ties:
      return {"Kolejność przy remisie", "Order for ties"};
    case Say::computed_file:
      return {"Plik z głosami", "File with the votes"};
    case Say::computed_digest:
      return {"Skrót SHA-256 pliku", "SHA-256 digest of the file"};
    case Say::computed_votes:
      return {"Rodzaj kart", "Kind of ballots"};
    case Say::computed_program:
      return {"Program", "Program"};
    case Say::computed_currency:
      return {"Waluta", "Currency"};
    case Say::computed_notes:
      return {"Uwagi programu", "Remarks of the program"};
    case Say::computed_add1:
      return {"Na głosującego po Add1", "Money per voter after Add1"};
    case Say::computed_repeat:
      return {
          "Każdy, kto ma plik z głosami, może powtórzyć liczenie i dostać ten sam wynik co do "
          "bitu.",
          "Anyone with the file of votes can repeat the count and get the same result to the last "
          "bit."};
    case Say::computed_no_options:
      return {"brak", "none"};
  }
  return {};
}

std::string fill(std::string_view pattern, std::span<const Word> words) {
  std::string filled;
  filled.reserve(pattern.size() + 64);
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t open = pattern.find('{', i);
    filled += pattern.substr(i, open - i);
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) return filled.append(pattern.substr(open));
    const std::string_view name = pattern.substr(open + 1, close - open - 1);
    bool known = false;
    for (const auto& [key, value] : words) {
      if (key != name) continue;
      filled += value;
      known = true;
      break;
    }
    // A place nobody filled stays visible: the tests look for it.
    if (!known) filled += pattern.substr(open, close - open + 1);
    i = close + 1;
  }
  return filled;
}

std::string say(Say what, Language language, std::initializer_list<Word> words) {
  return fill(phrase(what).in(language), std::span<const Word>(words.begin(), words.size()));
}

}  // namespace urna::report
